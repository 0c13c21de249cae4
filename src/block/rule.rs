//! Blocking rules: equality of key expressions, or nearness in an order by them.

use std::fmt;
use std::str::FromStr;

use super::expression::KeyExpression;
use crate::error::{Error, ErrorKind, Result};

/// The largest window of a sorted neighbourhood: each record pairs with so many on either side.
pub const MAX_WINDOW: usize = 1000;

/// Which pairs of records are candidates, as people write it.
///
/// `surname + prefix(given_name, 1)`: both keys are equal. `window(surname + given_name, 7)`: sorted neighbourhood, the
/// records stand at most six places apart when all are sorted by these keys. See [`KeyExpression`] for what may stand
/// between the plus signs.
///
/// # Null
/// A record that lacks any of the keys is in no pair of an equality rule. In an order it stands by the keys that it
/// has, and is left out when it has none.
///
/// # Source
/// Hernández & Stolfo 1995 for the sorted neighbourhood; Christen 2012, chapter 4, for all.
///
/// # Example
/// ```
/// use quilate::block::Rule;
/// let rule: Rule = "phonetic(surname)+year( birth_date )".parse()?;
/// assert_eq!(rule.to_string(), "phonetic(surname) + year(birth_date)");
/// # Ok::<(), quilate::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    pub(super) keys: Vec<KeyExpression>,
    /// Width of the sorted neighbourhood; none: equality.
    pub(super) window: Option<usize>,
}

impl Rule {
    /// The keys, in order.
    pub fn keys(&self) -> &[KeyExpression] {
        &self.keys
    }

    /// Width of the window of a sorted neighbourhood; none for equality.
    pub fn window(&self) -> Option<usize> {
        self.window
    }

    /// Reads the rules of a configuration.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] at `path[n]`.
    pub fn parse_all(rules: &[String], path: &str) -> Result<Vec<Self>> {
        let parse = |(at, rule): (usize, &String)| {
            rule.parse().map_err(|error: Error| error.at(format!("{path}[{at}]")))
        };
        rules.iter().enumerate().map(parse).collect()
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<String> = self.keys.iter().map(KeyExpression::to_string).collect();
        let keys = keys.join(" + ");
        match self.window {
            None => f.write_str(&keys),
            Some(width) => write!(f, "window({keys}, {width})"),
        }
    }
}

impl FromStr for Rule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        let windowed =
            text.strip_prefix("window").map(str::trim_start).and_then(|rest| rest.strip_prefix('('));
        let (keys, window) = match windowed {
            None => (text, None),
            Some(rest) => {
                let inside = rest.trim_end().strip_suffix(')');
                let (keys, width) =
                    inside.and_then(|inside| inside.rsplit_once(',')).ok_or_else(|| no_window(text))?;
                let width = width.trim().parse().ok().filter(|width| (2..=MAX_WINDOW).contains(width));
                (keys, Some(width.ok_or_else(|| no_window(text))?))
            }
        };
        let keys: Vec<KeyExpression> = keys.split('+').map(str::parse).collect::<Result<_>>()?;
        Ok(Self { keys, window })
    }
}

fn no_window(text: &str) -> Error {
    Error::new(ErrorKind::Config, format!("{text:?} has no width"))
        .cure(format!("write window(surname + given_name, 7), with a number from 2 to {MAX_WINDOW}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_read_as_they_are_written() {
        for (text, written) in [
            ("email", "email"),
            (" surname+prefix( given_name ,1) ", "surname + prefix(given_name, 1)"),
            ("window(surname+given_name,7)", "window(surname + given_name, 7)"),
            ("window ( prefix(surname, 3), 20 )", "window(prefix(surname, 3), 20)"),
        ] {
            let rule: Rule = text.parse().unwrap();
            assert_eq!(rule.to_string(), written);
            assert_eq!(written.parse::<Rule>().unwrap(), rule);
        }
        let rule: Rule = "window(a + b, 5)".parse().unwrap();
        assert_eq!((rule.window(), rule.keys().len()), (Some(5), 2));
    }

    #[test]
    fn errors_name_the_rule() {
        for (rule, words) in [
            ("surname +", "block.rules[1]: \"\" is no key expression"),
            ("window(surname)", "block.rules[1]: \"window(surname)\" has no width"),
            ("window(surname, 1)", "has no width"),
            ("window(surname, 100000)", "has no width"),
            ("sound(surname)", "block.rules[1]: unknown function \"sound\""),
        ] {
            let rules = ["email".to_owned(), rule.to_owned()];
            let error = Rule::parse_all(&rules, "block.rules").unwrap_err().to_string();
            assert!(error.contains(words), "{rule}: {error}");
        }
    }
}
