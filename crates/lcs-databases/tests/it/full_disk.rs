//! A full disk is recognised before, during a copy and during sanitising, and loses nothing.
//!
//! A limit on the size of files stands for the disk: it lets writes fail in the middle as a full
//! disk does, and needs no rights. It holds for a process, so these tests run themselves again in
//! a process of their own.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::Command,
};

use lcs_databases::sqlite::{CopyError, SanitiseError, Source, sanitise};
use lcs_types::{Cancellation, NoProgress};

use crate::samples::{ACCOUNTS, copy, database, finance, folder, names_in, plan_for, read};

/// Names the folder to work on in the process with the limit.
const FOLDER: &str = "LCS_TEST_LIMITED_FOLDER";

#[expect(
    clippy::disallowed_methods,
    reason = "how the process with the limit learns that it is the one"
)]
fn folder_of_limited_process() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// Runs a test of this binary again where no file may grow beyond `blocks` of 512 or 1024 bytes
/// (shells differ).
fn run_limited(test: &str, blocks: u32, folder: &Path) {
    // The signal that the limit sends would end the process; ignored, the write fails instead.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_copy_that_meets_a_full_disk_in_the_middle_says_so_and_leaves_nothing() {
    if let Some(folder) = folder_of_limited_process() {
        let source = Source::open(&folder.join("a.sqlite")).unwrap();
        let staged = folder.join("staged/b.sqlite");
        let error = source
            .copy_to(&staged, &NoProgress, &Cancellation::default())
            .unwrap_err();
        let size = fs::metadata(source.path()).unwrap().len();
        assert!(
            matches!(error, CopyError::DiskFull { needed, .. } if needed == size),
            "{error:?}"
        );
        return;
    }
    let folder = folder();
    database(&folder.path().join("a.sqlite"), ACCOUNTS);
    let test = "full_disk::a_copy_that_meets_a_full_disk_in_the_middle_says_so_and_leaves_nothing";
    run_limited(test, 512, folder.path());
    assert_eq!(names_in(&folder.path().join("staged")), [""; 0]);
}

#[test]
fn sanitising_that_meets_a_full_disk_says_so_and_leaves_no_second_file() {
    if let Some(folder) = folder_of_limited_process() {
        let staged = folder.join("staged/b.sqlite");
        let plan = plan_for(&staged, "");
        let error = sanitise(&staged, &plan).unwrap_err();
        assert!(matches!(error, SanitiseError::DiskFull { .. }), "{error:?}");
        return;
    }
    let folder = folder();
    let source = finance(&folder.path().join("a.sqlite"));
    database(&source, ACCOUNTS);
    let staged = folder.path().join("staged/b.sqlite");
    copy(&source, &staged);
    let test = "full_disk::sanitising_that_meets_a_full_disk_says_so_and_leaves_no_second_file";
    run_limited(test, 512, folder.path());
    assert_eq!(names_in(&folder.path().join("staged")), ["b.sqlite"]);
    // Once there is room, the same step completes.
    sanitise(&staged, &plan_for(&staged, "")).unwrap();
    assert_eq!(read::<i64>(&staged, "SELECT count(*) FROM account"), 2000);
}

#[test]
fn a_copy_that_cannot_fit_is_not_begun() {
    let folder = folder();
    let path = database(&folder.path().join("a.sqlite"), "CREATE TABLE t (a)");
    // A file that claims to be larger than the disk is free, full of holes.
    let available = fs4::available_space(folder.path()).unwrap();
    let pages = u32::try_from(available / 4096 + 100_000).unwrap();
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(u64::from(pages) * 4096).unwrap();
    file.write_all_at(&pages.to_be_bytes(), 28).unwrap();
    drop(file);
    let staged = folder.path().join("staged/b.sqlite");
    let error = Source::open(&path)
        .unwrap()
        .copy_to(&staged, &NoProgress, &Cancellation::default())
        .unwrap_err();
    assert!(
        matches!(error, CopyError::DiskFull { needed, available }
            if needed == u64::from(pages) * 4096 && available < needed),
        "{error:?}"
    );
    assert_eq!(names_in(&folder.path().join("staged")), [""; 0]);
}
