//! What may be refreshed and exported. Pure; every refusal has its own text.
//!
//! Sources: "Refresh database", "Export a copy of the standard user acceptance testing (UAT)
//! database". The service's own texts are not public, so these are ours. Clients must match on
//! none of them but the throttle text.

use jiff::Timestamp;
use lcs_types::{EnvironmentId, OperationActivityId};
use lcs_wire::lcs::{THROTTLE_PREFIX, throttle_date};

use crate::{
    geography::geography_of,
    model::{Environment, EnvironmentType, Infrastructure, Lifecycle, PowerState},
};

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
    /// It was deleted.
    #[error("The environment '{name}' was deleted.")]
    Deleted {
        /// The environment.
        name: String,
    },
    /// LCS no longer manages it.
    #[error(
        "The environment '{name}' is managed in the Power Platform admin center. Lifecycle Services shows it for reading only."
    )]
    Migrated {
        /// The environment.
        name: String,
    },
    /// It does not run.
    #[error("The environment '{name}' is not running ({state}). Start it first.")]
    NotRunning {
        /// The environment.
        name: String,
        /// Its state.
        state: PowerState,
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
    /// The customer's own machines.
    #[error(
        "The environment '{name}' is an on-premises environment. Database movement supports environments in the cloud only."
    )]
    OnPremises {
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
    /// The regions lie in different geographies.
    #[error(
        "The source environment is in {source_geography} and the target environment in {target_geography}. Databases of Microsoft-managed environments are not moved out of their geography."
    )]
    OtherGeography {
        /// Of the source.
        source_geography: String,
        /// Of the target.
        target_geography: String,
    },
    /// The platform is too old.
    #[error(
        "The environment '{name}' runs platform {platform}. Database movement takes Platform update 21 or later."
    )]
    PlatformTooOld {
        /// The environment.
        name: String,
        /// Its platform.
        platform: String,
    },
    /// Financial reporting of the target is older.
    #[error(
        "The financial reporting version of the target environment ({target_version}) is older than that of the source environment ({source_version}). Update the target first."
    )]
    FinancialReporting {
        /// Of the source.
        source_version: String,
        /// Of the target.
        target_version: String,
    },
    /// The target has too little room.
    #[error(
        "The database of the source environment takes {needed_bytes} bytes; the target environment has a capacity of {capacity_bytes} bytes."
    )]
    Capacity {
        /// What the source holds.
        needed_bytes: u64,
        /// What the target may hold.
        capacity_bytes: u64,
    },
    /// The export would be too large.
    #[error(
        "The database of the environment '{name}' takes {size_bytes} bytes. Databases of more than 50 GB can't be exported."
    )]
    TooLargeToExport {
        /// The environment.
        name: String,
        /// What it holds.
        size_bytes: u64,
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
        window_start: Timestamp,
    },
}

/// "Refresh database": refused at Platform update 20 or older.
const OLDEST_PLATFORM: u32 = 21;
/// "Export a copy …": the limit of a shared regional service, by its 2026 text.
const LARGEST_EXPORT_BYTES: u64 = 50 * 1024 * 1024 * 1024;

