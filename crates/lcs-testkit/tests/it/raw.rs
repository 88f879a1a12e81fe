//! The LCS API by plain HTTP, as a script calls it.

use lcs_testkit::TestCloud;
use lcs_types::ClientId;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

/// A script with a token.
pub(crate) struct Raw {
    client: Client,
    origin: String,
    project: String,
    token: String,
}

impl Raw {
    /// Registers an application and signs the service account in.
    pub(crate) async fn signed_in(cloud: &TestCloud) -> Self {
        let client = cloud.register().await.unwrap().client_id;
        Self::of(cloud, client).await
    }

    /// Signs the service account in.
    pub(crate) async fn of(cloud: &TestCloud, client: ClientId) -> Self {
        let resource = cloud.facts().lcs_resource.parse().unwrap();
        let session = cloud.session(client, resource, cloud.service_user());
        let token = lcs_signin::TokenSource::token(&*session.await.unwrap())
            .await
            .unwrap();
        Self::with_token(cloud, token.secret.expose())
    }

    /// Has a token.
    pub(crate) fn with_token(cloud: &TestCloud, token: &str) -> Self {
        Self {
            client: plain(cloud),
            origin: cloud.facts().origin.clone(),
            project: cloud.facts().project_id.to_string(),
            token: token.to_owned(),
        }
    }

    /// A request with the token and without the version header, which scripts rarely send.
    /// `{project}` in the path is the sample's.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = path.replace("{project}", &self.project);
        self.client
            .request(method, format!("{}{path}", self.origin))
            .bearer_auth(&self.token)
    }

    pub(crate) async fn send(&self, method: Method, path: &str) -> Response {
        self.request(method, path).send().await.unwrap()
    }

    /// The body of a GET that succeeds.
    pub(crate) async fn get(&self, path: &str) -> Value {
        body(self.send(Method::GET, path).await).await
    }

    /// The body of an empty POST that succeeds.
    pub(crate) async fn post(&self, path: &str) -> Value {
        body(self.send(Method::POST, path).await).await
    }
}

/// A client that trusts the cloud and sends no token.
pub(crate) fn plain(cloud: &TestCloud) -> Client {
    let pem = std::fs::read(&cloud.facts().ca_certificate).unwrap();
    let authority = reqwest::Certificate::from_pem(&pem).unwrap();
    Client::builder()
        .tls_certs_merge([authority])
        .build()
        .unwrap()
}

async fn body(answer: Response) -> Value {
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap()
}
