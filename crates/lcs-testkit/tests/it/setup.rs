//! Steps 1 to 3 and their undoing against the local Graph: from every half-done state, cut off
//! after every call.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use lcs_client::{GraphApi, RetryPolicy, graph::ConsistencyPolicy};
use lcs_onboarding::{
    Applied, Prepared, RecordFile, Registration, RegistrationError, RegistrationRequest,
    SetupObject, Undo, UndoError,
};
use lcs_signin::{HttpClient, HttpSettings, PlainHttp, Resource, Session};
use lcs_testkit::TestCloud;
use lcs_types::SystemRandomness;
use lcs_wire::{
    local::ReadyUser,
    well_known::{GRAPH_COMMAND_LINE_CLIENT_ID, LCS_CLIENT_ID},
};
use serde_json::Value;

const NAME: &str = "LCS toolkit";
/// No call is cut.
const NEVER: usize = usize::MAX;

/// Whether Graph has acted when the connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    BeforeItActs,
    AfterItActed,
}

/// Between the client and Graph: lets so many calls through, then none.
#[derive(Debug)]
struct Wire {
    graph: String,
    http: reqwest::Client,
    calls_left: AtomicUsize,
    last: Cut,
}

async fn pass(State(wire): State<Arc<Wire>>, request: Request) -> Response {
    let left = wire
        .calls_left
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
            Some(if left == NEVER {
                NEVER
            } else {
                left.saturating_sub(1)
            })
        })
        .unwrap();
    if left == 0 || (left == 1 && wire.last == Cut::BeforeItActs) {
        return cut();
    }
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().as_str();
    let url = format!("{}{}", wire.graph.trim_end_matches("/v1.0"), path);
    let mut headers = parts.headers;
    headers.remove("host");
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let answer = wire
        .http
        .request(parts.method, url)
        .headers(headers)
        .body(body)
        .send()
        .await
        .unwrap();
    if left == 1 {
        return cut();
    }
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if name != "transfer-encoding" && name != "content-length" {
            response = response.header(name, value);
        }
    }
    response
        .body(Body::from(answer.bytes().await.unwrap()))
        .unwrap()
}

/// An answer that ends before it began.
fn cut() -> Response {
    let mut response = Response::new(Body::from("x"));
    response
        .headers_mut()
        .insert("content-length", "100".parse().unwrap());
    response
}

struct Tenant {
    cloud: TestCloud,
    session: Arc<Session>,
    folder: tempfile::TempDir,
}

impl Tenant {
    async fn of(cloud: TestCloud, user: ReadyUser) -> Self {
        let session = cloud
            .session(GRAPH_COMMAND_LINE_CLIENT_ID, Resource::graph(), &user)
            .await
            .unwrap();
        Self {
            cloud,
            session,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    async fn start() -> Self {
        let cloud = TestCloud::start().await.unwrap();
        let administrator = cloud.administrator().clone();
        Self::of(cloud, administrator).await
    }

    /// Graph behind a wire that is cut at this call.
    async fn graph(&self, calls: usize, last: Cut) -> GraphApi {
        let pem = std::fs::read(&self.cloud.facts().ca_certificate).unwrap();
        let wire = Arc::new(Wire {
            graph: self.cloud.facts().graph.clone(),
            http: reqwest::Client::builder()
                .tls_certs_merge([reqwest::Certificate::from_pem(&pem).unwrap()])
                .no_proxy()
                .build()
                .unwrap(),
            calls_left: AtomicUsize::new(calls),
            last,
        });
        let router = Router::new().fallback(pass).with_state(wire);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1.0", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let http = HttpClient::new(HttpSettings {
            plain_http: PlainHttp::AllowedOnLoopback,
            ..HttpSettings::default()
        })
        .unwrap();
        let policy = RetryPolicy {
            attempts: 1,
            ..RetryPolicy::default()
        };
        let consistency = ConsistencyPolicy {
            first_delay: Duration::from_millis(5),
            patience: Duration::from_secs(20),
        };
        GraphApi::new(base.parse().unwrap(), http, self.session.clone())
            .with_retry_policy(policy, consistency)
    }

