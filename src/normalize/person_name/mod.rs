//! Person names: one cell in, prefix, given, middle, two surnames and suffix out.
//!
//! Tokens are classified with all their classes at once (`lexicon.rs`, one hash look-up each), the layout is chosen (comma,
//! capitals, script, or which tokens are given names and which surnames), then the words are assigned by the naming
//! system of the language: two surnames in Spanish, Catalan, Galician, Basque and Portuguese; middle names in English,
//! Russian and Vietnamese; one surname elsewhere. The language comes from the [`Hint`] or else from the words themselves.
//!
//! | column holds | use |
//! |---|---|
//! | whole names | [`full_name`] |
//! | given names, perhaps with a title or a nickname | [`given_name`] |
//! | one surname or both | [`surname`] |
//!
//! Accents are never invented, familiar forms never rewritten (they are listed in
//! [`given_variants`](PersonName::given_variants)), and a cell with two people, a company or a filler is not read as one
//! person: see [`NameKind`].
//!
//! # Complexity
//! Linear in the length of the name; one hash look-up a word.

mod affixes;
mod layout;
mod lexicon;
pub mod nicknames;
mod organisation;
mod parse;
mod people;
mod signs;
mod tokens;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::Serialize;

use super::company;
use super::gender::Gender;
use super::placeholder::placeholder_folded;
use super::text::{LetterCase, clean, fold, fold_into, has_mixed_script, key, letter_case, title_case};
use super::{Hint, Normalized, Quality};
use crate::table::AttributeKind;
use lexicon::{LEXICON, Lang};
use signs::sign;
use tokens::{Cell, Token};

/// What a name cell turned out to hold.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// One person.
    #[default]
    Person,
    /// An organisation: pass the cell to [`company`](super::company::company).
    Company,
    /// Several people, in [`PersonName::persons`]. Merging such a record with either of them is a classic mistake.
    Multiple,
    /// A filler.
    Placeholder,
}

impl NameKind {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Company => "company",
            Self::Multiple => "multiple",
            Self::Placeholder => "placeholder",
        }
    }
}

/// The components of a person name, in display form. Empty text is "not given".
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct PersonName {
    /// What the cell holds. All other parts are empty unless it is a person.
    pub kind: NameKind,
    /// Titles in full, in the language of the record: `Doña`, `Frau Doktor`.
    pub prefix: String,
    /// Given name or names, compounds included: `María del Carmen`, `J. Luis`.
    pub given: String,
    /// Middle names, initials and patronymics where the naming system has them.
    pub middle: String,
    /// First or only surname, with its particles.
    pub surname1: String,
    /// Second surname.
    pub surname2: String,
    /// `Jr`, `III`, `Neto`.
    pub suffix: String,
    /// From the title or else from the given name: weak evidence.
    pub gender: Option<Gender>,
    /// Formal names that a familiar given name stands for, and nicknames from brackets or quotes.
    pub given_variants: Vec<String>,
    /// Maiden or married surnames said beside the main ones (`née`, `Vda. de`).
    pub other_surnames: Vec<String>,
    /// The name is written surname first, as Chinese, Japanese, Korean, Hungarian and Vietnamese names are.
    pub family_first: bool,
    /// The people of a cell that holds several.
    pub persons: Vec<PersonName>,
}

impl PersonName {
    /// The name on one line: prefix, given, middle, surnames, suffix; the surname first where the name is written so.
    pub fn display(&self) -> String {
        let parts = if self.family_first {
            [&self.prefix, &self.surname1, &self.surname2, &self.middle, &self.given, &self.suffix]
        } else {
            [&self.prefix, &self.given, &self.middle, &self.surname1, &self.surname2, &self.suffix]
        };
        let mut out = String::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(part);
        }
        out
    }

    /// Folded given, middle and surnames: equal for the same name written with another case, accents, order or title.
    pub fn match_key(&self) -> String {
        self.folded().0
    }

    /// [`match_key`](Self::match_key), and how much of it is the given name.
    fn folded(&self) -> (String, usize) {
        let parts = [&self.given, &self.middle, &self.surname1, &self.surname2];
        let mut out = String::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
        let mut given = 0;
        for (at, part) in parts.into_iter().enumerate() {
            let before = out.len();
            if before > 0 {
                out.push(' ');
            }
            let start = out.len();
            fold_into(part, &mut out);
            if out.len() == start {
                out.truncate(before);
            }
            if at == 0 {
                given = out.len();
            }
        }
        (out, given)
    }
}

