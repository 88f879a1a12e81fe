//! Fetching what a signed URL names: resumable, verified, and whole or not there at all.
//!
//! Bytes go to `<name>.part`; what is known about them (the `ETag`, the size, the checksums) to
//! `<name>.part.json`. Only a file that is complete and matches its checksums gets the final name.
//! A later download to the same name goes on where this one stopped, if the blob is still the
//! same. The URL alone is the authority: no token is ever sent to it.
//!
//! - `exchange.rs` – one request, and the sense of its answer
//! - `partial.rs` – the unfinished file
//! - `error.rs` – how it fails

mod error;
mod exchange;
mod partial;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub use error::DownloadError;

use async_trait::async_trait;
use lcs_signin::HttpClient;
use lcs_types::{Progress, SignedUrl};
use tokio::time::sleep;

use self::{
    exchange::{Reply, Stream},
    partial::Partial,
};
use crate::{rate::RateLimit, retry::RetryPolicy};

/// How often a download begins anew because the blob changed or its bytes were wrong.
const MOST_RESTARTS: u32 = 2;

/// How often a link is renewed without a byte to show for it.
const MOST_RENEWALS: u32 = 2;

/// What to do when the file is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Existing {
    /// Leave it and fail.
    #[default]
    Refuse,
    /// Replace it, once the download is complete.
    Replace,
}

/// What to fetch, and where to.
#[derive(Debug, Clone)]
pub struct DownloadRequest {
    /// What to fetch.
    pub url: SignedUrl,
    /// The file to make.
    pub to: PathBuf,
    /// What to do when it is already there.
    pub existing: Existing,
    /// How patient to be; attempts count anew whenever bytes have arrived.
    pub policy: RetryPolicy,
    /// How fast it may be at most.
    pub limit: Option<Arc<RateLimit>>,
}

/// Renews the link of a download that outlives it: a signed URL of LCS holds for a day.
#[async_trait]
pub trait LinkSource: Send + Sync {
    /// A fresh URL of the same file; `None` when there is none any more.
    async fn link(&self) -> Option<SignedUrl>;
}

/// A link that cannot be renewed.
#[derive(Debug, Clone, Copy, Default)]
pub struct FixedLink;

#[async_trait]
impl LinkSource for FixedLink {
    async fn link(&self) -> Option<SignedUrl> {
        None
    }
}

impl DownloadRequest {
    /// A download that refuses to replace a file.
    pub fn new(url: SignedUrl, to: impl Into<PathBuf>) -> Self {
        Self {
            url,
            to: to.into(),
            existing: Existing::Refuse,
            policy: RetryPolicy::default(),
            limit: None,
        }
    }
}

/// A finished download.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Downloaded {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub size_bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// How many bytes an earlier attempt had already fetched.
    pub resumed_from_bytes: u64,
    /// The checksums of the server that it was compared with: `sha256`, `md5`, both or none.
    pub verified_by: Vec<&'static str>,
}

/// Fetches a file; `links` renews its URL when that has expired.
///
/// Dropping the future keeps what has arrived; the next download to the same name goes on there.
///
/// # Errors
///
/// [`DownloadError`]. The final name is never touched by a failed download.
pub async fn download(
    http: &HttpClient,
    request: &DownloadRequest,
    links: &dyn LinkSource,
    progress: &dyn Progress,
) -> Result<Downloaded, DownloadError> {
    refuse_existing(request)?;
    let mut partial = Partial::open(&request.to, &request.url).await?;
    let mut resumed_from = partial.length();
    let mut restarts = 0;
    loop {
        fetch(http, request, links, &mut partial, progress).await?;
        match partial.verify() {
            Ok(verified_by) => {
                refuse_existing(request)?;
                let (size_bytes, sha256) = partial.finish(&request.to).await?;
                return Ok(Downloaded {
                    path: request.to.clone(),
                    size_bytes,
                    sha256,
                    resumed_from_bytes: resumed_from,
                    verified_by,
                });
            }
            Err(checksum) => {
                tracing::warn!(checksum, "the downloaded bytes are wrong");
                partial.begin_anew().await?;
                resumed_from = 0;
                restarts += 1;
                if restarts >= MOST_RESTARTS {
                    partial.discard().await?;
                    return Err(DownloadError::Corrupt { checksum });
                }
            }
        }
    }
}

/// Fetches until all bytes are there, as far as the server says how many there are.
async fn fetch(
    http: &HttpClient,
    request: &DownloadRequest,
    links: &dyn LinkSource,
    partial: &mut Partial,
    progress: &dyn Progress,
) -> Result<(), DownloadError> {
    let mut url = request.url.clone();
    let (mut attempt, mut restarts, mut renewals) = (1, 0, 0);
    loop {
        let before = partial.length();
        let error = match exchange::request(http, &url, partial).await {
            Ok(Reply::Complete) => return Ok(()),
            Ok(Reply::Changed) if restarts < MOST_RESTARTS => {
                restarts += 1;
                partial.begin_anew().await?;
                continue;
            }
            Ok(Reply::Changed) => return Err(DownloadError::KeepsChanging),
            Ok(Reply::Bytes(stream)) => match receive(*stream, request, partial, progress).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            },
            Err(error) => error,
        };
        // Bytes that arrived show that the other side is alive.
        if partial.length() > before {
            (attempt, renewals) = (1, 0);
        }
        if matches!(error, DownloadError::LinkRefused { .. })
            && renewals < MOST_RENEWALS
            && let Some(fresh) = links.link().await
        {
            renewals += 1;
            url = fresh;
            continue;
        }
        if !error.is_transient() {
            return Err(error);
        }
        if attempt >= request.policy.attempts {
            return Err(error);
        }
        tracing::debug!(%error, attempt, bytes = partial.length(), "resuming the download");
        sleep(request.policy.delay(attempt)).await;
        attempt += 1;
    }
}

async fn receive(
    mut stream: Stream,
    request: &DownloadRequest,
    partial: &mut Partial,
    progress: &dyn Progress,
) -> Result<(), DownloadError> {
    partial.expect(&stream).await?;
    check_space(&request.to, stream.remaining)?;
    let total = partial.total();
    loop {
        let chunk = match stream.next().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(error) => {
                partial.flush().await?;
                return Err(error);
            }
        };
        partial.append(&chunk).await?;
        if let Some(limit) = &request.limit {
            limit.took(chunk.as_ref().len()).await;
        }
        let done = partial.length();
        progress.advanced("bytes", done, total.unwrap_or(done));
    }
    partial.flush().await?;
    match total {
        Some(total) if partial.length() != total => Err(DownloadError::Short {
            expected_bytes: total,
            received_bytes: partial.length(),
        }),
        _ => Ok(()),
    }
}

fn refuse_existing(request: &DownloadRequest) -> Result<(), DownloadError> {
    if request.existing == Existing::Refuse && request.to.exists() {
        return Err(DownloadError::Exists {
            path: request.to.clone(),
        });
    }
    Ok(())
}

fn check_space(to: &Path, needed: Option<u64>) -> Result<(), DownloadError> {
    let Some(needed_bytes) = needed else {
        return Ok(());
    };
    // A file system that cannot tell is no reason to refuse; a full one will say so itself.
    match fs4::available_space(partial::folder_of(to)) {
        Ok(free_bytes) if free_bytes < needed_bytes => Err(DownloadError::NoSpace {
            needed_bytes,
            free_bytes,
        }),
        _ => Ok(()),
    }
}
