//! Applications (registrations): what an application is and asks for, in its home tenant.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use lcs_types::{ClientId, ObjectId, TenantId, UserId};
use lcs_wire::graph::RequiredResourceAccess;
use serde::{Deserialize, Serialize};

use super::{ExposedApi, KeyCredential, PasswordCredential};

/// An application registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The home tenant.
    pub tenant: TenantId,
    /// The object id.
    pub id: ObjectId,
    /// The application (client) id.
    pub client_id: ClientId,
    /// The alternate key, set at creation only.
    pub unique_name: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// What may be changed later.
    pub settings: ApplicationSettings,
}

/// What an administrator may change of an application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationSettings {
    /// The name shown to people.
    pub display_name: String,
    /// Whose users may sign in.
    pub sign_in_audience: SignInAudience,
    /// The public client switch; never set means off.
    pub is_fallback_public_client: Option<bool>,
    /// Redirect URIs of *Mobile and desktop applications*.
    pub public_client_redirect_uris: Vec<String>,
    /// Redirect URIs of web applications.
    pub web_redirect_uris: Vec<String>,
    /// Redirect URIs of single-page applications.
    pub spa_redirect_uris: Vec<String>,
    /// Whether tokens may come straight from the sign-in page.
    #[serde(default)]
    pub implicit_grant: ImplicitGrant,
    /// Its client secrets.
    #[serde(default)]
    pub password_credentials: Vec<PasswordCredential>,
    /// Its certificates.
    #[serde(default)]
    pub key_credentials: Vec<KeyCredential>,
    /// What it exposes as a resource.
    #[serde(default)]
    pub exposed_api: ExposedApi,
    /// What the application asks for. Grants nothing.
    pub required_resource_access: Vec<RequiredResourceAccess>,
    /// The users who may change it without a directory role.
    #[serde(default)]
    pub owners: Vec<UserId>,
    /// Free labels.
    pub tags: Vec<String>,
    /// Free text.
    pub notes: Option<String>,
}

impl ApplicationSettings {
    /// Whether the public client switch is on.
    pub fn is_public_client(&self) -> bool {
        self.is_fallback_public_client == Some(true)
    }
}

/// Whether tokens may come straight from the sign-in page (*Implicit grant and hybrid flows*).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImplicitGrant {
    /// Id tokens.
    pub id_token: bool,
    /// Access tokens.
    pub access_token: bool,
}

/// Whose users may sign in to an application.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SignInAudience {
    /// The home tenant's.
    #[default]
    #[serde(rename = "AzureADMyOrg")]
    MyOrganization,
    /// Every tenant's.
    #[serde(rename = "AzureADMultipleOrgs")]
    MultipleOrganizations,
    /// Every tenant's and personal accounts.
    #[serde(rename = "AzureADandPersonalMicrosoftAccount")]
    OrganizationsAndPersonal,
    /// Personal accounts only.
    #[serde(rename = "PersonalMicrosoftAccount")]
    Personal,
}

impl SignInAudience {
    /// All audiences.
    pub const ALL: [Self; 4] = [
        Self::MyOrganization,
        Self::MultipleOrganizations,
        Self::OrganizationsAndPersonal,
        Self::Personal,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MyOrganization => "AzureADMyOrg",
            Self::MultipleOrganizations => "AzureADMultipleOrgs",
            Self::OrganizationsAndPersonal => "AzureADandPersonalMicrosoftAccount",
            Self::Personal => "PersonalMicrosoftAccount",
        }
    }
}

impl fmt::Display for SignInAudience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SignInAudience {
    type Err = super::user::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|audience| audience.as_str() == text)
            .ok_or_else(|| super::user::UnknownWord(text.to_owned()))
    }
}
