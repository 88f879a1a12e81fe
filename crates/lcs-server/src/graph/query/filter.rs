//! A filter as a tree, and how it is written (`OData` 4.01 URL conventions §5.1.1). Printing what was
//! parsed and parsing what was printed are each other's inverse.

use std::fmt;

use jiff::Timestamp;
use lcs_types::ObjectId;

/// A filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Both.
    And(Box<Filter>, Box<Filter>),
    /// One or both.
    Or(Box<Filter>, Box<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// A property compared with a value.
    Compare(Path, Comparison, Literal),
    /// A property equals one of several values.
    In(Path, Vec<Literal>),
    /// A text property begins, ends or holds a text.
    Text(TextFunction, Path, String),
    /// An element of a collection passes; without a condition, the collection has an element.
    Any(Path, Option<Box<Condition>>),
}

/// What an element of a collection has to pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The name of the element in the condition.
    pub variable: String,
    /// The condition.
    pub filter: Filter,
}

/// A property by its path, `status/errorCode`; within a condition it may begin with a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path(pub Vec<String>);

/// How a property compares with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `gt`
    Greater,
    /// `ge`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `le`
    LessOrEqual,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Equal,
        Self::NotEqual,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Less,
        Self::LessOrEqual,
    ];

    /// The word of the language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
        }
    }
}

/// A function over text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFunction {
    /// Begins with.
    StartsWith,
    /// Ends with.
    EndsWith,
    /// Holds.
    Contains,
}

impl TextFunction {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::StartsWith, Self::EndsWith, Self::Contains];

    /// The function's name as Graph writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StartsWith => "startsWith",
            Self::EndsWith => "endsWith",
            Self::Contains => "contains",
        }
    }
}

/// A value that stands in a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// A number.
    Number(serde_json::Number),
    /// A quoted text, in which a quote is doubled.
    Text(String),
    /// A GUID without quotes.
    Guid(ObjectId),
    /// An instant without quotes; a date alone is its first moment in UTC.
    Instant(Timestamp),
}

impl Filter {
    /// As it is written inside another filter.
    fn within(&self, needs_parentheses: impl FnOnce(&Self) -> bool) -> String {
        if needs_parentheses(self) {
            format!("({self})")
        } else {
            self.to_string()
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Parentheses stand only where the reader needs them: it counts how deep they are.
            Self::And(left, right) => {
                let left = left.within(|it| matches!(it, Self::Or(..)));
                let right = right.within(|it| matches!(it, Self::Or(..) | Self::And(..)));
                write!(f, "{left} and {right}")
            }
            Self::Or(left, right) => {
                let right = right.within(|it| matches!(it, Self::Or(..)));
                write!(f, "{left} or {right}")
            }
            // `OData` has `not` bind tighter than `eq` (4.01 URL conventions, operator precedence).
            Self::Not(inner) => {
                let inner = inner.within(|it| !matches!(it, Self::Not(_)));
                write!(f, "not {inner}")
            }
            Self::Compare(path, comparison, literal) => {
                write!(f, "{path} {} {literal}", comparison.as_str())
            }
            Self::In(path, literals) => {
                let literals: Vec<String> = literals.iter().map(ToString::to_string).collect();
                write!(f, "{path} in ({})", literals.join(","))
            }
            Self::Text(function, path, text) => {
                let text = Literal::Text(text.clone());
                write!(f, "{}({path},{text})", function.as_str())
            }
            Self::Any(path, None) => write!(f, "{path}/any()"),
            Self::Any(path, Some(condition)) => {
                write!(f, "{path}/any({}:{})", condition.variable, condition.filter)
            }
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("/"))
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(flag) => flag.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Guid(id) => id.fmt(f),
            Self::Instant(instant) => instant.fmt(f),
        }
    }
}
