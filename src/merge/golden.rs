//! The golden records: compact cells, and a view that reads values and explains them from the members.

use std::fmt;

use super::config::MergePlan;
use super::quality::{self, RecordQuality};
use super::rules::RULES;
use super::{MergeInput, TOUCHED, check, touch};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{EntityId, RecordId};
use crate::table::NULL;

/// What decided a cell, or ruled a value out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Decision {
    /// No member has a value.
    NoValue,
    /// There was nothing to decide: one candidate.
    OnlyValue,
    /// The value is a filler such as `n/a`, which is no value.
    Placeholder,
    /// A person has said that the winner's record is right.
    Pinned,
    /// A source has cleared the field explicitly, later than the value was changed.
    Cleared,
    /// The winner is more valid.
    Validity,
    /// A rule of the chain, by its number; see [`Decision::name`].
    Rule(u8),
    /// The group is more complete in the winner's record.
    Completeness,
    /// The winner's source ranks higher.
    SourceRank,
    /// The winner's record was changed later.
    UpdatedAt,
    /// The winner's record was published later.
    PublishedAt,
    /// The winner of the group left the field blank; the value is from the next record that does not contradict it.
    Filled,
    /// A rule of the calling program, by its number; see [`MergePlan::decision_name`].
    Own(u8),
    /// More sources agree with the winner.
    Agreement,
    /// The winner stands before it in the list of its record.
    ListOrder,
    /// The winner is longer.
    Length,
    /// The winner's bytes are smaller.
    Bytes,
    /// The winner's record comes first in canonical order.
    RecordOrder,
}

/// Where the numbers of rules begin in the byte of a cell.
const FIRST_RULE: u8 = 32;

/// Where those of the calling program begin.
const FIRST_OWN: u8 = 128;

/// How many rules a calling program may bring along.
pub(super) const MAX_OWN_RULES: usize = (u8::MAX - FIRST_OWN) as usize;

/// Every decision that is not a rule; its place is its byte in a cell.
const PLAIN: [Decision; 16] = [
    Decision::NoValue,
    Decision::OnlyValue,
    Decision::Placeholder,
    Decision::Validity,
    Decision::Completeness,
    Decision::SourceRank,
    Decision::UpdatedAt,
    Decision::Agreement,
    Decision::ListOrder,
    Decision::Length,
    Decision::Bytes,
    Decision::RecordOrder,
    Decision::Pinned,
    Decision::Cleared,
    Decision::PublishedAt,
    Decision::Filled,
];

impl Decision {
    /// The stable name: that of the rule, or of the level of the comparator. All rules of the calling program are
    /// `own_rule` here; [`MergePlan::decision_name`] knows their names.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoValue => "no_value",
            Self::OnlyValue => "only_value",
            Self::Placeholder => "placeholder",
            Self::Pinned => "pinned",
            Self::Cleared => "cleared",
            Self::Filled => "filled",
            Self::Own(_) => "own_rule",
            Self::Validity => "validity",
            Self::Rule(rule) => RULES.get(usize::from(rule)).map_or("unknown_rule", |rule| rule.name),
            Self::Completeness => "completeness",
            Self::SourceRank => "source_rank",
            Self::UpdatedAt => "updated_at",
            Self::PublishedAt => "published_at",
            Self::Agreement => "agreement",
            Self::ListOrder => "list_order",
            Self::Length => "length",
            Self::Bytes => "bytes",
            Self::RecordOrder => "record_order",
        }
    }

    fn encode(self) -> u8 {
        match self {
            Self::Rule(rule) => FIRST_RULE + rule,
            Self::Own(rule) => FIRST_OWN + rule,
            plain => PLAIN.iter().position(|&known| known == plain).unwrap_or(0) as u8,
        }
    }

    fn decode(byte: u8) -> Self {
        match byte {
            FIRST_OWN.. => Self::Own(byte - FIRST_OWN),
            FIRST_RULE.. => Self::Rule(byte - FIRST_RULE),
            _ => PLAIN.get(usize::from(byte)).copied().unwrap_or(Self::NoValue),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One cell of a golden record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Code of the value in the field's column; none when the cell is null, or derived from several values
    /// ([`Golden::derived`]).
    pub code: Option<u32>,
    /// The record that the cell comes from, of several the first; for a group also where the cell is blank.
    pub record: Option<RecordId>,
    /// What decided: the level at which the last rival fell.
    pub decision: Decision,
}

/// A further value of a field that keeps all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Extra {
    /// Cell within the chunk.
    cell: u32,
    code: u32,
    record: u32,
}

