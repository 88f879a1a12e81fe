//! Which item of an environment's history is the operation whose answer got lost.
//!
//! The service has published its words for package deployments alone, so those for database
//! movement are matched loosely and the verdict says how sure it is.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use lcs_types::OperationActivityId;
use lcs_wire::lcs::{HistoryItem, parse_listing_date};

use super::Record;
use crate::lcs::OperationKind;

/// How far the clocks of this machine and of LCS may differ.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);
/// How long after its record a request can still arrive: one exchange, repeated before sending.
const LONGEST_SENDING: SignedDuration = SignedDuration::from_mins(15);

/// How sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// The time fits, and the type is a word that is not known.
    Possible,
    /// Time and type fit.
    Likely,
    /// Time, type and name fit.
    Certain,
}

/// What the history says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognised {
    /// This is the operation.
    Ours {
        /// Its id.
        operation_activity_id: OperationActivityId,
        /// [`Certainty::Likely`] at least.
        certainty: Certainty,
    },
    /// Nothing in the history fits.
    NotThere,
    /// These may be the operation; a person has to look.
    Unclear(Vec<OperationActivityId>),
}

/// Looks for the record's operation in the history of its environment. Operations that the
/// journal knows are somebody else's.
pub fn recognise(
    record: &Record,
    history: &[HistoryItem],
    known: &BTreeSet<OperationActivityId>,
) -> Recognised {
    let candidates: Vec<(Certainty, OperationActivityId)> = history
        .iter()
        .filter(|item| item.environment_id == record.request.environment_id)
        .filter(|item| !known.contains(&item.activity_id))
        .filter(|item| fits_in_time(item, record.recorded_at))
        .filter_map(|item| Some((certainty(record, item)?, item.activity_id)))
        .collect();
    let Some(best) = candidates.iter().map(|(certainty, _)| *certainty).max() else {
        return Recognised::NotThere;
    };
    let ids: Vec<_> = candidates
        .into_iter()
        .filter(|(certainty, _)| *certainty == best)
        .map(|(_, id)| id)
        .collect();
    match ids.as_slice() {
        [one] if best >= Certainty::Likely => Recognised::Ours {
            operation_activity_id: *one,
            certainty: best,
        },
        _ => Recognised::Unclear(ids),
    }
}

fn fits_in_time(item: &HistoryItem, recorded_at: Timestamp) -> bool {
    let started_at = item
        .start_date_time_utc
        .as_deref()
        .and_then(parse_listing_date);
    started_at.is_some_and(|at| {
        let after = at.duration_since(recorded_at);
        after >= -CLOCK_SKEW && after <= LONGEST_SENDING + CLOCK_SKEW
    })
}

/// `None` for an operation of another type.
fn certainty(record: &Record, item: &HistoryItem) -> Option<Certainty> {
    let Some(kind) = kind_of(item) else {
        return Some(Certainty::Possible);
    };
    if !may_be(kind, record.request.kind) {
        return None;
    }
    let name = item.name.as_deref().unwrap_or_default();
    let is_named = match record.request.kind {
        OperationKind::Refresh => {
            let source = record.request.source.as_deref();
            source.is_some_and(|source| name.contains(source))
        }
        OperationKind::Export
        | OperationKind::Deployment
        | OperationKind::Preparation
        | OperationKind::OnPremisesDeployment => record.request.name.as_deref() == Some(name),
        OperationKind::ScaleUnitDeployment | OperationKind::ECommerceDeployment => {
            record.request.commerce.as_deref() == Some(name)
        }
    };
    Some(if is_named {
        Certainty::Certain
    } else {
        Certainty::Likely
    })
}

/// Whether the history may mean an operation of this kind. What it calls the two halves of an
/// on-premises deployment is documented nowhere.
fn may_be(told: OperationKind, kind: OperationKind) -> bool {
    use OperationKind::{Deployment, OnPremisesDeployment, Preparation};
    told == kind || (told == Deployment && matches!(kind, Preparation | OnPremisesDeployment))
}

