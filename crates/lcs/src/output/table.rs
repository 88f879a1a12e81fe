//! Tables for people: a list has a header, a single thing has a line per field.

use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};
use serde_json::Value;

use super::report::{Data, cell};

/// Nobody reads a table in fewer columns.
const NARROWEST: u16 = 20;

pub(super) fn render(data: &Data, colour: bool) -> String {
    match &data.value {
        Value::Array(rows) if rows.is_empty() => {
            if data.when_empty.is_empty() {
                String::new()
            } else {
                format!("{}\n", data.when_empty)
            }
        }
        Value::Array(rows) => {
            let mut table = plain_table(colour);
            table.set_header(
                data.columns
                    .iter()
                    .map(|(label, _)| Cell::new(label).add_attribute(Attribute::Bold)),
            );
            for row in rows {
                table.add_row(data.columns.iter().map(|(_, field)| cell(row.get(field))));
            }
            finished(&table)
        }
        single => {
            let mut table = plain_table(colour);
            for (label, field) in data.columns {
                let text = cell(single.get(field));
                if !text.is_empty() {
                    table.add_row([
                        Cell::new(label).add_attribute(Attribute::Bold),
                        Cell::new(text),
                    ]);
                }
            }
            finished(&table)
        }
    }
}

fn plain_table(colour: bool) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    // A terminal that tells no size, as some of pipelines, is as wide as the table.
    table.set_content_arrangement(match table.width() {
        Some(width) if width < NARROWEST => ContentArrangement::Disabled,
        _ => ContentArrangement::Dynamic,
    });
    if colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table
}

/// Without the blanks that fill the last column.
fn finished(table: &Table) -> String {
    let mut text = String::new();
    for line in table.to_string().lines() {
        text.push_str(line.trim_end().strip_prefix(' ').unwrap_or(line.trim_end()));
        text.push('\n');
    }
    text
}
