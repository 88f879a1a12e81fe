//! The LCS API over HTTP. Every call is authenticated and authorised in [`caller`]; failures of a
//! rule are 200 with `IsSuccess: false`, see [`answer`].

mod answer;
mod caller;
pub(crate) mod environment;
pub(crate) mod movement;

use lcs_projects::Capability;

use crate::routes::Authorisation;

/// What the routes of the LCS API take; the list in [`crate::routes`] names one for each.
pub(crate) const fn takes(capability: Capability) -> Authorisation {
    Authorisation::Lcs(capability)
}
