//! What is broken is refused, each kind with an error of its own.

use std::io::Cursor;

use lcs_bacpac::{
    Column, ColumnType, Decimal, Length, ModelChecksum, OpenError, Package, RowDecoder, RowError,
    RowProblem, RowsError, Table, TableName, Value, VerifyError, verify,
};

use crate::archives::{
    OFFICE_BOOKING, PART, archive, entries, facts, package_of, sample, with_entry, without_entry,
};

fn open(bytes: Vec<u8>) -> Result<Package<Cursor<Vec<u8>>>, OpenError> {
    Package::from_reader(Cursor::new(bytes))
}

/// The error that verifying ends with when rows are broken.
fn row_error(bytes: Vec<u8>) -> RowError {
    match verify(Cursor::new(bytes)) {
        Err(VerifyError::Rows(RowsError::Row(error))) => error,
        other => panic!("{other:?}"),
    }
}

/// Three rows of an int and a short text.
fn package() -> Vec<u8> {
    let columns = vec![
        Column::not_null("Id", ColumnType::Int),
        Column::nullable("Name", ColumnType::NVarChar(Length::Limited(5))),
    ];
    let rows: Vec<Vec<Value>> = (1..=3)
        .map(|id| vec![Value::Int(id), Value::Text("abc".to_owned())])
        .collect();
    package_of(columns, &rows)
}

#[test]
fn a_file_that_is_no_archive_is_refused() {
    for bytes in [Vec::new(), b"SQLite format 3\0".to_vec(), vec![0; 5000]] {
        assert!(matches!(open(bytes), Err(OpenError::NotAnArchive { .. })));
    }
}

#[test]
fn a_missing_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("absent.bacpac");
    let error = Package::open(&path).unwrap_err();
    assert!(error.to_string().contains("absent.bacpac"), "{error}");
    assert!(matches!(error, OpenError::File { .. }));
}

#[test]
fn an_archive_cut_short_is_refused() {
    let mut bytes = package();
    bytes.truncate(bytes.len() / 2);
    assert!(matches!(open(bytes), Err(OpenError::NotAnArchive { .. })));
}

#[test]
fn a_package_without_one_of_its_parts_is_refused() {
    for part in [
        "Origin.xml",
        "model.xml",
        "DacMetadata.xml",
        "[Content_Types].xml",
    ] {
        let bytes = without_entry(&sample(OFFICE_BOOKING), part);
        match open(bytes) {
            Err(OpenError::MissingPart { entry }) => assert_eq!(entry, part),
            other => panic!("{part}: {other:?}"),
        }
    }
}

#[test]
fn a_package_that_was_never_finished_is_refused() {
    let table = Table::new(
        TableName::new("dbo", "T"),
        vec![Column::not_null("C", ColumnType::Int)],
    );
    let mut file = Cursor::new(Vec::new());
    drop(lcs_bacpac::PackageWriter::new(&mut file, "D", vec![table]).unwrap());
    assert!(matches!(
        open(file.into_inner()),
        Err(OpenError::MissingPart {
            entry: "Origin.xml"
        })
    ));
}

#[test]
fn a_model_that_changed_after_its_checksum_is_refused_and_reported() {
    let stale = with_entry(&sample(OFFICE_BOOKING), "model.xml", |model| {
        model.extend_from_slice(b"<!-- -->");
    });
    assert!(matches!(
        open(stale.clone()),
        Err(OpenError::Checksum { .. })
    ));
    let report = verify(Cursor::new(stale)).unwrap();
    assert!(matches!(report.checksum, ModelChecksum::Differs { .. }));
    assert!(!report.is_sound());
    assert_eq!(report.total_rows, 72);
}

/// The sample with text in `Origin.xml` replaced.
fn with_origin(from: &str, to: &str) -> Vec<u8> {
    with_entry(&sample(OFFICE_BOOKING), "Origin.xml", |origin| {
        let text = String::from_utf8(origin.clone()).unwrap();
        assert!(text.contains(from));
        *origin = text.replace(from, to).into_bytes();
    })
}

#[test]
fn an_origin_without_a_checksum_is_refused() {
    let bytes = with_origin("Uri=\"/model.xml\"", "Uri=\"/other.xml\"");
    assert!(matches!(open(bytes), Err(OpenError::ChecksumMissing)));
}

