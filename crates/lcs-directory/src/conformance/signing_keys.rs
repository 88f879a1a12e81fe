//! Signing keys and their rotation.

use std::sync::Arc;

use lcs_tokens::SealedPrivateKey;

use super::{Store, at, done};
use crate::model::{SigningKeyState, StoredSigningKey};
use crate::store::{Added, Changed, SigningKeyRotation};

fn key(id: &str, seconds: i64, state: SigningKeyState) -> StoredSigningKey {
    StoredSigningKey {
        key_id: id.to_owned(),
        private: SealedPrivateKey::from_stored(format!("sealed {id}").into_bytes()),
        certificate: vec![4, 5],
        created_at: at(seconds),
        state,
    }
}

fn active(id: &str, seconds: i64) -> StoredSigningKey {
    key(id, seconds, SigningKeyState::Active { since: at(seconds) })
}

fn next(id: &str, seconds: i64) -> StoredSigningKey {
    key(id, seconds, SigningKeyState::Next)
}

fn retired(id: &str, seconds: i64, published_until: i64) -> StoredSigningKey {
    let published_until = at(published_until);
    key(id, seconds, SigningKeyState::Retired { published_until })
}

/// From "a" and "n" to "n" and the successor.
fn rotation(successor: &str) -> SigningKeyRotation {
    SigningKeyRotation {
        retiring: "a".to_owned(),
        published_until: at(100),
        promoted: "n".to_owned(),
        at: at(10),
        successor: next(successor, 9),
    }
}

/// A second active or next key is refused; retired ones may stand beside them.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn one_signing_key_is_active_and_one_is_next(store: Store) {
    let keys = [
        next("n", 3),
        retired("s", 2, 8),
        retired("r", 1, 9),
        active("a", 0),
    ];
    for key in &keys {
        assert_eq!(done(store.add_signing_key(key).await), Added::Yes);
    }
    for key in [active("b", 4), next("m", 5), retired("r", 6, 9)] {
        assert_eq!(done(store.add_signing_key(&key).await), Added::Conflict);
    }
    assert_eq!(done(store.signing_keys().await), keys);
}

/// A rotation does all of its three steps, or none when the keys are not what it expects.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_rotation_moves_every_key_one_step_or_none(store: Store) {
    for key in [active("a", 0), next("n", 1)] {
        assert_eq!(done(store.add_signing_key(&key).await), Added::Yes);
    }
    let before = done(store.signing_keys().await);
    let wrong = [
        SigningKeyRotation {
            retiring: "n".to_owned(),
            ..rotation("s")
        },
        SigningKeyRotation {
            promoted: "x".to_owned(),
            ..rotation("s")
        },
    ];
    for rotation in &wrong {
        let changed = store.rotate_signing_keys(rotation).await;
        assert_eq!(done(changed), Changed::NotFound);
        assert_eq!(done(store.signing_keys().await), before);
    }
    let changed = store.rotate_signing_keys(&rotation("s")).await;
    assert_eq!(done(changed), Changed::Yes);
    let promoted = StoredSigningKey {
        state: SigningKeyState::Active { since: at(10) },
        ..next("n", 1)
    };
    let after = [next("s", 9), promoted, retired("a", 0, 100)];
    assert_eq!(done(store.signing_keys().await), after);
}

/// Of eight rotations at once one happens.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn keys_are_rotated_once_by_many_at_once(store: Store) {
    for key in [active("a", 0), next("n", 1)] {
        assert_eq!(done(store.add_signing_key(&key).await), Added::Yes);
    }
    let rotations: Vec<_> = (0..8)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let rotation = rotation(&format!("s{number}"));
                done(store.rotate_signing_keys(&rotation).await)
            })
        })
        .collect();
    let mut winners = Vec::new();
    for (number, rotation) in rotations.into_iter().enumerate() {
        if rotation.await.expect("the rotation ends") == Changed::Yes {
            winners.push(format!("s{number}"));
        }
    }
    let keys = done(store.signing_keys().await);
    let ids: Vec<_> = keys.into_iter().map(|key| key.key_id).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(ids, [winners[0].as_str(), "n", "a"]);
}

/// Only retired keys are forgotten, and not before their time.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_retired_key_is_forgotten_when_it_is_not_published_any_more(store: Store) {
    let keys = [
        next("n", 3),
        retired("s", 2, 21),
        retired("r", 1, 20),
        active("a", 0),
    ];
    for key in &keys {
        assert_eq!(done(store.add_signing_key(key).await), Added::Yes);
    }
    done(store.forget_signing_keys(at(19)).await);
    assert_eq!(done(store.signing_keys().await), keys);
    done(store.forget_signing_keys(at(20)).await);
    let [next, still_published, _, active] = keys;
    assert_eq!(
        done(store.signing_keys().await),
        [next, still_published, active]
    );
}
