//! Whole packages: whatever the bytes are, they are read to the end or refused.

use std::io::Cursor;

use lcs_bacpac::{Package, verify};

/// Verifies the bytes as a package.
///
/// # Panics
///
/// When a package is opened that does not stand up to verification of its own statements.
pub fn run(bytes: &[u8]) {
    let report = verify(Cursor::new(bytes));
    if let Ok(report) = &report {
        let rows: u64 = report.tables.iter().map(|table| table.rows).sum();
        assert_eq!(rows, report.total_rows);
        for table in &report.tables {
            assert!(table.rows <= table.bytes, "every row takes at least a byte");
        }
    }
    if let Ok(package) = Package::from_reader(Cursor::new(bytes)) {
        assert!(
            report.map_or(true, |report| report.database_name
                == package.database_name()),
            "one package has two names"
        );
    }
}
