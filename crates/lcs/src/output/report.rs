//! What commands return: a value that all forms render, and which of its fields a table shows.

use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;

use crate::exit::Exit;

/// A column of a table: what people read above it, and the field it shows.
pub(crate) type Column = (&'static str, &'static str);

/// A thing that can be shown in every form.
pub(crate) trait Shown: Serialize {
    /// What a table shows of it, in this order.
    const COLUMNS: &'static [Column];
}

/// What a command returns.
#[derive(Debug)]
pub(crate) enum Report {
    /// There is nothing to print.
    Nothing,
    /// A text of its own form, the same whatever `-o` says: a token, a script, a manual page.
    Text(String),
    /// A value.
    Data(Data),
    /// What a command found, with the exit code that it earns.
    Judged(Box<Self>, Exit),
    /// Nothing: another program ran in our stead and ended with this exit code.
    Ended(u8),
}

/// A value and how a table shows it.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) value: Value,
    pub(crate) columns: &'static [Column],
    /// What a table says instead of no rows.
    pub(crate) when_empty: &'static str,
}

impl Report {
    /// What the shell sees.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Nothing | Self::Text(_) | Self::Data(_) => Exit::Done.into(),
            Self::Judged(_, exit) => (*exit).into(),
            Self::Ended(code) => ExitCode::from(*code),
        }
    }

    /// A single thing.
    pub(crate) fn one<T: Shown>(thing: &T) -> Self {
        Self::Data(Data {
            value: to_value(thing),
            columns: T::COLUMNS,
            when_empty: "",
        })
    }

    /// A value of its own shape, for forms that programs read.
    pub(crate) const fn value(value: Value) -> Self {
        Self::Data(Data {
            value,
            columns: &[],
            when_empty: "",
        })
    }

    /// A list, with what a table says when it is empty.
    pub(crate) fn list<T: Shown>(things: &[T], when_empty: &'static str) -> Self {
        Self::Data(Data {
            value: to_value(&things),
            columns: T::COLUMNS,
            when_empty,
        })
    }
}

fn to_value(thing: &impl Serialize) -> Value {
    serde_json::to_value(thing).expect("our results have text keys and cannot fail to serialise")
}

impl Data {
    /// The JSON form.
    pub(crate) fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(&self.value)
            .expect("a JSON value cannot fail to serialise");
        text + "\n"
    }
}

/// A value on one line, for a cell.
pub(crate) fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => crate::diagnostic::one_line(text),
        Some(Value::Bool(true)) => "yes".to_owned(),
        Some(Value::Bool(false)) => "no".to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Array(values)) => {
            let cells: Vec<String> = values.iter().map(|value| cell(Some(value))).collect();
            cells.join(", ")
        }
        Some(object @ Value::Object(_)) => object.to_string(),
    }
}
