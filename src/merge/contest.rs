//! One field or group of one entity: the candidates, what is known of each, and the narrowing level by level.
//!
//! Candidates stand in canonical record order, and everything that is computed here is a property of the candidate
//! within the *set* of candidates, so that the outcome is a function of the set.
//!
//! # Shape
//! `len` candidates; codes and keys are `len x width`, row-major, where `width` is the number of fields (1, or those of
//! the group). A field outside of a group has one candidate a value, a group one candidate a record.

mod facts;

use super::config::{MergePlan, Unit};
use super::golden::Decision;
use super::quality::Validity;
use super::rules::{RULES, Verdict};
use super::{MergeInput, Pin, UNKNOWN_TIME, Verification, spelling};
use crate::ids::RecordId;
use crate::table::NULL;

/// Up to how many different candidates are compared word by word, each with each. An honest customer does not have
/// more than this many different names or addresses; above it only equal keys count, and the contest is counted in
/// [`Golden::skipped_comparisons`](super::Golden::skipped_comparisons).
pub const MAX_COMPARED_CLASSES: usize = 64;

/// The buffers of one contest after the other.
pub(super) struct Contest<'a> {
    plan: &'a MergePlan,
    input: &'a MergeInput<'a>,
    /// The fields that are decided together.
    fields: Vec<usize>,
    is_group: bool,
    records: Vec<u32>,
    positions: Vec<u32>,
    validity: Vec<Validity>,
    /// What the candidate's source knows of it.
    verified: Vec<Verification>,
    /// Rank of its pin plus one; 0 for none. Empty when nothing of the unit is pinned.
    pinned: Vec<u32>,
    /// When the field was cleared last; [`UNKNOWN_TIME`] for never.
    cleared_at: i64,
    codes: Vec<u32>,
    keys: Vec<u32>,
    /// Candidates of equal keys share a class; classes are dense.
    classes: Vec<u32>,
    /// The first candidate of each class.
    first_of_class: Vec<u32>,
    // Scratch of `decide` and `rank_followers`.
    order: Vec<u32>,
    scores: Vec<i64>,
    standing: Vec<u32>,
    /// At which level each candidate was ruled out.
    fell: Vec<Decision>,
    table: Vec<i64>,
}

/// Who won, and what decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Outcome {
    /// The winning candidate.
    pub winner: Option<usize>,
    /// The value, where it is made of several.
    pub derived: Option<String>,
    /// The level at which the last rival fell.
    pub decision: Decision,
}

impl<'a> Contest<'a> {
    pub(super) fn new(plan: &'a MergePlan, input: &'a MergeInput<'a>) -> Self {
        Self {
            plan,
            input,
            fields: Vec::new(),
            is_group: false,
            records: Vec::new(),
            positions: Vec::new(),
            validity: Vec::new(),
            verified: Vec::new(),
            pinned: Vec::new(),
            cleared_at: UNKNOWN_TIME,
            codes: Vec::new(),
            keys: Vec::new(),
            classes: Vec::new(),
            first_of_class: Vec::new(),
            order: Vec::new(),
            scores: Vec::new(),
            standing: Vec::new(),
            fell: Vec::new(),
            table: Vec::new(),
        }
    }

    /// Gathers the candidates of a unit: every value of every member, or every member with a value in the group.
    pub(super) fn load(&mut self, unit: &Unit, members: &[RecordId]) {
        self.fields.clear();
        self.fields.extend_from_slice(unit.fields());
        self.is_group = unit.is_group();
        self.records.clear();
        self.positions.clear();
        self.validity.clear();
        self.verified.clear();
        self.codes.clear();
        self.keys.clear();
        self.cleared_at = self.last_clearing(members);
        for member in members {
            if self.is_group {
                self.load_group_record(member.0);
            } else {
                self.load_values(member.0);
            }
        }
        self.classify();
        self.find_pins();
    }

    /// When a member has cleared the field last; for a group all fields of which some were cleared and none has a value.
    fn last_clearing(&self, members: &[RecordId]) -> i64 {
        let fields = || self.fields.iter().map(|&field| &self.input.fields[field]);
        if fields().all(|field| field.cleared.is_empty()) {
            return UNKNOWN_TIME;
        }
        let clears = |member: &&RecordId| {
            fields().any(|field| field.cleared.binary_search(&member.0).is_ok())
                && fields().all(|field| field.first_value(member.0) == NULL)
        };
        members.iter().filter(clears).map(|member| self.input.time(member.0)).max().unwrap_or(UNKNOWN_TIME)
    }

