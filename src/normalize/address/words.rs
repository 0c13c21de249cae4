//! From a cleaned line to its parts and their words.

use std::borrow::Cow;

use super::super::ascii;
use super::super::text::western_letter;
use super::clean::{GLUE, LETTER_M, Line, SIGN, class_of};
use super::lexicon::{Facts, Lexicon, NO_FACTS};

/// A word of a line.
#[derive(Clone, Copy)]
pub(super) struct Token<'a> {
    /// Without punctuation around it.
    pub(super) text: &'a str,
    /// Folded, letters and digits only.
    pub(super) word: &'a str,
    /// As written, with its punctuation.
    pub(super) raw: &'a str,
    /// What the tables of the country say of the word.
    pub(super) facts: &'static Facts,
    /// The line that it is of.
    pub(super) line: usize,
    /// Where its fold ends among those of all words.
    end: usize,
}

impl Token<'_> {
    pub(super) fn is_numeric(&self) -> bool {
        self.word.as_bytes().first().is_some_and(u8::is_ascii_digit)
    }

    pub(super) fn is_single_letter(&self) -> bool {
        self.word.len() == 1 && self.word.bytes().all(|b| b.is_ascii_alphabetic())
    }

    /// The digits of `3º`, `2ª`, `4t`, `3er`, `2nd`. `2A` is a floor and a door.
    pub(super) fn ordinal(&self) -> Option<&str> {
        let digits = self.word.find(|c: char| !c.is_ascii_digit())?;
        let (number, suffix) = self.word.split_at(digits);
        let signed = self.text.contains(['º', 'ª', '°']);
        let ending = matches!(
            suffix,
            "o" | "a" | "er" | "t" | "n" | "r" | "e" | "eme" | "nd" | "rd" | "th" | "st" | "d"
        );
        let lower = !self.text.contains(|c: char| c.is_ascii_uppercase());
        (!number.is_empty() && ending && (signed || lower)).then_some(number)
    }

    /// `12B` as number and letter.
    pub(super) fn number_and_letter(&self) -> Option<(&str, &str)> {
        let at = self.word.find(|c: char| !c.is_ascii_digit()).filter(|&at| at > 0)?;
        let (number, letters) = self.word.split_at(at);
        letters.bytes().all(|b| b.is_ascii_alphabetic()).then_some((number, letters))
    }

    pub(super) fn is_no_number(&self) -> bool {
        match self.word {
            "sn" => true,
            "snc" => self.facts.no_number || self.text.contains(['/', '.']),
            "sno" => self.text.eq_ignore_ascii_case("s/nº"),
            _ => false,
        }
    }
}

/// Cuts lines into words, whose folds it adds to `folds`; [`look_up`] gives them to the words. A first part that is `joined`
/// is of one line with the second.
pub(super) fn cut<'t>(segments: &[&'t str], joined: bool, folds: &mut String) -> Vec<Token<'t>> {
    const LETTERS_OF_A_WORD: usize = 4;
    let bytes: usize = segments.iter().map(|segment| segment.len() + 1).sum();
    folds.reserve(bytes);
    let mut tokens = Vec::with_capacity(bytes / LETTERS_OF_A_WORD + 2);
    for (position, segment) in segments.iter().enumerate() {
        let line = if joined { position.max(1) } else { position };
        let mut rest = *segment;
        while !rest.is_empty() {
            let (raw, plain) = first_word(rest);
            rest = rest.get(raw.len() + 1..).unwrap_or_default();
            let start = folds.len();
            let text = if plain { raw } else { without_edges(raw) };
            if plain {
                folds.push_str(text);
            } else {
                fold_letters(text, folds);
            }
            if folds.len() > start || text == "#" {
                tokens.push(Token { text, raw, line, end: folds.len(), word: "", facts: &NO_FACTS });
            }
        }
    }
    folds.make_ascii_lowercase();
    tokens
}

/// Gives words their folds, and what a country's tables say of them.
pub(super) fn look_up<'t>(tokens: &mut [Token<'t>], folds: &'t str, lexicon: &'static Lexicon) {
    let mut start = 0;
    for token in tokens {
        token.word = &folds[start..token.end];
        token.facts = lexicon.facts(token.word);
        start = token.end;
    }
}

/// What stands before the first blank, and whether it is of letters and digits of ASCII only.
fn first_word(text: &str) -> (&str, bool) {
    let bytes = text.as_bytes();
    let (mut end, mut classes) = (0, 0);
    while end < bytes.len() && bytes[end] != b' ' {
        classes |= class_of(bytes[end]);
        end += 1;
    }
    (&text[..end], classes & SIGN == 0)
}

/// A word without the punctuation around it.
fn without_edges(raw: &str) -> &str {
    let edge = |c: char| matches!(c, '.' | ',' | ':' | '\'' | '`' | '*' | '!' | '?') || c.is_whitespace();
    let inside = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bare = inside(raw.as_bytes().first()) && inside(raw.as_bytes().last());
    if bare { raw } else { raw.trim_matches(edge) }
}

/// Appends the folded letters and digits of a text.
fn fold_letters(text: &str, out: &mut String) {
    let start = out.len();
    for c in text.chars() {
        let letter = if c.is_ascii() { Some(c) } else { western_letter(c) };
        match letter {
            Some(letter) if letter.is_ascii_alphanumeric() => out.push(letter.to_ascii_lowercase()),
            Some(_) => {}
            None => {
                out.truncate(start);
                out.extend(ascii::fold(text).chars().filter(char::is_ascii_alphanumeric));
                return;
            }
        }
    }
}

