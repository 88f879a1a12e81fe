//! Entra over HTTP: token and device code endpoints, discovery. The rules are in `lcs-directory`.

pub(crate) mod discovery;
pub(crate) mod error;
mod form_body;
pub(crate) mod token;
