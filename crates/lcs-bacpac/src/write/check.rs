//! Checks a schema before anything is written, so that a server does not refuse it at the other
//! end. Expressions and filters are not looked into.

use std::collections::{HashMap, HashSet};

use crate::write::SchemaError;
use crate::write::xml_text::is_xml_text;
use crate::{Column, ColumnType, ForeignKey, Length, Table, TableName};

/// The longest name that SQL Server takes, in characters.
const MAX_NAME: usize = 128;

pub(crate) fn check_schema(database_name: &str, tables: &[Table]) -> Result<(), SchemaError> {
    check_name(database_name, || "a database".to_owned())?;
    let mut folders: HashMap<String, &TableName> = HashMap::new();
    let mut names = Names::default();
    for table in tables {
        check_name(&table.name.schema, || "a schema".to_owned())?;
        check_name(&table.name.name, || "a table".to_owned())?;
        names.take(&table.name.schema, &table.name.name, || {
            format!("table {}", table.name)
        })?;
        let folder = table.name.plain().to_lowercase();
        if let Some(first) = folders.insert(folder, &table.name) {
            return Err(SchemaError::SameFolder {
                first: first.clone(),
                second: table.name.clone(),
            });
        }
    }
    for table in tables {
        check_columns(table)?;
        check_keys(table, &mut names)?;
        for foreign_key in &table.foreign_keys {
            check_constraint(table, &foreign_key.name, &mut names)?;
            check_foreign_key(table, foreign_key, tables)?;
        }
    }
    Ok(())
}

/// Names taken in each schema; tables and constraints share them, and case does not matter.
#[derive(Default)]
struct Names(HashSet<(String, String)>);

impl Names {
    fn take(
        &mut self,
        schema: &str,
        name: &str,
        what: impl FnOnce() -> String,
    ) -> Result<(), SchemaError> {
        if self.0.insert((schema.to_lowercase(), name.to_lowercase())) {
            Ok(())
        } else {
            Err(SchemaError::Duplicate { what: what() })
        }
    }
}

fn check_name(name: &str, what: impl FnOnce() -> String) -> Result<(), SchemaError> {
    let is_sound = !name.is_empty()
        && name.encode_utf16().count() <= MAX_NAME
        && is_xml_text(name)
        && !name.chars().any(char::is_control);
    if is_sound {
        Ok(())
    } else {
        Err(SchemaError::Name {
            name: name.to_owned(),
            what: what(),
        })
    }
}

fn check_columns(table: &Table) -> Result<(), SchemaError> {
    if table.columns.is_empty() {
        return Err(SchemaError::NoColumns {
            table: table.name.clone(),
        });
    }
    let mut names = HashSet::new();
    let mut identities = 0;
    for column in &table.columns {
        check_name(&column.name, || format!("a column of table {}", table.name))?;
        if !names.insert(column.name.to_lowercase()) {
            return Err(SchemaError::Duplicate {
                what: format!("column `{}` of table {}", column.name, table.name),
            });
        }
        if let Some(collation) = &column.collation {
            check_name(collation, || format!("a collation in table {}", table.name))?;
        }
        if !is_writable(&column.column_type) {
            return Err(SchemaError::ColumnType {
                table: table.name.clone(),
                column: column.name.clone(),
                column_type: column.column_type.clone(),
            });
        }
        if let Some(identity) = column.identity {
            identities += 1;
            if !takes_identity(column) || identity.increment == 0 || identities > 1 {
                return Err(SchemaError::Identity {
                    table: table.name.clone(),
                    column: column.name.clone(),
                });
            }
        }
    }
    Ok(())
}

fn is_writable(column_type: &ColumnType) -> bool {
    match column_type {
        ColumnType::SqlVariant | ColumnType::Unsupported(_) => false,
        other => other.is_declarable(),
    }
}

fn takes_identity(column: &Column) -> bool {
    !column.nullable
        && matches!(
            column.column_type,
            ColumnType::TinyInt
                | ColumnType::SmallInt
                | ColumnType::Int
                | ColumnType::BigInt
                | ColumnType::Decimal { scale: 0, .. }
                | ColumnType::Numeric { scale: 0, .. }
        )
}

