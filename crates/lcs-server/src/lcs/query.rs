//! The query of a call, read as ASP.NET reads it: names in any case, the first value counts, and
//! nothing in it is an error by itself.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};

/// The parameters of a query.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn of(query: &str) -> Self {
        Self(
            url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The first value of this name, if it is there.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(each, _)| each.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_any_case_and_the_first_value_counts() {
        let query = Parameters::of("AssetID=1&assetId=2&name=a%20b+c&bad=%ff&=&x");
        assert_eq!(query.get("assetId"), Some("1"));
        assert_eq!(query.get("name"), Some("a b c"));
        assert_eq!(query.get("x"), Some(""));
        assert_eq!(query.get("page"), None);
    }
}
