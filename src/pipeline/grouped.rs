//! Golden records of groups that somebody else found.

use std::collections::BTreeMap;

use super::matching::Matching;
use super::resolution::{Found, Resolution};
use super::{Config, clearing, detect_columns, merge_plan, prepare, records};
use crate::cluster::Entities;
use crate::compare::Comparisons;
use crate::error::{Error, ErrorKind, Issues, Result};
use crate::table::{Role, Table};

/// Merges records by a column that says which of them are one customer: the stage `merge` alone, for programs that
/// cluster elsewhere.
///
/// # Shape
/// The column is neither evidence nor a golden field. Nothing is matched: there are no pairs, and explanations weigh
/// nothing.
///
/// # Null
/// A record without a group is a customer of its own.
///
/// # Errors
/// As [`consolidate`](super::consolidate), and [`ErrorKind::UnknownField`] for a source that lacks the column.
///
/// # Example
/// ```
/// #[derive(serde::Serialize)]
/// struct Customer { id: u32, surname: &'static str, group: &'static str }
/// let table = quilate::Table::from_records("app", [
///     Customer { id: 1, surname: "García", group: "a" },
///     Customer { id: 2, surname: "García López", group: "b" },
///     Customer { id: 3, surname: "GARCIA LOPEZ", group: "b" },
/// ])?;
/// let merged = quilate::pipeline::merge_groups(table, "group", &quilate::Config::default())?;
/// let surnames: Vec<_> = merged.golden_records().map(|golden| golden.get("surname").map(str::to_owned)).collect();
/// assert_eq!(surnames, [Some("García".to_owned()), Some("García López".to_owned())]);
/// # Ok::<(), quilate::Error>(())
/// ```
pub fn merge_groups(table: Table, column: &str, config: &Config) -> Result<Resolution> {
    config.validate()?;
    let mut mappings = detect_columns(&table, config)?;
    let mut positions = Vec::with_capacity(mappings.len());
    for (source, mapping) in table.sources().iter().zip(&mut mappings) {
        let at = source.field_index(column).ok_or_else(|| {
            Error::new(ErrorKind::UnknownField, "the source has no such column")
                .at(source.name())
                .field(column)
        })?;
        mapping.fields[at].role = Role::Skip;
        positions.push(at);
    }
    let mut issues = Issues::new();
    let mut ordered = records::order(table, &mappings, &mut issues)?;
    let cleared = clearing::take_marks(&mut ordered, &mappings, config);
    let prepared = prepare::prepare(&mut ordered, &mappings, &cleared, config.reference_day(), &mut issues);
    // Groups are numbered after the records, which label those that have none.
    let mut labels: Vec<u32> = (0..ordered.records.len() as u32).collect();
    let mut firsts: BTreeMap<&str, u32> = BTreeMap::new();
    for ((file, place), &at) in ordered.files.iter().zip(&ordered.place).zip(&positions) {
        for (row, &record) in place.iter().enumerate() {
            if let Some(group) = file.columns()[at].get(row) {
                labels[record as usize] = *firsts.entry(group).or_insert(record);
            }
        }
    }
    let entities = Entities::from_labels(&labels);
    let matching = Matching::given(&Comparisons::new(&prepared.attributes), entities);
    let plan = merge_plan(config, &prepared, &ordered.records)?;
    let found = Found {
        records: ordered.records,
        mappings,
        prepared,
        matching,
        review: Vec::new(),
        prevented: Vec::new(),
        shared: Vec::new(),
        pins: Vec::new(),
        as_of: config.reference_time(),
        issues,
    };
    Resolution::new(found, plan)
}
