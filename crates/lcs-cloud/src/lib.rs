//! The whole local cloud: data directory, certificates, wiring, start and stop.
pub mod config;
pub mod credentials;
pub mod data_directory;
pub mod certificates;
