//! The sessions of people's browsers: who is signed in, and what they are in the middle of. In memory,
//! bound to a cookie; when the server restarts, people sign in again unless they chose to stay signed
//! in. What is kept of those is the directory's business.
//!
//! A session holds a token against forged forms. An interaction belongs to one session, so its id is
//! worth nothing in another browser.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use lcs_directory::SignedInUser;
use lcs_types::{Clock, Randomness, Secret};

use super::{cookies::session_cookie, interaction::Interaction};

/// As long as the service keeps a session that is not persistent.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// How long a person may take over one page.
const INTERACTION_LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// More than people in front of one local cloud; beyond it the oldest go.
const MOST_SESSIONS: usize = 1_000;
/// More than the tabs that somebody signs in through at once.
const MOST_INTERACTIONS: usize = 20;
/// More than the accounts that somebody switches between.
const MOST_ACCOUNTS: usize = 10;
/// Wrong user codes that one session may enter (RFC 8628 §5.1).
const MOST_WRONG_CODES: u8 = 5;

/// One browser's session.
#[derive(Debug, Clone)]
pub(crate) struct BrowserSession {
    /// Stands in every form and must come back.
    pub(crate) csrf: Secret,
    /// Who is signed in, the latest at the end.
    pub(crate) accounts: Vec<SignedInUser>,
    interactions: Vec<(String, Timestamp, Interaction)>,
    /// How many user codes of devices were wrong.
    wrong_codes: u8,
    expires_at: Timestamp,
    /// Until when it outlives browser and server, if somebody chose that.
    kept_until: Option<Timestamp>,
}

impl BrowserSession {
    /// Remembers who signed in, instead of an earlier sign-in of the same account.
    pub(crate) fn remember(&mut self, person: SignedInUser) {
        self.accounts.retain(|known| known.home != person.home);
        self.accounts.push(person);
        if self.accounts.len() > MOST_ACCOUNTS {
            self.accounts.remove(0);
        }
    }

    /// Whether this account is signed in.
    pub(crate) fn knows(&self, person: &SignedInUser) -> bool {
        self.accounts.iter().any(|known| known.home == person.home)
    }

    /// Whether the session outlives browser and server.
    pub(crate) const fn is_kept(&self) -> bool {
        self.kept_until.is_some()
    }

    /// For how long the cookie is to outlive the browser.
    pub(crate) fn kept_for(&self, now: Timestamp) -> Option<std::time::Duration> {
        self.kept_until
            .and_then(|until| std::time::Duration::try_from(until.duration_since(now)).ok())
    }

    /// Lets the session outlive browser and server.
    pub(crate) fn keep_until(&mut self, expires_at: Timestamp) {
        self.kept_until = Some(expires_at);
        self.expires_at = expires_at;
    }

    /// Lets the session end with the browser.
    pub(crate) fn keep_no_longer(&mut self, now: Timestamp) {
        self.kept_until = None;
        self.expires_at = now + LIFETIME;
    }

    /// Counts a wrong user code; `false` when that was one too many.
    pub(crate) fn may_try_again(&mut self) -> bool {
        self.wrong_codes = self.wrong_codes.saturating_add(1);
        self.wrong_codes < MOST_WRONG_CODES
    }

    /// What the person is in the middle of, if that is not too long ago.
    pub(crate) fn interaction(&self, id: &str, now: Timestamp) -> Option<Interaction> {
        self.interactions
            .iter()
            .find(|(known, begun_at, _)| {
                known == id && now.duration_since(*begun_at) < INTERACTION_LIFETIME
            })
            .map(|(.., interaction)| interaction.clone())
    }

    /// Remembers how far the person is.
    pub(crate) fn put(&mut self, id: &str, interaction: Interaction, now: Timestamp) {
        self.end(id);
        self.interactions.push((id.to_owned(), now, interaction));
        if self.interactions.len() > MOST_INTERACTIONS {
            self.interactions.remove(0);
        }
    }

    /// Forgets an interaction.
    pub(crate) fn end(&mut self, id: &str) {
        self.interactions.retain(|(known, ..)| known != id);
    }
}

/// All sessions.
#[derive(Debug)]
pub(crate) struct BrowserSessions {
    sessions: Mutex<HashMap<String, BrowserSession>>,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
}

