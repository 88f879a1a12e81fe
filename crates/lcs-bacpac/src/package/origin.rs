//! The small XML parts: `Origin.xml`, `DacMetadata.xml`, `[Content_Types].xml`, `_rels/.rels`.

use std::io::BufRead;

use crate::package::element::each_child;
use crate::xml::{XmlError, XmlReader};

/// What `Origin.xml` says of where a package comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Origin {
    /// Whether the package says that it holds rows.
    pub contains_exported_data: bool,
    /// The version of the row data's form.
    pub data_stream_version: Option<String>,
    /// The export's own id.
    pub identity: Option<String>,
    /// When the export began, as written.
    pub start: Option<String>,
    /// The product that made the package.
    pub product_name: Option<String>,
    /// That product's version.
    pub product_version: Option<String>,
    /// The version text of the source server.
    pub server_version: Option<String>,
    /// Objects by kind.
    pub object_counts: Vec<(String, u64)>,
    /// The source database's size in KB.
    pub source_database_size_kb: Option<u64>,
    /// Rows over all tables, as stated; live databases are off by a few.
    pub stated_total_rows: Option<u64>,
    /// The SHA-256 of `model.xml`, as stated, in hexadecimal.
    pub model_sha256: Option<String>,
    /// The model's feature level.
    pub model_schema_version: Option<String>,
}

/// A relationship of `_rels/.rels`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageRelationship {
    /// What the target is, such as `table=Customer`.
    pub relationship_type: String,
    /// The part, with a leading slash.
    pub target: String,
}

pub(crate) fn read_origin<R: BufRead>(source: R) -> Result<Origin, XmlError> {
    let mut xml = XmlReader::new(source);
    xml.root("DacOrigin")?;
    let mut origin = Origin::default();
    each_child(&mut xml, |xml, section| match section.name.as_str() {
        "PackageProperties" => read_properties(xml, &mut origin),
        "Operation" => each_child(xml, |xml, field| {
            let text = Some(xml.text()?);
            match field.name.as_str() {
                "Identity" => origin.identity = text,
                "Start" => origin.start = text,
                "ProductName" => origin.product_name = text,
                "ProductVersion" => origin.product_version = text,
                _ => {}
            }
            Ok(())
        }),
        "Server" => each_child(xml, |xml, field| {
            match field.name.as_str() {
                "ServerVersion" => origin.server_version = Some(xml.text()?),
                "ObjectCounts" => each_child(xml, |xml, kind| {
                    let count = number(&xml.text()?, &kind.name)?;
                    origin.object_counts.push((kind.name.clone(), count));
                    Ok(())
                })?,
                _ => xml.skip()?,
            }
            Ok(())
        }),
        "ExportStatistics" => each_child(xml, |xml, field| {
            let text = xml.text()?;
            match field.name.as_str() {
                "SourceDatabaseSize" => {
                    origin.source_database_size_kb = Some(number(&text, &field.name)?);
                }
                "TableRowCountTotalTag" => {
                    origin.stated_total_rows = Some(number(&text, &field.name)?);
                }
                _ => {}
            }
            Ok(())
        }),
        "Checksums" => each_child(xml, |xml, checksum| {
            let text = xml.text()?;
            if checksum.attribute("Uri") == Some("/model.xml") {
                origin.model_sha256 = Some(text.trim().to_owned());
            }
            Ok(())
        }),
        "ModelSchemaVersion" => {
            origin.model_schema_version = Some(xml.text()?);
            Ok(())
        }
        _ => xml.skip(),
    })?;
    xml.finish()?;
    Ok(origin)
}

fn read_properties<R: BufRead>(
    xml: &mut XmlReader<R>,
    origin: &mut Origin,
) -> Result<(), XmlError> {
    each_child(xml, |xml, field| match field.name.as_str() {
        "ContainsExportedData" => {
            origin.contains_exported_data = xml.text()?.trim().eq_ignore_ascii_case("true");
            Ok(())
        }
        "StreamVersions" => each_child(xml, |xml, version| {
            let text = xml.text()?;
            if version.attribute("StreamName") == Some("Data") {
                origin.data_stream_version = Some(text.trim().to_owned());
            }
            Ok(())
        }),
        _ => xml.skip(),
    })
}

fn number(text: &str, field: &str) -> Result<u64, XmlError> {
    text.trim().parse().map_err(|_| XmlError::Unexpected {
        what: format!("`{field}` is `{text}`, which is not a whole number"),
    })
}

/// The application's name and version.
pub(crate) fn read_metadata<R: BufRead>(source: R) -> Result<(String, String), XmlError> {
    let mut xml = XmlReader::new(source);
    xml.root("DacType")?;
    let mut name = String::new();
    let mut version = String::new();
    each_child(&mut xml, |xml, field| {
        let text = xml.text()?;
        match field.name.as_str() {
            "Name" => name = text,
            "Version" => version = text,
            _ => {}
        }
        Ok(())
    })?;
    xml.finish()?;
    Ok((name, version))
}

/// Checks that the content types are in order; nothing in them is needed to read a package.
pub(crate) fn check_content_types<R: BufRead>(source: R) -> Result<(), XmlError> {
    let mut xml = XmlReader::new(source);
    xml.root("Types")?;
    xml.skip()?;
    xml.finish()
}

pub(crate) fn read_relationships<R: BufRead>(
    source: R,
) -> Result<Vec<PackageRelationship>, XmlError> {
    let mut xml = XmlReader::new(source);
    xml.root("Relationships")?;
    let mut relationships = Vec::new();
    each_child(&mut xml, |xml, child| {
        if let Some((relationship_type, target)) =
            child.attribute("Type").zip(child.attribute("Target"))
        {
            relationships.push(PackageRelationship {
                relationship_type: relationship_type.to_owned(),
                target: target.to_owned(),
            });
        }
        xml.skip()
    })?;
    xml.finish()?;
    Ok(relationships)
}
