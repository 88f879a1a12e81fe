//! A user's authenticator app: what both sides know and how far it was used.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::totp::{TimeStep, TotpSecret};

/// An authenticator app that a user registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotpEnrolment {
    /// What the app and the directory share.
    pub secret: TotpSecret,
    /// The step of the last code that was accepted; it and all before it are used up.
    pub last_used_step: Option<TimeStep>,
    /// When the user registered it.
    pub enrolled_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use lcs_types::SeededRandomness;

    use super::*;

    #[test]
    fn an_enrolment_is_stored_and_read_back_and_does_not_print_its_secret() {
        let secret = TotpSecret::random(&SeededRandomness::new(1));
        let text = secret.base32();
        let enrolment = TotpEnrolment {
            secret,
            last_used_step: Some(TimeStep(7)),
            enrolled_at: Timestamp::UNIX_EPOCH,
        };
        let json = serde_json::to_value(&enrolment).unwrap();
        assert_eq!(json["secret"], text.expose());
        assert_eq!(json["last_used_step"], 7);
        assert_eq!(
            serde_json::from_value::<TotpEnrolment>(json).unwrap(),
            enrolment
        );
        assert!(!format!("{enrolment:?}").contains(text.expose()));
    }
}
