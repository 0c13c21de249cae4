//! How good a golden record is: 0 to 100, with the reasons that cost most.
//!
//! `quality = sum(weight * value) / sum(weight)` over the fields that weigh. A valid value is worth 80, a usable one
//! that is incomplete or ambiguous 50, a suspicious one 30, an invalid or missing one 0. A second source that agrees
//! lifts a value by one step of 0, 30, 50, 80, 100; a record that says something else, just as valid, takes one step
//! away. A value that its source has verified is worth 100. A value that has not been changed for longer than
//! `stale_after_days` is worth no more than 30; without that setting, or the day of the run, age is not judged.

use std::fmt;

use super::config::MergePlan;
use super::golden::Row;
use super::{Field, MergeInput, UNKNOWN_TIME, Verification, spelling};
use crate::ids::RecordId;
use crate::normalize::Quality;
use crate::table::NULL;

/// How many reasons a record carries.
const MAX_REASONS: usize = 3;

/// What a value can be worth, in percent.
const STEPS: [u32; 5] = [0, 30, 50, 80, 100];

/// How far a value may win over others: the order of [`Quality`] in the four classes that survivorship needs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Validity {
    /// Fails its own rules, or nothing could be read from it.
    Invalid,
    /// Usable, low trust.
    Suspicious,
    /// Usable, but incomplete, or with several readings.
    Partial,
    /// Complete and plausible.
    Valid,
    /// Its source has checked it: a confirmed address, a stamped contract.
    Verified,
}

impl Validity {
    /// Placeholders never get here: they are no values.
    pub(super) fn of(quality: Quality) -> Self {
        match quality {
            Quality::Ok => Self::Valid,
            Quality::Partial | Quality::Ambiguous | Quality::Multiple => Self::Partial,
            Quality::Suspicious => Self::Suspicious,
            Quality::Placeholder | Quality::Invalid | Quality::Unparsed => Self::Invalid,
        }
    }

    /// The same with what its source knows: an invalid value stays invalid, one that awaits its check is not valid yet.
    pub(super) fn checked(self, verification: Verification) -> Self {
        match (self, verification) {
            (Self::Invalid, _) | (_, Verification::Unknown) => self,
            (_, Verification::Verified) => Self::Verified,
            (_, Verification::Unverified) => self.min(Self::Partial),
        }
    }
}

/// Why a field costs points.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum ReasonKind {
    /// No member has a value, or the winning group leaves it blank.
    Missing,
    /// Members contradict each other.
    Contested,
    /// The value fails its own rules.
    Invalid,
    /// The value is of low trust.
    Suspicious,
    /// The value has not been changed for long.
    Stale,
    /// The value is incomplete or ambiguous.
    Incomplete,
    /// The value is fine, but only one source has it.
    Unconfirmed,
}

impl ReasonKind {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Contested => "contested",
            Self::Invalid => "invalid",
            Self::Suspicious => "suspicious",
            Self::Stale => "stale",
            Self::Incomplete => "incomplete",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

impl fmt::Display for ReasonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A field that costs points.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QualityReason {
    /// The field.
    pub field: usize,
    /// What is wrong with it.
    pub kind: ReasonKind,
    /// How many of the 100 points it costs, rounded.
    pub points: u8,
}

/// Quality of a golden record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordQuality {
    /// 0 to 100; 0 also when no field weighs anything.
    pub score: u8,
    /// The reasons that cost most, at most three, the worst first.
    pub reasons: Vec<QualityReason>,
}

/// The number alone, without allocation.
pub(super) fn score(plan: &MergePlan, input: &MergeInput, members: &[RecordId], row: Row<'_>) -> u8 {
    let (mut sum, mut weights) = (0, 0);
    for field in plan.weighted_fields() {
        if let Some((value, _)) = judge(plan, input, members, row, field) {
            sum += u64::from(plan.weight(field)) * u64::from(value);
            weights += u64::from(plan.weight(field));
        }
    }
    percent(sum, weights)
}

/// The number with its reasons.
pub(super) fn explain(
    plan: &MergePlan,
    input: &MergeInput,
    members: &[RecordId],
    row: Row<'_>,
) -> RecordQuality {
    let judge = |field| judge(plan, input, members, row, field).map(|verdict| (field, verdict));
    let judged: Vec<(usize, (u32, ReasonKind))> = plan.weighted_fields().filter_map(judge).collect();
    let weight = |field: usize| u64::from(plan.weight(field));
    let weights: u64 = judged.iter().map(|&(field, _)| weight(field)).sum();
    let sum: u64 = judged.iter().map(|&(field, (value, _))| weight(field) * u64::from(value)).sum();
    let mut losses: Vec<(u64, usize, ReasonKind)> = judged
        .iter()
        .map(|&(field, (value, kind))| (weight(field) * u64::from(100 - value), field, kind))
        .filter(|&(loss, ..)| loss > 0)
        .collect();
    losses.sort_by_key(|&(loss, field, _)| (std::cmp::Reverse(loss), field));
    losses.truncate(MAX_REASONS);
    let reason = |(loss, field, kind)| QualityReason { field, kind, points: percent(loss, weights) };
    RecordQuality { score: percent(sum, weights), reasons: losses.into_iter().map(reason).collect() }
}

