//! What the data itself says against a good outcome, told before anything is matched: files given twice, columns that
//! are empty, that say the same of everybody or that no two records share.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::detect::Mapping;
use crate::error::Issues;
use crate::normalize::attributes::Attributes;
use crate::table::{AttributeKind, Role, Source};

/// Records that must have a value before its being the same, or different, everywhere means anything.
const MIN_RECORDS: usize = 20;

/// The share of the records that must have a value of their own; some are always placeholders.
const NEARLY_ALL: f64 = 0.95;

/// Looks at the files as they were read.
pub(super) fn files(sources: &[Source], mappings: &[Mapping], issues: &mut Issues) {
    for (source, mapping) in sources.iter().zip(mappings) {
        let evidence = mapping.fields.iter().zip(source.columns());
        for (guess, column) in evidence.filter(|(guess, _)| matches!(guess.role, Role::Attribute(..))) {
            if !source.is_empty() && column.dictionary().is_empty() {
                let message = "records, none of which has a value in the column";
                issues.add_many(
                    "empty_column",
                    source.name(),
                    &guess.field,
                    source.len() as u64,
                    None,
                    message,
                );
            }
        }
    }
    // Only files of one shape are looked into.
    let mut shapes: BTreeMap<(usize, &[String]), Vec<&Source>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.len() > 1 && !source.fields().is_empty()) {
        shapes.entry((source.len(), source.fields())).or_default().push(source);
    }
    for alike in shapes.into_values().filter(|alike| alike.len() > 1) {
        let mut first: BTreeMap<u64, &Source> = BTreeMap::new();
        for source in alike {
            if let Some(other) = first.get(&content(source)) {
                let message =
                    format!("records are those of {} cell by cell: was one file given twice?", other.name());
                issues.add_many("identical_sources", source.name(), "", source.len() as u64, None, &message);
            } else {
                first.insert(content(source), source);
            }
        }
    }
}

/// A hash of all rows in any order.
fn content(source: &Source) -> u64 {
    let hashes: Vec<Vec<u64>> = source
        .columns()
        .iter()
        .enumerate()
        .map(|(at, column)| {
            column.dictionary().iter().map(|text| xxh3_64_with_seed(text.as_bytes(), at as u64)).collect()
        })
        .collect();
    let row = |row: usize| {
        let cells = source.columns().iter().zip(&hashes);
        let mixed =
            cells.flat_map(|(column, hashes)| column.codes(row).iter().map(|&code| hashes[code as usize]));
        // Rows are mixed before they are added up: sums of cells would not know which cells stood together.
        let sum = mixed.fold(0u64, |sum, hash| sum.rotate_left(7) ^ hash);
        xxh3_64_with_seed(&sum.to_le_bytes(), 0)
    };
    (0..source.len()).map(row).fold(0u64, u64::wrapping_add)
}

/// Looks at what will be compared.
pub(super) fn evidence(attributes: &Attributes, issues: &mut Issues) {
    for attribute in &attributes.columns {
        let counts = attribute.column.counts();
        let carriers: u64 = counts.iter().map(|&count| u64::from(count)).sum();
        let mut tell =
            |code, message: &str| issues.add_many(code, "", &attribute.name, carriers, None, message);
        if carriers < MIN_RECORDS as u64 {
            continue;
        }
        if counts.len() == 1 && carriers as usize == attributes.len() {
            tell("one_value", "records all have the same value: it tells nobody from anybody");
        }
        let names_one = matches!(
            attribute.kind,
            AttributeKind::Identifier | AttributeKind::Phone | AttributeKind::Email | AttributeKind::Category
        );
        let nearly_all = carriers as f64 >= NEARLY_ALL * attributes.len() as f64;
        if names_one && counts.len() as u64 == carriers && nearly_all {
            tell(
                "unique_column",
                "records all have values of their own: it can bring none of them together, and is perhaps a number that \
                 the source gives to each record",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;

    fn source(name: &str, rows: &[[&str; 2]]) -> Source {
        let column = |at: usize| rows.iter().map(|row| Some(row[at])).collect::<Column>();
        Source::new(name, vec!["a".into(), "b".into()], vec![column(0), column(1)], Vec::new()).unwrap()
    }

    #[test]
    fn contents_are_rows_in_any_order() {
        let base = source("x", &[["1", "2"], ["3", "4"], ["5", ""]]);
        assert_eq!(content(&base), content(&source("y", &[["5", ""], ["1", "2"], ["3", "4"]])));
        for other in [
            source("y", &[["1", "4"], ["3", "2"], ["5", ""]]),
            source("y", &[["2", "1"], ["3", "4"], ["5", ""]]),
            source("y", &[["1", "2"], ["3", "4"], ["", "5"]]),
            source("y", &[["1", "2"], ["1", "2"], ["5", ""]]),
        ] {
            assert_ne!(content(&base), content(&other));
        }
    }
}
