//! Observations in, diagnosis out: pure functions, one file a subject.
//!
//! - `network.rs` – authority, API, clock, tenant
//! - `entra.rs` – what a refusal, or a token, says about everything before it
//! - `registration.rs` – what Microsoft Graph shows of the article's steps
//! - `lcs.rs` – project, role, environments
//!
//! One cause is one failed check: what it keeps from being looked at is skipped, with the reason.

mod entra;
mod lcs;
mod network;
mod registration;

use std::collections::BTreeMap;

use crate::{
    check::{Check, CheckResult, Diagnosis, Outcome},
    observations::Observations,
};

/// Judges everything.
pub fn judge(observations: &Observations) -> Diagnosis {
    let mut results = Results::default();
    let passed = "tenant, application and LCS instance are set";
    results.add(CheckResult::passed(Check::Settings, passed));
    network::judge(observations, &mut results);
    registration::judge(observations, &mut results);
    entra::judge(observations, &mut results);
    lcs::judge(observations, &mut results);
    results.diagnosis()
}

/// What was found so far. Of two results for a check the failed one counts; its evidence grows.
#[derive(Debug, Default)]
struct Results(BTreeMap<Check, CheckResult>);

impl Results {
    fn add(&mut self, result: CheckResult) {
        let Some(known) = self.0.get_mut(&result.check) else {
            self.0.insert(result.check, result);
            return;
        };
        match (known.outcome, result.outcome) {
            (same, other) if same == other => known.evidence.extend(result.evidence),
            (_, Outcome::Failed) => {
                let evidence = std::mem::take(&mut known.evidence);
                *known = result;
                known.evidence.extend(evidence);
            }
            (Outcome::Skipped, Outcome::Passed) => *known = result,
            _ => {}
        }
    }

    fn failed(&self, check: Check) -> bool {
        self.0
            .get(&check)
            .is_some_and(|result| result.outcome == Outcome::Failed)
    }

    /// The first failed check of these.
    fn first_failed(&self, checks: &[Check]) -> Option<Check> {
        checks.iter().copied().find(|check| self.failed(*check))
    }

    /// Skips those of the checks that nothing is known about.
    fn skip(&mut self, checks: &[Check], because: &str) {
        for check in checks {
            self.add(CheckResult::skipped(*check, because));
        }
    }

    fn diagnosis(mut self) -> Diagnosis {
        let checks = Check::ALL.iter().map(|check| {
            self.0
                .remove(check)
                .unwrap_or_else(|| CheckResult::skipped(*check, "there was nothing to look at"))
        });
        Diagnosis {
            checks: checks.collect(),
        }
    }
}

/// Why a check is skipped when another one failed.
fn because_of(check: Check) -> String {
    format!("not looked at, because of: {}", check.title())
}
