//! Which version of the protocol a client speaks, and what that means ("Versioning for Azure Storage",
//! "Scalability and performance targets for Blob storage").

use axum::http::HeaderMap;
use jiff::civil::{Date, date};

const MEBIBYTE: u64 = 1024 * 1024;
/// That of the signature: what a client without a version of its own speaks.
const SIGNED: Date = date(2015, 12, 11);
/// The first version that a request can name.
const FIRST: Date = date(2009, 9, 19);

/// The version that a client speaks. Later ones than there are today are taken at their word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version(Date);

impl Version {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let named = headers
            .get("x-ms-version")
            .and_then(|text| text.to_str().ok());
        let named = named.and_then(|text| {
            let date: Date = text.parse().ok()?;
            (date >= FIRST && date.to_string() == text).then_some(date)
        });
        Self(named.unwrap_or(SIGNED))
    }

    /// The most bytes that one `Put Blob` carries.
    pub(super) fn largest_blob(self) -> u64 {
        match self.0 {
            version if version >= date(2019, 12, 12) => 5000 * MEBIBYTE,
            version if version >= date(2016, 5, 31) => 256 * MEBIBYTE,
            _ => 64 * MEBIBYTE,
        }
    }

    /// The most bytes that one `Put Block` carries.
    pub(super) fn largest_block(self) -> u64 {
        match self.0 {
            version if version >= date(2019, 12, 12) => 4000 * MEBIBYTE,
            version if version >= date(2016, 5, 31) => 100 * MEBIBYTE,
            _ => 4 * MEBIBYTE,
        }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(text: &str) -> Version {
        let mut headers = HeaderMap::new();
        headers.insert("x-ms-version", text.parse().unwrap());
        Version::of(&headers)
    }

    #[test]
    fn sizes_grow_with_the_version() {
        for (version, blob, block) in [
            ("2015-12-11", 64, 4),
            ("2016-05-30", 64, 4),
            ("2016-05-31", 256, 100),
            ("2019-12-11", 256, 100),
            ("2019-12-12", 5000, 4000),
            ("2031-01-01", 5000, 4000),
        ] {
            let spoken = spoken(version);
            assert_eq!(spoken.to_string(), version);
            assert_eq!(spoken.largest_blob(), blob * MEBIBYTE, "{version}");
            assert_eq!(spoken.largest_block(), block * MEBIBYTE, "{version}");
        }
    }

    #[test]
    fn what_is_no_version_counts_as_that_of_the_signature() {
        for text in [
            "",
            "zzzz",
            "2019-12-32",
            "2019-12-12T00:00",
            "20191212",
            "1999-01-01",
        ] {
            assert_eq!(spoken(text), Version(SIGNED), "{text}");
        }
        assert_eq!(Version::of(&HeaderMap::new()), Version(SIGNED));
    }
}
