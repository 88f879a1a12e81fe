//! Blobs behind signed URLs, as clients of Azure Blob Storage read and write block blobs.
//!
//! - `read.rs` – `Get Blob`, `HEAD`, with ranges and conditions
//! - `write.rs` – `Put Blob`, `Put Block`, `Put Block List`, `Get Block List`
//! - `conditions.rs`, `range.rs`, `block_list.rs` – what a request asks for
//! - `error.rs` – Azure Storage's XML
//!
//! Nothing else is served: no listing, no deleting, no other kinds of blobs. Both the bytes and what is
//! known of them are `lcs-artifacts`'.

mod block_list;
mod conditions;
mod error;
mod range;
mod read;
mod write;

use lcs_artifacts::{ArtifactKey, Permission};

pub(crate) use read::read;
pub(crate) use write::write;

use self::error::BlobError;
use crate::{context::RequestContext, state::Services};

/// The version that a client without one speaks: that of the signature.
const SIGNED_VERSION: &str = "2015-12-11";

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

/// Any other method.
pub(crate) fn unsupported(context: &RequestContext) -> axum::response::Response {
    BlobError::Unsupported.answer(context)
}
