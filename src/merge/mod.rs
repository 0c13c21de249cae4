//! Stage `merge`: one golden record an entity, by survivorship rules, with the origin of every cell.
//!
//! A golden record is a *view*: members are never changed, and the outcome is a pure function of the set of member
//! records and the plan. Splitting an entity and merging again gives exactly what was there before.
//!
//! - in: [`MergePlan`] (from [`MergeConfig::validate`]) and [`MergeInput`], columns over all records plus [`Entities`];
//! - out: [`Golden`], `entities x fields` cells, row-major, 9 bytes each; [`GoldenView`] reads values and computes
//!   provenance and reasons from the members when somebody asks.
//!
//! # How a value wins
//! Fields are decided one by one, except that the fields of a *group* (name, address) come from one member record in
//! lock-step, blanks included. Candidates are compared by the first of these levels in which they differ:
//!
//! 1. what a person has pinned, the latest pin first;
//! 2. an explicit clearing beats every value that was changed before it (an absent value never wins, nor does it clear);
//! 3. validity: verified, valid, partial, suspicious, invalid (a placeholder is no candidate at all); where the chain
//!    weighs `trust`, validity is in the trust, and this level comes behind the rules;
//! 4. the rules of the chain, in order; see [`rule_names`];
//! 5. groups only: completeness;
//! 6. rank of the source in `source_priority`, sources that are not listed last;
//! 7. the later `updated_at`, then the later `published_at`, unknown times last. When a record was read or processed
//!    does not count: one that is only matched again must not win by that;
//! 8. how many sources agree after normalisation;
//! 9. place within the record's own list of values: the one listed first;
//! 10. length, longer first;
//! 11. bytes, smaller first;
//! 12. canonical record order (source name, source id).
//!
//! The last level has no ties, so the order of the input and the number of threads cannot show.
//!
//! # Null
//! A cell without value is null; a null by `unanimous_or_null` differs from "nothing was there" by its [`Decision`].
//!
//! # Complexity
//! O(records x fields) for entities of one record, which allocate nothing; O(m log m) per contested field of an entity
//! with m candidates, and at most [`MAX_COMPARED_CLASSES`] squared word comparisons per contested group.

mod config;
mod contest;
mod defaults;
mod explain;
mod golden;
mod number;
mod own_rule;
mod quality;
mod rules;
mod spelling;
mod trust;

use std::ops::Range;

pub use config::{FieldConfig, FieldSpec, GroupConfig, MergeConfig, MergePlan};
pub use contest::MAX_COMPARED_CLASSES;
pub use explain::{Explainer, Loser, Provenance};
pub use golden::{Cell, Decision, Golden, GoldenView};
pub use own_rule::{Candidates, OwnRule};
pub use quality::{QualityReason, ReasonKind, RecordQuality};
pub use rules::{rule_names, rule_summary};
pub use trust::{Decay, TrustConfig};

use crate::cluster::Entities;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{EntityId, RecordId, SourceId};
use crate::normalize::Quality;
use crate::table::{Column, NULL};
use config::Unit;
use contest::Contest;
use golden::Chunk;

/// The `updated_at` of a record whose source does not say when it changed.
pub const UNKNOWN_TIME: i64 = i64::MIN;

/// Entities a task: large enough to spread the cost of its buffers, small enough to balance uneven entities.
const CHUNK: usize = 4096;

/// The values of one golden field over all records.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// Name, the same as in the plan.
    pub name: &'a str,
    /// Values to show, in canonical record order. All values of a list are candidates.
    pub values: &'a Column,
    /// Per code of `values`: its class after normalisation, below [`NULL`]. Values of one class agree.
    pub key: &'a [u32],
    /// Per code of `values`: how far the value can be trusted.
    pub quality: &'a [Quality],
    /// Per record: whether its source has checked its values. May be empty: nothing is known.
    pub verified: &'a [Verification],
    /// Records that have cleared the field explicitly, ascending: a person has taken the value out. An empty cell is none.
    pub cleared: &'a [u32],
}

/// Whether a source has checked a value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Verification {
    /// It has not, or the check has failed.
    Unverified,
    /// It does not say.
    #[default]
    Unknown,
    /// It has.
    Verified,
}

/// What a person has decided about a cell: the golden record shows this record's value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Pin {
    /// The record.
    pub record: u32,
    /// The field; in a group the whole group is pinned.
    pub field: usize,
    /// Which of the record's values; none: the one that would win among them.
    pub code: Option<u32>,
    /// Of two pins the one of the higher rank counts.
    pub rank: u32,
}

