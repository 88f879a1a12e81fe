//! The directory port: tenants, users, applications, grants, device codes, refresh tokens, keys.
//!
//! One file for each kind of object; here each method meets its SQL.

mod app_role_assignments;
mod applications;
mod audits;
mod authorization_codes;
mod conditional_access;
mod consent_requests;
mod deleted;
mod device_codes;
mod grants;
mod kept_sessions;
mod refresh_tokens;
mod sealing;
mod service_principals;
mod sign_ins;
mod signing_keys;
mod tenants;
#[cfg(test)]
mod tests;
mod users;

use async_trait::async_trait;
use jiff::Timestamp;
use lcs_directory::{
    lockout::Lockout,
    model::{
        AppRoleAssignment, AppRoleAssignmentId, Application, ApplicationSettings, Assignee,
        AuditEvent, AuthorizationCode, ConditionalAccessPolicy, ConsentRequest,
        ConsentRequestState, DeviceCode, DeviceDecision, KeptSession, PermissionGrant,
        PermissionGrantId, RefreshToken, RefreshTokenReuse, ServicePrincipal,
        ServicePrincipalSettings, SignInEvent, StoredSigningKey, Tenant, TenantSettings, User,
    },
    secret_hash::SecretHash,
    store::{
        Added, Changed, Deleted, DirectoryStore, Renewed, Restored, SigningKeyRotation, StoreError,
        TenantContents,
    },
    totp::TimeStep,
};
use lcs_types::{
    ClientId, ConditionalAccessPolicyId, ConsentRequestId, Domain, ObjectId, TenantId, UserId,
    UserPrincipalName,
};
use sqlx::sqlite::SqliteQueryResult;
use uuid::Uuid;

use crate::SqliteStore;

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// Writers that read first take the write lock at once: a lock that is upgraded in the middle can
/// fail without waiting.
const BEGIN: &str = "BEGIN IMMEDIATE";

fn failed(action: &'static str) -> impl FnOnce(BoxedError) -> StoreError {
    move |source| StoreError::new(action, source)
}

fn added(result: &SqliteQueryResult) -> Added {
    if result.rows_affected() == 0 {
        Added::Conflict
    } else {
        Added::Yes
    }
}

fn changed(result: &SqliteQueryResult) -> Changed {
    if result.rows_affected() == 0 {
        Changed::NotFound
    } else {
        Changed::Yes
    }
}

