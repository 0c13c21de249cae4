//! Cologne phonetics (Kölner Phonetik): what Soundex is for English, for German.
//!
//! | letters | where | digit |
//! |---|---|---|
//! | a e i j o u y, ä ö ü | | 0 |
//! | h | | none |
//! | b; p | p not before h | 1 |
//! | d t | not before c s z | 2 |
//! | f v w; p | p before h | 3 |
//! | g k q | | 4 |
//! | c | first, before a h k l o q r u x | 4 |
//! | c | later, before a h k o q u x, not after s z | 4 |
//! | x | not after c k q | 48 |
//! | l | | 5 |
//! | m n | | 6 |
//! | r | | 7 |
//! | s z ß; c elsewhere; d t before c s z; x after c k q | | 8 |
//!
//! Every 0 but a leading one is dropped, and of equal digits that then stand side by side one is kept. Others drop the
//! zeros last, so that a vowel separates (`Hoffmann` 0366, here 036); this is the order of Apache Commons Codec, and
//! so of Lucene, Solr and Elasticsearch, whose stored keys are those most often met.
//!
//! # Source
//! Postel 1969, "Die Kölner Phonetik. Ein Verfahren zur Identifizierung von Personennamen auf der Grundlage der
//! Gestaltanalyse".

use super::phonetic::PhoneticCode;

/// The Cologne code, digits only; empty if the value has no letter that sounds. Letters of any case count, with German
/// umlauts and ß; everything else is skipped. Codes are cut at [`PhoneticCode::CAPACITY`] digits.
///
/// For German names; for mixed data prefer [`phonetic_key`](super::phonetic_key()).
///
/// # Complexity
/// O(n), no allocation.
///
/// # Example
/// ```
/// use quilate::similarity::cologne;
/// assert_eq!(cologne("Müller-Lüdenscheidt").as_str(), "65752682");
/// assert_eq!(cologne("Meyer"), cologne("Maier"));
/// ```
pub fn cologne(value: &str) -> PhoneticCode {
    let mut code = PhoneticCode::default();
    let mut letters = value.chars().filter_map(letter).peekable();
    let (mut before, mut last) = (None, None);
    while let Some(current) = letters.next() {
        for &digit in digits(before, current, letters.peek().copied()) {
            if digit == b'0' && !code.is_empty() {
                continue;
            }
            if last != Some(digit) {
                code.push(digit);
            }
            last = Some(digit);
        }
        before = Some(current);
    }
    code
}

/// The letter as lower-case ASCII; `None` for what is no letter to this code.
fn letter(c: char) -> Option<u8> {
    match c {
        'a'..='z' | 'A'..='Z' => Some((c as u8).to_ascii_lowercase()),
        'ä' | 'Ä' => Some(b'a'),
        'ö' | 'Ö' => Some(b'o'),
        'ü' | 'Ü' => Some(b'u'),
        'ß' | 'ẞ' => Some(b's'),
        _ => None,
    }
}

fn digits(before: Option<u8>, letter: u8, next: Option<u8>) -> &'static [u8] {
    match letter {
        b'a' | b'e' | b'i' | b'j' | b'o' | b'u' | b'y' => b"0",
        b'p' if next == Some(b'h') => b"3",
        b'b' | b'p' => b"1",
        b'd' | b't' if matches!(next, Some(b'c' | b's' | b'z')) => b"8",
        b'd' | b't' => b"2",
        b'f' | b'v' | b'w' => b"3",
        b'g' | b'k' | b'q' => b"4",
        b'c' if hard_c(before, next) => b"4",
        b'x' if !matches!(before, Some(b'c' | b'k' | b'q')) => b"48",
        b'l' => b"5",
        b'm' | b'n' => b"6",
        b'r' => b"7",
        b's' | b'z' | b'c' | b'x' => b"8",
        _ => b"",
    }
}

fn hard_c(before: Option<u8>, next: Option<u8>) -> bool {
    match before {
        None => matches!(next, Some(b'a' | b'h' | b'k' | b'l' | b'o' | b'q' | b'r' | b'u' | b'x')),
        Some(b's' | b'z') => false,
        Some(_) => matches!(next, Some(b'a' | b'h' | b'k' | b'o' | b'q' | b'u' | b'x')),
    }
}
