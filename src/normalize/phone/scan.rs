//! From a cell to digits: labels, notes, extensions, several numbers, and the damage of spreadsheets and scanners.

use std::borrow::Cow;

use super::super::ascii;

/// More than any number with its dialled prefixes; what comes after makes a number too long anyway.
const MAX_DIGITS: usize = 24;
/// Fewest digits that stand for a number of their own in a cell of several.
const MIN_OWN: usize = 7;
/// Fewest digits before a word or sign that introduces an extension.
const MIN_BEFORE_EXTENSION: usize = 6;
/// Most digits of an extension, as telephone exchanges have them; what follows is cut.
const MAX_EXTENSION: usize = 7;
/// What introduces an extension in RFC 3966, and in the canonical form.
pub(super) const EXTENSION_SIGN: &str = ";ext=";
/// Two unbroken runs of this many digits are two numbers even with only a blank between them.
const MIN_UNBROKEN: usize = 9;

/// Up to [`MAX_DIGITS`] ASCII digits, without allocation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digits {
    bytes: [u8; MAX_DIGITS],
    len: usize,
}

impl Digits {
    fn new() -> Self {
        Self { bytes: [0; MAX_DIGITS], len: 0 }
    }

    pub(super) fn from_ascii(text: &str) -> Self {
        let mut digits = Self::new();
        digits.extend(text);
        digits
    }

    /// Appends one ASCII digit; beyond the capacity it is dropped.
    pub(super) fn push(&mut self, digit: u8) {
        if self.len < MAX_DIGITS {
            self.bytes[self.len] = digit;
            self.len += 1;
        }
    }

    pub(super) fn extend(&mut self, text: &str) {
        text.bytes().for_each(|b| self.push(b));
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// What a piece of text holds.
pub(super) struct Scan {
    pub(super) plus: bool,
    pub(super) digits: Digits,
    pub(super) extension: Digits,
    letters_read: bool,
    vanity: bool,
    spreadsheet: bool,
    note: bool,
    /// A spreadsheet rounded the number: its last digits are gone.
    pub(super) lost_digits: bool,
}

impl Scan {
    pub(super) fn extension(&self) -> Option<String> {
        (!self.extension.is_empty()).then(|| self.extension.as_str().to_owned())
    }

    /// Whether letters were read as digits, or an exponent was written out.
    pub(super) fn repaired(&self) -> bool {
        self.letters_read || self.spreadsheet
    }

    pub(super) fn reasons(&self) -> impl Iterator<Item = &'static str> + use<> {
        let flags = [
            self.letters_read.then_some("ocr_letter"),
            (self.spreadsheet && !self.lost_digits).then_some("excel_scientific"),
            self.vanity.then_some("vanity_letters"),
            self.note.then_some("note_dropped"),
        ];
        flags.into_iter().flatten()
    }
}

/// The text with digits, signs and letters in ASCII.
pub(super) fn to_ascii(raw: &str) -> Cow<'_, str> {
    if raw.is_ascii() {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars().filter(|&c| !ascii::is_invisible(c)) {
        if let Some(value) = ascii::digit_value(c) {
            out.push(char::from(b'0' + value));
        } else if c.is_ascii() {
            out.push(c);
        } else if c == '\u{FF0B}' {
            out.push('+');
        } else if c.is_alphabetic() {
            // Not transliterated digit by digit: `²` or a Han numeral is not a typed digit.
            let folded = deunicode::deunicode_char(c).unwrap_or("");
            out.extend(folded.chars().filter(char::is_ascii_alphabetic));
        } else {
            out.push(if c.is_whitespace() { ' ' } else { '-' });
        }
    }
    Cow::Owned(out)
}

/// The numbers of a cell, in order, as they are written. A separator counts only between two runs of at least seven
/// digits, so that `971/30.55.12` stays whole.
pub fn split_phones(raw: &str) -> Vec<&str> {
    // Offsets are taken in the raw text, whose separators are ASCII; foreign digits count as digits all the same.
    let mut out = Vec::new();
    let mut rest = raw;
    while let Some((end, next)) = first_cut(rest) {
        out.push(rest[..end].trim());
        rest = &rest[next..];
    }
    if !rest.trim().is_empty() {
        out.push(rest.trim());
    }
    out
}

pub(super) fn pieces(text: &str) -> Vec<&str> {
    if text.bytes().filter(u8::is_ascii_digit).count() < 2 * MIN_OWN {
        return vec![text];
    }
    split_phones(text)
}

fn count_digits(text: &str) -> usize {
    text.chars().filter(|&c| ascii::digit_value(c).is_some()).count()
}

/// Where the first number ends and the rest begins.
fn first_cut(text: &str) -> Option<(usize, usize)> {
    let (mut before, mut run, mut at) = (0, 0, 0);
    while let Some(c) = text[at..].chars().next() {
        let start = at;
        at += c.len_utf8();
        if ascii::digit_value(c).is_some() {
            before += 1;
            run += 1;
            continue;
        }
        let unbroken = std::mem::take(&mut run);
        let (separates, next) = match c {
            ';' => (!text[start..].starts_with(EXTENSION_SIGN), at),
            '/' | ',' | '|' | '\n' | '\r' | '\t' | '&' | '\\' => (true, at),
            // A dash with blanks around it, behind a whole number.
            '-' => {
                let free = text[..start].ends_with(' ') && text[at..].starts_with(' ');
                (free && before >= MIN_UNBROKEN && count_digits(&text[at..]) >= MIN_UNBROKEN, at)
            }
            ':' => (text[start..].starts_with(":::"), start + text[start..].len().min(3)),
            '+' => (true, start),
            _ if c.is_whitespace() => {
                let follows = text[at..].chars().take_while(|c| ascii::digit_value(*c).is_some()).count();
                (unbroken >= MIN_UNBROKEN && follows >= MIN_UNBROKEN, at)
            }
            _ if c.is_alphabetic() => {
                let length = text[start..]
                    .chars()
                    .take_while(|c| c.is_alphabetic())
                    .map(char::len_utf8)
                    .sum::<usize>();
                at = start + length;
                (!belongs_to_number(text, start, at), at)
            }
            _ => (false, at),
        };
        if separates && before >= MIN_OWN && count_digits(&text[next..]) >= MIN_OWN {
            return Some((start, next));
        }
    }
    None
}

/// Whether the word between two offsets introduces an extension or is a letter typed for a digit.
fn belongs_to_number(text: &str, start: usize, end: usize) -> bool {
    let digit = |c: char| ascii::digit_value(c).is_some();
    let word = &text[start..end];
    let glued = text[..start].ends_with(digit) || text[end..].starts_with(digit);
    is_extension_word(word) || (glued && word.chars().all(|c| letter_digit(c).is_some()))
}

fn is_extension_word(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "x",
        "ext",
        "extn",
        "extension",
        "extensio",
        "int",
        "interno",
        "anexo",
        "anx",
        "ramal",
        "poste",
        "dob",
        "centralita",
        "durchwahl",
    ];
    let folded = ascii::fold(word);
    WORDS.contains(&folded.as_str())
}

