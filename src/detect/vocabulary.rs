//! Words that values are made of: names, places, street types, legal forms. Parsed from `resources/vocabulary` once
//! per detection (about 5,000 words, well under a millisecond), so that no global state is needed.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use unicode_normalization::UnicodeNormalization;

const GIVEN: &str = include_str!("../../resources/vocabulary/given_names.txt");
const SURNAMES: &str = include_str!("../../resources/vocabulary/surnames.txt");
const PLACES: &str = include_str!("../../resources/vocabulary/places.txt");
const WORDS: &str = include_str!("../../resources/vocabulary/words.txt");

/// Languages of the vocabularies and header words; `*` (any) is none of them.
pub(super) const LANGUAGES: [&str; 6] = ["es", "en", "pt", "fr", "de", "it"];

/// What a word or phrase inside a value can be.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Word {
    Street,
    StreetEnd,
    Legal,
    Title,
    Suffix,
    Gender,
    GenderSure,
    Unit,
    PoBox,
    Month,
    Boolean,
    Status,
    Placeholder,
}

/// Names of [`Word`] in the resource, in its order.
const WORD_NAMES: [&str; 13] = [
    "street",
    "street_end",
    "legal",
    "title",
    "suffix",
    "gender",
    "gender_sure",
    "unit",
    "po_box",
    "month",
    "boolean",
    "status",
    "placeholder",
];

/// What a place name can be; country codes of all countries that have it, in file order.
#[derive(Clone, Default)]
pub(super) struct Place {
    /// It is this country.
    pub country: Option<&'static str>,
    /// It is a region of these countries.
    pub regions: Vec<&'static str>,
    /// It is a town of these countries.
    pub cities: Vec<&'static str>,
}

type Map<V> = HashMap<&'static str, V, FixedState>;

/// The parsed vocabularies. Keys are folded; see [`fold_into`].
pub(super) struct Vocabulary {
    given: Map<u8>,
    surnames: Map<u8>,
    places: Map<Place>,
    words: Map<u32>,
    street_ends: Vec<&'static str>,
    codes: HashMap<[u8; 2], &'static str, FixedState>,
}

impl Vocabulary {
    /// Parses the resources.
    pub fn new() -> Self {
        let mut vocabulary = Self {
            given: Map::default(),
            surnames: Map::default(),
            places: Map::default(),
            words: Map::default(),
            street_ends: Vec::new(),
            codes: HashMap::default(),
        };
        names(GIVEN, &mut vocabulary.given);
        names(SURNAMES, &mut vocabulary.surnames);
        for (what, code, phrases) in lines(PLACES).filter_map(three) {
            if let ("country", Ok(two)) = (what, code.as_bytes().try_into()) {
                vocabulary.codes.insert(two, code);
            }
            for phrase in phrases.split(',').map(str::trim) {
                let place = vocabulary.places.entry(phrase).or_default();
                match what {
                    "country" => place.country = Some(code),
                    "region" => place.regions.push(code),
                    _ => place.cities.push(code),
                }
            }
        }
        for (what, phrases) in lines(WORDS).filter_map(|line| line.split_once('\t')) {
            let Some(bit) = WORD_NAMES.iter().position(|name| *name == what) else { continue };
            for phrase in phrases.split(',').map(str::trim) {
                if bit == Word::StreetEnd as usize {
                    vocabulary.street_ends.push(phrase);
                }
                *vocabulary.words.entry(phrase).or_default() |= 1 << bit;
            }
        }
        vocabulary
    }

    /// Languages (bit per [`LANGUAGES`], bit 7 for any other) in which a folded word is a common given name.
    pub fn given(&self, word: &str) -> u8 {
        self.given.get(word).copied().unwrap_or(0)
    }

    /// Languages in which a folded word is a common surname.
    pub fn surname(&self, word: &str) -> u8 {
        self.surnames.get(word).copied().unwrap_or(0)
    }

    /// Whether a folded word or phrase is one of `what`.
    pub fn is(&self, phrase: &str, what: Word) -> bool {
        self.words.get(phrase).is_some_and(|bits| bits & (1 << what as u32) != 0)
    }