/// A cell as it is held: code and record, [`NULL`] for none, and the byte of the decision.
type PlainCell = (u32, u32, u8);

/// A cell about which there is nothing to say.
const BLANK: PlainCell = (NULL, NULL, 0);

/// The golden records of consecutive entities. Cells lie end to end without the blank ones: of the many columns of many
/// sources a customer has few.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    width: usize,
    /// For each row `width.div_ceil(64)` words with a bit for each field whose cell is not blank.
    present: Vec<u64>,
    /// Where the cells of each row begin, and where those of the last end.
    starts: Vec<u32>,
    codes: Vec<u32>,
    records: Vec<u32>,
    decisions: Vec<u8>,
    scores: Vec<u8>,
    /// Ascending by cell, counted with the blank ones; within a cell in comparator order.
    extras: Vec<Extra>,
    /// Texts that no record has, ascending by cell.
    derived: Vec<(u32, Box<str>)>,
    skipped: u64,
    /// The row that is being filled.
    open: Vec<PlainCell>,
}

impl Chunk {
    pub(super) fn with_capacity(rows: usize, width: usize) -> Self {
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Self {
            width,
            present: Vec::with_capacity(rows * width.div_ceil(64)),
            starts,
            codes: Vec::new(),
            records: Vec::new(),
            decisions: Vec::new(),
            scores: Vec::with_capacity(rows),
            extras: Vec::new(),
            derived: Vec::new(),
            skipped: 0,
            open: vec![BLANK; width],
        }
    }

    /// Sets a cell of the row that is being filled.
    pub(super) fn set(&mut self, field: usize, code: u32, record: u32, decision: Decision) {
        self.open[field] = (code, record, decision.encode());
    }

    /// Adds a further value to the row that is being filled.
    pub(super) fn push_extra(&mut self, field: usize, code: u32, record: u32) {
        let cell = self.open_cell(field);
        self.extras.push(Extra { cell, code, record });
    }

    /// Adds a text that no record has to the row that is being filled.
    pub(super) fn push_derived(&mut self, field: usize, text: String) {
        let cell = self.open_cell(field);
        self.derived.push((cell, text.into_boxed_str()));
    }

    fn open_cell(&self, field: usize) -> u32 {
        (self.scores.len() * self.width + field) as u32
    }

    /// Ends the row that is being filled; `score` is its quality.
    pub(super) fn end_row(&mut self, score: impl FnOnce(Row<'_>) -> u8) {
        for fields in self.open.chunks_mut(64) {
            let mut word = 0;
            for (bit, cell) in fields.iter_mut().enumerate() {
                let (code, record, decision) = std::mem::replace(cell, BLANK);
                if (code, record, decision) != BLANK {
                    word |= 1 << bit;
                    self.codes.push(code);
                    self.records.push(record);
                    self.decisions.push(decision);
                }
            }
            self.present.push(word);
        }
        self.starts.push(self.codes.len() as u32);
        let score = score(self.row(self.scores.len()));
        self.scores.push(score);
    }

    pub(super) fn row(&self, row: usize) -> Row<'_> {
        Row { chunk: self, row }
    }

    pub(super) fn count_skipped(&mut self, skipped: u64) {
        self.skipped += skipped;
    }

    /// Units are decided in the order of the plan, not of the fields: puts the further values in cell order.
    pub(super) fn finish(&mut self) {
        self.extras.sort_by_key(|extra| extra.cell);
        self.extras.shrink_to_fit();
        self.derived.sort_by_key(|(cell, _)| *cell);
        self.codes.shrink_to_fit();
        self.records.shrink_to_fit();
        self.decisions.shrink_to_fit();
        self.open = Vec::new();
    }

    fn extras(&self, cell: usize) -> &[Extra] {
        let start = self.extras.partition_point(|extra| (extra.cell as usize) < cell);
        let len = self.extras[start..].iter().take_while(|extra| extra.cell as usize == cell).count();
        &self.extras[start..start + len]
    }
}