/// The digit that a letter stands for when it touches digits.
fn letter_digit(letter: char) -> Option<u8> {
    match letter {
        'o' | 'O' => Some(b'0'),
        'l' | 'I' | 'i' => Some(b'1'),
        _ => None,
    }
}

/// Reads one number from ASCII text.
pub(super) fn scan(text: &str) -> Scan {
    let text = text.trim().trim_start_matches(['\'', '=', '"']);
    let mut out = Scan {
        plus: false,
        digits: Digits::new(),
        extension: Digits::new(),
        letters_read: false,
        vanity: false,
        spreadsheet: false,
        note: false,
        lost_digits: false,
    };
    if let Some((digits, lost)) = written_out(text) {
        out.digits = digits;
        out.spreadsheet = true;
        out.lost_digits = lost;
        return out;
    }
    let bytes = without_decimals(text).as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            digit @ b'0'..=b'9' => out.digits.push(digit),
            b'+' if out.digits.is_empty() => out.plus = true,
            b'(' if !out.digits.is_empty() && bytes[at..].starts_with(b"(0)") => at += 2,
            b'#' if out.digits.len >= MIN_BEFORE_EXTENSION => {
                out.extension = leading_digits(&bytes[at + 1..]);
                break;
            }
            b'/' if out.digits.len >= 9 => {
                out.note = bytes[at..].iter().any(u8::is_ascii_digit);
                break;
            }
            letter if letter.is_ascii_alphabetic() => {
                let len = bytes[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
                if !letters(&mut out, bytes, at, len) {
                    break;
                }
                at += len - 1;
            }
            _ => {}
        }
        at += 1;
    }
    out
}

/// Handles a word inside a number; false when the number ends there.
fn letters(out: &mut Scan, bytes: &[u8], at: usize, len: usize) -> bool {
    const LONGEST_SLIP: usize = 2;
    let word = &bytes[at..at + len];
    let touches =
        (at > 0 && bytes[at - 1].is_ascii_digit()) || bytes.get(at + len).is_some_and(u8::is_ascii_digit);
    let slip = len <= LONGEST_SLIP && touches && word.iter().all(|&b| letter_digit(char::from(b)).is_some());
    if slip {
        word.iter().filter_map(|&b| letter_digit(char::from(b))).for_each(|d| out.digits.push(d));
        out.letters_read = true;
        return true;
    }
    if let Some(most) = digits_of_free_call(out) {
        if len >= LONGEST_SLIP && word.iter().all(u8::is_ascii_uppercase) {
            let room = most.saturating_sub(out.digits.len);
            word.iter().take(room).for_each(|&letter| out.digits.push(key_of(letter)));
            out.vanity = true;
            return true;
        }
    } else if misread_inside(bytes, at, len) {
        word.iter().for_each(|&letter| out.digits.push(look_alike(letter)));
        out.letters_read = true;
        return true;
    }
    if out.digits.len < MIN_BEFORE_EXTENSION {
        return true;
    }
    if std::str::from_utf8(word).is_ok_and(is_extension_word) {
        out.extension = leading_digits(&bytes[at + len..]);
    } else {
        out.note = true;
    }
    false
}

