//! Money: whole minor units of one currency. Sums are exact; two currencies are never added.

use std::fmt;

/// A currency by its ISO 4217 code; `XXX`, the code for none, where nobody told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Currency([u8; 3]);

/// Currencies without minor units, ISO 4217.
const NO_CENTS: [&[u8; 3]; 15] = [
    b"BIF", b"CLP", b"DJF", b"GNF", b"ISK", b"JPY", b"KMF", b"KRW", b"PYG", b"RWF", b"UGX", b"VND", b"VUV",
    b"XAF", b"XOF",
];
/// Currencies with thousandths, ISO 4217.
const MILLS: [&[u8; 3]; 7] = [b"BHD", b"IQD", b"JOD", b"KWD", b"LYD", b"OMR", b"TND"];

/// Signs that mean one currency. `$` means a dozen and is no currency.
const SIGNS: [(&str, &[u8; 3]); 8] = [
    ("€", b"EUR"),
    ("£", b"GBP"),
    ("¥", b"JPY"),
    ("US$", b"USD"),
    ("U$S", b"USD"),
    ("R$", b"BRL"),
    ("S/", b"PEN"),
    ("MX$", b"MXN"),
];

impl Currency {
    /// Nobody told which.
    pub const UNKNOWN: Self = Self(*b"XXX");

    /// From a code (`EUR`, `eur`) or a sign of one meaning (`€`).
    pub fn parse(raw: &str) -> Option<Self> {
        let text = raw.trim();
        if let Some((_, code)) = SIGNS.iter().find(|(sign, _)| *sign == text) {
            return Some(Self(**code));
        }
        let code: [u8; 3] = text.as_bytes().try_into().ok()?;
        code.iter().all(u8::is_ascii_alphabetic).then(|| Self(code.map(|byte| byte.to_ascii_uppercase())))
    }

