//! The column types of SQL Server as a package names and frames them.

use std::fmt;

/// The declared length of a variable-length type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Length {
    /// At most this many characters (text) or bytes (binary).
    Limited(u16),
    /// The `(max)` form.
    Max,
}

/// A column's type, with user-defined alias types already resolved to their base.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnType {
    /// `tinyint`, unsigned.
    TinyInt,
    /// `smallint`.
    SmallInt,
    /// `int`.
    Int,
    /// `bigint`.
    BigInt,
    /// `bit`.
    Bit,
    /// `real`.
    Real,
    /// `float`.
    Float,
    /// `money`.
    Money,
    /// `smallmoney`.
    SmallMoney,
    /// `decimal(precision, scale)`.
    Decimal {
        /// Digits in all, 1 to 38.
        precision: u8,
        /// Digits after the point, at most `precision`.
        scale: u8,
    },
    /// `numeric(precision, scale)`: the same as `decimal` but for its name.
    Numeric {
        /// Digits in all, 1 to 38.
        precision: u8,
        /// Digits after the point, at most `precision`.
        scale: u8,
    },
    /// `uniqueidentifier`.
    UniqueIdentifier,
    /// `date`.
    Date,
    /// `time(scale)`.
    Time {
        /// Fractional digits of a second, 0 to 7.
        scale: u8,
    },
    /// `datetime2(scale)`.
    DateTime2 {
        /// Fractional digits of a second, 0 to 7.
        scale: u8,
    },
    /// `datetimeoffset(scale)`.
    DateTimeOffset {
        /// Fractional digits of a second, 0 to 7.
        scale: u8,
    },
    /// `datetime`.
    DateTime,
    /// `smalldatetime`.
    SmallDateTime,
    /// `char(n)`.
    Char(u16),
    /// `nchar(n)`.
    NChar(u16),
    /// `varchar(n)` or `varchar(max)`.
    VarChar(Length),
    /// `nvarchar(n)` or `nvarchar(max)`.
    NVarChar(Length),
    /// `sysname`, which is `nvarchar(128)`.
    SysName,
    /// `text`.
    Text,
    /// `ntext`.
    NText,
    /// `image`.
    Image,
    /// `binary(n)`.
    Binary(u16),
    /// `varbinary(n)` or `varbinary(max)`.
    VarBinary(Length),
    /// `rowversion`, also known as `timestamp`.
    RowVersion,
    /// `xml`.
    Xml,
    /// `geography`, in its own binary form.
    Geography,
    /// `geometry`, in its own binary form.
    Geometry,
    /// `hierarchyid`, in its own binary form.
    HierarchyId,
    /// `sql_variant`: read as opaque bytes, never written.
    SqlVariant,
    /// A type whose bytes this crate does not know: `json`, `vector`, CLR types of the database's
    /// own. A model may hold it; reading or writing a row of it is refused.
    Unsupported(String),
}

/// What a type specifier says beside the type's name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TypeFacts {
    pub(crate) length: Option<u16>,
    pub(crate) is_max: bool,
    pub(crate) precision: Option<u8>,
    pub(crate) scale: Option<u8>,
}

impl ColumnType {
    /// Makes the type that `model.xml` names `name` (without brackets, `sys.` in front for the
    /// types of that schema). `None` when the facts do not fit the name.
    pub(crate) fn from_model(name: &str, facts: &TypeFacts) -> Option<Self> {
        let limited = |limit: u16| facts.length.filter(|length| (1..=limit).contains(length));
        let variable = |limit: u16| {
            if facts.is_max {
                Some(Length::Max)
            } else {
                limited(limit).map(Length::Limited)
            }
        };
        let scale = Some(facts.scale.unwrap_or(7)).filter(|scale| *scale <= 7);
        let exact = exact_numeric(facts);
        Some(match name.to_ascii_lowercase().as_str() {
            "tinyint" => Self::TinyInt,
            "smallint" => Self::SmallInt,
            "int" => Self::Int,
            "bigint" => Self::BigInt,
            "bit" => Self::Bit,
            "real" => Self::Real,
            // SQL Server stores float(1) to float(24) in four bytes, as real.
            "float" if facts.precision.is_some_and(|precision| precision <= 24) => Self::Real,
            "float" => Self::Float,
            "money" => Self::Money,
            "smallmoney" => Self::SmallMoney,
            "decimal" => exact.map(|(precision, scale)| Self::Decimal { precision, scale })?,
            "numeric" => exact.map(|(precision, scale)| Self::Numeric { precision, scale })?,
            "uniqueidentifier" => Self::UniqueIdentifier,
            "date" => Self::Date,
            "time" => Self::Time { scale: scale? },
            "datetime2" => Self::DateTime2 { scale: scale? },
            "datetimeoffset" => Self::DateTimeOffset { scale: scale? },
            "datetime" => Self::DateTime,
            "smalldatetime" => Self::SmallDateTime,
            "char" => Self::Char(limited(8000)?),
            "nchar" => Self::NChar(limited(4000)?),
            "varchar" => Self::VarChar(variable(8000)?),
            "nvarchar" => Self::NVarChar(variable(4000)?),
            "sys.sysname" | "sysname" => Self::SysName,
            "text" => Self::Text,
            "ntext" => Self::NText,
            "image" => Self::Image,
            "binary" => Self::Binary(limited(8000)?),
            "varbinary" => Self::VarBinary(variable(8000)?),
            "rowversion" | "timestamp" => Self::RowVersion,
            "xml" => Self::Xml,
            "sys.geography" => Self::Geography,
            "sys.geometry" => Self::Geometry,
            "sys.hierarchyid" => Self::HierarchyId,
            "sql_variant" => Self::SqlVariant,
            _ => Self::Unsupported(name.to_owned()),
        })
    }

