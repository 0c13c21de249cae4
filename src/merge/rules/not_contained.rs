//! Passes over what is only a part of a fuller value.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "not_contained",
    summary: "Passes over a value or group of which another one says the same and more: \"Madrid\" beside \"Calle Mayor 3, Madrid\".",
    score,
};

/// Only strict containment counts: of two that contain each other, neither is passed over.
fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    let contained = contest.contained_classes();
    for (i, score) in scores.iter_mut().enumerate() {
        *score = i64::from(!contained[contest.class(i)]);
    }
    Verdict::Ranked
}
