//! The `.bacpac` format: read, verify and write.
mod column_type;
mod decimal;
mod moment;
mod name;
mod package;
mod rows;
mod schema;
mod value;
mod verify;
mod xml;

pub use column_type::{ColumnType, Length};
pub use decimal::{Decimal, DecimalError};
pub use moment::{DateTimeOffset, DateTimeTicks, SmallDateTime};
pub use name::TableName;
pub use package::{
    ModelChecksum, OpenError, Origin, Package, PackageRelationship, Part, PartRows, RowsError,
};
pub use rows::{EncodeError, RowDecoder, RowError, RowProblem, ValueProblem, encode_row};
pub use schema::{
    Column, DefaultConstraint, ForeignKey, Identity, Index, KeyColumn, Model, PrimaryKey,
    ReferentialAction, Table,
};
pub use value::Value;
pub use verify::{TableReport, VerifyError, VerifyReport, verify};
pub use xml::XmlError;
