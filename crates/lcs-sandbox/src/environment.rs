//! The variables by which a program finds the proxy and the certificates to trust.
//!
//! Read by Python (`urllib`, `requests`), Node, Go, .NET and PowerShell, curl, git, and `lcs`.

use std::{
    ffi::{OsStr, OsString},
    net::SocketAddr,
    path::Path,
};

use crate::route::Network;

/// What becomes of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It gets this value.
    Set(OsString),
    /// It is taken away.
    Remove,
}

/// Both spellings: most programs read either, some only one.
const HTTPS_PROXY: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const OTHER_PROXIES: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// Files of certificates, each read by others: OpenSSL, Python, Go and .NET; `requests`; curl;
/// Node; git; `lcs`.
const CERTIFICATES: [&str; 6] = [
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
    "LCS_CA_CERTIFICATE",
];

/// How the environment of the program differs from ours.
///
/// Plain HTTP concerns none of the hosts that are answered for: it is led to the proxy to be
/// refused there, or else left as it is.
pub fn environment(
    proxy: SocketAddr,
    bundle: &Path,
    ready_file: &Path,
    network: Network,
) -> Vec<(&'static str, Change)> {
    let set = |value: &OsStr| Change::Set(value.to_owned());
    let proxy = OsString::from(format!("http://{proxy}"));
    let mut changes: Vec<(&str, Change)> = Vec::new();
    changes.extend(HTTPS_PROXY.map(|name| (name, set(&proxy))));
    // What a program inherits must not lead it around the proxy.
    changes.extend(NO_PROXY.map(|name| (name, Change::Remove)));
    if network == Network::Refuse {
        changes.extend(OTHER_PROXIES.map(|name| (name, set(&proxy))));
    }
    changes.extend(CERTIFICATES.map(|name| (name, set(bundle.as_os_str()))));
    // Node reads the variables of the proxy since version 24, and only when it is told to.
    changes.push(("NODE_USE_ENV_PROXY", set(OsStr::new("1"))));
    changes.push(("LCS_SANDBOX_READY_FILE", set(ready_file.as_os_str())));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(network: Network) -> std::collections::HashMap<&'static str, Change> {
        let proxy = ([127, 0, 0, 1], 4711).into();
        let changes = environment(
            proxy,
            Path::new("/ca.pem"),
            Path::new("/ready.json"),
            network,
        );
        let count = changes.len();
        let by_name: std::collections::HashMap<_, _> = changes.into_iter().collect();
        assert_eq!(by_name.len(), count, "a variable stands twice");
        by_name
    }

    #[test]
    fn proxy_and_certificates_are_where_each_program_looks() {
        for network in [Network::Refuse, Network::Pass] {
            let changes = changes(network);
            for name in HTTPS_PROXY {
                assert_eq!(changes[name], Change::Set("http://127.0.0.1:4711".into()));
            }
            for name in NO_PROXY {
                assert_eq!(changes[name], Change::Remove);
            }
            for name in CERTIFICATES {
                assert_eq!(changes[name], Change::Set("/ca.pem".into()));
            }
            assert_eq!(
                changes["LCS_SANDBOX_READY_FILE"],
                Change::Set("/ready.json".into())
            );
        }
    }

    #[test]
    fn plain_http_is_led_to_the_proxy_only_to_be_refused() {
        for name in OTHER_PROXIES {
            assert!(changes(Network::Refuse).contains_key(name), "{name}");
            assert!(!changes(Network::Pass).contains_key(name), "{name}");
        }
    }
}