    /// Which candidates somebody has pinned.
    fn find_pins(&mut self) {
        self.pinned.clear();
        if self.input.pins.is_empty() {
            return;
        }
        let rank = |candidate: usize| {
            let record = self.records[candidate];
            let start = self.input.pins.partition_point(|pin| pin.record < record);
            let here = |pin: &&Pin| {
                let slot = self.fields.iter().position(|&field| field == pin.field);
                slot.is_some_and(|slot| pin.code.is_none_or(|code| self.code(candidate, slot) == code))
            };
            let pins = self.input.pins[start..].iter().take_while(|pin| pin.record == record);
            pins.filter(here).map(|pin| pin.rank + 1).max().unwrap_or(0)
        };
        let ranks: Vec<u32> = (0..self.records.len()).map(rank).collect();
        if ranks.iter().any(|&rank| rank > 0) {
            self.pinned = ranks;
        }
    }

    fn load_values(&mut self, record: u32) {
        let field = &self.input.fields[self.fields[0]];
        let verification = field.verification(record);
        for (position, &code) in field.values.codes(record as usize).iter().enumerate() {
            if field.is_value(code) {
                self.records.push(record);
                self.positions.push(position as u32);
                self.validity.push(Validity::of(field.quality[code as usize]).checked(verification));
                self.verified.push(verification);
                self.codes.push(code);
                self.keys.push(field.key[code as usize]);
            }
        }
    }

    fn load_group_record(&mut self, record: u32) {
        let start = self.codes.len();
        let (mut filled, mut invalid) = (0, 0);
        let mut verification: Option<Verification> = None;
        for &field in &self.fields {
            let field = &self.input.fields[field];
            let code = field.first_value(record);
            self.codes.push(code);
            if code == NULL {
                self.keys.push(NULL);
                continue;
            }
            self.keys.push(field.key[code as usize]);
            filled += 1;
            invalid += usize::from(Validity::of(field.quality[code as usize]) == Validity::Invalid);
            // What is known of one field is said of the whole: a street is not checked without its town.
            if field.verification(record) != Verification::Unknown {
                verification = verification.max(Some(field.verification(record)));
            }
        }
        let verification = verification.unwrap_or_default();
        if filled == 0 {
            self.codes.truncate(start);
            self.keys.truncate(start);
            return;
        }
        self.records.push(record);
        self.positions.push(0);
        // The worst field would be the wrong measure: a record that says nothing but the country would outrank a whole
        // address with one bad postcode.
        let validity = if invalid * 2 >= filled { Validity::Invalid } else { Validity::Valid };
        self.validity.push(validity.checked(verification));
        self.verified.push(verification);
    }

    /// Numbers the classes of equal keys in the order of their first candidate.
    fn classify(&mut self) {
        let Self { fields, records, keys, classes, first_of_class, order, .. } = self;
        let width = fields.len();
        let key = |i: u32| &keys[i as usize * width..(i as usize + 1) * width];
        classes.clear();
        classes.resize(records.len(), 0);
        first_of_class.clear();
        order.clear();
        order.extend(0..records.len() as u32);
        order.sort_unstable_by(|&a, &b| key(a).cmp(key(b)).then(a.cmp(&b)));
        // First the number of the class is its first candidate, then it is made dense.
        let mut first = 0;
        for (i, &candidate) in order.iter().enumerate() {
            if i == 0 || key(order[i - 1]) != key(candidate) {
                first = candidate;
            }
            classes[candidate as usize] = first;
        }
        for i in 0..classes.len() {
            let first = classes[i] as usize;
            if first == i {
                first_of_class.push(i as u32);
                classes[i] = first_of_class.len() as u32 - 1;
            } else {
                classes[i] = classes[first];
            }
        }
    }

