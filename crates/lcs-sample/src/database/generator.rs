//! Chance that repeats itself: each generated thing has a stream of its own.
//!
//! The stream depends on the seed, the subject and the thing's number alone. So the hundredth
//! customer is the same person whether a database holds a hundred customers or a million.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

/// A stream of chance. The algorithm is named and portable, so a seed means the same everywhere.
#[derive(Debug)]
pub(super) struct Generator(Xoshiro256PlusPlus);

impl Generator {
    /// The stream of the thing with this number.
    pub(super) fn new(seed: u64, subject: &str, number: u64) -> Self {
        let mixed = fingerprint(subject) ^ seed.rotate_left(17);
        let mixed = mixed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// A number from 0 to `limit - 1`; 0 when the limit is 0.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        let product = u128::from(self.0.next_u64()) * u128::from(limit);
        u64::try_from(product >> 64).expect("the upper half of a product of two u64 fits")
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        let span = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.below(span)).expect("the span came from a u32")
    }

    /// One of the values.
    pub(super) fn pick<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        let count = u64::try_from(values.len()).expect("a slice's length fits in 64 bits");
        &values[usize::try_from(self.below(count)).expect("the index came from a usize")]
    }

    /// True in this many of a hundred cases.
    pub(super) fn happens(&mut self, percent: u32) -> bool {
        self.between(0, 99) < percent
    }

    /// A GUID in the form in which SQL Server prints them.
    pub(super) fn guid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        let uuid: Uuid = uuid::Builder::from_random_bytes(bytes).into_uuid();
        uuid.to_string().to_uppercase()
    }

    /// Bytes that stand for something encrypted or packed.
    pub(super) fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

/// A 64-bit fingerprint of a text (FNV-1a), stable across versions and machines.
pub(super) fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_repeats_itself_and_differs_by_seed_subject_and_number() {
        let first = |seed, subject, number| Generator::new(seed, subject, number).below(u64::MAX);
        assert_eq!(first(1, "customer", 1), first(1, "customer", 1));
        assert_ne!(first(1, "customer", 1), first(2, "customer", 1));
        assert_ne!(first(1, "customer", 1), first(1, "customer", 2));
        assert_ne!(first(1, "customer", 1), first(1, "vendor", 1));
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_them() {
        let mut chance = Generator::new(1, "bounds", 0);
        let drawn: Vec<u32> = (0..500).map(|_| chance.between(3, 6)).collect();
        assert_eq!(drawn.iter().min(), Some(&3));
        assert_eq!(drawn.iter().max(), Some(&6));
    }
}
