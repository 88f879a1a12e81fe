//! Browser sessions that are kept.

use super::{Store, TENANT, USER, at, authentication, done};
use crate::{
    model::{KeptAccount, KeptSession},
    secret_hash::SecretHash,
    store::Changed,
};

fn session(id: &str, expires: i64) -> KeptSession {
    KeptSession {
        session: SecretHash::of(id),
        accounts: vec![KeptAccount {
            tenant: TENANT,
            user: USER,
            authentication: authentication(),
        }],
        expires_at: at(expires),
    }
}

/// A kept session is found until it expires or is forgotten, and replaced under its hash.
///
/// # Panics
///
/// When the rule does not hold.
pub async fn a_kept_session_is_found_until_it_expires_or_is_forgotten(store: Store) {
    let (mut first, second) = (session("a", 10), session("b", 20));
    for session in [&first, &second] {
        done(store.keep_session(session, at(0)).await);
    }
    let find = |session: &KeptSession, now| store.kept_session(session.session, at(now));
    assert_eq!(done(find(&first, 9).await), Some(first.clone()));
    assert_eq!(done(find(&first, 10).await), None);
    assert_eq!(done(find(&second, 10).await), Some(second.clone()));

    first.accounts.push(first.accounts[0].clone());
    first.expires_at = at(30);
    done(store.keep_session(&first, at(15)).await);
    assert_eq!(done(find(&first, 29).await), Some(first.clone()));

    for expected in [Changed::Yes, Changed::NotFound] {
        assert_eq!(done(store.forget_session(first.session).await), expected);
    }
    assert_eq!(done(find(&first, 16).await), None);
    // What has expired goes when the next one comes.
    done(store.keep_session(&first, at(20)).await);
    let forgotten = store.forget_session(second.session);
    assert_eq!(done(forgotten.await), Changed::NotFound);
}
