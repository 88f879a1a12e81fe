//! Graph over HTTP where it changes the directory: users, deleted objects, owners, policies; by
//! users and by applications that call as themselves.

use lcs_wire::{entra::Aadsts, well_known::GRAPH_CLIENT_ID};
use reqwest::Method;
use serde_json::{Value, json};

use crate::refusals::{
    authority::{Application, Authority},
    credentials::{own_token, secret},
};

/// A call with this token; status and body, whatever they are.
async fn call(
    authority: &Authority,
    token: &str,
    method: Method,
    path: &str,
    body: Value,
) -> (u16, Value) {
    let url = format!("{}{path}", authority.cloud.facts().graph);
    let mut request = authority.http.request(method, url).bearer_auth(token);
    if !body.is_null() {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_default())
}

async fn as_administrator(
    authority: &Authority,
    method: Method,
    path: &str,
    body: Value,
) -> (u16, Value) {
    let token = authority.administrators_token().to_owned();
    call(authority, &token, method, path, body).await
}

fn ben(domain: &str) -> Value {
    json!({
        "accountEnabled": true,
        "displayName": "Ben",
        "mailNickname": "ben",
        "userPrincipalName": format!("ben@{domain}"),
        "passwordProfile": { "password": "A New passw0rd", "forceChangePasswordNextSignIn": false },
    })
}

#[tokio::test]
async fn a_user_is_created_signs_in_and_is_deleted_and_restored() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let domain = authority.cloud.facts().tenant_domain.clone();
    let made = authority.graph(Method::POST, "/users", ben(&domain)).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let mut user = authority.cloud.service_user().clone();
    user.user_principal_name = format!("ben@{domain}").parse().unwrap();
    "A New passw0rd".clone_into(&mut user.password);
    let client = tool.client_id.clone();
    authority.sign_in_as(&client, &user, &[]).await.granted();

    let shown = authority
        .graph(Method::GET, &format!("/users/{id}"), Value::Null)
        .await;
    assert_eq!(shown["displayName"], "Ben");
    assert!(shown.get("accountEnabled").is_none(), "{shown}");
    let path = format!("/users/{id}?$select=accountEnabled,userType");
    let selected = authority.graph(Method::GET, &path, Value::Null).await;
    assert_eq!(selected["accountEnabled"], true);
    assert_eq!(selected["userType"], "Member");
    assert!(selected.get("displayName").is_none());
    let path = "/users?$filter=accountEnabled eq true and startswith(displayName,'Ben')";
    let found = authority.graph(Method::GET, path, Value::Null).await;
    assert_eq!(found["value"].as_array().unwrap().len(), 1);

    let path = format!("/users/ben@{domain}");
    authority.graph(Method::DELETE, &path, Value::Null).await;
    let answer = authority.sign_in_as(&client, &user, &[]).await;
    answer.refused_as(Aadsts::UserNotFound);
    let list = "/directory/deletedItems/microsoft.graph.user";
    let deleted = authority.graph(Method::GET, list, Value::Null).await;
    assert_eq!(deleted["value"][0]["id"], json!(id));
    let path = format!("/directory/deletedItems/{id}/restore");
    authority.graph(Method::POST, &path, Value::Null).await;
    authority.sign_in_as(&client, &user, &[]).await.granted();
}

#[tokio::test]
async fn what_the_local_cloud_does_not_keep_of_a_user_is_refused_and_not_dropped() {
    let authority = Authority::start().await;
    let domain = authority.cloud.facts().tenant_domain.clone();
    let mut body = ben(&domain);
    body["jobTitle"] = json!("Tester");
    let (status, refused) = as_administrator(&authority, Method::POST, "/users", body).await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (400, &json!("Request_BadRequest"))
    );
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("jobTitle"), "{message}");
    authority.graph(Method::POST, "/users", ben(&domain)).await;
    let (status, refused) =
        as_administrator(&authority, Method::POST, "/users", ben(&domain)).await;
    assert_eq!(status, 400);
    assert_eq!(refused["error"]["details"][0]["code"], "ObjectConflict");
}

