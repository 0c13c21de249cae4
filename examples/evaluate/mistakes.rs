//! Why wrong pairs were merged and true ones missed, by example.

use std::collections::BTreeMap;

use quilate::{RecordId, Resolution};

use crate::truth::Truth;

/// Explains up to `most` mistakes of each kind, spread over all that were made.
pub fn print(resolution: &Resolution, truth: &Truth, most: usize) {
    if most == 0 {
        return;
    }
    let found = resolution.entities();
    let merged = found.iter().filter_map(|(_, members)| {
        first_apart(members.iter().filter_map(|&record| Some((record, truth.entities()[record.index()]?))))
    });
    explain(resolution, "merged wrongly", merged.collect(), most);
    let mut entities: BTreeMap<u32, Vec<RecordId>> = BTreeMap::new();
    for (record, entity) in truth.entities().iter().enumerate() {
        if let Some(entity) = entity {
            entities.entry(*entity).or_default().push(RecordId::from_index(record));
        }
    }
    let missed = entities
        .values()
        .filter_map(|members| first_apart(members.iter().map(|&record| (record, found.entity_of(record)))));
    explain(resolution, "missed", missed.collect(), most);
}

/// The first record, and the first after it that belongs elsewhere.
fn first_apart<T: PartialEq>(
    mut members: impl Iterator<Item = (RecordId, T)>,
) -> Option<(RecordId, RecordId)> {
    let (first, home) = members.next()?;
    members.find(|(_, other)| *other != home).map(|(record, _)| (first, record))
}

fn explain(resolution: &Resolution, what: &str, pairs: Vec<(RecordId, RecordId)>, most: usize) {
    println!("\n{what}: {} entities are concerned", pairs.len());
    let name =
        |record| format!("{}:{}", resolution.records().source_name(record), resolution.records().id(record));
    for &(a, b) in pairs.iter().step_by(pairs.len().div_ceil(most).max(1)) {
        println!("\n{} and {}\n{}", name(a), name(b), resolution.explain_records(a, b));
    }
}
