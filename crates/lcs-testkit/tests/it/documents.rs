//! Generated pages of `docs/`: each is compared with what it is generated from.
//!
//! `cargo xtask docs` runs the same tests, told to write first; it finds them by their names, which
//! begin with `the_page_of`.

use std::path::{Path, PathBuf};

/// Set by `cargo xtask docs`.
const WRITE: &str = "LCS_WRITE_DOCS";

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap().to_owned()
}

/// Compares a committed page with what it should be, or writes it.
pub(crate) fn check(page: &str, text: &str) {
    let path = root().join(page);
    #[expect(
        clippy::disallowed_methods,
        reason = "the variable is no setting of the product"
    )]
    let is_to_write = std::env::var_os(WRITE).is_some();
    if is_to_write {
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "{page} is out of date: run `cargo xtask docs` and commit it"
    );
}

#[test]
fn the_page_of_the_lcs_api_is_what_the_server_serves() {
    let document = lcs_server::openapi::document();
    let text = serde_json::to_string_pretty(&document).unwrap();
    check("docs/openapi.json", &format!("{text}\n"));
}
