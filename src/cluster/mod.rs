//! Turns scored pairs into entities: a partition of all records.
//!
//! | use | when |
//! |---|---|
//! | [`link`] | always, unless there is a reason: profile linkage with verification looks at all records of an entity |
//! | [`one_to_one`] | sources hold no duplicates |
//! | [`best_links`] | each record has one partner worth having, and weights are from a model of one's own |
//! | [`components`] | the classic: whatever a threshold leaves connected; chains, so set the threshold high |
//! | [`Sweep`] | how entities change with the threshold, from one pass |
//! | [`split_oversized`] | after any of them: no entity above a size |
//! | [`split_over_limits`] | after any of them: no entity with too many identifiers |
//! | [`detach_ambiguous`] | after [`link`]: records that fit two contradicting entities equally join neither |
//!
//! # Shape
//! In: a number of records and [`Edge`]s `a < b`, each pair at most once. Out: [`Entities`], in which every record is
//! exactly once; a record without edges is an entity of its own. [`Constraints`] outrank every weight.
//!
//! # Invariants
//! The order of the edges has no say: ties go to the smaller records. Every clustering numbers entities by their first
//! record.
//!
//! # Source
//! Hassanzadeh et al. 2009 compare clusterings of duplicates: connected components are the weakest of them.

mod ambiguity;
mod best_link;
mod constraints;
mod entities;
mod limits;
mod linkage;
mod one_to_one;
mod oversized;
mod review;
mod sources;
mod sweep;
mod union_find;

pub use ambiguity::detach_ambiguous;
pub use best_link::best_links;
pub use constraints::Constraints;
pub use entities::Entities;
pub use limits::{Demotion, IdentifierLimit, Limited, split_over_limits};
pub use linkage::{LinkageOptions, MERGE_THRESHOLD, PairScorer, link};
pub use one_to_one::{ONE_TO_ONE_THRESHOLD, one_to_one};
pub use oversized::{Split, split_oversized};
pub use review::{ReviewItem, ReviewReason};
pub use sources::SourceOverlap;
pub use sweep::{Sweep, SweepPoint, sweep};
pub use union_find::UnionFind;

use crate::error::{Error, ErrorKind, Result};
use crate::par;
use crate::score::PairScore;

/// How entities are made of scored pairs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterMethod {
    /// Profile linkage, [`link`].
    #[default]
    Profile,
    /// Connected components above the threshold, [`components`].
    Components,
    /// Every record follows its heaviest edge, [`best_links`].
    BestLink,
}

/// Configuration of the stage.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterConfig {
    /// How entities are made. Sources without duplicates (`link_only`) are linked one to one whatever it says.
    pub method: ClusterMethod,
    /// Records an entity may hold; larger ones are split at their weakest edges and counted. Left out: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_size: Option<u32>,
}

impl ClusterConfig {
    /// Checks the values.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] naming the path of the value.
    pub fn validate(&self) -> Result<()> {
        match self.max_size {
            Some(size) if size < 2 => {
                Err(Error::new(ErrorKind::Config, format!("{size} would split every customer"))
                    .at("cluster.max_size")
                    .cure("use 2 or more"))
            }
            _ => Ok(()),
        }
    }
}

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
///
/// # Complexity
/// O(e), near enough.
pub fn components(records: usize, edges: &[Edge], threshold: f64) -> Entities {
    let mut sets = UnionFind::new(records);
    for edge in edges.iter().filter(|edge| edge.score.weight >= threshold) {
        sets.union(edge.a, edge.b);
    }
    Entities::from_labels(&sets.labels())
}

/// As [`components`], with constraints: edges join from the heaviest down, and one that would bring together what cannot
/// be linked joins nothing.
///
/// # Complexity
/// O(e log e).
pub fn constrained_components(
    records: usize,
    edges: &[Edge],
    threshold: f64,
    constraints: &Constraints,
) -> Entities {
    let nowhere = |_| false;
    let mut sets = constraints::GuardedSets::new(records, constraints, None, &nowhere);
    for edge in heaviest_first(edges, |weight| weight >= threshold) {
        sets.union(edge.a, edge.b);
    }
    Entities::from_labels(&sets.labels())
}

/// Entities that are joined already, and joined further by `pairs` as far as constraints allow.
pub fn join_within(
    records: usize,
    joined: impl IntoIterator<Item = (u32, u32)>,
    pairs: &[(u32, u32)],
    constraints: &Constraints,
) -> Entities {
    let nowhere = |_| false;
    let mut sets = constraints::GuardedSets::new(records, constraints, None, &nowhere);
    for (a, b) in joined.into_iter().chain(pairs.iter().copied()) {
        sets.union(a, b);
    }
    Entities::from_labels(&sets.labels())
}

