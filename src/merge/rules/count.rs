//! How many records have a value.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "count",
    summary: "The number of records that have a value.",
    score,
};

fn score(contest: &Contest, scores: &mut [i64], standing: &[u32]) -> Verdict {
    scores.fill(0);
    let mut records: Vec<u32> = standing.iter().map(|&i| contest.record(i as usize)).collect();
    records.dedup();
    Verdict::Derived(records.len().to_string())
}
