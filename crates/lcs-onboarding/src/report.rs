//! What was done, step by step.

use lcs_types::{ClientId, ObjectId, TenantId};
use lcs_wire::entra::ArticleStep;
use serde::Serialize;

/// What became of one thing that a step of the article asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepOutcome {
    /// The step.
    pub step: ArticleStep,
    /// The thing, for a person: *application registration "LCS toolkit"*.
    pub what: String,
    /// What became of it.
    pub change: StepChange,
}

/// What became of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepChange {
    /// It was not there.
    Created,
    /// It was there and lacked something.
    Updated,
    /// It was as it should be; nothing was written.
    AlreadyInPlace,
    /// The signed-in user may not do it: an administrator has to.
    Denied,
}

/// An entry that could be mistaken for LCS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lookalike {
    /// Its name.
    pub display_name: String,
    /// Its application id.
    pub app_id: ClientId,
}

/// Steps 1 to 3, done and read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegistrationReport {
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its name.
    pub tenant_name: String,
    /// Its default domain, if it names one.
    pub tenant_domain: Option<String>,
    /// Who did it.
    pub signed_in_as: String,
    /// The application (client) id: what step 4 needs.
    pub client_id: ClientId,
    /// The object id of the application.
    pub application_object_id: ObjectId,
    /// The name of the application.
    pub display_name: String,
    /// The name that LCS has in this tenant.
    pub lcs_display_name: String,
    /// Entries with a similar name that were not taken.
    pub lookalikes: Vec<Lookalike>,
    /// What became of each thing, in the order of the article.
    pub steps: Vec<StepOutcome>,
}

impl RegistrationReport {
    /// Whether nothing had to be written.
    pub fn is_unchanged(&self) -> bool {
        self.steps
            .iter()
            .all(|step| step.change == StepChange::AlreadyInPlace)
    }
}
