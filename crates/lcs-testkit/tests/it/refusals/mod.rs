//! Every refusal of the AADSTS catalogue that the local cloud answers, provoked over HTTP.
//!
//! A test is named `aadsts_<number>_<what is refused>`, so that [`proofs`] finds it; a file holds
//! one group of the catalogue. The fixtures are `authority`, `states`
//! and `person`.

mod account;
pub(crate) mod authority;
pub(crate) mod credentials;
mod grant;
mod permission;
mod person;
mod policy;
pub(crate) mod proofs;
mod registration;
mod request;
mod states;
