//! What a refusal of Entra, or a token, says about everything that Entra looks at before it.

use lcs_signin::{HttpError, NotSignedIn, RefusedSignIn, SignInError, UserRealm};
use lcs_wire::entra::{ArticleStep, EntraError, aadsts::Group};
use serde_json::{Map, Value};

use super::{Results, because_of};
use crate::{
    check::{Check, CheckResult, Evidence},
    observations::{Observations, Reached, SignIn},
    token::{self, Expected, Finding},
};

/// The order in which Entra looks at a request for a token with a password: a refusal for one of
/// these means that those before it hold (reports of users, and the reference's order of checks).
const ORDER: [Check; 7] = [
    Check::Tenant,
    Check::Application,
    Check::PublicClient,
    Check::Permission,
    Check::Account,
    Check::Policy,
    Check::Consent,
];
/// What depends on a sign-in.
const AFTER: [Check; 6] = [
    Check::Token,
    Check::Region,
    Check::ApiVersion,
    Check::Project,
    Check::Role,
    Check::Environments,
];

pub(super) fn judge(observations: &Observations, results: &mut Results) {
    if let Some(first) = results.first_failed(&[Check::Authority, Check::Tenant]) {
        skip_all(results, &because_of(first));
        return;
    }
    match &observations.sign_in {
        SignIn::Token {
            by_password,
            claims,
        } => issued(observations, *by_password, claims.as_ref(), results),
        SignIn::Failed(error) | SignIn::OnlyDeviceCode(Err(error)) => {
            failed(observations, error, results);
        }
        SignIn::OnlyDeviceCode(Ok(())) => {
            results.add(CheckResult::passed(
                Check::Application,
                "Entra gives it a device code",
            ));
            nobody(results);
        }
        SignIn::NotTried => nobody(results),
    }
}

fn skip_all(results: &mut Results, because: &str) {
    results.skip(&ORDER, because);
    results.skip(&[Check::SignIn, Check::RedirectUri], because);
    results.skip(&AFTER, because);
}

/// Without a sign-in the rest cannot be looked at; that is a finding of its own, unless something
/// before it is wrong.
fn nobody(results: &mut Results) {
    match results.first_failed(&ORDER) {
        Some(first) => results.skip(&[Check::SignIn], &because_of(first)),
        None => results.add(CheckResult::failed(
            Check::SignIn,
            "nobody is signed in",
            "sign in: lcs login; or let the doctor do so: lcs doctor --username NAME \
             --password-stdin",
        )),
    }
    skip_all(results, "nobody is signed in");
}

fn issued(
    observations: &Observations,
    by_password: bool,
    claims: Option<&Map<String, Value>>,
    results: &mut Results,
) {
    let how = if by_password {
        "Entra issued a token for user name and password"
    } else {
        "Entra renewed the sign-in"
    };
    for check in ORDER {
        // An earlier sign-in in the browser says nothing of the switch.
        if by_password || check != Check::PublicClient {
            results.add(CheckResult::passed(check, how));
        }
    }
    results.skip(
        &[Check::PublicClient],
        "only user name and password, and device codes, depend on it",
    );
    results.skip(&[Check::RedirectUri], "only Microsoft Graph tells");
    results.add(CheckResult::passed(Check::SignIn, how));
    let Some(claims) = claims else {
        results.skip(
            &[Check::Token, Check::Region],
            "the token is not one that can be read",
        );
        return;
    };
    let settings = &observations.settings;
    // The metadata names the tenant's id, also where the settings name a domain.
    let tenant = match &observations.authority {
        Reached::Yes(metadata) => metadata.tenant.as_ref().ok().cloned().flatten(),
        Reached::No(_) => None,
    };
    let expected = Expected {
        resource: Some(settings.resource.clone()),
        tenant,
        client_id: Some(settings.client_id),
        now: settings.now,
    };
    for finding in token::findings(claims, &expected) {
        // A guest may well be a member of the project; LCS decides.
        if matches!(finding, Finding::Guest { .. }) {
            continue;
        }
        let evidence = Evidence::of("token", told(claims));
        let result = CheckResult::failed(finding.check(), finding.to_string(), finding.remedy());
        results.add(result.with(evidence));
    }
    results.add(CheckResult::passed(
        Check::Token,
        "a user stands behind it, with user_impersonation",
    ));
    let audience = claims.get("aud").and_then(Value::as_str);
    results.add(CheckResult::passed(
        Check::Region,
        format!("it is for {}", audience.unwrap_or("the resource")),
    ));
}

/// The claims that a judgement rests on.
fn told(claims: &Map<String, Value>) -> String {
    ["aud", "scp", "tid", "appid", "idp", "uti"]
        .iter()
        .filter_map(|name| Some(format!("{name}={}", claims.get(*name)?.as_str()?)))
        .collect::<Vec<_>>()
        .join(" ")
}

