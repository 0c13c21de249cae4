//! Splits entities that hold more records than a customer can have.

use super::{Edge, Entities, UnionFind, heaviest_first};

/// Entities after a limit on their size, and what it cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The entities, none above the limit but for those in `kept_whole`.
    pub entities: Entities,
    /// Entities that were above the limit and were split.
    pub split: u64,
    /// Records in them.
    pub records: u64,
    /// Entities that they became.
    pub parts: u64,
    /// Edges between their parts: the weakest that held them together.
    pub cut_edges: u64,
    /// Entities above the limit that what must be linked holds together.
    pub kept_whole: u64,
}

/// Splits each entity of more than `max_size` records at its weakest edges: its parts are the largest groups of at most
/// `max_size` records that a higher threshold would have left connected. `must_link` pairs are never cut.
///
/// Records of a split entity that no edge connects (they had joined through scores on demand) stand alone afterwards:
/// an implausible entity proves nothing about them. Nothing is lost: every record is in exactly one entity.
///
/// # Complexity
/// O(e log e) over the edges inside oversized entities; others are not looked at twice.
///
/// # Source
/// Own design: the cut of a single-linkage dendrogram by size instead of height.
pub fn split_oversized(
    entities: &Entities,
    edges: &[Edge],
    max_size: usize,
    must_link: &[(u32, u32)],
) -> Split {
    let max_size = max_size.max(1);
    let records = entities.records();
    let entity = |record: u32| entities.entity_of(crate::ids::RecordId(record));
    let large: Vec<bool> = entities.iter().map(|(_, members)| members.len() > max_size).collect();
    let inside = |a: u32, b: u32| entity(a) == entity(b) && large[entity(a).index()];
    // `whole` joins everything from the heaviest edge down; `parts` only as long as the whole is small enough.
    let mut whole = UnionFind::new(records);
    let mut parts = UnionFind::new(records);
    let mut sizes = vec![1u32; records];
    let mut join = |whole: &mut UnionFind, a: u32, b: u32| {
        let (x, y) = (whole.find(a), whole.find(b));
        let size = if x == y { sizes[x as usize] } else { sizes[x as usize] + sizes[y as usize] };
        whole.union(x, y);
        sizes[x.min(y) as usize] = size;
        size as usize
    };
    for (id, members) in entities.iter() {
        if !large[id.index()] {
            members.windows(2).for_each(|pair| {
                parts.union(pair[0].0, pair[1].0);
            });
        }
    }
    for &(a, b) in must_link.iter().filter(|&&(a, b)| inside(a, b)) {
        join(&mut whole, a, b);
        parts.union(a, b);
    }
    let held: Vec<&Edge> = edges.iter().filter(|edge| inside(edge.a, edge.b)).collect();
    for edge in heaviest_first(held.iter().copied(), |weight| !weight.is_nan()) {
        if join(&mut whole, edge.a, edge.b) <= max_size {
            parts.union(edge.a, edge.b);
        }
    }
    let cut_edges = held.iter().filter(|edge| parts.find(edge.a) != parts.find(edge.b)).count() as u64;
    let split = Entities::from_labels(&parts.labels());
    let mut outcome = Split { entities: split, split: 0, records: 0, parts: 0, cut_edges, kept_whole: 0 };
    for (id, members) in entities.iter().filter(|(id, _)| large[id.index()]) {
        let mut of: Vec<_> = members.iter().map(|&record| outcome.entities.entity_of(record)).collect();
        of.sort_unstable();
        of.dedup();
        debug_assert!(large[id.index()]);
        if of.len() > 1 {
            outcome.split += 1;
            outcome.records += members.len() as u64;
            outcome.parts += of.len() as u64;
        }
        outcome.kept_whole +=
            of.iter().filter(|&&part| outcome.entities.members(part).len() > max_size).count() as u64;
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::super::test_edges::{edge, edges};
    use super::*;
    use proptest::prelude::*;

    /// The parts of a group of records by raising the threshold until they fit, one weight at a time.
    fn naive(members: &[u32], edges: &[Edge], max_size: usize) -> Vec<Vec<u32>> {
        if members.len() <= max_size {
            return vec![members.to_vec()];
        }
        let held = |edge: &&Edge| members.contains(&edge.a) && members.contains(&edge.b);
        let mut inside: Vec<Edge> = edges.iter().filter(held).copied().collect();
        inside.sort_by(|x, y| x.score.weight.total_cmp(&y.score.weight).then((y.a, y.b).cmp(&(x.a, x.b))));
        // Without the weakest edge that holds it together the group falls in two.
        loop {
            let mut labels: Vec<u32> = members.to_vec();
            for _ in members {
                for edge in &inside {
                    let at = |record: u32| members.iter().position(|&member| member == record).unwrap();
                    let low = labels[at(edge.a)].min(labels[at(edge.b)]);
                    (labels[at(edge.a)], labels[at(edge.b)]) = (low, low);
                }
            }
            let mut roots = labels.clone();
            roots.sort_unstable();
            roots.dedup();
            if roots.len() > 1 {
                let group = |root: &u32| -> Vec<u32> {
                    members.iter().zip(&labels).filter(|(_, label)| *label == root).map(|(m, _)| *m).collect()
                };
                return roots.iter().flat_map(|root| naive(&group(root), &inside, max_size)).collect();
            }
            inside.remove(0);
        }
    }

    proptest! {
        #[test]
        fn parts_are_what_a_higher_threshold_leaves((records, edges) in edges(14), max_size in 1usize..8) {
            let entities = super::super::components(records, &edges, f64::NEG_INFINITY);
            let split = split_oversized(&entities, &edges, max_size, &[]);
            let mut expected: Vec<Vec<u32>> = Vec::new();
            for (_, members) in entities.iter() {
                let members: Vec<u32> = members.iter().map(|record| record.0).collect();
                expected.extend(naive(&members, &edges, max_size));
            }
            expected.sort();
            let found: Vec<Vec<u32>> =
                split.entities.iter().map(|(_, m)| m.iter().map(|record| record.0).collect()).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(split.entities.records(), records);
            prop_assert_eq!(split.kept_whole, 0);
            prop_assert_eq!((split.entities.len() - entities.len()) as u64, split.parts - split.split);
        }
    }

    #[test]
    fn the_weakest_edge_goes_and_people_stay() {
        // Two families of three, chained by one weak edge.
        let edges = [edge(0, 1, 9.0), edge(1, 2, 8.0), edge(2, 3, 0.5), edge(3, 4, 7.0), edge(4, 5, 9.0)];
        let entities = super::super::components(7, &edges, 0.0);
        let split = split_oversized(&entities, &edges, 4, &[]);
        assert_eq!(split.entities.len(), 3);
        assert_eq!((split.split, split.records, split.parts, split.cut_edges), (1, 6, 2, 1));
        let untouched = split_oversized(&entities, &edges, 6, &[]);
        assert_eq!((untouched.entities, untouched.split), (entities.clone(), 0));
        let bound = split_oversized(&entities, &edges, 2, &[(0, 1), (1, 2), (2, 3)]);
        assert_eq!((bound.kept_whole, bound.entities.len()), (1, 3));
    }
}
