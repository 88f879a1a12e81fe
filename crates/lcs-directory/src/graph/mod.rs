//! Microsoft Graph, as far as the article's steps 1 to 3 need it: who may do what, and doing it.
//!
//! What each call needs stands in one table, [`Operation`]: a permission in the token, and to change
//! anything also a directory role, or that the object is one's own. Members may read the directory,
//! as in a tenant with default settings. Filters, selections and pages are the business of HTTP.

mod app_role_assignments;
mod applications;
mod authentication_methods;
mod caller;
mod conditional_access;
mod consent_requests;
mod consistency;
mod credentials;
mod deleted_items;
mod exposed_api;
mod grants;
mod logs;
mod named_locations;
mod operation;
mod owners;
mod people;
mod refusal;
mod service_principals;
mod tenant_policies;
mod userinfo;
mod users;
mod validation;

pub use app_role_assignments::AssignmentsOf;
pub use applications::{ApplicationKey, Upserted};
pub use authentication_methods::AuthenticationMethodView;
pub use caller::{GraphCaller, Identity};
pub use consent_requests::ConsentRequestEntry;
pub use deleted_items::{DeletedItem, DeletedKind, DeletedObject};
pub use logs::LogEntry;
pub use named_locations::NamedLocationPatch;
pub use operation::{Callers, Operation, Requirement, RoleRequirement};
pub use people::{DomainView, UserKey};
pub use refusal::{GraphFailed, GraphRefusal};
pub use service_principals::{ServicePrincipalKey, ServicePrincipalPatch};
pub use tenant_policies::{
    AuthorizationPolicy, AuthorizationPolicyPatch, DefaultUserRole, SecurityDefaults,
};
pub use userinfo::UserInfo;

use jiff::Timestamp;

/// An instant as Graph writes it.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
