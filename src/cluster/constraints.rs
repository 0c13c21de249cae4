//! What must be one entity and what cannot, and disjoint sets that keep to it.

use std::collections::{BTreeMap, BTreeSet};

use super::UnionFind;
use crate::ids::SourceId;

/// Pairs of records that are one entity whatever their weight, and pairs that never are.
///
/// # Invariants
/// Free of contradictions: no pair that cannot be linked is joined by a chain of pairs that must be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraints {
    must: Vec<(u32, u32)>,
    cannot: Vec<(u32, u32)>,
}

impl Constraints {
    /// Nobody says anything.
    pub const NONE: Self = Self { must: Vec::new(), cannot: Vec::new() };

    /// Constraints over `records` records. Pairs may come in any order and repeat.
    ///
    /// The second value are the `cannot` pairs that were left out because a chain of `must` pairs joins them: those
    /// who decide between the two are people, not this stage. Pairs of a record with itself, or with a record that
    /// does not exist, say nothing and are left out too.
    ///
    /// # Shape
    /// Pairs come back as `(a, b)` with `a < b`, ascending, each once.
    ///
    /// # Complexity
    /// O(records + c log c) for `c` pairs.
    pub fn new(
        records: usize,
        must: impl IntoIterator<Item = (u32, u32)>,
        cannot: impl IntoIterator<Item = (u32, u32)>,
    ) -> (Self, Vec<(u32, u32)>) {
        let must = normal(records, must);
        let mut sets = UnionFind::new(records);
        for &(a, b) in &must {
            sets.union(a, b);
        }
        let (contradicted, cannot) =
            normal(records, cannot).into_iter().partition(|&(a, b)| sets.find(a) == sets.find(b));
        (Self { must, cannot }, contradicted)
    }

    /// Pairs that must be one entity.
    pub fn must_link(&self) -> &[(u32, u32)] {
        &self.must
    }

    /// Pairs that cannot be one entity.
    pub fn cannot_link(&self) -> &[(u32, u32)] {
        &self.cannot
    }

    /// Whether nothing is constrained.
    pub fn is_empty(&self) -> bool {
        self.must.is_empty() && self.cannot.is_empty()
    }
}

/// Pairs in order, each once, of two records that exist.
fn normal(records: usize, pairs: impl IntoIterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let ordered = pairs.into_iter().map(|(a, b)| (a.min(b), a.max(b)));
    let mut pairs: Vec<(u32, u32)> = ordered.filter(|&(a, b)| a != b && (b as usize) < records).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Which clusters must stay apart, by cluster number. Clusters that merge inherit from both.
#[derive(Clone, Debug, Default)]
pub(super) struct Apart {
    of: BTreeMap<u32, BTreeSet<u32>>,
}

impl Apart {
    pub(super) fn add(&mut self, a: u32, b: u32) {
        self.of.entry(a).or_default().insert(b);
        self.of.entry(b).or_default().insert(a);
    }

    pub(super) fn forbids(&self, a: u32, b: u32) -> bool {
        self.of.get(&a).is_some_and(|others| others.contains(&b))
    }

    /// Cluster `from` becomes part of cluster `to`.
    pub(super) fn join(&mut self, to: u32, from: u32) {
        for other in self.of.remove(&from).unwrap_or_default() {
            if let Some(others) = self.of.get_mut(&other) {
                others.remove(&from);
            }
            self.add(to, other);
        }
    }
}

/// Disjoint sets that begin with what must be linked, and refuse unions that would break a constraint.
pub(super) struct GuardedSets<'a> {
    sets: UnionFind,
    apart: Apart,
    /// The sources of each set by root, when a set may hold one record of each only.
    held: Option<Vec<Vec<SourceId>>>,
    exclusive: &'a dyn Fn(SourceId) -> bool,
}

