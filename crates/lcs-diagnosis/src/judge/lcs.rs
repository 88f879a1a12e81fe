//! Project, membership, role, environments, and the version of the API: what LCS answers to the
//! token.

use jiff::{civil::DateTime, tz::TimeZone};
use lcs_client::ApiError;
use lcs_wire::lcs::EnvironmentDetail;

use super::{Results, because_of};
use crate::{
    check::{Check, CheckResult, Evidence},
    observations::{Observations, Project},
};

const ALL: [Check; 4] = [
    Check::ApiVersion,
    Check::Project,
    Check::Role,
    Check::Environments,
];
const INVITATION: &str = "ask a project owner for an invitation, accept it, and open the project \
                          once in LCS";

pub(super) fn judge(observations: &Observations, results: &mut Results) {
    let before = [Check::Api, Check::SignIn, Check::Token, Check::Region];
    if let Some(first) = results.first_failed(&before) {
        results.skip(&ALL, &because_of(first));
        return;
    }
    let Some(project) = observations.settings.project else {
        results.skip(&ALL, "no project is set: --project");
        return;
    };
    match &observations.project {
        None => results.skip(&ALL, "nobody is signed in"),
        Some(Ok(Project {
            environments,
            version_end_of_life,
        })) => {
            let message = format!("project {project} is shown");
            let today = observations.settings.now.to_zoned(TimeZone::UTC).datetime();
            results.add(version(*version_end_of_life, today));
            results.add(CheckResult::passed(Check::Project, message));
            results.add(CheckResult::passed(Check::Role, "environments are shown"));
            results.add(environments_result(environments));
        }
        Some(Err(error)) => refused(error, results),
    }
}

/// `VersionEOL`: in the year 9999 while no end is planned, announced six months ahead.
fn version(end_of_life: Option<DateTime>, today: DateTime) -> CheckResult {
    let Some(end) = end_of_life.filter(|end| end.year() < 9999) else {
        return CheckResult::passed(Check::ApiVersion, "taken by LCS, and no end is planned");
    };
    let evidence = Evidence::of("LCS", format!("VersionEOL is {end}"));
    let result = if end <= today {
        CheckResult::failed(
            Check::ApiVersion,
            format!("this version of the API ended on {}", end.date()),
            "get a newer lcs",
        )
    } else {
        let message = format!("taken by LCS until {}; then get a newer lcs", end.date());
        CheckResult::passed(Check::ApiVersion, message)
    };
    result.with(evidence)
}

fn environments_result(environments: &[EnvironmentDetail]) -> CheckResult {
    if environments.is_empty() {
        return CheckResult::failed(
            Check::Environments,
            "the project has no environments",
            "check the project's number (lcs profile show), or deploy an environment in LCS",
        )
        .with(Evidence::of("LCS", "an empty list of environments"));
    }
    let names: Vec<String> = environments
        .iter()
        .map(|environment| match &environment.deployment_status_display {
            Some(status) => format!("{} ({status})", environment.environment_name),
            None => environment.environment_name.clone(),
        })
        .collect();
    CheckResult::passed(Check::Environments, names.join(", "))
}

fn refused(error: &ApiError, results: &mut Results) {
    let evidence = evidence(error);
    let text = &evidence.text;
    let (check, message, remedy) = match error {
        ApiError::Unauthorized { .. } if text.contains("invitation") => (
            Check::Project,
            "the invitation to the project is not accepted",
            "accept it: sign in to LCS, open the notification, and open the project once",
        ),
        ApiError::Unauthorized { .. } if text.contains("audience") => (
            Check::Region,
            "LCS takes tokens for itself only, and this one is for another resource",
            "request the token for the instance that is called: lcs profile show, and \
             lcs profile detect",
        ),
        ApiError::Unauthorized { .. } if is_about_the_token(text) => (
            Check::Token,
            "LCS refuses the token itself",
            "look at it: lcs token --decode; and sign in again: lcs login",
        ),
        // LCS says 401 to strangers too.
        ApiError::Unauthorized { .. } => (
            Check::Project,
            "the project is not shown: there is none with this number here, or the user is no \
             member",
            INVITATION,
        ),
        ApiError::Forbidden { .. } => (
            Check::Role,
            "the user's role in the project is too weak to move databases",
            "ask a project owner for the role Project owner or Environment manager",
        ),
        ApiError::Refused { .. } => (
            Check::Project,
            "LCS does not show the project",
            "check the project's number and the region: lcs profile detect",
        ),
        ApiError::Throttled { .. } => (
            Check::Api,
            "LCS asks to wait before the next request",
            "wait a minute, then try again",
        ),
        ApiError::Malformed(_) => (
            Check::Api,
            "the answer is none of the LCS API",
            "check --api-url or the region: lcs profile show",
        ),
        ApiError::Unexpected { status: 404, .. } => (
            Check::Api,
            "the address is not that of the LCS API",
            "check --api-url or the region: lcs profile show",
        ),
        _ => (Check::Api, "LCS is out of order", "try again later"),
    };
    results.add(CheckResult::failed(check, message, remedy).with(evidence));
    if check == Check::Role {
        results.add(CheckResult::passed(Check::ApiVersion, "taken by LCS"));
        results.add(CheckResult::passed(Check::Project, "the user is a member"));
    }
    results.skip(&ALL, &because_of(check));
}

/// RFC 6750 names the token; our own server says of strangers that the user does not do.
fn is_about_the_token(text: &str) -> bool {
    text.contains("invalid_token") && !text.contains("insufficient_user")
}

fn evidence(error: &ApiError) -> Evidence {
    let text = error.to_string();
    let evidence = Evidence::of("LCS", text);
    match error {
        ApiError::Unauthorized { .. } => Evidence {
            status: Some(401),
            ..evidence
        },
        ApiError::Forbidden { .. } => Evidence {
            status: Some(403),
            ..evidence
        },
        ApiError::Throttled { .. } => Evidence {
            status: Some(429),
            ..evidence
        },
        ApiError::Unexpected {
            status,
            activity_id,
            ..
        } => Evidence {
            status: Some(*status),
            activity_id: activity_id.clone(),
            ..evidence
        },
        ApiError::Refused {
            operation_activity_id,
            ..
        } => Evidence {
            activity_id: Some(operation_activity_id.to_string()),
            ..evidence
        },
        _ => evidence,
    }
}
