//! Changing the key that seals what is sealed: completely, or not at all.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use lcs_cloud::{
    KeyEncryptionError, StartError,
    reseal::{Resealed, reseal},
    signing_keys::SigningKeyOptions,
};
use lcs_directory::{DirectoryStore as _, model::StoredSigningKey, totp::TimeStep};
use lcs_store_sqlite::SqliteStore;
use lcs_testkit::TestCloud;
use lcs_types::{Clock as _, EncryptionKey, SystemClock, SystemRandomness};
use lcs_wire::local::ReadyUser;

use crate::{sealed_secrets::second_factor, signing_keys::published};

/// A cloud that was started once, and does not run.
struct Stopped {
    folder: tempfile::TempDir,
    user: ReadyUser,
    published: Vec<String>,
}

impl Stopped {
    async fn new() -> Self {
        let cloud = TestCloud::start().await.unwrap();
        let (user, published) = (cloud.mfa_user().clone(), published(&cloud).await);
        let folder = cloud.stop().await.unwrap();
        Self {
            folder,
            user,
            published,
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn own_key_file(&self) -> PathBuf {
        self.data().join("secrets").join("key-encryption.key")
    }

    fn next_key_file(&self) -> PathBuf {
        self.data().join("secrets").join("key-encryption.key.next")
    }

    fn own_key(&self) -> EncryptionKey {
        EncryptionKey::parse(&fs::read(self.own_key_file()).unwrap()).unwrap()
    }

    /// A key file as an operator makes it, outside the data directory.
    fn operators_key(&self, name: &str, byte: u8) -> PathBuf {
        let path = self.folder.path().join(name);
        write_private(&path, &[byte; 32]);
        path
    }

    async fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.data().join("store.sqlite"))
            .await
            .unwrap()
    }

    async fn keys(&self) -> Vec<StoredSigningKey> {
        let store = self.store().await;
        let keys = store.signing_keys().await.unwrap();
        store.close().await;
        keys
    }

    async fn reseal(
        &self,
        from: Option<&Path>,
        to: Option<&Path>,
    ) -> Result<Option<Resealed>, StartError> {
        let options = SigningKeyOptions {
            data_directory: self.data(),
            key_encryption_key: from.map(Path::to_owned),
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
        };
        reseal(&options, to).await
    }

    /// It starts with this key file, signs with the keys of before and takes one-time codes.
    async fn works_with(&self, key_file: Option<&Path>) {
        let cloud = TestCloud::start_with(|options| {
            options.data_directory = self.data();
            options.config = None;
            options.key_encryption_key = key_file.map(Path::to_owned);
        })
        .await
        .unwrap();
        assert_eq!(published(&cloud).await, self.published);
        // Codes of before are used up.
        cloud.clock.advance(jiff::SignedDuration::from_secs(90));
        let step = TimeStep::at(cloud.clock.now());
        second_factor(&cloud, &self.user, step).await.unwrap();
        let store = rusqlite::Connection::open(self.data().join("store.sqlite")).unwrap();
        store
            .execute("UPDATE users SET totp_last_step = NULL", ())
            .unwrap();
        let _folder = cloud.stop().await.unwrap();
        assert!(!self.next_key_file().exists());
    }
}

