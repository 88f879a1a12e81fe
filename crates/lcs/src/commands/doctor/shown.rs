//! A diagnosis in every form: lines grouped by the steps for people, an object for programs.

use lcs_diagnosis::{CheckResult, Diagnosis, Outcome, Step};
use owo_colors::{OwoColorize as _, Style};
use serde_json::{Value, json};

use crate::{
    exit::Exit,
    output::{Output, OutputFormat, Report},
};

pub(super) fn report(output: &Output, diagnosis: &Diagnosis, exit: Exit) -> Report {
    match output.format {
        OutputFormat::Table => {
            let colour = output.terminals.stdout && output.terminals.colour;
            Report::Judged(Box::new(Report::Text(lines(diagnosis, colour))), exit)
        }
        OutputFormat::Json | OutputFormat::Yaml | OutputFormat::Tsv => {
            Report::Judged(Box::new(Report::value(object(diagnosis))), exit)
        }
    }
}

fn object(diagnosis: &Diagnosis) -> Value {
    let checks: Vec<Value> = diagnosis.checks.iter().map(check).collect();
    let findings: Vec<&str> = diagnosis.failed().map(|it| it.check.id()).collect();
    json!({ "healthy": diagnosis.is_healthy(), "findings": findings, "checks": checks })
}

fn check(result: &CheckResult) -> Value {
    json!({
        "id": result.check.id(),
        "step": result.check.step(),
        "title": result.check.title(),
        "outcome": result.outcome,
        "message": result.message,
        "evidence": result.evidence,
        "remedy": result.remedy,
        "documentation": (result.outcome == Outcome::Failed).then(|| result.check.documentation()),
    })
}

fn lines(diagnosis: &Diagnosis, colour: bool) -> String {
    let mut lines = Vec::new();
    for step in Step::ALL {
        let of_step = diagnosis.checks.iter().filter(|it| it.check.step() == step);
        lines.push(painted(step.title(), Style::new().bold(), colour));
        for result in of_step {
            let (mark, style) = match result.outcome {
                Outcome::Passed => ("✓", Style::new().green()),
                Outcome::Failed => ("✗", Style::new().red().bold()),
                Outcome::Skipped => ("–", Style::new().dimmed()),
            };
            let mark = painted(mark, style, colour);
            lines.push(format!(
                "  {mark} {}: {}",
                result.check.title(),
                result.message
            ));
            if result.outcome == Outcome::Failed {
                lines.extend(details(result).iter().map(|line| format!("      {line}")));
            }
        }
        lines.push(String::new());
    }
    let count = diagnosis.failed().count();
    lines.push(match count {
        0 => "everything that could be looked at is in order".to_owned(),
        1 => "one check failed".to_owned(),
        count => format!("{count} checks failed"),
    });
    lines.join("\n") + "\n"
}

/// What a failed check rests on, what to do, and where to read more.
pub(super) fn details(result: &CheckResult) -> Vec<String> {
    let mut lines = Vec::new();
    for evidence in &result.evidence {
        let code = evidence.aadsts.map(|code| format!("AADSTS{code}"));
        let text = match &code {
            Some(code) if !evidence.text.contains(code.as_str()) => {
                format!("{code}: {}", evidence.text)
            }
            _ => evidence.text.clone(),
        };
        lines.push(format!("{} says: {text}", evidence.source));
        let ids = [
            ("status", evidence.status.map(|status| status.to_string())),
            ("trace id", evidence.trace_id.clone()),
            ("correlation id", evidence.correlation_id.clone()),
            ("activity id", evidence.activity_id.clone()),
        ];
        let ids: Vec<String> = ids
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name} {}", value?)))
            .collect();
        if !ids.is_empty() {
            lines.push(format!("  {}", ids.join(", ")));
        }
    }
    if let Some(remedy) = &result.remedy {
        lines.push(format!("to do: {remedy}"));
    }
    lines.push(format!("more: {}", result.check.documentation()));
    lines
}

fn painted(text: &str, style: Style, colour: bool) -> String {
    if colour {
        text.style(style).to_string()
    } else {
        text.to_owned()
    }
}