/// A match key with its transliteration, if it has letters of another script.
fn keys_of(match_key: String) -> Vec<String> {
    if match_key.is_empty() {
        return Vec::new();
    }
    let latin = if match_key.is_ascii() { String::new() } else { key(&match_key) };
    if latin.is_empty() { vec![match_key] } else { vec![match_key, latin] }
}

/// Which part of a name a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Full,
    Given,
    Surname,
}

/// Reads a cell that holds a whole name.
///
/// The first key is [`PersonName::match_key`]; names in other scripts have a transliterated second one.
///
/// # Example
/// ```
/// # use quilate::normalize::{Hint, person_name::full_name};
/// let hint = Hint { locale: Some("es-ES"), region: None };
/// let name = full_name("GARCIA LOPEZ, MARIA JOSE", &hint);
/// assert_eq!(name.canonical, "Maria Jose Garcia Lopez");
/// assert_eq!(name.parts.surname2, "Lopez");
/// assert_eq!(name.keys[0], full_name("María José García López", &hint).keys[0]);
/// ```
pub fn full_name<'a>(raw: &'a str, hint: &Hint<'_>) -> Normalized<'a, PersonName> {
    normalize(raw, hint, Part::Full)
}

/// Reads a cell that holds given names only: `Mª José`, `Dr. Fco. Javier`, `Francisco (Paco)`, `John A.`
///
/// # Example
/// ```
/// # use quilate::normalize::{Hint, person_name::given_name};
/// let hint = Hint { locale: Some("es-ES"), region: None };
/// assert_eq!(given_name("Mª JOSE", &hint).canonical, "María Jose");
/// assert_eq!(given_name("paco", &hint).parts.given_variants, ["Francisco"]);
/// ```
pub fn given_name<'a>(raw: &'a str, hint: &Hint<'_>) -> Normalized<'a, PersonName> {
    normalize(raw, hint, Part::Given)
}

/// Reads a cell that holds surnames only; two are told apart where the language has two.
///
/// # Example
/// ```
/// # use quilate::normalize::{Hint, person_name::surname};
/// let hint = Hint { locale: Some("es-ES"), region: None };
/// let surnames = surname("FDEZ. DE LA TORRE", &hint).parts;
/// assert_eq!((surnames.surname1.as_str(), surnames.surname2.as_str()), ("Fernández", "de la Torre"));
/// ```
pub fn surname<'a>(raw: &'a str, hint: &Hint<'_>) -> Normalized<'a, PersonName> {
    normalize(raw, hint, Part::Surname)
}

/// Longer cells are notes, not names; the bound keeps the work for one cell small.
const LONGEST_NAME: usize = 300;

fn normalize<'a>(raw: &'a str, hint: &Hint<'_>, part: Part) -> Normalized<'a, PersonName> {
    normalize_again(raw, hint, part, MAX_READINGS).unwrap_or_else(|| {
        // Two readings that lead to each other: the words stay in the order they came in.
        let cleaned = with_blanks(clean(raw));
        let cell = Cell::new(&cleaned);
        let reading = parse::read(&cell, cell.tokens(), hint, part);
        let keys = if reading.name.kind == NameKind::Multiple { Vec::new() } else { keys_of(reading.key) };
        let quality = reading.quality.max(Quality::Suspicious);
        let (canonical, reasons) = (cleaned.into_owned(), reading.reasons);
        Normalized { original: raw, canonical, parts: reading.name, keys, quality, reasons }
    })
}

