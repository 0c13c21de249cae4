//! Prefers the record that tells most.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "most_complete",
    summary: "The record with most filled fields; for a group the filled fields of the group, then its spelled-out words.",
    score,
};

fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    for (i, score) in scores.iter_mut().enumerate() {
        *score =
            if contest.is_group() { contest.group_completeness(i) } else { contest.record_completeness(i) };
    }
    Verdict::Ranked
}
