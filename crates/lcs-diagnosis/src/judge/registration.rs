//! What Microsoft Graph shows of steps 1 to 3. It tells the cause where a refusal only hints.

use lcs_wire::{
    graph::{Application, ConsentType, ServicePrincipal},
    well_known::{LCS_CLIENT_ID, USER_IMPERSONATION},
};

use super::Results;
use crate::{
    check::{Check, CheckResult, Evidence},
    observations::{NoRegistration, Observations, Registration, Settings},
};

const SOURCE: &str = "Microsoft Graph";
/// What Entra calls an application for one tenant only.
const SINGLE_TENANT: &str = "AzureADMyOrg";
const LOOPBACK: &str = "http://localhost";
/// A delegated permission in `requiredResourceAccess`.
const DELEGATED: &str = "Scope";
const SET_UP: &str = "lcs setup; or by hand: lcs setup --emit portal";

pub(super) fn judge(observations: &Observations, results: &mut Results) {
    let registration = match &observations.registration {
        Ok(registration) => registration,
        Err(NoRegistration::NotSignedIn) => return,
        Err(NoRegistration::Refused(why)) => {
            // Rights that are missing are no finding: the refusals of Entra tell too.
            let message = format!("Microsoft Graph does not tell: {why}");
            results.skip(&[Check::RedirectUri], &message);
            return;
        }
    };
    let settings = &observations.settings;
    let Some(application) = &registration.application else {
        results.add(no_application(registration, settings));
        return;
    };
    results.add(application_result(
        application,
        registration.client.as_ref(),
    ));
    results.add(redirect_uri(application));
    results.add(permission(application, registration));
    results.add(consent(registration));
    results.add(public_client(application));
    if let Some(user) = &registration.user
        && user.account_enabled == Some(false)
    {
        let message = format!("{} is disabled", user.user_principal_name);
        let remedy = "Entra admin center: Users, the user, Account status: enable";
        results.add(
            CheckResult::failed(Check::Account, message, remedy)
                .with(Evidence::of(SOURCE, "accountEnabled is false")),
        );
    }
}

fn no_application(registration: &Registration, settings: &Settings) -> CheckResult {
    let id = settings.client_id;
    if registration.client.is_some() {
        // At home in another tenant and present in this one: a multi-tenant application.
        return CheckResult::passed(Check::Application, "it is at home in another tenant");
    }
    CheckResult::failed(
        Check::Application,
        format!("the tenant has no application with the id {id}"),
        "use the application (client) id, not the object id or a secret's id; or make one: lcs setup",
    )
    .with(Evidence::of(SOURCE, format!("no application with appId {id}")))
}

fn application_result(application: &Application, client: Option<&ServicePrincipal>) -> CheckResult {
    let name = &application.display_name;
    let Some(client) = client else {
        return CheckResult::failed(
            Check::Application,
            format!("\"{name}\" is registered, but has no service principal in the tenant"),
            SET_UP,
        )
        .with(Evidence::of(SOURCE, "no service principal with this appId"));
    };
    if !client.account_enabled {
        return CheckResult::failed(
            Check::Application,
            format!("\"{name}\" is disabled"),
            "Enterprise applications, the application, Properties: Enabled for users to sign in",
        )
        .with(Evidence::of(SOURCE, "accountEnabled is false"));
    }
    let audience = application.sign_in_audience.as_deref().unwrap_or("unknown");
    let result = CheckResult::passed(Check::Application, format!("\"{name}\" is registered"));
    let evidence = if audience == SINGLE_TENANT {
        "for accounts of this tenant only".to_owned()
    } else {
        format!("signInAudience is {audience}; the article's is {SINGLE_TENANT}")
    };
    result.with(Evidence::of(SOURCE, evidence))
}

/// Only the browser needs it, so its absence is told and fails nothing by itself.
fn redirect_uri(application: &Application) -> CheckResult {
    let uris = &application.public_client.redirect_uris;
    if uris.iter().any(|uri| uri == LOOPBACK) {
        return CheckResult::passed(Check::RedirectUri, format!("{LOOPBACK} is registered"));
    }
    let elsewhere = [
        ("web", &application.web.redirect_uris),
        ("spa", &application.spa.redirect_uris),
    ]
    .into_iter()
    .find(|(_, uris)| uris.iter().any(|uri| uri == LOOPBACK));
    match elsewhere {
        Some((platform, _)) => CheckResult::failed(
            Check::RedirectUri,
            format!("{LOOPBACK} is registered for the platform {platform}, which needs more"),
            "register it under Mobile and desktop applications instead: lcs setup",
        )
        .with(Evidence::of(SOURCE, format!("{platform}.redirectUris"))),
        None => CheckResult::skipped(
            Check::RedirectUri,
            format!("{LOOPBACK} is not registered; only lcs login --browser needs it (lcs setup)"),
        ),
    }
}

