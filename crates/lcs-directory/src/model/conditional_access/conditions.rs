//! Which sign-ins a policy concerns: Graph's `conditionalAccessConditionSet`.

use lcs_types::NamedLocationId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ApplicationSelector, LocationSelector, OtherProperties, UserSelector};
use crate::model::{RedirectType, SignInFlow, UnknownWord};

/// Which sign-ins a policy concerns: those that meet every condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Conditions {
    /// Of whom.
    pub users: UserCondition,
    /// For which resources; never by which client.
    pub applications: ApplicationCondition,
    /// From what kind of client.
    pub client_app_types: Vec<ClientAppType>,
    /// By which flows; by all when missing.
    pub authentication_flows: Option<AuthenticationFlowCondition>,
    /// From where; from everywhere when missing.
    pub locations: Option<LocationCondition>,
    /// Conditions that nothing here can judge.
    #[serde(flatten)]
    pub other: OtherProperties,
}

impl Default for Conditions {
    /// Nobody, for nothing, from every kind of client.
    fn default() -> Self {
        Self {
            users: UserCondition::default(),
            applications: ApplicationCondition::default(),
            client_app_types: vec![ClientAppType::All],
            authentication_flows: None,
            locations: None,
            other: OtherProperties::default(),
        }
    }
}

/// Whose sign-ins: Graph's `conditionalAccessUsers`. What excludes is stronger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UserCondition {
    /// These.
    pub include_users: Vec<UserSelector>,
    /// But not these.
    pub exclude_users: Vec<UserSelector>,
    /// Those of these groups: nobody, as this directory has no groups.
    pub include_groups: Vec<Uuid>,
    /// But nobody of these.
    pub exclude_groups: Vec<Uuid>,
    /// Those who hold one of these roles, by template id.
    pub include_roles: Vec<Uuid>,
    /// But nobody who holds one of these.
    pub exclude_roles: Vec<Uuid>,
    /// What nothing here can judge.
    #[serde(flatten)]
    pub other: OtherProperties,
}

/// For which resources: Graph's `conditionalAccessApplications`. What excludes is stronger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationCondition {
    /// These.
    pub include_applications: Vec<ApplicationSelector>,
    /// But not these.
    pub exclude_applications: Vec<ApplicationSelector>,
    /// What nothing here can judge.
    #[serde(flatten)]
    pub other: OtherProperties,
}

/// What kind of client signs somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClientAppType {
    /// Every kind.
    All,
    /// A web application, a single-page application.
    Browser,
    /// Everything else that speaks OAuth, the password grant included.
    MobileAppsAndDesktopClients,
    /// A protocol that nothing here speaks.
    ExchangeActiveSync,
    /// The same, and clients that support policies.
    EasSupported,
    /// *Other clients*: protocols without modern authentication, which nothing here speaks.
    Other,
}

impl ClientAppType {
    /// The kind of client that uses a flow.
    pub const fn of_flow(flow: SignInFlow) -> Self {
        match flow {
            SignInFlow::AuthorizationCode(RedirectType::Web | RedirectType::Spa) => Self::Browser,
            SignInFlow::AuthorizationCode(RedirectType::Public)
            | SignInFlow::Password
            | SignInFlow::DeviceCode
            | SignInFlow::OnBehalfOf => Self::MobileAppsAndDesktopClients,
        }
    }
}

/// By which flows: Graph's `conditionalAccessAuthenticationFlows`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationFlowCondition {
    /// These.
    pub transfer_methods: TransferMethods,
}

/// Graph's `conditionalAccessTransferMethods`: words, separated by commas.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TransferMethods {
    /// The device code flow.
    pub device_code_flow: bool,
    /// Handing a sign-in from one device to another, which nothing here does.
    pub authentication_transfer: bool,
}

impl TryFrom<String> for TransferMethods {
    type Error = UnknownWord;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut methods = Self::default();
        for word in text.split(',').map(str::trim) {
            match word {
                "none" | "" => {}
                "deviceCodeFlow" => methods.device_code_flow = true,
                "authenticationTransfer" => methods.authentication_transfer = true,
                other => return Err(UnknownWord(other.to_owned())),
            }
        }
        Ok(methods)
    }
}

impl From<TransferMethods> for String {
    fn from(methods: TransferMethods) -> Self {
        match (methods.device_code_flow, methods.authentication_transfer) {
            (false, false) => "none",
            (true, false) => "deviceCodeFlow",
            (false, true) => "authenticationTransfer",
            (true, true) => "deviceCodeFlow,authenticationTransfer",
        }
        .to_owned()
    }
}

impl Conditions {
    /// Whether they refer to a named location.
    pub fn names_location(&self, id: NamedLocationId) -> bool {
        let of = |locations: &LocationCondition| {
            let all = [&locations.include_locations, &locations.exclude_locations];
            all.into_iter()
                .any(|list| list.contains(&LocationSelector::Location(id)))
        };
        self.locations.as_ref().is_some_and(of)
    }
}

/// From where: Graph's `conditionalAccessLocations`. What excludes is stronger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LocationCondition {
    /// From these.
    pub include_locations: Vec<LocationSelector>,
    /// But not from these.
    pub exclude_locations: Vec<LocationSelector>,
}
