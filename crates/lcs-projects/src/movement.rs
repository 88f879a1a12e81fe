//! What may be refreshed and exported. Pure; every refusal has its own text.
//!
//! Sources: "Refresh database", "Export a copy of the standard user acceptance testing (UAT)
//! database". The service's own texts are not public, so these are ours. Clients must match on
//! none of them but the throttle text.

use lcs_types::{EnvironmentId, OperationActivityId};
use lcs_wire::lcs::{THROTTLE_PREFIX, throttle_date};

use crate::model::{Environment, EnvironmentType, Infrastructure};

/// Why an operation does not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleRefusal {
    /// The environment does not exist in the project.
    #[error("The environment {environment} does not exist in this project.")]
    UnknownEnvironment {
        /// As asked.
        environment: String,
    },
    /// Source and target are one.
    #[error(
        "The source and the target environment are the same. Choose two different environments."
    )]
    SameEnvironment,
    /// The target is live.
    #[error(
        "The target environment '{name}' is a production environment. A production database can't be replaced through the API."
    )]
    ProductionTarget {
        /// The environment.
        name: String,
    },
    /// A Tier-1 environment.
    #[error(
        "The environment '{name}' is a cloud-hosted environment. Database movement supports production and sandbox (Tier 2 and higher) environments only."
    )]
    CloudHosted {
        /// The environment.
        name: String,
    },
    /// The application releases differ.
    #[error(
        "The application release of the source environment ({source_release}) and of the target environment ({target_release}) differ. Update the older environment first."
    )]
    ReleaseMismatch {
        /// Of the source.
        source_release: String,
        /// Of the target.
        target_release: String,
    },
    /// Production cannot be exported.
    #[error(
        "The environment '{name}' is a production environment and can't be exported. Refresh a sandbox from it and export that."
    )]
    ExportOfProduction {
        /// The environment.
        name: String,
    },
    /// The name cannot be that of a backup.
    #[error("The backup name is not valid: {reason}.")]
    BackupName {
        /// Which rule it breaks.
        reason: String,
    },
    /// An operation runs already.
    #[error(
        "The environment {environment} is busy: operation {operation} is still running. Wait until it has ended."
    )]
    Busy {
        /// The environment.
        environment: EnvironmentId,
        /// What keeps it busy.
        operation: OperationActivityId,
    },
    /// Three operations were started within 24 hours.
    #[error("{} 3 from {}", THROTTLE_PREFIX, throttle_date(*.window_start))]
    LimitReached {
        /// The first of the three starts.
        window_start: jiff::Timestamp,
    },
}

/// Whether `target` may be refreshed from `source`.
///
/// # Errors
///
/// [`RuleRefusal`] with the first rule that is broken.
pub fn check_refresh(source: &Environment, target: &Environment) -> Result<(), RuleRefusal> {
    if source.id == target.id {
        return Err(RuleRefusal::SameEnvironment);
    }
    check_infrastructure(source)?;
    check_infrastructure(target)?;
    if target.environment_type == EnvironmentType::Production {
        return Err(RuleRefusal::ProductionTarget {
            name: target.name.clone(),
        });
    }
    if source.application_release != target.application_release {
        return Err(RuleRefusal::ReleaseMismatch {
            source_release: source.application_release.clone(),
            target_release: target.application_release.clone(),
        });
    }
    Ok(())
}

/// Whether an environment may be exported.
///
/// # Errors
///
/// [`RuleRefusal`] with the first rule that is broken.
pub fn check_export(environment: &Environment) -> Result<(), RuleRefusal> {
    check_infrastructure(environment)?;
    match environment.environment_type {
        EnvironmentType::Sandbox => Ok(()),
        EnvironmentType::Production => Err(RuleRefusal::ExportOfProduction {
            name: environment.name.clone(),
        }),
    }
}

fn check_infrastructure(environment: &Environment) -> Result<(), RuleRefusal> {
    match environment.infrastructure {
        Infrastructure::SelfService | Infrastructure::MicrosoftManaged => Ok(()),
        Infrastructure::CustomerManaged => Err(RuleRefusal::CloudHosted {
            name: environment.name.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use lcs_types::ProjectId;

    use super::*;

    fn environment(id: u128, environment_type: EnvironmentType) -> Environment {
        Environment {
            id: EnvironmentId::from_u128(id),
            project: ProjectId(1),
            name: format!("environment {id}"),
            environment_type,
            infrastructure: Infrastructure::SelfService,
            product: String::new(),
            base_url: String::new(),
            topology_display_name: String::new(),
            application_build: String::new(),
            application_release: "10.0.46".to_owned(),
            platform_release: String::new(),
            platform_version: String::new(),
            deployed_on: Timestamp::UNIX_EPOCH,
            cloud_location: String::new(),
            disaster_recovery_location: String::new(),
            administrator: String::new(),
        }
    }

    #[test]
    fn a_sandbox_is_refreshed_from_production_or_another_sandbox() {
        let production = environment(1, EnvironmentType::Production);
        let (uat, test) = (
            environment(2, EnvironmentType::Sandbox),
            environment(3, EnvironmentType::Sandbox),
        );
        assert_eq!(check_refresh(&production, &uat), Ok(()));
        assert_eq!(check_refresh(&uat, &test), Ok(()));
        assert_eq!(check_refresh(&uat, &uat), Err(RuleRefusal::SameEnvironment));
        assert!(matches!(
            check_refresh(&uat, &production),
            Err(RuleRefusal::ProductionTarget { .. })
        ));
    }

    #[test]
    fn releases_must_match() {
        let production = environment(1, EnvironmentType::Production);
        let mut uat = environment(2, EnvironmentType::Sandbox);
        uat.application_release = "10.0.45".to_owned();
        let refusal = check_refresh(&production, &uat).unwrap_err();
        assert!(refusal.to_string().contains("10.0.46") && refusal.to_string().contains("10.0.45"));
    }

    #[test]
    fn cloud_hosted_environments_take_no_part() {
        let production = environment(1, EnvironmentType::Production);
        let mut development = environment(2, EnvironmentType::Sandbox);
        development.infrastructure = Infrastructure::CustomerManaged;
        for refusal in [
            check_refresh(&production, &development).unwrap_err(),
            check_refresh(&development, &production).unwrap_err(),
            check_export(&development).unwrap_err(),
        ] {
            assert!(matches!(refusal, RuleRefusal::CloudHosted { .. }));
        }
    }

    #[test]
    fn production_is_not_exported() {
        let refusal = check_export(&environment(1, EnvironmentType::Production)).unwrap_err();
        assert!(matches!(refusal, RuleRefusal::ExportOfProduction { .. }));
        assert_eq!(
            check_export(&environment(2, EnvironmentType::Sandbox)),
            Ok(())
        );
    }

    #[test]
    fn the_throttle_text_is_the_documented_one() {
        let window_start = "2019-09-30T04:01:01.9999999Z".parse().unwrap();
        assert_eq!(
            RuleRefusal::LimitReached { window_start }.to_string(),
            "Maximum allowed API operations are 3 from 2019-09-30T04:01:01.9999999"
        );
    }
}
