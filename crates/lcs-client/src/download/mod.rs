//! Fetching what a signed URL names: resumable, verified, and whole or not there at all.
//!
//! Bytes go to `<name>.part`; what is known about them (the `ETag`, the size, the checksums) to
//! `<name>.part.json`. Only a file that is complete and matches its checksums gets the final name.
//! A later download to the same name goes on where this one stopped, if the blob is still the
//! same. The URL alone is the authority: no token is ever sent to it.
//!
//! - `ranges.rs` – a file in ranges, several at a time
//! - `origin.rs` – the link, its renewal, and how much trouble is borne
//! - `exchange.rs` – one request, and the sense of its answer
//! - `partial.rs` – the unfinished file and its record
//! - `writer.rs` – writing and hashing beside the network
//! - `error.rs` – how it fails

mod error;
mod exchange;
mod origin;
mod partial;
mod ranges;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub use error::DownloadError;

use async_trait::async_trait;
use lcs_signin::HttpClient;
use lcs_types::{Progress, SignedUrl};

use self::{
    exchange::{Reply, Stream},
    origin::{Origin, Patience},
    partial::Partial,
};
use crate::{rate::RateLimit, retry::RetryPolicy};

/// How often a download begins anew because the blob changed or its bytes were wrong.
const MOST_RESTARTS: u32 = 2;

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

/// Why fetching stopped.
enum Stop {
    /// The blob is another one now; what has arrived is of no use.
    Changed,
    /// The answer of a server that knows no ranges broke off: it can only begin anew.
    BrokenWhole(DownloadError),
    /// It failed, and was tried often enough.
    Failed(DownloadError),
}

impl From<DownloadError> for Stop {
    fn from(error: DownloadError) -> Self {
        Self::Failed(error)
    }
}

/// Fetches a file in ranges, several at a time, where the server has them; `links` renews its URL when
/// that has expired.
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
    let origin = Origin::new(http, request, links);
    let mut partial = Partial::open(&request.to, &request.url).await?;
    let mut resumed_from_bytes = partial.length();
    let mut restarts = 0;
    loop {
        let fetched = fetch(&origin, &mut partial, progress).await;
        // What arrived before a failure is what the next download builds on.
        let settled = partial.settle().await;
        // After a write that failed there is nothing to settle; what failed first is why.
        fetched?;
        settled?;
        refuse_existing(request)?;
        match partial.finish(&request.to).await {
            Ok(finished) => {
                return Ok(Downloaded {
                    path: request.to.clone(),
                    size_bytes: finished.size_bytes,
                    sha256: finished.sha256,
                    resumed_from_bytes,
                    verified_by: finished.verified_by,
                });
            }
            Err(error @ DownloadError::Corrupt { .. }) => {
                tracing::warn!(%error, "the downloaded bytes are wrong");
                partial.begin_anew().await?;
                resumed_from_bytes = 0;
                restarts += 1;
                if restarts >= MOST_RESTARTS {
                    partial.discard().await?;
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// Fetches until all bytes are there, as far as the server says how many there are.
async fn fetch(
    origin: &Origin<'_>,
    partial: &mut Partial,
    progress: &dyn Progress,
) -> Result<(), DownloadError> {
    let mut patience = origin.patience();
    let mut restarts = 0;
    loop {
        match fetch_missing(origin, partial, &mut patience, progress).await {
            Ok(()) => return Ok(()),
            Err(Stop::Changed) if restarts < MOST_RESTARTS => restarts += 1,
            Err(Stop::Changed) => return Err(DownloadError::KeepsChanging),
            Err(Stop::BrokenWhole(error)) => patience.bear(error).await?,
            Err(Stop::Failed(error)) => return Err(error),
        }
        partial.begin_anew().await?;
    }
}

async fn fetch_missing(
    origin: &Origin<'_>,
    partial: &mut Partial,
    patience: &mut Patience,
    progress: &dyn Progress,
) -> Result<(), Stop> {
    if partial.is_complete() {
        return Ok(());
    }
    let wanted = ranges::range_from(partial.length());
    let etag = partial.etag().map(str::to_owned);
    match origin.range(&wanted, etag.as_deref(), patience).await? {
        Reply::Range(first) => {
            let (Some(etag), Some(total)) = (first.etag.clone(), first.total) else {
                return Err(Stop::Changed);
            };
            if partial.length() > 0 && partial.total() != Some(total) {
                return Err(Stop::Changed);
            }
            partial.expect(&first).await?;
            check_space(&origin.request.to, total.saturating_sub(partial.length()))?;
            ranges::fetch(origin, *first, &etag, total, partial, progress).await
        }
        Reply::Whole(stream) => fetch_whole(origin, *stream, partial, progress).await,
        Reply::NoRanges => {
            let stream = origin.whole(patience).await?;
            fetch_whole(origin, stream, partial, progress).await
        }
        Reply::Changed => Err(Stop::Changed),
    }
}

/// Takes a file in one piece, from a server that knows no ranges.
async fn fetch_whole(
    origin: &Origin<'_>,
    mut stream: Stream,
    partial: &mut Partial,
    progress: &dyn Progress,
) -> Result<(), Stop> {
    if partial.length() > 0 {
        partial.begin_anew().await?;
    }
    partial.expect(&stream).await?;
    let total = partial.total();
    if let Some(total) = total {
        check_space(&origin.request.to, total)?;
    }
    while let Some(piece) = stream.next().await.map_err(Stop::BrokenWhole)? {
        if let Some(limit) = &origin.request.limit {
            limit.took(piece.len()).await;
        }
        partial.append(piece).await?;
        let done = partial.length();
        progress.advanced("bytes", done, total.unwrap_or(done));
    }
    match total {
        Some(expected_bytes) if partial.length() != expected_bytes => {
            Err(Stop::BrokenWhole(DownloadError::Short {
                expected_bytes,
                received_bytes: partial.length(),
            }))
        }
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

fn check_space(to: &Path, needed_bytes: u64) -> Result<(), DownloadError> {
    // A file system that cannot tell is no reason to refuse; a full one will say so itself.
    match fs4::available_space(partial::folder_of(to)) {
        Ok(free_bytes) if free_bytes < needed_bytes => Err(DownloadError::NoSpace {
            needed_bytes,
            free_bytes,
        }),
        _ => Ok(()),
    }
}
