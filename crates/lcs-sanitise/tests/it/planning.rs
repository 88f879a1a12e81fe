//! Plans over a schema: what is done in which order.

use std::sync::LazyLock;

use lcs_sanitise::{
    ActionKind, Condition, Direction, Parameters, Plan, RuleSet, SkippedBecause, TableSchema, plan,
};
use proptest::prelude::*;

use crate::schemas::{finance_and_operations, table};

fn administrator() -> Parameters {
    Parameters {
        administrator: Some("admin@contoso.com".to_owned()),
    }
}

/// Read once: properties ask for a plan thousands of times.
static PUBLISHED: LazyLock<[RuleSet; 4]> = LazyLock::new(|| Direction::ALL.map(RuleSet::published));

fn plan_for(direction: Direction, schema: &[TableSchema]) -> Plan {
    let rules = PUBLISHED
        .iter()
        .find(|rules| rules.direction() == direction)
        .unwrap();
    plan(rules, schema, &administrator())
}

fn lines(plan: &Plan) -> String {
    let lines: Vec<String> = plan
        .actions
        .iter()
        .map(|it| format!("{}: {}: {}", it.rule_id, it.table, it.kind))
        .collect();
    lines.join("\n")
}

#[test]
fn plan_when_production_refreshes_a_sandbox() {
    let plan = plan_for(Direction::ProductionToSandbox, &finance_and_operations());
    insta::assert_snapshot!(lines(&plan));
}

#[test]
fn plan_when_a_sandbox_refreshes_production() {
    let plan = plan_for(Direction::SandboxToProduction, &finance_and_operations());
    insta::assert_snapshot!(lines(&plan));
}

#[test]
fn plan_when_a_sandbox_is_exported() {
    let plan = plan_for(Direction::Export, &finance_and_operations());
    insta::assert_snapshot!(lines(&plan));
}

#[test]
fn nothing_applies_to_a_database_without_published_tables() {
    let schema = [table("Track: TrackId INTEGER!, Name NVARCHAR(200)!")];
    for direction in Direction::ALL {
        let plan = plan_for(direction, &schema);
        assert_eq!(plan.actions, []);
        assert!(
            plan.skipped
                .iter()
                .all(|it| it.because == SkippedBecause::NoSuchTable)
        );
    }
}

#[test]
fn a_rule_whose_condition_looks_at_a_missing_column_is_skipped_and_says_so() {
    let schema = [table("USERINFO: ENABLE int!")];
    let plan = plan_for(Direction::Export, &schema);
    assert!(plan.skipped.iter().any(|it| it.rule_id == "users-disabled"
        && it.because == SkippedBecause::NoSuchColumn("ID".to_owned())));
}

#[test]
fn the_admin_account_stays_as_it_is_when_the_administrator_is_unknown() {
    let rules = RuleSet::published(Direction::ProductionToSandbox);
    let plan = plan(&rules, &finance_and_operations(), &Parameters::default());
    assert!(plan.skipped.iter().any(|it| it.rule_id == "administrator"
        && it.table == "UserInfo"
        && it.because == SkippedBecause::NoAdministrator));
    assert!(plan.actions.iter().all(|it| it.rule_id != "administrator"));
}

#[test]
fn a_plan_survives_being_stored() {
    let plan = plan_for(Direction::Export, &finance_and_operations());
    let text = toml::to_string(&plan).unwrap();
    assert_eq!(toml::from_str::<Plan>(&text).unwrap(), plan);
}

fn assert_exists(schema: &[TableSchema], table: &str, columns: &[&String]) {
    let table = schema.iter().find(|it| it.name == table).unwrap();
    for column in columns {
        assert!(table.columns.iter().any(|it| it.name == **column));
    }
}

fn columns_of(conditions: &[Condition]) -> Vec<&String> {
    conditions.iter().map(|it| &it.column).collect()
}

prop_compose! {
    /// Any part of the schema, in any order, each name in any spelling, columns missing at will.
    fn any_part_of_the_schema()(
        tables in Just(finance_and_operations()).prop_shuffle(),
        kept in proptest::collection::vec(any::<[bool; 6]>(), 26),
        lower in any::<[bool; 3]>(),
    ) -> Vec<TableSchema> {
        tables
            .into_iter()
            .zip(kept)
            .enumerate()
            .filter(|(_, (_, kept))| kept[0] || kept[1])
            .map(|(index, (mut table, kept))| {
                if lower[index % 3] {
                    table.name = table.name.to_lowercase();
                }
                let mut index = 0;
                table.columns.retain_mut(|column| {
                    index += 1;
                    column.name = if lower[index % 3] { column.name.to_lowercase() } else { column.name.clone() };
                    kept[1 + index % 5]
                });
                table
            })
            .collect()
    }
}

proptest! {
    #[test]
    fn a_plan_names_only_tables_and_columns_that_exist(schema in any_part_of_the_schema()) {
        for direction in Direction::ALL {
            for action in plan_for(direction, &schema).actions {
                match &action.kind {
                    ActionKind::DeleteRows { conditions } => {
                        assert_exists(&schema, &action.table, &columns_of(conditions));
                    }
                    ActionKind::SetColumn { column, conditions, .. } => {
                        assert_exists(&schema, &action.table, &[column]);
                        assert_exists(&schema, &action.table, &columns_of(conditions));
                    }
                    ActionKind::CopyValue {
                        column, conditions, from_table, from_column, from_conditions,
                    } => {
                        assert_exists(&schema, &action.table, &[column]);
                        assert_exists(&schema, &action.table, &columns_of(conditions));
                        assert_exists(&schema, from_table, &[from_column]);
                        assert_exists(&schema, from_table, &columns_of(from_conditions));
                    }
                }
            }
        }
    }

    #[test]
    fn the_order_of_tables_does_not_change_the_plan(schema in any_part_of_the_schema()) {
        let mut reversed = schema.clone();
        reversed.reverse();
        for direction in Direction::ALL {
            prop_assert_eq!(plan_for(direction, &schema), plan_for(direction, &reversed));
        }
    }
}
