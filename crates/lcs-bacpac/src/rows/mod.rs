//! Row data: the native form of a table's rows inside a package (data stream version 2.0.0.0).
//!
//! A part is rows back to back, without header, separators or count; a row is the values of the
//! table's stored columns. `layout` says how each type is framed, `decode` reads, `encode` writes.

mod decode;
mod encode;
mod error;
mod layout;

pub(crate) use decode::Place;
pub use decode::RowDecoder;
pub use encode::{EncodeError, ValueProblem, encode_row};
pub use error::{RowError, RowLocation, RowProblem};
pub(crate) use layout::{CharForm, has_raw_char};
