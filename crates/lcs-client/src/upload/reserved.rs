//! Assets that were reserved and are not committed yet, so that another process goes on with an upload
//! that a crash or a reboot ended: which asset, and where its bytes go. The blocks that arrived are the
//! server's to remember.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use lcs_types::{AssetId, ProjectId, SignedUrl};
use lcs_wire::lcs::CreateFileAsset;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

/// Blocks without a blob are kept for a week ("Put Block"), so nothing older can be gone on with.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What makes two uploads the same one: the same content for the same new asset of the same project.
#[derive(Debug, Clone, Serialize)]
pub struct UploadIdentity {
    api: Url,
    project: ProjectId,
    new: CreateFileAsset,
    file: PathBuf,
    length: u64,
    modified_nanoseconds: Option<u128>,
}

impl UploadIdentity {
    /// The upload of a file as it is now.
    ///
    /// # Errors
    ///
    /// The file cannot be found.
    pub fn of(
        api: &Url,
        project: ProjectId,
        new: &CreateFileAsset,
        file: &Path,
    ) -> io::Result<Self> {
        let metadata = fs::metadata(file)?;
        let modified = metadata.modified().ok();
        Ok(Self {
            api: api.clone(),
            project,
            new: new.clone(),
            file: fs::canonicalize(file)?,
            length: metadata.len(),
            modified_nanoseconds: modified
                .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
                .map(|age| age.as_nanos()),
        })
    }

    /// How long the file is, in bytes.
    pub const fn length(&self) -> u64 {
        self.length
    }

    fn file_name(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        let name = HEXLOWER.encode(&Sha256::digest(json)[..16]);
        format!("{name}.json")
    }
}

/// An asset that waits for its bytes, or for its commit.
#[derive(Debug, Clone)]
pub struct ReservedAsset {
    /// The asset.
    pub id: AssetId,
    /// Where its bytes go.
    pub location: SignedUrl,
    /// When it was reserved.
    pub reserved_at: Timestamp,
    /// Whether all bytes are there, so that only the commit is missing.
    pub is_uploaded: bool,
}

/// As it lies on the disk. The location is as secret as a password, for a day.
#[derive(Serialize, Deserialize)]
struct Record {
    id: AssetId,
    location: String,
    reserved_at: Timestamp,
    is_uploaded: bool,
}

/// The folder of reserved assets, a private file each.
#[derive(Debug, Clone)]
pub struct ReservedAssets {
    folder: PathBuf,
}

impl ReservedAssets {
    /// Those in this folder. Touches nothing.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// What an earlier attempt of this upload reserved; nothing where none is left to go on with.
    pub fn find(&self, upload: &UploadIdentity, now: Timestamp) -> Option<ReservedAsset> {
        let bytes = fs::read(self.path(upload)).ok()?;
        let record: Record = serde_json::from_slice(&bytes).ok()?;
        (now.duration_since(record.reserved_at) < KEPT).then_some(ReservedAsset {
            id: record.id,
            location: record.location.parse().ok()?,
            reserved_at: record.reserved_at,
            is_uploaded: record.is_uploaded,
        })
    }

    /// Keeps it, in place of what was kept of this upload.
    ///
    /// # Errors
    ///
    /// The folder or the file cannot be written.
    pub fn keep(&self, upload: &UploadIdentity, reserved: &ReservedAsset) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        self.drop_what_is_old(reserved.reserved_at);
        let record = Record {
            id: reserved.id,
            location: reserved.location.expose().to_string(),
            reserved_at: reserved.reserved_at,
            is_uploaded: reserved.is_uploaded,
        };
        // Made for its owner alone.
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        serde_json::to_writer(&mut file, &record)?;
        file.flush()?;
        file.as_file().sync_all()?;
        file.persist(self.path(upload))?;
        Ok(())
    }

    /// Forgets what was kept of this upload.
    pub fn forget(&self, upload: &UploadIdentity) {
        if let Err(error) = fs::remove_file(self.path(upload))
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::debug!(%error, "what was kept of an upload could not be removed");
        }
    }

    fn path(&self, upload: &UploadIdentity) -> PathBuf {
        self.folder.join(upload.file_name())
    }

    /// What nobody came back to in time is of no use and holds a link.
    fn drop_what_is_old(&self, now: Timestamp) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            let record = fs::read(&path)
                .ok()
                .and_then(|bytes| serde_json::from_slice::<Record>(&bytes).ok());
            if record.is_some_and(|record| now.duration_since(record.reserved_at) >= KEPT) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lcs_wire::lcs::AssetFileType;

    use super::*;

    fn new(name: &str) -> CreateFileAsset {
        CreateFileAsset {
            name: name.to_owned(),
            file_name: "release.zip".to_owned(),
            file_description: None,
            size_byte: 0,
            file_type: AssetFileType::Model,
        }
    }

    fn reserved(at: Timestamp) -> ReservedAsset {
        ReservedAsset {
            id: AssetId::from_u128(7),
            location: "https://blobs.example/a?sig=CANARY".parse().unwrap(),
            reserved_at: at,
            is_uploaded: false,
        }
    }

    #[test]
    fn an_upload_is_found_again_until_it_is_forgotten_too_old_or_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("release.zip");
        fs::write(&file, "content").unwrap();
        let assets = ReservedAssets::new(folder.path().join("uploads"));
        let api: Url = "https://lcsapi.lcs.dynamics.com".parse().unwrap();
        let identity = |name| UploadIdentity::of(&api, ProjectId(4711), &new(name), &file).unwrap();
        let upload = identity("release");
        let at: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        assert!(assets.find(&upload, at).is_none());

        assets.keep(&upload, &reserved(at)).unwrap();
        let found = assets.find(&upload, at).unwrap();
        assert_eq!(found.id, AssetId::from_u128(7));
        assert_eq!(found.location.expose().query(), Some("sig=CANARY"));
        assert!(assets.find(&identity("another"), at).is_none());
        assert!(assets.find(&upload, at + KEPT).is_none());

        fs::write(&file, "content that grew").unwrap();
        assert!(assets.find(&identity("release"), at).is_none());

        // Whoever keeps another one later removes what is of no use any more.
        assets
            .keep(&identity("another"), &reserved(at + KEPT))
            .unwrap();
        assert_eq!(
            fs::read_dir(folder.path().join("uploads")).unwrap().count(),
            1
        );
        assets.forget(&identity("another"));
        assert_eq!(
            fs::read_dir(folder.path().join("uploads")).unwrap().count(),
            0
        );
    }

    #[cfg(unix)]
    #[test]
    fn the_link_is_readable_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("release.zip");
        fs::write(&file, "content").unwrap();
        let assets = ReservedAssets::new(folder.path().join("uploads"));
        let api: Url = "https://lcsapi.lcs.dynamics.com".parse().unwrap();
        let upload = UploadIdentity::of(&api, ProjectId(1), &new("a"), &file).unwrap();
        assets
            .keep(&upload, &reserved(Timestamp::UNIX_EPOCH))
            .unwrap();
        let mode = fs::metadata(assets.path(&upload))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
