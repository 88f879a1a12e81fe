//! How fast a file comes from the local cloud by the client's download, beside curl and aria2, with how
//! much memory; and what five cuts cost.
//!
//! Each program is a process of its own and fetches the same signed URL to the same disk; in each round
//! they take turns. The download also computes and compares the file's checksums, which the others
//! don't. The cloud runs in this process and shares the machine with them.
//!
//! - [`scene`] – the cloud, the file in it, and the gateway that cuts connections
//! - [`programs`] – the processes

#![expect(clippy::print_stdout, reason = "it is what the program is for")]
#![expect(
    clippy::cast_precision_loss,
    reason = "bytes are far below what a float holds exactly"
)]

mod programs;
mod scene;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;
use lcs_benches::{mebibytes, median, number, table};
use serde_json::json;

use programs::{Program, Run};
use scene::Scene;

const MEBIBYTE: u64 = 1024 * 1024;

/// Measures downloads
#[derive(Parser)]
struct Arguments {
    /// How large the file is, in MiB
    #[arg(long, default_value_t = 1024)]
    mebibytes: u64,
    /// How often everything is measured
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// curl
    #[arg(long, default_value = "curl")]
    curl: PathBuf,
    /// aria2c
    #[arg(long, default_value = "aria2c")]
    aria2: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Only fetch this URL, as a process that is measured
    #[arg(long, hide = true, requires = "to", requires = "certificates")]
    fetch: Option<String>,
    /// Where to
    #[arg(long, hide = true)]
    to: Option<PathBuf>,
    /// The authorities to trust
    #[arg(long, hide = true)]
    certificates: Option<PathBuf>,
}

/// What five cuts cost.
struct Cuts {
    extra_bytes: u64,
    run: Run,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let (Some(url), Some(to), Some(certificates)) =
        (&arguments.fetch, &arguments.to, &arguments.certificates)
    {
        return programs::fetch(url, to, certificates).await;
    }
    let scene = Scene::prepare(arguments.mebibytes * MEBIBYTE).await?;
    let mut all = Program::all(&arguments.curl, &arguments.aria2)?;
    for _ in 0..arguments.rounds {
        for program in &mut all {
            let run = program.run(&scene.url, &scene.certificates, &scene.folder)?;
            program.runs.push(run);
        }
    }
    let cuts = five_cuts(&scene)?;
    print(&arguments, &scene, &all, &cuts)
}

fn five_cuts(scene: &Scene) -> Result<Cuts> {
    let before = scene.gateway.sent_bytes();
    scene.cut_five_times();
    let own = Program::own()?;
    let url = scene.through_the_gateway();
    let run = own.run(&url, &scene.gateway.certificates, &scene.folder)?;
    ensure!(scene.gateway.is_done_failing(), "all five cuts happened");
    let sent = u64::try_from(scene.gateway.sent_bytes() - before)?;
    Ok(Cuts {
        extra_bytes: sent - scene.size_bytes,
        run,
    })
}

impl Program {
    fn rate(&self, size_bytes: u64) -> f64 {
        let rate = |run: &Run| size_bytes as f64 / 1e6 / run.elapsed.as_secs_f64();
        median(&self.runs.iter().map(rate).collect::<Vec<_>>())
    }

    fn memory(&self) -> Option<u64> {
        self.runs.iter().filter_map(|run| run.peak_memory).max()
    }
}

fn print(arguments: &Arguments, scene: &Scene, all: &[Program], cuts: &Cuts) -> Result<()> {
    let size = scene.size_bytes;
    let extra = cuts.extra_bytes as f64 / size as f64;
    if arguments.json {
        let programs: Vec<_> = all
            .iter()
            .map(|program| {
                json!({
                    "program": program.name,
                    "megabytes_per_second": program.rate(size),
                    "peak_memory_bytes": program.memory(),
                })
            })
            .collect();
        let report = json!({
            "file_bytes": size,
            "programs": programs,
            "five_cuts": {
                "extra_bytes": cuts.extra_bytes,
                "share": extra,
                "peak_memory_bytes": cuts.run.peak_memory,
            },
        });
        println!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(());
    }
    let mut rows = table(&["download", "MB/s", "times lcs", "peak memory"]);
    let own = all.first().map_or(f64::NAN, |own| own.rate(size));
    for program in all {
        let rate = program.rate(size);
        rows.add_row([
            program.name.to_owned(),
            number(rate),
            number(rate / own),
            mebibytes(program.memory()),
        ]);
    }
    println!("a file of {}\n\n{rows}", mebibytes(Some(size)));
    println!(
        "\nfive cuts: {} bytes more ({:.3} %), peak memory {}",
        cuts.extra_bytes,
        extra * 100.0,
        mebibytes(cuts.run.peak_memory),
    );
    Ok(())
}
