//! Reads `model.xml` into [`Model`]: tables with their columns, keys, indexes, defaults and
//! foreign keys. Everything else in the file is passed over.

use std::collections::HashMap;
use std::io::BufRead;

use crate::column_type::TypeFacts;
use crate::name::split_bracketed;
use crate::package::element::{Element, Entry, each_child, read_element};
use crate::xml::{XmlError, XmlReader};
use crate::{
    Column, ColumnType, DefaultConstraint, ForeignKey, Identity, Index, KeyColumn, Model,
    PrimaryKey, ReferentialAction, Table, TableName,
};

const PROVIDER_PREFIX: &str = "Microsoft.Data.Tools.Schema.Sql.";
const PROVIDER_SUFFIX: &str = "DatabaseSchemaProvider";

/// Reads the model to the last byte of its part.
pub(crate) fn read_model<R: BufRead>(source: R) -> Result<Model, XmlError> {
    let mut xml = XmlReader::new(source);
    let root = xml.root("DataSchemaModel")?;
    let provider = root.attribute("DspName").unwrap_or_default();
    let provider = provider.strip_prefix(PROVIDER_PREFIX).unwrap_or(provider);
    let provider = provider.strip_suffix(PROVIDER_SUFFIX).unwrap_or(provider);
    let provider = provider.to_owned();
    let schema_version = root
        .attribute("SchemaVersion")
        .unwrap_or_default()
        .to_owned();
    let mut gathered = Gathered::default();
    each_child(&mut xml, |xml, child| {
        if child.name != "Model" {
            return xml.skip();
        }
        each_child(xml, |xml, child| {
            let element_type = child.attribute("Type").unwrap_or_default();
            if child.name != "Element" || !Gathered::wants(element_type) {
                return xml.skip();
            }
            let element = read_element(xml, child)?;
            gathered.take(&element)
        })
    })?;
    xml.finish()?;
    Ok(Model {
        provider,
        schema_version,
        collation: gathered.collation.take(),
        tables: gathered.into_tables()?,
    })
}

/// What the elements said so far; they refer to each other in any order.
#[derive(Default)]
struct Gathered {
    collation: Option<String>,
    tables: Vec<DraftTable>,
    aliases: HashMap<Vec<String>, TypeReference>,
    primary_keys: Vec<(Vec<String>, PrimaryKey)>,
    indexes: Vec<(Vec<String>, Index)>,
    defaults: Vec<(Vec<String>, DefaultConstraint)>,
    foreign_keys: Vec<(Vec<String>, ForeignKey)>,
}

struct DraftTable {
    name: TableName,
    columns: Vec<DraftColumn>,
}

struct DraftColumn {
    column: Column,
    type_reference: TypeReference,
}

/// A type by name, before alias types are resolved.
struct TypeReference {
    path: Vec<String>,
    is_built_in: bool,
    facts: TypeFacts,
}

impl Gathered {
    fn wants(element_type: &str) -> bool {
        matches!(
            element_type,
            "SqlDatabaseOptions"
                | "SqlTable"
                | "SqlUserDefinedDataType"
                | "SqlPrimaryKeyConstraint"
                | "SqlIndex"
                | "SqlDefaultConstraint"
                | "SqlForeignKeyConstraint"
        )
    }

