//! Backups as checksummed files behind signed URLs.
//!
//! - [`store`] – files that appear under their name only when complete, with their checksums
//! - [`signed_url`] – shared access signatures: URLs that open what they name until they expire
//! - [`upload`] – files that come from outside, whole or in blocks
//! - [`commit`] – uploads become blobs
//! - [`committed`] – the blocks that a file was made of
//! - `naming` – how a file and what is known of it appear at once
//! - [`properties`] – what is known of a file beside its bytes
//! - [`key`] – the names of files in the store
//!
//! Which backup belongs to which project is not known here; that is `lcs-projects`.

pub mod commit;
pub mod committed;
pub mod key;
mod naming;
pub mod properties;
pub mod signed_url;
pub mod store;
#[cfg(test)]
mod tests;
pub mod upload;

pub use commit::{BlockReference, CommitError, Description};
pub use committed::{BlockId, CommittedBlock};
pub use key::{ArtifactKey, ArtifactKeyError};
pub use properties::{BlobProperties, Md5Sum, md5_of};
pub use signed_url::{Permission, SignatureRefusal, UrlSigner};
pub use store::{ArtifactError, ArtifactStore, Checksums, PendingArtifact};
pub use upload::UncommittedBlock;
