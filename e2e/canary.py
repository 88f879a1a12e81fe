"""Secrets of every kind go through every command at full verbosity, and are looked for everywhere."""

import base64
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import urllib.parse

import browser
import desk
import local_cloud
import registration


class Canaries:
    """Secrets by name, and the places that were searched for them."""

    def __init__(self):
        self.secrets, self.places = {}, 0

    def add(self, name: str, secret: str):
        assert len(secret) >= 8, f"{name} is too short to be looked for"
        self.secrets[name] = secret

    def must_not_be_in(self, place: str, content):
        """Neither as it is, nor as URLs and base64 write it."""
        if isinstance(content, str):
            content = content.encode()
        self.places += 1
        for name, secret in self.secrets.items():
            plain = secret.encode()
            forms = {plain, urllib.parse.quote_plus(secret).encode(), base64.b64encode(plain).rstrip(b"=")}
            for form in forms:
                assert form not in content, f"the {name} is in {place}"

    def must_not_be_below(self, folder: pathlib.Path):
        for file in folder.rglob("*"):
            if file.is_file() and not file.is_symlink():
                self.must_not_be_in(str(file), file.read_bytes())


class ProcessList(threading.Thread):
    """What any user of the machine could see of the processes, sampled all the time."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen, self.over = set(), threading.Event()

    def run(self):
        while not self.over.is_set():
            for process in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.seen.add(process.read_bytes())
                except OSError:
                    pass
            time.sleep(0.005)

    def stop(self) -> bytes:
        self.over.set()
        self.join()
        assert any(b"login" in line for line in self.seen), "the commands were seen"
        return b"\n".join(self.seen)


def signed_in_by_browser(cloud, place, user, canaries):
    """Catches the code that the browser brings, and the verifier's counterpart in the address."""
    variables, opened = place.browser()
    codes = []

    def act(page):
        page.on("request", lambda request: codes.append(request.post_data or ""))
        page.goto(desk.appeared(opened))
        browser.Person(user).sign_in(page)
        page.wait_for_url("http://localhost:*/**")

    person = browser.in_background(cloud, act)
    outcome = place.run("login", "--browser", "-vvv", **variables)
    person.result(timeout=60)
    assert outcome.exit == 0, outcome
    codes = [urllib.parse.parse_qs(form).get("code") for form in codes]
    canaries.add("authorization code", next(code for code in codes if code)[0])
    return outcome


def refresh_token_of(session: str) -> str:
    encoded = session.strip().removeprefix("lcs-session-1.")
    return json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))["refresh_token"]


