//! `lcs doctor`: what is wrong, at which step of the article, and what to do. The checks and their
//! judgement are in `lcs-diagnosis`.
//!
//! - `gather` – from settings to a doctor
//! - `shown` – the forms: lines for people, JSON, YAML, TSV
//! - `junit` – test results for pipelines

mod gather;
mod junit;
mod shown;

use lcs_diagnosis::{Check, CheckResult, Diagnosis, Outcome};

use super::Context;
use crate::{
    args::DoctorArgs,
    diagnostic::{Code, Diagnostic},
    exit::Exit,
    output::Report,
};

pub(super) async fn run(context: &Context, args: DoctorArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let diagnosis = match gather::doctor(context, &connection, &args).await {
        Ok(doctor) => doctor.diagnose().await,
        // What is not set is the first thing that can be wrong.
        Err(diagnostic) if is_about_settings(diagnostic.code) => without_settings(&diagnostic),
        Err(diagnostic) => return Err(diagnostic),
    };
    if let Some(path) = &args.junit {
        std::fs::write(path, junit::document(&diagnosis))
            .map_err(|error| Diagnostic::file("write", path, &error))?;
    }
    Ok(shown::report(&context.output, &diagnosis, exit(&diagnosis)))
}

const fn is_about_settings(code: Code) -> bool {
    matches!(code, Code::MissingSetting | Code::InvalidSetting)
}

fn without_settings(diagnostic: &Diagnostic) -> Diagnosis {
    let checks = Check::ALL.iter().map(|check| {
        let (outcome, message, remedy) = if *check == Check::Settings {
            let mut causes = vec![diagnostic.message.clone()];
            causes.extend(diagnostic.causes.iter().cloned());
            (Outcome::Failed, causes.join(": "), diagnostic.help.clone())
        } else {
            let because = "not looked at, because of: settings".to_owned();
            (Outcome::Skipped, because, None)
        };
        CheckResult {
            check: *check,
            outcome,
            message,
            evidence: Vec::new(),
            remedy,
        }
    });
    Diagnosis {
        checks: checks.collect(),
    }
}

/// The exit code of the first failed check.
fn exit(diagnosis: &Diagnosis) -> Exit {
    let Some(failed) = diagnosis.failed().next() else {
        return Exit::Done;
    };
    match failed.check {
        Check::Settings => Exit::Usage,
        Check::Authority | Check::Api => Exit::Network,
        Check::Permission | Check::Consent | Check::Project | Check::Role => Exit::Forbidden,
        Check::Clock
        | Check::Account
        | Check::Policy
        | Check::Application
        | Check::RedirectUri
        | Check::PublicClient
        | Check::Tenant
        | Check::SignIn
        | Check::Token
        | Check::Region => Exit::NotSignedIn,
        Check::ApiVersion | Check::Environments => Exit::Unexpected,
    }
}
