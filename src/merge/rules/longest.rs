//! Prefers the longest value, in characters.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "longest",
    summary: "The value with most characters; of a group, all fields together.",
    score,
};

fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    for (i, score) in scores.iter_mut().enumerate() {
        *score = contest.length(i);
    }
    Verdict::Ranked
}
