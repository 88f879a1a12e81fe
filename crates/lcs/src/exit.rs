//! The exit codes: a promise to scripts.

/// How a command ended, as the shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Something unexpected.
    Unexpected = 1,
    /// The call itself was wrong: flags, settings, names.
    Usage = 2,
    /// Not signed in, or the sign-in was refused.
    NotSignedIn = 3,
    /// Forbidden: permission, consent, project role.
    Forbidden = 4,
    /// The operation ended in failure, was rolled back, or was refused.
    OperationFailed = 5,
    /// Throttled, or a limit is reached.
    Limit = 6,
    /// Gave up waiting; the operation goes on.
    GaveUpWaiting = 7,
    /// The network.
    Network = 8,
}

impl Exit {
    /// The number.
    pub(crate) const fn number(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_documentation() {
        let all = [
            Exit::Done,
            Exit::Unexpected,
            Exit::Usage,
            Exit::NotSignedIn,
            Exit::Forbidden,
            Exit::OperationFailed,
            Exit::Limit,
            Exit::GaveUpWaiting,
            Exit::Network,
        ];
        let numbers: Vec<u8> = all.into_iter().map(Exit::number).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }
}
