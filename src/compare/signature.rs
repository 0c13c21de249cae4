//! Signatures of values: 64 bits that rule out most pairs of different values without a look at their text.
//!
//! A signature is a saturated bag of characters plus a length. The number of bits in which two bags differ is a lower
//! bound of the difference of the bags, and each slip changes a bag by at most two, so that pairs far apart are known
//! to be "else". Values whose pairs seldom repeat (phones, addresses, identifiers) gain most: for them a cache of
//! levels only misses.
//!
//! # Shape
//! Low 56 bits: 28 classes of characters, 2 bits each, one set at the first and both at the second occurrence. High 8
//! bits: length in bytes, saturated.

use super::level::date_level;
use crate::par;
use crate::table::{AttributeKind, Dictionary};

/// Classes of characters; letters have one each, the rest share.
const CLASSES: u32 = 28;

/// The bag and length of a text.
pub(super) fn signature(text: &str) -> u64 {
    let mut bag = 0u64;
    for byte in text.bytes() {
        // Digits fall on the classes of some letters; sharing a class only makes the bound looser.
        let class = u32::from(byte & 31).min(CLASSES - 1);
        let first = 1u64 << (2 * class);
        bag |= if bag & first == 0 { first } else { first << 1 };
    }
    bag | (text.len().min(255) as u64) << 56
}

/// The part of a value of a kind that its signature is made of; `None` for kinds that do better without.
pub(super) fn signed_part(kind: AttributeKind, value: &str) -> Option<&str> {
    use AttributeKind as K;
    match kind {
        K::Phone | K::Identifier | K::Street | K::AddressLine2 | K::Company | K::Website => Some(value),
        K::Email => Some(value.rsplit_once('@').map_or(value, |(local, _)| local)),
        _ => None,
    }
}

/// Whether two different values of a kind are certainly at the last level of its comparison.
#[inline]
pub(super) fn far_apart(kind: AttributeKind, a: u64, b: u64) -> bool {
    use AttributeKind as K;
    let (bag_a, bag_b) = (a & BAG, b & BAG);
    let differing = (bag_a ^ bag_b).count_ones();
    let (len_a, len_b) = ((a >> 56) as u32, (b >> 56) as u32);
    // Two slips change at most four characters of the bags.
    if differing <= 4 || len_a == 255 || len_b == 255 {
        return false;
    }
    let contained = bag_a & bag_b == bag_a || bag_a & bag_b == bag_b;
    let unlike = |similarity| out_of_reach(differing, len_a, len_b, similarity);
    match kind {
        // One number within the other, with an area code before it.
        K::Phone => differing + 14 > len_a + len_b,
        K::Identifier => true,
        K::Email => unlike(0.90),
        K::Street | K::AddressLine2 => !contained && unlike(0.87),
        K::Company | K::Website => !contained && unlike(0.88),
        _ => false,
    }
}

const BAG: u64 = (1 << (2 * CLASSES)) - 1;

/// Whether two values are certainly more than two slips apart and less similar (Jaro-Winkler) than `similarity`.
pub(super) fn unlike(a: u64, b: u64, similarity: f64) -> bool {
    let differing = ((a ^ b) & BAG).count_ones();
    let (len_a, len_b) = ((a >> 56) as u32, (b >> 56) as u32);
    differing > 4 && len_a < 255 && len_b < 255 && out_of_reach(differing, len_a, len_b, similarity)
}

/// Whether a Jaro-Winkler similarity is out of reach.
///
/// With a common prefix of four the Jaro part must be `(s - 0.4) / 0.6`; it is at most `(m/a + m/b + 1) / 3` for `m`
/// common characters, and `differing` is at most `a + b - 2m`.
#[inline]
fn out_of_reach(differing: u32, len_a: u32, len_b: u32, similarity: f64) -> bool {
    let (product, sum) = (f64::from(len_a * len_b), f64::from(len_a + len_b));
    let shares = 3.0 * (similarity - 0.4) / 0.6 - 1.0;
    // common = shares * product / sum, without the division.
    f64::from(differing) * sum > sum * sum - 2.0 * shares * product
}

/// What is known of the values of a column before their text is read.
pub(super) enum Marks {
    /// Nothing.
    None,
    /// Signatures by code.
    Signatures(Vec<u64>),
    /// Dates by code.
    Dates(Vec<DateMark>),
}

impl Marks {
    /// The marks of all values of a column; none where its kind does better without.
    pub(super) fn new(kind: AttributeKind, dictionary: &Dictionary) -> Self {
        fn all<T: Send>(dictionary: &Dictionary, mark: impl Fn(&str) -> T + Sync + Send) -> Vec<T> {
            let part = |range: std::ops::Range<usize>| {
                range.map(|code| mark(dictionary.text(code as u32))).collect::<Vec<_>>()
            };
            par::map_ranges(dictionary.len(), 1 << 14, part).into_iter().flatten().collect()
        }
        match kind {
            AttributeKind::BirthDate => Self::Dates(all(dictionary, DateMark::new)),
            _ if signed_part(kind, "").is_some() => Self::Signatures(all(dictionary, |value| {
                signature(signed_part(kind, value).unwrap_or(value))
            })),
            _ => Self::None,
        }
    }
}

/// A date `yyyymmdd`: its eight digits in a word (the first in the lowest byte), and its signature.
#[derive(Clone, Copy)]
pub(super) struct DateMark {
    /// 0 when the date is not complete.
    digits: u64,
    signature: u64,
}