#[tokio::test]
async fn a_deleted_application_is_restored_with_its_consent() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    authority
        .graph(Method::DELETE, &tool.path(), Value::Null)
        .await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::ApplicationNotFound);
    let list = "/directory/deletedItems/microsoft.graph.application?$select=id,appId";
    let deleted = authority.graph(Method::GET, list, Value::Null).await;
    assert_eq!(deleted["value"][0]["appId"], json!(tool.client_id));
    let id = deleted["value"][0]["id"].as_str().unwrap();
    let item = format!("/directory/deletedItems/{id}");
    let shown = authority.graph(Method::GET, &item, Value::Null).await;
    assert_eq!(shown["@odata.type"], "#microsoft.graph.application");
    let restore = format!("{item}/restore");
    authority.graph(Method::POST, &restore, Value::Null).await;
    authority.sign_in(&tool, &[]).await.granted();

    authority
        .graph(Method::DELETE, &tool.path(), Value::Null)
        .await;
    authority.graph(Method::DELETE, &item, Value::Null).await;
    let (status, _) = as_administrator(&authority, Method::POST, &restore, Value::Null).await;
    assert_eq!(status, 404);
}

/// An application with these application permissions of Graph, and a token for itself.
async fn application_token(authority: &Authority, roles: &[&str]) -> (Application, String) {
    let application = authority.register(Value::Null).await;
    let graph = authority.service_principal(GRAPH_CLIENT_ID).await;
    let path = format!("/servicePrincipals/{graph}");
    let shown = authority.graph(Method::GET, &path, Value::Null).await;
    let principal = application.principal_path();
    let principal = principal.rsplit('/').next().unwrap();
    for role in roles {
        let offered = shown["appRoles"].as_array().unwrap().iter();
        let id = offered.clone().find(|it| it["value"] == *role).unwrap()["id"].clone();
        let assignment = json!({ "principalId": principal, "resourceId": graph, "appRoleId": id });
        let path = format!("/servicePrincipals/{principal}/appRoleAssignments");
        authority.graph(Method::POST, &path, assignment).await;
    }
    let secret = secret(authority, &application).await;
    let scope = "https://graph.microsoft.com/.default";
    let fields = [("client_secret", secret.as_str()), ("scope", scope)];
    let token = own_token(authority, &application, &fields).await;
    (application, token.text("access_token"))
}

#[tokio::test]
async fn an_application_calls_graph_as_itself_within_its_permissions() {
    let authority = Authority::start().await;
    let (application, token) =
        application_token(&authority, &["Application.ReadWrite.All", "User.Read.All"]).await;
    let new = json!({ "displayName": "Made by a pipeline" });
    let (status, made) = call(&authority, &token, Method::POST, "/applications", new).await;
    assert_eq!(status, 201, "{made}");
    let (status, users) = call(&authority, &token, Method::GET, "/users", Value::Null).await;
    assert_eq!(status, 200, "{users}");
    for path in ["/auditLogs/signIns", "/policies/authorizationPolicy"] {
        let (status, refused) = call(&authority, &token, Method::GET, path, Value::Null).await;
        assert_eq!(status, 403, "{path}");
        assert_eq!(refused["error"]["code"], "Authorization_RequestDenied");
    }
    for (method, path) in [
        (Method::GET, "/me"),
        (Method::POST, "/me/revokeSignInSessions"),
        (Method::GET, "/me/authentication/methods"),
    ] {
        let (status, refused) = call(&authority, &token, method, path, Value::Null).await;
        assert_eq!(
            (status, &refused["error"]["code"]),
            (400, &json!("BadRequest")),
            "{path}"
        );
    }
    let log = "/auditLogs/directoryAudits?$filter=activityDisplayName eq 'Add application'";
    let log = authority.graph(Method::GET, log, Value::Null).await;
    let by = &log["value"][0]["initiatedBy"]["app"];
    assert_eq!(by["appId"], json!(application.client_id));
}

#[tokio::test]
async fn an_application_without_permissions_reads_nothing() {
    let authority = Authority::start().await;
    let (_, token) = application_token(&authority, &[]).await;
    for path in ["/users", "/applications", "/organization", "/domains"] {
        let (status, refused) = call(&authority, &token, Method::GET, path, Value::Null).await;
        assert_eq!(status, 403, "{path}: {refused}");
    }
}

