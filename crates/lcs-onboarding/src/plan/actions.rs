//! What each thing of steps 1 to 3 takes: one pure function for each.

use lcs_types::PermissionId;
use lcs_wire::{
    entra::ArticleStep,
    graph::{
        Application, ApplicationPatch, GrantPatch, OAuth2PermissionGrant, RedirectUris,
        RequiredResourceAccess, ResourceAccess,
    },
    well_known::{LCS_CLIENT_ID, USER_IMPERSONATION},
};

use super::{
    Change, DELEGATED, Granted, LOOPBACK_REDIRECT, PlannedAction, SINGLE_TENANT, SetupObject,
};
use crate::{facts::Facts, register::RegistrationRequest};

pub(super) fn registration(
    application: Option<&Application>,
    request: &RegistrationRequest,
) -> PlannedAction {
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

pub(super) fn lcs_service_principal(facts: &Facts) -> PlannedAction {
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

pub(super) fn required_permission(
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

pub(super) fn client_service_principal(
    facts: &Facts,
    request: &RegistrationRequest,
) -> PlannedAction {
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

pub(super) fn consent(
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

pub(super) fn public_client(application: Option<&Application>) -> PlannedAction {
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
