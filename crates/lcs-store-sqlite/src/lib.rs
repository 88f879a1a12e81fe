//! The domain's ports on SQLite, with migrations.
