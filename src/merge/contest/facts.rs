//! What a rule may ask about the candidates of a contest.
//!
//! # Shape
//! A candidate is a number below [`Contest::len`]; fields of a group are slots below [`Contest::width`].
//!
//! # Null
//! A blank field is [`NULL`] as a code and as a key, and the empty text; it agrees with nothing and contradicts nothing.
//!
//! # Complexity
//! O(1), but for what looks at all candidates: O(candidates), and O(classes^2) where words are compared, which stops at
//! [`MAX_COMPARED_CLASSES`].

use std::collections::{BTreeMap, BTreeSet};

use super::super::number::Decimal;
use super::super::quality::Validity;
use super::super::{Field, UNKNOWN_TIME, Verification, spelling};
use super::{Contest, MAX_COMPARED_CLASSES};
use crate::table::NULL;

impl<'a> Contest<'a> {
    /// How many candidates.
    pub(in crate::merge) fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether records compete, for all fields of a group, instead of values.
    pub(in crate::merge) fn is_group(&self) -> bool {
        self.is_group
    }

    /// The class of a candidate: candidates of one class agree.
    pub(in crate::merge) fn class(&self, candidate: usize) -> usize {
        self.classes[candidate] as usize
    }

    /// How many classes.
    pub(in crate::merge) fn class_count(&self) -> usize {
        self.first_of_class.len()
    }

    /// The record of a candidate.
    pub(in crate::merge) fn record(&self, candidate: usize) -> u32 {
        self.records[candidate]
    }

    /// When the candidate's record was changed; [`UNKNOWN_TIME`](super::UNKNOWN_TIME) when unknown.
    pub(in crate::merge) fn time(&self, candidate: usize) -> i64 {
        self.input.time(self.records[candidate])
    }

    /// How many fields are decided together.
    pub(in crate::merge) fn width(&self) -> usize {
        self.fields.len()
    }

    /// What the candidate's source knows of it: 2 verified, 1 nothing, 0 not verified.
    pub(in crate::merge) fn verified(&self, candidate: usize) -> i64 {
        match self.verified[candidate] {
            Verification::Verified => 2,
            Verification::Unknown => 1,
            Verification::Unverified => 0,
        }
    }

    /// Trust in the candidate's source about this field, after decay and downgrade.
    pub(in crate::merge) fn trust(&self, candidate: usize) -> i64 {
        let Some(trust) = self.plan.trust(self.fields[0], self.source(candidate)) else { return 0 };
        let age = match self.time(candidate) {
            UNKNOWN_TIME => None,
            time => Some(self.input.as_of.saturating_sub(time)),
        };
        trust.at(age, self.validity[candidate] >= Validity::Valid)
    }

    /// The values of some candidates that are numbers.
    pub(in crate::merge) fn numbers<'s>(&'s self, standing: &'s [u32]) -> impl Iterator<Item = Decimal> + 's {
        standing.iter().filter_map(|&i| Decimal::parse(self.text(i as usize, 0)))
    }

