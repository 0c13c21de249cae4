//! The inverted index from keys to records.
//!
//! Keys are made once per distinct value; a record's keys are those of its values plus a few composites (sound of
//! the surname with the year of birth, ...), which stay rare in data so large that no single name is.

use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};

use hashbrown::HashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::keys;
use crate::normalize::attributes::{Attribute, Attributes};
use crate::par;
use crate::table::{AttributeKind, NULL};

/// Keys that more records share than this emit nothing: they would cost much and say little. At one value in 1,000
/// records the neighbours that matter are found through their rarer keys.
pub const MAX_BLOCK: usize = 1000;

/// Records whose keys one task looks up.
const RECORDS_A_TASK: usize = 1 << 14;

/// How many of the keys, the rarest first, have at most `most` records together: places of postings are 32 bits wide.
fn fitting(used: &[u32], df: &[u32], most: u64) -> usize {
    let mut total = 0;
    let too_many = |&key: &u32| {
        total += u64::from(df[key as usize]);
        total > most
    };
    used.iter().position(too_many).unwrap_or(used.len())
}

/// Hash of keys that are hashes already.
#[derive(Clone, Copy, Default)]
struct Passthrough(u64);

impl Hasher for Passthrough {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[derive(Clone, Copy, Default)]
struct PassthroughState;

impl BuildHasher for PassthroughState {
    type Hasher = Passthrough;
    fn build_hasher(&self) -> Passthrough {
        Passthrough::default()
    }
}

/// Ragged rows of `u32`.
#[derive(Default)]
struct Rows {
    offsets: Vec<u32>,
    items: Vec<u32>,
}

impl Rows {
    fn get(&self, row: usize) -> &[u32] {
        &self.items[self.offsets[row] as usize..self.offsets[row + 1] as usize]
    }

    /// Puts `number[item]` in the place of each item, or nothing where that is [`NULL`].
    fn renumber(&mut self, number: &[u32]) {
        let (mut kept, mut start) = (0, 0);
        for end in &mut self.offsets[1..] {
            for at in start..*end as usize {
                let new = number[self.items[at] as usize];
                self.items[kept] = new;
                kept += usize::from(new != NULL);
            }
            start = *end as usize;
            *end = kept as u32;
        }
        self.items.truncate(kept);
        self.items.shrink_to_fit();
    }
}

/// Keys to records and back.
pub(super) struct Index<'a> {
    attributes: &'a Attributes,
    /// For each column with keys: its position and the key numbers of each distinct value.
    columns: Vec<(usize, Rows)>,
    /// For each composite: the key number of each record, or [`NULL`].
    composites: Vec<Vec<u32>>,
    /// The attributes that each composite is made of.
    composite_kinds: Vec<[AttributeKind; 2]>,
    /// Records of each key. Keys that were too large, or that one record has alone, are forgotten; the others are numbered
    /// from the rarest to the most frequent.
    postings: Rows,
    /// Fixed-point information content of each key: `256 * log2(N / df)`.
    weights: Vec<u32>,
    pub(super) stats: IndexStats,
}

/// What the index holds, for the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct IndexStats {
    /// Distinct keys.
    pub keys: u64,
    /// Keys shared by two or more records and used.
    pub used_keys: u64,
    /// Keys shared by more than [`MAX_BLOCK`] records, left out.
    pub large_keys: u64,
    /// Records in the largest key that was left out.
    pub largest: u64,
}

impl<'a> Index<'a> {
    pub(super) fn new(attributes: &'a Attributes) -> Self {
        let mut numbers: HashMap<u64, u32, PassthroughState> = HashMap::default();
        let columns: Vec<(usize, Rows)> = attributes
            .columns
            .iter()
            .enumerate()
            .map(|(at, attribute)| (at, number_keys(at, attribute, &mut numbers)))
            .collect();
        let single = numbers.len();
        drop(numbers);
        let mut index = Self {
            attributes,
            columns,
            composites: Vec::new(),
            composite_kinds: Vec::new(),
            postings: Rows::default(),
            weights: Vec::new(),
            stats: IndexStats::default(),
        };
        index.add_composites(single);
        index.fill_postings();
        index
    }

