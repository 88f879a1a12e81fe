//! `config.toml`: named settings. It never holds a password or a token.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Code, Diagnostic};

/// All profiles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profiles {
    /// The one that is used when none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) current: Option<String>,
    #[serde(default, rename = "profile")]
    pub(crate) profiles: BTreeMap<String, Profile>,
}

/// Named settings, all as the user wrote them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Profile {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tenant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) api_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authority: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) graph_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) project: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) username: Option<String>,
    /// How the user signs in, by the name of the flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) flow: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ca_certificate: Option<PathBuf>,
    /// Commands that change something in LCS are refused.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) read_only: bool,
    /// The environments that may be changed, by name or id; all when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) allowed_targets: Vec<String>,
}

impl Profiles {
    /// Reads the file; a missing one has no profiles.
    ///
    /// # Errors
    ///
    /// When it cannot be read or understood; the message names line and key.
    pub(crate) fn read(path: &Path) -> Result<Self, Diagnostic> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Diagnostic::file("read", path, &error)),
        };
        toml::from_str(&text).map_err(|error| {
            let message = format!("`{}` cannot be understood", path.display());
            Diagnostic::new(Code::ConfigFile, message)
                .caused_by(&error)
                .help("mend the file, or move it away and make the profiles anew: lcs profile set")
        })
    }

    /// Writes the file in one step.
    ///
    /// # Errors
    ///
    /// When it cannot be written; the old one is whole then.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Diagnostic> {
        let failed = |error: io::Error| Diagnostic::file("write", path, &error);
        let text = toml::to_string_pretty(self)
            .map_err(|error| Diagnostic::of(Code::Unexpected, &error))?;
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(path)
            .map_err(|error| failed(error.error))
            .map(drop)
    }

    /// The profile that is meant: the named one, or the current one, or none.
    ///
    /// # Errors
    ///
    /// When a named one does not exist; the names that do are in the message.
    pub(crate) fn chosen(
        &self,
        name: Option<&str>,
    ) -> Result<Option<(String, Profile)>, Diagnostic> {
        let Some(name) = name.or(self.current.as_deref()) else {
            return Ok(None);
        };
        match self.profiles.get(name) {
            Some(profile) => Ok(Some((name.to_owned(), profile.clone()))),
            None => Err(self.unknown(name)),
        }
    }

    /// The error for a name that no profile has.
    pub(crate) fn unknown(&self, name: &str) -> Diagnostic {
        let known: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
        let help = if known.is_empty() {
            "make one: lcs profile set NAME --tenant … --client-id …, or try: lcs quickstart"
                .to_owned()
        } else {
            format!("there are: {}", known.join(", "))
        };
        Diagnostic::new(
            Code::UnknownProfile,
            format!("there is no profile `{name}`"),
        )
        .help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_round_trip_and_the_first_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nested").join("config.toml");
        assert_eq!(Profiles::read(&path).unwrap(), Profiles::default());
        let mut profiles = Profiles {
            current: Some("uat".to_owned()),
            ..Profiles::default()
        };
        let uat = Profile {
            region: Some("eu".to_owned()),
            ..Profile::default()
        };
        profiles.profiles.insert("uat".to_owned(), uat);
        profiles.write(&path).unwrap();
        assert_eq!(Profiles::read(&path).unwrap(), profiles);
    }

    #[test]
    fn an_unknown_key_is_named_and_the_file_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "[profile.uat]\npassword = \"x\"\n").unwrap();
        let diagnostic = Profiles::read(&path).unwrap_err();
        assert!(
            diagnostic.causes.concat().contains("password"),
            "{diagnostic:?}"
        );
        assert!(fs::read_to_string(&path).unwrap().contains("password"));
    }

    #[test]
    fn an_unknown_name_lists_those_that_exist() {
        let mut profiles = Profiles::default();
        profiles
            .profiles
            .insert("uat".to_owned(), Profile::default());
        let diagnostic = profiles.chosen(Some("prod")).unwrap_err();
        assert!(diagnostic.help.unwrap().contains("uat"));
    }
}
