//! Row data: rows that are read are written to bytes that are read as the same rows.

use lcs_bacpac::{Column, ColumnType, Length, RowDecoder, Table, TableName, Value, encode_row};

/// Takes the first byte as the number of columns, three bytes for each, and the rest as rows.
///
/// # Panics
///
/// When a row costs no byte, reading goes beyond the end, or a row changes when it is written.
pub fn run(bytes: &[u8]) {
    let Some((count, rest)) = bytes.split_first() else {
        return;
    };
    let count = usize::from(count % 8) + 1;
    if rest.len() < 3 * count {
        return;
    }
    let (head, data) = rest.split_at(3 * count);
    let columns: Vec<Column> = head.chunks_exact(3).enumerate().map(column).collect();
    let table = Table::new(TableName::new("dbo", "T"), columns);
    let mut decoder = RowDecoder::new(&table, "part", data);
    let rows: Vec<Vec<Value>> = decoder.by_ref().map_while(Result::ok).collect();
    assert!(rows.len() <= data.len(), "every row takes at least a byte");
    assert!(decoder.next().is_none(), "nothing comes after the end");
    assert!(decoder.offset() <= data.len() as u64);
    for row in rows {
        let mut written = Vec::new();
        // What a server would not hold is read, but not written.
        if encode_row(&table, &row, &mut written).is_err() {
            continue;
        }
        let mut again = RowDecoder::new(&table, "part", written.as_slice());
        let read = again
            .next()
            .expect("a row is there")
            .expect("what is written is read");
        assert_eq!(read, row);
        assert!(again.next().is_none());
    }
}

fn column((number, bytes): (usize, &[u8])) -> Column {
    let name = format!("C{number}");
    let column_type = column_type(bytes[0] >> 1, bytes[1], bytes[2]);
    if bytes[0] & 1 == 1 {
        Column::nullable(name, column_type)
    } else {
        Column::not_null(name, column_type)
    }
}

fn column_type(kind: u8, first: u8, second: u8) -> ColumnType {
    let precision = first % 38 + 1;
    let scale = second % 8;
    let short = u16::from(first) + 1;
    let length = match second {
        0 => Length::Max,
        _ => Length::Limited(short),
    };
    match kind % 32 {
        0 => ColumnType::TinyInt,
        1 => ColumnType::SmallInt,
        2 => ColumnType::Int,
        3 => ColumnType::BigInt,
        4 => ColumnType::Bit,
        5 => ColumnType::Real,
        6 => ColumnType::Float,
        7 => ColumnType::Money,
        8 => ColumnType::SmallMoney,
        9 => ColumnType::Decimal {
            precision,
            scale: second % (precision + 1),
        },
        10 => ColumnType::Numeric {
            precision,
            scale: second % (precision + 1),
        },
        11 => ColumnType::UniqueIdentifier,
        12 => ColumnType::Date,
        13 => ColumnType::Time { scale },
        14 => ColumnType::DateTime2 { scale },
        15 => ColumnType::DateTimeOffset { scale },
        16 => ColumnType::DateTime,
        17 => ColumnType::SmallDateTime,
        18 => ColumnType::Char(short),
        19 => ColumnType::NChar(short),
        20 => ColumnType::VarChar(length),
        21 => ColumnType::NVarChar(length),
        22 => ColumnType::SysName,
        23 => ColumnType::Text,
        24 => ColumnType::NText,
        25 => ColumnType::Image,
        26 => ColumnType::Binary(short),
        27 => ColumnType::VarBinary(length),
        28 => ColumnType::RowVersion,
        29 => ColumnType::Xml,
        30 => ColumnType::Geography,
        _ => ColumnType::SqlVariant,
    }
}
