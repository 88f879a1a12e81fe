//! Gives the unpacked folder its name. What it replaces waits aside until then, so that a process
//! that dies in between leaves enough to go on, or to go back.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::Places;
use crate::step::{StepContext, StepFailure, recorded};

pub(super) fn run(context: &StepContext) -> Result<Value, StepFailure> {
    let places = Places::of(context)?;
    places.install()?;
    recorded(&places.installed)
}

impl Places {
    fn install(&self) -> Result<(), StepFailure> {
        if self.unpacked.exists() {
            if self.installed.exists() {
                rename(&self.installed, &self.previous)?;
            }
            create_parent(&self.installed)?;
            rename(&self.unpacked, &self.installed)?;
        } else if !self.installed.exists() {
            let missing = io::Error::new(io::ErrorKind::NotFound, "nothing was unpacked");
            return Err(at(&self.installed)(missing));
        }
        remove(&self.previous)
    }

    /// What was before: nothing of the operation's own stays.
    pub(super) fn restore(&self) -> Result<(), StepFailure> {
        if !self.keeps_unpacked {
            remove(&self.unpacked)?;
        }
        if self.previous.exists() && !self.installed.exists() {
            rename(&self.previous, &self.installed)?;
        }
        Ok(())
    }
}

/// Removes a folder with all that is in it; a missing one is fine.
pub(super) fn remove(folder: &Path) -> Result<(), StepFailure> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(at(folder)(source)),
        _ => Ok(()),
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), StepFailure> {
    fs::rename(from, to).map_err(at(to))?;
    match to.parent() {
        Some(folder) => sync(folder).map_err(at(folder)),
        None => Ok(()),
    }
}

fn create_parent(path: &Path) -> Result<(), StepFailure> {
    match path.parent() {
        Some(parent) => fs::create_dir_all(parent).map_err(at(parent)),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_folder: &Path) -> io::Result<()> {
    Ok(())
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> StepFailure + use<> {
    let path: PathBuf = path.to_owned();
    move |source| StepFailure::Install { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> (tempfile::TempDir, Places) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let places = Places {
            unpacked: at(".unpacked"),
            keeps_unpacked: false,
            installed: at("scale-units/store"),
            previous: at(".previous"),
        };
        (folder, places)
    }

    fn package(folder: &Path, content: &str) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("version"), content).unwrap();
    }

    fn version(folder: &Path) -> Option<String> {
        fs::read_to_string(folder.join("version")).ok()
    }

    #[test]
    fn a_package_replaces_the_one_before_it() {
        let (_folder, places) = places();
        for content in ["1", "2"] {
            package(&places.unpacked, content);
            places.install().unwrap();
            assert_eq!(version(&places.installed).as_deref(), Some(content));
        }
        assert!(!places.previous.exists());
    }

    #[test]
    fn wherever_it_was_cut_off_installing_goes_on_and_going_back_works() {
        // Cut off before, after the old one was moved aside, and after the new one was in place.
        for cut in 0..3 {
            for goes_on in [true, false] {
                let (_folder, places) = places();
                package(&places.installed, "old");
                package(&places.unpacked, "new");
                if cut >= 1 {
                    rename(&places.installed, &places.previous).unwrap();
                }
                if cut >= 2 {
                    rename(&places.unpacked, &places.installed).unwrap();
                }
                if goes_on {
                    places.install().unwrap();
                    assert_eq!(version(&places.installed).as_deref(), Some("new"), "{cut}");
                } else if cut < 2 {
                    places.restore().unwrap();
                    assert_eq!(version(&places.installed).as_deref(), Some("old"), "{cut}");
                    assert!(!places.unpacked.exists());
                }
            }
        }
    }

    #[test]
    fn what_another_operation_unpacked_stays_if_this_one_is_taken_back() {
        let (_folder, mut places) = places();
        places.keeps_unpacked = true;
        package(&places.unpacked, "prepared");
        places.restore().unwrap();
        assert_eq!(version(&places.unpacked).as_deref(), Some("prepared"));
        places.install().unwrap();
        assert_eq!(version(&places.installed).as_deref(), Some("prepared"));
    }

    #[test]
    fn nothing_unpacked_is_nothing_installed() {
        let (_folder, places) = places();
        assert!(places.install().is_err());
        places.restore().unwrap();
    }
}
