//! DuckDB's functions, with its semantics where they differ from this crate's own.
//!
//! Edit distances and similarities work on *bytes*: `levenshtein('é', 'e')` is 2. Two empty texts have a similarity of
//! 0. Where DuckDB would stop the query (a text that is no number, a date that does not parse), the value is null.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use super::value::Value;
use crate::normalize::date::{days_from_civil, exists};
use crate::similarity;

macro_rules! functions {
    ($($variant:ident $arguments:expr => $($name:literal)|+,)*) => {
        /// A function by its meaning; several names may mean the same.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Function { $($variant,)* }

        impl Function {
            /// By its lower-case name.
            pub(super) fn find(name: &str) -> Option<Self> {
                match name { $($($name)|+ => Some(Self::$variant),)* _ => None }
            }

            /// How many arguments it takes.
            pub(super) fn arguments(self) -> RangeInclusive<usize> {
                match self { $(Self::$variant => $arguments,)* }
            }
        }
    };
}

functions! {
    JaroWinkler 2..=2 => "jaro_winkler_similarity",
    Jaro 2..=2 => "jaro_similarity",
    Jaccard 2..=2 => "jaccard",
    Levenshtein 2..=2 => "levenshtein" | "editdist3",
    Damerau 2..=2 => "damerau_levenshtein",
    Substr 2..=3 => "substr" | "substring",
    Left 2..=2 => "left",
    Right 2..=2 => "right",
    Lower 1..=1 => "lower" | "lcase",
    Upper 1..=1 => "upper" | "ucase",
    Trim 1..=1 => "trim",
    Length 1..=1 => "length" | "len" | "array_length" | "strlen" | "char_length" | "list_count",
    Nullif 2..=2 => "nullif",
    Coalesce 1..=64 => "coalesce" | "ifnull",
    Concat 1..=64 => "concat",
    Strptime 2..=2 => "try_strptime" | "strptime",
    Epoch 1..=1 => "epoch",
    ListIntersect 2..=2 => "list_intersect" | "array_intersect",
    Greatest 1..=64 => "greatest",
    Least 1..=64 => "least",
    Abs 1..=1 => "abs",
    Sin 1..=1 => "sin",
    Cos 1..=1 => "cos",
    Acos 1..=1 => "acos",
    Radians 1..=1 => "radians",
    Sqrt 1..=1 => "sqrt",
    Ln 1..=1 => "ln",
    Log2 1..=1 => "log2",
    Log10 1..=1 => "log10" | "log",
    Power 2..=2 => "power" | "pow",
    Round 1..=1 => "round",
    Floor 1..=1 => "floor",
    Ceil 1..=1 => "ceil" | "ceiling",
}

