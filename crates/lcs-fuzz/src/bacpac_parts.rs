//! The parts inside a package, past the archive's own checks: a model that can be written is read
//! back as it was.

use std::io::{Cursor, Write as _};

use data_encoding::HEXUPPER;
use jiff::Timestamp;
use lcs_bacpac::{OriginFacts, Package, PackageWriter, Table, verify};
use sha2::{Digest as _, Sha256};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// What stands before the name of each part.
const MARK: &str = "\n=== ";
/// What becomes the checksum of the model: no fuzzer would guess one.
const CHECKSUM: &str = "{sha256}";

/// Splits the bytes at lines such as `=== model.xml`, packs the parts, and reads the package.
///
/// # Panics
///
/// When a model changes on its way through a package.
pub fn run(bytes: &[u8]) {
    let Some(archive) = packed(bytes) else {
        return;
    };
    crate::bacpac_package::run(&archive);
    let _ = verify(Cursor::new(&archive));
    let Ok(package) = Package::from_reader(Cursor::new(&archive)) else {
        return;
    };
    let tables = package.model().tables.clone();
    if let Some(written) = written(package.database_name(), tables.clone()) {
        let again = Package::from_reader(Cursor::new(&written)).expect("what is written opens");
        assert_eq!(again.model().tables.len(), tables.len());
        // They are written in the order of their names.
        for table in &tables {
            assert_eq!(again.model().table(&table.name), Some(table));
        }
        assert_eq!(again.database_name(), package.database_name());
    }
}

fn packed(bytes: &[u8]) -> Option<Vec<u8>> {
    // Parts are XML or rows; the seeds keep to text.
    let text = String::from_utf8_lossy(bytes);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let whole = format!("\n{text}");
    let mut checksum = String::new();
    for part in whole.split(MARK).skip(1) {
        let (name, content) = part.split_once('\n')?;
        if name == "model.xml" {
            checksum = HEXUPPER.encode(&Sha256::digest(content));
        }
        let content = content.replace(CHECKSUM, &checksum);
        archive.start_file(name, options).ok()?;
        archive.write_all(content.as_bytes()).ok()?;
    }
    Some(archive.finish().ok()?.into_inner())
}

/// An empty package with these tables, when they can be written at all.
fn written(database: &str, tables: Vec<Table>) -> Option<Vec<u8>> {
    let facts = OriginFacts {
        identity: "6e4ff3a9-27e5-4c33-9a9e-5f3d9c0f2a11".parse().ok()?,
        start: Timestamp::UNIX_EPOCH,
        product_name: "Example".to_owned(),
        product_version: "1.0.0".to_owned(),
        server_version: "SQLite 3".to_owned(),
        source_database_size_kb: 16,
    };
    let writer = PackageWriter::new(Cursor::new(Vec::new()), database, tables).ok()?;
    let (_, written) = writer
        .finish(&facts)
        .expect("a schema that was taken is written");
    Some(written.into_inner())
}
