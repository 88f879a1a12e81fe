//! Passwords at rest: argon2id.

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::phc,
};
use lcs_types::{Randomness, Secret};

/// What a guess at a password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// OWASP's recommendation for argon2id: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
            lanes: 1,
        }
    }
}

/// A password's hash with its salt and cost, in the PHC string format. Does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// A password cannot be hashed.
#[derive(Debug, thiserror::Error)]
#[error("could not hash a password: {reason}")]
pub struct HashPasswordError {
    /// What the library says.
    reason: String,
}

impl PasswordHash {
    /// Hashes a password with a new salt.
    ///
    /// Runs where it is called, on purpose: the number of threads then bounds the memory that
    /// concurrent sign-ins take.
    ///
    /// # Errors
    ///
    /// [`HashPasswordError`] when the cost is out of the algorithm's range.
    pub fn of(
        password: &Secret,
        cost: PasswordCost,
        randomness: &dyn Randomness,
    ) -> Result<Self, HashPasswordError> {
        let refuse = |reason: String| HashPasswordError { reason };
        let parameters = Params::new(cost.memory_kib, cost.passes, cost.lanes, None)
            .map_err(|error| refuse(error.to_string()))?;
        let mut salt = [0; 16];
        randomness.fill(&mut salt);
        let hash: phc::PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
            .hash_password_with_salt(password.expose().as_bytes(), &salt)
            .map_err(|error| refuse(error.to_string()))?;
        Ok(Self(hash.to_string()))
    }

    /// A stored hash.
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The hash as it is stored.
    pub fn as_stored(&self) -> &str {
        &self.0
    }

    /// Whether it is the hash of this password.
    pub fn matches(&self, password: &Secret) -> bool {
        phc::PasswordHash::new(&self.0).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.expose().as_bytes(), &hash)
                .is_ok()
        })
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use lcs_types::SeededRandomness;

    use super::*;

    #[test]
    fn a_hash_knows_its_password_and_no_other() {
        let cost = PasswordCost {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        };
        let hash =
            PasswordHash::of(&Secret::new("s3cret +&%#"), cost, &SeededRandomness::new(1)).unwrap();
        assert!(hash.matches(&Secret::new("s3cret +&%#")));
        assert!(!hash.matches(&Secret::new("s3cret")));
        assert!(hash.as_stored().starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
        assert!(!PasswordHash::from_stored("damaged".to_owned()).matches(&Secret::new("")));
    }
}