fn failed(observations: &Observations, error: &SignInError, results: &mut Results) {
    let (check, result) = match error {
        SignInError::Refused(refused) => refusal(refused),
        SignInError::FederatedDomain { domain } => federated(domain),
        SignInError::NotSignedIn(NotSignedIn::Expired { .. } | NotSignedIn::GivenTokenSpent) => (
            Check::SignIn,
            CheckResult::failed(Check::SignIn, error.to_string(), "sign in again: lcs login"),
        ),
        SignInError::NotSignedIn(_) => {
            nobody(results);
            return;
        }
        SignInError::Throttled { .. } => (
            Check::SignIn,
            CheckResult::failed(
                Check::SignIn,
                error.to_string(),
                "wait a minute, then try again",
            ),
        ),
        SignInError::Network(source) => (Check::SignIn, network(error, source)),
        _ => (
            Check::SignIn,
            CheckResult::failed(
                Check::SignIn,
                error.to_string(),
                "check the authority: lcs profile show",
            ),
        ),
    };
    let position = ORDER.iter().position(|each| *each == check);
    let before = position.map_or(&ORDER[..2], |position| &ORDER[..position]);
    if matches!(error, SignInError::Refused(_)) {
        for holds in before {
            results.add(CheckResult::passed(*holds, "Entra went on beyond it"));
        }
    }
    if let (Check::Account, Some(UserRealm::Unknown { domain })) = (check, &observations.realm) {
        let text = format!("no tenant of this cloud has the domain {domain}");
        results.add(result.with(Evidence::of("Entra", text)));
    } else {
        results.add(result);
    }
    // What Graph shows as missing is the cause; a refusal for the same reason is its evidence.
    let first = results.first_failed(&ORDER).unwrap_or(check);
    let because = because_of(first);
    skip_all(results, &because);
}

fn network(error: &SignInError, source: &HttpError) -> CheckResult {
    CheckResult::failed(
        Check::SignIn,
        error.to_string(),
        "check the network, then try again",
    )
    .with(Evidence::of("network", source.to_string()))
}

fn federated(domain: &str) -> (Check, CheckResult) {
    let message = format!("the domain {domain} is federated, so Entra cannot check the password");
    let remedy =
        "sign in with the browser (lcs login) or a device code, or use a cloud-only account";
    let evidence = Evidence::of("Entra", format!("user realm of {domain}: Federated"));
    (
        Check::Account,
        CheckResult::failed(Check::Account, message, remedy).with(evidence),
    )
}

fn refusal(refused: &RefusedSignIn) -> (Check, CheckResult) {
    let check = check_of(refused);
    let message = refused
        .cause()
        .map_or_else(|| refused.to_string(), str::to_owned);
    let remedy = refused
        .remedy()
        .unwrap_or("look the code up, and check tenant and application: lcs profile show");
    let evidence = evidence(&refused.error, Some(refused.status));
    (
        check,
        CheckResult::failed(check, message, remedy).with(evidence),
    )
}

/// The check that a refusal fails, by its row in the catalogue of refusals.
fn check_of(refused: &RefusedSignIn) -> Check {
    let Some(known) = refused.known() else {
        return Check::SignIn;
    };
    let row = known.row();
    match (row.group, row.step) {
        (Group::Policy, _) => Check::Policy,
        (_, ArticleStep::PublicClient) => Check::PublicClient,
        (_, ArticleStep::Registration) if [50011, 500_113, 900_971].contains(&row.code) => {
            Check::RedirectUri
        }
        (_, ArticleStep::Registration) => Check::Application,
        (_, ArticleStep::Permission) if is_about_consent(row.code) => Check::Consent,
        (_, ArticleStep::Permission) => Check::Permission,
        (Group::Grant, _) => Check::SignIn,
        (_, ArticleStep::Account) => Check::Account,
        (_, ArticleStep::TokenRequest) if [90002, 900_023, 9_001_023].contains(&row.code) => {
            Check::Tenant
        }
        // 500011: the resource's name, or the resource itself.
        (Group::Permission, _) => Check::Permission,
        (_, ArticleStep::TokenRequest) => Check::SignIn,
    }
}

fn is_about_consent(code: u32) -> bool {
    [65001, 65004, 90094, 90095, 90008, 50105].contains(&code)
}

/// What Entra said, with its identifiers.
pub(super) fn evidence(error: &EntraError, status: Option<u16>) -> Evidence {
    let code = error.code();
    let text = match code {
        Some(_) => error.text().to_owned(),
        None => format!("{} {}", error.error, error.text()),
    };
    Evidence {
        source: "Entra",
        text: text.trim().to_owned(),
        aadsts: code,
        status,
        trace_id: error.trace_id.clone(),
        correlation_id: error.correlation_id.clone(),
        activity_id: None,
    }
}