/// The parts between commas, of text with single blanks.
pub(super) fn segments(spaced: &str) -> Vec<&str> {
    const USUAL: usize = 6;
    let mut out = Vec::with_capacity(USUAL);
    let (mut start, bytes) = (0, spaced.as_bytes());
    while start < bytes.len() {
        let end = bytes[start..].iter().position(|&byte| byte == b',').map_or(bytes.len(), |at| start + at);
        let segment = spaced[start..end].trim_ascii();
        if !segment.is_empty() {
            out.push(segment);
        }
        start = end + 1;
    }
    out
}

/// The text with commas for free-standing dashes, glued words set apart, and single blanks.
pub(super) fn spaced<'t>(line: &'t Line<'_>, region: &str) -> Cow<'t, str> {
    let text =
        if line.has(LETTER_M) { without_spelled_absence(&line.text) } else { Cow::Borrowed(&*line.text) };
    // The absence spelt out is written with a sign.
    if !line.has(GLUE) && matches!(text, Cow::Borrowed(_)) {
        return text;
    }
    let glue = |byte: u8| matches!(byte, b'-' | b'#' | b':' | b'/' | b'.' | 0xc2);
    let text = &*text;
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut done = 0;
    while let Some(found) = text.as_bytes()[done..].iter().position(|&byte| glue(byte)) {
        let at = done + found;
        append(&text[done..at], &mut spaced);
        let (before, from) = text.split_at(at);
        let c = from.chars().next().unwrap_or(' ');
        done = at + c.len_utf8();
        let after = &text[done..];
        let next_is = |f: fn(&char) -> bool| after.chars().next().is_some_and(|c| f(&c));
        match c {
            '-' if is_separator(before, after, region) => spaced.push(','),
            'º' | 'ª' | '°' if next_is(|c| c.is_alphanumeric()) => spaced.extend([c, ' ']),
            '#' => append(" # ", &mut spaced),
            // `Es:1 Pl:03 Pt:B`
            ':' if before.ends_with(char::is_alphabetic) && next_is(|c| c.is_alphanumeric()) => {
                append(" ", &mut spaced)
            }
            '/' if next_is(|c| c.is_alphabetic()) && is_type_slash(before, after) => spaced.push_str("/ "),
            '.' if before.ends_with(char::is_alphabetic) && next_is(char::is_ascii_digit) => {
                spaced.push_str(". ")
            }
            _ => spaced.push(c),
        }
    }
    append(&text[done..], &mut spaced);
    Cow::Owned(spaced)
}

/// Appends a piece without a second blank where two would meet.
fn append(piece: &str, out: &mut String) {
    let piece = if out.ends_with(' ') { piece.strip_prefix(' ').unwrap_or(piece) } else { piece };
    out.push_str(piece);
}

/// `C/Alcalá`, but not `s/n`, `r/c`, `c/v`.
fn is_type_slash(before: &str, after: &str) -> bool {
    const LONGEST_TYPE: usize = 4;
    let head = before.rsplit([' ', ',']).next().unwrap_or_default();
    // `s/nº`: the ordinal sign is no letter of a name.
    let letters = after.chars().take_while(|c| c.is_alphabetic() && !matches!(c, 'º' | 'ª')).count();
    head.chars().all(char::is_alphabetic) && (1..=LONGEST_TYPE).contains(&head.chars().count()) && letters > 1
}

/// A dash between parts: with blanks on both sides, or in Spain next to a postcode or before a floor.
fn is_separator(before: &str, after: &str, region: &str) -> bool {
    // `E-28013`: the letter of the country before its postcode.
    let mut head = before.chars().rev();
    if head.next().is_some_and(|c| matches!(c, 'E' | 'D' | 'F' | 'I'))
        && head.next().is_none_or(|c| matches!(c, ' ' | ',' | '.'))
        && after.starts_with(|c: char| c.is_ascii_digit())
    {
        return false;
    }
    let digit_before = before.trim_end().ends_with(|c: char| c.is_ascii_digit());
    let digits_after = after.trim_start().bytes().take_while(u8::is_ascii_digit).count();
    if before.ends_with(' ') && after.starts_with(' ') {
        return !(digit_before && digits_after > 0);
    }
    if region != "ES" {
        return false;
    }
    let rest = &after[digits_after.min(after.len())..];
    let code_after = digits_after == 5 && !rest.starts_with(|c: char| c.is_alphanumeric());
    let digits_before = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let code_before = digits_before == 5 && after.starts_with(char::is_alphabetic);
    code_after || code_before || (digit_before && digits_after > 0 && rest.starts_with(['º', 'ª', '°']))
}

/// `s/n` for the words that say so: `sin número`, `sem número`, `senza numero civico`.
fn without_spelled_absence(text: &str) -> Cow<'_, str> {
    const SPELLED: [&str; 6] =
        ["sin número", "sin numero", "sem número", "sem numero", "s/número", "s/numero"];
    let bytes = text.as_bytes();
    let candidate = |at: &usize| {
        matches!(bytes[*at], b's' | b'S')
            && matches!(bytes.get(at + 1), Some(b'i' | b'I' | b'e' | b'E' | b'/'))
            && matches!(bytes.get(at + 2), Some(b'n' | b'N' | b'm' | b'M'))
    };
    let found = (0..bytes.len()).filter(candidate).find_map(|at| {
        SPELLED.iter().find_map(|spelled| {
            let end = at + spelled.len();
            // `Ú` and `ú` have the same length.
            let same = text.get(at..end).is_some_and(|t| t.to_lowercase() == *spelled);
            (same && !text[..at].ends_with(char::is_alphanumeric)).then_some((at, end))
        })
    });
    match found {
        Some((at, end)) => Cow::Owned(format!("{}s/n{}", &text[..at], &text[end..])),
        None => Cow::Borrowed(text),
    }
}
