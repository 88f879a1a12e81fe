//! What may be started and stopped. Pure ("Start environment", "Stop environment" reference
//! pages: cloud-hosted environments only; starting one that runs succeeds, stopping one that does
//! not is refused).

use jiff::Timestamp;
use lcs_types::OperationActivityId;

use crate::model::{Environment, Infrastructure, Lifecycle, Power, PowerState};

/// Why an environment is not started or stopped. The service's own texts are not public.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PowerRefusal {
    /// Microsoft runs it.
    #[error(
        "The environment '{name}' is not a cloud-hosted environment. Only environments that you manage can be started and stopped."
    )]
    NotCloudHosted {
        /// The environment.
        name: String,
    },
    /// It is gone, or managed elsewhere.
    #[error("The environment '{name}' can't be started or stopped: {why}.")]
    NotManaged {
        /// The environment.
        name: String,
        /// Why.
        why: &'static str,
    },
    /// It does not run.
    #[error("The environment '{name}' is already stopped.")]
    AlreadyStopped {
        /// The environment.
        name: String,
    },
    /// It is being started or stopped, or an operation works on it.
    #[error("The environment '{name}' is busy: {with}. Wait until that has ended.")]
    Busy {
        /// The environment.
        name: String,
        /// With what.
        with: String,
    },
}

/// What to write down, or `None` when everything is as asked.
///
/// # Errors
///
/// [`PowerRefusal`] with the first rule that is broken.
pub fn start(
    environment: &Environment,
    running: Option<OperationActivityId>,
    now: Timestamp,
) -> Result<Option<Power>, PowerRefusal> {
    check(environment, running)?;
    match environment.power.at(now) {
        PowerState::Running | PowerState::Starting => Ok(None),
        PowerState::Stopped => Ok(Some(Power {
            state: PowerState::Starting,
            since: now,
        })),
        PowerState::Stopping => Err(busy(environment, "it is being stopped".to_owned())),
    }
}

/// The same for stopping.
///
/// # Errors
///
/// [`PowerRefusal`] with the first rule that is broken.
pub fn stop(
    environment: &Environment,
    running: Option<OperationActivityId>,
    now: Timestamp,
) -> Result<Power, PowerRefusal> {
    check(environment, running)?;
    match environment.power.at(now) {
        PowerState::Running => Ok(Power {
            state: PowerState::Stopping,
            since: now,
        }),
        PowerState::Stopped | PowerState::Stopping => Err(PowerRefusal::AlreadyStopped {
            name: environment.name.clone(),
        }),
        PowerState::Starting => Err(busy(environment, "it is being started".to_owned())),
    }
}

fn check(
    environment: &Environment,
    running: Option<OperationActivityId>,
) -> Result<(), PowerRefusal> {
    let name = environment.name.clone();
    match environment.lifecycle {
        Lifecycle::Active => {}
        Lifecycle::Deleted => {
            let why = "it was deleted";
            return Err(PowerRefusal::NotManaged { name, why });
        }
        Lifecycle::Migrated => {
            let why = "it is managed in the Power Platform admin center";
            return Err(PowerRefusal::NotManaged { name, why });
        }
    }
    if environment.infrastructure != Infrastructure::CustomerManaged {
        return Err(PowerRefusal::NotCloudHosted { name });
    }
    match running {
        Some(operation) => Err(busy(
            environment,
            format!("operation {operation} is still running"),
        )),
        None => Ok(()),
    }
}

fn busy(environment: &Environment, with: String) -> PowerRefusal {
    PowerRefusal::Busy {
        name: environment.name.clone(),
        with,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EnvironmentType;
    use crate::movement::tests::environment;

    fn cloud_hosted(state: PowerState) -> Environment {
        let mut environment = environment(1, EnvironmentType::Development);
        environment.infrastructure = Infrastructure::CustomerManaged;
        environment.power.state = state;
        environment
    }

    fn later(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(seconds)
    }

    #[test]
    fn starting_what_runs_succeeds_and_stopping_what_does_not_is_refused() {
        let running = cloud_hosted(PowerState::Running);
        let stopped = cloud_hosted(PowerState::Stopped);
        assert_eq!(start(&running, None, later(0)), Ok(None));
        assert_eq!(
            start(&stopped, None, later(5)).unwrap().unwrap().state,
            PowerState::Starting
        );
        assert_eq!(
            stop(&running, None, later(5)).unwrap().state,
            PowerState::Stopping
        );
        assert!(matches!(
            stop(&stopped, None, later(0)),
            Err(PowerRefusal::AlreadyStopped { .. })
        ));
    }

    #[test]
    fn a_change_takes_its_time_and_ends_by_itself() {
        let starting = cloud_hosted(PowerState::Starting);
        assert!(matches!(
            stop(&starting, None, later(29)),
            Err(PowerRefusal::Busy { .. })
        ));
        assert!(stop(&starting, None, later(30)).is_ok());
    }

    #[test]
    fn only_idle_cloud_hosted_environments_that_lcs_manages_take_part() {
        let service = environment(1, EnvironmentType::Sandbox);
        assert!(matches!(
            start(&service, None, later(0)),
            Err(PowerRefusal::NotCloudHosted { .. })
        ));
        let operation = OperationActivityId::from_u128(7);
        let busy = stop(
            &cloud_hosted(PowerState::Running),
            Some(operation),
            later(0),
        );
        assert!(
            busy.unwrap_err()
                .to_string()
                .contains(&operation.to_string())
        );
        for lifecycle in [Lifecycle::Deleted, Lifecycle::Migrated] {
            let mut gone = cloud_hosted(PowerState::Running);
            gone.lifecycle = lifecycle;
            assert!(matches!(
                stop(&gone, None, later(0)),
                Err(PowerRefusal::NotManaged { .. })
            ));
        }
    }
}
