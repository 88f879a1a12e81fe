//! Running the benchmarks of `benches/` against a binary that is built for release.

use anyhow::Result;

use crate::graph;
use crate::process::Invocation;

/// Builds both and hands the options over: to the benchmark of transfers where `transfers` is the first,
/// else to that of tokens and reads.
///
/// # Errors
///
/// When something does not build, or the benchmark fails.
pub(crate) fn run(options: &[String]) -> Result<()> {
    Invocation::of("cargo build --release --locked --package lcs --package lcs-benches").run()?;
    let with_option = |invocation: Invocation, option: &String| invocation.argument(option);
    let built = graph::target_directory()?.join("release");
    if let Some(("transfers", options)) = options.split_first().map(|(it, all)| (it.as_str(), all))
    {
        let benchmark = Invocation::program(built.join("transfers"));
        return options.iter().fold(benchmark, with_option).run();
    }
    let benchmark = Invocation::program(built.join("tokens"))
        .argument("--lcs")
        .argument(built.join("lcs"));
    options.iter().fold(benchmark, with_option).run()
}
