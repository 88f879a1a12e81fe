//! What the forms of the pages send, and why one leads nowhere.

use lcs_directory::DirectoryError;
use lcs_types::{ConsentRequestId, Secret};
use serde::Deserialize;

/// What the forms of the pages send; each page uses some of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LoginForm {
    pub(super) ctx: String,
    pub(super) csrf: Option<Secret>,
    pub(super) action: String,
    pub(super) account: Option<usize>,
    pub(super) loginfmt: String,
    pub(super) passwd: Option<Secret>,
    pub(super) otc: Option<Secret>,
    pub(super) oldpasswd: Option<Secret>,
    pub(super) newpasswd: Option<Secret>,
    pub(super) confirmnewpasswd: Option<Secret>,
    pub(super) consent_for_organization: Option<String>,
    #[serde(rename = "DontShowAgain")]
    pub(super) dont_show_again: Option<String>,
    pub(super) justification: String,
    pub(super) request: Option<ConsentRequestId>,
}

/// Names an interaction in a URL.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct LoginQuery {
    #[serde(default)]
    pub(super) ctx: String,
}

/// Why a form leads nowhere.
pub(super) enum Wrong {
    /// Something that only a page says.
    Said(String),
    /// A refusal or failure of the directory.
    Refused(DirectoryError),
}

impl From<DirectoryError> for Wrong {
    fn from(error: DirectoryError) -> Self {
        Self::Refused(error)
    }
}
