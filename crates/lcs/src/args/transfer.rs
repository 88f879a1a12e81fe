//! What all uploads and downloads take.

use std::sync::Arc;

use clap::Args;
use lcs_client::{Rate, RateLimit};

/// How fast a transfer may be.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct RateArgs {
    /// At most so many bytes a second, such as 500K, 10M or 1G
    #[arg(long, value_name = "RATE")]
    limit_rate: Option<Rate>,
}

impl RateArgs {
    /// The limit that everything which travels at once shares.
    pub(crate) fn limit(self) -> Option<Arc<RateLimit>> {
        self.limit_rate.map(|rate| Arc::new(RateLimit::new(rate)))
    }
}
