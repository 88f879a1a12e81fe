//! Files of the asset library: what is judged sound unpacks whole, and below its folder alone.

use std::{fs, path::Path};

use lcs_packages::{inspect, unpack};
use lcs_types::{Cancellation, NoProgress};
use lcs_wire::lcs::AssetFileType;

/// Takes the first byte as the file type and the rest as the file.
///
/// # Panics
///
/// When a sound archive does not unpack to what it was found to hold, or writes elsewhere.
pub fn run(bytes: &[u8]) {
    let Some((file_type, content)) = bytes.split_first() else {
        return;
    };
    let (file_type, ..) =
        AssetFileType::NAMED[usize::from(*file_type) % AssetFileType::NAMED.len()];
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let file = folder.path().join("file");
    fs::write(&file, content).expect("it can be written to");
    let found = inspect(&file, file_type);
    let into = folder.path().join("a/b");
    let unpacked = unpack(&file, &into, &Cancellation::default(), &NoProgress);
    if let (Ok(found), Ok(unpacked)) = (&found, &unpacked)
        && found.entries > 0
    {
        assert_eq!(found.unpacked_bytes, unpacked.bytes);
    }
    let mut names: Vec<_> = names_in(folder.path());
    names.sort();
    assert!(names == ["a", "file"] || names == ["file"], "{names:?}");
    let below = folder.path().join("a");
    assert!(!below.exists() || names_in(&below) == ["b"]);
}

fn names_in(folder: &Path) -> Vec<String> {
    fs::read_dir(folder)
        .expect("the folder is there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect()
}
