//! The best neighbours of each record, and the stream of candidate pairs that they make.

use std::ops::Range;

use super::index::{Index, IndexStats};
use crate::normalize::attributes::Attributes;
use crate::par;

/// Neighbours kept for a record. Measured on five labelled person data sets: 10 cost up to .004 F1, and three times as
/// many candidates gain .001.
pub const K: usize = 30;

/// Postings read for one record, rarest keys first; bounds the cost in data of any size.
pub const MAX_POSTINGS: usize = 3000;

/// A neighbour that shares less than this part of what the best one shares is noise: leaving it out halves the pairs
/// and moved no F1 by more than .0005 on three labelled sets.
const RELEVANT: f64 = 0.25;

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
/// For each record at most `k` others, ascending.
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
        let index = Index::new(attributes);
        let chunks = par::map_ranges(attributes.len(), CHUNK, |range| {
            let mut search = Search::new(&index, attributes, *options);
            let mut lens = Vec::with_capacity(range.len());
            let mut records = Vec::new();
            for record in range {
                let found = search.run(record);
                lens.push(found.len() as u32);
                records.extend_from_slice(found);
            }
            (lens, records, search.capped)
        });
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
        Self { offsets, records, stats: index.stats, capped_records }
    }

    /// How many records.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The neighbours that a record chose, ascending.
    pub fn of(&self, record: usize) -> &[u32] {
        &self.records[self.offsets[record] as usize..self.offsets[record + 1] as usize]
    }

    /// Streams the candidate pairs `(a, b)`, `a < b`, that a range of records is responsible for. Over all records
    /// every pair comes exactly once.
    pub fn pairs(&self, records: Range<usize>) -> impl Iterator<Item = (u32, u32)> + '_ {
        records.flat_map(move |record| {
            let this = record as u32;
            self.of(record).iter().filter_map(move |&other| {
                if this < other {
                    Some((this, other))
                } else {
                    // The other one has the pair already when it chose this record too.
                    self.of(other as usize).binary_search(&this).is_err().then_some((other, this))
                }
            })
        })
    }

    /// How many candidate pairs there are.
    pub fn pair_count(&self) -> u64 {
        par::map_ranges(self.len(), 1 << 16, |range| self.pairs(range).count() as u64).into_iter().sum()
    }
}

/// One thread's scratch space.
struct Search<'a> {
    index: &'a Index<'a>,
    attributes: &'a Attributes,
    options: BlockOptions,
    keys: Vec<u32>,
    /// Shared information with each record, in 1/256 bits; zero but for `touched`.
    scores: Vec<u32>,
    touched: Vec<u32>,
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
            scores: vec![0; attributes.len()],
            touched: Vec::new(),
            best: Vec::new(),
            capped: 0,
        }
    }

    /// The best neighbours of a record, ascending by number.
    fn run(&mut self, record: usize) -> &[u32] {
        self.index.record_keys(record, &mut self.keys);
        self.keys.retain(|&key| !self.index.records(key).is_empty());
        // Rarest first; the number breaks ties so that the cut falls the same way always.
        self.keys.sort_unstable_by_key(|&key| (self.index.records(key).len(), key));
        let mut read = 0;
        for &key in &self.keys {
            let records = self.index.records(key);
            read += records.len();
            if read > MAX_POSTINGS {
                self.capped += 1;
                break;
            }
            let weight = self.index.weight(key);
            for &other in records {
                let score = &mut self.scores[other as usize];
                if *score == 0 {
                    self.touched.push(other);
                }
                *score += weight;
            }
        }
        self.select(record);
        for &other in &self.touched {
            self.scores[other as usize] = 0;
        }
        self.touched.clear();
        &self.best
    }

    fn select(&mut self, record: usize) {
        let source = &self.attributes.source;
        let Self { touched, scores, best, options, .. } = self;
        best.clear();
        best.extend(touched.iter().copied().filter(|&other| {
            let same = source[other as usize] == source[record];
            other as usize != record
                && !(same && options.across_sources_only)
                && (same || !options.within_sources_only)
        }));
        let top = best.iter().map(|&other| scores[other as usize]).max().unwrap_or(0);
        let relevant = (f64::from(top) * RELEVANT) as u32;
        best.retain(|&other| scores[other as usize] >= relevant);
        if best.len() > options.k {
            let rank = |&other: &u32| (std::cmp::Reverse(scores[other as usize]), other);
            best.select_nth_unstable_by_key(options.k, rank);
            best.truncate(options.k);
        }
        best.sort_unstable();
    }
}
