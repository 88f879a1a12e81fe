//! Operations on real SQLite files, with the real store.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod export;
mod full_disk;
mod hanging_up;
mod kill;
mod refresh;
mod starting;
mod stopping;
mod world;
