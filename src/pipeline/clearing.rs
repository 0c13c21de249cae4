//! Cells that say that a person has taken a value out: neither absent nor empty, but cleared at the time of the record.
//!
//! Which texts mean that is known for a source by its configuration (`cleared = ["<cleared>"]`); the empty text stands for
//! blank cells, for sources that always send the whole record. The marks are taken out of the columns before anything is
//! parsed, so that they are no values.

use std::collections::BTreeMap;

use super::Config;
use super::records::Ordered;
use crate::detect::Mapping;
use crate::table::{Column, ColumnBuilder, Role};

/// Rows that were cleared, by file and column.
pub(super) type Cleared = BTreeMap<(usize, usize), Vec<u32>>;

/// Finds the marks of all sources and takes them out of the columns.
pub(super) fn take_marks(ordered: &mut Ordered, mappings: &[Mapping], config: &Config) -> Cleared {
    let mut cleared = Cleared::new();
    for (at, (file, mapping)) in ordered.files.iter_mut().zip(mappings).enumerate() {
        let Some(settings) = config.sources.get(file.name()) else { continue };
        if settings.cleared.is_empty() {
            continue;
        }
        for (column, guess) in mapping.fields.iter().enumerate() {
            if !matches!(guess.role, Role::Attribute(..) | Role::Carry) {
                continue;
            }
            let rows = rows_with(&file.columns()[column], &settings.cleared);
            if rows.is_empty() {
                continue;
            }
            let values = without(&file.columns()[column], &rows);
            file.replace_column(column, values);
            cleared.insert((at, column), rows);
        }
    }
    cleared
}

/// Rows whose cell is one of the marks, without regard to case and blanks around it.
fn rows_with(column: &Column, marks: &[String]) -> Vec<u32> {
    let is_mark =
        |text: &str| marks.iter().any(|mark| mark.trim().to_lowercase() == text.trim().to_lowercase());
    let marked: Vec<bool> = column.dictionary().iter().map(is_mark).collect();
    let blanks = marks.iter().any(|mark| mark.trim().is_empty());
    let is_cleared = |row: &u32| match column.codes(*row as usize) {
        [] => blanks,
        codes => codes.iter().all(|&code| marked[code as usize]),
    };
    (0..column.len() as u32).filter(is_cleared).collect()
}

fn without(column: &Column, rows: &[u32]) -> Column {
    let mut builder = ColumnBuilder::new();
    for row in 0..column.len() {
        match rows.binary_search(&(row as u32)) {
            Ok(_) => builder.push(None),
            Err(_) => builder.push_list(column.values(row)),
        }
    }
    builder.finish()
}
