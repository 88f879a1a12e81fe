//! Entra over HTTP: token and device code endpoints, discovery. The rules are in `lcs-directory`.

pub(crate) mod basic;
pub(crate) mod discovery;
pub(crate) mod error;
pub(crate) mod form_body;
pub(crate) mod token;
