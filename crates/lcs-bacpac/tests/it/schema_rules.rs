//! What the writer refuses before a server would.

use std::error::Error;
use std::io::Cursor;

use jiff::civil::{date, time};
use lcs_bacpac::{
    Column, ColumnType, Decimal, DefaultConstraint, EncodeError, ForeignKey, Identity, KeyColumn,
    Length, PackageWriter, PrimaryKey, ReferentialAction, SchemaError, Table, TableName, Value,
    ValueProblem, WriteError,
};

use crate::archives::facts;

type Writer = PackageWriter<Cursor<Vec<u8>>>;

fn writer(tables: Vec<Table>) -> Result<Writer, WriteError> {
    PackageWriter::new(Cursor::new(Vec::new()), "Test", tables)
}

fn refusal(tables: Vec<Table>) -> SchemaError {
    match writer(tables) {
        Err(WriteError::Schema { source }) => *source,
        other => panic!("{other:?}"),
    }
}

fn table(name: &str, columns: Vec<Column>) -> Table {
    Table::new(TableName::new("dbo", name), columns)
}

fn id() -> Column {
    Column::not_null("Id", ColumnType::Int)
}

fn primary_key(columns: &[&str]) -> PrimaryKey {
    PrimaryKey {
        name: "PK".to_owned(),
        columns: columns.iter().copied().map(KeyColumn::ascending).collect(),
        clustered: true,
    }
}

#[test]
fn types_that_cannot_be_declared_or_written_are_refused() {
    for column_type in [
        ColumnType::SqlVariant,
        ColumnType::Unsupported("json".to_owned()),
        ColumnType::Unsupported("vector".to_owned()),
        ColumnType::Decimal {
            precision: 39,
            scale: 0,
        },
        ColumnType::Numeric {
            precision: 5,
            scale: 6,
        },
        ColumnType::NVarChar(Length::Limited(4001)),
        ColumnType::NVarChar(Length::Limited(0)),
        ColumnType::VarBinary(Length::Limited(8001)),
        ColumnType::DateTime2 { scale: 8 },
        ColumnType::Char(0),
    ] {
        let refused = refusal(vec![table(
            "T",
            vec![Column::nullable("C", column_type.clone())],
        )]);
        assert!(
            matches!(refused, SchemaError::ColumnType { .. }),
            "{column_type}: {refused}"
        );
    }
}

#[test]
fn names_that_a_server_refuses_are_refused() {
    for name in ["", &"x".repeat(129), "tab\tstop", "null\0"] {
        let refused = refusal(vec![table(name, vec![id()])]);
        assert!(matches!(refused, SchemaError::Name { .. }), "{name:?}");
    }
}

#[test]
fn names_that_differ_by_case_alone_are_duplicates() {
    let tables = refusal(vec![table("Cust", vec![id()]), table("CUST", vec![id()])]);
    assert!(matches!(tables, SchemaError::Duplicate { .. }));
    let columns = vec![id(), Column::nullable("ID", ColumnType::Int)];
    assert!(matches!(
        refusal(vec![table("T", columns)]),
        SchemaError::Duplicate { .. }
    ));
}

#[test]
fn a_constraint_cannot_share_its_name_with_a_table() {
    let mut clashing = table("T", vec![id()]);
    clashing.primary_key = Some(primary_key(&["Id"]));
    let refused = refusal(vec![clashing, table("pk", vec![id()])]);
    assert!(matches!(refused, SchemaError::Duplicate { .. }));
}

#[test]
fn tables_whose_rows_would_share_a_folder_are_refused() {
    let first = Table::new(TableName::new("a.b", "c"), vec![id()]);
    let second = Table::new(TableName::new("a", "b.c"), vec![id()]);
    assert!(matches!(
        refusal(vec![first, second]),
        SchemaError::SameFolder { .. }
    ));
}

#[test]
fn a_table_needs_columns() {
    assert!(matches!(
        refusal(vec![table("T", Vec::new())]),
        SchemaError::NoColumns { .. }
    ));
}

