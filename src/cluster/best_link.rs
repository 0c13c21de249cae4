//! Single-best-link clustering: every record follows its heaviest edge and no other.

use super::constraints::{Constraints, GuardedSets};
use super::{Edge, Entities, heaviest_first};

/// Joins each record with its best partner of weight at least `threshold` (log2 odds); entities are what these links
/// connect. With `mutual`, a link counts only when both records choose each other: entities then have two records at
/// most, which suits two sources without duplicates where [`one_to_one`](super::one_to_one()) would fill up with second
/// choices.
///
/// Prefer it to [`components`](super::components) where one poor record resembles many: it can chain only through its one
/// best link. Prefer [`link`](super::link) to both: it looks at all records of an entity. Ties go to the smaller partner.
///
/// # Complexity
/// O(e log e); memory O(records).
///
/// # Source
/// Single-best-link clustering as in Splink; star and centre clustering of Hassanzadeh et al. 2009 are its relatives.
pub fn best_links(
    records: usize,
    edges: &[Edge],
    threshold: f64,
    mutual: bool,
    constraints: &Constraints,
) -> Entities {
    const NOBODY: u32 = u32::MAX;
    let mut best = vec![NOBODY; records];
    let ordered = heaviest_first(edges, |weight| weight >= threshold);
    for edge in &ordered {
        // Of equal weights the edge that comes first has the smaller records.
        for (this, other) in [(edge.a, edge.b), (edge.b, edge.a)] {
            let chosen = &mut best[this as usize];
            if *chosen == NOBODY {
                *chosen = other;
            }
        }
    }
    let nowhere = |_| false;
    let mut sets = GuardedSets::new(records, constraints, None, &nowhere);
    for edge in ordered {
        let (of_a, of_b) = (best[edge.a as usize] == edge.b, best[edge.b as usize] == edge.a);
        if (of_a && of_b) || (!mutual && (of_a || of_b)) {
            sets.union(edge.a, edge.b);
        }
    }
    Entities::from_labels(&sets.labels())
}

#[cfg(test)]
mod tests {
    use super::super::test_edges::{edge, edges};
    use super::*;
    use crate::ids::RecordId;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_the_definition((records, edges) in edges(20), mutual: bool) {
            let best = |record: u32| {
                let mine = edges.iter().filter(|edge| edge.score.weight >= 0.0 && (edge.a == record || edge.b == record));
                mine.max_by(|x, y| {
                    x.score.weight.total_cmp(&y.score.weight).then((y.a, y.b).cmp(&(x.a, x.b)))
                })
            };
            let chosen = |edge: &&Edge| {
                let votes = [edge.a, edge.b].iter().filter(|&&record| best(record) == Some(edge)).count();
                votes == 2 || (!mutual && votes == 1)
            };
            let mut sets = super::super::UnionFind::new(records);
            edges.iter().filter(chosen).for_each(|edge| { sets.union(edge.a, edge.b); });
            let found = best_links(records, &edges, 0.0, mutual, &Constraints::default());
            prop_assert_eq!(&found, &Entities::from_labels(&sets.labels()));
            if mutual {
                prop_assert!(found.iter().all(|(_, members)| members.len() <= 2));
            }
        }
    }

    #[test]
    fn a_poor_record_chains_less() {
        // 2 resembles both 0 and 4 a little; each of these has a better partner.
        let edges = [edge(0, 1, 9.0), edge(0, 2, 2.0), edge(2, 4, 1.0), edge(3, 4, 8.0)];
        let free = Constraints::default();
        assert_eq!(super::super::components(5, &edges, 0.0).len(), 1);
        assert_eq!(best_links(5, &edges, 0.0, false, &free).len(), 2);
        assert_eq!(best_links(5, &edges, 0.0, true, &free).len(), 3);
        let (said, _) = Constraints::new(5, [(2, 3)], [(0, 1)]);
        let entities = best_links(5, &edges, 0.0, false, &said);
        assert_ne!(entities.entity_of(RecordId(0)), entities.entity_of(RecordId(1)));
        assert_eq!(entities.entity_of(RecordId(2)), entities.entity_of(RecordId(4)));
    }
}
