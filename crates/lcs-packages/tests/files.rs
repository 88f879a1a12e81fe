//! Files as people upload them: sound ones, damaged ones, and ones made to do harm.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    fs,
    io::{Cursor, Write as _},
    path::PathBuf,
};

use lcs_packages::{UnpackError, Unsound, inspect, unpack};
use lcs_types::{Cancellation, NoProgress};
use lcs_wire::lcs::AssetFileType::{self, *};
use tempfile::TempDir;
use zip::{ZipWriter, write::SimpleFileOptions};

const MANIFEST: &str = "<HotfixInstallationInfo><Name>Contoso 42</Name>\
    <MetadataModuleList><string>ContosoFleet</string></MetadataModuleList></HotfixInstallationInfo>";

fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn file(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[test]
fn a_deployable_package_says_what_it_brings() {
    let bytes = archive(&[
        ("HotfixInstallationInfo.xml", MANIFEST),
        (
            "AOSService/Packages/dynamicsax-contosofleet.nupkg",
            "content",
        ),
    ]);
    let (_folder, path) = file(&bytes);
    let found = inspect(&path, SoftwareDeployablePackage).unwrap();
    assert_eq!(found.entries, 2);
    assert_eq!(found.manifest.unwrap().modules, ["ContosoFleet"]);
}

#[test]
fn what_is_not_what_its_type_says_is_found() {
    let zip = archive(&[("readme.txt", "x")]);
    let package = archive(&[("HotfixInstallationInfo.xml", MANIFEST)]);
    let broken = archive(&[("HotfixInstallationInfo.xml", "<a>")]);
    let data = archive(&[("Manifest.xml", "x"), ("PackageHeader.xml", "x")]);
    let nuget = archive(&[("Contoso.Fleet.nuspec", "x")]);
    let cases: [(&[u8], AssetFileType, bool); 14] = [
        (b"", SoftwareDeployablePackage, false),
        (b"", Model, false),
        (b"x", Model, true),
        (b"no zip", SoftwareDeployablePackage, false),
        (&zip, SoftwareDeployablePackage, false),
        (&package, SoftwareDeployablePackage, true),
        (&broken, SoftwareDeployablePackage, false),
        (&zip, DataPackage, false),
        (&data, DataPackage, true),
        (&zip, NuGetPackage, false),
        (&nuget, NuGetPackage, true),
        (&zip, CommerceCloudScaleUnitExtension, true),
        (b"<ERSolution/>", GerConfiguration, true),
        (b"<ERSolution>", GerConfiguration, false),
    ];
    for (bytes, file_type, is_sound) in cases {
        let (_folder, path) = file(bytes);
        let outcome = inspect(&path, file_type);
        assert_eq!(outcome.is_ok(), is_sound, "{file_type}: {outcome:?}");
    }
    let (_folder, path) = file(&zip);
    assert!(matches!(
        inspect(&path, DatabaseBackup),
        Err(Unsound::Bacpac(_))
    ));
}

#[test]
fn a_damaged_entry_is_found_wherever_it_is() {
    let mut bytes = archive(&[
        ("HotfixInstallationInfo.xml", MANIFEST),
        ("module.dll", "stored content that a checksum covers"),
    ]);
    let at = bytes
        .windows(6)
        .position(|window| window == b"module")
        .unwrap()
        + 16;
    bytes[at] ^= 0xff;
    let (_folder, path) = file(&bytes);
    let unsound = inspect(&path, SoftwareDeployablePackage).unwrap_err();
    assert!(
        matches!(&unsound, Unsound::Entry { entry, .. } if entry == "module.dll"),
        "{unsound:?}"
    );
}

#[test]
fn a_package_is_unpacked_below_its_folder_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("packages/42");
    let bytes = archive(&[
        ("HotfixInstallationInfo.xml", MANIFEST),
        ("AOSService\\Scripts\\run.ps1", "content"),
    ]);
    let (_kept, path) = file(&bytes);
    let unpacked = unpack(&path, &into, &Cancellation::default(), &NoProgress).unwrap();
    assert_eq!(unpacked.files, 2);
    let script = into.join("AOSService/Scripts/run.ps1");
    assert_eq!(fs::read_to_string(script).unwrap(), "content");

    let (_kept, path) = file(&archive(&[("../../escaped.txt", "x")]));
    let refused = unpack(&path, &into, &Cancellation::default(), &NoProgress).unwrap_err();
    assert!(matches!(refused, UnpackError::Unsound(Unsound::Escapes(_))));
    assert!(!folder.path().join("escaped.txt").exists());
}

#[test]
fn unpacking_stops_when_it_is_asked_to() {
    let (folder, path) = file(&archive(&[("a", "x")]));
    let cancellation = Cancellation::default();
    cancellation.cancel();
    let stopped = unpack(&path, &folder.path().join("x"), &cancellation, &NoProgress);
    assert!(matches!(stopped, Err(UnpackError::Interrupted)));
}
