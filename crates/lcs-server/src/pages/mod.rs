//! Pages for people: server-rendered, without script, protected against forged forms and frames.

pub(crate) mod device;
mod render;
pub(crate) mod session;
