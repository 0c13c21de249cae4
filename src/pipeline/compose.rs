//! Evidence that no single column holds: a birth date in three columns, two surnames, what a whole name has beside them.
//!
//! # Shape
//! A [`Composition`] is made once for a kind of attribute, and gives a record's value or nothing: then the parts of the
//! record's own columns count.
//!
//! # Null
//! Parts that a record lacks are left out of a name and are dashes in a date: `1985----`. Without any part there is no value.
//!
//! # Complexity
//! O(cells of the record that can give a part).

use super::parse::{Parsed, Part};
use super::prepare::{Found, Sheet};
use crate::table::AttributeKind;

/// Evidence that is put together from several columns of a record.
pub(super) struct Composition<'a> {
    sheet: &'a Sheet<'a>,
    kind: AttributeKind,
    /// For each part of the composition: its kind and the fields that give it.
    parts: Vec<(AttributeKind, Vec<Vec<usize>>)>,
}

impl<'a> Composition<'a> {
    /// The composition that a kind has, when the columns for it are there.
    pub(super) fn new(sheet: &'a Sheet<'a>, kind: AttributeKind) -> Option<Self> {
        use AttributeKind as K;
        let kinds: &[K] = match kind {
            K::Surname => &[K::SecondSurname],
            K::GivenName => &[K::Surname],
            K::MiddleName => &[K::FullName, K::GivenName, K::Surname],
            K::BirthDate => &[K::BirthYear, K::BirthMonth, K::BirthDay],
            _ => return None,
        };
        let fields = |kind: K| sheet.fields_with(|field| field.parsed.has(kind));
        let parts: Vec<_> = kinds.iter().map(|&kind| (kind, fields(kind))).collect();
        // The first kind is what makes the composition worth while.
        let present = parts[0].1.iter().any(|fields| !fields.is_empty());
        present.then_some(Self { sheet, kind, parts })
    }

    /// The composed value of a record, where it has one.
    pub(super) fn value(&self, record: usize, found: &Found<'_>) -> Option<String> {
        match self.kind {
            AttributeKind::Surname => {
                let second = self.part(record, 0).first_match();
                let first = found.first_match();
                (!second.is_empty() && found.best().len() <= 1)
                    .then(|| if first.is_empty() { second.to_owned() } else { format!("{first} {second}") })
            }
            AttributeKind::GivenName => match found.best() {
                [piece] => {
                    let given = piece.matching();
                    self.before_surname(record, given, given)
                }
                _ => None,
            },
            AttributeKind::MiddleName => self.left_over(record, found),
            _ => {
                if !found.own.is_empty() {
                    return None;
                }
                let part = |at: usize, unknown: &str| {
                    let found = self.part(record, at).first_match();
                    if found.is_empty() { unknown.to_owned() } else { found.to_owned() }
                };
                let digits = part(0, "----") + &part(1, "--") + &part(2, "--");
                (digits != "--------").then_some(digits)
            }
        }
    }

    /// What stands before the surname in a given name that repeats it, as `shown`: forms that ask for a name and a surname
    /// get "Rafael Pineda" and "Pineda".
    pub(super) fn before_surname(&self, record: usize, given: &str, shown: &str) -> Option<String> {
        let part = self.part(record, 0);
        let surname = part.first_match();
        let repeats = !surname.is_empty() && given.strip_suffix(surname)?.ends_with(' ');
        let words: Vec<&str> = shown.split_whitespace().collect();
        let kept = words.len().checked_sub(surname.split(' ').count()).filter(|&kept| repeats && kept > 0)?;
        Some(words[..kept].join(" "))
    }

    /// The words of the whole name that neither the given name nor the surname of the record accounts for.
    fn left_over(&self, record: usize, found: &Found<'_>) -> Option<String> {
        let whole = self.part(record, 0).first_match();
        let (given, surname) = (self.part(record, 1), self.part(record, 2));
        if !found.own.is_empty() || whole.is_empty() || (given.own.is_empty() && surname.own.is_empty()) {
            return None;
        }
        let known = |word: &str| {
            [&given, &surname].iter().any(|part| part.first_match().split(' ').any(|other| other == word))
        };
        let words: Vec<&str> = whole.split(' ').filter(|word| !known(word)).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn part(&self, record: usize, at: usize) -> Found<'a> {
        let (kind, fields) = &self.parts[at];
        let mut found = Found::default();
        let wanted = |parsed: &Parsed, part: &Part| part.kind == *kind && !parsed.matching(part).is_empty();
        self.sheet.find(record, fields, wanted, &mut found);
        found
    }
}
