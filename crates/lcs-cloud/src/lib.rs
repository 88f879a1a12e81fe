//! The whole local cloud: data directory, certificates, wiring, start and stop.
