//! Tenants of another identity provider whose tokens LCS takes: Microsoft Entra itself, for a local
//! instance that stands behind it.
//!
//! Issuers and keys come from the tenant's discovery documents (OpenID Connect Discovery 1.0 §4), of
//! both versions, since LCS tokens are version 1.0. They are kept for a day; a token with an unknown
//! key has them fetched again, at most every five minutes, whoever sends how many such tokens
//! ("Signing key rollover in the Microsoft identity platform").

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use lcs_server::{TrustedIssuers, TrustedKeys};
use lcs_tokens::KeySet;
use lcs_types::TenantId;
use lcs_wire::entra::JsonWebKeySet;
use reqwest::{Client, redirect};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::Mutex;

use crate::config::TrustedTenantConfig;

/// How long keys are believed without asking again.
const FRESH: SignedDuration = SignedDuration::from_hours(24);
/// How soon keys are fetched again at the earliest.
const SHORTEST_PAUSE: SignedDuration = SignedDuration::from_mins(5);
const TIMEOUT: Duration = Duration::from_secs(10);
/// Entra's documents have a few kilobytes, its keys some tens.
const LARGEST_DOCUMENT: usize = 512 * 1024;

/// The discovery documents can never be fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrustedTenantError {
    /// The certificate to trust cannot be read.
    #[error("could not read the certificate `{path}`")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The HTTP client cannot be made.
    #[error("could not prepare to fetch the keys of trusted tenants")]
    Client(#[from] reqwest::Error),
}

/// A document cannot be fetched now.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("could not fetch `{url}`")]
    Network {
        url: String,
        #[source]
        source: reqwest::Error,
    },
    #[error("`{url}` answered with {status}")]
    Status { url: String, status: u16 },
    #[error("`{url}` is larger than any such document")]
    TooLarge { url: String },
    #[error("`{url}` is not what it should be")]
    Document {
        url: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("`{url}` has the keys elsewhere, at `{keys}`, which is not https")]
    Keys { url: String, keys: String },
    #[error("the keys could not be fetched a moment ago; that is tried again later")]
    TriedJustNow,
}

/// The trusted tenants and what is known of each.
#[derive(Debug)]
pub(crate) struct TrustedTenants(Vec<Tenant>);

#[derive(Debug)]
struct Tenant {
    id: TenantId,
    authority: String,
    client: Client,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Both versions'.
    issuers: Vec<String>,
    keys: Option<Arc<KeySet>>,
    fetched_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl TrustedTenants {
    /// Prepares for these tenants; `None` when there are none. Fetches nothing yet.
    pub(crate) fn of(
        tenants: &[TrustedTenantConfig],
    ) -> Result<Option<Arc<dyn TrustedIssuers>>, TrustedTenantError> {
        if tenants.is_empty() {
            return Ok(None);
        }
        let tenants = tenants.iter().map(Tenant::of).collect::<Result<_, _>>()?;
        Ok(Some(Arc::new(Self(tenants))))
    }
}

#[async_trait]
impl TrustedIssuers for TrustedTenants {
    async fn keys(
        &self,
        issuer: &str,
        key_id: &str,
        now: Timestamp,
    ) -> Result<Option<TrustedKeys>, Box<dyn std::error::Error + Send + Sync>> {
        for tenant in &self.0 {
            // Every issuer of Entra names its tenant, so nobody is asked for the sake of a stranger.
            if issuer.contains(&tenant.id.to_string()) {
                return Ok(tenant.keys(issuer, key_id, now).await?);
            }
        }
        Ok(None)
    }
}

impl Tenant {
    fn of(config: &TrustedTenantConfig) -> Result<Self, TrustedTenantError> {
        let mut client = Client::builder()
            .timeout(TIMEOUT)
            .https_only(true)
            .redirect(redirect::Policy::none());
        if let Some(path) = &config.ca_certificate {
            let pem = fs::read(path).map_err(|source| TrustedTenantError::Certificate {
                path: path.clone(),
                source,
            })?;
            client = client.tls_certs_merge([reqwest::Certificate::from_pem(&pem)?]);
        }
        Ok(Self {
            id: config.id,
            authority: config.authority.trim_end_matches('/').to_owned(),
            client: client.build()?,
            known: Mutex::default(),
        })
    }

