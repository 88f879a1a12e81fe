//! Putting a file where a signed URL leads: a block blob, whole when it is small, else in blocks,
//! several at a time, each with its checksum.
//!
//! The blocks that the server already has are the journal: their names tell which file of which length
//! and age they are of, so an upload that broke off goes on with what is missing, and nothing of
//! another file is ever put together with it. The URL alone is the authority: no token is sent to it.
//!
//! - `blocks.rs` – which blocks a file has, and what they are called
//! - `exchange.rs` – the requests
//! - `reserved.rs` – the asset that another process goes on with
//! - `error.rs` – how it fails

mod blocks;
mod error;
mod exchange;
mod reserved;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub use error::UploadError;
pub use reserved::{ReservedAsset, ReservedAssets, UploadIdentity};

use lcs_signin::HttpClient;
use lcs_types::{Progress, SignedUrl};
use md5::{Digest as _, Md5};
use tokio::{
    io::{AsyncReadExt as _, AsyncSeekExt as _},
    task::JoinSet,
};

use self::{
    blocks::{Block, BlockPlan},
    exchange::Exchange,
};
use crate::{rate::RateLimit, retry::RetryPolicy};

/// Up to this size a file is put whole.
const LARGEST_WHOLE: u64 = 8 * 1024 * 1024;

/// What to upload, and where to.
#[derive(Debug, Clone)]
pub struct UploadRequest {
    /// Where to put it.
    pub url: SignedUrl,
    /// The file.
    pub file: PathBuf,
    /// How many blocks travel at a time; each is in memory while it does.
    pub parallel: usize,
    /// How patient to be with each request.
    pub policy: RetryPolicy,
    /// How fast it may be at most; what travels at once shares it.
    pub limit: Option<Arc<RateLimit>>,
}

impl UploadRequest {
    /// An upload of four blocks at a time.
    pub fn new(url: SignedUrl, file: impl Into<PathBuf>) -> Self {
        Self {
            url,
            file: file.into(),
            parallel: 4,
            policy: RetryPolicy::default(),
            limit: None,
        }
    }
}

/// A finished upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uploaded {
    /// The size of the file.
    pub size_bytes: u64,
    /// Its MD5, 16 bytes, which the server was given and, where it tells its own, has; nothing where
    /// all of it was put before.
    pub md5: Option<[u8; 16]>,
    /// How many bytes an earlier attempt had already put.
    pub resumed_from_bytes: u64,
}

impl Uploaded {
    /// A file that an earlier attempt put whole.
    pub const fn before(size_bytes: u64) -> Self {
        Self {
            size_bytes,
            md5: None,
            resumed_from_bytes: size_bytes,
        }
    }
}

/// Uploads a file. Dropping the future leaves the blocks that arrived with the server; the next upload
/// of the same file to the same URL goes on with what is missing.
///
/// # Errors
///
/// [`UploadError`]. Nothing that was at the URL before is touched by a failed upload.
pub async fn upload(
    http: &HttpClient,
    request: &UploadRequest,
    progress: &dyn Progress,
) -> Result<Uploaded, UploadError> {
    let file = FileState::of(&request.file).await?;
    let exchange = Arc::new(Exchange::new(http, &request.url, request.policy)?);
    let put = if file.length <= LARGEST_WHOLE {
        let bytes = read(&request.file, 0, file.length).await?;
        let md5 = Md5::digest(&bytes).into();
        exchange.put_blob(bytes, md5).await?;
        progress.advanced("bytes", file.length, file.length);
        Put {
            md5,
            resumed_from_bytes: 0,
            doubt: None,
        }
    } else {
        put_in_blocks(&exchange, request, &file, progress).await?
    };
    if FileState::of(&request.file).await? != file {
        return Err(UploadError::FileChanged {
            path: request.file.clone(),
        });
    }
    let is_proven = exchange.check(file.length, put.md5).await?;
    match put.doubt {
        Some(refused) if !is_proven => Err(refused),
        _ => Ok(Uploaded {
            size_bytes: file.length,
            md5: Some(put.md5),
            resumed_from_bytes: put.resumed_from_bytes,
        }),
    }
}

