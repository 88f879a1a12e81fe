//! The cookies of the pages: one names the session, one remembers an answer.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// The name of the session's cookie. `__Host-` binds it to this host, HTTPS and the whole path.
const SESSION: &str = "__Host-lcs-session";
/// The name of the cookie that remembers whether somebody stays signed in.
const STAY_SIGNED_IN: &str = "__Host-lcs-stay-signed-in";
/// How long an answer is remembered: as long as a browser keeps any cookie.
const REMEMBERED: Duration = Duration::from_hours(400 * 24);

/// The session that a request names.
pub(super) fn session_cookie(headers: &HeaderMap) -> Option<String> {
    cookie(headers, SESSION)
}

/// Names a session: until the browser is closed, or for so long.
pub(super) fn set_session(
    id: &str,
    max_age: Option<Duration>,
) -> Option<(HeaderName, HeaderValue)> {
    set(SESSION, id, max_age)
}

/// Whether the person said, for good, to stay signed in or not.
pub(super) fn remembered_answer(headers: &HeaderMap) -> Option<bool> {
    match cookie(headers, STAY_SIGNED_IN)?.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// Remembers that answer.
pub(super) fn remember_answer(stays: bool) -> Option<(HeaderName, HeaderValue)> {
    let value = if stays { "yes" } else { "no" };
    set(STAY_SIGNED_IN, value, Some(REMEMBERED))
}

/// `Lax`: a cookie comes along when another site sends the browser here, and not with that site's own
/// forms.
fn set(name: &str, value: &str, max_age: Option<Duration>) -> Option<(HeaderName, HeaderValue)> {
    let max_age = max_age.map_or_else(String::new, |age| format!("; Max-Age={}", age.as_secs()));
    let cookie = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{max_age}");
    Some((header::SET_COOKIE, HeaderValue::from_str(&cookie).ok()?))
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            pair.trim()
                .strip_prefix(name)?
                .strip_prefix('=')
                .map(str::to_owned)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lasts_as_long_as_the_browser_unless_it_is_kept() {
        let (_, cookie) = set_session("x", None).unwrap();
        assert_eq!(
            cookie,
            "__Host-lcs-session=x; Path=/; Secure; HttpOnly; SameSite=Lax"
        );
        let (_, cookie) = set_session("x", Some(Duration::from_mins(1))).unwrap();
        assert!(cookie.to_str().unwrap().ends_with("; Max-Age=60"));
    }

    #[test]
    fn an_answer_is_read_back_and_anything_else_is_none() {
        for (value, expected) in [("yes", Some(true)), ("no", Some(false)), ("1", None)] {
            let mut headers = HeaderMap::new();
            let cookie = format!("{SESSION}=x; {STAY_SIGNED_IN}={value}");
            headers.insert(header::COOKIE, cookie.parse().unwrap());
            assert_eq!(remembered_answer(&headers), expected, "{value}");
        }
        assert_eq!(remembered_answer(&HeaderMap::new()), None);
    }
}
