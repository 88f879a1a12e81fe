//! Blobs behind signed URLs, as clients of Azure Blob Storage read and write block blobs.
//!
//! - `read.rs` – `Get Blob`, `HEAD`, with ranges and conditions; `Get Block List`
//! - `write.rs` – `Put Blob`, `Put Block`, `Put Block List`
//! - `conditions.rs`, `range.rs`, `block_list.rs`, `metadata.rs`, `version.rs` – what a request says
//! - `error.rs` – Azure Storage's XML
//!
//! Nothing else is served: no listing, no deleting, no other kinds of blobs. Both the bytes and what is
//! known of them are `lcs-artifacts`'.

mod block_list;
mod conditions;
mod error;
mod metadata;
mod range;
mod read;
mod version;
mod write;

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use lcs_artifacts::{ArtifactKey, ArtifactStore, Permission};

pub(crate) use read::read;
pub(crate) use write::write;

use self::{error::BlobError, version::Version};
use crate::{context::RequestContext, state::Services};

/// The blob that a URL opens for this.
fn opened(
    services: &Services,
    path: &str,
    query: Option<&str>,
    wanted: Permission,
) -> Result<ArtifactKey, BlobError> {
    let key: ArtifactKey = path.parse().map_err(|_| BlobError::NotFound)?;
    let now = services.clock.now();
    let granted = services
        .url_signer
        .verify(&key, query.unwrap_or_default(), now)
        .map_err(BlobError::NotAuthenticated)?;
    // A URL to write opens reading too: clients look at what they have put.
    if granted == wanted || granted == Permission::Write {
        Ok(key)
    } else {
        Err(BlobError::NoPermission)
    }
}

/// A parameter of the query.
fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(each, _)| each == name)
        .map(|(_, value)| value.into_owned())
}

/// Works with files, which must not be done where requests are answered.
async fn blocking<T: Send + 'static>(
    services: &Services,
    work: impl FnOnce(&ArtifactStore) -> Result<T, BlobError> + Send + 'static,
) -> Result<T, BlobError> {
    let artifacts = services.artifacts.clone();
    tokio::task::spawn_blocking(move || work(&artifacts))
        .await
        .unwrap_or(Err(BlobError::Stopped))
}

/// Adds what every answer about a blob has. What somebody uploaded comes from the origin of the sign-in
/// pages, so a browser that shows it runs nothing of it and takes it for a stranger's.
fn answered(version: Version, mut response: Response) -> Response {
    let headers = response.headers_mut();
    if let Ok(version) = HeaderValue::from_str(&version.to_string()) {
        headers.insert("x-ms-version", version);
    }
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'"),
    );
    response
}

/// The reader of block lists, for those who try it with any text.
#[cfg(feature = "testing")]
pub(crate) fn read_block_list(text: &str) -> Option<Vec<lcs_artifacts::BlockReference>> {
    block_list::read(text).ok()
}

/// Any other method.
pub(crate) fn unsupported(context: &RequestContext) -> Response {
    BlobError::Unsupported.answer(context)
}
