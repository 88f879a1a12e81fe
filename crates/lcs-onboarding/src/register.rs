//! Steps 1 to 3: reads the facts, applies the plan, reads back and verifies.
//!
//! - `state.rs` – one write after the other, each noted before and after

mod state;

use lcs_client::{GraphApi, GraphCallError};
use lcs_wire::{entra::ArticleStep, well_known::LCS_DISPLAY_NAME};

use crate::{
    effect::Effect,
    facts::Facts,
    plan::{PlanError, PlannedAction, RegistrationPlan, SetupObject, plan},
    record::{Journal, NoJournal, Notes, RecordError},
    report::{Lookalike, RegistrationReport, StepChange, StepOutcome},
};
use state::State;

/// How often the tenant is looked at for what a lost answer may have created.
const LOOKS_FOR_LOST: u32 = 4;

/// What to set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRequest {
    /// The name of the application registration.
    pub display_name: String,
}

/// Steps 1 to 3 could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationError {
    /// The name is empty or too long.
    #[error("an application's name has 1 to 120 characters")]
    Name,
    /// The tenant is in a state that only a person can resolve. Nothing was written.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The tenant could not be read.
    #[error("could not read the tenant")]
    Read(#[source] GraphCallError),
    /// A change was refused or got lost. Earlier ones stand; running again goes on.
    #[error("could not set up: {what}")]
    Write {
        /// The step that it belongs to.
        step: ArticleStep,
        /// The thing, for a person.
        what: String,
        /// Why.
        #[source]
        source: GraphCallError,
    },
    /// What is done cannot be noted, so nothing more was done.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Everything was accepted, and reading back shows otherwise.
    #[error("accepted by Microsoft Graph, but not to be seen when read back: {what}")]
    Unverified {
        /// The step that it belongs to.
        step: ArticleStep,
        /// The thing, for a person.
        what: String,
    },
}

impl RegistrationError {
    /// Whether the signed-in user lacks a right.
    pub const fn is_forbidden(&self) -> bool {
        match self {
            Self::Read(source) | Self::Write { source, .. } => source.is_forbidden(),
            Self::Name | Self::Plan(_) | Self::Record(_) | Self::Unverified { .. } => false,
        }
    }
}

/// What the signed-in user may not do.
#[derive(Debug)]
pub struct Denied {
    /// The action.
    pub action: PlannedAction,
    /// Graph's refusal; `None` when the action only waits for another one that was refused.
    pub refusal: Option<GraphCallError>,
}

/// What became of a plan.
#[derive(Debug)]
pub struct Applied {
    /// What was done; `None` when not even an application could be registered.
    pub report: Option<RegistrationReport>,
    /// What is left to an administrator.
    pub denied: Vec<Denied>,
}

/// What was found before anything is written.
#[derive(Debug)]
pub struct Prepared {
    /// The facts.
    pub facts: Facts,
    /// What is to be done.
    pub plan: RegistrationPlan,
}

/// Steps 1 to 3 of the article.
#[derive(Debug)]
pub struct Registration;

impl Registration {
    /// Says what [`Registration::ensure`] would do. Writes nothing.
    ///
    /// # Errors
    ///
    /// [`RegistrationError::Name`], [`RegistrationError::Plan`], [`RegistrationError::Read`].
    pub async fn plan(
        graph: &GraphApi,
        request: &RegistrationRequest,
    ) -> Result<RegistrationPlan, RegistrationError> {
        Ok(Self::prepare(graph, request).await?.plan)
    }

    /// The same, with the facts that it follows from.
    ///
    /// # Errors
    ///
    /// As [`Registration::plan`].
    pub async fn prepare(
        graph: &GraphApi,
        request: &RegistrationRequest,
    ) -> Result<Prepared, RegistrationError> {
        let facts = read(graph, request).await?;
        let plan = plan(&facts, request)?;
        Ok(Prepared { facts, plan })
    }

    /// Brings the tenant to where the article's steps 1 to 3 leave it, writing only what differs,
    /// and reads back. A second run writes nothing.
    ///
    /// # Errors
    ///
    /// [`RegistrationError`]. After a failure in the middle, running again goes on from there.
    ///
    /// # Panics
    ///
    /// Never: what is not denied is reported.
    pub async fn ensure(
        graph: &GraphApi,
        request: &RegistrationRequest,
    ) -> Result<RegistrationReport, RegistrationError> {
        let prepared = Self::prepare(graph, request).await?;
        let applied = Self::apply(graph, request, prepared, &mut NoJournal).await?;
        for denied in applied.denied {
            if let Some(source) = denied.refusal {
                return Err(write_error(&denied.action, source));
            }
        }
        Ok(applied.report.expect("what is not denied is reported"))
    }

