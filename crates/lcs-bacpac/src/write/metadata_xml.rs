//! Writes the small XML parts: `Origin.xml`, `DacMetadata.xml`, `[Content_Types].xml` and
//! `_rels/.rels`.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::Offset;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Table;
use crate::TableName;
use crate::package::{DATA_STREAM_VERSION, hexadecimal};
use crate::write::WriteError;
use crate::write::model_xml::{DAC_NAMESPACE, SCHEMA_VERSION, object_counts};
use crate::write::xml_text::{BYTE_ORDER_MARK, DECLARATION, XmlText, escape, is_xml_text};

/// What only the caller knows of a package's origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginFacts {
    /// The export's own id.
    pub identity: Uuid,
    /// When the export began.
    pub start: Timestamp,
    /// The product that writes the package.
    pub product_name: String,
    /// Its version.
    pub product_version: String,
    /// The source server in its own words.
    pub server_version: String,
    /// The size of the source database in KB.
    pub source_database_size_kb: u64,
}

/// What the writer knows once the rows are written.
pub(crate) struct WrittenFacts<'w> {
    pub(crate) tables: &'w [Table],
    pub(crate) total_rows: u64,
    pub(crate) model_sha256: &'w str,
}

pub(crate) fn check_facts(facts: &OriginFacts) -> Result<(), WriteError> {
    for (field, text) in [
        ("product name", &facts.product_name),
        ("product version", &facts.product_version),
        ("server version", &facts.server_version),
    ] {
        if !is_xml_text(text) {
            return Err(WriteError::Fact { field });
        }
    }
    Ok(())
}

pub(crate) fn origin_xml(facts: &OriginFacts, written: &WrittenFacts<'_>) -> String {
    let mut xml = XmlText::new("  ");
    xml.open("DacOrigin", &[("xmlns", DAC_NAMESPACE)]);
    xml.open("PackageProperties", &[]);
    xml.leaf("Version", &[], "3.1.0.0");
    // A package is an export even where no table has rows.
    xml.leaf("ContainsExportedData", &[], "true");
    xml.open("StreamVersions", &[]);
    xml.leaf("Version", &[("StreamName", "Data")], DATA_STREAM_VERSION);
    xml.leaf(
        "Version",
        &[("StreamName", "DeploymentContributors")],
        "1.0.0.0",
    );
    xml.close();
    xml.close();
    xml.open("Operation", &[]);
    xml.leaf("Identity", &[], &facts.identity.hyphenated().to_string());
    xml.leaf("Start", &[], &moment(facts.start));
    // Exporters write this before they know the end, and importers expect nothing else.
    xml.leaf("End", &[], "0001-01-01T00:00:00.0000000");
    xml.leaf("ProductName", &[], &facts.product_name);
    xml.leaf("ProductVersion", &[], &facts.product_version);
    xml.leaf("ProductSchema", &[], DAC_NAMESPACE);
    xml.close();
    xml.open("Server", &[]);
    xml.leaf("ServerVersion", &[], &facts.server_version);
    xml.open("ObjectCounts", &[]);
    for (kind, count) in object_counts(written.tables) {
        xml.leaf(kind, &[], &count.to_string());
    }
    xml.close();
    xml.close();
    if !written.tables.is_empty() {
        xml.open("ExportStatistics", &[]);
        let size = facts.source_database_size_kb.to_string();
        xml.leaf("SourceDatabaseSize", &[], &size);
        xml.leaf(
            "TableRowCountTotalTag",
            &[],
            &written.total_rows.to_string(),
        );
        xml.close();
    }
    xml.open("Checksums", &[]);
    xml.leaf("Checksum", &[("Uri", "/model.xml")], written.model_sha256);
    xml.close();
    xml.leaf("ModelSchemaVersion", &[], SCHEMA_VERSION);
    format!("{BYTE_ORDER_MARK}{}", xml.finish())
}

/// A moment with seven decimals and its offset, which here is always that of UTC.
fn moment(timestamp: Timestamp) -> String {
    let moment = Offset::UTC.to_datetime(timestamp);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}+00:00",
        moment.year(),
        moment.month(),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second(),
        moment.subsec_nanosecond() / 100,
    )
}

pub(crate) fn metadata_xml(database_name: &str) -> String {
    let mut xml = XmlText::new("  ");
    xml.open("DacType", &[("xmlns", DAC_NAMESPACE)]);
    xml.leaf("Name", &[], database_name);
    xml.leaf("Version", &[], "0.0.0.0");
    format!("{BYTE_ORDER_MARK}{}", xml.finish())
}

pub(crate) fn content_types_xml(has_data: bool) -> String {
    let mut text = format!(
        "{BYTE_ORDER_MARK}{DECLARATION}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"xml\" ContentType=\"text/xml\" />"
    );
    if has_data {
        text.push_str(
            "<Default Extension=\"BCP\" ContentType=\"application/octet-stream\" />\
             <Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\" />",
        );
    }
    text.push_str("</Types>");
    text
}

/// Two relationships for each part of row data: its table's and its schema's.
pub(crate) fn relationships_xml<'t>(tables: impl Iterator<Item = &'t TableName>) -> String {
    let mut text = format!(
        "{BYTE_ORDER_MARK}{DECLARATION}<Relationships \
         xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    );
    for table in tables {
        let target = format!("/{}", part_name(table));
        for (kind, name) in [("table", &table.name), ("schema", &table.schema)] {
            // Any id will do if it is unique: this one stays the same for the same package.
            let digest = Sha256::digest(format!("{kind}={target}"));
            let id = hexadecimal(&digest[..8]).to_lowercase();
            text.push_str("<Relationship Type=\"");
            escape(&format!("{kind}={name}"), &mut text);
            text.push_str("\" Target=\"");
            escape(&target, &mut text);
            let _ = write!(text, "\" Id=\"R{id}\" />");
        }
    }
    text.push_str("</Relationships>");
    text
}

/// The part that holds all rows of a table.
pub(crate) fn part_name(table: &TableName) -> String {
    format!("Data/{}/TableData-000-00000.BCP", table.folder())
}
