//! A local cloud without environments, asked for tokens by hand; and what a refusal of it must be.

use lcs_cloud::CloudConfig;
use lcs_testkit::TestCloud;
use lcs_types::{ClientId, PermissionId};
use lcs_wire::{
    entra::{Aadsts, Endpoint},
    local::ReadyUser,
    well_known::{GRAPH_COMMAND_LINE_CLIENT_ID, LCS_CLIENT_ID, LCS_USER_IMPERSONATION_ID},
};
use reqwest::{Client, Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use super::states::POLICY;
use crate::pages::{LOOPBACK, VERIFIER};

/// The scope of the article.
pub(crate) const ARTICLE_SCOPE: &str = "https://lcsapi.lcs.dynamics.com//.default";

/// What every request here calls itself.
pub(crate) const CORRELATION_ID: &str = "7c77db90-c37c-465a-9e7a-553fe968c700";

/// A form's fields; an empty value takes the field away.
pub(crate) type Fields<'a> = &'a [(&'a str, &'a str)];

/// A running authority.
pub(crate) struct Authority {
    pub(crate) cloud: TestCloud,
    pub(crate) http: Client,
    /// A Graph token of the administrator.
    administrator: String,
}

/// An application that a test registered.
#[derive(Debug, Clone)]
pub(crate) struct Application {
    /// What tokens are asked for with.
    pub(crate) client_id: String,
    /// The id of the application object.
    object: String,
    /// The id of its service principal.
    principal: String,
}

impl Application {
    /// The application at Graph.
    pub(crate) fn path(&self) -> String {
        format!("/applications/{}", self.object)
    }

    /// Its service principal at Graph.
    pub(crate) fn principal_path(&self) -> String {
        format!("/servicePrincipals/{}", self.principal)
    }
}

impl Authority {
    /// Starts one, with the administrator signed in to Graph.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same with another configuration.
    pub(crate) async fn start_with(change: impl FnOnce(&mut CloudConfig)) -> Self {
        let cloud = TestCloud::start_with(|options| {
            if let Some(config) = &mut options.config {
                config.environments.clear();
                change(config);
            }
        })
        .await
        .unwrap();
        let pem = std::fs::read(&cloud.facts().ca_certificate).unwrap();
        let certificate = reqwest::Certificate::from_pem(&pem).unwrap();
        let http = Client::builder()
            .tls_certs_merge([certificate])
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let mut authority = Self {
            cloud,
            http,
            administrator: String::new(),
        };
        let administrator = authority.cloud.administrator().clone();
        authority.administrator = authority.graph_token(&administrator).await;
        authority
    }

    /// A user's Graph token, got by a client that stands in every tenant.
    pub(crate) async fn graph_token(&self, user: &ReadyUser) -> String {
        let graph = [("scope", "https://graph.microsoft.com/.default")];
        let client = GRAPH_COMMAND_LINE_CLIENT_ID.to_string();
        let answer = self.sign_in_as(&client, user, &graph).await;
        answer.text("access_token")
    }

    /// The administrator's Graph token.
    pub(crate) fn administrators_token(&self) -> &str {
        &self.administrator
    }

    /// Graph in the administrator's name; the answer must be a success.
    pub(crate) async fn graph(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.cloud.facts().graph);
        let mut request = self
            .http
            .request(method, url)
            .bearer_auth(&self.administrator);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// An application as the article makes it, with changes, and without consent.
    pub(crate) async fn register(&self, changes: Value) -> Application {
        let mut body = json!({
            "displayName": "Test client",
            "signInAudience": "AzureADMyOrg",
            "isFallbackPublicClient": true,
            "publicClient": { "redirectUris": ["http://localhost"] },
            "requiredResourceAccess": [listing(LCS_CLIENT_ID, LCS_USER_IMPERSONATION_ID)],
        });
        for (name, value) in changes.as_object().cloned().unwrap_or_default() {
            body[name] = value;
        }
        let application = self.graph(Method::POST, "/applications", body).await;
        let client_id = application["appId"].as_str().unwrap().to_owned();
        let principal = json!({ "appId": client_id });
        let principal = self
            .graph(Method::POST, "/servicePrincipals", principal)
            .await;
        Application {
            client_id,
            object: application["id"].as_str().unwrap().to_owned(),
            principal: principal["id"].as_str().unwrap().to_owned(),
        }
    }

    /// The same, with the administrator's consent to `user_impersonation` of LCS.
    pub(crate) async fn tool(&self) -> Application {
        let application = self.register(Value::Null).await;
        self.consent(&application).await;
        application
    }

    /// The administrator's consent to `user_impersonation` of LCS.
    pub(crate) async fn consent(&self, application: &Application) {
        let grant = json!({
            "clientId": application.principal,
            "consentType": "AllPrincipals",
            "resourceId": self.service_principal(LCS_CLIENT_ID).await,
            "scope": "user_impersonation",
        });
        self.graph(Method::POST, "/oauth2PermissionGrants", grant)
            .await;
    }

    /// The object id of a service principal.
    pub(crate) async fn service_principal(&self, client: ClientId) -> String {
        let path = format!("/servicePrincipals(appId='{client}')");
        let found = self.graph(Method::GET, &path, Value::Null).await;
        found["id"].as_str().unwrap().to_owned()
    }

    /// Changes an object of Graph.
    pub(crate) async fn change(&self, path: &str, change: Value) {
        self.graph(Method::PATCH, path, change).await;
    }

    /// The article's step 4 by the service user, with changes to the form.
    pub(crate) async fn sign_in(&self, client: &Application, changes: Fields<'_>) -> Answer {
        let user = self.cloud.service_user();
        self.sign_in_as(&client.client_id, user, changes).await
    }

    /// The same by another user.
    pub(crate) async fn sign_in_as(
        &self,
        client: &str,
        user: &ReadyUser,
        changes: Fields<'_>,
    ) -> Answer {
        let name = user.user_principal_name.to_string();
        let fields = [
            ("grant_type", "password"),
            ("client_id", client),
            ("username", &name),
            ("password", &user.password),
            ("scope", ARTICLE_SCOPE),
        ];
        self.token(&changed(&fields, changes)).await
    }

    /// A refresh token of the service user.
    pub(crate) async fn session(&self, client: &Application) -> String {
        let scope = format!("{ARTICLE_SCOPE} offline_access");
        let answer = self.sign_in(client, &[("scope", &scope)]).await;
        answer.text("refresh_token")
    }

    /// Renews a session, with changes to the form.
    pub(crate) async fn renew(
        &self,
        client: &Application,
        token: &str,
        changes: Fields<'_>,
    ) -> Answer {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", &client.client_id),
            ("refresh_token", token),
            ("scope", ARTICLE_SCOPE),
        ];
        self.token(&changed(&fields, changes)).await
    }

    /// A token request at the tenant's v2 endpoint.
    pub(crate) async fn token(&self, form: Fields<'_>) -> Answer {
        self.token_at(&self.segment(), Endpoint::V2, form).await
    }

    /// A token request at a tenant segment.
    pub(crate) async fn token_at(
        &self,
        segment: &str,
        endpoint: Endpoint,
        form: Fields<'_>,
    ) -> Answer {
        let path = match endpoint {
            Endpoint::V1 => "oauth2/token",
            Endpoint::V2 => "oauth2/v2.0/token",
        };
        let request = self.request(Method::POST, &format!("/{segment}/{path}"));
        self.send(request.form(form)).await
    }

    /// Redeems a code, with changes to the form.
    pub(crate) async fn redeem(
        &self,
        client: &Application,
        code: &str,
        changes: Fields<'_>,
    ) -> Answer {
        let form = redemption(client, code);
        self.token(&changed(&form, changes)).await
    }

    /// The same by a page's script.
    pub(crate) async fn redeem_from_script(
        &self,
        client: &Application,
        code: &str,
        changes: Fields<'_>,
    ) -> Answer {
        let path = format!("/{}/oauth2/v2.0/token", self.segment());
        let request = self
            .request(Method::POST, &path)
            .header("origin", "http://localhost:53123");
        let form = redemption(client, code);
        self.send(request.form(&changed(&form, changes))).await
    }

    /// The device code request of a client at the tenant's v2 endpoint.
    pub(crate) async fn device_code(&self, client: &Application) -> Answer {
        let path = format!("/{}/oauth2/v2.0/devicecode", self.segment());
        let form = [
            ("client_id", client.client_id.as_str()),
            ("scope", ARTICLE_SCOPE),
        ];
        self.send(self.request(Method::POST, &path).form(&form))
            .await
    }

    /// Polls with a device code.
    pub(crate) async fn poll(&self, client: &Application, device_code: &str) -> Answer {
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("client_id", client.client_id.as_str()),
            ("device_code", device_code),
        ];
        self.token(&form).await
    }

    /// The tenant's GUID.
    pub(crate) fn segment(&self) -> String {
        self.cloud.facts().tenant_id.to_string()
    }

    /// A request that names itself.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.cloud.facts().origin);
        self.http
            .request(method, url)
            .header("client-request-id", CORRELATION_ID)
    }

    /// Sends a request whose answer is JSON.
    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap();
        Answer {
            status: answer.status(),
            headers: answer.headers().clone(),
            origin: self.cloud.facts().origin.clone(),
            body: answer.json().await.unwrap(),
        }
    }
}

