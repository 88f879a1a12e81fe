//! Smart lockout: how wrong passwords lock an account, and for how long.
//!
//! Pure: the caller loads the state, asks [`Lockout::admit`] before it looks at a password, and
//! keeps the state that follows. Sources: "Protect user accounts from attacks with Microsoft Entra
//! smart lockout" (the threshold, the first minute, the last three wrong passwords) and "Mitigate
//! credential attacks in Azure AD B2C with smart lockout" (every further failure locks again; the
//! lock grows after every ten; five hours at most; only a success resets). How fast the lock grows
//! is not disclosed; doubling is ours.

use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::password_hash::WrongPassword;

/// How many different wrong passwords are remembered.
const REMEMBERED: usize = 3;

/// How many locks are equally long before they grow.
const LOCKS_OF_ONE_LENGTH: u32 = 10;

/// No lock lasts longer, unless the policy's own duration does.
const LONGEST_LOCK: SignedDuration = SignedDuration::from_hours(5);

/// When and for how long an account is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LockoutPolicy {
    /// How many different wrong passwords lock the account.
    pub threshold: NonZeroU32,
    /// How long the first locks last.
    pub duration: SignedDuration,
}

impl Default for LockoutPolicy {
    /// Ten failures, one minute.
    fn default() -> Self {
        Self {
            threshold: const { NonZeroU32::new(10).expect("ten is not zero") },
            duration: SignedDuration::from_secs(60),
        }
    }
}

/// What is remembered of an account's failed sign-ins. New accounts have the default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lockout {
    /// The failures since the last success that count.
    failures: u32,
    /// Until when the account is locked; may have passed.
    locked_until: Option<Timestamp>,
    /// The last wrong passwords, the latest at the end, each once.
    last_wrong: Vec<WrongPassword>,
}

/// The account is locked: AADSTS50053, whatever the password is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the account is locked until {0}")]
pub struct LockedUntil(pub Timestamp);

impl Lockout {
    /// Whether a password may be looked at now.
    ///
    /// # Errors
    ///
    /// [`LockedUntil`] while a lock lasts; the right password is refused then as well.
    pub fn admit(&self, now: Timestamp) -> Result<(), LockedUntil> {
        match self.locked_until {
            Some(until) if now < until => Err(LockedUntil(until)),
            _ => Ok(()),
        }
    }

    /// The state after a wrong password.
    ///
    /// One of the last three wrong passwords does not count again. A failure while the account is
    /// locked changes nothing: it was admitted before the lock, and a lock must end.
    #[must_use]
    pub fn after_failure(
        mut self,
        wrong: WrongPassword,
        policy: &LockoutPolicy,
        now: Timestamp,
    ) -> Self {
        if self.admit(now).is_err() {
            return self;
        }
        let known = self.last_wrong.iter().position(|known| *known == wrong);
        if let Some(index) = known {
            self.last_wrong.remove(index);
        }
        self.last_wrong.push(wrong);
        if known.is_some() {
            return self;
        }
        if self.last_wrong.len() > REMEMBERED {
            self.last_wrong.remove(0);
        }
        self.failures = self.failures.saturating_add(1);
        if let Some(lock) = policy.lock_after(self.failures) {
            self.locked_until = Some(now.saturating_add(lock).unwrap_or(Timestamp::MAX));
        }
        self
    }

    /// The state after the right password. Only time ends a lock that began meanwhile.
    #[must_use]
    pub fn after_success(self, now: Timestamp) -> Self {
        match self.admit(now) {
            Ok(()) => Self::default(),
            Err(LockedUntil(_)) => self,
        }
    }
}

impl LockoutPolicy {
    /// How long the account is locked by this failure, if at all.
    fn lock_after(&self, failures: u32) -> Option<SignedDuration> {
        let earlier_locks = failures.checked_sub(self.threshold.get())?;
        let doublings = earlier_locks / LOCKS_OF_ONE_LENGTH;
        let factor = 2_i32.checked_pow(doublings).unwrap_or(i32::MAX);
        let longest = LONGEST_LOCK.max(self.duration);
        Some(self.duration.saturating_mul(factor).min(longest))
    }
}

#[cfg(test)]
mod tests;
