//! The `OData` query options of lists: `$filter`, `$search`, `$orderby`, `$select`, `$top`, `$count`
//! and pages.
//!
//! Pure: an option is text that becomes a type, and the types work on objects as they are shown.
//! Nothing here knows HTTP or the directory. What is not understood is refused as Graph refuses it,
//! never ignored: a filter that is ignored answers with objects that were not asked for.
//!
//! - [`filter`] – the filter as a tree, and how it is written; `lexer`, `parser` read it
//! - `check` – whether a filter fits a collection ([`Collection`])
//! - `evaluate` – whether an object passes
//! - [`search`], [`order`] – `$search`, `$orderby`
//! - `page` – one page and where the next begins

mod check;
mod collection;
mod error;
mod evaluate;
pub mod filter;
mod lexer;
mod options;
pub mod order;
mod page;
mod parser;
pub mod search;
#[cfg(test)]
mod tests;

pub use collection::{Collection, Kind, Place, Property};
pub use error::QueryError;
pub use options::{Consistency, QueryOptions};
pub use page::Page;
pub use parser::parse;