fn permission(application: &Application, registration: &Registration) -> CheckResult {
    let check = Check::Permission;
    let Some(lcs) = &registration.lcs else {
        return CheckResult::failed(
            check,
            "Dynamics Lifecycle services is not present in the tenant",
            "an administrator makes it present: lcs setup; or somebody signs in to LCS once",
        )
        .with(Evidence::of(
            SOURCE,
            format!("no service principal with appId {LCS_CLIENT_ID}"),
        ));
    };
    if !lcs.account_enabled {
        return CheckResult::failed(
            check,
            format!("\"{}\" is disabled in the tenant", lcs.display_name),
            "Enterprise applications, Dynamics Lifecycle services, Properties: enable; and check \
             the licence",
        )
        .with(Evidence::of(SOURCE, "accountEnabled is false"));
    }
    let wanted = lcs
        .oauth2_permission_scopes
        .iter()
        .find(|scope| scope.value == USER_IMPERSONATION)
        .map(|scope| scope.id);
    let of_lcs = application
        .required_resource_access
        .iter()
        .filter(|entry| entry.resource_app_id == LCS_CLIENT_ID);
    let entries: Vec<_> = of_lcs.flat_map(|entry| &entry.resource_access).collect();
    if entries
        .iter()
        .any(|entry| entry.access_type == DELEGATED && Some(entry.id) == wanted)
    {
        return CheckResult::passed(check, "user_impersonation of LCS is listed, delegated");
    }
    let listed = registration
        .listed
        .iter()
        .map(|(id, name)| match name {
            Some(name) => format!("{name} ({id})"),
            None => id.to_string(),
        })
        .collect::<Vec<_>>()
        .join(", ");
    let evidence = Evidence::of(SOURCE, format!("listed are: {}", or_nothing(&listed)));
    let message = if !entries.is_empty() {
        "LCS is listed, but not with the delegated permission user_impersonation".to_owned()
    } else if let Some((_, Some(name))) = registration
        .listed
        .iter()
        .find(|(_, name)| name.as_ref().is_some_and(|name| is_lookalike(name)))
    {
        format!("\"{name}\" was picked instead of Dynamics Lifecycle services")
    } else {
        "the permission of Dynamics Lifecycle services is not listed".to_owned()
    };
    CheckResult::failed(check, message, SET_UP).with(evidence)
}

/// Entries of the picker that are taken for LCS.
fn is_lookalike(name: &str) -> bool {
    name.starts_with("Dynamics") || name.starts_with("Microsoft Dynamics")
}

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "nothing" } else { text }
}

fn consent(registration: &Registration) -> CheckResult {
    let check = Check::Consent;
    let has_permission = |scope: &str| scope.split(' ').any(|word| word == USER_IMPERSONATION);
    let user = registration.user.as_ref();
    let mut grants = registration
        .grants
        .iter()
        .filter(|grant| has_permission(&grant.scope));
    let is_of_user = |principal: Option<lcs_types::ObjectId>| {
        let user = user.map(|user| user.id.to_string());
        principal.map(|id| id.to_string()) == user && user.is_some()
    };
    let granted = grants.find(|grant| {
        grant.consent_type == ConsentType::AllPrincipals || is_of_user(grant.principal_id)
    });
    if let Some(client) = &registration.client
        && client.app_role_assignment_required
    {
        let text = "appRoleAssignmentRequired is true: only assigned users may sign in";
        if granted.is_some() {
            return CheckResult::passed(check, "granted, to assigned users")
                .with(Evidence::of(SOURCE, text));
        }
    }
    match granted {
        Some(grant) if grant.consent_type == ConsentType::AllPrincipals => {
            CheckResult::passed(check, "an administrator consented for all users")
        }
        Some(_) => CheckResult::passed(check, "the user consented"),
        None => CheckResult::failed(
            check,
            "nobody consented to user_impersonation of Dynamics Lifecycle services",
            "an administrator: lcs setup, or API permissions, Grant admin consent; or the user \
             accepts once in the browser: lcs login --browser",
        )
        .with(Evidence::of(
            SOURCE,
            "no permission grant for all users, and none for this user",
        )),
    }
}

/// Only passwords and device codes need it; a refusal of Entra makes it a finding.
fn public_client(application: &Application) -> CheckResult {
    if application.is_fallback_public_client == Some(true) {
        CheckResult::passed(Check::PublicClient, "allowed")
    } else {
        CheckResult::skipped(
            Check::PublicClient,
            "not allowed; user name and password, and device codes, need it (lcs setup)",
        )
    }
}
