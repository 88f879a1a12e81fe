//! The signing keys: which one signs, which are published, and when they change.
//!
//! One key is active. The next one is made and published long before it signs, so that those who
//! cache keys know it in time; a retired one stays published until the last token that it signed
//! has expired. New keys are made beside the async workers, and no request waits for one.
//!
//! How a key is stored is in `lcs-tokens`, what is atomic about a rotation in [`crate::store`].

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lcs_tokens::{KeyError, KeySet, SealedPrivateKey, SigningKey, validate::CLOCK_SKEW};
use lcs_types::TenantId;

use crate::{
    Directory,
    directory::AccessTokenLifetime,
    error::DirectoryFailure,
    model::{SigningKeyState, StoredSigningKey},
    store::{Changed, SigningKeyRotation},
};

/// Keys in memory are read again after this long, since another process may have rotated them.
const READ_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// By then every process has noticed a rotation, and requests that held the old key are answered.
const NOTICED_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// A key signs no sooner than this after it was published: that is how often those who validate
/// tokens read the keys again ("Signing key rollover in the Microsoft identity platform").
const PUBLISHED_BEFORE_USE: SignedDuration = SignedDuration::from_hours(24);

/// How long a retired key stays published: no token lives longer.
fn published_after_use() -> SignedDuration {
    AccessTokenLifetime::LONGEST + CLOCK_SKEW + NOTICED_AFTER
}

/// The keys in use, parsed, because parsing a key costs as much as signing with it, and the tenants
/// that they sign for: together what the validation of a token needs.
#[derive(Debug, Clone)]
pub(crate) struct KeysInUse {
    active: Arc<SigningKey>,
    published: Arc<KeySet>,
    tenants: Arc<[TenantId]>,
    /// From here on they must be read again.
    stale_at: Timestamp,
}

/// The keys of a directory that signs.
struct ActiveAndNext<'keys> {
    active: &'keys StoredSigningKey,
    active_since: Timestamp,
    next: &'keys StoredSigningKey,
}

impl<'keys> ActiveAndNext<'keys> {
    fn of(keys: &'keys [StoredSigningKey]) -> Result<Self, DirectoryFailure> {
        let active = keys.iter().find_map(|key| match key.state {
            SigningKeyState::Active { since } => Some((key, since)),
            SigningKeyState::Next | SigningKeyState::Retired { .. } => None,
        });
        let next = keys.iter().find(|key| key.state == SigningKeyState::Next);
        let ((active, active_since), next) =
            active.zip(next).ok_or(DirectoryFailure::NoSigningKey)?;
        Ok(Self {
            active,
            active_since,
            next,
        })
    }

    /// Whether the active key has served its time and the next one may sign.
    fn is_rotation_due(&self, now: Timestamp, age: SignedDuration) -> bool {
        now.duration_since(self.active_since) >= age
            && now.duration_since(self.next.created_at) >= PUBLISHED_BEFORE_USE
    }
}

impl Directory {
    /// The keys that resource servers trust: active, next, and retired ones whose tokens live.
    ///
    /// # Errors
    ///
    /// [`DirectoryFailure::NoSigningKey`] before the first tenant was created;
    /// [`DirectoryFailure::Key`] when a key does not open; a failure of the store.
    pub async fn published_keys(&self) -> Result<Arc<KeySet>, DirectoryFailure> {
        Ok(self.keys_in_use().await?.published)
    }

    /// The key that signs.
    ///
    /// # Errors
    ///
    /// As [`Directory::published_keys`].
    pub async fn active_key(&self) -> Result<Arc<SigningKey>, DirectoryFailure> {
        Ok(self.keys_in_use().await?.active)
    }

    /// The tenants, as they were known at most a minute ago to this process, or since it made one.
    pub(crate) async fn issuing_tenants(&self) -> Result<Arc<[TenantId]>, DirectoryFailure> {
        Ok(self.keys_in_use().await?.tenants)
    }

    /// Forgets what was read of keys and tenants, since it has changed.
    pub(crate) async fn forget_keys_in_use(&self) {
        *self.keys.write().await = None;
    }

