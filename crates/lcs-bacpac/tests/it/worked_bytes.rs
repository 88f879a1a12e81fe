//! Rows whose bytes are known, both ways.

use jiff::civil::date;
use lcs_bacpac::{
    Column, ColumnType, DateTimeOffset, DateTimeTicks, Decimal, Length, RowDecoder, SmallDateTime,
    Table, TableName, Value, encode_row,
};

/// Bytes from hexadecimal text; blanks, bars and line breaks are for the eye.
fn bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|character| character.to_digit(16))
        .map(|digit| u8::try_from(digit).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

fn both_ways(table: &Table, rows: &[Vec<Value>], expected: &[u8]) {
    let decoded: Vec<Vec<Value>> = RowDecoder::new(table, "part", expected)
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(decoded, rows);
    let mut encoded = Vec::new();
    for row in rows {
        encode_row(table, row, &mut encoded).unwrap();
    }
    assert_eq!(encoded, expected);
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn two_rows_of_parts_have_the_bytes_of_the_format_description() {
    let table = Table::new(
        TableName::new("stock", "Part"),
        vec![
            Column::not_null("PartId", ColumnType::Int),
            Column::nullable("Label", ColumnType::NVarChar(Length::Limited(40))),
            Column::not_null(
                "Price",
                ColumnType::Decimal {
                    precision: 9,
                    scale: 2,
                },
            ),
            Column::not_null("Active", ColumnType::Bit),
            Column::not_null("BinCode", ColumnType::Char(3)),
            Column::nullable("Notes", ColumnType::VarChar(Length::Max)),
            Column::nullable("Seen", ColumnType::DateTime),
        ],
    );
    let seen = DateTimeTicks::from_civil(date(2024, 2, 29).at(13, 30, 0, 0)).unwrap();
    let rows = vec![
        vec![
            Value::Int(1),
            text("Bolt M6"),
            Value::Decimal(Decimal::parse("0.25", 9, 2).unwrap()),
            Value::Bit(true),
            text("A01"),
            text("läge"),
            Value::DateTime(seen),
        ],
        vec![
            Value::Int(2),
            Value::Null,
            Value::Decimal(Decimal::parse("-1.00", 9, 2).unwrap()),
            Value::Bit(false),
            text("B2 "),
            Value::Null,
            Value::Null,
        ],
    ];
    let expected = bytes(
        "01000000 | 0e00 4200 6f00 6c00 7400 2000 4d00 3600
         13 09 02 01 19000000 00000000 00000000 00000000 | 01 01 | 4100 3000 3100
         0800000000000000 6c00 e400 6700 6500 | 08 25b10000 2079de00
         02000000 | ffff | 13 09 02 00 64000000 00000000 00000000 00000000 | 01 00
         4200 3200 2000 | ffffffffffffffff | ff",
    );
    both_ways(&table, &rows, &expected);
}

#[test]
fn a_row_of_northwind_products_has_its_known_bytes() {
    let table = Table::new(
        TableName::new("dbo", "Products"),
        vec![
            Column::not_null("ProductID", ColumnType::Int),
            Column::not_null("ProductName", ColumnType::NVarChar(Length::Limited(40))),
            Column::nullable("SupplierID", ColumnType::Int),
            Column::nullable("CategoryID", ColumnType::Int),
            Column::nullable("QuantityPerUnit", ColumnType::NVarChar(Length::Limited(20))),
            Column::nullable("UnitPrice", ColumnType::Money),
            Column::nullable("UnitsInStock", ColumnType::SmallInt),
            Column::nullable("UnitsOnOrder", ColumnType::SmallInt),
            Column::nullable("ReorderLevel", ColumnType::SmallInt),
            Column::not_null("Discontinued", ColumnType::Bit),
        ],
    );
    let row = vec![
        Value::Int(1),
        text("Chai"),
        Value::Int(1),
        Value::Int(1),
        text("10 boxes x 20 bags"),
        Value::Money(180_000),
        Value::SmallInt(39),
        Value::SmallInt(0),
        Value::SmallInt(10),
        Value::Bit(false),
    ];
    let expected = bytes(
        "01000000 | 0800 4300 6800 6100 6900 | 04 01000000 | 04 01000000
         2400 3100 3000 2000 6200 6f00 7800 6500 7300 2000 7800 2000 3200 3000 2000 6200 6100
         6700 7300 | 08 00000000 20bf0200 | 02 2700 | 02 0000 | 02 0a00 | 01 00",
    );
    both_ways(&table, &[row], &expected);
}

/// One value's bytes in a column that refuses NULL, and in one that takes it.
fn value_both_ways(column_type: &ColumnType, value: &Value, not_null: &str, nullable: &str) {
    for (column, expected) in [
        (Column::not_null("C", column_type.clone()), not_null),
        (Column::nullable("C", column_type.clone()), nullable),
    ] {
        let table = Table::new(TableName::new("dbo", "T"), vec![column]);
        both_ways(&table, &[vec![value.clone()]], &bytes(expected));
    }
}

#[test]
fn numbers_are_raw_unless_null_is_possible() {
    for (column_type, value, payload, width) in [
        (ColumnType::TinyInt, Value::TinyInt(200), "c8", "01"),
        (ColumnType::SmallInt, Value::SmallInt(-2), "feff", "02"),
        (ColumnType::Int, Value::Int(-2), "feffffff", "04"),
        (
            ColumnType::BigInt,
            Value::BigInt(-2),
            "feffffffffffffff",
            "08",
        ),
        (ColumnType::Real, Value::Real(1.0), "0000803f", "04"),
        (
            ColumnType::Float,
            Value::Float(1.0),
            "000000000000f03f",
            "08",
        ),
        (
            ColumnType::Money,
            Value::Money(-1),
            "ffffffff ffffffff",
            "08",
        ),
        (
            ColumnType::Money,
            Value::Money(1 << 32),
            "01000000 00000000",
            "08",
        ),
        (
            ColumnType::SmallMoney,
            Value::SmallMoney(10_000),
            "10270000",
            "04",
        ),
    ] {
        value_both_ways(&column_type, &value, payload, &format!("{width}{payload}"));
    }
}

#[test]
fn times_have_their_full_width_whatever_their_scale() {
    let day = date(2024, 2, 29);
    let time = day.at(13, 30, 0, 0);
    let offset = DateTimeOffset::new(time, -300).unwrap();
    let small = SmallDateTime::from_civil(time).unwrap();
    for (column_type, value, payload, width) in [
        (ColumnType::Date, Value::Date(day), "80460b", "03"),
        (
            ColumnType::Time { scale: 0 },
            Value::Time(time.time()),
            "007cdb2771",
            "05",
        ),
        (
            ColumnType::Time { scale: 7 },
            Value::Time(time.time()),
            "007cdb2771",
            "05",
        ),
        (
            ColumnType::DateTime2 { scale: 3 },
            Value::DateTime2(time),
            "007cdb2771 80460b",
            "08",
        ),
        (
            ColumnType::DateTimeOffset { scale: 7 },
            Value::DateTimeOffset(offset),
            "007cdb2771 80460b d4fe",
            "0a",
        ),
        (
            ColumnType::SmallDateTime,
            Value::SmallDateTime(small),
            "25b1 2a03",
            "04",
        ),
    ] {
        value_both_ways(&column_type, &value, payload, &format!("{width}{payload}"));
    }
}

#[test]
fn identifiers_text_and_bytes_always_carry_their_length() {
    let identifier = "00112233-4455-6677-8899-aabbccddeeff".parse().unwrap();
    for (column_type, value, expected) in [
        (
            ColumnType::UniqueIdentifier,
            Value::UniqueIdentifier(identifier),
            "10 33221100 5544 7766 8899 aabbccddeeff",
        ),
        (ColumnType::NChar(3), text("ab "), "0600 6100 6200 2000"),
        (ColumnType::SysName, text("a"), "0200 6100"),
        (ColumnType::NVarChar(Length::Limited(1)), text(""), "0000"),
        (
            ColumnType::NVarChar(Length::Max),
            text("é"),
            "0200000000000000 e900",
        ),
        (ColumnType::NText, text("a"), "02000000 6100"),
        (ColumnType::Text, text("a"), "02000000 6100"),
        (
            ColumnType::Xml,
            text("<a/>"),
            "0800000000000000 3c00 6100 2f00 3e00",
        ),
        (ColumnType::Image, Value::Binary(vec![1]), "01000000 01"),
        (
            ColumnType::Binary(2),
            Value::Binary(vec![1, 2]),
            "0200 0102",
        ),
        (
            ColumnType::VarBinary(Length::Max),
            Value::Binary(vec![1]),
            "0100000000000000 01",
        ),
        (
            ColumnType::RowVersion,
            Value::RowVersion([0, 0, 0, 0, 0, 0, 7, 0xd1]),
            "0800 00000000000007d1",
        ),
        (
            ColumnType::HierarchyId,
            Value::Binary(vec![0x58]),
            "0100000000000000 58",
        ),
    ] {
        value_both_ways(&column_type, &value, expected, expected);
    }
}

#[test]
fn text_with_an_unpaired_surrogate_keeps_its_units() {
    let lone = Value::Utf16(vec![0x61, 0xd800]);
    let column_type = ColumnType::NVarChar(Length::Limited(4));
    value_both_ways(&column_type, &lone, "0400 6100 00d8", "0400 6100 00d8");
}

#[test]
fn a_char_shorter_than_its_column_is_filled_up_with_blanks() {
    let column = Column::not_null("C", ColumnType::Char(3));
    let table = Table::new(TableName::new("dbo", "T"), vec![column]);
    let mut encoded = Vec::new();
    encode_row(&table, &[text("B2")], &mut encoded).unwrap();
    assert_eq!(encoded, bytes("4200 3200 2000"));
}

#[test]
fn a_sql_variant_is_read_as_opaque_bytes() {
    let column = Column::nullable("C", ColumnType::SqlVariant);
    let table = Table::new(TableName::new("dbo", "T"), vec![column]);
    let data = bytes("03000000 380100");
    let rows: Vec<Vec<Value>> = RowDecoder::new(&table, "part", &data[..])
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(rows, [[Value::Binary(vec![0x38, 1, 0])]]);
}
