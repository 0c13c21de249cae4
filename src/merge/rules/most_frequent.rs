//! Prefers what most records say.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;

pub(super) const RULE: Rule = Rule {
    name: "most_frequent",
    summary: "The value of most records after normalisation, in its best written form; in a group, a record also speaks \
              for every fuller one that it does not contradict.",
    score,
};

/// Twice the support, plus one for the best written forms of the class: so that a class never wins by its writing, and
/// the next rule decides between classes of equal support.
fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    let support = contest.support_of_classes();
    for (i, (score, best)) in scores.iter_mut().zip(contest.best_written_of_class()).enumerate() {
        *score = i64::from(support[contest.class(i)]) * 2 + i64::from(best);
    }
    Verdict::Ranked
}
