//! Entra's rules: sign-in, consent, applications, grants, device codes, refresh tokens.
//!
//! Everything is a method of [`Directory`], which works over the port [`DirectoryStore`], a clock
//! and a source of chance. There is no HTTP here.
//!
//! - [`model`] – what a directory holds
//! - [`store`] – the port; `conformance` is its behaviour as tests (feature `testing`)
//! - [`token`] – the token and device code endpoints, one file for each grant
//! - [`scopes`] – what a request asks for, and which resource that is
//! - [`consent`] – the consent decision
//! - [`conditional_access`] – what policies, security defaults and per-user MFA demand
//! - [`authorize`] – the authorize endpoint
//! - [`admin_consent`] – the admin consent endpoint
//! - [`admin_consent_workflow`] – what users ask administrators to consent to, and what those decide
//! - [`errand`] – what stands between a signed-in person and the end of a request
//! - [`device`] – the person's side of the device flow
//! - [`mod@issuer`] – who tokens say issued them
//! - [`lockout`], [`totp`] – wrong passwords, one-time codes
//! - [`sign_in`] – user name and password; switching accounts off, revoking sessions
//! - [`signing_keys`] – which key signs, which are published, when they change
//! - [`graph`] – Microsoft Graph: applications, service principals, grants, users
//! - [`bootstrap`] – a new tenant
//! - [`form`], [`error`], [`secret_hash`], [`password_hash`] – what these share

pub mod admin_consent;
pub mod admin_consent_workflow;
mod audit;
pub mod authorize;
pub mod bootstrap;
mod catalogue;
mod computations;
pub mod conditional_access;
#[cfg(feature = "testing")]
pub mod conformance;
pub mod consent;
pub mod device;
mod directory;
pub mod errand;
pub mod error;
pub mod form;
pub mod graph;
mod inferred;
pub mod issuer;
pub mod lockout;
pub mod model;
pub mod password_hash;
mod policy;
pub mod scopes;
pub mod secret_hash;
pub mod sign_in;
pub mod signing_keys;
pub mod store;
pub mod token;
pub mod totp;

pub use authorize::{AuthorizeError, AuthorizeRequest};
pub use bootstrap::{NewTenant, NewUser};
pub use directory::{AccessTokenLifetime, Directory, Settings};
pub use error::{DirectoryError, DirectoryFailure};
pub use form::Form;
pub use graph::{GraphCaller, GraphFailed, GraphRefusal};
pub use inferred::Inferences;
pub use model::{Tenant, TenantTarget};
pub use password_hash::PasswordCost;
pub use sign_in::{PageSignIn, SignedInUser};
pub use store::{DirectoryStore, StoreError};
pub use token::{DeviceResponse, TokenContext, TokenResponse};
