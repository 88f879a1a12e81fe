//! Whether a file is what its type says: one rule for each type, each reading to the last byte.

use std::{
    fs::{self, File},
    io::{BufReader, Read as _},
    path::Path,
};

use lcs_wire::lcs::AssetFileType;
use quick_xml::{Reader, events::Event};

use crate::{
    archive::{Entry, Unsound, walk},
    manifest::{self, Manifest},
};

/// A manifest is small; a larger one is none.
const LARGEST_MANIFEST: u64 = 4 * 1024 * 1024;

/// What a sound file was found to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspected {
    /// Entries of the archive; none for files that are no archive.
    pub entries: usize,
    /// Their bytes.
    pub unpacked_bytes: u64,
    /// What a deployable package says of itself.
    pub manifest: Option<Manifest>,
}

/// Reads a file to its last byte and tells what it holds.
///
/// # Errors
///
/// [`Unsound`] with what is wrong.
pub fn inspect(path: &Path, file_type: AssetFileType) -> Result<Inspected, Unsound> {
    match file_type {
        AssetFileType::SoftwareDeployablePackage => deployable_package(path),
        AssetFileType::DataPackage | AssetFileType::ProcessDataPackage => {
            archive_with(path, "data package", &["Manifest.xml", "PackageHeader.xml"])
        }
        AssetFileType::NuGetPackage => nuget_package(path),
        AssetFileType::ECommercePackage
        | AssetFileType::RetailSelfServicePackage
        | AssetFileType::CommerceCloudScaleUnitExtension
        | AssetFileType::PowerBiReportModel => archive_with(path, "archive", &[]),
        AssetFileType::GerConfiguration => xml(path),
        AssetFileType::DatabaseBackup => bacpac(path),
        AssetFileType::Model
        | AssetFileType::BusinessProcessModel
        | AssetFileType::DownloadableVhd
        | AssetFileType::Other(_) => not_empty(path),
    }
}

fn deployable_package(path: &Path) -> Result<Inspected, Unsound> {
    let mut found = None;
    let (entries, unpacked_bytes) = walk(path, |entry: Entry<'_>| {
        if entry.path == Path::new(manifest::PART) {
            let mut bytes = Vec::new();
            entry
                .reader
                .take(LARGEST_MANIFEST)
                .read_to_end(&mut bytes)
                .map_err(|error| xml_error(manifest::PART, error))?;
            let text =
                String::from_utf8(bytes).map_err(|error| xml_error(manifest::PART, error))?;
            let text = text.trim_start_matches('\u{feff}');
            found = Some(manifest::read(text).map_err(|error| xml_error(manifest::PART, error))?);
        }
        Ok::<_, Unsound>(())
    })?;
    if found.is_none() {
        return Err(Unsound::Missing {
            kind: "software deployable package",
            missing: manifest::PART,
        });
    }
    Ok(Inspected {
        entries,
        unpacked_bytes,
        manifest: found,
    })
}

/// A package of `NuGet` has its description at the root, under a name of its own.
fn nuget_package(path: &Path) -> Result<Inspected, Unsound> {
    let mut is_described = false;
    let (entries, unpacked_bytes) = walk(path, |entry: Entry<'_>| {
        let is_description = entry.path.components().count() == 1
            && entry.path.extension().is_some_and(|it| it == "nuspec");
        is_described |= is_description;
        Ok::<_, Unsound>(())
    })?;
    if !is_described {
        return Err(Unsound::Missing {
            kind: "NuGet package",
            missing: ".nuspec",
        });
    }
    Ok(Inspected {
        entries,
        unpacked_bytes,
        manifest: None,
    })
}

fn archive_with(
    path: &Path,
    kind: &'static str,
    parts: &[&'static str],
) -> Result<Inspected, Unsound> {
    let mut missing: Vec<&'static str> = parts.to_vec();
    let (entries, unpacked_bytes) = walk(path, |entry: Entry<'_>| {
        missing.retain(|part| {
            !entry
                .path
                .to_str()
                .is_some_and(|name| name.eq_ignore_ascii_case(part))
        });
        Ok::<_, Unsound>(())
    })?;
    if let Some(missing) = missing.first() {
        return Err(Unsound::Missing { kind, missing });
    }
    Ok(Inspected {
        entries,
        unpacked_bytes,
        manifest: None,
    })
}

fn xml(path: &Path) -> Result<Inspected, Unsound> {
    not_empty(path)?;
    let part = "the file";
    let file = File::open(path).map_err(Unsound::Read)?;
    let mut reader = Reader::from_reader(BufReader::new(file));
    let (mut buffer, mut depth, mut elements) = (Vec::new(), 0_u64, 0_u64);
    loop {
        match reader
            .read_event_into(&mut buffer)
            .map_err(|error| xml_error(part, error))?
        {
            Event::Start(_) => (depth, elements) = (depth + 1, elements + 1),
            Event::Empty(_) => elements += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof if depth > 0 => return Err(xml_error(part, "it ends in the middle")),
            Event::Eof if elements == 0 => return Err(xml_error(part, "it has no element")),
            Event::Eof => return Ok(Inspected::default()),
            _ => {}
        }
        buffer.clear();
    }
}

fn bacpac(path: &Path) -> Result<Inspected, Unsound> {
    not_empty(path)?;
    let report = lcs_bacpac::verify(BufReader::new(File::open(path).map_err(Unsound::Read)?))
        .map_err(|error| Unsound::Bacpac(error.to_string()))?;
    if !report.is_sound() {
        let reason = "its checksum is wrong, or it has parts that belong to no table";
        return Err(Unsound::Bacpac(reason.to_owned()));
    }
    Ok(Inspected::default())
}

fn not_empty(path: &Path) -> Result<Inspected, Unsound> {
    match fs::metadata(path).map_err(Unsound::Read)?.len() {
        0 => Err(Unsound::Empty),
        _ => Ok(Inspected::default()),
    }
}

fn xml_error(part: &str, error: impl std::fmt::Display) -> Unsound {
    Unsound::Xml {
        part: part.to_owned(),
        reason: error.to_string(),
    }
}
