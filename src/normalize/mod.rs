//! Attribute normalisers, one file a kind, all of one shape: raw text and a [`Hint`] in, [`Normalized`] out. They
//! are usable on their own (`quilate::normalize::email("Ana <ANA@example.com>")`), never fail, never panic, keep the
//! original, and are idempotent: the canonical form of a canonical form is itself.
//!
//! Within the engine each distinct value is normalised once.

mod any;
mod ascii;
pub mod attributes;

pub mod address;
pub mod company;
pub mod date;
pub mod email;
pub mod gender;
pub mod identifier;
pub mod person_name;
pub mod phone;
pub mod placeholder;
pub(crate) mod resources;
pub mod text;
mod words;

pub use any::{AnyValue, any};
use serde::Serialize;

/// What is known about where a value comes from. All parts are optional: a hint, not a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Hint<'a> {
    /// BCP 47 language tag of the record or source, such as `es-ES`.
    pub locale: Option<&'a str>,
    /// ISO 3166-1 alpha-2 code of the record's country, upper case.
    pub region: Option<&'a str>,
}

/// How far a value can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// Complete and plausible.
    Ok,
    /// Usable, incomplete.
    Partial,
    /// Several readings; the others are in the parts.
    Ambiguous,
    /// Usable, low trust.
    Suspicious,
    /// Several values in one cell.
    Multiple,
    /// A filler such as `n/a` or `test@test.com`: to be treated as missing.
    Placeholder,
    /// Fails its own rules (check digit, calendar); kept as fuzzy evidence.
    Invalid,
    /// Nothing could be read from it.
    Unparsed,
}

impl Quality {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Ambiguous => "ambiguous",
            Self::Suspicious => "suspicious",
            Self::Multiple => "multiple",
            Self::Placeholder => "placeholder",
            Self::Invalid => "invalid",
            Self::Unparsed => "unparsed",
        }
    }
}

/// A normalised value; `P` are the components of its kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Normalized<'a, P> {
    /// What came in, unchanged.
    pub original: &'a str,
    /// The form to show and store; lossless up to spacing, case and spelling of abbreviations. Empty for placeholders.
    pub canonical: String,
    /// Components.
    pub parts: P,
    /// Lossy keys under which equal values meet, strongest first.
    pub keys: Vec<String>,
    /// How far it can be trusted.
    pub quality: Quality,
    /// Stable codes that say why.
    pub reasons: Vec<&'static str>,
}

/// Reads a value again from its canonical form until that form is its own, and gives that reading. A form that does not
/// settle within a few readings is garbage: its canonical form is `cleaned`, the text with nothing interpreted.
///
/// The result is a fixed point by construction, provided that `read` makes the same of `cleaned` as of `raw`: a settled
/// form settles at once, and the cleaned form of one that does not settle goes the same way again.
fn settled<'a, P>(
    raw: &'a str,
    cleaned: &str,
    read: impl Fn(&str) -> Normalized<'_, P>,
) -> Normalized<'a, P> {
    let first = with_original(raw, read(raw));
    settled_from(first, cleaned, read)
}

/// [`settled`] where the first reading is there already.
fn settled_from<'a, P>(
    first: Normalized<'a, P>,
    cleaned: &str,
    read: impl Fn(&str) -> Normalized<'_, P>,
) -> Normalized<'a, P> {
    const MAX_READINGS: usize = 6;
    let raw = first.original;
    if is_settled(&first, raw, cleaned) {
        return first;
    }
    let mut written = first.canonical.clone();
    let mut last = None;
    for _ in 0..MAX_READINGS {
        let again = with_original(raw, read(&written));
        if again.canonical == written {
            return last.unwrap_or(first);
        }
        written.clone_from(&again.canonical);
        last = Some(again);
    }
    Normalized { canonical: cleaned.to_owned(), ..first }
}

/// Whether a reading needs no other to know that it is a fixed point: it says nothing, or nothing new.
fn is_settled<P>(reading: &Normalized<'_, P>, raw: &str, cleaned: &str) -> bool {
    reading.canonical.is_empty() || reading.canonical == raw || reading.canonical == cleaned
}

fn with_original<'a, P>(original: &'a str, reading: Normalized<'_, P>) -> Normalized<'a, P> {
    let Normalized { canonical, parts, keys, quality, reasons, .. } = reading;
    Normalized { original, canonical, parts, keys, quality, reasons }
}
