"""MSAL and azure-identity for Python, unmodified and unconfigured, in `lcs sandbox`: hard-wired Microsoft hosts, default
instance discovery, and user name and password, which asks for the user realm at port 443."""

import json
import os
import shutil
import subprocess
import sys
import tempfile

import azure.identity
import msal
import requests

SCOPE = "https://lcsapi.lcs.dynamics.com//.default"
GRAPH = "https://graph.microsoft.com/v1.0"
GRAPH_COMMAND_LINE = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
LCS = "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0"


def sign_in(client_id, authority, user, scope, **options):
    app = msal.PublicClientApplication(client_id, authority=authority, **options)
    result = app.acquire_token_by_username_password(
        user["user_principal_name"], user["password"], scopes=[scope]
    )
    assert "access_token" in result, result
    return app, result


def register(token) -> str:
    """Steps 1 to 3 of the article at the hosts of the article."""
    graph = requests.Session()
    graph.headers["Authorization"] = f"Bearer {token}"

    def post(path, body):
        answer = graph.post(f"{GRAPH}/{path}", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    lcs = graph.get(f"{GRAPH}/servicePrincipals", params={"$filter": f"appId eq '{LCS}'"})
    lcs = lcs.json()["value"][0]
    scope = next(s for s in lcs["oauth2PermissionScopes"] if s["value"] == "user_impersonation")
    application = post("applications", {
        "displayName": "Sandbox", "signInAudience": "AzureADMyOrg", "isFallbackPublicClient": True,
        "requiredResourceAccess": [
            {"resourceAppId": LCS, "resourceAccess": [{"id": scope["id"], "type": "Scope"}]}
        ],
    })
    client = post("servicePrincipals", {"appId": application["appId"]})
    post("oauth2PermissionGrants", {
        "clientId": client["id"], "consentType": "AllPrincipals", "resourceId": lcs["id"],
        "scope": "user_impersonation",
    })
    return application["appId"]


def inside():
    """What runs in the sandbox."""
    with open(os.environ["LCS_SANDBOX_READY_FILE"]) as file:
        ready = json.load(file)
    administrator = next(u for u in ready["users"] if "Global Administrator" in u["roles"])
    user = next(u for u in ready["users"] if not u["roles"] and not u["mfa"])
    microsoft = f"https://login.microsoftonline.com/{ready['tenant_id']}"
    _, result = sign_in(GRAPH_COMMAND_LINE, microsoft, administrator, f"{GRAPH[:-5]}/.default")
    client_id = register(result["access_token"])

    app, result = sign_in(client_id, microsoft, user, SCOPE)
    claims = result["id_token_claims"]
    assert claims["iss"] == f"{microsoft}/v2.0" and claims["xms_local"] is True, claims
    account = app.get_accounts()[0]
    assert account["environment"] == "login.microsoftonline.com", account
    renewed = app.acquire_token_silent_with_error([SCOPE], account=account, force_refresh=True)
    assert renewed and "access_token" in renewed, renewed
    listed = requests.get(
        f"https://lcsapi.lcs.dynamics.com/databasemovement/v1/databases/project/{ready['project_id']}",
        headers={"Authorization": f"Bearer {renewed['access_token']}"},
    )
    assert listed.status_code == 200 and listed.json()["IsSuccess"], listed.text
    print(f"MSAL {msal.__version__} at {microsoft}: password, renewal, LCS")

    # Discovery and token at the local port, the user realm at 443.
    _, result = sign_in(client_id, ready["authority"], user, SCOPE, instance_discovery=False)
    claims = result["id_token_claims"]
    assert claims["iss"] == f"{ready['authority']}/v2.0" and "xms_local" not in claims, claims
    print(f"MSAL {msal.__version__} at {ready['authority']}: password, user realm at port 443")

    credential = azure.identity.UsernamePasswordCredential(
        client_id, user["user_principal_name"], user["password"], tenant_id=ready["tenant_id"]
    )
    assert credential.get_token(SCOPE).token, "azure-identity without a setting"
    print(f"azure-identity {azure.identity.__version__}: UsernamePasswordCredential")

    # With its discovery MSAL drops the port altogether.
    _, result = sign_in(client_id, ready["authority"], user, SCOPE)
    assert result["id_token_claims"]["iss"] == f"https://localhost/{ready['tenant_id']}/v2.0", result

    try:
        requests.get("https://example.com/")
    except requests.exceptions.ProxyError as error:
        assert "403" in str(error), error
        print("example.com is outside")
    else:
        raise AssertionError("the sandbox let a connection out")


def main():
    folder = tempfile.mkdtemp(prefix="lcs-e2e-")
    try:
        command = [sys.argv[1], "sandbox", "--rows", "2000", "--data-dir", f"{folder}/data", "--",
                   sys.executable, __file__]
        subprocess.run(command, check=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    inside() if "LCS_SANDBOX_READY_FILE" in os.environ else main()
