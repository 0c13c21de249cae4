//! Prefers what the sources changed last.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "most_recent",
    summary: "The record that its source changed last; a known time before an unknown one.",
    score,
};

/// An unknown time is the smallest number, so that a record with a time always beats one without.
fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    for (i, score) in scores.iter_mut().enumerate() {
        *score = contest.time(i);
    }
    Verdict::Ranked
}
