//! A new tenant, with all that stands in every tenant from its first day, in one go.

use lcs_types::{Domain, ObjectId, Secret, TenantId, UserId, UserPrincipalName};
use lcs_wire::well_known::{GRAPH_CLIENT_ID, GRAPH_COMMAND_LINE_CLIENT_ID};

use crate::{
    Directory,
    catalogue::{self, SET_UP_SCOPES},
    error::DirectoryFailure,
    lockout::Lockout,
    model::{
        DirectoryRole, Multifactor, PasswordState, PermissionGrant, ServicePrincipal,
        ServicePrincipalSettings, Tenant, TenantSettings, User, UserKind,
    },
    store::{Added, TenantContents},
    totp::TotpSecret,
};

/// A tenant to be made.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its id.
    pub id: TenantId,
    /// The name that pages and errors show.
    pub display_name: String,
    /// Its domains; the first one is initial and default.
    pub domains: Vec<Domain>,
    /// What its administrators may set.
    pub settings: TenantSettings,
    /// Its users.
    pub users: Vec<NewUser>,
}

/// A user to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The object id.
    pub id: UserId,
    /// The sign-in name.
    pub user_principal_name: UserPrincipalName,
    /// The name shown to people.
    pub display_name: String,
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub surname: Option<String>,
    /// The password; without one the account cannot sign in here.
    pub password: Option<Secret>,
    /// Directory roles.
    pub roles: Vec<DirectoryRole>,
    /// Whether a second factor is demanded.
    pub multifactor: Multifactor,
    /// Whether the password may be used as it is.
    pub password_state: PasswordState,
    /// The secret of an authenticator app that is set up already.
    pub totp: Option<TotpSecret>,
    /// The tenant's own, or somebody else's guest.
    pub kind: UserKind,
}

impl Directory {
    /// Makes a tenant with its users, the service principals of Microsoft's applications, and the
    /// grant with which an administrator gets a Graph token for steps 1 to 3 of the article. The
    /// first tenant also brings the signing keys. A tenant that exists only gets what the catalogue
    /// of Microsoft's applications has gained since it was made.
    ///
    /// # Errors
    ///
    /// A failure of the store, of hashing a password, of making a key.
    pub async fn create_tenant(&self, new: &NewTenant) -> Result<Added, DirectoryFailure> {
        self.ensure_signing_keys().await?;
        if self.store.tenant(new.id).await?.is_some() {
            self.complete_tenant(new.id).await?;
            return Ok(Added::Conflict);
        }
        let mut users = Vec::with_capacity(new.users.len());
        for user in &new.users {
            users.push(self.new_user(new.id, user).await?);
        }
        let service_principals: Vec<ServicePrincipal> = catalogue::ALL
            .iter()
            .map(|application| ServicePrincipal {
                tenant: new.id,
                id: ObjectId::random(&*self.randomness),
                client_id: application.client_id,
                settings: application.settings(),
            })
            .collect();
        let find = |client| {
            service_principals
                .iter()
                .find(|principal| principal.client_id == client)
        };
        let set_up = find(GRAPH_COMMAND_LINE_CLIENT_ID)
            .zip(find(GRAPH_CLIENT_ID))
            .map(|(client, graph)| PermissionGrant {
                tenant: new.id,
                client: client.id,
                resource: graph.id,
                principal: None,
                values: SET_UP_SCOPES
                    .iter()
                    .map(|value| (*value).to_owned())
                    .collect(),
            });
        let contents = TenantContents {
            tenant: Tenant {
                id: new.id,
                display_name: new.display_name.clone(),
                domains: new.domains.clone(),
                settings: new.settings.clone(),
            },
            users,
            grants: set_up.into_iter().collect(),
            service_principals,
        };
        let added = self.store.create_tenant(&contents).await?;
        self.forget_keys_in_use().await;
        Ok(added)
    }

    /// Adds what a tenant that an older version made lacks of the catalogue; what is there keeps what
    /// its administrators set.
    async fn complete_tenant(&self, tenant: TenantId) -> Result<(), DirectoryFailure> {
        for application in catalogue::ALL {
            let shipped = application.settings();
            let client = application.client_id;
            let present = self
                .store
                .service_principal_of_client(tenant, client)
                .await?;
            let Some(present) = present else {
                if !catalogue::ADDED_LATER.contains(&client) {
                    continue;
                }
                self.store
                    .add_service_principal(&ServicePrincipal {
                        tenant,
                        id: ObjectId::random(&*self.randomness),
                        client_id: client,
                        settings: shipped,
                    })
                    .await?;
                continue;
            };
            let settings = ServicePrincipalSettings {
                names: shipped.names,
                scopes: shipped.scopes,
                app_roles: shipped.app_roles,
                ..present.settings.clone()
            };
            if settings != present.settings {
                self.store
                    .change_service_principal(tenant, present.id, &settings)
                    .await?;
            }
            if client == GRAPH_CLIENT_ID {
                self.complete_set_up_grant(&present).await?;
            }
        }
        Ok(())
    }

    /// Grants the administrators' client what Graph has gained. What was withdrawn from it stays
    /// withdrawn.
    async fn complete_set_up_grant(
        &self,
        graph: &ServicePrincipal,
    ) -> Result<(), DirectoryFailure> {
        let is_gained = |value: &&&str| graph.scope(value).is_none();
        let gained: Vec<String> = SET_UP_SCOPES
            .iter()
            .filter(is_gained)
            .map(|value| (*value).to_owned())
            .collect();
        let client = self
            .store
            .service_principal_of_client(graph.tenant, GRAPH_COMMAND_LINE_CLIENT_ID)
            .await?;
        let Some(client) = client.filter(|_| !gained.is_empty()) else {
            return Ok(());
        };
        let grant = PermissionGrant {
            tenant: graph.tenant,
            client: client.id,
            resource: graph.id,
            principal: None,
            values: gained,
        };
        Ok(self.store.merge_grant(&grant).await?)
    }

    async fn new_user(&self, tenant: TenantId, new: &NewUser) -> Result<User, DirectoryFailure> {
        let password = match &new.password {
            Some(password) => Some(self.hash_password(password).await?),
            None => None,
        };
        Ok(User {
            tenant,
            id: new.id,
            user_principal_name: new.user_principal_name.clone(),
            display_name: new.display_name.clone(),
            given_name: new.given_name.clone(),
            surname: new.surname.clone(),
            mail_nickname: None,
            roles: new.roles.clone(),
            is_enabled: true,
            kind: new.kind.clone(),
            multifactor: new.multifactor,
            password,
            password_state: new.password_state,
            totp: new
                .totp
                .as_ref()
                .map(|secret| self.enrolment(secret, tenant, new.id)),
            lockout: Lockout::default(),
            created_at: self.now(),
            deleted_at: None,
            tokens_valid_from: self.now(),
        })
    }
}
