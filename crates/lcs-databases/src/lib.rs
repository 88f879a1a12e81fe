//! Databases as things to snapshot, copy, sanitise, verify, swap and restore: SQLite.