impl Function {
    /// Applies the function to values; there are as many as [`Self::arguments`] allows.
    pub(super) fn apply<'a>(self, mut values: Vec<Value<'a>>) -> Value<'a> {
        use Function as F;
        match self {
            F::Coalesce => values.into_iter().find(|value| !value.is_null()).unwrap_or(Value::Null),
            F::Concat => Value::Text(Cow::Owned(values.iter().filter_map(Value::text).collect::<String>())),
            F::Greatest | F::Least => extreme(values, self == F::Greatest),
            F::Nullif => match values[0].equals(&values[1]) {
                Some(true) => Value::Null,
                _ => values.swap_remove(0),
            },
            _ if values.iter().any(Value::is_null) => Value::Null,
            F::JaroWinkler | F::Jaro | F::Jaccard | F::Levenshtein | F::Damerau => {
                match (values[0].text(), values[1].text()) {
                    (Some(a), Some(b)) => Value::Number(self.compare(&a, &b)),
                    _ => Value::Null,
                }
            }
            F::Length => match &values[0] {
                Value::List(items) => Value::Number(items.len() as f64),
                value => value.text().map_or(Value::Null, |text| Value::Number(text.chars().count() as f64)),
            },
            F::ListIntersect => list_intersect(&values[0], &values[1]),
            F::Epoch => match values[0].time() {
                Some(micros) => Value::Number(micros as f64 / 1e6),
                None => Value::Null,
            },
            F::Strptime => match (values[0].text(), values[1].text()) {
                (Some(text), Some(format)) => parse_time(&text, &format).map_or(Value::Null, Value::Time),
                _ => Value::Null,
            },
            F::Substr | F::Left | F::Right | F::Lower | F::Upper | F::Trim => self.cut(values),
            F::Power => match (values[0].number(), values[1].number()) {
                (Some(base), Some(exponent)) => Value::finite(base.powf(exponent)),
                _ => Value::Null,
            },
            _ => values[0].number().map_or(Value::Null, |number| Value::finite(self.calculate(number))),
        }
    }

    /// Similarities and distances, over bytes.
    fn compare(self, a: &str, b: &str) -> f64 {
        let (a, b) = (bytes_as_chars(a), bytes_as_chars(b));
        match self {
            Self::Levenshtein => similarity::levenshtein(&a, &b) as f64,
            Self::Damerau => similarity::damerau(&a, &b) as f64,
            _ if a.is_empty() && b.is_empty() => 0.0,
            Self::Jaccard => jaccard(&a, &b),
            Self::Jaro => similarity::jaro(&a, &b),
            _ => similarity::jaro_winkler(&a, &b),
        }
    }

    fn calculate(self, x: f64) -> f64 {
        match self {
            Self::Abs => x.abs(),
            Self::Sin => x.sin(),
            Self::Cos => x.cos(),
            Self::Acos => x.acos(),
            Self::Radians => x.to_radians(),
            Self::Sqrt => x.sqrt(),
            Self::Ln => x.ln(),
            Self::Log2 => x.log2(),
            Self::Log10 => x.log10(),
            Self::Round => x.round(),
            Self::Floor => x.floor(),
            _ => x.ceil(),
        }
    }

    /// Parts of a text, counted in characters.
    fn cut<'a>(self, mut values: Vec<Value<'a>>) -> Value<'a> {
        let numbers: Vec<Option<f64>> = values[1..].iter().map(Value::number).collect();
        let first = values.swap_remove(0);
        let Some(text) = first.into_text() else { return Value::Null };
        let length = text.chars().count() as i64;
        // Counts beyond any text; the casts saturate.
        let whole = |at: usize| numbers.get(at).copied().flatten().map(|n| n.round() as i64);
        let (start, end) = match self {
            Self::Lower => return Value::Text(Cow::Owned(text.to_lowercase())),
            Self::Upper => return Value::Text(Cow::Owned(text.to_uppercase())),
            Self::Trim => return Value::Text(Cow::Owned(text.trim_matches(' ').to_owned())),
            Self::Left => match whole(0) {
                Some(n) if n >= 0 => (0, n),
                Some(n) => (0, length.saturating_add(n)),
                None => return Value::Null,
            },
            Self::Right => match whole(0) {
                Some(n) if n >= 0 => (length.saturating_sub(n), length),
                Some(n) => (n.saturating_neg(), length),
                None => return Value::Null,
            },
            _ => {
                let Some(from) = whole(0) else { return Value::Null };
                // Counted from 1, from the end when negative; 0 is the place before the first character.
                let start = if from < 0 { length.saturating_add(from) } else { from.saturating_sub(1) };
                match (numbers.len(), whole(1)) {
                    (1, _) => (start, length),
                    (_, Some(count)) if count >= 0 => (start, start.saturating_add(count)),
                    (_, Some(count)) => (start.saturating_add(count), start),
                    (_, None) => return Value::Null,
                }
            }
        };
        let (start, end) = (start.clamp(0, length) as usize, end.clamp(0, length) as usize);
        Value::Text(Cow::Owned(text.chars().skip(start).take(end.saturating_sub(start)).collect()))
    }
}

