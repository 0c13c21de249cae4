//! Phone numbers, e-mail addresses and identity numbers.

use std::fmt::Write;

use crate::country::Country;
use crate::random::{Permutation, Rng};

/// A phone number: its country and the national digits, without any trunk prefix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phone {
    country: Country,
    digits: String,
}

/// The number of mobile numbers and identity numbers that are told apart; more people than this share some.
const NUMBERS: u64 = 100_000_000;

/// The bijections that give each person a number nobody else has and that says nothing about the person.
#[derive(Debug)]
pub struct Numbers {
    mobile: Permutation,
    national_id: Permutation,
}

impl Numbers {
    /// The numbers of a seed; `area` is the key of its streams.
    pub fn new(seed: u64, area: u64) -> Self {
        Self {
            mobile: Permutation::new(NUMBERS, seed, &[area, 1]),
            national_id: Permutation::new(NUMBERS, seed, &[area, 2]),
        }
    }

    /// The mobile number of a person; a person has two of them in life.
    pub fn mobile(&self, country: Country, person: u64, second: bool, rng: &mut Rng) -> Phone {
        let n = self.mobile.apply(person.wrapping_mul(2) + u64::from(second));
        let digits = match country {
            // No number of Spain begins with 60000, which is what people type to get past a form.
            Country::Es => format!("6{:08}", n.max(1_000_000)),
            Country::Mx => format!("{}{n:08}", rng.pick(&["55", "33", "81"])),
            Country::Ar => format!("911{n:08}"),
            Country::Co => format!("3{}{n:08}", rng.below(2)),
            Country::Cl => format!("9{n:08}"),
            Country::Pe => format!("9{n:08}"),
            // Area code and exchange of the United States begin with 2 to 9.
            Country::Us => {
                format!(
                    "{}{:07}",
                    rng.pick(&["917", "646", "323", "773", "832", "469", "786"]),
                    2_000_000 + n % 8_000_000
                )
            }
            Country::Gb => format!("77{n:08}"),
            Country::De => format!("{}{n:08}", rng.pick(&["151", "160", "170", "176", "172"])),
            Country::Fr => format!("6{n:08}"),
            Country::It => format!("3{}{n:08}", rng.range(2, 4)),
            Country::Pt => format!("9{}{:07}", rng.pick(&["1", "2", "3", "6"]), n % 10_000_000),
        };
        Phone { country, digits }
    }

    /// The identity number of a person who lives in Spain: DNI, or NIE for foreigners.
    pub fn spanish(&self, person: u64, foreign: bool) -> String {
        let n = self.national_id.apply(person);
        if !foreign {
            return format!("{n:08}{}", check_letter(n));
        }
        // X, Y and Z stand for 0, 1 and 2 in the check; seven digits follow.
        let (lead, rest) = (n / 10_000_000 % 3, n % 10_000_000);
        format!("{}{rest:07}{}", ['X', 'Y', 'Z'][lead as usize], check_letter(lead * 10_000_000 + rest))
    }
}

/// The check letter of a DNI.
pub fn check_letter(number: u64) -> char {
    b"TRWAGMYFPDXBNJZSQVHLCKE"[(number % 23) as usize] as char
}

/// The tax number (CIF) of a Spanish company: the letter of its form, seven digits and a check digit.
pub fn company_tax_number(letter: char, number: u64) -> String {
    let number = number % 10_000_000;
    let digit = |place: u32| number / 10u64.pow(6 - place) % 10;
    let odd: u64 = (0..7).step_by(2).map(|place| digit(place) * 2).map(|twice| twice / 10 + twice % 10).sum();
    let even: u64 = (1..7).step_by(2).map(digit).sum();
    format!("{letter}{number:07}{}", (10 - (odd + even) % 10) % 10)
}

/// Ways to write a phone number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PhoneStyle {
    /// `+34612345678`
    International,
    /// `+34 612 345 678`
    Spaced,
    /// `0034612345678`
    DoubleZero,
    /// `612345678`
    National,
    /// `612 34 56 78`
    Pairs,
    /// `612-345-678`
    Dashes,
}

impl Phone {
    /// A fixed line: the prefix of the area and random digits.
    pub fn fixed(country: Country, area: &str, rng: &mut Rng) -> Self {
        let area = if country == Country::It { area } else { area.trim_start_matches('0') };
        let length: usize = match country {
            Country::Es | Country::Pt | Country::Fr | Country::Cl => 9,
            Country::Pe => 8,
            _ => 10,
        };
        let mut digits = area.to_string();
        // Subscribers' numbers begin with 2 to 9 everywhere.
        let _ = write!(digits, "{}", rng.range(2, 9));
        while digits.len() < length {
            let _ = write!(digits, "{}", rng.below(10));
        }
        Self { country, digits }
    }

