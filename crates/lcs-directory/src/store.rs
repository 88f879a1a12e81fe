//! The port through which the directory is kept.

use async_trait::async_trait;
use jiff::Timestamp;
use lcs_types::{
    ClientId, ConditionalAccessPolicyId, ConsentRequestId, Domain, ObjectId, TenantId, UserId,
    UserPrincipalName,
};

use crate::{
    lockout::Lockout,
    model::{
        AppRoleAssignment, AppRoleAssignmentId, Application, ApplicationSettings, Assignee,
        AuditEvent, AuthorizationCode, ConditionalAccessPolicy, ConsentRequest,
        ConsentRequestState, DeviceCode, DeviceDecision, KeptSession, PermissionGrant,
        PermissionGrantId, RefreshToken, RefreshTokenReuse, ServicePrincipal,
        ServicePrincipalSettings, SignInEvent, StoredSigningKey, Tenant, TenantSettings, User,
    },
    secret_hash::SecretHash,
    totp::TimeStep,
};

/// The store failed; never the caller's fault.
#[derive(Debug, thiserror::Error)]
#[error("could not {action}")]
pub struct StoreError {
    /// What was tried.
    pub action: &'static str,
    /// Why it failed.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl StoreError {
    /// A failure of this action.
    pub fn new(
        action: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            action,
            source: source.into(),
        }
    }
}

/// Whether an object was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It was.
    Yes,
    /// One with the same key was there; nothing changed.
    Conflict,
}

/// Whether a change met its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It did.
    Yes,
    /// There is none; nothing changed.
    NotFound,
}

/// Whether a refresh token was renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// It was.
    Yes,
    /// It is gone or revoked; nothing changed.
    NotFound,
    /// It was replaced before and the directory is strict: its family is revoked now.
    Reused,
}

/// Whether a deleted object was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restored {
    /// It was.
    Yes,
    /// There is no such deleted object; nothing changed.
    NotFound,
    /// Another one took its place since; nothing changed.
    Conflict,
}

/// An object that was deleted and can be restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted<T> {
    /// The object as it was.
    pub object: T,
    /// When it was deleted.
    pub at: Timestamp,
}

/// A tenant with what it starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantContents {
    /// The tenant.
    pub tenant: Tenant,
    /// Its users.
    pub users: Vec<User>,
    /// Its service principals.
    pub service_principals: Vec<ServicePrincipal>,
    /// Its grants.
    pub grants: Vec<PermissionGrant>,
}

/// The active signing key retires, the next one takes over, and a new one becomes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRotation {
    /// The id of the key that is active.
    pub retiring: String,
    /// How long it stays published.
    pub published_until: Timestamp,
    /// The id of the key that is next.
    pub promoted: String,
    /// When it takes over.
    pub at: Timestamp,
    /// The new next key.
    pub successor: StoredSigningKey,
}

/// Keeps the directory. Every method is atomic; absence is `Ok(None)` or an empty list.
///
/// Deleted applications and service principals, and what refers to them, are absent to all methods
/// but those whose names say otherwise. Deleted users are present and say so themselves.
#[async_trait]
pub trait DirectoryStore: Send + Sync + std::fmt::Debug {
    /// Adds a tenant with all that it starts with; a conflict of its id or a domain adds nothing.
    async fn create_tenant(&self, contents: &TenantContents) -> Result<Added, StoreError>;
    /// The tenant with this id.
    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>, StoreError>;
    /// The tenant that owns this domain.
    async fn tenant_of_domain(&self, domain: &Domain) -> Result<Option<Tenant>, StoreError>;
    /// All tenants, by id.
    async fn tenants(&self) -> Result<Vec<Tenant>, StoreError>;

    /// Replaces what the administrators of a tenant may set.
    async fn change_tenant_settings(
        &self,
        id: TenantId,
        settings: &TenantSettings,
    ) -> Result<Changed, StoreError>;

