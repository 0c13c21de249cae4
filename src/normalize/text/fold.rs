//! The lossy forms: [`fold`] for comparison, [`key`] for blocking.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, is_nfkc_quick};

use super::confusable::unmixed;

/// The comparison form: lower case, without the accents of Latin letters, punctuation as single spaces.
///
/// NFKC first. If every letter is Latin, `ß ø æ œ ł đ ð þ ı` become their usual ASCII spelling and combining marks are
/// dropped (`ñ` becomes `n`: compare the originals where that difference matters); text with other scripts is only
/// case-folded, since marks there are letters. Apostrophes vanish (`O'Brien` is `obrien`).
///
/// # Complexity
/// Linear; one look-up a byte for the letters of Western Europe.
///
/// # Example
/// ```
/// # use quilate::normalize::text::fold;
/// assert_eq!(fold("  Muñoz-O’Brien, S.L. "), "munoz obrien s l");
/// assert_eq!(fold("ООО «Ромашка»"), "ооо ромашка");
/// ```
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// [`fold`] appended to `out`; nothing is put between what was there and the new text.
pub(crate) fn fold_into(text: &str, out: &mut String) {
    if !fold_plain(text, out) && !fold_western(text, out) {
        fold_any(text, out);
    }
}

/// Words of ASCII letters and digits with single spaces between them, of which only the case changes; false, with `out` as
/// it was, for other text.
fn fold_plain(text: &str, out: &mut String) -> bool {
    let mut word = false;
    for byte in text.bytes() {
        let fits = byte.is_ascii_alphanumeric() || byte == b' ' && word;
        if !fits {
            return false;
        }
        word = byte != b' ';
    }
    if word {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    }
    word || text.is_empty()
}

// ---- Western Europe ---------------------------------------------------------------------------------------------------

/// Codes of [`ASCII`] and [`LATIN1`] beside the letters and digits that folding gives.
const DROPPED: u8 = 0;
const DOUBLE_S: u8 = 1;
const A_E: u8 = 2;
const T_H: u8 = 3;
const SEPARATOR: u8 = b' ';

/// What a byte of ASCII folds to.
const ASCII: [u8; 128] = {
    let mut table = [SEPARATOR; 128];
    let mut byte = 0;
    while byte < 128 {
        let c = byte as u8;
        if c.is_ascii_alphanumeric() || c == b'_' {
            table[byte] = c.to_ascii_lowercase();
        } else if matches!(c, b'\'' | b'`') {
            table[byte] = DROPPED;
        }
        byte += 1;
    }
    table
};

/// What the letters from U+00C0 to U+00DF fold to; those from U+00E0 are their small letters.
const LATIN1: [u8; 32] = {
    let mut table = *b"aaaaaa.ceeeeiiiidnooooo.ouuuuy..";
    table[0x06] = A_E;
    table[0x17] = SEPARATOR;
    table[0x1e] = T_H;
    table[0x1f] = DOUBLE_S;
    table
};

/// `ÿ` has its capital elsewhere, where `ß` stands among the capitals.
const Y_DIAERESIS: u8 = 0xbf;

/// What a character of two or three bytes folds to, and how many bytes follow its lead byte; `None` for those that need
/// Unicode's tables.
fn western(lead: u8, rest: &[u8]) -> Option<(u8, usize)> {
    match (lead, rest) {
        (0xc3, &[Y_DIAERESIS, ..]) => Some((b'y', 1)),
        (0xc3, &[byte, ..]) => Some((LATIN1[usize::from(byte & 0x1f)], 1)),
        (0xc2, &[0xaa, ..]) => Some((b'a', 1)),
        (0xc2, &[0xba, ..]) => Some((b'o', 1)),
        (0xc2, &[0xb4, ..]) => Some((DROPPED, 1)),
        // No-break space, ¡ « · » ¿.
        (0xc2, &[0xa0 | 0xa1 | 0xab | 0xb7 | 0xbb | 0xbf, ..]) => Some((SEPARATOR, 1)),
        (0xe2, &[0x80, 0x99, ..]) => Some((DROPPED, 2)),
        // Dashes and the other quotes.
        (0xe2, &[0x80, 0x93 | 0x94 | 0x98 | 0x9c | 0x9d, ..]) => Some((SEPARATOR, 2)),
        _ => None,
    }
}

