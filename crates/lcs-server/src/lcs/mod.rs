//! The LCS API over HTTP. Every call is authenticated and authorised in [`caller`]; failures of a
//! rule are 200 with `IsSuccess: false`, see [`answer`].

mod answer;
mod caller;
pub(crate) mod environment;
pub(crate) mod movement;
