"""MSAL for Python, unmodified, as a confidential client: a web application's code with a secret, and
client credentials with a secret and with a certificate, which LCS refuses."""

import os
import sys

import msal

import browser
import local_cloud
import msal_device_code
import registration

for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
    os.environ.pop(variable, None)

SCOPE = msal_device_code.SCOPE


def application(cloud, client_id: str, credential):
    return msal.ConfidentialClientApplication(
        client_id, client_credential=credential, authority=cloud.ready["authority"],
        instance_discovery=False, verify=cloud.ready["ca_certificate"],
    )


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


def for_a_user(cloud, web, secret: str, redirect: str):
    app = application(cloud, web.client_id, secret)
    flow = app.initiate_auth_code_flow([SCOPE], redirect_uri=redirect)
    with browser.Chromium() as page:
        page.goto(flow["auth_uri"])
        browser.Person(cloud.user(role=None)).sign_in(page)
        page.wait_for_url(f"{redirect}**")
        query = page.url.partition("?")[2]
    parameters = dict(msal.oauth2cli.oauth2.parse_qs(query))
    result = app.acquire_token_by_auth_code_flow(
        flow, {name: values[0] for name, values in parameters.items()}
    )
    assert "access_token" in result, result
    claims = msal_device_code.unverified(result["access_token"])
    assert claims["appidacr"] == "1" and claims["scp"] == "user_impersonation", claims
    print(f"MSAL {msal.__version__}: a web application's code with its secret")


def main():
    with local_cloud.running(sys.argv[1]) as cloud, browser.Arrival() as redirect:
        web = registration.Application(cloud)
        web.change(web={"redirectUris": ["http://localhost/callback"]})
        secret = web.add_secret()
        for_a_user(cloud, web, secret, redirect)
        as_itself(cloud, web.client_id, secret, "secret")
        key, certificate = web.add_certificate()
        credential = {"private_key": key.decode(), "public_certificate": certificate.decode()}
        as_itself(cloud, web.client_id, credential, "certificate")


if __name__ == "__main__":
    main()
