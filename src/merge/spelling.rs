//! How a value is written, and whether one writing is a part of a fuller one. Works on the text as shown, without
//! allocation, and is language-neutral: capitals, marks and words.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::similarity::osa_within;

/// Case of a value: 1 where capitals and small letters are mixed or there is no letter with case, 0 for ALL CAPS, all
/// small and damaged text.
pub(super) fn case(text: &str) -> u8 {
    if is_damaged(text) {
        return 0;
    }
    let (mut upper, mut lower) = (false, false);
    for c in text.chars() {
        upper |= c.is_uppercase();
        lower |= c.is_lowercase();
    }
    u8::from(upper == lower)
}

/// How many letters carry a mark (é, ñ, ü, ç); 0 in damaged text, where they are remains of a wrong decoding.
pub(super) fn marks(text: &str) -> u32 {
    if text.is_ascii() || is_damaged(text) {
        return 0;
    }
    text.nfd().filter(|&c| is_combining_mark(c)).count() as u32
}

/// The replacement character, or the typical pair of UTF-8 that was read as Latin-1 ("JosÃ©").
fn is_damaged(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let mut before = ' ';
    text.chars().any(|c| {
        let pair = matches!(before, 'Ã' | 'Â') && ('\u{80}'..='\u{bf}').contains(&c);
        before = c;
        pair || c == char::REPLACEMENT_CHARACTER
    })
}

/// Words with at least two characters, or numbers: an initial is no spelled-out word.
pub(super) fn spelled_words(text: &str) -> u32 {
    let spelled = |word: &&str| word.chars().nth(1).is_some() || word.starts_with(char::is_numeric);
    words(text).filter(spelled).count() as u32
}

/// Whether `full` says everything that `part` says: each word of `part` is found in `full`, in the same order, without
/// regard to case and marks; an initial is found in any word that starts with it.
///
/// The relation is transitive, which the rules rely on.
pub(super) fn covers(full: &str, part: &str) -> bool {
    let mut words_of_full = words(full);
    words(part).all(|part| words_of_full.any(|full| word_covers(full, part)))
}

/// Whether two writings are one letter apart, or two that changed places, without regard to case and marks. What has another
/// number is another thing, and in three letters one is too much.
pub(super) fn one_slip(a: &str, b: &str) -> bool {
    let (a, b): (String, String) = (folded(a).collect(), folded(b).collect());
    let digits = |text: &str| text.chars().filter(|c| c.is_numeric()).collect::<String>();
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    letters(&a).min(letters(&b)) >= MIN_LETTERS
        && digits(&a) == digits(&b)
        && osa_within(&a, &b, 1) == Some(1)
}

/// Letters of a writing in which one may be a slip.
const MIN_LETTERS: usize = 4;

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c)).filter(|word| !word.is_empty())
}

fn word_covers(full: &str, part: &str) -> bool {
    let mut letters = folded(part);
    let initial = match (letters.next(), letters.next()) {
        (Some(first), None) if first.is_alphabetic() => Some(first),
        _ => None,
    };
    match initial {
        Some(initial) => folded(full).next() == Some(initial),
        None if full.is_ascii() && part.is_ascii() => full.eq_ignore_ascii_case(part),
        None => folded(full).eq(folded(part)),
    }
}

fn folded(word: &str) -> impl Iterator<Item = char> + '_ {
    word.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips() {
        for (a, b, want) in [
            ("PALMS", "Palma", true),
            ("Elchr", "Elche", true),
            ("Málaga", "malaga", false),
            ("Mlaaga", "Málaga", true),
            ("Calle Mayor 3", "Calle Mayor 5", false),
            ("Calle Mayr 3", "Calle Mayor 3", true),
            ("Vic", "Vig", false),
            ("Palma", "Parla", false),
        ] {
            assert_eq!((one_slip(a, b), one_slip(b, a)), (want, want), "{a} {b}");
        }
    }

    #[test]
    fn writing_is_scored() {
        let rows = [
            ("María José", 1, 2),
            ("MARIA JOSE", 0, 0),
            ("MARÍA JOSÉ", 0, 2),
            ("maria jose", 0, 0),
            ("de la Cruz", 1, 0),
            ("Muñoz", 1, 1),
            ("28013", 1, 0),
            ("", 1, 0),
            ("JosÃ©", 0, 0),
            ("Jos\u{fffd}", 0, 0),
            ("Âncora", 1, 1),
            ("Jose\u{301}", 1, 1),
        ];
        for (text, want_case, want_marks) in rows {
            assert_eq!((case(text), marks(text)), (want_case, want_marks), "{text}");
        }
    }

    #[test]
    fn covering() {
        let yes = [
            ("María José", "MARIA J."),
            ("María José", "M. J."),
            ("García López", "garcia"),
            ("García López", "LOPEZ"),
            ("Calle Mayor 3, 2º B", "Calle Mayor 3"),
            ("Calle Mayor 3", "C/ Mayor 3"),
            ("José", "Jose\u{301}"),
            ("Ana", ""),
            ("", ""),
        ];
        for (full, part) in yes {
            assert!(covers(full, part), "{full:?} covers {part:?}");
        }
        let no = [
            ("MARIA J.", "María José"),
            ("García López", "López García"),
            ("Calle Mayor 35", "Calle Mayor 3"),
            ("Ana", "Ana Ana"),
            ("", "Ana"),
            ("Marta", "Mar"),
        ];
        for (full, part) in no {
            assert!(!covers(full, part), "{full:?} does not cover {part:?}");
        }
    }

    #[test]
    fn initials_are_not_spelled_out() {
        assert_eq!(spelled_words("María J. García-López"), 3);
        assert_eq!(spelled_words("Calle Mayor 3"), 3);
        assert_eq!(spelled_words(" .- "), 0);
    }
}
