//! From points to roles: each use goes to the column with the most points for it, columns that could be the same use
//! fall back to their next best, addresses are numbered, copies of other columns are set aside.

use std::cmp::Ordering;

use super::evidence::{Candidate, THRESHOLD};
use super::headers::{Label, Reading, is_address_part};
use super::profile::share_contained;
use crate::table::{AttributeKind, Role, Source};

/// A column under assignment.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub role: Role,
    pub score: f64,
    pub named: bool,
    /// Why it is what it is, beyond what the points say.
    pub note: Option<&'static str>,
    /// Settled before the points were looked at.
    pub fixed: bool,
}

impl Choice {
    /// A column that is not used so far.
    pub fn carry() -> Self {
        Self { role: Role::Carry, score: 0.0, named: false, note: None, fixed: false }
    }

    fn is(&self, kind: AttributeKind) -> bool {
        self.role == Role::Attribute(kind, 0)
    }
}

/// Kinds of which a record has a set: every such column joins it.
fn is_list(kind: AttributeKind) -> bool {
    use AttributeKind::*;
    matches!(kind, Email | Phone | Company | Identifier | Website | Unit)
}

/// Records that contain all words of other columns at least this often are copies of them; the rest are typing
/// errors in one of the two.
const COPY: f64 = 0.9;

/// Gives each use to the best column. `candidates` are per column, best first.
pub(super) fn assign(candidates: &[Vec<Candidate>], readings: &[Reading], choices: &mut [Choice]) {
    let mut offers: Vec<(usize, &Candidate)> = Vec::new();
    for (column, list) in candidates.iter().enumerate().filter(|(column, _)| !choices[*column].fixed) {
        offers.extend(list.iter().filter(|one| one.score >= THRESHOLD).map(|one| (column, one)));
    }
    offers.sort_by(order);
    let mut taken: Vec<(Role, &str)> = Vec::new();
    let fixed = choices.iter().filter(|choice| choice.fixed).map(|choice| choice.role);
    taken.extend(fixed.map(|role| (role, "")));
    for (column, offer) in offers {
        if choices[column].role != Role::Carry || choices[column].fixed {
            continue;
        }
        let group = match offer.role {
            Role::Attribute(kind, _) if is_address_part(kind) => readings[column].group.as_str(),
            _ => "",
        };
        let single = match offer.role {
            Role::Attribute(kind, _) => !is_list(kind),
            Role::Carry | Role::Skip => false,
            _ => true,
        };
        if single && taken.contains(&(offer.role, group)) {
            choices[column].note.get_or_insert("another column fits this use better");
            continue;
        }
        taken.push((offer.role, group));
        choices[column] =
            Choice { role: offer.role, score: offer.score, named: offer.named, note: None, fixed: false };
    }
}

/// Most points first; then what the header names, then the order of roles and of the file.
fn order(a: &(usize, &Candidate), b: &(usize, &Candidate)) -> Ordering {
    b.1.score
        .total_cmp(&a.1.score)
        .then(b.1.named.cmp(&a.1.named))
        .then(a.1.role.cmp(&b.1.role))
        .then(a.0.cmp(&b.0))
}

/// Numbers the groups of address columns: the main address 0, others in file order. A group without a name that
/// shares no part with a named main group is the same address (`Country` beside `billing_street`).
pub(super) fn number_addresses(readings: &[Reading], choices: &mut [Choice]) {
    let part = |choice: &Choice| match choice.role {
        Role::Attribute(kind, _) if is_address_part(kind) && !choice.fixed => Some(kind),
        _ => None,
    };
    let mut groups: Vec<(bool, &str, Vec<usize>)> = Vec::new();
    for (column, choice) in choices.iter().enumerate() {
        if part(choice).is_none() {
            continue;
        }
        let reading = &readings[column];
        let other = reading.has(Label::SlotOther) && !reading.group.is_empty();
        match groups.iter_mut().find(|group| group.1 == reading.group) {
            Some(group) => group.2.push(column),
            None => groups.push((other, &reading.group, vec![column])),
        }
    }
    groups.sort_by_key(|group| (group.0, group.2[0]));
    let mut slots: Vec<(bool, Vec<AttributeKind>)> = Vec::new();
    for (other, _, columns) in groups {
        let kinds: Vec<AttributeKind> = columns.iter().filter_map(|&column| part(&choices[column])).collect();
        let country_only = |kinds: &[AttributeKind]| {
            kinds.iter().all(|kind| matches!(kind, AttributeKind::Country | AttributeKind::Region))
        };
        let free = slots.iter().position(|(slot_other, held)| {
            let disjoint = kinds.iter().all(|kind| !held.contains(kind));
            disjoint && (*slot_other == other || country_only(held) || country_only(&kinds))
        });
        let slot = free.unwrap_or_else(|| {
            slots.push((other, Vec::new()));
            slots.len() - 1
        });
        slots[slot].1.extend(&kinds);
        for column in columns {
            if let Some(kind) = part(&choices[column]) {
                choices[column].role = Role::Attribute(kind, slot.min(usize::from(u8::MAX)) as u8);
            }
        }
    }
}

