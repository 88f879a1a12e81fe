//! `$orderby`: `displayName desc,createdDateTime`.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Collection, Kind, Place, QueryError};

/// What a list is sorted by, most important first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order(Vec<(String, Direction)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

impl Order {
    /// Reads the option.
    ///
    /// # Errors
    ///
    /// [`QueryError::OrderSyntax`].
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let refuse = || QueryError::OrderSyntax(text.to_owned());
        let read = |item: &str| {
            let mut words = item.split_whitespace();
            let path = words.next().ok_or_else(refuse)?;
            let direction = match words.next() {
                None | Some("asc") => Direction::Ascending,
                Some("desc") => Direction::Descending,
                Some(_) => return Err(refuse()),
            };
            let is_path = path
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'/');
            if words.next().is_some() || !is_path {
                return Err(refuse());
            }
            Ok((path.to_owned(), direction))
        };
        Ok(Self(text.split(',').map(read).collect::<Result<_, _>>()?))
    }

    /// Refuses what a collection cannot be sorted by.
    pub(super) fn check(
        &self,
        collection: &Collection,
        is_filtered: bool,
        is_advanced: bool,
    ) -> Result<(), QueryError> {
        for (path, _) in &self.0 {
            match collection.kind(path) {
                None => {
                    return Err(QueryError::UnknownProperty {
                        clause: "orderby",
                        name: path.clone(),
                        type_name: collection.type_name(),
                    });
                }
                Some(Kind::Texts | Kind::Objects) => return Err(QueryError::UnsupportedOrder),
                Some(_) => {}
            }
            let needs_advanced = match collection.place {
                Place::Elsewhere => false,
                Place::Directory { sorts_by } => is_filtered || !sorts_by.contains(&path.as_str()),
            };
            if needs_advanced && !is_advanced {
                return Err(QueryError::UnsupportedOrder);
            }
        }
        Ok(())
    }

    /// Sorts; equals keep their places.
    pub(super) fn sort(&self, objects: &mut [Value]) {
        objects.sort_by(|left, right| {
            let mut orders = self.0.iter().map(|(path, direction)| {
                let order = compare(at(left, path), at(right, path));
                match direction {
                    Direction::Ascending => order,
                    Direction::Descending => order.reverse(),
                }
            });
            orders
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
    }
}

fn at<'object>(object: &'object Value, path: &str) -> &'object Value {
    path.split('/').fold(object, |value, segment| {
        value.get(segment).unwrap_or(&Value::Null)
    })
}

/// Nothing comes first.
fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => left
            .as_f64()
            .partial_cmp(&right.as_f64())
            .unwrap_or(Ordering::Equal),
        (Value::String(left), Value::String(right)) => {
            left.to_lowercase().cmp(&right.to_lowercase())
        }
        _ => Ordering::Equal,
    }
}
