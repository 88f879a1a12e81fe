//! Random columns, and values that fit them.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time, date};
use lcs_bacpac::{
    Column, ColumnType, DateTimeOffset, DateTimeTicks, Decimal, Length, SmallDateTime, Value,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// Every type that can be written.
pub(crate) fn column_type() -> impl Strategy<Value = ColumnType> {
    let exact = (1_u8..=38).prop_flat_map(|precision| (Just(precision), 0..=precision));
    let length = prop_oneof![(1_u16..=4000).prop_map(Length::Limited), Just(Length::Max)];
    prop_oneof![
        proptest::sample::select(vec![
            ColumnType::TinyInt,
            ColumnType::SmallInt,
            ColumnType::Int,
            ColumnType::BigInt,
            ColumnType::Bit,
            ColumnType::Real,
            ColumnType::Float,
            ColumnType::Money,
            ColumnType::SmallMoney,
            ColumnType::UniqueIdentifier,
            ColumnType::Date,
            ColumnType::DateTime,
            ColumnType::SmallDateTime,
            ColumnType::SysName,
            ColumnType::Text,
            ColumnType::NText,
            ColumnType::Image,
            ColumnType::RowVersion,
            ColumnType::Xml,
            ColumnType::Geography,
            ColumnType::Geometry,
            ColumnType::HierarchyId,
        ]),
        exact
            .clone()
            .prop_map(|(precision, scale)| ColumnType::Decimal { precision, scale }),
        exact.prop_map(|(precision, scale)| ColumnType::Numeric { precision, scale }),
        (0_u8..=7).prop_map(|scale| ColumnType::Time { scale }),
        (0_u8..=7).prop_map(|scale| ColumnType::DateTime2 { scale }),
        (0_u8..=7).prop_map(|scale| ColumnType::DateTimeOffset { scale }),
        (1_u16..=20).prop_map(ColumnType::Char),
        (1_u16..=20).prop_map(ColumnType::NChar),
        (1_u16..=20).prop_map(ColumnType::Binary),
        length.clone().prop_map(ColumnType::VarChar),
        length.clone().prop_map(ColumnType::NVarChar),
        length.prop_map(ColumnType::VarBinary),
    ]
}

/// Up to eight columns of any types.
pub(crate) fn columns() -> impl Strategy<Value = Vec<Column>> {
    vec((column_type(), any::<bool>()), 1..8).prop_map(|types| {
        types
            .into_iter()
            .enumerate()
            .map(|(position, (column_type, nullable))| Column {
                nullable,
                ..Column::nullable(format!("C{position}"), column_type)
            })
            .collect()
    })
}

/// A row that fits the columns.
pub(crate) fn row(columns: &[Column]) -> BoxedStrategy<Vec<Value>> {
    let values: Vec<_> = columns
        .iter()
        .map(|column| {
            let value = value(&column.column_type);
            if column.nullable {
                prop_oneof![1 => Just(Value::Null), 4 => value].boxed()
            } else {
                value
            }
        })
        .collect();
    values.boxed()
}

/// A value that a column of the type holds, in the form in which it is read again.
pub(crate) fn value(column_type: &ColumnType) -> BoxedStrategy<Value> {
    match column_type {
        ColumnType::TinyInt => any::<u8>().prop_map(Value::TinyInt).boxed(),
        ColumnType::SmallInt => any::<i16>().prop_map(Value::SmallInt).boxed(),
        ColumnType::Int => any::<i32>().prop_map(Value::Int).boxed(),
        ColumnType::BigInt => any::<i64>().prop_map(Value::BigInt).boxed(),
        ColumnType::Bit => any::<bool>().prop_map(Value::Bit).boxed(),
        ColumnType::Real => any::<f32>()
            .prop_filter("finite", |n| n.is_finite())
            .prop_map(Value::Real)
            .boxed(),
        ColumnType::Float => any::<f64>()
            .prop_filter("finite", |n| n.is_finite())
            .prop_map(Value::Float)
            .boxed(),
        ColumnType::Money => any::<i64>().prop_map(Value::Money).boxed(),
        ColumnType::SmallMoney => any::<i32>().prop_map(Value::SmallMoney).boxed(),
        ColumnType::Decimal { precision, scale } | ColumnType::Numeric { precision, scale } => {
            decimal(*precision, *scale)
        }
        ColumnType::UniqueIdentifier => any::<[u8; 16]>()
            .prop_map(|bytes| Value::UniqueIdentifier(uuid::Uuid::from_bytes(bytes)))
            .boxed(),
        ColumnType::Date => day().prop_map(Value::Date).boxed(),
        ColumnType::Time { scale } => time(*scale).prop_map(Value::Time).boxed(),
        ColumnType::DateTime2 { scale } => moment(*scale).prop_map(Value::DateTime2).boxed(),
        ColumnType::DateTimeOffset { scale } => (moment(*scale), -840_i16..=840)
            .prop_map(|(utc, minutes)| {
                Value::DateTimeOffset(DateTimeOffset::new(utc, minutes).unwrap())
            })
            .boxed(),
        ColumnType::DateTime => (-53_690..=2_958_463, 0_u32..25_920_000)
            .prop_map(|(days, ticks)| Value::DateTime(DateTimeTicks::new(days, ticks).unwrap()))
            .boxed(),
        ColumnType::SmallDateTime => (any::<u16>(), 0_u16..1440)
            .prop_map(|(days, minutes)| {
                Value::SmallDateTime(SmallDateTime::new(days, minutes).unwrap())
            })
            .boxed(),
        ColumnType::Char(length) | ColumnType::NChar(length) => {
            let length = usize::from(*length);
            text(length, length)
        }
        ColumnType::VarChar(length) | ColumnType::NVarChar(length) => text(0, most(*length)),
        ColumnType::SysName => text(0, 128),
        ColumnType::Text | ColumnType::NText | ColumnType::Xml => text(0, 60),
        ColumnType::Binary(length) => bytes(usize::from(*length)),
        ColumnType::VarBinary(length) => bytes(most(*length)),
        ColumnType::Image
        | ColumnType::Geography
        | ColumnType::Geometry
        | ColumnType::HierarchyId => bytes(60),
        ColumnType::RowVersion => any::<[u8; 8]>().prop_map(Value::RowVersion).boxed(),
        other => panic!("{other} is never written"),
    }
}

fn most(length: Length) -> usize {
    match length {
        Length::Limited(length) => usize::from(length).min(60),
        Length::Max => 60,
    }
}

fn text(least: usize, most: usize) -> BoxedStrategy<Value> {
    // Mostly letters, sometimes any unit, so that unpaired surrogates occur too.
    let unit = prop_oneof![8 => 0x20_u16..0x7f, 1 => any::<u16>()];
    vec(unit, least..=most)
        .prop_map(|units| String::from_utf16(&units).map_or(Value::Utf16(units), Value::Text))
        .boxed()
}

fn bytes(most: usize) -> BoxedStrategy<Value> {
    vec(any::<u8>(), 0..=most).prop_map(Value::Binary).boxed()
}

fn decimal(precision: u8, scale: u8) -> BoxedStrategy<Value> {
    let limit = 10_u128.pow(u32::from(precision));
    (any::<bool>(), 0..limit)
        .prop_map(move |(negative, magnitude)| {
            Value::Decimal(Decimal::new(negative, magnitude, precision, scale).unwrap())
        })
        .boxed()
}

fn day() -> impl Strategy<Value = Date> {
    // From 0001-01-01 to 9999-12-31, counted from 1970.
    (-719_162_i64..=2_932_896).prop_map(|days| {
        date(1970, 1, 1)
            .checked_add(SignedDuration::from_hours(24 * days))
            .unwrap()
    })
}

fn time(scale: u8) -> impl Strategy<Value = Time> {
    let step = 10_i64.pow(9 - u32::from(scale));
    let steps = 86_400 * 10_i64.pow(u32::from(scale));
    (0..steps).prop_map(move |count| {
        Time::midnight()
            .checked_add(SignedDuration::from_nanos(count * step))
            .unwrap()
    })
}

fn moment(scale: u8) -> impl Strategy<Value = DateTime> {
    (day(), time(scale)).prop_map(|(day, time)| DateTime::from_parts(day, time))
}
