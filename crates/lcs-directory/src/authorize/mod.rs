//! The authorize endpoint: what a client asks of a person's browser, and what it hears back.
//!
//! Signing in and consenting on the way are in [`crate::sign_in`] and [`crate::errand`]; the
//! redemption of a code is a grant of the token endpoint.
//!
//! - [`request`] – reading a request
//! - [`redirect`] – which registered redirect URI it means
//! - [`account`] – which signed-in account it goes on with
//! - [`reply`] – query, fragment, form
//! - `code` – handing the code out

pub mod account;
mod code;
pub mod redirect;
pub mod reply;
pub mod request;

pub use account::{AccountChoice, AccountFacts, Prompt};
pub use redirect::Redirect;
pub use reply::{Reply, ReplyIds, ReplyTo, ResponseMode};
pub use request::{AuthorizeError, AuthorizeRequest, ResponseType};
