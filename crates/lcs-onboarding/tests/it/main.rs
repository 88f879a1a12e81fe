//! Steps 1 to 3 against a small Graph of the tests' own that keeps what is written to it.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a failed step of the preparation is a failed test"
)]

mod graph;
mod register;
