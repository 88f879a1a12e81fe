//! SQLite behaves as the port says.

use std::sync::Arc;

use lcs_directory::conformance;

use crate::SqliteStore;

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
    a_service_principal_stands_once_in_a_tenant,
    a_grant_stands_once_and_grows_by_merging,
    an_app_role_assignment_stands_once_and_goes_with_its_service_principals,
    an_answer_to_a_device_code_counts_once,
    a_device_code_is_redeemed_once_by_many_at_once,
    living_device_codes_never_share_a_user_code,
    a_one_time_code_is_used_once_by_many_at_once,
    a_lockout_changes_from_what_was_seen,
    settings_and_users_of_a_tenant_change,
    an_authorization_code_is_redeemed_once_by_many_at_once,
    reuse_of_a_refresh_token_revokes_its_family,
    a_renewed_refresh_token_stays_good_until_its_family_is_revoked,
    one_signing_key_is_active,
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
