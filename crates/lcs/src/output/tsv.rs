//! Values separated by tabs: a line with the names of the fields, then a line per thing.
//!
//! All fields of the JSON form are there, in its order. Nested values are JSON; tabs and line
//! breaks inside a value become blanks.

use serde_json::Value;

pub(super) fn render(value: &Value) -> String {
    let rows: Vec<&Value> = match value {
        Value::Array(rows) => rows.iter().collect(),
        single => vec![single],
    };
    let mut names: Vec<&str> = Vec::new();
    for row in &rows {
        for name in row.as_object().into_iter().flat_map(|object| object.keys()) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    if names.is_empty() {
        return rows.iter().map(|row| field(Some(row)) + "\n").collect();
    }
    let mut text = names.join("\t") + "\n";
    for row in rows {
        let fields: Vec<String> = names.iter().map(|name| field(row.get(name))).collect();
        text.push_str(&fields.join("\t"));
        text.push('\n');
    }
    text
}

fn field(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => crate::diagnostic::one_line(text),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_has_a_line_of_names_and_a_line_per_thing() {
        let value = json!([{"a": "x\ty", "b": null}, {"a": 1, "b": [true]}]);
        assert_eq!(render(&value), "a\tb\nx y\t\n1\t[true]\n");
    }

    #[test]
    fn a_list_without_things_is_empty() {
        assert_eq!(render(&json!([])), "");
    }
}