/// The cells of one golden record.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    chunk: &'a Chunk,
    row: usize,
}

impl Row<'_> {
    /// The code of a cell, or [`NULL`].
    #[inline]
    pub(super) fn code(self, field: usize) -> u32 {
        self.place(field).map_or(NULL, |place| self.chunk.codes[place])
    }

    /// The record of a cell, or [`NULL`].
    #[inline]
    pub(super) fn record(self, field: usize) -> u32 {
        self.place(field).map_or(NULL, |place| self.chunk.records[place])
    }

    fn cell(self, field: usize) -> Cell {
        let Some(place) = self.place(field) else {
            return Cell { code: None, record: None, decision: Decision::NoValue };
        };
        let some = |number: u32| (number != NULL).then_some(number);
        Cell {
            code: some(self.chunk.codes[place]),
            record: some(self.chunk.records[place]).map(RecordId),
            decision: Decision::decode(self.chunk.decisions[place]),
        }
    }

    /// Where a cell is, unless it is blank.
    #[inline]
    fn place(self, field: usize) -> Option<usize> {
        let words = self.chunk.width.div_ceil(64);
        let row = &self.chunk.present[self.row * words..(self.row + 1) * words];
        let (word, bit) = (field / 64, 1u64 << (field % 64));
        let before = row[..word].iter().map(|word| word.count_ones()).sum::<u32>();
        let before = before + (row[word] & (bit - 1)).count_ones();
        (row[word] & bit != 0).then(|| (self.chunk.starts[self.row] + before) as usize)
    }
}

/// The golden records of all entities.
///
/// # Shape
/// `len()` entities x `fields().len()` cells, held in pieces of consecutive entities: 9 bytes a cell that is not blank, one bit
/// a cell, 5 bytes an entity, 12 bytes a further value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Golden {
    fields: Vec<String>,
    len: usize,
    chunk: usize,
    chunks: Vec<Chunk>,
}

impl Golden {
    pub(super) fn new(plan: &MergePlan, len: usize, chunk: usize, chunks: Vec<Chunk>) -> Self {
        Self { fields: plan.fields().to_vec(), len, chunk, chunks }
    }

    /// How many golden records.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Names of the fields.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// Where a field is.
    pub fn field_index(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field == name)
    }

    /// A cell.
    ///
    /// # Panics
    /// When the entity or field does not exist.
    pub fn cell(&self, entity: EntityId, field: usize) -> Cell {
        assert!(field < self.fields.len(), "field {field} of {}", self.fields.len());
        self.row(entity).cell(field)
    }

    /// The further values of a field that keeps all, as (code, record), in comparator order.
    ///
    /// # Panics
    /// As [`Self::cell`].
    pub fn extras(
        &self,
        entity: EntityId,
        field: usize,
    ) -> impl ExactSizeIterator<Item = (u32, RecordId)> + '_ {
        let (chunk, cell) = self.locate(entity, field);
        chunk.extras(cell).iter().map(|extra| (extra.code, RecordId(extra.record)))
    }

    /// The value of a cell that is none of any record: a sum, a mean, a count.
    ///
    /// # Panics
    /// As [`Self::cell`].
    pub fn derived(&self, entity: EntityId, field: usize) -> Option<&str> {
        let (chunk, cell) = self.locate(entity, field);
        let at = chunk.derived.binary_search_by_key(&(cell as u32), |(cell, _)| *cell).ok()?;
        Some(&chunk.derived[at].1)
    }

    /// Quality of a golden record, 0 to 100; [`GoldenView::quality`] tells why.
    ///
    /// # Panics
    /// When the entity does not exist.
    pub fn score(&self, entity: EntityId) -> u8 {
        self.chunks[entity.index() / self.chunk].scores[entity.index() % self.chunk]
    }

    /// Contests with more than [`MAX_COMPARED_CLASSES`](super::MAX_COMPARED_CLASSES) different candidates, in which
    /// only equal keys counted as agreement.
    pub fn skipped_comparisons(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.skipped).sum()
    }

    /// Bytes held, for memory reports.
    pub fn heap_bytes(&self) -> usize {
        let cells = |chunk: &Chunk| {
            let starts = chunk.present.capacity() * 8 + chunk.starts.capacity() * 4;
            starts + chunk.codes.capacity() * 4 + chunk.records.capacity() * 4 + chunk.decisions.capacity()
        };
        let rest = |chunk: &Chunk| chunk.scores.capacity() + chunk.extras.capacity() * size_of::<Extra>();
        self.chunks.iter().map(|chunk| cells(chunk) + rest(chunk)).sum()
    }

    /// The records with everything that is needed to read and explain them. `plan` and `input` are those that
    /// [`merge`](super::merge) was given.
    ///
    /// # Errors
    /// As [`merge`](super::merge), and when the input has another number of entities.
    pub fn view<'a>(&'a self, plan: &'a MergePlan, input: &'a MergeInput<'a>) -> Result<GoldenView<'a>> {
        check(plan, input)?;
        if self.len != input.entities.len() || self.fields != plan.fields() {
            return Err(
                Error::new(ErrorKind::Config, "the golden records are those of another input").at("merge")
            );
        }
        Ok(GoldenView { golden: self, plan, input })
    }

    /// The cells of an entity.
    pub(super) fn row(&self, entity: EntityId) -> Row<'_> {
        self.chunks[entity.index() / self.chunk].row(entity.index() % self.chunk)
    }

    fn locate(&self, entity: EntityId, field: usize) -> (&Chunk, usize) {
        assert!(field < self.fields.len(), "field {field} of {}", self.fields.len());
        let row = entity.index() % self.chunk;
        (&self.chunks[entity.index() / self.chunk], row * self.fields.len() + field)
    }
}

