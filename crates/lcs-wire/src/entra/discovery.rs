//! Discovery documents: OpenID configuration, signing keys, instance discovery, user realm.

use serde::{Deserialize, Serialize};

use crate::clouds::MicrosoftCloud;

/// The OpenID Connect metadata document, as far as clients here read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields of OpenID Connect Discovery 1.0")]
pub struct OpenIdConfiguration {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    #[serde(default)]
    pub device_authorization_endpoint: Option<String>,
    pub jwks_uri: String,
    #[serde(default)]
    pub end_session_endpoint: Option<String>,
}

/// The published signing keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonWebKeySet {
    /// The keys.
    pub keys: Vec<JsonWebKey>,
}

/// One published RSA key (RFC 7517, RFC 7518 §6.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields of RFC 7517")]
pub struct JsonWebKey {
    pub kty: String,
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub key_use: Option<String>,
    pub kid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x5t: Option<String>,
    pub n: String,
    pub e: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub x5c: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// The answer of `/common/discovery/instance`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceDiscovery {
    /// Where the tenant's metadata document is.
    pub tenant_discovery_endpoint: String,
    /// `1.1`; version 1.0 leaves it and `metadata` out.
    #[serde(
        rename = "api-version",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub api_version: Option<String>,
    /// The clouds and their host names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Vec<InstanceMetadata>>,
}

/// The host names of one cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceMetadata {
    /// The host to call.
    pub preferred_network: String,
    /// The host to cache under.
    pub preferred_cache: String,
    /// All names.
    pub aliases: Vec<String>,
}

impl From<&MicrosoftCloud> for InstanceMetadata {
    fn from(cloud: &MicrosoftCloud) -> Self {
        Self {
            preferred_network: cloud.preferred_network.to_owned(),
            preferred_cache: cloud.preferred_cache.to_owned(),
            aliases: cloud
                .authority_hosts
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }
}

/// The answer of `/common/userrealm/{upn}?api-version=1.0`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRealm {
    /// `1.0`.
    pub ver: String,
    /// `Managed`, `Federated` or `Unknown`.
    pub account_type: String,
    /// The domain that was asked about.
    pub domain_name: String,
    /// For example `microsoftonline.com`.
    pub cloud_instance_name: String,
    /// `urn:federation:MicrosoftOnline`.
    pub cloud_audience_urn: String,
    /// `WSTrust`, of federated domains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub federation_protocol: Option<String>,
    /// The MEX address, of federated domains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub federation_metadata_url: Option<String>,
    /// Where user name and password go, of federated domains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub federation_active_auth_url: Option<String>,
}
