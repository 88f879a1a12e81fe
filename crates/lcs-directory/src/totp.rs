//! Time-based one-time codes: RFC 6238 with SHA-1, 30 seconds and six digits, which is what
//! authenticator apps offer everywhere.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use lcs_types::{Randomness, Secret};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Seconds that one code counts for (RFC 6238 §5.2).
const STEP_SECONDS: u64 = 30;

/// Digits of a code.
const DIGITS: usize = 6;

/// Bytes of a secret: the length of the hash (RFC 4226 §4).
const SECRET_LENGTH: usize = 20;

/// What an authenticator app and the directory share. Does not print; overwritten on drop. The store
/// gets it sealed only.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; SECRET_LENGTH]>);

/// A text is not the base32 form of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the base32 text of a {SECRET_LENGTH} byte secret")]
pub struct NotATotpSecret;

/// The number of a period of 30 seconds, counted from 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimeStep(pub u64);

/// Why a code was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// It is not six digits.
    #[error("a code has {DIGITS} digits")]
    Malformed,
    /// It is not the code of this time.
    #[error("the code is wrong or too old")]
    Wrong,
    /// It, or a later one, was accepted before (RFC 6238 §5.2).
    #[error("the code was used already")]
    Replayed,
}

impl TotpSecret {
    /// A new secret.
    pub fn random(randomness: &dyn Randomness) -> Self {
        let mut bytes = Zeroizing::new([0; SECRET_LENGTH]);
        randomness.fill(&mut *bytes);
        Self(bytes)
    }

    /// The bytes, to be sealed.
    pub(crate) fn bytes(&self) -> &[u8] {
        &*self.0
    }

    /// The secret with these bytes; nothing when they are too few or too many.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes = <[u8; SECRET_LENGTH]>::try_from(bytes).ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    /// The text that a person types into an app that cannot scan: 32 letters and digits.
    pub fn base32(&self) -> Secret {
        Secret::new(BASE32_NOPAD.encode(&*self.0))
    }

    /// Reads what [`TotpSecret::base32`] gave, in any case and with blanks.
    ///
    /// # Errors
    ///
    /// [`NotATotpSecret`] for anything else.
    pub fn from_base32(text: &str) -> Result<Self, NotATotpSecret> {
        let text: Zeroizing<String> = Zeroizing::new(
            text.chars()
                .filter(|c| *c != ' ')
                .map(|c| c.to_ascii_uppercase())
                .collect(),
        );
        let bytes = BASE32_NOPAD.decode(text.as_bytes()).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| NotATotpSecret)?;
        let bytes = <[u8; SECRET_LENGTH]>::try_from(bytes.as_slice());
        Ok(Self(Zeroizing::new(bytes.map_err(|_| NotATotpSecret)?)))
    }

    /// What the QR code says: the key URI format that authenticator apps read.
    pub fn uri(&self, issuer: &str, account: &str) -> Secret {
        /// All but the unreserved characters of RFC 3986 §2.3.
        const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
            .remove(b'-')
            .remove(b'.')
            .remove(b'_')
            .remove(b'~');
        let issuer = utf8_percent_encode(issuer, ESCAPED);
        let account = utf8_percent_encode(account, ESCAPED);
        let secret = self.base32();
        Secret::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}\
             &algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
            secret.expose()
        ))
    }

    /// The code of a step, as the app shows it.
    pub fn code(&self, step: TimeStep) -> Secret {
        let mac: [u8; 20] = self.mac(step).finalize().into_bytes().into();
        // RFC 4226 §5.3: the last four bits say where the 31 bits of the code begin.
        let offset = usize::from(mac[19] & 0xf);
        let bits = mac[offset..offset + 4]
            .iter()
            .fold(0, |bits: u32, byte| bits << 8 | u32::from(*byte));
        Secret::new(format!("{:06}", (bits & 0x7fff_ffff) % 1_000_000))
    }

    fn mac(&self, step: TimeStep) -> Hmac<Sha1> {
        // Padded to the block, a key of HMAC is the same key (RFC 2104 §2).
        let mut block = Zeroizing::new([0; 64]);
        block[..SECRET_LENGTH].copy_from_slice(&*self.0);
        let mut mac = Hmac::<Sha1>::new((&*block).into());
        mac.update(&step.0.to_be_bytes());
        mac
    }
}

impl TimeStep {
    /// The step of an instant.
    pub fn at(now: Timestamp) -> Self {
        Self(u64::try_from(now.as_second()).unwrap_or(0) / STEP_SECONDS)
    }
}

