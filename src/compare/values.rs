//! The level of one pair of values, by kind of attribute. Pure functions on normalised text; the evaluator caches
//! their answers per pair of distinct values, so they may look closely.
//!
//! Thresholds are those of a recipe that was measured on fifteen labelled person data sets with one set of constants
//! (three levels a field instead of these cost up to .03 F1).

use super::level::date_level;
use crate::similarity::{jaro_winkler, osa_within};
use crate::table::AttributeKind;

/// The comparison of two different values of a kind. Equality is level 0 and decided before; given names and surnames
/// have a table of their own (`names.rs`).
pub(super) fn level(kind: AttributeKind, a: &str, b: &str) -> u8 {
    use AttributeKind as K;
    match kind {
        K::MiddleName => middle(a, b),
        K::BirthDate => date(a.as_bytes(), b.as_bytes()),
        K::Street | K::AddressLine2 => street(a, b),
        K::HouseNumber | K::Unit | K::PoBox => u8::from(!within(a, b, 1, 2)) + 1,
        K::Locality | K::City | K::County | K::BirthPlace => place(a, b),
        K::Postcode => postcode(a, b),
        K::Phone => phone(a, b),
        K::Email => email(a, b),
        K::Identifier => identifier(a, b),
        K::Company | K::Website => company(a, b),
        K::Age => age(a, b),
        _ => 1,
    }
}

/// Whether two texts are at most `max` slips apart, both at least `min_len` characters long: on short values a slip
/// makes another value.
pub(super) fn within(a: &str, b: &str, max: usize, min_len: usize) -> bool {
    a.len() >= min_len && b.len() >= min_len && osa_within(a, b, max).is_some()
}

/// Below this Jaro-Winkler similarity two texts of five letters cannot be two slips apart, nor shorter ones one slip:
/// the edit distance need not be asked.
pub(super) const FAR: f64 = 0.66;

fn tokens(name: &str) -> impl Iterator<Item = &str> + Clone {
    name.split(' ').filter(|token| !token.is_empty())
}

/// Whether every token of `part` is one of `whole`, or an initial of one, in any order. At least one must be a word.
fn contains_tokens(whole: &str, part: &str) -> bool {
    tokens(part)
        .all(|token| tokens(whole).any(|word| word == token || (token.len() == 1 && word.starts_with(token))))
        && tokens(part).any(|token| token.len() > 1)
}

fn middle(a: &str, b: &str) -> u8 {
    if tokens(a).any(|x| x.len() > 1 && tokens(b).any(|y| x == y)) {
        return 1;
    }
    let initial = (a.len() == 1 || b.len() == 1) && a.chars().next() == b.chars().next();
    match () {
        () if initial => 2,
        () if jaro_winkler(a, b) >= 0.88 => 3,
        () => 4,
    }
}

/// Two dates `yyyymmdd` with `-` for what is unknown. Unknown parts neither agree nor disagree: the level is the
/// best one that the known parts alone support.
fn date(a: &[u8], b: &[u8]) -> u8 {
    use date_level::*;
    let (Some((ya, ma, da)), Some((yb, mb, db))) = (date_parts(a), date_parts(b)) else { return ELSE };
    let known = |part: &[u8]| !part.contains(&b'-');
    let both = |x: &[u8], y: &[u8]| known(x) && known(y);
    let month_day = both(ma, mb) && both(da, db) && ma == mb && da == db;
    if both(ya, yb) && both(ma, mb) && both(da, db) {
        return full_date(a, b);
    }
    let disagree = |x: &[u8], y: &[u8]| both(x, y) && x != y;
    match () {
        () if month_day => MONTH_DAY,
        () if disagree(ma, mb) || disagree(da, db) => ELSE,
        () if both(ya, yb) && ya == yb && (both(ma, mb) || both(da, db)) => YEAR_PART,
        () if both(ya, yb) && ya == yb => YEAR,
        () if both(ya, yb) && year_gap(ya, yb) <= 1 => NEXT_YEAR,
        () if both(ya, yb) && osa_bytes(ya, yb) == 1 => YEAR_SLIP,
        () => ELSE,
    }
}

fn date_parts(date: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    (date.len() == 8).then(|| (&date[..4], &date[4..6], &date[6..]))
}

fn full_date(a: &[u8], b: &[u8]) -> u8 {
    use date_level::*;
    let differing = a.iter().zip(b).filter(|(x, y)| x != y).count();
    let (same_year, same_month, same_day) = (a[..4] == b[..4], a[4..6] == b[4..6], a[6..] == b[6..]);
    if same_month && same_day && differing == 1 {
        return YEAR_SLIP;
    }
    // Each slip changes the bag of digits by at most two.
    let slips = if bag_difference(a, b) > 4 { 3 } else { osa_bytes(a, b) };
    match () {
        () if slips <= 1 => SLIP,
        () if same_year && a[4..6] == b[6..] && a[6..] == b[4..6] => SWAPPED,
        () if same_month && same_day => MONTH_DAY,
        () if same_year && (same_month || same_day) => YEAR_PART,
        () if slips <= 2 => TWO_SLIPS,
        () if same_year => YEAR,
        () if year_gap(&a[..4], &b[..4]) <= 1 => NEXT_YEAR,
        () => ELSE,
    }
}

/// How many digits would have to be exchanged for the same digits in any order, counted on both sides.
fn bag_difference(a: &[u8], b: &[u8]) -> u32 {
    let mut counts = [0i8; 16];
    a.iter().for_each(|digit| counts[usize::from(digit & 15)] += 1);
    b.iter().for_each(|digit| counts[usize::from(digit & 15)] -= 1);
    counts.iter().map(|count| u32::from(count.unsigned_abs())).sum()
}

