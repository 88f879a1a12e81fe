//! The metadata of the authority, and the API without a token.

use std::error::Error as _;

use jiff::Timestamp;
use lcs_signin::{Authority, HttpClient, HttpError, http::read_bounded};
use lcs_types::Clock;
use lcs_wire::entra::EntraError;
use reqwest::{
    Response,
    header::{ACCEPT, DATE},
};
use serde_json::Value;
use url::Url;

use super::certificate;
use crate::observations::{Metadata, PATIENCE, Reached, Trouble, Unreachable};

/// Larger than any metadata.
const ANSWER_LIMIT: usize = 256 * 1024;
/// A call that every instance of LCS has, and refuses without a token.
const PROBE: &str = "environmentinfo/v1/detail/project/0";

/// Asks for the OpenID Connect metadata of the tenant.
pub(super) async fn metadata(
    http: &HttpClient,
    authority: &Authority,
    clock: &dyn Clock,
) -> Reached<Metadata> {
    let url = authority.metadata_endpoint();
    match exchange(http, &url).await {
        Ok((_, date, body)) => Reached::Yes(Metadata {
            clock_ahead: date.map(|theirs| clock.now().duration_since(theirs)),
            tenant: tenant(&body),
        }),
        Err(error) => Reached::No(unreachable(&url, &error).await),
    }
}

/// The id in the issuer, or what the authority says instead of metadata.
fn tenant(body: &[u8]) -> Result<Option<String>, Box<EntraError>> {
    if let Ok(error) = serde_json::from_slice::<EntraError>(body) {
        return Err(Box::new(error));
    }
    let document: Value = serde_json::from_slice(body).unwrap_or_default();
    let issuer = document["issuer"].as_str().unwrap_or_default();
    let id = issuer
        .split('/')
        .find(|part| part.parse::<lcs_types::TenantId>().is_ok());
    Ok(id.map(str::to_owned))
}

/// Calls the API without a token and tells the status.
pub(super) async fn api(http: &HttpClient, base: &Url) -> Reached<u16> {
    let mut url = base.clone();
    url.set_path(&format!("{}/{PROBE}", base.path().trim_end_matches('/')));
    match exchange(http, &url).await {
        Ok((status, _, _)) => Reached::Yes(status),
        Err(error) => Reached::No(unreachable(&url, &error).await),
    }
}

async fn exchange(
    http: &HttpClient,
    url: &Url,
) -> Result<(u16, Option<Timestamp>, Vec<u8>), HttpError> {
    let response = http
        .client_for(url)?
        .get(url.clone())
        .header(ACCEPT, "application/json")
        .timeout(PATIENCE)
        .send()
        .await
        .map_err(|error| HttpError::from_exchange(url, error))?;
    let status = response.status().as_u16();
    let date = date(&response);
    let body = read_bounded(response, ANSWER_LIMIT).await?;
    Ok((status, date, body))
}

/// When the other side answered, by its clock.
fn date(response: &Response) -> Option<Timestamp> {
    let date = response.headers().get(DATE)?.to_str().ok()?;
    Timestamp::try_from(httpdate::parse_http_date(date).ok()?).ok()
}

/// What kind of trouble it is. The libraries tell only in words.
async fn unreachable(url: &Url, error: &HttpError) -> Unreachable {
    let mut words = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        words.push(cause.to_string());
        source = cause.source();
    }
    words.dedup();
    let text = words.join(": ");
    let issuer = if matches!(error, HttpError::Untrusted { .. }) {
        certificate::issuer(url).await
    } else {
        None
    };
    Unreachable {
        host: lcs_signin::http::host_and_port(url),
        trouble: trouble(error, &text),
        text,
        issuer,
    }
}

fn trouble(error: &HttpError, text: &str) -> Trouble {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match error {
        HttpError::Untrusted { .. } if says(&["Expired", "expired", "NotValidYet"]) => {
            Trouble::CertificateDates
        }
        HttpError::Untrusted { .. } if says(&["NotValidForName", "not valid for name"]) => {
            Trouble::CertificateName
        }
        HttpError::Untrusted { .. } => Trouble::UntrustedCertificate,
        HttpError::Connect { .. } if says(&["dns error", "failed to lookup", "resolve"]) => {
            Trouble::Name
        }
        HttpError::Connect { .. } => Trouble::Connection,
        HttpError::TimedOut { .. } => Trouble::Time,
        HttpError::CertificateFile { .. }
        | HttpError::NotCertificates { .. }
        | HttpError::NotHttps { .. } => Trouble::Settings,
        _ => Trouble::Other,
    }
}