    /// The place of this folded name.
    pub fn place(&self, phrase: &str) -> Option<&Place> {
        self.places.get(phrase)
    }

    /// The country of a folded name, of an ISO 3166 alpha-3 or numeric code, or of an alpha-2 code in the table.
    pub fn country(&self, phrase: &str) -> Option<&'static str> {
        if let Some(code) = self.places.get(phrase).and_then(|place| place.country) {
            return Some(code);
        }
        let two: [u8; 2] = phrase.as_bytes().try_into().ok()?;
        self.codes.get(&two.map(|byte| byte.to_ascii_uppercase())).copied()
    }

    /// Whether a word is a German or Dutch street by its tail: `hauptstrasse`, `lindenweg`.
    pub fn ends_like_street(&self, word: &str) -> bool {
        self.street_ends.iter().any(|end| word.len() > end.len() + 2 && word.ends_with(end))
    }
}

/// Lines of a resource without its head.
pub(super) fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Splits a line at its first two tabs.
pub(super) fn three(line: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let (a, rest) = line.split_once('\t')?;
    let (b, c) = rest.split_once('\t')?;
    Some((a, b, c))
}

fn names(text: &'static str, into: &mut Map<u8>) {
    for (language, words) in lines(text).filter_map(|line| line.split_once('\t')) {
        let bit = LANGUAGES.iter().position(|known| *known == language).unwrap_or(7);
        for word in words.split_ascii_whitespace() {
            *into.entry(word).or_default() |= 1 << bit;
        }
    }
}

/// Writes `text` folded: lower case, without accents, one space for each run of other characters than letters and
/// digits, none at the ends.
pub(super) fn fold_into(text: &str, out: &mut String) {
    out.clear();
    if text.is_ascii() {
        text.chars().for_each(|ch| push_folded(ch, out));
    } else {
        text.nfd().for_each(|ch| push_folded(ch, out));
    }
    if out.ends_with(' ') {
        out.pop();
    }
}

fn push_folded(ch: char, out: &mut String) {
    match ch {
        'A'..='Z' => out.push(ch.to_ascii_lowercase()),
        'a'..='z' | '0'..='9' => out.push(ch),
        '\u{300}'..='\u{36f}' => {}
        'ß' | 'ẞ' => out.push_str("ss"),
        'ø' | 'Ø' => out.push('o'),
        'æ' | 'Æ' => out.push_str("ae"),
        'ł' | 'Ł' => out.push('l'),
        'ª' => out.push('a'),
        'º' | '°' => out.push('o'),
        _ if ch.is_alphanumeric() => out.extend(ch.to_lowercase()),
        _ => {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        }
    }
}

/// [`fold_into`] with an allocation, for headers.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resource_word_is_folded_so_that_lookups_can_meet_it() {
        let all = [GIVEN, SURNAMES, PLACES, WORDS];
        for text in all {
            for line in lines(text) {
                let words = line.rsplit('\t').next().unwrap_or("");
                for phrase in words.split(',').map(str::trim) {
                    assert_eq!(fold(phrase), phrase);
                }
            }
        }
    }

    #[test]
    fn lookups() {
        let vocabulary = Vocabulary::new();
        assert!(vocabulary.given("carmen") & 1 != 0);
        assert!(vocabulary.surname("garcia") & 1 != 0 && vocabulary.surname("xyzzy") == 0);
        assert_eq!(vocabulary.country("804"), Some("UA"));
        assert_eq!(vocabulary.country("es"), Some("ES"));
        assert_eq!(vocabulary.country("espana"), Some("ES"));
        assert_eq!(vocabulary.country("zz"), None);
        assert!(vocabulary.ends_like_street("hauptstrasse") && !vocabulary.ends_like_street("weg"));
        assert!(vocabulary.is("gmbh", Word::Legal) && !vocabulary.is("gmbh", Word::Street));
        assert_eq!(fold("  Dirección, Nº 5 — Straße "), "direccion no 5 strasse");
    }
}
