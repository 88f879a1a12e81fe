//! The body of a token request and HTTP Basic: what the strict reader takes, every other reader
//! takes for the same; no name counts twice; values do not print.

use std::collections::HashSet;

use lcs_server::testing::{read_basic, read_form};

/// Reads the bytes as a body and as a header.
///
/// # Panics
///
/// When the reading differs from that of a lenient decoder, or a value prints.
pub fn run(bytes: &[u8]) {
    if let Ok(Some((client, secret))) = read_basic(bytes) {
        let basic = read_form(b"").and_then(|form| form.with_basic(&client, secret.clone()));
        let basic = basic.expect("an empty form names no other client");
        let expected = Some(client.as_str()).filter(|client| !client.trim().is_empty());
        assert_eq!(basic.text("client_id"), expected);
    }
    let Ok(form) = read_form(bytes) else {
        return;
    };
    let text = std::str::from_utf8(bytes).expect("what was taken is UTF-8");
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(text.trim()).expect("every form can be read leniently");
    let mut names = HashSet::new();
    for (name, value) in &pairs {
        assert!(names.insert(name), "{name} counts twice");
        let is_blank = value.trim().is_empty();
        assert_eq!(form.text(name), (!is_blank).then_some(value.as_str()));
        assert_eq!(form.is_blank(name), is_blank);
    }
    let encoded = serde_urlencoded::to_string(&pairs).expect("pairs can be written");
    let again = read_form(encoded.as_bytes()).expect("what is written is read");
    for (name, _) in &pairs {
        assert_eq!(again.text(name), form.text(name));
    }
    let printed = format!("{form:?}");
    let expected: Vec<&String> = pairs.iter().map(|(name, _)| name).collect();
    assert_eq!(printed, format!("{expected:?}"));
}