    /// All signing keys, newest first.
    ///
    /// # Errors
    ///
    /// A failure of the store.
    pub async fn signing_keys(&self) -> Result<Vec<StoredSigningKey>, DirectoryFailure> {
        Ok(self.store.signing_keys().await?)
    }

    /// Opens every stored key, and changes nothing.
    ///
    /// # Errors
    ///
    /// [`DirectoryFailure::Key`] with the first that does not open; a failure of the store.
    pub async fn check_signing_keys(&self) -> Result<(), DirectoryFailure> {
        self.stored_keys().await.map(drop)
    }

    /// Does what time demands: makes the keys that are missing, rotates when the active key has
    /// reached the age of the settings, and forgets retired keys whose tokens have all expired.
    /// To be called at the start and from time to time.
    ///
    /// # Errors
    ///
    /// [`DirectoryFailure::Key`] when a stored key does not open, before anything is changed; a
    /// failure of the store or of making a key.
    pub async fn maintain_signing_keys(&self) -> Result<(), DirectoryFailure> {
        let keys = self.ensure_signing_keys().await?;
        let now = self.now();
        let pair = ActiveAndNext::of(&keys)?;
        if pair.is_rotation_due(now, self.settings.signing_key_age) {
            self.rotate(&pair).await?;
        }
        if keys.iter().any(|key| !key.state.is_published(now)) {
            self.store.forget_signing_keys(now).await?;
        }
        Ok(())
    }

    /// Rotates now, whatever the age of the active key. Tokens that it signed stay valid until they
    /// expire. [`Changed::NotFound`] when somebody else rotated at the same time.
    ///
    /// # Errors
    ///
    /// As [`Directory::maintain_signing_keys`].
    pub async fn rotate_signing_keys(&self) -> Result<Changed, DirectoryFailure> {
        let keys = self.ensure_signing_keys().await?;
        self.rotate(&ActiveAndNext::of(&keys)?).await
    }

    async fn rotate(&self, pair: &ActiveAndNext<'_>) -> Result<Changed, DirectoryFailure> {
        let successor = self.new_signing_key(SigningKeyState::Next).await?;
        let now = self.now();
        let rotation = SigningKeyRotation {
            retiring: pair.active.key_id.clone(),
            published_until: now + published_after_use(),
            promoted: pair.next.key_id.clone(),
            at: now,
            successor,
        };
        let changed = self.store.rotate_signing_keys(&rotation).await?;
        self.forget_keys_in_use().await;
        Ok(changed)
    }

    /// Makes an active and a next key where there is none, and answers all keys.
    pub(crate) async fn ensure_signing_keys(
        &self,
    ) -> Result<Vec<StoredSigningKey>, DirectoryFailure> {
        // What is made with the wrong key-encryption key would be of no use to anybody.
        let keys = self.stored_keys().await?;
        if ActiveAndNext::of(&keys).is_ok() {
            return Ok(keys);
        }
        let is_active =
            |key: &StoredSigningKey| matches!(key.state, SigningKeyState::Active { .. });
        let is_next = |key: &StoredSigningKey| key.state == SigningKeyState::Next;
        let active = SigningKeyState::Active { since: self.now() };
        let (active, next) = tokio::try_join!(
            self.missing_signing_key(keys.iter().any(is_active), active),
            self.missing_signing_key(keys.iter().any(is_next), SigningKeyState::Next),
        )?;
        for key in active.iter().chain(&next) {
            // Of two processes that start at once one loses the conflict and uses the other's key.
            self.store.add_signing_key(key).await?;
        }
        self.forget_keys_in_use().await;
        Ok(self.store.signing_keys().await?)
    }

    /// The keys of the store, each of which opens.
    async fn stored_keys(&self) -> Result<Vec<StoredSigningKey>, DirectoryFailure> {
        let keys = self.store.signing_keys().await?;
        for key in &keys {
            key.private.open(&key.key_id, &self.key_encryption_key)?;
        }
        Ok(keys)
    }

    async fn missing_signing_key(
        &self,
        is_there: bool,
        state: SigningKeyState,
    ) -> Result<Option<StoredSigningKey>, DirectoryFailure> {
        if is_there {
            return Ok(None);
        }
        Ok(Some(self.new_signing_key(state).await?))
    }

