//! Sampled pairs of records, and which of them are strangers: `u` is what those have in common by chance.
//!
//! # Shape
//! A sample is a list of [`SampledPair`]s, two record numbers with a level a comparison, in the order of the draws; a
//! [`Tally`] is `n_comparisons x n_levels` counts of them.
//!
//! # Null
//! A level that is null counts nowhere, and is no sign that two records belong together.
//!
//! # Complexity
//! O(pairs x comparisons); [`Blocks`] is O(values) to build and O(1) a draw.

use std::ops::Range;

use super::sample::Draws;
use crate::cluster::Entities;
use crate::compare::{Comparisons, MAX_COMPARISONS, NULL_LEVEL, date_level, name_level};
use crate::ids::RecordId;
use crate::par;
use crate::table::{AttributeKind, Column, NULL};

/// A pair of a sample with its levels: rounds differ in which pairs they leave out, not in what the pairs are.
pub(super) struct SampledPair {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) levels: [u8; MAX_COMPARISONS],
}

/// Level counts of one comparison; index is the level.
pub(super) type Tally = Vec<Vec<u64>>;

/// Pairs that one task evaluates.
const CHUNK: usize = 1 << 14;

/// Evaluates the pairs that `pair` draws, in order.
pub(super) fn sample(
    comparisons: &Comparisons<'_>,
    total: u64,
    pair: impl Fn(u64) -> Option<(usize, usize)> + Sync + Send,
) -> Vec<SampledPair> {
    let parts = par::map_ranges(total as usize, CHUNK, |range: Range<usize>| {
        let mut evaluator = comparisons.evaluator();
        let drawn = range.filter_map(|number| pair(number as u64));
        let mut sample = Vec::new();
        let mut batches = evaluator.batches(|a, b, pair| {
            sample.push(SampledPair { a, b, levels: pair.levels });
        });
        drawn.for_each(|(a, b)| batches.push(a as u32, b as u32));
        batches.finish();
        sample
    });
    parts.into_iter().flatten().collect()
}

/// Counts the levels of the pairs that pass.
pub(super) fn tally(
    comparisons: &Comparisons<'_>,
    pairs: &[SampledPair],
    keep: impl Fn(&SampledPair) -> bool,
) -> Tally {
    let mut tally: Tally = comparisons.items().iter().map(|item| vec![0; item.levels.len()]).collect();
    for pair in pairs.iter().filter(|pair| keep(pair)) {
        for (row, &level) in tally.iter_mut().zip(&pair.levels) {
            if level != NULL_LEVEL {
                row[level as usize] += 1;
            }
        }
    }
    tally
}

/// The pair with a number in the order (0,1), (0,2), (1,2), (0,3) ...
pub(super) fn unrank(number: u64) -> (usize, usize) {
    // Close, and without an overflow in the largest tables; the loops make it exact.
    let mut b = (((8.0 * number as f64 + 1.0).sqrt() - 1.0) / 2.0) as u64 + 1;
    while b * (b - 1) / 2 > number {
        b -= 1;
    }
    while b * (b + 1) / 2 <= number {
        b += 1;
    }
    ((number - b * (b - 1) / 2) as usize, b as usize)
}

pub(super) fn same_entity(entities: Option<&Entities>, pair: &SampledPair) -> bool {
    let entity = |entities: &Entities, record: u32| entities.entity_of(RecordId(record));
    entities.is_some_and(|entities| entity(entities, pair.a) == entity(entities, pair.b))
}

fn at_most(pair: &SampledPair, at: Option<usize>, level: u8) -> bool {
    // A null level is the largest number and passes no bound.
    at.is_some_and(|at| pair.levels[at] <= level)
}

