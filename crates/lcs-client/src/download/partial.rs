//! The unfinished file `<name>.part`, locked against a second download, and the record beside it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use data_encoding::HEXLOWER;
use lcs_types::SignedUrl;
use serde::{Deserialize, Serialize};

use super::{DownloadError, exchange::Stream, writer::Writer};

/// How often what has arrived is made to outlive a loss of power where no checksum would notice that
/// it did not: every so many bytes.
const SYNC_EVERY: u64 = 64 * 1024 * 1024;

/// The unfinished file.
pub(super) struct Partial {
    path: PathBuf,
    record_path: PathBuf,
    writer: Writer,
    record: Record,
}

/// What is known about the bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    /// Scheme, host and path of the URL; the signature changes with every listing.
    source: String,
    etag: Option<String>,
    total: Option<u64>,
    md5: Option<Vec<u8>>,
    sha256: Option<Vec<u8>>,
    /// How many bytes are on the disk for sure.
    #[serde(default)]
    synced: u64,
}

impl Record {
    /// How many bytes of the file can be built on. A checksum tells in the end whether all were
    /// right; without one, only what was certainly on the disk before the power may have failed.
    fn trusted(&self) -> u64 {
        if self.has_checksum() {
            self.total.unwrap_or(u64::MAX)
        } else {
            self.synced
        }
    }

    const fn has_checksum(&self) -> bool {
        self.md5.is_some() || self.sha256.is_some()
    }
}

/// What the whole file turned out to be.
pub(super) struct Finished {
    pub(super) size_bytes: u64,
    /// Hexadecimal.
    pub(super) sha256: String,
    /// The announced checksums that matched.
    pub(super) verified_by: Vec<&'static str>,
}

impl Partial {
    /// Opens the unfinished file and goes on with it, if its record belongs to the same source.
    pub(super) async fn open(to: &Path, url: &SignedUrl) -> Result<Self, DownloadError> {
        let path = with_suffix(to, ".part");
        let record_path = with_suffix(to, ".part.json");
        let error = |source| DownloadError::File {
            path: path.clone(),
            source,
        };
        let file = fs::File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(error)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(DownloadError::Busy { path }),
            Err(fs::TryLockError::Error(source)) => return Err(error(source)),
        }
        let source = url.to_string();
        let record = fs::read(&record_path)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Record>(&bytes).ok())
            .filter(|record| record.source == source && record.etag.is_some())
            .unwrap_or_else(|| Record {
                source,
                ..Record::default()
            });
        let length = file.metadata().map_err(error)?.len();
        let is_too_long = record.total.is_some_and(|total| length > total);
        let trusted = if is_too_long { 0 } else { record.trusted() };
        let writer = Writer::behind(file, trusted).await.map_err(error)?;
        Ok(Self {
            path,
            record_path,
            writer,
            record,
        })
    }

    /// How many bytes have arrived.
    pub(super) const fn length(&self) -> u64 {
        self.writer.length()
    }

    /// How large the file will be, if that is known.
    pub(super) const fn total(&self) -> Option<u64> {
        self.record.total
    }

    /// Of what the bytes that have arrived are; `None` as long as there are none.
    pub(super) fn etag(&self) -> Option<&str> {
        self.record.etag.as_deref().filter(|_| self.length() > 0)
    }

    /// Whether nothing is missing.
    pub(super) fn is_complete(&self) -> bool {
        self.etag().is_some() && self.total() == Some(self.length())
    }

    /// Makes ready for the bytes of an answer, and notes what it says about the whole file.
    pub(super) async fn expect(&mut self, stream: &Stream) -> Result<(), DownloadError> {
        let mut known = std::mem::take(&mut self.record);
        if self.length() == 0 {
            // What was noted was about bytes that are not there any more.
            (known.md5, known.sha256, known.synced) = (None, None, 0);
        }
        self.record = Record {
            source: known.source,
            etag: stream.etag.clone(),
            total: stream.total,
            md5: stream.md5.clone().or(known.md5),
            sha256: stream.sha256.clone().or(known.sha256),
            synced: known.synced,
        };
        self.write_record().await
    }

    pub(super) async fn append(&mut self, bytes: Bytes) -> Result<(), DownloadError> {
        let appended = self.writer.append(bytes).await;
        appended.map_err(|source| self.error(source))?;
        if !self.record.has_checksum() && self.length() - self.record.synced >= SYNC_EVERY {
            self.settle().await?;
        }
        Ok(())
    }

    /// Sees to it that everything that has arrived can be built on.
    pub(super) async fn settle(&mut self) -> Result<(), DownloadError> {
        if self.record.has_checksum() {
            let flushed = self.writer.flush().await;
            return flushed.map_err(|source| self.error(source));
        }
        let synced = self.writer.sync().await;
        synced.map_err(|source| self.error(source))?;
        self.record.synced = self.length();
        self.write_record().await
    }

    /// Compares with the announced checksums, and gives the file its final name, durably.
    ///
    /// # Errors
    ///
    /// The bytes are not what was announced, or the file cannot be renamed.
    pub(super) async fn finish(&mut self, to: &Path) -> Result<Finished, DownloadError> {
        let checksums = self.writer.checksums().await;
        let checksums = checksums.map_err(|source| self.error(source))?;
        let mut verified_by = Vec::new();
        for (checksum, announced, found) in [
            ("sha256", &self.record.sha256, &checksums.sha256[..]),
            ("md5", &self.record.md5, &checksums.md5[..]),
        ] {
            match announced {
                Some(announced) if announced != found => {
                    return Err(DownloadError::Corrupt { checksum });
                }
                Some(_) => verified_by.push(checksum),
                None => {}
            }
        }
        let synced = self.writer.sync().await;
        synced.map_err(|source| self.error(source))?;
        fs::rename(&self.path, to).map_err(|source| self.error(source))?;
        sync_folder(&folder_of(to)).map_err(|source| self.error(source))?;
        // Without its file the record means nothing; it need not be gone for sure.
        let _ = fs::remove_file(&self.record_path);
        Ok(Finished {
            size_bytes: self.length(),
            sha256: HEXLOWER.encode(&checksums.sha256),
            verified_by,
        })
    }

    /// Deletes what has arrived.
    pub(super) async fn discard(self) -> Result<(), DownloadError> {
        let _ = tokio::fs::remove_file(&self.record_path).await;
        tokio::fs::remove_file(&self.path)
            .await
            .map_err(|source| self.error(source))
    }

    /// Empties the file and forgets what was known about it.
    pub(super) async fn begin_anew(&mut self) -> Result<(), DownloadError> {
        // The record goes first: bytes without a record are never continued.
        let _ = tokio::fs::remove_file(&self.record_path).await;
        let cleared = self.writer.clear().await;
        cleared.map_err(|source| self.error(source))?;
        self.record = Record {
            source: std::mem::take(&mut self.record.source),
            ..Record::default()
        };
        Ok(())
    }

    /// Replaces the record in one step: half of one would cost what has arrived.
    async fn write_record(&self) -> Result<(), DownloadError> {
        let json = serde_json::to_vec(&self.record).expect("a record is plain data");
        let error = |source| DownloadError::File {
            path: self.record_path.clone(),
            source,
        };
        let fresh = with_suffix(&self.record_path, ".new");
        tokio::fs::write(&fresh, json).await.map_err(error)?;
        tokio::fs::rename(&fresh, &self.record_path)
            .await
            .map_err(error)
    }

    fn error(&self, source: io::Error) -> DownloadError {
        DownloadError::File {
            path: self.path.clone(),
            source,
        }
    }
}

/// The folder that a file is in.
pub(super) fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
