//! Microsoft Entra: token requests and answers, errors, discovery, user realm.

pub mod aadsts;
mod discovery;
mod error;
pub mod scope;
mod token;
pub mod unverified;

pub use aadsts::{Aadsts, ArticleStep, OAuthError};
pub use discovery::{
    InstanceDiscovery, InstanceMetadata, JsonWebKey, JsonWebKeySet, OpenIdConfiguration, UserRealm,
};
pub use error::{EntraError, aadsts_code, without_ids};
pub use token::{
    DeviceAnswerV1, DeviceAnswerV2, DeviceAuthorization, TokenAnswer, TokenAnswerV1, TokenAnswerV2,
};

/// The two generations of Entra's endpoints. They differ in parameters, number types and, for
/// demands of a policy, in the OAuth error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Endpoint {
    /// `/oauth2/…`: `resource=`, numbers as strings.
    V1,
    /// `/oauth2/v2.0/…`: `scope=`.
    V2,
}
