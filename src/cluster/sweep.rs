//! Connected components at many thresholds from one sorted pass over the edges.

use super::{Edge, Entities, UnionFind, heaviest_first};
use crate::ids::MatchWeight;

/// What the connected components at one threshold look like.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct SweepPoint {
    /// Edges of at least this weight (log2 odds) were joined.
    pub threshold: f64,
    /// The same as a probability.
    pub probability: f64,
    /// Entities, those of one record included.
    pub entities: u64,
    /// Records in entities of two or more.
    pub merged_records: u64,
    /// Pairs of records inside entities.
    pub matched_pairs: u64,
    /// Records in the largest entity.
    pub largest: u64,
}

/// A pass over the edges from the heaviest down, which can be stopped at any threshold.
///
/// # Example
/// ```
/// use quilate::cluster::Sweep;
/// let mut sweep = Sweep::new(3, &[]);
/// assert_eq!(sweep.down_to(0.0).entities, 3);
/// ```
#[derive(Debug)]
pub struct Sweep<'a> {
    edges: Vec<&'a Edge>,
    next: usize,
    sets: UnionFind,
    sizes: Vec<u32>,
    point: SweepPoint,
}

impl<'a> Sweep<'a> {
    /// Sorts the edges of `records` records; nothing is joined yet.
    ///
    /// # Complexity
    /// O(e log e); everything after it is one pass for all thresholds together.
    pub fn new(records: usize, edges: &'a [Edge]) -> Self {
        let point = SweepPoint {
            threshold: f64::INFINITY,
            probability: 1.0,
            entities: records as u64,
            merged_records: 0,
            matched_pairs: 0,
            largest: u64::from(records > 0),
        };
        let edges = heaviest_first(edges, |weight| !weight.is_nan());
        Self { edges, next: 0, sets: UnionFind::new(records), sizes: vec![1; records], point }
    }

    /// Joins the edges down to `threshold`. Thresholds only fall: one above an earlier one finds nothing to undo, and
    /// gives the counts of that earlier one.
    pub fn down_to(&mut self, threshold: f64) -> SweepPoint {
        while let Some(edge) = self.edges.get(self.next).filter(|edge| edge.score.weight >= threshold) {
            self.next += 1;
            let (a, b) = (self.sets.find(edge.a), self.sets.find(edge.b));
            if !self.sets.union(a, b) {
                continue;
            }
            let (x, y) = (u64::from(self.sizes[a as usize]), u64::from(self.sizes[b as usize]));
            self.sizes[a.min(b) as usize] = (x + y) as u32;
            self.point.entities -= 1;
            self.point.matched_pairs += x * y;
            self.point.merged_records += u64::from(x == 1) + u64::from(y == 1);
            self.point.largest = self.point.largest.max(x + y);
        }
        if threshold < self.point.threshold {
            self.point.threshold = threshold;
            self.point.probability = MatchWeight(threshold).probability().0;
        }
        self.point
    }

    /// The entities at the threshold that the sweep has reached.
    pub fn entities(&self) -> Entities {
        Entities::from_labels(&self.sets.clone().labels())
    }
}

/// The components at each of `thresholds` (log2 odds, any order): the points come back from the highest to the lowest.
///
/// # Complexity
/// O(e log e + t log t).
pub fn sweep(records: usize, edges: &[Edge], thresholds: &[f64]) -> Vec<SweepPoint> {
    let mut falling: Vec<f64> = thresholds.iter().copied().filter(|threshold| !threshold.is_nan()).collect();
    falling.sort_by(|x, y| y.total_cmp(x));
    let mut sweep = Sweep::new(records, edges);
    falling.into_iter().map(|threshold| sweep.down_to(threshold)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::test_edges::edges;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_point_is_what_components_give(
            (records, edges) in edges(25),
            mut thresholds in prop::collection::vec(-4i8..12, 0..8),
        ) {
            let wanted: Vec<f64> = thresholds.iter().copied().map(f64::from).collect();
            let points = sweep(records, &edges, &wanted);
            thresholds.sort_unstable_by_key(|threshold| std::cmp::Reverse(*threshold));
            prop_assert_eq!(points.len(), thresholds.len());
            let mut running = Sweep::new(records, &edges);
            for (point, threshold) in points.iter().zip(thresholds) {
                let expected = super::super::components(records, &edges, f64::from(threshold));
                let sizes: Vec<u64> = expected.iter().map(|(_, members)| members.len() as u64).collect();
                prop_assert_eq!(point.threshold, f64::from(threshold));
                prop_assert_eq!(point.entities, sizes.len() as u64);
                prop_assert_eq!(point.merged_records, sizes.iter().filter(|&&size| size > 1).sum::<u64>());
                prop_assert_eq!(point.matched_pairs, sizes.iter().map(|size| size * (size - 1) / 2).sum::<u64>());
                prop_assert_eq!(point.largest, sizes.iter().copied().max().unwrap_or(0));
                prop_assert_eq!(*point, running.down_to(f64::from(threshold)));
                prop_assert_eq!(running.entities(), expected);
            }
        }
    }

    #[test]
    fn a_threshold_that_rises_again_changes_nothing() {
        let edges = [super::super::test_edges::edge(0, 1, 3.0)];
        let mut sweep = Sweep::new(2, &edges);
        let low = sweep.down_to(2.0);
        assert_eq!((low.entities, sweep.down_to(9.0)), (1, low));
        assert_eq!(super::sweep(0, &[], &[0.0])[0].largest, 0);
    }
}