/// The small ASCII letter of a letter of Latin-1 that has one: `Ñ` is `n`, `º` is `o`; `ß` and `æ` have two.
pub(in crate::normalize) fn western_letter(c: char) -> Option<char> {
    match c {
        'À'..='þ' => Some(LATIN1[c as usize & 0x1f]).filter(|&letter| letter > SEPARATOR).map(char::from),
        'ÿ' => Some('y'),
        'ª' => Some('a'),
        'º' => Some('o'),
        _ => None,
    }
}

/// Folds text of ASCII, Latin-1 and their usual punctuation; says false, with nothing added, for any other.
///
/// None of these characters is changed by NFKC or combines with its neighbour, so that folding is a look-up. Nor does any
/// fold to more bytes than it has: a chunk of the text is folded on the stack, without a branch that depends on letters,
/// and added to the string as a whole.
fn fold_western(text: &str, out: &mut String) -> bool {
    const CHUNK: usize = 64;
    let start = out.len();
    let (mut chunk, mut used) = ([0u8; CHUNK], 0);
    // What a code must be above to be kept: behind a separator that is another separator, too.
    let mut bar = SEPARATOR;
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        // Two bytes are left for a letter that is spelt with two.
        if used >= CHUNK - 1 {
            push_ascii(&chunk[..used], out);
            used = 0;
        }
        let mut code;
        if byte.is_ascii() {
            (code, rest) = (ASCII[usize::from(byte & 0x7f)], tail);
        } else {
            let Some((folded, length)) = western(*byte, tail) else {
                out.truncate(start);
                return false;
            };
            (code, rest) = (folded, &tail[length..]);
            if matches!(code, DOUBLE_S | A_E | T_H) {
                let [first, second] = [*b"ss", *b"ae", *b"th"][usize::from(code - DOUBLE_S)];
                chunk[used] = first;
                used += 1;
                code = second;
            }
        }
        chunk[used] = code;
        // Without short cuts, which would be branches that no predictor learns.
        let kept = code > bar;
        used += usize::from(kept);
        bar = if kept { SEPARATOR - u8::from(code > SEPARATOR) } else { bar };
    }
    push_ascii(&chunk[..used], out);
    if bar == SEPARATOR && out.len() > start {
        out.pop();
    }
    true
}

/// Appends bytes that are known to be ASCII.
fn push_ascii(bytes: &[u8], out: &mut String) {
    match std::str::from_utf8(bytes) {
        Ok(text) => out.push_str(text),
        Err(_) => unreachable!("the folding tables give ASCII"),
    }
}

// ---- any text ---------------------------------------------------------------------------------------------------------

fn fold_any(text: &str, out: &mut String) {
    let start = out.len();
    let mut sink = FoldSink { start, out, pending: false };
    // NFKC would make a space and an accent of the key beside the P, which is typed for an apostrophe (O´Donnell).
    let normal: String = text.chars().filter(|&c| c != '´').nfkc().collect();
    if normal.chars().all(|c| !c.is_alphabetic() || is_latin(c)) {
        for c in normal.chars() {
            // Decomposed first: `Ǽ` is an accented `Æ`, which has a spelling.
            for base in std::iter::once(c).nfkd().filter(|&c| !is_combining_mark(c)) {
                match latin_spelling(base) {
                    Some(spelling) => spelling.chars().for_each(|c| sink.push(c)),
                    None => base.to_lowercase().filter(|&c| !is_combining_mark(c)).for_each(|c| sink.push(c)),
                }
            }
        }
    } else {
        for c in normal.chars().flat_map(char::to_lowercase).nfkc() {
            match c {
                'ς' => sink.push('σ'),
                'ß' => "ss".chars().for_each(|c| sink.push(c)),
                _ => sink.push(c),
            }
        }
        // An apostrophe that is dropped between two marks leaves them side by side, perhaps in the wrong order.
        if is_nfkc_quick(out[start..].chars()) != IsNormalized::Yes {
            let normal: String = out[start..].nfkc().collect();
            out.truncate(start);
            out.push_str(&normal);
        }
    }
}

/// Writes word characters, turns every run of others into one space, and drops apostrophes.
struct FoldSink<'a> {
    start: usize,
    out: &'a mut String,
    pending: bool,
}

