//! The `.bacpac` format: read, verify and write; knows nothing of LCS.
//!
//! A package is a zip archive with a database's model (`model.xml`), its rows in a native binary
//! form (`Data/<schema>.<table>/…`) and a few small parts about both.
//!
//! - [`Package`] opens one and gives the [`Model`] and, table by table, rows of [`Value`]s.
//! - [`verify`] reads one to its last byte and reports what it holds.
//! - [`PackageWriter`] writes one from [`Table`]s and rows.
//! - [`RowDecoder`] and [`encode_row`] work on the rows of a part alone.
//!
//! Everything streams: a row is in memory at a time, never a table. Whatever the bytes are, the
//! outcome is a value or a typed error.
//!
//! ```
//! use std::io::Cursor;
//!
//! use lcs_bacpac::{
//!     Column, ColumnType, KeyColumn, Length, OriginFacts, Package, PackageWriter, PrimaryKey,
//!     RowsError, Table, TableName, Value, verify,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let name = TableName::new("dbo", "CUSTTABLE");
//! let mut table = Table::new(
//!     name.clone(),
//!     vec![
//!         Column::not_null("RECID", ColumnType::BigInt),
//!         Column::nullable("ACCOUNTNUM", ColumnType::NVarChar(Length::Limited(20))),
//!     ],
//! );
//! table.primary_key = Some(PrimaryKey {
//!     name: "PK_CUSTTABLE".to_owned(),
//!     columns: vec![KeyColumn::ascending("RECID")],
//!     clustered: true,
//! });
//!
//! // Write it …
//! let mut writer = PackageWriter::new(Cursor::new(Vec::new()), "AxDB", vec![table])?;
//! writer.begin_table(&name)?;
//! writer.write_row(&[Value::BigInt(1), Value::Text("US-001".to_owned())])?;
//! writer.write_row(&[Value::BigInt(2), Value::Null])?;
//! writer.end_table()?;
//! let facts = OriginFacts {
//!     identity: "6e4ff3a9-27e5-4c33-9a9e-5f3d9c0f2a11".parse()?,
//!     start: "2024-02-29T13:30:00Z".parse()?,
//!     product_name: "Example".to_owned(),
//!     product_version: "1.0.0".to_owned(),
//!     server_version: "SQLite 3".to_owned(),
//!     source_database_size_kb: 16,
//! };
//! let (summary, written) = writer.finish(&facts)?;
//! assert_eq!(summary.total_rows, 2);
//!
//! // … verify it …
//! let bytes = written.into_inner();
//! let report = verify(Cursor::new(&bytes))?;
//! assert!(report.is_sound());
//!
//! // … and read it.
//! let mut package = Package::from_reader(Cursor::new(&bytes))?;
//! let mut accounts = Vec::new();
//! package.read_rows(&name, |row| -> Result<(), RowsError> {
//!     accounts.push(row[1].clone());
//!     Ok(())
//! })?;
//! assert_eq!(accounts, [Value::Text("US-001".to_owned()), Value::Null]);
//! # Ok(())
//! # }
//! ```

mod column_type;
mod decimal;
mod moment;
mod name;
mod package;
mod rows;
mod schema;
mod value;
mod verify;
mod write;
mod xml;

pub use column_type::{ColumnType, Length};
pub use decimal::{Decimal, DecimalError};
pub use moment::{DateTimeOffset, DateTimeTicks, SmallDateTime};
pub use name::TableName;
pub use package::{
    ModelChecksum, OpenError, Origin, Package, PackageRelationship, Part, PartRows, RowsError,
};
pub use rows::{
    EncodeError, RowDecoder, RowError, RowLocation, RowProblem, ValueProblem, encode_row,
};
pub use schema::{
    Column, DefaultConstraint, ForeignKey, Identity, Index, KeyColumn, Model, PrimaryKey,
    ReferentialAction, Table,
};
pub use value::Value;
pub use verify::{TableReport, VerifyError, VerifyReport, verify};
pub use write::{OriginFacts, PackageWriter, SchemaError, Summary, WriteError};
pub use xml::XmlError;
