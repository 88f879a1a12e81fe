//! `$search`: `"displayName:lcs tool" OR "mail:anna"` ("Use the $search query parameter").

use serde_json::Value;

use super::{Collection, Kind, QueryError};

/// More is nothing that a person types.
const LONGEST: usize = 1024;
/// Texts that are searched word by word; all others by their beginning.
const SPLIT_INTO_WORDS: &[&str] = &["displayName", "description"];

/// What is searched for: one of several groups of clauses that must all match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search(Vec<Vec<Clause>>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Clause {
    property: String,
    text: String,
}

impl Search {
    /// Reads the option.
    ///
    /// # Errors
    ///
    /// [`QueryError::SearchSyntax`].
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let refuse = || QueryError::SearchSyntax(text.chars().take(LONGEST).collect());
        if text.len() > LONGEST {
            return Err(refuse());
        }
        let mut rest = text.trim();
        let mut groups = vec![Vec::new()];
        loop {
            let (clause, after) = Clause::parse(rest).ok_or_else(refuse)?;
            if let Some(group) = groups.last_mut() {
                group.push(clause);
            }
            rest = after.trim_start();
            if rest.is_empty() {
                return Ok(Self(groups));
            } else if let Some(more) = rest.strip_prefix("OR ") {
                groups.push(Vec::new());
                rest = more.trim_start();
            } else {
                rest = rest.strip_prefix("AND ").ok_or_else(refuse)?.trim_start();
            }
        }
    }

    /// Refuses properties that are no text.
    pub(super) fn check(&self, collection: &Collection) -> Result<(), QueryError> {
        if !collection.is_directory() {
            return Err(QueryError::UnsupportedOption("$search".to_owned()));
        }
        for clause in self.0.iter().flatten() {
            if collection.kind(&clause.property) != Some(Kind::Text) {
                return Err(QueryError::UnknownProperty {
                    clause: "search",
                    name: clause.property.clone(),
                    type_name: collection.type_name(),
                });
            }
        }
        Ok(())
    }

    /// Whether an object is found.
    pub(super) fn matches(&self, object: &Value) -> bool {
        self.0
            .iter()
            .any(|group| group.iter().all(|clause| clause.matches(object)))
    }
}

impl Clause {
    /// One clause in its quotes and what follows it.
    fn parse(text: &str) -> Option<(Self, &str)> {
        let (inner, rest) = text.strip_prefix('"')?.split_once('"')?;
        let (property, text) = inner.split_once(':')?;
        let is_name = !property.is_empty() && property.bytes().all(|b| b.is_ascii_alphanumeric());
        (is_name && !text.trim().is_empty()).then(|| {
            let clause = Self {
                property: property.to_owned(),
                text: text.trim().to_lowercase(),
            };
            (clause, rest)
        })
    }

    fn matches(&self, object: &Value) -> bool {
        let Some(value) = object[self.property.as_str()].as_str() else {
            return false;
        };
        let value = value.to_lowercase();
        if !SPLIT_INTO_WORDS.contains(&self.property.as_str()) {
            return value.starts_with(&self.text);
        }
        words(&self.text).all(|wanted| words(&value).any(|word| word.starts_with(wanted)))
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}
