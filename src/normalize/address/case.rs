//! Upper and lower case of names of streets and places.

use std::borrow::Cow;

use super::super::ascii;
use super::lexicon;

/// Whether [`title_case`] leaves a text as it is.
pub(super) fn is_in_title_case(text: &str) -> bool {
    // Most texts are decided by letters of ASCII, and most of these by their first two.
    // One letter or a code such as `SP` says nothing about case.
    const FEWEST: usize = 3;
    let (mut upper, mut lower) = (false, false);
    let mut count = 0;
    for byte in text.bytes() {
        upper |= byte.is_ascii_uppercase();
        lower |= byte.is_ascii_lowercase();
        if upper && lower {
            return true;
        }
        count += usize::from(byte.is_ascii_alphabetic());
    }
    if text.is_ascii() {
        return count < FEWEST;
    }
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    letters().count() < FEWEST || (letters().any(char::is_lowercase) && letters().any(char::is_uppercase))
}

/// Title case for text that is all in one case, particles in lower case; other text stays as it is.
pub(super) fn title_case(text: &str) -> String {
    if is_in_title_case(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for (position, word) in text.split(' ').enumerate() {
        if position > 0 {
            out.push(' ');
        }
        let start = out.len();
        if word.is_ascii() {
            out.push_str(word);
            out[start..].make_ascii_lowercase();
        } else {
            out.push_str(&word.to_lowercase());
        }
        if is_small_word(word, &out[start..]) {
            continue;
        }
        if is_code(word) || word.bytes().any(|byte| byte.is_ascii_digit()) {
            out.truncate(start);
            out.push_str(word);
        } else {
            capitalise_from(start, &mut out);
        }
    }
    out
}

/// Words that stay in small letters: particles, and what joins two names.
fn is_small_word(word: &str, lowered: &str) -> bool {
    let folded = if lowered.is_ascii() { Cow::Borrowed(lowered) } else { ascii::fold(word).into() };
    lexicon::is_particle(&folded) && word.chars().count() > 1 || matches!(lowered, "y" | "i" | "e")
}

/// Writes the first letter of each part of a word in small letters as a capital.
fn capitalise_from(start: usize, out: &mut String) {
    let first_of_part = |before: u8| matches!(before, b'-' | b'/' | b'.' | b'\'');
    if out[start..].is_ascii() {
        for at in start..out.len() {
            if at == start || first_of_part(out.as_bytes()[at - 1]) {
                out[at..=at].make_ascii_uppercase();
            }
        }
        return;
    }
    let lowered = out.split_off(start);
    let mut fresh = true;
    for c in lowered.chars() {
        if fresh && c.is_alphabetic() {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        fresh = matches!(c, '-' | '/' | '.' | '\'' | '\u{2019}');
    }
}

/// Words that stay in capitals: Roman numerals, roads (`N-VI`), abbreviations without a vowel (`SQN`).
fn is_code(word: &str) -> bool {
    const SHORTEST: usize = 3;
    let upper = word.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'-' | b','));
    let roman = word.len() > 1 && word.bytes().all(|b| matches!(b, b'I' | b'V' | b'X' | b','));
    let road = word.as_bytes().get(1) == Some(&b'-');
    let consonants = word.len() >= SHORTEST
        && word
            .bytes()
            .all(|b| b.is_ascii_uppercase() && !matches!(b, b'A' | b'E' | b'I' | b'O' | b'U' | b'Y'));
    upper && (roman || road || consonants)
}