    fn take(&mut self, element: &Element) -> Result<(), XmlError> {
        match element.kind.as_str() {
            "SqlDatabaseOptions" => {
                self.collation = element.property("Collation").map(str::to_owned);
            }
            "SqlTable" => self.tables.push(draft_table(element)?),
            "SqlUserDefinedDataType" => {
                let path = element.path().ok_or_else(|| nameless(element))?;
                self.aliases.insert(path, type_reference(element)?);
            }
            "SqlPrimaryKeyConstraint" => {
                if let Some(table) = element.reference("DefiningTable") {
                    self.primary_keys.push((table, primary_key(element)));
                }
            }
            "SqlIndex" => {
                if let Some(table) = element.reference("IndexedObject") {
                    self.indexes.push((table, index(element)));
                }
            }
            "SqlDefaultConstraint" => {
                let column = element.reference("ForColumn").and_then(last);
                if let Some((table, column)) = element.reference("DefiningTable").zip(column) {
                    self.defaults
                        .push((table, default_constraint(element, column)));
                }
            }
            "SqlForeignKeyConstraint" => {
                let foreign_table = element.reference("ForeignTable").and_then(table_name);
                if let Some((table, foreign_table)) =
                    element.reference("DefiningTable").zip(foreign_table)
                {
                    self.foreign_keys
                        .push((table, foreign_key(element, foreign_table)));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn into_tables(self) -> Result<Vec<Table>, XmlError> {
        let mut tables = Vec::with_capacity(self.tables.len());
        let mut positions = HashMap::new();
        for (position, draft) in self.tables.into_iter().enumerate() {
            let path = vec![draft.name.schema.clone(), draft.name.name.clone()];
            let columns = draft
                .columns
                .into_iter()
                .map(|column| resolve(column, &self.aliases))
                .collect::<Result<_, _>>()?;
            if positions.insert(path, position).is_some() {
                return Err(unexpected(format!("table {} occurs twice", draft.name)));
            }
            tables.push(Table::new(draft.name, columns));
        }
        // Constraints of anything but a table (table types, views) are of no use here.
        for (path, primary_key) in self.primary_keys {
            if let Some(position) = positions.get(&path) {
                tables[*position].primary_key = Some(primary_key);
            }
        }
        for (path, index) in self.indexes {
            if let Some(position) = positions.get(&path) {
                tables[*position].indexes.push(index);
            }
        }
        for (path, default) in self.defaults {
            if let Some(position) = positions.get(&path) {
                tables[*position].defaults.push(default);
            }
        }
        for (path, foreign_key) in self.foreign_keys {
            if let Some(position) = positions.get(&path) {
                tables[*position].foreign_keys.push(foreign_key);
            }
        }
        Ok(tables)
    }
}

fn draft_table(element: &Element) -> Result<DraftTable, XmlError> {
    let name = element
        .path()
        .and_then(table_name)
        .ok_or_else(|| nameless(element))?;
    let columns = element
        .owned("Columns")
        // Computed columns are never part of a row's data.
        .filter(|column| column.kind != "SqlComputedColumn")
        .map(|column| draft_column(&name, column))
        .collect::<Result<_, _>>()?;
    Ok(DraftTable { name, columns })
}

fn draft_column(table: &TableName, element: &Element) -> Result<DraftColumn, XmlError> {
    let name = element
        .path()
        .and_then(last)
        .ok_or_else(|| nameless(element))?;
    if element.kind != "SqlSimpleColumn" {
        return Err(unexpected(format!(
            "column `{name}` of table {table} is of the unknown kind `{}`",
            element.kind
        )));
    }
    let specifier = element
        .owned("TypeSpecifier")
        .next()
        .ok_or_else(|| unexpected(format!("column `{name}` of table {table} has no type")))?;
    let type_reference = if specifier.kind == "SqlXmlTypeSpecifier" {
        TypeReference {
            path: vec!["xml".to_owned()],
            is_built_in: true,
            facts: TypeFacts::default(),
        }
    } else {
        type_reference(specifier)?
    };
    let number = |property: &str| match element.property(property) {
        None => Ok(1),
        Some(text) => text.parse::<i128>().map_err(|_| {
            unexpected(format!(
                "`{property}` of column `{name}` of table {table} is not a whole number"
            ))
        }),
    };
    let identity = if element.flag("IsIdentity") == Some(true) {
        Some(Identity {
            seed: number("IdentitySeed")?,
            increment: number("IdentityIncrement")?,
        })
    } else {
        None
    };
    Ok(DraftColumn {
        column: Column {
            name,
            column_type: ColumnType::Unsupported(String::new()),
            nullable: element.flag("IsNullable") != Some(false),
            identity,
            collation: element.property("Collation").map(str::to_owned),
        },
        type_reference,
    })
}

fn type_reference(element: &Element) -> Result<TypeReference, XmlError> {
    let reference = element
        .entries("Type")
        .iter()
        .find_map(|entry| match entry {
            Entry::Reference { path, is_built_in } => Some((split_bracketed(path)?, *is_built_in)),
            Entry::Owned(_) => None,
        });
    let (path, is_built_in) =
        reference.ok_or_else(|| unexpected("a type specifier names no type".to_owned()))?;
    Ok(TypeReference {
        path,
        is_built_in,
        facts: TypeFacts {
            length: small_number(element, "Length")?,
            is_max: element.flag("IsMax") == Some(true),
            precision: small_number(element, "Precision")?,
            scale: small_number(element, "Scale")?,
        },
    })
}

fn small_number<N: std::str::FromStr>(
    element: &Element,
    property: &str,
) -> Result<Option<N>, XmlError> {
    element
        .property(property)
        .map(|text| {
            text.parse()
                .map_err(|_| unexpected(format!("the {property} `{text}` of a type is impossible")))
        })
        .transpose()
}

/// Settles a column's type; an alias type stands for its base, but never for its nullability.
fn resolve(
    draft: DraftColumn,
    aliases: &HashMap<Vec<String>, TypeReference>,
) -> Result<Column, XmlError> {
    let mut column = draft.column;
    let reference = if draft.type_reference.is_built_in {
        &draft.type_reference
    } else {
        let Some(base) = aliases.get(&draft.type_reference.path) else {
            // A CLR type of the database's own: nobody can read its rows, but the model is fine.
            column.column_type = ColumnType::Unsupported(draft.type_reference.path.join("."));
            return Ok(column);
        };
        base
    };
    let name = reference.path.join(".");
    column.column_type = ColumnType::from_model(&name, &reference.facts).ok_or_else(|| {
        unexpected(format!(
            "the type `{name}` of column `{}` has an impossible length, precision or scale",
            column.name
        ))
    })?;
    Ok(column)
}

fn primary_key(element: &Element) -> PrimaryKey {
    PrimaryKey {
        name: own_name(element),
        columns: key_columns(element),
        clustered: element.flag("IsClustered") != Some(false),
    }
}

fn index(element: &Element) -> Index {
    Index {
        name: own_name(element),
        columns: key_columns(element),
        included_columns: element
            .references("IncludedColumns")
            .filter_map(last)
            .collect(),
        unique: element.flag("IsUnique") == Some(true),
        clustered: element.flag("IsClustered") == Some(true),
        filter: element.property("FilterPredicate").map(str::to_owned),
    }
}

fn default_constraint(element: &Element, column: String) -> DefaultConstraint {
    DefaultConstraint {
        name: own_name(element),
        column,
        expression: element
            .property("DefaultExpressionScript")
            .unwrap_or_default()
            .to_owned(),
    }
}

fn foreign_key(element: &Element, foreign_table: TableName) -> ForeignKey {
    let action = |property| {
        element
            .property(property)
            .and_then(ReferentialAction::from_number)
            .unwrap_or_default()
    };
    ForeignKey {
        name: own_name(element),
        columns: element.references("Columns").filter_map(last).collect(),
        foreign_table,
        foreign_columns: element
            .references("ForeignColumns")
            .filter_map(last)
            .collect(),
        on_delete: action("OnDeleteAction"),
        on_update: action("OnUpdateAction"),
    }
}

fn key_columns(element: &Element) -> Vec<KeyColumn> {
    element
        .owned("ColumnSpecifications")
        .filter_map(|specification| {
            Some(KeyColumn {
                column: specification.reference("Column").and_then(last)?,
                descending: specification.flag("IsAscending") == Some(false),
            })
        })
        .collect()
}

/// The last part of an element's name; empty when it has none.
fn own_name(element: &Element) -> String {
    element.path().and_then(last).unwrap_or_default()
}

fn last(mut path: Vec<String>) -> Option<String> {
    path.pop()
}

fn table_name(path: Vec<String>) -> Option<TableName> {
    let [schema, name] = <[String; 2]>::try_from(path).ok()?;
    Some(TableName { schema, name })
}

fn nameless(element: &Element) -> XmlError {
    unexpected(format!(
        "an element of type `{}` has no proper name",
        element.kind
    ))
}

fn unexpected(what: String) -> XmlError {
    XmlError::Unexpected { what }
}
