//! SQLite behaves as the port says.

use std::{fs, path::Path, sync::Arc};

use jiff::Timestamp;
use lcs_directory::{
    conformance,
    model::{PermissionGrant, SigningKeyState},
    store::DirectoryStore as _,
};
use lcs_types::{EncryptionKey, ObjectId, SystemRandomness, TenantId};
use sqlx::{
    ConnectOptions as _, Connection as _,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use crate::{SqliteStore, migrations::migrations};

macro_rules! conforms {
    ($($rule:ident),* $(,)?) => {$(
        #[tokio::test]
        async fn $rule() {
            let store = SqliteStore::in_memory().await.unwrap();
            conformance::$rule(Arc::new(store)).await;
        }
    )*};
}

conforms!(
    a_tenant_is_created_once_and_whole,
    a_tenant_with_a_taken_domain_leaves_nothing_behind,
    a_user_is_found_by_id_and_name_and_replaced,
    an_application_is_unique_by_client_id_and_unique_name,
    removing_an_application_removes_its_presences_and_grants,
    a_deleted_application_is_out_of_sight_and_comes_back_whole,
    a_deleted_service_principal_leaves_its_place,
    what_was_deleted_long_ago_is_forgotten,
    a_user_is_renamed_and_removed,
    a_service_principal_stands_once_in_a_tenant,
    a_grant_stands_once_and_grows_by_merging,
    an_app_role_assignment_stands_once_and_goes_with_its_service_principals,
    a_consent_request_is_pending_once_and_decided_once,
    a_kept_session_is_found_until_it_expires_or_is_forgotten,
    an_answer_to_a_device_code_counts_once,
    a_device_code_is_redeemed_once_by_many_at_once,
    living_device_codes_never_share_a_user_code,
    a_one_time_code_is_used_once_by_many_at_once,
    a_lockout_changes_from_what_was_seen,
    settings_and_users_of_a_tenant_change,
    an_authorization_code_is_redeemed_once_by_many_at_once,
    reuse_of_a_refresh_token_revokes_its_family,
    a_renewed_refresh_token_stays_good_until_its_family_is_revoked,
    one_signing_key_is_active_and_one_is_next,
    a_rotation_moves_every_key_one_step_or_none,
    keys_are_rotated_once_by_many_at_once,
    a_retired_key_is_forgotten_when_it_is_not_published_any_more,
    the_sign_in_log_lists_the_latest_first,
    the_audit_log_lists_the_latest_first,
);

#[tokio::test]
async fn what_is_written_to_a_file_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    conformance::a_device_code_is_redeemed_once_by_many_at_once(Arc::new(store.clone())).await;
    store.close().await;
    let store = SqliteStore::open(&path).await.unwrap();
    conformance::what_the_suite_wrote_is_there(Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_once_over_several_connections() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let store = SqliteStore::open(&path).await.unwrap();
    conformance::keys_are_rotated_once_by_many_at_once(Arc::new(store)).await;
}

const PLAIN: &[u8] = b"-- not to be found on the disk --";

/// The store of the version that kept signing keys as they are, with one, as `kill -9` leaves it:
/// all of it is still in the write-ahead log.
async fn leave_an_unsealed_key(path: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("store.sqlite");
    let options = SqliteConnectOptions::new()
        .filename(&first)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    let mut connection = options.connect().await.unwrap();
    let before = migrations().take_while(|migration| migration.version < 4);
    let migrator = Migrator::with_migrations(before.collect());
    migrator.run(&mut connection).await.unwrap();
    sqlx::query("INSERT INTO signing_keys VALUES ('kid', $1, $2, 7000000, 'active', NULL)")
        .bind(PLAIN.repeat(30))
        .bind(vec![4_u8; 800])
        .execute(&mut connection)
        .await
        .unwrap();
    fs::copy(&first, path).unwrap();
    fs::copy(
        first.with_extension("sqlite-wal"),
        path.with_extension("sqlite-wal"),
    )
    .unwrap();
    connection.close().await.unwrap();
}

fn holds_plain(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let content = fs::read(entry.unwrap().path()).unwrap();
        content.windows(PLAIN.len()).any(|part| part == PLAIN)
    })
}

#[tokio::test]
async fn keys_of_the_version_before_are_sealed_and_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    leave_an_unsealed_key(&path).await;
    let store = SqliteStore::open(&path).await.unwrap();
    assert!(holds_plain(folder.path()));
    assert_eq!(store.signing_keys().await.unwrap(), []);

    let key = EncryptionKey::from_bytes([1; 32]);
    store
        .seal_signing_keys(&key, &SystemRandomness)
        .await
        .unwrap();
    assert!(!holds_plain(folder.path()));
    let keys = store.signing_keys().await.unwrap();
    let [sealed] = keys.as_slice() else {
        panic!("one key: {keys:?}")
    };
    let private = sealed.private.open("kid", &key).unwrap();
    assert_eq!(private.expose(), PLAIN.repeat(30));
    let since = Timestamp::from_second(7).unwrap();
    assert_eq!(sealed.state, SigningKeyState::Active { since });
    assert_eq!(sealed.certificate, [4; 800]);

    store
        .seal_signing_keys(&key, &SystemRandomness)
        .await
        .unwrap();
    assert_eq!(store.signing_keys().await.unwrap(), keys);
}

/// The tables that the tenth migration makes anew keep their rows, and one still goes with the other.
#[tokio::test]
async fn grants_and_assignments_of_the_version_before_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    let mut connection = options.connect().await.unwrap();
    let before = migrations().take_while(|migration| migration.version < 10);
    let migrator = Migrator::with_migrations(before.collect());
    migrator.run(&mut connection).await.unwrap();
    let tenant = TenantId::from_u128(1);
    let ids = [ObjectId::from_u128(2), ObjectId::from_u128(3)];
    let grant = PermissionGrant {
        tenant,
        client: ids[0],
        resource: ids[1],
        principal: None,
        values: vec!["user_impersonation".to_owned()],
    };
    let settings = serde_json::json!({ "display_name": "Tool" });
    for sql in [
        "INSERT INTO tenants (id, display_name) VALUES ($1, 'Contoso')".to_owned(),
        format!(
            "INSERT INTO service_principals VALUES ('{}', $1, '{}', '{settings}')",
            ids[0], ids[0]
        ),
        format!(
            "INSERT INTO service_principals VALUES ('{}', $1, '{}', '{settings}')",
            ids[1], ids[1]
        ),
        format!(
            "INSERT INTO permission_grants VALUES ($1, '{}', '{}', '{}', NULL, 'user_impersonation')",
            grant.id(),
            ids[0],
            ids[1]
        ),
        format!(
            "INSERT INTO app_role_assignments VALUES ($1, 'x', NULL, '{}', '{}', '{}', 7)",
            ids[0], ids[1], ids[0]
        ),
    ] {
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant.to_string());
        query.execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();

    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.grants(tenant).await.unwrap(), [grant]);
    let on = store.app_role_assignments_on(tenant, ids[1]).await.unwrap();
    assert_eq!(on.len(), 1);
    store
        .remove_service_principal(tenant, ids[0])
        .await
        .unwrap();
    assert_eq!(store.grants(tenant).await.unwrap(), []);
    let on = store.app_role_assignments_on(tenant, ids[1]).await.unwrap();
    assert_eq!(on, []);
}