fn check_keys(table: &Table, names: &mut Names) -> Result<(), SchemaError> {
    let mut clustered = 0;
    if let Some(key) = &table.primary_key {
        check_constraint(table, &key.name, names)?;
        clustered += usize::from(key.clustered);
        let columns = key.columns.iter().map(|key| &key.column);
        for column in key_columns(table, &key.name, table, columns)? {
            if column.nullable {
                return Err(SchemaError::NullableKey {
                    table: table.name.clone(),
                    column: column.name.clone(),
                });
            }
        }
    }
    let mut index_names = HashSet::new();
    for index in &table.indexes {
        check_name(&index.name, || format!("an index of table {}", table.name))?;
        if !index_names.insert(index.name.to_lowercase()) {
            return Err(SchemaError::Duplicate {
                what: format!("index `{}` of table {}", index.name, table.name),
            });
        }
        clustered += usize::from(index.clustered);
        let keys = index.columns.iter().map(|key| &key.column);
        key_columns(table, &index.name, table, keys)?;
        if !index.included_columns.is_empty() {
            named_columns(table, &index.name, table, index.included_columns.iter())?;
        }
        if let Some(filter) = &index.filter {
            check_script(filter, &index.name)?;
        }
    }
    if clustered > 1 {
        return Err(SchemaError::SeveralClustered {
            table: table.name.clone(),
        });
    }
    for default in &table.defaults {
        check_constraint(table, &default.name, names)?;
        named_columns(
            table,
            &default.name,
            table,
            std::iter::once(&default.column),
        )?;
        check_script(&default.expression, &default.name)?;
    }
    Ok(())
}

fn check_script(script: &str, owner: &str) -> Result<(), SchemaError> {
    if !script.trim().is_empty() && is_xml_text(script) {
        Ok(())
    } else {
        Err(SchemaError::Name {
            name: script.to_owned(),
            what: format!("the expression of `{owner}`"),
        })
    }
}

fn check_constraint(table: &Table, name: &str, names: &mut Names) -> Result<(), SchemaError> {
    check_name(name, || format!("a constraint of table {}", table.name))?;
    names.take(&table.name.schema, name, || {
        format!("constraint `{name}` in schema `{}`", table.name.schema)
    })
}

fn check_foreign_key(
    table: &Table,
    foreign_key: &ForeignKey,
    tables: &[Table],
) -> Result<(), SchemaError> {
    let misfit = || SchemaError::ForeignKey {
        table: table.name.clone(),
        foreign_key: foreign_key.name.clone(),
        foreign_table: foreign_key.foreign_table.clone(),
    };
    let foreign_table = tables
        .iter()
        .find(|candidate| candidate.name == foreign_key.foreign_table)
        .ok_or_else(misfit)?;
    if foreign_key.columns.len() != foreign_key.foreign_columns.len() {
        return Err(misfit());
    }
    key_columns(table, &foreign_key.name, table, foreign_key.columns.iter())?;
    let foreign_columns = foreign_key.foreign_columns.iter();
    key_columns(table, &foreign_key.name, foreign_table, foreign_columns)?;
    Ok(())
}

/// Finds the columns a key or index names, each of a type that can be one.
fn key_columns<'t, 'n>(
    table: &Table,
    constraint: &str,
    owner: &'t Table,
    names: impl Iterator<Item = &'n String>,
) -> Result<Vec<&'t Column>, SchemaError> {
    let columns = named_columns(table, constraint, owner, names)?;
    for column in &columns {
        if !is_key_type(&column.column_type) {
            return Err(SchemaError::KeyType {
                table: table.name.clone(),
                constraint: constraint.to_owned(),
                column: column.name.clone(),
            });
        }
    }
    Ok(columns)
}

fn is_key_type(column_type: &ColumnType) -> bool {
    !matches!(
        column_type,
        ColumnType::VarChar(Length::Max)
            | ColumnType::NVarChar(Length::Max)
            | ColumnType::VarBinary(Length::Max)
            | ColumnType::Text
            | ColumnType::NText
            | ColumnType::Image
            | ColumnType::Xml
            | ColumnType::Geography
            | ColumnType::Geometry
    )
}

/// Finds the columns a constraint names: at least one, each existing, none twice.
fn named_columns<'t, 'n>(
    table: &Table,
    constraint: &str,
    owner: &'t Table,
    names: impl Iterator<Item = &'n String>,
) -> Result<Vec<&'t Column>, SchemaError> {
    let no_such_column = |column: &str| SchemaError::NoSuchColumn {
        table: table.name.clone(),
        constraint: constraint.to_owned(),
        column: column.to_owned(),
    };
    let mut columns: Vec<&Column> = Vec::new();
    for name in names {
        let column = owner.column(name).ok_or_else(|| no_such_column(name))?;
        if columns.iter().any(|earlier| earlier.name == column.name) {
            return Err(no_such_column(name));
        }
        columns.push(column);
    }
    if columns.is_empty() {
        return Err(no_such_column(""));
    }
    Ok(columns)
}
