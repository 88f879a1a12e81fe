//! Service principals: the presence of an application in a tenant.

use lcs_types::{ClientId, ObjectId, TenantId};
use lcs_wire::graph::{AppRole, PermissionScope};
use serde::{Deserialize, Serialize};

use super::{AccessTokenVersion, Application};

/// The presence of an application in a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePrincipal {
    /// The tenant.
    pub tenant: TenantId,
    /// The object id; grants refer to it.
    pub id: ObjectId,
    /// The application id.
    pub client_id: ClientId,
    /// The rest.
    pub settings: ServicePrincipalSettings,
}

/// What is known of a service principal beyond its ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServicePrincipalSettings {
    /// The name shown to people.
    pub display_name: String,
    /// Microsoft's or a tenant's own.
    pub kind: ServicePrincipalKind,
    /// Whether tokens may be issued to it and for it.
    pub is_enabled: bool,
    /// Whether users must be assigned before they may use it.
    pub requires_assignment: bool,
    /// The names that the resource is requested by, the application id apart.
    pub names: Vec<String>,
    /// The delegated permissions that it exposes.
    pub scopes: Vec<PermissionScope>,
    /// The roles that it exposes.
    #[serde(default)]
    pub app_roles: Vec<AppRole>,
    /// The version of access tokens for it.
    #[serde(default)]
    pub access_token_version: AccessTokenVersion,
    /// Free labels.
    pub tags: Vec<String>,
}

impl ServicePrincipalSettings {
    /// What the presence of a registered application starts with.
    pub fn of_application(application: &Application) -> Self {
        let mut settings = Self {
            display_name: String::new(),
            kind: ServicePrincipalKind::Application {
                owner: application.tenant,
            },
            is_enabled: true,
            requires_assignment: false,
            names: Vec::new(),
            scopes: Vec::new(),
            app_roles: Vec::new(),
            access_token_version: AccessTokenVersion::default(),
            tags: Vec::new(),
        };
        settings.mirror(application);
        settings
    }

    /// Takes over what the presence of an application shows of its registration.
    pub fn mirror(&mut self, application: &Application) {
        let registered = &application.settings;
        let exposed = &registered.exposed_api;
        self.display_name.clone_from(&registered.display_name);
        self.names.clone_from(&exposed.identifier_uris);
        self.scopes.clone_from(&exposed.scopes);
        self.app_roles.clone_from(&exposed.app_roles);
        self.access_token_version = exposed.access_token_version;
    }
}

/// Who owns the application behind a service principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ServicePrincipalKind {
    /// Microsoft: there is no registration in any tenant here.
    FirstParty {
        /// Whether it gets tokens without a secret.
        is_public_client: bool,
    },
    /// A tenant that has the registration.
    Application {
        /// That tenant.
        owner: TenantId,
    },
}

impl ServicePrincipal {
    /// Whether Microsoft owns the application.
    pub fn is_first_party(&self) -> bool {
        match self.settings.kind {
            ServicePrincipalKind::FirstParty { .. } => true,
            ServicePrincipalKind::Application { .. } => false,
        }
    }

    /// The enabled delegated permission with this value.
    pub fn scope(&self, value: &str) -> Option<&PermissionScope> {
        self.settings
            .scopes
            .iter()
            .find(|scope| scope.is_enabled && scope.value == value)
    }
}
