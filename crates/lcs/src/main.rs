//! Moves Dynamics 365 finance and operations databases through Lifecycle Services; and a local cloud to rehearse against.

fn main() {}
