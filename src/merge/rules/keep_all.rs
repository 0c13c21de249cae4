//! Keeps every different value; the rules behind it find the first of them.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "keep_all",
    summary: "All different values are kept, each with its label; the rules behind this one choose the primary.",
    score,
};

/// Keeping is a property of the field; see `Unit::keep_all`.
fn score(_: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    scores.fill(0);
    Verdict::Ranked
}