    /// The path under which `model.xml` refers to the type.
    pub(crate) fn model_path(&self) -> String {
        let name = match self {
            Self::SysName => return "[sys].[sysname]".to_owned(),
            Self::Geography => return "[sys].[geography]".to_owned(),
            Self::Geometry => return "[sys].[geometry]".to_owned(),
            Self::HierarchyId => return "[sys].[hierarchyid]".to_owned(),
            other => other.base_name(),
        };
        format!("[{name}]")
    }

    /// Whether a value of the type fits what SQL Server allows to be declared.
    pub(crate) fn is_declarable(&self) -> bool {
        let facts = match self {
            Self::Decimal { precision, scale } | Self::Numeric { precision, scale } => TypeFacts {
                precision: Some(*precision),
                scale: Some(*scale),
                ..TypeFacts::default()
            },
            Self::Time { scale } | Self::DateTime2 { scale } | Self::DateTimeOffset { scale } => {
                TypeFacts {
                    scale: Some(*scale),
                    ..TypeFacts::default()
                }
            }
            Self::Char(length) | Self::NChar(length) | Self::Binary(length) => TypeFacts {
                length: Some(*length),
                ..TypeFacts::default()
            },
            Self::VarChar(length) | Self::NVarChar(length) | Self::VarBinary(length) => TypeFacts {
                length: match length {
                    Length::Limited(length) => Some(*length),
                    Length::Max => None,
                },
                is_max: *length == Length::Max,
                ..TypeFacts::default()
            },
            _ => return true,
        };
        Self::from_model(self.base_name(), &facts).is_some()
    }

    /// The type's name without lengths, as SQL spells it.
    fn base_name(&self) -> &str {
        match self {
            Self::TinyInt => "tinyint",
            Self::SmallInt => "smallint",
            Self::Int => "int",
            Self::BigInt => "bigint",
            Self::Bit => "bit",
            Self::Real => "real",
            Self::Float => "float",
            Self::Money => "money",
            Self::SmallMoney => "smallmoney",
            Self::Decimal { .. } => "decimal",
            Self::Numeric { .. } => "numeric",
            Self::UniqueIdentifier => "uniqueidentifier",
            Self::Date => "date",
            Self::Time { .. } => "time",
            Self::DateTime2 { .. } => "datetime2",
            Self::DateTimeOffset { .. } => "datetimeoffset",
            Self::DateTime => "datetime",
            Self::SmallDateTime => "smalldatetime",
            Self::Char(_) => "char",
            Self::NChar(_) => "nchar",
            Self::VarChar(_) => "varchar",
            Self::NVarChar(_) => "nvarchar",
            Self::SysName => "sysname",
            Self::Text => "text",
            Self::NText => "ntext",
            Self::Image => "image",
            Self::Binary(_) => "binary",
            Self::VarBinary(_) => "varbinary",
            Self::RowVersion => "rowversion",
            Self::Xml => "xml",
            Self::Geography => "geography",
            Self::Geometry => "geometry",
            Self::HierarchyId => "hierarchyid",
            Self::SqlVariant => "sql_variant",
            Self::Unsupported(name) => name,
        }
    }
}

/// Precision and scale of a decimal; 18 and 0 where the model leaves them out.
fn exact_numeric(facts: &TypeFacts) -> Option<(u8, u8)> {
    let precision = facts.precision.unwrap_or(18);
    let scale = facts.scale.unwrap_or(0);
    ((1..=38).contains(&precision) && scale <= precision).then_some((precision, scale))
}

impl fmt::Display for ColumnType {
    /// The type as SQL declares it, such as `nvarchar(40)`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.base_name();
        match self {
            Self::Decimal { precision, scale } | Self::Numeric { precision, scale } => {
                write!(formatter, "{name}({precision},{scale})")
            }
            Self::Time { scale } | Self::DateTime2 { scale } | Self::DateTimeOffset { scale } => {
                write!(formatter, "{name}({scale})")
            }
            Self::Char(length)
            | Self::NChar(length)
            | Self::Binary(length)
            | Self::VarChar(Length::Limited(length))
            | Self::NVarChar(Length::Limited(length))
            | Self::VarBinary(Length::Limited(length)) => write!(formatter, "{name}({length})"),
            Self::VarChar(Length::Max)
            | Self::NVarChar(Length::Max)
            | Self::VarBinary(Length::Max) => write!(formatter, "{name}(max)"),
            _ => formatter.write_str(name),
        }
    }
}
