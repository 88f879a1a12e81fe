//! Backups as checksummed files behind signed URLs.
//!
//! - [`store`] – files that appear under their name only when complete, with their checksums
//! - [`signed_url`] – shared access signatures: URLs that open what they name until they expire
//! - [`upload`] – files that come from outside, whole or in blocks
//! - [`properties`] – what is known of a file beside its bytes
//! - [`key`] – the names of files in the store
//!
//! Which backup belongs to which project is not known here; that is `lcs-projects`.

pub mod key;
pub mod properties;
pub mod signed_url;
pub mod store;
pub mod upload;

pub use key::{ArtifactKey, ArtifactKeyError};
pub use properties::{BlobProperties, Md5Sum, md5_of};
pub use signed_url::{Permission, SignatureRefusal, UrlSigner};
pub use store::{ArtifactError, ArtifactStore, Checksums, PendingArtifact};
pub use upload::{BlockId, CommitError, UncommittedBlock};
