//! What was started, kept on disk from before the request is sent until its end is known, so that
//! a crash, a closed lid or a lost answer loses nothing and starts nothing twice.
//!
//! - `record.rs` – a record and how entries change it
//! - `file.rs` – the file: entries are only ever appended, under a lock
//! - [`mod@recognise`] – which item of an environment's history is ours
//! - [`mod@quota`] – how many starts of the three a day are left

mod file;
pub mod quota;
pub mod recognise;
mod record;

pub use file::{Journal, JournalError};
pub use quota::{QUOTA_WINDOW, Quota, quota};
pub use recognise::{Certainty, Recognised, recognise};
pub use record::{Record, Request, State};
