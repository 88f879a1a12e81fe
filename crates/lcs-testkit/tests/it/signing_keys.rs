//! What the disk of a local cloud says about its signing keys, and what becomes of them when the
//! key that seals them is another, lost, or was never there.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use lcs_cloud::{
    KeyEncryptionError, StartError, StartOptions,
    signing_keys::{self, SigningKeyOptions, SigningKeyState},
};
use lcs_directory::DirectoryStore as _;
use lcs_store_sqlite::SqliteStore;
use lcs_testkit::TestCloud;
use lcs_types::{EncryptionKey, SystemClock, SystemRandomness};
use serde_json::Value;

/// The ids of the published keys.
pub(crate) async fn published(cloud: &TestCloud) -> Vec<String> {
    let pem = fs::read(&cloud.facts().ca_certificate).unwrap();
    let authority = reqwest::Certificate::from_pem(&pem).unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_merge([authority])
        .build()
        .unwrap();
    let url = format!("{}/common/discovery/v2.0/keys", cloud.facts().origin);
    let document: Value = client.get(url).send().await.unwrap().json().await.unwrap();
    let keys = document["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

/// The private keys in a store, opened.
async fn private_keys(data: &Path, with: &EncryptionKey) -> Vec<Vec<u8>> {
    let store = SqliteStore::open(&data.join("store.sqlite")).await.unwrap();
    let keys = store.signing_keys().await.unwrap();
    store.close().await;
    keys.iter()
        .map(|key| {
            let private = key.private.open(&key.key_id, with).unwrap();
            private.expose().to_vec()
        })
        .collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// The files that hold a part of a key which no other key has.
fn files_that_hold(data: &Path, private: &[u8]) -> Vec<PathBuf> {
    let middle = &private[private.len() / 2..][..32];
    let mut files = files_below(data);
    files.retain(|path| {
        let content = fs::read(path).unwrap();
        content.windows(middle.len()).any(|part| part == middle)
    });
    files
}

fn own_key_file(data: &Path) -> PathBuf {
    data.join("secrets").join("key-encryption.key")
}

fn own_key(data: &Path) -> EncryptionKey {
    EncryptionKey::parse(&fs::read(own_key_file(data)).unwrap()).unwrap()
}

/// A key file as an operator makes it.
fn key_file(folder: &Path, name: &str, byte: u8) -> PathBuf {
    let path = folder.join(name);
    write_private(&path, &[byte; 32]);
    path
}

fn write_private(path: &Path, content: &[u8]) {
    fs::write(path, content).unwrap();
    set_mode(path, 0o600);
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

async fn start(data: &Path, change: impl FnOnce(&mut StartOptions)) -> anyhow::Result<TestCloud> {
    TestCloud::start_with(|options| {
        data.clone_into(&mut options.data_directory);
        change(options);
    })
    .await
}

/// Why it does not start.
async fn refused(data: &Path, key_file: Option<&Path>) -> KeyEncryptionError {
    let key_file = key_file.map(Path::to_owned);
    let started = start(data, |options| options.key_encryption_key = key_file).await;
    match started.unwrap_err().downcast::<StartError>().unwrap() {
        StartError::KeyEncryption(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_holds_a_private_signing_key() {
    let cloud = TestCloud::start().await.unwrap();
    let data = cloud.folder().join("data");
    let path = own_key_file(&data);
    assert_eq!(mode(&path), 0o600);
    let keys = private_keys(&data, &own_key(&data)).await;
    assert_eq!(keys.len(), 2);
    for private in &keys {
        assert_eq!(files_that_hold(&data, private), Vec::<PathBuf>::new());
    }
    // The search finds what is there.
    let planted = data.join("artifacts").join("planted");
    fs::write(&planted, [b"before", keys[0].as_slice()].concat()).unwrap();
    assert_eq!(files_that_hold(&data, &keys[0]), [planted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_key_stays_outside_and_opens_what_it_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let theirs = key_file(folder.path(), "theirs", 1);
    let with = |path: &Path| {
        let path = path.to_owned();
        move |options: &mut StartOptions| options.key_encryption_key = Some(path)
    };
    let cloud = start(&data, with(&theirs)).await.unwrap();
    assert!(!own_key_file(&data).exists());
    let before = published(&cloud).await;
    let _other = cloud.stop().await.unwrap();

    let other = key_file(folder.path(), "other", 2);
    assert!(matches!(
        refused(&data, Some(&other)).await,
        KeyEncryptionError::WrongKey { path, .. } if path == other
    ));
    assert!(matches!(
        refused(&data, None).await,
        KeyEncryptionError::Missing { path } if path == own_key_file(&data)
    ));
    assert!(!own_key_file(&data).exists());
    let cloud = start(&data, with(&theirs)).await.unwrap();
    assert_eq!(published(&cloud).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_is_named_and_nothing_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let cloud = start(&data, |_| {}).await.unwrap();
    let before = published(&cloud).await;
    let _other = cloud.stop().await.unwrap();
    let (path, aside) = (own_key_file(&data), folder.path().join("aside"));
    fs::rename(&path, &aside).unwrap();

    for _ in 0..2 {
        assert!(matches!(
            refused(&data, None).await,
            KeyEncryptionError::Missing { path: named } if named == path
        ));
        assert!(!path.exists());
    }
    fs::rename(&aside, &path).unwrap();
    let cloud = start(&data, |_| {}).await.unwrap();
    assert_eq!(published(&cloud).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_that_is_missing_open_to_others_or_no_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = folder.path().join("key");
    let error = refused(&data, Some(&path)).await;
    assert!(
        matches!(&error, KeyEncryptionError::Read { path: named, .. } if *named == path),
        "{error:?}"
    );
    write_private(&path, b"too short");
    let error = refused(&data, Some(&path)).await;
    assert!(
        matches!(&error, KeyEncryptionError::NotAKey { path: named } if *named == path),
        "{error:?}"
    );
    write_private(&path, &[1; 32]);
    set_mode(&path, 0o640);
    let error = refused(&data, Some(&path)).await;
    assert!(
        matches!(
            &error,
            KeyEncryptionError::OpenToOthers { path: named, mode: 0o640 } if *named == path
        ),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_died_after_the_key_was_made_goes_on_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir_all(data.join("secrets")).unwrap();
    write_private(&own_key_file(&data), &[7; 32]);
    let cloud = start(&data, |_| {}).await.unwrap();
    assert_eq!(fs::read(own_key_file(&data)).unwrap(), [7; 32]);
    let keys = private_keys(&data, &EncryptionKey::from_bytes([7; 32])).await;
    assert_eq!(keys.len(), 2);
    assert_eq!(published(&cloud).await.len(), 2);
}

/// What the version before left: one key, as it is, in a table of its own since.
async fn unseal(data: &Path) -> Vec<u8> {
    let key = own_key(data);
    let store = SqliteStore::open(&data.join("store.sqlite")).await.unwrap();
    let keys = store.signing_keys().await.unwrap();
    store.close().await;
    let active = keys.last().unwrap();
    let private = active.private.open(&active.key_id, &key).unwrap();
    let connection = rusqlite::Connection::open(data.join("store.sqlite")).unwrap();
    connection
        .execute(
            "INSERT INTO unsealed_signing_keys VALUES (?1, ?2, ?3, ?4, 'active', NULL)",
            (
                &active.key_id,
                private.expose(),
                &active.certificate,
                active.created_at.as_microsecond(),
            ),
        )
        .unwrap();
    connection.execute("DELETE FROM signing_keys", ()).unwrap();
    fs::remove_file(own_key_file(data)).unwrap();
    private.expose().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_of_the_version_before_keeps_its_key_and_seals_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let cloud = start(&data, |_| {}).await.unwrap();
    let before = published(&cloud).await;
    let _other = cloud.stop().await.unwrap();
    let private = unseal(&data).await;
    assert_eq!(files_that_hold(&data, &private).len(), 1);

    let cloud = start(&data, |_| {}).await.unwrap();
    assert_eq!(files_that_hold(&data, &private), Vec::<PathBuf>::new());
    let after = published(&cloud).await;
    assert_eq!(after.len(), 2);
    assert!(after.iter().any(|key| before.contains(key)));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_a_cloud_that_does_not_run_are_listed_and_rotated() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let options = SigningKeyOptions {
        data_directory: data.clone(),
        key_encryption_key: None,
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
    };
    assert_eq!(signing_keys::rotate(&options).await.unwrap(), None);
    let cloud = start(&data, |_| {}).await.unwrap();
    let mut before = published(&cloud).await;
    let error = signing_keys::rotate(&options).await.unwrap_err();
    assert!(matches!(error, StartError::DataDirectory(_)), "{error:?}");
    let _other = cloud.stop().await.unwrap();

    let listed = signing_keys::list(&options).await.unwrap().unwrap();
    let find = |keys: &[signing_keys::SigningKeyFacts], state| {
        let mut keys = keys.iter().filter(move |key| key.state == state);
        (keys.next().unwrap().key_id.clone(), keys.count())
    };
    let (active, _) = find(&listed, SigningKeyState::Active);
    let (next, _) = find(&listed, SigningKeyState::Next);
    let rotated = signing_keys::rotate(&options).await.unwrap().unwrap();
    assert_eq!(find(&rotated, SigningKeyState::Active), (next, 0));
    assert_eq!(find(&rotated, SigningKeyState::Retired), (active, 0));
    assert_eq!(signing_keys::list(&options).await.unwrap(), Some(rotated));

    let cloud = start(&data, |_| {}).await.unwrap();
    let mut after = published(&cloud).await;
    after.retain(|key| before.contains(key));
    before.sort();
    after.sort();
    assert_eq!(published(&cloud).await.len(), 3);
    assert_eq!(after, before);
}