def main():
    binary = sys.argv[1]
    canaries, said = Canaries(), []
    with local_cloud.running(binary, "-vvv") as cloud:
        application = registration.Application(cloud).for_browsers()
        place = desk.Desk(cloud, binary, "desk", application.client_id)
        user = cloud.user(role=None)
        name, password = user["user_principal_name"], user["password"]
        canaries.add("password", password)
        processes = ProcessList()
        processes.start()

        def run(*arguments, exit=0, given="", **variables):
            outcome = place.run(*arguments, "-vvv", given=given, LCS_LOG="trace", **variables)
            assert outcome.exit == exit, (arguments, outcome)
            said.append((" ".join(arguments), outcome.stdout + outcome.stderr))
            return outcome

        # The two commands whose purpose is to print a secret; only their errors are searched.
        run("login", "--username", name, "--password-stdin", given=f"{password}\n")
        run("login", LCS_USERNAME=name, LCS_PASSWORD=password)
        password_file = place.home / "password.txt"
        password_file.write_text(password)
        run("login", LCS_USERNAME=name, LCS_PASSWORD_FILE=str(password_file))
        password_file.unlink()
        run("login", "--username", name, "--password-stdin", given=f"{password}!\n", exit=3)
        said.append(("login --browser", repr(signed_in_by_browser(cloud, place, user, canaries))))
        token = place.run("token", "-vvv", LCS_LOG="trace")
        canaries.add("access token", token.stdout.strip())
        said.append(("token", token.stderr))
        exported = place.run("login", "--export-session", "-vvv", LCS_LOG="trace")
        canaries.add("exported session", exported.stdout.strip())
        canaries.add("refresh token", refresh_token_of(exported.stdout))
        said.append(("login --export-session", exported.stderr))
        key = base64.b64encode(os.urandom(32)).decode()
        canaries.add("session key", key)
        sealed = place.run("login", "--export-session", "-vvv", LCS_SESSION_KEY=key)
        canaries.add("sealed session", sealed.stdout.strip())
        said.append(("login --export-session", sealed.stderr))
        cache_key = place.home / ".config/lcs/keys/token-cache.key"
        canaries.add("cache key", cache_key.read_text().strip())
        cache_key = cache_key.rename(place.home.parent / "taken-away.key")
        with_key = {"LCS_CACHE_KEY_FILE": str(cache_key)}

        administrator = cloud.user(role="Global Administrator")
        canaries.add("administrator's password", administrator["password"])
        as_administrator = {"LCS_USERNAME": administrator["user_principal_name"],
                            "LCS_PASSWORD": administrator["password"]}
        graph_token = cloud.graph_token(administrator)
        canaries.add("Graph token", graph_token)
        run("setup", "--plan", LCS_GRAPH_TOKEN=graph_token, **with_key)
        run("setup", "--display-name", "Canary", "--yes", "--no-profile", **as_administrator, **with_key)
        run("setup", "--display-name", "Canary", "--undo", "--yes", **as_administrator, **with_key)
        run("setup", "--emit", "azure-cli")
        run("doctor", "--junit", "doctor.xml", LCS_GRAPH_TOKEN=graph_token, **with_key)
        run("doctor", "--username", name, "--password-stdin", given=f"{password}\n", **with_key)
        run("doctor", "--username", name, "--password-stdin", given=f"{password}!\n", exit=3, **with_key)
        run("token", "--decode", **with_key)
        run("token", "--decode", "--stdin", given=token.stdout)
        run("whoami", **with_key)
        run("whoami", "--all", "-o", "json", **with_key)
        run("profile", "set", "cloud", "--authority", cloud.ready["authority"])
        run("profile", "list")
        run("profile", "show")
        run("profile", "detect", exit=3, **with_key)
        run("env", "list", **with_key)
        run("env", "show", "Contoso-UAT", **with_key)
        run("db", "refresh", "--source", "Contoso-PROD", "--target", "Contoso-UAT", "--plan", **with_key)
        run("db", "refresh", "--source", "Contoso-PROD", "--target", "Contoso-UAT", "--yes", "--wait",
            **with_key)
        run("db", "export", "--environment", "Contoso-UAT", "--name", "canary", "--wait", **with_key)
        run("db", "wait", **with_key)
        run("db", "backups", "-o", "json", **with_key)
        run("db", "download", "--latest", **with_key)
        run("bacpac", "info", "canary.bacpac")
        run("db", "status", "00000000-0000-4000-8000-000000000000", "--environment", "Contoso-UAT",
            exit=5, **with_key)
        run("db", "backups", exit=2, LCS_SESSION="lcs-session-1.eyJ9", **with_key)
        run("login", "--username", name, "--client-secret", password, exit=2)
        run("db", "backups", exit=8, LCS_API_URL="https://localhost:1", **with_key)
        # What a crash would leave: the command is made to die while it waits for the browser.
        crashing = subprocess.Popen(
            ["sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh", binary, "login", "--browser", "-vvv"],
            env={**place.variables, **with_key, "LCS_PASSWORD": password}, cwd=place.home,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        time.sleep(1)
        crashing.send_signal(6)
        said.append(("login, aborted", "".join(crashing.communicate(timeout=30))))
        canaries.must_not_be_below(place.home)
        run("logout", **with_key)
        run("logout", "--all", **with_key)

        for command, text in said:
            # The secret that is given as a flag against all advice is the caller's own.
            canaries.must_not_be_in(f"what `{command}` said", text)
        canaries.must_not_be_below(place.home)
        canaries.must_not_be_in("the cloud's log", (cloud.folder / "serve.log").read_bytes())
        listed = processes.stop().replace(b"--client-secret\0" + password.encode(), b"")
        canaries.must_not_be_in("the process list", listed)
    print(f"{len(canaries.secrets)} secrets, {len(said)} calls, {canaries.places} places: none was found")


if __name__ == "__main__":
    main()
