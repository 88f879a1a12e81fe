//! The whole local cloud as its users meet it, through the client crates and raw HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod blobs;
mod lcs_api;
mod restart;
mod story;
mod surface;
