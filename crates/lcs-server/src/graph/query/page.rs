//! One page of a list, and where the next begins.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::{Collection, Consistency, QueryError, QueryOptions};

/// The size of a page that was not asked for.
const PAGE: usize = 100;
/// What stays as it is in the query of a link.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'$')
    .remove(b',');

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The objects, with the selected properties.
    pub value: Vec<Value>,
    /// How many there are on all pages, when that was asked.
    pub count: Option<usize>,
    /// The query of the next page, when there is one.
    pub next_query: Option<String>,
}

impl QueryOptions {
    /// The page that is asked for, of all objects of a list.
    ///
    /// # Errors
    ///
    /// [`QueryError::PageToken`] when the object that the page goes on behind is gone.
    pub fn page(
        &self,
        collection: &Collection,
        objects: Vec<Value>,
        consistency: Consistency,
    ) -> Result<Page, QueryError> {
        let mut found: Vec<Value> = objects.into_iter().filter(|it| self.matches(it)).collect();
        if let Some(order) = &self.order {
            order.sort(&mut found);
        }
        // Without the header the directory does not count, and says nothing about it.
        let can_count = consistency == Consistency::Eventual || !collection.is_directory();
        let count = (self.count && can_count).then_some(found.len());
        let start = match &self.after {
            None => 0,
            // Behind the last one with this id, so that pages never go in a circle.
            Some(id) => {
                let is_last = |object: &Value| object["id"].as_str() == Some(id.as_str());
                1 + found
                    .iter()
                    .rposition(is_last)
                    .ok_or(QueryError::PageToken)?
            }
        };
        let end = found.len().min(start + self.top.unwrap_or(PAGE));
        let is_last_page = end == found.len();
        let last = found.get(end.saturating_sub(1));
        let next_query = match last.and_then(|object| object["id"].as_str()) {
            Some(id) if !is_last_page => Some(self.query_after(id)),
            _ => None,
        };
        let value = found
            .drain(start..end)
            .map(|it| self.project(collection, it))
            .collect();
        Ok(Page {
            value,
            count,
            next_query,
        })
    }

    fn query_after(&self, id: &str) -> String {
        let token = ("$skiptoken".to_owned(), URL_SAFE_NO_PAD.encode(id));
        let pairs = self.pairs.iter().chain([&token]);
        let encoded = pairs.map(|(name, value)| {
            let encode = |text: &str| utf8_percent_encode(text, PLAIN).to_string();
            format!("{}={}", encode(name), encode(value))
        });
        encoded.collect::<Vec<_>>().join("&")
    }
}

/// The id behind a page token.
pub(super) fn read_token(token: &str) -> Result<String, QueryError> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    let id = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    id.ok_or(QueryError::PageToken)
}
