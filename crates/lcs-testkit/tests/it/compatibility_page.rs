//! The pages of compatibility name what proves each of their rows; here is proved that it exists.

use std::{fs, path::Path};

use crate::documents::root;

fn sources(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|it| it == "rs") {
            into.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

/// How many proofs a page names, each of which exists.
fn proofs_of(page: &str, folders: &[&str]) -> usize {
    let page = fs::read_to_string(root().join(page)).unwrap();
    let mut tests = String::new();
    for folder in folders {
        sources(&root().join(folder), &mut tests);
    }
    let run = fs::read_to_string(root().join("e2e/run.py")).unwrap();
    let mut named = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let proofs = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        for proof in proofs.split(", ").filter_map(|it| it.strip_prefix('`')) {
            let proof = proof.trim_end_matches('`');
            let is_there = if proof.contains('.') {
                run.contains(&format!("\"{proof}\"")) && root().join("e2e").join(proof).is_file()
            } else {
                ["(", "<"]
                    .iter()
                    .any(|next| tests.contains(&format!("fn {proof}{next}")))
            };
            assert!(is_there, "there is no {proof}");
            named += 1;
        }
    }
    named
}

#[test]
fn every_proof_that_the_page_about_entra_names_exists() {
    let folders = [
        "crates/lcs-testkit/tests/it",
        "crates/lcs-directory/tests/it",
        "crates/lcs-cloud/src",
    ];
    let named = proofs_of("docs/entra-compatibility.md", &folders);
    assert!(named > 30, "only {named} proofs were found on the page");
}

#[test]
fn every_proof_that_the_page_about_lcs_names_exists() {
    let named = proofs_of("docs/lcs-compatibility.md", &["crates"]);
    assert!(named > 30, "only {named} proofs were found on the page");
}
