//! The calls of Microsoft Graph that the article's steps 1 to 3 need, as typed calls.
//!
//! - `applications.rs` – the registration
//! - `service_principals.rs` – the presence of applications in the tenant
//! - `grants.rs` – what consent creates
//! - `policies.rs` – what the tenant lets its users do
//! - `consistency.rs` – patience with things that were just created
//! - [`GraphCallError`] – how calls fail

mod applications;
mod consistency;
mod error;
mod grants;
mod policies;
mod service_principals;

use std::sync::Arc;

pub use consistency::{ConsistencyPolicy, ObjectAge};
pub use error::GraphCallError;

use lcs_signin::{HttpClient, TokenSource};
use lcs_wire::graph::{GraphError, List, Organization, User};
use reqwest::Method;
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use crate::{
    error::{LostAnswer, Malformed, printable},
    retry::{Repeatable, RetryPolicy},
    transport::{Answer, Call, Transport, encoded},
};

/// A stop for servers that always name another page.
const MOST_PAGES: usize = 200;

/// Microsoft Graph, called in the name of one user.
#[derive(Debug, Clone)]
pub struct GraphApi {
    transport: Transport,
    consistency: ConsistencyPolicy,
}

impl GraphApi {
    /// Graph at `base_url`, for example `https://graph.microsoft.com/v1.0`. Connects to nothing.
    pub fn new(base_url: Url, http: HttpClient, tokens: Arc<dyn TokenSource>) -> Self {
        Self {
            transport: Transport {
                base: base_url,
                http,
                tokens,
                policy: RetryPolicy::default(),
                headers: &[],
                observer: None,
                until: None,
            },
            consistency: ConsistencyPolicy::default(),
        }
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_retry_policy(
        mut self,
        policy: RetryPolicy,
        consistency: ConsistencyPolicy,
    ) -> Self {
        self.transport.policy = policy;
        self.consistency = consistency;
        self
    }

    /// The tenant that the signed-in user is in.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn organization(&self) -> Result<Organization, GraphCallError> {
        let url = self.url(
            &["organization"],
            &[("$select", "id,displayName,verifiedDomains")],
        );
        let list: List<Organization> = self.get("the tenant", url).await?;
        list.value
            .into_iter()
            .next()
            .ok_or(GraphCallError::Missing("the tenant"))
    }

    /// The signed-in user.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn me(&self) -> Result<User, GraphCallError> {
        let url = self.url(&["me"], &[]);
        self.get("the signed-in user", url).await
    }

    /// A user by sign-in name; `None` when the tenant has none of this name.
    ///
    /// # Errors
    ///
    /// [`GraphCallError`].
    pub async fn user_named(&self, name: &str) -> Result<Option<User>, GraphCallError> {
        let fields = "id,userPrincipalName,displayName,accountEnabled,userType";
        let url = self.url(&["users", name], &[("$select", fields)]);
        found(self.get("the user", url).await)
    }

    fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        with_query(self.transport.url(segments), query)
    }

    /// The URL of an object by one of its alternate keys: `servicePrincipals(appId='…')`.
    fn url_by_key(&self, collection: &str, key: &str, value: &str) -> Url {
        let mut url = self.transport.url(&[]);
        let base = url.path().trim_end_matches('/').to_owned();
        // The parentheses and quotes are part of the syntax and stay as they are.
        url.set_path(&format!("{base}/{collection}({key}='{}')", encoded(value)));
        url
    }

    async fn get<T: DeserializeOwned>(
        &self,
        what: &'static str,
        url: Url,
    ) -> Result<T, GraphCallError> {
        let answer = self.send(Method::GET, url, None, Repeatable::Yes).await?;
        Ok(read(what, &answer)?)
    }

    /// All entries of a list, over its pages.
    async fn list<T: DeserializeOwned>(
        &self,
        what: &'static str,
        url: Url,
    ) -> Result<Vec<T>, GraphCallError> {
        let mut entries = Vec::new();
        let mut next = Some(url);
        for _ in 0..MOST_PAGES {
            let Some(url) = next.take() else {
                break;
            };
            let origin = url.origin();
            let page: List<T> = self.get(what, url).await?;
            entries.extend(page.value);
            // The token goes with the call, so only to the origin that it is meant for.
            next = page
                .next_link
                .and_then(|link| Url::parse(&link).ok())
                .filter(|link| link.origin() == origin);
        }
        Ok(entries)
    }

    /// Creates something. Never sent twice when it may have been accepted.
    async fn create<B: Serialize + Sync, T: DeserializeOwned>(
        &self,
        what: &'static str,
        url: Url,
        body: &B,
    ) -> Result<T, GraphCallError> {
        let answer = self
            .send(Method::POST, url, Some(json(body)), Repeatable::No)
            .await?;
        read(what, &answer)
            .map_err(|malformed| GraphCallError::OutcomeUnknown(LostAnswer::Malformed(malformed)))
    }

    /// States new values; doing so twice equals doing it once.
    async fn update<B: Serialize + Sync>(&self, url: Url, body: &B) -> Result<(), GraphCallError> {
        self.send(Method::PATCH, url, Some(json(body)), Repeatable::Yes)
            .await?;
        Ok(())
    }

    /// Deletes something; what is gone already is as wanted.
    async fn delete(&self, url: Url) -> Result<(), GraphCallError> {
        found(self.send(Method::DELETE, url, None, Repeatable::Yes).await)?;
        Ok(())
    }

    async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<Vec<u8>>,
        repeatable: Repeatable,
    ) -> Result<Answer, GraphCallError> {
        let call = Call {
            method,
            url,
            body,
            repeatable,
        };
        let answer = self.transport.send(&call).await?;
        match answer.status {
            200..=299 => Ok(answer),
            status => Err(refused(status, &answer)),
        }
    }
}

fn with_query(mut url: Url, query: &[(&str, &str)]) -> Url {
    if !query.is_empty() {
        let pairs: Vec<_> = query
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        url.set_query(Some(&pairs.join("&")));
    }
    url
}

/// An absent object is a normal answer.
fn found<T>(result: Result<T, GraphCallError>) -> Result<Option<T>, GraphCallError> {
    match result {
        Ok(object) => Ok(Some(object)),
        Err(error) if error.status() == Some(404) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A text as `OData` writes it: in quotes, with quotes doubled.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("requests are texts, ids and lists, all of them JSON")
}

fn read<T: DeserializeOwned>(what: &'static str, answer: &Answer) -> Result<T, Malformed> {
    serde_json::from_slice(&answer.body).map_err(|error| Malformed::new(what, &error))
}

fn refused(status: u16, answer: &Answer) -> GraphCallError {
    let header = |name| answer.header(name).map(printable);
    match serde_json::from_slice::<GraphError>(&answer.body) {
        Ok(GraphError { error }) => {
            let inner = error.inner_error;
            let ids = inner.map(|inner| (inner.request_id, inner.client_request_id));
            let (request_id, client_request_id) = ids.unwrap_or_default();
            GraphCallError::Refused {
                status,
                code: printable(&error.code),
                message: printable(&error.message),
                request_id: request_id.or_else(|| header("request-id")),
                client_request_id: client_request_id.or_else(|| header("client-request-id")),
            }
        }
        Err(_) => GraphCallError::Refused {
            status,
            code: String::new(),
            message: "no reason given".to_owned(),
            request_id: header("request-id"),
            client_request_id: header("client-request-id"),
        },
    }
}
