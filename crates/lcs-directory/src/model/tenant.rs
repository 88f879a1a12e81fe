//! Tenants and the ways in which a request names one.

use std::{fmt, str::FromStr};

use lcs_types::{Domain, TenantId};

use super::TenantSettings;

/// An Entra directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// The name that pages and errors show.
    pub display_name: String,
    /// Its domains; the first one is initial and default.
    pub domains: Vec<Domain>,
    /// What its administrators may set.
    pub settings: TenantSettings,
}

/// What the tenant segment of a path stands for, once it is known to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TenantTarget {
    /// One tenant, by GUID or domain.
    Tenant(TenantId),
    /// `common`: the tenant of whoever signs in.
    Common,
    /// `organizations`: the same, without personal accounts.
    Organizations,
}

impl TenantTarget {
    /// Whether a grant of `tenant` may be used here.
    pub fn admits(self, tenant: TenantId) -> bool {
        match self {
            Self::Tenant(id) => id == tenant,
            Self::Common | Self::Organizations => true,
        }
    }
}

impl fmt::Display for TenantTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tenant(id) => id.fmt(f),
            Self::Common => f.write_str("common"),
            Self::Organizations => f.write_str("organizations"),
        }
    }
}

impl FromStr for TenantTarget {
    type Err = lcs_types::ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "common" => Ok(Self::Common),
            "organizations" => Ok(Self::Organizations),
            other => other.parse().map(Self::Tenant),
        }
    }
}
