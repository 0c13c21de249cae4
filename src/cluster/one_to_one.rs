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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RecordId;
    use crate::score::{GROUPS, PairScore};
    use proptest::prelude::*;

    fn edge(a: u32, b: u32, weight: f64) -> Edge {
        Edge {
            a,
            b,
            score: PairScore {
                weight,
                matched: [0.0; GROUPS],
                household: [0.0; GROUPS],
                present: [true; GROUPS],
            },
        }
    }

    /// The same by relabelling, without union-find and without the list of sources held.
    fn naive(source: &[SourceId], edges: &[Edge], threshold: f64) -> Vec<usize> {
        let mut order: Vec<&Edge> = edges.iter().filter(|edge| edge.score.weight > threshold).collect();
        order.sort_by(|x, y| y.score.weight.total_cmp(&x.score.weight).then((x.a, x.b).cmp(&(y.a, y.b))));
        let mut labels: Vec<usize> = (0..source.len()).collect();
        for edge in order {
            let (a, b) = (labels[edge.a as usize], labels[edge.b as usize]);
            let of =
                |label: usize| labels.iter().zip(source).filter(move |(l, _)| **l == label).map(|(_, s)| *s);
            if a != b && !of(a).any(|x| of(b).any(|y| x == y)) {
                labels.iter_mut().filter(|label| **label == b).for_each(|label| *label = a);
            }
        }
        labels
    }

    proptest! {
        #[test]
        fn an_entity_has_one_record_of_each_source(
            sources in prop::collection::vec(0u16..4, 2..25),
            pairs in prop::collection::vec((any::<u32>(), any::<u32>(), -3i8..12), 0..80),
        ) {
            let source: Vec<SourceId> = sources.into_iter().map(SourceId).collect();
            let records = source.len() as u32;
            let pair = |(a, b, weight): (u32, u32, i8)| {
                let (a, b) = (a % records, b % records);
                (a != b).then(|| edge(a.min(b), a.max(b), f64::from(weight)))
            };
            let mut edges: Vec<Edge> = pairs.into_iter().filter_map(pair).collect();
            edges.sort_by_key(|edge| (edge.a, edge.b));
            edges.dedup_by_key(|edge| (edge.a, edge.b));
            let entities = one_to_one(&source, &edges, 0.0);
            for (_, members) in entities.iter() {
                let mut held: Vec<SourceId> = members.iter().map(|record| source[record.index()]).collect();
                held.sort_unstable();
                prop_assert!(held.windows(2).all(|pair| pair[0] != pair[1]));
            }
            let labels = naive(&source, &edges, 0.0);
            for a in 0..labels.len() {
                for b in 0..a {
                    let entity = |record: usize| entities.entity_of(RecordId(record as u32));
                    prop_assert_eq!(entity(a) == entity(b), labels[a] == labels[b]);
                }
            }
        }
    }

    #[test]
    fn the_heavier_edge_wins() {
        let source = [0, 1, 1].map(SourceId);
        let entities = one_to_one(&source, &[edge(0, 1, 3.0), edge(0, 2, 4.0)], 0.0);
        assert_eq!(entities.entity_of(RecordId(0)), entities.entity_of(RecordId(2)));
        assert_eq!(entities.len(), 2);
        // Of equals the smaller records; what is not above the threshold is no edge at all.
        let entities = one_to_one(&source, &[edge(0, 1, 3.0), edge(0, 2, 3.0)], 0.0);
        assert_eq!(entities.entity_of(RecordId(0)), entities.entity_of(RecordId(1)));
        assert_eq!(one_to_one(&source, &[edge(0, 1, 3.0)], 3.0).len(), 3);
    }
}
