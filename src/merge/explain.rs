//! Where golden values come from and what lost against them, computed from the members when somebody asks.
//!
//! # Shape
//! A [`Provenance`] for each cell of a golden record, with a [`Loser`] for each value of a member that is not kept, in
//! canonical order of the records.
//!
//! # Null
//! A cell without a value has a provenance too: it says that nobody had one, or why what there was fell.
//!
//! # Complexity
//! O(members x fields) an entity; a field in which members contradict the golden value is decided once more, since golden records
//! keep who won and not who lost.

use super::contest::Contest;
use super::golden::{Decision, GoldenView};
use super::{Field, quality};
use crate::ids::{EntityId, RecordId};

/// Where a golden value comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Provenance<'a> {
    /// The value; none when the cell is null.
    pub value: Option<&'a str>,
    /// The record that the cell comes from.
    pub record: Option<RecordId>,
    /// What decided: the level at which the last rival fell.
    pub decision: Decision,
    /// How far the cell can be relied on, 0 to 100: what it is worth in the quality of the record.
    pub confidence: u8,
    /// The other values of the members, in canonical record order. Those that a derived value is made of agree with it.
    pub losers: Vec<Loser<'a>>,
}

/// A member's value that is not in the golden record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Loser<'a> {
    /// The value.
    pub value: &'a str,
    /// Its record.
    pub record: RecordId,
    /// Whether it means the same as the golden value, or as one that is kept beside it.
    pub agrees: bool,
    /// The level at which it fell.
    pub why: Decision,
}

impl<'a> GoldenView<'a> {
    /// Where the value of a cell comes from and all that lost against it.
    ///
    /// # Panics
    /// As [`Golden::cell`](super::Golden::cell).
    pub fn provenance(&self, entity: EntityId, field: usize) -> Provenance<'a> {
        self.explainer().explain(entity, field, true)
    }

    /// Explains one entity after the other.
    pub fn explainer(&self) -> Explainer<'a> {
        Explainer {
            view: *self,
            contest: Contest::new(self.plan, self.input),
            decided: None,
            kept: Vec::new(),
        }
    }
}

/// Explains one golden record after the other, and keeps its buffers.
///
/// # Complexity
/// O(members x fields); only fields in which a member contradicts the golden value are decided again.
pub struct Explainer<'a> {
    view: GoldenView<'a>,
    contest: Contest<'a>,
    /// The entity and the first field of the unit that `contest` was about last.
    decided: Option<(EntityId, usize)>,
    /// The values that are kept of a cell.
    kept: Vec<(u32, RecordId)>,
}

impl<'a> Explainer<'a> {
    /// The provenance of all cells of an entity, in the order of the fields, in `out`, whose former content is gone. The
    /// losers are those that mean something else: members who agree have lost nothing.
    ///
    /// # Panics
    /// When the entity does not exist.
    pub fn provenances(&mut self, entity: EntityId, out: &mut Vec<Provenance<'a>>) {
        out.clear();
        self.view.fetch(entity);
        out.extend((0..self.view.golden.fields().len()).map(|field| self.explain(entity, field, false)));
    }

    /// One cell; `all`: with the values that agree.
    fn explain(&mut self, entity: EntityId, field: usize, all: bool) -> Provenance<'a> {
        let GoldenView { golden, plan, input } = self.view;
        let cell = golden.cell(entity, field);
        let members = self.view.members(entity);
        let column = &input.fields[field];
        let losers = self.losers(entity, field, column, all);
        Provenance {
            value: self.view.value(entity, field),
            record: cell.record,
            decision: cell.decision,
            confidence: quality::confidence(plan, input, members, golden.row(entity), field),
            losers,
        }
    }

    /// The values of members that are not kept.
    fn losers(&mut self, entity: EntityId, field: usize, column: &Field<'a>, all: bool) -> Vec<Loser<'a>> {
        let GoldenView { golden, plan, .. } = self.view;
        let cell = golden.cell(entity, field);
        let mut kept = std::mem::take(&mut self.kept);
        kept.clear();
        kept.extend(cell.code.zip(cell.record));
        let unit = plan.unit_of(field);
        if unit.keep_all() {
            kept.extend(golden.extras(entity, field));
        }
        let derived = unit.derives() && golden.derived(entity, field).is_some();
        let mut losers = Vec::new();
        for &record in self.view.members(entity) {
            for &code in column.values.codes(record.index()) {
                if kept.contains(&(code, record)) {
                    continue;
                }
                let is_value = column.is_value(code);
                let same = |kept: u32| column.key[kept as usize] == column.key[code as usize];
                let agrees = (derived && is_value) || kept.iter().any(|(kept, _)| same(*kept));
                if agrees && !all {
                    continue;
                }
                let why = match is_value {
                    true => self.why(entity, field, record, code),
                    false => Decision::Placeholder,
                };
                losers.push(Loser { value: self.view.text(field, code), record, agrees, why });
            }
        }
        self.kept = kept;
        losers
    }

    /// The level at which a value of a record fell.
    fn why(&mut self, entity: EntityId, field: usize, record: RecordId, code: u32) -> Decision {
        let unit = self.view.plan.unit_of(field);
        let contest = Some((entity, unit.fields()[0]));
        if self.decided != contest {
            self.contest.load(unit, self.view.members(entity));
            self.contest.decide(unit);
            self.decided = contest;
        }
        self.contest.why(field, record.0, code)
    }
}
