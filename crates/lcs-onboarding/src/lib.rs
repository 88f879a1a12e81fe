//! The article's steps through Microsoft Graph: compare, write only the difference, read back.
//!
//! - [`facts`] – what stands in the tenant
//! - [`mod@plan`] – facts in, changes out: one pure function
//! - [`register`] – reads the facts, applies the plan, verifies
//! - [`effect`] – what a write did, as undoing it needs to know
//! - [`record`] – the effects in a durable file
//! - [`undo`] – takes the effects back, and nothing else
//! - [`emit`] – the same steps as a script, a configuration, or clicks
//! - [`report`] – what was done, step by step
//!
//! The calls themselves are in `lcs-client`, the token of step 4 comes from `lcs-signin`.

pub mod effect;
pub mod emit;
pub mod facts;
pub mod plan;
pub mod record;
pub mod register;
pub mod report;
pub mod undo;

pub use effect::{Effect, Entry};
pub use facts::{Facts, SignInFacts};
pub use plan::{Change, PlanError, PlannedAction, RegistrationPlan, SetupObject, plan};
pub use record::{Journal, NoJournal, RecordError, RecordFile};
pub use register::{
    Applied, Denied, Prepared, Registration, RegistrationError, RegistrationRequest,
};
pub use report::{Lookalike, RegistrationReport, StepChange, StepOutcome};
pub use undo::{Undo, UndoAction, UndoChange, UndoError, UndoFacts, UndoPlan};
