//! Configuration: flags, then the environment, then the profile.
//!
//! - [`environment`] – the environment variables, read here and nowhere else
//! - [`known_names`] – what the shell offers to complete
//! - [`paths`] – where files lie
//! - [`profiles`] – `config.toml`
//! - [`connection`] – the three settled into one
//! - [`flow`] – the names of the flows of sign-in

mod connection;
mod environment;
mod flow;
mod known_names;
mod paths;
mod profiles;

pub(crate) use connection::Connection;
pub(crate) use environment::Environment;
pub(crate) use flow::Flow;
pub(crate) use known_names::{KnownName, KnownNames, Named};
pub(crate) use paths::Paths;
pub(crate) use profiles::{Profile, Profiles};
