//! Configuration: flags, then the environment, then the profile.
//!
//! - [`environment`] – the environment variables, read here and nowhere else
//! - [`paths`] – where files lie
//! - [`profiles`] – `config.toml`
//! - [`connection`] – the three settled into one
//! - [`flow`] – the names of the flows of sign-in

mod connection;
mod environment;
mod flow;
mod paths;
mod profiles;

pub(crate) use connection::Connection;
pub(crate) use environment::Environment;
pub(crate) use flow::Flow;
pub(crate) use paths::Paths;
pub(crate) use profiles::{Profile, Profiles};
