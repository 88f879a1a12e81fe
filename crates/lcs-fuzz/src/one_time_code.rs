//! One-time codes and the secrets behind them, as people type them.

use jiff::Timestamp;
use lcs_directory::totp::{Rejected, TimeStep, TotpSecret, verify};
use lcs_types::Secret;

const NOW: i64 = 1_775_203_200;
const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// Reads the first line as a secret and the rest as a code.
///
/// # Panics
///
/// When a secret is not read back as it is written, or a code is accepted that is none of the three.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (secret, code) = text.split_once('\n').unwrap_or((text, text));
    let secret = match TotpSecret::from_base32(secret) {
        Ok(read) => {
            let written = read.base32();
            let bare = secret.replace(' ', "").to_ascii_uppercase();
            assert_eq!(written.expose(), bare);
            assert!(TotpSecret::from_base32(written.expose()) == Ok(read.clone()));
            read
        }
        Err(_) => TotpSecret::from_base32(SECRET).expect("the text is that of a secret"),
    };
    let now = Timestamp::from_second(NOW).expect("the instant is in range");
    let TimeStep(step) = TimeStep::at(now);
    let typed = code.replace(' ', "");
    let verdict = verify(&secret, &Secret::new(code), now, None);
    match verdict {
        Ok(accepted) => {
            assert!(accepted.0.abs_diff(step) <= 1);
            assert_eq!(secret.code(accepted).expose(), typed);
            let again = verify(&secret, &Secret::new(code), now, Some(accepted));
            assert_eq!(again, Err(Rejected::Replayed));
        }
        Err(Rejected::Malformed) => {
            assert!(typed.len() != 6 || !typed.bytes().all(|byte| byte.is_ascii_digit()));
        }
        Err(Rejected::Wrong) => {
            let codes = [step - 1, step, step + 1].map(|step| secret.code(TimeStep(step)));
            assert!(codes.iter().all(|code| code.expose() != typed));
        }
        Err(Rejected::Replayed) => unreachable!("no code was used before"),
    }
}
