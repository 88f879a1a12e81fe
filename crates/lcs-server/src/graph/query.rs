//! The `OData` query options that set-up tools use: `$filter`, `$select`, `$top`.
//!
//! A filter is a conjunction of `field eq 'value'`, `field eq true`, `startswith(field,'value')`.
//! Anything else is refused as Graph refuses what it does not support, never ignored: a filter
//! that is ignored answers with objects that were not asked for.

use serde_json::Value;

/// One term of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// The property's name.
    pub(crate) field: String,
    /// How it compares.
    pub(crate) comparison: Comparison,
    /// The text that it is compared with.
    pub(crate) value: String,
}

/// How a term compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// Equal; text without regard to case, as the directory compares names and ids.
    Equals,
    /// Begins with.
    StartsWith,
}

/// The query options of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct QueryOptions {
    pub(crate) filter: Vec<Term>,
    pub(crate) select: Option<Vec<String>>,
    pub(crate) top: Option<usize>,
}

/// A query option that is malformed or not supported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UnsupportedQuery(String);

impl QueryOptions {
    /// Reads the query string of a request.
    pub(crate) fn parse(query: Option<&str>) -> Result<Self, UnsupportedQuery> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query.unwrap_or_default())
            .map_err(|_| UnsupportedQuery("The query string is malformed.".to_owned()))?;
        let mut options = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "$filter" => options.filter = parse_filter(&value)?,
                "$select" => {
                    options.select = Some(
                        value
                            .split(',')
                            .map(|name| name.trim().to_owned())
                            .collect(),
                    );
                }
                "$top" => {
                    let top = value.parse().ok().filter(|top| (1..=999).contains(top));
                    options.top = Some(top.ok_or_else(|| {
                        UnsupportedQuery(format!("Invalid value '{value}' for $top query option found. The $top query option requires an integer between 1 and 999."))
                    })?);
                }
                "$count" | "$orderby" | "$search" | "$expand" | "$skip" | "$skiptoken" => {
                    return Err(UnsupportedQuery(format!(
                        "The query option '{name}' is not supported by the local cloud."
                    )));
                }
                _ => {}
            }
        }
        Ok(options)
    }

    /// Whether an object as Graph shows it passes the filter.
    pub(crate) fn matches(&self, object: &Value) -> bool {
        self.filter.iter().all(|term| term.matches(object))
    }

    /// Keeps the selected properties; the id stays, as Graph keeps it.
    pub(crate) fn project(&self, mut object: Value) -> Value {
        if let (Some(select), Some(properties)) = (&self.select, object.as_object_mut()) {
            properties.retain(|name, _| {
                name == "id" || name.starts_with('@') || select.iter().any(|wanted| wanted == name)
            });
        }
        object
    }
}

impl Term {
    fn matches(&self, object: &Value) -> bool {
        let is_match = |value: &Value| match value {
            Value::String(text) => self.compare(text),
            Value::Bool(flag) => self.compare(if *flag { "true" } else { "false" }),
            Value::Null => self.compare("null"),
            _ => false,
        };
        match &object[self.field.as_str()] {
            Value::Array(values) => values.iter().any(is_match),
            value => is_match(value),
        }
    }

    fn compare(&self, text: &str) -> bool {
        let (text, value) = (text.to_lowercase(), self.value.to_lowercase());
        match self.comparison {
            Comparison::Equals => text == value,
            Comparison::StartsWith => text.starts_with(&value),
        }
    }
}

fn parse_filter(text: &str) -> Result<Vec<Term>, UnsupportedQuery> {
    let mut rest = text.trim();
    let mut terms = Vec::new();
    loop {
        let (term, after) = parse_term(rest).ok_or_else(|| {
            UnsupportedQuery(format!(
                "Unsupported or invalid query filter clause: {text}"
            ))
        })?;
        terms.push(term);
        rest = after.trim_start();
        if rest.is_empty() {
            return Ok(terms);
        }
        rest = rest.strip_prefix("and ").ok_or_else(|| {
            UnsupportedQuery(format!(
                "Unsupported or invalid query filter clause: {text}"
            ))
        })?;
    }
}

