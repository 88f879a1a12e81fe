//! Backups as checksummed files behind signed URLs.
//!
//! - [`store`] – files that appear under their name only when complete, with their checksums
//! - [`signed_url`] – shared access signatures: URLs that open what they name until they expire
//! - [`key`] – the names of files in the store
//!
//! Which backup belongs to which project is not known here; that is `lcs-projects`.

pub mod key;
pub mod signed_url;
pub mod store;

pub use key::{ArtifactKey, ArtifactKeyError};
pub use signed_url::{Permission, SignatureRefusal, UrlSigner};
pub use store::{ArtifactError, ArtifactStore, Checksums, PendingArtifact};
