//! The real samples, and archives taken apart and put together again.

use std::io::{Cursor, Read, Write};

use lcs_bacpac::{Column, OriginFacts, PackageWriter, Table, TableName, Value};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

pub(crate) const ADVENTURE_WORKS: &str = "AdventureWorksLT.bacpac";
pub(crate) const OFFICE_BOOKING: &str = "OfficeBooking.bacpac";

/// The bytes of a sample.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name);
    std::fs::read(path).unwrap()
}

/// The entries of an archive, in its order.
pub(crate) fn entries(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

/// An archive of these entries.
pub(crate) fn archive(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in entries {
        writer.start_file(name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The same archive with one entry changed.
pub(crate) fn with_entry(bytes: &[u8], name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut entries = entries(bytes);
    let entry = entries.iter_mut().find(|entry| entry.0 == name).unwrap();
    change(&mut entry.1);
    archive(&entries)
}

/// The same archive without one entry.
pub(crate) fn without_entry(bytes: &[u8], name: &str) -> Vec<u8> {
    let mut entries = entries(bytes);
    entries.retain(|entry| entry.0 != name);
    archive(&entries)
}

/// Facts that stay the same from test to test.
pub(crate) fn facts() -> OriginFacts {
    OriginFacts {
        identity: "6e4ff3a9-27e5-4c33-9a9e-5f3d9c0f2a11".parse().unwrap(),
        start: "2024-02-29T13:30:00.1234567Z".parse().unwrap(),
        product_name: "Test".to_owned(),
        product_version: "1.2.3".to_owned(),
        server_version: "A server\n\tof <some> kind".to_owned(),
        source_database_size_kb: 16,
    }
}

/// A package of one table, `dbo.T`, with these rows.
pub(crate) fn package_of(columns: Vec<Column>, rows: &[Vec<Value>]) -> Vec<u8> {
    let name = TableName::new("dbo", "T");
    let table = Table::new(name.clone(), columns);
    let mut writer = PackageWriter::new(Cursor::new(Vec::new()), "Test", vec![table]).unwrap();
    writer.begin_table(&name).unwrap();
    for row in rows {
        writer.write_row(row).unwrap();
    }
    writer.end_table().unwrap();
    writer.finish(&facts()).unwrap().1.into_inner()
}

/// The name of the part that holds the rows of [`package_of`].
pub(crate) const PART: &str = "Data/dbo.T/TableData-000-00000.BCP";
