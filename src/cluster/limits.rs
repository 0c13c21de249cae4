//! Limits of identifiers: one customer has one customer number, and not fifty e-mail addresses.

use std::collections::{BTreeMap, BTreeSet};

use super::{Edge, Entities, ReviewItem, ReviewReason, UnionFind};
use crate::ids::{EntityId, RecordId};
use crate::table::Column;

/// Of an entity over a limit with up to this many records all pairs are scored; of a larger one only its edges count.
const MAX_PAIRED: usize = 100;

/// How many different values of one kind a customer may have.
#[derive(Clone, Copy, Debug)]
pub struct IdentifierLimit<'a> {
    /// The values of all records.
    pub column: &'a Column,
    /// The comparison of that column, which is left out when the kind is demoted.
    pub comparison: usize,
    /// The most different values.
    pub most: usize,
}

/// An identifier that two records share, and that says nothing about whether they are one customer: with it, their
/// customers would hold more identifiers than one may. It is a relation between them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Demotion {
    /// The first record.
    pub a: RecordId,
    /// The second record.
    pub b: RecordId,
    /// The comparison of the identifier.
    pub comparison: usize,
}

/// Entities after the limits, and what they cut.
#[derive(Clone, PartialEq, Debug)]
pub struct Limited {
    /// The entities.
    pub entities: Entities,
    /// Pairs that the weights would have joined.
    pub refused: Vec<ReviewItem>,
    /// Identifiers that became relations, ascending.
    pub demoted: Vec<Demotion>,
}

/// Puts entities that hold too many identifiers together again from the likeliest pair down, and stops where a limit would
/// be passed. `limits`: the kind that says most first. `score`: the weight of a pair without some comparisons.
///
/// When two parts would pass a limit together, the kinds that say least are demoted until what is left is within its limits,
/// and the pair is tried again on that: it joins when the parts still share an identifier and the weight without the demoted
/// kinds is above `threshold`. What they share of a demoted kind is a relation either way. `linked` pairs stay together.
///
/// # Complexity
/// O(values) to find entities over a limit; O(n²) scores for each of those, up to a hundred records.
pub fn split_over_limits(
    entities: Entities,
    edges: &[Edge],
    limits: &[IdentifierLimit<'_>],
    linked: &[(u32, u32)],
    threshold: f64,
    mut score: impl FnMut(u32, u32, &[usize]) -> f64,
) -> Limited {
    let mut limited = Limited { entities, refused: Vec::new(), demoted: Vec::new() };
    let over: Vec<EntityId> = limited
        .entities
        .iter()
        .filter(|(_, members)| members.len() > 1 && limits.iter().any(|limit| is_over(limit, members)))
        .map(|(entity, _)| entity)
        .collect();
    if over.is_empty() {
        return limited;
    }
    let mut inside: BTreeMap<EntityId, Vec<(u32, u32)>> =
        over.iter().map(|&entity| (entity, Vec::new())).collect();
    for edge in edges {
        let entity = limited.entities.entity_of(RecordId(edge.a));
        if let Some(pairs) = inside.get_mut(&entity)
            && limited.entities.entity_of(RecordId(edge.b)) == entity
        {
            pairs.push((edge.a, edge.b));
        }
    }
    let mut sets = UnionFind::new(limited.entities.records());
    for (entity, members) in limited.entities.iter().filter(|(entity, _)| !inside.contains_key(entity)) {
        debug_assert!(over.binary_search(&entity).is_err());
        members.windows(2).for_each(|pair| {
            sets.union(pair[0].0, pair[1].0);
        });
    }
    for (entity, mut pairs) in inside {
        let members = limited.entities.members(entity);
        if members.len() <= MAX_PAIRED {
            let from = |at: usize| members[at + 1..].iter().map(move |b| (members[at].0, b.0));
            pairs = (0..members.len()).flat_map(from).collect();
        }
        let mut pairs: Vec<(f64, u32, u32)> =
            pairs.into_iter().map(|(a, b)| (score(a, b, &[]), a, b)).collect();
        pairs.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
        let mut parts = Parts::new(members, limits, &mut sets);
        for &(a, b) in linked.iter().filter(|(a, _)| limited.entities.entity_of(RecordId(*a)) == entity) {
            parts.join(a, b, &mut sets);
        }
        for (weight, a, b) in pairs.into_iter().filter(|pair| pair.0 > threshold) {
            if sets.find(a) == sets.find(b) {
                continue;
            }
            let Some(kept) = parts.kept(a, b, &mut sets) else {
                parts.join(a, b, &mut sets);
                continue;
            };
            limited.demoted.extend(parts.demoted(a, b, kept));
            let left_out: Vec<usize> = limits[kept..].iter().map(|limit| limit.comparison).collect();
            if parts.share(a, b, kept, &mut sets) && score(a, b, &left_out) > threshold {
                parts.join(a, b, &mut sets);
            } else {
                let reason = ReviewReason::IdentifierLimit;
                limited.refused.push(ReviewItem { a: RecordId(a), b: RecordId(b), weight, reason });
            }
        }
    }
    limited.entities = Entities::from_labels(&sets.labels());
    limited.demoted.sort_unstable();
    limited.demoted.dedup();
    limited
}

fn is_over(limit: &IdentifierLimit<'_>, members: &[RecordId]) -> bool {
    let codes = |member: &RecordId| limit.column.codes(member.index()).iter().copied();
    members.iter().map(|member| limit.column.codes(member.index()).len()).sum::<usize>() > limit.most
        && members.iter().flat_map(codes).collect::<BTreeSet<u32>>().len() > limit.most
}

/// The parts of one entity, with the values of each by limit.
struct Parts<'a> {
    limits: &'a [IdentifierLimit<'a>],
    values: BTreeMap<u32, Vec<BTreeSet<u32>>>,
}

