//! Uploading, committing, sealing and removing, also at the same time.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, SystemTime},
};

use crate::{
    ArtifactKey, ArtifactStore, BlobProperties, BlockId, BlockReference, Checksums, CommitError,
    Description,
};

fn store() -> (tempfile::TempDir, ArtifactStore, ArtifactKey) {
    let folder = tempfile::tempdir().unwrap();
    let store = ArtifactStore::open(folder.path()).unwrap();
    (folder, store, "container/asset/file".parse().unwrap())
}

fn id(name: &str) -> BlockId {
    BlockId::new(name.as_bytes().to_vec()).unwrap()
}

fn put(store: &ArtifactStore, key: &ArtifactKey, name: &str, content: &str) {
    let incoming = store.incoming(key, name).unwrap();
    fs::write(&incoming, content).unwrap();
    store.put_block(key, &id(name), &incoming).unwrap();
}

fn commit(
    store: &ArtifactStore,
    key: &ArtifactKey,
    names: &[&str],
) -> Result<BlobProperties, CommitError> {
    let latest = |name: &&str| BlockReference::Latest(id(name));
    commit_list(store, key, &names.iter().map(latest).collect::<Vec<_>>())
}

fn commit_list(
    store: &ArtifactStore,
    key: &ArtifactKey,
    list: &[BlockReference],
) -> Result<BlobProperties, CommitError> {
    let assembled = store.incoming(key, "assembled").unwrap();
    let about = Description::default();
    store.commit_blocks(key, list, &assembled, about, |_| Ok(()))
}

fn put_whole(
    store: &ArtifactStore,
    key: &ArtifactKey,
    content: &str,
    check: impl FnOnce(Option<&BlobProperties>) -> Result<(), CommitError>,
) -> Result<BlobProperties, CommitError> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let unique = COUNT.fetch_add(1, Ordering::Relaxed).to_string();
    let incoming = store.incoming(key, &unique).unwrap();
    fs::write(&incoming, content).unwrap();
    let about = Description::default();
    store.commit_whole(key, &incoming, about, check)
}

fn names_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_blob_is_its_blocks_in_the_order_of_the_list() {
    let (_folder, store, key) = store();
    for (name, content) in [("b", "world"), ("a", "hello "), ("c", "unused")] {
        put(&store, &key, name, content);
    }
    assert!(store.properties(&key).unwrap().is_none());
    let sizes: Vec<u64> = store
        .uncommitted_blocks(&key)
        .unwrap()
        .iter()
        .map(|block| block.size_bytes)
        .collect();
    assert_eq!(sizes, [6, 5, 6]);
    let properties = commit(&store, &key, &["a", "b"]).unwrap();
    assert_eq!(fs::read(store.path_of(&key)).unwrap(), b"hello world");
    assert_eq!(properties.checksums.size_bytes, 11);
    assert_eq!(store.properties(&key).unwrap(), Some(properties));
    assert_eq!(store.uncommitted_blocks(&key).unwrap(), []);
}

#[test]
fn a_list_with_an_unknown_block_leaves_the_blob_and_the_blocks() {
    let (_folder, store, key) = store();
    put(&store, &key, "a", "old");
    commit(&store, &key, &["a"]).unwrap();
    put(&store, &key, "b", "new");
    let refused = commit(&store, &key, &["b", "missing"]);
    assert!(matches!(refused, Err(CommitError::UnknownBlock)));
    assert_eq!(fs::read(store.path_of(&key)).unwrap(), b"old");
    assert_eq!(store.uncommitted_blocks(&key).unwrap().len(), 1);
    commit(&store, &key, &["b"]).unwrap();
    assert_eq!(fs::read(store.path_of(&key)).unwrap(), b"new");
}

#[test]
fn a_sealed_blob_is_read_and_never_written() {
    let (_folder, store, key) = store();
    assert!(store.seal(&key).is_err());
    put(&store, &key, "a", "asset");
    commit(&store, &key, &["a"]).unwrap();
    store.seal(&key).unwrap();
    let incoming = store.incoming(&key, "b").unwrap();
    fs::write(&incoming, "other").unwrap();
    let refused = store.put_block(&key, &id("b"), &incoming);
    assert!(matches!(refused, Err(CommitError::Sealed)));
    let refused = put_whole(&store, &key, "other", |_| Ok(()));
    assert!(matches!(refused, Err(CommitError::Sealed)));
    assert_eq!(fs::read(store.path_of(&key)).unwrap(), b"asset");
}

#[test]
fn blocks_are_kept_for_a_week() {
    let (_folder, store, key) = store();
    put(&store, &key, "a", "x");
    let day = Duration::from_hours(24);
    let now = fs::metadata(store.waiting_folder(&key))
        .unwrap()
        .modified()
        .unwrap();
    store.discard_old_uploads(now + 6 * day).unwrap();
    assert_eq!(store.uncommitted_blocks(&key).unwrap().len(), 1);
    store.discard_old_uploads(now + 8 * day).unwrap();
    assert_eq!(store.uncommitted_blocks(&key).unwrap(), []);
}

