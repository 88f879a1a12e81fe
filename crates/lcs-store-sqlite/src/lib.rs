//! The domain's ports on SQLite, with migrations.
//!
//! - [`directory`] – tenants, users, applications, grants, device codes, refresh tokens, keys
//! - [`projects`] – projects, members, environments, backups
//! - [`library`] – assets
//! - [`operations`] – the journal of operations
//! - `migrations/` – numbered SQL, never edited once released, forward only
//!
//! SQL that PostgreSQL also understands is preferred, so that its adapter can share the text:
//! `$1` placeholders, `ON CONFLICT … DO UPDATE`, `RETURNING`, TEXT ids and JSON, BIGINT times in
//! microseconds since 1970.

mod column;
pub mod directory;
pub mod library;
mod migrations;
pub mod operations;
pub mod projects;

use std::{path::Path, time::Duration};

use sqlx::{
    ConnectOptions as _, Connection as _,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
    },
};

/// All ports over one SQLite file. Clones share the connections.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    pool: SqlitePool,
}

/// The store's file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenStoreError {
    /// The file cannot be opened or created.
    #[error("could not open the store `{path}`")]
    Open {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// A later version of this program wrote the file.
    #[error(
        "the store `{path}` was written by a newer version (schema {found}, this version knows {known})"
    )]
    NewerVersion {
        /// The file.
        path: String,
        /// The schema found.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// A migration failed; the schema is as it was before it.
    #[error("could not bring the store `{path}` up to date")]
    Migrate {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: sqlx::migrate::MigrateError,
    },
}

impl SqliteStore {
    /// Opens the file, creating it when it is missing, and brings its schema up to date.
    ///
    /// # Errors
    ///
    /// [`OpenStoreError`] when the file is no database, cannot be written, or is newer.
    pub async fn open(path: &Path) -> Result<Self, OpenStoreError> {
        let options = common(SqliteConnectOptions::new())
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An operation's journal must survive a power cut, not only a crash of the process.
            .synchronous(SqliteSynchronous::Full);
        let shown = path.display().to_string();
        let failed = |source| OpenStoreError::Open {
            path: shown.clone(),
            source,
        };
        // By one connection, before there is a pool of them: SQLite does not wait for anybody
        // while it switches a new file to write-ahead logging, it fails as locked.
        let mut first = options.connect().await.map_err(failed)?;
        migrations::run(&mut first, &shown).await?;
        first.close().await.map_err(failed)?;
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await
            .map_err(failed)?;
        Ok(Self { pool })
    }

    /// A store that lives as long as this value; for tests.
    ///
    /// # Errors
    ///
    /// [`OpenStoreError`] when a migration fails.
    pub async fn in_memory() -> Result<Self, OpenStoreError> {
        let path = ":memory:";
        let failed = |source| OpenStoreError::Open {
            path: path.to_owned(),
            source,
        };
        let pool = SqlitePoolOptions::new()
            // The database lives in its connection, so there is one, and it is never dropped.
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(common(SqliteConnectOptions::new()).in_memory(true))
            .await
            .map_err(failed)?;
        let mut connection = pool.acquire().await.map_err(failed)?;
        migrations::run(&mut connection, path).await?;
        drop(connection);
        Ok(Self { pool })
    }

    /// Waits until all connections are closed, so that the file may be moved or removed.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// What holds for every connection.
fn common(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
}
