//! Prefers the largest value: the date of the last purchase, the highest score.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "max",
    summary: "The largest value: by number where all candidates are numbers, else by text, which fits dates as 2026-01-31.",
    score,
};

fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    scores.copy_from_slice(&contest.ranks_by_value());
    Verdict::Ranked
}
