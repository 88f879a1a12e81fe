//! Signing keys through months of simulated time.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lcs_directory::{
    AccessTokenLifetime, Directory, DirectoryFailure, DirectoryStore as _, Settings,
    model::{SigningKeyState, StoredSigningKey},
    store::Changed,
};
use lcs_tokens::{KeyError, Policy, SealedPrivateKey, TokenRejected, ValidatedToken, validate};
use lcs_types::{Clock as _, EncryptionKey, SystemRandomness};
use lcs_wire::{entra::unverified, well_known::LCS_CLIENT_ID};

use crate::world::{KEY_ENCRYPTION_KEY, ORIGIN, World, claims, text};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What is published, in the order of the store: newest first.
async fn published(directory: &Directory) -> Vec<String> {
    let keys = directory.published_keys().await.unwrap();
    let keys = keys.json_web_keys(None).keys;
    keys.into_iter().map(|key| key.kid).collect()
}

async fn active(directory: &Directory) -> String {
    directory.active_key().await.unwrap().key_id().to_owned()
}

async fn next(directory: &Directory) -> StoredSigningKey {
    let keys = directory.signing_keys().await.unwrap();
    let mut next = keys
        .into_iter()
        .filter(|key| key.state == SigningKeyState::Next);
    next.next().unwrap()
}

/// Another process over the same store.
fn another_process(world: &World, key_encryption_key: [u8; 32]) -> Directory {
    Directory::new(
        Arc::new(world.store.clone()),
        world.clock.clone(),
        Arc::new(SystemRandomness),
        EncryptionKey::from_bytes(key_encryption_key),
        Settings::default(),
    )
}

/// What the LCS resource server does with a token.
async fn believe(world: &World, token: &str) -> Result<ValidatedToken, TokenRejected> {
    let policy = Policy {
        issuers: world.directory.issuers(&[ORIGIN]).await.unwrap(),
        audiences: vec!["https://lcsapi.lcs.dynamics.com".to_owned()],
        client_id: LCS_CLIENT_ID,
    };
    let keys = world.directory.published_keys().await.unwrap();
    validate(token, &keys, &policy, world.clock.now())
}

