//! Civil dates.
//!
//! [`date`] reads one cell into year, month and day, each of which may be missing: `1985`, `03/1985` and `1980-00-00`
//! are partial dates, not errors. Where day and month could be exchanged the order comes from the hint and the other
//! reading is kept in [`Date::alternatives`]; [`column_order`] finds the order of a whole column from its unambiguous
//! values. A day that the calendar does not have keeps its fields and is [`Quality::Invalid`].
//!
//! [`timestamp`] reads a moment, for columns such as "last changed".
//!
//! Keys: the ISO form, then those of the alternatives. Placeholders and invalid dates have none.
//!
//! Linear in the length of the value.

use std::sync::LazyLock;

use serde::Serialize;

use super::ascii::{self, Lookup};
use super::{Hint, Normalized, Quality};

mod civil;
mod parse;
mod time;

pub use civil::{civil_from_days, days_from_civil, exists};
use parse::{Failure, Fields};
pub use time::timestamp;

/// The number of a month from its name or abbreviation in any language that [`date`] reads: `marzo` is 3.
pub fn month_number(word: &str) -> Option<u8> {
    parse::month_of(word.trim()).flatten()
}

/// What a date is the date of; it decides centuries and what is impossible.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateContext {
    /// Something that happened.
    #[default]
    Event,
    /// Of birth: not in the future.
    Birth,
    /// Of birth of an adult: at least eighteen years ago.
    BirthAdult,
    /// Until when something is valid.
    Expiry,
}

/// What is known about where a date comes from. All parts are optional.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DateHint<'a> {
    /// BCP 47 language tag of the record or source.
    pub locale: Option<&'a str>,
    /// ISO 3166-1 alpha-2 code of the record's country.
    pub region: Option<&'a str>,
    /// Whether the day comes before the month, when known of the column; see [`column_order`].
    pub day_first: Option<bool>,
    /// What the date is of.
    pub context: DateContext,
    /// Today, or the day of the export, as year, month and day. Without it nothing is in the future.
    pub reference: Option<(i16, u8, u8)>,
}

/// Which fields a date has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Year, month and day.
    Day,
    /// Year and month.
    Month,
    /// Year.
    Year,
    /// Month and day: a birthday without its year.
    MonthDay,
}

impl Precision {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
            Self::MonthDay => "month_day",
        }
    }
}

/// The fields of a date. Of an impossible date they are what was written.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Date {
    /// Four digits.
    pub year: Option<i16>,
    /// 1 to 12.
    pub month: Option<u8>,
    /// 1 to 31.
    pub day: Option<u8>,
    /// Which of them are there; `None` when nothing could be read.
    pub precision: Option<Precision>,
    /// Other readings, most likely first, as year, month and day.
    pub alternatives: Vec<(i16, u8, u8)>,
}

impl Date {
    /// Days from 1970-01-01; `None` unless the date is complete and exists.
    pub fn days(&self) -> Option<i64> {
        let (year, month, day) = (self.year?, self.month?, self.day?);
        civil::exists(year, month, day).then(|| days_from_civil(year, month, day))
    }
}

/// Years after which a person is not expected to live.
const OLDEST: i16 = 120;
/// Age from which a customer counts as adult.
const ADULT: i16 = 18;
/// How far ahead of the reference an event with a two-digit year may lie.
const PLANNED: i16 = 20;

/// Normalises a cell that should hold a date. The canonical form is ISO 8601: `1985-03-12`, `1985-03`, `1985`,
/// `--03-12`; empty for placeholders and impossible dates.
///
/// # Null
/// Masks and system epochs (`dd/mm/aaaa`, `1900-01-01`, `9999-12-31`) are [`Quality::Placeholder`].
///
/// # Complexity
/// Linear in the length of `raw`.
///
/// # Example
/// ```
/// use quilate::normalize::date::{DateHint, date};
/// let spain = DateHint { region: Some("ES"), ..DateHint::default() };
/// let read = date("12/03/1985", &spain);
/// assert_eq!(read.canonical, "1985-03-12");
/// assert_eq!(read.parts.alternatives, [(1985, 12, 3)]);
/// ```
pub fn date<'a>(raw: &'a str, hint: &DateHint<'_>) -> Normalized<'a, Date> {
    let order = hint.day_first.or_else(|| order_of(hint));
    let expiry = hint.context == DateContext::Expiry;
    match parse::fields_of_cell(raw, order.unwrap_or(true), expiry) {
        Ok(fields) => judge(raw, fields, hint, order.is_some()),
        Err(Failure::Mask) => outcome(raw, Date::default(), Quality::Placeholder, "mask_or_zero"),
        Err(Failure::Unreadable) if raw.trim().is_empty() => {
            outcome(raw, Date::default(), Quality::Placeholder, "empty")
        }
        Err(Failure::Unreadable) if ascii::is_null_marker(raw) => {
            outcome(raw, Date::default(), Quality::Placeholder, "negated_field_name")
        }
        Err(Failure::Unreadable) => outcome(raw, Date::default(), Quality::Unparsed, "no_date"),
    }
}

