//! `--plan`: what can be known before an operation is started. The checks are pure: what LCS says
//! in, verdicts out.

use jiff::Timestamp;
use lcs_client::journal::{QUOTA_WINDOW, Quota, quota};
use lcs_types::{BackupName, Clock as _, SystemClock};
use lcs_wire::lcs::EnvironmentDetail;
use serde::Serialize;

use super::left_out::{Direction, left_out};
use crate::{
    commands::{Context, operation::journal, signed_in::SignedInApi},
    diagnostic::Diagnostic,
    exit::Exit,
    output::{Column, OutputFormat, Report, Shown},
};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// Nothing stands against it.
    Ok,
    /// LCS does not say; starting it tells.
    Uncertain,
    /// LCS would decline.
    Refused,
    /// LCS would decline until later.
    LimitReached,
}

/// One thing that was checked.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Check {
    #[serde(rename = "check")]
    what: &'static str,
    verdict: Verdict,
    detail: String,
}

impl Shown for Check {
    const COLUMNS: &'static [Column] = &[
        ("Check", "check"),
        ("Verdict", "verdict"),
        ("Detail", "detail"),
    ];
}

/// What an operation would do.
#[derive(Debug, Serialize)]
struct Plan {
    source: String,
    target: Option<String>,
    would_start: bool,
    checks: Vec<Check>,
    not_copied: &'static [&'static str],
    starts_left: usize,
    reopens_at: Option<Timestamp>,
    problems: Vec<String>,
}

impl Shown for Plan {
    const COLUMNS: &'static [Column] = &[];
}

/// The plan of a refresh.
pub(super) async fn refresh(
    context: &Context,
    signed_in: &SignedInApi,
    source: &EnvironmentDetail,
    target: &EnvironmentDetail,
) -> Result<Report, Diagnostic> {
    let quota = quota_of(context, signed_in, target).await?;
    let checks = refresh_checks(source, target, quota);
    let direction = Direction::between(is_production(source), is_production(target));
    let target = Some(target.environment_name.clone());
    Ok(report(context, source, target, checks, direction, quota))
}

/// The plan of an export.
pub(super) async fn export(
    context: &Context,
    signed_in: &SignedInApi,
    environment: &EnvironmentDetail,
    name: &BackupName,
) -> Result<Report, Diagnostic> {
    let quota = quota_of(context, signed_in, environment).await?;
    let mut checks = export_checks(environment, quota);
    let backups = signed_in.backups().await?;
    let is_taken = backups.iter().any(|backup| backup.name == name.as_str());
    checks.push(Check {
        what: "name",
        verdict: Verdict::Ok,
        detail: if is_taken {
            format!("there is a backup `{name}` already, and there will be two")
        } else {
            format!("no backup is called `{name}` yet")
        },
    });
    Ok(report(
        context,
        environment,
        None,
        checks,
        Direction::Export,
        quota,
    ))
}

fn report(
    context: &Context,
    source: &EnvironmentDetail,
    target: Option<String>,
    mut checks: Vec<Check>,
    direction: Direction,
    quota: Quota,
) -> Report {
    let exit = exit(&checks);
    let report = if context.output.format == OutputFormat::Table {
        checks.push(Check {
            what: "not copied",
            verdict: Verdict::Ok,
            detail: left_out(direction).join("; "),
        });
        Report::list(&checks, "")
    } else {
        let problems = checks
            .iter()
            .filter(|check| matches!(check.verdict, Verdict::Refused | Verdict::LimitReached))
            .map(|check| check.detail.clone())
            .collect();
        Report::one(&Plan {
            source: source.environment_name.clone(),
            target,
            would_start: exit == Exit::Done,
            checks,
            not_copied: left_out(direction),
            starts_left: quota.left,
            reopens_at: quota.reopens_at,
            problems,
        })
    };
    match exit {
        Exit::Done => report,
        exit => Report::Judged(Box::new(report), exit),
    }
}

/// A rule that stands against it weighs more than a limit that passes.
fn exit(checks: &[Check]) -> Exit {
    let has = |verdict| checks.iter().any(|check| check.verdict == verdict);
    if has(Verdict::Refused) {
        Exit::OperationFailed
    } else if has(Verdict::LimitReached) {
        Exit::Limit
    } else {
        Exit::Done
    }
}