impl DateMark {
    fn new(date: &str) -> Self {
        match <[u8; 8]>::try_from(date.as_bytes()) {
            Ok(digits) if digits.iter().all(u8::is_ascii_digit) => {
                Self { digits: u64::from_le_bytes(digits), signature: signature(date) }
            }
            _ => Self { digits: 0, signature: 0 },
        }
    }

    /// Something of it, for who wants it near.
    pub(super) fn peek(self) -> u64 {
        self.signature
    }

    fn year(self) -> u32 {
        let digits = (self.digits as u32 & 0x0F0F_0F0F).to_le_bytes();
        digits.iter().fold(0, |year, &digit| year * 10 + u32::from(digit))
    }

    /// The level of two different dates; `None` when one is not complete, or when they may be few slips apart, which
    /// only the text can tell.
    #[inline]
    pub(super) fn level(self, other: Self) -> Option<u8> {
        if self.digits == 0 || other.digits == 0 {
            return None;
        }
        // Two slips change at most four digits of the bags; exchanging day and month changes none.
        if ((self.signature ^ other.signature) & BAG).count_ones() <= 4 {
            return None;
        }
        let differing = self.digits ^ other.digits;
        let (year, month, day) = (differing as u32 == 0, (differing >> 32) as u16 == 0, differing >> 48 == 0);
        Some(match () {
            () if month && day => date_level::MONTH_DAY,
            () if year && (month || day) => date_level::YEAR_PART,
            () if year => date_level::YEAR,
            () if self.year().abs_diff(other.year()) <= 1 => date_level::NEXT_YEAR,
            () => date_level::ELSE,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::compare::{levels, values};

    const KINDS: [AttributeKind; 5] = [
        AttributeKind::Phone,
        AttributeKind::Identifier,
        AttributeKind::Email,
        AttributeKind::Street,
        AttributeKind::Company,
    ];

    fn check(kind: AttributeKind, a: &str, b: &str) {
        let signature_of = |text: &str| signed_part(kind, text).map(signature);
        let (Some(x), Some(y)) = (signature_of(a), signature_of(b)) else { panic!("{kind} has a signature") };
        if a != b && far_apart(kind, x, y) {
            let last = levels(kind).map_or(0, |levels| levels.len() - 1);
            let level = values::level(kind, a, b);
            assert_eq!(usize::from(level), last, "{kind}: {a} / {b}");
        }
    }

    proptest! {
        /// A pair that the signatures rule out is at the last level when it is looked at.
        #[test]
        fn never_rules_out_a_pair_that_is_alike(
            a in "[a-d1-3]{1,9}( [a-d]{1,6}){0,2}",
            b in "[a-d1-3]{1,9}( [a-d]{1,6}){0,2}",
            at in 0usize..20,
            letter in "[a-z0-9]",
        ) {
            // A slip away from a, and an independent value.
            let mut near = a.clone();
            near.insert_str(at.min(a.len()), &letter);
            for kind in KINDS {
                check(kind, &a, &b);
                check(kind, &a, &near);
                check(kind, &a, &format!("{a} {b}"));
                check(kind, &format!("{a}@x.es"), &format!("{near}@y.es"));
            }
        }
    }

    proptest! {
        /// What the mark of a date says is what its text says.
        #[test]
        fn dates_by_mark_and_by_text(
            a in "(19[0-9]{2}|20[01][0-9])(0[1-9]|1[0-2])([0-2][0-9])",
            b in "(19[0-9]{2}|20[01][0-9]|----)(0[1-9]|1[0-2]|--)([0-2][0-9]|--)",
            kept in 0usize..4,
        ) {
            // Parts in common make every level likely.
            let parts = [&a[..4], &a[4..6], &a[6..]];
            let mut near = b.clone();
            let range = [0..4, 4..6, 6..8, 0..0][kept].clone();
            near.replace_range(range, parts.get(kept).unwrap_or(&""));
            for other in [&b, &near] {
                if let (true, Some(level)) = (*other != a, DateMark::new(&a).level(DateMark::new(other))) {
                    prop_assert_eq!(level, values::level(AttributeKind::BirthDate, &a, other));
                }
            }
        }
    }

    #[test]
    fn the_mark_of_a_date_decides_most_pairs() {
        let dates = ["19850301", "19721224", "19660917", "20010831", "19431105", "19580426"];
        let marks = dates.map(DateMark::new);
        let pairs = (0..6).flat_map(|x| (x + 1..6).map(move |y| (x, y)));
        assert!(pairs.filter(|&(x, y)| marks[x].level(marks[y]).is_some()).count() >= 12);
        assert!(marks[0].level(DateMark::new("1985----")).is_none());
    }

    #[test]
    fn rules_out_most_strangers() {
        let phones = ["612345678", "933221100", "655010203", "917778899", "722556611"];
        let streets = ["mayor calle", "gran via", "diagonal avenida", "constitucion plaza", "del mar paseo"];
        for (kind, values) in [(AttributeKind::Phone, phones), (AttributeKind::Street, streets)] {
            let signatures = values.map(signature);
            let pairs = (0..5).flat_map(|x| (x + 1..5).map(move |y| (x, y)));
            let ruled_out = pairs.filter(|&(x, y)| far_apart(kind, signatures[x], signatures[y])).count();
            assert!(ruled_out >= 6, "{kind}: {ruled_out} of 10");
        }
    }
}
