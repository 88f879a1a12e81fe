//! Passwords at rest: argon2id.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use argon2::{Algorithm, Argon2, Block, Params, PasswordHasher as _, Version, password_hash::phc};
use data_encoding::BASE64;
use lcs_types::{Randomness, Secret};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use subtle::ConstantTimeEq as _;

use crate::{Directory, error::DirectoryFailure};

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
    /// Hashes a password with a new salt. Takes long, like every comparison.
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
        self.check(password).is_ok()
    }

    /// Compares with a password.
    ///
    /// # Errors
    ///
    /// [`WrongPassword`] by which the same mistake is known again. A damaged hash is that of no
    /// password, and all mistakes at it are the same.
    pub fn check(&self, password: &Secret) -> Result<(), WrongPassword> {
        self.check_in(&WorkingMemory::default(), password)
    }

    /// The same in memory that is used again and again.
    fn check_in(&self, memory: &WorkingMemory, password: &Secret) -> Result<(), WrongPassword> {
        let Some((stored, computed)) = self.compute(memory, password) else {
            return Err(WrongPassword([0; OUTPUT_LENGTH]));
        };
        if stored.ct_eq(&computed).into() {
            Ok(())
        } else {
            Err(WrongPassword(computed))
        }
    }

    /// The stored hash and that of a password with the same salt and cost.
    fn compute(
        &self,
        memory: &WorkingMemory,
        password: &Secret,
    ) -> Option<([u8; OUTPUT_LENGTH], [u8; OUTPUT_LENGTH])> {
        let hash = phc::PasswordHash::new(&self.0).ok()?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = Version::try_from(hash.version?).ok()?;
        let parameters = Params::try_from(&hash).ok()?;
        let stored = hash.hash?.as_bytes().try_into().ok()?;
        let (password, salt) = (password.expose().as_bytes(), hash.salt?);
        let mut computed = [0; OUTPUT_LENGTH];
        let mut blocks = memory.take(parameters.block_count());
        let result = Argon2::new(algorithm, version, parameters).hash_password_into_with_memory(
            password,
            &salt,
            &mut computed,
            &mut blocks,
        );
        memory.give_back(blocks);
        result.ok()?;
        Some((stored, computed))
    }
}

/// What passwords are hashed in, 19 MiB each by default. It is kept, so that the process grows to
/// what is used at a time and no further, and that no hash waits for fresh pages.
#[derive(Default)]
pub(crate) struct WorkingMemory {
    kept: Mutex<Vec<Vec<Block>>>,
    used: AtomicU64,
}

impl WorkingMemory {
    fn take(&self, count: usize) -> Vec<Block> {
        self.used.fetch_add(1, Ordering::Relaxed);
        // Whoever panicked here left a list that is whole.
        let mut kept = self
            .kept
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut blocks = kept.pop().unwrap_or_default();
        drop(kept);
        blocks.resize(count, Block::default());
        blocks
    }

    fn give_back(&self, blocks: Vec<Block>) {
        let mut kept = self
            .kept
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.push(blocks);
    }
}

impl std::fmt::Debug for WorkingMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WorkingMemory(…)")
    }
}

impl Directory {
    /// Hashes a password beside the async workers.
    pub(crate) async fn hash_password(
        &self,
        password: &Secret,
    ) -> Result<PasswordHash, DirectoryFailure> {
        let (password, cost) = (password.clone(), self.settings.password_cost);
        let randomness = Arc::clone(&self.randomness);
        let hashed = self
            .computations
            .run(move || PasswordHash::of(&password, cost, &*randomness));
        Ok(hashed.await??)
    }

    /// Compares a password beside the async workers.
    pub(crate) async fn check_hash(
        &self,
        hash: &PasswordHash,
        password: &Secret,
    ) -> Result<Result<(), WrongPassword>, DirectoryFailure> {
        let (hash, password) = (hash.clone(), password.clone());
        let memory = Arc::clone(&self.working_memory);
        self.computations
            .run(move || hash.check_in(&memory, &password))
            .await
    }

    /// How many passwords were compared since the start, decoys included: the work that tells an
    /// attacker nothing must be the same for every name.
    pub fn passwords_compared(&self) -> u64 {
        self.working_memory.used.load(Ordering::Relaxed)
    }

    /// Does the work of comparing a password when there is none to compare with.
    pub(crate) async fn compare_with_decoy(
        &self,
        password: &Secret,
    ) -> Result<(), DirectoryFailure> {
        let decoy = if let Some(decoy) = self.decoy.get() {
            decoy
        } else {
            let made = self.hash_password(&Secret::new("decoy")).await?;
            self.decoy.get_or_init(|| made)
        };
        // The result does not matter: nobody has this hash.
        let _ = self.check_hash(decoy, password).await?;
        Ok(())
    }
}

/// Bytes of a hash: the algorithm's default.
const OUTPUT_LENGTH: usize = Params::DEFAULT_OUTPUT_LEN;

/// What is kept of a wrong password to know it again. Does not print.
///
/// People mistype by a letter or give the password of another place, so this deserves the same
/// protection as the password. It is what argon2id yields for the wrong password with the salt and
/// cost of the right one: as slow to guess, and free, since the comparison computes it anyway. An
/// HMAC would be as fast to guess for whoever took the store and its salt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WrongPassword([u8; OUTPUT_LENGTH]);

impl WrongPassword {
    /// One with these bytes, for tests of what counts them.
    #[cfg(test)]
    pub(crate) const fn from_bytes(bytes: [u8; OUTPUT_LENGTH]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for WrongPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WrongPassword(…)")
    }
}

impl Serialize for WrongPassword {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for WrongPassword {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = BASE64.decode(text.as_bytes()).map_err(de::Error::custom)?;
        let bytes = bytes.try_into();
        bytes
            .map(Self)
            .map_err(|_| de::Error::custom("not the hash of a password"))
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
    fn memory_that_was_used_before_changes_no_hash() {
        let cost = |memory_kib| PasswordCost {
            memory_kib,
            passes: 1,
            lanes: 1,
        };
        let randomness = lcs_types::SeededRandomness::new(7);
        let (right, wrong) = (Secret::new("right"), Secret::new("wrong"));
        let memory = WorkingMemory::default();
        for memory_kib in [64, 256, 64, 128] {
            let hash = PasswordHash::of(&right, cost(memory_kib), &randomness).unwrap();
            for _ in 0..2 {
                assert!(hash.check_in(&memory, &right).is_ok());
                let mistake = hash.check_in(&memory, &wrong).unwrap_err();
                assert!(mistake == hash.check(&wrong).unwrap_err());
            }
        }
        assert_eq!(memory.kept.lock().unwrap().len(), 1);
    }

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

    #[test]
    fn the_same_wrong_password_is_known_again_for_one_account_only() {
        let cost = PasswordCost {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        };
        let hash = |seed| PasswordHash::of(&Secret::new("x"), cost, &SeededRandomness::new(seed));
        let (one, other) = (hash(1).unwrap(), hash(2).unwrap());
        let wrong = |hash: &PasswordHash, text| hash.check(&Secret::new(text)).unwrap_err();
        assert_eq!(wrong(&one, "y"), wrong(&one, "y"));
        assert_ne!(wrong(&one, "y"), wrong(&one, "z"));
        assert_ne!(wrong(&one, "y"), wrong(&other, "y"));
        let json = serde_json::to_string(&wrong(&one, "y")).unwrap();
        let read: WrongPassword = serde_json::from_str(&json).unwrap();
        assert_eq!(read, wrong(&one, "y"));
        assert_eq!(format!("{read:?}"), "WrongPassword(…)");
    }
}
