//! Linkage of sources that hold no duplicates: an entity has at most one record of each.

use super::constraints::{Constraints, GuardedSets};
use super::{Edge, Entities, heaviest_first};
use crate::ids::SourceId;

/// One-to-one linkage merges above this weight (log2 odds) unless a threshold is given: a pair stands alone here, no
/// further record of the entity can speak for it, so the even chance decides.
pub const ONE_TO_ONE_THRESHOLD: f64 = 0.0;

/// Takes the edges above `threshold` from the heaviest down and joins two entities unless both hold a record of one
/// source that `duplicate_free` names. Ties go to the smaller records. Works between any number of sources; with two
/// of them it is the greedy assignment, at most half the weight below the best one and in practice equal to it.
///
/// Sources that are not `duplicate_free` may have several records in an entity, joined by edges of their own.
/// Constraints outrank the declaration: what must be linked is, also within a source.
///
/// # Complexity
/// O(e log e + merges x sources).
///
/// # Source
/// The greedy one-to-one assignment of record linkage: Jaro 1989 solves it as a linear programme, Christen 2012,
/// section 6.11, compares.
pub fn one_to_one(
    source: &[SourceId],
    edges: &[Edge],
    threshold: f64,
    duplicate_free: impl Fn(SourceId) -> bool,
    constraints: &Constraints,
) -> Entities {
    let mut sets = GuardedSets::new(source.len(), constraints, Some(source), &duplicate_free);
    for edge in heaviest_first(edges, |weight| weight > threshold) {
        sets.union(edge.a, edge.b);
    }
    Entities::from_labels(&sets.labels())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RecordId;
    use crate::score::{GROUPS, PairScore};
    use proptest::prelude::*;

    /// All sources without duplicates and nobody who says anything.
    fn strict(source: &[SourceId], edges: &[Edge], threshold: f64) -> Entities {
        one_to_one(source, edges, threshold, |_| true, &Constraints::default())
    }

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
                let entities = strict(&source, &edges, 0.0);
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
        let entities = strict(&source, &[edge(0, 1, 3.0), edge(0, 2, 4.0)], 0.0);
        assert_eq!(entities.entity_of(RecordId(0)), entities.entity_of(RecordId(2)));
        assert_eq!(entities.len(), 2);
        // Of equals the smaller records; what is not above the threshold is no edge at all.
        let entities = strict(&source, &[edge(0, 1, 3.0), edge(0, 2, 3.0)], 0.0);
        assert_eq!(entities.entity_of(RecordId(0)), entities.entity_of(RecordId(1)));
        assert_eq!(strict(&source, &[edge(0, 1, 3.0)], 3.0).len(), 3);
    }

    #[test]
    fn declared_sources_only_and_people_first() {
        let source = [0, 0, 1, 1].map(SourceId);
        let edges = [edge(0, 1, 9.0), edge(0, 2, 8.0), edge(1, 3, 7.0), edge(2, 3, 6.0)];
        let free = Constraints::default();
        // Source 0 may hold duplicates: its two records join, and with them one record of source 1.
        let entities = one_to_one(&source, &edges, 0.0, |source| source == SourceId(1), &free);
        assert_eq!(entities.len(), 2);
        assert_eq!(entities.members(entities.entity_of(RecordId(0))), [0, 1, 2].map(RecordId));
        // What people say holds whatever the declaration.
        let (said, _) = Constraints::new(4, [(2, 3)], [(0, 2)]);
        let entities = one_to_one(&source, &edges, 0.0, |_| true, &said);
        assert_eq!(entities.entity_of(RecordId(2)), entities.entity_of(RecordId(3)));
        assert_ne!(entities.entity_of(RecordId(0)), entities.entity_of(RecordId(2)));
        assert_eq!(entities.entity_of(RecordId(1)), entities.entity_of(RecordId(3)));
    }

    #[test]
    fn three_sources_meet_in_one_entity() {
        let source = [0, 1, 2, 2].map(SourceId);
        let edges = [edge(0, 1, 5.0), edge(1, 2, 4.0), edge(0, 3, 3.0)];
        let entities = strict(&source, &edges, 0.0);
        assert_eq!(entities.members(entities.entity_of(RecordId(0))), [0, 1, 2].map(RecordId));
    }
}
