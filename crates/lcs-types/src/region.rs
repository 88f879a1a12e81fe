//! The ten public instances of Lifecycle Services: portal, API host, Entra authority.
//!
//! Sources: "Available geographies" (nine hosts), "National clouds" (authorities), and the host
//! list of d365fo.tools (China).

use std::{fmt, str::FromStr};

use crate::ids::ParseIdError;

/// A geography with an instance of Lifecycle Services of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants are the geographies' own names")]
pub enum Region {
    UnitedStates,
    Europe,
    France,
    Norway,
    SouthAfrica,
    Switzerland,
    UnitedArabEmirates,
    UsGovernment,
    UsGovernmentHigh,
    China,
}

impl Region {
    /// Every region, in the order of the published table.
    pub const ALL: [Self; 10] = [
        Self::UnitedStates,
        Self::Europe,
        Self::France,
        Self::Norway,
        Self::SouthAfrica,
        Self::Switzerland,
        Self::UnitedArabEmirates,
        Self::UsGovernment,
        Self::UsGovernmentHigh,
        Self::China,
    ];

    /// The name used in flags and configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnitedStates => "us",
            Self::Europe => "eu",
            Self::France => "fr",
            Self::Norway => "no",
            Self::SouthAfrica => "sa",
            Self::Switzerland => "ch",
            Self::UnitedArabEmirates => "uae",
            Self::UsGovernment => "gov",
            Self::UsGovernmentHigh => "gov-high",
            Self::China => "cn",
        }
    }

    /// The host of the LCS API, which is also the base of its scope.
    pub const fn api_host(self) -> &'static str {
        match self {
            Self::UnitedStates => "lcsapi.lcs.dynamics.com",
            Self::Europe => "lcsapi.eu.lcs.dynamics.com",
            Self::France => "lcsapi.fr.lcs.dynamics.com",
            Self::Norway => "lcsapi.no.lcs.dynamics.com",
            Self::SouthAfrica => "lcsapi.sa.lcs.dynamics.com",
            Self::Switzerland => "lcsapi.ch.lcs.dynamics.com",
            Self::UnitedArabEmirates => "lcsapi.uae.lcs.dynamics.com",
            Self::UsGovernment => "lcsapi.gov.lcs.microsoftdynamics.us",
            Self::UsGovernmentHigh => "lcsapi.high.lcs.microsoftdynamics.us",
            Self::China => "lcsapi.lcs.dynamics.cn",
        }
    }

    /// The host of the Entra authority that signs users of this region in.
    pub const fn authority_host(self) -> &'static str {
        match self {
            Self::UsGovernmentHigh => "login.microsoftonline.us",
            Self::China => "login.partner.microsoftonline.cn",
            Self::UnitedStates
            | Self::Europe
            | Self::France
            | Self::Norway
            | Self::SouthAfrica
            | Self::Switzerland
            | Self::UnitedArabEmirates
            | Self::UsGovernment => "login.microsoftonline.com",
        }
    }

    /// The host of Microsoft Graph in the region's cloud.
    pub const fn graph_host(self) -> &'static str {
        match self {
            Self::UsGovernmentHigh => "graph.microsoft.us",
            Self::China => "microsoftgraph.chinacloudapi.cn",
            Self::UnitedStates
            | Self::Europe
            | Self::France
            | Self::Norway
            | Self::SouthAfrica
            | Self::Switzerland
            | Self::UnitedArabEmirates
            | Self::UsGovernment => "graph.microsoft.com",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Region {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|region| region.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| ParseIdError {
                kind: "region (us, eu, fr, no, sa, ch, uae, gov, gov-high, cn)",
                text: text.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_found_by_its_name_and_hosts_are_unique() {
        let mut hosts = std::collections::HashSet::new();
        for region in Region::ALL {
            assert_eq!(region.name().parse::<Region>().unwrap(), region);
            assert!(hosts.insert(region.api_host()));
        }
    }
}
