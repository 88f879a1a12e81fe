//! Pages for people: server-rendered, usable without script, protected against forged forms and frames.
//!
//! - [`authorize`] – where a client sends a browser: authorize, admin consent
//! - [`consent_requests`] – where an administrator comes to decide what users asked for
//! - [`device`] – where a person enters a device's code
//! - [`interaction`] – from there on: sign-in, second factor, consent; `stage` – its pages
//! - [`logout`] – signing out; what an error code means
//! - `session` – who is signed in, in memory; `cookies` – what names it
//! - `visit` – what every page's answer shares
//! - `render` – the templates and their headers

pub(crate) mod authorize;
pub(crate) mod consent_requests;
mod cookies;
pub(crate) mod device;
pub(crate) mod interaction;
pub(crate) mod logout;
mod render;
pub(crate) mod session;
mod stage;
mod visit;