fn osa_bytes(a: &[u8], b: &[u8]) -> usize {
    match (std::str::from_utf8(a), std::str::from_utf8(b)) {
        (Ok(a), Ok(b)) => osa_within(a, b, 2).unwrap_or(3),
        _ => 3,
    }
}

fn year_gap(a: &[u8], b: &[u8]) -> u32 {
    let year =
        |digits: &[u8]| digits.iter().fold(0u32, |n, &d| n * 10 + u32::from(d.wrapping_sub(b'0') % 10));
    year(a).abs_diff(year(b))
}

fn street(a: &str, b: &str) -> u8 {
    let similarity = jaro_winkler(a, b);
    match () {
        () if similarity >= 0.95 => 1,
        () if similarity >= FAR && (within(a, b, 2, 6) || within(a, b, 1, 4)) => 1,
        () if similarity >= 0.87 || contains_tokens(a, b) || contains_tokens(b, a) => 2,
        () => 4,
    }
}

fn place(a: &str, b: &str) -> u8 {
    let similarity = jaro_winkler(a, b);
    match () {
        () if similarity >= 0.93 || (similarity >= FAR && within(a, b, 1, 4)) => 1,
        () if similarity >= 0.85 || contains_tokens(a, b) || contains_tokens(b, a) => 2,
        () => 3,
    }
}

/// The part of a postcode that names a district: all but the last three characters of British and Canadian codes,
/// the first three (two of short codes) otherwise.
pub(crate) fn postcode_district(postcode: &str) -> &str {
    let alphanumeric = postcode.bytes().any(|b| b.is_ascii_alphabetic());
    let len = match postcode.len() {
        n if alphanumeric && n >= 5 => n - 3,
        n if n <= 4 => n.min(2),
        _ => 3,
    };
    postcode.get(..len).unwrap_or(postcode)
}

fn postcode(a: &str, b: &str) -> u8 {
    match () {
        () if within(a, b, 1, 3) => 1,
        () if postcode_district(a) == postcode_district(b) => 2,
        () => 3,
    }
}

/// Digits that two notations of a number have in common at the end before they count as one line: a national number
/// without its area code.
const PHONE_SUFFIX: usize = 7;

fn phone(a: &str, b: &str) -> u8 {
    let suffix = a.bytes().rev().zip(b.bytes().rev()).take_while(|(x, y)| x == y).count();
    match () {
        () if within(a, b, 1, 6) => 1,
        () if within(a, b, 2, 8) || suffix >= PHONE_SUFFIX => 2,
        () => 3,
    }
}

fn email(a: &str, b: &str) -> u8 {
    let local = |address: &str| address.rsplit_once('@').map_or(address.len(), |(local, _)| local.len());
    let (local_a, local_b) = (&a[..local(a)], &b[..local(b)]);
    match () {
        () if local_a == local_b && local_a.len() >= 3 => 1,
        () if within(a, b, 2, 8) => 2,
        () if local_a.len() >= 4 && local_b.len() >= 4 && jaro_winkler(local_a, local_b) >= 0.9 => 3,
        () => 4,
    }
}

fn identifier(a: &str, b: &str) -> u8 {
    match () {
        () if within(a, b, 1, 5) => 1,
        () if within(a, b, 2, 7) => 2,
        () => 3,
    }
}

fn company(a: &str, b: &str) -> u8 {
    let similarity = jaro_winkler(a, b);
    match () {
        () if similarity >= 0.96 || contains_tokens(a, b) || contains_tokens(b, a) => 1,
        () if similarity >= FAR && within(a, b, 1, 5) => 1,
        () if similarity >= 0.88 => 2,
        () => 3,
    }
}

fn age(a: &str, b: &str) -> u8 {
    match (a.parse::<i32>(), b.parse::<i32>()) {
        (Ok(a), Ok(b)) => match (a - b).abs() {
            0 => 0,
            1 => 1,
            2..=3 => 2,
            4..=11 => 3,
            _ => 4,
        },
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        use date_level::*;
        for (a, b, expected) in [
            ("19850301", "19750301", YEAR_SLIP),
            ("19850301", "19850302", SLIP),
            ("19850301", "19850103", SWAPPED),
            ("19850301", "19620301", MONTH_DAY),
            ("19850301", "19850328", YEAR_PART),
            ("19850301", "19851128", YEAR),
            ("19850301", "19861128", NEXT_YEAR),
            ("19850301", "19601128", ELSE),
            ("1985----", "19850301", YEAR),
            ("----0301", "19850301", MONTH_DAY),
            ("----0301", "19850302", ELSE),
            ("198503--", "19850301", YEAR_PART),
            ("1985----", "1958----", YEAR_SLIP),
            ("1985----", "1986----", NEXT_YEAR),
            ("1985----", "1937----", ELSE),
            ("short", "19850301", ELSE),
        ] {
            assert_eq!(date(a.as_bytes(), b.as_bytes()), expected, "{a} / {b}");
            assert_eq!(date(b.as_bytes(), a.as_bytes()), expected, "{b} / {a}");
        }
    }

    #[test]
    fn contact_points() {
        assert_eq!(phone("612345678", "612345679"), 1);
        assert_eq!(phone("34612345678", "612345678"), 2);
        assert_eq!(phone("612345678", "933221100"), 3);
        assert_eq!(email("ana@gmail.com", "ana@yahoo.es"), 1);
        assert_eq!(email("anaruiz@gmail.com", "anaruis@gmail.com"), 2);
        assert_eq!(postcode("se11aa", "se19zz"), 2);
        assert_eq!(postcode("28013", "28004"), 2);
        assert_eq!(age("40", "41"), 1);
    }
}
