//! What access tokens and id tokens say.
//!
//! The resource decides the version of an access token, and LCS and Graph take version 1.0, also
//! from the v2 endpoint ("Access tokens": `requestedAccessTokenVersion`). The id token of the same
//! answer is version 2.0 when the v2 endpoint was called.

use lcs_types::{ClientId, ObjectId, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// A version 1.0 access token for a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the claims are documented by the access token claims reference"
)]
pub struct AccessTokenClaims {
    pub aud: String,
    pub iss: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    pub acr: String,
    pub amr: Vec<String>,
    pub appid: ClientId,
    pub appidacr: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    pub ipaddr: String,
    pub name: String,
    pub oid: UserId,
    pub puid: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    pub scp: String,
    pub sub: String,
    pub tid: TenantId,
    pub unique_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idp: Option<String>,
    pub uti: String,
    pub ver: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wids: Vec<String>,
}

/// A version 2.0 access token for a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the claims are documented by the access token claims reference"
)]
pub struct AccessTokenClaimsV2 {
    pub aud: String,
    pub iss: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    #[serde(flatten)]
    pub client: ClientClaims,
    pub name: String,
    pub oid: UserId,
    pub preferred_username: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    pub scp: String,
    pub sub: String,
    pub tid: TenantId,
    pub uti: String,
    pub ver: String,
}

/// The access token of an application that acts for itself, of either version. It has no `scp` and no
/// user: `oid` and `sub` are the application's service principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the claims are documented by the access token claims reference"
)]
pub struct ApplicationTokenClaims {
    pub aud: String,
    pub iss: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    #[serde(flatten)]
    pub client: ClientClaims,
    pub oid: ObjectId,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    pub sub: ObjectId,
    pub tid: TenantId,
    pub uti: String,
    pub ver: String,
}

/// The client and how it proved who it is: `0` not at all, `1` by a secret, `2` by a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[expect(
    missing_docs,
    reason = "the claims are documented by the access token claims reference"
)]
pub enum ClientClaims {
    /// As version 1.0 names them.
    V1 { appid: ClientId, appidacr: String },
    /// As version 2.0 names them.
    V2 { azp: ClientId, azpacr: String },
}

impl ClientClaims {
    /// In the names of version 1.0.
    pub fn v1(client: ClientId, proof: &str) -> Self {
        Self::V1 {
            appid: client,
            appidacr: proof.to_owned(),
        }
    }

    /// In the names of version 2.0.
    pub fn v2(client: ClientId, proof: &str) -> Self {
        Self::V2 {
            azp: client,
            azpacr: proof.to_owned(),
        }
    }
}

/// An id token, version 1.0 or 2.0 by the endpoint that was called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the claims are documented by the id token claims reference"
)]
pub struct IdTokenClaims {
    pub aud: ClientId,
    pub iss: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    pub oid: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upn: Option<String>,
    pub sub: String,
    pub tid: TenantId,
    pub uti: String,
    pub ver: String,
}
