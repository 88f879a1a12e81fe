//! What a token is asked for: a resource, and its spelling in a scope.

use std::{fmt, str::FromStr};

use lcs_wire::well_known::GRAPH_RESOURCE;
use url::Url;

/// A text names no resource.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an https URL nor an application id")]
pub struct ResourceError(pub String);

/// A protected API: a URL without trailing slash, or an application id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Resource(String);

impl Resource {
    /// Microsoft Graph in the public cloud; a local cloud knows the same name.
    pub fn graph() -> Self {
        Self(GRAPH_RESOURCE.to_owned())
    }

    /// The resource without trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scope that asks for all delegated permissions of the resource.
    ///
    /// LCS's identifier ends in a slash, and Entra splits a scope at its last one, hence the
    /// double slash of the article ("Scopes and permissions": if the API expects a trailing
    /// slash, double it). Graph and application ids have a single one.
    pub fn default_scope(&self) -> String {
        let is_url = self.0.starts_with("https://") || self.0.starts_with("http://");
        if is_url && !self.is_graph() {
            format!("{}//.default", self.0)
        } else {
            format!("{}/.default", self.0)
        }
    }

    fn is_graph(&self) -> bool {
        [
            GRAPH_RESOURCE,
            "https://graph.microsoft.us",
            "https://microsoftgraph.chinacloudapi.cn",
        ]
        .contains(&self.0.as_str())
    }
}

impl FromStr for Resource {
    type Err = ResourceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim().trim_end_matches('/');
        let is_id = trimmed.parse::<lcs_types::ClientId>().is_ok();
        let is_url = Url::parse(trimmed).is_ok_and(|url| {
            matches!(url.scheme(), "https" | "http")
                && url.has_host()
                && url.query().is_none()
                && url.password().is_none()
        });
        if is_id || is_url && !trimmed.contains(char::is_whitespace) {
            Ok(Self(trimmed.to_owned()))
        } else {
            Err(ResourceError(text.to_owned()))
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lcs_needs_the_double_slash_and_others_do_not() {
        let cases = [
            (
                "https://lcsapi.lcs.dynamics.com",
                "https://lcsapi.lcs.dynamics.com//.default",
            ),
            (
                "https://lcsapi.eu.lcs.dynamics.com/",
                "https://lcsapi.eu.lcs.dynamics.com//.default",
            ),
            (
                "https://graph.microsoft.com",
                "https://graph.microsoft.com/.default",
            ),
            (
                "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0",
                "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0/.default",
            ),
        ];
        for (text, scope) in cases {
            assert_eq!(text.parse::<Resource>().unwrap().default_scope(), scope);
        }
    }

    #[test]
    fn what_is_no_resource_is_refused() {
        for text in [
            "",
            "user_impersonation",
            "https://",
            "https://a b",
            "ftp://x",
        ] {
            assert!(text.parse::<Resource>().is_err(), "{text:?}");
        }
    }
}