/// What was put.
struct Put {
    md5: [u8; 16],
    resumed_from_bytes: u64,
    /// Why it may not be a blob yet.
    doubt: Option<UploadError>,
}

async fn put_in_blocks(
    exchange: &Arc<Exchange>,
    request: &UploadRequest,
    file: &FileState,
    progress: &dyn Progress,
) -> Result<Put, UploadError> {
    let plan = BlockPlan::of(file);
    // Hashed beside the upload: blocks arrive in any order, and the sum needs one.
    let path = request.file.clone();
    let md5 = tokio::task::spawn_blocking(move || md5_of(&path));
    let there = exchange.uncommitted().await?;
    let (done, missing): (Vec<Block>, Vec<Block>) = plan
        .blocks()
        .partition(|block| there.get(&block.id) == Some(&block.length));
    let resumed_from: u64 = done.iter().map(|block| block.length).sum();
    let mut sent = resumed_from;
    progress.advanced("bytes", sent, file.length);
    let mut missing = missing.into_iter();
    let mut travelling = JoinSet::new();
    loop {
        while travelling.len() < request.parallel.max(1)
            && let Some(block) = missing.next()
        {
            let (exchange, path) = (Arc::clone(exchange), request.file.clone());
            let limit = request.limit.clone();
            travelling.spawn(async move {
                let bytes = read(&path, block.start, block.length).await?;
                let md5 = Md5::digest(&bytes).into();
                if let Some(limit) = limit {
                    limit.took(bytes.len()).await;
                }
                exchange.put_block(&block.id, bytes, md5).await?;
                Ok::<u64, UploadError>(block.length)
            });
        }
        let Some(arrived) = travelling.join_next().await else {
            break;
        };
        sent += arrived.map_err(|_| UploadError::Stopped)??;
        progress.advanced("bytes", sent, file.length);
    }
    let md5 = md5.await.map_err(|_| UploadError::Stopped)??;
    let doubt = match exchange.put_block_list(&plan, md5).await {
        // Where the answer to an earlier list got lost, its blocks are the blob and wait no more.
        Err(refused) if refused.is_unknown_block() => Some(refused),
        other => other.map(|()| None)?,
    };
    Ok(Put {
        md5,
        resumed_from_bytes: resumed_from,
        doubt,
    })
}

/// What tells one content of a file from another without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FileState {
    length: u64,
    modified: Option<std::time::SystemTime>,
}

impl FileState {
    async fn of(path: &Path) -> Result<Self, UploadError> {
        let metadata = tokio::fs::metadata(path).await.map_err(at(path))?;
        if !metadata.is_file() {
            return Err(UploadError::NoFile {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

async fn read(path: &Path, start: u64, length: u64) -> Result<Vec<u8>, UploadError> {
    let mut file = tokio::fs::File::open(path).await.map_err(at(path))?;
    file.seek(std::io::SeekFrom::Start(start))
        .await
        .map_err(at(path))?;
    let mut bytes = Vec::new();
    file.take(length)
        .read_to_end(&mut bytes)
        .await
        .map_err(at(path))?;
    if bytes.len() as u64 == length {
        Ok(bytes)
    } else {
        Err(UploadError::FileChanged {
            path: path.to_owned(),
        })
    }
}

fn md5_of(path: &Path) -> Result<[u8; 16], UploadError> {
    let file = std::fs::File::open(path).map_err(at(path))?;
    let mut reader = std::io::BufReader::with_capacity(256 * 1024, file);
    let mut md5 = Md5::new();
    loop {
        let chunk = std::io::BufRead::fill_buf(&mut reader).map_err(at(path))?;
        if chunk.is_empty() {
            return Ok(md5.finalize().into());
        }
        md5.update(chunk);
        let length = chunk.len();
        std::io::BufRead::consume(&mut reader, length);
    }
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> UploadError + use<> {
    let path = path.to_owned();
    move |source| UploadError::File { path, source }
}
