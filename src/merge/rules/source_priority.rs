//! Prefers the source that the configuration names first.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "source_priority",
    summary: "The source that stands first in `source_priority`; sources that are not listed come last and equal.",
    score,
};

fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    for (i, score) in scores.iter_mut().enumerate() {
        *score = -contest.source_rank(i);
    }
    Verdict::Ranked
}
