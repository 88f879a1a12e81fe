//! Everything that crosses HTTP between a client and Entra, Microsoft Graph or LCS, as types.
//!
//! Both halves of the product meet here: the client reads what the server writes. There are no
//! rules and no I/O in this crate.
//!
//! - [`entra`] – token requests and answers, errors and their AADSTS catalogue, discovery, user realm
//! - [`graph`] – applications, service principals, permission grants, users, Graph's error envelope
//! - [`lcs`] – the envelope, database movement, environment metadata, dates as LCS prints them
//! - [`clouds`] – the hosts of Microsoft's clouds
//! - [`local`] – what a local cloud tells machines about itself

pub mod clouds;
pub mod entra;
pub mod graph;
pub mod lcs;
pub mod local;
pub mod well_known;
