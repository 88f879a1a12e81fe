"""MSAL for Python, unmodified, as a public client: user name and password, and the browser flow in
real Chromium with a second factor and silent renewal."""

import sys

import msal

import browser
import local_cloud
import msal_device_code
import registration

SCOPE = msal_device_code.SCOPE


def by_password(cloud, client_id: str):
    app = msal_device_code.application(cloud, client_id, msal.TokenCache())
    # MSAL drops the port when it asks for the user's realm. `sandbox.py` shows how that is answered; here
    # MSAL is told not to ask, as people do who cannot use a sandbox.
    app.authority._domains_without_user_realm_discovery.add("localhost")
    service, megan = cloud.user(role=None), cloud.user(mfa=True)
    result = app.acquire_token_by_username_password(
        service["user_principal_name"], service["password"], scopes=[SCOPE]
    )
    assert "access_token" in result, result
    msal_device_code.validate(cloud, result["access_token"])
    refused = app.acquire_token_by_username_password(
        megan["user_principal_name"], megan["password"], scopes=[SCOPE]
    )
    assert refused["suberror"] == "basic_action" and 50076 in refused["error_codes"], refused
    print(f"MSAL {msal.__version__}: password; refused to who needs a second factor")


def in_the_browser(cloud, client_id: str, user: dict, methods: list):
    cache = msal.SerializableTokenCache()
    app = msal_device_code.application(cloud, client_id, cache)
    driven = browser.Driven(cloud, user)
    result = app.acquire_token_interactive([SCOPE], timeout=60)
    assert "Authentication complete" in driven.last_page.result(60), "what MSAL shows at the end"
    assert "access_token" in result, result
    claims = result["id_token_claims"]
    assert claims["preferred_username"] == user["user_principal_name"], claims
    amr = msal_device_code.unverified(result["access_token"])["amr"]
    assert amr == methods, amr
    account = app.get_accounts()[0]
    cached = app.acquire_token_silent([SCOPE], account=account)
    assert cached["access_token"] == result["access_token"], "the cache answers first"
    renewed = app.acquire_token_silent_with_error([SCOPE], account=account, force_refresh=True)
    assert renewed and renewed["access_token"] != result["access_token"], renewed
    msal_device_code.validate(cloud, renewed["access_token"])
    print(f"MSAL {msal.__version__}: browser sign-in of {user['user_principal_name']} by {amr}")


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        client_id = registration.Application(cloud).for_browsers().client_id
        by_password(cloud, client_id)
        in_the_browser(cloud, client_id, cloud.user(role=None), ["pwd"])
        in_the_browser(cloud, client_id, cloud.user(mfa=True), ["pwd", "mfa"])


if __name__ == "__main__":
    main()
