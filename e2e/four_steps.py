"""The article's four steps by hand, in plain HTTP, and the database movement API with the token."""

import hashlib
import io
import sys
import zipfile

import local_cloud

LCS = "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0"
LCS_SCOPE = "https://lcsapi.lcs.dynamics.com//.default"


def expect(condition, what):
    assert condition, what
    return condition


def register(cloud) -> str:
    """Steps 1 to 3 through Microsoft Graph; returns the client id."""
    graph = cloud.ready["graph"]
    token = cloud.graph_token(cloud.user(role="Global Administrator"))
    # Step 1: a single-tenant application registration, and its service principal.
    answer = cloud.call("POST", f"{graph}/applications", token=token, body={
        "displayName": "Pipeline", "signInAudience": "AzureADMyOrg",
    })
    expect(answer.status == 201, answer)
    application = answer.json()
    answer = cloud.call("POST", f"{graph}/servicePrincipals", token=token,
                        body={"appId": application["appId"]})
    expect(answer.status == 201, answer)
    client = answer.json()
    # Step 2: the permission of the right entry among lookalikes, and admin consent.
    listed = cloud.call(
        "GET", f"{graph}/servicePrincipals?$filter=startswith(displayName,'Dynamics')", token=token
    ).json()["value"]
    expect(len(listed) > 1, "the resource stands among lookalikes")
    lcs = next(entry for entry in listed if entry["appId"] == LCS)
    expect(lcs["displayName"] == "Dynamics Lifecycle services", lcs)
    permission = next(p for p in lcs["oauth2PermissionScopes"] if p["value"] == "user_impersonation")
    answer = cloud.call("PATCH", f"{graph}/applications/{application['id']}", token=token, body={
        "requiredResourceAccess": [
            {"resourceAppId": LCS, "resourceAccess": [{"id": permission["id"], "type": "Scope"}]}
        ],
    })
    expect(answer.status == 204, answer)
    answer = cloud.call("POST", f"{graph}/oauth2PermissionGrants", token=token, body={
        "clientId": client["id"], "consentType": "AllPrincipals", "resourceId": lcs["id"],
        "scope": "user_impersonation",
    })
    expect(answer.status == 201, answer)
    # Step 3: the public client switch.
    answer = cloud.call("PATCH", f"{graph}/applications/{application['id']}", token=token,
                        body={"isFallbackPublicClient": True})
    expect(answer.status == 204, answer)
    return application["appId"]


def tokens(cloud, client_id: str) -> tuple[str, str]:
    """Step 4 on both generations of the endpoint."""
    user = cloud.user(role=None)
    v2 = cloud.call("POST", cloud.token_url(), form={
        "client_id": client_id, "scope": LCS_SCOPE, "grant_type": "password",
        "username": user["user_principal_name"], "password": user["password"],
    })
    expect(v2.status == 200, v2)
    expect(list(v2.json()) == ["token_type", "scope", "expires_in", "ext_expires_in", "access_token"],
           list(v2.json()))
    expect(v2.json()["scope"] == "https://lcsapi.lcs.dynamics.com//user_impersonation " + LCS_SCOPE, v2)
    expect(isinstance(v2.json()["expires_in"], int), v2)
    expect("no-store" in v2.headers["Cache-Control"], v2.headers)
    v1 = cloud.call("POST", f"{cloud.ready['origin']}/common/oauth2/token", form={
        "client_id": client_id, "resource": "https://lcsapi.lcs.dynamics.com",
        "grant_type": "password", "scope": "openid",
        "username": user["user_principal_name"], "password": user["password"],
    })
    expect(v1.status == 200, v1)
    for name in ("expires_in", "ext_expires_in", "expires_on", "not_before"):
        expect(isinstance(v1.json()[name], str) and v1.json()[name].isdigit(), (name, v1))
    expect(v1.json()["scope"] == "user_impersonation", v1)
    expect(v1.json()["refresh_token"] and v1.json()["id_token"], v1)
    return v2.json()["access_token"], v1.json()["access_token"]


def move(cloud, token: str):
    """List, refresh, export, download, with the token of step 4."""
    api, project = cloud.ready["lcs_api"], cloud.ready["project_id"]
    movement = f"{api}/databasemovement/v1"
    production, sandbox = cloud.environment("Production"), cloud.environment("Sandbox")
    listed = cloud.call("GET", f"{movement}/databases/project/{project}", token=token,
                        headers={"x-ms-version": "2017-09-15"}).json()
    expect(listed["IsSuccess"] and listed["DatabaseAssets"] == [], listed)
    started = cloud.call(
        "POST", f"{movement}/refresh/project/{project}/source/{production['id']}/target/{sandbox['id']}",
        token=token,
    ).json()
    expect(started["IsSuccess"], started)
    ended = cloud.wait_until_ended(token, sandbox, started["OperationActivityId"])
    expect(ended == "Completed", ended)
    started = cloud.call(
        "POST", f"{movement}/export/project/{project}/environment/{sandbox['id']}/backupName/after-refresh",
        token=token,
    ).json()
    expect(started["IsSuccess"], started)
    expect(cloud.wait_until_ended(token, sandbox, started["OperationActivityId"]) == "Completed", started)
    backup = cloud.call("GET", f"{movement}/databases/project/{project}", token=token).json()["DatabaseAssets"][0]
    expect((backup["Name"], backup["FileName"]) == ("after-refresh", "after-refresh.bacpac"), backup)
    file = cloud.call("GET", backup["FileLocation"])
    expect(file.status == 200, file)
    expect(file.headers["x-ms-meta-sha256"] == hashlib.sha256(file.body).hexdigest(), file.headers)
    names = zipfile.ZipFile(io.BytesIO(file.body)).namelist()
    expect("model.xml" in names and "Origin.xml" in names, names)
    changed = backup["FileLocation"].replace("sig=", "sig=x")
    expect(cloud.call("GET", changed).status == 403, "a changed signature opens nothing")
    print(f"moved: {len(names)} parts, {len(file.body)} bytes")


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        v2_token, v1_token = tokens(cloud, register(cloud))
        move(cloud, v2_token)
        page = cloud.call(
            "GET", f"{cloud.ready['lcs_api']}/environmentinfo/v1/detail/project/{cloud.ready['project_id']}/?page=1",
            token=v1_token,
        ).json()
        expect(page["IsSuccess"] and len(page["Data"]) == 3, page)
        print("the token of the v1 endpoint is accepted as well")


if __name__ == "__main__":
    main()
