//! The environment variables. The list in `docs/reference/environment.md` is compared with it.

use std::path::PathBuf;

use clap::ValueEnum as _;
use lcs_types::Secret;

use crate::output::OutputFormat;

/// Every variable and what it does, as the reference page has it.
#[cfg(test)]
const VARIABLES: &[(&str, &str)] = &[
    ("LCS_PROFILE", "the profile to use"),
    (
        "LCS_OUTPUT",
        "the form of the output: table, json, yaml, tsv",
    ),
    ("LCS_TENANT", "the tenant: a GUID or a domain"),
    (
        "LCS_CLIENT_ID",
        "the application (client) id of the registration",
    ),
    ("LCS_REGION", "the region of the project"),
    ("LCS_API_URL", "the URL of the LCS API, instead of a region"),
    (
        "LCS_AUTHORITY",
        "the URL of the authority, instead of the region's",
    ),
    (
        "LCS_RESOURCE",
        "what tokens are requested for, if not the API's own URL",
    ),
    (
        "LCS_GRAPH_URL",
        "the URL of Microsoft Graph, instead of the cloud's",
    ),
    ("LCS_PROJECT", "the number of the LCS project"),
    (
        "LCS_CA_CERTIFICATE",
        "a PEM file of a certificate authority to trust besides",
    ),
    ("LCS_USERNAME", "who signs in with a password"),
    (
        "LCS_PASSWORD",
        "the password for `lcs login`, `setup` and `doctor`",
    ),
    ("LCS_PASSWORD_FILE", "a file that holds the password"),
    (
        "LCS_FLOW",
        "how `lcs login` signs in: browser, device-code, password",
    ),
    (
        "LCS_GRAPH_TOKEN",
        "an access token for Microsoft Graph, for `lcs setup` and `lcs doctor`",
    ),
    (
        "LCS_SESSION",
        "a session from `lcs login --export-session`, instead of a sign-in",
    ),
    (
        "LCS_SESSION_KEY",
        "the key that exported sessions are sealed with",
    ),
    (
        "LCS_SESSION_KEY_FILE",
        "a file that holds the key that exported sessions are sealed with",
    ),
    (
        "LCS_CACHE",
        "where tokens are kept: auto, key-store, file, memory",
    ),
    (
        "LCS_CACHE_KEY_FILE",
        "a file that holds the key of the token cache",
    ),
    (
        "LCS_KEY_ENCRYPTION_KEY_FILE",
        "a file that holds the key which seals the local cloud's signing keys",
    ),
    ("LCS_CONFIG_DIR", "where `config.toml` lies"),
    ("LCS_STATE_DIR", "where the token cache lies"),
    ("LCS_DATA_DIR", "where the local cloud is kept"),
    (
        "LCS_LOG",
        "what is logged, as a filter of the `tracing` library",
    ),
    ("NO_COLOR", "no colours, whatever its value"),
    (
        "HTTPS_PROXY",
        "the proxy that calls go through, as elsewhere; also `ALL_PROXY`",
    ),
    ("BROWSER", "the program that opens pages, as elsewhere"),
];

/// Variables of which only the presence matters, each a sign that a browser can show itself.
const DISPLAYS: [&str; 4] = ["BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"];

/// Variables that name the proxy for HTTPS, as elsewhere.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// A proxy's address may carry a password.
fn without_credentials(proxy: &str) -> String {
    proxy
        .rsplit_once('@')
        .map_or(proxy, |(_, address)| address)
        .to_owned()
}

