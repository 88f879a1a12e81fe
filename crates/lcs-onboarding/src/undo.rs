//! Takes back what a set-up did, and nothing else.
//!
//! Facts and record in, changes out: [`undo_plan`] is pure. What is gone already or was changed by
//! others since is left and named.

mod facts;
mod plan;

pub use facts::UndoFacts;
pub use plan::undo_plan;

use lcs_client::{GraphApi, GraphCallError, ObjectAge};
use lcs_types::ObjectId;
use lcs_wire::graph::{ApplicationPatch, GrantPatch};

use crate::{
    effect::{Effect, Entry, MARK},
    facts::Facts,
    record::{Journal, Notes, RecordError},
};

/// Undoing stopped. Running again goes on from there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UndoError {
    /// The tenant could not be read.
    #[error("could not read the tenant")]
    Read(#[source] GraphCallError),
    /// A change was refused or got lost.
    #[error("could not take back: {what}")]
    Write {
        /// The thing, for a person.
        what: String,
        /// Why.
        #[source]
        source: GraphCallError,
    },
    /// What is done cannot be noted, so nothing more was done.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl UndoError {
    /// Whether the signed-in user lacks a right.
    pub const fn is_forbidden(&self) -> bool {
        match self {
            Self::Read(source) | Self::Write { source, .. } => source.is_forbidden(),
            Self::Record(_) => false,
        }
    }
}

/// How one effect is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UndoChange {
    /// Not at all.
    Leave,
    /// Delete the application, with its service principal; restorable for thirty days.
    DeleteApplication(ObjectId),
    /// Change the application.
    UpdateApplication(ObjectId, Box<ApplicationPatch>),
    /// Take the application's presence out of the tenant; restorable for thirty days.
    DeleteServicePrincipal(ObjectId),
    /// Take the grant back.
    DeleteGrant(String),
    /// Take values out of the grant.
    UpdateGrant(String, GrantPatch),
}

/// One effect, and what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoAction {
    /// The effect.
    pub effect: Effect,
    /// The thing, for a person.
    pub what: String,
    /// Its values now; empty when it is gone.
    pub before: Vec<String>,
    /// Its values afterwards.
    pub after: Vec<String>,
    /// What is to be done.
    pub change: UndoChange,
    /// Why it is left, for a person.
    pub reason: Option<String>,
}

/// What is to be taken back, youngest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoPlan {
    /// The actions.
    pub actions: Vec<UndoAction>,
}

impl UndoPlan {
    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }
}

/// Undoing a set-up.
#[derive(Debug)]
pub struct Undo;

impl Undo {
    /// Says what would be taken back. Settles in the record what an interrupted run left open;
    /// writes nothing to the tenant. A record that got lost is replaced by what the marks on the
    /// application say.
    ///
    /// # Errors
    ///
    /// [`UndoError::Read`], [`UndoError::Record`].
    pub async fn plan(
        graph: &GraphApi,
        display_name: &str,
        journal: &mut dyn Journal,
    ) -> Result<UndoPlan, UndoError> {
        let mark = journal.mark();
        let mut notes = Notes::of(journal);
        let is_open = notes.entries().iter().any(|entry| !entry.is_done);
        if is_open || notes.entries().is_empty() {
            let facts = Facts::read(graph, display_name)
                .await
                .map_err(UndoError::Read)?;
            notes.settle(|effect| effect.settled(&facts, &mark))?;
            if notes.entries().is_empty() {
                for effect in marked(&facts) {
                    notes.begin(effect.clone())?;
                    notes.finish(Some(effect))?;
                }
            }
        }
        let entries: Vec<Entry> = notes.entries().to_vec();
        let facts = UndoFacts::read(graph, &entries)
            .await
            .map_err(UndoError::Read)?;
        Ok(undo_plan(&entries, &facts))
    }

    /// Takes back what is planned, forgetting each effect once it is gone.
    ///
    /// # Errors
    ///
    /// [`UndoError`]. After a failure in the middle, running again goes on from there.
    pub async fn apply(
        graph: &GraphApi,
        plan: &UndoPlan,
        journal: &mut dyn Journal,
    ) -> Result<(), UndoError> {
        let mut notes = Notes::of(journal);
        for action in &plan.actions {
            write(graph, &action.change)
                .await
                .map_err(|source| UndoError::Write {
                    what: action.what.clone(),
                    source,
                })?;
            notes.forget(&action.effect)?;
        }
        Ok(())
    }
}

/// The one application of the name, if a set-up created it.
fn marked(facts: &Facts) -> Vec<Effect> {
    match facts.applications.as_slice() {
        [application] if application.tags.iter().any(|tag| tag == MARK) => {
            vec![Effect::CreatedApplication {
                id: Some(application.id),
            }]
        }
        _ => Vec::new(),
    }
}

async fn write(graph: &GraphApi, change: &UndoChange) -> Result<(), GraphCallError> {
    match change {
        UndoChange::Leave => Ok(()),
        UndoChange::DeleteApplication(id) => graph.delete_application(*id).await,
        UndoChange::UpdateApplication(id, patch) => {
            graph
                .update_application(*id, patch, ObjectAge::Established)
                .await
        }
        UndoChange::DeleteServicePrincipal(id) => graph.delete_service_principal(*id).await,
        UndoChange::DeleteGrant(id) => graph.delete_grant(id).await,
        UndoChange::UpdateGrant(id, patch) => graph.update_grant(id, patch).await,
    }
}
