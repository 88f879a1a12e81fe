//! What is known of a blob beside its bytes, in a file beside it. One that has none, of a version of
//! before, is read once and gets one.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::PathBuf,
};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use md5::Md5;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    key::ArtifactKey,
    store::{ArtifactError, ArtifactStore, Checksums, error},
};

/// What is known of a blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobProperties {
    /// Its length and checksums.
    pub checksums: Checksums,
    /// What the uploader called it.
    #[serde(default)]
    pub content_type: Option<String>,
    /// When it was committed.
    pub modified_at: Timestamp,
    /// Whether nobody may write to it any more.
    #[serde(default)]
    pub is_sealed: bool,
}

impl BlobProperties {
    /// The `ETag`: other bytes have another one.
    pub fn etag(&self) -> String {
        format!("\"0x{}\"", HEXLOWER.encode(&self.checksums.sha256[..8]))
    }
}

impl ArtifactStore {
    /// The properties of a blob; `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when the files cannot be read.
    pub fn properties(&self, key: &ArtifactKey) -> Result<Option<BlobProperties>, ArtifactError> {
        let path = self.path_of(key);
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(gone) if gone.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(error("read", &path)(source)),
        };
        let kept = fs::read(self.properties_path(key))
            .ok()
            .and_then(|bytes| serde_json::from_slice::<BlobProperties>(&bytes).ok())
            // Of other bytes, if the machine died between the two renames.
            .filter(|kept| kept.checksums.size_bytes == metadata.len());
        if let Some(kept) = kept {
            return Ok(Some(kept));
        }
        let modified_at = metadata
            .modified()
            .ok()
            .and_then(|at| Timestamp::try_from(at).ok())
            .unwrap_or(Timestamp::UNIX_EPOCH);
        let properties = BlobProperties {
            checksums: self.checksums(key)?,
            content_type: None,
            modified_at,
            is_sealed: false,
        };
        self.write_properties(key, &properties)?;
        Ok(Some(properties))
    }

    pub(crate) fn properties_path(&self, key: &ArtifactKey) -> PathBuf {
        // No key has a segment that begins with a dot.
        let path = self.path_of(key);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.with_file_name(format!(".{name}.properties"))
    }

    pub(crate) fn write_properties(
        &self,
        key: &ArtifactKey,
        properties: &BlobProperties,
    ) -> Result<(), ArtifactError> {
        let path = self.properties_path(key);
        let temporary = path.with_extension("new");
        let written = || -> io::Result<()> {
            let mut file = File::create(&temporary)?;
            serde_json::to_writer(&mut file, properties)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)
        };
        written().map_err(error("write", &path))
    }
}

/// Sums up what is read through it.
#[derive(Debug)]
pub(crate) struct HashingReader<R> {
    inner: R,
    md5: Md5,
    sha256: Sha256,
    size_bytes: u64,
}

impl<R: Read> HashingReader<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self {
            inner,
            md5: Md5::new(),
            sha256: Sha256::new(),
            size_bytes: 0,
        }
    }

    pub(crate) fn finish(self) -> Checksums {
        Checksums {
            size_bytes: self.size_bytes,
            md5: self.md5.finalize().into(),
            sha256: self.sha256.finalize().into(),
        }
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.md5.update(&buffer[..count]);
        self.sha256.update(&buffer[..count]);
        self.size_bytes += count as u64;
        Ok(count)
    }
}

/// The MD5 of bytes that come one after the other.
#[derive(Debug, Default)]
pub struct Md5Sum(Md5);

impl Md5Sum {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The sum of all.
    pub fn finish(self) -> [u8; 16] {
        self.0.finalize().into()
    }
}

/// The MD5 of these bytes.
pub fn md5_of(bytes: &[u8]) -> [u8; 16] {
    Md5::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_without_properties_gets_them_and_other_bytes_get_others() {
        let folder = tempfile::tempdir().unwrap();
        let store = ArtifactStore::open(folder.path()).unwrap();
        let key: ArtifactKey = "a/b".parse().unwrap();
        assert_eq!(store.properties(&key).unwrap(), None);
        fs::create_dir_all(folder.path().join("a")).unwrap();
        fs::write(store.path_of(&key), "abc").unwrap();
        let first = store.properties(&key).unwrap().unwrap();
        assert_eq!(first.checksums.size_bytes, 3);
        assert!(store.properties_path(&key).is_file());
        fs::write(store.path_of(&key), "abcd").unwrap();
        let second = store.properties(&key).unwrap().unwrap();
        assert_ne!(first.etag(), second.etag());
    }
}
