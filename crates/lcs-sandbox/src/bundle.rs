//! The certificates that the program trusts, as the text of one PEM file.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::route::Network;

/// The authorities of the sandbox, and those of the machine where the program may leave it: the
/// variables replace what it would trust otherwise.
pub fn bundle(authorities: &[&str], network: Network) -> String {
    let mut text = String::new();
    for authority in authorities {
        text.push_str(authority.trim_end());
        text.push('\n');
    }
    if network == Network::Pass {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "could not read a certificate of this machine");
        }
        for certificate in &found.certs {
            push_pem(&mut text, certificate);
        }
    }
    text
}

/// RFC 7468 §2: lines of 64 characters.
fn push_pem(text: &mut String, certificate: &[u8]) {
    text.push_str("-----BEGIN CERTIFICATE-----\n");
    let encoded = STANDARD.encode(certificate);
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, others) = rest.split_at(rest.len().min(64));
        let _ = writeln!(text, "{line}");
        rest = others;
    }
    text.push_str("-----END CERTIFICATE-----\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_nothing_but_the_sandbox_is_trusted() {
        assert_eq!(bundle(&["one\n", "two"], Network::Refuse), "one\ntwo\n");
    }

    #[test]
    fn a_certificate_is_wrapped_at_64_characters() {
        let mut text = String::new();
        push_pem(&mut text, &[0; 60]);
        let lengths: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!(lengths, [27, 64, 16, 25]);
    }
}
