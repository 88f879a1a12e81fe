//! The directory over a real store, told as stories.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what the stories share is test code outside of test functions"
)]

mod article;
mod confidential;
mod device_code;
mod discovery;
mod exposed_api;
mod graph;
mod graph_deleted_items;
mod graph_permissions;
mod graph_users;
mod inferred;
mod password;
mod refresh_token;
mod refusals;
mod signing_keys;
mod world;

/// A file that nobody names is never run.
#[test]
fn every_file_beside_this_one_is_a_module_of_it() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let text = std::fs::read_to_string(folder.join("main.rs")).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.trim_end_matches(".rs");
        assert!(
            module == "main" || text.contains(&format!("mod {module};")),
            "{name}"
        );
    }
}