static DAY_FIRST: LazyLock<Lookup<bool>> = LazyLock::new(|| {
    let row = |r: Vec<&'static str>| Some((r[0], *r.get(1)? != "MDY"));
    ascii::rows(include_str!("../../resources/dates/order.tsv")).filter_map(row).collect()
});

fn order_of(hint: &DateHint<'_>) -> Option<bool> {
    let region = ascii::region(&Hint { locale: hint.locale, region: hint.region });
    if let Some(&order) = region.and_then(|r| DAY_FIRST.get(r)) {
        return Some(order);
    }
    // A language spoken in countries of one order decides as well; English does not.
    let language = hint.locale.and_then(|l| l.split(['-', '_']).next())?;
    (!matches!(language, "en" | "")).then_some(true)
}

/// Whether the day comes first in a column, from the values in which only one order is possible. `None` when there are
/// none, or when they contradict each other by more than one in ten.
///
/// # Complexity
/// Linear in the total length.
///
/// # Example
/// ```
/// use quilate::normalize::date::column_order;
/// assert_eq!(column_order(["03/04/2021", "25/12/2020"]), Some(true));
/// assert_eq!(column_order(["03/04/2021"]), None);
/// ```
pub fn column_order<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<bool> {
    const CLEAR: usize = 10;
    let (mut day_first, mut month_first) = (0usize, 0usize);
    for value in values {
        let Some(first) = parse::fields(value, true).ok().filter(|f| !f.swappable && f.serial.is_none())
        else {
            continue;
        };
        let Ok(second) = parse::fields(value, false) else { continue };
        if first.swapped && !second.swapped {
            month_first += 1;
        } else if second.swapped && !first.swapped {
            day_first += 1;
        }
    }
    let clear = |many: usize, few: usize| many > 0 && few * CLEAR <= many;
    if clear(day_first, month_first) {
        return Some(true);
    }
    clear(month_first, day_first).then_some(false)
}

fn outcome<'a>(
    original: &'a str,
    parts: Date,
    quality: Quality,
    reason: &'static str,
) -> Normalized<'a, Date> {
    Normalized { original, canonical: String::new(), parts, keys: Vec::new(), quality, reasons: vec![reason] }
}

fn judge<'a>(raw: &'a str, fields: Fields, hint: &DateHint<'_>, order_known: bool) -> Normalized<'a, Date> {
    let mut fields = fields;
    if fields.short_year && (fields.year, fields.month, fields.day) == (Some(1), Some(1), Some(1)) {
        return outcome(raw, Date::default(), Quality::Placeholder, "mask_or_zero");
    }
    let centuries = if fields.short_year { centuries(&fields, hint) } else { [fields.year, None] };
    fields.year = centuries[0];
    // Masked fields are missing fields.
    fields.year = fields.year.filter(|&y| y != 0);
    fields.month = fields.month.filter(|&m| m != 0);
    fields.day = fields.day.filter(|&d| d != 0 && fields.month.is_some());
    let parts = Date {
        year: fields.year,
        month: fields.month,
        day: fields.day,
        precision: precision(&fields),
        alternatives: Vec::new(),
    };
    if let Some(reason) = impossible(&fields) {
        return outcome(raw, parts, Quality::Invalid, reason);
    }
    if is_epoch(&fields) {
        return outcome(raw, Date::default(), Quality::Placeholder, "epoch_or_filler");
    }
    if parts.precision == Some(Precision::Year) && !parse::YEARS_ALONE.contains(&fields.year.unwrap_or(0)) {
        return outcome(raw, parts, Quality::Invalid, "implausible_year");
    }
    if is_birth(hint) && is_after_reference(&fields, hint) {
        return outcome(raw, parts, Quality::Invalid, "future_birth_date");
    }
    if parts.precision.is_none() {
        return outcome(raw, Date::default(), Quality::Placeholder, "mask_or_zero");
    }
    graded(raw, parts, &fields, centuries, hint, order_known)
}

