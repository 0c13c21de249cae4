//! The best neighbours of each record, and the stream of candidate pairs that they make.

use std::ops::Range;

use super::index::{Index, IndexStats};
use crate::control::Control;
use crate::normalize::attributes::Attributes;
use crate::par;

/// Neighbours kept for a record. Measured on five labelled person data sets: 10 cost up to .004 F1, and three times as
/// many candidates gain .001.
pub const K: usize = 30;

/// Postings read for one record, rarest keys first; bounds the cost in data of any size.
pub const MAX_POSTINGS: usize = 3000;

/// A neighbour that shares less than this part of what the best one shares is noise: leaving it out halves the pairs
/// and moved no F1 by more than .0005 on three labelled sets.
pub(super) const RELEVANT: f64 = 0.25;

/// Records that one task works on.
const CHUNK: usize = 8192;

/// How candidates are chosen.
#[derive(Clone, Copy, Debug)]
pub struct BlockOptions {
    /// Neighbours of each record.
    pub k: usize,
    /// Only pairs of two sources.
    pub across_sources_only: bool,
    /// Only pairs within one source.
    pub within_sources_only: bool,
}

impl Default for BlockOptions {
    fn default() -> Self {
        Self { k: K, across_sources_only: false, within_sources_only: false }
    }
}

/// Candidate pairs in the form of neighbour lists.
///
/// # Shape
/// For each record, ascending, those of its at most `k` neighbours whose pair with it is not in the list of the other:
/// records that chose each other are in the list of the first, and every pair is there exactly once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbours {
    offsets: Vec<u64>,
    records: Vec<u32>,
    /// Counts of the index, for the report.
    pub stats: IndexStats,
    /// Records for which [`MAX_POSTINGS`] cut the search short.
    pub capped_records: u64,
}

impl Neighbours {
    /// Finds the neighbours of every record.
    pub fn find(attributes: &Attributes, options: &BlockOptions) -> Self {
        Self::find_under(attributes, options, &Control::new())
    }

    /// As [`Self::find`], watched and stopped by others: the lists of a cancelled search are incomplete.
    pub(crate) fn find_under(attributes: &Attributes, options: &BlockOptions, control: &Control) -> Self {
        let index = Index::new(attributes);
        let searches = par::Reused::new();
        let chunks = par::map_ranges(attributes.len(), CHUNK, |range| {
            if control.is_cancelled() {
                return (vec![0; range.len()], Vec::new(), 0);
            }
            control.advance(range.len());
            searches.with(|| Search::new(&index, attributes, *options), |search| search.run_all(range))
        });
        drop(searches);
        let stats = index.stats.clone();
        drop(index);
        let mut offsets = Vec::with_capacity(attributes.len() + 1);
        offsets.push(0u64);
        let mut records = Vec::with_capacity(chunks.iter().map(|(_, records, _)| records.len()).sum());
        let mut capped_records = 0;
        for (lens, found, capped) in chunks {
            for len in lens {
                offsets.push(offsets[offsets.len() - 1] + u64::from(len));
            }
            records.extend(found);
            capped_records += capped;
        }
        let mut neighbours = Self { offsets, records, stats, capped_records };
        neighbours.keep_pairs_once();
        neighbours
    }

    /// From what each record chose to pairs that are there once.
    fn keep_pairs_once(&mut self) {
        let kept = par::map_ranges(self.len(), CHUNK, |range| {
            let mut kept = Vec::new();
            for record in range {
                let of = self.of(record);
                // The lists of the others lie far apart: their places, then they themselves, are fetched side by side.
                let place = |&other: &u32| self.offsets[other as usize] as usize;
                std::hint::black_box(of.iter().map(place).fold(0, |all, place| all ^ place));
                let first = |other| self.records.get(place(other)).copied().unwrap_or(0);
                std::hint::black_box(of.iter().map(first).fold(0, |all, first| all ^ first));
                let this = record as u32;
                let once = |other: &u32| this < *other || !self.chose(*other, this);
                kept.extend(of.iter().map(once));
            }
            kept
        });
        let mut kept = kept.into_iter().flatten();
        let (mut start, mut end) = (0, 0);
        for at in 1..self.offsets.len() {
            for place in start..self.offsets[at] as usize {
                self.records[end] = self.records[place];
                end += usize::from(kept.next().unwrap_or(false));
            }
            start = self.offsets[at] as usize;
            self.offsets[at] = end as u64;
        }
        self.records.truncate(end);
        self.records.shrink_to_fit();
    }