fn key_of(token: &str) -> String {
    let header = unverified::read(token).unwrap().header;
    header["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn two_keys_are_made_and_published_and_one_of_them_signs() {
    let world = World::new().await;
    let (active, next) = (active(&world.directory).await, next(&world.directory).await);
    let mut wanted = [active.clone(), next.key_id];
    let mut found = published(&world.directory).await;
    wanted.sort();
    found.sort();
    assert_eq!(found, wanted);
    let answer = world.sign_in(world.tool().await.client, &[]).await.unwrap();
    assert_eq!(key_of(&text(&answer, "access_token")), active);
}

#[tokio::test]
async fn the_store_is_never_given_a_private_key_as_it_is() {
    let world = World::new().await;
    for key in world.store.signing_keys().await.unwrap() {
        let own = EncryptionKey::from_bytes(KEY_ENCRYPTION_KEY);
        let private = key.private.open(&key.key_id, &own).unwrap();
        let plain = &private.expose()[..64];
        let mut stored = key.private.as_stored().windows(64);
        assert!(stored.all(|part| part != plain));
    }
}

#[tokio::test]
async fn a_token_from_before_a_rotation_is_believed_until_it_expires() {
    for lifetime in [4_228, 24 * 3_600] {
        let lifetime = SignedDuration::from_secs(lifetime);
        let world = World::with(AccessTokenLifetime::Fixed(lifetime)).await;
        let tool = world.tool().await;
        let sign_in = async || {
            let scope = "https://lcsapi.lcs.dynamics.com//.default openid";
            let answer = world.sign_in(tool.client, &[("scope", scope)]).await;
            answer.unwrap()
        };
        let before = sign_in().await;
        let (old, new) = (active(&world.directory).await, next(&world.directory).await);
        let rotated = world.directory.rotate_signing_keys().await.unwrap();
        assert_eq!(rotated, Changed::Yes);

        let after = sign_in().await;
        for (answer, key) in [(&before, &old), (&after, &new.key_id)] {
            for token in ["access_token", "id_token"] {
                assert_eq!(key_of(&text(answer, token)), *key, "{token}");
            }
            let token = text(answer, "access_token");
            assert!(believe(&world, &token).await.is_ok());
        }
        let token = text(&before, "access_token");
        let expiry = claims(&before, "access_token")["exp"].as_i64().unwrap();
        let expiry = Timestamp::from_second(expiry).unwrap();
        let last = expiry + SignedDuration::from_secs(299);
        world.advance(last.duration_since(world.clock.now()));
        assert!(believe(&world, &token).await.is_ok());
        world.advance(SignedDuration::from_secs(1));
        let expired = TokenRejected::Expired { expired_at: expiry };
        assert_eq!(believe(&world, &token).await, Err(expired));
    }
}

#[tokio::test]
async fn a_retired_key_ends_without_a_restart_and_is_forgotten() {
    let world = World::new().await;
    let client = world.tool().await.client;
    let answer = world.sign_in(client, &[]).await.unwrap();
    let old = active(&world.directory).await;
    world.directory.rotate_signing_keys().await.unwrap();
    let keys = world.directory.signing_keys().await.unwrap();
    let until = keys.iter().find_map(|key| match key.state {
        SigningKeyState::Retired { published_until } => Some(published_until),
        SigningKeyState::Active { .. } | SigningKeyState::Next => None,
    });
    let until = until.unwrap();

    let second = SignedDuration::from_secs(1);
    world.advance(until.duration_since(world.clock.now()) - second);
    assert!(published(&world.directory).await.contains(&old));
    world.directory.maintain_signing_keys().await.unwrap();
    assert_eq!(world.directory.signing_keys().await.unwrap().len(), 3);

    world.advance(second);
    let left = published(&world.directory).await;
    assert_eq!(left.len(), 2);
    assert!(!left.contains(&old));
    let token = text(&answer, "access_token");
    let refused = believe(&world, &token).await;
    assert_eq!(refused, Err(TokenRejected::UnknownKey));
    world.directory.maintain_signing_keys().await.unwrap();
    assert_eq!(world.directory.signing_keys().await.unwrap().len(), 2);
}

#[tokio::test]
async fn keys_rotate_by_themselves_and_each_was_published_for_its_predecessors_whole_life() {
    let world = World::new().await;
    let directory = &world.directory;
    for _ in 0..3 {
        let (old, heir) = (active(directory).await, next(directory).await.key_id);
        world.advance(DAY * 59);
        directory.maintain_signing_keys().await.unwrap();
        assert_eq!(active(directory).await, old);
        assert_eq!(next(directory).await.key_id, heir);
        assert!(published(directory).await.contains(&heir));

        world.advance(DAY);
        directory.maintain_signing_keys().await.unwrap();
        assert_eq!(active(directory).await, heir);
        assert!(published(directory).await.contains(&old));
        assert_eq!(published(directory).await.len(), 3);
    }
}

#[tokio::test]
async fn eight_rotations_of_one_age_make_one() {
    let world = World::new().await;
    let old = active(&world.directory).await;
    world.advance(DAY * 60);
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let directory = another_process(&world, KEY_ENCRYPTION_KEY);
            tokio::spawn(async move { directory.maintain_signing_keys().await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let keys = world.directory.signing_keys().await.unwrap();
    assert_eq!(keys.len(), 3);
    let retired = keys
        .iter()
        .find(|key| matches!(key.state, SigningKeyState::Retired { .. }));
    assert_eq!(retired.unwrap().key_id, old);
}

#[tokio::test]
async fn a_rotation_is_seen_at_once_here_and_within_a_minute_by_other_processes() {
    let world = World::new().await;
    let other = another_process(&world, KEY_ENCRYPTION_KEY);
    let old = active(&other).await;
    assert_eq!(active(&world.directory).await, old);
    world.directory.rotate_signing_keys().await.unwrap();
    assert_ne!(active(&world.directory).await, old);
    world.advance(SignedDuration::from_mins(1));
    assert_eq!(active(&other).await, active(&world.directory).await);
    assert_eq!(published(&other).await, published(&world.directory).await);
}

#[tokio::test]
async fn keys_that_are_sealed_with_another_key_are_refused_and_left_alone() {
    let world = World::new().await;
    let before = world.directory.signing_keys().await.unwrap();
    world.advance(DAY * 60);
    let other = another_process(&world, [1; 32]);
    for result in [
        other.active_key().await.map(drop),
        other.maintain_signing_keys().await,
        other.rotate_signing_keys().await.map(drop),
    ] {
        let error = result.unwrap_err();
        let DirectoryFailure::Key(KeyError::Sealed { key_id, .. }) = &error else {
            panic!("{error:?}")
        };
        assert!(before.iter().any(|key| key.key_id == *key_id));
    }
    assert_eq!(world.directory.signing_keys().await.unwrap(), before);
}

#[tokio::test]
async fn a_key_that_was_moved_to_another_id_or_certificate_is_refused() {
    let own = EncryptionKey::from_bytes(KEY_ENCRYPTION_KEY);
    for (is_sealed_for_it, wanted) in [
        (false, "the signing key kid cannot be opened"),
        (true, "the certificate of kid is another key's"),
    ] {
        let world = World::new().await;
        let next = next(&world.directory).await;
        let private = next.private.open(&next.key_id, &own).unwrap();
        let id = if is_sealed_for_it {
            "kid"
        } else {
            &next.key_id
        };
        let published_until = world.clock.now() + DAY;
        let moved = StoredSigningKey {
            key_id: "kid".to_owned(),
            private: SealedPrivateKey::seal(&private, id, &own, &SystemRandomness),
            state: SigningKeyState::Retired { published_until },
            ..next
        };
        world.store.add_signing_key(&moved).await.unwrap();
        let other = another_process(&world, KEY_ENCRYPTION_KEY);
        let DirectoryFailure::Key(error) = other.published_keys().await.unwrap_err() else {
            panic!("{wanted}")
        };
        assert!(error.to_string().contains(wanted), "{error}");
    }
}
