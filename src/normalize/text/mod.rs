//! Text in general: what every other normaliser does first.
//!
//! Three levels, from lossless to lossy:
//!
//! | function | keeps | use it for |
//! |---|---|---|
//! | [`clean`] | letters, case, accents, punctuation | storage and display |
//! | [`fold`] | letters and digits of the script, no case, no accents on Latin | comparison |
//! | [`key`] | ASCII letters and digits only | blocking across scripts |
//!
//! All are total, idempotent, and linear in the length of the text. ASCII text, the bulk of real columns, takes a byte
//! loop; `clean` returns clean text borrowed.

mod case;
mod confusable;
mod fold;
mod repair;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::{IsNormalized, is_nfc_quick};

pub use case::title_case;
pub(crate) use case::{LetterCase, letter_case, title_word_into};
pub use confusable::has_mixed_script;
pub(crate) use fold::fold_into;
pub(super) use fold::western_letter;
pub use fold::{fold, key};
use repair::{c1_as_cp1252, cp1252_byte, repair};

/// A repair can uncover another (`&amp;ntilde;`, text that was misread twice). Real damage is two or three deep; the
/// bound only keeps nested garbage from costing quadratic time.
const MAX_REPAIR_ROUNDS: usize = 8;

/// Repairs and tidies text without losing anything a person would miss.
///
/// UTF-8 that was read as Windows-1252 is decoded again (`GarcÃ\u{ad}a`, also twice), HTML entities become characters,
/// full-width ASCII becomes ASCII, invisible characters (controls, zero-width, bidi marks, soft hyphen) vanish, any run
/// of white space becomes one space, the ends are trimmed, and the result is in NFC.
///
/// # Complexity
/// Linear; borrowed and free of allocation when there is nothing to do.
///
/// # Example
/// ```
/// # use quilate::normalize::text::clean;
/// assert_eq!(clean("  Mar\u{ad}ía\u{a0}GarcÃ\u{ad}a "), "María García");
/// assert_eq!(clean("Bed &amp; Breakfast"), "Bed & Breakfast");
/// ```
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_clean(text) {
        return Cow::Borrowed(text);
    }
    let mut current = tidy(&repair(text));
    for _ in 0..MAX_REPAIR_ROUNDS {
        if is_clean(&current) {
            break;
        }
        let next = tidy(&repair(&current));
        if next == current {
            break;
        }
        current = next;
    }
    Cow::Owned(current)
}

/// True when [`clean`] has nothing to do; errs towards false.
fn is_clean(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b' ') || bytes.last() == Some(&b' ') {
        return false;
    }
    is_clean_western(bytes).unwrap_or_else(|| is_clean_unicode(text))
}

/// [`is_clean`] for ASCII and single letters of Latin-1 between ASCII, the bulk of real columns; `None` for text that needs
/// a closer look.
///
/// A letter of Latin-1 is the trace of a wrong decoding only before another non-ASCII character, and is in NFC unless a
/// combining mark follows, which is one. Eight bytes are looked at in one step; a borrow between them can only make a
/// clean text look dirty, which costs time and nothing else.
fn is_clean_western(bytes: &[u8]) -> Option<bool> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let zero_bytes = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let (mut dirty, mut foreign, mut space_before) = (0, 0, 0);
    let mut look = |chunk: [u8; 8]| {
        let word = u64::from_le_bytes(chunk);
        let unlike = word ^ (ONES * 0x20);
        let spaces = !(((unlike & !HIGH) + !HIGH) | unlike) & HIGH;
        dirty |= spaces & (spaces << 8 | space_before);
        dirty |= word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        dirty |= zero_bytes(word ^ (ONES * u64::from(b'&'))) | zero_bytes(word ^ (ONES * 0x7f));
        foreign |= word & HIGH;
        space_before = spaces >> 56;
    };
    let (chunks, tail) = bytes.as_chunks();
    chunks.iter().for_each(|&chunk| look(chunk));
    let mut padded = [b'.'; 8];
    padded[..tail.len()].copy_from_slice(tail);
    look(padded);
    if dirty != 0 {
        return Some(false);
    }
    let mut rest = if foreign == 0 { &[] } else { bytes };
    while let Some(at) = rest.iter().position(|byte| !byte.is_ascii()) {
        match &rest[at..] {
            [0xc3, _, after @ ..] | [0xc2, 0xaa | 0xba, after @ ..]
                if after.first().is_none_or(u8::is_ascii) =>
            {
                rest = after;
            }
            _ => return None,
        }
    }
    Some(true)
}