    async fn new_signing_key(
        &self,
        state: SigningKeyState,
    ) -> Result<StoredSigningKey, DirectoryFailure> {
        let now = self.now();
        let made = self.computations.run(move || SigningKey::generate(now));
        let (key, private) = made.await??;
        let key_id = key.key_id().to_owned();
        let sealing_key = &self.key_encryption_key;
        Ok(StoredSigningKey {
            private: SealedPrivateKey::seal(&private, &key_id, sealing_key, &*self.randomness),
            key_id,
            certificate: key.certificate().to_vec(),
            created_at: now,
            state,
        })
    }

    async fn keys_in_use(&self) -> Result<KeysInUse, DirectoryFailure> {
        let is_current = |keys: &KeysInUse| self.now() < keys.stale_at;
        if let Some(keys) = self.keys.read().await.clone().filter(is_current) {
            return Ok(keys);
        }
        // Held while reading, so that a rotation meanwhile is not overwritten by what was before it.
        let mut place = self.keys.write().await;
        if let Some(keys) = place.clone().filter(is_current) {
            return Ok(keys);
        }
        let keys = self.read_keys().await?;
        *place = Some(keys.clone());
        Ok(keys)
    }

    async fn read_keys(&self) -> Result<KeysInUse, DirectoryFailure> {
        let now = self.now();
        let mut stale_at = now + READ_AGAIN_AFTER;
        let (mut active, mut published) = (None, Vec::new());
        for stored in self.store.signing_keys().await? {
            if !stored.state.is_published(now) {
                continue;
            }
            let key = Arc::new(self.open_key(&stored)?);
            match stored.state {
                SigningKeyState::Active { .. } => active = Some(Arc::clone(&key)),
                SigningKeyState::Next => {}
                SigningKeyState::Retired { published_until } => {
                    stale_at = stale_at.min(published_until);
                }
            }
            published.push(key);
        }
        let tenants = self.store.tenants().await?;
        Ok(KeysInUse {
            tenants: tenants.iter().map(|tenant| tenant.id).collect(),
            active: active.ok_or(DirectoryFailure::NoSigningKey)?,
            published: Arc::new(KeySet::new(published.iter().map(AsRef::as_ref))?),
            stale_at,
        })
    }

    fn open_key(&self, stored: &StoredSigningKey) -> Result<SigningKey, KeyError> {
        let private = stored
            .private
            .open(&stored.key_id, &self.key_encryption_key)?;
        let key = SigningKey::restore(&private, stored.certificate.clone())?;
        if key.key_id() == stored.key_id {
            Ok(key)
        } else {
            Err(KeyError::Rejected {
                reason: format!("the certificate of {} is another key's", stored.key_id),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(created_days: i64, state: SigningKeyState) -> StoredSigningKey {
        StoredSigningKey {
            key_id: created_days.to_string(),
            private: SealedPrivateKey::from_stored(Vec::new()),
            certificate: Vec::new(),
            created_at: day(created_days),
            state,
        }
    }

    fn day(number: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * number)
    }

    #[test]
    fn rotation_is_due_when_the_active_key_is_old_and_the_next_one_is_known() {
        let age = SignedDuration::from_hours(24 * 60);
        for (active_since, next_created, today, wanted) in [
            (0, 0, 59, false),
            (0, 0, 60, true),
            (0, 0, 400, true),
            // Counted from its activation, not from its creation.
            (60, 60, 60, false),
            (60, 60, 119, false),
            (60, 60, 120, true),
            // Made by the version before, which knew no next key.
            (0, 400, 400, false),
            (0, 400, 401, true),
        ] {
            let since = day(active_since);
            let keys = [
                key(next_created, SigningKeyState::Next),
                key(0, SigningKeyState::Active { since }),
            ];
            let pair = ActiveAndNext::of(&keys).unwrap();
            assert_eq!(
                pair.is_rotation_due(day(today), age),
                wanted,
                "active since {active_since}, next of {next_created}, day {today}"
            );
        }
    }
}
