//! Prefers the address of the person to that of the desk.

use super::{Rule, Verdict};
use crate::merge::contest::Contest;
use crate::normalize::{Hint, email};

pub(super) const RULE: Rule = Rule {
    name: "prefer_personal",
    summary: "An e-mail address of a person before one of a role, as sales@ or info@; whatever is no address counts as personal.",
    score,
};

/// Whoever answers `sales@` today is somebody else tomorrow: that the role wrote last says nothing about the person.
fn score(contest: &Contest, scores: &mut [i64], _: &[u32]) -> Verdict {
    for (i, score) in scores.iter_mut().enumerate() {
        let role = email::email(contest.text(i, 0), &Hint::default()).parts.flags.role;
        *score = i64::from(!role);
    }
    Verdict::Ranked
}
