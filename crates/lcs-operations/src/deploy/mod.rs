//! A deployment: the content of a package below an environment's folder, in `packages/`.
//!
//! | step | changes | if the machine dies inside it |
//! |---|---|---|
//! | [`validate`] | nothing | nothing happened |
//! | [`mod@unpack`] | a hidden folder of the operation's | the next attempt unpacks anew |
//! | [`install`] | the folder's name | the next attempt goes on |
//!
//! A package of finance and operations stands beside those of before; a Commerce Scale Unit and an
//! e-commerce environment have one package, which the next one replaces. An on-premises environment
//! gets its package in two operations, of which [`on_premises`] tells.

pub mod install;
pub mod on_premises;
pub mod unpack;
pub mod validate;

use std::path::PathBuf;

use lcs_projects::Environment;

use crate::{
    model::{DeploymentSubject, OperationKind},
    step::{Step, StepContext, StepFailure, StepName, folder},
};

/// Where an on-premises environment has the package that was brought to it last.
const PREPARED: &str = "prepared";

/// The steps in their order.
pub const STEPS: &[Step] = &[
    Step {
        name: StepName::Validate,
        run: validate::run,
    },
    Step {
        name: StepName::Unpack,
        run: unpack::run,
    },
    Step {
        name: StepName::Install,
        run: install::run,
    },
];

/// The steps that put a prepared package in its place.
pub const STEPS_OF_PREPARED: &[Step] = &[Step {
    name: StepName::Install,
    run: install::run,
}];

/// What the portal calls the phase that an environment is in while a step runs ("Update
/// environment": `Preservicing`, `Servicing`, `Post-servicing`).
pub const fn phase(step: Option<StepName>) -> &'static str {
    match step {
        None => "Queued",
        Some(StepName::Validate) => "Preservicing",
        Some(StepName::Install) => "Post-servicing",
        Some(_) => "Servicing",
    }
}

/// Takes back what a deployment did: the environment has what it had before.
///
/// # Errors
///
/// [`StepFailure`] when a folder cannot be moved or removed.
pub fn roll_back(context: &StepContext) -> Result<(), StepFailure> {
    Places::of(context)?.restore()
}

/// The folders of a deployment.
#[derive(Debug)]
struct Places {
    /// Where the package is unpacked.
    unpacked: PathBuf,
    /// Whether that is another operation's, which stays if this one is taken back.
    keeps_unpacked: bool,
    /// Where it belongs.
    installed: PathBuf,
    /// Where what it replaces waits until it is replaced.
    previous: PathBuf,
}

impl Places {
    fn of(context: &StepContext) -> Result<Self, StepFailure> {
        let OperationKind::Deploy { asset, subject, .. } = &context.operation.kind else {
            return Err(StepFailure::Journal {
                step: StepName::Validate,
            });
        };
        let packages = packages(&context.environments, &context.target);
        let id = context.id();
        let is_prepared = matches!(subject, DeploymentSubject::Prepared { .. });
        Ok(Self {
            unpacked: if is_prepared {
                packages.join(PREPARED)
            } else {
                packages.join(format!(".unpacked-{id}"))
            },
            keeps_unpacked: is_prepared,
            installed: packages.join(match subject {
                DeploymentSubject::Environment | DeploymentSubject::Prepared { .. } => {
                    format!("environment/{asset}")
                }
                DeploymentSubject::ScaleUnit { scale_unit } => format!("scale-units/{scale_unit}"),
                DeploymentSubject::ECommerce { e_commerce } => format!("e-commerce/{e_commerce}"),
                DeploymentSubject::Preparation => PREPARED.to_owned(),
            }),
            previous: packages.join(format!(".previous-{id}")),
        })
    }
}

/// Where the packages of an environment lie.
pub fn packages(environments: &std::path::Path, environment: &Environment) -> PathBuf {
    folder(environments, environment.id).path().join("packages")
}
