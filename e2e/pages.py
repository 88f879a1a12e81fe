"""Every page in real Chromium, light and dark, by keyboard alone, and the whole sign-in without script.
With `--screenshots` it takes the pictures that `docs/reference/pages.md` shows; without, it holds that
there is one of each page."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
from urllib.parse import urlencode

import browser
import local_cloud
import registration
from look import Look, enter, press

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
PICTURES = REPOSITORY / "docs" / "images" / "pages"
GALLERY = REPOSITORY / "docs" / "reference" / "pages.md"
SCHEMES = ["light", "dark"]
SCOPE = "openid offline_access https://lcsapi.lcs.dynamics.com//.default"

# Users ask an administrator on the page for what they may not consent to.
WORKFLOW = """
[tenant.settings]
admin_consent_workflow = true
"""
# A permission that only an administrator may grant.
ADMINISTRATORS_SCOPE = "https://graph.microsoft.com/Policy.Read.All"

# People who must do everything at their first sign-in: one for each scheme.
FABRIKAM = "fabrikam.onmicrosoft.com"
NEWCOMERS = f"""
[[other_tenants]]
id = "9a1b6f3e-0c52-4d7a-8f1e-64c2d0b79e15"
display_name = "Fabrikam"
domain = "{FABRIKAM}"
settings = {{ security_defaults = true }}
""" + "".join(f"""
[[other_tenants.users]]
id = "3e7a51c8-92d4-4f06-a1bb-5d0c8e2f771{index}"
user_principal_name = "{scheme}@{FABRIKAM}"
display_name = "Newcomer"
must_change_password = true
""" for index, scheme in enumerate(SCHEMES))

# Whose tenant lets people stay signed in.
REGULAR = "kim@tailspin.onmicrosoft.com"
TAILSPIN = f"""
[[other_tenants]]
id = "c0a4d7b2-5e19-4f38-9d6c-2b71f80e3a64"
display_name = "Tailspin"
domain = "tailspin.onmicrosoft.com"
settings = {{ keep_me_signed_in = true }}