/// A possible date with its other readings, grade and reasons.
fn graded<'a>(
    raw: &'a str,
    mut parts: Date,
    fields: &Fields,
    centuries: [Option<i16>; 2],
    hint: &DateHint<'_>,
    order_known: bool,
) -> Normalized<'a, Date> {
    let mut reasons = Vec::new();
    let mut quality = if parts.precision == Some(Precision::Day) { Quality::Ok } else { Quality::Partial };
    parts.alternatives = alternatives(fields, centuries, hint);
    if fields.short_year {
        reasons.push("two_digit_year");
    }
    if fields.swapped {
        reasons.push("order_swapped");
    }
    if (fields.swappable && !order_known) || centuries[1].is_some() {
        quality = Quality::Ambiguous;
    }
    let too_old =
        hint.reference.zip(fields.year).is_some_and(|(today, y)| is_birth(hint) && y < today.0 - OLDEST);
    let grave =
        [fields.serial, is_likely_filler(fields).then_some("epoch_or_filler"), too_old.then_some("too_old")];
    for reason in grave.into_iter().rev().flatten() {
        // What lowers the grade comes first.
        reasons.insert(0, reason);
        quality = Quality::Suspicious;
    }
    let canonical = iso(parts.year, parts.month, parts.day);
    let mut keys = vec![canonical.clone()];
    keys.extend(parts.alternatives.iter().map(|&(y, m, d)| iso(Some(y), Some(m), Some(d))));
    Normalized { original: raw, canonical, parts, keys, quality, reasons }
}

fn precision(fields: &Fields) -> Option<Precision> {
    match (fields.year, fields.month, fields.day) {
        (Some(_), Some(_), Some(_)) => Some(Precision::Day),
        (Some(_), Some(_), None) => Some(Precision::Month),
        (Some(_), None, _) => Some(Precision::Year),
        (None, Some(_), Some(_)) => Some(Precision::MonthDay),
        (None, _, _) => None,
    }
}

fn impossible(fields: &Fields) -> Option<&'static str> {
    const LEAP_YEAR: i16 = 2000;
    if fields.month.is_some_and(|m| m > 12) {
        return Some("impossible_month");
    }
    let (Some(month), Some(day)) = (fields.month, fields.day) else { return None };
    (!civil::exists(fields.year.unwrap_or(LEAP_YEAR), month, day)).then_some("impossible_day")
}

fn is_birth(hint: &DateHint<'_>) -> bool {
    matches!(hint.context, DateContext::Birth | DateContext::BirthAdult)
}

fn is_after_reference(fields: &Fields, hint: &DateHint<'_>) -> bool {
    let (Some(today), Some(year)) = (hint.reference, fields.year) else { return false };
    (year, fields.month.unwrap_or(0), fields.day.unwrap_or(0)) > today
}

/// The centuries that a two-digit year may be of, most likely first.
fn centuries(fields: &Fields, hint: &DateHint<'_>) -> [Option<i16>; 2] {
    /// The turn of a two-digit year without a reference, as POSIX has it.
    const PIVOT: i16 = 69;
    let Some(short) = fields.year else { return [None, None] };
    let (old, new) = (1900 + short, 2000 + short);
    let Some((this_year, ..)) = hint.reference else {
        return [Some(if short < PIVOT { new } else { old }), None];
    };
    let at = |year| Fields { year: Some(year), ..*fields };
    match hint.context {
        DateContext::Expiry => [Some(new), None],
        DateContext::Event => [Some(if new <= this_year + PLANNED { new } else { old }), None],
        DateContext::Birth | DateContext::BirthAdult if is_after_reference(&at(new), hint) => {
            [Some(old), None]
        }
        DateContext::Birth if old < this_year - OLDEST => [Some(new), None],
        DateContext::Birth => [Some(new), Some(old)],
        DateContext::BirthAdult if new > this_year - ADULT => [Some(old), Some(new)],
        DateContext::BirthAdult => [Some(new), Some(old)],
    }
}

fn alternatives(fields: &Fields, centuries: [Option<i16>; 2], hint: &DateHint<'_>) -> Vec<(i16, u8, u8)> {
    let (Some(month), Some(day)) = (fields.month, fields.day) else { return Vec::new() };
    let mut out = Vec::new();
    let mut add = |year: i16, month: u8, day: u8| {
        let other = Fields { year: Some(year), month: Some(month), day: Some(day), ..*fields };
        if civil::exists(year, month, day) && !(is_birth(hint) && is_after_reference(&other, hint)) {
            out.push((year, month, day));
        }
    };
    if let (Some(year), true) = (centuries[0], fields.swappable) {
        add(year, day, month);
    }
    if let Some(year) = centuries[1] {
        add(year, month, day);
        if fields.swappable {
            add(year, day, month);
        }
    }
    out
}