/// Golden records with the plan and input that they were made from.
#[derive(Clone, Copy, Debug)]
pub struct GoldenView<'a> {
    pub(super) golden: &'a Golden,
    pub(super) plan: &'a MergePlan,
    pub(super) input: &'a MergeInput<'a>,
}

impl<'a> GoldenView<'a> {
    /// The golden records themselves.
    pub fn golden(&self) -> &'a Golden {
        self.golden
    }

    /// The winning value.
    ///
    /// # Panics
    /// As [`Golden::cell`].
    pub fn value(&self, entity: EntityId, field: usize) -> Option<&'a str> {
        let text = self.golden.cell(entity, field).code.map(|code| self.text(field, code));
        text.or_else(|| self.golden.derived(entity, field))
    }

    /// The winning value, then the others that a field keeps.
    ///
    /// # Panics
    /// As [`Golden::cell`].
    pub fn values(&self, entity: EntityId, field: usize) -> impl Iterator<Item = &'a str> + use<'a> {
        let view = *self;
        let extras = view.golden.extras(entity, field).map(move |(code, _)| view.text(field, code));
        view.value(entity, field).into_iter().chain(extras)
    }

    /// Quality of a golden record with its worst reasons, computed from the members.
    ///
    /// # Panics
    /// When the entity does not exist.
    pub fn quality(&self, entity: EntityId) -> RecordQuality {
        self.fetch(entity);
        quality::explain(self.plan, self.input, self.members(entity), self.golden.row(entity))
    }

    /// Fetches the members of an entity together with those of the next ones, once in a while: who asks for one entity mostly
    /// asks for the next one too.
    pub(super) fn fetch(&self, entity: EntityId) {
        if entity.index().is_multiple_of(TOUCHED) {
            touch(self.input, entity.index()..(entity.index() + TOUCHED).min(self.golden.len));
        }
    }

    /// The records of an entity.
    pub(super) fn members(&self, entity: EntityId) -> &'a [RecordId] {
        self.input.entities.members(entity)
    }

    pub(super) fn text(&self, field: usize, code: u32) -> &'a str {
        self.input.fields[field].values.dictionary().text(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_survive_the_byte_of_a_cell() {
        let rules = (0..RULES.len() as u8).map(Decision::Rule);
        for own in 0..MAX_OWN_RULES as u8 {
            assert_eq!(Decision::decode(Decision::Own(own).encode()), Decision::Own(own));
        }
        let mut names = Vec::new();
        for decision in PLAIN.into_iter().chain(rules) {
            assert_eq!(Decision::decode(decision.encode()), decision);
            names.push(decision.name());
        }
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "names tell decisions apart");
        assert_eq!(Decision::decode(31), Decision::NoValue);
    }
}
