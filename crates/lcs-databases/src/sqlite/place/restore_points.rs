//! Databases that were in use before, and how many of them are kept.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{EnvironmentFolder, PlaceError, at, exists};
use crate::sqlite::files;

/// A database that can be put back into use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestorePoint {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Whether it is a user's own file, which is never removed.
    pub bound: bool,
}

impl EnvironmentFolder {
    /// The databases that can be put back into use, the latest in use first; then those that were
    /// promoted but not used, and those a restore has left behind, in the order of their names.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn restore_points(&self) -> Result<Vec<RestorePoint>, PlaceError> {
        let current = self.current()?;
        let mut paths: Vec<PathBuf> = Vec::new();
        let mut newest = current.clone();
        // Each generation knows the one before it. A restore can close the chain to a ring.
        while let Some(database) = newest {
            newest = self
                .previous_of(&database)?
                .filter(|it| !paths.contains(it) && Some(it) != current.as_ref());
            if let Some(previous) = &newest {
                if !exists(previous)? {
                    break;
                }
                paths.push(previous.clone());
            }
        }
        let mut others = self.generation_files()?;
        others.retain(|it| !paths.contains(it) && Some(it) != current.as_ref());
        paths.extend(others);
        paths
            .into_iter()
            .map(|path| {
                let metadata = fs::metadata(&path).map_err(at("measure", &path))?;
                Ok(RestorePoint {
                    bound: !path.starts_with(self.generations()),
                    bytes: metadata.len(),
                    path,
                })
            })
            .collect()
    }

    /// Removes all but the first `keep` restore points. Never removes the database in use or a
    /// user's own file. Yields what was removed.
    ///
    /// # Errors
    /// The folder cannot be read, or the system refuses to remove a file.
    pub fn prune(&self, keep: usize) -> Result<Vec<PathBuf>, PlaceError> {
        let mut removed = Vec::new();
        for point in self.restore_points()?.into_iter().skip(keep) {
            if !point.bound {
                self.remove_generation(&point.path)?;
                removed.push(point.path);
            }
        }
        Ok(removed)
    }

    /// Notes what is in use now as the predecessor of `generation`.
    pub(super) fn note_previous(&self, generation: &Path) -> Result<(), PlaceError> {
        let note = generation.with_extension("previous");
        match self.current()? {
            Some(current) => {
                // The note lies one folder deeper than the link, so the path is made to fit there.
                let target = self.target_of(&current);
                let target = if target.is_absolute() {
                    target
                } else {
                    Path::new("..").join(target)
                };
                self.replace_link(&note, &target)
            }
            None => files::remove_if_there(&note).map_err(at("remove", &note)),
        }
    }

    /// What was in use before `database`, if that is known; it may have been removed since.
    pub(super) fn previous_of(&self, database: &Path) -> Result<Option<PathBuf>, PlaceError> {
        if !database.starts_with(self.generations()) {
            return Ok(None);
        }
        let note = database.with_extension("previous");
        let target = files::read_link(&note).map_err(at("read", &note))?;
        Ok(target.map(|target| match target.strip_prefix("..") {
            Ok(inside) => self.path.join(inside),
            Err(_) => target,
        }))
    }

    /// Removes a generation with its note and everything that SQLite keeps beside it.
    pub(super) fn remove_generation(&self, generation: &Path) -> Result<(), PlaceError> {
        files::remove_database(generation).map_err(at("remove", generation))?;
        let note = generation.with_extension("previous");
        files::remove_if_there(&note).map_err(at("remove", &note))?;
        let folder = self.generations();
        if exists(&folder)? {
            files::sync_folder(&folder).map_err(at("write out", &folder))?;
        }
        Ok(())
    }

    fn generation_files(&self) -> Result<Vec<PathBuf>, PlaceError> {
        let folder = self.generations();
        if !exists(&folder)? {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(&folder).map_err(at("list", &folder))? {
            let path = entry.map_err(at("list", &folder))?.path();
            if path.extension().is_some_and(|it| it == "sqlite") {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }
}
