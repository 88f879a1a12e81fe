//! SQLite databases.
//!
//! - [`source`] – opens a database that is only read
//! - [`inspect`] – tables, columns, keys, counts
//! - [`copy`] – one consistent snapshot into a file of its own
//! - [`mod@sanitise`] – carries a plan out on a copy, so that nothing removed survives in the file
//! - [`mod@verify`] – checks a sanitised copy against what was asked for
//! - [`place`] – where an environment's databases lie, and how one takes the other's place
//! - [`rows`] – every row of every table from one snapshot, for an export
//! - [`digest`] – the content of a database as one value, to tell two apart
//!
//! `statement` turns actions into SQL, `disk` deals with full disks, `files` makes changes durable.

pub mod copy;
pub mod digest;
mod disk;
mod files;
pub mod inspect;
pub mod place;
pub mod rows;
pub mod sanitise;
pub mod source;
mod statement;
pub mod verify;

pub use copy::CopyError;
pub use digest::{DigestError, content_digest};
pub use place::{EnvironmentFolder, PlaceError, RestorePoint, Stage, Swapped};
pub use rows::{ReadError, RowValues, RowsError, Snapshot};
pub use sanitise::{SanitiseError, sanitise};
pub use source::{OpenError, Source};
pub use verify::{VerifyError, verify};
