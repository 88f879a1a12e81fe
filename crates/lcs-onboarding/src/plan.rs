//! Facts in, changes out: what steps 1 to 3 would write, decided without asking anybody.

mod actions;
mod error;

pub use error::PlanError;

use lcs_types::PermissionId;
use lcs_wire::{
    entra::ArticleStep,
    graph::{Application, ApplicationPatch, GrantPatch, ServicePrincipal},
    well_known::{LCS_USER_IMPERSONATION_ID, USER_IMPERSONATION},
};
use serde::{Deserialize, Serialize};

use self::actions::{
    client_service_principal, consent, lcs_service_principal, public_client, registration,
    required_permission,
};
use crate::{
    facts::Facts,
    register::RegistrationRequest,
    report::{StepChange, StepOutcome},
};

/// What a person's sign-in needs of Microsoft Graph where users may not consent for themselves.
const SIGN_IN_SCOPES: [&str; 3] = ["openid", "profile", "offline_access"];
/// What Entra calls an application for one tenant only.
pub(crate) const SINGLE_TENANT: &str = "AzureADMyOrg";
/// The redirect URI of command-line tools; Entra ignores the port of loopback URIs ("Redirect URI
/// restrictions").
pub(crate) const LOOPBACK_REDIRECT: &str = "http://localhost";
/// A delegated permission in `requiredResourceAccess`.
pub(crate) const DELEGATED: &str = "Scope";

/// One thing that a step asks for, and what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedAction {
    /// The step.
    pub step: ArticleStep,
    /// The thing, for a program.
    pub object: SetupObject,
    /// The thing, for a person.
    pub what: String,
    /// Its values now; empty when it is not there.
    pub before: Vec<String>,
    /// Its values afterwards.
    pub after: Vec<String>,
    /// What is to be done about it.
    pub change: Change,
}

/// What steps 1 to 3 bring about. The words are a promise to scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupObject {
    /// The registration with its loopback redirect URI.
    Application,
    /// The presence of LCS in the tenant.
    LcsServicePrincipal,
    /// The delegated permission in the registration.
    Permission,
    /// The presence of the application in the tenant.
    ClientServicePrincipal,
    /// The administrator's consent to the permission.
    AdminConsent,
    /// The administrator's consent to signing in, where users may not consent.
    SignInConsent,
    /// The public client switch.
    PublicClient,
}

/// A resource that consent is given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granted {
    /// LCS.
    Lcs,
    /// Microsoft Graph.
    Graph,
}

/// What is to be done about a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Nothing.
    None,
    /// Create the application.
    CreateApplication(ApplicationPatch),
    /// Change the application.
    UpdateApplication(ApplicationPatch),
    /// Make an application present in the tenant: LCS itself.
    CreateLcsServicePrincipal,
    /// Make the new application present in the tenant, which the portal does by itself.
    CreateClientServicePrincipal,
    /// Create the administrator's grant.
    CreateGrant {
        /// For what.
        resource: Granted,
        /// Its values.
        scope: String,
    },
    /// Extend the administrator's grant.
    UpdateGrant {
        /// The grant.
        id: String,
        /// All its values from now on.
        patch: GrantPatch,
    },
}

/// What is to be done, in the order of the article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationPlan {
    /// The actions.
    pub actions: Vec<PlannedAction>,
}

impl RegistrationPlan {
    /// The actions that write something.
    pub fn changes(&self) -> impl Iterator<Item = &PlannedAction> {
        self.actions
            .iter()
            .filter(|action| action.change != Change::None)
    }

    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.changes().next().is_none()
    }
}

impl PlannedAction {
    /// What becomes of the thing.
    pub const fn kind(&self) -> StepChange {
        match &self.change {
            Change::None => StepChange::AlreadyInPlace,
            Change::CreateApplication(_)
            | Change::CreateLcsServicePrincipal
            | Change::CreateClientServicePrincipal
            | Change::CreateGrant { .. } => StepChange::Created,
            Change::UpdateApplication(_) | Change::UpdateGrant { .. } => StepChange::Updated,
        }
    }

    /// The same as a report has it.
    pub fn outcome(&self) -> StepOutcome {
        StepOutcome {
            step: self.step,
            what: self.what.clone(),
            change: self.kind(),
        }
    }
}

/// Decides what is to be written so that the tenant is as the article's steps 1 to 3 leave it.
///
/// # Errors
///
/// [`PlanError`] when that is for a person to decide.
pub fn plan(facts: &Facts, request: &RegistrationRequest) -> Result<RegistrationPlan, PlanError> {
    let application = sole_application(facts, request)?;
    for principal in [&facts.lcs, &facts.client].into_iter().flatten() {
        if !principal.account_enabled {
            return Err(PlanError::Disabled {
                display_name: principal.display_name.clone(),
            });
        }
    }
    let permission = user_impersonation(facts.lcs.as_ref())?;
    let mut actions = vec![
        registration(application, request),
        lcs_service_principal(facts),
        required_permission(application, permission),
        client_service_principal(facts, request),
        consent(
            SetupObject::AdminConsent,
            facts.grant.as_ref(),
            &[USER_IMPERSONATION],
        ),
    ];
    if facts.sign_in.is_needed() {
        let grant = facts.sign_in.grant.as_ref();
        actions.push(consent(SetupObject::SignInConsent, grant, &SIGN_IN_SCOPES));
    }
    actions.push(public_client(application));
    Ok(RegistrationPlan { actions })
}

fn sole_application<'a>(
    facts: &'a Facts,
    request: &RegistrationRequest,
) -> Result<Option<&'a Application>, PlanError> {
    let application = match facts.applications.as_slice() {
        [] => return Ok(None),
        [application] => application,
        several => {
            return Err(PlanError::SeveralApplications {
                display_name: request.display_name.clone(),
                applications: several.iter().map(|found| found.app_id).collect(),
            });
        }
    };
    match application.sign_in_audience.as_deref() {
        Some(SINGLE_TENANT) => Ok(Some(application)),
        audience => Err(PlanError::NotSingleTenant {
            display_name: application.display_name.clone(),
            client_id: application.app_id,
            audience: audience.unwrap_or("unknown audience").to_owned(),
        }),
    }
}

/// The id of the permission as the tenant's own LCS has it; the published one while LCS is not
/// there yet.
pub(crate) fn user_impersonation(
    lcs: Option<&ServicePrincipal>,
) -> Result<PermissionId, PlanError> {
    let Some(lcs) = lcs else {
        return Ok(LCS_USER_IMPERSONATION_ID);
    };
    lcs.oauth2_permission_scopes
        .iter()
        .find(|scope| scope.value == USER_IMPERSONATION && scope.is_enabled)
        .map(|scope| scope.id)
        .ok_or_else(|| PlanError::PermissionMissing {
            lcs: lcs.display_name.clone(),
        })
}

#[cfg(test)]
mod tests;
