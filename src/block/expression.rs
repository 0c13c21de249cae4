//! Key expressions: what a blocking rule takes from an attribute's value.
//!
//! `prefix(surname, 3)`, `phonetic(last(surname))`, `year(birth_date)`: functions applied from the inside out. A value
//! may give no key (a date without a year), one, or several (q-grams, tokens); several values of a record give the keys
//! of all.

use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

use crate::error::{Error, ErrorKind, Result};
use crate::normalize::person_name::nicknames::nickname_groups;
use crate::similarity::{cologne, phonetic_key, soundex};
use crate::table::AttributeKind;

/// One function of a key expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Function {
    Prefix(usize),
    Suffix(usize),
    /// First character from 1, and how many.
    Substr(usize, usize),
    First,
    Last,
    Sorted,
    Tokens,
    Phonetic,
    Soundex,
    Cologne,
    Nickname,
    Qgrams(usize),
    Year,
    MonthDay,
}

/// Name and number of arguments of each function, in the order of the documentation.
const FUNCTIONS: [(&str, usize); 14] = [
    ("prefix", 1),
    ("suffix", 1),
    ("substr", 2),
    ("first", 0),
    ("last", 0),
    ("sorted", 0),
    ("tokens", 0),
    ("phonetic", 0),
    ("soundex", 0),
    ("cologne", 0),
    ("nickname", 0),
    ("qgrams", 1),
    ("year", 0),
    ("month_day", 0),
];

/// Characters a number in an expression may stand for; more would be the whole value.
const MAX_CHARS: usize = 1000;

impl Function {
    fn new(name: &str, numbers: &[usize]) -> Option<Self> {
        Some(match (name, numbers) {
            ("prefix", &[n]) => Self::Prefix(n),
            ("suffix", &[n]) => Self::Suffix(n),
            ("substr", &[start, n]) => Self::Substr(start, n),
            ("first", []) => Self::First,
            ("last", []) => Self::Last,
            ("sorted", []) => Self::Sorted,
            ("tokens", []) => Self::Tokens,
            ("phonetic", []) => Self::Phonetic,
            ("soundex", []) => Self::Soundex,
            ("cologne", []) => Self::Cologne,
            ("nickname", []) => Self::Nickname,
            ("qgrams", &[q]) => Self::Qgrams(q),
            ("year", []) => Self::Year,
            ("month_day", []) => Self::MonthDay,
            _ => return None,
        })
    }

    /// Name and numbers, as [`Self::new`] takes them.
    fn parts(self) -> (&'static str, Vec<usize>) {
        match self {
            Self::Prefix(n) => ("prefix", vec![n]),
            Self::Suffix(n) => ("suffix", vec![n]),
            Self::Substr(start, n) => ("substr", vec![start, n]),
            Self::First => ("first", Vec::new()),
            Self::Last => ("last", Vec::new()),
            Self::Sorted => ("sorted", Vec::new()),
            Self::Tokens => ("tokens", Vec::new()),
            Self::Phonetic => ("phonetic", Vec::new()),
            Self::Soundex => ("soundex", Vec::new()),
            Self::Cologne => ("cologne", Vec::new()),
            Self::Nickname => ("nickname", Vec::new()),
            Self::Qgrams(q) => ("qgrams", vec![q]),
            Self::Year => ("year", Vec::new()),
            Self::MonthDay => ("month_day", Vec::new()),
        }
    }

    /// The results for one value; empty results are no key.
    fn apply(self, value: &str, mut emit: impl FnMut(&str)) {
        let mut known = |part: Option<&str>| {
            if let Some(digits) = part.filter(|digits| !digits.contains('-')) {
                emit(digits);
            }
        };
        match self {
            Self::Prefix(n) => emit(chars(value, 0, n)),
            Self::Suffix(n) => emit(chars(value, value.chars().count().saturating_sub(n), n)),
            Self::Substr(start, n) => emit(chars(value, start.saturating_sub(1), n)),
            Self::First => emit(value.split(' ').next().unwrap_or("")),
            Self::Last => emit(value.rsplit(' ').next().unwrap_or("")),
            Self::Sorted => {
                let mut tokens: Vec<&str> = value.split(' ').collect();
                tokens.sort_unstable();
                emit(&tokens.join(" "));
            }
            Self::Tokens => value.split(' ').for_each(emit),
            Self::Phonetic => emit(phonetic_key(value).as_str()),
            Self::Soundex => emit(soundex(value).as_str()),
            Self::Cologne => emit(cologne(value).as_str()),
            Self::Nickname => {
                // A name without relatives still meets itself.
                emit(value);
                nickname_groups(value).iter().for_each(|group| emit(&format!("\u{0}{group}")));
            }
            Self::Qgrams(q) => {
                let starts: Vec<usize> = value.char_indices().map(|(at, _)| at).collect();
                if starts.len() <= q {
                    emit(value);
                }
                for at in 0..starts.len().saturating_sub(q) {
                    emit(&value[starts[at]..starts[at + q]]);
                }
                if starts.len() > q {
                    emit(&value[starts[starts.len() - q]..]);
                }
            }
            Self::Year => known(value.get(..4)),
            Self::MonthDay => known(value.get(4..8)),
        }
    }
}

