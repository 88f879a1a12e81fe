//! How an upload fails.

use std::{io, path::PathBuf};

use lcs_signin::HttpError;
use lcs_types::SignedUrl;

/// An upload failed. What had arrived stays with the server for a week and is not sent again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UploadError {
    /// It is a folder, or something else without bytes.
    #[error("`{}` is not a file", path.display())]
    NoFile {
        /// What was named.
        path: PathBuf,
    },
    /// The file was changed while it was uploaded.
    #[error("`{}` was changed while it was uploaded", path.display())]
    FileChanged {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("could not read `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The signature has expired, is wrong, or does not allow writing.
    #[error("the link {url} has expired or does not allow writing ({status})")]
    LinkRefused {
        /// The URL, without its signature.
        url: SignedUrl,
        /// The HTTP status.
        status: u16,
    },
    /// The server refuses, in the words of Azure Storage.
    #[error("the server of {url} answered with status {status} ({code})")]
    Refused {
        /// The URL, without its signature.
        url: SignedUrl,
        /// The HTTP status.
        status: u16,
        /// Its error code.
        code: String,
    },
    /// There was no answer, again and again.
    #[error("the upload broke off")]
    Network(#[source] HttpError),
    /// The server has other bytes than the file.
    #[error("the server has other bytes than the file: {what} differs")]
    Corrupt {
        /// `length` or `MD5`.
        what: &'static str,
    },
    /// The process is ending.
    #[error("the upload was stopped")]
    Stopped,
}

impl UploadError {
    /// Whether the server does not know a block of the list.
    pub(super) fn is_unknown_block(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code == "InvalidBlockList")
    }
}