    /// Ranks by value, the smallest 0, equal ones the same: by number where all are numbers, else by text.
    pub(in crate::merge) fn ranks_by_value(&self) -> Vec<i64> {
        let numbers: Option<Vec<Decimal>> =
            (0..self.len()).map(|i| Decimal::parse(self.text(i, 0))).collect();
        let compare = |a: usize, b: usize| match &numbers {
            Some(numbers) => numbers[a].compare(numbers[b]),
            None => self.text(a, 0).cmp(self.text(b, 0)),
        };
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| compare(a, b).then(a.cmp(&b)));
        let mut ranks = vec![0; self.len()];
        for pair in order.windows(2) {
            ranks[pair[1]] = ranks[pair[0]] + i64::from(compare(pair[0], pair[1]).is_lt());
        }
        ranks
    }

    /// Rank of the candidate's source, 0 the best.
    pub(in crate::merge) fn source_rank(&self, candidate: usize) -> i64 {
        i64::from(self.plan.source_rank(self.source(candidate)))
    }

    fn source(&self, candidate: usize) -> usize {
        self.input.source[self.records[candidate] as usize].index()
    }

    /// The code of a candidate in the `slot`-th field of the contest.
    pub(in crate::merge) fn code(&self, candidate: usize, slot: usize) -> u32 {
        self.codes[candidate * self.fields.len() + slot]
    }

    fn field(&self, slot: usize) -> &Field<'a> {
        &self.input.fields[self.fields[slot]]
    }

    /// The text of a candidate in the `slot`-th field; empty when blank.
    pub(in crate::merge) fn text(&self, candidate: usize, slot: usize) -> &'a str {
        match self.code(candidate, slot) {
            NULL => "",
            code => self.field(slot).values.dictionary().text(code),
        }
    }

    fn texts(&self, candidate: usize) -> impl Iterator<Item = &'a str> + '_ {
        (0..self.fields.len()).map(move |slot| self.text(candidate, slot))
    }

    /// Characters of all fields together.
    pub(in crate::merge) fn length(&self, candidate: usize) -> i64 {
        self.texts(candidate).map(|text| text.chars().count() as i64).sum()
    }

    /// Filled fields of the group that are not invalid, then spelled-out words.
    pub(in crate::merge) fn group_completeness(&self, candidate: usize) -> i64 {
        const WORDS: i64 = 1 << 20;
        let usable = |slot: &usize| match self.code(candidate, *slot) {
            NULL => false,
            code => Validity::of(self.field(*slot).quality[code as usize]) != Validity::Invalid,
        };
        let fields = (0..self.fields.len()).filter(usable).count() as i64;
        let words: i64 = self.texts(candidate).map(|text| i64::from(spelling::spelled_words(text))).sum();
        fields * WORDS + words.min(WORDS - 1)
    }

    /// Fields with a value in the candidate's whole record.
    pub(in crate::merge) fn record_completeness(&self, candidate: usize) -> i64 {
        let record = self.records[candidate];
        self.input.fields.iter().filter(|field| field.first_value(record) != NULL).count() as i64
    }

    /// Case of all fields together: 1 when each is at least mixed.
    pub(in crate::merge) fn case(&self, candidate: usize) -> u8 {
        self.texts(candidate).map(spelling::case).min().unwrap_or(1)
    }

    /// For each candidate whether none of its class is better written: more fields with mixed case, then more marks.
    /// Texts are read only of classes with several writings, which are few.
    pub(in crate::merge) fn best_written_of_class(&self) -> Vec<bool> {
        let mut best: Vec<Option<(u32, u32)>> = vec![None; self.class_count()];
        for i in 0..self.len() {
            let first = self.first_of_class[self.class(i)] as usize;
            if self.codes_of(i) != self.codes_of(first) {
                let form = best[self.class(i)].unwrap_or_else(|| self.form(first));
                best[self.class(i)] = Some(form.max(self.form(i)));
            }
        }
        (0..self.len()).map(|i| best[self.class(i)].is_none_or(|best| best == self.form(i))).collect()
    }

    /// How well a candidate is written: fields with mixed case, then letters with marks.
    fn form(&self, candidate: usize) -> (u32, u32) {
        let case = self.texts(candidate).map(|text| u32::from(spelling::case(text))).sum();
        (case, self.texts(candidate).map(spelling::marks).sum())
    }

    pub(super) fn codes_of(&self, candidate: usize) -> &[u32] {
        let width = self.fields.len();
        &self.codes[candidate * width..(candidate + 1) * width]
    }

    /// How many records stand behind each class. In a group, a record also stands behind every class that covers it.
    pub(in crate::merge) fn support_of_classes(&self) -> Vec<u32> {
        let mut sizes = vec![0; self.class_count()];
        for i in 0..self.len() {
            let same_record = (0..i).rev().take_while(|&j| self.records[j] == self.records[i]);
            if !same_record.into_iter().any(|j| self.classes[j] == self.classes[i]) {
                sizes[self.class(i)] += 1;
            }
        }
        if !self.is_group || !self.may_compare_words() {
            return sizes;
        }
        let supporters =
            |class: usize| (0..sizes.len()).filter(move |&part| part == class || self.covers(class, part));
        (0..sizes.len()).map(|class| supporters(class).map(|part| sizes[part]).sum()).collect()
    }

    /// For each class whether another class says the same and more.
    pub(in crate::merge) fn contained_classes(&self) -> Vec<bool> {
        let classes = self.class_count();
        if !self.may_compare_words() {
            return vec![false; classes];
        }
        let is_in =
            |part: usize, full: usize| full != part && self.covers(full, part) && !self.covers(part, full);
        (0..classes).map(|part| (0..classes).any(|full| is_in(part, full))).collect()
    }

    /// For each candidate whether one of its fields is one slip from what more candidates have there.
    pub(in crate::merge) fn misspelled(&self) -> Vec<bool> {
        let width = self.fields.len();
        let mut misspelled = vec![false; self.len()];
        for slot in (0..width).filter(|_| self.may_compare_words()) {
            let key = |candidate: usize| self.keys[candidate * width + slot];
            // Each value with how many have it, and one of them.
            let mut values: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
            for candidate in (0..self.len()).filter(|&candidate| key(candidate) != NULL) {
                values.entry(key(candidate)).or_insert((0, candidate)).0 += 1;
            }
            let is_slip = |&(count, of): &(usize, usize)| {
                let text = self.text(of, slot);
                let more = values.values().filter(|(other, _)| *other > count);
                more.map(|&(_, other)| self.text(other, slot)).any(|other| spelling::one_slip(text, other))
            };
            let slips: BTreeSet<u32> =
                values.iter().filter(|(_, value)| is_slip(value)).map(|(&key, _)| key).collect();
            for (candidate, misspelled) in misspelled.iter_mut().enumerate() {
                *misspelled |= slips.contains(&key(candidate));
            }
        }
        misspelled
    }

    fn may_compare_words(&self) -> bool {
        self.class_count() <= MAX_COMPARED_CLASSES
    }

    /// Contests that were too large for comparing words: 0 or 1.
    pub(in crate::merge) fn skipped_comparisons(&self) -> u64 {
        u64::from(!self.may_compare_words())
    }

    /// Whether class `full` says everything that class `part` says: each field is blank in `part`, or equal, or covered
    /// word by word. Judged by the first candidate of each class.
    fn covers(&self, full: usize, part: usize) -> bool {
        let (full, part) = (self.first_of_class[full] as usize, self.first_of_class[part] as usize);
        let width = self.fields.len();
        let keys = |slot: usize| (self.keys[full * width + slot], self.keys[part * width + slot]);
        // Blanks settle most cases, and cost no look at the texts.
        if (0..width).any(|slot| matches!(keys(slot), (NULL, key) if key != NULL)) {
            return false;
        }
        (0..width).all(|slot| match keys(slot) {
            (_, NULL) => true,
            (a, b) => a == b || spelling::covers(self.text(full, slot), self.text(part, slot)),
        })
    }

    /// Whether no two of these candidates have different values in a field.
    pub(in crate::merge) fn agree_on_every_field(&self, candidates: &[u32]) -> bool {
        let width = self.fields.len();
        (0..width).all(|slot| {
            let mut filled =
                candidates.iter().map(|&i| self.keys[i as usize * width + slot]).filter(|&key| key != NULL);
            filled.next().is_none_or(|first| filled.all(|key| key == first))
        })
    }

    /// How many sources stand behind each class.
    pub(super) fn agreement_of_classes(&self) -> Vec<u32> {
        let mut pairs: Vec<(u32, usize)> =
            (0..self.len()).map(|i| (self.classes[i], self.source(i))).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut sources = vec![0; self.class_count()];
        for (class, _) in pairs {
            sources[class as usize] += 1;
        }
        sources
    }

    /// Smaller bytes get the higher score; equal texts the same.
    pub(super) fn score_bytes(&self, scores: &mut [i64]) {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&a, &b| self.texts(a).cmp(self.texts(b)));
        for rank in 0..order.len() {
            let tied = rank > 0 && self.texts(order[rank]).eq(self.texts(order[rank - 1]));
            scores[order[rank]] = if tied { scores[order[rank - 1]] } else { -(rank as i64) };
        }
    }
}