#[test]
fn keys_and_constraints_name_columns_that_exist() {
    let mut keyed = table("T", vec![id()]);
    keyed.primary_key = Some(primary_key(&["Nope"]));
    assert!(matches!(
        refusal(vec![keyed.clone()]),
        SchemaError::NoSuchColumn { .. }
    ));
    keyed.primary_key = Some(primary_key(&[]));
    assert!(matches!(
        refusal(vec![keyed.clone()]),
        SchemaError::NoSuchColumn { .. }
    ));
    keyed.primary_key = Some(primary_key(&["Id", "Id"]));
    assert!(matches!(
        refusal(vec![keyed]),
        SchemaError::NoSuchColumn { .. }
    ));
    let mut defaulted = table("T", vec![id()]);
    defaulted.defaults.push(DefaultConstraint {
        name: "DF".to_owned(),
        column: "Nope".to_owned(),
        expression: "((0))".to_owned(),
    });
    assert!(matches!(
        refusal(vec![defaulted]),
        SchemaError::NoSuchColumn { .. }
    ));
}

#[test]
fn a_key_covers_no_column_without_bound() {
    let text = ColumnType::NVarChar(Length::Max);
    let mut keyed = table("T", vec![Column::not_null("Id", text)]);
    keyed.primary_key = Some(primary_key(&["Id"]));
    assert!(matches!(refusal(vec![keyed]), SchemaError::KeyType { .. }));
}

#[test]
fn a_primary_key_covers_no_column_that_takes_null() {
    let mut keyed = table("T", vec![Column::nullable("Id", ColumnType::Int)]);
    keyed.primary_key = Some(primary_key(&["Id"]));
    assert!(matches!(
        refusal(vec![keyed]),
        SchemaError::NullableKey { .. }
    ));
}

#[test]
fn an_identity_column_is_a_whole_number_that_refuses_null() {
    for column in [
        Column::nullable("Id", ColumnType::Int),
        Column::not_null("Id", ColumnType::UniqueIdentifier),
    ] {
        let column = Column {
            identity: Some(Identity {
                seed: 1,
                increment: 1,
            }),
            ..column
        };
        let refused = refusal(vec![table("T", vec![column])]);
        assert!(matches!(refused, SchemaError::Identity { .. }));
    }
}

#[test]
fn a_foreign_key_needs_its_table_and_lists_of_equal_length() {
    let foreign_key = |foreign_table: &str, foreign_columns: Vec<String>| ForeignKey {
        name: "FK".to_owned(),
        columns: vec!["Id".to_owned()],
        foreign_table: TableName::new("dbo", foreign_table),
        foreign_columns,
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
    };
    for key in [
        foreign_key("Gone", vec!["Id".to_owned()]),
        foreign_key("T", Vec::new()),
    ] {
        let mut referring = table("T", vec![id()]);
        referring.foreign_keys.push(key);
        assert!(matches!(
            refusal(vec![referring]),
            SchemaError::ForeignKey { .. }
        ));
    }
}

