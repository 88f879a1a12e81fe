//! Names: schema-qualified table names, the bracketed paths of `model.xml`, and the
//! percent-encoded folder names under `Data/`.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything that a folder name must escape: all but the unreserved characters of RFC 3986 §2.3.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The name of a table: its schema and its own name, both without brackets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// The schema, `dbo` for most databases.
    pub schema: String,
    /// The table's own name; it may contain dots.
    pub name: String,
}

impl TableName {
    /// Makes a name from its two parts.
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            schema: schema.into(),
            name: name.into(),
        }
    }

    /// The plain `schema.table` form that a decoded folder name is compared with.
    pub(crate) fn plain(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// The folder name under `Data/`, each part percent-encoded.
    pub(crate) fn folder(&self) -> String {
        format!("{}.{}", escape(&self.schema), escape(&self.name))
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "[{}].[{}]", self.schema, self.name)
    }
}

/// Percent-encodes every byte outside `A–Z a–z 0–9 - _ . ~`.
fn escape(name: &str) -> String {
    utf8_percent_encode(name, ESCAPED).to_string()
}

/// Decodes a folder name; `None` when its bytes are not UTF-8.
pub(crate) fn unescape(folder: &str) -> Option<String> {
    percent_decode_str(folder)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// Writes a bracketed path, `[dbo].[Order Details]`; a closing bracket inside a part is doubled.
pub(crate) fn bracketed(parts: &[&str]) -> String {
    let quoted: Vec<String> = parts
        .iter()
        .map(|part| format!("[{}]", part.replace(']', "]]")))
        .collect();
    quoted.join(".")
}

/// Splits a bracketed path into its parts; `None` when it is not one.
pub(crate) fn split_bracketed(path: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut characters = path.chars().peekable();
    loop {
        if characters.next()? != '[' {
            return None;
        }
        let mut part = String::new();
        loop {
            match characters.next()? {
                ']' if characters.peek() == Some(&']') => {
                    characters.next();
                    part.push(']');
                }
                ']' => break,
                other => part.push(other),
            }
        }
        parts.push(part);
        match characters.next() {
            None => return Some(parts),
            Some('.') => {}
            Some(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_in_a_name_is_escaped_in_the_folder() {
        let name = TableName::new("dbo", "Order Details");
        assert_eq!(name.folder(), "dbo.Order%20Details");
        assert_eq!(unescape(&name.folder()), Some(name.plain()));
    }

    #[test]
    fn letters_beyond_ascii_are_escaped_byte_by_byte() {
        assert_eq!(
            TableName::new("dbo", "Läge/$").folder(),
            "dbo.L%C3%A4ge%2F%24"
        );
    }

    #[test]
    fn a_folder_whose_bytes_are_not_text_names_no_table() {
        assert_eq!(unescape("dbo.%FF%FE"), None);
    }

    #[test]
    fn a_bracketed_path_keeps_dots_and_brackets_of_its_parts() {
        let path = bracketed(&["dbo", "a.b]c", "x"]);
        assert_eq!(path, "[dbo].[a.b]]c].[x]");
        assert_eq!(
            split_bracketed(&path),
            Some(vec!["dbo".to_owned(), "a.b]c".to_owned(), "x".to_owned()])
        );
    }

    #[test]
    fn what_is_not_a_bracketed_path_is_refused() {
        for path in ["", "dbo", "[dbo", "[dbo]x", "[dbo].", "[dbo].x", "[a]]"] {
            assert_eq!(split_bracketed(path), None, "{path}");
        }
    }
}
