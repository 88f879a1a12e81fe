//! What can be wrong with an environment's folder.

use std::{io, path::PathBuf};

use lcs_types::OperationActivityId;

/// A database could not be put into its place. Which database is in use has not changed, unless the
/// message says that writing out failed: then it may have.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// The operation has no staged copy.
    #[error("the operation {operation} has no staged copy")]
    NotStaged {
        /// The operation.
        operation: OperationActivityId,
    },
    /// The operation's copy is not complete yet.
    #[error("the operation {operation} has no complete database")]
    NotPromoted {
        /// The operation.
        operation: OperationActivityId,
    },
    /// A journal lies beside a database that should be complete.
    #[error("a program has not finished with the database: there is `{companion}`")]
    Unfinished {
        /// The journal.
        companion: PathBuf,
    },
    /// The name of the database is taken by something that was not put there by this program.
    #[error("`{path}` is no link; move it away, then bind it")]
    NotALink {
        /// The name.
        path: PathBuf,
    },
    /// The environment has a database, so that none can be adopted.
    #[error("the environment has a database already: `{current}`")]
    HasDatabase {
        /// The database in use.
        current: PathBuf,
    },
    /// The database is in use and cannot be removed.
    #[error("`{path}` is in use")]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// The file was never in use in this environment, or was pruned.
    #[error("`{path}` is no restore point of this environment")]
    NotARestorePoint {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("could not {doing} `{path}`")]
    File {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// Its reason.
        #[source]
        source: io::Error,
    },
}
