//! Scopes of the v2 endpoint: `<resource>/<value>`, split at the last slash.
//!
//! So `https://lcsapi.lcs.dynamics.com//.default` asks for `.default` of the resource
//! `https://lcsapi.lcs.dynamics.com/` ("Scopes and permissions": if the API expects a trailing
//! slash, double it).

use std::fmt;

/// A single requested scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// A scope of OpenID Connect, which belongs to no resource.
    OpenId(OpenIdScope),
    /// A value of a resource.
    Resource {
        /// The resource as requested, slash at the end included; empty means Microsoft Graph.
        resource: String,
        /// The value, for example `user_impersonation` or `.default`.
        value: String,
    },
}

/// The scopes of OpenID Connect that Entra knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OpenIdScope {
    /// An id token is wanted.
    OpenId,
    /// Name and the like in the id token.
    Profile,
    /// The e-mail address in the id token.
    Email,
    /// A refresh token is wanted.
    OfflineAccess,
}

impl OpenIdScope {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::OfflineAccess => "offline_access",
        }
    }
}

/// A word that is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a scope")]
pub struct InvalidScope(pub String);

impl Scope {
    /// Reads one blank-free word.
    ///
    /// # Errors
    ///
    /// [`InvalidScope`] when a URL or a GUID has no value behind it.
    pub fn parse(word: &str) -> Result<Self, InvalidScope> {
        let open_id = match word {
            "openid" => Some(OpenIdScope::OpenId),
            "profile" => Some(OpenIdScope::Profile),
            "email" => Some(OpenIdScope::Email),
            "offline_access" => Some(OpenIdScope::OfflineAccess),
            _ => None,
        };
        if let Some(scope) = open_id {
            return Ok(Self::OpenId(scope));
        }
        let invalid = || InvalidScope(word.to_owned());
        let path_start = word.find("://").map_or(0, |at| at + 3);
        let Some(slash) = word[path_start..].rfind('/').map(|at| at + path_start) else {
            // A bare word is a value of Microsoft Graph; a bare host or GUID asks for nothing.
            let is_bare_resource = path_start > 0 || word.parse::<lcs_types::ClientId>().is_ok();
            if word.is_empty() || is_bare_resource {
                return Err(invalid());
            }
            return Ok(Self::Resource {
                resource: String::new(),
                value: word.to_owned(),
            });
        };
        let (resource, value) = (&word[..slash], &word[slash + 1..]);
        if value.is_empty() || resource.is_empty() {
            return Err(invalid());
        }
        Ok(Self::Resource {
            resource: resource.to_owned(),
            value: value.to_owned(),
        })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenId(scope) => f.write_str(scope.as_str()),
            Self::Resource { resource, value } if resource.is_empty() => f.write_str(value),
            Self::Resource { resource, value } => write!(f, "{resource}/{value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(resource: &str, value: &str) -> Scope {
        Scope::Resource {
            resource: resource.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn the_last_slash_separates() {
        let cases = [
            (
                "https://lcsapi.lcs.dynamics.com//.default",
                "https://lcsapi.lcs.dynamics.com/",
                ".default",
            ),
            (
                "https://lcsapi.lcs.dynamics.com/.default",
                "https://lcsapi.lcs.dynamics.com",
                ".default",
            ),
            (
                "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0/.default",
                "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0",
                ".default",
            ),
            ("user_impersonation", "", "user_impersonation"),
        ];
        for (text, wanted_resource, value) in cases {
            let scope = Scope::parse(text).unwrap();
            assert_eq!(scope, resource(wanted_resource, value));
            assert_eq!(scope.to_string(), text);
        }
    }

    #[test]
    fn a_resource_without_value_is_no_scope() {
        for text in [
            "https://lcsapi.lcs.dynamics.com",
            "https://lcsapi.lcs.dynamics.com/",
            "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0",
            "/.default",
            "",
        ] {
            assert!(Scope::parse(text).is_err(), "{text}");
        }
    }
}
