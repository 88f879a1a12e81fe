//! `$filter`: what is read can be written and read again, and logic holds for what it finds.

use lcs_server::graph::query::{QueryError, QueryOptions, filter::Filter, parse};
use serde_json::Value;

use crate::graph_query::tool;

/// Reads the bytes as a filter.
///
/// # Panics
///
/// When a filter is not read back as it was written, or its opposite finds the same.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(filter) = parse(text) else {
        return;
    };
    let written = filter.to_string();
    match parse(&written) {
        Ok(again) => assert_eq!(again, filter, "{written}"),
        // Instants are written out, so a text near the limit may outgrow it.
        Err(error) => assert!(
            matches!(error, QueryError::TooLong(_)),
            "{written}: {error}"
        ),
    }
    let tool = tool();
    let is_found = finds(&written, &tool);
    let opposite = Filter::Not(Box::new(filter.clone())).to_string();
    let twice = Filter::And(Box::new(filter.clone()), Box::new(filter)).to_string();
    if let (Some(is_found), Some(is_missed)) = (is_found, finds(&opposite, &tool)) {
        assert_ne!(is_found, is_missed, "{written}");
    }
    if let (Some(is_found), Some(is_found_twice)) = (is_found, finds(&twice, &tool)) {
        assert_eq!(is_found, is_found_twice, "{written}");
    }
}

/// Whether a filter finds an object; nothing when it is beyond the limits.
fn finds(filter: &str, object: &Value) -> Option<bool> {
    let query = serde_urlencoded::to_string([("$filter", filter)]).ok()?;
    let options = QueryOptions::parse(Some(&query)).ok()?;
    Some(options.matches(object))
}
