//! LCS's rules: projects, members and roles, environments, backups, limits, who may call what.
//!
//! - [`model`] – projects, members, environments, backups
//! - [`store`] – the port through which they are kept; `conformance` (feature `testing`) is its
//!   behaviour as tests
//! - [`authorise`] – what a token and a member must be to call the API
//! - [`movement`] – what may be refreshed and exported
//! - [`library`] – the asset library: what may be uploaded, and its port
//! - [`deployment`] – what may be deployed where
//! - [`limits`] – three starts in 24 hours
//! - [`request_limits`] – how often each call may be made
//! - [`power`] – what may be started and stopped
//! - [`geography`] – which Azure regions lie in one geography
//!
//! How a database is moved is `lcs-operations`' business; HTTP is `lcs-server`'s.

pub mod authorise;
#[cfg(feature = "testing")]
pub mod conformance;
pub mod deployment;
pub mod geography;
pub mod library;
pub mod limits;
pub mod model;
pub mod movement;
pub mod power;
pub mod request_limits;
pub mod store;

pub use authorise::{AccessRefused, Capability, TokenFacts, TokenInsufficient};
pub use library::{Asset, AssetState, AssetStore, LibraryRefusal};
pub use model::{
    Backup, Environment, EnvironmentType, Infrastructure, Invitation, Lifecycle, Member, Power,
    PowerState, Project, ProjectRole, UserKey,
};
pub use movement::RuleRefusal;
pub use store::{NewProject, ProjectStore, StoreError};
