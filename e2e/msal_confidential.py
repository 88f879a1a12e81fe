"""MSAL for Python, unmodified, as a confidential client: a web application's code, and client credentials,
which LCS refuses; by secret and by certificate."""

import sys

import msal

import browser
import local_cloud
import msal_device_code
import registration

SCOPE = msal_device_code.SCOPE


def application(cloud, client_id: str, credential):
    return msal.ConfidentialClientApplication(
        client_id, client_credential=credential, authority=cloud.ready["authority"],
        instance_discovery=False, verify=cloud.ready["ca_certificate"],
    )


def for_a_user(cloud, client_id: str, credential, kind: str):
    app = application(cloud, client_id, credential)
    with (browser.Arrival() as arrival, browser.Chromium(cloud) as chromium,
          chromium.page() as page):
        flow = app.initiate_auth_code_flow(
            [SCOPE], redirect_uri=arrival.url, response_mode="form_post"
        )
        page.goto(flow["auth_uri"])
        browser.Person(cloud.user(role=None)).sign_in(page)
        page.wait_for_selector("h1:has-text('arrived')")
    result = app.acquire_token_by_auth_code_flow(flow, arrival.received)
    assert "access_token" in result, result
    claims = msal_device_code.unverified(result["access_token"])
    assert claims["appidacr"] in ("1", "2") and claims["scp"] == "user_impersonation", claims
    renewed = app.acquire_token_silent_with_error(
        [SCOPE], account=app.get_accounts()[0], force_refresh=True
    )
    assert renewed and renewed["access_token"] != result["access_token"], renewed
    print(f"MSAL {msal.__version__}: a web application's code, redeemed and renewed by {kind}")


def as_itself(cloud, client_id: str, credential, kind: str):
    """The token belongs to nobody, so LCS has nobody to look up in the project."""
    result = application(cloud, client_id, credential).acquire_token_for_client([SCOPE])
    assert "access_token" in result and "refresh_token" not in result, result
    claims = msal_device_code.unverified(result["access_token"])
    assert "scp" not in claims and claims["oid"] == claims["sub"], claims
    url = f"{cloud.ready['lcs_api']}/environmentinfo/v1/detail/project/{cloud.ready['project_id']}/"
    answer = cloud.call("GET", url, token=result["access_token"])
    assert answer.status in (401, 403), answer
    print(f"MSAL {msal.__version__}: client credentials by {kind}; LCS answers {answer.status}")


def with_a_permission_of_its_own(cloud, client_id: str, credential):
    """For a resource that has application permissions, the token names those that were granted."""
    app = application(cloud, client_id, credential)
    result = app.acquire_token_for_client(["https://graph.microsoft.com/.default"])
    claims = msal_device_code.unverified(result["access_token"])
    assert claims["roles"] == ["Application.Read.All"], claims
    print(f"MSAL {msal.__version__}: client credentials for Graph with {claims['roles']}")


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        web = registration.Application(cloud)
        web.change(web={"redirectUris": ["http://localhost/callback"]})
        web.allow_itself("Application.Read.All")
        key, certificate = web.add_certificate()
        for kind, credential in [
            ("secret", web.add_secret()),
            ("certificate",
             {"private_key": key.decode(), "public_certificate": certificate.decode()}),
        ]:
            for_a_user(cloud, web.client_id, credential, kind)
            as_itself(cloud, web.client_id, credential, kind)
        with_a_permission_of_its_own(cloud, web.client_id, credential)


if __name__ == "__main__":
    main()