#[test]
fn what_was_on_its_way_when_the_machine_died_is_removed_and_blocks_are_not() {
    let (folder, store, key) = store();
    put(&store, &key, "a", "x");
    fs::write(store.incoming(&key, "half").unwrap(), "half").unwrap();
    let other: ArtifactKey = "container/other".parse().unwrap();
    fs::write(store.incoming(&other, "half").unwrap(), "half").unwrap();
    store.discard_old_uploads(SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(store.uncommitted_blocks(&key).unwrap().len(), 1);
    let uploads = names_in(&folder.path().join(".uploads"));
    assert_eq!(uploads, [store.waiting_folder(&key).parent().unwrap()]);
    assert_eq!(names_in(&uploads[0]), [store.waiting_folder(&key)]);
}

#[test]
fn the_ids_of_one_blob_have_one_length() {
    let (_folder, store, key) = store();
    put(&store, &key, "aa", "x");
    let incoming = store.incoming(&key, "b").unwrap();
    fs::write(&incoming, "y").unwrap();
    let refused = store.put_block(&key, &id("b"), &incoming);
    assert!(matches!(refused, Err(CommitError::OtherLength)));
}

#[test]
fn a_list_takes_blocks_of_the_blob_and_those_that_wait() {
    use BlockReference::{Committed, Latest, Uncommitted};
    let (_folder, store, key) = store();
    put(&store, &key, "a", "one ");
    put(&store, &key, "b", "two ");
    commit(&store, &key, &["a", "b"]).unwrap();
    put(&store, &key, "b", "TWO ");
    let list = [
        Committed(id("b")),
        Latest(id("a")),
        Uncommitted(id("b")),
        Latest(id("b")),
    ];
    let properties = commit_list(&store, &key, &list).unwrap();
    assert_eq!(fs::read(store.path_of(&key)).unwrap(), b"two one TWO TWO ");
    assert_eq!(
        properties.checksums,
        Checksums::of(&b"two one TWO TWO "[..]).unwrap()
    );
    let names = |store: &ArtifactStore| {
        let blocks = store.committed_blocks(&key).unwrap();
        blocks.into_iter().map(|block| block.id).collect::<Vec<_>>()
    };
    assert_eq!(names(&store), [id("b"), id("a"), id("b"), id("b")]);
    let refused = commit_list(&store, &key, &[Uncommitted(id("a"))]);
    assert!(matches!(refused, Err(CommitError::UnknownBlock)));
    let refused = commit_list(&store, &key, &[Committed(id("c"))]);
    assert!(matches!(refused, Err(CommitError::UnknownBlock)));
    put_whole(&store, &key, "whole", |_| Ok(())).unwrap();
    assert_eq!(names(&store), []);
}

#[test]
fn whether_a_blob_may_be_changed_is_decided_when_it_changes() {
    let (_folder, store, key) = store();
    put_whole(&store, &key, "first", |_| Ok(())).unwrap();
    let refused = put_whole(&store, &key, "second", |there| match there {
        Some(_) => Err(CommitError::UnknownBlock),
        None => Ok(()),
    });
    assert!(matches!(refused, Err(CommitError::UnknownBlock)));
    assert_eq!(fs::read(store.path_of(&key)).unwrap(), b"first");
}

#[test]
fn bytes_of_a_sealed_blob_stay_while_others_write() {
    for _ in 0..20 {
        let (_folder, store, key) = store();
        put_whole(&store, &key, "first", |_| Ok(())).unwrap();
        let sealed = thread::scope(|scope| {
            for writer in 0..3 {
                let (store, key) = (&store, &key);
                scope.spawn(move || {
                    for round in 0..20 {
                        let content = format!("{writer} {round}");
                        match put_whole(store, key, &content, |_| Ok(())) {
                            Ok(_) => {}
                            Err(CommitError::Sealed) => return,
                            Err(error) => panic!("{error}"),
                        }
                    }
                });
            }
            store.seal(&key).unwrap()
        });
        let bytes = fs::read(store.path_of(&key)).unwrap();
        assert_eq!(Checksums::of(&bytes[..]).unwrap(), sealed.checksums);
        assert_eq!(store.properties(&key).unwrap(), Some(sealed));
    }
}

#[test]
fn whoever_opens_a_blob_that_is_replaced_gets_bytes_with_their_properties() {
    let (_folder, store, key) = store();
    put_whole(&store, &key, "0", |_| Ok(())).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            for length in 1..60 {
                put_whole(&store, &key, &"x".repeat(length), |_| Ok(())).unwrap();
            }
        });
        for _ in 0..300 {
            let (file, properties) = store.open_blob(&key).unwrap().unwrap();
            assert_eq!(Checksums::of(file).unwrap(), properties.checksums);
        }
    });
}

#[test]
fn a_removed_blob_takes_all_along_that_belongs_to_it() {
    let (folder, store, key) = store();
    put(&store, &key, "a", "x");
    commit(&store, &key, &["a"]).unwrap();
    put(&store, &key, "b", "y");
    store.remove(&key).unwrap();
    assert_eq!(store.properties(&key).unwrap(), None);
    assert_eq!(store.uncommitted_blocks(&key).unwrap(), []);
    assert_eq!(
        names_in(&folder.path().join("container")),
        [] as [PathBuf; 0]
    );
}
