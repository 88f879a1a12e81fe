//! How many of the three starts a day an environment has left ("Database movement API –
//! Throttling": three operations within 24 hours, by their start times; starts in the portal
//! count too).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use lcs_types::{EnvironmentId, OperationActivityId};
use lcs_wire::lcs::{HistoryItem, parse_listing_date};

use super::{Record, recognise::kind_of};
use crate::lcs::OperationKind;

/// Starts within [`QUOTA_WINDOW`].
const STARTS: usize = 3;
/// How long a start counts.
pub const QUOTA_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// What is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many operations may be started now.
    pub left: usize,
    /// When the next one is given back; `None` while all are there.
    pub reopens_at: Option<Timestamp>,
}

/// What the environment's history and this user's journal say of its starts.
pub fn quota(
    environment: EnvironmentId,
    history: &[HistoryItem],
    journal: &[Record],
    now: Timestamp,
) -> Quota {
    let mut starts: BTreeMap<OperationActivityId, Timestamp> = BTreeMap::new();
    for record in journal
        .iter()
        .filter(|record| record.request.environment_id == environment)
        .filter(|record| counts(record.request.kind))
    {
        if let Some(id) = record.operation_activity_id() {
            starts.insert(id, record.recorded_at);
        }
    }
    // What the service says of a start is nearer than what we wrote down before it.
    for item in history
        .iter()
        .filter(|item| kind_of(item).is_some_and(counts))
    {
        let start = item.start_date_time_utc.as_deref();
        if let Some(at) = start.and_then(parse_listing_date) {
            starts.insert(item.activity_id, at);
        }
    }
    let mut counted: Vec<Timestamp> = starts
        .into_values()
        .filter(|at| now.duration_since(*at) < QUOTA_WINDOW)
        .collect();
    counted.sort_unstable();
    let left = STARTS.saturating_sub(counted.len());
    // Beyond three (the portal is not limited) one is given back only when fewer are left.
    let next = counted.len().saturating_sub(STARTS);
    Quota {
        left,
        reopens_at: counted.get(next).map(|at| *at + QUOTA_WINDOW),
    }
}

/// The page speaks of the Database Movement API.
const fn counts(kind: OperationKind) -> bool {
    matches!(kind, OperationKind::Refresh | OperationKind::Export)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(starts: &[&str]) -> Vec<HistoryItem> {
        let item = |(number, start): (usize, &&str)| {
            serde_json::from_value(serde_json::json!({
                "Type": "DatabaseRefresh", "StartDateTimeUTC": start, "Status": "Completed",
                "ActivityId": OperationActivityId::from_u128(number as u128),
                "EnvironmentId": EnvironmentId::from_u128(1), "ProjectId": 7
            }))
            .unwrap()
        };
        starts.iter().enumerate().map(item).collect()
    }

    #[test]
    fn starts_of_the_last_day_count_and_the_oldest_gives_the_next_one_back() {
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let of = |starts: &[&str]| {
            let quota = quota(EnvironmentId::from_u128(1), &history(starts), &[], now);
            (quota.left, quota.reopens_at.map(|at| at.to_string()))
        };
        let at = |text: &str| Some(text.to_owned());
        assert_eq!(of(&[]), (3, None));
        assert_eq!(of(&["2026-03-01T09:00:00.0"]), (3, None));
        assert_eq!(
            of(&["2026-03-02T09:00:00.0", "2026-03-01T11:00:00.0"]),
            (1, at("2026-03-02T11:00:00Z"))
        );
        assert_eq!(
            of(&[
                "2026-03-02T09:00:00.0",
                "2026-03-02T08:00:00.0",
                "2026-03-02T07:00:00.0",
                "2026-03-02T06:00:00.0"
            ]),
            (0, at("2026-03-03T07:00:00Z"))
        );
    }
}