    /// Numbers the composite keys that at least two records share.
    fn add_composites(&mut self, mut next: usize) {
        for (number, rule) in (0..).zip(COMPOSITES) {
            let Some(mut keyed) = rule.keys(number, self.attributes) else { continue };
            par::sort_unstable_by(&mut keyed, |a, b| a.cmp(b));
            let mut number = vec![NULL; self.attributes.len()];
            for run in keyed.chunk_by(|a, b| a.0 == b.0) {
                if run.len() < 2 {
                    continue;
                }
                for &(_, record) in run {
                    number[record as usize] = next as u32;
                }
                next += 1;
            }
            self.composites.push(number);
            self.composite_kinds.push([rule.0.kind(), rule.1.kind()]);
        }
        self.weights = vec![0; next];
    }

    fn fill_postings(&mut self) {
        let records = self.attributes.len();
        let counts: Vec<AtomicU32> =
            std::iter::repeat_with(AtomicU32::default).take(self.weights.len()).collect();
        self.for_each_key(|_, key| {
            counts[key as usize].fetch_add(1, Ordering::Relaxed);
        });
        let df: Vec<u32> = counts.into_iter().map(AtomicU32::into_inner).collect();
        let usable = |df: u32| df >= 2 && df as usize <= MAX_BLOCK;
        for &df in df.iter().filter(|&&df| !usable(df) && df > 1) {
            self.stats.large_keys += 1;
            self.stats.largest = self.stats.largest.max(u64::from(df));
        }
        self.stats.keys = df.len() as u64;
        let mut used: Vec<u32> = (0..df.len() as u32).filter(|&key| usable(df[key as usize])).collect();
        self.stats.used_keys = used.len() as u64;
        used.sort_by_key(|&key| df[key as usize]);
        for key in used.split_off(fitting(&used, &df, u64::from(u32::MAX))) {
            self.stats.used_keys -= 1;
            self.stats.large_keys += 1;
            self.stats.largest = self.stats.largest.max(u64::from(df[key as usize]));
        }
        let mut number = vec![NULL; df.len()];
        let mut offsets = Vec::with_capacity(used.len() + 1);
        let mut end = 0u32;
        offsets.push(0);
        self.weights = Vec::with_capacity(used.len());
        for (new, &key) in (0..).zip(&used) {
            number[key as usize] = new;
            let df = df[key as usize];
            end += df;
            offsets.push(end);
            let bits = (records as f64 / f64::from(df)).log2();
            // At least 1, also for a key that everybody has: a neighbour with score 0 would look untouched to the search and
            // be listed once a shared key.
            self.weights.push((256.0 * bits).round().max(1.0) as u32);
        }
        drop((df, used));
        self.renumber(&number);
        drop(number);
        let fill: Vec<AtomicU32> = offsets[..offsets.len() - 1].iter().copied().map(AtomicU32::new).collect();
        let items: Vec<AtomicU32> = std::iter::repeat_with(AtomicU32::default).take(end as usize).collect();
        self.for_each_key(|record, key| {
            let place = fill[key as usize].fetch_add(1, Ordering::Relaxed);
            items[place as usize].store(record, Ordering::Relaxed);
        });
        let items = items.into_iter().map(AtomicU32::into_inner).collect();
        self.postings = Rows { offsets, items };
    }

    /// Calls `each` with every key of every record, on all cores and in no order.
    fn for_each_key(&self, each: impl Fn(u32, u32) + Sync + Send) {
        par::map_ranges(self.attributes.len(), RECORDS_A_TASK, |range| {
            let mut keys = Vec::new();
            for record in range {
                self.record_keys(record, &mut keys);
                keys.iter().for_each(|&key| each(record as u32, key));
            }
        });
    }

    /// Gives keys other numbers; those that have none are forgotten.
    fn renumber(&mut self, number: &[u32]) {
        for (_, rows) in &mut self.columns {
            rows.renumber(number);
        }
        for key in self.composites.iter_mut().flatten().filter(|key| **key != NULL) {
            *key = number[*key as usize];
        }
    }

    /// The distinct keys of a record that are used, the rarest first.
    pub(super) fn record_keys(&self, record: usize, out: &mut Vec<u32>) {
        out.clear();
        for (at, rows) in &self.columns {
            for &code in self.attributes.columns[*at].column.codes(record) {
                out.extend_from_slice(rows.get(code as usize));
            }
        }
        out.extend(self.composites.iter().map(|numbers| numbers[record]).filter(|&key| key != NULL));
        out.sort_unstable();
        out.dedup();
    }

