"""A client that knows only OpenID Connect (Authlib, with PyJWT for the id token): discovery,
authorization code with PKCE, the published keys, userinfo, renewal, sign-out."""

import sys
from urllib.parse import urlencode

import jwt
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

import browser
import local_cloud
import msal_device_code  # noqa: F401 - keeps the environment from overriding `verify`
import registration


def sign_in(cloud, application, user: dict, page, arrival):
    """A session with its tokens, and what the discovery document says."""
    session = OAuth2Session(
        application.client_id, scope="openid profile email offline_access",
        redirect_uri=arrival.url, code_challenge_method="S256", token_endpoint_auth_method="none",
    )
    session.verify = cloud.ready["ca_certificate"]
    metadata = session.get(
        f"{cloud.ready['authority']}/v2.0/.well-known/openid-configuration", withhold_token=True
    ).json()
    verifier, nonce = generate_token(48), generate_token()
    url, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    page.goto(url)
    browser.Person(user).sign_in(page)
    page.wait_for_selector("h1:has-text('arrived')")
    session.fetch_token(
        metadata["token_endpoint"], authorization_response=page.url, state=state,
        code_verifier=verifier,
    )
    claims = validate(cloud, application, session.token["id_token"], metadata)
    assert claims["nonce"] == nonce, claims
    return session, metadata, claims


def validate(cloud, application, id_token: str, metadata: dict) -> dict:
    keys = jwt.PyJWKClient(metadata["jwks_uri"], ssl_context=cloud.tls)
    return jwt.decode(
        id_token, keys.get_signing_key_from_jwt(id_token).key,
        algorithms=metadata["id_token_signing_alg_values_supported"],
        audience=application.client_id, issuer=metadata["issuer"],
    )


def sign_out(session, metadata: dict, page, arrival):
    """The browser comes back to the application and must sign in again."""
    parameters = urlencode({
        "id_token_hint": session.token["id_token"], "post_logout_redirect_uri": arrival.url,
        "state": "bye",
    })
    page.goto(f"{metadata['end_session_endpoint']}?{parameters}")
    page.wait_for_selector("h1:has-text('arrived')")
    assert arrival.received == {"state": "bye"}, arrival.received
    page.goto(session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=generate_token(48)
    )[0])
    page.wait_for_selector("input[name=loginfmt]")


def main():
    with (local_cloud.running(sys.argv[1]) as cloud, browser.Arrival() as arrival,
          browser.Chromium(cloud) as chromium, chromium.page() as page):
        application = registration.Application(cloud)
        application.change(publicClient={"redirectUris": ["http://localhost/callback"]})
        user = cloud.user(role=None)
        session, metadata, claims = sign_in(cloud, application, user, page, arrival)
        info = session.get(metadata["userinfo_endpoint"]).json()
        assert info["sub"] == claims["sub"] and info["email"] == user["user_principal_name"], info
        first = session.token["access_token"]
        renewed = session.refresh_token(metadata["token_endpoint"])
        assert renewed["access_token"] != first, "a new token"
        again = validate(cloud, application, renewed["id_token"], metadata)
        assert again["sub"] == claims["sub"], again
        sign_out(session, metadata, page, arrival)
        print(f"Authlib accepts {claims['preferred_username']} from {claims['iss']}")


if __name__ == "__main__":
    main()
