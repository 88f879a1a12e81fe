//! Two real exports, decoded completely.

use std::io::Cursor;

use jiff::civil::date;
use lcs_bacpac::{
    ColumnType, Length, ModelChecksum, Package, RowsError, TableName, Value, encode_row, verify,
};

use crate::archives::{ADVENTURE_WORKS, OFFICE_BOOKING, entries, sample};

fn open(name: &str) -> Package<Cursor<Vec<u8>>> {
    Package::from_reader(Cursor::new(sample(name))).unwrap()
}

fn rows(package: &mut Package<Cursor<Vec<u8>>>, table: &TableName) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    package
        .read_rows(table, |row| -> Result<(), RowsError> {
            rows.push(row);
            Ok(())
        })
        .unwrap();
    rows
}

/// A value of a row, by the name of its column.
fn field<'r>(
    package: &Package<Cursor<Vec<u8>>>,
    table: &TableName,
    row: &'r [Value],
    column: &str,
) -> &'r Value {
    let columns = &package.model().table(table).unwrap().columns;
    let position = columns.iter().position(|c| c.name == column).unwrap();
    &row[position]
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn every_row_that_the_samples_state_is_decoded() {
    for (name, tables, with_rows, total) in
        [(ADVENTURE_WORKS, 12, 11, 4277), (OFFICE_BOOKING, 8, 6, 72)]
    {
        let report = verify(Cursor::new(sample(name))).unwrap();
        assert!(report.is_sound(), "{name}");
        assert!(matches!(report.checksum, ModelChecksum::Matches { .. }));
        assert_eq!(report.stated_total_rows, Some(total), "{name}");
        assert_eq!(report.total_rows, total, "{name}");
        assert_eq!(report.tables.len(), tables, "{name}");
        let filled = report.tables.iter().filter(|table| table.rows > 0).count();
        assert_eq!(filled, with_rows, "{name}");
    }
}

#[test]
fn every_row_of_the_samples_is_encoded_to_the_bytes_it_came_from() {
    for name in [ADVENTURE_WORKS, OFFICE_BOOKING] {
        let raw = entries(&sample(name));
        let mut package = open(name);
        let mut compared = 0;
        for table in package.model().tables.clone() {
            for part in package.parts(&table.name).unwrap().to_vec() {
                let mut encoded = Vec::new();
                for row in package.part_rows(&part).unwrap() {
                    encode_row(&table, &row.unwrap(), &mut encoded).unwrap();
                }
                let original = &raw.iter().find(|entry| entry.0 == part.name()).unwrap().1;
                assert_eq!(encoded.len() as u64, part.size_bytes());
                assert!(encoded == *original, "{} differs", part.name());
                compared += 1;
            }
        }
        let parts = raw
            .iter()
            .filter(|entry| entry.0.starts_with("Data/"))
            .count();
        assert_eq!(compared, parts, "{name}");
    }
}

#[test]
fn the_tables_of_adventure_works_hold_their_published_numbers_of_rows() {
    let report = verify(Cursor::new(sample(ADVENTURE_WORKS))).unwrap();
    for (table, rows) in [
        ("Customer", 847),
        ("Product", 295),
        ("Address", 450),
        ("SalesOrderDetail", 542),
        ("SalesOrderHeader", 32),
    ] {
        let name = TableName::new("SalesLT", table);
        let found = report
            .tables
            .iter()
            .find(|report| report.name == name)
            .unwrap();
        assert_eq!(found.rows, rows, "{table}");
    }
}

#[test]
fn product_680_has_its_published_values() {
    let mut package = open(ADVENTURE_WORKS);
    let product = TableName::new("SalesLT", "Product");
    let rows = rows(&mut package, &product);
    let row = rows
        .iter()
        .find(|row| *field(&package, &product, row, "ProductID") == Value::Int(680))
        .unwrap();
    for (column, expected) in [
        ("Name", text("HL Road Frame - Black, 58")),
        ("ProductNumber", text("FR-R92B-58")),
        ("Color", text("Black")),
        ("Size", text("58")),
        ("StandardCost", Value::Money(10_593_100)),
        ("ListPrice", Value::Money(14_315_000)),
        ("ProductCategoryID", Value::Int(18)),
        ("ProductModelID", Value::Int(6)),
        ("SellEndDate", Value::Null),
        (
            "ThumbnailPhotoFileName",
            text("no_image_available_small.gif"),
        ),
        (
            "rowguid",
            Value::UniqueIdentifier("43dd68d6-14a4-461f-9069-55309d90ea7e".parse().unwrap()),
        ),
    ] {
        assert_eq!(
            *field(&package, &product, row, column),
            expected,
            "{column}"
        );
    }
    let price = field(&package, &product, row, "ListPrice");
    assert_eq!(price.decimal_text().as_deref(), Some("1431.5000"));
    let weight = field(&package, &product, row, "Weight");
    assert_eq!(weight.decimal_text().as_deref(), Some("1016.04"));
    let Value::DateTime(start) = field(&package, &product, row, "SellStartDate") else {
        panic!("not a datetime");
    };
    assert_eq!(start.to_civil(), date(2002, 6, 1).at(0, 0, 0, 0));
    let Value::DateTime(modified) = field(&package, &product, row, "ModifiedDate") else {
        panic!("not a datetime");
    };
    assert_eq!(
        modified.to_civil(),
        date(2008, 3, 11).at(10, 1, 36, 827_000_000)
    );
    let Value::Binary(photo) = field(&package, &product, row, "ThumbNailPhoto") else {
        panic!("not bytes");
    };
    assert!(photo.starts_with(b"GIF89a"));
}