/// `Juan_Pérez`: names of accounts and files have signs for blanks.
fn with_blanks(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.as_bytes().contains(&b'_') {
        Cow::Owned(clean(&text.replace('_', " ")).into_owned())
    } else {
        text
    }
}

/// Words that were moved or dropped may be read otherwise in their new place; the form to store must read as itself, so
/// it is read until it does. Two readings settle every real name; the bound is for garbage.
const MAX_READINGS: usize = 6;

fn normalize_again<'a>(
    raw: &'a str,
    hint: &Hint<'_>,
    part: Part,
    readings: usize,
) -> Option<Normalized<'a, PersonName>> {
    let cleaned = with_blanks(clean(raw));
    let mut result = Normalized {
        original: raw,
        canonical: String::new(),
        parts: PersonName::default(),
        keys: Vec::new(),
        quality: Quality::Ok,
        reasons: Vec::new(),
    };
    let cell = Cell::new(&cleaned);
    let tokens = cell.tokens();
    if is_no_person(&cleaned, (&cell, &tokens), (part, hint), &mut result) {
        return Some(result);
    }
    let reading = parse::read(&cell, tokens, hint, part);
    let multiple = reading.name.kind == NameKind::Multiple;
    result.canonical = reading.name.display();
    if multiple || result.canonical.is_empty() {
        result.canonical = title_case(&cleaned).into_owned();
    }
    let settled = reading.settled && !multiple && stays_a_person(&result.canonical, &reading.key);
    let same = settled || result.canonical == *cleaned;
    if !same && (reading.rearranged || multiple || !differs_in_case_only(&result.canonical, &cleaned)) {
        let again = normalize_again(&result.canonical, hint, part, readings.checked_sub(1)?)?;
        if again.canonical != result.canonical || again.parts.kind != reading.name.kind {
            let Normalized { canonical, mut parts, keys, quality, reasons, .. } = again;
            parts.given_variants.extend(reading.name.given_variants);
            parts.other_surnames.extend(reading.name.other_surnames);
            return Some(Normalized { original: raw, canonical, parts, keys, quality, reasons });
        }
    }
    if !multiple {
        result.keys = keys_of(reading.key);
    }
    result.quality = result.quality.max(reading.quality);
    result.reasons.extend(reading.reasons);
    result.parts = reading.name;
    Some(result)
}

/// Whether a text has small letters and capitals, and no word of capitals only, which would be a surname.
fn is_mixed(text: &str) -> bool {
    let shouted = |word: &str| {
        word.chars().filter(|c| c.is_uppercase()).nth(1).is_some() && letter_case(word) == LetterCase::Upper
    };
    letter_case(text) == LetterCase::Mixed && !text.split(' ').any(shouted)
}

/// Whether a settled name in another order is neither a filler nor a firm. `folded` is its fold.
fn stays_a_person(canonical: &str, folded: &str) -> bool {
    let (first, last) = (folded.split(' ').next(), folded.rsplit(' ').next());
    is_mixed(canonical)
        && placeholder_folded(AttributeKind::FullName, canonical, folded).is_none()
        && !company::holds_legal_form(canonical, first.unwrap_or(""), last.unwrap_or(""))
}

/// True when a second reading has nothing to find: the texts are equal but for case, no capital made the text look like a
/// wrong decoding (`â¡` in capitals), and no word came to be in capitals alone, which would mark it as a surname.
fn differs_in_case_only<'t>(canonical: &'t str, cleaned: &'t str) -> bool {
    if canonical == cleaned {
        return true;
    }
    let mixed = is_mixed(canonical);
    if canonical.is_ascii() {
        return mixed && canonical.eq_ignore_ascii_case(cleaned);
    }
    let lower = |text: &'t str| text.chars().flat_map(char::to_lowercase);
    mixed
        && (western_equal_but_case(canonical, cleaned) || lower(canonical).eq(lower(cleaned)))
        && clean(canonical) == canonical
}