    /// As [`Self::record_keys`], of some kinds of attributes; a composite counts when all its parts do.
    pub(super) fn record_keys_of(
        &self,
        record: usize,
        wanted: impl Fn(AttributeKind) -> bool,
        out: &mut Vec<u32>,
    ) {
        out.clear();
        for (at, rows) in self.columns.iter().filter(|(at, _)| wanted(self.attributes.columns[*at].kind)) {
            for &code in self.attributes.columns[*at].column.codes(record) {
                out.extend_from_slice(rows.get(code as usize));
            }
        }
        let composites = self.composites.iter().zip(&self.composite_kinds);
        let numbers = composites.filter(|(_, kinds)| kinds.iter().all(|&kind| wanted(kind)));
        out.extend(numbers.map(|(numbers, _)| numbers[record]).filter(|&key| key != NULL));
        out.sort_unstable();
        out.dedup();
    }

    /// Bytes held.
    pub(super) fn heap_bytes(&self) -> usize {
        let rows = |rows: &Rows| 4 * (rows.offsets.capacity() + rows.items.capacity());
        self.columns.iter().map(|(_, keys)| rows(keys)).sum::<usize>()
            + self.composites.iter().map(|numbers| 4 * numbers.capacity()).sum::<usize>()
            + rows(&self.postings)
            + 4 * self.weights.capacity()
    }

    /// The records that carry a key, two or more, in no order.
    #[inline]
    pub(super) fn records(&self, key: u32) -> &[u32] {
        self.postings.get(key as usize)
    }

    /// Information content of a key in 1/256 bits.
    #[inline]
    pub(super) fn weight(&self, key: u32) -> u32 {
        self.weights[key as usize]
    }
}

/// The blocking keys of records that are a part of a larger table: what a distributed engine shuffles by.
///
/// The keys of a value depend on the value and the attribute alone, so that records of different parts meet. An engine
/// that counts how many records share each key leaves out those of more than [`MAX_BLOCK`], as blocking does here.
///
/// # Shape
/// `(record, key)`, ascending, each once. Keys are the same on every machine.
///
/// # Null
/// A record without values has no keys.
///
/// # Complexity
/// Once a distinct value, and O(keys log keys).
pub fn record_keys(attributes: &Attributes) -> Vec<(u32, u64)> {
    let mut keys = Vec::new();
    for attribute in &attributes.columns {
        // Where a column stands depends on which others the part has; its name does not.
        let seed = xxh3_64(attribute.name.as_bytes()) as u32 as usize;
        let column = &attribute.column;
        let of_values = par::map_ranges(column.dictionary().len(), 4096, |range| {
            let keys_of = |code: usize| {
                let mut keys = Vec::new();
                keys::emit_keys(attribute.kind, seed, column.dictionary().text(code as u32), |key| {
                    keys.push(key)
                });
                keys
            };
            range.map(keys_of).collect::<Vec<_>>()
        })
        .concat();
        for record in 0..column.len() {
            let of_record = column.codes(record).iter().flat_map(|&code| &of_values[code as usize]);
            keys.extend(of_record.map(|&key| (record as u32, key)));
        }
    }
    for (number, rule) in (0..).zip(COMPOSITES) {
        let composed = rule.keys(number, attributes).unwrap_or_default();
        keys.extend(composed.into_iter().map(|(key, record)| (record, key)));
    }
    par::sort_unstable_by(&mut keys, |a, b| a.cmp(b));
    keys.dedup();
    keys
}

/// Key numbers of each distinct value of a column.
fn number_keys(at: usize, attribute: &Attribute, numbers: &mut HashMap<u64, u32, PassthroughState>) -> Rows {
    let dictionary = attribute.column.dictionary();
    let hashes = par::map_ranges(dictionary.len(), 4096, |range| {
        let mut keys = Vec::new();
        let mut ends = Vec::with_capacity(range.len());
        for code in range {
            keys::emit_keys(attribute.kind, at, dictionary.text(code as u32), |key| keys.push(key));
            ends.push(keys.len());
        }
        (keys, ends)
    });
    let mut rows = Rows { offsets: vec![0], items: Vec::new() };
    for (keys, ends) in hashes {
        let mut start = 0;
        for end in ends {
            for key in &keys[start..end] {
                let next = numbers.len() as u32;
                rows.items.push(*numbers.entry(*key).or_insert(next));
            }
            rows.offsets.push(rows.items.len() as u32);
            start = end;
        }
    }
    rows
}

