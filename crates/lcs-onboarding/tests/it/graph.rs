//! A small Microsoft Graph: keeps applications, service principals and grants, counts writes.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, patch},
};
use lcs_client::{GraphApi, RetryPolicy, graph::ConsistencyPolicy};
use lcs_signin::{AccessToken, FixedToken, HttpClient, HttpSettings, PlainHttp};
use lcs_types::{Clock, Secret, SystemClock};
use lcs_wire::well_known::{LCS_CLIENT_ID, LCS_USER_IMPERSONATION_ID};
use serde_json::{Value, json};

/// What stands in the tenant, and how Graph behaves.
#[derive(Debug, Default)]
pub(crate) struct Tenant {
    pub(crate) applications: Vec<Value>,
    pub(crate) principals: Vec<Value>,
    pub(crate) grants: Vec<Value>,
    /// `POST /applications` and the like, in order.
    pub(crate) writes: Vec<String>,
    /// How many of the next calls about new things are denied.
    pub(crate) denials: usize,
    /// Whether the user may write.
    pub(crate) is_read_only: bool,
    /// Whether patches are accepted and forgotten.
    pub(crate) forgets_patches: bool,
    /// Whether somebody else creates the grant just before us.
    pub(crate) rival_grant: bool,
    /// How many objects have been created.
    pub(crate) objects: u32,
}

pub(crate) type Shared = Arc<Mutex<Tenant>>;

/// A tenant with LCS and a lookalike in it.
pub(crate) fn tenant() -> Tenant {
    let principal = |id: u32, app_id: String, name: &str, scopes: Value| {
        json!({
            "id": object_id(id), "appId": app_id, "displayName": name, "accountEnabled": true,
            "oauth2PermissionScopes": scopes,
        })
    };
    let user_impersonation = json!([{
        "id": LCS_USER_IMPERSONATION_ID.to_string(), "value": "user_impersonation",
        "type": "User", "isEnabled": true,
    }]);
    Tenant {
        principals: vec![
            principal(
                901,
                "b96b7e94-b82e-4e71-99a0-cf7fb188acea".to_owned(),
                "Dynamics Deployment Services [wsfed-enabled]",
                json!([]),
            ),
            principal(
                902,
                LCS_CLIENT_ID.to_string(),
                "Dynamics Lifecycle services",
                user_impersonation,
            ),
        ],
        ..Tenant::default()
    }
}

fn object_id(number: u32) -> String {
    format!("00000000-0000-0000-0000-{number:012}")
}

/// Starts Graph over the tenant.
pub(crate) async fn start(tenant: Tenant) -> (GraphApi, Shared) {
    let shared: Shared = Arc::new(Mutex::new(tenant));
    let router = Router::new()
        .route("/v1.0/organization", get(organization))
        .route("/v1.0/me", get(me))
        .route(
            "/v1.0/applications",
            get(applications).post(create_application),
        )
        .route(
            "/v1.0/applications/{id}",
            patch(update_application).get(application),
        )
        .route(
            "/v1.0/servicePrincipals",
            get(lookalikes).post(create_principal),
        )
        .route(
            "/v1.0/oauth2PermissionGrants",
            get(grants).post(create_grant),
        )
        .route("/v1.0/oauth2PermissionGrants/{id}", patch(update_grant))
        .route("/v1.0/{key}", get(principal_by_key))
        .with_state(Arc::clone(&shared));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1.0", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let http = HttpClient::new(HttpSettings {
        plain_http: PlainHttp::AllowedOnLoopback,
        ..HttpSettings::default()
    })
    .unwrap();
    let token = AccessToken {
        secret: Secret::new("t"),
        expires_at: "2100-01-01T00:00:00Z".parse().unwrap(),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let policy = RetryPolicy {
        attempts: 1,
        ..RetryPolicy::default()
    };
    let consistency = ConsistencyPolicy {
        first_delay: Duration::from_millis(1),
        patience: Duration::from_millis(100),
    };
    let graph = GraphApi::new(
        base.parse().unwrap(),
        http,
        Arc::new(FixedToken::new(token, clock)),
    )
    .with_retry_policy(policy, consistency);
    (graph, shared)
}

