//! The consent decision: facts in, verdict out.
//!
//! What the registration lists grants nothing; what was granted decides ("Introduction to
//! permissions and consent"). Who may grant depends on the permission, the tenant and the client
//! ("Configure how users consent to applications").

use jiff::Timestamp;
use lcs_types::ClientId;
use lcs_wire::{entra::Aadsts, well_known::GRAPH_CLIENT_ID};

use crate::model::UserConsent;

/// A delegated permission that a client wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedPermission {
    /// The resource's application id.
    pub resource: ClientId,
    /// The value.
    pub value: String,
    /// Who may consent to it.
    pub by: ConsentBy,
}

/// Who may consent to a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConsentBy {
    /// A user for themself.
    User,
    /// An administrator only.
    Administrator,
}

/// Who is there to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Person {
    /// An ordinary user.
    User,
    /// A user who may consent to everything here.
    Administrator,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// `.default`: what was granted, or else all that the registration lists.
    Default {
        /// The delegated permissions that the registration lists, of all resources.
        listed: Vec<WantedPermission>,
    },
    /// These permissions of the resource.
    These(Vec<WantedPermission>),
}

impl Wanted {
    /// Takes the permissions of a resource from what users may consent to.
    pub(crate) fn leave_to_administrators(&mut self, resource: ClientId) {
        let permissions = match self {
            Self::Default { listed } => listed,
            Self::These(permissions) => permissions,
        };
        for permission in permissions {
            if permission.resource == resource {
                permission.by = ConsentBy::Administrator;
            }
        }
    }
}

/// The client, as far as consent depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientStanding {
    /// Whether users must be assigned to it; then only administrators consent.
    pub requires_assignment: bool,
    /// Whether the tenant itself or Microsoft published it. Publishers are not verified here, so
    /// clients of other tenants never are.
    pub has_trusted_publisher: bool,
}

/// What the decision depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentFacts {
    /// What is asked for.
    pub wanted: Wanted,
    /// The values that count for the user on the resource: everybody's and their own.
    pub granted: Vec<String>,
    /// Who is there.
    pub person: Person,
    /// What users of the tenant may consent to by themselves.
    pub user_consent: UserConsent,
    /// The client.
    pub client: ClientStanding,
}

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// A token may be issued with these values, sorted.
    Granted(Vec<String>),
    /// The person may be asked for these.
    Ask(Vec<WantedPermission>),
    /// Only an administrator could consent to these.
    NeedsAdministrator(Vec<WantedPermission>),
}

/// Decides.
pub fn decide(facts: &ConsentFacts) -> Consent {
    let missing: Vec<WantedPermission> = match &facts.wanted {
        Wanted::Default { .. } if !facts.granted.is_empty() => {
            return Consent::Granted(sorted(facts.granted.clone()));
        }
        Wanted::Default { listed } => listed.clone(),
        Wanted::These(wanted) => {
            let is_missing =
                |permission: &&WantedPermission| !facts.granted.contains(&permission.value);
            let missing: Vec<_> = wanted.iter().filter(is_missing).cloned().collect();
            if missing.is_empty() {
                let values = wanted
                    .iter()
                    .map(|permission| permission.value.clone())
                    .collect();
                return Consent::Granted(sorted(values));
            }
            missing
        }
    };
    let needs_administrator = match facts.person {
        Person::Administrator => false,
        Person::User => !missing.iter().all(|permission| user_may(facts, permission)),
    };
    if needs_administrator {
        Consent::NeedsAdministrator(missing)
    } else {
        Consent::Ask(missing)
    }
}

/// The permissions that Microsoft's recommended policy leaves to administrators, as far as they were
/// announced by name (message MC1097272). Those that followed belong to mail, calendars and chats,
/// which nothing here has.
const NOT_RECOMMENDED: [&str; 4] = [
    "Files.Read.All",
    "Files.ReadWrite.All",
    "Sites.Read.All",
    "Sites.ReadWrite.All",
];

/// Whether an ordinary user may consent to this for themself.
fn user_may(facts: &ConsentFacts, permission: &WantedPermission) -> bool {
    let is_left_to_users = match &facts.user_consent {
        UserConsent::Allowed => true,
        UserConsent::Recommended => {
            permission.resource != GRAPH_CLIENT_ID
                || !NOT_RECOMMENDED.contains(&permission.value.as_str())
        }
        UserConsent::LowImpactOnly { permissions } => {
            facts.client.has_trusted_publisher
                && permissions
                    .iter()
                    .any(|low| low.resource == permission.resource && low.value == permission.value)
        }
        UserConsent::Disabled => false,
    };
    is_left_to_users && permission.by == ConsentBy::User && !facts.client.requires_assignment
}

/// How a user who may not consent comes by an administrator's consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// By asking somebody, outside the pages.
    Elsewhere,
    /// By a request on the page: the tenant has the admin consent workflow.
    OnRequest,
    /// By waiting: a request is pending.
    Requested {
        /// When it was made.
        at: Timestamp,
    },
}

/// What the pages offer a user who may not consent.
pub fn approval(admin_consent_workflow: bool, pending_since: Option<Timestamp>) -> Approval {
    match (admin_consent_workflow, pending_since) {
        (false, _) => Approval::Elsewhere,
        (true, None) => Approval::OnRequest,
        (true, Some(at)) => Approval::Requested { at },
    }
}

impl Approval {
    /// What a user is told who may not consent: to ask an administrator, on the page itself where
    /// the tenant has the admin consent workflow.
    pub const fn refusal(self) -> Aadsts {
        match self {
            Self::Elsewhere => Aadsts::AdminConsentNeeded,
            Self::OnRequest | Self::Requested { .. } => Aadsts::AdminApprovalWorkflow,
        }
    }
}

fn sorted(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values.dedup();
    values
}

#[cfg(test)]
mod tests;