    /// The code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Digits behind the point.
    pub fn decimals(self) -> u32 {
        match &self.0 {
            code if NO_CENTS.contains(&code) => 0,
            code if MILLS.contains(&code) => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A decimal number as it was written: `units / 10^scale`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decimal {
    units: i64,
    scale: u32,
}

/// Digits behind the point beyond which nothing is money.
const MOST_DECIMALS: usize = 9;

impl Decimal {
    /// Reads `1234.5`, `1.234,50`, `1 234,50 €`, `-12`, `12-` and `(12.00)`; `mark` is what stands before the decimals
    /// where only that tells (`1.234`). `None` for everything else, also for more digits than money has.
    ///
    /// # Example
    /// ```
    /// use quilate::history::Decimal;
    /// assert_eq!(Decimal::parse("1.234,50 €", ','), Decimal::parse("1,234.50", '.'));
    /// assert_eq!(Decimal::parse("12,3,4", ','), None);
    /// ```
    pub fn parse(raw: &str, mark: char) -> Option<Self> {
        let text: String = raw
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’' | '+' | '\u{a0}' | '\u{202f}'))
            .map(|c| if c == '\u{2212}' { '-' } else { c })
            .collect();
        let (negative, text) = match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
            Some(inner) => (true, inner.to_owned()),
            None => (false, text),
        };
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-');
        let first = text.find(is_number)?;
        let last = text.rfind(is_number)?;
        // What stands around the number is a currency or nothing.
        let around = |text: &str| text.chars().count() <= 3 && !text.chars().any(|c| c.is_ascii_digit());
        if !around(&text[..first]) || !around(&text[last + 1..]) {
            return None;
        }
        let number = &text[first..=last];
        let (minus, number) = match number.strip_prefix('-').or_else(|| number.strip_suffix('-')) {
            Some(rest) => (true, rest),
            None => (false, number),
        };
        let (whole, decimals) = split(number, mark)?;
        if decimals.len() > MOST_DECIMALS || whole.len() + decimals.len() == 0 {
            return None;
        }
        let units: i64 = format!("{whole}{decimals}").parse().ok()?;
        let units = if minus != negative { -units } else { units };
        Some(Self { units, scale: decimals.len() as u32 })
    }

    /// In whole minor units of a currency, half away from zero; whether something was rounded off. `None` when it does
    /// not fit.
    pub fn minor(self, currency: Currency) -> Option<(i64, bool)> {
        let decimals = currency.decimals();
        if decimals >= self.scale {
            return Some((self.units.checked_mul(10i64.checked_pow(decimals - self.scale)?)?, false));
        }
        let divisor = 10i64.checked_pow(self.scale - decimals)?;
        let (whole, rest) = (self.units / divisor, self.units % divisor);
        let up = if rest.unsigned_abs() * 2 >= divisor.unsigned_abs() { self.units.signum() } else { 0 };
        Some((whole + up, rest != 0))
    }
}

/// Digits before and behind the decimal mark, without separators of thousands.
fn split(number: &str, mark: char) -> Option<(String, &str)> {
    let points = number.matches('.').count();
    let commas = number.matches(',').count();
    let at = match (points, commas) {
        (0, 0) => None,
        // Of two kinds of marks the last stands before the decimals.
        (1.., 1..) => number.rfind(['.', ',']),
        (1, 0) | (0, 1) => number.rfind(mark),
        _ => None,
    };
    let (whole, decimals) = at.map_or((number, ""), |at| (&number[..at], &number[at + 1..]));
    if !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut groups = whole.split(['.', ',']);
    let head = groups.next().unwrap_or("");
    let rest: Vec<&str> = groups.collect();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = rest.is_empty() || (!head.is_empty() && head.len() <= 3);
    if !grouped || !digits(head) || !rest.iter().all(|group| group.len() == 3 && digits(group)) {
        return None;
    }
    Some((format!("{head}{}", rest.concat()), decimals))
}

/// What stands before the decimals in a column: that of the values that can be read in one way only, else a point.
pub(super) fn decimal_mark<'a>(values: impl IntoIterator<Item = &'a str>) -> char {
    let (mut points, mut commas) = (0u64, 0u64);
    for value in values {
        let Some(at) = value.rfind(['.', ',']) else { continue };
        let behind = value[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let other = if value[at..].starts_with('.') { ',' } else { '.' };
        let sure = value[..at].contains(other) || behind != 3;
        let repeated = value.matches(['.', ',']).count() > 1 && !value[..at].contains(other);
        match (value[at..].starts_with('.'), sure, repeated) {
            // 1.234.567: points group, so the decimals have a comma.
            (true, _, true) | (false, true, false) => commas += 1,
            (false, _, true) | (true, true, false) => points += 1,
            _ => {}
        }
    }
    if commas > points { ',' } else { '.' }
}

/// An amount of minor units as it is written: `-1234.50`.
pub fn format_minor(minor: i64, currency: Currency) -> String {
    let decimals = currency.decimals() as usize;
    let sign = if minor < 0 { "-" } else { "" };
    if decimals == 0 {
        return minor.to_string();
    }
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = decimals + 1);
    let (whole, cents) = digits.split_at(digits.len() - decimals);
    format!("{sign}{whole}.{cents}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EUR: Currency = Currency(*b"EUR");

    #[test]
    fn written_amounts() {
        let rows = [
            ("12", '.', Some(1200)),
            ("12.3", '.', Some(1230)),
            ("1.234", '.', Some(123)),
            ("1.234", ',', Some(123_400)),
            ("1,234.56", ',', Some(123_456)),
            ("1.234.567,8", ',', Some(123_456_780)),
            ("1.234.567", '.', Some(123_456_700)),
            ("1 234,50 €", ',', Some(123_450)),
            ("EUR 12,50", ',', Some(1250)),
            ("(12.00)", '.', Some(-1200)),
            ("12,00-", ',', Some(-1200)),
            ("−3", '.', Some(-300)),
            (".5", '.', Some(50)),
            ("", '.', None),
            ("n/a", '.', None),
            ("12 kg 3", '.', None),
            ("1,23,45", '.', None),
            ("99999999999999999999", '.', None),
            ("2026-01-31", '.', None),
        ];
        for (raw, mark, minor) in rows {
            let read = Decimal::parse(raw, mark).and_then(|decimal| decimal.minor(EUR)).map(|read| read.0);
            assert_eq!(read, minor, "{raw}");
        }
    }

    #[test]
    fn half_a_cent_is_rounded_and_told() {
        let minor = |raw: &str| Decimal::parse(raw, '.').unwrap().minor(EUR).unwrap();
        assert_eq!((minor("0.005"), minor("-0.005"), minor("0.004")), ((1, true), (-1, true), (0, true)));
        assert_eq!(minor("0.500"), (50, false));
        let yen = Currency::parse("jpy").unwrap();
        assert_eq!(Decimal::parse("12", '.').unwrap().minor(yen), Some((12, false)));
        assert_eq!(format_minor(-5, EUR), "-0.05");
        assert_eq!(format_minor(12, yen), "12");
    }

    #[test]
    fn the_mark_of_a_column() {
        assert_eq!(decimal_mark(["1.234", "12,50", "3"]), ',');
        assert_eq!(decimal_mark(["1,234", "12.5"]), '.');
        assert_eq!(decimal_mark(["1.234.567"]), ',');
        assert_eq!(decimal_mark(["5", "1.234"]), '.');
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(minor in any::<i32>()) {
            let text = format_minor(i64::from(minor), EUR);
            prop_assert_eq!(Decimal::parse(&text, '.').unwrap().minor(EUR), Some((i64::from(minor), false)));
        }

        #[test]
        fn nothing_panics(raw in "\\PC{0,20}|[0-9.,()€-]{0,24}") {
            for mark in ['.', ','] {
                let _ = Decimal::parse(&raw, mark).map(|decimal| decimal.minor(EUR));
            }
            let _ = (Currency::parse(&raw), decimal_mark([raw.as_str()]));
        }
    }
}
