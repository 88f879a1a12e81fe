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
    (
        "LCS_GRAPH_TOKEN",
        "a token for Microsoft Graph from elsewhere, for `lcs setup`",
    ),
    ("LCS_PROJECT", "the number of the LCS project"),
    (
        "LCS_CA_CERTIFICATE",
        "a PEM file of a certificate authority to trust besides",
    ),
    ("LCS_USERNAME", "who signs in with a password"),
    ("LCS_PASSWORD", "the password for `lcs login`"),
    ("LCS_PASSWORD_FILE", "a file that holds the password"),
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
];

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
    pub(crate) graph_token: Option<Secret>,
    pub(crate) project: Option<String>,
    pub(crate) ca_certificate: Option<PathBuf>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<Secret>,
    pub(crate) password_file: Option<PathBuf>,
    pub(crate) cache_key_file: Option<PathBuf>,
    pub(crate) key_encryption_key_file: Option<PathBuf>,
    pub(crate) config_directory: Option<PathBuf>,
    pub(crate) state_directory: Option<PathBuf>,
    pub(crate) data_directory: Option<PathBuf>,
    pub(crate) log: Option<String>,
    pub(crate) takes_colour: bool,
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
            graph_token: lookup("LCS_GRAPH_TOKEN").map(Secret::new),
            project: lookup("LCS_PROJECT"),
            ca_certificate: path("LCS_CA_CERTIFICATE"),
            username: lookup("LCS_USERNAME"),
            password: lookup("LCS_PASSWORD").map(Secret::new),
            password_file: path("LCS_PASSWORD_FILE"),
            cache_key_file: path("LCS_CACHE_KEY_FILE"),
            key_encryption_key_file: path("LCS_KEY_ENCRYPTION_KEY_FILE"),
            config_directory: path("LCS_CONFIG_DIR"),
            state_directory: path("LCS_STATE_DIR"),
            data_directory: path("LCS_DATA_DIR"),
            log: lookup("LCS_LOG"),
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
        for name in asked.into_inner().iter().filter(|name| *name != "TERM") {
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