async fn quota_of(
    context: &Context,
    signed_in: &SignedInApi,
    environment: &EnvironmentDetail,
) -> Result<Quota, Diagnostic> {
    let id = environment.environment_id;
    let now = SystemClock.now();
    let (api, project) = (&signed_in.api, signed_in.project);
    let history = api.history_since(project, id, now - QUOTA_WINDOW).await?;
    let records = journal(context).records()?;
    Ok(quota(id, &history, &records, now))
}

/// Whether it is a production environment.
pub(super) fn is_production(environment: &EnvironmentDetail) -> bool {
    environment.environment_type.as_deref() == Some("Production")
}

fn refresh_checks(
    source: &EnvironmentDetail,
    target: &EnvironmentDetail,
    quota: Quota,
) -> Vec<Check> {
    vec![
        kind(source, "source type"),
        target_kind(target),
        infrastructure(&[source, target]),
        state(&[source, target]),
        release(source, target),
        region(source, target),
        starts(target, quota),
        role(),
    ]
}

fn export_checks(environment: &EnvironmentDetail, quota: Quota) -> Vec<Check> {
    let mut kind = kind(environment, "type");
    if is_production(environment) {
        kind.verdict = Verdict::Refused;
        kind.detail = format!(
            "{} is a production environment, which is not exported: refresh a sandbox from it",
            environment.environment_name
        );
    }
    vec![
        kind,
        infrastructure(&[environment]),
        state(&[environment]),
        starts(environment, quota),
        role(),
    ]
}

fn kind(environment: &EnvironmentDetail, check: &'static str) -> Check {
    let name = &environment.environment_name;
    let (verdict, detail) = match environment.environment_type.as_deref() {
        Some(word @ ("Production" | "Sandbox")) => (Verdict::Ok, format!("{name}: {word}")),
        Some(word) if word.starts_with("Dev") || word == "Demo" => (
            Verdict::Refused,
            format!("{name} is of type {word}, whose database is not moved"),
        ),
        other => (
            Verdict::Uncertain,
            format!("{name} is of type {}", other.unwrap_or("unknown")),
        ),
    };
    Check {
        what: check,
        verdict,
        detail,
    }
}

fn target_kind(target: &EnvironmentDetail) -> Check {
    if !is_production(target) {
        return kind(target, "target type");
    }
    Check {
        what: "target type",
        verdict: Verdict::Uncertain,
        detail: format!(
            "{} is a production environment: LCS takes it before go-live alone, and \
             --confirm-production is needed",
            target.environment_name
        ),
    }
}

fn infrastructure(environments: &[&EnvironmentDetail]) -> Check {
    let hosted =
        environments
            .iter()
            .find_map(|each| match each.environment_infrastructure.as_deref() {
                Some("CustomerManaged") => Some((each, "cloud-hosted")),
                Some("CustomerOnPrem") => Some((each, "on-premises")),
                _ => None,
            });
    let (verdict, detail) = match hosted {
        Some((one, kind)) => (
            Verdict::Refused,
            format!("{} is {kind}", one.environment_name),
        ),
        None => (Verdict::Ok, "managed by Microsoft".to_owned()),
    };
    Check {
        what: "infrastructure",
        verdict,
        detail,
    }
}

/// `Finished` and `Deployed` are the words of rest; others may pass by themselves.
fn state(environments: &[&EnvironmentDetail]) -> Check {
    let at_rest = |each: &&&EnvironmentDetail| {
        !matches!(
            each.deployment_state.as_deref(),
            None | Some("Finished" | "Active")
        ) || !matches!(
            each.deployment_status_display.as_deref(),
            None | Some("Deployed")
        )
    };
    let (verdict, detail) = match environments.iter().find(at_rest) {
        Some(one) => (
            Verdict::Refused,
            format!(
                "{} is {} ({})",
                one.environment_name,
                one.deployment_status_display.as_deref().unwrap_or("busy"),
                one.deployment_state.as_deref().unwrap_or("unknown")
            ),
        ),
        None => (Verdict::Ok, "no other operation runs".to_owned()),
    };
    Check {
        what: "state",
        verdict,
        detail,
    }
}

fn release(source: &EnvironmentDetail, target: &EnvironmentDetail) -> Check {
    let of = |each: &EnvironmentDetail| each.current_application_release_name.clone();
    let (verdict, detail) = match (of(source), of(target)) {
        (Some(one), Some(other)) if one == other => (Verdict::Ok, format!("both on {one}")),
        (Some(one), Some(other)) => (
            Verdict::Refused,
            format!("the application releases differ: {one} and {other}"),
        ),
        _ => (
            Verdict::Uncertain,
            "LCS does not name both releases".to_owned(),
        ),
    };
    Check {
        what: "release",
        verdict,
        detail,
    }
}

