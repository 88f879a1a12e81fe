//! How a person proved who they are: what a session remembers and every token descends from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One sign-in of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// When the person last gave the first factor.
    pub at: Timestamp,
    /// What the person gave, in that order.
    pub methods: Vec<AuthenticationMethod>,
    /// When the person last gave a second factor.
    pub second_factor_at: Option<Timestamp>,
    /// What everything that came of this sign-in shares (`sid`).
    pub session: Uuid,
}

/// What a person may prove themself with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMethod {
    /// The password: the first factor.
    Password,
    /// A time-based one-time code (RFC 6238): a second factor.
    OneTimeCode,
}

impl Authentication {
    /// A sign-in by password alone.
    pub fn by_password(at: Timestamp, session: Uuid) -> Self {
        Self {
            at,
            methods: vec![AuthenticationMethod::Password],
            second_factor_at: None,
            session,
        }
    }

    /// The same sign-in after a one-time code was given as well, or once more.
    #[must_use]
    pub fn with_one_time_code(mut self, at: Timestamp) -> Self {
        if !self.methods.contains(&AuthenticationMethod::OneTimeCode) {
            self.methods.push(AuthenticationMethod::OneTimeCode);
        }
        self.second_factor_at = Some(at);
        self
    }

    /// Whether a second factor was given, however long ago.
    pub const fn has_second_factor(&self) -> bool {
        self.second_factor_at.is_some()
    }

    /// The `amr` claim of tokens ("Access token claims reference").
    pub fn amr(&self) -> Vec<&'static str> {
        let password = self.methods.contains(&AuthenticationMethod::Password);
        [
            password.then_some("pwd"),
            self.has_second_factor().then_some("mfa"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn the_methods_of_a_token_are_those_of_the_sign_in() {
        let at = Timestamp::UNIX_EPOCH;
        let password = Authentication::by_password(at, Uuid::nil());
        assert_eq!(password.amr(), ["pwd"]);
        assert!(!password.has_second_factor());

        let later = at + SignedDuration::from_mins(1);
        let both = password.with_one_time_code(at).with_one_time_code(later);
        assert_eq!(both.amr(), ["pwd", "mfa"]);
        assert_eq!(both.second_factor_at, Some(later));
        assert_eq!(both.at, at);
        assert_eq!(both.methods.len(), 2);
    }

    #[test]
    fn an_authentication_is_stored_and_read_back() {
        let authentication = Authentication::by_password(Timestamp::UNIX_EPOCH, Uuid::nil())
            .with_one_time_code(Timestamp::UNIX_EPOCH);
        let json = serde_json::to_value(&authentication).unwrap();
        assert_eq!(
            json["methods"],
            serde_json::json!(["password", "one_time_code"])
        );
        assert_eq!(
            serde_json::from_value::<Authentication>(json).unwrap(),
            authentication
        );
    }
}