    async fn whole(&self) -> GraphApi {
        self.graph(NEVER, Cut::AfterItActed).await
    }

    /// The same with pauses that outlast a slow Graph.
    async fn patient(&self) -> GraphApi {
        let policy = RetryPolicy::default();
        let consistency = ConsistencyPolicy {
            first_delay: Duration::from_millis(400),
            patience: Duration::from_secs(20),
        };
        self.whole().await.with_retry_policy(policy, consistency)
    }

    fn record(&self) -> RecordFile {
        let tenant = self.cloud.facts().tenant_id;
        RecordFile::open(self.folder.path(), tenant, NAME, &SystemRandomness).unwrap()
    }

    async fn set_up(&self, graph: &GraphApi) -> Result<Applied, RegistrationError> {
        let prepared = Registration::prepare(graph, &request()).await?;
        self.apply(graph, prepared).await
    }

    async fn apply(
        &self,
        graph: &GraphApi,
        prepared: Prepared,
    ) -> Result<Applied, RegistrationError> {
        Registration::apply(graph, &request(), prepared, &mut self.record()).await
    }

    async fn undo(&self, graph: &GraphApi) -> Result<(), UndoError> {
        let mut record = self.record();
        let plan = Undo::plan(graph, NAME, &mut record).await?;
        Undo::apply(graph, &plan, &mut record).await
    }

    /// Everything that a set-up can touch.
    async fn contents(&self) -> Vec<Value> {
        let pem = std::fs::read(&self.cloud.facts().ca_certificate).unwrap();
        let http = reqwest::Client::builder()
            .tls_certs_merge([reqwest::Certificate::from_pem(&pem).unwrap()])
            .no_proxy()
            .build()
            .unwrap();
        let token = lcs_signin::TokenSource::token(&*self.session)
            .await
            .unwrap();
        let mut contents = Vec::new();
        for list in [
            "applications",
            "servicePrincipals",
            "oauth2PermissionGrants",
        ] {
            let url = format!("{}/{list}?$top=999", self.cloud.facts().graph);
            let answer = http.get(url).bearer_auth(token.secret.expose()).send();
            let answer: Value = answer.await.unwrap().json().await.unwrap();
            assert!(answer["@odata.nextLink"].is_null(), "{list} has one page");
            let entries = answer["value"].as_array().unwrap().iter();
            contents.push(entries.map(essence).collect());
        }
        contents
    }

    async fn is_set_up(&self) -> bool {
        let graph = self.whole().await;
        let plan = Registration::plan(&graph, &request()).await.unwrap();
        plan.is_empty() && graph.applications_named(NAME).await.unwrap().len() == 1
    }
}

