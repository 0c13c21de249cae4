//! Which kinds of characters a text holds, as one set of bits: found in the pass that cuts a cell into words, and asked
//! before every step that only some names need.
//!
//! # Shape
//! A text of bytes to one `u32`, a bit a class; [`signs_of`] is the union over all bytes, so that the signs of a whole are
//! those of its parts together. The empty text has none.
//!
//! # Complexity
//! One look into a table of 256 entries a byte.

use super::super::text::{LetterCase, letter_case};

/// Classes of bytes.
pub(super) mod sign {
    /// Capitals of ASCII.
    pub const UPPER: u32 = 1;
    /// Small letters of ASCII.
    pub const LOWER: u32 = 1 << 1;
    pub const DIGIT: u32 = 1 << 2;
    pub const DOT: u32 = 1 << 3;
    pub const SPACE: u32 = 1 << 4;
    /// `,` and `;`.
    pub const COMMA: u32 = 1 << 5;
    pub const SLASH: u32 = 1 << 6;
    pub const AT: u32 = 1 << 7;
    /// `&` and `+`.
    pub const PLUS: u32 = 1 << 8;
    /// What may open an aside, and the lead bytes of typographic quotes and apostrophes, `ª`, `º` and `°`.
    pub const UNUSUAL: u32 = 1 << 9;
    /// Lead byte of the letters from U+00C0 to U+00FF.
    pub const LATIN: u32 = 1 << 10;
    /// What follows it in the two of them that are no letters, `×` and `÷`.
    pub const TIMES: u32 = 1 << 11;
    /// Lead bytes of all other characters.
    pub const EXOTIC: u32 = 1 << 12;
    /// Of these, the ones of the characters from U+0340 on: other scripts are among them.
    pub const FAR: u32 = 1 << 13;
    /// Other characters of ASCII.
    pub const OTHER: u32 = 1 << 14;

    /// What follows the lead byte in the capitals from U+00C0 to U+00DE, and in the small letters from U+00DF.
    pub const LATIN_UPPER: u32 = 1 << 15;
    pub const LATIN_LOWER: u32 = 1 << 16;

    /// ASCII letters and digits: text of nothing else is its own fold but for case.
    pub const PLAIN: u32 = UPPER | LOWER | DIGIT;
    /// Text of nothing else has letters and digits only.
    pub const WORD: u32 = PLAIN | LATIN | LATIN_UPPER | LATIN_LOWER;
    /// What separates words.
    pub const BREAK: u32 = SPACE | COMMA;
}

const SIGNS: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'A'..=b'Z' => sign::UPPER,
            b'a'..=b'z' => sign::LOWER,
            b'0'..=b'9' => sign::DIGIT,
            b'.' => sign::DOT,
            b' ' => sign::SPACE,
            b',' | b';' => sign::COMMA,
            b'/' => sign::SLASH,
            b'@' => sign::AT,
            b'&' | b'+' => sign::PLUS,
            b'(' | b'[' | b'"' | b'`' => sign::UNUSUAL,
            0..0x80 => sign::OTHER,
            0x97 | 0xb7 => sign::TIMES,
            0x80..0x9f => sign::LATIN_UPPER,
            0x9f..0xc0 => sign::LATIN_LOWER,
            0xc2 | 0xca => sign::EXOTIC | sign::UNUSUAL,
            0xc3 => sign::LATIN,
            0xe2 => sign::EXOTIC | sign::FAR | sign::UNUSUAL,
            0xcd.. => sign::EXOTIC | sign::FAR,
            _ => sign::EXOTIC,
        };
        byte += 1;
    }
    table
};

/// The class of a byte.
pub(super) fn sign_of(byte: u8) -> u32 {
    SIGNS[usize::from(byte)]
}

/// The classes of all bytes of a text.
pub(super) fn signs_of(text: &str) -> u32 {
    text.bytes().fold(0, |all, byte| all | sign_of(byte))
}

/// [`letter_case`] of a text with these signs.
pub(super) fn case_of(text: &str, signs: u32) -> LetterCase {
    if signs & sign::EXOTIC != 0 {
        return letter_case(text);
    }
    let upper = signs & (sign::UPPER | sign::LATIN_UPPER) != 0;
    let lower = signs & (sign::LOWER | sign::LATIN_LOWER) != 0;
    match (upper, lower) {
        (true, false) => LetterCase::Upper,
        (false, true) => LetterCase::Lower,
        _ => LetterCase::Mixed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn signs_say_what_is_there(text in "\\PC{0,12}|[A-Za-zÀ-ÿªº'’., 0-9]{0,12}") {
            let signs = signs_of(&text);
            let has = |sign: u32| signs & sign != 0;
            prop_assert_eq!(has(sign::DIGIT), text.bytes().any(|byte| byte.is_ascii_digit()));
            prop_assert_eq!(has(sign::LATIN | sign::EXOTIC), !text.is_ascii());
            prop_assert_eq!(has(sign::FAR), text.chars().any(|c| c >= '\u{340}'));
            prop_assert_eq!(has(sign::COMMA), text.contains([',', ';']));
            if signs & !sign::WORD == 0 {
                prop_assert!(text.chars().all(char::is_alphanumeric), "{}", text);
            }
            if text.contains(['’', '‘', '`', '´', 'ʼ', '′', '°', 'ª', '“', '«', '„', '(', '[', '"']) {
                prop_assert!(has(sign::UNUSUAL));
            }
            prop_assert_eq!(case_of(&text, signs), letter_case(&text));
        }
    }
}