/// What the environment says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    pub(crate) profile: Option<String>,
    pub(crate) output: Option<OutputFormat>,
    pub(crate) tenant: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) api_url: Option<String>,
    pub(crate) authority: Option<String>,
    pub(crate) resource: Option<String>,
    pub(crate) graph_url: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) ca_certificate: Option<PathBuf>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<Secret>,
    pub(crate) password_file: Option<PathBuf>,
    pub(crate) flow: Option<String>,
    pub(crate) graph_token: Option<Secret>,
    /// The proxy that HTTPS goes through, without what may be secret in it.
    pub(crate) proxy: Option<String>,
    pub(crate) session: Option<Secret>,
    pub(crate) session_key: Option<Secret>,
    pub(crate) session_key_file: Option<PathBuf>,
    pub(crate) cache: Option<String>,
    pub(crate) cache_key_file: Option<PathBuf>,
    pub(crate) key_encryption_key_file: Option<PathBuf>,
    pub(crate) config_directory: Option<PathBuf>,
    pub(crate) state_directory: Option<PathBuf>,
    pub(crate) data_directory: Option<PathBuf>,
    pub(crate) log: Option<String>,
    pub(crate) takes_colour: bool,
    /// Whether a browser can show itself, on systems where that depends on the session.
    pub(crate) has_display: bool,
}

impl Environment {
    /// Reads it; empty variables count as absent.
    pub(crate) fn read() -> Self {
        Self::from_lookup(|name| {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads it")]
            std::env::var(name).ok().filter(|value| !value.is_empty())
        })
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let path = |name: &str| lookup(name).map(PathBuf::from);
        Self {
            profile: lookup("LCS_PROFILE"),
            output: lookup("LCS_OUTPUT").and_then(|word| OutputFormat::from_str(&word, true).ok()),
            tenant: lookup("LCS_TENANT"),
            client_id: lookup("LCS_CLIENT_ID"),
            region: lookup("LCS_REGION"),
            api_url: lookup("LCS_API_URL"),
            authority: lookup("LCS_AUTHORITY"),
            resource: lookup("LCS_RESOURCE"),
            graph_url: lookup("LCS_GRAPH_URL"),
            project: lookup("LCS_PROJECT"),
            ca_certificate: path("LCS_CA_CERTIFICATE"),
            username: lookup("LCS_USERNAME"),
            password: lookup("LCS_PASSWORD").map(Secret::new),
            password_file: path("LCS_PASSWORD_FILE"),
            flow: lookup("LCS_FLOW"),
            graph_token: lookup("LCS_GRAPH_TOKEN").map(Secret::new),
            proxy: PROXIES
                .iter()
                .find_map(|name| lookup(name))
                .map(|proxy| without_credentials(&proxy)),
            session: lookup("LCS_SESSION").map(Secret::new),
            session_key: lookup("LCS_SESSION_KEY").map(Secret::new),
            session_key_file: path("LCS_SESSION_KEY_FILE"),
            cache: lookup("LCS_CACHE"),
            cache_key_file: path("LCS_CACHE_KEY_FILE"),
            key_encryption_key_file: path("LCS_KEY_ENCRYPTION_KEY_FILE"),
            config_directory: path("LCS_CONFIG_DIR"),
            state_directory: path("LCS_STATE_DIR"),
            data_directory: path("LCS_DATA_DIR"),
            log: lookup("LCS_LOG"),
            has_display: DISPLAYS.iter().any(|name| lookup(name).is_some()),
            takes_colour: lookup("NO_COLOR").is_none() && lookup("TERM").as_deref() != Some("dumb"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn every_variable_that_is_read_is_listed_and_documented() {
        let asked = RefCell::new(Vec::new());
        let _ = Environment::from_lookup(|name| {
            asked.borrow_mut().push(name.to_owned());
            None
        });
        let page = include_str!("../../../../docs/reference/environment.md");
        // What the system says of itself is not for users to set.
        let of_the_system = |name: &str| {
            name == "TERM" || DISPLAYS[1..].contains(&name) || PROXIES[1..].contains(&name)
        };
        for name in asked
            .into_inner()
            .iter()
            .filter(|name| !of_the_system(name))
        {
            assert!(
                VARIABLES.iter().any(|(listed, _)| listed == name),
                "{name} is not listed"
            );
        }
        for (name, meaning) in VARIABLES {
            let line = format!("| `{name}` | {meaning} |");
            assert!(
                page.contains(&line),
                "docs/reference/environment.md lacks: {line}"
            );
        }
    }
}