fn redemption<'a>(client: &'a Application, code: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("grant_type", "authorization_code"),
        ("client_id", &client.client_id),
        ("code", code),
        ("redirect_uri", LOOPBACK),
        ("code_verifier", VERIFIER),
    ]
}

/// An entry of `requiredResourceAccess`.
pub(crate) fn listing(resource: ClientId, permission: PermissionId) -> Value {
    json!({
        "resourceAppId": resource,
        "resourceAccess": [{ "id": permission, "type": "Scope" }],
    })
}

/// A form with some fields changed; without those that are changed to nothing.
pub(crate) fn changed<'a>(fields: Fields<'a>, changes: Fields<'a>) -> Vec<(&'a str, &'a str)> {
    let is_kept = |(name, _): &&(&str, &str)| !changes.iter().any(|(changed, _)| changed == name);
    let kept = fields.iter().filter(is_kept);
    kept.chain(changes)
        .filter(|(_, value)| !value.is_empty())
        .copied()
        .collect()
}

/// An answer of the authority's endpoints.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    origin: String,
    pub(crate) body: Value,
}

impl Answer {
    /// The body of a success.
    pub(crate) fn granted(&self) -> &Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        &self.body
    }

    /// A member of a success.
    pub(crate) fn text(&self, name: &str) -> String {
        self.granted()[name].as_str().unwrap().to_owned()
    }

    /// Checks that it is this refusal of the v2 endpoint, whole.
    pub(crate) fn refused_as(&self, refusal: Aadsts) {
        self.refused_with(refusal, refusal.row().error.as_str());
    }

    /// Checks that the client is to send the policy of the test back (`capolids`).
    pub(crate) fn names_the_policy(&self) {
        let claims = self.body["claims"].as_str().unwrap();
        let claims: Value = serde_json::from_str(claims).unwrap();
        let policies = json!({ "essential": true, "values": [POLICY] });
        assert_eq!(claims["access_token"]["capolids"], policies);
    }

    /// Checks that it is this refusal of the v1 endpoint, whole.
    pub(crate) fn refused_by_v1_as(&self, refusal: Aadsts) {
        self.refused_with(refusal, refusal.row().error_v1.as_str());
    }

    /// Checks that it is this refusal, whole, with this OAuth error.
    pub(crate) fn refused_with(&self, refusal: Aadsts, error: &str) {
        let row = refusal.row();
        let body = &self.body;
        assert_eq!(self.status.as_u16(), row.status, "{body}");
        assert_eq!(body["error"], error, "{body}");
        assert_eq!(body["error_codes"], json!([row.code]), "{body}");
        assert_eq!(body["suberror"].as_str(), row.suberror, "{body}");
        let page = format!("{}/error?code={}", self.origin, row.code);
        let page = row.has_page.then_some(page.as_str());
        assert_eq!(body["error_uri"].as_str(), page, "{body}");

        let member = |name: &str| body[name].as_str().unwrap_or_default();
        assert_eq!(self.headers["x-ms-request-id"], member("trace_id"));
        assert_eq!(member("correlation_id"), CORRELATION_ID);
        assert_like(member("trace_id"), "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
        assert_like(member("timestamp"), "dddd-dd-dd dd:dd:ddZ");
        let ids = format!(
            " Trace ID: {} Correlation ID: {CORRELATION_ID} Timestamp: {}",
            member("trace_id"),
            member("timestamp"),
        );
        let description = member("error_description");
        let text = description.strip_suffix(&ids).unwrap_or_default();
        assert!(is_text(refusal, text), "{description}");

        assert_eq!(self.headers["cache-control"], "no-store, no-cache");
        assert_eq!(self.headers["pragma"], "no-cache");
        assert_eq!(
            self.headers["content-type"],
            "application/json; charset=utf-8"
        );
    }
}

