//! The assertions that were used while they were good, so that none is used twice.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::secret_hash::SecretHash;

/// Only clients that hold a registered key reach this memory.
const MOST: usize = 10_000;

/// A bounded memory of used assertions. When it is full the one that expires first is forgotten.
#[derive(Debug, Default)]
pub(crate) struct AssertionsUsed(Mutex<HashMap<SecretHash, i64>>);

impl AssertionsUsed {
    /// Notes that this one is used, and says whether it was new. Instants are seconds since 1970; it
    /// is remembered until the first of them.
    pub(crate) fn note(&self, id: SecretHash, until: i64, now: i64) -> bool {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.get(&id).is_some_and(|until| *until > now) {
            return false;
        }
        if used.len() >= MOST {
            used.retain(|_, until| *until > now);
        }
        if used.len() >= MOST {
            let first = used.iter().min_by_key(|(_, until)| **until);
            if let Some(id) = first.map(|(id, _)| *id) {
                used.remove(&id);
            }
        }
        used.insert(id, until);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_is_new_once_until_it_expires() {
        let used = AssertionsUsed::default();
        let id = SecretHash::of("a");
        assert!(used.note(id, 10, 5));
        assert!(!used.note(id, 10, 9));
        assert!(used.note(SecretHash::of("b"), 10, 9));
        assert!(used.note(id, 20, 10));
    }

    #[test]
    fn the_memory_is_bounded() {
        let used = AssertionsUsed::default();
        for number in 0..=MOST {
            let until = 100 + i64::try_from(number).unwrap();
            assert!(used.note(SecretHash::of(&number.to_string()), until, 1));
        }
        assert_eq!(used.0.lock().unwrap().len(), MOST);
        let last = SecretHash::of(&MOST.to_string());
        assert!(!used.note(last, 1_000, 1), "the youngest is remembered");
    }
}
