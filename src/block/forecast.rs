//! How much memory looking for neighbours will take, before it does.

use hashbrown::HashMap;

use super::index::{MAX_BLOCK, composites_of};
use super::keys::emit_keys;
use crate::normalize::attributes::Attributes;
use crate::par;

/// Every so many-th key is counted: keys are hashes, so that any part of them is a fair sample.
const SAMPLED_KEYS: u64 = 64;

/// Bytes of one entry of the table that numbers keys: 16 and a byte of control, at a load between 7/16 and 7/8.
const NUMBERED_KEY: f64 = 27.0;

/// Memory of the index of an attribute table.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct IndexForecast {
    /// Distinct keys of values.
    pub keys: u64,
    /// Keys of all records that are looked up.
    pub postings: u64,
    /// Bytes while it is built.
    pub building: u64,
    /// Bytes while neighbours are looked for.
    pub bytes: u64,
}

impl IndexForecast {
    /// Counts a part of the keys.
    ///
    /// # Complexity
    /// One pass over the distinct values; memory O(keys / 64).
    pub fn new(attributes: &Attributes) -> Self {
        let records = attributes.len() as f64;
        // Of each sampled key how many records, and how many values, have it.
        let mut carriers: HashMap<u64, (u64, u64), foldhash::fast::FixedState> = HashMap::default();
        let (mut distinct, mut of_values, mut widest) = (0, 0u64, 0u64);
        for (at, attribute) in attributes.columns.iter().enumerate() {
            let counts = attribute.column.counts();
            let dictionary = attribute.column.dictionary();
            let parts = par::map_ranges(dictionary.len(), 1 << 14, |range| {
                let (mut total, mut sampled) = (0u64, Vec::new());
                for code in range {
                    emit_keys(attribute.kind, at, dictionary.text(code as u32), |key| {
                        total += 1;
                        if key % SAMPLED_KEYS == 0 {
                            sampled.push((key, u64::from(counts[code])));
                        }
                    });
                }
                (total, sampled)
            });
            let mut own = 0;
            for (total, sampled) in parts {
                own += total;
                for (key, count) in sampled {
                    let carriers = carriers.entry(key).or_default();
                    *carriers = (carriers.0 + count, carriers.1 + 1);
                }
            }
            distinct += dictionary.len();
            of_values += own;
            widest = widest.max(own);
        }
        let keys = (SAMPLED_KEYS * carriers.len() as u64) as f64;
        let used: Vec<(u64, u64)> =
            carriers.values().copied().filter(|(count, _)| (2..=MAX_BLOCK as u64).contains(count)).collect();
        let sum = |part: fn(&(u64, u64)) -> u64| (SAMPLED_KEYS * used.iter().map(part).sum::<u64>()) as f64;
        let composites = composites_of(attributes) as f64;
        // Every record may have each composite; at least two share one.
        let postings = sum(|(records, _)| *records) + composites * records;
        let composed = composites * records / 2.0;
        let (numbers, used_numbers) = (keys + composed, sum(|_| 1) + composed);
        let (rows, used_rows) =
            (4.0 * of_values as f64, 4.0 * (sum(|(_, values)| *values) + distinct as f64));
        let composite_rows = 4.0 * composites * records;
        let numbering = rows + NUMBERED_KEY * keys + 16.0 * widest as f64;
        // Sorting the records by one composite, beside those that are done.
        let combining = rows + composite_rows + if composites > 0.0 { 16.0 * records } else { 0.0 };
        let renumbering = rows + composite_rows + 4.0 * numbers + 12.0 * used_numbers;
        let filling = used_rows + composite_rows + 4.0 * postings + 12.0 * used_numbers;
        let building = numbering.max(combining).max(renumbering).max(filling);
        Self {
            keys: keys as u64,
            postings: postings as u64,
            building: building as u64,
            bytes: (used_rows + composite_rows + 4.0 * postings + 8.0 * used_numbers) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::index::Index;
    use super::*;
    use crate::ids::SourceId;
    use crate::normalize::attributes::Attribute;
    use crate::score::Draws;
    use crate::table::AttributeKind;

    #[test]
    fn near_the_index_that_is_built() {
        let draws = Draws::new(9, 0);
        let records = 20_000;
        let syllable =
            |at: u64| ["ba", "ce", "di", "fo", "gu", "la", "me", "ni"][draws.below(at, 8) as usize];
        let word = |number: u64| (0..4).map(|at| syllable(16 * number + at)).collect::<String>();
        let names = |stream: u64| (0..records).map(|r| Some(word(draws.below(stream + r, 3000)))).collect();
        let columns: [(AttributeKind, Vec<Option<String>>); 4] = [
            (AttributeKind::GivenName, names(1_000_000)),
            (AttributeKind::Surname, names(2_000_000)),
            (
                AttributeKind::Phone,
                (0..records).map(|r| Some(format!("6{:08}", draws.below(r, 100_000_000)))).collect(),
            ),
            (AttributeKind::City, (0..records).map(|r| (r % 3 > 0).then(|| word(r % 40))).collect()),
        ];
        let columns = columns.into_iter().map(|(kind, values)| Attribute {
            name: kind.name().to_owned(),
            kind,
            column: values.iter().map(|value| value.as_deref()).collect(),
        });
        let attributes =
            Attributes { source: vec![SourceId(0); records as usize], columns: columns.collect() };
        let forecast = IndexForecast::new(&attributes);
        let index = Index::new(&attributes);
        let near = |forecast: u64, real: u64| (0.75..1.35).contains(&(forecast as f64 / real as f64));
        assert!(
            near(forecast.bytes, index.heap_bytes() as u64),
            "{forecast:?}, {} bytes",
            index.heap_bytes()
        );
        assert!(forecast.building >= forecast.bytes);
        let empty = IndexForecast::new(&Attributes::default());
        assert_eq!(empty, IndexForecast::default());
    }
}
