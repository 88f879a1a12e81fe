//! How often a call may be made: 429 beyond it. Pure; the caller brings the time.
//!
//! The numbers are those of the reference pages of the environment API ("Get environment
//! metadata", "Get environment history", "Download RSAT certificate", "Start/stop environment").
//! Of Commerce deployments only that there is a limit is known (its task for Azure DevOps waits
//! for `Retry-After`); the number is ours. The three starts a day are something else, see
//! [`crate::limits`].

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use lcs_types::{EnvironmentId, ProjectId};

use crate::{authorise::Capability, model::UserKey};

/// By what calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedBy {
    /// The project.
    Project,
    /// The environment.
    Environment,
    /// The user.
    User,
}

/// At most so many calls within a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimit {
    /// By what they are counted.
    pub by: CountedBy,
    /// How many are answered.
    pub most: usize,
    /// Within which time.
    pub window: SignedDuration,
}

impl RequestLimit {
    const fn new(by: CountedBy, most: usize, seconds: i64) -> Self {
        Self {
            by,
            most,
            window: SignedDuration::from_secs(seconds),
        }
    }
}

const POWER: &[RequestLimit] = &[
    RequestLimit::new(CountedBy::Environment, 1, 5 * 60),
    RequestLimit::new(CountedBy::User, 30, 30 * 60),
];
const METADATA: &[RequestLimit] = &[RequestLimit::new(CountedBy::Project, 6, 60)];
const HISTORY: &[RequestLimit] = &[
    RequestLimit::new(CountedBy::Environment, 6, 30),
    RequestLimit::new(CountedBy::Project, 6, 60),
];
const CERTIFICATE: &[RequestLimit] = &[RequestLimit::new(CountedBy::Environment, 1, 60)];
const COMMERCE: &[RequestLimit] = &[RequestLimit::new(CountedBy::Environment, 1, 5 * 60)];

/// The limits of a kind of call.
pub const fn limits_of(capability: Capability) -> &'static [RequestLimit] {
    match capability {
        Capability::StartEnvironment | Capability::StopEnvironment => POWER,
        Capability::ReadEnvironments => METADATA,
        Capability::ReadHistory => HISTORY,
        Capability::DownloadCertificate => CERTIFICATE,
        Capability::DeployScaleUnit | Capability::DeployECommerce => COMMERCE,
        Capability::ListBackups
        | Capability::StartRefresh
        | Capability::StartExport
        | Capability::FetchStatus
        | Capability::ReadAssets
        | Capability::ChangeAssets
        | Capability::DeployPackage => &[],
    }
}

/// Who calls about what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallSubject {
    /// The project.
    pub project: ProjectId,
    /// The environment, when the call names one.
    pub environment: Option<EnvironmentId>,
    /// The user.
    pub user: UserKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Subject {
    Project(ProjectId),
    Environment(ProjectId, EnvironmentId),
    User(UserKey),
}

/// The calls that were answered, as far as they still count. Lives in memory: a restart forgives.
#[derive(Debug, Default)]
pub struct RequestLedger {
    answered: HashMap<(Capability, Subject), VecDeque<Timestamp>>,
    admitted: u64,
}

/// After how many admitted calls what no longer counts is thrown away.
const SWEEP: u64 = 4096;

impl RequestLedger {
    /// Counts a call, or refuses it. A refused call counts nowhere.
    ///
    /// # Errors
    ///
    /// How long to wait until the call would be admitted.
    pub fn admit(
        &mut self,
        capability: Capability,
        call: CallSubject,
        now: Timestamp,
    ) -> Result<(), SignedDuration> {
        let limits = limits_of(capability);
        let mut wait = SignedDuration::ZERO;
        for limit in limits {
            let Some(subject) = subject(limit.by, call) else {
                continue;
            };
            let answered = self.answered.entry((capability, subject)).or_default();
            forget(answered, *limit, now);
            if let Some(oldest) = answered.len().checked_sub(limit.most) {
                wait = wait.max((answered[oldest] + limit.window).duration_since(now));
            }
        }
        if wait > SignedDuration::ZERO {
            return Err(wait);
        }
        for limit in limits {
            if let Some(subject) = subject(limit.by, call) {
                let answered = self.answered.entry((capability, subject)).or_default();
                answered.push_back(now);
            }
        }
        self.admitted += 1;
        if self.admitted.is_multiple_of(SWEEP) {
            self.answered.retain(|(capability, subject), answered| {
                for limit in limits_of(*capability) {
                    if is_of(*subject, limit.by) {
                        forget(answered, *limit, now);
                    }
                }
                !answered.is_empty()
            });
        }
        Ok(())
    }
}

