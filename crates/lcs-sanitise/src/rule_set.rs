//! The published rules, one file per direction, and the user's own.

use crate::{direction::Direction, rule::Rule};

/// The rules of one direction, in the order in which they are carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSet {
    direction: Direction,
    rules: Vec<Rule>,
}

/// A rule file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// The text is no TOML.
    #[error("the rules are no valid TOML")]
    Syntax(#[source] Box<toml::de::Error>),
    /// Something else than `[[rule]]` stands at the top level.
    #[error("`{key}` is no section of a rule file; each rule is a `[[rule]]`")]
    UnknownSection {
        /// What stands there.
        key: String,
    },
    /// A rule has a key that its kind does not know.
    #[error("rule `{rule}`: the key `{key}` is unknown")]
    UnknownKey {
        /// The rule's id.
        rule: String,
        /// The key.
        key: String,
    },
    /// A rule lacks a key.
    #[error("rule `{rule}`: the key `{key}` is missing")]
    MissingKey {
        /// The rule's id, or its place in the file.
        rule: String,
        /// The key.
        key: String,
    },
    /// A key holds something of the wrong kind.
    #[error("rule `{rule}`: the key `{key}` must be {expected}")]
    WrongValue {
        /// The rule's id, or its place in the file.
        rule: String,
        /// The key.
        key: String,
        /// What would be right.
        expected: &'static str,
    },
    /// The rule's kind does not exist.
    #[error(
        "rule `{rule}`: the key `kind` is `{kind}`, which is none of {}",
        crate::rule::RuleKind::NAMES.join(", ")
    )]
    UnknownKind {
        /// The rule's id.
        rule: String,
        /// The kind as given.
        kind: String,
    },
    /// Two rules have the same id.
    #[error("rule `{rule}`: the `id` is taken by another rule")]
    DuplicateId {
        /// The id.
        rule: String,
    },
}

impl RuleSet {
    /// The rules as Lifecycle Services publishes them for a direction.
    #[expect(
        clippy::missing_panics_doc,
        reason = "the embedded files are constant and a test reads each of them"
    )]
    pub fn published(direction: Direction) -> Self {
        let text = match direction {
            Direction::ProductionToSandbox => include_str!("../rules/production-to-sandbox.toml"),
            Direction::SandboxToSandbox => include_str!("../rules/sandbox-to-sandbox.toml"),
            Direction::SandboxToProduction => include_str!("../rules/sandbox-to-production.toml"),
            Direction::Export => include_str!("../rules/export.toml"),
        };
        let mut set = Self {
            direction,
            rules: Vec::new(),
        };
        set.read(text, None)
            .expect("the embedded rules are valid: a test reads each of them");
        set
    }

    /// Adds the user's own rules, which are carried out after the published ones. A rule may name
    /// the `directions` it is meant for; without, it is meant for all.
    ///
    /// # Errors
    /// The text is no TOML, or a rule has an unknown, missing or wrong key, an unknown kind, or an
    /// id that is taken. Every complaint about a rule names the rule and the key.
    pub fn with_user_rules(mut self, toml_text: &str) -> Result<Self, RuleError> {
        self.read(toml_text, Some("the user's own rules"))?;
        Ok(self)
    }

    /// The direction the rules are for.
    pub const fn direction(&self) -> Direction {
        self.direction
    }

    /// The rules in their order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    fn read(&mut self, text: &str, default_source: Option<&str>) -> Result<(), RuleError> {
        let mut file: toml::Table =
            toml::from_str(text).map_err(|error| RuleError::Syntax(Box::new(error)))?;
        let rules = match file.remove("rule") {
            None => Vec::new(),
            Some(toml::Value::Array(rules)) => rules,
            Some(_) => return Err(section("rule")),
        };
        if let Some((key, _)) = file.into_iter().next() {
            return Err(section(&key));
        }
        // Ids are unique in a file even among rules that are meant for other directions.
        let mut ids: Vec<String> = self.rules.iter().map(|rule| rule.id.clone()).collect();
        for (index, rule) in rules.into_iter().enumerate() {
            let toml::Value::Table(table) = rule else {
                return Err(section("rule"));
            };
            let id = table.get("id").and_then(toml::Value::as_str);
            if let Some(id) = id {
                if ids.iter().any(|taken| taken == id) {
                    return Err(RuleError::DuplicateId {
                        rule: id.to_owned(),
                    });
                }
                ids.push(id.to_owned());
            }
            let rule = Rule::read(table, index + 1, self.direction, default_source)?;
            self.rules.extend(rule);
        }
        Ok(())
    }
}

fn section(key: &str) -> RuleError {
    RuleError::UnknownSection {
        key: key.to_owned(),
    }
}