    /// Scores of all candidates at one level, higher is better.
    fn score(&self, level: Decision, scores: &mut [i64], standing: &[u32]) -> Verdict {
        let each = |scores: &mut [i64], score: &dyn Fn(usize) -> i64| {
            for (i, slot) in scores.iter_mut().enumerate() {
                *slot = score(i);
            }
        };
        match level {
            Decision::Validity => each(scores, &|i| self.validity[i] as i64),
            Decision::Pinned => each(scores, &|i| i64::from(self.pinned.get(i).copied().unwrap_or(0))),
            Decision::Cleared => {
                each(scores, &|i| i64::from(!self.is_overtaken(i)));
                if standing.iter().all(|&i| self.is_overtaken(i as usize)) && !standing.is_empty() {
                    return Verdict::Null;
                }
            }
            Decision::PublishedAt => each(scores, &|i| self.input.published(self.records[i])),
            Decision::Rule(rule) => return (RULES[usize::from(rule)].score)(self, scores, standing),
            Decision::Own(rule) => match self.plan.own_rule(rule) {
                Some(rule) => rule.score(self, scores),
                None => scores.fill(0),
            },
            Decision::Completeness => each(scores, &|i| self.group_completeness(i)),
            Decision::SourceRank => each(scores, &|i| -self.source_rank(i)),
            Decision::UpdatedAt => each(scores, &|i| self.time(i)),
            Decision::Agreement => {
                let sources = self.agreement_of_classes();
                each(scores, &|i| i64::from(sources[self.class(i)]));
            }
            Decision::ListOrder => each(scores, &|i| -i64::from(self.positions[i])),
            Decision::Length => each(scores, &|i| self.length(i)),
            Decision::Bytes => self.score_bytes(scores),
            Decision::RecordOrder => each(scores, &|i| -i64::from(self.records[i])),
            Decision::NoValue | Decision::OnlyValue | Decision::Placeholder | Decision::Filled => {
                scores.fill(0)
            }
        }
        Verdict::Ranked
    }

    /// Whether the field was cleared after a candidate was changed. What somebody has pinned stays.
    fn is_overtaken(&self, candidate: usize) -> bool {
        let pinned = self.pinned.get(candidate).is_some_and(|&rank| rank > 0);
        !pinned && self.time(candidate) < self.cleared_at
    }

    /// Whether a level has nothing to say in this contest.
    fn is_idle(&self, level: Decision) -> bool {
        match level {
            Decision::Pinned => self.pinned.is_empty(),
            Decision::Cleared => self.cleared_at == UNKNOWN_TIME,
            Decision::PublishedAt => self.input.published_at.is_empty(),
            _ => false,
        }
    }

    /// Rules candidates out, level by level, until one stands.
    pub(super) fn decide(&mut self, unit: &Unit) -> Outcome {
        let len = self.len();
        self.fell.clear();
        self.fell.resize(len, Decision::OnlyValue);
        let outcome = |winner, decision| Outcome { winner, derived: None, decision };
        let cleared = self.cleared_at != UNKNOWN_TIME;
        match len {
            0 if cleared => return outcome(None, Decision::Cleared),
            0 => return outcome(None, Decision::NoValue),
            1 if !cleared && !unit.derives() => return outcome(Some(0), Decision::OnlyValue),
            _ => {}
        }
        let (mut scores, mut standing) =
            (std::mem::take(&mut self.scores), std::mem::take(&mut self.standing));
        scores.clear();
        scores.resize(len, 0);
        standing.clear();
        standing.extend(0..len as u32);
        let mut outcome = outcome(None, if len == 1 { Decision::OnlyValue } else { Decision::NoValue });
        for level in unit.levels() {
            let is_text = matches!(level, Decision::Length | Decision::Bytes);
            if self.is_idle(level) || (is_text && self.is_one_text(&standing)) {
                continue;
            }
            let verdict = self.score(level, &mut scores, &standing);
            if verdict != Verdict::Ranked {
                for &i in &standing {
                    self.fell[i as usize] = level;
                }
                standing.clear();
                outcome.decision = level;
                if let Verdict::Derived(text) = verdict {
                    outcome.derived = Some(text);
                }
                break;
            }
            let best = standing.iter().map(|&i| scores[i as usize]).max().unwrap_or(0);
            let before = standing.len();
            standing.retain(|&i| {
                let stays = scores[i as usize] == best;
                if !stays {
                    self.fell[i as usize] = level;
                }
                stays
            });
            if standing.len() < before {
                outcome.decision = level;
            }
            // A value that is made of several is made of one as well.
            if standing.len() == 1 && !unit.derives() {
                break;
            }
        }
        // Two candidates that no level tells apart are the same text of the same record: the first one will do.
        outcome.winner = standing.first().map(|&i| i as usize);
        (self.scores, self.standing) = (scores, standing);
        outcome
    }