fn refusal(status: u16, code: &str, message: &str) -> Response {
    let body = json!({"error": {"code": code, "message": message}});
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

fn list(values: &[Value]) -> Response {
    Json(json!({ "value": values })).into_response()
}

impl Tenant {
    /// Counts a write, or refuses it.
    fn write(&mut self, what: &str) -> Result<(), Box<Response>> {
        if self.is_read_only {
            let message = "Insufficient privileges to complete the operation.";
            return Err(refusal(403, "Authorization_RequestDenied", message).into());
        }
        if self.denials > 0 && what != "POST /applications" {
            self.denials -= 1;
            return Err(refusal(404, "Request_ResourceNotFound", "Not there yet.").into());
        }
        self.writes.push(what.to_owned());
        Ok(())
    }

    fn next_id(&mut self) -> String {
        self.objects += 1;
        object_id(self.objects)
    }
}

async fn organization() -> Response {
    list(&[json!({
        "id": object_id(800), "displayName": "Contoso",
        "verifiedDomains": [
            {"name": "contoso.onmicrosoft.com", "isInitial": true},
            {"name": "contoso.com", "isDefault": true},
        ],
    })])
}

async fn me() -> Response {
    Json(json!({"id": object_id(801), "userPrincipalName": "admin@contoso.com"})).into_response()
}

async fn applications(State(tenant): State<Shared>) -> Response {
    list(&tenant.lock().unwrap().applications)
}

async fn application(State(tenant): State<Shared>, Path(id): Path<String>) -> Response {
    let tenant = tenant.lock().unwrap();
    match tenant.applications.iter().find(|found| found["id"] == id) {
        Some(found) => Json(found).into_response(),
        None => refusal(404, "Request_ResourceNotFound", "No."),
    }
}

async fn create_application(State(tenant): State<Shared>, Json(mut body): Json<Value>) -> Response {
    let mut tenant = tenant.lock().unwrap();
    if let Err(refusal) = tenant.write("POST /applications") {
        return *refusal;
    }
    body["id"] = json!(tenant.next_id());
    body["appId"] = json!(tenant.next_id());
    tenant.applications.push(body.clone());
    (StatusCode::CREATED, Json(body)).into_response()
}

async fn update_application(
    State(tenant): State<Shared>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    let mut tenant = tenant.lock().unwrap();
    let names: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    if let Err(refusal) = tenant.write(&format!("PATCH application {}", names.join(","))) {
        return *refusal;
    }
    if !tenant.forgets_patches {
        let found = tenant
            .applications
            .iter_mut()
            .find(|found| found["id"] == id)
            .unwrap();
        for (name, value) in body.as_object().unwrap() {
            found[name] = value.clone();
        }
    }
    StatusCode::NO_CONTENT.into_response()
}

async fn lookalikes(State(tenant): State<Shared>, RawQuery(query): RawQuery) -> Response {
    assert!(query.unwrap().contains("startswith"));
    list(&tenant.lock().unwrap().principals)
}

/// `servicePrincipals(appId='…')`, which the router knows as any other segment.
async fn principal_by_key(State(tenant): State<Shared>, Path(key): Path<String>) -> Response {
    let app_id = key
        .strip_prefix("servicePrincipals(appId='")
        .and_then(|rest| rest.strip_suffix("')"))
        .unwrap();
    let tenant = tenant.lock().unwrap();
    match tenant
        .principals
        .iter()
        .find(|found| found["appId"] == app_id)
    {
        Some(found) => Json(found).into_response(),
        None => refusal(404, "Request_ResourceNotFound", "No."),
    }
}

async fn create_principal(State(tenant): State<Shared>, Json(body): Json<Value>) -> Response {
    let mut tenant = tenant.lock().unwrap();
    if let Err(refusal) = tenant.write("POST /servicePrincipals") {
        return *refusal;
    }
    let mut principal = json!({
        "id": tenant.next_id(), "appId": body["appId"], "displayName": "LCS toolkit",
        "accountEnabled": true,
    });
    if body["appId"] == LCS_CLIENT_ID.to_string() {
        principal["oauth2PermissionScopes"] = json!([{
            "id": LCS_USER_IMPERSONATION_ID.to_string(), "value": "user_impersonation",
            "type": "User", "isEnabled": true,
        }]);
    }
    tenant.principals.push(principal.clone());
    (StatusCode::CREATED, Json(principal)).into_response()
}

async fn grants(State(tenant): State<Shared>) -> Response {
    list(&tenant.lock().unwrap().grants)
}

async fn create_grant(State(tenant): State<Shared>, Json(mut body): Json<Value>) -> Response {
    let mut tenant = tenant.lock().unwrap();
    if let Err(refusal) = tenant.write("POST /oauth2PermissionGrants") {
        return *refusal;
    }
    body["id"] = json!("grant");
    body["principalId"] = Value::Null;
    if std::mem::take(&mut tenant.rival_grant) {
        body["scope"] = json!("something_else");
        tenant.grants.push(body);
        return refusal(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            "Permission entry already exists.",
        );
    }
    tenant.grants.push(body.clone());
    (StatusCode::CREATED, Json(body)).into_response()
}

async fn update_grant(
    State(tenant): State<Shared>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    let mut tenant = tenant.lock().unwrap();
    if let Err(refusal) = tenant.write("PATCH grant") {
        return *refusal;
    }
    let found = tenant.grants.iter_mut().find(|found| found["id"] == id);
    found.unwrap()["scope"] = body["scope"].clone();
    StatusCode::NO_CONTENT.into_response()
}
