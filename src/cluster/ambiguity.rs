//! Records that fit two customers about equally, where the two contradict each other: they join neither.
//!
//! "Pat Smith" with the phone of Patrick (born 1990) and Patricia (born 1994) is one of the two, and nobody can tell which.
//! Linkage gives it to the one that is a shade likelier, or takes it for the proof that all three are one; either looks like
//! a mistake that nobody reports.
//!
//! Who contradicts whom is said by the caller, and has to be hard: two names *and* two dates of birth. A low weight is not
//! enough, because records of one customer that share little are what a third record is needed for.
//!
//! # Complexity
//! O(edges), plus the pairs of entities of three records or more, up to [`MAX_LOOKED_AT`] of each.

use super::constraints::{Constraints, GuardedSets};
use super::{Edge, Entities, LinkageOptions, PairScorer, ReviewItem, ReviewReason, UnionFind};
use crate::ids::{EntityId, RecordId};

/// Two weights are about equal when they differ by no more than this many bits: at odds of four to one, one of five
/// decisions is wrong.
const MARGIN: f64 = 2.0;

/// Larger entities are not looked at: who has so many records is known well enough, and their pairs would cost too much.
const MAX_LOOKED_AT: usize = 12;

/// Takes ambiguous records out of their entities, with two items for the review queue each, one for each customer that it
/// fits. An entity that only such a record held together falls apart. `judged`: records on which somebody has decided,
/// ascending; they stay where they were put. `fixed`: pairs that stay together if both remain or both go, theirs among
/// them.
pub fn detach_ambiguous<S: PairScorer>(
    entities: Entities,
    edges: &[Edge],
    options: &LinkageOptions,
    (judged, fixed): (&[u32], &[(u32, u32)]),
    mut contradict: impl FnMut(u32, u32) -> bool,
    scorer: &mut S,
) -> (Entities, Vec<ReviewItem>) {
    let mut search = Search { entities: &entities, options, scorer, doubts: Vec::new() };
    let is_free = |entity: EntityId| {
        let members = entities.members(entity);
        !members.iter().any(|member| judged.binary_search(&member.0).is_ok())
    };
    let mut labels: Vec<u32> = Vec::new();
    let mut next = entities.len() as u32;
    let mut relabel = |members: &[u32], label: Option<u32>| {
        if labels.is_empty() {
            labels =
                (0..entities.records() as u32).map(|record| entities.entity_of(RecordId(record)).0).collect();
        }
        let label = label.unwrap_or(next);
        next = next.max(label + 1);
        members.iter().for_each(|&member| labels[member as usize] = label);
    };
    for (_, members) in entities.iter() {
        if !(3..=MAX_LOOKED_AT).contains(&members.len()) {
            continue;
        }
        if let Some(parts) = search.fall_apart(members, (judged, fixed), &mut contradict) {
            parts.iter().for_each(|part| relabel(part, None));
        }
    }
    for (record, other) in search.between(edges) {
        let own = entities.entity_of(RecordId(record));
        let inside =
            entities.members(own).len() <= MAX_LOOKED_AT && entities.members(other).len() <= MAX_LOOKED_AT;
        if inside && is_free(own) && is_free(other) && search.is_torn(record, own, other, &mut contradict) {
            relabel(&[record], None);
        }
    }
    let doubts = search.doubts;
    match labels.is_empty() {
        true => (entities, doubts),
        false => (Entities::from_labels(&labels), doubts),
    }
}

/// Two records of an entity, by their places in it, with the weights that a third has to them.
type Sides = [(usize, f64); 2];

struct Search<'a, S> {
    entities: &'a Entities,
    options: &'a LinkageOptions,
    scorer: &'a mut S,
    doubts: Vec<ReviewItem>,
}

