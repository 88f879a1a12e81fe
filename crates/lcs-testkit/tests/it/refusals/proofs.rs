//! Which test provokes which row, as the sources of these tests say: a test that is named
//! `aadsts_<number>_<words>` and names rows of that number proves them.

use std::{collections::BTreeMap, fs};

use lcs_wire::entra::{Aadsts, aadsts::Reach};

use crate::documents;

/// A test that provokes a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof {
    /// The test's name.
    pub(crate) test: String,
    /// Its file, from the root of the workspace.
    pub(crate) file: String,
}

/// The first proof of each row, by the row's name.
pub(crate) fn proofs() -> BTreeMap<String, Proof> {
    let folder = "crates/lcs-testkit/tests/it/refusals";
    let mut files: Vec<_> = fs::read_dir(documents::root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut found = BTreeMap::new();
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let source = fs::read_to_string(&path).unwrap();
        for (test, rows) in tests(&source) {
            for row in rows {
                let file = format!("{folder}/{name}");
                let test = test.to_owned();
                found
                    .entry(format!("{row:?}"))
                    .or_insert(Proof { test, file });
            }
        }
    }
    found
}

/// The tests of a source and the rows that each proves.
fn tests(source: &str) -> impl Iterator<Item = (&str, Vec<Aadsts>)> {
    source.split("\nasync fn ").skip(1).filter_map(|function| {
        let (name, body) = function.split_once('(')?;
        let number = name.strip_prefix("aadsts_")?.split('_').next()?;
        let number: u32 = number.parse().ok()?;
        let is_proved =
            |row: &&Aadsts| row.row().code == number && body.contains(&format!("Aadsts::{row:?})"));
        Some((
            name,
            Aadsts::ALL.iter().filter(is_proved).copied().collect(),
        ))
    })
}

#[test]
fn a_test_proves_the_rows_that_it_names_and_whose_number_it_has() {
    let source = "
#[tokio::test]
async fn aadsts_50126_a_wrong_password() {
    first.refused_as(Aadsts::UserNotFound);
    second.refused_as(Aadsts::WrongPassword);
}

#[tokio::test]
async fn another_test() {
    answer.refused_as(Aadsts::UserNotFound);
}
";
    let found: Vec<_> = tests(source).collect();
    assert_eq!(
        found,
        [("aadsts_50126_a_wrong_password", vec![Aadsts::WrongPassword])]
    );
}
#[test]
fn every_row_that_can_be_provoked_is_provoked_by_a_test_of_its_number() {
    let proofs = proofs();
    let wrong: Vec<_> = Aadsts::ALL
        .iter()
        .filter(|row| {
            let is_proved = proofs.contains_key(&format!("{row:?}"));
            is_proved != (row.row().reach == Reach::Provoked)
        })
        .map(|row| (row.row().code, row))
        .collect();
    assert!(wrong.is_empty(), "provoked and proved differ: {wrong:?}");
}
