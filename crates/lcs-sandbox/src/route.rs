//! Where a tunnel leads.

use std::collections::HashSet;

use lcs_wire::clouds::microsoft_hosts;

use crate::request::Target;

/// The names of this machine.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
const HTTPS: u16 = 443;

/// What becomes of tunnels that the local cloud does not answer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// They are refused.
    Refuse,
    /// They lead where they ask to.
    Pass,
}

/// Where a tunnel leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// To the local cloud.
    Cloud,
    /// Where it asks to.
    Outside,
    /// Nowhere.
    Refused,
}

/// What leads where.
#[derive(Debug, Clone)]
pub struct Routes {
    microsoft: HashSet<&'static str>,
    cloud_port: u16,
    network: Network,
}

impl Routes {
    /// The routes to the local cloud on this port of the loopback interface.
    pub fn new(cloud_port: u16, network: Network) -> Self {
        Self {
            microsoft: microsoft_hosts().collect(),
            cloud_port,
            network,
        }
    }

    /// Where a tunnel to this target leads. `localhost` on 443 leads to the cloud as well: MSAL for
    /// Python asks there for the user realm, whatever port the authority has.
    pub fn of(&self, target: &Target) -> Route {
        let host = target.host.as_str();
        let is_microsoft = target.port == HTTPS && self.microsoft.contains(host);
        let is_own = [HTTPS, self.cloud_port].contains(&target.port) && LOOPBACK.contains(&host);
        match self.network {
            _ if is_microsoft || is_own => Route::Cloud,
            Network::Refuse => Route::Refused,
            Network::Pass => Route::Outside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(network: Network, host: &str, port: u16) -> Route {
        let target = Target {
            host: host.to_owned(),
            port,
        };
        Routes::new(8443, network).of(&target)
    }

    #[test]
    fn microsofts_hosts_and_this_machine_lead_to_the_cloud_whatever_the_flag_says() {
        for network in [Network::Refuse, Network::Pass] {
            for host in microsoft_hosts() {
                assert_eq!(of(network, host, 443), Route::Cloud, "{host}");
            }
            for host in LOOPBACK {
                assert_eq!(of(network, host, 443), Route::Cloud, "{host}");
                assert_eq!(of(network, host, 8443), Route::Cloud, "{host}");
            }
        }
    }

    #[test]
    fn the_flag_decides_about_everything_else() {
        for (host, port) in [
            ("example.com", 443),
            ("login.microsoftonline.com", 8443),
            ("login.microsoftonline.com.example.com", 443),
            ("xlogin.microsoftonline.com", 443),
            ("lcs.dynamics.com", 443),
            ("localhost", 22),
            ("127.0.0.2", 443),
        ] {
            assert_eq!(
                of(Network::Refuse, host, port),
                Route::Refused,
                "{host}:{port}"
            );
            assert_eq!(
                of(Network::Pass, host, port),
                Route::Outside,
                "{host}:{port}"
            );
        }
    }
}
