//! The numbered migrations and the check that the file is not newer than this program.

use sqlx::{
    SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};

use crate::OpenStoreError;

/// Number, name and SQL of each migration, in order.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (
        1,
        "directory",
        include_str!("../migrations/0001_directory.sql"),
    ),
    (
        2,
        "projects",
        include_str!("../migrations/0002_projects.sql"),
    ),
    (
        3,
        "operations",
        include_str!("../migrations/0003_operations.sql"),
    ),
    (4, "sign_in", include_str!("../migrations/0004_sign_in.sql")),
    (
        5,
        "signing_keys",
        include_str!("../migrations/0005_signing_keys.sql"),
    ),
    (
        6,
        "app_role_assignments",
        include_str!("../migrations/0006_app_role_assignments.sql"),
    ),
    (
        8,
        "conditional_access",
        include_str!("../migrations/0008_conditional_access.sql"),
    ),
    (
        9,
        "sign_in_pages",
        include_str!("../migrations/0009_sign_in_pages.sql"),
    ),
    (
        10,
        "deleted_items",
        include_str!("../migrations/0010_deleted_items.sql"),
    ),
    (
        11,
        "library_and_environments",
        include_str!("../migrations/0011_library_and_environments.sql"),
    ),
];

/// Applies what is missing.
pub(crate) async fn run(
    connection: &mut SqliteConnection,
    path: &str,
) -> Result<(), OpenStoreError> {
    let open = |source| OpenStoreError::Open {
        path: path.to_owned(),
        source,
    };
    let known = MIGRATIONS
        .iter()
        .map(|(number, ..)| *number)
        .max()
        .unwrap_or(0);
    let has_history: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(open)?;
    if has_history {
        let found: Option<i64> = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations")
            .fetch_one(&mut *connection)
            .await
            .map_err(open)?;
        if let Some(found) = found.filter(|found| *found > known) {
            return Err(OpenStoreError::NewerVersion {
                path: path.to_owned(),
                found,
                known,
            });
        }
    }
    Migrator::with_migrations(migrations().collect())
        .run(connection)
        .await
        .map_err(|source| OpenStoreError::Migrate {
            path: path.to_owned(),
            source,
        })
}

/// Each migration, in order.
pub(crate) fn migrations() -> impl Iterator<Item = Migration> {
    MIGRATIONS.iter().map(|(number, name, sql)| {
        Migration::new(
            *number,
            (*name).into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    })
}
