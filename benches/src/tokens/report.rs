//! Medians and ratios, as tables for people and as JSON.
#![expect(clippy::print_stdout, reason = "it is what the program is for")]
#![expect(
    clippy::cast_precision_loss,
    reason = "counts and bytes are far below what a float holds exactly"
)]

use std::time::Duration;

use anyhow::Result;
use comfy_table::Table;
use lcs_benches::{mebibytes, median, number, table};
use serde_json::{Value, json};

use crate::{
    cloud::Memory, grants::Grant, measure::Round, peers::Limits, reads::Read, start_up::StartUp,
};

/// A grant by some clients at once.
#[derive(Debug)]
pub(crate) struct GrantResult {
    pub(crate) grant: Grant,
    pub(crate) clients: usize,
    pub(crate) rounds: Vec<Round>,
}

/// A read by some clients at once.
#[derive(Debug)]
pub(crate) struct ReadResult {
    pub(crate) read: Read,
    pub(crate) clients: usize,
    pub(crate) rounds: Vec<Round>,
}

impl ReadResult {
    pub(crate) const fn new(read: Read, clients: usize) -> Self {
        Self {
            read,
            clients,
            rounds: Vec::new(),
        }
    }
}

/// Everything that was measured.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) processors: usize,
    pub(crate) memory_at_rest: Memory,
    pub(crate) memory_after: Memory,
    pub(crate) limits: Limits,
    pub(crate) grants: Vec<GrantResult>,
    pub(crate) reads: Vec<ReadResult>,
    pub(crate) programs: Vec<StartUp>,
}

impl GrantResult {
    pub(crate) const fn new(grant: Grant, clients: usize) -> Self {
        Self {
            grant,
            clients,
            rounds: Vec::new(),
        }
    }
}

/// Answers in a second.
fn rate(rounds: &[Round]) -> f64 {
    let rate = |round: &Round| round.latencies.len() as f64 / round.elapsed.as_secs_f64();
    median(&rounds.iter().map(rate).collect::<Vec<_>>())
}

/// The latency that this share of all requests stays below, in milliseconds.
fn latency(rounds: &[Round], share: f64) -> f64 {
    let mut all: Vec<Duration> = rounds
        .iter()
        .flat_map(|round| round.latencies.iter().copied())
        .collect();
    all.sort();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length is an index"
    )]
    let place = ((all.len() as f64 * share) as usize).min(all.len().saturating_sub(1));
    all.get(place).map_or(0.0, |it| it.as_secs_f64() * 1_000.0)
}

/// The server's processor time for an answer, in milliseconds.
fn server_time(rounds: &[Round]) -> Option<f64> {
    let of = |round: &Round| {
        let time = round.server_time?.as_secs_f64() * 1_000.0;
        Some(time / round.latencies.len() as f64)
    };
    let times: Option<Vec<f64>> = rounds.iter().map(of).collect();
    Some(median(&times?))
}

impl Report {
    pub(crate) fn print(&self, as_json: bool) -> Result<()> {
        if as_json {
            println!("{}", serde_json::to_string_pretty(&self.json())?);
        } else {
            println!("{}\n\n{}", self.limits_table(), self.grants_table());
            println!("\n{}", self.reads_table());
            println!("\n{}", self.programs_table());
            println!(
                "\nmemory at rest {}, after the load {}",
                mebibytes(self.memory_at_rest),
                mebibytes(self.memory_after)
            );
        }
        Ok(())
    }

    /// Milliseconds of one processor for a signature.
    fn signature_time(&self) -> f64 {
        1_000.0 / median(&self.limits.signatures_one)
    }

    /// Milliseconds of one processor for what a grant must compute: a signature, and for a password
    /// its hash.
    fn least_time(&self, grant: Grant) -> f64 {
        match grant {
            Grant::RefreshToken | Grant::ClientCredentials => self.signature_time(),
            Grant::Password => self.signature_time() + 1_000.0 / median(&self.limits.hashes_one),
        }
    }

    fn limits_table(&self) -> String {
        let mut table = table(&[
            "limit of the machine, a second",
            "1 thread",
            "all processors",
        ]);
        let limits = &self.limits;
        for (name, one, all) in [
            (
                "RSA-2048 signatures",
                &limits.signatures_one,
                &limits.signatures_all,
            ),
            (
                "argon2id, 19 MiB, 2 passes",
                &limits.hashes_one,
                &limits.hashes_all,
            ),
        ] {
            let row = [name.to_owned(), number(median(one)), number(median(all))];
            table.add_row(row);
        }
        format!("{} processors\n\n{table}", self.processors)
    }