    fn chose(&self, record: u32, other: u32) -> bool {
        self.of(record as usize).binary_search(&other).is_ok()
    }

    /// No neighbours for `records` records: candidates come from rules alone.
    pub fn none(records: usize) -> Self {
        Self {
            offsets: vec![0; records + 1],
            records: Vec::new(),
            stats: IndexStats::default(),
            capped_records: 0,
        }
    }

    /// Whether either of two records chose the other.
    ///
    /// # Panics
    /// When a record does not exist.
    #[inline]
    pub fn contains(&self, a: u32, b: u32) -> bool {
        self.chose(a, b) || self.chose(b, a)
    }

    /// How many records.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The other records of the pairs in a record's list, ascending.
    fn of(&self, record: usize) -> &[u32] {
        &self.records[self.offsets[record] as usize..self.offsets[record + 1] as usize]
    }

    /// Streams the candidate pairs `(a, b)`, `a < b`, in the lists of a range of records. Over all records every pair
    /// comes exactly once.
    pub fn pairs(&self, records: Range<usize>) -> impl Iterator<Item = (u32, u32)> + '_ {
        records.flat_map(move |record| {
            let this = record as u32;
            self.of(record).iter().map(move |&other| (this.min(other), this.max(other)))
        })
    }

    /// How many candidate pairs there are.
    pub fn pair_count(&self) -> u64 {
        self.records.len() as u64
    }
}

/// One thread's scratch space.
struct Search<'a> {
    index: &'a Index<'a>,
    attributes: &'a Attributes,
    options: BlockOptions,
    /// Keys to look up, the rarest first.
    keys: Vec<u32>,
    found: Found,
    /// Who shares something: how much, and the complement of the record.
    ranked: Vec<u64>,
    best: Vec<u32>,
    capped: u64,
}

impl<'a> Search<'a> {
    fn new(index: &'a Index<'a>, attributes: &'a Attributes, options: BlockOptions) -> Self {
        Self {
            index,
            attributes,
            options,
            keys: Vec::new(),
            found: Found::new(attributes.len()),
            ranked: Vec::new(),
            best: Vec::new(),
            capped: 0,
        }
    }

    /// How many neighbours each record of a range has, who they are, and how many of the records were capped.
    fn run_all(&mut self, range: Range<usize>) -> (Vec<u32>, Vec<u32>, u64) {
        let mut lens = Vec::with_capacity(range.len());
        let mut records = Vec::new();
        self.capped = 0;
        for record in range {
            let found = self.run(record);
            lens.push(found.len() as u32);
            records.extend_from_slice(found);
        }
        (lens, records, self.capped)
    }

    /// The best neighbours of a record, ascending by number.
    ///
    /// The rarest keys are counted for whoever carries them. As soon as the keys that are left could not lift a
    /// newcomer above noise, they are counted only for those who are known.
    fn run(&mut self, record: usize) -> &[u32] {
        self.list_keys(record);
        let mut left: u32 = self.keys.iter().map(|&key| self.index.weight(key)).sum();
        // The lists lie far apart. Their beginnings are fetched side by side, not one after the other.
        std::hint::black_box(self.keys.iter().fold(0, |all, &key| all ^ self.index.records(key)[0]));
        let mut top = 0;
        for &key in &self.keys {
            let weight = self.index.weight(key);
            let records = self.index.records(key);
            // Of one source alone, or of all but one, the best may be nobody's neighbour.
            let restricted = self.options.across_sources_only || self.options.within_sources_only;
            if restricted || left >= relevant(top) {
                top = top.max(self.found.add(records, weight, record as u32));
            } else {
                self.found.add_to_known(records, weight);
            }
            left -= weight;
        }
        self.select(record);
        &self.best
    }

    /// Lists the keys to look up, the rarest first, until there are too many records to read.
    fn list_keys(&mut self, record: usize) {
        self.index.record_keys(record, &mut self.keys);
        let mut read = 0;
        let too_many = |&key: &u32| {
            read += self.index.records(key).len();
            read > MAX_POSTINGS
        };
        if let Some(end) = self.keys.iter().position(too_many) {
            self.capped += 1;
            self.keys.truncate(end);
        }
    }

