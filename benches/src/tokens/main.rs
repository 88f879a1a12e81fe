//! How many tokens the local cloud issues in a second, and how long each takes, beside what the
//! machine could do at best: the RSA signatures and the password hashes that it computes.
//!
//! The measured and their peers take turns within each round, so that what disturbs the machine
//! disturbs both; figures are medians of the rounds. The clients run on the same machine and take
//! their share of it, so the server's own processor time for each token stands beside the rate.
//!
//! - [`cloud`] – the server as a process, and what is set up in it
//! - [`grants`] – the requests
//! - [`measure`] – many clients at once, for a while
//! - [`reads`] – reads of the LCS API
//! - [`peers`] – the machine's own limits
//! - [`start_up`] – whole processes, `lcs token` beside other tools
//! - [`report`] – tables and JSON

mod cloud;
mod grants;
mod measure;
mod peers;
mod reads;
mod report;
mod start_up;

use std::{path::PathBuf, time::Duration};

use anyhow::Result;
use clap::Parser;

use cloud::Cloud;
use grants::Grant;
use reads::Read;
use report::{GrantResult, ReadResult, Report};
use start_up::Programs;

/// Measures token requests against the limits of the machine.
#[derive(Parser)]
struct Arguments {
    /// The `lcs` binary, built for release
    #[arg(long)]
    lcs: PathBuf,
    /// How often everything is measured
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long each measurement lasts, in seconds
    #[arg(long, default_value_t = 2)]
    seconds: u64,
    /// How many clients at once, beside one alone
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// A Python that can import MSAL
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// The Azure CLI, to measure it too
    #[arg(long)]
    azure_cli: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let cloud = Cloud::start(&arguments.lcs).await?;
    let memory_at_rest = cloud.memory();
    let setup = cloud.set_up().await?;
    let duration = Duration::from_secs(arguments.seconds);
    let mut grants: Vec<GrantResult> = Grant::ALL
        .into_iter()
        .flat_map(|grant| [1, arguments.clients].map(|clients| GrantResult::new(grant, clients)))
        .collect();
    let mut reads: Vec<ReadResult> = [1, arguments.clients]
        .into_iter()
        .flat_map(|clients| Read::ALL.map(|read| ReadResult::new(read, clients)))
        .collect();
    let mut limits = peers::Limits::default();
    let azure_cli = arguments.azure_cli.as_deref();
    let (lcs, python) = (&arguments.lcs, &arguments.python);
    let mut programs = Programs::prepare(lcs, &cloud, &setup, python, azure_cli)?;
    for _ in 0..arguments.rounds {
        for result in &mut grants {
            let round = measure::grants(&cloud, &setup, result.grant, result.clients, duration);
            result.rounds.push(round.await?);
        }
        for result in &mut reads {
            let requests = result.read.requests(&cloud, &setup, result.clients);
            let round = measure::run(&cloud, requests.await?, duration);
            result.rounds.push(round.await?);
        }
        limits.measure(duration / 4)?;
        programs.measure()?;
    }
    let report = Report {
        processors: peers::processors(),
        memory_at_rest,
        memory_after: cloud.memory(),
        limits,
        grants,
        reads,
        programs: programs.all,
    };
    report.print(arguments.json)
}
