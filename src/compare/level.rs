//! Comparison levels: what two values of an attribute can have in common, from equality down to "else".
//!
//! Level 0 is always equality and the last ordinary level always "else"; smaller is more alike. Each level says what
//! share of matching pairs is expected in it before anything is learned, and whether the frequency of the values
//! counts.

use crate::table::AttributeKind;

/// The level of a pair in which at least one side has no value: no evidence either way.
pub const NULL_LEVEL: u8 = u8::MAX;

/// How the frequency of the agreeing values changes what a level is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TermFrequency {
    /// Not at all.
    None,
    /// Agreement by chance is as likely as the value is frequent: `u = f(v)`.
    Exact,
    /// Damped: `u * clamp(max(f(a), f(b)) / sum f^2, 2^-6, 2^4)^0.5`.
    Fuzzy,
    /// By how many others there are to slip into: the geometric mean of `u` and of the frequency of all values one slip
    /// away from the pair's. Where those were not counted, as [`Self::Fuzzy`].
    Near,
}

/// One level of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// Stable name, for reports.
    pub name: &'static str,
    /// Expected share of matching pairs, before training.
    pub m0: f64,
    /// Use of value frequencies.
    pub tf: TermFrequency,
}

const fn level(name: &'static str, m0: f64, tf: TermFrequency) -> Level {
    Level { name, m0, tf }
}

use TermFrequency::{Exact, Fuzzy, Near, None as Plain};

/// Level numbers of names, shared by given name and surname so that they can be crossed.
pub mod name_level {
    /// The same tokens.
    pub const EXACT: u8 = 0;
    /// Forms of one name: Paco and Francisco.
    pub const NICKNAME: u8 = 1;
    /// One name's tokens contain the other's: García and García López.
    pub const SUBSET: u8 = 2;
    /// One slip apart.
    pub const CLOSE: u8 = 3;
    /// An initial that fits.
    pub const INITIAL: u8 = 4;
    /// Two slips apart, or pronounced alike.
    pub const NEAR: u8 = 5;
    /// Vaguely alike.
    pub const WEAK: u8 = 6;
    /// Different.
    pub const ELSE: u8 = 7;
    /// Given name and surname change places, equal.
    pub const CROSSED_EXACT: u8 = 8;
    /// Given name and surname change places, alike.
    pub const CROSSED_FUZZY: u8 = 9;
}

const GIVEN: &[Level] = &[
    level("exact", 0.70, Exact),
    level("nickname", 0.03, Fuzzy),
    level("token subset", 0.03, Fuzzy),
    level("one slip", 0.08, Near),
    level("initial", 0.02, Fuzzy),
    level("near or sounds alike", 0.04, Fuzzy),
    level("weak", 0.02, Plain),
    level("else", 0.05, Plain),
    level("crossed, exact", 0.02, Plain),
    level("crossed, alike", 0.01, Plain),
];

const SURNAME: &[Level] = &[
    level("exact", 0.70, Exact),
    level("variant", 0.01, Fuzzy),
    level("token subset", 0.04, Fuzzy),
    level("one slip", 0.09, Near),
    level("initial", 0.01, Fuzzy),
    level("near or sounds alike", 0.04, Fuzzy),
    level("weak", 0.02, Plain),
    level("else", 0.08, Plain),
];

const MIDDLE: &[Level] = &[
    level("exact", 0.70, Exact),
    level("shared token", 0.06, Fuzzy),
    level("initial", 0.08, Fuzzy),
    level("alike", 0.06, Fuzzy),
    level("else", 0.10, Plain),
];

/// Level numbers of dates of birth.
pub mod date_level {
    /// The same day.
    pub const EXACT: u8 = 0;
    /// One slip in the year, the same month and day as far as they are known.
    pub const YEAR_SLIP: u8 = 1;
    /// One slip apart otherwise.
    pub const SLIP: u8 = 2;
    /// Day and month exchanged.
    pub const SWAPPED: u8 = 3;
    /// Same month and day.
    pub const MONTH_DAY: u8 = 4;
    /// Same year and month, or year and day.
    pub const YEAR_PART: u8 = 5;
    /// Two slips apart.
    pub const TWO_SLIPS: u8 = 6;
    /// Same year.
    pub const YEAR: u8 = 7;
    /// Years at most one apart.
    pub const NEXT_YEAR: u8 = 8;
    /// Different.
    pub const ELSE: u8 = 9;
}

