//! The article's steps through Microsoft Graph: compare, write only the difference, read back.
//!
//! - [`facts`] – what stands in the tenant
//! - [`mod@plan`] – facts in, changes out: one pure function
//! - [`register`] – reads the facts, applies the plan, verifies
//! - [`report`] – what was done, step by step
//!
//! The calls themselves are in `lcs-client`, the token of step 4 comes from `lcs-signin`.

pub mod facts;
pub mod plan;
pub mod register;
pub mod report;

pub use facts::Facts;
pub use plan::{Change, PlanError, PlannedAction, RegistrationPlan, plan};
pub use register::{Registration, RegistrationError, RegistrationRequest};
pub use report::{Lookalike, RegistrationReport, StepChange, StepOutcome};
