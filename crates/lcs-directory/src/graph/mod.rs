//! Microsoft Graph, as far as the article's steps 1 to 3 need it: who may do what, and doing it.
//!
//! A call needs a delegated permission in the token, and to change anything also a directory role;
//! members may read the directory, as in a tenant with default settings. Filters, selections and
//! pages are the business of HTTP.

mod app_role_assignments;
mod applications;
mod caller;
mod conditional_access;
mod consent_requests;
mod credentials;
mod exposed_api;
mod grants;
mod logs;
mod people;
mod refusal;
mod service_principals;
mod userinfo;
mod validation;

pub use app_role_assignments::AssignmentsOf;
pub use applications::{ApplicationKey, Upserted};
pub use caller::GraphCaller;
pub use consent_requests::ConsentRequestEntry;
pub use logs::LogEntry;
pub use people::{DomainView, UserKey};
pub use refusal::{GraphFailed, GraphRefusal};
pub use service_principals::{ServicePrincipalKey, ServicePrincipalPatch};
pub use userinfo::UserInfo;
