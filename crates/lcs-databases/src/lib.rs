//! Databases as things to snapshot, copy, sanitise, verify, swap and restore.
//!
//! SQLite lives in [`sqlite`]; a server such as PostgreSQL will be a module beside it. What is to be
//! sanitised is decided in `lcs-sanitise`; which step comes when, in `lcs-operations`.
//!
//! The reports and descriptions in [`report`] and [`schema`] are plain data that any engine yields.

pub mod report;
pub mod schema;
pub mod sqlite;

pub use report::{ActionRows, CopyReport, SanitiseReport, TableRows, VerifyReport};
pub use schema::{
    ColumnDescription, ForeignKeyDescription, IndexDescription, Inspection, TableDescription,
};
