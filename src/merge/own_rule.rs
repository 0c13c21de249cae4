//! Rules that the calling program brings along.

use std::fmt;
use std::sync::Arc;

use super::contest::Contest;
use crate::ids::RecordId;

/// The candidates for one field or group of one entity, as an [`OwnRule`] sees them.
#[derive(Clone, Copy)]
pub struct Candidates<'c> {
    pub(super) contest: &'c Contest<'c>,
}

impl Candidates<'_> {
    /// How many candidates.
    pub fn len(&self) -> usize {
        self.contest.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many fields are decided together: 1, or those of the group.
    pub fn width(&self) -> usize {
        self.contest.width()
    }

    /// The value of a candidate in one of these fields; empty where the group is blank.
    ///
    /// # Panics
    /// When there is no such candidate or field.
    pub fn text(&self, candidate: usize, field: usize) -> &str {
        self.contest.text(candidate, field)
    }

    /// The candidate's record.
    ///
    /// # Panics
    /// When there is no such candidate.
    pub fn record(&self, candidate: usize) -> RecordId {
        RecordId(self.contest.record(candidate))
    }

    /// When its source changed the record; [`UNKNOWN_TIME`](super::UNKNOWN_TIME) when unknown.
    ///
    /// # Panics
    /// When there is no such candidate.
    pub fn time(&self, candidate: usize) -> i64 {
        self.contest.time(candidate)
    }

    /// Candidates of one class mean the same.
    ///
    /// # Panics
    /// When there is no such candidate.
    pub fn class(&self, candidate: usize) -> usize {
        self.contest.class(candidate)
    }
}

type Score = dyn Fn(&Candidates<'_>, &mut [i64]) + Send + Sync;

/// A survivorship rule of the calling program. It is named in the chains of the configuration as the built-in ones are, and
/// so in the provenance.
///
/// # Example
/// ```
/// use quilate::merge::{MergeConfig, OwnRule, FieldConfig};
/// // Company addresses before private ones.
/// let rule = OwnRule::new("company_mail", |candidates, scores| {
///     for (i, score) in scores.iter_mut().enumerate() {
///         *score = i64::from(candidates.text(i, 0).ends_with("@acme.example"));
///     }
/// });
/// let mut config = quilate::Config::default();
/// config.merge.own_rules.push(rule);
/// let rules = Some(vec!["company_mail".to_owned(), "most_recent".to_owned()]);
/// config.merge.fields.insert("email".to_owned(), FieldConfig { rules, ..FieldConfig::default() });
/// ```
#[derive(Clone)]
pub struct OwnRule {
    name: String,
    score: Arc<Score>,
}

impl OwnRule {
    /// A rule that writes one score a candidate, the higher the better; it is called once a contest. Equal scores leave the
    /// decision to the next rule. For golden records that are a function of the set of members, a score must not depend on
    /// the order of the candidates.
    pub fn new(
        name: impl Into<String>,
        score: impl Fn(&Candidates<'_>, &mut [i64]) + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), score: Arc::new(score) }
    }

    /// Name in chains of rules.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn score(&self, contest: &Contest<'_>, scores: &mut [i64]) {
        scores.fill(0);
        (self.score)(&Candidates { contest }, scores);
    }
}

impl fmt::Debug for OwnRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnRule").field(&self.name).finish()
    }
}

impl PartialEq for OwnRule {
    /// The same rule, not one that does the same.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && Arc::ptr_eq(&self.score, &other.score)
    }
}

impl Eq for OwnRule {}
