//! A database that has nothing to do with finance and operations moves unchanged.

use std::path::Path;

use lcs_databases::sqlite::{Source, content_digest, sanitise, verify};

use crate::samples::{copy, folder, plan_for};

#[test]
fn chinook_is_copied_sanitised_by_nothing_and_verified() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/Chinook.sqlite");
    let folder = folder();
    let staged = folder.path().join("staged.sqlite");
    let copied = copy(&source, &staged);
    let plan = plan_for(&staged, "");
    assert_eq!(plan.actions, []);
    let report = sanitise(&staged, &plan).unwrap();
    let verified = verify(&staged, &copied, &plan, &report).unwrap();
    let rows = |table: &str| {
        verified
            .tables
            .iter()
            .find(|it| it.table == table)
            .unwrap()
            .rows
    };
    assert_eq!(verified.tables.len(), 11);
    assert_eq!(
        (rows("Track"), rows("Customer"), rows("Invoice")),
        (3503, 59, 412)
    );
    assert_eq!(
        content_digest(&staged).unwrap(),
        content_digest(&source).unwrap()
    );
}

#[test]
fn chinook_is_described_with_its_keys() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/Chinook.sqlite");
    let inspection = Source::open(&source).unwrap().inspect().unwrap();
    let track = inspection.table("track").unwrap();
    assert_eq!(track.primary_key, ["TrackId"]);
    assert!(track.columns[0].identity);
    assert_eq!(track.columns[1].declared_type, "NVARCHAR(200)");
    let targets: Vec<_> = track
        .foreign_keys
        .iter()
        .map(|it| &*it.references_table)
        .collect();
    assert_eq!(targets, ["Album", "Genre", "MediaType"]);
}