    /// Takes the best of those who share something, and forgets all.
    fn select(&mut self, record: usize) {
        let source = &self.attributes.source;
        let Self { found, ranked, best, options, .. } = self;
        let eligible = |other: u32| {
            let same = || source[other as usize] == source[record];
            other as usize != record
                && (!options.across_sources_only || !same())
                && (!options.within_sources_only || same())
        };
        ranked.clear();
        found.take(|other, shared| {
            if eligible(other) {
                // Of equals the first record is the best.
                ranked.push(u64::from(shared) << 32 | u64::from(!other));
            }
        });
        let shared = |rank: u64| (rank >> 32) as u32;
        let top = ranked.iter().copied().max().map_or(0, shared);
        ranked.retain(|&rank| shared(rank) >= relevant(top));
        if ranked.len() > options.k {
            ranked.select_nth_unstable_by(options.k, |a, b| b.cmp(a));
            ranked.truncate(options.k);
        }
        best.clear();
        best.extend(ranked.iter().map(|&rank| !(rank as u32)));
        best.sort_unstable();
    }
}

/// The least information that is not noise beside a neighbour that shares `top`.
fn relevant(top: u32) -> u32 {
    (f64::from(top) * RELEVANT) as u32
}

/// Records beyond which a counter for each of them fits no near cache, and looking for the one of a record costs less than
/// waiting for it.
const DENSE_RECORDS: usize = 1 << 21;

/// Shared information by record, in 1/256 bits.
///
/// The loops have no branch on the data that goes one way as often as the other: whether a record was seen before is a
/// coin toss, and a wrong guess costs more than a posting.
enum Found {
    Dense(DenseCounts),
    Hashed(HashedCounts),
}

impl Found {
    fn new(records: usize) -> Self {
        if records <= DENSE_RECORDS {
            Self::Dense(DenseCounts::new(records))
        } else {
            Self::Hashed(HashedCounts::new())
        }
    }

    /// Adds `weight`, which is not 0, to each of the records. The most that any of them, but for `own`, shares now.
    fn add(&mut self, records: &[u32], weight: u32, own: u32) -> u32 {
        match self {
            Self::Dense(counts) => counts.add(records, weight, own),
            Self::Hashed(counts) => counts.add(records, weight, own),
        }
    }

    /// Adds `weight` to those of the records that share something already.
    fn add_to_known(&mut self, records: &[u32], weight: u32) {
        match self {
            Self::Dense(counts) => counts.add_to_known(records, weight),
            Self::Hashed(counts) => counts.add_to_known(records, weight),
        }
    }

    /// Calls `each` with every record that shares something and how much, in order of appearance; then none does.
    fn take(&mut self, each: impl FnMut(u32, u32)) {
        match self {
            Self::Dense(counts) => counts.take(each),
            Self::Hashed(counts) => counts.take(each),
        }
    }
}

/// A counter for each record.
struct DenseCounts {
    /// Zero but for the records in `touched`.
    scores: Vec<u32>,
    /// The first `len` are records that share something; always long enough for one more posting.
    touched: Vec<u32>,
    len: usize,
}

impl DenseCounts {
    fn new(records: usize) -> Self {
        Self { scores: vec![0; records], touched: vec![0; MAX_POSTINGS + 1], len: 0 }
    }

    fn add(&mut self, records: &[u32], weight: u32, own: u32) -> u32 {
        let Self { scores, touched, len } = self;
        let mut top = 0;
        for &record in records {
            let score = &mut scores[record as usize];
            touched[*len] = record;
            *len += usize::from(*score == 0);
            *score += weight;
            top = top.max(if record == own { 0 } else { *score });
        }
        top
    }

    fn add_to_known(&mut self, records: &[u32], weight: u32) {
        for &record in records {
            let score = &mut self.scores[record as usize];
            *score += if *score == 0 { 0 } else { weight };
        }
    }

    fn take(&mut self, mut each: impl FnMut(u32, u32)) {
        for &record in &self.touched[..self.len] {
            each(record, std::mem::take(&mut self.scores[record as usize]));
        }
        self.len = 0;
    }
}

