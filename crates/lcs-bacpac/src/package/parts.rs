//! Finds the parts that hold rows and the tables they belong to.

use std::collections::HashMap;
use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::name::unescape;
use crate::package::OpenError;
use crate::{Model, Table, TableName};

/// One part of row data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub(crate) entry: usize,
    pub(crate) table: usize,
    name: String,
    partition: u32,
    sequence: u32,
    size_bytes: u64,
    compressed_bytes: u64,
}

impl Part {
    /// The part's name in the package.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The partition of the table that the part holds, or a piece of.
    pub fn partition(&self) -> u32 {
        self.partition
    }

    /// The piece of the partition.
    pub fn sequence(&self) -> u32 {
        self.sequence
    }

    /// The size of the row data, as the archive states it.
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// The size inside the archive.
    pub fn compressed_bytes(&self) -> u64 {
        self.compressed_bytes
    }
}

/// The parts of every table, and what lies under `Data/` without belonging to one.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// For each table of the model, its parts in the order of their rows.
    pub(crate) by_table: Vec<Vec<Part>>,
    pub(crate) unmatched: Vec<String>,
}

impl Parts {
    pub(crate) fn find<R: Read + Seek>(
        archive: &ZipArchive<R>,
        model: &Model,
    ) -> Result<Self, OpenError> {
        let folders = Folders::of(&model.tables);
        let mut parts = Self {
            by_table: vec![Vec::new(); model.tables.len()],
            unmatched: Vec::new(),
        };
        for entry in 0..archive.len() {
            let broken = |source: ZipError| OpenError::Part {
                entry: format!("entry {entry}"),
                source,
            };
            let data = archive.by_index_data(entry).map_err(broken)?;
            let name = data.name().map_err(broken)?.into_owned();
            if !name.starts_with("Data/") || data.is_dir() {
                continue;
            }
            let Some((folder, partition, sequence)) = split(&name) else {
                parts.unmatched.push(name);
                continue;
            };
            let Some(table) = folders.table(&folder, &model.tables)? else {
                parts.unmatched.push(name);
                continue;
            };
            parts.by_table[table].push(Part {
                entry,
                table,
                name,
                partition,
                sequence,
                size_bytes: data.size(),
                compressed_bytes: data.compressed_size(),
            });
        }
        for parts in &mut parts.by_table {
            parts.sort_by_key(|part| (part.partition, part.sequence));
        }
        Ok(parts)
    }
}

/// Tables by the plain form of their names. Names may hold dots, so two can look the same.
struct Folders {
    positions: HashMap<String, Vec<usize>>,
}

impl Folders {
    fn of(tables: &[Table]) -> Self {
        let mut positions: HashMap<String, Vec<usize>> = HashMap::new();
        for (position, table) in tables.iter().enumerate() {
            positions
                .entry(table.name.plain())
                .or_default()
                .push(position);
        }
        Self { positions }
    }

    fn table(&self, folder: &str, tables: &[Table]) -> Result<Option<usize>, OpenError> {
        let name = |position: usize| -> TableName { tables[position].name.clone() };
        match self.positions.get(folder).map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([only]) => Ok(Some(*only)),
            Some([first, second, ..]) => Err(OpenError::AmbiguousFolder {
                first: name(*first),
                second: name(*second),
            }),
        }
    }
}

/// Splits `Data/<folder>/TableData-PPP-SSSSS.BCP` into the decoded folder and the two numbers.
fn split(name: &str) -> Option<(String, u32, u32)> {
    let (folder, file) = name.strip_prefix("Data/")?.split_once('/')?;
    let numbers = file.strip_prefix("TableData-")?.strip_suffix(".BCP")?;
    let (partition, sequence) = numbers.split_once('-')?;
    Some((unescape(folder)?, digits(partition)?, digits(sequence)?))
}

fn digits(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_name_gives_its_folder_partition_and_sequence() {
        assert_eq!(
            split("Data/dbo.Order%20Details/TableData-012-00003.BCP"),
            Some(("dbo.Order Details".to_owned(), 12, 3))
        );
    }

    #[test]
    fn other_names_are_no_parts() {
        for name in [
            "Data/dbo.T/TableData-000.BCP",
            "Data/dbo.T/TableData-+1-00000.BCP",
            "Data/dbo.T/TableData--00000.BCP",
            "Data/dbo.T/Other.BCP",
            "Data/TableData-000-00000.BCP",
            "Data/dbo.T/x/TableData-000-00000.BCP",
        ] {
            assert_eq!(split(name), None, "{name}");
        }
    }
}