    /// Adds a user; its id and its sign-in name are unique within the tenant.
    async fn add_user(&self, user: &User) -> Result<Added, StoreError>;
    /// A user by id, also a deleted one.
    async fn user(&self, tenant: TenantId, id: UserId) -> Result<Option<User>, StoreError>;
    /// A user by sign-in name.
    async fn user_by_name(
        &self,
        tenant: TenantId,
        name: &UserPrincipalName,
    ) -> Result<Option<User>, StoreError>;
    /// The users of a tenant, by sign-in name.
    async fn users(&self, tenant: TenantId) -> Result<Vec<User>, StoreError>;
    /// Replaces all of a user but tenant, id, the time of creation and the lockout.
    async fn replace_user(&self, user: &User) -> Result<Changed, StoreError>;
    /// Gives a user another sign-in name; a conflict means that somebody in the tenant has it.
    async fn rename_user(
        &self,
        tenant: TenantId,
        id: UserId,
        name: &UserPrincipalName,
    ) -> Result<Added, StoreError>;
    /// Removes a user for good, with every grant and assignment that refers to it.
    async fn remove_user(&self, tenant: TenantId, id: UserId) -> Result<Changed, StoreError>;
    /// Replaces a user's lockout when it still is the one that was seen; of several callers at once
    /// one succeeds.
    async fn change_lockout(
        &self,
        tenant: TenantId,
        id: UserId,
        seen: &Lockout,
        lockout: &Lockout,
    ) -> Result<Changed, StoreError>;
    /// Notes the time step of a one-time code; [`Changed::NotFound`] when that or a later one was
    /// used already. Of several callers at once exactly one succeeds.
    async fn use_totp_step(
        &self,
        tenant: TenantId,
        id: UserId,
        step: TimeStep,
    ) -> Result<Changed, StoreError>;