/// The digits of a whole North American number, when what was read so far is the code of free calls, behind which
/// letters are dialled: `1-800-FLOWERS`.
fn digits_of_free_call(scan: &Scan) -> Option<usize> {
    const CODES: [&str; 7] = ["800", "833", "844", "855", "866", "877", "888"];
    let digits = scan.digits.as_str();
    let (code, whole) = digits.strip_prefix('1').map_or((digits, 10), |rest| (rest, 11));
    (code.len() < 10 && code.get(..3).is_some_and(|code| CODES.contains(&code))).then_some(whole)
}

/// The key of a dial that a capital letter stands on.
fn key_of(letter: u8) -> u8 {
    match letter {
        b'A'..=b'C' => b'2',
        b'D'..=b'F' => b'3',
        b'G'..=b'I' => b'4',
        b'J'..=b'L' => b'5',
        b'M'..=b'O' => b'6',
        b'P'..=b'S' => b'7',
        b'T'..=b'V' => b'8',
        _ => b'9',
    }
}

/// Whether one capital letter that looks like a digit stands right behind one, and digits follow: `66B 443 322`.
fn misread_inside(bytes: &[u8], at: usize, len: usize) -> bool {
    len == 1
        && matches!(bytes[at], b'S' | b'B' | b'Z')
        && at > 0
        && bytes[at - 1].is_ascii_digit()
        && bytes[at + 1..].iter().find(|b| !matches!(b, b' ' | b'-' | b'.')).is_some_and(u8::is_ascii_digit)
}

/// The digit that a capital letter looks like.
fn look_alike(letter: u8) -> u8 {
    match letter {
        b'S' => b'5',
        b'B' => b'8',
        _ => b'2',
    }
}

fn leading_digits(bytes: &[u8]) -> Digits {
    let mut digits = Digits::new();
    for &b in bytes.iter().skip_while(|b| !b.is_ascii_digit()).take_while(|b| b.is_ascii_digit()) {
        if digits.len < MAX_EXTENSION {
            digits.push(b);
        }
    }
    digits
}

/// `6,12345679E+08` written out, and whether digits were lost in it.
fn written_out(text: &str) -> Option<(Digits, bool)> {
    let (mantissa, exponent) = text.split_once(['E', 'e'])?;
    let exponent: usize =
        exponent.trim_start_matches('+').parse().ok().filter(|&e| (6..MAX_DIGITS).contains(&e))?;
    let (whole, fraction) = mantissa.split_once([',', '.'])?;
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 1 || !plain(whole) || !plain(fraction) {
        return None;
    }
    let mut digits = Digits::from_ascii(whole);
    digits.extend(fraction.get(..exponent).unwrap_or(fraction));
    let lost = fraction.len() < exponent;
    for _ in fraction.len()..exponent {
        digits.push(b'0');
    }
    Some((digits, lost))
}

/// A number that a spreadsheet read as decimal, `655010203.0`, without its decimals.
fn without_decimals(text: &str) -> &str {
    let Some((whole, decimals)) = text.rsplit_once(['.', ',']) else { return text };
    let zeros = matches!(decimals, "0" | "00");
    let plain = whole.trim_start_matches('+').bytes().all(|b| b.is_ascii_digit()) && whole.len() >= MIN_OWN;
    if zeros && plain { whole } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_only_between_whole_numbers() {
        let rows: [(&str, &[&str]); 8] = [
            ("971/30.55.12", &["971/30.55.12"]),
            ("650123457/911234561", &["650123457", "911234561"]),
            ("650 123 457; 91 123 45 61", &["650 123 457", "91 123 45 61"]),
            ("650123457 y 911234561", &["650123457", "911234561"]),
            ("650123457+34911234561", &["650123457", "+34911234561"]),
            ("932154410 ext 1234567", &["932154410 ext 1234567"]),
            ("650123457 ::: 911234561", &["650123457", "911234561"]),
            ("", &[]),
        ];
        for (raw, pieces) in rows {
            let got: Vec<&str> = split_phones(raw);
            assert_eq!(got, pieces, "{raw}");
        }
    }

    #[test]
    fn exponents() {
        assert_eq!(
            written_out("6,12345679E+08").map(|(d, lost)| (d.as_str().to_owned(), lost)),
            Some(("612345679".into(), false))
        );
        assert_eq!(written_out("6.12E+08").map(|(_, lost)| lost), Some(true));
        assert!(written_out("E+08").is_none());
    }
}