fn region(source: &EnvironmentDetail, target: &EnvironmentDetail) -> Check {
    let of = |each: &EnvironmentDetail| each.cloud_storage_location.clone();
    let self_service = |each: &EnvironmentDetail| {
        each.environment_infrastructure.as_deref() == Some("SelfService")
    };
    let (verdict, detail) = match (of(source), of(target)) {
        (Some(one), Some(other)) if one == other => (Verdict::Ok, format!("both in {one}")),
        (Some(one), Some(other)) if self_service(source) && self_service(target) => (
            Verdict::Ok,
            format!("{one} and {other}, which self-service environments may differ in"),
        ),
        (Some(one), Some(other)) => (
            Verdict::Uncertain,
            format!("{one} and {other}, which must be of one geography"),
        ),
        _ => (Verdict::Uncertain, "LCS does not name both".to_owned()),
    };
    Check {
        what: "region",
        verdict,
        detail,
    }
}

fn starts(environment: &EnvironmentDetail, quota: Quota) -> Check {
    let name = &environment.environment_name;
    let (verdict, detail) = match (quota.left, quota.reopens_at) {
        (0, Some(at)) => (
            Verdict::LimitReached,
            format!("{name} has none of three left; the next is given back at {at}"),
        ),
        (left, Some(at)) => (
            Verdict::Ok,
            format!("{name} has {left} of three left; the next is given back at {at}"),
        ),
        (left, None) => (Verdict::Ok, format!("{name} has {left} of three left")),
    };
    Check {
        what: "starts within 24 hours",
        verdict,
        detail,
    }
}

fn role() -> Check {
    Check {
        what: "role",
        verdict: Verdict::Uncertain,
        detail: "you are a member of the project; whether a Project owner or Environment manager, \
                 LCS does not say"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str, kind: &str, infrastructure: &str) -> EnvironmentDetail {
        serde_json::from_value(serde_json::json!({
            "EnvironmentId": "00000000-0000-4000-8000-000000000001", "EnvironmentName": name,
            "ProjectId": 7, "EnvironmentType": kind, "EnvironmentInfrastructure": infrastructure,
            "CurrentApplicationReleaseName": "10.0.43", "CloudStorageLocation": "West Europe",
            "DeploymentState": "Finished", "DeploymentStatusDisplay": "Deployed"
        }))
        .unwrap()
    }

    fn free() -> Quota {
        Quota {
            left: 3,
            reopens_at: None,
        }
    }

    fn refused(checks: &[Check]) -> Vec<&'static str> {
        checks
            .iter()
            .filter(|check| matches!(check.verdict, Verdict::Refused | Verdict::LimitReached))
            .map(|check| check.what)
            .collect()
    }

    #[test]
    fn what_stands_against_a_refresh_is_named_and_has_its_exit_code() {
        let production = environment("PROD", "Production", "SelfService");
        let sandbox = environment("UAT", "Sandbox", "SelfService");
        let judge = |source: &EnvironmentDetail, target: &EnvironmentDetail, quota| {
            let checks = refresh_checks(source, target, quota);
            (refused(&checks), exit(&checks).number())
        };
        assert_eq!(judge(&production, &sandbox, free()), (vec![], 0));
        let hosted = environment("DEV", "DevTestDev", "CustomerManaged");
        let against = vec!["target type", "infrastructure"];
        assert_eq!(judge(&production, &hosted, free()), (against, 5));
        let older = EnvironmentDetail {
            current_application_release_name: Some("10.0.42".to_owned()),
            ..sandbox.clone()
        };
        assert_eq!(judge(&production, &older, free()), (vec!["release"], 5));
        let busy = EnvironmentDetail {
            deployment_state: Some("Servicing".to_owned()),
            ..sandbox.clone()
        };
        assert_eq!(judge(&production, &busy, free()), (vec!["state"], 5));
        let none_left = Quota {
            left: 0,
            reopens_at: Some(Timestamp::UNIX_EPOCH),
        };
        let against = vec!["starts within 24 hours"];
        assert_eq!(judge(&production, &sandbox, none_left), (against, 6));
    }

    #[test]
    fn production_is_not_exported() {
        let production = environment("PROD", "Production", "SelfService");
        assert_eq!(refused(&export_checks(&production, free())), ["type"]);
        let sandbox = environment("UAT", "Sandbox", "SelfService");
        assert_eq!(exit(&export_checks(&sandbox, free())), Exit::Done);
    }
}
