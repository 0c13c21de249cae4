//! Prefers what somebody has checked.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "prefer_verified",
    summary: "A value that its source has verified, then one of which nothing is known, then one that failed or awaits it.",
    score,
};

fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    for (i, score) in scores.iter_mut().enumerate() {
        *score = contest.verified(i);
    }
    Verdict::Ranked
}