impl<S: PairScorer> Search<'_, S> {
    fn weight(&mut self, a: u32, b: u32) -> f64 {
        self.scorer.score(a.min(b), a.max(b)).weight
    }

    fn doubt(&mut self, record: u32, others: [(u32, f64); 2]) {
        self.doubts.extend(others.map(|(other, weight)| ReviewItem {
            a: RecordId(record),
            b: RecordId(other),
            weight,
            reason: ReviewReason::Ambiguous,
        }));
    }

    /// Records that fit a record of another entity so well that they could have joined it.
    fn between(&self, edges: &[Edge]) -> Vec<(u32, EntityId)> {
        let entity = |record: u32| self.entities.entity_of(RecordId(record));
        let fitting = edges.iter().filter(|edge| edge.score.weight > self.options.threshold);
        let mut found: Vec<(u32, EntityId)> = fitting
            .filter(|edge| entity(edge.a) != entity(edge.b))
            .flat_map(|edge| [(edge.a, entity(edge.b)), (edge.b, entity(edge.a))])
            .filter(|&(record, _)| self.entities.members(entity(record)).len() > 1)
            .collect();
        found.sort_unstable();
        found.dedup();
        found.dedup_by_key(|(record, _)| *record);
        found
    }

    /// The two that contradict each other between which a record stands, with its weights to them: those that it fits best.
    fn sides_of(&mut self, at: usize, members: &[u32], clashes: &[(usize, usize)]) -> Option<Sides> {
        // Who contradicts somebody is one of the sides and stands between none.
        if clashes.iter().any(|&(a, b)| a == at || b == at) {
            return None;
        }
        let mut between: Option<Sides> = None;
        for &(a, b) in clashes {
            let sides = [a, b].map(|side| (side, self.weight(members[at], members[side])));
            let [(_, x), (_, y)] = sides;
            let fits = x.min(y) > self.options.threshold && (x - y).abs() <= MARGIN;
            if fits && between.is_none_or(|[(_, p), (_, q)]| x + y > p + q) {
                between = Some(sides);
            }
        }
        between
    }

    /// The parts of an entity in which some record fits two others about equally that contradict each other; none when
    /// there is no such record.
    fn fall_apart(
        &mut self,
        members: &[RecordId],
        (judged, fixed): (&[u32], &[(u32, u32)]),
        contradict: &mut impl FnMut(u32, u32) -> bool,
    ) -> Option<Vec<Vec<u32>>> {
        let members: Vec<u32> = members.iter().map(|member| member.0).collect();
        let places = 0..members.len();
        let pairs = places.clone().flat_map(|a| (a + 1..members.len()).map(move |b| (a, b)));
        let clashes: Vec<(usize, usize)> =
            pairs.clone().filter(|&(a, b)| contradict(members[a], members[b])).collect();
        if clashes.is_empty() {
            return None;
        }
        let sides: Vec<Option<Sides>> =
            places.clone().map(|at| self.sides_of(at, &members, &clashes)).collect();
        // Sides that other records hold together are one customer with damaged records, whatever stands between them.
        let mut held = UnionFind::new(members.len());
        let outside = pairs.clone().filter(|&(a, b)| sides[a].is_none() && sides[b].is_none());
        for (a, b) in outside.filter(|pair| !clashes.contains(pair)) {
            if self.weight(members[a], members[b]) > self.options.threshold {
                held.union(a as u32, b as u32);
            }
        }
        let mut torn = vec![false; members.len()];
        let mut decided = false;
        for (at, sides) in sides.iter().enumerate() {
            let Some(sides) = sides.filter(|&[(a, _), (b, _)]| held.find(a as u32) != held.find(b as u32))
            else {
                continue;
            };
            // Somebody has said where it belongs: it stays there, and holds the other side no longer.
            if judged.binary_search(&members[at]).is_ok() {
                decided = true;
            } else {
                torn[at] = true;
                self.doubt(members[at], sides.map(|(place, weight)| (members[place], weight)));
            }
        }
        if !decided && !torn.contains(&true) {
            return None;
        }
        // What remains, and what goes, each put together again from the likeliest pair down.
        let threshold = self.options.threshold;
        let mut weighed: Vec<(f64, usize, usize)> = pairs
            .filter(|&(a, b)| torn[a] == torn[b])
            .map(|(a, b)| (self.weight(members[a], members[b]), a, b))
            .filter(|pair| pair.0 > threshold)
            .collect();
        weighed.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
        let place = |record: u32| members.binary_search(&record).ok();
        let together = fixed.iter().filter_map(|&(a, b)| Some((place(a)?, place(b)?)));
        let together = together.filter(|&(a, b)| torn[a] == torn[b]).map(|(a, b)| (a as u32, b as u32));
        let cannot = clashes.iter().map(|&(a, b)| (a as u32, b as u32));
        let constraints = Constraints::new(members.len(), together, cannot).0;
        let nowhere = |_| false;
        let mut sets = GuardedSets::new(members.len(), &constraints, None, &nowhere);
        weighed.iter().for_each(|&(_, a, b)| sets.union(a as u32, b as u32));
        let parts = Entities::from_labels(&sets.labels());
        let part = |(_, places): (EntityId, &[RecordId])| {
            places.iter().map(|place| members[place.index()]).collect()
        };
        Some(parts.iter().map(part).collect())
    }

    /// Whether a record fits its own entity and another one about equally, and the records that it fits best contradict
    /// each other.
    fn is_torn(
        &mut self,
        record: u32,
        own: EntityId,
        other: EntityId,
        contradict: &mut impl FnMut(u32, u32) -> bool,
    ) -> bool {
        let entities = self.entities;
        let best = |search: &mut Self, entity: EntityId| {
            let mut best = (record, f64::NEG_INFINITY);
            for member in entities.members(entity).iter().filter(|member| member.0 != record) {
                let weight = search.weight(record, member.0);
                if weight > best.1 {
                    best = (member.0, weight);
                }
            }
            best
        };
        let (mine, theirs) = (best(self, own), best(self, other));
        let torn = theirs.1 > self.options.threshold
            && (mine.1 - theirs.1).abs() <= MARGIN
            && contradict(mine.0, theirs.0)
            && !contradict(record, mine.0)
            && !contradict(record, theirs.0);
        if torn {
            self.doubt(record, [mine, theirs]);
        }
        torn
    }
}