/// Whether two texts of ASCII and Latin-1 are equal but for the case of letters that have both; errs towards false.
fn western_equal_but_case(left: &str, right: &str) -> bool {
    let mut lead = 0;
    left.len() == right.len()
        && left.bytes().zip(right.bytes()).all(|(a, b)| {
            let letter = match lead {
                // × ÷ ß ÿ are no letters of two cases.
                0xc3 => !matches!(a & 0xdf, 0x97 | 0x9f),
                _ => a.is_ascii_alphabetic(),
            };
            lead = a;
            a == b || letter && a ^ b == 0x20
        })
}

/// Fillers, companies and what is no name at all; fills the result and says true.
fn is_no_person(
    cleaned: &str,
    (cell, tokens): (&Cell<'_>, &[Token<'_>]),
    (part, hint): (Part, &Hint<'_>),
    result: &mut Normalized<'_, PersonName>,
) -> bool {
    if cleaned.is_empty() {
        result.quality = Quality::Unparsed;
        result.reasons.push("empty");
        return true;
    }
    let kind = match part {
        Part::Full => AttributeKind::FullName,
        Part::Given => AttributeKind::GivenName,
        Part::Surname => AttributeKind::Surname,
    };
    if let Some(filler) = placeholder_folded(kind, cleaned, cell.folded()) {
        result.reasons.push(filler.name());
        if filler.is_missing() {
            result.parts.kind = NameKind::Placeholder;
            result.quality = Quality::Placeholder;
            return true;
        }
        result.quality = Quality::Suspicious;
    }
    if cleaned.len() > LONGEST_NAME || cell.has(sign::AT) || !cleaned.chars().any(char::is_alphabetic) {
        result.quality = Quality::Unparsed;
        result.reasons.push("not_a_name");
        cleaned.clone_into(&mut result.canonical);
        return true;
    }
    let lang = || Lang::of_hint(hint).unwrap_or_else(|| parse::guess_language(tokens));
    if part == Part::Full && is_company(cleaned, (cell, tokens), lang) {
        result.parts.kind = NameKind::Company;
        result.reasons.push("legal_form_found");
        cleaned.clone_into(&mut result.canonical);
        return true;
    }
    if cell.has(sign::FAR) && has_mixed_script(cleaned) {
        result.quality = Quality::Suspicious;
        result.reasons.push("mixed_script");
    }
    false
}

/// [`looks_like_company`](super::company::looks_like_company) for a cell whose words are looked up already.
fn is_company(cleaned: &str, (cell, tokens): (&Cell<'_>, &[Token<'_>]), lang: impl FnOnce() -> Lang) -> bool {
    if !cell.has(sign::SPACE) {
        return company::looks_like_company(cleaned);
    }
    let mut folds = tokens.iter().map(|token| &*token.fold).filter(|fold| !fold.is_empty());
    let Some(first) = folds.next() else { return false };
    let last = folds.next_back().unwrap_or(first);
    tokens.iter().any(organisation::has_word) && organisation::is_meant(tokens, lang())
        || company::holds_legal_form(cleaned, first, last)
}

/// Whether one of the words is an organisation's and not, as it stands, somebody's surname.
pub(super) fn holds_organisation_word(text: &str) -> bool {
    let cell = Cell::new(text);
    let tokens = cell.tokens();
    tokens.iter().any(organisation::has_word)
        && organisation::is_meant(&tokens, parse::guess_language(&tokens))
}

/// Whether the last word is the surname of a person who is called like a firm: `Telmo Teruel Company`.
pub(super) fn is_person_called_like_a_firm(text: &str) -> bool {
    let cell = Cell::new(text);
    let tokens = cell.tokens();
    tokens.last().is_some_and(organisation::has_word)
        && !organisation::is_meant(&tokens, parse::guess_language(&tokens))
}

/// True when the first word behind titles is somebody's given name and hardly a surname: for telling people from companies.
pub(crate) fn starts_like_a_person(text: &str) -> bool {
    let first = text.split(' ').find(|word| !LEXICON.is_title(word)).unwrap_or("");
    LEXICON.word(&fold(first)).is_some_and(|word| word.score(lexicon::Lang::Es) > 0)
}