/// Checks a code as a person typed it; blanks do not count.
///
/// Clocks may differ by one step, as RFC 6238 §5.2 recommends. The caller keeps the step that is
/// returned and gives it as `last_used_step` the next time; taking the step and keeping it must be
/// one transaction, or two requests use one code.
///
/// # Errors
///
/// [`Rejected`] says why.
pub fn verify(
    secret: &TotpSecret,
    code: &Secret,
    now: Timestamp,
    last_used_step: Option<TimeStep>,
) -> Result<TimeStep, Rejected> {
    let code = Secret::new(code.expose().replace(' ', ""));
    if code.expose().len() != DIGITS || !code.expose().bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Rejected::Malformed);
    }
    let TimeStep(step) = TimeStep::at(now);
    // All three are computed and compared in any case, so that time does not tell which one it was.
    let mut matched = None;
    for step in step.saturating_sub(1)..=step.saturating_add(1) {
        let step = TimeStep(step);
        if secret.code(step) == code {
            matched = Some(step);
        }
    }
    match matched {
        None => Err(Rejected::Wrong),
        Some(step) if last_used_step.is_some_and(|last| step <= last) => Err(Rejected::Replayed),
        Some(step) => Ok(step),
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl PartialEq for TotpSecret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&*other.0).into()
    }
}

impl Eq for TotpSecret {}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use lcs_types::SeededRandomness;
    use proptest::prelude::*;

    use super::*;

    fn rfc_secret() -> TotpSecret {
        TotpSecret(Zeroizing::new(*b"12345678901234567890"))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        // Appendix B prints eight digits; six digits are the last six of them.
        let vectors = [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ];
        for (second, eight_digits) in vectors {
            let code = rfc_secret().code(TimeStep::at(at(second)));
            assert_eq!(code.expose(), &eight_digits[2..], "{second}");
        }
    }

    #[test]
    fn the_vectors_of_rfc_4226_hold() {
        let vectors = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, code) in (0..).zip(vectors) {
            assert_eq!(rfc_secret().code(TimeStep(step)).expose(), code, "{step}");
        }
    }

    #[test]
    fn a_code_counts_one_step_before_and_after_its_own() {
        let code = rfc_secret().code(TimeStep(100));
        let verify_at = |second| verify(&rfc_secret(), &code, at(second), None);
        assert_eq!(verify_at(98 * 30 + 29), Err(Rejected::Wrong));
        assert_eq!(verify_at(99 * 30), Ok(TimeStep(100)));
        assert_eq!(verify_at(100 * 30), Ok(TimeStep(100)));
        assert_eq!(verify_at(101 * 30 + 29), Ok(TimeStep(100)));
        assert_eq!(verify_at(102 * 30), Err(Rejected::Wrong));
    }

    #[test]
    fn a_code_counts_once_and_ends_those_before_it() {
        let secret = rfc_secret();
        let now = at(100 * 30);
        let verify = |step, last| verify(&secret, &secret.code(TimeStep(step)), now, Some(last));
        assert_eq!(verify(100, TimeStep(99)), Ok(TimeStep(100)));
        assert_eq!(verify(100, TimeStep(100)), Err(Rejected::Replayed));
        assert_eq!(verify(99, TimeStep(100)), Err(Rejected::Replayed));
        assert_eq!(verify(101, TimeStep(100)), Ok(TimeStep(101)));
    }

    #[test]
    fn only_six_digits_are_a_code() {
        for text in ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"] {
            let verdict = verify(&rfc_secret(), &Secret::new(text), at(0), None);
            assert_eq!(verdict, Err(Rejected::Malformed), "{text}");
        }
        let spaced = Secret::new("755 224");
        assert_eq!(verify(&rfc_secret(), &spaced, at(0), None), Ok(TimeStep(0)));
    }

    #[test]
    fn the_uri_escapes_names_and_holds_the_secret() {
        let uri = rfc_secret().uri("Contoso & Söhne", "anna@contoso.com");
        assert_eq!(
            uri.expose(),
            "otpauth://totp/Contoso%20%26%20S%C3%B6hne:anna%40contoso.com\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Contoso%20%26%20S%C3%B6hne\
             &algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn a_secret_does_not_print_and_is_read_as_people_copy_it() {
        let secret = TotpSecret::random(&SeededRandomness::new(1));
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
        let text = secret.base32();
        let (head, tail) = text.expose().split_at(4);
        let copied = format!("{} {tail}", head.to_lowercase());
        assert_eq!(TotpSecret::from_base32(&copied), Ok(secret));
        for text in ["", "GEZDGNBV", "11111111111111111111111111111111"] {
            assert_eq!(TotpSecret::from_base32(text), Err(NotATotpSecret), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_code_that_was_accepted_is_never_accepted_again(
            seed: u64,
            second in 0i64..4_000_000_000,
            later in 0i64..120,
        ) {
            let secret = TotpSecret::random(&SeededRandomness::new(seed));
            let now = at(second);
            let code = secret.code(TimeStep::at(now));
            let used = verify(&secret, &code, now, None).unwrap();
            let again = now + SignedDuration::from_secs(later);
            // A later step may have the same six digits by chance; it is another code then.
            if let Ok(step) = verify(&secret, &code, again, Some(used)) {
                prop_assert!(step > used);
            }
        }
    }
}
