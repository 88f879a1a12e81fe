//! What an uploader says of a blob: its type and `x-ms-meta-…` ("Setting and retrieving properties and
//! metadata for Blob service resources").

use std::collections::BTreeMap;

use axum::http::HeaderMap;

use super::error::BlobError;

const PREFIX: &str = "x-ms-meta-";
/// The most bytes of all names and values.
const LARGEST: usize = 8 * 1024;

/// Reads names, lower-case as HTTP has them, and values.
///
/// # Errors
///
/// [`BlobError`] for names that are no identifiers, values beyond ASCII, and more than 8 KiB.
pub(super) fn read(headers: &HeaderMap) -> Result<BTreeMap<String, String>, BlobError> {
    let mut metadata = BTreeMap::new();
    let mut size = 0;
    for (name, value) in headers {
        let Some(name) = name.as_str().strip_prefix(PREFIX) else {
            continue;
        };
        let value = value.to_str().map_err(|_| BlobError::InvalidMetadata)?;
        size += name.len() + value.len();
        let is_new = metadata
            .insert(name.to_owned(), value.trim().to_owned())
            .is_none();
        if !is_new || !is_identifier(name) {
            return Err(BlobError::InvalidMetadata);
        }
    }
    if size > LARGEST {
        return Err(BlobError::MetadataTooLarge);
    }
    Ok(metadata)
}

/// Names keep the rules of C# identifiers.
fn is_identifier(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn names_and_values_are_read() {
        let read = read(&headers(&[
            ("x-ms-meta-Release", "42"),
            ("x-ms-meta-_a", ""),
            ("x-ms-version", "2019-12-12"),
        ]));
        let wanted = [("_a", ""), ("release", "42")];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read.unwrap(), BTreeMap::from(wanted));
    }

    #[test]
    fn what_is_no_metadata_is_refused() {
        let large = "x".repeat(LARGEST);
        for pairs in [
            &[("x-ms-meta-", "x")][..],
            &[("x-ms-meta-1a", "x")],
            &[("x-ms-meta-a-b", "x")],
            &[("x-ms-meta-a", "ä")],
            &[("x-ms-meta-a", "x"), ("x-ms-meta-A", "y")],
            &[("x-ms-meta-a", &large)],
        ] {
            assert!(read(&headers(pairs)).is_err(), "{pairs:?}");
        }
    }
}
