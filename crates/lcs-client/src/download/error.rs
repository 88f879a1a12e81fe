//! How a download fails.

use std::{io, path::PathBuf};

use lcs_signin::HttpError;
use lcs_types::SignedUrl;

/// A download failed; what has arrived is kept in `<name>.part`, unless it is said to be wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadError {
    /// The file is already there.
    #[error("`{}` already exists", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Another process downloads to the same name.
    #[error("another download to `{}` is under way", path.display())]
    Busy {
        /// The unfinished file.
        path: PathBuf,
    },
    /// The signature has expired or is wrong: list the backups again for a fresh URL.
    #[error("the link {url} has expired or is not valid ({status})")]
    LinkRefused {
        /// The URL, without its signature.
        url: SignedUrl,
        /// The HTTP status.
        status: u16,
    },
    /// What the URL names is gone.
    #[error("there is nothing at {url} (404)")]
    NotFound {
        /// The URL, without its signature.
        url: SignedUrl,
    },
    /// A status that a download does not expect.
    #[error("the server of {url} answered with status {status}")]
    Unexpected {
        /// The URL, without its signature.
        url: SignedUrl,
        /// The HTTP status.
        status: u16,
    },
    /// There was no answer, or it broke off.
    #[error("the download broke off")]
    Network(#[source] HttpError),
    /// The answer ended before its announced length.
    #[error("only {received_bytes} of {expected_bytes} bytes arrived")]
    Short {
        /// What was announced.
        expected_bytes: u64,
        /// What arrived.
        received_bytes: u64,
    },
    /// The blob changed again and again while it was fetched.
    #[error("the file on the server keeps changing during the download")]
    KeepsChanging,
    /// The bytes do not have the announced checksum, twice in a row. They are deleted.
    #[error("the downloaded bytes do not have the announced {checksum} checksum")]
    Corrupt {
        /// `sha256` or `md5`.
        checksum: &'static str,
    },
    /// The disk is too full for the file.
    #[error("{needed_bytes} bytes are needed on the disk, {free_bytes} are free")]
    NoSpace {
        /// What is still to come.
        needed_bytes: u64,
        /// What is free.
        free_bytes: u64,
    },
    /// The file cannot be written or read.
    #[error("could not write `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl DownloadError {
    /// Whether trying again later, without anybody doing anything, can help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Network(error) => error.is_transient(),
            Self::Short { .. } => true,
            Self::Unexpected { status, .. } => *status == 429 || *status >= 500,
            Self::Exists { .. }
            | Self::Busy { .. }
            | Self::LinkRefused { .. }
            | Self::NotFound { .. }
            | Self::KeepsChanging
            | Self::Corrupt { .. }
            | Self::NoSpace { .. }
            | Self::File { .. } => false,
        }
    }
}
