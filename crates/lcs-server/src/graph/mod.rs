//! Microsoft Graph over HTTP: the caller behind the token, query options, envelopes. The rules are
//! in `lcs-directory`.

pub(crate) mod app_role_assignments;
pub(crate) mod applications;
mod call;
mod collections;
pub(crate) mod conditional_access;
pub(crate) mod consent_requests;
pub(crate) mod error;
pub(crate) mod grants;
pub(crate) mod logs;
pub(crate) mod organization;
pub mod query;
pub(crate) mod service_principals;
pub(crate) mod userinfo;
pub(crate) mod users;
