//! Compares records: attribute values in, an agreement pattern out.
//!
//! A *comparison* is an ordered list of *levels* over one attribute; a pair of records gets one level a comparison,
//! or [`NULL_LEVEL`] when a side has no value. Values are compared once per distinct pair (a direct-mapped cache of
//! levels a thread), equal codes need no text at all, and of sets of values the best pair counts.
//!
//! Two composites reach over columns: given name and surname that changed places, and a street that stands on the
//! other record's second address line.
//!
//! # Shape
//! In: [`Attributes`] and two record numbers. Out: [`PairLevels`], one `u8` a comparison with the codes of the values
//! that gave it; at most [`MAX_COMPARISONS`]. Level 0 is equality, larger is less alike.
//!
//! # Null
//! [`NULL_LEVEL`], which no stage counts as disagreement. Unknown parts of a date neither agree nor disagree.
//!
//! # Complexity
//! O(comparisons) a pair when the levels are in the cache; else one string comparison for each pair of values.
//!
//! # Source
//! Levels after Winkler 1990 and Christen 2012; those of crossed names and partial dates are ours.

mod classic;
mod evaluator;
mod level;
mod names;
mod signature;
pub(crate) mod values;

pub use classic::{Classic, ClassicComparisons, ClassicEvaluator, LookUps, Measure};
pub use evaluator::{Batches, Evaluator, PairLevels};
use names::NameTable;
use signature::Marks;

pub use level::{Level, NULL_LEVEL, TermFrequency, date_level, levels, name_level};

use std::collections::BTreeSet;

use crate::ids::RecordId;
use crate::normalize::attributes::Attributes;
use crate::par;
use crate::table::{AttributeKind, Column, NULL};

/// The most comparisons of a run: more evidence columns than this are counted as a finding and left out.
pub const MAX_COMPARISONS: usize = 24;

/// One comparison of a run.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Name of the attribute.
    pub name: String,
    /// Its kind.
    pub kind: AttributeKind,
    /// Which column of [`Attributes::columns`].
    pub column: usize,
    /// Its levels, best first.
    pub levels: &'static [Level],
}

/// All comparisons of a run, ready to evaluate pairs.
pub struct Comparisons<'a> {
    attributes: &'a Attributes,
    items: Vec<Comparison>,
    given: Option<usize>,
    surname: Option<usize>,
    street: Option<usize>,
    line2: Option<usize>,
    /// Given names and surnames by their tokens.
    names: NameTable,
    /// For each value of the second address line the street of the same text, or [`NULL`].
    street_of_line: Vec<u32>,
    /// What is known of each distinct value without its text, by comparison.
    marks: Vec<Marks>,
    /// The codes of each record side by side, so that a pair costs two cache lines and not two a column.
    ///
    /// # Shape
    /// `records x items`, row-major; [`NULL`] for none, [`MANY`] for more than one value. Empty where only a few records
    /// are compared.
    rows: Vec<u32>,
    left_out: usize,
}

/// The code in a row of a record that has several values: look into the column.
const MANY: u32 = NULL - 1;

impl<'a> Comparisons<'a> {
    /// One comparison for each evidence column that has any, in column order, at most [`MAX_COMPARISONS`].
    pub fn new(attributes: &'a Attributes) -> Self {
        Self::prepare(attributes, None)
    }

    /// The same comparisons, ready for pairs of a few records only: nothing is computed for values that these do not
    /// have, so that explaining a pair among millions is quick.
    pub fn of_records(attributes: &'a Attributes, records: &[RecordId]) -> Self {
        Self::prepare(attributes, Some(records))
    }

    fn prepare(attributes: &'a Attributes, only: Option<&[RecordId]>) -> Self {
        let mut items: Vec<Comparison> = attributes
            .columns
            .iter()
            .enumerate()
            .filter_map(|(column, attribute)| {
                let levels = levels(attribute.kind)?;
                Some(Comparison { name: attribute.name.clone(), kind: attribute.kind, column, levels })
            })
            .filter(|item| !attributes.columns[item.column].column.dictionary().is_empty())
            .collect();
        let left_out = items.len().saturating_sub(MAX_COMPARISONS);
        items.truncate(MAX_COMPARISONS);
        let find = |kind| items.iter().position(|item| item.kind == kind);
        let column = |at: Option<usize>| at.map(|at: usize| &attributes.columns[items[at].column].column);
        let (given, surname) = (find(AttributeKind::GivenName), find(AttributeKind::Surname));
        let (street, line2) = (find(AttributeKind::Street), find(AttributeKind::AddressLine2));
        let carried =
            |at| only.map(|records| column(at).map_or_else(BTreeSet::new, |column| codes(column, records)));
        let (given_codes, surname_codes) = (carried(given), carried(surname));
        Self {
            given,
            surname,
            street,
            line2,
            names: NameTable::new(column(given), column(surname), |part, code| {
                let wanted = if part == names::Part::Given { &given_codes } else { &surname_codes };
                wanted.as_ref().is_none_or(|wanted| wanted.contains(&code))
            }),
            street_of_line: twins(column(line2), column(street), only),
            marks: items
                .iter()
                .map(|item| match only {
                    Some(_) => Marks::None,
                    None => Marks::new(item.kind, attributes.columns[item.column].column.dictionary()),
                })
                .collect(),
            rows: if only.is_some() { Vec::new() } else { rows(&items, attributes) },
            left_out,
            attributes,
            items,
        }
    }