impl BrowserSessions {
    pub(crate) fn new(clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Self {
        Self {
            sessions: Mutex::new(HashMap::new()),
            clock,
            randomness,
        }
    }

    /// The session that a request's cookie names, if it lives.
    pub(crate) fn known(&self, headers: &HeaderMap) -> Option<(String, BrowserSession)> {
        let id = session_cookie(headers)?;
        let now = self.clock.now();
        let session = self
            .lock()
            .get(&id)
            .filter(|session| session.expires_at > now)
            .cloned()?;
        Some((id, session))
    }

    /// A new session; its id is for the cookie.
    pub(crate) fn begin(&self) -> (String, BrowserSession) {
        let session = self.fresh(Vec::new(), None);
        let id = self.random_text();
        self.put(&id, session.clone());
        (id, session)
    }

    /// A session of before, with who is still signed in. Of several requests at once all get the same.
    pub(crate) fn restore(
        &self,
        id: &str,
        accounts: Vec<SignedInUser>,
        kept_until: Timestamp,
    ) -> BrowserSession {
        let session = self.fresh(accounts, Some(kept_until));
        self.make_room();
        let now = self.clock.now();
        let mut sessions = self.lock();
        if let Some(known) = sessions.get(id).filter(|known| known.expires_at > now) {
            return known.clone();
        }
        sessions.insert(id.to_owned(), session.clone());
        session
    }

    fn fresh(&self, accounts: Vec<SignedInUser>, kept_until: Option<Timestamp>) -> BrowserSession {
        BrowserSession {
            csrf: Secret::new(self.random_text()),
            accounts,
            interactions: Vec::new(),
            wrong_codes: 0,
            expires_at: kept_until.unwrap_or_else(|| self.clock.now() + LIFETIME),
            kept_until,
        }
    }

    /// Remembers what changed.
    pub(crate) fn put(&self, id: &str, session: BrowserSession) {
        self.make_room();
        self.lock().insert(id.to_owned(), session);
    }

    fn make_room(&self) {
        let now = self.clock.now();
        let mut sessions = self.lock();
        if sessions.len() < MOST_SESSIONS {
            return;
        }
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

    /// Replaces id and token, as is due when somebody signs in, so that planted ones are worth
    /// nothing; answers the new id.
    pub(crate) fn rotate(&self, id: &str, session: &mut BrowserSession) -> String {
        self.end(id);
        let id = self.random_text();
        session.csrf = Secret::new(self.random_text());
        self.put(&id, session.clone());
        id
    }

    /// Forgets a session.
    pub(crate) fn end(&self, id: &str) {
        self.lock().remove(id);
    }

    /// An id that nobody guesses.
    pub(crate) fn random_text(&self) -> String {
        let mut bytes = [0; 32];
        self.randomness.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, BrowserSession>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header;
    use lcs_types::{ManualClock, SeededRandomness};

    use super::*;

    fn sessions() -> (Arc<ManualClock>, BrowserSessions) {
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
        (
            clock.clone(),
            BrowserSessions::new(clock, Arc::new(SeededRandomness::new(1))),
        )
    }

    fn headers(id: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let cookie = format!("other=1; __Host-lcs-session={id}");
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        headers
    }

    #[test]
    fn a_session_ends_after_a_day() {
        let (clock, sessions) = sessions();
        let (id, _) = sessions.begin();
        assert!(sessions.known(&headers(&id)).is_some());
        clock.advance(SignedDuration::from_hours(24));
        assert!(sessions.known(&headers(&id)).is_none());
    }

    #[test]
    fn signing_in_changes_the_id_and_the_token() {
        let (_, sessions) = sessions();
        let (id, mut session) = sessions.begin();
        let before = session.csrf.clone();
        let new = sessions.rotate(&id, &mut session);
        assert!(sessions.known(&headers(&id)).is_none());
        let (_, known) = sessions.known(&headers(&new)).unwrap();
        assert_ne!(known.csrf, before);
    }

    #[test]
    fn a_kept_session_lives_until_its_own_end_and_is_restored_once() {
        let (clock, sessions) = sessions();
        let end = clock.now() + SignedDuration::from_hours(90 * 24);
        let restored = sessions.restore("id", Vec::new(), end);
        let again = sessions.restore("id", Vec::new(), end);
        assert_eq!(restored.csrf, again.csrf);
        assert!(restored.is_kept());
        clock.advance(SignedDuration::from_hours(90 * 24 - 1));
        assert!(sessions.known(&headers("id")).is_some());
        clock.advance(SignedDuration::from_hours(1));
        assert!(sessions.known(&headers("id")).is_none());
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
