//! The mean of the values of all records.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;
use crate::merge::number::Decimal;

pub(super) const RULE: Rule = Rule {
    name: "avg",
    summary: "The mean of all values that are numbers, with two more digits than they have.",
    score,
};

fn score(contest: &Contest, scores: &mut [i64], standing: &[u32]) -> Verdict {
    scores.fill(0);
    let count = contest.numbers(standing).count() as u64;
    let sum = contest.numbers(standing).try_fold(Decimal::ZERO, Decimal::add);
    match sum.and_then(|sum| sum.divide(count)) {
        Some(mean) if count > 0 => Verdict::Derived(mean.to_string()),
        _ => Verdict::Null,
    }
}