    /// Attributes that were left out because of [`MAX_COMPARISONS`].
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The comparisons in order.
    pub fn items(&self) -> &[Comparison] {
        &self.items
    }

    /// The column of a comparison.
    pub fn column(&self, comparison: usize) -> &'a Column {
        &self.attributes.columns[self.items[comparison].column].column
    }

    /// Where the comparison of a kind is.
    pub fn position(&self, kind: AttributeKind) -> Option<usize> {
        self.items.iter().position(|item| item.kind == kind)
    }

    /// The attributes compared.
    pub fn attributes(&self) -> &'a Attributes {
        self.attributes
    }

    /// A new evaluator; each thread needs its own.
    pub fn evaluator(&'a self) -> Evaluator<'a> {
        Evaluator::new(self)
    }

    /// Pairs of records that are copies of one another: equal in all that is compared, and that is a mail address or an
    /// identifier, which is made for one person, or a phone and a name (or company). In data that is mostly copies no value is
    /// rare, and of a list of nothing but addresses no weight is above the prior of one in so many: nothing would tell them
    /// from strangers.
    ///
    /// # Shape
    /// `(a, b)` with `a < b`, each record with the next one of its kind.
    pub fn copies(&self) -> Vec<(u32, u32)> {
        use AttributeKind as K;
        let width = self.items.len();
        let few;
        let all = if self.rows.is_empty() {
            few = rows(&self.items, self.attributes);
            &few
        } else {
            &self.rows
        };
        let row = |record: u32| &all[record as usize * width..][..width];
        let has = |record: u32, kinds: &[K]| {
            let found = |(code, item): (&u32, &Comparison)| *code != NULL && kinds.contains(&item.kind);
            row(record).iter().zip(&self.items).any(found)
        };
        let is_named = |record: &u32| {
            has(*record, &[K::Company]) || (has(*record, &[K::GivenName]) && has(*record, &[K::Surname]))
        };
        let eligible = |record: &u32| {
            !row(*record).contains(&MANY)
                && (has(*record, &[K::Email, K::Identifier]) || has(*record, &[K::Phone]) && is_named(record))
        };
        let mut records: Vec<u32> = (0..self.attributes.len() as u32).filter(eligible).collect();
        par::sort_unstable_by(&mut records, |&a, &b| row(a).cmp(row(b)).then(a.cmp(&b)));
        records
            .windows(2)
            .filter(|pair| row(pair[0]) == row(pair[1]))
            .map(|pair| (pair[0], pair[1]))
            .collect()
    }

    /// The code of a record's value: [`NULL`] for none, [`MANY`] for more than one.
    #[inline]
    fn code(&self, record: u32, comparison: usize) -> u32 {
        match self.rows.get(record as usize * self.items.len() + comparison) {
            Some(&code) => code,
            None => lone_code(self.column(comparison), record as usize),
        }
    }

    /// The code of a record's first value.
    fn first_code(&self, record: usize, comparison: usize) -> u32 {
        match self.code(record as u32, comparison) {
            MANY => self.column(comparison).first_code(record),
            code => code,
        }
    }
}

/// For each value of `left` the code of the same text in `right`, or [`NULL`]; for the values of a few records only,
/// where these are named.
fn twins(left: Option<&Column>, right: Option<&Column>, only: Option<&[RecordId]>) -> Vec<u32> {
    let (Some(left), Some(right)) = (left, right) else { return Vec::new() };
    let texts = || right.dictionary().iter().enumerate().map(|(code, text)| (text, code as u32));
    if let Some(records) = only {
        let mut twins = vec![NULL; left.dictionary().len()];
        for &code in records.iter().flat_map(|record| left.codes(record.index())) {
            let same = texts().find(|(text, _)| *text == left.dictionary().text(code));
            twins[code as usize] = same.map_or(NULL, |(_, twin)| twin);
        }
        return twins;
    }
    let codes: hashbrown::HashMap<&str, u32, foldhash::fast::FixedState> = texts().collect();
    left.dictionary().iter().map(|text| codes.get(text).copied().unwrap_or(NULL)).collect()
}

/// The codes of some records.
fn codes(column: &Column, records: &[RecordId]) -> BTreeSet<u32> {
    records.iter().flat_map(|record| column.codes(record.index())).copied().collect()
}

/// The codes of all records, row-major.
fn rows(items: &[Comparison], attributes: &Attributes) -> Vec<u32> {
    let columns: Vec<&Column> = items.iter().map(|item| &attributes.columns[item.column].column).collect();
    par::map_ranges(attributes.len(), 1 << 14, |range| {
        let mut rows = Vec::with_capacity(range.len() * columns.len());
        for record in range {
            rows.extend(columns.iter().map(|column| lone_code(column, record)));
        }
        rows
    })
    .concat()
}

/// The code of a record's only value: [`NULL`] for none, [`MANY`] for more than one.
fn lone_code(column: &Column, record: usize) -> u32 {
    match column.codes(record) {
        [] => NULL,
        &[code] => code,
        _ => MANY,
    }
}
