//! What is left to somebody with more rights: the error, and exactly what to do about it.

use lcs_onboarding::{
    Denied, RegistrationReport,
    emit::{admin_consent_url, consent_steps},
};
use lcs_types::TenantId;
use lcs_wire::well_known::LCS_RESOURCE;
use serde_json::json;

use super::{Planned, tell};
use crate::{
    args::SetupArgs,
    commands::Context,
    config::Connection,
    diagnostic::{Code, Diagnostic},
};

/// The error of a set-up that did what the user may.
pub(super) fn needed(
    context: &Context,
    connection: &Connection,
    args: &SetupArgs,
    tenant: TenantId,
    report: Option<&RegistrationReport>,
    denied: &[Denied],
) -> Result<Diagnostic, Diagnostic> {
    let authority = format!("https://{}", connection.authority()?.host_and_port());
    let authority = authority.trim_end_matches(":443");
    let resource = connection
        .resource()
        .map_or_else(|_| LCS_RESOURCE.to_owned(), |it| it.as_str().to_owned());
    let url = report.map(|report| {
        admin_consent_url(authority, &tenant.to_string(), report.client_id, &resource)
    });
    let steps = report.map_or_else(
        || vec!["the clicks from the start: lcs setup --emit portal".to_owned()],
        |report| consent_steps(&report.display_name, report.client_id),
    );
    let emits = ["azure-cli", "terraform", "portal"].map(|form| {
        format!(
            "lcs setup --tenant {tenant} --display-name {} --emit {form}",
            shell_word(&args.display_name)
        )
    });
    let left: Vec<_> = denied.iter().map(|it| Planned::from(&it.action)).collect();
    let mut lines =
        vec!["An administrator (Cloud Application Administrator) has to do:".to_owned()];
    lines.extend(left.iter().map(|action| format!("  - {}", action.what)));
    if let Some(url) = &url {
        lines.push(format!(
            "By one link, opened by the administrator:\n  {url}"
        ));
        lines.push(
            "It ends at http://localhost, where nothing answers; that is no error.".to_owned(),
        );
    }
    lines.push("Or by hand:".to_owned());
    lines.extend(steps.iter().map(|step| format!("  - {step}")));
    lines.push("Or with a script:".to_owned());
    lines.extend(emits.iter().map(|command| format!("  {command}")));
    tell(context, &lines);
    let message = match report {
        Some(report) => format!(
            "the application {} is registered, and the rest needs an administrator",
            report.client_id
        ),
        None => "registering an application needs an administrator or an application developer"
            .to_owned(),
    };
    let mut diagnostic = Diagnostic::new(Code::ConsentMissing, message);
    if let Some(refusal) = denied.iter().find_map(|it| it.refusal.as_ref()) {
        diagnostic = diagnostic.caused_by(refusal);
    }
    diagnostic = diagnostic.help(match &url {
        Some(url) => format!("ask an administrator to open {url}; then run it again"),
        None => "ask an administrator to run: lcs setup; or hand over: lcs setup --emit portal"
            .to_owned(),
    });
    diagnostic.details = Some(Box::new(json!({
        "client_id": report.map(|report| report.client_id),
        "tenant_id": tenant,
        "admin_consent_url": url,
        "left": left,
        "portal": steps,
        "emit": emits,
    })));
    Ok(diagnostic)
}

fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
