//! How letters are written: [`title_case`] for texts that are all capitals or all small letters.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

// ---- case -------------------------------------------------------------------------------------------------------------

/// Words that stay in lower case inside a title: Iberian, Germanic and French particles and connectors.
const LOWER_WORDS: [&str; 36] = [
    "a", "al", "and", "da", "das", "de", "del", "dels", "dem", "den", "der", "des", "do", "dos", "du", "e",
    "el", "en", "et", "i", "la", "las", "los", "na", "no", "o", "of", "the", "und", "van", "von", "vom", "y",
    "zu", "zum", "zur",
];

const LONGEST_LOWER_WORD: usize = 4;

/// Roman numerals that are no name and no word.
const ROMAN: [&str; 9] = ["ii", "iii", "iv", "vii", "viii", "xii", "xiii", "xiv", "xvi"];

/// Text in one case only (`CALLE DE LA PAZ`, `maría garcía`) with the capitals a person would write; mixed case is
/// someone's decision and stays. Accents are never invented. The first word always gets its capital: use it for titles,
/// places and companies; person names know their particles better.
///
/// # Example
/// ```
/// # use quilate::normalize::text::title_case;
/// assert_eq!(title_case("LAS ROZAS DE MADRID"), "Las Rozas de Madrid");
/// assert_eq!(title_case("IKEA Ibérica"), "IKEA Ibérica");
/// ```
pub fn title_case(text: &str) -> Cow<'_, str> {
    if letter_case(text) == LetterCase::Mixed {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut first = true;
    for piece in text.split_inclusive(' ') {
        let (word, space) = match piece.strip_suffix(' ') {
            Some(word) => (word, " "),
            None => (piece, ""),
        };
        let lower = !first
            && word.len() <= LONGEST_LOWER_WORD
            && LOWER_WORDS.iter().any(|particle| particle.eq_ignore_ascii_case(word));
        if lower {
            out.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        } else {
            title_word_into(word, &mut out);
        }
        first &= word.is_empty();
        out.push_str(space);
    }
    Cow::Owned(out)
}

/// How the letters of a text are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LetterCase {
    /// Capitals only.
    Upper,
    /// Small letters only.
    Lower,
    /// Both, or no letters at all, or a script without case.
    Mixed,
}

pub(crate) fn letter_case(text: &str) -> LetterCase {
    let (mut upper, mut lower) = (false, false);
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        match (byte, tail) {
            (b'A'..=b'Z', _) => upper = true,
            (b'a'..=b'z', _) => lower = true,
            (0..0x80, _) => {}
            // The letters of Latin-1; × and ÷ among them are none.
            (0xc3, [0x97 | 0xb7, ..]) => {}
            (0xc3, [0x80..=0x9e, ..]) => upper = true,
            (0xc3, [0x9f..=0xbf, ..]) => lower = true,
            // ª and º are written after capitals, too: they say nothing about case.
            (0xc2, [0xaa | 0xba, ..]) => {}
            _ => return letter_case_of(text.chars()),
        }
        rest = if *byte < 0x80 { tail } else { tail.get(1..).unwrap_or_default() };
        if upper && lower {
            return LetterCase::Mixed;
        }
    }
    case_of(upper, lower)
}

fn letter_case_of(chars: impl Iterator<Item = char>) -> LetterCase {
    let (mut upper, mut lower) = (false, false);
    for c in chars.filter(|c| !matches!(c, 'ª' | 'º')) {
        upper |= c.is_uppercase();
        lower |= c.is_lowercase();
        if upper && lower {
            return LetterCase::Mixed;
        }
    }
    case_of(upper, lower)
}

fn case_of(upper: bool, lower: bool) -> LetterCase {
    match (upper, lower) {
        (true, false) => LetterCase::Upper,
        (false, true) => LetterCase::Lower,
        _ => LetterCase::Mixed,
    }
}

