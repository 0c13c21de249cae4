//! Decimal numbers in cells, exactly: sums of money must not depend on the order of records.

use std::cmp::Ordering;
use std::fmt;

/// Digits that a number may have: enough for any amount, and products of two still fit.
const MAX_DIGITS: usize = 24;

/// `units / 10^scale`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Decimal {
    units: i128,
    scale: u32,
}

impl Decimal {
    pub(super) const ZERO: Self = Self { units: 0, scale: 0 };

    /// Reads `1234.5`, `1.234,56`, `1,234.56`, `-3`, `12,5`. Of two kinds of separator the last one is the decimal one; a
    /// lone comma before exactly three digits separates thousands, a lone point does not: exports write `0.125`, and no
    /// `1.234` for a thousand without cents. None for anything else, also for amounts with a currency: what is added up must
    /// be of one kind.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let last = text.rfind(['.', ',']);
        let decimal = last.filter(|&at| {
            let separator = &text[at..=at];
            let once = text.matches(separator).count() == 1;
            let both = text.contains('.') && text.contains(',');
            once && (both || separator == "." || text.len() - at - 1 != 3)
        });
        let (whole, fraction) = decimal.map_or((text, ""), |at| (&text[..at], &text[at + 1..]));
        if !is_grouped(whole) || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits: String = whole.chars().filter(char::is_ascii_digit).chain(fraction.chars()).collect();
        if digits.is_empty() || digits.len() > MAX_DIGITS {
            return None;
        }
        let units: i128 = digits.parse().ok()?;
        Some(Self { units: if negative { -units } else { units }, scale: fraction.len() as u32 })
    }

    /// None beyond what numbers can hold.
    pub(super) fn add(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        Some(Self { units: self.at(scale)?.checked_add(other.at(scale)?)?, scale })
    }

    /// Divided by a count, with two more digits than before, the last one rounded half away from zero.
    pub(super) fn divide(self, count: u64) -> Option<Self> {
        let scale = self.scale + 2;
        let (units, count) = (self.at(scale)?, i128::from(count.max(1)));
        let half = if units < 0 { -count / 2 } else { count / 2 };
        let mut quotient = Self { units: (units + half) / count, scale };
        while quotient.scale > self.scale && quotient.units % 10 == 0 {
            quotient = Self { units: quotient.units / 10, scale: quotient.scale - 1 };
        }
        Some(quotient)
    }

    pub(super) fn compare(self, other: Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.at(scale), other.at(scale)) {
            (Some(a), Some(b)) => a.cmp(&b),
            // At most 24 digits and 24 places: they always fit.
            _ => self.units.cmp(&other.units),
        }
    }

    fn at(self, scale: u32) -> Option<i128> {
        10i128.checked_pow(scale - self.scale).and_then(|factor| self.units.checked_mul(factor))
    }
}

/// Digits, with separators only between groups of three.
fn is_grouped(whole: &str) -> bool {
    let mut groups = whole.split(['.', ',']);
    let first = groups.next().unwrap_or("");
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = whole.contains(['.', ',']);
    digits(first)
        && (!grouped || (1..=3).contains(&first.len()))
        && groups.all(|group| group.len() == 3 && digits(group))
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:0width$}", self.units.unsigned_abs(), width = self.scale as usize + 1);
        let (whole, fraction) = digits.split_at(digits.len() - self.scale as usize);
        let sign = if self.units < 0 { "-" } else { "" };
        if fraction.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{fraction}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_exports_write_them() {
        let rows = [
            ("1234.5", "1234.5"),
            ("1.234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1.234.567", "1234567"),
            ("1,234", "1234"),
            ("1.234", "1.234"),
            ("12,5", "12.5"),
            (" -3 ", "-3"),
            ("+7", "7"),
            ("0,05", "0.05"),
            (".5", "0.5"),
            ("-0.10", "-0.10"),
        ];
        for (text, want) in rows {
            assert_eq!(
                Decimal::parse(text).map(|number| number.to_string()).as_deref(),
                Some(want),
                "{text}"
            );
        }
        for text in [
            "",
            "-",
            ".",
            "12 €",
            "1.23.45",
            "12,34,56",
            "1e5",
            "abc",
            "1234,567.8",
            "9999999999999999999999999",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn sums_are_exact_and_means_are_rounded() {
        let number = |text| Decimal::parse(text).unwrap();
        let sum = number("0.1").add(number("0.2")).unwrap();
        assert_eq!(sum.to_string(), "0.3");
        assert_eq!(number("10").divide(3).unwrap().to_string(), "3.33");
        assert_eq!(number("-10.00").divide(3).unwrap().to_string(), "-3.3333");
        assert_eq!(number("3").divide(2).unwrap().to_string(), "1.5");
        assert_eq!(number("4").divide(2).unwrap().to_string(), "2");
        assert_eq!(number("1.50").compare(number("1.5")), Ordering::Equal);
        assert_eq!(number("-2").compare(number("1.5")), Ordering::Less);
    }
}
