"""The refusals that users meet, as Entra words them: code, OAuth error, status, envelope."""

import re
import sys
import uuid

import four_steps
import local_cloud

LCS_SCOPE = "https://lcsapi.lcs.dynamics.com//.default"


def refused(answer, status, error, code):
    body = answer.json()
    assert (answer.status, body["error"], body["error_codes"]) == (status, error, [code]), answer
    pattern = (rf"AADSTS{code}: .+ Trace ID: {body['trace_id']} "
               rf"Correlation ID: {body['correlation_id']} Timestamp: {body['timestamp']}")
    assert re.fullmatch(pattern, body["error_description"]), body
    # The service hides the user's name with a text in braces.
    text = body["error_description"].split("Trace ID")[0].replace("{EUII Hidden}", "")
    assert "{" not in text, body
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", body["timestamp"]), body
    assert answer.headers["x-ms-request-id"] == body["trace_id"], answer.headers
    print(f"{status} {error:22} AADSTS{code}")


def register_half(cloud, **changes) -> dict:
    """An application that lacks one of the steps; its appId and object ids."""
    graph = cloud.ready["graph"]
    token = cloud.graph_token(cloud.user(role="Global Administrator"))
    body = {
        "displayName": f"Half {uuid.uuid4()}", "signInAudience": "AzureADMyOrg",
        "isFallbackPublicClient": True,
        "requiredResourceAccess": [{
            "resourceAppId": four_steps.LCS,
            "resourceAccess": [{"id": "a8737248-d2c2-4a7c-9759-3dfaad5c2f19", "type": "Scope"}],
        }],
    }
    body.update(changes)
    application = cloud.call("POST", f"{graph}/applications", token=token, body=body).json()
    cloud.call("POST", f"{graph}/servicePrincipals", token=token, body={"appId": application["appId"]})
    return application


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        client_id = four_steps.register(cloud)
        user = cloud.user(role=None)
        good = {
            "client_id": client_id, "scope": LCS_SCOPE, "grant_type": "password",
            "username": user["user_principal_name"], "password": user["password"],
        }

        def ask(url=None, **changes):
            form = {name: value for name, value in {**good, **changes}.items() if value is not None}
            return cloud.call("POST", url or cloud.token_url(), form=form)

        origin = cloud.ready["origin"]
        assert ask().status == 200
        refused(ask(f"{origin}/{uuid.uuid4()}/oauth2/v2.0/token"), 400, "invalid_request", 90002)
        refused(ask(f"{origin}/YOUR_TENANT/oauth2/v2.0/token"), 400, "invalid_request", 900023)
        refused(ask(f"{origin}/common/oauth2/v2.0/token"), 400, "invalid_request", 9001023)
        refused(ask(client_id=str(uuid.uuid4())), 400, "unauthorized_client", 700016)
        refused(ask(password="wrong"), 400, "invalid_grant", 50126)
        refused(ask(username="nobody@contoso.onmicrosoft.com"), 400, "invalid_grant", 50034)
        mfa = cloud.user(role=None, mfa=True)
        with_mfa = {"username": mfa["user_principal_name"], "password": mfa["password"]}
        answer = ask(**with_mfa)
        refused(answer, 400, "invalid_grant", 50076)
        assert answer.json()["suberror"] == "basic_action", answer
        answer = ask(f"{cloud.ready['authority']}/oauth2/token", scope=None,
                     resource="https://lcsapi.lcs.dynamics.com", **with_mfa)
        refused(answer, 400, "interaction_required", 50076)
        missing_permission = register_half(cloud, requiredResourceAccess=[])
        refused(ask(client_id=missing_permission["appId"]), 400, "invalid_resource", 650057)
        no_consent = register_half(cloud)
        answer = ask(client_id=no_consent["appId"])
        refused(answer, 400, "invalid_grant", 65001)
        assert answer.json()["suberror"] == "consent_required", answer
        confidential = register_half(cloud, isFallbackPublicClient=False)
        refused(ask(client_id=confidential["appId"]), 401, "invalid_client", 7000218)
        refused(ask(scope="https://unknown.example/.default"), 400, "invalid_resource", 500011)
        refused(ask(scope="https://lcsapi.lcs.dynamics.com"), 400, "invalid_scope", 70011)
        refused(ask(password=None), 400, "invalid_request", 900144)
        refused(ask(grant_type="passwort"), 400, "unsupported_grant_type", 70003)
        refused(ask(grant_type="client_credentials"), 401, "invalid_client", 7000216)
        refused(ask(grant_type="client_credentials", client_secret="x"), 401, "invalid_client", 7000215)

        # Graph refuses somebody who is no administrator, and the API refuses bad tokens.
        answer = cloud.call("POST", f"{cloud.ready['graph']}/applications",
                            token=cloud.graph_token(user), body={"displayName": "No"})
        assert answer.status == 403, answer
        assert answer.json()["error"]["code"] == "Authorization_RequestDenied", answer
        listing = f"{cloud.ready['lcs_api']}/databasemovement/v1/databases/project/{cloud.ready['project_id']}"
        for token in (None, "x.y.z", cloud.graph_token(user)):
            answer = cloud.call("GET", listing, token=token)
            assert answer.status == 401, answer
            assert answer.headers["WWW-Authenticate"].startswith("Bearer"), answer.headers
        print("Graph refuses a non-administrator; LCS refuses no, forged and foreign tokens")


if __name__ == "__main__":
    main()
