//! Where an environment's databases lie, and how one takes the other's place in one step.
//!
//! Each environment has a folder:
//!
//! ```text
//! database.sqlite                         a link to the database that is in use
//! generations/<operation id>.sqlite       databases that are or were in use, complete
//! generations/<operation id>.previous     a link to what was in use before that one
//! generations/initial.sqlite              the first database, if it was made for the environment
//! staged/.unsanitised-<operation id>.sqlite   a copy that is not yet sanitised and verified
//! ```
//!
//! `database.sqlite` may also link to a user's own file elsewhere ([`EnvironmentFolder::bind`]);
//! such a file is never written, moved or removed here.
//!
//! The link is replaced by `rename`, which is one step for every observer: whoever opens
//! `database.sqlite` gets the old database or the new one. Who has the old one open goes on reading
//! it, with its own log beside it. It stays as a restore point until it is pruned.
//!
//! If the machine dies inside …
//!
//! - [`promote`](EnvironmentFolder::promote): the database is staged or a generation, never both in
//!   part; the link is untouched.
//! - [`swap_to`](EnvironmentFolder::swap_to): the link points to the old or the new generation. A
//!   note of the previous one may exist for a swap that did not happen; the next swap rewrites it.
//! - [`restore`](EnvironmentFolder::restore): as for a swap.
//! - [`adopt`](EnvironmentFolder::adopt): the environment has no database yet or the new one;
//!   adopting again completes it.
//! - [`prune`](EnvironmentFolder::prune), [`discard`](EnvironmentFolder::discard): files that are
//!   not in use are there or gone; doing it again removes the rest.
//!
//! One operation at a time may change a folder; who sees to that is `lcs-operations`.

mod error;
mod restore_points;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use lcs_types::OperationActivityId;

pub use self::{error::PlaceError, restore_points::RestorePoint};
use super::files;

/// The folder of an environment's databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentFolder {
    path: PathBuf,
}

/// How far the database of an operation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// There is none, or no more.
    Absent,
    /// A copy that must not be used yet.
    Staged,
    /// A complete database that is not, or no longer, in use.
    Promoted,
    /// The environment's database.
    Current,
}

/// What a swap did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swapped {
    /// The database that was in use before; the restore point.
    pub previous: Option<PathBuf>,
}

impl EnvironmentFolder {
    /// The folder at this path; nothing is created yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Creates the folder and what is in it, readable for this user only. Does nothing if it exists.
    ///
    /// # Errors
    /// The system refuses.
    pub fn create(&self) -> Result<(), PlaceError> {
        for folder in [self.path.clone(), self.generations(), self.staged()] {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(&folder).map_err(at("create", &folder))?;
        }
        files::sync_folder(&self.path).map_err(at("write out", &self.path))
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name under which programs open the environment's database.
    pub fn database_path(&self) -> PathBuf {
        self.path.join("database.sqlite")
    }

    /// Where a first database is to be made before it is adopted.
    pub fn initial_path(&self) -> PathBuf {
        self.staged().join("initial.sqlite")
    }

    /// Where an operation puts its copy before it is sanitised and verified. The name says so.
    pub fn staged_path(&self, operation: OperationActivityId) -> PathBuf {
        self.staged()
            .join(format!(".unsanitised-{operation}.sqlite"))
    }

    /// Where the complete database of an operation lies.
    pub fn generation_path(&self, operation: OperationActivityId) -> PathBuf {
        self.generations().join(format!("{operation}.sqlite"))
    }

    /// The file that is in use, without links; `None` if the environment has no database.
    ///
    /// # Errors
    /// `database.sqlite` is no link, or cannot be read.
    pub fn current(&self) -> Result<Option<PathBuf>, PlaceError> {
        let link = self.database_path();
        match files::read_link(&link) {
            // `join` yields an absolute target as it is.
            Ok(target) => Ok(target.map(|target| self.path.join(target))),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                Err(PlaceError::NotALink { path: link })
            }
            Err(error) => Err(at("read", &link)(error)),
        }
    }

