"""`lcs login` as people and pipelines use it: three flows, real Chromium, terminals, a key store."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time

import browser
import desk
import local_cloud
import registration


def in_chromium(cloud, user, opened):
    """A person signs in at the page that `lcs` opens; returns what the last page says."""

    def act(page):
        page.goto(desk.appeared(opened))
        browser.Person(user).sign_in(page)
        page.wait_for_url("http://localhost:*/**")
        return page.inner_text("body")

    return browser.in_background(cloud, act)


def the_browser(cloud, binary, client_id):
    """At a terminal nothing needs to be said: the browser comes up, with multifactor authentication."""
    place = desk.Desk(cloud, binary, "browser", client_id)
    user = cloud.user(mfa=True)
    variables, opened = place.browser()
    person = in_chromium(cloud, user, opened)
    terminal = place.terminal("login", **variables)
    terminal.until("waiting for the browser, [45]:[0-9]{2} left")
    last_page = person.result(timeout=60)
    assert f"signed in as {user['user_principal_name'].lower()}" in last_page.lower(), last_page
    assert terminal.end() == 0, terminal.shown
    who = place.run("whoami", "-o", "json").json()
    assert who["account"] == user["user_principal_name"].lower(), who
    assert who["has_refresh_token"] and who["kept_in"] == "file", who
    listed = place.run("db", "backups", "-o", "json")
    assert listed.exit == 0, listed
    print("browser: signed in with a second factor in Chromium, and the API takes the token")
    # Off a terminal it has to be asked for by name.
    other = desk.Desk(cloud, binary, "no-terminal", client_id)
    unasked = other.run("login", "-o", "json")
    assert unasked.exit == 2 and "--device-code" in json.loads(unasked.stderr)["help"], unasked
    variables, opened = other.browser()
    person = in_chromium(cloud, cloud.user(role=None), opened)
    waiting = other.start("login", "--browser", "-o", "json", **variables)
    person.result(timeout=60)
    said, complaint = waiting.communicate(timeout=60)
    assert waiting.returncode == 0, complaint
    assert json.loads(said)["renewable"] is True, said


def cancelled(cloud, binary, client_id):
    """Who cancels in the browser, or presses Ctrl-C, leaves things as they were."""
    place = desk.Desk(cloud, binary, "cancelled", client_id)
    variables, opened = place.browser()

    def act(page):
        page.goto(desk.appeared(opened))
        page.click("#idBtn_Back")
        page.wait_for_url("http://localhost:*/**")
        return page.inner_text("body")

    person = browser.in_background(cloud, act)
    waiting = place.start("login", "--browser", "-o", "json", **variables)
    assert "You cancelled" in person.result(timeout=60)
    _, complaint = waiting.communicate(timeout=60)
    assert waiting.returncode == 3, complaint
    assert json.loads(complaint)["code"] == "sign_in_abandoned", complaint
    terminal = place.terminal("login", "--device-code")
    terminal.until("enter the code")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() != 0
    assert place.run("token").exit == 3
    print("browser: cancelled; device code: interrupted; nobody is signed in")


def the_device_code(cloud, binary, client_id):
    """A code, its address, both alone on a line, a picture, and the time left."""
    place = desk.Desk(cloud, binary, "device", client_id)
    user = cloud.user(mfa=True)
    terminal = place.terminal("login", "--device-code")
    url = terminal.until(r"Open\n+ +(https://\S+)\n").group(1)
    code = terminal.until(r"enter the code\n+ +([A-Z0-9]+)\n").group(1)
    terminal.until("waiting until the code is entered, 1[45]:[0-9]{2} left")
    assert "█" in terminal.shown or "▀" in terminal.shown, "there is a QR code"
    person = browser.in_background(
        cloud, lambda page: browser.Person(user).approve_device(page, url, code)
    )
    person.result(timeout=60)
    assert terminal.end() == 0, terminal.shown
    print("device code: entered in Chromium with a second factor")


def the_password(cloud, binary, client_id):
    """From standard input, a variable or a prompt; and what happens when it does not do."""
    place = desk.Desk(cloud, binary, "password", client_id)
    user = cloud.user(role=None)
    name, password = user["user_principal_name"], user["password"]
    done = place.run("login", "--username", name, "--password-stdin", "-o", "json", given=f"{password}\n")
    assert done.json()["account"] == name.lower(), done
    by_variable = place.run("login", LCS_USERNAME=name, LCS_PASSWORD=password)
    assert by_variable.exit == 0, by_variable
    # At a terminal an account that needs more is led to the browser, and told why.
    other = desk.Desk(cloud, binary, "fallback", client_id)
    strong = cloud.user(mfa=True)
    variables, opened = other.browser()
    person = in_chromium(cloud, strong, opened)
    terminal = other.terminal("login", "--username", strong["user_principal_name"], **variables)
    terminal.until("Password of")
    terminal.type(strong["password"])
    terminal.until("AADSTS50076")
    person.result(timeout=60)
    assert terminal.end() == 0, terminal.shown
    # Nobody to ask: the refusal stands.
    refused = other.run("login", "--username", strong["user_principal_name"], "--password-stdin",
                        "-o", "json", given=strong["password"])
    assert refused.exit == 3 and json.loads(refused.stderr)["server"]["aadsts"] == 50076, refused
    print("password: by standard input and variable; a second factor leads to the browser")


def no_browser(cloud, binary, client_id):
    """Where no browser can come up, the device code takes over."""
    place = desk.Desk(cloud, binary, "headless", client_id)
    terminal = place.terminal("login")
    terminal.until("so a device code it is")
    terminal.until(r"enter the code\n+ +([A-Z0-9]+)\n")
    terminal.process.kill()
    terminal.end()
    print("no browser: the device code takes over")


def without_the_switch(cloud, binary, application):
    """Step 3 missing: the device code is refused, the browser is not."""
    application.change(isFallbackPublicClient=False)
    try:
        place = desk.Desk(cloud, binary, "no-switch", application.client_id)
        user = cloud.user(role=None)
        variables, opened = place.browser()
        person = in_chromium(cloud, user, opened)
        terminal = place.terminal("login", "--username", user["user_principal_name"], **variables)
        terminal.until("Password of")
        terminal.type(user["password"])
        terminal.until("AADSTS7000218")
        person.result(timeout=60)
        assert terminal.end() == 0, terminal.shown
        print("no public client: the password is refused (7000218), the browser signs in")
    finally:
        application.change(isFallbackPublicClient=True)


def a_pipeline(cloud, binary, client_id):
    """Signed in once at a desk, the session goes to a pipeline and comes back renewed."""
    place = desk.Desk(cloud, binary, "browser-again", client_id)
    user = cloud.user(role=None)
    key = place.home / "session.key"
    key.write_bytes(base64.b64encode(os.urandom(32)))
    key.chmod(0o600)
    sealed = {"LCS_SESSION_KEY_FILE": str(key)}
    exported = place.run("login", "--export-session", LCS_USERNAME=user["user_principal_name"],
                         LCS_PASSWORD=user["password"], **sealed)
    session = exported.stdout.strip()
    assert exported.exit == 0 and session.startswith("lcs-session-sealed-1."), exported
    pipeline = desk.Desk(cloud, binary, "pipeline", client_id)
    keyless = pipeline.run("token", "-o", "json", LCS_SESSION=session)
    assert keyless.exit == 2 and "LCS_SESSION_KEY" in keyless.stderr, keyless
    for _ in range(2):
        listed = pipeline.run("db", "backups", LCS_SESSION=session, **sealed)
        assert listed.exit == 0, listed
    back = pipeline.run("login", "--export-session", LCS_SESSION=session, **sealed)
    assert back.exit == 0 and back.stdout.strip() != session, back
    # In memory nothing is left on the disk.
    ephemeral = desk.Desk(cloud, binary, "ephemeral", client_id)
    token = ephemeral.run("token", LCS_SESSION=back.stdout.strip(), LCS_CACHE="memory", **sealed)
    assert token.exit == 0 and token.stdout.count(".") == 2, token
    left = [file for file in ephemeral.home.rglob("*") if file.is_file()]
    assert not left, left
    once = ephemeral.run("login", "--export-session", LCS_CACHE="memory",
                         LCS_USERNAME=user["user_principal_name"], LCS_PASSWORD=user["password"])
    assert once.exit == 0 and once.stdout.startswith("lcs-session-1."), once
    print("pipeline: a sealed session goes and comes back; in memory nothing stays on the disk")


KEY_STORE = """
set -eu
printf password | gnome-keyring-daemon --unlock --components=secrets > /dev/null
exec "$@"
"""


def the_key_store(cloud, binary, client_id):
    """A desktop's Secret Service guards the key; where it cannot be reached, nothing is broken."""
    place = desk.Desk(cloud, binary, "desktop", client_id)
    user = cloud.user(role=None)
    session = ("dbus-run-session", "--", "sh", "-c", KEY_STORE, "sh", "sh", "-c")
    given = {"LCS_USERNAME": user["user_principal_name"], "LCS_PASSWORD": user["password"],
             "XDG_RUNTIME_DIR": str(place.home)}
    script = f"{binary} login -o json && {binary} token --format header && {binary} whoami -o json"
    ended = subprocess.run([*session, script], capture_output=True, text=True, timeout=120,
                           env={**place.variables, **given}, cwd=place.home)
    assert ended.returncode == 0, ended
    said = re.findall(r'"kept_in": ?"([a-z-]+)"', ended.stdout)
    assert said == ["key-store", "key-store"], ended.stdout
    state = place.home / ".local/state/lcs"
    assert (state / "tokens.key-store.sealed").exists(), list(state.iterdir())
    assert not (place.home / ".config/lcs/keys").exists(), "no key lies in a file"
    # Over SSH, say: another sign-in, and a warning; the desktop's stays.
    outside = place.run("login", "-o", "json", **given)
    assert outside.exit == 0 and "key store" in outside.stderr, outside
    assert outside.json()["kept_in"] == "file", outside
    asked = place.run("whoami", LCS_CACHE="key-store", **given)
    assert asked.exit == 1 and "LCS_CACHE=file" in asked.stderr, asked
    print("key store: the Secret Service keeps the key, and its absence is told")


