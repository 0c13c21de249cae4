//! The review queue: what is put before a person.

use std::collections::BTreeMap;

use super::matching::Matching;
use crate::cluster::{Edge, ReviewItem, ReviewReason};
use crate::ids::{EntityId, RecordId};
use crate::judgement::ResolvedJudgements;

/// Pairs of different entities that are worth a look, the likeliest first, one a pair of entities: what clustering has
/// refused for a reason, and the best pair of records from `least` (log2 odds) on. Pairs of entities on which somebody has
/// judged already are not asked about again.
pub(super) fn queue(matching: &Matching, least: f64, judged: &ResolvedJudgements) -> Vec<ReviewItem> {
    let entities = &matching.entities;
    let entity = |record: u32| entities.entity_of(RecordId(record));
    let pair = |a: u32, b: u32| {
        let (a, b) = (entity(a), entity(b));
        (a.min(b), a.max(b))
    };
    // Sorted, for the look-up below.
    let mut settled: Vec<_> =
        judged.cannot_links.iter().chain(&judged.unsure).map(|&(a, b)| pair(a, b)).collect();
    settled.sort_unstable();
    let open = |item: &ReviewItem| settled.binary_search(&pair(item.a.0, item.b.0)).is_err();
    let undecided = matching.edges.iter().filter(|edge| edge.score.weight >= least);
    let undecided = undecided.filter(|edge| entity(edge.a) != entity(edge.b)).map(|edge| ReviewItem {
        a: RecordId(edge.a),
        b: RecordId(edge.b),
        weight: edge.score.weight,
        reason: ReviewReason::Undecided,
    });
    let refused = matching.refused.iter().copied().filter(|item| entity(item.a.0) != entity(item.b.0));
    let mut queue: Vec<ReviewItem> = undecided.chain(refused).filter(open).collect();
    // The likeliest of each pair of entities; a reason says more than none, and comes behind `Undecided` in its order.
    queue.sort_by(|x, y| {
        pair(x.a.0, x.b.0)
            .cmp(&pair(y.a.0, y.b.0))
            .then(y.reason.cmp(&x.reason))
            .then(y.weight.total_cmp(&x.weight))
            .then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    queue.dedup_by_key(|item| pair(item.a.0, item.b.0));
    queue.sort_by(|x, y| y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b))));
    queue
}

/// For each two entities that somebody keeps apart the likeliest pair of records that would have joined them.
pub(super) fn prevented(matching: &Matching, judged: &ResolvedJudgements) -> Vec<ReviewItem> {
    if judged.cannot_links.is_empty() {
        return Vec::new();
    }
    let entity = |record: u32| matching.entities.entity_of(RecordId(record));
    let pair = |a: u32, b: u32| (entity(a).min(entity(b)), entity(a).max(entity(b)));
    let mut best: BTreeMap<(EntityId, EntityId), Option<&Edge>> =
        judged.cannot_links.iter().map(|&(a, b)| (pair(a, b), None)).collect();
    for edge in matching.edges.iter().filter(|edge| edge.score.weight > matching.threshold) {
        if let Some(best) = best.get_mut(&pair(edge.a, edge.b))
            && best.is_none_or(|best| edge.score.weight > best.score.weight)
        {
            *best = Some(edge);
        }
    }
    let item = |edge: &Edge| ReviewItem {
        a: RecordId(edge.a),
        b: RecordId(edge.b),
        weight: edge.score.weight,
        reason: ReviewReason::CannotLink,
    };
    best.into_values().flatten().map(item).collect()
}