/// `n` characters of a value from character `start` (0 is the first); less where it ends before.
fn chars(value: &str, start: usize, n: usize) -> &str {
    let at = |count: usize| value.char_indices().nth(count).map_or(value.len(), |(at, _)| at);
    let from = at(start);
    let rest = &value[from..];
    &rest[..rest.char_indices().nth(n).map_or(rest.len(), |(at, _)| at)]
}

/// An attribute and what a rule takes from its values.
///
/// | expression | key |
/// |---|---|
/// | `email` | the whole value; of dates only those without unknown digits |
/// | `prefix(x, n)`, `suffix(x, n)`, `substr(x, start, n)` | `n` characters; the first is number 1 |
/// | `first(x)`, `last(x)`, `sorted(x)` | the first or last word; all words in alphabetical order |
/// | `tokens(x)`, `qgrams(x, q)` | every word, every run of `q` characters: one key each |
/// | `phonetic(x)`, `soundex(x)`, `cologne(x)` | how it sounds in Western languages, in English, in German |
/// | `nickname(x)` | the name, and each group of familiar forms that it belongs to |
/// | `year(x)`, `month_day(x)` | parts of a date, where they are known |
///
/// # Example
/// ```
/// use quilate::block::KeyExpression;
/// let expression: KeyExpression = "phonetic(last(surname))".parse()?;
/// assert_eq!(expression.attribute(), "surname");
/// assert_eq!(expression.to_string(), "phonetic(last(surname))");
/// assert!("soundex(surname, 3)".parse::<KeyExpression>().is_err());
/// # Ok::<(), quilate::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyExpression {
    attribute: String,
    /// From the inside out.
    functions: Vec<Function>,
}

impl KeyExpression {
    /// Name of the attribute.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// The keys of a value as hashes, appended in the order of the functions' results. They are the same on every
    /// machine and in every version.
    pub(super) fn keys(&self, kind: AttributeKind, value: &str, out: &mut Vec<u64>) {
        if self.functions.is_empty() && kind == AttributeKind::BirthDate && value.contains('-') {
            return;
        }
        self.apply(0, value, &mut |key| out.push(xxh3_64(key.as_bytes())));
    }

    /// The first key of a value as text, for sorting.
    pub(super) fn text(&self, value: &str) -> Option<String> {
        let mut found = None;
        self.apply(0, value, &mut |key| {
            found.get_or_insert_with(|| key.to_owned());
        });
        found
    }

    fn apply(&self, done: usize, value: &str, emit: &mut dyn FnMut(&str)) {
        if value.is_empty() {
            return;
        }
        match self.functions.get(done) {
            None => emit(value),
            Some(function) => function.apply(value, |result| self.apply(done + 1, result, &mut *emit)),
        }
    }
}

impl fmt::Display for KeyExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for function in self.functions.iter().rev() {
            write!(f, "{}(", function.parts().0)?;
        }
        write!(f, "{}", self.attribute)?;
        for function in &self.functions {
            for number in function.parts().1 {
                write!(f, ", {number}")?;
            }
            write!(f, ")")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for KeyExpression {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        let Some((name, rest)) = text.split_once('(') else {
            let plain = !text.is_empty() && !text.contains([')', ',', '+']);
            return match plain {
                true => Ok(Self { attribute: text.to_owned(), functions: Vec::new() }),
                false => Err(unreadable(text)),
            };
        };
        let inside = rest.strip_suffix(')').ok_or_else(|| unreadable(text))?;
        let name = name.trim();
        let Some(&(_, count)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
            return Err(Error::new(ErrorKind::Config, format!("unknown function {name:?}")).cure(format!(
                "use one of {}, or an attribute alone",
                FUNCTIONS.map(|(name, _)| name).join(", ")
            )));
        };
        // Numbers stand last, so that the rest is an expression again.
        let mut parts: Vec<&str> = inside.rsplitn(count + 1, ',').collect();
        let inner = parts.pop().unwrap_or("");
        let number = |text: &&str| text.trim().parse().ok().filter(|n| (1..=MAX_CHARS).contains(n));
        let numbers: Option<Vec<usize>> = parts.iter().rev().map(number).collect();
        let function = numbers.and_then(|numbers| Function::new(name, &numbers)).ok_or_else(|| {
            Error::new(ErrorKind::Config, format!("{text:?} lacks its numbers"))
                .cure(format!("{name} takes {count}, between 1 and {MAX_CHARS}, behind the attribute"))
        })?;
        let mut expression: Self = inner.parse()?;
        expression.functions.push(function);
        Ok(expression)
    }
}

