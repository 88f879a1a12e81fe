//! An export is listed when it is complete, with checksums, and holds what the database holds.

use std::{fs::File, io::BufReader};

use lcs_artifacts::{ArtifactKey, Checksums};
use lcs_bacpac::{Package, TableName, Value};
use lcs_operations::OperationState;
use lcs_projects::ProjectStore as _;

use crate::world::{ANNA, PROJECT, UAT, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_package_holds_the_sanitised_rows_and_the_list_its_checksums() {
    let world = World::new().await;
    let before = world.content(UAT);
    let engine = world.engine();
    let name = "uat-2026-03-01".parse().unwrap();
    let id = engine.start_export(PROJECT, UAT, name, ANNA).await.unwrap();
    engine.wait_until_idle().await;
    let operation = world.operation(id).await;
    assert_eq!(
        operation.state,
        OperationState::Completed,
        "{:?}",
        operation.journal
    );
    assert_eq!(world.content(UAT), before);
    assert_eq!(world.leftovers(), Vec::<String>::new());

    let backups = world.store.backups(PROJECT).await.unwrap();
    let [backup] = backups.as_slice() else {
        panic!("{backups:?}")
    };
    assert_eq!(backup.name.file_name(), "uat-2026-03-01.bacpac");
    let key: ArtifactKey = backup.artifact.parse().unwrap();
    let path = world.artifacts().path_of(&key);
    let checksums = Checksums::of(File::open(&path).unwrap()).unwrap();
    assert_eq!(
        (checksums.size_bytes, checksums.sha256),
        (backup.size_bytes, backup.sha256)
    );

    let mut package = Package::from_reader(BufReader::new(File::open(&path).unwrap())).unwrap();
    let rows = |package: &mut Package<_>, table: &str| {
        let mut rows: Vec<Vec<Value>> = Vec::new();
        let keep = |row| {
            rows.push(row);
            Ok::<(), lcs_bacpac::RowsError>(())
        };
        package
            .read_rows(&TableName::new("dbo", table), keep)
            .unwrap();
        rows
    };
    let customers = rows(&mut package, "CUSTTABLE");
    assert_eq!(customers.len(), 10);
    assert_eq!(customers[0][0], Value::BigInt(1));
    assert_eq!(customers[0][1], Value::Text("C-00001".to_owned()));
    assert_eq!(customers[0][2].decimal_text().as_deref(), Some("0.250000"));
    let addresses = rows(&mut package, "LOGISTICSELECTRONICADDRESS");
    assert!(
        addresses
            .iter()
            .all(|row| row[2] == Value::Text(String::new()))
    );
    assert_eq!(rows(&mut package, "SYSSERVERSESSIONS").len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_no_type_holds_is_named_and_nothing_is_listed() {
    let world = World::new().await;
    let connection = rusqlite::Connection::open(world.environment(UAT).database_path()).unwrap();
    connection
        .execute_batch("CREATE TABLE ODD (X); INSERT INTO ODD VALUES ('text'), (x'00ff');")
        .unwrap();
    connection.close().unwrap();
    let engine = world.engine();
    let id = engine
        .start_export(PROJECT, UAT, "odd".parse().unwrap(), ANNA)
        .await
        .unwrap();
    engine.wait_until_idle().await;
    let operation = world.operation(id).await;
    assert_eq!(operation.state, OperationState::RollbackCompleted);
    let failure = operation.journal.failure.unwrap();
    assert!(failure.contains("`X` of `ODD`"), "{failure}");
    assert!(world.store.backups(PROJECT).await.unwrap().is_empty());
    assert_eq!(world.leftovers(), Vec::<String>::new());
}