/// Bytes as characters of the same number, so that functions of characters count bytes. ASCII is what it is.
fn bytes_as_chars(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.bytes().map(char::from).collect())
}

/// Share of the distinct bytes of either that both have.
fn jaccard(a: &str, b: &str) -> f64 {
    let set = |text: &str| {
        text.chars().fold([0u64; 4], |mut set, c| {
            // All characters are bytes here.
            set[(c as usize >> 6) & 3] |= 1 << (c as usize & 63);
            set
        })
    };
    let (a, b) = (set(a), set(b));
    let count =
        |join: fn(u64, u64) -> u64| -> u32 { a.iter().zip(&b).map(|(&x, &y)| join(x, y).count_ones()).sum() };
    f64::from(count(|x, y| x & y)) / f64::from(count(|x, y| x | y).max(1))
}

fn list_intersect<'a>(a: &Value<'a>, b: &Value<'a>) -> Value<'a> {
    let (Some(a), Some(b)) = (a.items(), b.items()) else { return Value::Null };
    let mut common: Vec<Cow<'a, str>> = Vec::new();
    for item in a {
        if b.contains(&item) && !common.contains(&item) {
            common.push(item);
        }
    }
    Value::List(common)
}

/// The largest or the smallest value that is not null.
fn extreme(values: Vec<Value<'_>>, largest: bool) -> Value<'_> {
    let mut best = Value::Null;
    for value in values.into_iter().filter(|value| !value.is_null()) {
        let better = match value.compare(&best) {
            None => best.is_null(),
            Some(order) => {
                if largest {
                    order.is_gt()
                } else {
                    order.is_lt()
                }
            }
        };
        if better {
            best = value;
        }
    }
    best
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Microseconds since 1970 of a text in a format of `strptime`; spaces around it do not count.
pub(super) fn parse_time(text: &str, format: &str) -> Option<i64> {
    let mut rest = text.trim_matches(|c: char| c.is_ascii_whitespace());
    // Year, month, day, hour, minute, second.
    let mut parts = [1900i64, 1, 1, 0, 0, 0];
    let mut specifiers = format.chars();
    while let Some(c) = specifiers.next() {
        if c != '%' {
            rest = rest.strip_prefix(c)?;
            continue;
        }
        let (part, width, range) = match specifiers.next()? {
            'Y' => (0, 4, 0..=9999),
            'y' => (0, 2, 0..=99),
            'm' => (1, 2, 1..=12),
            'd' => (2, 2, 1..=31),
            'H' => (3, 2, 0..=23),
            'M' => (4, 2, 0..=59),
            'S' => (5, 2, 0..=59),
            specifier @ ('b' | 'B') => {
                let short = if specifier == 'b' { 3 } else { usize::MAX };
                let starts = |month: &&str| {
                    let name = &month[..month.len().min(short)];
                    rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
                };
                let at = MONTHS.iter().position(&starts)?;
                parts[1] = at as i64 + 1;
                rest = &rest[MONTHS[at].len().min(short)..];
                continue;
            }
            _ => {
                rest = rest.strip_prefix('%')?;
                continue;
            }
        };
        let digits = rest.bytes().take(width).take_while(u8::is_ascii_digit).count();
        let number: i64 = rest[..digits].parse().ok().filter(|number| range.contains(number))?;
        // Two digits of a year: the pivot of POSIX.
        parts[part] = match (part, width) {
            (0, 2) => number + if number < 69 { 2000 } else { 1900 },
            _ => number,
        };
        rest = &rest[digits..];
    }
    let [year, month, day, hour, minute, second] = parts;
    let date = (i16::try_from(year).ok()?, month as u8, day as u8);
    if !rest.is_empty() || !exists(date.0, date.1, date.2) {
        return None;
    }
    let seconds = days_from_civil(date.0, date.1, date.2) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(seconds * 1_000_000)
}
