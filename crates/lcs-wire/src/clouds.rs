//! The hosts of Microsoft's clouds: Entra, Microsoft Graph and the API of Lifecycle Services.
//!
//! Sources: the instance metadata that `login.microsoftonline.com` answers, "National clouds"
//! (authorities and Graph), the v1 metadata of each cloud (issuers), [`Region`] for LCS.

use lcs_types::Region;

/// One of Microsoft's clouds, which has a directory of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MicrosoftCloud {
    /// The authority host to call.
    pub preferred_network: &'static str,
    /// The authority host to cache tokens under.
    pub preferred_cache: &'static str,
    /// All authority hosts.
    pub authority_hosts: &'static [&'static str],
    /// What metadata and user realm call `cloud_instance_name`.
    pub instance_name: &'static str,
    /// The issuer of version 1.0 tokens, before the tenant.
    pub v1_issuer: &'static str,
    /// The hosts of Microsoft Graph, the usual one first.
    pub graph_hosts: &'static [&'static str],
}

/// The worldwide cloud, China, and the US government, in the order of the instance metadata.
pub const MICROSOFT_CLOUDS: [MicrosoftCloud; 3] = [
    MicrosoftCloud {
        preferred_network: "login.microsoftonline.com",
        preferred_cache: "login.windows.net",
        authority_hosts: &[
            "login.microsoftonline.com",
            "login.windows.net",
            "login.microsoft.com",
            "sts.windows.net",
        ],
        instance_name: "microsoftonline.com",
        v1_issuer: "https://sts.windows.net",
        graph_hosts: &["graph.microsoft.com"],
    },
    MicrosoftCloud {
        preferred_network: "login.partner.microsoftonline.cn",
        preferred_cache: "login.partner.microsoftonline.cn",
        authority_hosts: &["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
        instance_name: "partner.microsoftonline.cn",
        v1_issuer: "https://sts.chinacloudapi.cn",
        graph_hosts: &["microsoftgraph.chinacloudapi.cn"],
    },
    MicrosoftCloud {
        preferred_network: "login.microsoftonline.us",
        preferred_cache: "login.microsoftonline.us",
        authority_hosts: &["login.microsoftonline.us", "login.usgovcloudapi.net"],
        instance_name: "microsoftonline.us",
        v1_issuer: "https://sts.windows.net",
        graph_hosts: &["graph.microsoft.us", "dod-graph.microsoft.us"],
    },
];

impl MicrosoftCloud {
    /// The cloud whose authority has this origin, for example `https://login.windows.net`.
    pub fn of_authority(origin: &str) -> Option<&'static Self> {
        let host = origin.strip_prefix("https://")?;
        MICROSOFT_CLOUDS
            .iter()
            .find(|cloud| cloud.authority_hosts.contains(&host))
    }

    /// The usual host of Microsoft Graph.
    pub const fn graph_host(&self) -> &'static str {
        self.graph_hosts[0]
    }
}

/// Every host of Entra, Microsoft Graph and the API of LCS, in all clouds, each once.
pub fn microsoft_hosts() -> impl Iterator<Item = &'static str> {
    MICROSOFT_CLOUDS
        .iter()
        .flat_map(|cloud| cloud.authority_hosts.iter().chain(cloud.graph_hosts))
        .copied()
        .chain(lcs_api_hosts())
}

/// The hosts of the API of LCS.
pub fn lcs_api_hosts() -> impl Iterator<Item = &'static str> {
    Region::ALL.into_iter().map(Region::api_host)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_region_signs_in_and_calls_graph_in_one_of_the_clouds() {
        let hosts: HashSet<&str> = microsoft_hosts().collect();
        for region in Region::ALL {
            let origin = format!("https://{}", region.authority_host());
            let cloud = MicrosoftCloud::of_authority(&origin).unwrap();
            assert_eq!(cloud.graph_host(), region.graph_host(), "{region}");
            assert!(hosts.contains(region.api_host()), "{region}");
        }
    }

    #[test]
    fn hosts_are_lower_case_and_stand_once() {
        let mut seen = HashSet::new();
        for host in microsoft_hosts() {
            assert_eq!(host, host.to_ascii_lowercase());
            assert!(seen.insert(host), "{host}");
        }
    }

    #[test]
    fn only_an_exact_https_origin_is_an_authority() {
        for origin in [
            "http://login.microsoftonline.com",
            "https://login.microsoftonline.com:8443",
            "https://login.microsoftonline.com.evil.example",
            "https://graph.microsoft.com",
            "https://localhost",
        ] {
            assert_eq!(MicrosoftCloud::of_authority(origin), None, "{origin}");
        }
    }
}
