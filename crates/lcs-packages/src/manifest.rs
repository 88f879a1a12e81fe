//! What a software deployable package says of itself, in `HotfixInstallationInfo.xml`.
//!
//! The file's schema is not published; these are the elements that packages are seen to carry. What
//! is absent or unknown is passed over, what is no XML is an error.

use quick_xml::{Reader, events::Event};

/// The part of the package.
pub const PART: &str = "HotfixInstallationInfo.xml";

/// What the package says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Its name.
    pub name: Option<String>,
    /// For example `PlatAppBinaryHotfixPackage` or `MergedPackage`.
    pub kind: Option<String>,
    /// The version of the platform that it brings, for example `7.0.7778.29`.
    pub platform_version: Option<String>,
    /// The modules that it brings.
    pub modules: Vec<String>,
}

/// Reads a manifest.
///
/// # Errors
///
/// Why it is no well-formed XML with the right root.
pub fn read(text: &str) -> Result<Manifest, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut manifest = Manifest::default();
    let mut open: Vec<String> = Vec::new();
    let mut has_root = false;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                if open.is_empty() {
                    check_root(&name)?;
                    has_root = true;
                }
                open.push(name);
            }
            Event::Empty(empty) if open.is_empty() => {
                check_root(&String::from_utf8_lossy(empty.local_name().as_ref()))?;
                has_root = true;
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(text) => {
                let text = text.decode().map_err(|error| error.to_string())?;
                note(&mut manifest, &open, text.trim());
            }
            Event::Eof if !has_root => return Err("it has no element".to_owned()),
            Event::Eof if open.is_empty() => return Ok(manifest),
            Event::Eof => return Err("it ends in the middle".to_owned()),
            _ => {}
        }
    }
}

fn check_root(name: &str) -> Result<(), String> {
    match name {
        "HotfixInstallationInfo" => Ok(()),
        other => Err(format!("the root is `{other}`")),
    }
}

fn note(manifest: &mut Manifest, open: &[String], text: &str) {
    if text.is_empty() {
        return;
    }
    let path: Vec<&str> = open.iter().skip(1).map(String::as_str).collect();
    match path.as_slice() {
        ["Name"] => manifest.name = Some(text.to_owned()),
        ["Type"] => manifest.kind = Some(text.to_owned()),
        ["PlatformVersion"] => manifest.platform_version = Some(text.to_owned()),
        ["MetadataModuleList", "string"] => manifest.modules.push(text.to_owned()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_elements_are_read_and_others_passed_over() {
        let manifest = read(
            r#"<?xml version="1.0" encoding="utf-8"?>
            <HotfixInstallationInfo xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
              <Name>Contoso 42</Name><Description /><Type>PlatAppBinaryHotfixPackage</Type>
              <PlatformVersion>7.0.7778.29</PlatformVersion>
              <MetadataModuleList><string>ContosoFleet</string><string>ContosoTax</string></MetadataModuleList>
              <AllComponentList><ArrayOfComponent><Name>Other</Name></ArrayOfComponent></AllComponentList>
            </HotfixInstallationInfo>"#,
        )
        .unwrap();
        assert_eq!(manifest.name.as_deref(), Some("Contoso 42"));
        assert_eq!(manifest.platform_version.as_deref(), Some("7.0.7778.29"));
        assert_eq!(manifest.modules, ["ContosoFleet", "ContosoTax"]);
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        for text in [
            "",
            "x",
            "<a>",
            "<HotfixInstallationInfo>",
            "<Other/>",
            "<Other></Other>",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(read("<HotfixInstallationInfo/>"), Ok(Manifest::default()));
    }
}
