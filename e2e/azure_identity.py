"""azure-identity for Python, unmodified: device code, browser, user name and password, client secret,
client certificate."""

import os
import sys
import warnings
import webbrowser

import azure.identity

import browser
import local_cloud
import msal_device_code
import msal_python
import registration

SCOPE = msal_device_code.SCOPE
warnings.simplefilter("ignore", DeprecationWarning)


def settings(cloud, client_id: str) -> dict:
    return {
        "authority": cloud.ready["origin"], "tenant_id": cloud.ready["tenant_id"],
        "client_id": client_id, "disable_instance_discovery": True,
        "connection_verify": cloud.ready["ca_certificate"],
    }


def check(name: str, credential, methods=None):
    token = credential.get_token(SCOPE).token
    claims = msal_device_code.unverified(token)
    if methods is None:
        assert "scp" not in claims and claims["appidacr"] in ("1", "2"), claims
    else:
        assert claims["scp"] == "user_impersonation" and claims["amr"] == methods, claims
    print(f"azure-identity: {name} works")


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        public = registration.Application(cloud).for_browsers()
        known = settings(cloud, public.client_id)
        user, megan = cloud.user(role=None), cloud.user(mfa=True)

        def prompt(uri, code, expires_on):
            def act(page):
                page.goto(uri)
                page.fill("input[name=otc]", code)
                page.click("#idSIButton9")
                browser.Person(megan).sign_in(page)
                page.wait_for_selector("h1:has-text('Signed in')")

            prompt.running = browser.in_background(act)

        device = azure.identity.DeviceCodeCredential(prompt_callback=prompt, **known)
        check("DeviceCodeCredential", device, ["pwd", "mfa"])
        prompt.running.join()

        driven = msal_python.Driven(browser.Person(user))
        webbrowser.register("driven", None, driven, preferred=True)
        interactive = azure.identity.InteractiveBrowserCredential(timeout=60, **known)
        check("InteractiveBrowserCredential", interactive, ["pwd"])
        driven.running.join()

        confidential = registration.Application(cloud)
        known = settings(cloud, confidential.client_id)
        del known["tenant_id"], known["client_id"]
        who = (cloud.ready["tenant_id"], confidential.client_id)
        secret = azure.identity.ClientSecretCredential(*who, confidential.add_secret(), **known)
        check("ClientSecretCredential", secret)
        key, certificate = confidential.add_certificate()
        certificate = azure.identity.CertificateCredential(
            *who, certificate_data=key + certificate, **known
        )
        check("CertificateCredential", certificate)


if __name__ == "__main__":
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        os.environ.pop(variable, None)
    main()