#[tokio::test]
async fn whoever_registers_an_application_because_everybody_may_owns_it() {
    let authority = Authority::start().await;
    let user = authority.cloud.service_user().clone();
    let token = authority.graph_token(&user).await;
    let new = json!({ "displayName": "Mine" });
    let policy = "/policies/authorizationPolicy";
    let (status, _) = call(
        &authority,
        &token,
        Method::POST,
        "/applications",
        new.clone(),
    )
    .await;
    assert_eq!(status, 403);
    let allow = json!({ "defaultUserRolePermissions": { "allowedToCreateApps": true } });
    authority.graph(Method::PATCH, policy, allow).await;
    let (status, made) = call(&authority, &token, Method::POST, "/applications", new).await;
    assert_eq!(status, 201);
    let path = format!("/applications/{}", made["id"].as_str().unwrap());
    let owners = format!("{path}/owners");
    let (_, listed) = call(&authority, &token, Method::GET, &owners, Value::Null).await;
    let id = listed["value"][0]["id"].as_str().unwrap().to_owned();
    let principal = json!({ "appId": made["appId"] });
    let (status, _) = call(
        &authority,
        &token,
        Method::POST,
        "/servicePrincipals",
        principal,
    )
    .await;
    assert_eq!(status, 201);
    let reference = format!("{owners}/{id}/$ref");
    authority
        .graph(Method::DELETE, &reference, Value::Null)
        .await;
    let change = json!({ "displayName": "Mine no more" });
    let (status, _) = call(&authority, &token, Method::PATCH, &path, change.clone()).await;
    assert_eq!(status, 403);
    let url = format!("{}/directoryObjects/{id}", authority.cloud.facts().graph);
    let back = json!({ "@odata.id": url });
    authority
        .graph(Method::POST, &format!("{owners}/$ref"), back)
        .await;
    let (status, _) = call(&authority, &token, Method::PATCH, &path, change).await;
    assert_eq!(status, 204);
}

#[tokio::test]
async fn security_defaults_are_switched_and_count_at_once() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    authority.sign_in(&tool, &[]).await.granted();
    let path = "/policies/identitySecurityDefaultsEnforcementPolicy";
    let shown = authority.graph(Method::GET, path, Value::Null).await;
    assert_eq!(shown["isEnabled"], false);
    authority
        .graph(Method::PATCH, path, json!({ "isEnabled": true }))
        .await;
    let shown = authority.graph(Method::GET, path, Value::Null).await;
    assert_eq!(shown["isEnabled"], true);
    let answer = authority.sign_in(&tool, &[]).await;
    assert_ne!(answer.status.as_u16(), 200);
}

#[tokio::test]
async fn a_named_location_is_used_by_a_policy_and_cannot_be_deleted_meanwhile() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let locations = "/identity/conditionalAccess/namedLocations";
    let new = json!({
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "displayName": "This machine",
        "isTrusted": true,
        "ipRanges": [
            { "@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "127.0.0.0/8" },
        ],
    });
    let made = authority.graph(Method::POST, locations, new).await;
    assert_eq!(made["@odata.type"], "#microsoft.graph.ipNamedLocation");
    let id = made["id"].as_str().unwrap().to_owned();
    let path = format!("{locations}/{id}");
    let policies = "/identity/conditionalAccess/policies";
    let policy = json!({
        "displayName": "Not from here", "state": "enabled",
        "conditions": {
            "users": { "includeUsers": ["All"] },
            "applications": { "includeApplications": ["913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0"] },
            "clientAppTypes": ["all"],
            "locations": { "includeLocations": [id] },
        },
        "grantControls": { "operator": "OR", "builtInControls": ["block"] },
    });
    let policy = authority.graph(Method::POST, policies, policy).await;
    let answer = authority.sign_in(&tool, &[]).await;
    assert_eq!(answer.body["error_codes"], json!([53_003]));
    let (status, refused) = as_administrator(&authority, Method::DELETE, &path, Value::Null).await;
    assert_eq!(status, 400, "{refused}");
    let elsewhere = json!({ "ipRanges": [{ "cidrAddress": "10.0.0.0/8" }] });
    authority.graph(Method::PATCH, &path, elsewhere).await;
    authority.sign_in(&tool, &[]).await.granted();
    let policy = format!("{policies}/{}", policy["id"].as_str().unwrap());
    authority.graph(Method::DELETE, &policy, Value::Null).await;
    authority.graph(Method::DELETE, &path, Value::Null).await;
    let country = json!({
        "@odata.type": "#microsoft.graph.countryNamedLocation",
        "displayName": "Home",
    });
    let (status, _) = as_administrator(&authority, Method::POST, locations, country).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn what_a_user_signs_in_with_is_listed_by_kind() {
    let authority = Authority::start().await;
    let name = authority.cloud.service_user().user_principal_name.clone();
    let path = format!("/users/{name}/authentication");
    for (list, count) in [
        ("methods", 1),
        ("passwordMethods", 1),
        ("softwareOathMethods", 0),
    ] {
        let path = format!("{path}/{list}");
        let listed = authority.graph(Method::GET, &path, Value::Null).await;
        assert_eq!(listed["value"].as_array().unwrap().len(), count, "{path}");
    }
    let own = "/me/authentication/methods";
    let own = authority.graph(Method::GET, own, Value::Null).await;
    let kind = "#microsoft.graph.passwordAuthenticationMethod";
    assert_eq!(own["value"][0]["@odata.type"], kind);
}
