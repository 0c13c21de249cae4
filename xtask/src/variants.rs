//! Variants of a labelled data set: another share of duplicates, columns left out. The engine must not collapse on any of
//! them, whatever it reaches on the set itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::measure::Evaluation;

/// The set of which variants are made: one file, a record a row.
const SET: &str = "customers_10000";

/// What a variant must reach: the precision under which it has collapsed, and how far the number of matches that the
/// model expects may be from the true one.
const MIN_PRECISION: f64 = 0.9;
const MAX_ESTIMATE_ERROR: f64 = 0.15;

/// One variant.
pub struct Variant {
    pub name: &'static str,
    change: Change,
}

enum Change {
    /// Records beyond the first of their customer, as a share of all records.
    Duplicates(f64),
    /// Columns, other than the id, that are left out, and the seed of which.
    Dropped(usize, u64),
}

const fn variant(name: &'static str, change: Change) -> Variant {
    Variant { name, change }
}

/// The set has eight columns beside its id.
pub const VARIANTS: [Variant; 9] = [
    variant("duplicates_1", Change::Duplicates(0.01)),
    variant("duplicates_10", Change::Duplicates(0.10)),
    variant("duplicates_60", Change::Duplicates(0.60)),
    variant("dropped_2a", Change::Dropped(2, 1)),
    variant("dropped_2b", Change::Dropped(2, 2)),
    variant("dropped_2c", Change::Dropped(2, 3)),
    variant("dropped_4a", Change::Dropped(4, 4)),
    variant("dropped_4b", Change::Dropped(4, 5)),
    variant("dropped_4c", Change::Dropped(4, 6)),
];

/// Writes the variant under `folder` and evaluates it.
///
/// # Errors
/// When the set under `data` cannot be read, the folder not be written, or the evaluation fails.
pub fn evaluate(variant: &Variant, data: &Path, folder: &Path) -> Result<Evaluation, String> {
    let source = data.join(SET);
    let (head, records) = read(&source.join(SET).with_extension("csv"))?;
    let (truth_head, truth) = read(&source.join("truth.csv"))?;
    let id = position(&head, "id")?;
    let (truth_id, entity) = (position(&truth_head, "id")?, position(&truth_head, "entity")?);
    let kept_records: Option<BTreeSet<&str>> = match variant.change {
        Change::Duplicates(share) => {
            Some(with_duplicates(truth.iter().map(|row| (&row[truth_id], &row[entity])), share))
        }
        Change::Dropped(..) => None,
    };
    let kept_columns: Vec<usize> = match variant.change {
        Change::Dropped(count, seed) => {
            let others = (0..head.len()).filter(|&column| column != id);
            let dropped: BTreeSet<usize> = shuffled(others, seed).into_iter().take(count).collect();
            (0..head.len()).filter(|column| !dropped.contains(column)).collect()
        }
        Change::Duplicates(_) => (0..head.len()).collect(),
    };
    let keeps = |record: &str| kept_records.as_ref().is_none_or(|kept| kept.contains(record));
    let file = folder.join(SET).with_extension("csv");
    write(&file, &head, records.iter().filter(|row| keeps(&row[id])), &kept_columns)?;
    let all: Vec<usize> = (0..truth_head.len()).collect();
    let truth_file = folder.join("truth.csv");
    write(&truth_file, &truth_head, truth.iter().filter(|row| keeps(&row[truth_id])), &all)?;
    Evaluation::of_files(&[file], &truth_file, &["--id", "id"])
}

/// What is wrong with a variant's result.
pub fn wrong(evaluation: &Evaluation) -> Vec<String> {
    let mut wrong = Vec::new();
    if evaluation.precision < MIN_PRECISION {
        wrong.push(format!("precision {:.4} is a collapse: below {MIN_PRECISION}", evaluation.precision));
    }
    if (evaluation.estimate_ratio - 1.0).abs() > MAX_ESTIMATE_ERROR {
        wrong.push(format!("{:.2} times the true matches were expected", evaluation.estimate_ratio));
    }
    wrong
}