#[async_trait]
impl DirectoryStore for SqliteStore {
    async fn create_tenant(&self, contents: &TenantContents) -> Result<Added, StoreError> {
        tenants::create(&self.pool, contents)
            .await
            .map_err(failed("add a tenant"))
    }

    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        tenants::by_id(&self.pool, id)
            .await
            .map_err(failed("read a tenant"))
    }

    async fn tenant_of_domain(&self, domain: &Domain) -> Result<Option<Tenant>, StoreError> {
        tenants::by_domain(&self.pool, domain)
            .await
            .map_err(failed("read a tenant"))
    }

    async fn tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        tenants::all(&self.pool)
            .await
            .map_err(failed("read the tenants"))
    }

    async fn change_tenant_settings(
        &self,
        id: TenantId,
        settings: &TenantSettings,
    ) -> Result<Changed, StoreError> {
        tenants::change_settings(&self.pool, id, settings)
            .await
            .map_err(failed("change a tenant"))
    }

    async fn add_user(&self, user: &User) -> Result<Added, StoreError> {
        users::add(&self.pool, user)
            .await
            .map_err(failed("add a user"))
    }

    async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<User>, StoreError> {
        users::by_id(&self.pool, tenant, id)
            .await
            .map_err(failed("read a user"))
    }

    async fn user_by_name(
        &self,
        tenant: TenantId,
        name: &UserPrincipalName,
    ) -> Result<Option<User>, StoreError> {
        users::by_name(&self.pool, tenant, name)
            .await
            .map_err(failed("read a user"))
    }

    async fn users(&self, tenant: TenantId) -> Result<Vec<User>, StoreError> {
        users::all(&self.pool, tenant)
            .await
            .map_err(failed("read the users"))
    }

    async fn replace_user(&self, user: &User) -> Result<Changed, StoreError> {
        users::replace(&self.pool, user)
            .await
            .map_err(failed("change a user"))
    }

    async fn rename_user(
        &self,
        tenant: TenantId,
        id: UserId,
        name: &UserPrincipalName,
    ) -> Result<Added, StoreError> {
        users::rename(&self.pool, tenant, id, name)
            .await
            .map_err(failed("rename a user"))
    }

    async fn remove_user(&self, tenant: TenantId, id: UserId) -> Result<Changed, StoreError> {
        users::remove(&self.pool, tenant, id)
            .await
            .map_err(failed("remove a user"))
    }

    async fn change_lockout(
        &self,
        tenant: TenantId,
        id: UserId,
        seen: &Lockout,
        lockout: &Lockout,
    ) -> Result<Changed, StoreError> {
        users::change_lockout(&self.pool, tenant, id, seen, lockout)
            .await
            .map_err(failed("count a wrong password"))
    }

    async fn use_totp_step(
        &self,
        tenant: TenantId,
        id: UserId,
        step: TimeStep,
    ) -> Result<Changed, StoreError> {
        users::use_totp_step(&self.pool, tenant, id, step)
            .await
            .map_err(failed("note a one-time code"))
    }

    async fn add_application(&self, application: &Application) -> Result<Added, StoreError> {
        applications::add(&self.pool, application)
            .await
            .map_err(failed("add an application"))
    }

    async fn application(
        &self,
        tenant: TenantId,
        id: ObjectId,
    ) -> Result<Option<Application>, StoreError> {
        applications::by_id(&self.pool, tenant, id)
            .await
            .map_err(failed("read an application"))
    }

    async fn application_of_client(
        &self,
        client: ClientId,
    ) -> Result<Option<Application>, StoreError> {
        applications::by_client(&self.pool, client)
            .await
            .map_err(failed("read an application"))
    }

    async fn application_by_unique_name(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<Option<Application>, StoreError> {
        applications::by_unique_name(&self.pool, tenant, name)
            .await
            .map_err(failed("read an application"))
    }

    async fn applications(&self, tenant: TenantId) -> Result<Vec<Application>, StoreError> {
        applications::all(&self.pool, tenant)
            .await
            .map_err(failed("read the applications"))
    }

    async fn change_application(
        &self,
        tenant: TenantId,
        id: ObjectId,
        settings: &ApplicationSettings,
    ) -> Result<Changed, StoreError> {
        applications::change(&self.pool, tenant, id, settings)
            .await
            .map_err(failed("change an application"))
    }

    async fn delete_application(
        &self,
        tenant: TenantId,
        id: ObjectId,
        at: Timestamp,
    ) -> Result<Changed, StoreError> {
        applications::delete(&self.pool, tenant, id, at)
            .await
            .map_err(failed("delete an application"))
    }

    async fn deleted_applications(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<Deleted<Application>>, StoreError> {
        applications::deleted(&self.pool, tenant)
            .await
            .map_err(failed("read the deleted applications"))
    }

    async fn restore_application(
        &self,
        tenant: TenantId,
        id: ObjectId,
    ) -> Result<Changed, StoreError> {
        applications::restore(&self.pool, tenant, id)
            .await
            .map_err(failed("restore an application"))
    }

    async fn remove_application(
        &self,
        tenant: TenantId,
        id: ObjectId,
    ) -> Result<Changed, StoreError> {
        applications::remove(&self.pool, tenant, id)
            .await
            .map_err(failed("remove an application"))
    }

    async fn add_service_principal(
        &self,
        service_principal: &ServicePrincipal,
    ) -> Result<Added, StoreError> {
        service_principals::add(&self.pool, service_principal)
            .await
            .map_err(failed("add a service principal"))
    }

    async fn service_principal(
        &self,
        tenant: TenantId,
        id: ObjectId,
    ) -> Result<Option<ServicePrincipal>, StoreError> {
        service_principals::by_id(&self.pool, tenant, id)
            .await
            .map_err(failed("read a service principal"))
    }

    async fn service_principal_of_client(
        &self,
        tenant: TenantId,
        client: ClientId,
    ) -> Result<Option<ServicePrincipal>, StoreError> {
        service_principals::by_client(&self.pool, tenant, client)
            .await
            .map_err(failed("read a service principal"))
    }

    async fn service_principals(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<ServicePrincipal>, StoreError> {
        service_principals::all(&self.pool, tenant)
            .await
            .map_err(failed("read the service principals"))
    }

    async fn presences_of_client(
        &self,
        client: ClientId,
    ) -> Result<Vec<ServicePrincipal>, StoreError> {
        service_principals::presences(&self.pool, client)
            .await
            .map_err(failed("read the service principals of an application"))
    }

    async fn change_service_principal(
        &self,
        tenant: TenantId,
        id: ObjectId,
        settings: &ServicePrincipalSettings,
    ) -> Result<Changed, StoreError> {
        service_principals::change(&self.pool, tenant, id, settings)
            .await
            .map_err(failed("change a service principal"))
    }

    async fn delete_service_principal(
        &self,
        tenant: TenantId,
        id: ObjectId,
        at: Timestamp,
    ) -> Result<Changed, StoreError> {
        service_principals::delete(&self.pool, tenant, id, at)
            .await
            .map_err(failed("delete a service principal"))
    }

    async fn deleted_service_principals(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<Deleted<ServicePrincipal>>, StoreError> {
        service_principals::deleted(&self.pool, tenant)
            .await
            .map_err(failed("read the deleted service principals"))
    }

    async fn restore_service_principal(
        &self,
        tenant: TenantId,
        id: ObjectId,
    ) -> Result<Restored, StoreError> {
        service_principals::restore(&self.pool, tenant, id)
            .await
            .map_err(failed("restore a service principal"))
    }

    async fn forget_deleted(&self, before: Timestamp) -> Result<(), StoreError> {
        deleted::forget(&self.pool, before)
            .await
            .map_err(failed("forget what was deleted"))
    }

    async fn remove_service_principal(
        &self,
        tenant: TenantId,
        id: ObjectId,
    ) -> Result<Changed, StoreError> {
        service_principals::remove(&self.pool, tenant, id)
            .await
            .map_err(failed("remove a service principal"))
    }

    async fn add_grant(&self, grant: &PermissionGrant) -> Result<Added, StoreError> {
        grants::add(&self.pool, grant)
            .await
            .map_err(failed("add a permission grant"))
    }

    async fn merge_grant(&self, grant: &PermissionGrant) -> Result<(), StoreError> {
        grants::merge(&self.pool, grant)
            .await
            .map_err(failed("add to a permission grant"))
    }

    async fn grant(
        &self,
        tenant: TenantId,
        id: &PermissionGrantId,
    ) -> Result<Option<PermissionGrant>, StoreError> {
        grants::by_id(&self.pool, tenant, id)
            .await
            .map_err(failed("read a permission grant"))
    }

    async fn grants(&self, tenant: TenantId) -> Result<Vec<PermissionGrant>, StoreError> {
        grants::all(&self.pool, tenant)
            .await
            .map_err(failed("read the permission grants"))
    }

    async fn grants_between(
        &self,
        tenant: TenantId,
        client: ObjectId,
        resource: ObjectId,
    ) -> Result<Vec<PermissionGrant>, StoreError> {
        grants::between(&self.pool, tenant, client, resource)
            .await
            .map_err(failed("read the permission grants of a client"))
    }

    async fn change_grant(
        &self,
        tenant: TenantId,
        id: &PermissionGrantId,
        values: &[String],
    ) -> Result<Changed, StoreError> {
        grants::change(&self.pool, tenant, id, values)
            .await
            .map_err(failed("change a permission grant"))
    }

    async fn remove_grant(
        &self,
        tenant: TenantId,
        id: &PermissionGrantId,
    ) -> Result<Changed, StoreError> {
        grants::remove(&self.pool, tenant, id)
            .await
            .map_err(failed("remove a permission grant"))
    }

    async fn add_consent_request(
        &self,
        request: &ConsentRequest,
        expired_before: Timestamp,
    ) -> Result<Added, StoreError> {
        consent_requests::add(&self.pool, request, expired_before)
            .await
            .map_err(failed("add a consent request"))
    }

    async fn consent_requests(&self, tenant: TenantId) -> Result<Vec<ConsentRequest>, StoreError> {
        consent_requests::all(&self.pool, tenant)
            .await
            .map_err(failed("read the consent requests"))
    }

    async fn decide_consent_request(
        &self,
        tenant: TenantId,
        id: ConsentRequestId,
        state: ConsentRequestState,
    ) -> Result<Changed, StoreError> {
        consent_requests::decide(&self.pool, tenant, id, state)
            .await
            .map_err(failed("decide a consent request"))
    }

    async fn add_app_role_assignment(
        &self,
        assignment: &AppRoleAssignment,
    ) -> Result<Added, StoreError> {
        app_role_assignments::add(&self.pool, assignment)
            .await
            .map_err(failed("add an app role assignment"))
    }

    async fn app_role_assignments_of(
        &self,
        tenant: TenantId,
        assignee: Assignee,
    ) -> Result<Vec<AppRoleAssignment>, StoreError> {
        app_role_assignments::of_assignee(&self.pool, tenant, assignee)
            .await
            .map_err(failed("read the app role assignments"))
    }

    async fn app_role_assignments_on(
        &self,
        tenant: TenantId,
        resource: ObjectId,
    ) -> Result<Vec<AppRoleAssignment>, StoreError> {
        app_role_assignments::on_resource(&self.pool, tenant, resource)
            .await
            .map_err(failed("read the app role assignments"))
    }

    async fn remove_app_role_assignment(
        &self,
        tenant: TenantId,
        id: &AppRoleAssignmentId,
    ) -> Result<Changed, StoreError> {
        app_role_assignments::remove(&self.pool, tenant, id)
            .await
            .map_err(failed("remove an app role assignment"))
    }

    async fn add_device_code(
        &self,
        code: &DeviceCode,
        now: Timestamp,
    ) -> Result<Added, StoreError> {
        device_codes::add(&self.pool, code, now)
            .await
            .map_err(failed("add a device code"))
    }

    async fn device_code(&self, device_code: SecretHash) -> Result<Option<DeviceCode>, StoreError> {
        device_codes::by_device_code(&self.pool, device_code)
            .await
            .map_err(failed("read a device code"))
    }

    async fn device_code_of_user_code(
        &self,
        user_code: SecretHash,
        now: Timestamp,
    ) -> Result<Option<DeviceCode>, StoreError> {
        device_codes::by_user_code(&self.pool, user_code, now)
            .await
            .map_err(failed("read a device code"))
    }

    async fn decide_device_code(
        &self,
        user_code: SecretHash,
        decision: DeviceDecision,
        now: Timestamp,
    ) -> Result<Changed, StoreError> {
        device_codes::decide(&self.pool, user_code, decision, now)
            .await
            .map_err(failed("record the answer to a device code"))
    }

    async fn redeem_device_code(
        &self,
        device_code: SecretHash,
        refresh_token: Option<&RefreshToken>,
        now: Timestamp,
    ) -> Result<Changed, StoreError> {
        device_codes::redeem(&self.pool, device_code, refresh_token, now)
            .await
            .map_err(failed("redeem a device code"))
    }

    async fn add_authorization_code(&self, code: &AuthorizationCode) -> Result<(), StoreError> {
        authorization_codes::add(&self.pool, code)
            .await
            .map_err(failed("add an authorization code"))
    }

    async fn authorization_code(
        &self,
        code: SecretHash,
    ) -> Result<Option<AuthorizationCode>, StoreError> {
        authorization_codes::by_hash(&self.pool, code)
            .await
            .map_err(failed("read an authorization code"))
    }

    async fn redeem_authorization_code(
        &self,
        code: SecretHash,
        refresh_token: Option<&RefreshToken>,
    ) -> Result<Changed, StoreError> {
        authorization_codes::redeem(&self.pool, code, refresh_token)
            .await
            .map_err(failed("redeem an authorization code"))
    }

    async fn add_refresh_token(&self, token: &RefreshToken) -> Result<(), StoreError> {
        refresh_tokens::add(&self.pool, token)
            .await
            .map_err(failed("add a refresh token"))
    }

    async fn refresh_token(&self, token: SecretHash) -> Result<Option<RefreshToken>, StoreError> {
        refresh_tokens::by_hash(&self.pool, token)
            .await
            .map_err(failed("read a refresh token"))
    }

    async fn renew_refresh_token(
        &self,
        old: SecretHash,
        successor: &RefreshToken,
        reuse: RefreshTokenReuse,
        now: Timestamp,
    ) -> Result<Renewed, StoreError> {
        refresh_tokens::renew(&self.pool, old, successor, reuse, now)
            .await
            .map_err(failed("renew a refresh token"))
    }

    async fn revoke_refresh_family(&self, family: Uuid) -> Result<(), StoreError> {
        refresh_tokens::revoke_family(&self.pool, family)
            .await
            .map_err(failed("revoke refresh tokens"))
    }

    async fn keep_session(&self, session: &KeptSession, now: Timestamp) -> Result<(), StoreError> {
        kept_sessions::keep(&self.pool, session, now)
            .await
            .map_err(failed("keep a browser session"))
    }

    async fn kept_session(
        &self,
        session: SecretHash,
        now: Timestamp,
    ) -> Result<Option<KeptSession>, StoreError> {
        kept_sessions::by_hash(&self.pool, session, now)
            .await
            .map_err(failed("read a browser session"))
    }

    async fn forget_session(&self, session: SecretHash) -> Result<Changed, StoreError> {
        kept_sessions::forget(&self.pool, session)
            .await
            .map_err(failed("forget a browser session"))
    }

    async fn add_signing_key(&self, key: &StoredSigningKey) -> Result<Added, StoreError> {
        signing_keys::add(&self.pool, key)
            .await
            .map_err(failed("add a signing key"))
    }

    async fn signing_keys(&self) -> Result<Vec<StoredSigningKey>, StoreError> {
        signing_keys::all(&self.pool)
            .await
            .map_err(failed("read the signing keys"))
    }

    async fn rotate_signing_keys(
        &self,
        rotation: &SigningKeyRotation,
    ) -> Result<Changed, StoreError> {
        signing_keys::rotate(&self.pool, rotation)
            .await
            .map_err(failed("rotate the signing keys"))
    }

    async fn forget_signing_keys(&self, now: Timestamp) -> Result<(), StoreError> {
        signing_keys::forget(&self.pool, now)
            .await
            .map_err(failed("forget signing keys"))
    }

    async fn record_sign_in(&self, event: &SignInEvent) -> Result<(), StoreError> {
        sign_ins::record(&self.pool, event)
            .await
            .map_err(failed("write the sign-in log"))
    }

    async fn sign_ins(&self, tenant: TenantId, limit: u32) -> Result<Vec<SignInEvent>, StoreError> {
        sign_ins::latest(&self.pool, tenant, limit)
            .await
            .map_err(failed("read the sign-in log"))
    }

    async fn record_audit(&self, event: &AuditEvent) -> Result<(), StoreError> {
        audits::record(&self.pool, event)
            .await
            .map_err(failed("write the audit log"))
    }

    async fn audits(&self, tenant: TenantId, limit: u32) -> Result<Vec<AuditEvent>, StoreError> {
        audits::latest(&self.pool, tenant, limit)
            .await
            .map_err(failed("read the audit log"))
    }

    async fn conditional_access_policies(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<ConditionalAccessPolicy>, StoreError> {
        conditional_access::all(&self.pool, tenant)
            .await
            .map_err(failed("read the conditional access policies"))
    }

    async fn add_conditional_access_policy(
        &self,
        tenant: TenantId,
        policy: &ConditionalAccessPolicy,
    ) -> Result<Added, StoreError> {
        conditional_access::add(&self.pool, tenant, policy)
            .await
            .map_err(failed("add a conditional access policy"))
    }

    async fn replace_conditional_access_policy(
        &self,
        tenant: TenantId,
        policy: &ConditionalAccessPolicy,
    ) -> Result<Changed, StoreError> {
        conditional_access::replace(&self.pool, tenant, policy)
            .await
            .map_err(failed("change a conditional access policy"))
    }

    async fn remove_conditional_access_policy(
        &self,
        tenant: TenantId,
        id: ConditionalAccessPolicyId,
    ) -> Result<Changed, StoreError> {
        conditional_access::remove(&self.pool, tenant, id)
            .await
            .map_err(failed("remove a conditional access policy"))
    }
}