    fn reads_table(&self) -> Table {
        let mut table = table(&[
            "read",
            "clients",
            "reads/s",
            "of the ceiling",
            "p50 ms",
            "p99 ms",
        ]);
        for result in &self.reads {
            let rounds = &result.rounds;
            table.add_row([
                result.read.name().to_owned(),
                result.clients.to_string(),
                number(rate(rounds)),
                format!("{:.0} %", 100.0 * self.share_of_the_ceiling(result)),
                number(latency(rounds, 0.5)),
                number(latency(rounds, 0.99)),
            ]);
        }
        table
    }

    /// How close a read comes to the cheapest answer of the same server.
    fn share_of_the_ceiling(&self, result: &ReadResult) -> f64 {
        let is_ceiling =
            |each: &&ReadResult| each.read == Read::Health && each.clients == result.clients;
        let ceiling = self.reads.iter().find(is_ceiling);
        ceiling.map_or(0.0, |ceiling| rate(&result.rounds) / rate(&ceiling.rounds))
    }

    fn grants_table(&self) -> Table {
        let mut table = table(&[
            "grant",
            "clients",
            "tokens/s",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "server ms/token",
            "of it at least",
        ]);
        for result in &self.grants {
            let time = server_time(&result.rounds);
            let share = time.map(|time| self.least_time(result.grant) / time * 100.0);
            table.add_row([
                result.grant.name().to_owned(),
                result.clients.to_string(),
                number(rate(&result.rounds)),
                number(latency(&result.rounds, 0.5)),
                number(latency(&result.rounds, 0.95)),
                number(latency(&result.rounds, 0.99)),
                time.map_or_else(|| "not measured".to_owned(), number),
                share.map_or_else(|| "not measured".to_owned(), |it| format!("{it:.0} %")),
            ]);
        }
        table
    }

    fn programs_table(&self) -> Table {
        let mut table = table(&["whole process", "median ms", "times lcs token"]);
        let own = self.programs.first().map(StartUp::median);
        for program in &self.programs {
            let median = program.median();
            let ratio = own.map_or(f64::NAN, |own| median / own);
            table.add_row([program.name.to_owned(), number(median), number(ratio)]);
        }
        table
    }

    fn json(&self) -> Value {
        let limits = &self.limits;
        let grant = |result: &GrantResult| {
            json!({
                "grant": result.grant,
                "clients": result.clients,
                "tokens_per_second": rate(&result.rounds),
                "latency_ms": {
                    "p50": latency(&result.rounds, 0.5),
                    "p95": latency(&result.rounds, 0.95),
                    "p99": latency(&result.rounds, 0.99),
                },
                "server_ms_per_token": server_time(&result.rounds),
                "least_ms_per_token": self.least_time(result.grant),
            })
        };
        let read = |result: &ReadResult| {
            json!({
                "read": result.read.name(),
                "clients": result.clients,
                "reads_per_second": rate(&result.rounds),
                "share_of_the_ceiling": self.share_of_the_ceiling(result),
                "latency_ms": {
                    "p50": latency(&result.rounds, 0.5),
                    "p99": latency(&result.rounds, 0.99),
                },
            })
        };
        json!({
            "processors": self.processors,
            "memory_bytes": { "at_rest": self.memory_at_rest, "after": self.memory_after },
            "limits_per_second": {
                "signatures": {
                    "one_thread": median(&limits.signatures_one),
                    "all_processors": median(&limits.signatures_all),
                },
                "password_hashes": {
                    "one_thread": median(&limits.hashes_one),
                    "all_processors": median(&limits.hashes_all),
                },
            },
            "start_up_ms": self
                .programs
                .iter()
                .map(|program| (program.name.to_owned(), program.median().into()))
                .collect::<serde_json::Map<_, _>>(),
            "grants": self.grants.iter().map(grant).collect::<Vec<_>>(),
            "reads": self.reads.iter().map(read).collect::<Vec<_>>(),
        })
    }
}

impl StartUp {
    fn median(&self) -> f64 {
        median(&self.milliseconds)
    }
}
