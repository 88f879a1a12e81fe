//! Running the benchmarks of `benches/` against a binary that is built for release.

use anyhow::Result;

use crate::graph;
use crate::process::Invocation;

/// Builds both and hands the options over.
///
/// # Errors
///
/// When something does not build, or the benchmark fails.
pub(crate) fn run(options: &[String]) -> Result<()> {
    Invocation::of("cargo build --release --locked --package lcs --package lcs-benches").run()?;
    let built = graph::target_directory()?.join("release");
    let benchmark = Invocation::program(built.join("tokens"))
        .argument("--lcs")
        .argument(built.join("lcs"));
    let with_option = |invocation: Invocation, option: &String| invocation.argument(option);
    options.iter().fold(benchmark, with_option).run()
}