    /// How far the database of an operation has come; for an operation that is taken up again.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn stage_of(&self, operation: OperationActivityId) -> Result<Stage, PlaceError> {
        let generation = self.generation_path(operation);
        if self.current()?.as_ref() == Some(&generation) {
            Ok(Stage::Current)
        } else if exists(&generation)? {
            Ok(Stage::Promoted)
        } else if exists(&self.staged_path(operation))? {
            Ok(Stage::Staged)
        } else {
            Ok(Stage::Absent)
        }
    }

    /// Makes the staged copy of an operation a complete database. The environment's own database
    /// is untouched. Does nothing if it was done before.
    ///
    /// # Errors
    /// There is no staged copy, a program still writes to it, or the system refuses.
    pub fn promote(&self, operation: OperationActivityId) -> Result<(), PlaceError> {
        let (staged, generation) = (self.staged_path(operation), self.generation_path(operation));
        match self.stage_of(operation)? {
            Stage::Current | Stage::Promoted => return Ok(()),
            Stage::Absent => return Err(PlaceError::NotStaged { operation }),
            Stage::Staged => {}
        }
        self.create()?;
        if let Some(companion) =
            files::unfinished_companion(&staged).map_err(at("look beside", &staged))?
        {
            return Err(PlaceError::Unfinished { companion });
        }
        files::sync_file(&staged).map_err(at("write out", &staged))?;
        fs::rename(&staged, &generation).map_err(at("move", &staged))?;
        for folder in [self.generations(), self.staged()] {
            files::sync_folder(&folder).map_err(at("write out", &folder))?;
        }
        Ok(())
    }

    /// Puts the promoted database of an operation into use, in one step. Does nothing if it was
    /// done before, and yields the same.
    ///
    /// # Errors
    /// The operation's database was not promoted, `database.sqlite` is no link, or the system
    /// refuses.
    pub fn swap_to(&self, operation: OperationActivityId) -> Result<Swapped, PlaceError> {
        let generation = self.generation_path(operation);
        match self.stage_of(operation)? {
            Stage::Absent | Stage::Staged => return Err(PlaceError::NotPromoted { operation }),
            Stage::Promoted => {
                self.note_previous(&generation)?;
                self.point_to(&generation)?;
            }
            Stage::Current => {}
        }
        Ok(Swapped {
            previous: self.previous_of(&generation)?,
        })
    }

    /// Puts a restore point back into use, in one step. What was in use stays as a generation.
    /// Does nothing if it is in use already.
    ///
    /// # Errors
    /// `previous` is no restore point of this environment, or the system refuses.
    pub fn restore(&self, previous: &Path) -> Result<(), PlaceError> {
        if self.current()?.as_deref() == Some(previous) {
            return Ok(());
        }
        if !self.restore_points()?.iter().any(|it| it.path == previous) {
            return Err(PlaceError::NotARestorePoint {
                path: previous.to_owned(),
            });
        }
        self.point_to(previous)
    }

    /// Removes what an operation left: its staged copy, and its database if that was promoted, also
    /// if it is a restore point by now. Does nothing if there is nothing.
    ///
    /// # Errors
    /// The operation's database is in use, or the system refuses.
    pub fn discard(&self, operation: OperationActivityId) -> Result<(), PlaceError> {
        let generation = self.generation_path(operation);
        if self.stage_of(operation)? == Stage::Current {
            return Err(PlaceError::InUse { path: generation });
        }
        self.discard_staged(operation)?;
        self.remove_generation(&generation)
    }

    /// Removes the staged copy of an operation with everything beside it. Does nothing if there is
    /// none.
    ///
    /// # Errors
    /// The system refuses.
    pub fn discard_staged(&self, operation: OperationActivityId) -> Result<(), PlaceError> {
        let staged = self.staged_path(operation);
        for suffix in ["-anew", "-probe", ""] {
            let path = files::beside(&staged, suffix);
            files::remove_database(&path).map_err(at("remove", &path))?;
        }
        if exists(&self.staged())? {
            files::sync_folder(&self.staged()).map_err(at("write out", &self.staged()))?;
        }
        Ok(())
    }

    /// Lets the environment use a user's own file, wherever it lies. The file itself stays as it is.
    /// What was in use before stays as a generation.
    ///
    /// # Errors
    /// There is no such file, or the system refuses.
    pub fn bind(&self, file: &Path) -> Result<(), PlaceError> {
        let file = fs::canonicalize(file).map_err(at("find", file))?;
        self.create()?;
        if self.current()?.as_deref() == Some(&file) {
            return Ok(());
        }
        self.point_to(&file)
    }

    /// Makes a new file the environment's first database: moves it into the folder and puts it into
    /// use. The file must lie on the same disk, best at [`EnvironmentFolder::initial_path`], and no
    /// program may write to it. Does nothing if it was done before.
    ///
    /// # Errors
    /// The environment has another database, there is no such file, a program still writes to it,
    /// or the system refuses.
    pub fn adopt(&self, file: &Path) -> Result<(), PlaceError> {
        self.create()?;
        let initial = self.generations().join("initial.sqlite");
        match self.current()? {
            Some(current) if current == initial && !exists(file)? => return Ok(()),
            Some(current) => return Err(PlaceError::HasDatabase { current }),
            None => {}
        }
        // A file is there unless an earlier call got as far as moving it.
        if exists(file)? || !exists(&initial)? {
            if let Some(companion) =
                files::unfinished_companion(file).map_err(at("look beside", file))?
            {
                return Err(PlaceError::Unfinished { companion });
            }
            files::sync_file(file).map_err(at("write out", file))?;
            fs::rename(file, &initial).map_err(at("move", file))?;
            files::sync_folder(&self.generations())
                .map_err(at("write out", &self.generations()))?;
        }
        self.point_to(&initial)
    }

    fn generations(&self) -> PathBuf {
        self.path.join("generations")
    }

    fn staged(&self) -> PathBuf {
        self.path.join("staged")
    }

    /// The link's target as it is written: relative inside the folder, so that the folder can be
    /// moved; absolute outside.
    fn target_of(&self, database: &Path) -> PathBuf {
        database
            .strip_prefix(&self.path)
            .unwrap_or(database)
            .to_owned()
    }

    fn point_to(&self, database: &Path) -> Result<(), PlaceError> {
        self.replace_link(&self.database_path(), &self.target_of(database))
    }

    /// Makes a link of another name and renames it, because a link cannot be changed in place.
    fn replace_link(&self, link: &Path, target: &Path) -> Result<(), PlaceError> {
        let new = files::beside(link, "-new");
        files::remove_if_there(&new).map_err(at("remove", &new))?;
        files::link(target, &new).map_err(at("create", &new))?;
        fs::rename(&new, link).map_err(at("replace", link))?;
        let folder = link.parent().unwrap_or(&self.path);
        files::sync_folder(folder).map_err(at("write out", folder))
    }
}

fn exists(path: &Path) -> Result<bool, PlaceError> {
    path.try_exists().map_err(at("look for", path))
}

fn at(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> PlaceError {
    let path = path.to_owned();
    move |source| PlaceError::File {
        doing,
        path,
        source,
    }
}
