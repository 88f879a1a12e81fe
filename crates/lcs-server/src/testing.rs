//! Doors to readers of foreign bytes that only handlers call, for those who try them with any bytes
//! (feature `testing`). What the readers do stands where they are.

use axum::http::{HeaderMap, HeaderValue, header};
use lcs_artifacts::BlockReference;
use lcs_directory::Form;
use lcs_types::Secret;
use lcs_wire::entra::aadsts::Refusal;

use crate::{
    blob,
    entra::{basic, form_body},
};

/// Reads the body of a token request.
///
/// # Errors
///
/// AADSTS9002313 for broken encoding, 90013 for a parameter that stands twice.
pub fn read_form(body: &[u8]) -> Result<Form, Refusal> {
    form_body::parse(body)
}

/// Reads an `Authorization` header; bytes that no header can hold are none.
///
/// # Errors
///
/// AADSTS90013 for a pair that is broken.
pub fn read_basic(value: &[u8]) -> Result<Option<(String, Secret)>, Refusal> {
    let Ok(value) = HeaderValue::from_bytes(value) else {
        return Ok(None);
    };
    let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
    basic::client(&headers)
}

/// Reads the body of a `Put Block List`; `None` for what is no list.
pub fn read_block_list(text: &str) -> Option<Vec<BlockReference>> {
    blob::read_block_list(text)
}
