//! Facts in, changes out: what steps 1 to 3 would write, decided without asking anybody.

use lcs_types::{ClientId, PermissionId};
use lcs_wire::{
    entra::ArticleStep,
    graph::{
        Application, ApplicationPatch, GrantPatch, RedirectUris, RequiredResourceAccess,
        ResourceAccess, ServicePrincipal,
    },
    well_known::{LCS_CLIENT_ID, LCS_USER_IMPERSONATION_ID, USER_IMPERSONATION},
};

use crate::{
    facts::Facts,
    register::RegistrationRequest,
    report::{StepChange, StepOutcome},
};

/// What Entra calls an application for one tenant only.
const SINGLE_TENANT: &str = "AzureADMyOrg";
/// The redirect URI of command-line tools; Entra ignores the port of loopback URIs ("Redirect URI
/// restrictions").
const LOOPBACK_REDIRECT: &str = "http://localhost";
/// A delegated permission in `requiredResourceAccess`.
const DELEGATED: &str = "Scope";

/// The tenant is in a state that only a person can resolve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Several applications have the wanted name.
    #[error(
        "{} applications are called \"{display_name}\": {}",
        applications.len(),
        listed(applications)
    )]
    SeveralApplications {
        /// The name.
        display_name: String,
        /// Their application ids.
        applications: Vec<ClientId>,
    },
    /// The application is open to other tenants; narrowing it could cut somebody off.
    #[error(
        "the application \"{display_name}\" ({client_id}) is not for this tenant alone \
         ({audience})"
    )]
    NotSingleTenant {
        /// The name.
        display_name: String,
        /// The application id.
        client_id: ClientId,
        /// Whom it is for.
        audience: String,
    },
    /// LCS is there and does not offer the permission.
    #[error("\"{lcs}\" does not offer the delegated permission user_impersonation")]
    PermissionMissing {
        /// The name of LCS in this tenant.
        lcs: String,
    },
    /// A service principal is switched off, so no token would be issued.
    #[error("\"{display_name}\" is disabled under Enterprise applications")]
    Disabled {
        /// Its name.
        display_name: String,
    },
}

/// One thing that a step asks for, and what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedAction {
    /// The step.
    pub step: ArticleStep,
    /// The thing, for a person.
    pub what: String,
    /// What is to be done about it.
    pub change: Change,
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
    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.actions
            .iter()
            .all(|action| action.change == Change::None)
    }
}

impl PlannedAction {
    /// The same as a report has it.
    pub fn outcome(&self) -> StepOutcome {
        StepOutcome {
            step: self.step,
            what: self.what.clone(),
            change: match &self.change {
                Change::None => StepChange::AlreadyInPlace,
                Change::CreateApplication(_)
                | Change::CreateLcsServicePrincipal
                | Change::CreateClientServicePrincipal
                | Change::CreateGrant { .. } => StepChange::Created,
                Change::UpdateApplication(_) | Change::UpdateGrant { .. } => StepChange::Updated,
            },
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
    Ok(RegistrationPlan {
        actions: vec![
            registration(application, request),
            lcs_service_principal(facts),
            required_permission(application, permission),
            client_service_principal(facts, request),
            consent(facts),
            public_client(application),
        ],
    })
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
fn user_impersonation(lcs: Option<&ServicePrincipal>) -> Result<PermissionId, PlanError> {
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
        what: format!(
            "single-tenant application registration \"{}\"",
            request.display_name
        ),
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
        what: format!("{name} ({LCS_CLIENT_ID}) in the tenant"),
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
    let is_listed = list
        .iter()
        .filter(|entry| entry.resource_app_id == LCS_CLIENT_ID)
        .any(|entry| entry.resource_access.contains(&wanted));
    let change = if is_listed {
        Change::None
    } else {
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
        what: format!("delegated permission {USER_IMPERSONATION}"),
        change,
    }
}

fn client_service_principal(facts: &Facts, request: &RegistrationRequest) -> PlannedAction {
    PlannedAction {
        step: ArticleStep::Permission,
        what: format!("service principal of \"{}\"", request.display_name),
        change: match &facts.client {
            Some(_) => Change::None,
            None => Change::CreateClientServicePrincipal,
        },
    }
}

fn consent(facts: &Facts) -> PlannedAction {
    let change = match &facts.grant {
        None => Change::CreateGrant {
            scope: USER_IMPERSONATION.to_owned(),
        },
        Some(grant) => {
            let mut values: Vec<_> = grant.scope.split_whitespace().collect();
            if values.contains(&USER_IMPERSONATION) {
                Change::None
            } else {
                values.push(USER_IMPERSONATION);
                Change::UpdateGrant {
                    id: grant.id.clone(),
                    patch: GrantPatch {
                        scope: values.join(" "),
                    },
                }
            }
        }
    };
    PlannedAction {
        step: ArticleStep::Permission,
        what: format!("admin consent to {USER_IMPERSONATION} for all users"),
        change,
    }
}

fn public_client(application: Option<&Application>) -> PlannedAction {
    let is_on = application.and_then(|found| found.is_fallback_public_client) == Some(true);
    PlannedAction {
        step: ArticleStep::PublicClient,
        what: "public client flows allowed".to_owned(),
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

fn listed(applications: &[ClientId]) -> String {
    let ids: Vec<_> = applications.iter().map(ToString::to_string).collect();
    ids.join(", ")
}

#[cfg(test)]
mod tests;
