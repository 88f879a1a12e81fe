//! The flows of sign-in, as flags and profiles name them.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// How a user signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Flow {
    /// In the system's browser (authorization code with PKCE)
    Browser,
    /// With a code that is entered in a browser on any device
    DeviceCode,
    /// With user name and password; not for accounts with multifactor authentication
    Password,
}
