//! Gives no value where the records differ: for legal numbers, of which a wrong one is worse than none.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "unanimous_or_null",
    summary: "The value on which all candidates that still stand agree after normalisation; null when they differ.",
    score,
};

/// Asks only those that still stand: one valid number beside an invalid one is unanimous. In a group a blank is no
/// contradiction.
fn score(contest: &Contest, scores: &mut [i64], standing: &[u32]) -> Verdict {
    scores.fill(0);
    if contest.agree_on_every_field(standing) { Verdict::Ranked } else { Verdict::Null }
}
