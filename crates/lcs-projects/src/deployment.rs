//! What may be deployed where. Pure ("Asset deployment" of the Azure DevOps tasks: not to production
//! and build environments, only what was validated; Commerce packages may go anywhere).

use jiff::Timestamp;
use lcs_wire::lcs::AssetFileType;

use crate::{
    library::{Asset, AssetState},
    model::{Environment, EnvironmentType, Infrastructure, PowerState},
    movement::{RuleRefusal, check_lifecycle},
};

/// What of an environment is to take a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageTarget<'name> {
    /// Finance and operations itself.
    Environment,
    /// The Commerce Scale Unit with this name.
    ScaleUnit(&'name str),
    /// The e-commerce environment with this id.
    ECommerce(&'name str),
}

/// Why a package is not deployed. The service's own texts are not public.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeploymentRefusal {
    /// The environment takes no operation.
    #[error(transparent)]
    Environment(#[from] RuleRefusal),
    /// It does not exist in the project.
    #[error("The asset {asset} does not exist in this project.")]
    UnknownAsset {
        /// As asked.
        asset: String,
    },
    /// It was not uploaded, not checked, or is not sound.
    #[error("The asset '{name}' can't be deployed: {why}.")]
    NotValid {
        /// The asset.
        name: String,
        /// Why.
        why: String,
    },
    /// It is of another type.
    #[error("The asset '{name}' is a {found}. This deployment takes a {wanted}.")]
    WrongType {
        /// The asset.
        name: String,
        /// What it is.
        found: String,
        /// What it should be.
        wanted: String,
    },
    /// Production.
    #[error(
        "The environment '{name}' is a production environment. Packages can't be deployed there through the API."
    )]
    Production {
        /// The environment.
        name: String,
    },
    /// A build environment.
    #[error(
        "The environment '{name}' is a build environment. Packages can't be deployed there through the API."
    )]
    Build {
        /// The environment.
        name: String,
    },
    /// The deployment has no name.
    #[error("The update name is missing. Self-service environments need one (updateName).")]
    NameMissing,
    /// A name cannot be used.
    #[error("'{name}' is not a valid name: use 1 to 64 letters, digits, blanks, and . _ -")]
    Name {
        /// As asked.
        name: String,
    },
}

/// Whether `asset` may be deployed under this name; answers it. `named` is what the caller asked
/// for.
///
/// # Errors
///
/// [`DeploymentRefusal`] with the first rule that is broken.
pub fn check<'asset>(
    environment: &Environment,
    asset: Option<&'asset Asset>,
    named: &str,
    target: PackageTarget<'_>,
    name: &str,
    now: Timestamp,
) -> Result<&'asset Asset, DeploymentRefusal> {
    check_lifecycle(environment)?;
    let state = environment.power.at(now);
    if state != PowerState::Running {
        let name = environment.name.clone();
        return Err(RuleRefusal::NotRunning { name, state }.into());
    }
    if target == PackageTarget::Environment {
        check_type(environment)?;
    }
    check_name(environment, target, name)?;
    let asset = asset.ok_or_else(|| DeploymentRefusal::UnknownAsset {
        asset: named
            .chars()
            .filter(|c| !c.is_control())
            .take(100)
            .collect(),
    })?;
    let wanted = match target {
        PackageTarget::Environment => AssetFileType::SoftwareDeployablePackage,
        PackageTarget::ScaleUnit(_) => AssetFileType::CommerceCloudScaleUnitExtension,
        PackageTarget::ECommerce(_) => AssetFileType::ECommercePackage,
    };
    if asset.file_type != wanted {
        return Err(DeploymentRefusal::WrongType {
            name: asset.name.clone(),
            found: asset.file_type.heading(),
            wanted: wanted.heading(),
        });
    }
    let why = match &asset.state {
        AssetState::Valid => return Ok(asset),
        AssetState::Uploading => "it was not uploaded yet".to_owned(),
        AssetState::Validating => "it is still being validated".to_owned(),
        AssetState::Invalid { finding } => format!("its validation failed ({finding})"),
    };
    Err(DeploymentRefusal::NotValid {
        name: asset.name.clone(),
        why,
    })
}

fn check_type(environment: &Environment) -> Result<(), DeploymentRefusal> {
    let name = environment.name.clone();
    match environment.environment_type {
        EnvironmentType::Production => Err(DeploymentRefusal::Production { name }),
        EnvironmentType::Build => Err(DeploymentRefusal::Build { name }),
        EnvironmentType::Sandbox | EnvironmentType::Development => Ok(()),
    }
}