impl<'a> Parts<'a> {
    fn new(members: &[RecordId], limits: &'a [IdentifierLimit<'a>], sets: &mut UnionFind) -> Self {
        let of = |member: &RecordId| {
            limits.iter().map(|limit| limit.column.codes(member.index()).iter().copied().collect()).collect()
        };
        Self { limits, values: members.iter().map(|member| (sets.find(member.0), of(member))).collect() }
    }

    fn join(&mut self, a: u32, b: u32, sets: &mut UnionFind) {
        let (a, b) = (sets.find(a), sets.find(b));
        if sets.union(a, b) {
            let moved = self.values.remove(&a.max(b)).unwrap_or_default();
            for (values, more) in self.values.entry(a.min(b)).or_default().iter_mut().zip(moved) {
                values.extend(more);
            }
        }
    }

    /// From which kind on kinds have to be demoted, so that two parts are within all limits; none when they are anyway.
    fn kept(&self, a: u32, b: u32, sets: &mut UnionFind) -> Option<usize> {
        let (x, y) = (&self.values[&sets.find(a)], &self.values[&sets.find(b)]);
        // A part that is over the limit already, because people have joined it, may grow as long as that gets no worse.
        (0..self.limits.len()).find(|&at| {
            let together = x[at].union(&y[at]).count();
            together > self.limits[at].most.max(x[at].len()).max(y[at].len())
        })
    }

    /// Whether two parts share a value of the kinds before `kept`.
    fn share(&self, a: u32, b: u32, kept: usize, sets: &mut UnionFind) -> bool {
        let (x, y) = (&self.values[&sets.find(a)], &self.values[&sets.find(b)]);
        (0..kept).any(|at| !x[at].is_disjoint(&y[at]))
    }

    /// What two records share of the kinds from `kept` on.
    fn demoted(&self, a: u32, b: u32, kept: usize) -> Vec<Demotion> {
        let shared = self.limits[kept..].iter().filter(|limit| {
            let other = limit.column.codes(b as usize);
            limit.column.codes(a as usize).iter().any(|code| other.contains(code))
        });
        let demotion = |limit: &IdentifierLimit<'_>| Demotion {
            a: RecordId(a.min(b)),
            b: RecordId(a.max(b)),
            comparison: limit.comparison,
        };
        shared.map(demotion).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::ColumnBuilder;

    fn column(cells: &[&[&str]]) -> Column {
        let mut builder = ColumnBuilder::new();
        cells.iter().for_each(|cell| builder.push_list(cell.iter().copied()));
        builder.finish()
    }

    fn parts(limited: &Limited) -> Vec<u32> {
        (0..limited.entities.records() as u32).map(|r| limited.entities.entity_of(RecordId(r)).0).collect()
    }

    #[test]
    fn one_number_a_customer() {
        let ids = column(&[&["abc123"], &["abc456"], &[]]);
        let emails = column(&[&["jane@x"], &["jane@x"], &["jane@x"]]);
        let limit = |column, comparison, most| IdentifierLimit { column, comparison, most };
        let limits = [limit(&ids, 0, 1), limit(&emails, 1, usize::MAX)];
        let one = || Entities::from_labels(&[0, 0, 0]);
        let limited = split_over_limits(one(), &[], &limits, &[], 0.0, |a, b, out| match (a, b) {
            _ if !out.is_empty() => -5.0,
            (0, 1) => 3.0,
            _ => 2.0,
        });
        assert_eq!(parts(&limited), [0, 1, 0], "the third goes with the first of equals");
        let demotion = |a, b| Demotion { a: RecordId(a), b: RecordId(b), comparison: 1 };
        assert_eq!(limited.demoted, [demotion(0, 1), demotion(1, 2)]);
        assert!(limited.refused.iter().all(|item| item.reason == ReviewReason::IdentifierLimit));
        let linked = split_over_limits(one(), &[], &limits, &[(0, 1)], 0.0, |_, _, _| 1.0);
        assert_eq!(parts(&linked), [0, 0, 0], "people know better");
        let free =
            split_over_limits(one(), &[], &[limit(&ids, 0, 2)], &[], 0.0, |_, _, _| panic!("nothing to do"));
        assert_eq!(parts(&free), [0, 0, 0]);
    }

    /// One address too many does not part what the customer number joins: the address is given up as evidence.
    #[test]
    fn the_kind_that_says_least_is_demoted() {
        let ids = column(&[&["7"], &["7"], &[]]);
        let emails = column(&[&["a@x", "b@x"], &["c@x"], &["c@x", "d@x"]]);
        let limits = [
            IdentifierLimit { column: &ids, comparison: 0, most: 1 },
            IdentifierLimit { column: &emails, comparison: 1, most: 2 },
        ];
        let score = |a: u32, b: u32, out: &[usize]| match (a, b, out) {
            (0, 1, _) => 5.0,
            (_, _, []) => 4.0,
            _ => -1.0,
        };
        let limited = split_over_limits(Entities::from_labels(&[0, 0, 0]), &[], &limits, &[], 0.0, score);
        assert_eq!(parts(&limited), [0, 0, 1]);
        assert_eq!(limited.demoted, [Demotion { a: RecordId(1), b: RecordId(2), comparison: 1 }]);
    }
}
