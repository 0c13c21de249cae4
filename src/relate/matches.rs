//! What matching was not sure about: pairs of entities with a pair of records between "review" and "merge", and entities
//! that fit two others about equally.

use super::{Evidence, Found, RelateOptions, RelationKind};
use crate::ids::RecordId;

pub(super) fn relate(found: &mut Found<'_>, options: &RelateOptions) {
    let entities = found.input.entities;
    let mut best: Vec<(u32, u32, f64)> = found
        .input
        .edges
        .iter()
        .filter(|edge| edge.score.weight >= options.review)
        .filter_map(|edge| {
            let (a, b) = (entities.entity_of(RecordId(edge.a)).0, entities.entity_of(RecordId(edge.b)).0);
            (a != b).then(|| (a.min(b), a.max(b), edge.score.weight))
        })
        .collect();
    crate::par::sort_unstable_by(&mut best, |x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(y.2.total_cmp(&x.2)));
    best.dedup_by_key(|pair| (pair.0, pair.1));
    for &(a, b, weight) in &best {
        found.add((a, b), RelationKind::PossibleMatch, weight, Evidence::MATCH_WEIGHT);
    }
    // What clustering kept apart for being ambiguous is so by the records; the rest shows between the entities.
    for &(a, b, weight) in found.input.ambiguous {
        let (a, b) = (entities.entity_of(a).0, entities.entity_of(b).0);
        if a != b {
            found.add((a, b), RelationKind::AmbiguousMatch, weight, Evidence::MATCH_WEIGHT);
        }
    }
    for (a, b, weight) in ambiguous(&best, options.ambiguity) {
        found.add((a, b), RelationKind::AmbiguousMatch, weight, Evidence::MATCH_WEIGHT);
    }
}

/// Of each entity: the candidates that fit about as well as its best, when some two of them are no candidates of each
/// other. `pairs` is ascending.
fn ambiguous(pairs: &[(u32, u32, f64)], within: f64) -> Vec<(u32, u32, f64)> {
    let mut sides: Vec<(u32, u32, f64)> =
        pairs.iter().flat_map(|&(a, b, weight)| [(a, b, weight), (b, a, weight)]).collect();
    crate::par::sort_unstable_by(&mut sides, |x, y| {
        x.0.cmp(&y.0).then(y.2.total_cmp(&x.2)).then(x.1.cmp(&y.1))
    });
    let known = |a: u32, b: u32| pairs.binary_search_by(|p| (p.0, p.1).cmp(&(a.min(b), a.max(b)))).is_ok();
    let mut out = Vec::new();
    for side in sides.chunk_by(|x, y| x.0 == y.0) {
        let equal = side.iter().take_while(|candidate| candidate.2 >= side[0].2 - within).count();
        let equal = &side[..equal];
        // The best of them is enough to ask: whoever conflicts with no one but each other fits it as well.
        if equal[1..].iter().any(|other| !known(equal[0].1, other.1)) {
            out.extend(equal.iter().copied());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::ambiguous;

    #[test]
    fn two_that_fit_and_conflict_are_ambiguous() {
        // Pat (1) fits Patrick (0) and Patricia (2), who do not fit each other.
        let pairs = [(0, 1, -2.0), (1, 2, -2.5)];
        let found: Vec<(u32, u32)> = ambiguous(&pairs, 2.0).iter().map(|pair| (pair.0, pair.1)).collect();
        assert_eq!(found, [(1, 0), (1, 2)]);
        // One that fits far better is no question.
        assert!(ambiguous(&[(0, 1, 3.0), (1, 2, -2.5)], 2.0).is_empty());
        // Three that all fit each other are one customer in the making.
        assert!(ambiguous(&[(0, 1, -1.0), (0, 2, -1.0), (1, 2, -1.0)], 2.0).is_empty());
    }
}
