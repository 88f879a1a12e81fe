//! Patience with things that were just created: Graph's servers agree after seconds, rarely
//! minutes.

use std::time::Duration;

use tokio::time::sleep;

use super::{GraphApi, GraphCallError};

/// Whether an object is so new that Graph may not know it everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectAge {
    /// It was there before: what Graph says about it counts.
    Established,
    /// It was created in this run: Graph may deny it for a while.
    JustCreated,
}

/// How long a denial of something just created is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsistencyPolicy {
    /// The first pause; each further one is twice as long.
    pub first_delay: Duration,
    /// How long all pauses may be together.
    pub patience: Duration,
}

impl Default for ConsistencyPolicy {
    fn default() -> Self {
        Self {
            first_delay: Duration::from_secs(1),
            patience: Duration::from_mins(2),
        }
    }
}

impl ConsistencyPolicy {
    /// The pauses: 1, 2, 4, 8 … of the first, while they fit.
    fn pauses(self) -> impl Iterator<Item = Duration> {
        let mut spent = Duration::ZERO;
        (0..16)
            .map(move |doublings| self.first_delay * 2_u32.pow(doublings))
            .take_while(move |pause| {
                spent += *pause;
                spent <= self.patience
            })
    }
}

impl GraphApi {
    /// Pauses before look number `look` (from 1) at something that Graph does not show yet.
    pub async fn pause_for_consistency(&self, look: u32) {
        let doublings = look.saturating_sub(1).min(16);
        sleep(self.consistency.first_delay * 2_u32.pow(doublings)).await;
    }

    /// Makes a call again while it fails only because something is too new.
    pub(super) async fn patiently<T, F>(
        &self,
        age: ObjectAge,
        call: impl Fn() -> F,
    ) -> Result<T, GraphCallError>
    where
        F: Future<Output = Result<T, GraphCallError>>,
    {
        if age == ObjectAge::JustCreated {
            for pause in self.consistency.pauses() {
                match call().await {
                    Err(error) if error.is_inconsistency() => {
                        tracing::debug!(%error, ?pause, "Graph does not know it everywhere yet");
                        sleep(pause).await;
                    }
                    result => return result,
                }
            }
        }
        call().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stay_within_the_patience() {
        let pauses: Vec<_> = ConsistencyPolicy::default()
            .pauses()
            .map(|pause| pause.as_secs())
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32]);
    }
}
