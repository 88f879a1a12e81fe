//! How the LCS API of a local cloud behaves.

use lcs_server::LcsSettings;
use serde::{Deserialize, Serialize};

/// How the LCS API behaves. Without the table it behaves as the service does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LcsConfig {
    /// Whether calls beyond the documented limits are answered with 429.
    #[serde(default = "yes")]
    pub request_limits: bool,
    /// The end of life of this version of the API, UTC; answers name it as `VersionEOL`. When
    /// absent none is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_end_of_life: Option<jiff::civil::DateTime>,
}

const fn yes() -> bool {
    true
}

impl Default for LcsConfig {
    fn default() -> Self {
        Self {
            request_limits: true,
            version_end_of_life: None,
        }
    }
}

impl LcsConfig {
    pub(crate) const fn settings(&self) -> LcsSettings {
        LcsSettings {
            request_limits: self.request_limits,
            version_end_of_life: self.version_end_of_life,
        }
    }
}