/// One term and what follows it.
fn parse_term(text: &str) -> Option<(Term, &str)> {
    let text = text.trim_start();
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("startswith(") {
        let (field, rest) = text["startswith(".len()..].split_once(',')?;
        let (value, rest) = quoted(rest.trim_start())?;
        let rest = rest.trim_start().strip_prefix(')')?;
        return Some((term(field, Comparison::StartsWith, value)?, rest));
    }
    let (field, rest) = text.split_once(' ')?;
    let rest = rest.trim_start().strip_prefix("eq ")?.trim_start();
    if let Some((value, rest)) = quoted(rest) {
        return Some((term(field, Comparison::Equals, value)?, rest));
    }
    let end = rest.find(' ').unwrap_or(rest.len());
    let word = &rest[..end];
    // Object ids are often written without quotes.
    let is_literal =
        matches!(word, "true" | "false" | "null") || word.parse::<lcs_types::ObjectId>().is_ok();
    is_literal.then(|| {
        Some((
            term(field, Comparison::Equals, word.to_owned())?,
            &rest[end..],
        ))
    })?
}

fn term(field: &str, comparison: Comparison, value: String) -> Option<Term> {
    let field = field.trim();
    let is_name = !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then(|| Term {
        field: field.to_owned(),
        comparison,
        value,
    })
}

/// A quoted text, in which a quote is doubled, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('\'')?;
    let mut value = String::new();
    loop {
        let (before, after) = rest.split_once('\'')?;
        value.push_str(before);
        match after.strip_prefix('\'') {
            Some(more) => {
                value.push('\'');
                rest = more;
            }
            None => return Some((value, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(filter: &str, object: &Value) -> bool {
        let query = serde_urlencoded::to_string([("$filter", filter)]).unwrap();
        QueryOptions::parse(Some(&query)).unwrap().matches(object)
    }

    #[test]
    fn the_filters_of_set_up_tools_are_understood() {
        let grant = json!({
            "clientId": "3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11", "consentType": "AllPrincipals",
            "names": ["a", "b"], "displayName": "Anna's tool", "enabled": true
        });
        for filter in [
            "clientId eq '3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11' and consentType eq 'AllPrincipals'",
            "clientId eq 3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11",
            "startswith(displayName, 'anna')",
            "startsWith(displayName,'Anna''s') and enabled eq true",
            "names eq 'b'",
        ] {
            assert!(matches(filter, &grant), "{filter}");
        }
        assert!(!matches("consentType eq 'Principal'", &grant));
        assert!(!matches("displayName eq 'Anna'", &grant));
    }

    #[test]
    fn what_is_not_supported_is_refused_and_never_ignored() {
        for filter in [
            "",
            "displayName",
            "displayName ne 'x'",
            "displayName eq 'x",
            "displayName eq x y",
            "displayName eq 'x' or id eq 'y'",
            "endswith(displayName,'x')",
            "a eq 'x' and",
        ] {
            let query = serde_urlencoded::to_string([("$filter", filter)]).unwrap();
            assert!(QueryOptions::parse(Some(&query)).is_err(), "{filter}");
        }
        assert!(QueryOptions::parse(Some("$orderby=displayName")).is_err());
        assert!(QueryOptions::parse(Some("$top=0")).is_err());
    }

    #[test]
    fn selection_keeps_the_id() {
        let options = QueryOptions::parse(Some("$select=appId,%20displayName")).unwrap();
        let shown = options.project(json!({"id": 1, "appId": 2, "displayName": 3, "tags": []}));
        assert_eq!(shown, json!({"id": 1, "appId": 2, "displayName": 3}));
    }
}
