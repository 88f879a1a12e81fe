//! What is known of a blob beside its bytes, in a file beside it. One that has none, of a version of
//! before, is read once and gets one.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
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
    /// What the uploader added: names, lower-case, and values.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// When it was committed.
    pub modified_at: Timestamp,
    /// Whether nobody may write to it any more.
    #[serde(default)]
    pub is_sealed: bool,
    /// How many blocks it was made of; none if it was put whole.
    #[serde(default)]
    pub committed_blocks: usize,
}

impl BlobProperties {
    /// Those of bytes of which nothing else is known.
    pub const fn new(checksums: Checksums, modified_at: Timestamp) -> Self {
        Self {
            checksums,
            content_type: None,
            metadata: BTreeMap::new(),
            modified_at,
            is_sealed: false,
            committed_blocks: 0,
        }
    }

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
        Ok(self.settled(key)?.properties)
    }

    /// A blob and its properties, which are those of these bytes whatever happens to the name
    /// afterwards; `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when the files cannot be read.
    pub fn open_blob(
        &self,
        key: &ArtifactKey,
    ) -> Result<Option<(File, BlobProperties)>, ArtifactError> {
        let settled = self.settled(key)?;
        let Some(properties) = settled.properties else {
            return Ok(None);
        };
        let path = self.path_of(key);
        let file = File::open(&path).map_err(error("open", &path))?;
        Ok(Some((file, properties)))
    }

    /// From now on nobody may write to the blob, also who has begun to.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when it is not there or cannot be written down.
    pub fn seal(&self, key: &ArtifactKey) -> Result<BlobProperties, ArtifactError> {
        let settled = self.settled(key)?;
        let Some(properties) = settled.properties else {
            let path = self.path_of(key);
            return Err(error("seal", &path)(io::ErrorKind::NotFound.into()));
        };
        let sealed = BlobProperties {
            is_sealed: true,
            ..properties
        };
        self.write_properties(key, &sealed)?;
        self.forget_blocks(key, "sealed");
        Ok(sealed)
    }
}

/// Sums up bytes that come one after the other.
#[derive(Debug, Default)]
struct Sums {
    md5: Md5,
    sha256: Sha256,
    size_bytes: u64,
}

impl Sums {
    fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.sha256.update(bytes);
        self.size_bytes += bytes.len() as u64;
    }

    fn finish(self) -> Checksums {
        Checksums {
            size_bytes: self.size_bytes,
            md5: self.md5.finalize().into(),
            sha256: self.sha256.finalize().into(),
        }
    }
}

/// Sums up what is read through it.
#[derive(Debug)]
pub(crate) struct HashingReader<R> {
    inner: R,
    sums: Sums,
}

impl<R: Read> HashingReader<R> {
    pub(crate) fn new(inner: R) -> Self {
        let sums = Sums::default();
        Self { inner, sums }
    }

    pub(crate) fn finish(self) -> Checksums {
        self.sums.finish()
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.sums.update(&buffer[..count]);
        Ok(count)
    }
}

/// Sums up what is written to a file through it.
#[derive(Debug)]
pub(crate) struct HashingWriter {
    file: File,
    sums: Sums,
}

impl HashingWriter {
    pub(crate) fn new(file: File) -> Self {
        let sums = Sums::default();
        Self { file, sums }
    }

    /// Flushes the file to the disk.
    pub(crate) fn finish(self) -> io::Result<Checksums> {
        self.file.sync_all()?;
        Ok(self.sums.finish())
    }
}

impl io::Write for HashingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.sums.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
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
    use std::fs;

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
