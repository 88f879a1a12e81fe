"""azure-identity for Python, unmodified: device code, browser, client secret, client certificate. User
name and password is in `sandbox.py`."""

import sys

import azure.identity

import browser
import local_cloud
import msal_device_code
import registration

SCOPE = msal_device_code.SCOPE


def check(name: str, credential, methods=None):
    """`methods` are those of the user; without them the application signs in as itself."""
    claims = msal_device_code.unverified(credential.get_token(SCOPE).token)
    if methods is None:
        assert "scp" not in claims and claims["appidacr"] in ("1", "2"), claims
    else:
        assert claims["scp"] == "user_impersonation" and claims["amr"] == methods, claims
    print(f"azure-identity {azure.identity.__version__}: {name} works")


def for_users(cloud, settings: dict):
    user, megan = cloud.user(role=None), cloud.user(mfa=True)
    approvals = []

    def prompt(uri, code, expires_on):
        def act(page):
            browser.Person(megan).approve_device(page, uri, code)

        approvals.append(browser.in_background(cloud, act))

    known = {**settings, "client_id": registration.Application(cloud).for_browsers().client_id,
             "tenant_id": cloud.ready["tenant_id"]}
    device = azure.identity.DeviceCodeCredential(timeout=60, prompt_callback=prompt, **known)
    check("DeviceCodeCredential", device, ["pwd", "mfa"])
    approvals[0].result(60)

    driven = browser.Driven(cloud, user)
    interactive = azure.identity.InteractiveBrowserCredential(timeout=60, **known)
    check("InteractiveBrowserCredential", interactive, ["pwd"])
    driven.last_page.result(60)


def for_the_application(cloud, settings: dict):
    application = registration.Application(cloud)
    who = (cloud.ready["tenant_id"], application.client_id)
    secret = azure.identity.ClientSecretCredential(*who, application.add_secret(), **settings)
    check("ClientSecretCredential", secret)
    key, certificate = application.add_certificate()
    certificate = azure.identity.CertificateCredential(
        *who, certificate_data=key + certificate, **settings
    )
    check("CertificateCredential", certificate)


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        settings = {
            "authority": cloud.ready["origin"], "disable_instance_discovery": True,
            "connection_verify": cloud.ready["ca_certificate"],
        }
        for_users(cloud, settings)
        for_the_application(cloud, settings)


if __name__ == "__main__":
    main()
