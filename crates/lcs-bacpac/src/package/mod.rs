//! Reads packages: opens the archive, parses its parts, checks the model's checksum, finds the
//! row data of each table. How rows are decoded stands in `rows`.

mod element;
mod error;
mod model;
mod origin;
mod parts;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;

use sha2::{Digest, Sha256};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

pub use error::{OpenError, RowsError};
pub use origin::{Origin, PackageRelationship};
pub use parts::Part;

use crate::rows::{CharForm, Place, RowDecoder, RowError, has_raw_char};
use crate::xml::XmlError;
use crate::{Model, TableName, Value};
use parts::Parts;

/// The only form of row data this crate knows.
pub(crate) const DATA_STREAM_VERSION: &str = "2.0.0.0";
const MODEL: &str = "model.xml";
const ORIGIN: &str = "Origin.xml";
const METADATA: &str = "DacMetadata.xml";
const CONTENT_TYPES: &str = "[Content_Types].xml";
const RELATIONSHIPS: &str = "_rels/.rels";

/// Whether the bytes of `model.xml` are those that `Origin.xml` vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelChecksum {
    /// They are.
    Matches {
        /// The SHA-256, in upper-case hexadecimal.
        sha256: String,
    },
    /// They are not.
    Differs {
        /// The checksum in `Origin.xml`.
        stated: String,
        /// The checksum of the bytes.
        computed: String,
    },
    /// `Origin.xml` says nothing of them.
    Missing {
        /// The checksum of the bytes.
        computed: String,
    },
}

/// An open package.
#[derive(Debug)]
pub struct Package<R> {
    archive: ZipArchive<R>,
    model: Model,
    origin: Origin,
    database_name: String,
    version: String,
    relationships: Vec<PackageRelationship>,
    checksum: ModelChecksum,
    parts: Parts,
}

impl Package<BufReader<File>> {
    /// Opens a package in a file.
    ///
    /// # Errors
    /// When the file cannot be opened, or as [`Package::from_reader`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| OpenError::File {
            path: path.to_owned(),
            source,
        })?;
        Self::from_reader(BufReader::new(file))
    }
}

impl<R: Read + Seek> Package<R> {
    /// Opens a package from any source that can seek.
    ///
    /// # Errors
    /// When the source is no zip archive, lacks one of the parts every package has, holds XML that
    /// is not as it must be, row data of an unknown form, or a model that differs from its
    /// checksum.
    pub fn from_reader(reader: R) -> Result<Self, OpenError> {
        let package = Self::open_unverified(reader)?;
        match package.checksum {
            ModelChecksum::Matches { .. } => Ok(package),
            ModelChecksum::Differs { stated, computed } => {
                Err(OpenError::Checksum { stated, computed })
            }
            ModelChecksum::Missing { .. } => Err(OpenError::ChecksumMissing),
        }
    }

    /// Opens a package without insisting on the model's checksum.
    pub(crate) fn open_unverified(reader: R) -> Result<Self, OpenError> {
        let mut archive = ZipArchive::new(reader).map_err(archive_error)?;
        if archive.has_duplicate_names() {
            return Err(OpenError::DuplicateEntries);
        }
        let origin =
            origin::read_origin(open_part(&mut archive, ORIGIN)?).map_err(in_part(ORIGIN))?;
        let (database_name, version) =
            origin::read_metadata(open_part(&mut archive, METADATA)?).map_err(in_part(METADATA))?;
        origin::check_content_types(open_part(&mut archive, CONTENT_TYPES)?)
            .map_err(in_part(CONTENT_TYPES))?;
        // Only packages with rows have relationships.
        let relationships = if archive.index_for_name(RELATIONSHIPS).is_some() {
            origin::read_relationships(open_part(&mut archive, RELATIONSHIPS)?)
                .map_err(in_part(RELATIONSHIPS))?
        } else {
            Vec::new()
        };
        let mut hashing = Hashing::new(open_part(&mut archive, MODEL)?);
        let model = model::read_model(BufReader::new(&mut hashing)).map_err(in_part(MODEL))?;
        let computed = hashing.finish();
        let checksum = match &origin.model_sha256 {
            Some(stated) if stated.eq_ignore_ascii_case(&computed) => {
                ModelChecksum::Matches { sha256: computed }
            }
            Some(stated) => ModelChecksum::Differs {
                stated: stated.clone(),
                computed,
            },
            None => ModelChecksum::Missing { computed },
        };
        let parts = Parts::find(&archive, &model)?;
        let has_data = parts.by_table.iter().any(|parts| !parts.is_empty());
        if has_data && origin.data_stream_version.as_deref() != Some(DATA_STREAM_VERSION) {
            return Err(OpenError::DataStreamVersion {
                known: DATA_STREAM_VERSION,
                found: origin.data_stream_version,
            });
        }
        Ok(Self {
            archive,
            model,
            origin,
            database_name,
            version,
            relationships,
            checksum,
            parts,
        })
    }

    /// The tables and what the model says of them.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Where the package comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The name of the database that was exported.
    pub fn database_name(&self) -> &str {
        &self.database_name
    }

    /// The version of the database's application, `0.0.0.0` for exports.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The relationships between the package and its parts.
    pub fn relationships(&self) -> &[PackageRelationship] {
        &self.relationships
    }

