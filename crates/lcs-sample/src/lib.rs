//! The Contoso sample: tenant, project and finance-and-operations-shaped databases.
//!
//! - [`facts`] – who and what exists: the tenant, its users, the LCS project, its environments
//! - [`database`] – a database for an environment, generated from a seed
//!
//! Passwords are not here: they are made when a local cloud starts for the first time.

pub mod database;
pub mod facts;