/// What a set-up could change of an object, short enough to be read in a failure.
fn essence(object: &Value) -> Value {
    let names = [
        "id",
        "displayName",
        "publicClient",
        "requiredResourceAccess",
        "isFallbackPublicClient",
        "tags",
        "scope",
    ];
    let fields = object.as_object().unwrap().iter();
    fields
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn request() -> RegistrationRequest {
    RegistrationRequest {
        display_name: NAME.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_off_at_any_call_a_second_run_completes_and_undoing_restores_the_tenant() {
    let tenant = Tenant::start().await;
    let lcs = tenant.whole().await;
    let resource = lcs.service_principal(LCS_CLIENT_ID).await.unwrap().unwrap();
    lcs.delete_service_principal(resource.id).await.unwrap();
    let before = tenant.contents().await;
    for last in [Cut::BeforeItActs, Cut::AfterItActed] {
        for calls in 1.. {
            let first = tenant.set_up(&tenant.graph(calls, last).await).await;
            let is_whole = first.is_ok();
            let whole = tenant.whole().await;
            tenant.set_up(&whole).await.unwrap();
            assert!(tenant.is_set_up().await, "{last:?} at call {calls}");
            tenant.undo(&whole).await.unwrap();
            assert_eq!(tenant.contents().await, before, "{last:?} at call {calls}");
            if is_whole {
                assert!(calls > 12, "a set-up makes more than {calls} calls");
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn undone_at_once_after_a_cut_at_any_call_the_tenant_is_as_before() {
    let tenant = Tenant::start().await;
    let before = tenant.contents().await;
    for calls in 1.. {
        let cut = tenant.graph(calls, Cut::AfterItActed).await;
        let is_whole = tenant.set_up(&cut).await.is_ok();
        tenant.undo(&tenant.whole().await).await.unwrap();
        assert_eq!(tenant.contents().await, before, "at call {calls}");
        if is_whole {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn undoing_itself_may_be_cut_off_at_any_call() {
    let tenant = Tenant::start().await;
    let before = tenant.contents().await;
    for last in [Cut::BeforeItActs, Cut::AfterItActed] {
        for calls in 1.. {
            let whole = tenant.whole().await;
            tenant.set_up(&whole).await.unwrap();
            let is_whole = tenant.undo(&tenant.graph(calls, last).await).await.is_ok();
            tenant.undo(&whole).await.unwrap();
            assert_eq!(tenant.contents().await, before, "{last:?} at call {calls}");
            if is_whole {
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_made_survives_undoing() {
    let tenant = Tenant::start().await;
    let whole = tenant.whole().await;
    // Half done by somebody else: an application without permission, consent and switch.
    let theirs = serde_json::from_value(serde_json::json!({
        "displayName": NAME,
        "signInAudience": "AzureADMyOrg",
        "publicClient": { "redirectUris": ["http://localhost/theirs"] },
    }))
    .unwrap();
    whole.create_application(&theirs).await.unwrap();
    let before = tenant.contents().await;
    tenant.set_up(&whole).await.unwrap();
    assert!(tenant.is_set_up().await);
    tenant.undo(&whole).await.unwrap();
    let mut after = tenant.contents().await;
    // Graph knows no way back to "never set": off is what it means.
    assert_eq!(after[0][0]["isFallbackPublicClient"], false);
    after[0][0]["isFallbackPublicClient"] = before[0][0]["isFallbackPublicClient"].clone();
    assert_eq!(after, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_others_have_extended_since_is_left_to_them() {
    let tenant = Tenant::start().await;
    let whole = tenant.whole().await;
    let done = tenant.set_up(&whole).await.unwrap().report.unwrap();
    let patch = serde_json::from_value(serde_json::json!({
        "publicClient": { "redirectUris": ["http://localhost", "http://localhost/theirs"] },
    }))
    .unwrap();
    let id = done.application_object_id;
    let age = lcs_client::ObjectAge::Established;
    whole.update_application(id, &patch, age).await.unwrap();
    tenant.undo(&whole).await.unwrap();
    let left = whole.application(id, age).await.unwrap();
    assert!(left.required_resource_access.is_empty(), "ours is gone");
    assert_eq!(left.is_fallback_public_client, Some(false), "ours is gone");
    assert!(
        left.public_client
            .redirect_uris
            .contains(&"http://localhost/theirs".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_record_the_mark_tells_what_a_set_up_created() {
    let mut tenant = Tenant::start().await;
    let before = tenant.contents().await;
    let whole = tenant.whole().await;
    tenant.set_up(&whole).await.unwrap();
    tenant.folder = tempfile::tempdir().unwrap();
    tenant.undo(&whole).await.unwrap();
    assert_eq!(tenant.contents().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_users_may_not_consent_signing_in_is_consented_to_as_well() {
    let cloud = TestCloud::start_with(|options| {
        let settings = &mut options.config.as_mut().unwrap().tenant.settings;
        settings.user_consent = lcs_directory::model::UserConsent::Disabled;
    })
    .await
    .unwrap();
    let administrator = cloud.administrator().clone();
    let tenant = Tenant::of(cloud, administrator).await;
    let before = tenant.contents().await;
    let whole = tenant.whole().await;
    let plan = Registration::plan(&whole, &request()).await.unwrap();
    let consent = plan
        .changes()
        .find(|action| action.object == SetupObject::SignInConsent)
        .unwrap();
    assert_eq!(consent.after, ["openid", "profile", "offline_access"]);
    tenant.set_up(&whole).await.unwrap();
    assert!(tenant.is_set_up().await);
    tenant.undo(&whole).await.unwrap();
    assert_eq!(tenant.contents().await, before);
}

/// A tenant in which Graph takes two seconds to know what is new, and time passes.
async fn slow_tenant(user: impl FnOnce(&TestCloud) -> ReadyUser) -> Tenant {
    let cloud = TestCloud::start_with(|options| {
        let config = options.config.as_mut().unwrap();
        config.graph.consistency_delay_seconds = 2;
        config.tenant.settings.users_may_register_applications = true;
    })
    .await
    .unwrap();
    let clock = cloud.clock.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            clock.advance(jiff::SignedDuration::from_millis(50));
        }
    });
    let user = user(&cloud);
    Tenant::of(cloud, user).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_graph_does_not_know_everywhere_yet_is_waited_for() {
    let tenant = slow_tenant(|cloud| cloud.administrator().clone()).await;
    let before = tenant.contents().await;
    // The application is created and its answer lost; lists do not show it either.
    for calls in 1.. {
        let cut = tenant.graph(calls, Cut::AfterItActed).await;
        tenant.set_up(&cut).await.unwrap_err();
        let is_begun = !lcs_onboarding::Journal::entries(&tenant.record()).is_empty();
        if is_begun {
            break;
        }
    }
    assert_eq!(
        tenant.contents().await,
        before,
        "lists do not show the new one"
    );
    tenant.set_up(&tenant.patient().await).await.unwrap();
    assert!(tenant.is_set_up().await, "there is one and not two");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developers_own_new_application_is_not_mistaken_for_a_lack_of_rights() {
    let tenant = slow_tenant(|cloud| cloud.service_user().clone()).await;
    let applied = tenant.set_up(&tenant.patient().await).await.unwrap();
    assert!(applied.report.is_some());
    let denied: Vec<_> = applied.denied.iter().map(|it| it.action.object).collect();
    assert_eq!(denied, [SetupObject::AdminConsent]);
}

/// What is denied to the service user, given this directory role.
async fn denied_to(role: Option<&str>) -> Vec<SetupObject> {
    let cloud = TestCloud::start_with(|options| {
        let users = &mut options.config.as_mut().unwrap().users;
        let user = users
            .iter_mut()
            .find(|user| user.roles.is_empty() && !user.mfa);
        user.unwrap().roles.extend(role.map(str::to_owned));
    })
    .await
    .unwrap();
    let facts = cloud.facts().clone();
    let user = facts
        .users
        .iter()
        .find(|user| user.user_principal_name.as_str().starts_with("svc"));
    let tenant = Tenant::of(cloud, user.unwrap().clone()).await;
    let whole = tenant.whole().await;
    let before = tenant.contents().await;
    let applied = tenant.set_up(&whole).await.unwrap();
    let denied = applied.denied.iter().map(|it| it.action.object).collect();
    tenant.undo(&whole).await.unwrap();
    assert_eq!(tenant.contents().await, before, "undone by {role:?}");
    denied
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_does_what_it_may_and_takes_it_back() {
    use SetupObject::{
        AdminConsent, Application, ClientServicePrincipal, Permission, PublicClient,
    };
    for (role, wanted) in [
        (
            None,
            vec![
                Application,
                Permission,
                ClientServicePrincipal,
                AdminConsent,
                PublicClient,
            ],
        ),
        (Some("Application Developer"), vec![AdminConsent]),
        (Some("Cloud Application Administrator"), vec![]),
    ] {
        assert_eq!(denied_to(role).await, wanted, "{role:?}");
    }
}
