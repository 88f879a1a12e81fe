//! Writes `model.xml`: tables, keys, indexes, defaults and foreign keys, everything named, at a
//! feature level that every importer since about 2014 reads.

use std::collections::BTreeMap;

use crate::name::bracketed;
use crate::write::xml_text::XmlText;
use crate::{
    Column, ColumnType, DefaultConstraint, ForeignKey, Index, KeyColumn, Length, PrimaryKey, Table,
    TableName,
};

pub(crate) const DAC_NAMESPACE: &str =
    "http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02";
pub(crate) const SCHEMA_VERSION: &str = "2.5";
const PROVIDER: &str = "Microsoft.Data.Tools.Schema.Sql.Sql150DatabaseSchemaProvider";
/// The collation of finance and operations databases.
const COLLATION: &str = "SQL_Latin1_General_CP1_CI_AS";
/// The only schema that needs no element of its own.
const BUILT_IN_SCHEMA: &str = "dbo";

/// One top-level element, to be sorted by name.
enum TopElement<'t> {
    Schema(&'t str),
    Table(&'t Table),
    PrimaryKey(&'t Table, &'t PrimaryKey),
    Index(&'t Table, &'t Index),
    Default(&'t Table, &'t DefaultConstraint),
    ForeignKey(&'t Table, &'t ForeignKey),
}

impl TopElement<'_> {
    fn path(&self) -> String {
        match self {
            Self::Schema(schema) => bracketed(&[schema]),
            Self::Table(table) => table_path(&table.name),
            Self::PrimaryKey(table, key) => bracketed(&[&table.name.schema, &key.name]),
            Self::Index(table, index) => column_path(&table.name, &index.name),
            Self::Default(table, default) => bracketed(&[&table.name.schema, &default.name]),
            Self::ForeignKey(table, key) => bracketed(&[&table.name.schema, &key.name]),
        }
    }
}

/// The text of `model.xml`.
pub(crate) fn model_xml(tables: &[Table]) -> String {
    let mut xml = XmlText::new("\t");
    xml.open(
        "DataSchemaModel",
        &[
            ("FileFormatVersion", "1.2"),
            ("SchemaVersion", SCHEMA_VERSION),
            ("DspName", PROVIDER),
            ("CollationLcid", "1033"),
            ("CollationCaseSensitive", "False"),
            ("xmlns", DAC_NAMESPACE),
        ],
    );
    xml.open("Model", &[]);
    database_options(&mut xml);
    let mut elements: Vec<(String, TopElement<'_>)> = top_elements(tables)
        .into_iter()
        .map(|element| (element.path(), element))
        .collect();
    elements.sort_by_cached_key(|(path, _)| (path.to_lowercase(), path.clone()));
    for (path, element) in &elements {
        match element {
            TopElement::Schema(_) => schema(&mut xml, path),
            TopElement::Table(table) => write_table(&mut xml, path, table),
            TopElement::PrimaryKey(table, key) => primary_key(&mut xml, path, table, key),
            TopElement::Index(table, key) => index(&mut xml, path, table, key),
            TopElement::Default(table, default) => default_value(&mut xml, path, table, default),
            TopElement::ForeignKey(table, key) => foreign_key(&mut xml, path, table, key),
        }
    }
    xml.finish()
}

/// How many objects of each kind the model holds, named as `Origin.xml` names them.
pub(crate) fn object_counts(tables: &[Table]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::from([("DatabaseOptions", 1)]);
    for element in top_elements(tables) {
        let kind = match element {
            TopElement::Schema(_) => "Schema",
            TopElement::Table(table) => {
                *counts.entry("SimpleColumn").or_insert(0) += table.columns.len();
                "Table"
            }
            TopElement::PrimaryKey(..) => "PrimaryKeyConstraint",
            TopElement::Index(..) => "Index",
            TopElement::Default(..) => "DefaultConstraint",
            TopElement::ForeignKey(..) => "ForeignKeyConstraint",
        };
        *counts.entry(kind).or_insert(0) += 1;
    }
    counts
}

fn top_elements(tables: &[Table]) -> Vec<TopElement<'_>> {
    let mut elements = Vec::new();
    let mut schemas: Vec<&str> = tables
        .iter()
        .map(|table| table.name.schema.as_str())
        .filter(|schema| *schema != BUILT_IN_SCHEMA)
        .collect();
    schemas.sort_unstable();
    schemas.dedup();
    elements.extend(schemas.into_iter().map(TopElement::Schema));
    for table in tables {
        elements.push(TopElement::Table(table));
        let key = table.primary_key.iter();
        elements.extend(key.map(|key| TopElement::PrimaryKey(table, key)));
        let indexes = table.indexes.iter();
        elements.extend(indexes.map(|index| TopElement::Index(table, index)));
        let defaults = table.defaults.iter();
        elements.extend(defaults.map(|default| TopElement::Default(table, default)));
        let keys = table.foreign_keys.iter();
        elements.extend(keys.map(|key| TopElement::ForeignKey(table, key)));
    }
    elements
}