/// What one cell is worth, 0 to 100; 0 for one without a value.
pub(super) fn confidence(
    plan: &MergePlan,
    input: &MergeInput,
    members: &[RecordId],
    row: Row<'_>,
    field: usize,
) -> u8 {
    judge(plan, input, members, row, field).map_or(0, |(value, _)| value as u8)
}

/// `sum / weights`, rounded half up; `sum` is in percent already.
fn percent(sum: u64, weights: u64) -> u8 {
    if weights == 0 { 0 } else { ((2 * sum + weights) / (2 * weights)).min(100) as u8 }
}

/// What a cell is worth in percent, and why not more; none when it is excused by a stand-in.
fn judge(
    plan: &MergePlan,
    input: &MergeInput,
    members: &[RecordId],
    row: Row<'_>,
    index: usize,
) -> Option<(u32, ReasonKind)> {
    let field = &input.fields[index];
    let code = row.code(index);
    // Made of several values: as good as a single one is.
    if code == NULL && row.record(index) != NULL && plan.unit_of(index).derives() {
        return Some((STEPS[3], ReasonKind::Unconfirmed));
    }
    if code == NULL {
        if plan.stand_ins(index).iter().any(|&other| row.code(other) != NULL) {
            return None;
        }
        // The field is null although there are values: they did not agree. In a group, the winner left it blank.
        let vetoed =
            !plan.unit_of(index).is_group() && members.iter().any(|m| field.first_value(m.0) != NULL);
        return Some((0, if vetoed { ReasonKind::Contested } else { ReasonKind::Missing }));
    }
    let quality = Validity::of(field.quality[code as usize]);
    let validity = quality.checked(verification_of_members(field, members, code));
    if validity == Validity::Invalid {
        return Some((0, ReasonKind::Invalid));
    }
    let (mut step, kind) = match validity {
        Validity::Verified => (4, ReasonKind::Unconfirmed),
        Validity::Valid => (3, ReasonKind::Unconfirmed),
        Validity::Partial => (2, ReasonKind::Incomplete),
        Validity::Suspicious | Validity::Invalid => (1, ReasonKind::Suspicious),
    };
    let (confirmed, contested) =
        if members.len() > 1 { stand(plan, input, members, code, index) } else { (false, false) };
    if confirmed {
        step = (step + 1).min(STEPS.len() - 1);
    }
    if contested && step > 1 {
        step -= 1;
    }
    if step > 1 && validity != Validity::Verified && is_stale(plan, input, row.record(index)) {
        return Some((STEPS[1], ReasonKind::Stale));
    }
    Some((STEPS[step], if contested { ReasonKind::Contested } else { kind }))
}

/// What the sources of a value know about it: one that has verified it is enough.
fn verification_of_members(field: &Field, members: &[RecordId], code: u32) -> Verification {
    if field.verified.is_empty() {
        return Verification::Unknown;
    }
    let key = field.key[code as usize];
    let has = |member: &&RecordId| {
        let codes = field.values.codes(member.index());
        codes.iter().any(|&other| field.is_value(other) && field.key[other as usize] == key)
    };
    members.iter().filter(has).map(|member| field.verification(member.0)).max().unwrap_or_default()
}

fn is_stale(plan: &MergePlan, input: &MergeInput, record: u32) -> bool {
    let Some(limit) = plan.stale_after() else { return false };
    if record == NULL || input.as_of == UNKNOWN_TIME {
        return false;
    }
    match input.time(record) {
        UNKNOWN_TIME => false,
        time => input.as_of.saturating_sub(time) > limit,
    }
}

/// Whether a second source agrees with a value, and whether a record contradicts it with one that is just as valid.
fn stand(
    plan: &MergePlan,
    input: &MergeInput,
    members: &[RecordId],
    code: u32,
    index: usize,
) -> (bool, bool) {
    let field = &input.fields[index];
    let unit = plan.unit_of(index);
    let key = field.key[code as usize];
    let mut first_source = None;
    let (mut confirmed, mut contested) = (false, false);
    for member in members {
        let codes = field.values.codes(member.index());
        if codes.iter().any(|&other| field.is_value(other) && field.key[other as usize] == key) {
            let source = input.source[member.index()];
            confirmed |= *first_source.get_or_insert(source) != source;
        } else if !unit.keep_all() && !contested {
            contested = codes.iter().any(|&other| contradicts(field, unit.is_group(), code, other));
        }
    }
    (confirmed, contested)
}

/// Whether another class is as valid as the winner's; an abbreviation in a group ("J." for "José") contradicts nothing.
fn contradicts(field: &Field, in_group: bool, winner: u32, other: u32) -> bool {
    let validity = |code: u32| Validity::of(field.quality[code as usize]);
    let text = |code: u32| field.values.dictionary().text(code);
    field.is_value(other)
        && validity(other) >= validity(winner)
        && !(in_group && spelling::covers(text(winner), text(other)))
}
