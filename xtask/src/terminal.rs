//! The only place that prints. Plain text without colour, so that logs of machines stay readable.

#![expect(
    clippy::print_stdout,
    reason = "a development task speaks to the developer's terminal"
)]

use std::time::Duration;

/// Prints a line.
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Prints a heading over what follows.
pub(crate) fn heading(text: &str) {
    println!("\n==> {text}");
}

/// A duration as people read it.
pub(crate) fn duration_text(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{}.{} s", seconds, duration.subsec_millis() / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_in_seconds_then_in_minutes() {
        assert_eq!(duration_text(Duration::from_millis(40)), "0.0 s");
        assert_eq!(duration_text(Duration::from_millis(12_340)), "12.3 s");
        assert_eq!(duration_text(Duration::from_secs(125)), "2 min 05 s");
    }
}
