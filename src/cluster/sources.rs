//! Whether sources look free of duplicates, judged by where the matches are.

use super::Edge;
use crate::ids::{MatchWeight, SourceId};

/// Matching pairs within sources, as a share of those across, at which sources still count as free of duplicates: wrong
/// merges fall within a source as often as across, so a few are no proof of the contrary.
const WITHIN_SHARE: f64 = 0.02;

/// Matching pairs across sources that the suspicion must rest on.
const MIN_ACROSS: f64 = 30.0;

/// Expected matching pairs among scored edges: the sum of their probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct SourceOverlap {
    /// Between records of one source.
    pub within: f64,
    /// Between records of two sources.
    pub across: f64,
}

impl SourceOverlap {
    /// Sums over edges.
    ///
    /// # Complexity
    /// O(e).
    pub fn new(source: &[SourceId], edges: &[Edge]) -> Self {
        let mut overlap = Self::default();
        for edge in edges {
            let p = MatchWeight(edge.score.weight).probability().0;
            if source[edge.a as usize] == source[edge.b as usize] {
                overlap.within += p;
            } else {
                overlap.across += p;
            }
        }
        overlap
    }

    /// Whether the sources look free of duplicates: hardly a pair within one matches, while many across do. A suspicion,
    /// to be put to somebody who knows: linking one to one on its strength alone could tear customers apart.
    pub fn duplicate_free(&self) -> bool {
        self.across >= MIN_ACROSS && self.within <= WITHIN_SHARE * self.across
    }

    /// Whether no customer seems to be in two sources, although there are records to expect it from.
    pub fn disjoint(&self) -> bool {
        self.across < 0.5
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_edges::edge;
    use super::*;

    #[test]
    fn matches_across_and_none_within() {
        // Forty records a source; record n of the second is that of the first.
        let source: Vec<SourceId> = (0..80).map(|record| SourceId(u16::from(record >= 40))).collect();
        let mut edges: Vec<Edge> = (0..40).map(|record| edge(record, record + 40, 12.0)).collect();
        let clean = SourceOverlap::new(&source, &edges);
        assert!(clean.duplicate_free() && (clean.across - 40.0).abs() < 0.1 && clean.within == 0.0);
        // Unlikely pairs within a source are no duplicates.
        edges.extend((0..20).map(|record| edge(2 * record, 2 * record + 1, -9.0)));
        assert!(SourceOverlap::new(&source, &edges).duplicate_free());
        // Two likely ones are more than a fiftieth of what is across.
        edges.extend([edge(0, 5, 6.0), edge(1, 7, 6.0)]);
        assert!(!SourceOverlap::new(&source, &edges).duplicate_free());
        // Too few to say.
        assert!(!SourceOverlap::new(&source, &edges[..10]).duplicate_free());
        assert!(SourceOverlap::new(&source, &[]).disjoint() && !clean.disjoint());
    }
}
