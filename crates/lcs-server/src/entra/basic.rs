//! A client that proves who it is by HTTP Basic (RFC 6749 §2.3.1, RFC 7617).

use axum::http::{HeaderMap, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_types::Secret;
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

use super::form_body::decode;

/// Client id and secret, each form-encoded within the pair. Other schemes say nothing of a client.
///
/// # Errors
///
/// AADSTS90013 for a header that is broken or stands twice.
pub(crate) fn client(headers: &HeaderMap) -> Result<Option<(String, Secret)>, Refusal> {
    let broken = || Refusal::new(Aadsts::InvalidInput);
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(broken());
    }
    let value = value.to_str().map_err(|_| broken())?;
    let Some((scheme, pair)) = value.split_once(' ') else {
        return Ok(None);
    };
    if !scheme.eq_ignore_ascii_case("Basic") {
        return Ok(None);
    }
    let pair = STANDARD.decode(pair.trim()).map_err(|_| broken())?;
    let pair = String::from_utf8(pair).map_err(|_| broken())?;
    let (id, secret) = pair.split_once(':').ok_or_else(broken)?;
    let id = decode(id).ok_or_else(broken)?;
    let secret = decode(secret).ok_or_else(broken)?;
    Ok(Some((id, Secret::new(secret))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Option<(String, Secret)>, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        client(&headers)
    }

    #[test]
    fn id_and_secret_are_form_encoded_within_the_pair() {
        let value = format!("Basic {}", STANDARD.encode("id:a%3Ab%2B~"));
        let (id, secret) = read(&value).unwrap().unwrap();
        assert_eq!((id.as_str(), secret.expose()), ("id", "a:b+~"));
    }

    #[test]
    fn a_broken_pair_is_refused_and_another_scheme_is_none_of_ours() {
        assert!(read("Bearer x").unwrap().is_none());
        assert!(client(&HeaderMap::new()).unwrap().is_none());
        let without_colon = format!("Basic {}", STANDARD.encode("id"));
        for value in ["Basic !", &without_colon] {
            assert_eq!(read(value).unwrap_err().aadsts, Aadsts::InvalidInput);
        }
    }
}