HOLDER = """
import fcntl, sys, time
lock = open(sys.argv[1], "a")
fcntl.flock(lock, fcntl.LOCK_EX)
print("locked", flush=True)
time.sleep(600)
"""


def many_at_once(cloud, binary, client_id):
    """Eight commands with an expired token: one refresh; and a holder of the lock that dies."""
    place = desk.Desk(cloud, binary, "many", client_id)
    user = cloud.user(role=None)
    session = place.run("login", "--export-session", LCS_USERNAME=user["user_principal_name"],
                        LCS_PASSWORD=user["password"]).stdout.strip()
    # A session that was brought along holds no access token: the first command has to renew.
    pipeline = desk.Desk(cloud, binary, "many-pipeline", client_id)
    calls = [pipeline.start("token", LCS_SESSION=session) for _ in range(8)]
    tokens = [call.communicate(timeout=60) for call in calls]
    assert all(call.returncode == 0 for call in calls), tokens
    assert len({said for said, _ in tokens}) == 1, "all got the token of one renewal"
    lock = pipeline.home / ".local/state/lcs/tokens.sealed.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE)
    holder.stdout.readline()
    waiting = pipeline.start("logout", "-o", "json")
    time.sleep(0.5)
    assert waiting.poll() is None, "it waits for the lock"
    holder.kill()
    said, complaint = waiting.communicate(timeout=60)
    assert waiting.returncode == 0, complaint
    assert json.loads(said)["sessions_forgotten"] == 1, said
    print("eight commands at once: one renewal; the lock of a dead process is free")


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        binary = sys.argv[1]
        application = registration.Application(cloud).for_browsers()
        client_id = application.client_id
        the_browser(cloud, binary, client_id)
        cancelled(cloud, binary, client_id)
        the_device_code(cloud, binary, client_id)
        the_password(cloud, binary, client_id)
        no_browser(cloud, binary, client_id)
        without_the_switch(cloud, binary, application)
        a_pipeline(cloud, binary, client_id)
        many_at_once(cloud, binary, client_id)
        the_key_store(cloud, binary, client_id)


if __name__ == "__main__":
    main()