/// Why a column refuses a value.
fn problem(column: Column, value: Value) -> ValueProblem {
    let mut writer = writer(vec![table("T", vec![column])]).unwrap();
    writer.begin_table(&TableName::new("dbo", "T")).unwrap();
    match writer.write_row(&[value]) {
        Err(WriteError::Row { row: 1, source, .. }) => match *source {
            EncodeError::Column { problem, .. } => problem,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_value_that_does_not_fit_its_column_is_refused() {
    let not_null = |column_type| Column::not_null("C", column_type);
    let short = ColumnType::NVarChar(Length::Limited(2));
    let refused = problem(not_null(short.clone()), Value::Text("abc".to_owned()));
    assert_eq!(refused, ValueProblem::TooLong { limit: 4, found: 6 });
    // A character beyond the basic plane counts twice, as on the server.
    let refused = problem(not_null(short), Value::Text("a😀".to_owned()));
    assert_eq!(refused, ValueProblem::TooLong { limit: 4, found: 6 });
    let refused = problem(not_null(ColumnType::Char(1)), Value::Text("ab".to_owned()));
    assert_eq!(refused, ValueProblem::TooLong { limit: 2, found: 4 });
    let refused = problem(not_null(ColumnType::Int), Value::Null);
    assert_eq!(refused, ValueProblem::UnexpectedNull);
    let refused = problem(not_null(ColumnType::Int), Value::BigInt(1));
    assert!(matches!(
        refused,
        ValueProblem::WrongKind {
            found: "bigint",
            ..
        }
    ));
    let refused = problem(not_null(ColumnType::Float), Value::Float(f64::NAN));
    assert_eq!(refused, ValueProblem::NotFinite);
    let decimal = Decimal::parse("1", 9, 2).unwrap();
    let wide = ColumnType::Numeric {
        precision: 32,
        scale: 6,
    };
    let refused = problem(not_null(wide), Value::Decimal(decimal));
    assert_eq!(
        refused,
        ValueProblem::DecimalShape {
            precision: 9,
            scale: 2
        }
    );
    let fine = Value::Time(time(1, 2, 3, 1_000_000));
    let refused = problem(not_null(ColumnType::Time { scale: 2 }), fine);
    assert_eq!(refused, ValueProblem::TooFineTime { scale: 2 });
    let early = Value::Date(date(0, 12, 31));
    let refused = problem(not_null(ColumnType::Date), early);
    assert_eq!(refused, ValueProblem::OutOfRangeDate);
}

#[test]
fn the_error_of_a_row_names_table_row_and_column() {
    let name = TableName::new("dbo", "T");
    let mut writer = writer(vec![table("T", vec![id()])]).unwrap();
    writer.begin_table(&name).unwrap();
    writer.write_row(&[Value::Int(1)]).unwrap();
    let error = writer.write_row(&[Value::Null]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "row 2 of table [dbo].[T] cannot be written"
    );
    let cause = error.source().unwrap();
    assert_eq!(cause.to_string(), "column `Id` cannot hold the value");
    assert_eq!(
        cause.source().unwrap().to_string(),
        "the column refuses NULL"
    );
}

#[test]
fn a_row_needs_a_value_for_each_column() {
    let mut writer = writer(vec![table("T", vec![id()])]).unwrap();
    writer.begin_table(&TableName::new("dbo", "T")).unwrap();
    match writer.write_row(&[]) {
        Err(WriteError::Row { source, .. }) => {
            assert_eq!(
                *source,
                EncodeError::ColumnCount {
                    expected: 1,
                    found: 0
                }
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refused_row_leaves_the_rows_before_and_after_whole() {
    let name = TableName::new("dbo", "T");
    let mut writer = writer(vec![table("T", vec![id(), id_named("Other")])]).unwrap();
    writer.begin_table(&name).unwrap();
    writer.write_row(&[Value::Int(1), Value::Int(2)]).unwrap();
    assert!(writer.write_row(&[Value::Int(3), Value::Null]).is_err());
    writer.write_row(&[Value::Int(5), Value::Int(6)]).unwrap();
    writer.end_table().unwrap();
    let (summary, package) = writer.finish(&facts()).unwrap();
    assert_eq!(summary.tables, [(name, 2)]);
    assert_eq!(lcs_bacpac::verify(package).unwrap().total_rows, 2);
}

fn id_named(name: &str) -> Column {
    Column::not_null(name, ColumnType::Int)
}

#[test]
fn tables_are_written_one_after_another_and_once() {
    let [first, second] = ["A", "B"].map(|name| TableName::new("dbo", name));
    let mut writer = writer(vec![table("A", vec![id()]), table("B", vec![id()])]).unwrap();
    assert!(matches!(
        writer.write_row(&[Value::Int(1)]),
        Err(WriteError::NoTableOpen)
    ));
    assert!(matches!(writer.end_table(), Err(WriteError::NoTableOpen)));
    writer.begin_table(&first).unwrap();
    assert!(matches!(
        writer.begin_table(&second),
        Err(WriteError::TableStillOpen { .. })
    ));
    writer.end_table().unwrap();
    assert!(matches!(
        writer.begin_table(&first),
        Err(WriteError::TableAlreadyWritten { .. })
    ));
    let gone = TableName::new("dbo", "Gone");
    assert!(matches!(
        writer.begin_table(&gone),
        Err(WriteError::NoSuchTable { .. })
    ));
    writer.begin_table(&second).unwrap();
    assert!(matches!(
        writer.finish(&facts()),
        Err(WriteError::TableStillOpen { .. })
    ));
}

#[test]
fn a_fact_that_xml_cannot_hold_is_refused() {
    let writer = writer(vec![table("T", vec![id()])]).unwrap();
    let mut facts = facts();
    facts.server_version = "\u{1}".to_owned();
    assert!(matches!(
        writer.finish(&facts),
        Err(WriteError::Fact {
            field: "server version"
        })
    ));
}