    /// Adds an application; its client id is unique, its unique name is so within the tenant.
    async fn add_application(&self, application: &Application) -> Result<Added, StoreError>;
    /// An application by object id.
    async fn application(
        &self,
        tenant: TenantId,
        id: ObjectId,
    ) -> Result<Option<Application>, StoreError>;
    /// An application by client id, whatever its home tenant.
    async fn application_of_client(
        &self,
        client: ClientId,
    ) -> Result<Option<Application>, StoreError>;
    /// An application by its alternate key.
    async fn application_by_unique_name(
        &self,
        tenant: TenantId,
        name: &str,
    ) -> Result<Option<Application>, StoreError>;
    /// The applications of a tenant, oldest first.
    async fn applications(&self, tenant: TenantId) -> Result<Vec<Application>, StoreError>;
    /// Replaces what may change of an application.
    async fn change_application(
        &self,
        tenant: TenantId,
        id: ObjectId,
        settings: &ApplicationSettings,
    ) -> Result<Changed, StoreError>;
    /// Deletes an application and its service principal in the home tenant, so that both can be
    /// restored. Its ids and its unique name stay taken.
    async fn delete_application(
        &self,
        tenant: TenantId,
        id: ObjectId,
        at: Timestamp,
    ) -> Result<Changed, StoreError>;
    /// The deleted applications of a tenant, latest first.
    async fn deleted_applications(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<Deleted<Application>>, StoreError>;
    /// Restores an application with the service principal that was deleted with it.
    async fn restore_application(
        &self,
        tenant: TenantId,
        id: ObjectId,
    ) -> Result<Changed, StoreError>;
    /// Removes an application for good, deleted or not, with its service principals and their
    /// grants, in every tenant.
    async fn remove_application(
        &self,
        tenant: TenantId,
        id: ObjectId,
    ) -> Result<Changed, StoreError>;

    /// Adds a service principal; there is one for each application in a tenant.
    async fn add_service_principal(
        &self,
        service_principal: &ServicePrincipal,
    ) -> Result<Added, StoreError>;
    /// A service principal by object id.
    async fn service_principal(
        &self,
        tenant: TenantId,
        id: ObjectId,
    ) -> Result<Option<ServicePrincipal>, StoreError>;
    /// A service principal by client id.
    async fn service_principal_of_client(
        &self,
        tenant: TenantId,
        client: ClientId,
    ) -> Result<Option<ServicePrincipal>, StoreError>;
    /// The service principals of a tenant, by client id.
    async fn service_principals(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<ServicePrincipal>, StoreError>;
    /// The service principals of an application in all tenants.
    async fn presences_of_client(
        &self,
        client: ClientId,
    ) -> Result<Vec<ServicePrincipal>, StoreError>;
    /// Replaces all of a service principal but its ids.
    async fn change_service_principal(
        &self,
        tenant: TenantId,
        id: ObjectId,
        settings: &ServicePrincipalSettings,
    ) -> Result<Changed, StoreError>;
    /// Deletes a service principal so that it can be restored with what refers to it.
    async fn delete_service_principal(
        &self,
        tenant: TenantId,
        id: ObjectId,
        at: Timestamp,
    ) -> Result<Changed, StoreError>;
    /// The deleted service principals of a tenant, latest first.
    async fn deleted_service_principals(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<Deleted<ServicePrincipal>>, StoreError>;
    /// Restores a service principal; a conflict means that the application has another one now.
    async fn restore_service_principal(
        &self,
        tenant: TenantId,
        id: ObjectId,
    ) -> Result<Restored, StoreError>;
    /// Removes for good what was deleted before an instant, in every tenant.
    async fn forget_deleted(&self, before: Timestamp) -> Result<(), StoreError>;
    /// Removes a service principal for good, deleted or not, and every grant and assignment that
    /// refers to it.
    async fn remove_service_principal(
        &self,
        tenant: TenantId,
        id: ObjectId,
    ) -> Result<Changed, StoreError>;

    /// Adds a grant; there is one for each client, resource and principal.
    async fn add_grant(&self, grant: &PermissionGrant) -> Result<Added, StoreError>;
    /// Adds a grant, or its values to the one that is there; nothing is taken away.
    async fn merge_grant(&self, grant: &PermissionGrant) -> Result<(), StoreError>;
    /// A grant by id.
    async fn grant(
        &self,
        tenant: TenantId,
        id: &PermissionGrantId,
    ) -> Result<Option<PermissionGrant>, StoreError>;
    /// The grants of a tenant, by id.
    async fn grants(&self, tenant: TenantId) -> Result<Vec<PermissionGrant>, StoreError>;
    /// The grants of one client on one resource.
    async fn grants_between(
        &self,
        tenant: TenantId,
        client: ObjectId,
        resource: ObjectId,
    ) -> Result<Vec<PermissionGrant>, StoreError>;
    /// Replaces the values of a grant.
    async fn change_grant(
        &self,
        tenant: TenantId,
        id: &PermissionGrantId,
        values: &[String],
    ) -> Result<Changed, StoreError>;
    /// Removes a grant.
    async fn remove_grant(
        &self,
        tenant: TenantId,
        id: &PermissionGrantId,
    ) -> Result<Changed, StoreError>;

    /// Adds a consent request, after those from before that instant which nobody decided have
    /// expired. A conflict means that one of the same user for the same application is pending.
    async fn add_consent_request(
        &self,
        request: &ConsentRequest,
        expired_before: Timestamp,
    ) -> Result<Added, StoreError>;
    /// The consent requests of a tenant, oldest first.
    async fn consent_requests(&self, tenant: TenantId) -> Result<Vec<ConsentRequest>, StoreError>;
    /// Says what became of a pending request. Of several callers at once exactly one succeeds.
    async fn decide_consent_request(
        &self,
        tenant: TenantId,
        id: ConsentRequestId,
        state: ConsentRequestState,
    ) -> Result<Changed, StoreError>;

    /// Adds an app role assignment; there is one for each assignee, resource and role.
    async fn add_app_role_assignment(
        &self,
        assignment: &AppRoleAssignment,
    ) -> Result<Added, StoreError>;
    /// What a user or an application is assigned to, oldest first.
    async fn app_role_assignments_of(
        &self,
        tenant: TenantId,
        assignee: Assignee,
    ) -> Result<Vec<AppRoleAssignment>, StoreError>;
    /// Who is assigned to a resource, oldest first.
    async fn app_role_assignments_on(
        &self,
        tenant: TenantId,
        resource: ObjectId,
    ) -> Result<Vec<AppRoleAssignment>, StoreError>;
    /// Removes an app role assignment.
    async fn remove_app_role_assignment(
        &self,
        tenant: TenantId,
        id: &AppRoleAssignmentId,
    ) -> Result<Changed, StoreError>;

    /// Adds a device code request, and forgets those that ended a day before it was made.
    ///
    /// A conflict means that an unexpired request has the same user code.
    async fn add_device_code(&self, code: &DeviceCode, now: Timestamp)
    -> Result<Added, StoreError>;
    /// A request by what the client polls with.
    async fn device_code(&self, device_code: SecretHash) -> Result<Option<DeviceCode>, StoreError>;
    /// The unexpired request with this user code.
    async fn device_code_of_user_code(
        &self,
        user_code: SecretHash,
        now: Timestamp,
    ) -> Result<Option<DeviceCode>, StoreError>;
    /// Records a person's answer; [`Changed::NotFound`] when the request is not pending any more.
    async fn decide_device_code(
        &self,
        user_code: SecretHash,
        decision: DeviceDecision,
        now: Timestamp,
    ) -> Result<Changed, StoreError>;
    /// Turns an approved request into a redeemed one and keeps the refresh token that is handed
    /// out for it. Of several callers at once exactly one succeeds.
    async fn redeem_device_code(
        &self,
        device_code: SecretHash,
        refresh_token: Option<&RefreshToken>,
        now: Timestamp,
    ) -> Result<Changed, StoreError>;

    /// Keeps an authorization code, and forgets those handed out a day before.
    async fn add_authorization_code(&self, code: &AuthorizationCode) -> Result<(), StoreError>;
    /// A code by hash, also a redeemed one.
    async fn authorization_code(
        &self,
        code: SecretHash,
    ) -> Result<Option<AuthorizationCode>, StoreError>;
    /// Marks a code as redeemed and keeps the refresh token that is handed out for it. Of several
    /// callers at once exactly one succeeds.
    async fn redeem_authorization_code(
        &self,
        code: SecretHash,
        refresh_token: Option<&RefreshToken>,
    ) -> Result<Changed, StoreError>;

    /// Keeps a refresh token.
    async fn add_refresh_token(&self, token: &RefreshToken) -> Result<(), StoreError>;
    /// A refresh token by hash.
    async fn refresh_token(&self, token: SecretHash) -> Result<Option<RefreshToken>, StoreError>;
    /// Keeps the successor and notes that the old one was used and replaced. Whether the old one
    /// may be used a second time is for `reuse` to say.
    async fn renew_refresh_token(
        &self,
        old: SecretHash,
        successor: &RefreshToken,
        reuse: RefreshTokenReuse,
        now: Timestamp,
    ) -> Result<Renewed, StoreError>;
    /// Revokes every token that descends from the same sign-in.
    async fn revoke_refresh_family(&self, family: uuid::Uuid) -> Result<(), StoreError>;

    /// Keeps a browser session instead of what was kept under its hash, and forgets those that have
    /// expired.
    async fn keep_session(&self, session: &KeptSession, now: Timestamp) -> Result<(), StoreError>;
    /// The kept browser session with this hash, if it has not expired.
    async fn kept_session(
        &self,
        session: SecretHash,
        now: Timestamp,
    ) -> Result<Option<KeptSession>, StoreError>;
    /// Forgets a kept browser session.
    async fn forget_session(&self, session: SecretHash) -> Result<Changed, StoreError>;

    /// Keeps a signing key; a conflict means that it is to be active or next and another one is.
    async fn add_signing_key(&self, key: &StoredSigningKey) -> Result<Added, StoreError>;
    /// All signing keys, newest first.
    async fn signing_keys(&self) -> Result<Vec<StoredSigningKey>, StoreError>;
    /// Rotates the signing keys. [`Changed::NotFound`] when the one is not active any more or the
    /// other not next; of several callers at once exactly one succeeds.
    async fn rotate_signing_keys(
        &self,
        rotation: &SigningKeyRotation,
    ) -> Result<Changed, StoreError>;
    /// Forgets retired keys that are not published any more.
    async fn forget_signing_keys(&self, now: Timestamp) -> Result<(), StoreError>;

    /// Adds to the sign-in log.
    async fn record_sign_in(&self, event: &SignInEvent) -> Result<(), StoreError>;
    /// The latest entries of a tenant's sign-in log, newest first.
    async fn sign_ins(&self, tenant: TenantId, limit: u32) -> Result<Vec<SignInEvent>, StoreError>;

    /// Adds to the audit log.
    async fn record_audit(&self, event: &AuditEvent) -> Result<(), StoreError>;
    /// The latest entries of a tenant's audit log, newest first.
    async fn audits(&self, tenant: TenantId, limit: u32) -> Result<Vec<AuditEvent>, StoreError>;

    /// The conditional access policies of a tenant, oldest first.
    async fn conditional_access_policies(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<ConditionalAccessPolicy>, StoreError>;
    /// Adds a policy; its id is unique within the tenant.
    async fn add_conditional_access_policy(
        &self,
        tenant: TenantId,
        policy: &ConditionalAccessPolicy,
    ) -> Result<Added, StoreError>;
    /// Replaces a policy.
    async fn replace_conditional_access_policy(
        &self,
        tenant: TenantId,
        policy: &ConditionalAccessPolicy,
    ) -> Result<Changed, StoreError>;
    /// Removes a policy.
    async fn remove_conditional_access_policy(
        &self,
        tenant: TenantId,
        id: ConditionalAccessPolicyId,
    ) -> Result<Changed, StoreError>;
}
