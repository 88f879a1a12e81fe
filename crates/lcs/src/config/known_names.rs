//! The names that a project had when it was last listed: what the shell offers to complete. A file of
//! its own for each project of each instance. It is a convenience, so nothing fails for want of it.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use lcs_types::ProjectId;
use serde::{Deserialize, Serialize};
use url::Url;

/// More of them would be no help to anybody.
const MOST: usize = 500;
const LONGEST: usize = 200;

/// What names name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// Environments.
    Environments,
    /// Assets of the library, of whatever type.
    Assets,
    /// Database backups.
    Backups,
}

/// A name, and what it stands for in a few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownName {
    pub(crate) name: String,
    pub(crate) about: String,
}

/// The names of one project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct KnownNames {
    environments: Vec<KnownName>,
    assets: Vec<KnownName>,
    backups: Vec<KnownName>,
}

impl KnownNames {
    /// What is known of a project of the instance at this address; nothing without a file, or with one
    /// that cannot be read.
    pub(crate) fn read(folder: &Path, api: &Url, project: ProjectId) -> Self {
        let bytes = fs::read(file(folder, api, project));
        bytes
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Those that a terminal can show.
    pub(crate) fn of(self, what: Named) -> impl Iterator<Item = KnownName> {
        let names = match what {
            Named::Environments => self.environments,
            Named::Assets => self.assets,
            Named::Backups => self.backups,
        };
        names.into_iter().filter(is_printable)
    }

    /// Replaces the names of one sort; of assets only those of the same type, which is what they are
    /// about, as assets are listed by type.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(crate) fn remember(
        folder: &Path,
        (api, project): (&Url, ProjectId),
        what: Named,
        names: impl Iterator<Item = KnownName>,
    ) -> io::Result<()> {
        let mut known = Self::read(folder, api, project);
        let list = match what {
            Named::Environments => &mut known.environments,
            Named::Assets => &mut known.assets,
            Named::Backups => &mut known.backups,
        };
        let names: Vec<KnownName> = names.filter(is_printable).take(MOST).collect();
        let kept = |each: &KnownName| {
            what == Named::Assets && names.first().is_none_or(|new| each.about != new.about)
        };
        list.retain(kept);
        list.extend(names);
        list.truncate(MOST);
        fs::create_dir_all(folder)?;
        let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut fresh, &known)?;
        fresh.flush()?;
        fresh.persist(file(folder, api, project))?;
        Ok(())
    }
}

/// Names come from a server, and a terminal obeys control characters.
fn is_printable(known: &KnownName) -> bool {
    let is_plain = |text: &str| !text.chars().any(char::is_control) && text.len() <= LONGEST;
    !known.name.is_empty() && is_plain(&known.name) && is_plain(&known.about)
}

fn file(folder: &Path, api: &Url, project: ProjectId) -> PathBuf {
    let host: String = api
        .host_str()
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let port = api.port_or_known_default().unwrap_or_default();
    folder.join(format!("{host}-{port}-{project}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROJECT: ProjectId = ProjectId(7);

    fn known(name: &str) -> KnownName {
        KnownName {
            name: name.to_owned(),
            about: "Sandbox".to_owned(),
        }
    }

    fn names(folder: &Path, api: &Url, what: Named) -> Vec<String> {
        let all = KnownNames::read(folder, api, PROJECT).of(what);
        all.map(|known| known.name).collect()
    }

    #[test]
    fn each_project_of_each_instance_has_its_own_names() {
        let folder = tempfile::tempdir().unwrap();
        let (us, eu): (Url, Url) = (
            "https://lcsapi.lcs.dynamics.com".parse().unwrap(),
            "https://lcsapi.eu.lcs.dynamics.com".parse().unwrap(),
        );
        let remember = |what, list: &[&str]| {
            let all = list.iter().map(|name| known(name));
            KnownNames::remember(folder.path(), (&us, PROJECT), what, all).unwrap();
        };
        remember(Named::Environments, &["PROD", "UAT"]);
        remember(Named::Backups, &["monday"]);
        remember(Named::Environments, &["TEST"]);
        assert_eq!(names(folder.path(), &us, Named::Environments), ["TEST"]);
        assert_eq!(names(folder.path(), &us, Named::Backups), ["monday"]);
        assert!(names(folder.path(), &us, Named::Assets).is_empty());
        assert!(names(folder.path(), &eu, Named::Environments).is_empty());
    }

    #[test]
    fn what_a_terminal_would_obey_is_not_kept_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let api: Url = "https://lcsapi.lcs.dynamics.com".parse().unwrap();
        let hostile = ["a\u{1b}[2J", "a\nb", "", "fine"];
        let all = hostile.iter().map(|name| known(name));
        KnownNames::remember(folder.path(), (&api, PROJECT), Named::Assets, all).unwrap();
        assert_eq!(names(folder.path(), &api, Named::Assets), ["fine"]);
        fs::write(file(folder.path(), &api, PROJECT), "not JSON").unwrap();
        assert!(names(folder.path(), &api, Named::Assets).is_empty());
    }
}
