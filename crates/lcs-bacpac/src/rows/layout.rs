//! How a column's values are framed: the width of the length prefix and of the payload.

use crate::{Column, ColumnType, Length};

/// The length in front of a value, as an unsigned little-endian number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// No length: the payload's width is fixed.
    None,
    One,
    Two,
    Four,
    Eight,
}

/// How long a payload may be, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// Exactly this long.
    Fixed(usize),
    /// At most this long.
    AtMost(u64),
}

/// The frame of one column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) prefix: Prefix,
    pub(crate) width: Width,
}

/// The form of `char(n) NOT NULL` values, in which producers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CharForm {
    /// Always `2n` bytes without a prefix: what nearly every producer writes.
    Raw,
    /// With a prefix of two bytes: seen from one build with UTF-8 collations.
    Prefixed,
}

/// No value of SQL Server reaches 2 GiB …
const MAX_BYTES: u64 = 0x7fff_ffff;
/// … but narrow text doubles on its way to UTF-16.
const MAX_NARROW_TEXT_BYTES: u64 = 2 * MAX_BYTES;

/// Whether the table's rows depend on [`CharForm`].
pub(crate) fn has_raw_char(columns: &[Column]) -> bool {
    columns
        .iter()
        .any(|column| !column.nullable && matches!(column.column_type, ColumnType::Char(_)))
}

/// The frame of a column's values; `None` for types whose bytes are unknown.
pub(crate) fn layout(column: &Column, form: CharForm) -> Option<Layout> {
    // Types of a fixed width carry a prefix only where it must tell NULL apart …
    let plain = |width| {
        let prefix = if column.nullable {
            Prefix::One
        } else {
            Prefix::None
        };
        Layout {
            prefix,
            width: Width::Fixed(width),
        }
    };
    // … except for those that always do.
    let prefixed = |width| Layout {
        prefix: Prefix::One,
        width: Width::Fixed(width),
    };
    let variable = |prefix, limit| Layout {
        prefix,
        width: Width::AtMost(limit),
    };
    let text = |length: u16| 2 * u64::from(length);
    Some(match &column.column_type {
        ColumnType::TinyInt => plain(1),
        ColumnType::SmallInt => plain(2),
        ColumnType::Int | ColumnType::Real | ColumnType::SmallMoney | ColumnType::SmallDateTime => {
            plain(4)
        }
        ColumnType::BigInt | ColumnType::Float | ColumnType::Money | ColumnType::DateTime => {
            plain(8)
        }
        ColumnType::Bit => prefixed(1),
        ColumnType::Decimal { .. } | ColumnType::Numeric { .. } => prefixed(19),
        ColumnType::UniqueIdentifier => prefixed(16),
        ColumnType::Date => plain(3),
        // The widest form whatever the scale.
        ColumnType::Time { .. } => plain(5),
        ColumnType::DateTime2 { .. } => plain(8),
        ColumnType::DateTimeOffset { .. } => plain(10),
        ColumnType::Char(length) if !column.nullable && form == CharForm::Raw => Layout {
            prefix: Prefix::None,
            width: Width::Fixed(2 * usize::from(*length)),
        },
        ColumnType::Char(length)
        | ColumnType::NChar(length)
        | ColumnType::VarChar(Length::Limited(length))
        | ColumnType::NVarChar(Length::Limited(length)) => variable(Prefix::Two, text(*length)),
        ColumnType::SysName => variable(Prefix::Two, text(128)),
        ColumnType::VarChar(Length::Max) => variable(Prefix::Eight, MAX_NARROW_TEXT_BYTES),
        ColumnType::NVarChar(Length::Max)
        | ColumnType::VarBinary(Length::Max)
        | ColumnType::Xml
        | ColumnType::Geography
        | ColumnType::Geometry
        | ColumnType::HierarchyId => variable(Prefix::Eight, MAX_BYTES),
        ColumnType::Text => variable(Prefix::Four, MAX_NARROW_TEXT_BYTES),
        ColumnType::NText | ColumnType::Image | ColumnType::SqlVariant => {
            variable(Prefix::Four, MAX_BYTES)
        }
        ColumnType::Binary(length) | ColumnType::VarBinary(Length::Limited(length)) => {
            variable(Prefix::Two, u64::from(*length))
        }
        ColumnType::RowVersion => Layout {
            prefix: Prefix::Two,
            width: Width::Fixed(8),
        },
        ColumnType::Unsupported(_) => return None,
    })
}
