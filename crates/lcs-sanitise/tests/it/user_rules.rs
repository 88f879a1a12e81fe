//! The user's own rules: they come after the published ones, and errors name rule and key.

use lcs_sanitise::{ActionKind, Direction, Parameters, RuleError, RuleKind, RuleSet, Value, plan};

use crate::schemas::finance_and_operations;

const OWN: &str = r#"
    [[rule]]
    id = "customers-email"
    description = "Customers' own addresses"
    kind = "clear_columns"
    table = "CustTable"
    columns = ["Email"]

    [[rule]]
    id = "no-wholesale"
    description = "Wholesale customers leave"
    source = "contract 12"
    kind = "empty_tables"
    tables = ["CUSTTABLE"]
    where = [{ column = "ACCOUNTNUM", contains = "W-" }, { column = "EMAIL", not_in = ["a", 1] }]
    directions = ["export"]
"#;

#[test]
fn own_rules_are_carried_out_after_the_published_ones() {
    let published = RuleSet::published(Direction::Export).rules().len();
    let set = RuleSet::published(Direction::Export)
        .with_user_rules(OWN)
        .unwrap();
    let plan = plan(&set, &finance_and_operations(), &Parameters::default());
    assert_eq!(set.rules().len(), published + 2);
    let last: Vec<String> = plan.actions[plan.actions.len() - 2..]
        .iter()
        .map(|it| format!("{} {}", it.table, it.kind))
        .collect();
    assert_eq!(
        last,
        [
            "CUSTTABLE set EMAIL to NULL",
            "CUSTTABLE delete rows where ACCOUNTNUM contains 'W-' and EMAIL not in ('a', 1)",
        ]
    );
}

#[test]
fn own_rules_without_a_source_say_that_they_are_the_users() {
    let set = RuleSet::published(Direction::Export)
        .with_user_rules(OWN)
        .unwrap();
    let sources: Vec<_> = set
        .rules()
        .iter()
        .rev()
        .take(2)
        .map(|it| &*it.source)
        .collect();
    assert_eq!(sources, ["contract 12", "the user's own rules"]);
}

#[test]
fn a_rule_for_other_directions_is_left_out() {
    let set = RuleSet::published(Direction::SandboxToSandbox)
        .with_user_rules(OWN)
        .unwrap();
    assert!(set.rules().iter().any(|it| it.id == "customers-email"));
    assert!(set.rules().iter().all(|it| it.id != "no-wholesale"));
}

#[test]
fn every_kind_of_rule_can_be_a_users_own() {
    let rules: Vec<String> = [
        "kind = 'empty_tables'\ntables = ['CUSTTABLE']",
        "kind = 'set_column'\ntable = 'CUSTTABLE'\ncolumn = 'EMAIL'\nvalue = true",
        "kind = 'clear_columns'\ntable = 'CUSTTABLE'\ncolumns = ['EMAIL']",
        "kind = 'copy_value'\ntable = 'CUSTTABLE'\ncolumn = 'EMAIL'\nfrom_table = 'USERINFO'\n\
         from_column = 'ID'",
        "kind = 'administrator'\ntable = 'CUSTTABLE'\ncolumn = 'EMAIL'",
    ]
    .iter()
    .enumerate()
    .map(|(index, keys)| format!("[[rule]]\nid = 'own-{index}'\ndescription = 'd'\n{keys}\n"))
    .collect();
    let text = rules.concat();
    let set = RuleSet::published(Direction::Export)
        .with_user_rules(&text)
        .unwrap();
    let own: Vec<_> = set
        .rules()
        .iter()
        .filter(|it| it.id.starts_with("own-"))
        .collect();
    assert_eq!(own.len(), RuleKind::NAMES.len());
    assert!(matches!(&own[1].kind, RuleKind::SetColumn(it) if it.value == Value::Integer(1)));
    let parameters = Parameters {
        administrator: Some("x".to_owned()),
    };
    let plan = plan(&set, &finance_and_operations(), &parameters);
    let kinds: Vec<_> = plan
        .actions
        .iter()
        .filter(|it| it.rule_id.starts_with("own-"))
        .map(|it| &it.kind)
        .collect();
    assert_eq!(kinds.len(), 5);
    assert!(
        matches!(kinds[3], ActionKind::CopyValue { from_table, .. } if from_table == "UserInfo")
    );
}

#[test]
fn what_is_wrong_in_a_rule_file_is_named_with_rule_and_key() {
    let rule = |keys: &str| format!("[[rule]]\nid = 'r'\ndescription = 'd'\n{keys}");
    let set_column = |keys: &str| {
        rule(&format!(
            "kind = 'set_column'\ntable = 't'\ncolumn = 'c'\n{keys}"
        ))
    };
    for (text, expected) in [
        (
            "[[rule]]\ndescription = 'd'".to_owned(),
            "rule `number 1`: the key `id` is missing",
        ),
        (
            "[[rule]]\nid = 1".to_owned(),
            "rule `number 1`: the key `id` must be a text that is not empty",
        ),
        (
            "[[rule]]\nid = 'r'".to_owned(),
            "rule `r`: the key `description` is missing",
        ),
        (rule(""), "rule `r`: the key `kind` is missing"),
        (
            rule("kind = 'mask'"),
            "rule `r`: the key `kind` is `mask`, which is none of empty_tables, set_column, clear_columns, copy_value, administrator",
        ),
        (
            rule("kind = 'empty_tables'\ntables = 'T'"),
            "rule `r`: the key `tables` must be a list of at least one text",
        ),
        (
            rule("kind = 'empty_tables'\ntables = []"),
            "rule `r`: the key `tables` must be a list of at least one text",
        ),
        (
            rule("kind = 'empty_tables'\ntables = ['T']\ncolumn = 'c'"),
            "rule `r`: the key `column` is unknown",
        ),
        (set_column(""), "rule `r`: the key `value` is missing"),
        (
            set_column("value = []"),
            "rule `r`: the key `value` must be a text, a number or a truth value",
        ),
        (
            set_column("value = 1\nwhere = { column = 'c', is = [1] }"),
            "rule `r`: the key `where.is` is unknown",
        ),
        (
            set_column("value = 1\nwhere = { in = [1] }"),
            "rule `r`: the key `where.column` is missing",
        ),
        (
            set_column("value = 1\nwhere = { column = 'c', in = [] }"),
            "rule `r`: the key `where.in` must be a list of texts, numbers or truth values",
        ),
        (
            set_column("value = 1\ndirections = ['up']"),
            "rule `r`: the key `directions` must be a list of production-to-sandbox, sandbox-to-sandbox, sandbox-to-production, export",
        ),
        (
            "[settings]".to_owned(),
            "`settings` is no section of a rule file; each rule is a `[[rule]]`",
        ),
        (
            format!("{}\n{}", set_column("value = 1"), set_column("value = 1")),
            "rule `r`: the `id` is taken by another rule",
        ),
        (
            set_column("value = 1").replace("'r'", "'users-disabled'"),
            "rule `users-disabled`: the `id` is taken by another rule",
        ),
    ] {
        let error = RuleSet::published(Direction::Export)
            .with_user_rules(&text)
            .unwrap_err();
        assert_eq!(error.to_string(), expected, "{text}");
    }
}

#[test]
fn a_text_that_is_no_toml_is_refused_with_its_cause() {
    let error = RuleSet::published(Direction::Export)
        .with_user_rules("[[rule")
        .unwrap_err();
    assert!(matches!(error, RuleError::Syntax(_)));
    assert!(std::error::Error::source(&error).is_some());
}