/// What is merged: columns over all records, and the partition of the records.
#[derive(Clone, Copy, Debug)]
pub struct MergeInput<'a> {
    /// The golden fields, in the order of the plan.
    pub fields: &'a [Field<'a>],
    /// The source of each record.
    pub source: &'a [SourceId],
    /// When each record was changed by its source, in any unit; [`UNKNOWN_TIME`] for unknown. May be empty: all unknown.
    pub updated_at: &'a [i64],
    /// When each record was published to us, in the same unit. May be empty: all unknown.
    pub published_at: &'a [i64],
    /// The time of the run in the same unit, from which ages are counted; [`UNKNOWN_TIME`] for none.
    pub as_of: i64,
    /// What people have decided, ascending.
    pub pins: &'a [Pin],
    /// Which records are one customer.
    pub entities: &'a Entities,
}

impl MergeInput<'_> {
    /// The time of a record.
    #[inline]
    fn time(&self, record: u32) -> i64 {
        self.updated_at.get(record as usize).copied().unwrap_or(UNKNOWN_TIME)
    }

    /// When a record was published.
    #[inline]
    fn published(&self, record: u32) -> i64 {
        self.published_at.get(record as usize).copied().unwrap_or(UNKNOWN_TIME)
    }
}

impl Field<'_> {
    /// Whether a code is a value at all: not null and no placeholder.
    #[inline]
    fn is_value(&self, code: u32) -> bool {
        code != NULL && self.quality[code as usize] != Quality::Placeholder
    }

    /// What the source of a record knows about its values.
    #[inline]
    fn verification(&self, record: u32) -> Verification {
        self.verified.get(record as usize).copied().unwrap_or_default()
    }

    /// The first value of a record that is one, or [`NULL`].
    #[inline]
    fn first_value(&self, record: u32) -> u32 {
        let codes = self.values.codes(record as usize);
        codes.iter().copied().find(|&code| self.is_value(code)).unwrap_or(NULL)
    }
}

/// Builds the golden records of all entities.
///
/// # Errors
/// [`ErrorKind::Config`] when the fields, sources or lengths of the input are not those of the plan.
pub fn merge(plan: &MergePlan, input: &MergeInput) -> Result<Golden> {
    check(plan, input)?;
    let work = |range: Range<usize>| merge_range(plan, input, range);
    let chunks = crate::par::map_ranges(input.entities.len(), CHUNK, work);
    Ok(Golden::new(plan, input.entities.len(), CHUNK, chunks))
}

/// Everything that indexing relies on later, so that nothing after it can fail.
fn check(plan: &MergePlan, input: &MergeInput) -> Result<()> {
    let fail = |message: String| Err(Error::new(ErrorKind::Config, message).at("merge"));
    if input.fields.len() != plan.fields().len() {
        return fail(format!(
            "the plan has {} fields, the input {}",
            plan.fields().len(),
            input.fields.len()
        ));
    }
    let records = input.entities.records();
    for (field, name) in input.fields.iter().zip(plan.fields()) {
        if field.name != name {
            return fail(format!("the plan has field {name:?} where the input has {:?}", field.name));
        }
        if field.values.len() != records {
            return fail(format!(
                "field {name:?} has {} records, the entities {records}",
                field.values.len()
            ));
        }
        let values = field.values.dictionary().len();
        if field.key.len() != values || field.quality.len() != values {
            return fail(format!("field {name:?} has {values} values, but not as many keys and qualities"));
        }
    }
    if input.source.len() != records {
        return fail(format!("{} records have a source, the entities have {records}", input.source.len()));
    }
    for times in [input.updated_at, input.published_at] {
        if !times.is_empty() && times.len() != records {
            return fail(format!("{} records have a time, the entities have {records}", times.len()));
        }
    }
    if let Some(field) =
        input.fields.iter().find(|field| !field.verified.is_empty() && field.verified.len() != records)
    {
        return fail(format!(
            "{} records of field {:?} are checked or not, the entities have {records}",
            field.verified.len(),
            field.name
        ));
    }
    if plan.weighs_trust() && input.as_of == UNKNOWN_TIME {
        return Err(Error::new(
            ErrorKind::Config,
            "trust fades with time, and the day of the run is unknown",
        )
        .at("as_of")
        .cure("give the day of the run, as 2026-01-31"));
    }
    let codes = |pin: &Pin| input.fields.get(pin.field).map(|field| field.values.dictionary().len());
    let misses = |pin: &&Pin| {
        pin.record as usize >= records
            || codes(pin).is_none_or(|codes| pin.code.is_some_and(|code| code as usize >= codes))
    };
    if input.pins.iter().find(misses).is_some() || !input.pins.is_sorted() {
        return fail("pins name records, fields and values of the input, in ascending order".to_owned());
    }
    match input.source.iter().find(|source| source.index() >= plan.sources()) {
        Some(source) => {
            fail(format!("source number {source}, but the plan knows {} sources", plan.sources()))
        }
        None => Ok(()),
    }
}

