//! Microsoft Graph v1.0, as far as the article's steps 1 to 3 need it.

mod app_role_assignment;
mod application;
mod credential;
mod error;
mod grant;
mod organization;
mod service_principal;

pub use app_role_assignment::{AppRoleAssignment, NewAppRoleAssignment};
pub use application::{
    Api, ApiPatch, Application, ApplicationPatch, ImplicitGrantSettings, RedirectUris,
    RequiredResourceAccess, ResourceAccess, WebApplication, WebPatch,
};
pub use credential::{
    AddPassword, KeyCredential, NewPasswordCredential, PasswordCredential, RemovePassword,
};
pub use error::{ErrorDetail, GraphError, GraphErrorBody, InnerError};
pub use grant::{ConsentType, GrantPatch, NewGrant, OAuth2PermissionGrant};
pub use organization::{Organization, PasswordProfile, User, UserPatch, VerifiedDomain};
pub use service_principal::{AppRole, NewServicePrincipal, PermissionScope, ServicePrincipal};

use serde::{Deserialize, Serialize};

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List<T> {
    /// What the list is a list of.
    #[serde(
        rename = "@odata.context",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub context: Option<String>,
    /// Where the next page is, if there is one.
    #[serde(
        rename = "@odata.nextLink",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub next_link: Option<String>,
    /// The entries.
    pub value: Vec<T>,
}
