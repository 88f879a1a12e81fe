//! The query string of a list: pages follow each other to the end and hold what was found, once.

use lcs_server::graph::query::{Collection, Consistency, Kind, Place, QueryOptions};
use serde_json::{Value, json};

const TOOLS: Collection = Collection {
    name: "tools",
    entity: "tool",
    place: Place::Directory {
        sorts_by: &["displayName"],
    },
    properties: &[
        ("id", Kind::Text),
        ("displayName", Kind::Text),
        ("mail", Kind::Text),
        ("appRoleId", Kind::Guid),
        ("accountEnabled", Kind::Boolean),
        ("createdDateTime", Kind::Instant),
        ("status/errorCode", Kind::Number),
        ("tags", Kind::Texts),
        ("appRoles", Kind::Objects),
        ("appRoles/value", Kind::Text),
        ("appRoles/isEnabled", Kind::Boolean),
    ],
};

/// An object with every kind of property.
pub(crate) fn tool() -> Value {
    json!({
        "id": "3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11",
        "displayName": "Anna's tool",
        "mail": null,
        "appRoleId": "3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11",
        "accountEnabled": true,
        "createdDateTime": "2026-04-03T08:05:00Z",
        "status": { "errorCode": 50126 },
        "tags": ["one", "Two"],
        "appRoles": [{ "value": "Read", "isEnabled": true }, { "value": "Write", "isEnabled": false }],
    })
}

fn tools() -> Vec<Value> {
    let numbered = |number: i64| {
        let mut tool = tool();
        tool["id"] = json!(format!("tool-{number}"));
        tool["displayName"] = json!(format!("Tool {}", number % 3));
        tool["status"]["errorCode"] = json!(number);
        tool
    };
    (0..7).map(numbered).collect()
}

/// Reads the bytes as a query and walks through the pages of its answer.
///
/// # Panics
///
/// When the pages hold anything but what passes the filter, each once.
pub fn run(bytes: &[u8]) {
    let Ok(query) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(options) = QueryOptions::parse(Some(query)) else {
        return;
    };
    let _ = options.check_single();
    for consistency in [Consistency::Session, Consistency::Eventual] {
        if options.check(&TOOLS, consistency).is_ok() {
            walk(&options, consistency, query.contains("skiptoken"));
        }
    }
}

fn walk(first: &QueryOptions, consistency: Consistency, is_continued: bool) {
    let all = tools();
    let passing = all.iter().filter(|tool| first.matches(tool)).count();
    let mut found = Vec::new();
    let mut options = first.clone();
    loop {
        let Ok(page) = options.page(&TOOLS, all.clone(), consistency) else {
            assert!(is_continued, "a first page is always there");
            return;
        };
        assert!(page.count.is_none_or(|count| count == passing));
        assert!(!page.value.is_empty() || page.next_query.is_none());
        for tool in page.value {
            assert!(!found.contains(&tool["id"]), "{} comes twice", tool["id"]);
            found.push(tool["id"].clone());
        }
        let Some(query) = page.next_query else { break };
        options = QueryOptions::parse(Some(&query)).expect("a link of ours can be read");
        assert!(options.check(&TOOLS, consistency).is_ok(), "{query}");
    }
    assert!(found.len() == passing || is_continued);
}