#[test]
fn row_data_of_another_stream_version_is_refused() {
    let bytes = with_origin(">2.0.0.0<", ">3.0.0.0<");
    match open(bytes) {
        Err(OpenError::DataStreamVersion { found, .. }) => {
            assert_eq!(found.as_deref(), Some("3.0.0.0"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_origin_that_is_not_xml_is_refused() {
    for (from, to) in [
        ("<Server>", "<Server"),
        ("<Table>8<", "<Table>many<"),
        ("DacOrigin", "Dac"),
    ] {
        match open(with_origin(from, to)) {
            Err(OpenError::Xml { entry, .. }) => assert_eq!(entry, "Origin.xml"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn rows_without_a_table_are_reported() {
    let mut all = entries(&package());
    all.push(("Data/dbo.Gone/TableData-000-00000.BCP".to_owned(), vec![1]));
    let report = verify(Cursor::new(archive(&all))).unwrap();
    assert_eq!(
        report.unmatched_parts,
        ["Data/dbo.Gone/TableData-000-00000.BCP"]
    );
    assert!(!report.is_sound());
}

/// The same bytes with one run replaced by another of the same length, wherever it stands.
fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    for start in 0..=bytes.len() - from.len() {
        if bytes[start..].starts_with(from) {
            bytes[start..start + from.len()].copy_from_slice(to);
        }
    }
    bytes
}

#[test]
fn two_entries_of_one_name_are_refused() {
    let mut all = entries(&package());
    all.push(("Extra1".to_owned(), Vec::new()));
    all.push(("Extra2".to_owned(), Vec::new()));
    let twice = patched(archive(&all), b"Extra2", b"Extra1");
    assert!(matches!(open(twice), Err(OpenError::DuplicateEntries)));
}

#[test]
fn rows_that_could_belong_to_two_tables_are_refused() {
    let [owner, other] = [("a.b", "c"), ("a", "b_c")].map(|(schema, name)| {
        Table::new(
            TableName::new(schema, name),
            vec![Column::not_null("C", ColumnType::Int)],
        )
    });
    let name = owner.name.clone();
    let file = Cursor::new(Vec::new());
    let mut writer = lcs_bacpac::PackageWriter::new(file, "D", vec![owner, other]).unwrap();
    writer.begin_table(&name).unwrap();
    writer.write_row(&[Value::Int(1)]).unwrap();
    writer.end_table().unwrap();
    let sound = writer.finish(&facts()).unwrap().1.into_inner();
    let confused = with_entry(&sound, "model.xml", |model| {
        *model = patched(model.clone(), b"[b_c]", b"[b.c]");
    });
    match open(confused) {
        Err(OpenError::AmbiguousFolder { first, second }) => {
            assert_eq!([first.name, second.name], ["c", "b.c"]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_unknown_table_is_refused_by_name() {
    let package = open(package()).unwrap();
    let error = package.parts(&TableName::new("dbo", "U")).unwrap_err();
    assert_eq!(error.to_string(), "the package has no table [dbo].[U]");
}

#[test]
fn a_part_cut_short_is_refused_with_its_place() {
    let cut = with_entry(&package(), PART, |part| part.truncate(part.len() - 1));
    let error = row_error(cut);
    assert!(matches!(
        error.problem,
        RowProblem::Truncated {
            wanted: 6,
            found: 5
        }
    ));
    assert_eq!(error.location.table, TableName::new("dbo", "T"));
    assert_eq!(error.location.part, PART);
    assert_eq!(error.location.row, 3);
    assert_eq!(error.location.column.as_deref(), Some("Name"));
    // Two rows of twelve bytes, then the third's number.
    assert_eq!(error.location.offset, 28);
    assert_eq!(
        error.to_string(),
        "row data is unreadable: table [dbo].[T], `Data/dbo.T/TableData-000-00000.BCP`, row 3, \
         column `Name`, byte 28"
    );
}

#[test]
fn bytes_after_the_last_row_are_refused() {
    let longer = with_entry(&package(), PART, |part| part.push(0));
    assert!(matches!(
        row_error(longer).problem,
        RowProblem::Truncated {
            wanted: 4,
            found: 1
        }
    ));
}

#[test]
fn a_length_beyond_the_column_is_refused() {
    let wrong = with_entry(&package(), PART, |part| part[4] = 12);
    assert!(matches!(
        row_error(wrong).problem,
        RowProblem::TooLong {
            limit: 10,
            found: 12
        }
    ));
}

#[test]
fn text_of_half_a_unit_is_refused() {
    let wrong = with_entry(&package(), PART, |part| part[4] = 5);
    assert!(matches!(
        row_error(wrong).problem,
        RowProblem::OddTextLength { found: 5 }
    ));
}

/// What a single value of a column gives.
fn decode(column: Column, bytes: &[u8]) -> Result<Value, RowProblem> {
    let table = Table::new(TableName::new("dbo", "T"), vec![column]);
    let mut rows = RowDecoder::new(&table, "part", bytes);
    let row = rows.next().unwrap();
    row.map(|mut row| row.remove(0))
        .map_err(|error| error.problem)
}

#[test]
fn a_prefix_that_differs_from_the_types_width_is_refused() {
    for column_type in [
        ColumnType::Int,
        ColumnType::Bit,
        ColumnType::UniqueIdentifier,
        ColumnType::Decimal {
            precision: 9,
            scale: 2,
        },
        ColumnType::DateTime,
    ] {
        let refused = decode(Column::nullable("C", column_type), &[3; 40]);
        assert!(matches!(
            refused,
            Err(RowProblem::WrongLength { found: 3, .. })
        ));
    }
}

#[test]
fn null_in_a_column_that_refuses_it_is_refused() {
    for (column_type, bytes) in [
        (ColumnType::Bit, &[0xff][..]),
        (ColumnType::NVarChar(Length::Limited(5)), &[0xff, 0xff]),
        (ColumnType::NVarChar(Length::Max), &[0xff; 8]),
    ] {
        let refused = decode(Column::not_null("C", column_type), bytes);
        assert!(matches!(refused, Err(RowProblem::UnexpectedNull)));
    }
}

#[test]
fn values_that_their_type_cannot_hold_are_refused() {
    let refused = decode(Column::not_null("C", ColumnType::Bit), &[1, 2]);
    assert!(matches!(refused, Err(RowProblem::InvalidBit { found: 2 })));
    for (column_type, bytes) in [
        (ColumnType::Date, &[0xff, 0xff, 0xff][..]),
        (ColumnType::Time { scale: 7 }, &[0xff; 5]),
        (ColumnType::DateTime2 { scale: 7 }, &[0xff; 8]),
        (
            ColumnType::DateTimeOffset { scale: 7 },
            &[0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0x7f],
        ),
        (ColumnType::DateTime, &[0, 0, 0, 0, 0, 0x82, 0x8b, 0x01]),
        (ColumnType::SmallDateTime, &[0, 0, 0xa0, 0x05]),
    ] {
        let refused = decode(Column::not_null("C", column_type.clone()), bytes);
        assert!(
            matches!(refused, Err(RowProblem::OutOfRangeTime)),
            "{column_type}"
        );
    }
}

#[test]
fn a_decimal_unlike_its_column_is_refused() {
    let column = || {
        Column::not_null(
            "C",
            ColumnType::Decimal {
                precision: 3,
                scale: 1,
            },
        )
    };
    let bytes = |precision, scale, sign, magnitude: u16| {
        let mut bytes = vec![19, precision, scale, sign];
        bytes.extend_from_slice(&magnitude.to_le_bytes());
        bytes.resize(20, 0);
        bytes
    };
    let sound = decode(column(), &bytes(3, 1, 1, 999)).unwrap();
    assert_eq!(sound, Value::Decimal(Decimal::parse("99.9", 3, 1).unwrap()));
    for wrong in [
        bytes(4, 1, 1, 0),
        bytes(3, 2, 1, 0),
        bytes(3, 1, 2, 0),
        bytes(3, 1, 1, 1000),
    ] {
        assert!(matches!(
            decode(column(), &wrong),
            Err(RowProblem::InvalidDecimal { .. })
        ));
    }
}

#[test]
fn a_huge_declared_length_without_the_bytes_is_refused_at_once() {
    let column = Column::not_null("C", ColumnType::VarBinary(Length::Max));
    let mut bytes = 0x7fff_ffff_u64.to_le_bytes().to_vec();
    bytes.push(1);
    let refused = decode(column, &bytes);
    assert!(matches!(
        refused,
        Err(RowProblem::Truncated {
            wanted: 0x7fff_ffff,
            found: 1
        })
    ));
}

#[test]
fn a_type_whose_bytes_are_unknown_is_refused_by_name() {
    let column = Column::nullable("C", ColumnType::Unsupported("json".to_owned()));
    match decode(column, &[0]) {
        Err(RowProblem::UnsupportedType { column_type }) => assert_eq!(column_type, "json"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn data_for_a_table_without_stored_columns_is_refused() {
    let table = Table::new(TableName::new("dbo", "T"), Vec::new());
    let mut rows = RowDecoder::new(&table, "part", &[0_u8][..]);
    assert!(matches!(
        rows.next(),
        Some(Err(RowError {
            problem: RowProblem::NoColumns,
            ..
        }))
    ));
    assert!(rows.next().is_none());
}
