//! The whole local cloud: data directory, certificates, wiring, start and stop.
//!
//! The binary and the test kit start exactly the same thing.
//!
//! - [`start`] – starting and stopping; facts about a running instance
//! - [`config`] – what a cloud consists of
//! - [`data_directory`] – the folder that holds it
//! - [`report`] – what an operation did, table by table
//! - [`key_encryption`] – the key that seals the signing keys
//! - [`reseal`] – changing the key that seals what is sealed
//! - [`signing_keys`] – administering the signing keys of a cloud that does not run
//! - [`mod@credentials`] – the passwords of the sample's users
//! - `seed` – the first start; `identity` – the names it answers under; `certificates` – the
//!   local authority; `aliases` – a sandbox's; `instance` – the ready file

mod aliases;
mod certificates;
pub mod config;
pub mod credentials;
pub mod data_directory;
mod identity;
mod instance;
pub mod key_encryption;
pub mod report;
pub mod reseal;
mod rsat;
mod seed;
mod shared_library;
pub mod signing_keys;
pub mod start;
mod trusted_tenants;
mod url_key;

pub use certificates::CertificateError;
pub use config::{CloudConfig, ConfigError};
pub use credentials::Credentials;
pub use data_directory::{DataDirectory, DataDirectoryError};
pub use key_encryption::KeyEncryptionError;
pub use lcs_operations::{NoObserver, OperationObserver, OperationState, StepName};
pub use report::MovementReport;
pub use seed::SeedError;
pub use shared_library::SharedLibraryError;
pub use start::{RunningCloud, StartError, StartOptions, credentials, running_instance};
