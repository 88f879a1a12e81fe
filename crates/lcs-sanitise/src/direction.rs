//! From where to where a database moves; the published lists differ by it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A movement for which Lifecycle Services publishes what is not copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// A refresh of a sandbox from production.
    ProductionToSandbox,
    /// A refresh of a sandbox from another sandbox.
    SandboxToSandbox,
    /// A refresh of production from a sandbox (golden configuration promotion).
    SandboxToProduction,
    /// An export of a sandbox to a file.
    Export,
}

impl Direction {
    /// Every direction.
    pub const ALL: [Self; 4] = [
        Self::ProductionToSandbox,
        Self::SandboxToSandbox,
        Self::SandboxToProduction,
        Self::Export,
    ];

    /// The name used in files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProductionToSandbox => "production-to-sandbox",
            Self::SandboxToSandbox => "sandbox-to-sandbox",
            Self::SandboxToProduction => "sandbox-to-production",
            Self::Export => "export",
        }
    }

    /// The direction of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
