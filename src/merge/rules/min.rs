//! Prefers the smallest value: the date of the first purchase, the lowest price.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "min",
    summary: "The smallest value: by number where all candidates are numbers, else by text, which fits dates as 2026-01-31.",
    score,
};

fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    for (score, rank) in scores.iter_mut().zip(contest.ranks_by_value()) {
        *score = -rank;
    }
    Verdict::Ranked
}
