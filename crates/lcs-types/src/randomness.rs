//! Chance as an argument, so that a test can repeat itself.

use std::sync::Mutex;

use rand::{Rng, SeedableRng, TryRng, rngs::StdRng, rngs::SysRng};
use uuid::Uuid;

/// Yields unpredictable bytes.
pub trait Randomness: Send + Sync + std::fmt::Debug {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// A new random (version 4) UUID.
pub fn random_uuid(randomness: &dyn Randomness) -> Uuid {
    let mut bytes = [0; 16];
    randomness.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// The operating system's generator, for everything that must not be guessed.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, buffer: &mut [u8]) {
        SysRng
            .try_fill_bytes(buffer)
            .expect("the operating system provides random bytes");
    }
}

/// A generator that repeats itself for the same seed. For tests and sample data, never for secrets.
#[derive(Debug)]
pub struct SeededRandomness(Mutex<StdRng>);

impl SeededRandomness {
    /// A generator that starts from this seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Randomness for SeededRandomness {
    fn fill(&self, buffer: &mut [u8]) {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .fill_bytes(buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_itself() {
        let (one, two) = (SeededRandomness::new(7), SeededRandomness::new(7));
        assert_eq!(random_uuid(&one), random_uuid(&two));
        assert_ne!(random_uuid(&one), random_uuid(&SeededRandomness::new(8)));
    }

    #[test]
    fn system_randomness_makes_version_4_uuids() {
        assert_eq!(random_uuid(&SystemRandomness).get_version_num(), 4);
    }
}
