//! Facts in, changes out: what steps 1 to 3 would write, decided without asking anybody.

mod error;

pub use error::PlanError;

use lcs_types::PermissionId;
use lcs_wire::{
    entra::ArticleStep,
    graph::{
        Application, ApplicationPatch, GrantPatch, OAuth2PermissionGrant, RedirectUris,
        RequiredResourceAccess, ResourceAccess, ServicePrincipal,
    },
    well_known::{LCS_CLIENT_ID, LCS_USER_IMPERSONATION_ID, USER_IMPERSONATION},
};

use serde::{Deserialize, Serialize};

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

fn registration(application: Option<&Application>, request: &RegistrationRequest) -> PlannedAction {
    let values = |uris: &[String]| {
        let mut values = vec![request.display_name.clone(), SINGLE_TENANT.to_owned()];
        values.extend_from_slice(uris);
        values
    };
    let loopback = vec![LOOPBACK_REDIRECT.to_owned()];
    let (before, after) = match application {
        None => (Vec::new(), values(&loopback)),
        Some(application) => {
            let mut uris = application.public_client.redirect_uris.clone();
            let before = values(&uris);
            if !uris.contains(&loopback[0]) {
                uris.extend(loopback);
            }
            (before, values(&uris))
        }
    };
    let change = match application {
        None => Change::CreateApplication(ApplicationPatch {
            display_name: Some(request.display_name.clone()),
            // Left out, the service may take accounts of any tenant.
            sign_in_audience: Some(SINGLE_TENANT.to_owned()),
            public_client: Some(RedirectUris {
                redirect_uris: vec![LOOPBACK_REDIRECT.to_owned()],
            }),
            ..ApplicationPatch::default()
        }),
        Some(application) => {
            let uris = &application.public_client.redirect_uris;
            if uris.iter().any(|uri| uri == LOOPBACK_REDIRECT) {
                Change::None
            } else {
                let mut redirect_uris = uris.clone();
                redirect_uris.push(LOOPBACK_REDIRECT.to_owned());
                Change::UpdateApplication(ApplicationPatch {
                    public_client: Some(RedirectUris { redirect_uris }),
                    ..ApplicationPatch::default()
                })
            }
        }
    };
    PlannedAction {
        step: ArticleStep::Registration,
        object: SetupObject::Application,
        what: format!(
            "single-tenant application registration \"{}\"",
            request.display_name
        ),
        before,
        after,
        change,
    }
}

fn lcs_service_principal(facts: &Facts) -> PlannedAction {
    let (name, change) = match &facts.lcs {
        Some(lcs) => (lcs.display_name.as_str(), Change::None),
        None => (
            lcs_wire::well_known::LCS_DISPLAY_NAME,
            Change::CreateLcsServicePrincipal,
        ),
    };
    PlannedAction {
        step: ArticleStep::Permission,
        object: SetupObject::LcsServicePrincipal,
        what: format!("{name} ({LCS_CLIENT_ID}) in the tenant"),
        before: facts
            .lcs
            .iter()
            .map(|_| LCS_CLIENT_ID.to_string())
            .collect(),
        after: vec![LCS_CLIENT_ID.to_string()],
        change,
    }
}

fn required_permission(
    application: Option<&Application>,
    permission: PermissionId,
) -> PlannedAction {
    let wanted = ResourceAccess {
        id: permission,
        access_type: DELEGATED.to_owned(),
    };
    // The list is replaced whole, so other resources' entries are sent along.
    let mut list = application.map_or_else(Vec::new, |application| {
        application.required_resource_access.clone()
    });
    let before = permissions(&list);
    let is_listed = list
        .iter()
        .filter(|entry| entry.resource_app_id == LCS_CLIENT_ID)
        .any(|entry| entry.resource_access.contains(&wanted));
    let mut after = before.clone();
    let change = if is_listed {
        Change::None
    } else {
        after.push(format!("{LCS_CLIENT_ID}/{permission}"));
        match list
            .iter_mut()
            .find(|entry| entry.resource_app_id == LCS_CLIENT_ID)
        {
            Some(entry) => entry.resource_access.push(wanted),
            None => list.push(RequiredResourceAccess {
                resource_app_id: LCS_CLIENT_ID,
                resource_access: vec![wanted],
            }),
        }
        Change::UpdateApplication(ApplicationPatch {
            required_resource_access: Some(list),
            ..ApplicationPatch::default()
        })
    };
    PlannedAction {
        step: ArticleStep::Permission,
        object: SetupObject::Permission,
        what: format!("delegated permission {USER_IMPERSONATION}"),
        before,
        after,
        change,
    }
}

/// The permissions of a list, each with its resource; application permissions say so.
fn permissions(list: &[RequiredResourceAccess]) -> Vec<String> {
    list.iter()
        .flat_map(|entry| {
            entry.resource_access.iter().map(|access| {
                let note = if access.access_type == DELEGATED {
                    ""
                } else {
                    " (application)"
                };
                format!("{}/{}{note}", entry.resource_app_id, access.id)
            })
        })
        .collect()
}

fn client_service_principal(facts: &Facts, request: &RegistrationRequest) -> PlannedAction {
    PlannedAction {
        step: ArticleStep::Permission,
        object: SetupObject::ClientServicePrincipal,
        what: format!("service principal of \"{}\"", request.display_name),
        before: facts
            .client
            .iter()
            .map(|_| request.display_name.clone())
            .collect(),
        after: vec![request.display_name.clone()],
        change: match &facts.client {
            Some(_) => Change::None,
            None => Change::CreateClientServicePrincipal,
        },
    }
}

fn consent(
    object: SetupObject,
    grant: Option<&OAuth2PermissionGrant>,
    wanted: &[&str],
) -> PlannedAction {
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let before: Vec<_> =
        grant.map_or_else(Vec::new, |grant| grant.scope.split_whitespace().collect());
    let mut after = before.clone();
    after.extend(wanted.iter().filter(|word| !before.contains(word)));
    let change = match grant {
        None => Change::CreateGrant {
            resource: match object {
                SetupObject::SignInConsent => Granted::Graph,
                _ => Granted::Lcs,
            },
            scope: after.join(" "),
        },
        Some(_) if after == before => Change::None,
        Some(grant) => Change::UpdateGrant {
            id: grant.id.clone(),
            patch: GrantPatch {
                scope: after.join(" "),
            },
        },
    };
    PlannedAction {
        step: ArticleStep::Permission,
        object,
        what: format!("admin consent to {} for all users", wanted.join(" ")),
        before: words(&before),
        after: words(&after),
        change,
    }
}

fn public_client(application: Option<&Application>) -> PlannedAction {
    let is_on = application.and_then(|found| found.is_fallback_public_client) == Some(true);
    PlannedAction {
        step: ArticleStep::PublicClient,
        object: SetupObject::PublicClient,
        what: "public client flows allowed".to_owned(),
        before: application
            .map(|found| found.is_fallback_public_client == Some(true))
            .map(on_or_off)
            .into_iter()
            .collect(),
        after: vec![on_or_off(true)],
        change: if is_on {
            Change::None
        } else {
            Change::UpdateApplication(ApplicationPatch {
                is_fallback_public_client: Some(true),
                ..ApplicationPatch::default()
            })
        },
    }
}

fn on_or_off(is_on: bool) -> String {
    if is_on { "on" } else { "off" }.to_owned()
}

#[cfg(test)]
mod tests;
