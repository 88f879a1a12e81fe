"""A client that knows only OpenID Connect (Authlib, with PyJWT for the id token): discovery,
authorization code with PKCE, the published keys, userinfo, renewal."""

import os
import sys

import jwt
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

import browser
import local_cloud
import registration

# `requests` lets these beat `verify=`.
for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
    os.environ.pop(variable, None)


def authorize(url: str, redirect: str, user: dict) -> str:
    """Where the browser is sent in the end."""
    with browser.Chromium() as page:
        page.goto(url)
        browser.Person(user).sign_in(page)
        page.wait_for_url(f"{redirect}**")
        return page.url


def main():
    with local_cloud.running(sys.argv[1]) as cloud, browser.Arrival() as redirect:
        application = registration.Application(cloud)
        application.change(publicClient={"redirectUris": ["http://localhost/callback"]})
        user = cloud.user(role=None)
        session = OAuth2Session(
            application.client_id, scope="openid profile email offline_access",
            redirect_uri=redirect, code_challenge_method="S256", token_endpoint_auth_method="none",
        )
        session.verify = cloud.ready["ca_certificate"]
        metadata = session.get(
            f"{cloud.ready['authority']}/v2.0/.well-known/openid-configuration", withhold_token=True
        ).json()

        verifier, nonce = generate_token(48), generate_token()
        url, state = session.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
        token = session.fetch_token(
            metadata["token_endpoint"], authorization_response=authorize(url, redirect, user),
            state=state,
            code_verifier=verifier,
        )
        keys = jwt.PyJWKClient(metadata["jwks_uri"], ssl_context=cloud.tls)
        claims = jwt.decode(
            token["id_token"], keys.get_signing_key_from_jwt(token["id_token"]).key,
            algorithms=metadata["id_token_signing_alg_values_supported"],
            audience=application.client_id, issuer=metadata["issuer"],
        )
        assert claims["nonce"] == nonce, claims
        info = session.get(metadata["userinfo_endpoint"]).json()
        assert info["sub"] == claims["sub"] and info["email"] == user["user_principal_name"], info
        renewed = session.refresh_token(metadata["token_endpoint"])
        assert renewed["access_token"] != token["access_token"], "a new token"
        print(f"Authlib accepts {claims['preferred_username']} from {claims['iss']}")


if __name__ == "__main__":
    main()
