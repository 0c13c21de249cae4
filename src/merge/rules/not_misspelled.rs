//! Passes over what is written with a slip that most records do not share.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "not_misspelled",
    summary: "Passes over a value or group of which a field is one letter from what more records say: \"Palms\" beside two \
              \"Palma\". Numbers are never misspelled.",
    score,
};

fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    for (score, misspelled) in scores.iter_mut().zip(contest.misspelled()) {
        *score = i64::from(!misspelled);
    }
    Verdict::Ranked
}