/// Whether a random pair agrees on so much that it is most likely one customer: left out of `u`.
pub(super) fn presumed_match(comparisons: &Comparisons<'_>, pair: &SampledPair) -> bool {
    use AttributeKind as K;
    let strong = |kind, level| u32::from(at_most(pair, comparisons.position(kind), level));
    strong(K::GivenName, name_level::CLOSE)
        + strong(K::Surname, name_level::CLOSE)
        + strong(K::BirthDate, date_level::SLIP)
        + strong(K::Phone, 1)
        + strong(K::Street, 1)
        + strong(K::Company, 1)
        + 2 * strong(K::Email, 1)
        + 2 * strong(K::Identifier, 1)
        >= 3
}

/// Whether a pair that agrees on a parent is likely related in other ways: relatives share more than chance would.
pub(super) fn related(comparisons: &Comparisons<'_>, by_name: bool, pair: &SampledPair) -> bool {
    use AttributeKind as K;
    let any = |kinds: &[(K, u8)]| {
        kinds.iter().any(|&(kind, level)| at_most(pair, comparisons.position(kind), level))
    };
    if by_name {
        // One whole name and one mail address: in lists of nothing else this is all that tells duplicates.
        let both = |level| {
            at_most(pair, comparisons.position(K::GivenName), level)
                && at_most(pair, comparisons.position(K::Surname), level)
        };
        if both(name_level::CLOSE) && any(&[(K::Email, 0)]) {
            return true;
        }
        return any(&[
            (K::BirthDate, date_level::SWAPPED),
            (K::Phone, 1),
            (K::Identifier, 1),
            (K::Street, 1),
        ]);
    }
    let given = comparisons.position(K::GivenName);
    let crossed = given
        .is_some_and(|at| matches!(pair.levels[at], name_level::CROSSED_EXACT | name_level::CROSSED_FUZZY));
    crossed
        || any(&[(K::GivenName, name_level::NEAR), (K::Surname, name_level::NEAR), (K::Company, 2)])
        || any(&[(K::Email, 1), (K::Identifier, 1), (K::Phone, 1), (K::BirthDate, date_level::SLIP)])
}

/// Records by value, to draw pairs that agree.
pub(super) struct Blocks<'a> {
    column: &'a Column,
    /// Records with a value that another record has too.
    pub(super) carriers: Vec<u32>,
    offsets: Vec<u32>,
    records: Vec<u32>,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(column: &'a Column) -> Self {
        let counts = column.counts();
        let mut offsets = vec![0u32; counts.len() + 1];
        for (code, count) in counts.iter().enumerate() {
            offsets[code + 1] = offsets[code] + count;
        }
        let mut fill = offsets.clone();
        let mut records = vec![0u32; offsets[counts.len()] as usize];
        let mut carriers = Vec::new();
        for record in 0..column.len() {
            for &code in column.codes(record) {
                records[fill[code as usize] as usize] = record as u32;
                fill[code as usize] += 1;
            }
            let code = column.first_code(record);
            if code != NULL && counts[code as usize] > 1 {
                carriers.push(record as u32);
            }
        }
        Self { column, carriers, offsets, records }
    }

    /// A random carrier with a random other record of its value.
    pub(super) fn pair(&self, draws: &Draws, number: u64) -> Option<(usize, usize)> {
        let record = self.carriers[draws.below(2 * number, self.carriers.len() as u64) as usize];
        let code = self.column.first_code(record as usize) as usize;
        let block = &self.records[self.offsets[code] as usize..self.offsets[code + 1] as usize];
        let other = block[draws.below(2 * number + 1, block.len() as u64) as usize];
        (other != record).then_some((record as usize, other as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unrank_enumerates_every_pair_once() {
        let mut expected = (1..60usize).flat_map(|b| (0..b).map(move |a| (a, b)));
        for number in 0..60 * 59 / 2 {
            assert_eq!(Some(unrank(number)), expected.next(), "{number}");
        }
        let records = u64::from(u32::MAX) - 1;
        assert_eq!(unrank(records * (records - 1) / 2 - 1), (records as usize - 2, records as usize - 1));
    }
}
