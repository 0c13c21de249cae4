//! Prefers the source that is trusted most in this field, where trust fades with time.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "trust",
    summary: "The most trusted source of the field after decay, by `merge.trust`; a source without an entry has no trust.",
    score,
};

fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    for (i, score) in scores.iter_mut().enumerate() {
        *score = contest.trust(i);
    }
    Verdict::Ranked
}