/// The kind that a history's type names; `None` for a word that none of ours has.
pub fn kind_of(item: &HistoryItem) -> Option<OperationKind> {
    let word = item.kind.as_deref().unwrap_or_default().to_lowercase();
    let has = |part: &str| word.contains(part);
    if has("refresh") {
        Some(OperationKind::Refresh)
    } else if has("export") {
        Some(OperationKind::Export)
    } else if has("preparation") {
        Some(OperationKind::Preparation)
    } else if has("scaleunit") {
        Some(OperationKind::ScaleUnitDeployment)
    } else if has("ecommerce") {
        Some(OperationKind::ECommerceDeployment)
    } else if has("hotfix") || has("package") || has("installaddin") || has("deploy") {
        Some(OperationKind::Deployment)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use lcs_types::{EnvironmentId, ProjectId};

    use super::*;
    use crate::journal::{Request, State};

    const ID: OperationActivityId = OperationActivityId::from_u128(9);

    fn record(kind: OperationKind) -> Record {
        Record {
            id: 1,
            recorded_at: "2026-03-01T10:00:00Z".parse().unwrap(),
            request: Request {
                kind,
                profile: "uat".to_owned(),
                api_url: "https://lcsapi.example/".to_owned(),
                project_id: ProjectId(7),
                environment_id: EnvironmentId::from_u128(1),
                environment: "UAT".to_owned(),
                source: Some("PROD".to_owned()),
                name: Some("uat-1".to_owned()),
                asset_id: None,
                commerce: None,
                user: None,
            },
            state: State::Unknown,
        }
    }

    fn item(id: OperationActivityId, kind: &str, name: &str, start: &str) -> HistoryItem {
        serde_json::from_value(serde_json::json!({
            "Name": name, "Type": kind, "StartDateTimeUTC": start, "Status": "InProgress",
            "ActivityId": id, "EnvironmentId": EnvironmentId::from_u128(1), "ProjectId": 7
        }))
        .unwrap()
    }

    fn verdict(kind: OperationKind, item: HistoryItem) -> Recognised {
        recognise(&record(kind), &[item], &BTreeSet::new())
    }

    #[test]
    fn time_type_and_name_tell_how_sure_it_is() {
        use Certainty::{Certain, Likely};
        use OperationKind::{Deployment, Export, Refresh};
        let at = "2026-03-01T10:00:01.5";
        let ours = |certainty| Recognised::Ours {
            operation_activity_id: ID,
            certainty,
        };
        for (kind, word, name, expected) in [
            (
                Refresh,
                "DatabaseRefresh",
                "Refresh from PROD",
                ours(Certain),
            ),
            (Refresh, "DbRefresh", "Refresh", ours(Likely)),
            (Refresh, "DatabaseExport", "PROD", Recognised::NotThere),
            (Export, "ExportDatabase", "uat-1", ours(Certain)),
            (Deployment, "ApplicationHotfix", "uat-1", ours(Certain)),
            (Refresh, "CopyData", "", Recognised::Unclear(vec![ID])),
        ] {
            assert_eq!(verdict(kind, item(ID, word, name, at)), expected, "{word}");
        }
    }

    #[test]
    fn what_began_long_before_or_after_is_not_ours() {
        for (start, is_ours) in [
            ("2026-03-01T09:54:59.0", false),
            ("2026-03-01T09:56:00.0", true),
            ("2026-03-01T10:14:00.0", true),
            ("2026-03-01T10:21:00.0", false),
            ("yesterday", false),
        ] {
            let found = verdict(
                OperationKind::Refresh,
                item(ID, "DatabaseRefresh", "", start),
            );
            assert_eq!(found != Recognised::NotThere, is_ours, "{start}");
        }
    }

    #[test]
    fn what_the_journal_knows_is_somebody_elses_and_two_are_for_a_person() {
        let other = OperationActivityId::from_u128(10);
        let at = "2026-03-01T10:00:01.5";
        let history = [
            item(other, "DatabaseRefresh", "", at),
            item(ID, "DatabaseRefresh", "", at),
        ];
        let record = record(OperationKind::Refresh);
        assert_eq!(
            recognise(&record, &history, &BTreeSet::new()),
            Recognised::Unclear(vec![other, ID])
        );
        assert_eq!(
            recognise(&record, &history, &BTreeSet::from([other])),
            Recognised::Ours {
                operation_activity_id: ID,
                certainty: Certainty::Likely
            }
        );
    }
}
