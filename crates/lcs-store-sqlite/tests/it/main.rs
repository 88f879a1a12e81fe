//! The ports' own suites on SQLite, in a real file and, where one connection is enough, in memory.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod library;
mod operations;
mod projects;

use lcs_store_sqlite::SqliteStore;
use tempfile::TempDir;

/// A new store in a file, and the folder that holds it.
async fn in_a_file() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("store.sqlite"))
        .await
        .unwrap();
    (store, folder)
}

/// A new store without a file.
async fn in_memory() -> (SqliteStore, ()) {
    (SqliteStore::in_memory().await.unwrap(), ())
}