    /// How the model's checksum stands; a package from [`Package::from_reader`] always matches.
    pub fn model_checksum(&self) -> &ModelChecksum {
        &self.checksum
    }

    /// Entries under `Data/` that belong to no table of the model: an import would skip them.
    pub fn unmatched_parts(&self) -> &[String] {
        &self.parts.unmatched
    }

    /// The parts of a table, in the order of its rows; none for a table without rows.
    ///
    /// # Errors
    /// When the model has no such table.
    pub fn parts(&self, table: &TableName) -> Result<&[Part], RowsError> {
        self.model
            .tables
            .iter()
            .position(|candidate| candidate.name == *table)
            .map(|position| self.parts.by_table[position].as_slice())
            .ok_or_else(|| RowsError::NoSuchTable {
                table: table.clone(),
            })
    }

    /// Decodes the rows of one part.
    ///
    /// A table with `char(n) NOT NULL` columns is read twice, because producers differ in their
    /// form: whichever form ends exactly with the part is taken.
    ///
    /// # Errors
    /// When the part cannot be unpacked. Errors in rows come from the iterator.
    pub fn part_rows(&mut self, part: &Part) -> Result<PartRows<'_, R>, RowsError> {
        let columns = self
            .model
            .tables
            .get(part.table)
            .map_or(&[][..], |table| table.columns.as_slice());
        let form = if has_raw_char(columns) && self.reads_whole(part, CharForm::Prefixed)? {
            // Both fitting is all but impossible; the common form then wins.
            if self.reads_whole(part, CharForm::Raw)? {
                CharForm::Raw
            } else {
                CharForm::Prefixed
            }
        } else {
            CharForm::Raw
        };
        self.decoder(part, form).map(PartRows)
    }

    /// Decodes every row of a table, part by part, and gives each to `each`. Returns how many
    /// rows there were.
    ///
    /// # Errors
    /// When the model has no such table, a part cannot be unpacked, a row cannot be decoded, or
    /// `each` fails.
    pub fn read_rows<E: From<RowsError>>(
        &mut self,
        table: &TableName,
        mut each: impl FnMut(Vec<Value>) -> Result<(), E>,
    ) -> Result<u64, E> {
        let parts = self.parts(table)?.to_vec();
        let mut count = 0;
        for part in &parts {
            for row in self.part_rows(part)? {
                each(row.map_err(RowsError::from)?)?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// Whether every row of a part can be decoded in a form, to the part's last byte.
    fn reads_whole(&mut self, part: &Part, form: CharForm) -> Result<bool, RowsError> {
        Ok(self.decoder(part, form)?.all(|row| row.is_ok()))
    }

    fn decoder(
        &mut self,
        part: &Part,
        form: CharForm,
    ) -> Result<RowDecoder<'_, ZipFile<'_, R>>, RowsError> {
        let no_such_part = |source| RowsError::Part {
            part: part.name().to_owned(),
            source,
        };
        let table = self
            .model
            .tables
            .get(part.table)
            .ok_or_else(|| no_such_part(ZipError::FileNotFound))?;
        let place = Place {
            table: table.name.clone(),
            part: part.name().to_owned(),
        };
        let file = self.archive.by_index(part.entry).map_err(no_such_part)?;
        Ok(RowDecoder::with_form(&table.columns, place, form, file))
    }
}

/// The rows of one part.
#[derive(Debug)]
pub struct PartRows<'p, R: Read>(RowDecoder<'p, ZipFile<'p, R>>);

impl<R: Read> PartRows<'_, R> {
    /// Bytes decoded so far.
    pub fn offset(&self) -> u64 {
        self.0.offset()
    }
}

impl<R: Read> Iterator for PartRows<'_, R> {
    type Item = Result<Vec<Value>, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

fn archive_error(source: ZipError) -> OpenError {
    match source {
        // An early end is what a file that is no archive looks like.
        ZipError::Io(source) if source.kind() != std::io::ErrorKind::UnexpectedEof => {
            OpenError::Read { source }
        }
        source => OpenError::NotAnArchive { source },
    }
}

fn open_part<'a, R: Read + Seek>(
    archive: &'a mut ZipArchive<R>,
    entry: &'static str,
) -> Result<BufReader<ZipFile<'a, R>>, OpenError> {
    let file = archive.by_name(entry).map_err(|source| match source {
        ZipError::FileNotFound => OpenError::MissingPart { entry },
        source => OpenError::Part {
            entry: entry.to_owned(),
            source,
        },
    })?;
    Ok(BufReader::new(file))
}

fn in_part(entry: &'static str) -> impl FnOnce(XmlError) -> OpenError {
    move |source| OpenError::Xml { entry, source }
}

/// Takes the SHA-256 of what passes through.
struct Hashing<R> {
    source: R,
    digest: Sha256,
}

impl<R: BufRead> Hashing<R> {
    fn new(source: R) -> Self {
        Self {
            source,
            digest: Sha256::new(),
        }
    }

    fn finish(self) -> String {
        hexadecimal(&self.digest.finalize())
    }
}

impl<R: BufRead> Read for Hashing<R> {
    fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(target)?;
        self.digest.update(&target[..count]);
        Ok(count)
    }
}

/// Upper-case hexadecimal, as `Origin.xml` writes it.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}
