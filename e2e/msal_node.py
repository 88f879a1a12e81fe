"""MSAL for Node, unmodified: user name and password, device code, the browser flow in real Chromium,
silent renewal, and client credentials with a secret and with a certificate."""

import json
import os
import pathlib
import subprocess
import sys

import browser
import local_cloud
import node_packages
import registration

SCRIPT = pathlib.Path(__file__).with_suffix(".mjs")


def run(cloud, flow: str, facts: dict, user: dict):
    """Runs one flow and does what it asks of a person."""
    folder = cloud.folder / "node"
    if not folder.exists():
        # Modules are looked up beside the script, so the script goes to where they are.
        folder.mkdir()
        (folder / SCRIPT.name).write_bytes(SCRIPT.read_bytes())
        (folder / "node_modules").symlink_to(node_packages.folder())
    process = subprocess.Popen(
        ["node", str(folder / SCRIPT.name), flow], text=True,
        env={**os.environ, "NODE_EXTRA_CA_CERTS": cloud.ready["ca_certificate"]},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )
    process.stdin.write(json.dumps(facts))
    process.stdin.close()
    person, said, in_browser = browser.Person(user), [], None
    for line in process.stdout:
        match line.split():
            case ["OPEN", url]:
                def act(page, url=url):
                    page.goto(url)
                    person.sign_in(page)
                    page.wait_for_selector("h1:has-text('back in the program')")

                in_browser = browser.in_background(cloud, act)
            case ["DEVICE", url, code]:
                def act(page, url=url, code=code):
                    person.approve_device(page, url, code)

                in_browser = browser.in_background(cloud, act)
            case words:
                said.append(words)
    if in_browser:
        in_browser.result(60)
    assert process.wait(60) == 0 and said == [["DONE", flow]], f"{flow}: {said}"
    print(f"MSAL for Node: {flow} works")


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        user = cloud.user(role=None)
        facts = {
            "authority": cloud.ready["authority"],
            "client_id": registration.Application(cloud).for_browsers().client_id,
            "username": user["user_principal_name"], "password": user["password"],
        }
        for flow in ["password", "device", "interactive"]:
            run(cloud, flow, facts, user)
        confidential = registration.Application(cloud)
        facts = {"authority": cloud.ready["authority"], "client_id": confidential.client_id}
        run(cloud, "secret", {**facts, "secret": confidential.add_secret()}, user)
        key, certificate = confidential.add_certificate()
        facts |= {"private_key": key.decode(), "thumbprint": registration.thumbprint(certificate)}
        run(cloud, "certificate", facts, user)


if __name__ == "__main__":
    main()
