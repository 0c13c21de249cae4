//! Records that fit two customers about equally, where the two contradict each other: they join neither.
//!
//! "Pat Smith" with the phone of Patrick (born 1990) and Patricia (born 1994) is one of the two, and nobody can tell which.
//! Linkage gives it to the one that is a shade likelier; the other then looks like a mistake that nobody reports.
//!
//! # Complexity
//! O(edges), plus the scores of the few records that have an edge above the threshold to another entity.

use super::linkage::Profile;
use super::{Edge, Entities, LinkageOptions, PairScorer, ReviewItem, ReviewReason};
use crate::ids::{EntityId, RecordId};

/// Two scores are about equal when they differ by no more than this many bits: at odds of four to one, one of five
/// decisions is wrong.
const MARGIN: f64 = 2.0;

/// Two customers contradict each other below this score (log2 odds): eight to one that they are two.
const CONFLICT: f64 = -3.0;

/// Records of an entity that a score looks at.
const MAX_PROFILE: usize = 30;

/// Takes ambiguous records out of their entities: each becomes one of its own, with two items for the review queue, one for
/// each customer that it fits. `judged`: records on which somebody has decided, ascending; they stay.
pub fn detach_ambiguous<S: PairScorer>(
    entities: Entities,
    edges: &[Edge],
    options: &LinkageOptions,
    judged: &[u32],
    scorer: &mut S,
) -> (Entities, Vec<ReviewItem>) {
    let mut refused = Vec::new();
    let mut candidates: Vec<(u32, EntityId)> = edges
        .iter()
        .filter(|edge| edge.score.weight > options.threshold)
        .flat_map(|edge| [(edge.a, edge.b), (edge.b, edge.a)])
        .map(|(a, b)| (a, entities.entity_of(RecordId(b))))
        .filter(|&(record, other)| {
            let own = entities.entity_of(RecordId(record));
            own != other && entities.members(own).len() > 1 && judged.binary_search(&record).is_err()
        })
        .collect();
    candidates.sort_unstable();
    candidates.dedup();
    let mut taken_out: Vec<u32> = Vec::new();
    for (record, other) in candidates {
        let own = entities.members(entities.entity_of(RecordId(record)));
        let own: Vec<u32> = own.iter().map(|member| member.0).filter(|&member| member != record).collect();
        let other: Vec<u32> = entities.members(other).iter().map(|member| member.0).collect();
        let (to_own, best_own) = fit(&[record], &own, options, scorer);
        let (to_other, best_other) = fit(&[record], &other, options, scorer);
        if to_other <= options.threshold || (to_own - to_other).abs() > MARGIN {
            continue;
        }
        if fit(&own, &other, options, scorer).0 < CONFLICT {
            taken_out.push(record);
            refused.extend([best_own, best_other].map(|best| ReviewItem {
                a: RecordId(record),
                b: RecordId(best.0),
                weight: best.1,
                reason: ReviewReason::Ambiguous,
            }));
        }
    }
    if taken_out.is_empty() {
        return (entities, refused);
    }
    taken_out.dedup();
    let entity = |record: u32| entities.entity_of(RecordId(record)).0;
    let mut labels: Vec<u32> = (0..entities.records() as u32).map(entity).collect();
    for (label, record) in (entities.len() as u32..).zip(taken_out) {
        labels[record as usize] = label;
    }
    (Entities::from_labels(&labels), refused)
}

/// The score of two groups of records, and the record of the second that fits the first best, with its weight.
fn fit<S: PairScorer>(
    left: &[u32],
    right: &[u32],
    options: &LinkageOptions,
    scorer: &mut S,
) -> (f64, (u32, f64)) {
    let mut profile = Profile::default();
    let mut best = (right[0], f64::NEG_INFINITY);
    for &a in left.iter().take(MAX_PROFILE) {
        for &b in right.iter().take(MAX_PROFILE) {
            let score = scorer.score(a.min(b), a.max(b));
            profile.add(&score);
            if score.weight > best.1 {
                best = (b, score.weight);
            }
        }
    }
    (profile.score(options.prior), best)
}