/// Checks a text against a picture of it: `d` is a digit, `x` a hexadecimal one.
pub(crate) fn assert_like(text: &str, picture: &str) {
    let is_digit = |(character, wanted): (char, char)| match wanted {
        'd' => character.is_ascii_digit(),
        'x' => character.is_ascii_hexdigit(),
        other => character == other,
    };
    let is_like = text.len() == picture.len() && text.chars().zip(picture.chars()).all(is_digit);
    assert!(is_like, "{text} is not like {picture}");
}

/// Whether a text is that of a refusal, with a value for each of its placeholders.
pub(crate) fn is_text(refusal: Aadsts, text: &str) -> bool {
    let row = refusal.row();
    let pattern = format!("AADSTS{}: {}", row.code, row.text);
    matches(&pattern, text)
}

/// Whether a text is a pattern with something in the place of each `{…}`.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((literal, rest)) = pattern.split_once('{') else {
        return pattern == text;
    };
    let (Some(text), Some((_, rest))) = (text.strip_prefix(literal), rest.split_once('}')) else {
        return false;
    };
    let mut ends = text
        .char_indices()
        .map(|(end, _)| end)
        .skip(1)
        .chain([text.len()]);
    !text.is_empty() && ends.any(|end| matches(rest, &text[end..]))
}

#[test]
fn a_text_needs_a_value_for_every_placeholder_and_nothing_behind_it() {
    let is_missing = |text| is_text(Aadsts::MissingParameter, text);
    assert!(is_missing(
        "AADSTS900144: The request body must contain the following parameter: 'scope'."
    ));
    for wrong in [
        "AADSTS900144: The request body must contain the following parameter: ''.",
        "AADSTS900144: The request body must contain the following parameter: 'scope'. More.",
        "AADSTS900145: The request body must contain the following parameter: 'scope'.",
        "AADSTS900144: The request body",
    ] {
        assert!(!is_missing(wrong), "{wrong}");
    }
    assert!(is_text(
        Aadsts::WrongPassword,
        "AADSTS50126: Error validating credentials due to invalid username or password."
    ));
}