/// Counters of the records that share something, by a hash of their numbers: open addressing with linear probing.
struct HashedCounts {
    /// Record and score; a score of 0 is a free slot.
    slots: Vec<(u32, u32)>,
    /// The first `len` are slots in use; always long enough for one more posting.
    touched: Vec<u16>,
    len: usize,
}

impl HashedCounts {
    /// Slots as a power of two: most searches find some hundreds of records, so that nine in ten stand where they are looked
    /// for first; none finds more than [`MAX_POSTINGS`].
    const BITS: u32 = 13;

    fn new() -> Self {
        const { assert!(2 * MAX_POSTINGS <= 1 << Self::BITS && Self::BITS <= u16::BITS) };
        Self { slots: vec![(0, 0); 1 << Self::BITS], touched: vec![0; MAX_POSTINGS + 1], len: 0 }
    }

    /// The slot of a record: that where it stands, or the free one where it would.
    #[inline]
    fn slot(&self, record: u32) -> usize {
        let mut slot = (record.wrapping_mul(0x9E37_79B1) >> (u32::BITS - Self::BITS)) as usize;
        while self.slots[slot].1 != 0 && self.slots[slot].0 != record {
            slot = (slot + 1) % (1 << Self::BITS);
        }
        slot
    }

    fn add(&mut self, records: &[u32], weight: u32, own: u32) -> u32 {
        let mut top = 0;
        for &record in records {
            let slot = self.slot(record);
            let score = self.slots[slot].1;
            self.touched[self.len] = slot as u16;
            self.len += usize::from(score == 0);
            self.slots[slot] = (record, score + weight);
            top = top.max(if record == own { 0 } else { score + weight });
        }
        top
    }

    fn add_to_known(&mut self, records: &[u32], weight: u32) {
        for &record in records {
            let slot = self.slot(record);
            let score = &mut self.slots[slot].1;
            *score += if *score == 0 { 0 } else { weight };
        }
    }