/// Whether `target` may be refreshed from `source`, whose database holds `source_bytes`.
///
/// # Errors
///
/// [`RuleRefusal`] with the first rule that is broken.
pub fn check_refresh(
    source: &Environment,
    target: &Environment,
    source_bytes: Option<u64>,
    now: Timestamp,
) -> Result<(), RuleRefusal> {
    if source.id == target.id {
        return Err(RuleRefusal::SameEnvironment);
    }
    check_environment(source, now)?;
    check_environment(target, now)?;
    if target.environment_type == EnvironmentType::Production && !takes_golden_configuration(target)
    {
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
    check_financial_reporting(source, target)?;
    check_geography(source, target)?;
    match (source_bytes, target.database_capacity_bytes) {
        (Some(needed_bytes), Some(capacity_bytes)) if needed_bytes >= capacity_bytes => {
            Err(RuleRefusal::Capacity {
                needed_bytes,
                capacity_bytes,
            })
        }
        _ => Ok(()),
    }
}

/// Whether an environment, whose database holds `size_bytes`, may be exported.
///
/// # Errors
///
/// [`RuleRefusal`] with the first rule that is broken.
pub fn check_export(
    environment: &Environment,
    size_bytes: Option<u64>,
    now: Timestamp,
) -> Result<(), RuleRefusal> {
    check_environment(environment, now)?;
    if environment.environment_type == EnvironmentType::Production {
        return Err(RuleRefusal::ExportOfProduction {
            name: environment.name.clone(),
        });
    }
    match size_bytes {
        Some(size_bytes) if size_bytes > LARGEST_EXPORT_BYTES => {
            Err(RuleRefusal::TooLargeToExport {
                name: environment.name.clone(),
                size_bytes,
            })
        }
        _ => Ok(()),
    }
}

/// Whether an environment exists for operations at all.
///
/// # Errors
///
/// [`RuleRefusal`] when it was deleted or is managed elsewhere.
pub fn check_lifecycle(environment: &Environment) -> Result<(), RuleRefusal> {
    let name = environment.name.clone();
    match environment.lifecycle {
        Lifecycle::Active => Ok(()),
        Lifecycle::Deleted => Err(RuleRefusal::Deleted { name }),
        Lifecycle::Migrated => Err(RuleRefusal::Migrated { name }),
    }
}

fn check_environment(environment: &Environment, now: Timestamp) -> Result<(), RuleRefusal> {
    check_lifecycle(environment)?;
    let name = environment.name.clone();
    let is_tier_one = matches!(
        environment.environment_type,
        EnvironmentType::Development | EnvironmentType::Build
    );
    if is_tier_one || environment.infrastructure == Infrastructure::CustomerManaged {
        return Err(RuleRefusal::CloudHosted { name });
    }
    if environment.infrastructure == Infrastructure::OnPremises {
        return Err(RuleRefusal::OnPremises { name });
    }
    let state = environment.power.at(now);
    if state != PowerState::Running {
        return Err(RuleRefusal::NotRunning { name, state });
    }
    match platform_update(&environment.platform_release) {
        Some(update) if update < OLDEST_PLATFORM => Err(RuleRefusal::PlatformTooOld {
            name,
            platform: environment.platform_release.clone(),
        }),
        _ => Ok(()),
    }
}

/// "Golden configuration promotion": into production before it is live, and self-service alone.
fn takes_golden_configuration(production: &Environment) -> bool {
    !production.is_live && production.infrastructure == Infrastructure::SelfService
}

fn check_financial_reporting(
    source: &Environment,
    target: &Environment,
) -> Result<(), RuleRefusal> {
    match (&source.financial_reporting, &target.financial_reporting) {
        (Some(of_source), Some(of_target)) if version(of_target) < version(of_source) => {
            Err(RuleRefusal::FinancialReporting {
                source_version: of_source.clone(),
                target_version: of_target.clone(),
            })
        }
        _ => Ok(()),
    }
}

/// Self-service environments are free of it: their databases are managed in another way.
fn check_geography(source: &Environment, target: &Environment) -> Result<(), RuleRefusal> {
    let is_self_service =
        |environment: &Environment| environment.infrastructure == Infrastructure::SelfService;
    if is_self_service(source) && is_self_service(target) {
        return Ok(());
    }
    let (from, to) = (
        geography_of(&source.cloud_location),
        geography_of(&target.cloud_location),
    );
    if from == to {
        return Ok(());
    }
    Err(RuleRefusal::OtherGeography {
        source_geography: from.to_owned(),
        target_geography: to.to_owned(),
    })
}

/// `Update70` is 70.
fn platform_update(release: &str) -> Option<u32> {
    let digits = release.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.parse().ok()
}

/// The numbers of a dotted version; what is no number counts as none.
fn version(text: &str) -> Vec<u64> {
    text.split('.')
        .map(|part| part.trim().parse().unwrap_or(0))
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use lcs_types::ProjectId;

    use super::*;
    use crate::model::Power;

    pub(crate) fn environment(id: u128, environment_type: EnvironmentType) -> Environment {
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
            lifecycle: Lifecycle::Active,
            power: Power {
                state: PowerState::Running,
                since: Timestamp::UNIX_EPOCH,
            },
            is_live: true,
            financial_reporting: None,
            database_capacity_bytes: None,
            database_backup_location: None,
        }
    }

    fn refresh(source: &Environment, target: &Environment) -> Result<(), RuleRefusal> {
        check_refresh(source, target, Some(1_000), Timestamp::UNIX_EPOCH)
    }

    fn export(environment: &Environment) -> Result<(), RuleRefusal> {
        check_export(environment, Some(1_000), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_sandbox_is_refreshed_from_production_or_another_sandbox() {
        let production = environment(1, EnvironmentType::Production);
        let (uat, test) = (
            environment(2, EnvironmentType::Sandbox),
            environment(3, EnvironmentType::Sandbox),
        );
        assert_eq!(refresh(&production, &uat), Ok(()));
        assert_eq!(refresh(&uat, &test), Ok(()));
        assert_eq!(refresh(&uat, &uat), Err(RuleRefusal::SameEnvironment));
        assert!(matches!(
            refresh(&uat, &production),
            Err(RuleRefusal::ProductionTarget { .. })
        ));
    }

    #[test]
    fn releases_must_match() {
        let production = environment(1, EnvironmentType::Production);
        let mut uat = environment(2, EnvironmentType::Sandbox);
        uat.application_release = "10.0.45".to_owned();
        let refusal = refresh(&production, &uat).unwrap_err();
        assert!(refusal.to_string().contains("10.0.46") && refusal.to_string().contains("10.0.45"));
    }

    #[test]
    fn cloud_hosted_environments_take_no_part() {
        let production = environment(1, EnvironmentType::Production);
        let mut development = environment(2, EnvironmentType::Sandbox);
        development.infrastructure = Infrastructure::CustomerManaged;
        for refusal in [
            refresh(&production, &development).unwrap_err(),
            refresh(&development, &production).unwrap_err(),
            export(&development).unwrap_err(),
        ] {
            assert!(matches!(refusal, RuleRefusal::CloudHosted { .. }));
        }
    }

    #[test]
    fn on_premises_environments_take_no_part() {
        let production = environment(1, EnvironmentType::Production);
        let mut local = environment(2, EnvironmentType::Sandbox);
        local.infrastructure = Infrastructure::OnPremises;
        for refusal in [
            refresh(&production, &local).unwrap_err(),
            export(&local).unwrap_err(),
        ] {
            assert!(matches!(refusal, RuleRefusal::OnPremises { .. }));
        }
    }

    #[test]
    fn production_is_not_exported() {
        let refusal = export(&environment(1, EnvironmentType::Production)).unwrap_err();
        assert!(matches!(refusal, RuleRefusal::ExportOfProduction { .. }));
        assert_eq!(export(&environment(2, EnvironmentType::Sandbox)), Ok(()));
    }

    #[test]
    fn the_throttle_text_is_the_documented_one() {
        let window_start = "2019-09-30T04:01:01.9999999Z".parse().unwrap();
        assert_eq!(
            RuleRefusal::LimitReached { window_start }.to_string(),
            "Maximum allowed API operations are 3 from 2019-09-30T04:01:01.9999999"
        );
    }

    #[test]
    fn a_golden_configuration_goes_into_a_production_environment_that_is_not_live() {
        let sandbox = environment(1, EnvironmentType::Sandbox);
        let mut production = environment(2, EnvironmentType::Production);
        production.is_live = false;
        assert_eq!(refresh(&sandbox, &production), Ok(()));
        production.infrastructure = Infrastructure::MicrosoftManaged;
        assert!(matches!(
            refresh(&sandbox, &production),
            Err(RuleRefusal::ProductionTarget { .. })
        ));
    }

    #[test]
    fn what_is_gone_stopped_or_managed_elsewhere_takes_no_part() {
        let production = environment(1, EnvironmentType::Production);
        let uat = || environment(2, EnvironmentType::Sandbox);
        let with = |change: fn(&mut Environment)| {
            let mut changed = uat();
            change(&mut changed);
            [refresh(&production, &changed), export(&changed)].map(Result::unwrap_err)
        };
        for refusal in with(|it| it.lifecycle = Lifecycle::Deleted) {
            assert!(matches!(refusal, RuleRefusal::Deleted { .. }));
        }
        for refusal in with(|it| it.lifecycle = Lifecycle::Migrated) {
            assert!(matches!(refusal, RuleRefusal::Migrated { .. }));
        }
        for refusal in with(|it| it.power.state = PowerState::Stopped) {
            assert!(matches!(refusal, RuleRefusal::NotRunning { .. }));
        }
        for refusal in with(|it| it.platform_release = "Update20".to_owned()) {
            assert!(matches!(refusal, RuleRefusal::PlatformTooOld { .. }));
        }
        for refusal in with(|it| it.environment_type = EnvironmentType::Build) {
            assert!(matches!(refusal, RuleRefusal::CloudHosted { .. }));
        }
    }

    #[test]
    fn microsoft_managed_databases_stay_in_their_geography() {
        let mut source = environment(1, EnvironmentType::Production);
        let mut target = environment(2, EnvironmentType::Sandbox);
        source.cloud_location = "East US".to_owned();
        target.cloud_location = "West Europe".to_owned();
        assert_eq!(refresh(&source, &target), Ok(()));
        target.infrastructure = Infrastructure::MicrosoftManaged;
        assert!(matches!(
            refresh(&source, &target),
            Err(RuleRefusal::OtherGeography { .. })
        ));
        target.cloud_location = "West US".to_owned();
        assert_eq!(refresh(&source, &target), Ok(()));
    }

    #[test]
    fn an_older_financial_reporting_and_too_little_capacity_are_refused() {
        let mut source = environment(1, EnvironmentType::Production);
        let mut target = environment(2, EnvironmentType::Sandbox);
        source.financial_reporting = Some("10.0.100.9".to_owned());
        target.financial_reporting = Some("10.0.99.10".to_owned());
        assert!(matches!(
            refresh(&source, &target),
            Err(RuleRefusal::FinancialReporting { .. })
        ));
        target.financial_reporting = Some("10.0.100.9".to_owned());
        assert_eq!(refresh(&source, &target), Ok(()));
        target.database_capacity_bytes = Some(1_000);
        assert!(matches!(
            refresh(&source, &target),
            Err(RuleRefusal::Capacity { .. })
        ));
        target.database_capacity_bytes = Some(1_001);
        assert_eq!(refresh(&source, &target), Ok(()));
    }

    #[test]
    fn a_bacpac_of_more_than_50_gb_is_not_made() {
        let uat = environment(1, EnvironmentType::Sandbox);
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(check_export(&uat, Some(LARGEST_EXPORT_BYTES), now), Ok(()));
        assert!(matches!(
            check_export(&uat, Some(LARGEST_EXPORT_BYTES + 1), now),
            Err(RuleRefusal::TooLargeToExport { .. })
        ));
    }
}
