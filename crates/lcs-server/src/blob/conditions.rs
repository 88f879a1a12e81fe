//! Conditional requests (RFC 9110 §13; "Specifying conditional headers for Blob service operations").

use axum::http::{HeaderMap, HeaderName, header};
use jiff::{Timestamp, fmt::rfc2822};
use lcs_artifacts::BlobProperties;

use super::error::BlobError;

/// Whether a read may go on.
pub(super) fn check_read(headers: &HeaderMap, blob: &BlobProperties) -> Result<(), BlobError> {
    check_match(headers, Some(blob))?;
    let is_known = match named(headers, &header::IF_NONE_MATCH) {
        Some(tag) => is_of(&tag, blob),
        None => is_unmodified(headers, blob),
    };
    if is_known {
        return Err(BlobError::NotModified { etag: blob.etag() });
    }
    Ok(())
}

/// Whether a write may go on; `blob` is what is there now.
pub(super) fn check_write(
    headers: &HeaderMap,
    blob: Option<&BlobProperties>,
) -> Result<(), BlobError> {
    check_match(headers, blob)?;
    match (named(headers, &header::IF_NONE_MATCH), blob) {
        (Some(tag), Some(_)) if tag == "*" => Err(BlobError::AlreadyExists),
        (Some(tag), Some(blob)) if is_of(&tag, blob) => Err(BlobError::ConditionNotMet),
        (None, Some(blob)) if is_unmodified(headers, blob) => Err(BlobError::ConditionNotMet),
        _ => Ok(()),
    }
}

/// Whether the blob is as old as a client says that it has it.
fn is_unmodified(headers: &HeaderMap, blob: &BlobProperties) -> bool {
    date(headers, &header::IF_MODIFIED_SINCE).is_some_and(|at| seconds(blob) <= at)
}

fn check_match(headers: &HeaderMap, blob: Option<&BlobProperties>) -> Result<(), BlobError> {
    let is_other = named(headers, &header::IF_MATCH)
        .is_some_and(|tag| !blob.is_some_and(|blob| is_of(&tag, blob)));
    let is_newer = date(headers, &header::IF_UNMODIFIED_SINCE)
        .is_some_and(|at| blob.is_some_and(|blob| seconds(blob) > at));
    if is_other || is_newer {
        return Err(BlobError::ConditionNotMet);
    }
    Ok(())
}

fn named(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.trim().to_owned())
}

/// Clients send the tag with and without its quotes.
fn is_of(tag: &str, blob: &BlobProperties) -> bool {
    tag == "*" || tag.trim_matches('"') == blob.etag().trim_matches('"')
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<i64> {
    let parsed: Timestamp = rfc2822::DateTimeParser::new()
        .parse_timestamp(named(headers, name)?)
        .ok()?;
    Some(parsed.as_second())
}

/// Dates of HTTP have whole seconds.
fn seconds(blob: &BlobProperties) -> i64 {
    blob.modified_at.as_second()
}

#[cfg(test)]
mod tests {
    use lcs_artifacts::Checksums;

    use super::*;

    fn blob() -> BlobProperties {
        let checksums = Checksums {
            size_bytes: 1,
            md5: [0; 16],
            sha256: [7; 32],
        };
        BlobProperties::new(checksums, "2026-03-01T10:00:00.5Z".parse().unwrap())
    }

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn reads_go_on_for_the_blob_that_is_meant() {
        let blob = blob();
        let (same, early, late) = (
            blob.etag(),
            "Sun, 01 Mar 2026 09:00:00 GMT",
            "Sun, 01 Mar 2026 10:00:00 GMT",
        );
        for (name, value, goes_on) in [
            (header::IF_MATCH, same.as_str(), true),
            (header::IF_MATCH, "*", true),
            (header::IF_MATCH, "\"0x0\"", false),
            (header::IF_NONE_MATCH, same.as_str(), false),
            (header::IF_NONE_MATCH, "\"0x0\"", true),
            (header::IF_MODIFIED_SINCE, early, true),
            (header::IF_MODIFIED_SINCE, late, false),
            (header::IF_UNMODIFIED_SINCE, early, false),
            (header::IF_UNMODIFIED_SINCE, late, true),
        ] {
            let outcome = check_read(&headers(name.clone(), value), &blob);
            assert_eq!(outcome.is_ok(), goes_on, "{name}: {value}");
        }
    }

    #[test]
    fn a_new_blob_replaces_none_when_that_is_asked() {
        let any = headers(header::IF_NONE_MATCH, "*");
        assert!(check_write(&any, None).is_ok());
        assert!(matches!(
            check_write(&any, Some(&blob())),
            Err(BlobError::AlreadyExists)
        ));
        let unmodified = headers(header::IF_MODIFIED_SINCE, "Sun, 01 Mar 2026 10:00:00 GMT");
        assert!(check_write(&unmodified, None).is_ok());
        assert!(check_write(&unmodified, Some(&blob())).is_err());
        let same = headers(header::IF_MATCH, &blob().etag());
        assert!(check_write(&same, Some(&blob())).is_ok());
        assert!(check_write(&same, None).is_err());
    }
}
