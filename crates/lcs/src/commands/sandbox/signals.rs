//! Signals while another program runs in our stead, and how it ended.

use std::process::ExitStatus;

use tokio::process::Child;

use crate::diagnostic::{Code, Diagnostic};

/// What shells add to the number of the signal that ended a program.
const BY_SIGNAL: u8 = 128;

/// A signal that asks us to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// Ctrl-C.
    Interrupt,
    #[cfg(unix)]
    Terminate,
    #[cfg(unix)]
    HangUp,
}

impl Signal {
    /// The exit code of a program that it ends.
    pub(super) const fn exit_code(self) -> u8 {
        BY_SIGNAL
            + match self {
                Self::Interrupt => 2,
                #[cfg(unix)]
                Self::Terminate => 15,
                #[cfg(unix)]
                Self::HangUp => 1,
            }
    }

    /// Lets the program decide what becomes of it. A terminal sends Ctrl-C to the program itself.
    #[cfg(unix)]
    pub(super) fn pass_on(self, child: &Child) {
        use rustix::process::{Pid, Signal as Number, kill_process};
        let number = match self {
            Self::Interrupt => return,
            Self::Terminate => Number::TERM,
            Self::HangUp => Number::HUP,
        };
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(id) = id.and_then(Pid::from_raw) {
            // A program that is gone already needs no signal.
            let _ = kill_process(id, number);
        }
    }

    #[cfg(not(unix))]
    pub(super) fn pass_on(self, _child: &Child) {}
}

/// The signals that ask us to end.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// From now on they do not end us.
    pub(super) fn listen() -> Result<Self, Diagnostic> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(|error| Diagnostic::of(Code::Unexpected, &error));
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    /// Waits for one.
    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
            _ = self.hang_up.recv() => Signal::HangUp,
        }
    }
}

#[cfg(not(unix))]
#[derive(Debug)]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the shape of the other platform's"
    )]
    pub(super) fn listen() -> Result<Self, Diagnostic> {
        Ok(Self)
    }

    pub(super) async fn next(&mut self) -> Signal {
        let _ = tokio::signal::ctrl_c().await;
        Signal::Interrupt
    }
}

/// The exit code that says how the program ended.
pub(super) fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(signal).map_or(u8::MAX, |signal| BY_SIGNAL.saturating_add(signal));
    }
    // Windows knows greater ones, which are failures all the same.
    let code = status.code().unwrap_or(1);
    u8::try_from(code).unwrap_or(u8::MAX)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn the_exit_code_is_the_programs_or_tells_the_signal_as_shells_do() {
        for (raw, expected) in [(0, 0), (7 << 8, 7), (255 << 8, 255), (9, 137), (15, 143)] {
            assert_eq!(exit_code(ExitStatus::from_raw(raw)), expected, "{raw}");
        }
        assert_eq!(Signal::Interrupt.exit_code(), 130);
    }
}
