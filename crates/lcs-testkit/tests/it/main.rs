//! The whole local cloud as its users meet it, through the client crates and raw HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod aadsts_page;
mod blob_uploads;
mod blobs;
mod browser;
mod client_libraries;
mod compatibility_page;
mod confidential;
mod doctor;
mod documents;
mod graph_directory;
mod graph_surface;
mod lcs_api;
mod lcs_clients;
mod lcs_environments;
mod lcs_instances;
mod pages;
mod raw;
mod refusals;
mod resealing;
mod restart;
mod sealed_secrets;
mod setup;
mod signing_keys;
mod story;
mod surface;
mod transfers;
mod user_realm;
