//! Adds the values of all records up. Only right where no two sources count the same thing.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;
use crate::merge::number::Decimal;

pub(super) const RULE: Rule = Rule {
    name: "sum",
    summary: "The sum of all values that are numbers, each record once; for counts that no two sources share.",
    score,
};

fn score(contest: &Contest, scores: &mut [i64], standing: &[u32]) -> Verdict {
    scores.fill(0);
    let sum = contest.numbers(standing).try_fold(Decimal::ZERO, Decimal::add);
    match sum {
        Some(sum) if contest.numbers(standing).next().is_some() => Verdict::Derived(sum.to_string()),
        _ => Verdict::Null,
    }
}