/// The edges whose weight is wanted, heaviest first; of equal weights those of the smaller records first.
fn heaviest_first<'a>(
    edges: impl IntoIterator<Item = &'a Edge>,
    wanted: impl Fn(f64) -> bool,
) -> Vec<&'a Edge> {
    let mut order: Vec<&Edge> = edges.into_iter().filter(|edge| wanted(edge.score.weight)).collect();
    par::sort_unstable_by(&mut order, |x, y| {
        y.score.weight.total_cmp(&x.score.weight).then_with(|| (x.a, x.b).cmp(&(y.a, y.b)))
    });
    order
}

/// Edges for the tests of this folder.
#[cfg(test)]
pub(crate) mod test_edges {
    use super::Edge;
    use crate::score::{GROUPS, PairScore};
    use proptest::prelude::*;

    pub(crate) fn edge(a: u32, b: u32, weight: f64) -> Edge {
        let score =
            PairScore { weight, matched: [0.0; GROUPS], household: [0.0; GROUPS], present: [true; GROUPS] };
        Edge { a, b, score }
    }

    /// Up to `max` records and random edges between them, each pair once, in any order; weights repeat.
    pub(crate) fn edges(max: usize) -> impl Strategy<Value = (usize, Vec<Edge>)> {
        (2..=max)
            .prop_flat_map(|records| {
                let pair = (0..records as u32, 0..records as u32);
                (Just(records), prop::collection::btree_map(pair, -4i8..12, 0..3 * records))
            })
            .prop_map(|(records, pairs)| {
                let proper = pairs.into_iter().filter(|((a, b), _)| a < b);
                let edges: Vec<Edge> = proper.map(|((a, b), w)| edge(a, b, f64::from(w))).collect();
                (records, edges)
            })
            .prop_flat_map(|(records, edges)| (Just(records), Just(edges).prop_shuffle()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::test_edges::edges;
    use super::*;
    use proptest::prelude::*;

    /// Components by breadth-first search.
    fn breadth_first(records: usize, edges: &[Edge], threshold: f64) -> Vec<u32> {
        let mut labels = vec![u32::MAX; records];
        for start in 0..records as u32 {
            if labels[start as usize] != u32::MAX {
                continue;
            }
            let mut queue = VecDeque::from([start]);
            labels[start as usize] = start;
            while let Some(record) = queue.pop_front() {
                for edge in edges.iter().filter(|edge| edge.score.weight >= threshold) {
                    let other = match (edge.a == record, edge.b == record) {
                        (true, _) => edge.b,
                        (_, true) => edge.a,
                        _ => continue,
                    };
                    if labels[other as usize] == u32::MAX {
                        labels[other as usize] = start;
                        queue.push_back(other);
                    }
                }
            }
        }
        labels
    }

    proptest! {
        #[test]
        fn components_are_those_of_a_breadth_first_search((records, edges) in edges(30), threshold in -4i8..12) {
            let threshold = f64::from(threshold);
            let expected = Entities::from_labels(&breadth_first(records, &edges, threshold));
            prop_assert_eq!(&components(records, &edges, threshold), &expected);
            let free = Constraints::default();
            prop_assert_eq!(constrained_components(records, &edges, threshold, &free), expected);
        }

        /// Nothing is lost, and constraints hold, whatever the method.
        #[test]
        fn every_method_partitions(
            (records, edges) in edges(20),
            must in prop::collection::vec((0u32..20, 0u32..20), 0..4),
            cannot in prop::collection::vec((0u32..20, 0u32..20), 0..6),
        ) {
            let (said, _) = Constraints::new(records, must, cannot);
            let source: Vec<_> = (0..records as u16).map(|record| crate::SourceId(record % 3)).collect();
            for entities in [
                constrained_components(records, &edges, 0.0, &said),
                best_links(records, &edges, 0.0, false, &said),
                best_links(records, &edges, 0.0, true, &said),
                one_to_one(&source, &edges, 0.0, |_| true, &said),
            ] {
                prop_assert_eq!(entities.records(), records);
                let entity = |record: u32| entities.entity_of(crate::RecordId(record));
                prop_assert!(said.must_link().iter().all(|&(a, b)| entity(a) == entity(b)));
                prop_assert!(said.cannot_link().iter().all(|&(a, b)| entity(a) != entity(b)));
            }
        }
    }

    #[test]
    fn a_limit_that_splits_everybody_is_refused() {
        for (size, fine) in [(None, true), (Some(2), true), (Some(1), false), (Some(0), false)] {
            let config = ClusterConfig { max_size: size, ..ClusterConfig::default() };
            assert_eq!(config.validate().is_ok(), fine, "{size:?}");
        }
    }
}
