//! What can be wrong with an access token for LCS.

use std::fmt;

use jiff::Timestamp;
use lcs_types::{ClientId, Region};

use crate::check::{Check, Step};

/// Something that LCS would refuse the token for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "the fields are named for what was wanted and found"
)]
pub enum Finding {
    /// It belongs to an application itself.
    NotDelegated,
    /// It is an id token, which is for the application that asked.
    IdToken,
    /// It has other delegated permissions.
    PermissionMissing { found: String },
    /// It is for the LCS of another region.
    OtherRegion { wanted: Region, found: Region },
    /// It is for something else.
    OtherAudience { wanted: String, found: String },
    /// Its issuer is not that of its tenant.
    OtherIssuer { issuer: String },
    /// It is of another tenant.
    OtherTenant { wanted: String, found: String },
    /// Another application asked for it.
    OtherApplication { wanted: ClientId, found: String },
    /// The user is at home in another tenant.
    Guest { provider: String },
    /// It has run out.
    Expired { at: Timestamp },
    /// It is not valid yet, by this machine's clock.
    NotValidYet { from: Timestamp },
}

impl Finding {
    /// The check that it fails.
    pub const fn check(&self) -> Check {
        match self {
            Self::OtherRegion { .. } => Check::Region,
            Self::PermissionMissing { .. } => Check::Consent,
            Self::NotValidYet { .. } => Check::Clock,
            Self::Guest { .. } => Check::Account,
            _ => Check::Token,
        }
    }

    /// The step of the article that it belongs to.
    pub const fn step(&self) -> Step {
        self.check().step()
    }

    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::NotDelegated => {
                "let a user sign in (lcs login): client credentials and managed identities give \
                 tokens of the application itself"
                    .to_owned()
            }
            Self::IdToken => "send the access_token of the answer, not the id_token".to_owned(),
            Self::PermissionMissing { .. } => {
                "consent to user_impersonation of Dynamics Lifecycle services: lcs setup".to_owned()
            }
            Self::OtherRegion { wanted, found } => format!(
                "request it for https://{}//.default, or call the API of the region {}: \
                 lcs profile detect",
                wanted.api_host(),
                found.name()
            ),
            Self::OtherAudience { wanted, .. } => format!("request it for {wanted}//.default"),
            Self::OtherIssuer { .. } | Self::OtherTenant { .. } => {
                "sign in to the right tenant: --tenant, and lcs login".to_owned()
            }
            Self::OtherApplication { .. } => {
                "use the client id of the registration: --client-id, and lcs login".to_owned()
            }
            Self::Guest { .. } => {
                "use a member account of the tenant; LCS knows guests only by invitation".to_owned()
            }
            Self::Expired { .. } => "get a fresh one: lcs token".to_owned(),
            Self::NotValidYet { .. } => {
                "set this machine's clock: it lags behind the authority's".to_owned()
            }
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDelegated => f.write_str(
                "the token belongs to an application itself (no scp); LCS acts only for users",
            ),
            Self::IdToken => f.write_str("this is an id token, for the application that asked"),
            Self::PermissionMissing { found } => {
                write!(
                    f,
                    "LCS wants user_impersonation, and the token has: {found}"
                )
            }
            Self::OtherRegion { wanted, found } => write!(
                f,
                "the token is for the LCS of {}, and the call goes to that of {}",
                found.name(),
                wanted.name()
            ),
            Self::OtherAudience { wanted, found } => {
                write!(f, "the token is for {found}, and the resource is {wanted}")
            }
            Self::OtherIssuer { issuer } => write!(f, "{issuer} is not the issuer of its tenant"),
            Self::OtherTenant { wanted, found } => {
                write!(
                    f,
                    "the token is of tenant {found}, and the settings say {wanted}"
                )
            }
            Self::OtherApplication { wanted, found } => write!(
                f,
                "the application {found} asked for it, and the settings say {wanted}"
            ),
            Self::Guest { provider } => write!(f, "the user is a guest, at home at {provider}"),
            Self::Expired { at } => write!(f, "it expired at {at}"),
            Self::NotValidYet { from } => {
                write!(
                    f,
                    "it is valid from {from} on, which is to come by this machine's clock"
                )
            }
        }
    }
}
