//! The real binary: what it prints, where, with which exit code, and what it leaves on disk.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod assets;
mod completion;
mod doctor;
mod forms;
mod local_cloud;
mod machine;
mod operations;
mod profiles;
mod quickstart;
#[cfg(unix)]
mod sandbox;
mod setup;
mod signed_in;
mod usage;
mod waiting;
