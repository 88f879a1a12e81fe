//! Whether an object passes a filter.

use std::cmp::Ordering;

use lcs_types::ObjectId;
use serde_json::Value;

use super::filter::{Comparison, Filter, Literal, Path, TextFunction};

/// Whether an object passes.
pub(super) fn matches(filter: &Filter, object: &Value) -> bool {
    Scope {
        object,
        variables: Vec::new(),
    }
    .matches(filter)
}

/// The object, and the elements that conditions are about.
#[derive(Clone)]
struct Scope<'query> {
    object: &'query Value,
    variables: Vec<(&'query str, &'query Value)>,
}

impl<'query> Scope<'query> {
    fn matches(&self, filter: &'query Filter) -> bool {
        match filter {
            Filter::And(left, right) => self.matches(left) && self.matches(right),
            Filter::Or(left, right) => self.matches(left) || self.matches(right),
            Filter::Not(inner) => !self.matches(inner),
            Filter::Compare(path, comparison, literal) => {
                compares(self.value(path), *comparison, literal)
            }
            Filter::In(path, literals) => {
                let value = self.value(path);
                literals
                    .iter()
                    .any(|literal| compares(value, Comparison::Equal, literal))
            }
            Filter::Text(function, path, text) => match self.value(path) {
                Value::String(value) => holds(*function, value, text),
                _ => false,
            },
            Filter::Any(path, condition) => {
                let mut elements = self.value(path).as_array().into_iter().flatten();
                match condition {
                    None => elements.next().is_some(),
                    Some(condition) => elements.any(|element| {
                        let mut inner = self.clone();
                        inner.variables.push((&condition.variable, element));
                        inner.matches(&condition.filter)
                    }),
                }
            }
        }
    }

    /// What a path leads to; nothing is null.
    fn value(&self, path: &Path) -> &'query Value {
        let mut segments = path.0.iter();
        let mut variables = self.variables.iter().rev();
        let start = path
            .0
            .first()
            .and_then(|first| variables.find(|(name, _)| name == first));
        let start = match start {
            Some((_, element)) => {
                segments.next();
                element
            }
            None => self.object,
        };
        segments.fold(start, |value, segment| {
            value.get(segment).unwrap_or(&Value::Null)
        })
    }
}

fn compares(value: &Value, comparison: Comparison, literal: &Literal) -> bool {
    let ordering = order(value, literal);
    match comparison {
        Comparison::Equal => ordering == Some(Ordering::Equal),
        Comparison::NotEqual => ordering != Some(Ordering::Equal),
        Comparison::Greater => ordering == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => ordering.is_some_and(Ordering::is_ge),
        Comparison::Less => ordering == Some(Ordering::Less),
        Comparison::LessOrEqual => ordering.is_some_and(Ordering::is_le),
    }
}

/// How a value stands to a literal; nothing when they do not compare.
fn order(value: &Value, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Null, Literal::Null) => Some(Ordering::Equal),
        (Value::Bool(value), Literal::Boolean(literal)) => Some(value.cmp(literal)),
        (Value::Number(value), Literal::Number(literal)) => {
            match (value.as_i64(), literal.as_i64()) {
                (Some(value), Some(literal)) => Some(value.cmp(&literal)),
                _ => value.as_f64()?.partial_cmp(&literal.as_f64()?),
            }
        }
        // The directory compares names and ids without regard to case.
        (Value::String(value), Literal::Text(literal)) => {
            Some(value.to_lowercase().cmp(&literal.to_lowercase()))
        }
        (Value::String(value), Literal::Guid(literal)) => {
            let value: ObjectId = value.parse().ok()?;
            Some(value.cmp(literal))
        }
        (Value::String(value), Literal::Instant(literal)) => {
            let value: jiff::Timestamp = value.parse().ok()?;
            Some(value.cmp(literal))
        }
        _ => None,
    }
}

fn holds(function: TextFunction, value: &str, text: &str) -> bool {
    let (value, text) = (value.to_lowercase(), text.to_lowercase());
    match function {
        TextFunction::StartsWith => value.starts_with(&text),
        TextFunction::EndsWith => value.ends_with(&text),
        TextFunction::Contains => value.contains(&text),
    }
}