    fn take(&mut self, mut each: impl FnMut(u32, u32)) {
        for &slot in &self.touched[..self.len] {
            let (record, score) = std::mem::take(&mut self.slots[usize::from(slot)]);
            each(record, score);
        }
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::block::MAX_BLOCK;
    use crate::ids::SourceId;
    use crate::normalize::attributes::Attribute;
    use crate::score::Draws;
    use crate::table::AttributeKind;
    use proptest::prelude::*;

    fn attribute(kind: AttributeKind, values: &[Option<String>]) -> Attribute {
        Attribute {
            name: kind.name().to_owned(),
            kind,
            column: values.iter().map(|value| value.as_deref()).collect(),
        }
    }

    fn attributes(source: Vec<u16>, columns: Vec<Attribute>) -> Attributes {
        Attributes { source: source.into_iter().map(SourceId).collect(), columns }
    }

    /// Few values, so that records share keys of all sizes.
    fn crowd() -> impl Strategy<Value = Attributes> {
        let record =
            (0u16..3, prop::option::of(0u8..9), prop::option::of(0u8..12), prop::option::of(0u8..30));
        prop::collection::vec(record, 0..60).prop_map(|records| {
            const NAMES: [&str; 12] = [
                "ana",
                "anna",
                "luis",
                "luisa",
                "garcia",
                "gracia",
                "lopez",
                "paco",
                "francisco",
                "ruiz",
                "vila",
                "villa",
            ];
            let column = |kind, value: &dyn Fn(usize) -> Option<String>| {
                attribute(kind, &(0..records.len()).map(value).collect::<Vec<_>>())
            };
            let name = |number: Option<u8>| number.map(|number| NAMES[number as usize].to_owned());
            let columns = vec![
                column(AttributeKind::GivenName, &|at| name(records[at].1)),
                column(AttributeKind::Surname, &|at| name(records[at].2)),
                column(AttributeKind::Phone, &|at| records[at].3.map(|n| format!("6123456{n:02}"))),
            ];
            attributes(records.iter().map(|record| record.0).collect(), columns)
        })
    }

    /// The best neighbours of a record by looking at every other one.
    fn naive(attributes: &Attributes, options: &BlockOptions, record: usize) -> Vec<u32> {
        let index = Index::new(attributes);
        let keys = |record: usize| {
            let mut keys = Vec::new();
            index.record_keys(record, &mut keys);
            keys.into_iter().filter(|&key| !index.records(key).is_empty()).collect::<BTreeSet<u32>>()
        };
        let own = keys(record);
        let mut others: Vec<(u32, u32)> = (0..attributes.len())
            .filter(|&other| {
                let same = attributes.source[other] == attributes.source[record];
                other != record
                    && !(options.across_sources_only && same)
                    && (same || !options.within_sources_only)
            })
            .map(|other| {
                (own.intersection(&keys(other)).map(|&key| index.weight(key)).sum::<u32>(), other as u32)
            })
            .filter(|&(shared, _)| shared > 0)
            .collect();
        let top = others.iter().map(|&(shared, _)| shared).max().unwrap_or(0);
        others.retain(|&(shared, _)| shared >= (f64::from(top) * RELEVANT) as u32);
        others.sort_by_key(|&(shared, other)| (std::cmp::Reverse(shared), other));
        others.truncate(options.k);
        let mut best: Vec<u32> = others.into_iter().map(|(_, other)| other).collect();
        best.sort_unstable();
        best
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn equals_a_look_at_every_pair(
            attributes in crowd(),
            k in 1usize..8,
            sources in 0u8..3,
            cut in 0usize..60,
        ) {
            let options =
                BlockOptions { k, across_sources_only: sources == 1, within_sources_only: sources == 2 };
            let mut expected = BTreeSet::new();
            for record in 0..attributes.len() as u32 {
                let best = naive(&attributes, &options, record as usize);
                expected.extend(best.iter().map(|&other| (other.min(record), other.max(record))));
            }
            let neighbours = Neighbours::find(&attributes, &options);
            prop_assert_eq!(neighbours.len(), attributes.len());
            // In two ranges, as two threads would.
            let cut = cut.min(neighbours.len());
            let pairs: Vec<(u32, u32)> =
                neighbours.pairs(0..cut).chain(neighbours.pairs(cut..neighbours.len())).collect();
            prop_assert_eq!(pairs.len() as u64, neighbours.pair_count());
            prop_assert_eq!(pairs.len(), expected.len(), "every pair comes once");
            prop_assert_eq!(&pairs.into_iter().collect::<BTreeSet<_>>(), &expected);
            for (a, b) in (0..attributes.len() as u32).flat_map(|a| (0..a).map(move |b| (b, a))) {
                let known = neighbours.contains(a, b);
                prop_assert_eq!((known, neighbours.contains(b, a)), (expected.contains(&(a, b)), known));
            }
            for record in 0..neighbours.len() {
                let of = neighbours.of(record);
                prop_assert!(of.len() <= k && of.is_sorted_by(|a, b| a < b));
            }
        }
    }

    /// 2,000 people in two sources, the second with a slip in every name, another phone for half of them and dates
    /// that lack the year: each must still be among the neighbours of its own other record.
    #[test]
    fn people_are_found_through_what_is_left_of_them() {
        const PEOPLE: usize = 2000;
        const SYLLABLES: [&str; 12] =
            ["ba", "ce", "di", "fo", "gur", "lan", "mes", "nil", "por", "ru", "sal", "tez"];
        let draws = Draws::new(3, 0);
        let word = |number: u64, syllables: u64| -> String {
            (0..syllables).map(|at| SYLLABLES[draws.below(8 * number + at, 12) as usize]).collect()
        };
        let below = |number: usize, bound: u64| draws.below(1_000_000 + number as u64, bound);
        let slip = |name: &str, number: usize| {
            let mut letters: Vec<char> = name.chars().collect();
            let at = 1 + below(number, letters.len() as u64 - 2) as usize;
            if below(number + 1, 2) == 0 {
                letters.swap(at, at + 1);
            } else {
                letters.remove(at);
            }
            letters.into_iter().collect::<String>()
        };
        let person = |at: usize| {
            let given = word(below(8 * at, 150), 3);
            let surname = word(200 + below(8 * at + 1, 900), 3);
            let date = format!(
                "{}{:02}{:02}",
                1940 + below(8 * at + 2, 60),
                1 + below(8 * at + 3, 12),
                1 + below(8 * at + 4, 28)
            );
            (given, surname, date, format!("6{:08}", below(8 * at + 5, 100_000_000)))
        };
        let mut columns = vec![Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        for copy in 0..2 {
            for at in 0..PEOPLE {
                let (given, surname, date, phone) = person(at);
                let row = if copy == 0 {
                    [given, surname, date, phone]
                } else {
                    let other = format!("7{:08}", below(900_000 + at, 100_000_000));
                    let date = format!("----{}", &date[4..]);
                    let phone = if at % 2 == 0 { phone } else { other };
                    [slip(&given, 500_000 + 2 * at), slip(&surname, 600_000 + 2 * at), date, phone]
                };
                columns.iter_mut().zip(row).for_each(|(column, value)| column.push(Some(value)));
            }
        }
        let kinds = [
            AttributeKind::GivenName,
            AttributeKind::Surname,
            AttributeKind::BirthDate,
            AttributeKind::Phone,
        ];
        let columns = kinds.iter().zip(&columns).map(|(&kind, values)| attribute(kind, values)).collect();
        let source = (0..2 * PEOPLE).map(|record| u16::from(record >= PEOPLE)).collect();
        let options = BlockOptions { across_sources_only: true, ..BlockOptions::default() };
        let neighbours = Neighbours::find(&attributes(source, columns), &options);
        let found = (0..PEOPLE as u32).filter(|&at| neighbours.contains(at, at + PEOPLE as u32));
        let recall = found.count() as f64 / PEOPLE as f64;
        assert!(recall >= 0.99, "recall {recall}");
        assert!(neighbours.pair_count() <= (2 * PEOPLE * K) as u64, "{}", neighbours.pair_count());
    }

    #[test]
    fn keys_that_everybody_shares_are_counted_and_not_used() {
        let records = MAX_BLOCK + 1;
        let same = vec![Some("spain".to_owned()); records];
        let found = Neighbours::find(
            &attributes(vec![0; records], vec![attribute(AttributeKind::Country, &same)]),
            &BlockOptions::default(),
        );
        assert_eq!((found.pair_count(), found.stats.used_keys), (0, 0));
        assert_eq!((found.stats.large_keys, found.stats.largest), (1, records as u64));
        // One record less and the key is used, although it holds no information.
        let same = &same[..MAX_BLOCK];
        let found = Neighbours::find(
            &attributes(vec![0; MAX_BLOCK], vec![attribute(AttributeKind::Country, same)]),
            &BlockOptions::default(),
        );
        assert_eq!((found.stats.used_keys, found.stats.large_keys), (1, 0));
        // Each chooses the first ones: all others have them, and they have each other.
        assert_eq!(found.pair_count() as usize, (MAX_BLOCK - K - 1) * K + K * (K + 1) / 2);
    }

    proptest! {
        /// Both ways to count give the same counts, also when they were used before.
        #[test]
        fn counters_agree(
            searches in prop::collection::vec(
                prop::collection::vec((prop::collection::vec(0u32..5000, 0..400), 1u32..900, any::<bool>()), 0..8),
                1..4,
            ),
            spread in prop::sample::select(vec![1u32, 64, 8192, 1 << 18]),
        ) {
            let (mut dense, mut hashed) = (DenseCounts::new(5000), HashedCounts::new());
            for lists in searches {
                let mut read = 0;
                for (records, weight, known) in lists {
                    read += records.len();
                    if read > MAX_POSTINGS {
                        break;
                    }
                    // Numbers far apart, and numbers that fall into one slot.
                    let far: Vec<u32> = records.iter().map(|record| record * spread).collect();
                    if known {
                        dense.add_to_known(&records, weight);
                        hashed.add_to_known(&far, weight);
                    } else {
                        prop_assert_eq!(dense.add(&records, weight, 7), hashed.add(&far, weight, 7 * spread));
                    }
                }
                let (mut from_dense, mut from_hashed) = (Vec::new(), Vec::new());
                dense.take(|record, score| from_dense.push((record, score)));
                hashed.take(|record, score| from_hashed.push((record / spread, score)));
                prop_assert_eq!(from_dense, from_hashed);
            }
        }
    }

    #[test]
    fn nothing_to_find() {
        for records in [0usize, 1, 3] {
            let nobody = vec![None; records];
            let empty = attributes(vec![0; records], vec![attribute(AttributeKind::Surname, &nobody)]);
            let found = Neighbours::find(&empty, &BlockOptions::default());
            assert_eq!((found.len(), found.is_empty(), found.pair_count()), (records, records == 0, 0));
        }
    }
}
