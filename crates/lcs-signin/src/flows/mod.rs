//! The grants by which a user signs in, one file each.
//!
//! Every request adds `openid profile offline_access` to the resource's scope.

pub mod authorization_code;
pub mod device_code;
mod loopback;
mod password;
mod refresh_token;
