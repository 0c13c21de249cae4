//! Postal addresses.
//!
//! [`full_address`] reads a whole address, [`street`] a street line, and [`postcode`], [`city`], [`region`] and
//! [`country`] single cells. They are rules over typed words, without a statistical model: country, region and postcode
//! are taken off the right, units by their designators, and the street line is read in the order of its country:
//! `type name number unit` (Spain, Latin America, Portugal, Italy, France with the number first), `number name type
//! unit` (United States, United Kingdom), or a name that ends in its type (German, Dutch).
//!
//! Street types of Spain's languages become the Spanish word (`carrer`, `rúa`, `kalea`: `calle`), so that the two
//! names of one street meet; elsewhere they stay in their language. Names keep their accents; nothing is invented.
//!
//! Keys, strongest first: type, name without particles, number, units and postcode (or city); the same without type
//! and units. They are for equality; fuzzy comparison works on the parts.
//!
//! Linear in the length of the value.

use serde::Serialize;

use super::ascii;
use super::{Hint, Normalized, Quality};

mod grammar;
mod lexicon;
mod places;

pub use places::{Postcode, city, country, postcode, region};

/// The components of an address; empty when absent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Address {
    /// Canonical word: `calle`, `rua`, `street`, `straße`.
    pub street_type: String,
    /// Without the type, except in languages that write both in one word.
    pub street_name: String,
    /// With its suffix (`12 bis`); `s/n` when there explicitly is none.
    pub house_number: String,
    /// Component and value, in the order written: `floor=3`, `door=izquierda`, `apartment=4B`.
    pub unit: Vec<(&'static str, String)>,
    /// As its country writes it.
    pub postcode: String,
    /// City or town.
    pub city: String,
    /// Province or state: the name for Spain and Mexico, the code for the United States, Brazil and Italy.
    pub region: String,
    /// ISO 3166-1 alpha-2 code; empty without evidence.
    pub country: String,
    /// The number of the box.
    pub po_box: String,
}

/// Units that two writers of one address are likely to give or to leave out at will.
const OUTSIDE_KEY: &[&str] = &["neighbourhood", "estate"];

impl Address {
    /// The key under which equal addresses meet: `type|name|number|units|postcode`; for equality only.
    pub fn match_key(&self) -> String {
        let fold = |text: &str| ascii::fold_words(text);
        let name = fold(&self.street_name);
        let mut out = fold(&self.street_type).replace(' ', "");
        out.push('|');
        for word in name.split(' ').filter(|w| !lexicon::is_particle(w)) {
            if !out.ends_with('|') {
                out.push(' ');
            }
            out.push_str(word);
        }
        out.push('|');
        out.push_str(&fold(&self.house_number).replace(' ', ""));
        out.push('|');
        out.push_str(&self.unit_key());
        out.push('|');
        let place = if self.postcode.is_empty() { fold(&self.city) } else { fold(&self.postcode).replace(' ', "") };
        out.push_str(&place);
        out
    }

    fn unit_key(&self) -> String {
        let mut units: Vec<String> = self
            .unit
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .chain((!self.po_box.is_empty()).then_some(("po_box", self.po_box.as_str())))
            .filter(|(key, _)| !OUTSIDE_KEY.contains(key))
            .map(|(key, value)| format!("{key}={}", ascii::fold_words(value)))
            .collect();
        units.sort();
        units.join(";")
    }

    fn is_empty(&self) -> bool {
        *self == Self { country: self.country.clone(), ..Self::default() }
    }
}

/// Normalises a street line: type, name, number and units, without place.
///
/// # Null
/// Fillers (`Calle Falsa 123`, `recoge en tienda`) are [`Quality::Placeholder`].
///
/// # Complexity
/// Linear in the length of `raw`.
///
/// # Example
/// ```
/// use quilate::normalize::{Hint, address::street};
/// let spain = Hint { region: Some("ES"), locale: None };
/// let read = street("Avda. de la Constitución nº 5, 2º B", &spain).parts;
/// assert_eq!((read.street_type.as_str(), read.street_name.as_str()), ("avenida", "de la Constitución"));
/// assert_eq!(read.unit, [("floor", "2".to_owned()), ("door", "B".to_owned())]);
/// ```
pub fn street<'a>(raw: &'a str, hint: &Hint<'_>) -> Normalized<'a, Address> {
    normalise(raw, hint, false)
}

/// Normalises a whole address.
///
/// # Null
/// Fillers are [`Quality::Placeholder`].
///
/// # Complexity
/// Linear in the length of `raw`.
///
/// # Example
/// ```
/// use quilate::normalize::{Hint, address::full_address};
/// let spain = Hint { region: Some("ES"), locale: None };
/// let read = full_address("C/ Mayor 1, 3º izq, 28013 Madrid", &spain).parts;
/// assert_eq!(read.match_key(), "calle|mayor|1|door=izquierda;floor=3|28013");
/// ```
pub fn full_address<'a>(raw: &'a str, hint: &Hint<'_>) -> Normalized<'a, Address> {
    normalise(raw, hint, true)
}

