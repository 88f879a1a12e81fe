//! Signing in against a small authority of the test's own, over real connections.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a failed step of the preparation is a failed test"
)]

mod authority;
mod browser;
mod cache;
mod canary;
mod flows;
mod http;
mod session;
mod tls;
