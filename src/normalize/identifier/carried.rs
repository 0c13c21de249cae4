//! What a number says beside who it is: the country of an account, person or company, date of birth and sex.

use super::Entity;
use super::schemes::{self, Scheme};

pub(super) fn iban_country(b: &[u8]) -> Option<&'static str> {
    schemes::all().map(|s| s.country).find(|c| !c.is_empty() && b.starts_with(c.as_bytes()))
}

pub(super) fn entity_of(scheme: &Scheme, b: &[u8]) -> Entity {
    match (scheme.name, b[0]) {
        ("RFC", _) if b.len() == 12 => Entity::Company,
        ("RFC", _) => Entity::Person,
        ("CUIT", b'2') | ("RIF", b'V' | b'E' | b'P') => Entity::Person,
        ("CUIT", _) | ("RIF", _) => Entity::Company,
        ("RUC_PE", b'1') => Entity::Person,
        ("RUC_PE", _) => Entity::Company,
        ("NIF_PT", b'1'..=b'4') => Entity::Person,
        ("NIF_PT", _) => Entity::Company,
        // Fifty million and above went to companies.
        ("RUT_CL", first) => {
            if b.len() == 9 && first >= b'5' {
                Entity::Company
            } else {
                Entity::Person
            }
        }
        _ => scheme.entity,
    }
}

/// The date of birth and sex that a valid number carries.
pub(super) fn carried(scheme: &str, b: &[u8]) -> (Option<(i16, u8, u8)>, Option<bool>) {
    let two = |at: usize| b.get(at..at + 2).map_or(0, |d| i16::from(d[0] & 15) * 10 + i16::from(d[1] & 15));
    let date = |year: i16, month: i16, day: i16| {
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((year, month, day))
    };
    match scheme {
        "CURP" => {
            let century = if b[16].is_ascii_digit() { 1900 } else { 2000 };
            (date(century + two(4), two(6), two(8)), Some(b[10] == b'M').filter(|_| b[10] != b'X'))
        }
        "RFC" if b.len() == 13 => (date(adult_century(two(4)), two(6), two(8)), None),
        "CF" => italian_birth(b).map_or((None, None), |(y, m, d, female)| (date(y, m, d), Some(female))),
        "PESEL" => {
            let century =
                [1900, 2000, 2100, 2200, 1800].get(usize::from(b[2] & 15) / 2).copied().unwrap_or(1900);
            (date(century + two(0), two(2) % 20, two(4)), Some(b[9].is_multiple_of(2)))
        }
        "NN" => {
            let number = b[..9].iter().fold(0u64, |n, &c| n * 10 + u64::from(c & 15));
            let check = u64::from(two(9).unsigned_abs());
            let century = if 97 - number % 97 == check { 1900 } else { 2000 };
            (date(century + two(0), two(2), two(4)), Some(b[8].is_multiple_of(2)))
        }
        "CNP" => {
            let century = match b[0] {
                b'1' | b'2' => 1900,
                b'3' | b'4' => 1800,
                b'5' | b'6' => 2000,
                _ => return (None, None),
            };
            (date(century + two(1), two(3), two(5)), Some(b[0].is_multiple_of(2)))
        }
        "NIR" => (None, Some(b[0] == b'2')),
        _ => (None, None),
    }
}

/// The century of a two-digit year of birth of somebody who pays taxes.
fn adult_century(year: i16) -> i16 {
    const YOUNGEST: i16 = 10;
    if year < YOUNGEST { 2000 + year } else { 1900 + year }
}

fn italian_birth(b: &[u8]) -> Option<(i16, i16, i16, bool)> {
    // Letters stand for digits where two people would have had the same code.
    let digit = |at: usize| match b[at] {
        c @ b'0'..=b'9' => Some(i16::from(c - b'0')),
        c => b"LMNPQRSTUV".iter().position(|&s| s == c).and_then(|p| i16::try_from(p).ok()),
    };
    let year = digit(6)? * 10 + digit(7)?;
    let month = i16::try_from(b"ABCDEHLMPRST".iter().position(|&m| m == b[8])?).ok()? + 1;
    let day = digit(9)? * 10 + digit(10)?;
    Some((adult_century(year), month, if day > 40 { day - 40 } else { day }, day > 40))
}
