//! Many clients at once, each on a connection of its own, for a while.

use std::{
    pin::Pin,
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

/// A request of one client, on a connection of its own, that may be sent many times.
pub(crate) type Request = Box<dyn Fn() -> BoxFuture + Send>;

/// What a request is while it runs.
pub(crate) type BoxFuture = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// Runs one round of a grant.
///
/// # Errors
///
/// When an answer is no token.
pub(crate) async fn grants(
    cloud: &Cloud,
    setup: &Setup,
    grant: Grant,
    clients: usize,
    duration: Duration,
) -> Result<Round> {
    let mut requests: Vec<Request> = Vec::with_capacity(clients);
    for _ in 0..clients {
        let (http, setup) = (cloud.http()?, setup.clone());
        let form = grant.form(&http, &setup).await?;
        requests.push(Box::new(move || {
            let (http, setup, form) = (http.clone(), setup.clone(), form.clone());
            Box::pin(async move { request(&http, &setup, &form).await.map(drop) })
        }));
    }
    run(cloud, requests, duration).await
}

/// Runs one round: each client sends its request again and again.
///
/// # Errors
///
/// What a request answers.
pub(crate) async fn run(
    cloud: &Cloud,
    requests: Vec<Request>,
    duration: Duration,
) -> Result<Round> {
    for send in &requests {
        // The connection is made, and what is computed once is computed.
        send().await?;
    }
    let before = cloud.processor_time();
    let start = Instant::now();
    let mut running = JoinSet::new();
    for send in requests {
        running.spawn(async move {
            let mut latencies = Vec::new();
            while start.elapsed() < duration {
                let sent = Instant::now();
                send().await?;
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
