//! Turns scored pairs into entities: a partition of all records.
//!
//! [`link`] is the default (profile linkage with verification); [`components`] joins whatever a threshold leaves
//! connected, for those who want the classic; [`one_to_one`] serves sources that hold no duplicates.
//!
//! # Shape
//! In: a number of records and [`Edge`]s `a < b`, each pair at most once. Out: [`Entities`], in which every record is
//! exactly once; a record without edges is an entity of its own.
//!
//! # Invariants
//! The order of the edges has no say: ties go to the smaller records. Every clustering numbers entities by their first
//! record.

mod entities;
mod linkage;
mod one_to_one;
mod union_find;

pub use entities::Entities;
pub use linkage::{LinkageOptions, MERGE_THRESHOLD, PairScorer, link};
pub use one_to_one::one_to_one;
pub use union_find::UnionFind;

use crate::score::PairScore;

/// A scored pair of records, `a < b`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// The smaller record.
    pub a: u32,
    /// The larger record.
    pub b: u32,
    /// Its score.
    pub score: PairScore,
}

/// Connected components over the edges whose weight is at least `threshold` (log2 odds).
pub fn components(records: usize, edges: &[Edge], threshold: f64) -> Entities {
    let mut sets = UnionFind::new(records);
    for edge in edges.iter().filter(|edge| edge.score.weight >= threshold) {
        sets.union(edge.a, edge.b);
    }
    Entities::from_labels(&sets.labels())
}
