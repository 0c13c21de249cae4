//! Prefers writing with capitals and small letters, and the accents that others with the same meaning left out.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "best_written",
    summary: "Mixed case before ALL CAPS and all small; of values that agree, the one with the accents.",
    score,
};

/// Case counts between any two values. Accents count only within a class: across classes they say which name it is,
/// not how well it is written.
fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    for (i, (score, best)) in scores.iter_mut().zip(contest.best_written_of_class()).enumerate() {
        *score = i64::from(contest.case(i)) * 2 + i64::from(best);
    }
    Verdict::Ranked
}
