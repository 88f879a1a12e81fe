//! LCS's rules: projects, members and roles, environments, backups, limits, who may call what.
//!
//! - [`model`] – projects, members, environments, backups
//! - [`store`] – the port through which they are kept; `conformance` (feature `testing`) is its
//!   behaviour as tests
//! - [`authorise`] – what a token and a member must be to call the API
//! - [`movement`] – what may be refreshed and exported
//! - [`limits`] – three starts in 24 hours
//!
//! How a database is moved is `lcs-operations`' business; HTTP is `lcs-server`'s.

pub mod authorise;
#[cfg(feature = "testing")]
pub mod conformance;
pub mod limits;
pub mod model;
pub mod movement;
pub mod store;

pub use authorise::{AccessRefused, Capability, TokenFacts, TokenInsufficient};
pub use model::{
    Backup, Environment, EnvironmentType, Infrastructure, Invitation, Member, Project, ProjectRole,
};
pub use movement::RuleRefusal;
pub use store::{NewProject, ProjectStore, StoreError};
