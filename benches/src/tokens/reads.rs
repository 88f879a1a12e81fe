//! Reads of the LCS API beside the cheapest answer of the same server: what authentication,
//! authorisation and the store cost.

use anyhow::{Context, Result, ensure};
use reqwest::Client;

use crate::{
    cloud::{Cloud, Setup, text},
    grants::{Grant, request},
    measure::Request,
};

/// A read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    /// `/health`: the framework, TLS and nothing else. The ceiling.
    Health,
    /// The list of backups, by a token.
    Backups,
}

impl Read {
    /// All of them, the ceiling first.
    pub(crate) const ALL: [Self; 2] = [Self::Health, Self::Backups];

    /// The name for people.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Health => "`/health`",
            Self::Backups => "list of backups",
        }
    }

    /// The requests of so many clients.
    pub(crate) async fn requests(
        self,
        cloud: &Cloud,
        setup: &Setup,
        clients: usize,
    ) -> Result<Vec<Request>> {
        let token = match self {
            Self::Health => None,
            Self::Backups => {
                let http = cloud.http()?;
                let form = Grant::Password.form(&http, setup).await?;
                Some(text(&request(&http, setup, &form).await?, "access_token")?)
            }
        };
        let path = match self {
            Self::Health => "/health",
            Self::Backups => "/databasemovement/v1/databases/project/1234567",
        };
        let url = format!("{}{path}", cloud.origin());
        (0..clients)
            .map(|_| {
                let (http, url, token) = (cloud.http()?, url.clone(), token.clone());
                let send: Request =
                    Box::new(move || Box::pin(get(http.clone(), url.clone(), token.clone())));
                Ok(send)
            })
            .collect()
    }
}

async fn get(http: Client, url: String, token: Option<String>) -> Result<()> {
    let mut request = http.get(&url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await?;
    let status = answer.status();
    let body = answer.bytes().await.context("the answer broke off")?;
    ensure!(status.is_success() && !body.is_empty(), "{url}: {status}");
    Ok(())
}
