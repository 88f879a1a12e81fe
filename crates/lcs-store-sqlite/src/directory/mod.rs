//! The directory port: tenants, users, applications, grants, device codes, refresh tokens, keys.