fn is_clean_unicode(text: &str) -> bool {
    let (mut lead, mut previous) = (false, '\0');
    for c in text.chars() {
        if c.is_ascii() {
            if c == '&' || c.is_ascii_control() || (c == ' ' && previous == ' ') {
                return false;
            }
            (lead, previous) = (false, c);
            continue;
        }
        previous = c;
        if lead && cp1252_byte(c).is_some_and(|byte| (0x80..0xc0).contains(&byte)) {
            return false;
        }
        lead = ('\u{c2}'..='\u{f4}').contains(&c);
        if is_invisible(c) || c.is_whitespace() || full_width(c).is_some() {
            return false;
        }
    }
    is_nfc_quick(text.chars()) == IsNormalized::Yes
}

/// White space, invisible characters, full-width ASCII, NFC.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pending = false;
    for c in text.chars().map(|c| c1_as_cp1252(full_width(c).unwrap_or(c))) {
        if c.is_whitespace() {
            pending = !out.is_empty();
        } else if !is_invisible(c) {
            if pending {
                out.push(' ');
                pending = false;
            }
            out.push(c);
        }
    }
    if is_nfc_quick(out.chars()) == IsNormalized::Yes { out } else { out.nfc().collect() }
}

/// Whether a character carries no text: controls, joiners, direction marks, byte-order mark, soft hyphen.
pub(super) fn is_invisible(c: char) -> bool {
    match c {
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' => true,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => true,
        _ => c.is_control() && !c.is_whitespace(),
    }
}

/// ASCII for the full-width forms of East Asian typesetting.
fn full_width(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn clean_table() {
        let rows = [
            ("plain is untouched", "Juan García", "Juan García"),
            ("empty", "", ""),
            ("only white space", " \t\u{a0}\n ", ""),
            ("white space runs", " Juan \u{a0}\t García\n", "Juan García"),
            ("decomposed", "Garci\u{301}a", "García"),
            ("zero width and bidi", "\u{feff}Ju\u{200b}an\u{202e}", "Juan"),
            ("soft hyphen", "Gar\u{ad}cía", "García"),
            ("control", "Ju\u{7}an", "Juan"),
            ("full width", "ＪＵＡＮ　１２", "JUAN 12"),
            ("utf-8 as cp1252", "GarcÃ\u{ad}a PeÃ±a", "García Peña"),
            ("twice", "GarcÃƒÂ\u{ad}a", "García"),
            ("capital", "MUÃ‘OZ", "MUÑOZ"),
            ("quote", "Oâ€™Brien", "O’Brien"),
            ("oe ligature", "SacrÃ©-CÅ“ur", "Sacré-Cœur"),
            ("cyrillic run", "Ð˜Ð²Ð°Ð½", "Иван"),
            ("a real tilde is no damage", "IRMÃ SÃO JOÃO", "IRMÃ SÃO JOÃO"),
            ("a real capital before a quote", "„HÄ“ CAFÉ”", "„HÄ“ CAFÉ”"),
            ("latin-1 reading of cp1252", "O\u{92}Brien", "O’Brien"),
            ("entities", "Mu&ntilde;oz &amp; Pe&#241;a &#xD1;", "Muñoz & Peña Ñ"),
            ("entity twice", "Mu&amp;ntilde;oz", "Muñoz"),
            ("no entity", "A & B; C &foo;", "A & B; C &foo;"),
        ];
        for (name, input, expected) in rows {
            assert_eq!(clean(input), expected, "{name}");
        }
        assert!(matches!(clean("José Núñez-O'Brien 3ª"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn clean_text_is_clean(text in "\\PC{0,24}|.{0,24}|[ÃÂâÅÄ€™“”í&#;a-z0-9 ]{0,16}") {
            let cleaned = clean(&text).into_owned();
            prop_assert_eq!(&clean(&cleaned), &cleaned);
        }

        #[test]
        fn the_western_shortcut_agrees(text in "[\\PC&&[\u{0}-\u{ff}]]{0,12}|[A-Za-zÀ-ÿªº. ]{0,12}") {
            if is_clean(&text) {
                prop_assert_eq!(tidy(&repair(&text)), text);
            }
        }
    }
}
