//! The sessions of people on the device pages: short, in memory, bound to a cookie.
//!
//! A session remembers which device request a person is answering and whether they have signed
//! in for it. It holds a token against forged forms. Losing it costs entering the code again, so
//! it does not need the store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use lcs_types::{Clock, Randomness, Secret};

const LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// More than people in front of one local cloud; beyond it the oldest go.
const MOST_SESSIONS: usize = 1_000;
/// Wrong user codes that one session may enter (RFC 8628 §5.1).
const MOST_WRONG_CODES: u8 = 5;

/// The name of the cookie. `__Host-` binds it to this host, HTTPS and the whole path.
pub(crate) const COOKIE: &str = "__Host-lcs-device";

/// One person's way through the device pages.
#[derive(Debug, Clone)]
pub(crate) struct DeviceSession<User> {
    /// Stands in every form and must come back.
    pub(crate) csrf: Secret,
    /// The user code, once it was found good.
    pub(crate) user_code: Option<String>,
    /// Who signed in.
    pub(crate) user: Option<User>,
    /// How many codes were wrong.
    wrong_codes: u8,
    expires_at: Timestamp,
}

impl<User> DeviceSession<User> {
    /// Counts a wrong code; `false` when that was one too many.
    pub(crate) fn may_try_again(&mut self) -> bool {
        self.wrong_codes = self.wrong_codes.saturating_add(1);
        self.wrong_codes < MOST_WRONG_CODES
    }
}

/// All sessions.
#[derive(Debug)]
pub(crate) struct DeviceSessions<User> {
    sessions: Mutex<HashMap<String, DeviceSession<User>>>,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
}

impl<User: Clone> DeviceSessions<User> {
    pub(crate) fn new(clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Self {
        Self {
            sessions: Mutex::new(HashMap::new()),
            clock,
            randomness,
        }
    }

    /// A new session; the id is for the cookie.
    pub(crate) fn begin(&self) -> (String, DeviceSession<User>) {
        let session = DeviceSession {
            csrf: Secret::new(self.random_text()),
            user_code: None,
            user: None,
            wrong_codes: 0,
            expires_at: self.clock.now() + LIFETIME,
        };
        let id = self.random_text();
        self.put(&id, session.clone());
        (id, session)
    }

    /// The session of a cookie, if it lives.
    pub(crate) fn find(&self, id: &str) -> Option<DeviceSession<User>> {
        let now = self.clock.now();
        self.lock()
            .get(id)
            .filter(|session| session.expires_at > now)
            .cloned()
    }

    /// Remembers what changed.
    pub(crate) fn put(&self, id: &str, session: DeviceSession<User>) {
        let now = self.clock.now();
        let mut sessions = self.lock();
        if sessions.len() >= MOST_SESSIONS {
            sessions.retain(|_, session| session.expires_at > now);
            let oldest = sessions
                .iter()
                .min_by_key(|(_, session)| session.expires_at);
            if let Some(oldest) = oldest
                .map(|(id, _)| id.clone())
                .filter(|_| sessions.len() >= MOST_SESSIONS)
            {
                sessions.remove(&oldest);
            }
        }
        sessions.insert(id.to_owned(), session);
    }

    /// Replaces the id, as is due when somebody signs in; answers the new one.
    pub(crate) fn rotate(&self, id: &str, session: DeviceSession<User>) -> String {
        self.end(id);
        let id = self.random_text();
        self.put(&id, session);
        id
    }

    /// Forgets a session.
    pub(crate) fn end(&self, id: &str) {
        self.lock().remove(id);
    }

    fn random_text(&self) -> String {
        let mut bytes = [0; 32];
        self.randomness.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, DeviceSession<User>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use lcs_types::{ManualClock, SeededRandomness};

    use super::*;

    fn sessions() -> (Arc<ManualClock>, DeviceSessions<String>) {
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
        (
            clock.clone(),
            DeviceSessions::new(clock, Arc::new(SeededRandomness::new(1))),
        )
    }

    #[test]
    fn a_session_ends_after_a_quarter_of_an_hour() {
        let (clock, sessions) = sessions();
        let (id, _) = sessions.begin();
        assert!(sessions.find(&id).is_some());
        clock.advance(SignedDuration::from_mins(15));
        assert!(sessions.find(&id).is_none());
    }

    #[test]
    fn signing_in_changes_the_id() {
        let (_, sessions) = sessions();
        let (id, session) = sessions.begin();
        let new = sessions.rotate(&id, session);
        assert!(sessions.find(&id).is_none());
        assert!(sessions.find(&new).is_some());
    }

    #[test]
    fn the_fifth_wrong_code_is_the_last() {
        let (_, sessions) = sessions();
        let (_, mut session) = sessions.begin();
        let answers: Vec<bool> = (0..5).map(|_| session.may_try_again()).collect();
        assert_eq!(answers, [true, true, true, true, false]);
    }

    #[test]
    fn there_are_never_more_than_the_most() {
        let (_, sessions) = sessions();
        for _ in 0..MOST_SESSIONS + 10 {
            sessions.begin();
        }
        assert_eq!(sessions.lock().len(), MOST_SESSIONS);
    }
}
