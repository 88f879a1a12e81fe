//! The unfinished file `<name>.part`, locked against a second download, and the record beside it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use lcs_types::SignedUrl;
use md5::Md5;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::{
    fs::File,
    io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _},
};

use super::{DownloadError, exchange::Stream};

const READ_CHUNK: usize = 256 * 1024;

/// The unfinished file.
pub(super) struct Partial {
    path: PathBuf,
    record_path: PathBuf,
    file: File,
    length: u64,
    record: Record,
    md5: Md5,
    sha256: Sha256,
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
            .filter(|record| record.source == source && record.etag.is_some());
        let is_known = record.is_some();
        let mut partial = Self {
            path,
            record_path,
            file: File::from_std(file),
            length: 0,
            record: record.unwrap_or_else(|| Record {
                source,
                ..Record::default()
            }),
            md5: Md5::new(),
            sha256: Sha256::new(),
        };
        if is_known {
            partial.read_what_is_there().await?;
        } else {
            partial.begin_anew().await?;
        }
        Ok(partial)
    }

    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    pub(super) const fn total(&self) -> Option<u64> {
        self.record.total
    }

    pub(super) fn etag(&self) -> Option<&str> {
        self.record.etag.as_deref()
    }

    /// Makes ready for the bytes of an answer, and notes what it says about the whole file.
    pub(super) async fn expect(&mut self, stream: &Stream) -> Result<(), DownloadError> {
        if stream.start != self.length {
            self.begin_anew().await?;
        }
        self.record = Record {
            source: std::mem::take(&mut self.record.source),
            etag: stream.etag.clone(),
            total: stream.total,
            md5: stream.md5.clone().or_else(|| self.record.md5.take()),
            sha256: stream.sha256.clone().or_else(|| self.record.sha256.take()),
        };
        let json = serde_json::to_vec(&self.record).expect("a record is plain data");
        tokio::fs::write(&self.record_path, json)
            .await
            .map_err(|source| DownloadError::File {
                path: self.record_path.clone(),
                source,
            })
    }

    pub(super) async fn append(&mut self, bytes: &impl AsRef<[u8]>) -> Result<(), DownloadError> {
        let bytes = bytes.as_ref();
        self.file
            .write_all(bytes)
            .await
            .map_err(|source| self.error(source))?;
        self.md5.update(bytes);
        self.sha256.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    pub(super) async fn flush(&mut self) -> Result<(), DownloadError> {
        self.file.flush().await.map_err(|source| self.error(source))
    }

    /// Compares with the announced checksums and names those that matched.
    ///
    /// # Errors
    ///
    /// The checksum that did not match.
    pub(super) fn verify(&self) -> Result<Vec<&'static str>, &'static str> {
        let mut matched = Vec::new();
        if let Some(announced) = &self.record.sha256 {
            if self.sha256.clone().finalize().as_slice() != announced {
                return Err("sha256");
            }
            matched.push("sha256");
        }
        if let Some(announced) = &self.record.md5 {
            if self.md5.clone().finalize().as_slice() != announced {
                return Err("md5");
            }
            matched.push("md5");
        }
        Ok(matched)
    }

    /// Gives the file its final name, durably, and returns its size and SHA-256.
    pub(super) async fn finish(self, to: &Path) -> Result<(u64, String), DownloadError> {
        self.file
            .sync_all()
            .await
            .map_err(|source| self.error(source))?;
        fs::rename(&self.path, to).map_err(|source| self.error(source))?;
        sync_folder(&folder_of(to)).map_err(|source| self.error(source))?;
        // Without its file the record means nothing; it need not be gone for sure.
        let _ = fs::remove_file(&self.record_path);
        let sha256 = self
            .sha256
            .finalize()
            .iter()
            .map(|byte| [byte >> 4, byte & 0xf])
            .flat_map(|digits| digits.map(|digit| char::from(b"0123456789abcdef"[digit as usize])))
            .collect();
        Ok((self.length, sha256))
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
        let emptied = async {
            self.file.set_len(0).await?;
            self.file.rewind().await
        };
        emptied.await.map_err(|source| self.error(source))?;
        self.length = 0;
        self.md5 = Md5::new();
        self.sha256 = Sha256::new();
        self.record = Record {
            source: std::mem::take(&mut self.record.source),
            ..Record::default()
        };
        Ok(())
    }

    async fn read_what_is_there(&mut self) -> Result<(), DownloadError> {
        let mut buffer = vec![0; READ_CHUNK];
        loop {
            let count = self
                .file
                .read(&mut buffer)
                .await
                .map_err(|source| self.error(source))?;
            if count == 0 {
                break;
            }
            self.md5.update(&buffer[..count]);
            self.sha256.update(&buffer[..count]);
            self.length += count as u64;
        }
        if self.record.total.is_some_and(|total| self.length > total) {
            self.begin_anew().await?;
        }
        Ok(())
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