impl<'a> GuardedSets<'a> {
    /// `sources`: the source of each record, when those that `exclusive` names may occur once a set.
    pub(super) fn new(
        records: usize,
        constraints: &Constraints,
        sources: Option<&[SourceId]>,
        exclusive: &'a dyn Fn(SourceId) -> bool,
    ) -> Self {
        let mut guarded = Self {
            sets: UnionFind::new(records),
            apart: Apart::default(),
            held: sources.map(|sources| sources.iter().map(|&source| vec![source]).collect()),
            exclusive,
        };
        // People outrank the declaration of a source as free of duplicates.
        for &(a, b) in constraints.must_link() {
            guarded.join(a, b);
        }
        for &(a, b) in constraints.cannot_link() {
            let (a, b) = (guarded.sets.find(a), guarded.sets.find(b));
            guarded.apart.add(a, b);
        }
        guarded
    }

    /// Joins the sets of two records unless something forbids it.
    pub(super) fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.sets.find(a), self.sets.find(b));
        if a != b && !self.apart.forbids(a, b) && !self.share_source(a, b) {
            self.join(a, b);
        }
    }

    fn share_source(&self, a: u32, b: u32) -> bool {
        self.held.as_ref().is_some_and(|held| {
            held[a as usize]
                .iter()
                .any(|&source| (self.exclusive)(source) && held[b as usize].contains(&source))
        })
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.sets.find(a), self.sets.find(b));
        let (low, high) = (a.min(b), a.max(b));
        if !self.sets.union(low, high) {
            return;
        }
        self.apart.join(low, high);
        if let Some(held) = &mut self.held {
            let moved = std::mem::take(&mut held[high as usize]);
            let kept = &mut held[low as usize];
            kept.extend(moved);
            kept.sort_unstable();
            kept.dedup();
        }
    }

    pub(super) fn labels(self) -> Vec<u32> {
        self.sets.labels()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn contradictions_come_back() {
        let must = [(1, 0), (1, 2), (2, 1), (4, 4), (0, 9)];
        let (constraints, contradicted) = Constraints::new(6, must, [(2, 0), (3, 2), (2, 3), (5, 5), (9, 1)]);
        assert_eq!(constraints.must_link(), [(0, 1), (1, 2)]);
        assert_eq!(constraints.cannot_link(), [(2, 3)]);
        assert_eq!(contradicted, [(0, 2)]);
        assert!(!constraints.is_empty() && Constraints::default().is_empty());
    }

    proptest! {
        /// Against a look at all pairs of members before each union.
        #[test]
        fn unions_keep_to_the_constraints(
            must in prop::collection::vec((0u32..20, 0u32..20), 0..5),
            cannot in prop::collection::vec((0u32..20, 0u32..20), 0..12),
            unions in prop::collection::vec((0u32..20, 0u32..20), 0..40),
        ) {
            let (constraints, _) = Constraints::new(20, must, cannot);
            let everything = |_: SourceId| true;
            let mut guarded = GuardedSets::new(20, &constraints, None, &everything);
            let mut naive: Vec<u32> = (0..20).collect();
            let relabel = |labels: &mut Vec<u32>, a: u32, b: u32| {
                let (from, to) = (labels[a as usize].max(labels[b as usize]), labels[a as usize].min(labels[b as usize]));
                labels.iter_mut().filter(|label| **label == from).for_each(|label| *label = to);
            };
            constraints.must_link().iter().for_each(|&(a, b)| relabel(&mut naive, a, b));
            for (a, b) in unions {
                guarded.union(a, b);
                let (x, y) = (naive[a as usize], naive[b as usize]);
                let forbidden = constraints.cannot_link().iter().any(|&(p, q)| {
                    let (p, q) = (naive[p as usize], naive[q as usize]);
                    (p, q) == (x, y) || (q, p) == (x, y)
                });
                if !forbidden {
                    relabel(&mut naive, a, b);
                }
            }
            prop_assert_eq!(guarded.labels(), naive);
        }
    }
}
