//! Leads one program to the local cloud, whatever Microsoft hosts are written in it.
//!
//! The program finds a proxy in its environment and asks it for tunnels (`CONNECT`, RFC 9110
//! §9.3.6). Those to Microsoft's hosts and to this machine end at the local cloud, which has
//! certificates for them; the proxy reads nothing of what passes. Nothing of the machine is
//! changed: no hosts file, no trust store.
//!
//! - [`request`] – reading a request for a tunnel
//! - [`route`] – where it leads
//! - [`proxy`] – accepting, answering, passing bytes
//! - [`mod@environment`] – the variables of the program
//! - [`bundle`] – the certificates that it trusts

pub mod bundle;
pub mod environment;
pub mod proxy;
pub mod request;
pub mod route;

pub use environment::{Change, environment};
pub use proxy::{Proxy, ProxyError};
pub use route::{Network, Routes};