[[other_tenants.users]]
id = "77d0c1b5-4a83-4be2-8c59-e6f2139a0d48"
user_principal_name = "{REGULAR}"
display_name = "Kim"
roles = ["Global Administrator"]
"""


class Walk:
    """One way through all pages."""

    def __init__(self, cloud, binary: str, chromium, arrival, look: Look):
        self.cloud, self.binary, self.chromium = cloud, binary, chromium
        self.arrival, self.look = arrival, look
        self.tool, self.unconsented = registration.Application(cloud), registration.Application(cloud)
        for application in (self.tool, self.unconsented):
            application.change(publicClient={"redirectUris": ["http://localhost/callback"]})
        self.unconsented.without_consent()

    def page(self, **context):
        return self.chromium.page(color_scheme=self.look.scheme, **context)

    def authorize(self, application, **more) -> str:
        return f"{self.cloud.ready['authority']}/oauth2/v2.0/authorize?" + urlencode({
            "client_id": application.client_id, "response_type": "code", "scope": SCOPE,
            "redirect_uri": self.arrival.url, "state": "s", "code_challenge_method": "S256",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", **more,
        })

    def admin_consent(self) -> str:
        return f"{self.cloud.ready['authority']}/v2.0/adminconsent?" + urlencode({
            "client_id": self.unconsented.client_id, "redirect_uri": self.arrival.url,
            "scope": "https://lcsapi.lcs.dynamics.com/.default",
        })

    def device_code(self, client_id: str, scope: str, tenant: str) -> dict:
        url = f"{self.cloud.ready['origin']}/{tenant}/oauth2/v2.0/devicecode"
        answer = self.cloud.call("POST", url, form={"client_id": client_id, "scope": scope})
        assert answer.status == 200, answer
        return answer.json()

    def sign_in(self, page, user: dict):
        page.wait_for_selector("input[name=loginfmt]")
        enter(page, user["user_principal_name"])
        page.wait_for_selector("input[name=passwd]")
        enter(page, user["password"])

    def signing_in(self):
        megan = self.cloud.user(mfa=True)
        with self.page() as page:
            page.goto(self.authorize(self.tool))
            self.look.at(page, "sign-in")
            enter(page, megan["user_principal_name"])
            page.wait_for_selector("input[name=passwd]")
            self.look.at(page, "password")
            enter(page, "wrong")
            page.wait_for_selector("[role=alert]")
            self.look.at(page, "wrong-password")
            enter(page, megan["password"])
            page.wait_for_selector("#idTxtBx_SAOTCC_OTC")
            self.look.at(page, "second-factor")
            enter(page, browser.one_time_code(megan["totp_secret"]))
            page.wait_for_selector("h1:has-text('arrived')")
            page.goto(self.authorize(self.tool, prompt="select_account"))
            self.look.at(page, "pick-an-account")
            press(page, f"[data-upn='{megan['user_principal_name']}']")
            page.wait_for_selector("h1:has-text('arrived')")
            page.goto(self.authorize(self.unconsented))
            self.look.at(page, "permissions-requested")
            press(page, "#idBtn_Back")
            page.wait_for_selector("h1:has-text('arrived')")
            assert self.arrival.received["error_subcode"] == "cancel", self.arrival.received
            page.goto(self.admin_consent())
            self.look.at(page, "need-admin-approval")
            asked = registration.Application(self.cloud)
            asked.change(publicClient={"redirectUris": ["http://localhost/callback"]})
            page.goto(self.authorize(asked, scope=ADMINISTRATORS_SCOPE))
            self.look.at(page, "approval-required")
            page.keyboard.type("I compare the policies of our tenants.")
            press(page, "#idSIButton9")
            page.wait_for_selector("h1:has-text('Request sent')")
            self.look.at(page, "request-sent")
            page.goto(self.authorize(asked, scope=ADMINISTRATORS_SCOPE))
            self.look.at(page, "approval-pending")
            page.goto(self.authorize(self.tool, redirect_uri="https://evil.example"))
            self.look.at(page, "refusal")
            page.goto(f"{self.cloud.ready['origin']}/error?code=50126")
            self.look.at(page, "error-code")
            page.goto(f"{self.cloud.ready['authority']}/oauth2/v2.0/logout")
            self.look.at(page, "signed-out")

    def as_administrator(self):
        with self.page() as page:
            page.goto(self.admin_consent())
            self.sign_in(page, self.cloud.user(role="Global Administrator"))
            page.wait_for_selector("#idBtn_Accept")
            self.look.at(page, "admin-consent")
            page.goto(self.authorize(self.unconsented))
            page.wait_for_selector("input[name=consent_for_organization]")
            self.look.at(page, "permissions-requested-of-administrator")
            page.goto(f"{self.cloud.ready['authority']}/consentrequests")
            self.look.at(page, "consent-requests")
            press(page, "button[value=deny]")
            page.wait_for_selector("[role=status]:has-text('Nothing waits')")

    def with_a_device(self):
        with self.page() as page:
            started = self.device_code(self.tool.client_id, SCOPE, self.cloud.ready["tenant_id"])
            page.goto(started["verification_uri"])
            self.look.at(page, "device-code")
            enter(page, "WRONG")
            page.wait_for_selector("[role=alert]")
            self.look.at(page, "wrong-device-code")
            page.fill("input[name=otc]", "")
            enter(page, started["user_code"])
            self.sign_in(page, self.cloud.user(role=None))
            page.wait_for_selector("h1:has-text('Are you trying')")
            self.look.at(page, "device-confirmation")
            press(page, "#idSIButton9")
            page.wait_for_selector("h1:has-text('Signed in')")
            self.look.at(page, "device-signed-in")
            started = self.device_code(self.tool.client_id, SCOPE, self.cloud.ready["tenant_id"])
            page.goto(started["verification_uri"])
            enter(page, started["user_code"])
            page.wait_for_selector("h1:has-text('Are you trying')")
            press(page, "#idBtn_Back")
            page.wait_for_selector("h1:has-text('Cancelled')")
            self.look.at(page, "device-cancelled")

    def credentials_of(self, name: str) -> dict:
        told = subprocess.run(
            [self.binary, "local", "credentials", "-o", "json",
             "--data-dir", str(self.cloud.folder / "data")], check=True, capture_output=True,
        ).stdout
        return next(u for u in json.loads(told) if u["user_principal_name"] == name)

    def as_regular(self):
        """Who stays signed in is so after the browser was closed."""
        url = f"{self.cloud.ready['origin']}/tailspin.onmicrosoft.com/consentrequests"
        with self.page() as page:
            page.goto(url)
            self.sign_in(page, self.credentials_of(REGULAR))
            page.wait_for_selector("#KmsiCheckboxField")
            self.look.at(page, "stay-signed-in")
            press(page, "#idSIButton9")
            page.wait_for_selector("h1:has-text('Admin consent requests')")
            kept = [cookie for cookie in page.context.cookies() if cookie["expires"] > 0]
            assert [cookie["name"] for cookie in kept] == ["__Host-lcs-session"], kept

    def as_newcomer(self):
        """The first sign-in: a password that an administrator set, and no authenticator app yet."""
        name, new = f"{self.look.scheme}@{FABRIKAM}", "A password that is new"
        user = self.credentials_of(name)
        # The tools of Graph's command line stand in every tenant.
        started = self.device_code(
            registration.GRAPH_COMMAND_LINE, "https://graph.microsoft.com/.default", FABRIKAM
        )
        with self.page() as page:
            page.goto(started["verification_uri"])
            enter(page, started["user_code"])
            self.sign_in(page, user)
            page.wait_for_selector("input[name=newpasswd]")
            self.look.at(page, "update-password")
            for text in (user["password"], new, new):
                page.keyboard.type(text)
                page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            page.wait_for_selector("input[name=passwd]")
            enter(page, new)
            page.wait_for_selector("[data-testid=totp-secret]")
            self.look.at(page, "enrolment")
            secret = page.inner_text("[data-testid=totp-secret]").replace(" ", "")
            enter(page, browser.one_time_code(secret))
            page.wait_for_selector("#idBtn_Accept, #idSIButton9")
            assert page.locator("[data-testid=totp-secret]").count() == 0, page.inner_text("main")

    def form_post(self):
        """The page that carries the answer to the application: by itself, or by its button."""
        url = self.authorize(self.tool, response_mode="form_post")
        megan = self.cloud.user(mfa=True)
        with self.page(java_script_enabled=False) as page:
            page.goto(url)
            browser.Person(megan).sign_in(page)
            page.click("button:has-text('Continue')")
            page.wait_for_selector("h1:has-text('arrived')")
            assert self.arrival.received["code"], self.arrival.received
        with self.page() as page:
            # An answer without content: the page stays.
            page.route(f"{self.arrival.url}**", lambda route: route.fulfill(status=204))
            page.goto(url)
            self.sign_in(page, self.cloud.user(role=None))
            page.wait_for_selector("h1:has-text('Signed in')")
            self.look.at(page, "form-post", scripts=1)


def main():
    folder = PICTURES if "--screenshots" in sys.argv else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write((REPOSITORY / "docs/reference/local-cloud.toml").read_text() + WORKFLOW + NEWCOMERS + TAILSPIN)
        config.flush()
        with (local_cloud.running(sys.argv[1], "--config", config.name) as cloud,
              browser.Chromium(cloud) as chromium, browser.Arrival() as arrival):
            for scheme in SCHEMES:
                walk = Walk(cloud, sys.argv[1], chromium, arrival, Look(scheme, folder))
                walk.signing_in()
                walk.as_administrator()
                walk.with_a_device()
                walk.as_regular()
                walk.as_newcomer()
                walk.form_post()
                shown = set(re.findall(rf"images/pages/(\S+)-{scheme}\.png", GALLERY.read_text()))
                taken = {p.stem.removesuffix(f"-{scheme}") for p in PICTURES.glob(f"*-{scheme}.png")}
                seen = set(walk.look.seen)
                assert shown == taken == seen, (
                    f"not both shown and seen: {(shown ^ seen) | (taken ^ seen)}; "
                    "pictures are taken by: python e2e/pages.py LCS --screenshots"
                )
                print(f"{len(walk.look.seen)} pages, {scheme}: accessible, by keyboard alone")


if __name__ == "__main__":
    main()
