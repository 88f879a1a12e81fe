//! The corpus of each fuzz target, without a fuzzer.

use std::{
    collections::BTreeSet,
    fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
};

use lcs_fuzz::{TARGETS, Target};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// The files of a target's corpus that break its rule.
fn broken(target: Target) -> Vec<PathBuf> {
    let folder = fuzz().join("corpus").join(target.name);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no corpus", target.name);
    files.retain(|file| {
        let bytes = fs::read(file).unwrap();
        catch_unwind(|| (target.run)(&bytes)).is_err()
    });
    files
}

#[test]
fn every_target_has_a_program_and_a_corpus() {
    let targets: BTreeSet<String> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    assert_eq!(targets, names(&fuzz().join("fuzz_targets")));
    assert_eq!(targets, names(&fuzz().join("corpus")));
}

#[test]
fn no_file_of_the_corpus_breaks_a_rule() {
    let broken: Vec<PathBuf> = TARGETS.into_iter().flat_map(broken).collect();
    assert_eq!(broken, Vec::<PathBuf>::new());
}
