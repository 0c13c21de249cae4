//! Whether two numbers are one, in the kinds of libphonenumber.

use serde::Serialize;

use super::plan::{self, Fit};
use super::scan::{self, Digits};

/// How far two numbers agree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneMatch {
    /// Different numbers.
    None,
    /// One national number is the end of the other, or only one of them has an extension.
    ShortNsn,
    /// The national numbers agree; at least one of them came without its country.
    Nsn,
    /// Country, national number and extension agree.
    Exact,
}

/// A number as far as it can be read without knowing where it was written.
struct Core {
    /// Calling code; 0 when there is none.
    code: u16,
    national: Digits,
    extension: Digits,
}

impl Core {
    /// The national number as a number: zeros in front do not tell numbers apart by their ends.
    fn value(&self) -> &str {
        self.national.as_str().trim_start_matches('0')
    }
}

/// Compares two numbers as they are written, in the manner of `isNumberMatch` of libphonenumber: a number without a calling
/// code is read in the country of the other one. `None` when one of them is no number at all.
///
/// An end of any length counts as [`PhoneMatch::ShortNsn`]; who merges records should ask for seven digits at least.
///
/// # Complexity
/// Linear in both lengths.
///
/// # Source
/// `PhoneNumberUtil.isNumberMatch` of libphonenumber 9.
///
/// # Example
/// ```
/// use quilate::normalize::phone::{PhoneMatch, phone_match};
/// assert_eq!(phone_match("+34 612 345 679", "0034612345679"), Some(PhoneMatch::Exact));
/// assert_eq!(phone_match("+34 612 345 679", "612-34-56-79"), Some(PhoneMatch::Nsn));
/// assert_eq!(phone_match("+34 932 154 410", "215 44 10"), Some(PhoneMatch::ShortNsn));
/// assert_eq!(phone_match("+34 612 345 679", "+351 612 345 679"), Some(PhoneMatch::None));
/// assert_eq!(phone_match("+34 612 345 679", "llamar"), None);
/// ```
pub fn phone_match(first: &str, second: &str) -> Option<PhoneMatch> {
    let (a, b) = (core(first, None)?, core(second, None)?);
    Some(match (a.code, b.code) {
        (0, 0) => compare(&a, &b),
        (code, 0) => in_country_of(code, &a, second),
        (0, code) => in_country_of(code, &b, first),
        _ => compare(&a, &b),
    })
}

/// Compares a number with a calling code and one without, which may carry the trunk prefix of that country.
fn in_country_of(code: u16, known: &Core, other: &str) -> PhoneMatch {
    let Some(other) = core(other, Some(code)) else { return PhoneMatch::None };
    match compare(known, &other) {
        PhoneMatch::Exact => PhoneMatch::Nsn,
        found => found,
    }
}

fn compare(a: &Core, b: &Core) -> PhoneMatch {
    let (x, y) = (a.extension.as_str(), b.extension.as_str());
    if !x.is_empty() && !y.is_empty() && x != y {
        return PhoneMatch::None;
    }
    let countries = a.code != 0 && b.code != 0;
    if countries && a.code != b.code {
        return PhoneMatch::None;
    }
    if a.national.as_str() == b.national.as_str() && x == y {
        return if countries { PhoneMatch::Exact } else { PhoneMatch::Nsn };
    }
    let (long, short) = (a.value(), b.value());
    let ends = long.ends_with(short) || short.ends_with(long);
    if ends { PhoneMatch::ShortNsn } else { PhoneMatch::None }
}

/// Fewest digits of a number.
const SHORTEST: usize = 2;

fn core(text: &str, country: Option<u16>) -> Option<Core> {
    let text = scan::to_ascii(text);
    let scanned = scan::scan(&text);
    if scanned.digits.as_str().len() < SHORTEST {
        return None;
    }
    let region = country.and_then(plan::of_calling_code);
    match plan::read(&scanned.digits, scanned.plus, region) {
        Ok(reading) => {
            Some(Core { code: reading.plan.code, national: reading.national, extension: scanned.extension })
        }
        // A calling code that nobody has makes no number; without any the digits are compared as they are.
        Err(Fit::UnknownCode) if scanned.plus => None,
        Err(_) => Some(Core { code: 0, national: scanned.digits, extension: scanned.extension }),
    }
}
