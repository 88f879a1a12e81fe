//! Many clients at once, each on a connection of its own, for a while.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use tokio::task::JoinSet;

use crate::{
    cloud::{Cloud, Setup},
    grants::{Grant, request},
};

/// What one round showed.
#[derive(Debug)]
pub(crate) struct Round {
    /// How long each request took.
    pub(crate) latencies: Vec<Duration>,
    /// How long the round lasted.
    pub(crate) elapsed: Duration,
    /// The processor time of the server in it, where the system says.
    pub(crate) server_time: Option<Duration>,
}

/// Runs one round.
///
/// # Errors
///
/// When an answer is no token.
pub(crate) async fn run(
    cloud: &Cloud,
    setup: &Setup,
    grant: Grant,
    clients: usize,
    duration: Duration,
) -> Result<Round> {
    let setup = Arc::new(setup.clone());
    let mut ready = Vec::with_capacity(clients);
    for _ in 0..clients {
        let http = cloud.http()?;
        let form = grant.form(&http, &setup).await?;
        // The connection is made, and what is computed once is computed.
        request(&http, &setup, &form).await?;
        ready.push((http, form));
    }
    let before = cloud.processor_time();
    let start = Instant::now();
    let mut running = JoinSet::new();
    for (http, form) in ready {
        let setup = Arc::clone(&setup);
        running.spawn(async move {
            let mut latencies = Vec::new();
            while start.elapsed() < duration {
                let sent = Instant::now();
                request(&http, &setup, &form).await?;
                latencies.push(sent.elapsed());
            }
            anyhow::Ok(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(client) = running.join_next().await {
        latencies.extend(client??);
    }
    let after = cloud.processor_time();
    Ok(Round {
        latencies,
        elapsed: start.elapsed(),
        server_time: before
            .zip(after)
            .map(|(before, after)| after.saturating_sub(before)),
    })
}