fn forget(answered: &mut VecDeque<Timestamp>, limit: RequestLimit, now: Timestamp) {
    while answered
        .front()
        .is_some_and(|at| now.duration_since(*at) >= limit.window)
    {
        answered.pop_front();
    }
}

const fn subject(by: CountedBy, call: CallSubject) -> Option<Subject> {
    match by {
        CountedBy::Project => Some(Subject::Project(call.project)),
        CountedBy::User => Some(Subject::User(call.user)),
        CountedBy::Environment => match call.environment {
            Some(environment) => Some(Subject::Environment(call.project, environment)),
            None => None,
        },
    }
}

const fn is_of(subject: Subject, by: CountedBy) -> bool {
    matches!(
        (subject, by),
        (Subject::Project(_), CountedBy::Project)
            | (Subject::Environment(..), CountedBy::Environment)
            | (Subject::User(_), CountedBy::User)
    )
}

#[cfg(test)]
mod tests {
    use lcs_types::{TenantId, UserId};
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    fn call(environment: u128) -> CallSubject {
        CallSubject {
            project: ProjectId(1),
            environment: Some(EnvironmentId::from_u128(environment)),
            user: UserKey {
                tenant: TenantId::from_u128(1),
                user: UserId::from_u128(1),
            },
        }
    }

    #[test]
    fn the_seventh_look_at_metadata_within_a_minute_has_to_wait() {
        let mut ledger = RequestLedger::default();
        for second in 0..6 {
            let admitted = ledger.admit(Capability::ReadEnvironments, call(1), at(second));
            assert_eq!(admitted, Ok(()));
        }
        let seventh = ledger.admit(Capability::ReadEnvironments, call(2), at(10));
        assert_eq!(seventh, Err(SignedDuration::from_secs(50)));
        let later = ledger.admit(Capability::ReadEnvironments, call(2), at(60));
        assert_eq!(later, Ok(()));
    }

    #[test]
    fn history_is_counted_by_environment_and_by_project() {
        let mut ledger = RequestLedger::default();
        for environment in 0..6 {
            let admitted = ledger.admit(Capability::ReadHistory, call(environment), at(0));
            assert_eq!(admitted, Ok(()));
        }
        let next = ledger.admit(Capability::ReadHistory, call(99), at(31));
        assert_eq!(next, Err(SignedDuration::from_secs(29)));
    }

    #[test]
    fn a_certificate_is_handed_out_once_a_minute_for_each_environment() {
        let mut ledger = RequestLedger::default();
        let mut ask = |environment, second| {
            ledger.admit(
                Capability::DownloadCertificate,
                call(environment),
                at(second),
            )
        };
        assert_eq!(ask(1, 0), Ok(()));
        assert_eq!(ask(2, 0), Ok(()));
        assert_eq!(ask(1, 59), Err(SignedDuration::from_secs(1)));
        assert_eq!(ask(1, 60), Ok(()));
    }

    #[test]
    fn database_movement_has_no_limit_of_requests() {
        let mut ledger = RequestLedger::default();
        for _ in 0..1000 {
            assert_eq!(
                ledger.admit(Capability::FetchStatus, call(1), at(0)),
                Ok(())
            );
        }
    }

    proptest! {
        #[test]
        fn whoever_waits_as_told_is_admitted(seconds in prop::collection::vec(0i64..20, 1..80)) {
            let mut ledger = RequestLedger::default();
            let mut now = 0;
            for pause in seconds {
                now += pause;
                if let Err(wait) = ledger.admit(Capability::StartEnvironment, call(1), at(now)) {
                    now += wait.as_secs();
                    prop_assert_eq!(ledger.admit(Capability::StartEnvironment, call(1), at(now)), Ok(()));
                }
            }
        }
    }
}
