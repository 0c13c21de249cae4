//! The worst mistakes, each with its waterfall: wrong merges by the weight that they had, misses by the weight that they
//! lacked.

use std::collections::BTreeMap;

use quilate::{RecordId, Resolution};

use crate::truth::Known;

/// Explains up to `most` mistakes of each kind, the worst first.
pub fn print(resolution: &Resolution, known: &Known, most: usize) {
    if most == 0 {
        return;
    }
    let found = resolution.entities();
    let (merged, missed) = match known {
        Known::Entities(truth) => {
            let merged = found.iter().filter_map(|(_, members)| {
                first_apart(members.iter().filter_map(|&record| Some((record, truth[record.index()]?))))
            });
            (merged.collect(), missed_entities(resolution, truth))
        }
        Known::Pairs(pairs) => {
            let wrong = |matched: bool| -> Vec<(RecordId, RecordId)> {
                let pairs = pairs.iter().filter(|pair| pair.2 == matched);
                let pairs = pairs.map(|&(a, b, _)| (RecordId(a), RecordId(b)));
                pairs.filter(|&(a, b)| (found.entity_of(a) == found.entity_of(b)) != matched).collect()
            };
            (wrong(false), wrong(true))
        }
    };
    explain(resolution, "merged wrongly", merged, most, -1.0);
    explain(resolution, "missed", missed, most, 1.0);
}

fn missed_entities(resolution: &Resolution, truth: &[Option<u32>]) -> Vec<(RecordId, RecordId)> {
    let mut entities: BTreeMap<u32, Vec<RecordId>> = BTreeMap::new();
    for (record, entity) in truth.iter().enumerate() {
        if let Some(entity) = entity {
            entities.entry(*entity).or_default().push(RecordId::from_index(record));
        }
    }
    let found = resolution.entities();
    entities
        .values()
        .filter_map(|members| first_apart(members.iter().map(|&record| (record, found.entity_of(record)))))
        .collect()
}

/// The first record, and the first after it that belongs elsewhere: one pair an entity, so that a large one does not hide
/// the others.
fn first_apart<T: PartialEq>(
    mut members: impl Iterator<Item = (RecordId, T)>,
) -> Option<(RecordId, RecordId)> {
    let (first, home) = members.next()?;
    members.find(|(_, other)| *other != home).map(|(record, _)| (first, record))
}

fn explain(resolution: &Resolution, what: &str, pairs: Vec<(RecordId, RecordId)>, most: usize, sign: f64) {
    say!("\n{what}: {} entities or pairs are concerned; the worst of them:", pairs.len());
    let name =
        |record| format!("{}:{}", resolution.records().source_name(record), resolution.records().id(record));
    let plain: Vec<(u32, u32)> = pairs.iter().map(|(a, b)| (a.0, b.0)).collect();
    let weights = crate::weights(resolution, &plain);
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by(|&x, &y| (sign * weights[x]).total_cmp(&(sign * weights[y])));
    for &at in order.iter().take(most) {
        let (a, b) = pairs[at];
        say!("\n{} and {}\n{}", name(a), name(b), resolution.explain_records(a, b));
    }
}
