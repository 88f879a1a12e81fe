//! What the writer writes, the reader reads.

use std::io::Cursor;

use lcs_bacpac::{
    Column, ColumnType, DefaultConstraint, ForeignKey, Identity, Index, KeyColumn, Length, Package,
    PackageWriter, PrimaryKey, ReferentialAction, RowDecoder, RowsError, Table, TableName, Value,
    encode_row, verify,
};
use proptest::prelude::*;

use crate::archives::{PART, entries, facts, package_of, with_entry};
use crate::strategies::{columns, row};

fn rows(package: &[u8], table: &TableName) -> Vec<Vec<Value>> {
    let mut package = Package::from_reader(Cursor::new(package)).unwrap();
    let mut rows = Vec::new();
    package
        .read_rows(table, |row| -> Result<(), RowsError> {
            rows.push(row);
            Ok(())
        })
        .unwrap();
    rows
}

fn table_with_rows() -> impl Strategy<Value = (Vec<Column>, Vec<Vec<Value>>)> {
    columns().prop_flat_map(|columns| {
        let rows = proptest::collection::vec(row(&columns), 0..6);
        (Just(columns), rows)
    })
}

proptest! {
    #[test]
    fn every_row_survives_its_bytes((columns, rows) in table_with_rows()) {
        let table = Table::new(TableName::new("dbo", "T"), columns);
        let mut bytes = Vec::new();
        for row in &rows {
            encode_row(&table, row, &mut bytes).unwrap();
        }
        let decoded: Vec<Vec<Value>> =
            RowDecoder::new(&table, "part", &bytes[..]).collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(decoded, rows);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_table_survives_a_package((columns, rows) in table_with_rows()) {
        let package = package_of(columns.clone(), &rows);
        let opened = Package::from_reader(Cursor::new(&package)).unwrap();
        prop_assert_eq!(&opened.model().tables[0].columns, &columns);
        prop_assert_eq!(self::rows(&package, &TableName::new("dbo", "T")), rows);
    }
}

fn key(columns: &[&str]) -> Vec<KeyColumn> {
    columns.iter().copied().map(KeyColumn::ascending).collect()
}

/// Two tables that use everything a schema can say.
fn shop() -> Vec<Table> {
    let mut bin = Table::new(
        TableName::new("stock", "Bin"),
        vec![
            Column::not_null("Code", ColumnType::NVarChar(Length::Limited(3))),
            Column {
                collation: Some("Latin1_General_100_BIN2".to_owned()),
                ..Column::nullable("Place]", ColumnType::NVarChar(Length::Max))
            },
        ],
    );
    bin.primary_key = Some(PrimaryKey {
        name: "PK_Bin".to_owned(),
        columns: key(&["Code"]),
        clustered: false,
    });
    let mut part = Table::new(
        TableName::new("dbo", "Part & \"Piece\" <1>"),
        vec![
            Column {
                identity: Some(Identity {
                    seed: 100,
                    increment: 1,
                }),
                ..Column::not_null("Id", ColumnType::BigInt)
            },
            Column::nullable("Bin", ColumnType::NVarChar(Length::Limited(3))),
            Column::not_null(
                "Price",
                ColumnType::Numeric {
                    precision: 32,
                    scale: 6,
                },
            ),
        ],
    );
    part.primary_key = Some(PrimaryKey {
        name: "PK_Part".to_owned(),
        columns: key(&["Id"]),
        clustered: true,
    });
    part.indexes = vec![Index {
        name: "IX_Bin".to_owned(),
        columns: vec![
            KeyColumn {
                column: "Bin".to_owned(),
                descending: true,
            },
            KeyColumn::ascending("Id"),
        ],
        included_columns: vec!["Price".to_owned()],
        unique: true,
        clustered: false,
        filter: Some("([Bin] IS NOT NULL AND [Price]>(0))".to_owned()),
    }];
    part.defaults = vec![DefaultConstraint {
        name: "DF_Price".to_owned(),
        column: "Price".to_owned(),
        expression: "((0)/*]]>*/)".to_owned(),
    }];
    part.foreign_keys = vec![ForeignKey {
        name: "FK_Part_Bin".to_owned(),
        columns: vec!["Bin".to_owned()],
        foreign_table: bin.name.clone(),
        foreign_columns: vec!["Code".to_owned()],
        on_delete: ReferentialAction::SetNull,
        on_update: ReferentialAction::Cascade,
    }];
    // In the order of the model, which is by name.
    vec![part, bin]
}

fn shop_package() -> Vec<u8> {
    let tables = shop();
    let bin = tables[1].name.clone();
    let mut writer = PackageWriter::new(Cursor::new(Vec::new()), "Shop & Co", tables).unwrap();
    writer.begin_table(&bin).unwrap();
    for code in ["A01", "B02"] {
        writer
            .write_row(&[Value::Text(code.to_owned()), Value::Null])
            .unwrap();
    }
    writer.end_table().unwrap();
    writer.finish(&facts()).unwrap().1.into_inner()
}

#[test]
fn a_schema_is_read_as_it_was_written() {
    let package = Package::from_reader(Cursor::new(shop_package())).unwrap();
    assert_eq!(package.database_name(), "Shop & Co");
    assert_eq!(package.model().provider, "Sql150");
    assert_eq!(package.model().schema_version, "2.5");
    assert_eq!(package.model().tables, shop());
}

#[test]
fn the_origin_is_read_as_it_was_written() {
    let package = Package::from_reader(Cursor::new(shop_package())).unwrap();
    let origin = package.origin();
    let facts = facts();
    assert!(origin.contains_exported_data);
    assert_eq!(origin.identity, Some(facts.identity.to_string()));
    assert_eq!(
        origin.start.as_deref(),
        Some("2024-02-29T13:30:00.1234567+00:00")
    );
    assert_eq!(origin.product_name, Some(facts.product_name));
    assert_eq!(origin.product_version, Some(facts.product_version));
    assert_eq!(origin.server_version, Some(facts.server_version));
    assert_eq!(origin.source_database_size_kb, Some(16));
    assert_eq!(origin.stated_total_rows, Some(2));
    let counts: Vec<(&str, u64)> = origin
        .object_counts
        .iter()
        .map(|(kind, count)| (kind.as_str(), *count))
        .collect();
    assert_eq!(
        counts,
        [
            ("DatabaseOptions", 1),
            ("DefaultConstraint", 1),
            ("ForeignKeyConstraint", 1),
            ("Index", 1),
            ("PrimaryKeyConstraint", 2),
            ("Schema", 1),
            ("SimpleColumn", 5),
            ("Table", 2),
        ]
    );
}

#[test]
fn a_table_without_rows_has_no_part() {
    let package = shop_package();
    let names: Vec<String> = entries(&package).into_iter().map(|entry| entry.0).collect();
    assert_eq!(
        names,
        [
            "model.xml",
            "DacMetadata.xml",
            "Data/stock.Bin/TableData-000-00000.BCP",
            "_rels/.rels",
            "[Content_Types].xml",
            "Origin.xml",
        ]
    );
    let report = verify(Cursor::new(package)).unwrap();
    let rows: Vec<(u64, usize)> = report
        .tables
        .iter()
        .map(|table| (table.rows, table.parts))
        .collect();
    assert_eq!(rows, [(0, 0), (2, 1)]);
}

#[test]
fn a_part_has_room_for_more_than_four_gibibytes() {
    // The form that can hold more (ZIP64) needs version 4.5 of the archive format, APPNOTE §4.4.3.
    let mut archive = zip::ZipArchive::new(Cursor::new(shop_package())).unwrap();
    let part = archive
        .by_name("Data/stock.Bin/TableData-000-00000.BCP")
        .unwrap();
    assert_eq!(part.version_needed(), 45);
}

#[test]
fn a_package_without_rows_has_four_entries() {
    let writer = PackageWriter::new(Cursor::new(Vec::new()), "Shop", shop()).unwrap();
    let (summary, package) = writer.finish(&facts()).unwrap();
    assert_eq!(summary.total_rows, 0);
    let names: Vec<String> = entries(package.get_ref())
        .into_iter()
        .map(|entry| entry.0)
        .collect();
    assert_eq!(
        names,
        [
            "model.xml",
            "DacMetadata.xml",
            "[Content_Types].xml",
            "Origin.xml"
        ]
    );
    assert!(verify(package).unwrap().is_sound());
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert!(shop_package() == shop_package());
}

#[test]
fn a_table_whose_name_needs_escaping_finds_its_rows() {
    let name = TableName::new("my.schema", "Läge/Größe 100%.x");
    let table = Table::new(name.clone(), vec![Column::not_null("C", ColumnType::Int)]);
    let mut writer = PackageWriter::new(Cursor::new(Vec::new()), "D", vec![table]).unwrap();
    writer.begin_table(&name).unwrap();
    writer.write_row(&[Value::Int(7)]).unwrap();
    writer.end_table().unwrap();
    let package = writer.finish(&facts()).unwrap().1.into_inner();
    let part = &entries(&package)[2].0;
    assert_eq!(
        part,
        "Data/my.schema.L%C3%A4ge%2FGr%C3%B6%C3%9Fe%20100%25.x/TableData-000-00000.BCP"
    );
    assert_eq!(rows(&package, &name), [[Value::Int(7)]]);
}

#[test]
fn rows_beyond_one_buffer_arrive_in_order() {
    let columns = vec![
        Column::not_null("Id", ColumnType::Int),
        Column::not_null("Text", ColumnType::NVarChar(Length::Max)),
    ];
    let written: Vec<Vec<Value>> = (0..2000)
        .map(|id| vec![Value::Int(id), Value::Text(format!("row {id} ").repeat(10))])
        .collect();
    let package = package_of(columns, &written);
    assert!(rows(&package, &TableName::new("dbo", "T")) == written);
}

#[test]
fn a_char_column_written_with_prefixes_is_read_too() {
    let columns = vec![
        Column::not_null("Code", ColumnType::Char(3)),
        Column::not_null("Id", ColumnType::Int),
    ];
    let written: Vec<Vec<Value>> = (1..=3)
        .map(|id| vec![Value::Text(format!("A0{id}")), Value::Int(id)])
        .collect();
    let raw = package_of(columns, &written);
    let prefixed = with_entry(&raw, PART, |part| {
        *part = part
            .chunks(10)
            .flat_map(|row| [&[6, 0], row].concat())
            .collect();
    });
    let table = TableName::new("dbo", "T");
    assert_eq!(rows(&raw, &table), written);
    assert_eq!(rows(&prefixed, &table), written);
}
