//! Calls of LCS and Graph against small servers of the tests' own, over real connections.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a failed step of the preparation is a failed test"
)]

mod calls;
mod canary;
mod download;
mod environments;
mod graph;
mod repeating;
mod server;
mod upload;
mod wait;