/// Sets columns aside whose words are those of other columns, so that no evidence counts twice: `Name` beside
/// `FirstName` and `LastName`, a formatted address beside its parts, a short company name beside the legal one.
pub(super) fn drop_copies(
    source: &Source,
    rows: &[u32],
    candidates: &[Vec<Candidate>],
    choices: &mut [Choice],
) {
    use AttributeKind::*;
    let columns = source.columns();
    let with = |choices: &[Choice], kinds: &[AttributeKind], not: usize| -> Vec<usize> {
        let fits = |at: &usize| *at != not && kinds.iter().any(|kind| choices[*at].is(*kind));
        (0..choices.len()).filter(fits).collect()
    };
    let contained = |column: usize, others: &[usize]| {
        let others: Vec<&_> = others.iter().map(|&at| &columns[at]).collect();
        !others.is_empty() && share_contained(&columns[column], &others, rows) >= COPY
    };
    for column in 0..choices.len() {
        if choices[column].fixed {
            continue;
        }
        let sources = match choices[column].role {
            Role::Attribute(FullName, 0) => {
                let parts = with(
                    choices,
                    &[NamePrefix, GivenName, MiddleName, Surname, SecondSurname, NameSuffix],
                    column,
                );
                if with(choices, &[GivenName], column).is_empty() { Vec::new() } else { parts }
            }
            Role::Attribute(FullAddress, 0) => {
                let parts = [
                    Street,
                    HouseNumber,
                    Unit,
                    AddressLine2,
                    PoBox,
                    Locality,
                    City,
                    County,
                    Region,
                    Postcode,
                    Country,
                ];
                if with(choices, &[Street], column).is_empty() {
                    Vec::new()
                } else {
                    with(choices, &parts, column)
                }
            }
            // Two names of one organisation: the shorter one goes when the longer one holds all of it.
            Role::Attribute(Company, 0) => with(choices, &[Company], column),
            // What lost to a full name and is part of it (`first_and_surname`) stays a copy of it.
            Role::Attribute(GivenName | Surname | MiddleName | SecondSurname | Nickname, 0) => {
                let full =
                    candidates[column].first().is_some_and(|best| best.role == Role::Attribute(FullName, 0));
                if full { with(choices, &[FullName], column) } else { Vec::new() }
            }
            _ => continue,
        };
        if contained(column, &sources) {
            choices[column] =
                Choice { note: Some("its words are those of other columns"), ..Choice::carry() };
        }
    }
}

/// Takes back what only the values showed and the other columns make improbable: birth dates in a file of
/// organisations (they are foundations and contracts), surnames without given names (they are districts).
pub(super) fn drop_lonely(choices: &mut [Choice]) {
    use AttributeKind::*;
    let has = |kind| choices.iter().any(|choice| choice.is(kind));
    let organisations = has(Company) && ![GivenName, Surname, FullName].into_iter().any(has);
    let surnames_alone = ![GivenName, FullName].into_iter().any(has);
    for choice in choices.iter_mut().filter(|choice| !choice.named && !choice.fixed) {
        let note = match choice.role {
            Role::Attribute(BirthDate, 0) if organisations => "a date, but the records are organisations",
            Role::Attribute(Surname, 0) if surnames_alone => "like surnames, but there are no given names",
            _ => continue,
        };
        *choice = Choice { note: Some(note), ..Choice::carry() };
    }
}

/// Year, month and day in three columns beside each other, when the header says nothing about birth: only a year
/// column that spans lives makes its neighbours month and day of birth.
pub(super) fn split_birth_dates(bits: &[(bool, bool, bool)], readings: &[Reading], choices: &mut [Choice]) {
    use AttributeKind::*;
    let has = |choices: &[Choice], kind| choices.iter().any(|choice| choice.is(kind));
    if has(choices, BirthDate) || has(choices, BirthMonth) || has(choices, BirthDay) {
        return;
    }
    let free = |choices: &[Choice], at: usize| {
        matches!(choices[at].role, Role::Carry | Role::Attribute(HouseNumber | BirthYear, _))
            && (readings[at].blank
                || readings[at].has(Label::BareYear)
                || readings[at].has(Label::BareMonth)
                || readings[at].has(Label::BareDay))
            && !choices[at].fixed
    };
    for at in 0..choices.len().saturating_sub(2) {
        let all: Vec<usize> = (at..at + 3).collect();
        if !all.iter().all(|&column| free(choices, column)) {
            continue;
        }
        let (first, middle, last) = (bits[at], bits[at + 1], bits[at + 2]);
        let kinds = if first.0 && middle.1 && last.2 {
            [BirthYear, BirthMonth, BirthDay]
        } else if first.2 && middle.1 && last.0 {
            [BirthDay, BirthMonth, BirthYear]
        } else if first.1 && middle.2 && last.0 {
            [BirthMonth, BirthDay, BirthYear]
        } else {
            continue;
        };
        for (column, kind) in all.into_iter().zip(kinds) {
            choices[column] = Choice {
                role: Role::Attribute(kind, 0),
                score: THRESHOLD + 1.0,
                named: false,
                note: Some("year, month and day stand beside each other and span lives"),
                fixed: false,
            };
        }
        return;
    }
}