fn normalise<'a>(raw: &'a str, hint: &Hint<'_>, whole: bool) -> Normalized<'a, Address> {
    let hinted = ascii::region(hint).unwrap_or_default();
    let cleaned = clean(raw);
    if let Some(reason) = placeholder_reason(&cleaned) {
        let parts = grammar::read(&cleaned, hinted, whole).0;
        let (canonical, keys) = (String::new(), Vec::new());
        return Normalized { original: raw, canonical, parts, keys, quality: Quality::Placeholder, reasons: vec![reason] };
    }
    let (parts, unread) = grammar::read(&cleaned, hinted, whole);
    let mut reasons = Vec::new();
    let mut quality = Quality::Ok;
    if parts.street_name.is_empty() && parts.po_box.is_empty() {
        reasons.push("no_street");
        quality = Quality::Partial;
    }
    if unread {
        reasons.push("unread_text");
        quality = Quality::Partial;
    }
    if parts.is_empty() {
        let (keys, reasons) = (Vec::new(), vec!["not_an_address"]);
        return Normalized { original: raw, canonical: cleaned, parts, keys, quality: Quality::Unparsed, reasons };
    }
    let canonical = settled_form(&parts, cleaned, hinted, whole);
    let keys = keys_of(&parts);
    Normalized { original: raw, canonical, parts, keys, quality, reasons }
}

fn keys_of(parts: &Address) -> Vec<String> {
    let mut keys = vec![parts.match_key()];
    if !parts.street_name.is_empty() {
        let core = Address { street_type: String::new(), unit: Vec::new(), ..parts.clone() }.match_key();
        if !keys.contains(&core) {
            keys.push(core);
        }
    }
    keys
}

/// The address written out in the order of its country, provided that it reads as itself; else the text with its blanks
/// cleaned. Either is a fixed point: a text that does not settle is its own cleaned form the next time as well.
fn settled_form(parts: &Address, cleaned: String, hinted: &str, whole: bool) -> String {
    let written = grammar::write(parts);
    let (again, unread) = grammar::read(&clean(&written), hinted, whole);
    if again == *parts && !unread && clean(&written) == written { written } else { cleaned }
}

/// One line with single blanks; line breaks and brackets become commas.
fn clean(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars().filter(|&c| !ascii::is_invisible(c)) {
        let separator = matches!(c, '\n' | '\r' | '\t' | '(' | ')' | '[' | ']' | ';' | '|' | '"' | '\u{2013}' | '\u{2014}');
        let c = if separator { ',' } else { c };
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if c == ',' {
            let kept = out.trim_end_matches([' ', ',']).len();
            out.truncate(kept);
            if !out.is_empty() {
                out.push(',');
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
    let kept = out.trim_end_matches([' ', ',']).len();
    out.truncate(kept);
    out
}

/// Single blanks between words.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Title case for text that is all in one case, particles in lower case; other text stays as it is.
fn title_case(text: &str) -> String {
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    // One letter or a code such as `SP` says nothing about case.
    if letters().count() < 3 || (letters().any(char::is_lowercase) && letters().any(char::is_uppercase)) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for (position, word) in text.split(' ').enumerate() {
        if position > 0 {
            out.push(' ');
        }
        let lowered = word.to_lowercase();
        let particle = lexicon::is_particle(&ascii::fold(word)) && word.chars().count() > 1 || matches!(lowered.as_str(), "y" | "i" | "e");
        if particle || word.chars().any(|c| c.is_ascii_digit()) {
            out.push_str(if particle { &lowered } else { word });
            continue;
        }
        let mut fresh = true;
        for c in lowered.chars() {
            if fresh && c.is_alphabetic() {
                out.extend(c.to_uppercase());
            } else {
                out.push(c);
            }
            fresh = matches!(c, '-' | '/' | '.' | '\'' | '\u{2019}');
        }
    }
    out
}

/// Why a text stands for no address.
fn placeholder_reason(cleaned: &str) -> Option<&'static str> {
    const FAKE: &[&str] = &[
        "calle falsa 123", "c falsa 123", "avenida siempre viva 742", "avenida siempreviva 742", "av siempre viva 742",
        "123 fake street", "123 fake st", "742 evergreen terrace", "123 main st", "123 main street", "123 anywhere st",
    ];
    const NONE: &[&str] = &[
        "calle", "c", "avenida", "avda", "plaza", "sin calle", "calle s n", "s n", "sn", "sin numero", "domicilio desconocido",
        "domicilio", "direccion", "address", "street", "ver factura", "misma direccion", "la misma", "idem", "recogida en tienda",
        "recoge en tienda", "tienda", "oficina", "local", "apartado", "lista de correos", "poste restante", "extranjero", "varios",
        "recoger en tienda", "retira en tienda", "retira en local", "recogida", "en tienda", "store pickup", "pick up in store",
        "entrega en mano", "a recoger", "desconocida", "no tiene direccion", "rua", "morada", "adresse",
    ];
    let words = ascii::fold_words(cleaned);
    if FAKE.contains(&words.as_str()) {
        return Some("known_fake");
    }
    if NONE.contains(&words.as_str()) || ascii::is_null_marker(&words) || (words.len() > 2 && ascii::is_one_byte_repeated(&words)) {
        return Some("not_an_address");
    }
    None
}
