//! `docs/entra-compatibility.md` names what proves each of its rows; here is proved that it exists.

use std::{fs, path::Path};

use crate::documents::root;

fn sources(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else {
            into.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_proof_that_the_compatibility_page_names_exists() {
    let page = fs::read_to_string(root().join("docs/entra-compatibility.md")).unwrap();
    let mut tests = String::new();
    for folder in [
        "crates/lcs-testkit/tests/it",
        "crates/lcs-directory/tests/it",
        "crates/lcs-cloud/src",
    ] {
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
                tests.contains(&format!("fn {proof}("))
            };
            assert!(is_there, "there is no {proof}");
            named += 1;
        }
    }
    assert!(named > 30, "only {named} proofs were found on the page");
}