fn check_name(
    environment: &Environment,
    target: PackageTarget<'_>,
    name: &str,
) -> Result<(), DeploymentRefusal> {
    let given = match target {
        // Environments of virtual machines do without.
        PackageTarget::Environment if name.trim().is_empty() => {
            return match environment.infrastructure {
                Infrastructure::SelfService => Err(DeploymentRefusal::NameMissing),
                Infrastructure::MicrosoftManaged
                | Infrastructure::CustomerManaged
                | Infrastructure::OnPremises => Ok(()),
            };
        }
        PackageTarget::Environment => {
            let is_printable = !name.chars().any(char::is_control) && name.chars().count() <= 255;
            return is_printable
                .then_some(())
                .ok_or_else(|| DeploymentRefusal::Name {
                    name: name.chars().filter(|c| !c.is_control()).take(100).collect(),
                });
        }
        PackageTarget::ScaleUnit(given) | PackageTarget::ECommerce(given) => given,
    };
    let is_plain = (1..=64).contains(&given.len())
        && !given.starts_with(['.', ' '])
        && given
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b" ._-".contains(&byte));
    is_plain
        .then_some(())
        .ok_or_else(|| DeploymentRefusal::Name {
            name: given
                .chars()
                .filter(|c| !c.is_control())
                .take(100)
                .collect(),
        })
}

#[cfg(test)]
mod tests {
    use lcs_types::{AssetId, ProjectId};

    use super::*;
    use crate::{model::Lifecycle, movement::tests::environment};

    fn package(state: AssetState) -> Asset {
        Asset {
            id: AssetId::from_u128(1),
            project: Some(ProjectId(1)),
            name: "Release 42".to_owned(),
            file_name: "Release42.zip".to_owned(),
            description: None,
            file_type: AssetFileType::SoftwareDeployablePackage,
            artifact: "a/b".to_owned(),
            state,
            size_bytes: Some(1),
            created_at: Timestamp::UNIX_EPOCH,
            modified_at: Timestamp::UNIX_EPOCH,
            created_by: None,
        }
    }

    fn deploy(
        environment: &Environment,
        asset: Option<&Asset>,
        name: &str,
    ) -> Result<(), DeploymentRefusal> {
        let now = Timestamp::UNIX_EPOCH;
        check(
            environment,
            asset,
            "x",
            PackageTarget::Environment,
            name,
            now,
        )
        .map(drop)
    }

    #[test]
    fn packages_go_to_sandboxes_and_development_environments() {
        let valid = package(AssetState::Valid);
        for (kind, is_taken) in [
            (EnvironmentType::Sandbox, true),
            (EnvironmentType::Development, true),
            (EnvironmentType::Production, false),
            (EnvironmentType::Build, false),
        ] {
            let outcome = deploy(&environment(1, kind), Some(&valid), "42");
            assert_eq!(outcome.is_ok(), is_taken, "{kind}: {outcome:?}");
        }
    }

    #[test]
    fn only_what_was_validated_and_is_of_the_right_type_is_deployed() {
        let uat = environment(1, EnvironmentType::Sandbox);
        let finding = "no zip".to_owned();
        for state in [
            AssetState::Uploading,
            AssetState::Validating,
            AssetState::Invalid { finding },
        ] {
            let refused = deploy(&uat, Some(&package(state)), "42");
            assert!(matches!(refused, Err(DeploymentRefusal::NotValid { .. })));
        }
        assert!(matches!(
            deploy(&uat, None, "42"),
            Err(DeploymentRefusal::UnknownAsset { .. })
        ));
        let mut data = package(AssetState::Valid);
        data.file_type = AssetFileType::DataPackage;
        let refused = deploy(&uat, Some(&data), "42").unwrap_err().to_string();
        assert!(refused.contains("Data package") && refused.contains("Software deployable"));
    }

    #[test]
    fn self_service_needs_a_name_and_virtual_machines_do_not() {
        let valid = package(AssetState::Valid);
        let mut uat = environment(1, EnvironmentType::Sandbox);
        assert_eq!(
            deploy(&uat, Some(&valid), " "),
            Err(DeploymentRefusal::NameMissing)
        );
        uat.infrastructure = Infrastructure::CustomerManaged;
        assert_eq!(deploy(&uat, Some(&valid), ""), Ok(()));
    }

    #[test]
    fn what_is_stopped_or_gone_takes_nothing() {
        let valid = package(AssetState::Valid);
        let mut uat = environment(1, EnvironmentType::Sandbox);
        uat.power.state = PowerState::Stopped;
        assert!(deploy(&uat, Some(&valid), "42").is_err());
        uat.power.state = PowerState::Running;
        uat.lifecycle = Lifecycle::Migrated;
        assert!(deploy(&uat, Some(&valid), "42").is_err());
    }

    #[test]
    fn commerce_goes_anywhere_under_a_plain_name() {
        let production = environment(1, EnvironmentType::Production);
        let mut extension = package(AssetState::Valid);
        extension.file_type = AssetFileType::CommerceCloudScaleUnitExtension;
        let to = |name| {
            let target = PackageTarget::ScaleUnit(name);
            check(
                &production,
                Some(&extension),
                "x",
                target,
                name,
                Timestamp::UNIX_EPOCH,
            )
            .map(drop)
        };
        assert_eq!(to("Houston 1"), Ok(()));
        for name in ["", "..", "../x", "a/b", "a\\b", ".hidden", "ä"] {
            assert!(
                matches!(to(name), Err(DeploymentRefusal::Name { .. })),
                "{name}"
            );
        }
    }
}
