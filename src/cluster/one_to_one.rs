//! Linkage of sources that hold no duplicates: an entity has at most one record of each source.

use super::{Edge, Entities, UnionFind};
use crate::ids::SourceId;
use crate::par;

/// Takes the edges above `threshold` from the heaviest down and joins two entities unless both hold a record of one
/// source. Ties go to the smaller records.
///
/// # Complexity
/// O(e log e + merges x sources).
pub fn one_to_one(source: &[SourceId], edges: &[Edge], threshold: f64) -> Entities {
    let mut order: Vec<&Edge> = edges.iter().filter(|edge| edge.score.weight > threshold).collect();
    par::sort_unstable_by(&mut order, |x, y| {
        y.score.weight.total_cmp(&x.score.weight).then_with(|| (x.a, x.b).cmp(&(y.a, y.b)))
    });
    let mut sets = UnionFind::new(source.len());
    let mut held: Vec<Vec<SourceId>> = source.iter().map(|&source| vec![source]).collect();
    for edge in order {
        let (a, b) = (sets.find(edge.a), sets.find(edge.b));
        if a == b || held[a as usize].iter().any(|source| held[b as usize].contains(source)) {
            continue;
        }
        sets.union(a, b);
        let (low, high) = (a.min(b) as usize, a.max(b) as usize);
        let moved = std::mem::take(&mut held[high]);
        held[low].extend(moved);
    }
    Entities::from_labels(&sets.labels())
}
