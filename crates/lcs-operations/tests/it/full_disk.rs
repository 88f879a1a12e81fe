//! A disk that fills up during the copy: the refresh is rolled back and says why.
//!
//! A limit on the size of files stands for the disk: it lets writes fail in the middle as a full
//! disk does, and needs no rights. It holds for a process, so the test runs itself again in a
//! process of its own.

use std::{path::PathBuf, process::Command};

use lcs_operations::OperationState;

use crate::{
    refresh::must_roll_back,
    world::{ANNA, PRODUCTION, PROJECT, UAT, World},
};

/// Names the folder of the world in the process with the limit.
const FOLDER: &str = "LCS_TEST_LIMITED_FOLDER";
/// In blocks of 512 or 1024 bytes, since shells differ: less than the database, and more than the
/// store needs.
const LIMIT: u32 = 4_096;

#[expect(
    clippy::disallowed_methods,
    reason = "how the process with the limit learns that it is the one"
)]
fn folder_of_limited_process() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_fills_the_disk_is_rolled_back_and_succeeds_once_there_is_room() {
    if let Some(folder) = folder_of_limited_process() {
        let world = World::open(&folder).await;
        must_roll_back(&world, "and the disk has").await;
        return;
    }
    let world = World::new().await;
    world.enlarge(PRODUCTION);

    // The signal that the limit sends would end the process; ignored, the write fails instead.
    let script = format!("trap '' XFSZ; ulimit -f {LIMIT}; exec \"$0\" \"$@\"");
    let test =
        "full_disk::a_refresh_that_fills_the_disk_is_rolled_back_and_succeeds_once_there_is_room";
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(FOLDER, &world.folder)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );

    let engine = world.engine();
    let id = engine
        .start_refresh(PROJECT, PRODUCTION, UAT, ANNA)
        .await
        .unwrap();
    engine.wait_until_idle().await;
    assert_eq!(world.operation(id).await.state, OperationState::Completed);
}
