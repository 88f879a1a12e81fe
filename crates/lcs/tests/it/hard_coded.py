"""What a script for the real clouds does, its hosts written in it; only names come from outside."""

import base64
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

LOGIN = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com/v1.0"
LCS_APPLICATION = "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0"
GRAPH_COMMAND_LINE = "14d82eec-204b-4c2f-b7e8-296a70dab67e"


def call(method, url, *, form=None, body=None, token=None):
    headers, data = {}, None
    if form is not None:
        data = urllib.parse.urlencode(form).encode()
    elif body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        return error.code, None


def good(answer):
    status, body = answer
    assert status < 300, answer
    return body


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def password_grant(user, **parameters):
    return good(call("POST", f"{LOGIN}/{tenant}/oauth2/v2.0/token", form={
        "grant_type": "password", "username": user["user_principal_name"],
        "password": user["password"], **parameters,
    }))


def register(token):
    principals = f"{GRAPH}/servicePrincipals"
    query = urllib.parse.urlencode({"$filter": f"appId eq '{LCS_APPLICATION}'"})
    lcs = good(call("GET", f"{principals}?{query}", token=token))["value"][0]
    scope = next(s for s in lcs["oauth2PermissionScopes"] if s["value"] == "user_impersonation")
    application = good(call("POST", f"{GRAPH}/applications", token=token, body={
        "displayName": "Script", "signInAudience": "AzureADMyOrg", "isFallbackPublicClient": True,
        "requiredResourceAccess": [{
            "resourceAppId": LCS_APPLICATION,
            "resourceAccess": [{"id": scope["id"], "type": "Scope"}],
        }],
    }))
    client = good(call("POST", principals, token=token, body={"appId": application["appId"]}))
    good(call("POST", f"{GRAPH}/oauth2PermissionGrants", token=token, body={
        "clientId": client["id"], "consentType": "AllPrincipals", "resourceId": lcs["id"],
        "scope": "user_impersonation",
    }))
    return application["appId"]


def list_databases(host, project, token):
    url = f"https://{host}/databasemovement/v1/databases/project/{project}"
    return call("GET", url, token=token)


names = json.load(open(os.environ["LCS_SANDBOX_READY_FILE"]))
tenant, project = names["tenant_domain"], names["project_id"]
administrator = next(u for u in names["users"] if "Global Administrator" in u["roles"])
user = next(u for u in names["users"] if not u["roles"] and not u["mfa"])

graph_token = password_grant(
    administrator, client_id=GRAPH_COMMAND_LINE, scope="https://graph.microsoft.com/.default"
)["access_token"]
client_id = register(graph_token)
us, eu = "lcsapi.lcs.dynamics.com", "lcsapi.eu.lcs.dynamics.com"
answer = password_grant(user, client_id=client_id, scope=f"openid https://{us}//.default")
us_token = answer["access_token"]
# d365fo.tools asks so.
eu_token = good(call("POST", f"{LOGIN}/common/oauth2/token", form={
    "grant_type": "password", "client_id": client_id, "resource": f"https://{eu}",
    "username": user["user_principal_name"], "password": user["password"],
}))["access_token"]
try:
    outside = urllib.request.urlopen("https://example.com/").status
except OSError as error:
    outside = str(error)
json.dump({
    "discovery": good(call("GET", f"{LOGIN}/{tenant}/v2.0/.well-known/openid-configuration")),
    "unknown_instance": call("GET", f"{LOGIN}/common/discovery/instance?" + urllib.parse.urlencode({
        "api-version": "1.1", "authorization_endpoint": "https://graph.microsoft.com/common",
    }))[0],
    "access_token": claims(us_token),
    "id_token": claims(answer["id_token"]),
    "us": list_databases(us, project, us_token),
    "eu": list_databases(eu, project, eu_token),
    "us_token_in_europe": list_databases(eu, project, us_token)[0],
    "graph_token_at_lcs": list_databases(us, project, graph_token)[0],
    "outside": outside,
    "device_page": good(call("POST", f"{LOGIN}/{tenant}/oauth2/v2.0/devicecode", form={
        "client_id": client_id, "scope": f"https://{us}//.default",
    }))["verification_uri"],
}, sys.stdout)