/// Records such that this share of them are duplicates: customers with one record are left out where there are too few,
/// duplicates where there are too many.
fn with_duplicates<'a>(truth: impl Iterator<Item = (&'a str, &'a str)>, share: f64) -> BTreeSet<&'a str> {
    let mut customers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    truth.for_each(|(record, entity)| customers.entry(entity).or_default().push(record));
    let singles = customers.values().filter(|records| records.len() == 1).map(|records| records[0]);
    let firsts = customers.values().filter(|records| records.len() > 1).map(|records| records[0]);
    let extra = customers.values().flat_map(|records| &records[1..]).copied();
    let (singles, extra) = (shuffled(singles, 7), shuffled(extra, 8));
    let firsts: Vec<&str> = firsts.collect();
    let customers = (singles.len() + firsts.len()) as f64;
    // Of d duplicates and c customers, d / (d + c) are duplicates.
    let duplicates = extra.len().min((customers * share / (1.0 - share)).round() as usize);
    let wanted = (duplicates as f64 * (1.0 - share) / share).round() as usize;
    let alone = singles.len().min(wanted.saturating_sub(firsts.len()));
    firsts
        .into_iter()
        .chain(singles.into_iter().take(alone))
        .chain(extra.into_iter().take(duplicates))
        .collect()
}

/// Items in an order that looks random and is always the same.
fn shuffled<T>(items: impl Iterator<Item = T>, seed: u64) -> Vec<T> {
    let mut keyed: Vec<(u64, T)> = items.zip(0u64..).map(|(item, at)| (mix(seed << 32 | at), item)).collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, item)| item).collect()
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

type Rows = Vec<csv::StringRecord>;

fn read(path: &Path) -> Result<(csv::StringRecord, Rows), String> {
    let wrong = |error: csv::Error| format!("{}: {error}", path.display());
    let mut reader = csv::Reader::from_path(path).map_err(wrong)?;
    let head = reader.headers().map_err(wrong)?.clone();
    let rows = reader.records().collect::<Result<Rows, csv::Error>>().map_err(wrong)?;
    Ok((head, rows))
}

fn write<'a>(
    path: &Path,
    head: &'a csv::StringRecord,
    rows: impl Iterator<Item = &'a csv::StringRecord>,
    columns: &[usize],
) -> Result<(), String> {
    let wrong = |error: csv::Error| format!("{}: {error}", path.display());
    let mut writer = csv::Writer::from_path(path).map_err(wrong)?;
    for row in std::iter::once(head).chain(rows) {
        writer.write_record(columns.iter().map(|&column| &row[column])).map_err(wrong)?;
    }
    writer.flush().map_err(|error| wrong(error.into()))
}

fn position(head: &csv::StringRecord, name: &str) -> Result<usize, String> {
    head.iter().position(|column| column == name).ok_or_else(|| format!("no column {name:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_duplicates_is_reached_from_either_side() {
        // 60 customers with one record, 40 with three: 80 of 180 records are duplicates.
        let rows: Vec<(String, String)> = (0..60)
            .map(|at| (format!("s{at}"), format!("e{at}")))
            .chain((0..120).map(|at| (format!("m{at}"), format!("f{}", at / 3))))
            .collect();
        let truth: BTreeMap<&str, &str> =
            rows.iter().map(|(record, entity)| (&**record, &**entity)).collect();
        for share in [0.01, 0.1, 0.3, 0.6] {
            let kept = with_duplicates(truth.iter().map(|(record, entity)| (*record, *entity)), share);
            let customers: BTreeSet<&str> = kept.iter().map(|record| truth[record]).collect();
            let duplicates = (kept.len() - customers.len()) as f64 / kept.len() as f64;
            assert!((duplicates - share).abs() < 0.01, "{share}: {duplicates} of {}", kept.len());
            assert!(kept.len() >= 100, "{share}: {}", kept.len());
        }
    }
}
