//! What every normaliser promises, checked on any text.

use std::borrow::Cow;
use std::fmt::Debug;

use quilate::normalize::{Hint, Normalized, Quality};

/// Regions whose rules differ most, and none.
const HINTS: [Hint<'static>; 8] = [
    Hint { locale: None, region: None },
    Hint { locale: Some("es-ES"), region: Some("ES") },
    Hint { locale: Some("es-MX"), region: Some("MX") },
    Hint { locale: Some("pt-BR"), region: Some("BR") },
    Hint { locale: Some("en-US"), region: Some("US") },
    Hint { locale: Some("de-DE"), region: Some("DE") },
    Hint { locale: None, region: Some("AR") },
    Hint { locale: Some("fr"), region: None },
];

/// Text and hint of an input. The length chooses the hint, so that seeds stay plain text and each mutation of the
/// length tries another.
pub fn input(data: &[u8]) -> (Cow<'_, str>, Hint<'static>) {
    (String::from_utf8_lossy(data), HINTS[data.len() % HINTS.len()])
}

/// The contract of a normaliser: the original is kept, the same text gives the same answer, the canonical form of a
/// canonical form is itself, placeholders have none, and no key is empty or comes twice.
///
/// # Panics
/// When the contract is broken, with the texts.
pub fn check<P: PartialEq + Debug>(raw: &str, normalize: impl for<'a> Fn(&'a str) -> Normalized<'a, P>) {
    let first = normalize(raw);
    assert_eq!(first.original, raw, "the original was changed");
    assert_eq!(first, normalize(raw), "two answers to one text");
    let again = normalize(&first.canonical);
    assert_eq!(again.canonical, first.canonical, "the canonical form of {raw:?} has another canonical form");
    if first.quality == Quality::Placeholder {
        assert_eq!(first.canonical, "", "a placeholder has no canonical form");
    }
    for (at, key) in first.keys.iter().enumerate() {
        assert!(!key.is_empty(), "an empty key of {raw:?}");
        assert!(!first.keys[..at].contains(key), "the key {key:?} of {raw:?} comes twice");
    }
}