    /// The number in one style.
    pub fn write(&self, style: PhoneStyle) -> String {
        let code = self.country.calling_code();
        let digits = self.digits.as_str();
        // The trunk prefix that these countries dial within their borders.
        let trunk = if matches!(self.country, Country::Gb | Country::De | Country::Fr) { "0" } else { "" };
        match style {
            PhoneStyle::International => format!("+{code}{digits}"),
            PhoneStyle::Spaced => format!("+{code} {}", grouped(digits, 3, ' ')),
            PhoneStyle::DoubleZero => format!("00{code}{digits}"),
            PhoneStyle::National | PhoneStyle::Pairs if self.country == Country::Us => {
                format!("({}) {}-{}", &digits[..3], &digits[3..6], &digits[6..])
            }
            PhoneStyle::National => format!("{trunk}{digits}"),
            PhoneStyle::Pairs if self.country == Country::Es => {
                format!("{} {} {} {}", &digits[..3], &digits[3..5], &digits[5..7], &digits[7..])
            }
            PhoneStyle::Pairs => grouped(&format!("{trunk}{digits}"), 2, ' '),
            PhoneStyle::Dashes => grouped(&format!("{trunk}{digits}"), 3, '-'),
        }
    }

    /// What a spreadsheet of a Spanish office makes of the number: `6,12E+08`.
    pub fn damaged(&self) -> String {
        let digits = format!("{}{}", self.country.calling_code(), self.digits);
        let digits = if self.country == Country::Es { self.digits.as_str() } else { digits.as_str() };
        format!("{},{}E+{:02}", &digits[..1], &digits[1..3], digits.len() - 1)
    }
}

/// Digits in groups; the last group takes a rest that would stand alone.
fn grouped(digits: &str, size: usize, mark: char) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / size);
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && at % size == 0 && digits.len() - at > 1 {
            out.push(mark);
        }
        out.push(c);
    }
    out
}

/// The letters and digits of a name in ASCII: "María José" gives "mariajose".
pub fn slug(text: &str, out: &mut String) {
    for c in text.chars() {
        match c.to_lowercase().next().unwrap_or(c) {
            'á' | 'à' | 'â' | 'ã' => out.push('a'),
            'ä' => out.push_str("ae"),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'í' | 'ì' | 'î' | 'ï' | 'ı' => out.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' => out.push('o'),
            'ö' => out.push_str("oe"),
            'ú' | 'ù' | 'û' => out.push('u'),
            'ü' => out.push('u'),
            'ñ' => out.push('n'),
            'ç' => out.push('c'),
            'ş' => out.push('s'),
            'ß' => out.push_str("ss"),
            c if c.is_ascii_alphanumeric() => out.push(c),
            _ => {}
        }
    }
}

/// The e-mail providers of a country, by their share.
fn providers(country: Country) -> &'static [(&'static str, u32)] {
    match country {
        Country::Es => &[
            ("gmail.com", 58),
            ("hotmail.com", 17),
            ("hotmail.es", 5),
            ("yahoo.es", 6),
            ("outlook.es", 4),
            ("outlook.com", 3),
            ("icloud.com", 3),
            ("telefonica.net", 2),
            ("live.com", 1),
            ("yahoo.com", 1),
        ],
        Country::Us => &[
            ("gmail.com", 55),
            ("yahoo.com", 18),
            ("hotmail.com", 8),
            ("outlook.com", 5),
            ("icloud.com", 6),
            ("aol.com", 5),
            ("comcast.net", 3),
        ],
        Country::Gb => &[
            ("gmail.com", 45),
            ("hotmail.co.uk", 14),
            ("yahoo.co.uk", 10),
            ("hotmail.com", 9),
            ("btinternet.com", 7),
            ("outlook.com", 7),
            ("icloud.com", 5),
            ("sky.com", 3),
        ],
        Country::De => &[
            ("gmx.de", 26),
            ("web.de", 24),
            ("gmail.com", 26),
            ("t-online.de", 12),
            ("freenet.de", 5),
            ("outlook.de", 4),
            ("yahoo.de", 3),
        ],
        Country::Fr => &[
            ("gmail.com", 42),
            ("orange.fr", 16),
            ("hotmail.fr", 12),
            ("free.fr", 9),
            ("wanadoo.fr", 6),
            ("yahoo.fr", 7),
            ("laposte.net", 5),
            ("sfr.fr", 3),
        ],
        Country::It => &[
            ("gmail.com", 48),
            ("libero.it", 20),
            ("hotmail.it", 10),
            ("virgilio.it", 6),
            ("yahoo.it", 6),
            ("alice.it", 5),
            ("tiscali.it", 5),
        ],
        Country::Pt => {
            &[("gmail.com", 55), ("sapo.pt", 18), ("hotmail.com", 17), ("outlook.pt", 5), ("iol.pt", 5)]
        }
        _ => &[("gmail.com", 60), ("hotmail.com", 24), ("yahoo.com", 8), ("outlook.com", 5), ("live.com", 3)],
    }
}