#[test]
fn alias_types_stand_for_their_base_and_computed_columns_are_left_out() {
    let package = open(ADVENTURE_WORKS);
    let customer = package
        .model()
        .table(&TableName::new("SalesLT", "Customer"))
        .unwrap();
    let style = customer.column("NameStyle").unwrap();
    assert_eq!(style.column_type, ColumnType::Bit);
    assert!(!style.nullable);
    let first_name = customer.column("FirstName").unwrap();
    assert_eq!(
        first_name.column_type,
        ColumnType::NVarChar(Length::Limited(50))
    );
    let order = package
        .model()
        .table(&TableName::new("SalesLT", "SalesOrderHeader"))
        .unwrap();
    assert!(order.column("TotalDue").is_none(), "TotalDue is computed");
    assert!(order.column("TotalAmt").is_none());
    assert!(order.column("SubTotal").is_some());
}

#[test]
fn keys_indexes_defaults_and_foreign_keys_of_adventure_works_are_read() {
    let package = open(ADVENTURE_WORKS);
    let count = |of: fn(&lcs_bacpac::Table) -> usize| -> usize {
        package.model().tables.iter().map(of).sum()
    };
    // The counts are those of Origin.xml, where every constraint belongs to a table.
    let stated = |kind: &str| {
        let counts = &package.origin().object_counts;
        let stated = counts.iter().find(|(name, _)| name == kind).unwrap().1;
        usize::try_from(stated).unwrap()
    };
    assert_eq!(
        count(|table| usize::from(table.primary_key.is_some())),
        stated("PrimaryKeyConstraint")
    );
    assert_eq!(
        count(|table| table.defaults.len()),
        stated("DefaultConstraint")
    );
    assert_eq!(
        count(|table| table.foreign_keys.len()),
        stated("ForeignKeyConstraint")
    );
    let product = package
        .model()
        .table(&TableName::new("SalesLT", "Product"))
        .unwrap();
    let key = product.primary_key.as_ref().unwrap();
    assert_eq!(key.name, "PK_Product_ProductID");
    assert_eq!(key.columns[0].column, "ProductID");
    assert_eq!(
        product
            .column("ProductID")
            .unwrap()
            .identity
            .unwrap()
            .increment,
        1
    );
}

#[test]
fn a_system_named_key_takes_its_name_from_the_annotation() {
    let package = open(ADVENTURE_WORKS);
    let table = package
        .model()
        .table(&TableName::new("dbo", "BuildVersion"))
        .unwrap();
    let key = table.primary_key.as_ref().unwrap();
    assert_eq!(key.name, "PK__BuildVer__35E58ECA4A30FB0E");
}

#[test]
fn one_office_of_three_has_a_point_on_the_globe() {
    let mut package = open(OFFICE_BOOKING);
    let offices = TableName::new("dbo", "Offices");
    let rows = rows(&mut package, &offices);
    let table = package.model().table(&offices).unwrap();
    let position = table
        .columns
        .iter()
        .position(|column| column.column_type == ColumnType::Geography)
        .unwrap();
    let places: Vec<&Value> = rows.iter().map(|row| &row[position]).collect();
    assert_eq!(places.len(), 3);
    assert_eq!(
        places
            .iter()
            .filter(|place| ***place == Value::Null)
            .count(),
        2
    );
    let office = rows
        .iter()
        .find(|row| row[position] != Value::Null)
        .unwrap();
    assert!(office.contains(&text("Initech HQ")), "{office:?}");
    let Value::Binary(bytes) = &office[position] else {
        panic!("not bytes");
    };
    let number = |from: usize| f64::from_le_bytes(bytes[from..from + 8].try_into().unwrap());
    assert_eq!(i32::from_le_bytes(bytes[..4].try_into().unwrap()), 4326);
    assert!((number(6) - 30.21).abs() < 0.01, "latitude {}", number(6));
    assert!(
        (number(14) + 97.75).abs() < 0.01,
        "longitude {}",
        number(14)
    );
}

#[test]
fn a_table_in_several_partitions_is_read_in_key_order() {
    let mut package = open(OFFICE_BOOKING);
    let history = TableName::new("dbo", "__EFMigrationsHistory");
    let parts = package.parts(&history).unwrap();
    let order: Vec<u32> = parts.iter().map(lcs_bacpac::Part::partition).collect();
    assert_eq!(order, [0, 1]);
    let ids: Vec<String> = rows(&mut package, &history)
        .into_iter()
        .map(|row| match &row[0] {
            Value::Text(id) => id.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(ids.is_sorted(), "{ids:?}");
}

#[test]
fn the_origin_of_a_sample_is_read() {
    let package = open(ADVENTURE_WORKS);
    assert_eq!(package.database_name(), "AdventureWorksLT");
    assert_eq!(package.version(), "0.0.0.0");
    assert_eq!(package.model().provider, "SqlAzureV12");
    assert_eq!(package.model().schema_version, "2.6");
    assert_eq!(
        package.model().collation.as_deref(),
        Some("SQL_Latin1_General_CP1_CI_AS")
    );
    let origin = package.origin();
    assert!(origin.contains_exported_data);
    assert_eq!(origin.product_version.as_deref(), Some("15.0.5282.3"));
    assert_eq!(origin.source_database_size_kb, Some(11_248));
    assert_eq!(origin.model_schema_version.as_deref(), Some("2.6"));
    assert!(origin.object_counts.contains(&("Table".to_owned(), 12)));
    assert_eq!(package.relationships().len(), 22);
    assert!(package.unmatched_parts().is_empty());
}
