"""MSAL for Python, unmodified: device code, silent renewal; and PyJWT as an independent validator."""

import os
import sys
import threading

import jwt
import msal

import four_steps
import local_cloud
import person

# `requests`, which MSAL uses, lets these beat `verify=`.
for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
    os.environ.pop(variable, None)

SCOPE = "https://lcsapi.lcs.dynamics.com//.default"


def application(cloud, client_id, cache):
    return msal.PublicClientApplication(
        client_id, authority=cloud.ready["authority"], instance_discovery=False,
        verify=cloud.ready["ca_certificate"], token_cache=cache,
    )


def sign_in(cloud, app) -> dict:
    flow = app.initiate_device_flow(scopes=[SCOPE])
    assert "user_code" in flow, flow
    print(flow["message"])
    user = cloud.user(role=None)
    page = {}

    def approve():
        page["last"] = person.Person(cloud.tls).approve_device(
            flow["verification_uri"], flow["user_code"], user
        )

    approval = threading.Thread(target=approve)
    approval.start()
    result = app.acquire_token_by_device_flow(flow)
    approval.join()
    assert "access_token" in result, result
    return result


def validate(cloud, access_token: str):
    """With the keys of the v1 metadata document, as Microsoft documents for v1 tokens."""
    metadata = cloud.call(
        "GET", f"{cloud.ready['authority']}/.well-known/openid-configuration"
    ).json()
    keys = jwt.PyJWKClient(metadata["jwks_uri"], ssl_context=cloud.tls)
    claims = jwt.decode(
        access_token, keys.get_signing_key_from_jwt(access_token).key, algorithms=["RS256"],
        audience="https://lcsapi.lcs.dynamics.com/", issuer=metadata["issuer"],
    )
    assert claims["scp"] == "user_impersonation" and claims["ver"] == "1.0", claims
    print(f"PyJWT accepts the token of {claims['upn']}, issuer {claims['iss']}")


def unverified(token: str) -> dict:
    """The claims of a token."""
    return jwt.decode(token, options={"verify_signature": False})


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        client_id = four_steps.register(cloud)
        cache = msal.SerializableTokenCache()
        app = application(cloud, client_id, cache)
        first = sign_in(cloud, app)
        validate(cloud, first["access_token"])
        account = app.get_accounts()[0]
        cached = app.acquire_token_silent([SCOPE], account=account)
        assert cached["access_token"] == first["access_token"], "the cache answers first"
        # Another process, later: only the serialized cache is left.
        later_cache = msal.SerializableTokenCache()
        later_cache.deserialize(cache.serialize())
        later = application(cloud, client_id, later_cache)
        renewed = later.acquire_token_silent_with_error(
            [SCOPE], account=later.get_accounts()[0], force_refresh=True
        )
        assert renewed and "access_token" in renewed, renewed
        assert renewed["access_token"] != first["access_token"], "a new token"
        validate(cloud, renewed["access_token"])
        answer = cloud.call(
            "GET",
            f"{cloud.ready['lcs_api']}/databasemovement/v1/databases/project/{cloud.ready['project_id']}",
            token=renewed["access_token"],
        )
        assert answer.status == 200 and answer.json()["IsSuccess"], answer
        print(f"MSAL {msal.__version__}: device code and silent renewal work")


if __name__ == "__main__":
    main()