    /// The keys, if the issuer is this tenant's.
    async fn keys(
        &self,
        issuer: &str,
        key_id: &str,
        now: Timestamp,
    ) -> Result<Option<TrustedKeys>, FetchError> {
        // One fetch at a time: whoever comes meanwhile waits for its outcome.
        let mut known = self.known.lock().await;
        if known.wants_fetching(key_id, now) {
            if known.may_fetch(now) {
                known.tried_at = Some(now);
                match self.fetch().await {
                    Ok((issuers, keys)) => {
                        tracing::info!(tenant.id = %self.id, "fetched the keys of a trusted tenant");
                        (known.issuers, known.keys) = (issuers, Some(Arc::new(keys)));
                        known.fetched_at = Some(now);
                    }
                    // What was known stays good while the other side cannot be reached.
                    Err(error) if known.keys.is_none() => return Err(error),
                    Err(error) => {
                        tracing::warn!(tenant.id = %self.id, %error, "could not refresh the keys of a trusted tenant");
                    }
                }
            } else if known.keys.is_none() {
                return Err(FetchError::TriedJustNow);
            }
        }
        let is_trusted = known.issuers.iter().any(|each| each == issuer);
        Ok(known
            .keys
            .clone()
            .filter(|_| is_trusted)
            .map(|keys| TrustedKeys {
                keys,
                tenant: self.id,
            }))
    }

    /// The issuers of both versions, and the keys.
    async fn fetch(&self) -> Result<(Vec<String>, KeySet), FetchError> {
        let document = |version: &str| {
            format!(
                "{}/{}{version}/.well-known/openid-configuration",
                self.authority, self.id
            )
        };
        let url = document("/v2.0");
        let second: Discovery = self.get(&url).await?;
        let first: Discovery = self.get(&document("")).await?;
        if !second.jwks_uri.starts_with("https://") {
            return Err(FetchError::Keys {
                url,
                keys: second.jwks_uri,
            });
        }
        let published: JsonWebKeySet = self.get(&second.jwks_uri).await?;
        let keys =
            KeySet::from_json_web_keys(published).map_err(|source| FetchError::Document {
                url: second.jwks_uri,
                source: source.into(),
            })?;
        Ok((vec![first.issuer, second.issuer], keys))
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, FetchError> {
        let network = |source| FetchError::Network {
            url: url.to_owned(),
            source,
        };
        let mut answer = self.client.get(url).send().await.map_err(network)?;
        if !answer.status().is_success() {
            return Err(FetchError::Status {
                url: url.to_owned(),
                status: answer.status().as_u16(),
            });
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(network)? {
            if body.len() + chunk.len() > LARGEST_DOCUMENT {
                return Err(FetchError::TooLarge {
                    url: url.to_owned(),
                });
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|source| FetchError::Document {
            url: url.to_owned(),
            source: source.into(),
        })
    }
}

impl Known {
    fn wants_fetching(&self, key_id: &str, now: Timestamp) -> bool {
        let is_stale = self
            .fetched_at
            .is_none_or(|at| now.duration_since(at) >= FRESH);
        let has_key = self.keys.as_ref().is_some_and(|keys| keys.has(key_id));
        is_stale || !has_key
    }

    fn may_fetch(&self, now: Timestamp) -> bool {
        self.tried_at
            .is_none_or(|at| now.duration_since(at) >= SHORTEST_PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn unknown_keys_cost_one_fetch_in_five_minutes() {
        let mut known = Known::default();
        assert!(known.wants_fetching("a", at(0)) && known.may_fetch(at(0)));
        known.tried_at = Some(at(0));
        assert!(known.wants_fetching("a", at(4)) && !known.may_fetch(at(4)));
        assert!(known.may_fetch(at(5)));
    }
}
