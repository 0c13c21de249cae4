//! Letters of one script that stand for their likenesses in another: `Реrez` typed with a Cyrillic `Р`. They come from
//! keyboards that were switched too late, from text recognition, and from people who hide.

use super::fold::is_latin;

/// Cyrillic and Greek letters that look like a Latin one, by Unicode's table of confusable characters (UTS 39) less the
/// ones that only careless fonts confuse.
const LIKENESSES: [(char, char); 50] = [
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('У', 'Y'),
    ('Х', 'X'),
    ('Ѕ', 'S'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('у', 'y'),
    ('х', 'x'),
    ('ѕ', 's'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ԁ', 'd'),
    ('һ', 'h'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
    ('α', 'a'),
    ('ι', 'i'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('υ', 'u'),
    ('ї', 'ï'),
];

fn likeness(c: char) -> Option<char> {
    LIKENESSES.iter().find(|(foreign, _)| *foreign == c).map(|&(_, latin)| latin)
}

/// Whether a word holds letters of Latin and of Cyrillic or Greek: nobody writes so on purpose.
fn is_mixed(word: &str) -> bool {
    let (mut latin, mut foreign) = (false, false);
    for c in word.chars().filter(|c| c.is_alphabetic()) {
        latin |= is_latin(c);
        foreign |= matches!(c, '\u{370}'..='\u{52f}');
    }
    latin && foreign
}

/// True when a word mixes Latin with Cyrillic or Greek letters: a sign of a wrong keyboard or of a fake.
///
/// # Complexity
/// Linear; ASCII text is left after one look.
///
/// # Example
/// ```
/// # use quilate::normalize::text::has_mixed_script;
/// assert!(has_mixed_script("Juan Реrez"));
/// assert!(!has_mixed_script("Иван Pérez"));
/// ```
pub fn has_mixed_script(text: &str) -> bool {
    // The lead byte of the letters from U+0340 on.
    text.bytes().any(|byte| byte >= 0xcd) && text.split([' ', '-']).any(is_mixed)
}

/// The text with mixed words in Latin letters, where all their foreign letters have a likeness; `None` when there is none.
pub(super) fn unmixed(text: &str) -> Option<String> {
    if !has_mixed_script(text) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut changed = false;
    for word in text.split_inclusive([' ', '-']) {
        let plain: Option<String> = is_mixed(word)
            .then(|| {
                let latin = |c: char| match c {
                    '\u{370}'..='\u{52f}' => likeness(c),
                    _ => Some(c),
                };
                word.chars().map(latin).collect()
            })
            .flatten();
        changed |= plain.is_some();
        out.push_str(plain.as_deref().unwrap_or(word));
    }
    changed.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_words_give_what_they_look_like() {
        let rows = [
            ("Реrez", Some("Perez")),
            // A letter without a likeness keeps its word; the others are repaired all the same.
            ("Juan Pére\u{437} G\u{430}rcía", Some("Juan Pére\u{437} García")),
            ("Иван Pérez", None),
            ("García", None),
            ("ΜΑRΙΑ", Some("MARIA")),
            ("Жuan", None),
        ];
        for (text, expected) in rows {
            assert_eq!(unmixed(text).as_deref(), expected, "{text}");
        }
        assert!(has_mixed_script("Жuan") && !has_mixed_script("Владимир"));
    }
}
