//! One line of single blanks from whatever came in a cell.

use std::borrow::Cow;

use super::super::ascii;

/// A cleaned text, and what a look at its bytes says of it.
#[derive(Clone)]
pub(super) struct Line<'t> {
    pub(super) text: Cow<'t, str>,
    seen: u16,
}

impl Line<'_> {
    /// Whether there is a byte of a class, such as [`DIGIT`].
    pub(super) fn has(&self, class: u16) -> bool {
        self.seen & class != 0
    }
}

/// One line with single blanks; line breaks and brackets become commas.
pub(super) fn clean(raw: &str) -> Line<'_> {
    let (tidy, seen) = look(raw);
    if tidy && seen & BREAK == 0 && (seen & FOREIGN == 0 || ascii::is_western(raw)) {
        return Line { text: Cow::Borrowed(raw), seen };
    }
    let text = cleaned(raw);
    let (_, seen) = look(&text);
    Line { text: Cow::Owned(text), seen }
}

/// Whether blanks stand alone and commas behind a word and before a blank, and the classes of all bytes.
fn look(text: &str) -> (bool, u16) {
    // As behind a blank: none at the start.
    let (mut untidy, mut unwanted, mut seen, mut last) = (0, BLANK | COMMA, 0, BLANK);
    for &byte in text.as_bytes() {
        let class = class_of(byte);
        untidy |= class & unwanted;
        unwanted = class >> UNWANTED_BEHIND;
        seen |= class;
        last = class;
    }
    (untidy == 0 && last & OTHER != 0, seen)
}

const BLANK: u16 = 1;
const COMMA: u16 = 2;
/// Neither blank nor comma; all the following are that as well.
const OTHER: u16 = 4;
/// Control characters, brackets and other signs that part an address as commas do.
const BREAK: u16 = 8;
/// Not ASCII.
pub(super) const FOREIGN: u16 = 16;
/// Digits of ASCII.
pub(super) const DIGIT: u16 = 32;
/// Letters of ASCII.
pub(super) const LETTER: u16 = 64;
/// The letter m, which few words have.
pub(super) const LETTER_M: u16 = 128;
/// Signs that may hold two words or parts together, with the first byte of the ordinal signs.
pub(super) const GLUE: u16 = 256;
/// No letter or digit of ASCII.
pub(super) const SIGN: u16 = 512;
/// From this bit on a class says which of the first three are unwanted behind it.
const UNWANTED_BEHIND: u32 = 12;

/// What a byte is.
pub(super) fn class_of(byte: u8) -> u16 {
    CLASSES[usize::from(byte)]
}

static CLASSES: [u16; 256] = {
    let mut classes = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b' ' => BLANK | SIGN | (BLANK | COMMA) << UNWANTED_BEHIND,
            b',' => COMMA | SIGN | (OTHER | COMMA) << UNWANTED_BEHIND,
            0..b' ' | 0x7f | b'(' | b')' | b'[' | b']' | b';' | b'|' | b'"' => OTHER | SIGN | BREAK,
            b'0'..=b'9' => OTHER | DIGIT,
            b'm' | b'M' => OTHER | LETTER | LETTER_M,
            b'a'..=b'z' | b'A'..=b'Z' => OTHER | LETTER,
            b'-' | b'#' | b':' | b'/' | b'.' => OTHER | SIGN | GLUE,
            0xc2 => OTHER | SIGN | FOREIGN | GLUE,
            0x80.. => OTHER | SIGN | FOREIGN,
            _ => OTHER | SIGN,
        };
        byte += 1;
    }
    classes
};

fn cleaned(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw.chars();
    while let Some(c) = rest.next() {
        if ascii::is_invisible(c) {
            continue;
        }
        let separator = matches!(
            c,
            '\n' | '\r' | '\t' | '(' | ')' | '[' | ']' | ';' | '|' | '"' | '\u{2013}' | '\u{2014}'
        );
        let c = match c {
            // `km 3,5` is one number.
            ',' if is_decimal_of_km(&out) && rest.as_str().starts_with(|c: char| c.is_ascii_digit()) => '.',
            _ if separator => ',',
            c => c,
        };
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if c == ',' {
            let kept = out.trim_end_matches([' ', ',']).len();
            out.truncate(kept);
            if !out.is_empty() {
                out.push(',');
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
    let kept = out.trim_end_matches([' ', ',']).len();
    out.truncate(kept);
    out
}

/// Whether a text ends in `km` and digits.
fn is_decimal_of_km(text: &str) -> bool {
    let head = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let word = head.trim_end_matches([' ', '.']);
    let ends = |unit: &str| {
        let start = word.len().checked_sub(unit.len());
        start.and_then(|start| word.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(unit))
    };
    head.len() < text.len() && ["km", "pk", "p.k"].into_iter().any(ends)
}
