//! Microsoft Graph over HTTP: the caller behind the token, query options, envelopes. The rules are
//! in `lcs-directory`.

pub(crate) mod app_role_assignments;
pub(crate) mod applications;
pub(crate) mod authentication_methods;
mod call;
mod collections;
pub(crate) mod conditional_access;
pub(crate) mod consent_requests;
pub(crate) mod deleted_items;
pub(crate) mod error;
pub(crate) mod grants;
pub(crate) mod logs;
pub(crate) mod named_locations;
pub(crate) mod organization;
pub(crate) mod owners;
pub mod query;
pub(crate) mod service_principals;
pub(crate) mod tenant_policies;
pub(crate) mod userinfo;
pub(crate) mod users;