    /// Whether these candidates are the same text, so that levels of the text cannot tell them apart.
    fn is_one_text(&self, candidates: &[u32]) -> bool {
        candidates.windows(2).all(|pair| self.codes_of(pair[0] as usize) == self.codes_of(pair[1] as usize))
    }

    /// After [`Self::decide`]: the level at which a value of a record fell.
    pub(super) fn why(&self, field: usize, record: u32, code: u32) -> Decision {
        let slot = self.fields.iter().position(|&known| known == field).unwrap_or(0);
        let found = (0..self.len()).find(|&i| self.records[i] == record && self.code(i, slot) == code);
        // A group takes the first value of a list, so the others never were candidates.
        found.map_or(Decision::ListOrder, |i| self.fell[i])
    }

    /// The candidates that [`Self::rank_followers`] found.
    pub(super) fn followers(&self) -> impl Iterator<Item = usize> + '_ {
        self.order.iter().map(|&candidate| candidate as usize)
    }

    /// Finds the best candidate of each class other than the winner's, in comparator order.
    pub(super) fn rank_followers(&mut self, unit: &Unit, winner: usize) {
        self.order.clear();
        if self.class_count() < 2 {
            return;
        }
        self.rank_all(unit);
        let mut seen = vec![false; self.class_count()];
        seen[self.class(winner)] = true;
        let classes = &self.classes;
        self.order.retain(|&i| !std::mem::replace(&mut seen[classes[i as usize] as usize], true));
        // A value that was cleared is not kept either.
        if self.cleared_at != UNKNOWN_TIME {
            let mut order = std::mem::take(&mut self.order);
            order.retain(|&i| !self.is_overtaken(i as usize));
            self.order = order;
        }
    }

    /// For each blank of the winner of a group the first candidate, in comparator order, that has a value there and
    /// contradicts the winner in no field: pairs of a field's place in the group and the candidate.
    pub(super) fn fill(&mut self, unit: &Unit, winner: usize) -> Vec<(usize, usize)> {
        let width = self.fields.len();
        let blank = |slot: &usize| self.code(winner, *slot) == NULL;
        let blanks: Vec<usize> = (0..width).filter(blank).collect();
        if blanks.is_empty() || self.len() < 2 {
            return Vec::new();
        }
        self.rank_all(unit);
        let fits = |candidate: usize| {
            (0..width).all(|slot| {
                let keys = (self.keys[winner * width + slot], self.keys[candidate * width + slot]);
                let (a, b) = (self.text(winner, slot), self.text(candidate, slot));
                matches!(keys, (NULL, _) | (_, NULL))
                    || keys.0 == keys.1
                    || spelling::covers(a, b)
                    || spelling::covers(b, a)
            })
        };
        let fitting: Vec<usize> =
            self.order.iter().map(|&i| i as usize).filter(|&i| i != winner && fits(i)).collect();
        // All blanks from one record if it can be: the first that fills the first blank goes first.
        let giver = |slot: usize| fitting.iter().copied().find(|&i| self.code(i, slot) != NULL);
        blanks.into_iter().filter_map(|slot| Some((slot, giver(slot)?))).collect()
    }

    /// Puts all candidates in comparator order.
    fn rank_all(&mut self, unit: &Unit) {
        let len = self.len();
        let levels = unit.levels().count();
        let mut table = std::mem::take(&mut self.table);
        let mut order = std::mem::take(&mut self.order);
        table.clear();
        table.resize(levels * len, 0);
        for (level, scores) in unit.levels().zip(table.chunks_exact_mut(len)) {
            if self.is_idle(level) {
                scores.fill(0);
            } else {
                self.score(level, scores, &[]);
            }
        }
        let score = |level: usize, i: u32| table[level * len + i as usize];
        order.clear();
        order.extend(0..len as u32);
        order.sort_by(|&a, &b| {
            let level = (0..levels).map(|level| score(level, b).cmp(&score(level, a)));
            level.into_iter().find(|order| order.is_ne()).unwrap_or(a.cmp(&b))
        });
        (self.table, self.order) = (table, order);
    }
}