impl FoldSink<'_> {
    fn push(&mut self, c: char) {
        if c.is_alphanumeric() || c == '_' || (!c.is_ascii() && is_combining_mark(c)) {
            if self.pending && self.out.len() > self.start {
                self.out.push(' ');
            }
            self.pending = false;
            self.out.push(c);
        } else if !matches!(c, '\'' | '’' | '`') {
            self.pending = true;
        }
    }
}

/// Latin letters that Unicode does not decompose, as they are written without them.
fn latin_spelling(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' | 'ẞ' => "ss",
        'ø' | 'Ø' => "o",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'þ' | 'Þ' => "th",
        'ı' => "i",
        _ => return None,
    })
}

pub(super) fn is_latin(c: char) -> bool {
    matches!(c,
        'a'..='z' | 'A'..='Z' | 'ª' | 'º' | '\u{c0}'..='\u{2ff}' | '\u{1d00}'..='\u{1dbf}' | '\u{1e00}'..='\u{1eff}'
        | '\u{2c60}'..='\u{2c7f}' | '\u{a720}'..='\u{a7ff}' | '\u{ab30}'..='\u{ab6f}' | '\u{fb00}'..='\u{fb06}')
        || (is_combining_mark(c) && ('\u{300}'..='\u{36f}').contains(&c))
}

/// The blocking form: [`fold`], other scripts transliterated, ASCII only. A Latin word in which letters of another script
/// stand for their likenesses (`Реrеz` with Cyrillic `Р` and `е`) gives the word that it looks like.
///
/// # Example
/// ```
/// # use quilate::normalize::text::key;
/// assert_eq!(key("Владимир Петров"), "vladimir petrov");
/// assert_eq!(key("Р\u{435}rez"), "perez");
/// ```
pub fn key(text: &str) -> String {
    let folded = fold(text);
    if folded.is_ascii() {
        return folded;
    }
    let plain = match unmixed(text) {
        Some(plain) => fold(&plain),
        None => folded,
    };
    if plain.is_ascii() { plain } else { fold(&deunicode::deunicode(&plain)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fold_table() {
        let rows = [
            ("ascii", "  Juan-Carlos, O'Brien ", "juan carlos obrien"),
            ("acute for apostrophe", "O´Donnell O´Donnełł", "odonnell odonnell"),
            ("latin-1", "Ñuñez Güell 3º", "nunez guell 3o"),
            ("special letters", "Straße Ærø Łódź Þór Đorđe ıŒ", "strasse aero lodz thor dorde ioe"),
            ("spelt out", "Großmann Þór Æsa ÿ Ÿ ×", "grossmann thor aesa y y"),
            ("vietnamese", "Nguyễn Văn An", "nguyen van an"),
            ("cyrillic keeps its marks", "Йосиф ЁЛКИН", "йосиф ёлкин"),
            ("final sigma", "ΟΔΥΣΣΕΥΣ Οδυσσεύς", "οδυσσευσ οδυσσεύσ"),
            ("ligature", "ﬁsh", "fish"),
            ("accented ligature", "Ǽ ǽ Ǿ", "ae ae o"),
            ("cjk", "株式会社（トヨタ）", "株式会社 トヨタ"),
            ("punctuation only", "--- ...", ""),
        ];
        for (name, input, expected) in rows {
            assert_eq!(fold(input), expected, "{name}");
        }
        assert_eq!(key("山田 太郎"), "shan tian tai lang");
        assert_eq!(fold(&"Ñandú ".repeat(60)), ["nandu"; 60].join(" "));
    }

    proptest! {
        #[test]
        fn the_western_shortcut_folds_as_the_general_way(
            text in "[\\PC&&[\u{0}-\u{ff}]]{0,24}|[A-Za-zÀ-ÿªº '.’–“”·«»-]{0,200}",
        ) {
            let (mut western, mut any) = (String::from("x"), String::from("x"));
            if fold_western(&text, &mut western) {
                fold_any(&text, &mut any);
            }
            prop_assert_eq!(western, any);
        }

        #[test]
        fn folds_are_folded(text in "\\PC{0,24}|.{0,24}|[ÃÂâÅÄ€™“”í&#;a-zа-я0-9 ]{0,16}") {
            let folded = fold(&text);
            prop_assert_eq!(&fold(&folded), &folded);
            let key = key(&text);
            prop_assert!(key.is_ascii());
            prop_assert_eq!(&super::key(&key), &key);
        }
    }
}