const DATE: &[Level] = &[
    level("exact", 0.80, Exact),
    level("year off by one digit", 0.02, Plain),
    level("one slip", 0.04, Plain),
    level("day and month exchanged", 0.01, Plain),
    level("same month and day", 0.01, Plain),
    level("same year and one part", 0.03, Plain),
    level("two slips", 0.01, Plain),
    level("same year", 0.02, Plain),
    level("next year", 0.01, Plain),
    level("else", 0.05, Plain),
];

const STREET: &[Level] = &[
    level("exact", 0.70, Exact),
    level("one or two slips", 0.07, Fuzzy),
    level("alike or part of it", 0.05, Fuzzy),
    level("on the other address line", 0.03, Plain),
    level("else", 0.15, Plain),
];

const HOUSE: &[Level] =
    &[level("exact", 0.75, Exact), level("one slip", 0.07, Fuzzy), level("else", 0.18, Plain)];

const PLACE: &[Level] = &[
    level("exact", 0.75, Exact),
    level("one slip", 0.07, Fuzzy),
    level("alike or part of it", 0.04, Fuzzy),
    level("else", 0.14, Plain),
];

const POSTCODE: &[Level] = &[
    level("exact", 0.75, Exact),
    level("one slip", 0.06, Fuzzy),
    level("same district", 0.04, Plain),
    level("else", 0.15, Plain),
];

const PHONE: &[Level] = &[
    level("exact", 0.65, Exact),
    level("one slip", 0.05, Fuzzy),
    level("two slips or same ending", 0.03, Fuzzy),
    level("else", 0.27, Plain),
];

const EMAIL: &[Level] = &[
    level("exact", 0.65, Exact),
    level("same name before the @", 0.05, Fuzzy),
    level("one or two slips", 0.06, Fuzzy),
    level("alike before the @", 0.04, Fuzzy),
    level("else", 0.20, Plain),
];

const IDENTIFIER: &[Level] = &[
    level("exact", 0.85, Exact),
    level("one slip", 0.06, Fuzzy),
    level("two slips", 0.02, Fuzzy),
    level("else", 0.07, Plain),
];

const COMPANY: &[Level] = &[
    level("exact", 0.65, Exact),
    level("one slip or part of it", 0.10, Fuzzy),
    level("alike", 0.08, Fuzzy),
    level("else", 0.17, Plain),
];

const AGE: &[Level] = &[
    level("equal", 0.60, Plain),
    level("one year", 0.25, Plain),
    level("up to 3 years", 0.05, Plain),
    level("up to 11 years", 0.05, Plain),
    level("else", 0.05, Plain),
];

const CATEGORY: &[Level] = &[level("equal", 0.85, Plain), level("else", 0.15, Plain)];

/// The levels of an attribute's comparison; `None` for kinds that are no evidence.
pub fn levels(kind: AttributeKind) -> Option<&'static [Level]> {
    use AttributeKind as K;
    Some(match kind {
        K::GivenName => GIVEN,
        K::Surname => SURNAME,
        K::MiddleName => MIDDLE,
        K::BirthDate => DATE,
        K::Street | K::AddressLine2 => STREET,
        K::HouseNumber | K::Unit | K::PoBox => HOUSE,
        K::Locality | K::City | K::County | K::BirthPlace => PLACE,
        K::Region | K::Country | K::Gender | K::Category => CATEGORY,
        K::Postcode => POSTCODE,
        K::Phone => PHONE,
        K::Email => EMAIL,
        K::Identifier => IDENTIFIER,
        K::Company | K::Website => COMPANY,
        K::Age => AGE,
        _ => return None,
    })
}
