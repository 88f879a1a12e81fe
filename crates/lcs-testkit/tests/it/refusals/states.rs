//! States of accounts and tenants that a test begins with, written to the store of the running cloud.

use lcs_directory::{
    model::{ConditionalAccessPolicy, TenantSettings, User},
    store::{Changed, DirectoryStore as _},
};
use lcs_store_sqlite::SqliteStore;
use serde_json::{Value, json};

use super::authority::Authority;

/// The id of the policy of a test.
pub(crate) const POLICY: &str = "9c1b6f3e-0c52-4d7a-8f1e-64c2d0b79e15";

impl Authority {
    async fn store(&self) -> SqliteStore {
        let file = self.cloud.folder().join("data/store.sqlite");
        SqliteStore::open(&file).await.unwrap()
    }

    /// Changes a user of the tenant.
    pub(crate) async fn change_user(&self, name: &str, change: impl FnOnce(&mut User)) {
        let store = self.store().await;
        let tenant = self.cloud.facts().tenant_id;
        let found = store.user_by_name(tenant, &name.parse().unwrap()).await;
        let mut user = found.unwrap().unwrap();
        change(&mut user);
        assert_eq!(store.replace_user(&user).await.unwrap(), Changed::Yes);
    }

    /// Changes the service user.
    pub(crate) async fn change_service_user(&self, change: impl FnOnce(&mut User)) {
        let name = self.cloud.service_user().user_principal_name.to_string();
        self.change_user(&name, change).await;
    }

    /// Changes the settings of the tenant.
    pub(crate) async fn change_settings(&self, change: impl FnOnce(&mut TenantSettings)) {
        let store = self.store().await;
        let tenant = self.cloud.facts().tenant_id;
        let mut settings = store.tenant(tenant).await.unwrap().unwrap().settings;
        change(&mut settings);
        let changed = store.change_tenant_settings(tenant, &settings).await;
        assert_eq!(changed.unwrap(), Changed::Yes);
    }

    /// Adds a conditional access policy for everybody and everything, with these controls and further
    /// conditions.
    pub(crate) async fn add_policy(&self, controls: Value, conditions: Value) {
        let mut policy = json!({
            "id": POLICY,
            "createdDateTime": "2026-01-01T00:00:00Z",
            "displayName": "The policy of a test",
            "state": "enabled",
            "conditions": {
                "users": { "includeUsers": ["All"] },
                "applications": { "includeApplications": ["All"] },
            },
        });
        for (name, value) in controls.as_object().unwrap() {
            policy[name] = value.clone();
        }
        for (name, value) in conditions.as_object().unwrap() {
            policy["conditions"][name] = value.clone();
        }
        let policy: ConditionalAccessPolicy = serde_json::from_value(policy).unwrap();
        let store = self.store().await;
        let tenant = self.cloud.facts().tenant_id;
        store
            .add_conditional_access_policy(tenant, &policy)
            .await
            .unwrap();
    }
}
