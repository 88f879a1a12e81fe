//! `docs/doctor.md` has a row for every case here, and every row names a test that is here.

use std::{collections::BTreeSet, fs};

use crate::documents::root;

#[test]
fn every_case_stands_on_the_page_and_every_row_has_its_test() {
    let mut tests = BTreeSet::new();
    let folder = root().join("crates/lcs-testkit/tests/it/doctor");
    for entry in fs::read_dir(folder).unwrap() {
        let source = fs::read_to_string(entry.unwrap().path()).unwrap();
        let names = source.split("#[tokio::test]\nasync fn ").skip(1);
        tests.extend(names.map(|rest| rest.split('(').next().unwrap().to_owned()));
    }
    let page = fs::read_to_string(root().join("docs/doctor.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let named: BTreeSet<String> = rows
        .filter_map(|row| row.trim_end_matches(" |").rsplit(" | ").next())
        .filter_map(|proof| proof.strip_prefix('`')?.strip_suffix('`'))
        .map(str::to_owned)
        .collect();
    assert!(tests.len() > 40, "only {} cases were found", tests.len());
    let missing: Vec<_> = tests.difference(&named).collect();
    assert!(missing.is_empty(), "the page lacks {missing:?}");
    let gone: Vec<_> = named.difference(&tests).collect();
    assert!(gone.is_empty(), "there is no test {gone:?}");
}

#[test]
fn every_check_is_explained_under_its_own_heading() {
    let page = fs::read_to_string(root().join("docs/doctor.md")).unwrap();
    for check in lcs_diagnosis::Check::ALL {
        let heading = format!("\n### {}\n", check.id());
        assert!(page.contains(&heading), "docs/doctor.md lacks {heading:?}");
    }
}