/// An e-mail address made of a name. The digits keep namesakes apart: the commoner the pattern, the more of them.
pub fn email(
    country: Country,
    given: &str,
    surname1: &str,
    surname2: &str,
    born: i64,
    rng: &mut Rng,
) -> String {
    let mut local = String::with_capacity(40);
    let initial = |text: &str| text.chars().take(1).collect::<String>();
    let first = given.split([' ', '-']).next().unwrap_or(given);
    let mark = rng.weighted(&[(".", 45), ("", 35), ("_", 18), ("-", 2)]);
    let mut join = |parts: &[&str]| {
        for part in parts {
            let before = local.len();
            if before > 0 {
                local.push_str(mark);
            }
            let start = local.len();
            slug(part, &mut local);
            if local.len() == start {
                local.truncate(before);
            }
        }
    };
    let digits = match rng.below(10) {
        0..=3 if !surname2.is_empty() => {
            join(&[first, surname1, surname2]);
            rng.weighted(&[(0, 45), (2, 40), (3, 15)])
        }
        4 | 5 if !surname2.is_empty() => {
            join(&[&initial(given), surname1, surname2]);
            rng.weighted(&[(2, 50), (3, 30), (4, 20)])
        }
        6 => {
            join(&[&initial(given), surname1]);
            rng.weighted(&[(3, 60), (4, 40)])
        }
        7 => {
            join(&[surname1, first]);
            rng.weighted(&[(2, 15), (3, 35), (4, 50)])
        }
        _ => {
            join(&[given, surname1]);
            rng.weighted(&[(2, 15), (3, 35), (4, 50)])
        }
    };
    // Writing to a string cannot fail.
    let _ = match digits {
        0 => Ok(()),
        2 if rng.chance(0.6) => write!(local, "{:02}", born % 100),
        2 => write!(local, "{:02}", rng.below(100)),
        // The year of birth keeps namesakes apart only where both surnames are there.
        4 if rng.chance(0.5) && !surname2.is_empty() => write!(local, "{born}"),
        4 => write!(local, "{:04}", rng.below(10_000)),
        _ => write!(local, "{:03}", rng.below(1000)),
    };
    local.push('@');
    local.push_str(rng.weighted(providers(country)));
    local
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_letters_are_right() {
        // Known good numbers: the specimen card of the police, and the first of the series.
        assert_eq!(check_letter(99_999_999), 'R');
        assert_eq!(check_letter(12_345_678), 'Z');
        assert_eq!(check_letter(0), 'T');
        assert_eq!(company_tax_number('A', 5_881_850), "A58818501");
        assert_eq!(company_tax_number('A', 1_358_562), "A13585625");
    }

    #[test]
    fn identity_numbers_are_unique_and_valid() {
        let numbers = Numbers::new(1, 1);
        let mut seen = std::collections::BTreeSet::new();
        for person in 0..5000 {
            let id = numbers.spanish(person, person % 10 == 0);
            let digits: String = id
                .chars()
                .take(8)
                .map(|c| match c {
                    'X' => '0',
                    'Y' => '1',
                    'Z' => '2',
                    c => c,
                })
                .collect();
            let number: u64 = digits.parse().expect("eight digits");
            assert_eq!(id.chars().last(), Some(check_letter(number)), "{id}");
            assert!(seen.insert(id));
        }
    }

    #[test]
    fn phones_in_all_styles() {
        let phone = Phone { country: Country::Es, digits: "612345678".into() };
        let all = [
            (PhoneStyle::International, "+34612345678"),
            (PhoneStyle::Spaced, "+34 612 345 678"),
            (PhoneStyle::DoubleZero, "0034612345678"),
            (PhoneStyle::National, "612345678"),
            (PhoneStyle::Pairs, "612 34 56 78"),
            (PhoneStyle::Dashes, "612-345-678"),
        ];
        for (style, text) in all {
            assert_eq!(phone.write(style), text);
        }
        assert_eq!(phone.damaged(), "6,12E+08");
        let us = Phone { country: Country::Us, digits: "2125551234".into() };
        assert_eq!(us.write(PhoneStyle::National), "(212) 555-1234");
        assert_eq!(us.write(PhoneStyle::Spaced), "+1 212 555 1234");
    }

    #[test]
    fn all_countries_have_writable_phones() {
        let numbers = Numbers::new(1, 1);
        let mut rng = Rng::stream(1, &[]);
        for country in Country::ALL {
            for person in 0..100 {
                let mobile = numbers.mobile(country, person, false, &mut rng);
                assert_ne!(mobile, numbers.mobile(country, person, true, &mut rng));
                for phone in [mobile, Phone::fixed(country, "020", &mut rng)] {
                    assert!((8..=12).contains(&phone.digits.len()), "{phone:?}");
                    assert!(phone.write(PhoneStyle::Pairs).len() > phone.digits.len());
                }
            }
        }
    }

    #[test]
    fn emails_are_plain_ascii() {
        let mut rng = Rng::stream(2, &[]);
        for _ in 0..1000 {
            let mail = email(Country::Es, "María José", "Núñez", "de la Torre", 1985, &mut rng);
            let (local, domain) = mail.split_once('@').expect("one at");
            assert!(
                local.is_ascii() && domain.contains('.') && !local.starts_with(['.', '_', '-']),
                "{mail}"
            );
            assert!(local.contains("nunez"), "{mail}");
        }
    }
}
