//! What people write before, onto and behind a number: `N.I.F.:`, `DNI54362315K`, a remark in brackets.

use super::super::ascii;
use super::schemes;

/// The text after labels such as `N.I.F.:`, and the scheme they announce.
pub(super) fn strip_labels(raw: &str) -> (&str, &'static str) {
    let mut text = raw.trim();
    let mut announced = "";
    // Two: "NIF / CIF: ...".
    for _ in 0..2 {
        let Some((label, rest)) = leading_label(text) else { break };
        announced = if label.is_empty() { announced } else { label };
        text = rest;
    }
    // A remark in brackets after the number.
    if let Some(bracket) = text.bytes().position(|byte| byte == b'(')
        && text[..bracket].bytes().any(|byte| byte.is_ascii_digit())
    {
        text = &text[..bracket];
    }
    (text, announced)
}

/// The longest run of letters, dots, blanks and slashes at the start that is a label, with a sign after it.
fn leading_label(text: &str) -> Option<(&'static str, &str)> {
    const LONGEST: usize = 16;
    // Digits at the start or right behind the letters: nothing separates a label.
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    if text.as_bytes().get(letters).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let mut word = String::new();
    let mut best = None;
    for (at, c) in text.char_indices() {
        if c.is_alphabetic() {
            ascii::fold_into(c.encode_utf8(&mut [0; 4]), &mut word);
        } else if c.is_numeric() {
            break;
        } else {
            best = label_of(&word).map(|l| (l, &text[at..])).or(best);
        }
        if word.len() > LONGEST || c == ':' {
            break;
        }
    }
    let (label, rest) = best?;
    let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    rest.contains(|c: char| c.is_ascii_digit()).then_some((label, rest))
}

/// A label written onto a number: `DNI54362315K`. Shorter ones than three letters may be part of the number.
pub(super) fn glued_label(compact: &[u8]) -> Option<(&'static str, &[u8])> {
    const SHORTEST_LABEL: usize = 3;
    const SHORTEST_NUMBER: usize = 5;
    let starts = |label: &&str| {
        label.len() >= SHORTEST_LABEL
            && compact.get(..label.len()).is_some_and(|head| head.eq_ignore_ascii_case(label.as_bytes()))
    };
    let longest =
        schemes::LABELS.iter().filter(|(label, _)| starts(label)).max_by_key(|(label, _)| label.len())?;
    let rest = &compact[longest.0.len()..];
    (rest.len() >= SHORTEST_NUMBER && rest.iter().any(u8::is_ascii_digit)).then_some((longest.1, rest))
}

fn label_of(word: &str) -> Option<&'static str> {
    schemes::LABELS.iter().find(|(label, _)| *label == word).map(|(_, scheme)| *scheme)
}