fn unreadable(text: &str) -> Error {
    Error::new(ErrorKind::Config, format!("{text:?} is no key expression"))
        .cure("write it as prefix(surname, 3) or phonetic(last(surname))")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(expression: &str, value: &str) -> Vec<String> {
        let expression: KeyExpression = expression.parse().unwrap();
        let mut found = Vec::new();
        expression.apply(0, value, &mut |key| found.push(key.to_owned()));
        found
    }

    #[test]
    fn what_each_function_takes() {
        for (expression, value, keys) in [
            ("surname", "garcia lopez", &["garcia lopez"][..]),
            ("prefix(surname, 3)", "garcia", &["gar"]),
            ("prefix(surname, 3)", "li", &["li"]),
            ("prefix(surname, 2)", "ñandú", &["ña"]),
            ("suffix(phone, 6)", "34612345678", &["345678"]),
            ("suffix(phone, 6)", "123", &["123"]),
            ("substr(phone, 3, 2)", "34612345678", &["61"]),
            ("substr(phone, 9, 2)", "346", &[]),
            ("first(surname)", "garcia lopez", &["garcia"]),
            ("last(surname)", "garcia lopez", &["lopez"]),
            ("sorted(given_name)", "maria jose ana", &["ana jose maria"]),
            ("tokens(company)", "rubio hermanos", &["rubio", "hermanos"]),
            ("qgrams(surname, 3)", "vila", &["vil", "ila"]),
            ("qgrams(surname, 3)", "gil", &["gil"]),
            ("qgrams(surname, 3)", "li", &["li"]),
            ("year(birth_date)", "19850301", &["1985"]),
            ("year(birth_date)", "----0301", &[]),
            ("month_day(birth_date)", "----0301", &["0301"]),
            ("soundex(surname)", "gutierrez", &["G362"]),
            ("phonetic(last(surname))", "ruiz vera", &["BR"]),
            ("prefix(last(surname), 2)", "ruiz vera", &["ve"]),
            ("soundex(surname)", "日本", &[]),
            ("surname", "", &[]),
        ] {
            assert_eq!(texts(expression, value), keys, "{expression} of {value:?}");
        }
        assert!(
            texts("nickname(given_name)", "paco").iter().any(|key| texts(
                "nickname(given_name)",
                "francisco"
            )
            .contains(key))
        );
    }

    #[test]
    fn dates_with_unknown_digits_are_no_whole_value() {
        let key = |value: &str| {
            let mut keys = Vec::new();
            KeyExpression { attribute: String::new(), functions: Vec::new() }.keys(
                AttributeKind::BirthDate,
                value,
                &mut keys,
            );
            keys.len()
        };
        assert_eq!((key("19850301"), key("1985----")), (1, 0));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (text, words) in [
            ("", "\"\" is no key expression"),
            ("surname)", "\"surname)\" is no key expression"),
            ("prefix(surname, 3", "is no key expression"),
            ("prefix(surname)", "lacks its numbers; prefix takes 1"),
            ("prefix(surname, 0)", "lacks its numbers"),
            ("prefix(surname, three)", "lacks its numbers"),
            ("substr(surname, 3)", "lacks its numbers; substr takes 2"),
            ("soundex(surname, 3)", "is no key expression"),
            ("metaphone(surname)", "unknown function \"metaphone\"; use one of prefix, suffix, "),
            ("soundex()", "\"\" is no key expression"),
        ] {
            let error = text.parse::<KeyExpression>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(words), "{text}: {error}");
        }
    }

    proptest! {
        /// Never a panic, neither on expressions nor on values; and what is written reads as itself.
        #[test]
        fn any_text_is_an_answer(text in "[a-z(), +0-9é]{0,30}", value in "\\PC{0,12}") {
            if let Ok(expression) = text.parse::<KeyExpression>() {
                prop_assert_eq!(&expression.to_string().parse::<KeyExpression>().unwrap(), &expression);
            }
            for (name, count) in FUNCTIONS {
                let numbers = ", 2".repeat(count);
                let expression: KeyExpression = format!("{name}(x{numbers})").parse().unwrap();
                prop_assert_eq!(expression.to_string(), format!("{name}(x{numbers})"));
                expression.apply(0, &value, &mut |key| assert!(!key.is_empty()));
            }
        }
    }
}
