"""The article's four steps with `lcs` alone: setup, doctor, login in Chromium, detect, undo."""

import json
import re
import sys

import browser
import desk
import local_cloud
import sign_in


def set_up(place, administrator, *arguments, exit=0):
    """`lcs setup` by an administrator, who is no user of the pipeline."""
    outcome = place.run("setup", *arguments, LCS_USERNAME=administrator["user_principal_name"],
                        LCS_PASSWORD=administrator["password"])
    assert outcome.exit == exit, outcome
    return outcome


def findings(place, exit, **variables) -> list:
    outcome = place.run("doctor", "-o", "json", **variables)
    assert outcome.exit == exit, outcome
    return json.loads(outcome.stdout)["findings"]


def from_an_empty_tenant(cloud, binary):
    place = desk.Desk(cloud, binary, "empty", "")
    del place.variables["LCS_CLIENT_ID"]
    administrator = cloud.user(role="Global Administrator")
    # Nothing is there: the doctor says what to set first.
    assert findings(place, exit=2) == ["settings"]
    planned = json.loads(set_up(place, administrator, "--plan", "-o", "json").stdout)
    assert {entry["change"] for entry in planned} >= {"create"}, planned
    unconfirmed = set_up(place, administrator, "-o", "json", exit=2)
    assert json.loads(unconfirmed.stderr)["code"] == "confirmation_needed", unconfirmed
    set_up(place, administrator, "--yes")
    again = json.loads(set_up(place, administrator, "--plan", "-o", "json").stdout)
    assert {entry["change"] for entry in again} == {"none"}, again
    # The profile has the application now; nobody is signed in to it yet.
    assert findings(place, exit=3) == ["sign_in"]
    user = cloud.user(mfa=True)
    variables, opened = place.browser()
    person = sign_in.in_chromium(cloud, user, opened)
    waiting = place.start("login", "--browser", "-o", "json", **variables)
    person.result(timeout=60)
    said, complaint = waiting.communicate(timeout=60)
    assert waiting.returncode == 0, complaint
    terminal = place.terminal("login", "--device-code")
    url = terminal.until(r"Open\n+ +(https://\S+)\n").group(1)
    code = terminal.until(r"enter the code\n+ +([A-Z0-9]+)\n").group(1)
    service = cloud.user(role=None)
    browser.in_background(
        cloud, lambda page: browser.Person(service).approve_device(page, url, code)
    ).result(timeout=60)
    assert terminal.end() == 0, terminal.shown
    by_password = place.run("login", LCS_USERNAME=service["user_principal_name"],
                            LCS_PASSWORD=service["password"])
    assert by_password.exit == 0, by_password
    assert findings(place, exit=0) == []
    print("from an empty tenant: set up, signed in by all three flows, nothing to complain of")
    set_up(place, administrator, "--undo", "--yes")
    gone = findings(place, exit=3)
    assert gone == ["application"], gone
    print("undone: the doctor finds no application any more")


def without_rights(cloud, binary):
    """An ordinary user is told exactly what an administrator has to do."""
    place = desk.Desk(cloud, binary, "ordinary", "")
    del place.variables["LCS_CLIENT_ID"]
    refused = set_up(place, cloud.user(role=None), "--yes", "-o", "json", exit=4)
    told = json.loads(refused.stderr)
    assert re.search("administrator|portal", json.dumps(told)), told
    print("without rights: told what an administrator has to do")


IN_THE_SANDBOX = """
import json, os, subprocess, sys
ready = json.load(open(os.environ["LCS_SANDBOX_READY_FILE"]))
administrator = next(user for user in ready["users"] if user["roles"])
service = next(user for user in ready["users"] if not user["roles"] and not user["mfa"])

def lcs(user, *arguments, **more):
    variables = {**os.environ, "LCS_TENANT": ready["tenant_id"], "LCS_PROJECT": str(ready["project_id"])}
    if user:
        variables.update(LCS_USERNAME=user["user_principal_name"], LCS_PASSWORD=user["password"])
    subprocess.run([sys.argv[1], *arguments], check=True, env=variables, **more)

lcs(administrator, "setup", "--yes", "--region", "us", stdout=sys.stderr)
lcs(service, "login", "--region", "us", stdout=sys.stderr)
lcs(None, "profile", "detect", "-o", "json")
"""


def in_the_sandbox(cloud, binary):
    """With Microsoft's own names: the region of the project is found."""
    place = desk.Desk(cloud, binary, "sandbox", "")
    for variable in [name for name in place.variables if name.startswith("LCS_")]:
        del place.variables[variable]
    script = place.home / "detect.py"
    script.write_text(IN_THE_SANDBOX)
    outcome = place.run("sandbox", "--rows", "200", "--data-dir", str(place.home / "data"), "--",
                        sys.executable, str(script), binary)
    answers = {entry["region"]: entry["answer"] for entry in outcome.json()}
    assert answers["us"] == "found", (answers, outcome)
    assert answers["cn"] == "not_signed_in", answers
    print(f"in the sandbox: the instances answered {answers}")


def main():
    binary = sys.argv[1]
    with local_cloud.running(binary) as cloud:
        from_an_empty_tenant(cloud, binary)
        without_rights(cloud, binary)
        in_the_sandbox(cloud, binary)


if __name__ == "__main__":
    main()
