//! Reads the keys of one rule, so that every complaint names the rule and the key.

use crate::{
    condition::{Condition, Test},
    direction::Direction,
    rule_set::RuleError,
    value::Value,
};

/// The keys of a rule that were not read yet.
pub(crate) struct Fields {
    rule: String,
    table: toml::Table,
}

impl Fields {
    /// Takes the keys; the rule's `id` is read at once, since every error names it.
    pub(crate) fn new(mut table: toml::Table, position: usize) -> Result<Self, RuleError> {
        let nameless = || format!("number {position}");
        match table.remove("id") {
            Some(toml::Value::String(id)) if !id.trim().is_empty() => Ok(Self { rule: id, table }),
            Some(_) => Err(RuleError::WrongValue {
                rule: nameless(),
                key: "id".to_owned(),
                expected: "a text that is not empty",
            }),
            None => Err(RuleError::MissingKey {
                rule: nameless(),
                key: "id".to_owned(),
            }),
        }
    }

    /// The id of the rule.
    pub(crate) fn rule(&self) -> &str {
        &self.rule
    }

    /// The complaint that `key` is missing.
    pub(crate) fn missing(&self, key: &str) -> RuleError {
        RuleError::MissingKey {
            rule: self.rule.clone(),
            key: key.to_owned(),
        }
    }

    fn wrong(&self, key: &str, expected: &'static str) -> RuleError {
        RuleError::WrongValue {
            rule: self.rule.clone(),
            key: key.to_owned(),
            expected,
        }
    }

    /// A text that must stand there and not be empty.
    pub(crate) fn text(&mut self, key: &str) -> Result<String, RuleError> {
        self.optional_text(key)?.ok_or_else(|| self.missing(key))
    }

    /// A text that may be absent, but not empty.
    pub(crate) fn optional_text(&mut self, key: &str) -> Result<Option<String>, RuleError> {
        match self.table.remove(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) if !text.trim().is_empty() => Ok(Some(text)),
            Some(_) => Err(self.wrong(key, "a text that is not empty")),
        }
    }

    /// A list of at least one text.
    pub(crate) fn texts(&mut self, key: &str) -> Result<Vec<String>, RuleError> {
        const EXPECTED: &str = "a list of at least one text";
        let Some(value) = self.table.remove(key) else {
            return Err(self.missing(key));
        };
        let texts: Option<Vec<String>> = value.as_array().and_then(|items| {
            items
                .iter()
                .map(|item| item.as_str().map(ToOwned::to_owned))
                .collect()
        });
        match texts {
            Some(texts) if !texts.is_empty() => Ok(texts),
            Some(_) | None => Err(self.wrong(key, EXPECTED)),
        }
    }

    /// A value for a cell.
    pub(crate) fn value(&mut self, key: &str) -> Result<Value, RuleError> {
        let Some(value) = self.table.remove(key) else {
            return Err(self.missing(key));
        };
        Value::from_toml(&value).ok_or_else(|| self.wrong(key, "a text, a number or a truth value"))
    }

    /// A list of conditions, or a single one; none if the key is absent.
    pub(crate) fn conditions(&mut self, key: &str) -> Result<Vec<Condition>, RuleError> {
        match self.table.remove(key) {
            None => Ok(Vec::new()),
            Some(toml::Value::Table(one)) => Ok(vec![self.condition(key, one)?]),
            Some(toml::Value::Array(items)) if !items.is_empty() => items
                .into_iter()
                .map(|item| match item {
                    toml::Value::Table(table) => self.condition(key, table),
                    toml::Value::String(_)
                    | toml::Value::Integer(_)
                    | toml::Value::Float(_)
                    | toml::Value::Boolean(_)
                    | toml::Value::Datetime(_)
                    | toml::Value::Array(_) => Err(self.wrong(key, CONDITION)),
                })
                .collect(),
            Some(_) => Err(self.wrong(key, CONDITION)),
        }
    }

    /// The directions for which a rule is meant; `None` means all.
    pub(crate) fn directions(&mut self) -> Result<Option<Vec<Direction>>, RuleError> {
        const KEY: &str = "directions";
        if !self.table.contains_key(KEY) {
            return Ok(None);
        }
        self.texts(KEY)?
            .iter()
            .map(|name| {
                Direction::from_name(name).ok_or_else(|| {
                    self.wrong(
                        KEY,
                        "a list of production-to-sandbox, sandbox-to-sandbox, \
                         sandbox-to-production, export",
                    )
                })
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// Ends the reading: nothing may be left. Yields the rule's id.
    pub(crate) fn finish(self) -> Result<String, RuleError> {
        match self.table.into_iter().next() {
            None => Ok(self.rule),
            Some((key, _)) => Err(RuleError::UnknownKey {
                rule: self.rule,
                key,
            }),
        }
    }

    fn condition(&self, key: &str, mut table: toml::Table) -> Result<Condition, RuleError> {
        let column = match table.remove("column") {
            Some(toml::Value::String(column)) => column,
            Some(_) => return Err(self.wrong(&format!("{key}.column"), "a text")),
            None => return Err(self.missing(&format!("{key}.column"))),
        };
        let (Some((word, value)), true) = (table.clone().into_iter().next(), table.len() <= 1)
        else {
            return Err(self.wrong(key, CONDITION));
        };
        let test = match word.as_str() {
            "in" => Test::In(self.values(&format!("{key}.in"), &value)?),
            "not_in" => Test::NotIn(self.values(&format!("{key}.not_in"), &value)?),
            "contains" => match value {
                toml::Value::String(text) if !text.is_empty() => Test::Contains(text),
                toml::Value::String(_)
                | toml::Value::Integer(_)
                | toml::Value::Float(_)
                | toml::Value::Boolean(_)
                | toml::Value::Datetime(_)
                | toml::Value::Array(_)
                | toml::Value::Table(_) => {
                    return Err(self.wrong(&format!("{key}.contains"), "a text that is not empty"));
                }
            },
            _ => {
                return Err(RuleError::UnknownKey {
                    rule: self.rule.clone(),
                    key: format!("{key}.{word}"),
                });
            }
        };
        Ok(Condition { column, test })
    }

    fn values(&self, key: &str, value: &toml::Value) -> Result<Vec<Value>, RuleError> {
        value
            .as_array()
            .filter(|items| !items.is_empty())
            .and_then(|items| items.iter().map(Value::from_toml).collect())
            .ok_or_else(|| self.wrong(key, "a list of texts, numbers or truth values"))
    }
}

const CONDITION: &str = "`{ column = \"…\", in = […] }`, or with `not_in` or `contains`";