fn write_private(path: &Path, content: &[u8]) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn opens(keys: &[StoredSigningKey], with: &EncryptionKey) -> bool {
    assert!(!keys.is_empty());
    keys.iter()
        .all(|key| key.private.open(&key.key_id, with).is_ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sealed_with_the_old_key_is_gone_and_the_new_one_opens_everything() {
    let stopped = Stopped::new().await;
    let (old, before) = (stopped.own_key(), stopped.keys().await);
    let resealed = stopped.reseal(None, None).await.unwrap().unwrap();
    assert_eq!(resealed.key_file, stopped.own_key_file());
    assert!(resealed.is_found_by_itself);
    let after = stopped.keys().await;
    assert!(opens(&before, &old) && !opens(&after, &old));
    assert!(opens(&after, &stopped.own_key()));
    // Whoever finds the old key finds nothing that it opens.
    for name in ["store.sqlite", "store.sqlite-wal"] {
        let content = fs::read(stopped.data().join(name)).unwrap_or_default();
        for key in &before {
            let part = &key.private.as_stored()[..64];
            assert!(!content.windows(64).any(|found| found == part), "{name}");
        }
    }
    stopped.works_with(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_operators_takes_the_place_of_ours_and_back() {
    let stopped = Stopped::new().await;
    let (first, second) = (
        stopped.operators_key("first", 1),
        stopped.operators_key("second", 2),
    );
    let resealed = stopped.reseal(None, Some(&first)).await.unwrap().unwrap();
    assert!(!resealed.is_found_by_itself);
    assert!(!stopped.own_key_file().exists());
    stopped.works_with(Some(&first)).await;
    let resealed = stopped.reseal(Some(&first), Some(&second)).await.unwrap();
    assert_eq!(resealed.unwrap().key_file, second);
    stopped.works_with(Some(&second)).await;
    stopped.reseal(Some(&second), None).await.unwrap();
    stopped.works_with(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_off_before_the_new_key_counted_the_old_one_goes_on() {
    let stopped = Stopped::new().await;
    let old = fs::read(stopped.own_key_file()).unwrap();
    write_private(&stopped.next_key_file(), &[7; 32]);
    stopped.works_with(None).await;
    assert_eq!(fs::read(stopped.own_key_file()).unwrap(), old);

    // The same on the way from an operator's key to ours.
    let theirs = stopped.operators_key("theirs", 1);
    stopped.reseal(None, Some(&theirs)).await.unwrap();
    write_private(&stopped.next_key_file(), &[7; 32]);
    stopped.works_with(Some(&theirs)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_off_after_the_new_key_counted_it_goes_on() {
    for from_operators in [false, true] {
        let stopped = Stopped::new().await;
        let mut old = stopped.own_key();
        if from_operators {
            let theirs = stopped.operators_key("theirs", 1);
            stopped.reseal(None, Some(&theirs)).await.unwrap();
            old = EncryptionKey::from_bytes([1; 32]);
        }
        write_private(&stopped.next_key_file(), &[7; 32]);
        let store = stopped.store().await;
        let new = EncryptionKey::from_bytes([7; 32]);
        store.reseal(&old, &new, &SystemRandomness).await.unwrap();
        store.close().await;
        stopped.works_with(None).await;
        assert_eq!(fs::read(stopped.own_key_file()).unwrap(), [7; 32]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cut_off_is_repeated() {
    let stopped = Stopped::new().await;
    let theirs = stopped.operators_key("theirs", 1);
    let store = stopped.store().await;
    let new = EncryptionKey::from_bytes([1; 32]);
    store
        .reseal(&stopped.own_key(), &new, &SystemRandomness)
        .await
        .unwrap();
    store.close().await;
    // It counts, and our old key still lies there.
    stopped.reseal(None, Some(&theirs)).await.unwrap();
    assert!(!stopped.own_key_file().exists());
    stopped.works_with(Some(&theirs)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_key_is_lost_while_neither_opens_the_store() {
    let stopped = Stopped::new().await;
    let old = fs::read(stopped.own_key_file()).unwrap();
    write_private(&stopped.own_key_file(), &[8; 32]);
    write_private(&stopped.next_key_file(), &[7; 32]);
    let error = stopped.reseal(None, None).await.unwrap_err();
    let is_wrong_key = |error: &StartError| {
        matches!(
            error,
            StartError::KeyEncryption(KeyEncryptionError::WrongKey { .. })
        )
    };
    assert!(is_wrong_key(&error), "{error:?}");
    assert_eq!(fs::read(stopped.own_key_file()).unwrap(), [8; 32]);
    assert_eq!(fs::read(stopped.next_key_file()).unwrap(), [7; 32]);
    write_private(&stopped.own_key_file(), &old);
    stopped.works_with(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_secret_that_does_not_open_leaves_everything_as_it_was() {
    let stopped = Stopped::new().await;
    let store = rusqlite::Connection::open(stopped.data().join("store.sqlite")).unwrap();
    let damage = "UPDATE users SET totp = json_set(totp, '$.sealed_secret', 'AAAA') \
                  WHERE totp IS NOT NULL";
    assert_eq!(store.execute(damage, ()).unwrap(), 1);
    drop(store);
    let before = stopped.keys().await;
    let error = stopped.reseal(None, None).await.unwrap_err();
    assert!(
        matches!(
            error,
            StartError::KeyEncryption(KeyEncryptionError::Store(_))
        ),
        "{error:?}"
    );
    assert_eq!(stopped.keys().await, before);
    assert!(opens(&before, &stopped.own_key()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_key_never_lies_with_what_it_protects() {
    let stopped = Stopped::new().await;
    let link = stopped.folder.path().join("link");
    std::os::unix::fs::symlink(stopped.own_key_file(), &link).unwrap();
    for path in [stopped.own_key_file(), link] {
        let error = stopped.reseal(None, Some(&path)).await.unwrap_err();
        assert!(
            matches!(
                error,
                StartError::KeyEncryption(KeyEncryptionError::InsideDataDirectory { .. })
            ),
            "{error:?}"
        );
    }
    stopped.works_with(None).await;
}
