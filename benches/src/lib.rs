//! What the benchmarks share: medians, and tables for people.
//!
//! - `tokens` – what the local cloud does in a second
//! - `transfers` – how fast a file comes from it, and at what cost
#![expect(
    clippy::cast_precision_loss,
    reason = "bytes are far below what a float holds exactly"
)]

use comfy_table::{CellAlignment, Table, presets::NOTHING};

/// A table with figures in all columns but the first.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The value in the middle; of an even number the upper one.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Three figures that count.
pub fn number(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// Bytes of memory, where the system says how many.
pub fn mebibytes(memory: Option<u64>) -> String {
    memory.map_or_else(
        || "not measured".to_owned(),
        |bytes| format!("{:.0} MiB", bytes as f64 / 1_048_576.0),
    )
}
