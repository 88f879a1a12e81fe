//! URLs that carry their own authority in a signature (shared access signatures).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer};
use url::Url;

/// A URL whose query is the authority to fetch what it names, so the query does not print.
///
/// `Display` and `Debug` show scheme, host and path, then `?…`.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedUrl(Url);

impl SignedUrl {
    /// Takes a URL into safe keeping.
    pub const fn new(url: Url) -> Self {
        Self(url)
    }

    /// The whole URL, signature included.
    pub const fn expose(&self) -> &Url {
        &self.0
    }
}

impl FromStr for SignedUrl {
    type Err = url::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Url::parse(text).map(Self)
    }
}

impl fmt::Display for SignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        shown.set_query(None);
        shown.set_fragment(None);
        let _ = shown.set_password(None);
        write!(
            f,
            "{shown}{}",
            if self.0.query().is_some() { "?…" } else { "" }
        )
    }
}

impl fmt::Debug for SignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedUrl({self})")
    }
}

impl<'de> Deserialize<'de> for SignedUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_does_not_print() {
        let url: SignedUrl = "https://localhost:8443/blob/c/a.bacpac?sig=abc&se=x"
            .parse()
            .unwrap();
        assert_eq!(url.to_string(), "https://localhost:8443/blob/c/a.bacpac?…");
        assert!(!format!("{url:?}").contains("abc"));
        assert!(url.expose().as_str().contains("sig=abc"));
    }
}
