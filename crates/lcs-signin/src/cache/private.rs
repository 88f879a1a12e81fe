//! Files and folders that only their owner may read.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use super::CacheError;

/// Makes the folder of a file, for its owner only, and returns it in its one form.
pub(super) fn private_folder(file: &Path) -> Result<PathBuf, CacheError> {
    let folder = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let error = |source| CacheError::Write {
        path: folder.to_owned(),
        source,
    };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(error)?;
    folder.canonicalize().map_err(error)
}

pub(super) fn private_options() -> fs::OpenOptions {
    let mut options = File::options();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
pub(super) fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777
}

/// Windows has access lists instead; a file in the user's own folder is the user's.
#[cfg(not(unix))]
pub(super) fn mode(_metadata: &fs::Metadata) -> u32 {
    0o600
}

#[cfg(unix)]
pub(super) fn close_to_others(path: &Path) -> std::io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
pub(super) fn close_to_others(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}