/// Days that systems write for "none": zero dates and the ends of their calendars.
fn is_epoch(fields: &Fields) -> bool {
    let Some(year) = fields.year else { return false };
    let day = (fields.month.unwrap_or(1), fields.day.unwrap_or(1));
    match year {
        1 | 9999 => true,
        1111 => day == (11, 11),
        1234 => day == (12, 12),
        1753 | 1800 | 1900 | 1904 | 3000 => day == (1, 1) && fields.day.is_some(),
        1899 => matches!(day, (12, 29..=31)),
        2099 | 2999 => day == (12, 31),
        _ => false,
    }
}

/// Days on which far more people are born in files than in life.
fn is_likely_filler(fields: &Fields) -> bool {
    const FIRST_OF_JANUARY: &[i16] = &[1901, 1910, 1950, 1970, 1971, 1980, 1990, 1999, 2000];
    match (fields.year, fields.month, fields.day) {
        (Some(year), Some(1), Some(1)) => FIRST_OF_JANUARY.contains(&year),
        (Some(1969 | 1999), Some(12), Some(31)) => true,
        _ => false,
    }
}

/// ISO 8601 of the fields there are; `--mm-dd` without a year.
fn iso(year: Option<i16>, month: Option<u8>, day: Option<u8>) -> String {
    match (year, month, day) {
        (Some(y), Some(m), Some(d)) => {
            let mut out = String::with_capacity(10);
            let two = |n: u8| [char::from(b'0' + n / 10 % 10), char::from(b'0' + n % 10)];
            let (century, rest) = (u8::try_from(y / 100).unwrap_or(0), u8::try_from(y % 100).unwrap_or(0));
            out.extend(two(century).into_iter().chain(two(rest)).chain(['-']));
            out.extend(two(m).into_iter().chain(['-']).chain(two(d)));
            out
        }
        (Some(y), Some(m), None) => format!("{y:04}-{m:02}"),
        (Some(y), None, _) => format!("{y:04}"),
        (None, Some(m), Some(d)) => format!("--{m:02}-{d:02}"),
        (None, _, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TODAY: Option<(i16, u8, u8)> = Some((2026, 11, 22));

    fn read<'a>(raw: &'a str, region: &str, context: DateContext) -> Normalized<'a, Date> {
        date(raw, &DateHint { region: Some(region), reference: TODAY, context, ..DateHint::default() })
    }

    #[test]
    fn readings() {
        let rows = [
            ("7/8/1979", "ES", "1979-08-07"),
            ("7/8/1979", "US", "1979-07-08"),
            ("1979/8/7", "US", "1979-08-07"),
            ("7.8.1979", "US", "1979-08-07"),
            ("7 de agosto de 1979", "ES", "1979-08-07"),
            ("August 7th, 1979", "US", "1979-08-07"),
            ("7 août 1979", "FR", "1979-08-07"),
            ("7 agost 1979", "ES", "1979-08-07"),
            ("1979ko abuztuaren 7", "ES", "1979-08-07"),
            ("7 августа 1979", "RU", "1979-08-07"),
            ("07-AGO-79", "ES", "1979-08-07"),
            ("martes, 7 de agosto de 1979", "ES", "1979-08-07"),
            ("1º de março de 1979", "BR", "1979-03-01"),
            ("19790807", "ES", "1979-08-07"),
            ("07081979", "ES", "1979-08-07"),
            ("7081979", "ES", "1979-08-07"),
            ("19790807103000", "ES", "1979-08-07"),
            ("1979-08-07 10:30:00+02:00", "ES", "1979-08-07"),
            ("10:30 07/08/1979", "ES", "1979-08-07"),
            ("29074", "ES", "1979-08-07"),
            ("302832000", "ES", "1979-08-07"),
            ("302832000000", "ES", ""),
            ("1571184000000", "ES", "2019-10-16"),
            ("08/1979", "ES", "1979-08"),
            ("1979-08", "ES", "1979-08"),
            ("agosto de 1979", "ES", "1979-08"),
            ("1979", "ES", "1979"),
            ("1979-00-00", "ES", "1979"),
            ("1979-08-00", "ES", "1979-08"),
            ("00/00/1979", "ES", "1979"),
            ("07/08", "ES", "--08-07"),
            ("7 de agosto", "ES", "--08-07"),
            ("--08-07", "US", "--08-07"),
            ("ayer", "ES", ""),
        ];
        for (raw, region, canonical) in rows {
            assert_eq!(read(raw, region, DateContext::Event).canonical, canonical, "{raw}");
        }
    }

    #[test]
    fn impossible_days_keep_their_fields() {
        let got = read("1860-24-19", "ES", DateContext::Birth);
        assert_eq!((got.quality, got.canonical.as_str()), (Quality::Invalid, ""));
        assert_eq!((got.parts.year, got.parts.month, got.parts.day), (Some(1860), Some(24), Some(19)));
        assert_eq!(read("30/02/1990", "ES", DateContext::Birth).reasons, ["impossible_day"]);
        assert_eq!(read("29/02/2000", "ES", DateContext::Birth).canonical, "2000-02-29");
    }

    #[test]
    fn placeholders() {
        for raw in [
            "0001-01-01",
            "1111-11-11",
            "01/01/1753",
            "1899-12-30",
            "01-01-1900",
            "9999-12-31",
            "31/12/9999",
            "0000-00-00",
            "0",
            "99/99/9999",
            "__/__/____",
            "DD/MM/YYYY",
            "01/01/01",
            "n/a",
            "-",
            "",
        ] {
            let got = read(raw, "ES", DateContext::Birth);
            assert_eq!((got.quality, got.canonical.as_str()), (Quality::Placeholder, ""), "{raw}");
        }
    }

    #[test]
    fn two_digit_years() {
        let rows = [
            ("01/02/85", DateContext::Birth, "1985-02-01", Quality::Ok),
            ("01/02/10", DateContext::Birth, "2010-02-01", Quality::Ambiguous),
            ("01/02/10", DateContext::BirthAdult, "1910-02-01", Quality::Ambiguous),
            ("01/02/30", DateContext::Event, "2030-02-01", Quality::Ok),
            ("01/02/60", DateContext::Event, "1960-02-01", Quality::Ok),
            ("01/02/60", DateContext::Expiry, "2060-02-01", Quality::Ok),
        ];
        for (raw, context, canonical, quality) in rows {
            let got = read(raw, "ES", context);
            assert_eq!((got.canonical.as_str(), got.quality), (canonical, quality), "{raw} {context:?}");
        }
    }

    #[test]
    fn unknown_order_is_ambiguous() {
        let got = date("03/04/1990", &DateHint::default());
        assert_eq!(got.quality, Quality::Ambiguous);
        assert_eq!(got.keys, ["1990-04-03", "1990-03-04"]);
        let known = date("03/04/1990", &DateHint { day_first: Some(false), ..DateHint::default() });
        assert_eq!((known.canonical.as_str(), known.quality), ("1990-03-04", Quality::Ok));
    }

    #[test]
    fn order_of_columns() {
        assert_eq!(column_order(["01/02/2020", "13/02/2020", "2020-01-01", "x"]), Some(true));
        assert_eq!(column_order(["01/02/2020", "02/13/2020"]), Some(false));
        assert_eq!(column_order(["13/02/2020", "02/13/2020"]), None);
        assert_eq!(column_order(["2020-13-01", "31/31/2020"]), None);
    }

    proptest! {
        #[test]
        fn idempotent_and_keeps_the_original(
            raw in "\\PC{0,20}|[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}|[0-9]{4,14}|[0-9]{1,2}[- ](ene|march|août)[- ][0-9]{2,4}",
            region in prop::sample::select(vec!["ES", "US", "SE"]),
            context in prop::sample::select(vec![DateContext::Event, DateContext::Birth, DateContext::BirthAdult]),
        ) {
            let first = read(&raw, region, context);
            prop_assert_eq!(first.original, raw.as_str());
            let again = read(&first.canonical, region, context);
            prop_assert_eq!(&again.canonical, &first.canonical);
        }

        #[test]
        fn days_survive_writing(days in -140_000i64..200_000) {
            let (y, m, d) = civil_from_days(days).unwrap();
            let hint = DateHint::default();
            let got = date(&iso(Some(y), Some(m), Some(d)), &hint).parts.days();
            let fields = Fields { year: Some(y), month: Some(m), day: Some(d), ..Fields::default() };
            let expected = (!is_epoch(&fields)).then_some(days);
            prop_assert_eq!(got, expected);
        }
    }
}
