//! Tables of expected readings and how a row is compared.
#![allow(dead_code)]

use std::collections::HashMap;
use std::path::PathBuf;

use crate::columns::{Hints, Kind};

pub type Row = HashMap<String, String>;

/// A cell; empty when the table has no such column.
pub fn cell<'r>(row: &'r Row, column: &str) -> &'r str {
    row.get(column).map_or("", String::as_str)
}

/// The rows of a table in `../shared`; `None`, after saying so, when it is not there.
pub fn rows(table: &str) -> Option<Vec<Row>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(table);
    let Ok(mut reader) = csv::Reader::from_path(&path) else {
        eprintln!("{table}: not found, skipped");
        return None;
    };
    Some(reader.deserialize().map(|row| row.expect("a CSV table with a header")).collect())
}

/// Reads each `input` of the two tables of a name, the project's own in `tests/acceptance` and the one in `../shared`, and
/// compares every column that they have.
pub fn every_row_passes(table: &str, kind: Kind, hints: impl for<'r> Fn(&'r Row) -> Hints<'r>) {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/acceptance").join(table);
    if own.exists() {
        let mut reader = csv::Reader::from_path(&own).expect("a table of the project");
        let rows: Vec<Row> =
            reader.deserialize().map(|row| row.expect("a CSV table with a header")).collect();
        assert!(rows.len() > 50, "{table}: {} rows", rows.len());
        rows_pass(table, &rows, kind, &hints);
    }
    if let Some(rows) = rows(&format!("acceptance/{table}")) {
        rows_pass(table, &rows, kind, &hints);
    }
}

fn rows_pass(table: &str, rows: &[Row], kind: Kind, hints: &impl for<'r> Fn(&'r Row) -> Hints<'r>) {
    let mut failed = 0;
    for row in rows {
        let differences = differences(row, kind, &hints(row));
        if !differences.is_empty() {
            failed += 1;
            println!("{table}: {:?}\n    {}", row["input"], differences.join("\n    "));
        }
    }
    println!("{table}: {} of {}", rows.len() - failed, rows.len());
    assert_eq!(failed, 0, "{table}: rows that differ");
}

/// What differs, by column.
pub fn differences(row: &Row, kind: Kind, hints: &Hints<'_>) -> Vec<String> {
    let input = cell(row, "input");
    let read = kind.read(input, hints);
    let got = |column| {
        let at = kind.columns().iter().position(|c| *c == column);
        at.map_or("", |at| read.cells[at].as_str())
    };
    let mut out = Vec::new();
    for (column, got_cell) in kind.columns().iter().zip(&read.cells) {
        let name = if *column == "type" && kind == Kind::Id { "expected_type" } else { column };
        let Some(expected) = row.get(name) else { continue };
        if !agrees(column, expected, got_cell, got("quality")) {
            out.push(format!("{column}: expected {expected:?}, got {got_cell:?}"));
        }
    }
    let again = kind.read(&read.canonical, hints);
    if again.canonical != read.canonical {
        out.push(format!("canonical {:?} reads as {:?}", read.canonical, again.canonical));
    }
    out
}

/// An empty cell is expected empty, but for what an input may not tell; of alternatives those listed must be there; fillers
/// may be known as such by several rules.
fn agrees(column: &str, expected: &str, got: &str, quality: &str) -> bool {
    match column {
        "gender" | "region" | "country" if expected.is_empty() => true,
        "alternatives" => expected.split('|').all(|e| e.is_empty() || got.split('|').any(|g| g == e)),
        "reason" if quality == "placeholder" => true,
        "core_name" => expected.to_lowercase() == got.to_lowercase(),
        "unit" => sorted(expected) == sorted(got),
        _ => expected == got,
    }
}

fn sorted(list: &str) -> Vec<&str> {
    let mut items: Vec<&str> = list.split(';').collect();
    items.sort_unstable();
    items
}
