//! On-premises environments take a package in two operations: the first one brings it to them and
//! unpacks it, the second one, at a time that the customer chooses, puts it in its place. Pure: what
//! the history of an environment says of the two.

use lcs_types::OperationActivityId;

use crate::{
    model::{DeploymentSubject, Operation, OperationKind, OperationState},
    step::StepName,
};

/// Why a prepared package is not deployed. The service's own texts are not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PreparationRefusal {
    /// Nothing of that id was prepared here.
    #[error("There is no such preparation for this environment.")]
    Unknown,
    /// It is under way, or failed.
    #[error("The preparation has not succeeded.")]
    NotSucceeded,
    /// A later preparation took its place.
    #[error("A later preparation has replaced this one.")]
    Replaced,
    /// It stands in its place, or is on its way there.
    #[error("The prepared update is already being deployed, or is deployed.")]
    AlreadyDeployed,
}

/// The preparation with this id, if it can be deployed. `history` is the environment's, newest first.
///
/// # Errors
///
/// [`PreparationRefusal`].
pub fn prepared(
    history: &[Operation],
    wanted: Option<OperationActivityId>,
) -> Result<&Operation, PreparationRefusal> {
    let found = history
        .iter()
        .find(|operation| Some(operation.id) == wanted && is_preparation(operation))
        .ok_or(PreparationRefusal::Unknown)?;
    if found.state != OperationState::Completed {
        return Err(PreparationRefusal::NotSucceeded);
    }
    let is_deployed = history.iter().any(|operation| {
        deploys(operation) == Some(found.id) && operation.state != OperationState::RollbackCompleted
    });
    if is_deployed {
        return Err(PreparationRefusal::AlreadyDeployed);
    }
    let last = history
        .iter()
        .find(|each| is_preparation(each) && each.state == OperationState::Completed);
    if last.is_some_and(|last| last.id != found.id) {
        return Err(PreparationRefusal::Replaced);
    }
    Ok(found)
}

/// The last operation of the two, and what the status of the environment is by it; of `history`,
/// newest first. `PreparationFailed` and `DeploymentFailed` are ours, the other words the service's.
pub fn status(history: &[Operation]) -> Option<(&Operation, &'static str)> {
    let last = history
        .iter()
        .find(|operation| is_preparation(operation) || deploys(operation).is_some())?;
    let is_deploying = !is_preparation(last);
    let step = last.journal.steps.last().map(|record| record.step);
    let word = match (last.state, is_deploying) {
        (OperationState::NotStarted | OperationState::InProgress, true) => "Deploying",
        (OperationState::Completed, true) => "Deployed",
        (OperationState::NotStarted | OperationState::InProgress, false) => {
            if matches!(step, Some(StepName::Unpack | StepName::Install)) {
                "Downloading"
            } else {
                "PreparingEnvironment"
            }
        }
        (OperationState::Completed, false) => "PreparationSucceeded",
        (
            OperationState::RollbackInProgress
            | OperationState::RollbackCompleted
            | OperationState::RollbackFailed,
            _,
        ) => {
            if is_deploying {
                "DeploymentFailed"
            } else {
                "PreparationFailed"
            }
        }
    };
    Some((last, word))
}

const fn is_preparation(operation: &Operation) -> bool {
    matches!(
        operation.kind,
        OperationKind::Deploy {
            subject: DeploymentSubject::Preparation,
            ..
        }
    )
}

/// The preparation that an operation puts in its place.
const fn deploys(operation: &Operation) -> Option<OperationActivityId> {
    match operation.kind {
        OperationKind::Deploy {
            subject: DeploymentSubject::Prepared { preparation },
            ..
        } => Some(preparation),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::recovery::tests::{deployment as kind, operation};

    fn operation_of(id: u128, subject: DeploymentSubject, state: OperationState) -> Operation {
        Operation {
            id: OperationActivityId::from_u128(id),
            ..operation(kind(subject), state, 0)
        }
    }

    fn preparation(id: u128, state: OperationState) -> Operation {
        operation_of(id, DeploymentSubject::Preparation, state)
    }

    fn deployment(of: u128, state: OperationState) -> Operation {
        let preparation = OperationActivityId::from_u128(of);
        operation_of(99, DeploymentSubject::Prepared { preparation }, state)
    }

    #[test]
    fn the_last_preparation_that_succeeded_is_deployed_once() {
        use OperationState::{Completed, InProgress, RollbackCompleted};
        let wanted = Some(OperationActivityId::from_u128(1));
        let verdict = |history: &[Operation]| prepared(history, wanted).map(|found| found.id);
        let done = preparation(1, Completed);
        assert_eq!(verdict(std::slice::from_ref(&done)).ok(), wanted);
        assert_eq!(verdict(&[]), Err(PreparationRefusal::Unknown));
        assert_eq!(
            prepared(std::slice::from_ref(&done), None).map(drop),
            Err(PreparationRefusal::Unknown)
        );
        assert_eq!(
            verdict(&[preparation(1, InProgress)]),
            Err(PreparationRefusal::NotSucceeded)
        );
        for state in [InProgress, Completed] {
            let history = [deployment(1, state), done.clone()];
            assert_eq!(verdict(&history), Err(PreparationRefusal::AlreadyDeployed));
        }
        assert_eq!(
            verdict(&[deployment(1, RollbackCompleted), done.clone()]).ok(),
            wanted
        );
        assert_eq!(
            verdict(&[preparation(2, Completed), done.clone()]),
            Err(PreparationRefusal::Replaced)
        );
        assert_eq!(
            verdict(&[preparation(2, RollbackCompleted), done]).ok(),
            wanted
        );
    }

    #[test]
    fn the_status_is_that_of_the_last_operation() {
        use OperationState::{Completed, InProgress, RollbackFailed};
        let done = preparation(1, Completed);
        let word = |history: &[Operation]| status(history).map(|(_, word)| word);
        assert_eq!(word(&[]), None);
        for (step, expected) in [
            (StepName::Validate, "PreparingEnvironment"),
            (StepName::Unpack, "Downloading"),
        ] {
            let mut running = preparation(1, InProgress);
            running.journal.begin(step, Timestamp::UNIX_EPOCH);
            assert_eq!(word(&[running]), Some(expected));
        }
        assert_eq!(
            word(std::slice::from_ref(&done)),
            Some("PreparationSucceeded")
        );
        assert_eq!(
            word(&[preparation(1, RollbackFailed)]),
            Some("PreparationFailed")
        );
        for (state, expected) in [
            (InProgress, "Deploying"),
            (Completed, "Deployed"),
            (RollbackFailed, "DeploymentFailed"),
        ] {
            assert_eq!(word(&[deployment(1, state), done.clone()]), Some(expected));
        }
    }
}
