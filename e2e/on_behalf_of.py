"""MSAL for Python and azure-identity, unmodified, as a middle tier: an API that was called with a user's
token moves that user's databases, by secret and by certificate. Without consent it is told so."""

import sys
import uuid

import azure.identity
import msal

import four_steps
import local_cloud
import msal_confidential
import msal_device_code
import registration

SCOPE = msal_device_code.SCOPE


def expose(middle: registration.Application) -> str:
    """Gives the middle tier a scope of its own; returns the scope."""
    name = f"api://{middle.client_id}"
    middle.change(identifierUris=[name], api={"oauth2PermissionScopes": [{
        "id": str(uuid.uuid4()), "value": "Movement.Start", "type": "User", "isEnabled": True,
        "adminConsentDisplayName": "Start movements",
        "adminConsentDescription": "Starts movements of databases as the signed-in user.",
    }]})
    return f"{name}/Movement.Start"


def consent(cloud, client: registration.Application, resource: registration.Application):
    """Lets the client call the middle tier."""
    answer = cloud.call(
        "POST", f"{cloud.ready['graph']}/oauth2PermissionGrants", token=client.token, body={
            "clientId": client.service_principal(client.client_id)["id"],
            "consentType": "AllPrincipals",
            "resourceId": client.service_principal(resource.client_id)["id"],
            "scope": "Movement.Start",
        },
    )
    assert answer.status == 201, answer


def users_token(cloud, client_id: str, scope: str) -> str:
    """What the user's client sends to the middle tier."""
    app = msal_device_code.application(cloud, client_id, msal.TokenCache())
    # See `msal_python.py`.
    app.authority._domains_without_user_realm_discovery.add("localhost")
    user = cloud.user(role=None)
    result = app.acquire_token_by_username_password(
        user["user_principal_name"], user["password"], scopes=[scope]
    )
    assert "access_token" in result, result
    return result["access_token"]


def lists_environments(cloud, token: str):
    """LCS believes the token and finds the user in the project."""
    claims = msal_device_code.unverified(token)
    name = cloud.user(role=None)["user_principal_name"]
    assert claims["scp"] == "user_impersonation" and claims["upn"] == name, claims
    assert claims["appidacr"] in ("1", "2"), claims
    url = f"{cloud.ready['lcs_api']}/environmentinfo/v1/detail/project/{cloud.ready['project_id']}/"
    answer = cloud.call("GET", url, token=token)
    assert answer.status == 200, answer


def by_msal(cloud, middle, credential, kind: str, sent: str):
    app = msal_confidential.application(cloud, middle.client_id, credential)
    result = app.acquire_token_on_behalf_of(sent, [SCOPE])
    assert "access_token" in result, result
    lists_environments(cloud, result["access_token"])
    renewed = app.acquire_token_silent_with_error(
        [SCOPE], account=app.get_accounts()[0], force_refresh=True
    )
    lists_environments(cloud, renewed["access_token"])
    print(f"MSAL {msal.__version__}: on behalf of a user by {kind}, renewed; LCS lists the environments")


def by_azure_identity(cloud, middle, proof: dict, kind: str, sent: str):
    credential = azure.identity.OnBehalfOfCredential(
        cloud.ready["tenant_id"], middle.client_id, user_assertion=sent,
        authority=cloud.ready["origin"], disable_instance_discovery=True,
        connection_verify=cloud.ready["ca_certificate"], **proof,
    )
    lists_environments(cloud, credential.get_token(SCOPE).token)
    print(f"azure-identity {azure.identity.__version__}: OnBehalfOfCredential by {kind} works")


def without_consent(cloud, middle, secret: str, sent: str):
    middle.without_consent()
    app = msal_confidential.application(cloud, middle.client_id, secret)
    refused = app.acquire_token_on_behalf_of(sent, [SCOPE])
    assert 65001 in refused["error_codes"] and refused["suberror"] == "consent_required", refused
    print(f"MSAL {msal.__version__}: without consent the middle tier is told AADSTS65001")


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        middle, front = registration.Application(cloud), registration.Application(cloud)
        scope = expose(middle)
        consent(cloud, front, middle)
        sent = users_token(cloud, front.client_id, scope)
        assert msal_device_code.unverified(sent)["aud"] != four_steps.LCS
        secret = middle.add_secret()
        key, certificate = middle.add_certificate()
        pair = {"private_key": key.decode(), "public_certificate": certificate.decode()}
        by_msal(cloud, middle, secret, "secret", sent)
        by_msal(cloud, middle, pair, "certificate", sent)
        by_azure_identity(cloud, middle, {"client_secret": secret}, "secret", sent)
        proof = {"client_certificate": key + certificate}
        by_azure_identity(cloud, middle, proof, "certificate", sent)
        without_consent(cloud, middle, secret, sent)


if __name__ == "__main__":
    main()