/// One word in title case: `garcía-lópez` `o'brien` `mcdonald` `III`; words with digits stay as they are.
pub(crate) fn title_word_into(word: &str, out: &mut String) {
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        out.push_str(word);
        return;
    }
    if is_roman(word.trim_end_matches(['.', ','])) {
        out.extend(word.chars().map(|c| c.to_ascii_uppercase()));
        return;
    }
    let celtic = word.len() > 4 && word.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("mc"));
    if !celtic && word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        let start = out.len();
        out.push_str(word);
        out[start..].make_ascii_lowercase();
        if !word.is_empty() {
            out[start..start + 1].make_ascii_uppercase();
        }
        return;
    }
    let (mut letters_in_part, mut capital, mut part) = (0, true, out.len());
    let mut letters = 0;
    for c in word.chars() {
        if c.is_alphabetic() {
            if capital || (celtic && letters == 2) {
                push_upper(c, out);
            } else {
                push_lower(c, out);
            }
            capital = false;
            letters += 1;
            letters_in_part += 1;
        } else {
            // After an apostrophe a capital follows only an elided prefix: D'Angelo and O'Brien, but McDonald's.
            let elided =
                || letters_in_part == 1 || ELIDED.iter().any(|e| e.eq_ignore_ascii_case(&out[part..]));
            capital |= if matches!(c, '\'' | '’') { elided() } else { !is_combining_mark(c) };
            letters_in_part = 0;
            out.push(c);
            part = out.len();
        }
    }
}

/// Italian words of more than one letter that lose their last one before a name: Dell'Acqua, Sant'Angelo.
const ELIDED: [&str; 5] = ["dell", "dall", "nell", "sant", "quell"];

/// The test of the first letter spares most words the list.
fn is_roman(word: &str) -> bool {
    word.len() <= 5
        && word.starts_with(['i', 'I', 'v', 'V', 'x', 'X'])
        && ROMAN.iter().any(|roman| roman.eq_ignore_ascii_case(word))
}

/// Letters whose upper case is not one letter (ß, ŉ) stay, so that no length changes.
fn push_upper(c: char, out: &mut String) {
    if c.is_ascii() {
        return out.push(c.to_ascii_uppercase());
    }
    let mut upper = c.to_uppercase();
    out.push(if upper.len() == 1 { upper.next().unwrap_or(c) } else { c });
}

fn push_lower(c: char, out: &mut String) {
    if c.is_ascii() {
        return out.push(c.to_ascii_lowercase());
    }
    let mut lower = c.to_lowercase();
    out.push(if lower.len() == 1 { lower.next().unwrap_or(c) } else { c });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn title_case_table() {
        let rows = [
            ("all upper", "GARCÍA LÓPEZ", "García López"),
            ("all lower", "garcía lópez", "García López"),
            ("mixed stays", "GARCÍA López", "GARCÍA López"),
            ("particles inside", "CALLE DE LA PAZ", "Calle de la Paz"),
            ("particle first", "LA CORUÑA", "La Coruña"),
            ("hyphen", "JEAN-PIERRE", "Jean-Pierre"),
            ("apostrophes", "O'BRIEN D'ANGELO MCDONALD'S", "O'Brien D'Angelo McDonald's"),
            ("elided", "DELL'ACQUA SANT'ANGELO", "Dell'Acqua Sant'Angelo"),
            ("roman", "JUAN PABLO II", "Juan Pablo II"),
            ("digits stay", "PISO 3B", "Piso 3B"),
            ("sharp s", "straße", "Straße"),
            ("no letters", "123", "123"),
        ];
        for (name, input, expected) in rows {
            assert_eq!(title_case(input), expected, "{name}");
        }
    }

    #[test]
    fn no_lower_word_is_longer_than_the_bound() {
        assert_eq!(LOWER_WORDS.iter().map(|word| word.len()).max(), Some(LONGEST_LOWER_WORD));
    }

    proptest! {
        #[test]
        fn titles_are_titles(text in "\\PC{0,24}|.{0,24}|[ÃÂâÅÄa-z' -]{0,16}") {
            let title = title_case(&text).into_owned();
            prop_assert_eq!(&title_case(&title), &title);
        }

        #[test]
        fn the_case_of_western_letters_is_unicode_s(text in "[\\PC&&[\u{0}-\u{ff}]]{0,12}|[a-zß÷×º]{0,4}|[A-ZÑ÷×ª]{0,4}") {
            prop_assert_eq!(letter_case(&text), letter_case_of(text.chars()));
        }
    }
}