/// One part of a composite key, from the first value of an attribute.
#[derive(Clone, Copy)]
enum Part {
    Sound(AttributeKind),
    Whole(AttributeKind),
    Year,
    MonthDay,
}

impl Part {
    fn kind(self) -> AttributeKind {
        match self {
            Self::Sound(kind) | Self::Whole(kind) => kind,
            Self::Year | Self::MonthDay => AttributeKind::BirthDate,
        }
    }

    fn hash(self, value: &str) -> Option<u64> {
        let part = |range: std::ops::Range<usize>| {
            value.get(range).filter(|digits| !digits.contains('-')).map(keys::whole)
        };
        match self {
            Self::Sound(_) => Some(keys::sound(value)),
            Self::Whole(_) => Some(keys::whole(value)),
            Self::Year => part(0..4),
            Self::MonthDay => part(4..8),
        }
    }
}

/// Two parts that make a rare key of two frequent ones.
pub(super) struct Composite(Part, Part);

pub(super) const COMPOSITES: &[Composite] = &[
    Composite(Part::Sound(AttributeKind::GivenName), Part::Sound(AttributeKind::Surname)),
    Composite(Part::Sound(AttributeKind::Surname), Part::Year),
    Composite(Part::Sound(AttributeKind::Surname), Part::MonthDay),
    Composite(Part::Sound(AttributeKind::GivenName), Part::MonthDay),
    Composite(Part::Sound(AttributeKind::Surname), Part::Whole(AttributeKind::Postcode)),
    Composite(Part::Sound(AttributeKind::GivenName), Part::Whole(AttributeKind::Postcode)),
    Composite(Part::Sound(AttributeKind::Surname), Part::Whole(AttributeKind::City)),
    Composite(Part::Whole(AttributeKind::Street), Part::Whole(AttributeKind::HouseNumber)),
    Composite(Part::Whole(AttributeKind::Surname), Part::Whole(AttributeKind::GivenName)),
];

/// How many composites the attributes have all parts of.
pub(super) fn composites_of(attributes: &Attributes) -> usize {
    let has = |part: Part| attributes.position(part.kind()).is_some();
    COMPOSITES.iter().filter(|rule| has(rule.0) && has(rule.1)).count()
}

impl Composite {
    /// The attributes of both parts.
    pub(super) fn name(&self) -> String {
        format!("{} and {}", self.0.kind().name(), self.1.kind().name())
    }

    /// The key of each record that has both parts; `None` when an attribute is missing altogether. `number`: its place among
    /// the composites, so that keys of different ones differ.
    pub(super) fn keys(&self, number: u64, attributes: &Attributes) -> Option<Vec<(u64, u32)>> {
        let hashes = |part: Part| {
            let column = &attributes.columns[attributes.position(part.kind())?].column;
            let dictionary = column.dictionary();
            let hashes: Vec<Option<u64>> = par::map_ranges(dictionary.len(), 4096, |range| {
                range.map(|code| part.hash(dictionary.text(code as u32))).collect::<Vec<_>>()
            })
            .concat();
            Some((column, hashes))
        };
        let ((left, left_hashes), (right, right_hashes)) = (hashes(self.0)?, hashes(self.1)?);
        let symmetric = matches!((self.0, self.1), (Part::Sound(_), Part::Sound(_)));
        let key = |record: usize| {
            let (x, y) = (left.first_code(record), right.first_code(record));
            if x == NULL || y == NULL {
                return None;
            }
            let (a, b) = (left_hashes[x as usize]?, right_hashes[y as usize]?);
            // Exchanged names meet under one key.
            let (a, b) = if symmetric { (a.min(b), a.max(b)) } else { (a, b) };
            Some((keys::pair(number, a, b), record as u32))
        };
        Some((0..attributes.len()).filter_map(key).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_keys_give_way_when_there_is_no_room() {
        let (df, used) = ([5, 2, 9, 3], [1, 3, 0, 2]);
        for (most, kept) in [(19, 4), (18, 3), (10, 3), (9, 2), (2, 1), (1, 0)] {
            assert_eq!(fitting(&used, &df, most), kept, "of {most}");
        }
        assert_eq!(fitting(&[], &df, 0), 0);
    }
}
