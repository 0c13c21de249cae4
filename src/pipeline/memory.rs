//! Predicts the memory of a run from the table that was read.
//!
//! Everything that grows with the records is counted: columns by their size, the index by a part of its keys, lists by
//! how many entries they usually have. What a program holds beside (the reader's buffers, the writer's, code) is not.

use crate::block::{BlockMethod, IndexForecast};
use crate::normalize::attributes::Attributes;

/// Neighbours kept of each record, as a share of those that may be: the others share too little.
const NEIGHBOURS_KEPT: f64 = 0.8;

/// Pairs above the keep weight, a record, and pairs that the second round looks at again: about twice what the
/// labelled data sets need.
const EDGES_A_RECORD: f64 = 4.0;
const RETRIES_A_RECORD: f64 = 8.0;

/// Bytes of an edge, and of a bare pair.
const EDGE: f64 = std::mem::size_of::<crate::cluster::Edge>() as f64;
const PAIR: f64 = 8.0;

/// Bytes of the forms in which one distinct value is compared: signature, name tokens.
const COMPARED_VALUE: f64 = 24.0;

/// Bytes of a golden cell.
const CELL: f64 = 9.0;

/// Bytes by what they are for. Not all are held at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct MemoryForecast {
    /// Evidence, golden fields, ids: held from beginning to end.
    pub data: u64,
    /// Codes by record, and distinct values in the form in which they are compared.
    pub comparisons: u64,
    /// Keys to records, while neighbours are looked for; rules.
    pub index: u64,
    /// The neighbours of each record.
    pub neighbours: u64,
    /// Scored pairs and those that are scored again.
    pub pairs: u64,
    /// Golden cells.
    pub golden: u64,
}

impl MemoryForecast {
    /// Predicts from what is to be matched. `data`: bytes that are held already.
    pub(super) fn new(
        attributes: &Attributes,
        data: u64,
        golden_fields: usize,
        method: BlockMethod,
        k: usize,
        rules: usize,
    ) -> Self {
        let records = attributes.len() as f64;
        let distinct: usize = attributes.columns.iter().map(|a| a.column.dictionary().len()).sum();
        let uses_neighbours = method != BlockMethod::Rules;
        let index = if uses_neighbours { IndexForecast::new(attributes).building as f64 } else { 0.0 };
        let rules = if method == BlockMethod::Neighbours { 0.0 } else { 20.0 * rules as f64 * records };
        let neighbours =
            if uses_neighbours { records * (8.0 + 4.0 * NEIGHBOURS_KEPT * k as f64) } else { 0.0 };
        Self {
            data,
            comparisons: (4.0 * records * attributes.columns.len() as f64 + COMPARED_VALUE * distinct as f64)
                as u64,
            index: (index + rules) as u64,
            neighbours: neighbours as u64,
            pairs: (records * (EDGES_A_RECORD * EDGE + RETRIES_A_RECORD * PAIR)) as u64,
            golden: (CELL * records * golden_fields as f64) as u64,
        }
    }

    /// The most that is held at one time.
    pub fn peak(&self) -> u64 {
        let blocking = self.comparisons + self.index + self.neighbours;
        let scoring = self.comparisons + self.neighbours + self.pairs;
        let merging = self.neighbours + self.pairs / 2 + self.golden;
        self.data + blocking.max(scoring).max(merging)
    }
}
