//! Whether a filter fits a collection: its properties are known and comparable as they are compared.

use super::{
    Collection, Kind, QueryError,
    filter::{Comparison, Filter, Literal, Path, TextFunction},
};

/// The most alternatives of a filter of the directory ("Use the $filter query parameter").
const MOST_ALTERNATIVES: usize = 15;
/// The properties whose ends the directory knows ("Advanced query capabilities").
const ENDS_ARE_KNOWN: &[&str] = &["mail", "otherMails", "proxyAddresses", "userPrincipalName"];

/// Refuses a filter that does not fit. `is_advanced` says that the caller takes answers from the
/// index that lags behind.
pub(super) fn check(
    filter: &Filter,
    collection: &Collection,
    is_advanced: bool,
) -> Result<(), QueryError> {
    let mut checker = Checker {
        collection,
        may_be_advanced: is_advanced || !collection.is_directory(),
        variables: Vec::new(),
        alternatives: 1,
    };
    checker.check(filter)?;
    let found = checker.alternatives;
    if collection.is_directory() && found > MOST_ALTERNATIVES {
        return Err(QueryError::TooManyAlternatives {
            found,
            most: MOST_ALTERNATIVES,
        });
    }
    Ok(())
}

struct Checker<'query> {
    collection: &'query Collection,
    may_be_advanced: bool,
    /// Variables with the paths of the collections whose elements they are.
    variables: Vec<(&'query str, String)>,
    alternatives: usize,
}

/// A property that a path leads to.
struct Target {
    path: String,
    kind: Kind,
}

impl<'query> Checker<'query> {
    fn check(&mut self, filter: &'query Filter) -> Result<(), QueryError> {
        match filter {
            Filter::And(left, right) => {
                self.check(left)?;
                self.check(right)
            }
            Filter::Or(left, right) => {
                self.alternatives += 1;
                self.check(left)?;
                self.check(right)
            }
            Filter::Not(inner) => {
                self.check(inner)?;
                self.require_advanced(first_path(inner))
            }
            Filter::Compare(path, comparison, literal) => {
                let target = self.target(path)?;
                require_comparable(&target, *comparison, literal)?;
                match comparison {
                    Comparison::NotEqual => self.require_advanced(path),
                    _ => Ok(()),
                }
            }
            Filter::In(path, literals) => {
                let target = self.target(path)?;
                self.alternatives += literals.len() - 1;
                literals
                    .iter()
                    .try_for_each(|each| require_comparable(&target, Comparison::Equal, each))
            }
            Filter::Text(function, path, _) => self.check_text(*function, path),
            Filter::Any(path, condition) => {
                let target = self.target(path)?;
                if !matches!(target.kind, Kind::Texts | Kind::Objects) {
                    return Err(self.unsupported(path));
                }
                let Some(condition) = condition else {
                    return self.require_advanced(path);
                };
                self.variables.push((&condition.variable, target.path));
                self.check(&condition.filter)?;
                self.variables.pop();
                Ok(())
            }
        }
    }

    fn check_text(&self, function: TextFunction, path: &Path) -> Result<(), QueryError> {
        let target = self.target(path)?;
        if target.kind != Kind::Text {
            return Err(QueryError::IncompatibleTypes(path.to_string()));
        }
        match function {
            TextFunction::Contains if self.collection.is_directory() => Err(self.unsupported(path)),
            TextFunction::EndsWith if !self.collection.is_directory() => Ok(()),
            TextFunction::EndsWith if !ENDS_ARE_KNOWN.contains(&target.path.as_str()) => {
                Err(self.unsupported(path))
            }
            TextFunction::EndsWith if !self.may_be_advanced => {
                Err(QueryError::NeedsAdvanced(function.as_str()))
            }
            TextFunction::StartsWith | TextFunction::Contains | TextFunction::EndsWith => Ok(()),
        }
    }

    fn target(&self, path: &Path) -> Result<Target, QueryError> {
        let mut variables = self.variables.iter().rev();
        let (first, rest) = path.0.split_first().ok_or(QueryError::Malformed)?;
        let element = variables.find(|(name, _)| name == first);
        let full = match element {
            None => path.to_string(),
            Some((_, of)) if rest.is_empty() => {
                // Only texts are values themselves.
                return match self.collection.kind(of) {
                    Some(Kind::Texts) => Ok(Target {
                        path: of.clone(),
                        kind: Kind::Text,
                    }),
                    _ => Err(self.unsupported(path)),
                };
            }
            Some((_, of)) => format!("{of}/{}", rest.join("/")),
        };
        // A property of elements is none of the object itself.
        let is_reachable = |prefix: &str| {
            element.is_some_and(|(_, of)| of == prefix)
                || self.collection.kind(prefix) != Some(Kind::Objects)
        };
        let parent = full.rsplit_once('/').map(|(parent, _)| parent);
        let kind = self
            .collection
            .kind(&full)
            .filter(|_| parent.is_none_or(is_reachable));
        let kind = kind.ok_or_else(|| QueryError::UnknownProperty {
            clause: "filter",
            name: full.clone(),
            type_name: self.collection.type_name(),
        })?;
        Ok(Target { path: full, kind })
    }

    fn require_advanced(&self, path: &Path) -> Result<(), QueryError> {
        if self.may_be_advanced {
            Ok(())
        } else {
            Err(self.unsupported(path))
        }
    }

    fn unsupported(&self, path: &Path) -> QueryError {
        QueryError::UnsupportedClause {
            property: path.to_string(),
            resource: self.collection.resource(),
        }
    }
}

fn require_comparable(
    target: &Target,
    comparison: Comparison,
    literal: &Literal,
) -> Result<(), QueryError> {
    let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    let is_comparable = match (target.kind, literal) {
        (Kind::Texts | Kind::Objects, _) => false,
        (_, Literal::Null) | (Kind::Boolean, Literal::Boolean(_)) => is_equality,
        // Ids that Graph types as text are often written without quotes.
        (Kind::Text, Literal::Text(_) | Literal::Guid(_))
        | (Kind::Guid, Literal::Guid(_))
        | (Kind::Number, Literal::Number(_))
        | (Kind::Instant, Literal::Instant(_)) => true,
        (Kind::Text | Kind::Guid | Kind::Boolean | Kind::Number | Kind::Instant, _) => false,
    };
    if is_comparable {
        Ok(())
    } else {
        Err(QueryError::IncompatibleTypes(target.path.clone()))
    }
}

/// The property that a message names.
fn first_path(filter: &Filter) -> &Path {
    match filter {
        Filter::And(left, _) | Filter::Or(left, _) => first_path(left),
        Filter::Not(inner) => first_path(inner),
        Filter::Compare(path, ..)
        | Filter::In(path, _)
        | Filter::Text(_, path, _)
        | Filter::Any(path, _) => path,
    }
}