fn database_options(xml: &mut XmlText) {
    xml.open("Element", &[("Type", "SqlDatabaseOptions")]);
    for (name, value) in [
        ("Collation", COLLATION),
        ("IsCursorDefaultScopeGlobal", "True"),
        ("IsTornPageProtectionOn", "False"),
        ("IsFullTextEnabled", "True"),
        ("TargetRecoveryTimePeriod", "60"),
    ] {
        property(xml, name, value);
    }
    built_in(xml, "DefaultFilegroup", "[PRIMARY]");
    xml.close();
}

fn schema(xml: &mut XmlText, path: &str) {
    xml.open("Element", &[("Type", "SqlSchema"), ("Name", path)]);
    built_in(xml, "Authorizer", "[dbo]");
    xml.close();
}

fn write_table(xml: &mut XmlText, path: &str, table: &Table) {
    xml.open("Element", &[("Type", "SqlTable"), ("Name", path)]);
    property(xml, "IsAnsiNullsOn", "True");
    xml.open("Relationship", &[("Name", "Columns")]);
    for column in &table.columns {
        xml.open("Entry", &[]);
        write_column(xml, &table.name, column);
        xml.close();
    }
    xml.close();
    let schema = bracketed(&[&table.name.schema]);
    if table.name.schema == BUILT_IN_SCHEMA {
        built_in(xml, "Schema", &schema);
    } else {
        references(xml, "Schema", &[schema]);
    }
    xml.close();
}

fn write_column(xml: &mut XmlText, table: &TableName, column: &Column) {
    let path = column_path(table, &column.name);
    xml.open("Element", &[("Type", "SqlSimpleColumn"), ("Name", &path)]);
    if let Some(collation) = &column.collation {
        property(xml, "Collation", collation);
    }
    if !column.nullable {
        property(xml, "IsNullable", "False");
    }
    if let Some(identity) = column.identity {
        property(xml, "IsIdentity", "True");
        for (name, number) in [
            ("IdentitySeed", identity.seed),
            ("IdentityIncrement", identity.increment),
        ] {
            if number != 1 {
                property(xml, name, &number.to_string());
            }
        }
    }
    xml.open("Relationship", &[("Name", "TypeSpecifier")]);
    xml.open("Entry", &[]);
    type_specifier(xml, &column.column_type);
    xml.close();
    xml.close();
    xml.close();
}

fn type_specifier(xml: &mut XmlText, column_type: &ColumnType) {
    let element_type = match column_type {
        ColumnType::Xml => "SqlXmlTypeSpecifier",
        _ => "SqlTypeSpecifier",
    };
    xml.open("Element", &[("Type", element_type)]);
    match column_type {
        ColumnType::Decimal { precision, scale } | ColumnType::Numeric { precision, scale } => {
            if *scale != 0 {
                property(xml, "Scale", &scale.to_string());
            }
            property(xml, "Precision", &precision.to_string());
        }
        ColumnType::Float => property(xml, "Precision", "53"),
        ColumnType::Time { scale }
        | ColumnType::DateTime2 { scale }
        | ColumnType::DateTimeOffset { scale } => property(xml, "Scale", &scale.to_string()),
        ColumnType::Char(length)
        | ColumnType::NChar(length)
        | ColumnType::Binary(length)
        | ColumnType::VarChar(Length::Limited(length))
        | ColumnType::NVarChar(Length::Limited(length))
        | ColumnType::VarBinary(Length::Limited(length)) => {
            property(xml, "Length", &length.to_string());
        }
        ColumnType::VarChar(Length::Max)
        | ColumnType::NVarChar(Length::Max)
        | ColumnType::VarBinary(Length::Max) => property(xml, "IsMax", "True"),
        // The other types have nothing to declare.
        _ => {}
    }
    built_in(xml, "Type", &column_type.model_path());
    xml.close();
}

