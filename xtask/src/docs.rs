//! The generated pages of `docs/`.
//!
//! Which they are and what stands in them is known to tests of `lcs-testkit`, which sees the crates
//! that they are generated from. The gate compares; here the same tests are told to write.

use anyhow::Result;

use crate::prerequisites::{self, Need};
use crate::process::Invocation;

/// Writes them.
///
/// # Errors
///
/// When the tests cannot be built or a page cannot be written.
pub(crate) fn write() -> Result<()> {
    prerequisites::provide([Need::Compiler].into_iter())?;
    Invocation::of("cargo test --locked --package lcs-testkit --test it -- the_page_of")
        .variable("LCS_WRITE_DOCS", "yes")
        .run()
}
