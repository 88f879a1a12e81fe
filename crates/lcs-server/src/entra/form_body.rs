//! The body of a token request: `application/x-www-form-urlencoded`, read strictly.
//!
//! Lenient decoders let `%zz` and broken UTF-8 pass as something else, and then a password is
//! wrong for no visible reason. Entra says that the request is malformed.

use lcs_directory::Form;
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

/// Reads a body. One that is JSON, or in any other form, has no parameters, so that the answer
/// names the first one that is missing.
///
/// # Errors
///
/// AADSTS9002313 for broken encoding, 90013 for a parameter that stands twice.
pub(crate) fn parse(body: &[u8]) -> Result<Form, Refusal> {
    let malformed = || Refusal::new(Aadsts::MalformedRequest);
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    let mut pairs = Vec::new();
    for pair in text.trim().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name).ok_or_else(malformed)?;
        let value = decode(value).ok_or_else(malformed)?;
        pairs.push((name, value));
    }
    Form::new(pairs)
}

pub(super) fn decode(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded() {
        let form = parse(b"password=a%2Bb+c%26d%C3%A4&client_id=x").unwrap();
        assert_eq!(form.text("password"), Some("a+b c&d\u{e4}"));
        assert_eq!(form.text("client_id"), Some("x"));
    }

    #[test]
    fn broken_encoding_is_malformed_and_doubles_are_invalid() {
        for body in [&b"a=%zz"[..], b"a=%2", b"a=%ff", b"\xff=1"] {
            assert_eq!(
                parse(body).unwrap_err().aadsts,
                Aadsts::MalformedRequest,
                "{body:?}"
            );
        }
        assert_eq!(parse(b"a=1&a=2").unwrap_err().aadsts, Aadsts::InvalidInput);
    }

    #[test]
    fn a_json_body_has_no_parameters_of_ours() {
        assert_eq!(
            parse(br#"{"grant_type":"password"}"#)
                .unwrap()
                .text("grant_type"),
            None
        );
    }
}
