//! Why a package cannot be opened, or its rows not be read.

use std::io;
use std::path::PathBuf;

use zip::result::ZipError;

use crate::TableName;
use crate::rows::RowError;
use crate::xml::XmlError;

/// A file that is not a sound package.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file could not be opened.
    #[error("could not open `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The source could not be read.
    #[error("could not read the package")]
    Read {
        /// What the reader said.
        #[source]
        source: io::Error,
    },
    /// The file is no zip archive, or a broken one.
    #[error("the file is not a readable zip archive, so it is no package")]
    NotAnArchive {
        /// What the archive reader said.
        #[source]
        source: ZipError,
    },
    /// Two entries share a name, so that readers may disagree on the content.
    #[error("the archive holds two entries of the same name")]
    DuplicateEntries,
    /// A part that every package has is missing.
    #[error("the package has no `{entry}`")]
    MissingPart {
        /// The part.
        entry: &'static str,
    },
    /// A part that cannot be unpacked.
    #[error("could not unpack `{entry}`")]
    Part {
        /// The part.
        entry: String,
        /// What the archive reader said.
        #[source]
        source: ZipError,
    },
    /// A part whose XML is not as it must be.
    #[error("`{entry}` is not as it must be")]
    Xml {
        /// The part.
        entry: &'static str,
        /// What is wrong with it.
        #[source]
        source: XmlError,
    },
    /// The model was changed after its checksum was taken.
    #[error("`model.xml` has the SHA-256 {computed}, but `Origin.xml` states {stated}")]
    Checksum {
        /// The checksum in `Origin.xml`.
        stated: String,
        /// The checksum of the bytes.
        computed: String,
    },
    /// No checksum of the model is stated.
    #[error("`Origin.xml` states no checksum of `model.xml`")]
    ChecksumMissing,
    /// Row data of another form than the one known.
    #[error("the row data is of stream version {}, not {known}", found.as_deref().unwrap_or("unknown"))]
    DataStreamVersion {
        /// The version that this crate reads.
        known: &'static str,
        /// The version stated.
        found: Option<String>,
    },
    /// A folder of row data that could belong to either of two tables.
    #[error("the package holds rows that could belong to {first} or to {second}")]
    AmbiguousFolder {
        /// One table.
        first: TableName,
        /// The other.
        second: TableName,
    },
}

/// Rows that could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowsError {
    /// The model has no such table.
    #[error("the package has no table {table}")]
    NoSuchTable {
        /// The name asked for.
        table: TableName,
    },
    /// A part that cannot be unpacked.
    #[error("could not unpack `{part}`")]
    Part {
        /// The part.
        part: String,
        /// What the archive reader said.
        #[source]
        source: ZipError,
    },
    /// A row that cannot be decoded.
    #[error(transparent)]
    Row(#[from] RowError),
}
