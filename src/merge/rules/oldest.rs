//! Prefers what has been unchanged for longest.

use super::{Rule, Verdict};
use crate::merge::UNKNOWN_TIME;
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "oldest",
    summary: "The record that its source has left unchanged for longest; a known time before an unknown one.",
    score,
};

fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    for (i, score) in scores.iter_mut().enumerate() {
        *score = match contest.time(i) {
            UNKNOWN_TIME => i64::MIN,
            time => time.saturating_neg(),
        };
    }
    Verdict::Ranked
}
