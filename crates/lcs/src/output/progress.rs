//! Progress of long work: drawn over on a terminal, silent elsewhere and with `-q`.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use lcs_client::{ApiError, WaitObserver};
use lcs_types::Progress;
use lcs_wire::lcs::FetchStatus;

use super::Output;

/// Shows how much of a file has travelled.
#[derive(Debug)]
pub(crate) struct TransferDisplay(ProgressBar);

impl TransferDisplay {
    pub(crate) fn new(output: &Output) -> Self {
        let bar = bar(output);
        let template = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        Self(bar)
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for TransferDisplay {
    fn advanced(&self, _what: &str, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }
}

/// Shows how much time a person has left.
#[derive(Debug)]
pub(crate) struct Countdown(ProgressBar);

impl Countdown {
    /// Counts down from `limit`, behind the words.
    pub(crate) fn start(output: &Output, what: &'static str, limit: Duration) -> Self {
        let bar = bar(output);
        let left = move |state: &ProgressState, text: &mut dyn fmt::Write| {
            let seconds = limit.saturating_sub(state.elapsed()).as_secs();
            // A text in memory takes whatever is written.
            let _ = write!(text, "{}:{:02}", seconds / 60, seconds % 60);
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}, {left} left") {
            bar.set_style(style.with_key("left", left));
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    pub(crate) fn finish(self) {
        self.0.finish_and_clear();
    }
}

/// Shows the status of an operation while somebody waits.
#[derive(Debug)]
pub(crate) struct WaitDisplay<'output> {
    output: &'output Output,
    bar: ProgressBar,
    last: Mutex<String>,
}

impl<'output> WaitDisplay<'output> {
    pub(crate) fn new(output: &'output Output) -> Self {
        let bar = bar(output);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self {
            output,
            bar,
            last: Mutex::new(String::new()),
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl WaitObserver for WaitDisplay<'_> {
    fn observed(&self, status: &FetchStatus, elapsed: Duration, _next: Duration) {
        let word = status.operation_status.to_string();
        self.bar
            .set_message(format!("{word} for {} s", elapsed.as_secs()));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != word && self.bar.is_hidden() {
            self.output.note(&format!("status: {word}"));
        }
        *last = word;
    }

    fn troubled(&self, error: &ApiError, _elapsed: Duration, next: Duration) {
        self.output.note(&format!(
            "LCS did not answer ({error}); asking again in {} s",
            next.as_secs()
        ));
    }
}

fn bar(output: &Output) -> ProgressBar {
    if output.terminals.stderr && !output.quiet {
        ProgressBar::new_spinner()
    } else {
        ProgressBar::hidden()
    }
}