fn primary_key(xml: &mut XmlText, path: &str, table: &Table, key: &PrimaryKey) {
    xml.open(
        "Element",
        &[("Type", "SqlPrimaryKeyConstraint"), ("Name", path)],
    );
    if !key.clustered {
        property(xml, "IsClustered", "False");
    }
    key_columns(xml, &table.name, &key.columns);
    references(xml, "DefiningTable", &[table_path(&table.name)]);
    xml.close();
}

fn index(xml: &mut XmlText, path: &str, table: &Table, index: &Index) {
    xml.open("Element", &[("Type", "SqlIndex"), ("Name", path)]);
    if index.unique {
        property(xml, "IsUnique", "True");
    }
    if index.clustered {
        property(xml, "IsClustered", "True");
    }
    if let Some(filter) = &index.filter {
        script(xml, "FilterPredicate", filter);
    }
    key_columns(xml, &table.name, &index.columns);
    if !index.included_columns.is_empty() {
        let included = column_paths(&table.name, &index.included_columns);
        references(xml, "IncludedColumns", &included);
    }
    references(xml, "IndexedObject", &[table_path(&table.name)]);
    xml.close();
}

fn default_value(xml: &mut XmlText, path: &str, table: &Table, default: &DefaultConstraint) {
    xml.open(
        "Element",
        &[("Type", "SqlDefaultConstraint"), ("Name", path)],
    );
    script(xml, "DefaultExpressionScript", &default.expression);
    references(xml, "DefiningTable", &[table_path(&table.name)]);
    references(
        xml,
        "ForColumn",
        &[column_path(&table.name, &default.column)],
    );
    xml.close();
}

fn foreign_key(xml: &mut XmlText, path: &str, table: &Table, key: &ForeignKey) {
    xml.open(
        "Element",
        &[("Type", "SqlForeignKeyConstraint"), ("Name", path)],
    );
    for (name, action) in [
        ("OnDeleteAction", key.on_delete),
        ("OnUpdateAction", key.on_update),
    ] {
        if let Some(number) = action.number() {
            property(xml, name, number);
        }
    }
    references(xml, "Columns", &column_paths(&table.name, &key.columns));
    references(xml, "DefiningTable", &[table_path(&table.name)]);
    let foreign_columns = column_paths(&key.foreign_table, &key.foreign_columns);
    references(xml, "ForeignColumns", &foreign_columns);
    references(xml, "ForeignTable", &[table_path(&key.foreign_table)]);
    xml.close();
}

fn key_columns(xml: &mut XmlText, table: &TableName, columns: &[KeyColumn]) {
    xml.open("Relationship", &[("Name", "ColumnSpecifications")]);
    for key in columns {
        xml.open("Entry", &[]);
        xml.open("Element", &[("Type", "SqlIndexedColumnSpecification")]);
        if key.descending {
            property(xml, "IsAscending", "False");
        }
        references(xml, "Column", &[column_path(table, &key.column)]);
        xml.close();
        xml.close();
    }
    xml.close();
}

fn property(xml: &mut XmlText, name: &str, value: &str) {
    xml.empty("Property", &[("Name", name), ("Value", value)]);
}

fn script(xml: &mut XmlText, name: &str, text: &str) {
    xml.open("Property", &[("Name", name)]);
    xml.script("Value", text);
    xml.close();
}

fn built_in(xml: &mut XmlText, relationship: &str, path: &str) {
    xml.open("Relationship", &[("Name", relationship)]);
    xml.open("Entry", &[]);
    xml.empty(
        "References",
        &[("ExternalSource", "BuiltIns"), ("Name", path)],
    );
    xml.close();
    xml.close();
}

fn references(xml: &mut XmlText, relationship: &str, paths: &[String]) {
    xml.open("Relationship", &[("Name", relationship)]);
    for path in paths {
        xml.open("Entry", &[]);
        xml.empty("References", &[("Name", path)]);
        xml.close();
    }
    xml.close();
}

fn table_path(table: &TableName) -> String {
    bracketed(&[&table.schema, &table.name])
}

fn column_path(table: &TableName, column: &str) -> String {
    bracketed(&[&table.schema, &table.name, column])
}

fn column_paths(table: &TableName, columns: &[String]) -> Vec<String> {
    columns
        .iter()
        .map(|column| column_path(table, column))
        .collect()
}
