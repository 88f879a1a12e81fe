//! YAML 1.2 of a JSON value.
//!
//! Plain scalars are used only where every version of YAML reads them as the text they are; all
//! other texts are double-quoted, which JSON's escapes fit.

use serde_json::Value;

pub(super) fn render(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

/// Writes the value as lines of their own, indented.
fn block(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Array(values) if !values.is_empty() => {
            for value in values {
                text.push_str(&" ".repeat(indent));
                text.push_str("- ");
                inside(value, indent, text);
            }
        }
        Value::Object(fields) if !fields.is_empty() => {
            for (position, (name, value)) in fields.iter().enumerate() {
                // The first field may stand behind the dash of a list.
                if position > 0 || !text.ends_with("- ") {
                    text.push_str(&" ".repeat(indent));
                }
                text.push_str(&scalar_text(name));
                text.push(':');
                if is_block(value) {
                    text.push('\n');
                    block(value, indent + 2, text);
                } else {
                    text.push(' ');
                    text.push_str(&scalar(value));
                    text.push('\n');
                }
            }
        }
        other => {
            text.push_str(&scalar(other));
            text.push('\n');
        }
    }
}

/// Writes the value behind the dash of a list.
fn inside(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Array(_) if is_block(value) => {
            text.pop();
            text.push('\n');
            block(value, indent + 2, text);
        }
        value => block(value, indent + 2, text),
    }
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Array(values) => !values.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => scalar_text(text),
        // `null`, `true`, numbers, `[]` and `{}` are the same in both languages.
        other => other.to_string(),
    }
}

fn scalar_text(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-./@ ".contains(c))
        && !text.ends_with(' ')
        && !is_reserved(text);
    if is_plain {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}

/// Words that some version of YAML reads as something else than text.
fn is_reserved(text: &str) -> bool {
    let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_of_things_are_indented_lines() {
        let value = json!([
            {"name": "Contoso-UAT", "id": "0f1a", "tags": ["a", "b"], "none": null},
            {"name": "no", "nested": {"deep": [[1, 2], {"x": 1.5}]}, "empty": [], "also": {}}
        ]);
        let expected = r#"- id: "0f1a"
  name: Contoso-UAT
  none: null
  tags:
    - a
    - b
- also: {}
  empty: []
  name: "no"
  nested:
    deep:
      -
        - 1
        - 2
      - x: 1.5
"#;
        assert_eq!(render(&value), expected);
    }

    #[test]
    fn texts_that_could_be_read_as_something_else_are_quoted() {
        for (text, expected) in [
            ("plain text", "plain text"),
            ("a/b.c@d_e-f", "a/b.c@d_e-f"),
            ("", r#""""#),
            ("NO", r#""NO""#),
            ("12", r#""12""#),
            ("2026-03-01", r#""2026-03-01""#),
            ("a: b", r#""a: b""#),
            ("a #b", r#""a #b""#),
            ("- a", r#""- a""#),
            ("a\n\"b\"", r#""a\n\"b\"""#),
            ("end ", r#""end ""#),
        ] {
            assert_eq!(render(&json!(text)), format!("{expected}\n"), "{text:?}");
        }
    }

    #[test]
    fn empty_values_stand_on_one_line() {
        assert_eq!(render(&json!([])), "[]\n");
        assert_eq!(render(&json!({})), "{}\n");
        assert_eq!(render(&json!({"a": []})), "a: []\n");
    }
}