/// The golden records of consecutive entities.
fn merge_range(plan: &MergePlan, input: &MergeInput, range: Range<usize>) -> Chunk {
    let mut chunk = Chunk::with_capacity(range.len(), plan.fields().len());
    let mut contest = Contest::new(plan, input);
    for entity in range.clone() {
        if (entity - range.start).is_multiple_of(TOUCHED) {
            touch(input, entity..(entity + TOUCHED).min(range.end));
        }
        let members = input.entities.members(EntityId::from_index(entity));
        for unit in plan.units() {
            match members {
                [only] if copy_single(unit, input, *only, &mut chunk) => {}
                _ => decide_unit(unit, &mut contest, members, &mut chunk),
            }
        }
        chunk.end_row(|row| quality::score(plan, input, members, row));
    }
    chunk.finish();
    chunk
}

/// Entities whose members are fetched together: their cells fit into the nearer caches.
const TOUCHED: usize = 16;

/// Reads what is known of all cells of some entities. The members of one entity lie far apart, and whoever looks at them
/// one by one waits for each; here nothing depends on anything, so that all are on their way at once.
fn touch(input: &MergeInput, entities: Range<usize>) {
    let members = || entities.clone().flat_map(|entity| input.entities.members(EntityId::from_index(entity)));
    let codes = |field: &Field| members().fold(0, |all, m| all ^ field.values.first_code(m.index()));
    std::hint::black_box(input.fields.iter().fold(0, |all, field| all ^ codes(field)));
    let keys = |field: &Field| {
        let key = |record: RecordId| field.key.get(field.values.first_code(record.index()) as usize);
        members().fold(0, |all, m| all ^ key(*m).copied().unwrap_or(0))
    };
    std::hint::black_box(input.fields.iter().fold(0, |all, field| all ^ keys(field)));
}

/// The common case: one record, so nothing to decide. False when a list leaves something to decide after all.
fn copy_single(unit: &Unit, input: &MergeInput, member: RecordId, chunk: &mut Chunk) -> bool {
    if unit.derives() {
        return false;
    }
    if !unit.is_group() {
        let field = unit.fields()[0];
        let codes = input.fields[field].values.codes(member.index());
        let code = match codes {
            [] => return true,
            [code] => *code,
            _ => return false,
        };
        if input.fields[field].is_value(code) {
            chunk.set(field, code, member.0, Decision::OnlyValue);
        }
        return true;
    }
    let code_of = |&field: &usize| input.fields[field].first_value(member.0);
    if unit.fields().iter().any(|field| code_of(field) != NULL) {
        for field in unit.fields() {
            chunk.set(*field, code_of(field), member.0, Decision::OnlyValue);
        }
    }
    true
}

/// Lets the candidates of all members compete for one field or group.
fn decide_unit(unit: &Unit, contest: &mut Contest, members: &[RecordId], chunk: &mut Chunk) {
    contest.load(unit, members);
    let outcome = contest.decide(unit);
    if let Some(text) = outcome.derived {
        let record = if contest.len() > 0 { contest.record(0) } else { NULL };
        chunk.set(unit.fields()[0], NULL, record, outcome.decision);
        chunk.push_derived(unit.fields()[0], text);
        return;
    }
    let Some(winner) = outcome.winner else {
        for &field in unit.fields() {
            chunk.set(field, NULL, NULL, outcome.decision);
        }
        return;
    };
    for (slot, &field) in unit.fields().iter().enumerate() {
        chunk.set(field, contest.code(winner, slot), contest.record(winner), outcome.decision);
    }
    if unit.fills() {
        for (slot, giver) in contest.fill(unit, winner) {
            let (code, record) = (contest.code(giver, slot), contest.record(giver));
            chunk.set(unit.fields()[slot], code, record, Decision::Filled);
        }
    }
    if unit.keep_all() {
        contest.rank_followers(unit, winner);
        for follower in contest.followers() {
            chunk.push_extra(unit.fields()[0], contest.code(follower, 0), contest.record(follower));
        }
    }
    chunk.count_skipped(contest.skipped_comparisons());
}
