//! Values of SQL, and what an expression is for one pair of records. Logic has three values: unknown is [`Value::Null`].

use std::borrow::Cow;
use std::cmp::Ordering;

use super::functions::parse_time;
use super::sql::{Comparator, Expr, Operator, RegexFunction, Side, Type};
use crate::table::Column;

/// A value; texts and lists are borrowed from the columns where they can be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
    /// Microseconds since 1970.
    Time(i64),
}

impl<'a> Value<'a> {
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// A number, or null when a function is not defined there.
    pub(super) fn finite(number: f64) -> Self {
        if number.is_nan() { Self::Null } else { Self::Number(number) }
    }

    /// As DuckDB casts to a number; null where it cannot.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Null | Self::List(_) | Self::Time(_) => None,
        }
    }

    /// As DuckDB casts to a text.
    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Number(number) => Some(Cow::Owned(number.to_string())),
            Self::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
            Self::Null | Self::List(_) | Self::Time(_) => None,
        }
    }

    /// The text itself, without a copy where there is one.
    pub(super) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            other => other.text().map(|text| Cow::Owned(text.into_owned())),
        }
    }

    /// Microseconds since 1970; a text is read as `2001-02-03` with or without a time.
    pub(super) fn time(&self) -> Option<i64> {
        match self {
            Self::Time(micros) => Some(*micros),
            Self::Text(text) => parse_time(text, "%Y-%m-%d")
                .or_else(|| parse_time(text, "%Y-%m-%d %H:%M:%S"))
                .or_else(|| parse_time(text, "%Y-%m-%dT%H:%M:%S")),
            _ => None,
        }
    }

    /// The elements of a list; a text alone is a list of one.
    pub(super) fn items(&self) -> Option<Vec<Cow<'a, str>>> {
        match self {
            Self::List(items) => Some(items.clone()),
            Self::Text(text) => Some(vec![text.clone()]),
            _ => None,
        }
    }

    /// Three-valued truth.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Number(number) => Some(*number != 0.0),
            Self::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "t" | "1" => Some(true),
                "false" | "f" | "0" => Some(false),
                _ => None,
            },
            Self::Null | Self::List(_) | Self::Time(_) => None,
        }
    }

    /// The order of two values, after the casts that DuckDB makes; `None` is unknown.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => None,
            (Self::Text(a), Self::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
            (Self::List(a), Self::List(b)) => Some(a.cmp(b)),
            (Self::Time(_), _) | (_, Self::Time(_)) => Some(self.time()?.cmp(&other.time()?)),
            (Self::Bool(a), _) => Some(a.cmp(&other.truth()?)),
            (_, Self::Bool(b)) => Some(self.truth()?.cmp(b)),
            _ => self.number()?.partial_cmp(&other.number()?),
        }
    }

    /// Three-valued equality.
    pub(super) fn equals(&self, other: &Self) -> Option<bool> {
        self.compare(other).map(Ordering::is_eq)
    }

    fn cast(self, to: Type) -> Self {
        let number = |number: Option<f64>| number.map_or(Self::Null, Self::finite);
        match to {
            Type::Double => number(self.number()),
            Type::Float => number(self.number().map(|n| f64::from(n as f32))),
            Type::Integer => number(self.number().map(f64::round)),
            Type::Text => self.into_text().map_or(Self::Null, Self::Text),
            Type::Timestamp => self.time().map_or(Self::Null, Self::Time),
            Type::Boolean => self.truth().map_or(Self::Null, Self::Bool),
        }
    }
}

impl From<Option<bool>> for Value<'_> {
    fn from(truth: Option<bool>) -> Self {
        truth.map_or(Self::Null, Self::Bool)
    }
}

/// Two records over the columns that a model names.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a, 'c> {
    pub(super) columns: &'a [Cow<'c, Column>],
    pub(super) left: usize,
    pub(super) right: usize,
}

