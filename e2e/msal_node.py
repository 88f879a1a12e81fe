"""MSAL for Node, unmodified: user name and password, device code, the browser flow in real Chromium,
silent renewal, and client credentials with a secret."""

import json
import os
import pathlib
import subprocess
import sys

import browser
import local_cloud
import registration

SCRIPT = pathlib.Path(__file__).with_name("msal_node.mjs")
MODULES = os.environ.get("LCS_E2E_NODE_MODULES")


def run(cloud, flow: str, facts: dict, user: dict):
    """Runs one flow and does what it asks of a person."""
    folder = cloud.folder / "node"
    folder.mkdir(exist_ok=True)
    # Modules are looked up beside the script, so the script goes to where they are.
    script = folder / SCRIPT.name
    script.write_bytes(SCRIPT.read_bytes())
    if MODULES and not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(MODULES)
    environment = {**os.environ, "NODE_EXTRA_CA_CERTS": cloud.ready["ca_certificate"]}
    process = subprocess.Popen(
        ["node", str(script), flow], env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )
    process.stdin.write(json.dumps(facts))
    process.stdin.close()
    person, running, done = browser.Person(user), None, False
    for line in process.stdout:
        what, _, text = line.strip().partition(" ")
        if what == "OPEN":
            def act(page, url=text):
                page.goto(url)
                person.sign_in(page)
                page.wait_for_selector("h1:has-text('signed in')")

            running = browser.in_background(act)
        elif what == "DEVICE":
            url, _, code = text.partition(" ")

            def act(page, url=url, code=code):
                page.goto(url)
                page.fill("input[name=otc]", code)
                page.click("#idSIButton9")
                person.sign_in(page)
                page.wait_for_selector("h1:has-text('Signed in')")

            running = browser.in_background(act)
        elif what == "DONE":
            done = True
    if running:
        running.join()
    assert process.wait(60) == 0 and done, f"{flow} failed"
    print(f"MSAL for Node: {flow} works")


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        application = registration.Application(cloud).for_browsers()
        user = cloud.user(role=None)
        facts = {
            "authority": cloud.ready["authority"], "client_id": application.client_id,
            "username": user["user_principal_name"], "password": user["password"],
        }
        for flow in ["password", "device", "interactive"]:
            run(cloud, flow, facts, user)
        confidential = registration.Application(cloud)
        secret = confidential.add_secret()
        run(cloud, "secret", {**facts, "client_id": confidential.client_id, "secret": secret}, user)


if __name__ == "__main__":
    main()
