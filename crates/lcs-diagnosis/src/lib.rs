//! What is wrong between a user and the LCS API, and at which of the article's steps.
//!
//! - [`check`] – the checks, what they can say, and the step that each belongs to
//! - [`observe`] – asks the network, Entra, Microsoft Graph and LCS; judges nothing
//! - [`observations`] – what came back
//! - [`mod@judge`] – observations in, diagnosis out: pure functions
//! - [`token`] – the claims of an access token, explained and judged: pure too
//!
//! Nothing here writes anything anywhere. Printing is the binary's.

pub mod check;
pub mod judge;
pub mod observations;
pub mod observe;
pub mod token;

pub use check::{Check, CheckResult, Diagnosis, Evidence, Outcome, Step};
pub use judge::judge;
pub use observations::Observations;
pub use observe::{Doctor, Identification};
