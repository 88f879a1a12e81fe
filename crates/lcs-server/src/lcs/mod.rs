//! The LCS API over HTTP. Every call is authenticated, authorised and counted in [`caller`]; what a
//! failure looks like in each family of endpoints is [`answer`]'s.

mod answer;
mod caller;
pub(crate) mod certificate;
pub(crate) mod deployment;
pub(crate) mod environment;
pub(crate) mod history;
pub(crate) mod legacy;
pub(crate) mod library;
pub(crate) mod movement;
mod pages;
pub(crate) mod power;
mod query;

pub use certificate::{CertificateIssuer, IssuedCertificate};
