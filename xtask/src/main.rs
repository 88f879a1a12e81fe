//! Development tasks: `cargo xtask test` is the whole gate, the other tasks are its parts.
//!
//! - [`arguments`] – what was asked for
//! - [`bench`](mod@bench) – the benchmarks
//! - [`docs`] – the generated pages
//! - [`steps`] – the list of what the gate does, and running it
//! - [`prerequisites`] – what the steps need on the machine, and installing it
//! - [`layers`] – which crate may depend on which, and what may not be in the graph at all
//! - [`graph`] – what Cargo says about the workspace
//! - [`end_to_end`] – the scripts of outsiders against the built binary
//! - [`process`] – running other programs
//! - [`mod@fuzz`] – running fuzz targets, which are no part of the gate
//! - [`terminal`] – the only place that prints

mod arguments;
mod bench;
mod docs;
mod end_to_end;
mod fuzz;
mod graph;
mod layers;
mod prerequisites;
mod process;
mod steps;
mod terminal;

use std::process::ExitCode;

use arguments::Task;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let task = match arguments::parse(&arguments) {
        Ok(task) => task,
        Err(error) => {
            terminal::say(&format!("error: {error}\n\n{}", arguments::HELP));
            return ExitCode::from(2);
        }
    };
    let passed = match task {
        Task::Help => {
            terminal::say(arguments::HELP);
            Ok(true)
        }
        Task::Bench(options) => bench::run(&options).map(|()| true),
        Task::Docs => docs::write().map(|()| true),
        Task::Fuzz(fuzzing) => fuzz::run(&fuzzing),
        Task::Run { steps, keep_going } => steps::run(&steps, keep_going),
    };
    match passed {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            terminal::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
