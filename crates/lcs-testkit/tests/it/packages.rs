//! Files as they are uploaded to an asset library.

use std::io::{Cursor, Write as _};

use zip::{ZipWriter, write::SimpleFileOptions};

/// A zip with these entries.
pub(crate) fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        let options = SimpleFileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A small software deployable package.
pub(crate) fn deployable() -> Vec<u8> {
    let manifest = "<HotfixInstallationInfo><Name>Contoso 42</Name></HotfixInstallationInfo>";
    archive(&[
        ("HotfixInstallationInfo.xml", manifest),
        (
            "AOSService/Packages/dynamicsax-contosofleet.nupkg",
            "content",
        ),
    ])
}