impl Expr {
    /// The value for a pair of records.
    pub(super) fn evaluate<'a>(&'a self, pair: &Pair<'a, '_>) -> Value<'a> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => Value::Number(*number),
            Self::Text(text) => Value::Text(Cow::Borrowed(text)),
            Self::Column { side, column } => {
                let record = if *side == Side::Left { pair.left } else { pair.right };
                cell(&pair.columns[*column], record)
            }
            Self::Not(value) => value.evaluate(pair).truth().map(|truth| !truth).into(),
            Self::And(parts) => all(parts.iter().map(|part| part.evaluate(pair).truth())).into(),
            Self::Or(parts) => any(parts.iter().map(|part| part.evaluate(pair).truth())).into(),
            Self::Compare(comparator, a, b) => {
                a.evaluate(pair).compare(&b.evaluate(pair)).map(|order| comparator.holds(order)).into()
            }
            Self::IsNull(value) => Value::Bool(value.evaluate(pair).is_null()),
            Self::In(value, list) => {
                let value = value.evaluate(pair);
                any(list.iter().map(|item| value.equals(&item.evaluate(pair)))).into()
            }
            Self::Like { value, pattern, fold } => {
                match (value.evaluate(pair).text(), pattern.evaluate(pair).text()) {
                    (Some(text), Some(pattern)) => Value::Bool(like(&text, &pattern, *fold)),
                    _ => Value::Null,
                }
            }
            Self::Arithmetic(operator, a, b) => {
                match (a.evaluate(pair).number(), b.evaluate(pair).number()) {
                    (Some(a), Some(b)) => Value::finite(operator.apply(a, b)),
                    _ => Value::Null,
                }
            }
            Self::Negate(value) => value.evaluate(pair).number().map_or(Value::Null, |n| Value::Number(-n)),
            Self::Concat(a, b) => match (a.evaluate(pair).into_text(), b.evaluate(pair).text()) {
                (Some(a), Some(b)) => Value::Text(Cow::Owned(a.into_owned() + &b)),
                _ => Value::Null,
            },
            Self::Case { branches, otherwise } => branches
                .iter()
                .find(|(condition, _)| condition.evaluate(pair).truth() == Some(true))
                .map_or(&**otherwise, |(_, value)| value)
                .evaluate(pair),
            Self::Cast(value, to) => value.evaluate(pair).cast(*to),
            Self::Regex { function, value, regex, group } => {
                let value = value.evaluate(pair);
                let Some(text) = value.text() else { return Value::Null };
                match function {
                    // No match is an empty text, not null.
                    RegexFunction::Extract => {
                        let found = regex.captures(&text).and_then(|found| found.get(*group));
                        let found = found.map_or("", |part| part.as_str());
                        Value::Text(Cow::Owned(found.to_owned()))
                    }
                    RegexFunction::Matches | RegexFunction::FullMatch => Value::Bool(regex.is_match(&text)),
                }
            }
            Self::Call(function, arguments) => {
                function.apply(arguments.iter().map(|argument| argument.evaluate(pair)).collect())
            }
            Self::Element(value, at) => {
                let Some(at) = at.evaluate(pair).number() else { return Value::Null };
                element(value.evaluate(pair), at as i64)
            }
        }
    }
}

fn cell<'a>(column: &'a Column, record: usize) -> Value<'a> {
    match column.codes(record) {
        [] => Value::Null,
        &[code] if !column.is_list() => Value::Text(Cow::Borrowed(column.dictionary().text(code))),
        codes => {
            Value::List(codes.iter().map(|&code| Cow::Borrowed(column.dictionary().text(code))).collect())
        }
    }
}

/// False if any is false, else unknown if any is unknown.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut unknown = false;
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(true) }
}

/// True if any is true, else unknown if any is unknown.
fn any(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(parts.map(|part| part.map(|truth| !truth))).map(|truth| !truth)
}

impl Comparator {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

impl Operator {
    fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Modulo => a % b,
        }
    }
}

fn element(value: Value<'_>, at: i64) -> Value<'_> {
    let place = |length: usize| match at {
        0 => None,
        1.. => usize::try_from(at - 1).ok(),
        _ => usize::try_from(at.saturating_add(length as i64)).ok(),
    };
    match value {
        Value::List(mut items) => match place(items.len()) {
            Some(at) if at < items.len() => Value::Text(items.swap_remove(at)),
            _ => Value::Null,
        },
        Value::Text(text) => {
            let found = place(text.chars().count()).and_then(|at| text.chars().nth(at));
            Value::Text(Cow::Owned(found.map(String::from).unwrap_or_default()))
        }
        _ => Value::Null,
    }
}

/// `%` is any text, `_` any character. Greedy with one point of return: O(text x pattern).
fn like(text: &str, pattern: &str, fold: bool) -> bool {
    let chars = |text: &str| -> Vec<char> {
        if fold { text.to_lowercase().chars().collect() } else { text.chars().collect() }
    };
    let (text, pattern) = (chars(text), chars(pattern));
    let (mut at, mut in_pattern, mut retry) = (0, 0, None);
    while at < text.len() {
        match pattern.get(in_pattern) {
            Some('%') => {
                retry = Some((in_pattern + 1, at));
                in_pattern += 1;
            }
            Some(&c) if c == '_' || c == text[at] => {
                at += 1;
                in_pattern += 1;
            }
            _ => match &mut retry {
                Some((from_pattern, from_text)) => {
                    *from_text += 1;
                    (in_pattern, at) = (*from_pattern, *from_text);
                }
                None => return false,
            },
        }
    }
    pattern[in_pattern..].iter().all(|&c| c == '%')
}
