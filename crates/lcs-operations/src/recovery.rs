//! What becomes of an operation whose process died: a pure plan over what the journal says and
//! what lies on disk. The engine executes it.

use lcs_databases::sqlite::Stage;

use crate::{
    model::{DeploymentSubject, Operation, OperationKind, OperationState},
    step::StepName,
};

/// How many processes may die over one operation before it is given up.
pub const MOST_ATTEMPTS: u32 = 3;

/// What to do with an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// Go on with this step.
    Resume {
        /// Where to begin.
        from: StepName,
    },
    /// Take back what was done.
    RollBack {
        /// Why it is given up; `None` when it had failed before.
        reason: Option<&'static str>,
    },
}

/// Decides. `stage` is how far the copy of the operation has come on disk.
///
/// A copy that is in use, or has its own name, was verified before it got there, so the operation
/// goes forward from there. Everything earlier starts with a new copy: nobody knows how far the
/// old one came.
pub fn plan(operation: &Operation, stage: Stage) -> Recovery {
    if operation.state == OperationState::RollbackInProgress {
        return Recovery::RollBack { reason: None };
    }
    match operation.kind {
        OperationKind::Refresh { .. } => match stage {
            Stage::Current => {
                return Recovery::Resume {
                    from: StepName::Finish,
                };
            }
            Stage::Promoted => {
                return Recovery::Resume {
                    from: StepName::Swap,
                };
            }
            Stage::Absent | Stage::Staged => {}
        },
        OperationKind::Export { .. } => {
            if operation.journal.is_finished(StepName::ReadBack) {
                return Recovery::Resume {
                    from: StepName::Publish,
                };
            }
        }
        // Installing is one rename: what was unpacked whole goes forward, even if it had been done.
        OperationKind::Deploy { ref subject, .. } => {
            let is_prepared = matches!(subject, DeploymentSubject::Prepared { .. });
            if is_prepared || operation.journal.is_finished(StepName::Unpack) {
                return Recovery::Resume {
                    from: StepName::Install,
                };
            }
        }
    }
    if operation.attempts >= MOST_ATTEMPTS {
        let reason = "the process died several times while it worked on the operation";
        return Recovery::RollBack {
            reason: Some(reason),
        };
    }
    Recovery::Resume {
        from: StepName::Validate,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::Timestamp;
    use lcs_projects::UserKey;
    use lcs_types::{AssetId, EnvironmentId, OperationActivityId, ProjectId, TenantId, UserId};
    use lcs_wire::lcs::AssetFileType;

    use super::*;
    use crate::model::Journal;

    pub(crate) fn operation(
        kind: OperationKind,
        state: OperationState,
        attempts: u32,
    ) -> Operation {
        Operation {
            id: OperationActivityId::from_u128(1),
            project: ProjectId(1),
            kind,
            started_by: UserKey {
                tenant: TenantId::from_u128(1),
                user: UserId::from_u128(1),
            },
            started_at: Timestamp::UNIX_EPOCH,
            state,
            ended_at: None,
            attempts,
            journal: Journal::default(),
        }
    }

    pub(crate) fn deployment(subject: DeploymentSubject) -> OperationKind {
        OperationKind::Deploy {
            environment: EnvironmentId::from_u128(1),
            asset: AssetId::from_u128(1),
            artifact: "a/b".parse().unwrap(),
            file_type: AssetFileType::SoftwareDeployablePackage,
            name: "42".to_owned(),
            subject,
        }
    }

    fn refresh() -> OperationKind {
        let environment = EnvironmentId::from_u128;
        OperationKind::Refresh {
            source: environment(1),
            target: environment(2),
        }
    }

    #[test]
    fn what_was_verified_goes_forward_and_everything_else_starts_anew() {
        let resume = |from| Recovery::Resume { from };
        let cases = [
            (
                OperationState::NotStarted,
                0,
                Stage::Absent,
                resume(StepName::Validate),
            ),
            (
                OperationState::InProgress,
                1,
                Stage::Staged,
                resume(StepName::Validate),
            ),
            (
                OperationState::InProgress,
                1,
                Stage::Promoted,
                resume(StepName::Swap),
            ),
            (
                OperationState::InProgress,
                1,
                Stage::Current,
                resume(StepName::Finish),
            ),
            // Also after many deaths: the new database is in use already.
            (
                OperationState::InProgress,
                9,
                Stage::Current,
                resume(StepName::Finish),
            ),
        ];
        for (state, attempts, stage, wanted) in cases {
            assert_eq!(
                plan(&operation(refresh(), state, attempts), stage),
                wanted,
                "{stage:?}"
            );
        }
    }

    #[test]
    fn what_failed_or_killed_three_processes_is_taken_back() {
        let failed = operation(refresh(), OperationState::RollbackInProgress, 1);
        assert_eq!(
            plan(&failed, Stage::Promoted),
            Recovery::RollBack { reason: None }
        );
        let deadly = operation(refresh(), OperationState::InProgress, 3);
        assert!(matches!(
            plan(&deadly, Stage::Staged),
            Recovery::RollBack { reason: Some(_) }
        ));
    }

    #[test]
    fn what_was_prepared_goes_forward_however_often_its_process_died() {
        let preparation = OperationActivityId::from_u128(7);
        let kind = deployment(DeploymentSubject::Prepared { preparation });
        for attempts in [0, 1, 9] {
            assert_eq!(
                plan(
                    &operation(kind.clone(), OperationState::InProgress, attempts),
                    Stage::Absent
                ),
                Recovery::Resume {
                    from: StepName::Install
                }
            );
        }
        let preparing = deployment(DeploymentSubject::Preparation);
        let begun = operation(preparing, OperationState::InProgress, 1);
        let anew = Recovery::Resume {
            from: StepName::Validate,
        };
        assert_eq!(plan(&begun, Stage::Absent), anew);
    }

    #[test]
    fn an_export_that_was_read_back_is_published() {
        let kind = OperationKind::Export {
            environment: EnvironmentId::from_u128(1),
            backup_name: "x".parse().unwrap(),
        };
        let mut export = operation(kind, OperationState::InProgress, 1);
        assert_eq!(
            plan(&export, Stage::Staged),
            Recovery::Resume {
                from: StepName::Validate
            }
        );
        export
            .journal
            .begin(StepName::ReadBack, Timestamp::UNIX_EPOCH);
        export
            .journal
            .finish(Timestamp::UNIX_EPOCH, serde_json::Value::Null);
        assert_eq!(
            plan(&export, Stage::Staged),
            Recovery::Resume {
                from: StepName::Publish
            }
        );
    }
}
