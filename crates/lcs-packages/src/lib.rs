//! What is inside the files of an asset library.
//!
//! - [`mod@inspect`] – whether a file is what its type says, read to its last byte
//! - [`manifest`] – what a software deployable package says of itself
//! - [`mod@unpack`] – its content as files
//!
//! Which file types exist is `lcs-wire`'s, who may upload and deploy them `lcs-projects`', and
//! `.bacpac` files are read by `lcs-bacpac`.

mod archive;
pub mod inspect;
pub mod manifest;
pub mod unpack;

pub use archive::{LARGEST_UNPACKED_BYTES, MOST_ENTRIES, Unsound};
pub use inspect::{Inspected, inspect};
pub use manifest::Manifest;
pub use unpack::{UnpackError, Unpacked, unpack};
