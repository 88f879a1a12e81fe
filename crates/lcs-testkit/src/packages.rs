//! Files as they are uploaded to an asset library.

use std::io::{Cursor, Write as _};

use zip::{ZipWriter, write::SimpleFileOptions};

/// A zip with these entries.
///
/// # Panics
///
/// Never: what is written to memory can be written.
pub fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        let options = SimpleFileOptions::default();
        writer.start_file(*name, options).expect("memory takes it");
        writer
            .write_all(content.as_bytes())
            .expect("memory takes it");
    }
    writer.finish().expect("memory takes it").into_inner()
}

/// A small software deployable package.
pub fn deployable() -> Vec<u8> {
    let manifest = "<HotfixInstallationInfo><Name>Contoso 42</Name></HotfixInstallationInfo>";
    archive(&[
        ("HotfixInstallationInfo.xml", manifest),
        (
            "AOSService/Packages/dynamicsax-contosofleet.nupkg",
            "content",
        ),
    ])
}