    /// Does what is planned, noting each write before and after. What the signed-in user may not
    /// do is left out and named; the rest is done.
    ///
    /// # Errors
    ///
    /// [`RegistrationError`]. After a failure in the middle, running again goes on from there.
    pub async fn apply(
        graph: &GraphApi,
        request: &RegistrationRequest,
        prepared: Prepared,
        journal: &mut dyn Journal,
    ) -> Result<Applied, RegistrationError> {
        let mut notes = Notes::of(journal);
        let Prepared { facts, plan } = settle(graph, request, prepared, &mut notes).await?;
        let mut state = State::of(&facts, notes.mark());
        let mut denied = Vec::new();
        for action in plan.changes() {
            match state.apply(graph, action, &mut notes).await {
                Ok(()) => {}
                Err(state::Failed::Record(error)) => return Err(error.into()),
                Err(state::Failed::Call(refusal)) if refusal.is_forbidden() => {
                    denied.push(Denied {
                        action: action.clone(),
                        refusal: Some(refusal),
                    });
                }
                Err(state::Failed::Call(GraphCallError::Missing(_))) if !denied.is_empty() => {
                    denied.push(Denied {
                        action: action.clone(),
                        refusal: None,
                    });
                }
                Err(state::Failed::Call(source)) => return Err(write_error(action, source)),
            }
        }
        let objects: Vec<_> = denied.iter().map(|denied| denied.action.object).collect();
        let verified = state
            .verify(graph, request, &facts, &plan, &objects)
            .await?;
        Ok(Applied {
            report: verified.and_then(|verified| report(&verified, &plan, &objects)),
            denied,
        })
    }
}

fn write_error(action: &PlannedAction, source: GraphCallError) -> RegistrationError {
    RegistrationError::Write {
        step: action.step,
        what: action.what.clone(),
        source,
    }
}

/// Finds out what became of the writes that an earlier run did not see answered. An application
/// that may have been created is looked for with patience: lists show new ones late, and a second
/// one of the name would be worse than a wait.
async fn settle(
    graph: &GraphApi,
    request: &RegistrationRequest,
    mut prepared: Prepared,
    notes: &mut Notes<'_>,
) -> Result<Prepared, RegistrationError> {
    let is_lost = notes
        .entries()
        .iter()
        .any(|entry| !entry.is_done && matches!(entry.effect, Effect::CreatedApplication { .. }));
    if is_lost {
        for look in 1..=LOOKS_FOR_LOST {
            if !prepared.facts.applications.is_empty() {
                break;
            }
            graph.pause_for_consistency(look).await;
            prepared = Registration::prepare(graph, request).await?;
        }
    }
    let mark = notes.mark();
    notes.settle(|effect| effect.settled(&prepared.facts, &mark))?;
    Ok(prepared)
}

async fn read(graph: &GraphApi, request: &RegistrationRequest) -> Result<Facts, RegistrationError> {
    let length = request.display_name.trim().chars().count();
    if length == 0 || length > 120 {
        return Err(RegistrationError::Name);
    }
    Facts::read(graph, &request.display_name)
        .await
        .map_err(RegistrationError::Read)
}

fn report(
    facts: &Facts,
    plan: &RegistrationPlan,
    denied: &[SetupObject],
) -> Option<RegistrationReport> {
    let application = facts.applications.first()?;
    let domains = &facts.tenant.verified_domains;
    let domain = domains
        .iter()
        .find(|domain| domain.is_default)
        .or_else(|| domains.first());
    Some(RegistrationReport {
        tenant_id: facts.tenant.id,
        tenant_name: facts.tenant.display_name.clone(),
        tenant_domain: domain.map(|domain| domain.name.clone()),
        signed_in_as: facts.signed_in.user_principal_name.clone(),
        client_id: application.app_id,
        application_object_id: application.id,
        display_name: application.display_name.clone(),
        lcs_display_name: facts
            .lcs
            .as_ref()
            .map_or(LCS_DISPLAY_NAME, |lcs| &lcs.display_name)
            .to_owned(),
        lookalikes: facts
            .lookalikes
            .iter()
            .map(|principal| Lookalike {
                display_name: principal.display_name.clone(),
                app_id: principal.app_id,
            })
            .collect(),
        steps: plan
            .actions
            .iter()
            .map(|action| {
                let outcome = action.outcome();
                if denied.contains(&action.object) {
                    StepOutcome {
                        change: StepChange::Denied,
                        ..outcome
                    }
                } else {
                    outcome
                }
            })
            .collect(),
    })
}
