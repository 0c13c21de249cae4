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

mod case;
mod clean;
mod cues;
mod filler;
mod grammar;
mod keys;
mod lexicon;
mod places;
mod settled;
mod tail;
mod type_last;
mod units;
mod words;
mod write;

use case::{is_in_title_case, title_case};
use clean::{Line, clean};
use filler::placeholder_reason;
use grammar::Reading;
use keys::keys_of;
pub use places::{Postcode, city, country, postcode, region};

/// What is left of the folded name and type of a street, as the attribute `street` holds them, without the type and without
/// particles: `luna calle` and `de la luna` are both `luna`. The whole where nothing else is left.
pub(crate) fn street_core(street: &str) -> String {
    let words: Vec<&str> = street.split(' ').filter(|word| !lexicon::is_particle(word)).collect();
    let core = match words.split_last() {
        Some((last, rest)) if !rest.is_empty() && lexicon::is_any_street_type(last) => rest,
        _ => &words,
    };
    if core.is_empty() { street.to_owned() } else { core.join(" ") }
}

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
        // A fake address has parts like any other; words for absence have none.
        let fake = reason == "known_fake";
        let parts = if fake { grammar::read(&cleaned, hinted, whole).parts } else { Address::default() };
        let (canonical, keys) = (String::new(), Vec::new());
        return Normalized {
            original: raw,
            canonical,
            parts,
            keys,
            quality: Quality::Placeholder,
            reasons: vec![reason],
        };
    }
    let reading = grammar::read(&cleaned, hinted, whole);
    let parts = &reading.parts;
    let mut reasons = Vec::new();
    let mut quality = Quality::Ok;
    if parts.street_name.is_empty() && parts.po_box.is_empty() {
        reasons.push("no_street");
        quality = Quality::Partial;
    }
    if reading.unread {
        reasons.push("unread_text");
        quality = Quality::Partial;
    }
    if parts.is_empty() {
        let (keys, reasons) = (Vec::new(), vec!["not_an_address"]);
        return Normalized {
            original: raw,
            canonical: cleaned.text.into_owned(),
            parts: reading.parts,
            keys,
            quality: Quality::Unparsed,
            reasons,
        };
    }
    let canonical = settled_form(&reading, cleaned, hinted, whole);
    let keys = keys_of(&reading.parts);
    let parts = reading.parts;
    Normalized { original: raw, canonical, parts, keys, quality, reasons }
}

/// The address written out in the order of its country, provided that it reads as itself; else the text with its blanks
/// cleaned. Either is a fixed point: a text that does not settle is its own cleaned form the next time as well.
fn settled_form(reading: &Reading, cleaned: Line<'_>, hinted: &str, whole: bool) -> String {
    let written = write::write(&reading.parts);
    if settled::reads_as_itself(reading, hinted, whole) {
        return written;
    }
    let line = clean(&written);
    let settled = line.text == written && placeholder_reason(&line).is_none() && {
        let again = grammar::read(&line, hinted, whole);
        again.parts == reading.parts && !again.unread
    };
    if settled { written } else { cleaned.text.into_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read<'a>(raw: &'a str, region: &str) -> Normalized<'a, Address> {
        full_address(raw, &Hint { region: (!region.is_empty()).then_some(region), locale: None })
    }

    #[test]
    fn match_keys_by_country() {
        let rows = [
            (
                "C/ Ríos Rosas nº 44, 6º dcha., 28003 Madrid",
                "ES",
                "calle|rios rosas|44|door=derecha;floor=6|28003",
            ),
            ("c. rios rosas 44 6 dcha 28003 madrid", "ES", "calle|rios rosas|44|door=derecha;floor=6|28003"),
            ("Rúa do Vilar, 12, 15705 Santiago de Compostela", "ES", "calle|vilar|12||15705"),
            ("Plaza 2 de Mayo 5, 28004 Madrid", "ES", "plaza|2 mayo|5||28004"),
            ("Calle 12 de Octubre 5, 28009 Madrid", "ES", "calle|12 octubre|5||28009"),
            (
                "Gran Vía 31, 9ª planta, oficina 12, 28013 Madrid",
                "ES",
                "|gran via|31|floor=9;office=12|28013",
            ),
            (
                "Calle Reforma 222, Col. Juárez, 06600 Cuauhtémoc, Ciudad de México",
                "MX",
                "calle|reforma|222||06600",
            ),
            ("Calle 72 # 10-07 Of 301, Bogotá", "CO", "calle|72|1007|office=301|bogota"),
            ("45 Queen St, Melbourne VIC 3000", "AU", "street|queen|45||3000"),
            ("5/12 Smith Street, Fitzroy VIC 3065", "AU", "street|smith|12|unit=5|3065"),
            ("1600 Pennsylvania Ave NW, Washington, DC 20500", "US", "avenue|pennsylvania nw|1600||20500"),
            ("10 Downing Street, London SW1A 2AA", "GB", "street|downing|10||sw1a2aa"),
            ("Unter den Linden 77, 10117 Berlin", "DE", "|unter den linden|77||10117"),
            ("Berliner Str. 5, 12345 Teststadt", "DE", "strasse|berliner strasse|5||12345"),
            ("24 rue du Faubourg Saint-Honoré, 75008 Paris", "FR", "rue|faubourg saint honore|24||75008"),
            ("Corso Vittorio Emanuele II 12, 10123 Torino TO", "IT", "corso|vittorio emanuele ii|12||10123"),
            ("P.zza Duomo, snc, 50122 Firenze FI", "IT", "piazza|duomo|sn||50122"),
            ("Plza. Mayor s/nº 40001 Segovia", "ES", "plaza|mayor|sn||40001"),
            (
                "Avda Andalucía 45 ptl 2, Entl. B, 29006 Málaga",
                "ES",
                "avenida|andalucia|45|door=b;floor=entresuelo;portal=2|29006",
            ),
            (
                "Calle Hidalgo #45 entre Juárez y Morelos, 76000 Querétaro, Qro.",
                "MX",
                "calle|hidalgo|45|between=juarez y morelos|76000",
            ),
            ("1st Floor, 221B Baker St, London NW1 6XE", "GB", "street|baker|221b|floor=1|nw16xe"),
            (
                "1234 Peachtree St NE Apt # 5B, Atlanta, GA 30312",
                "US",
                "street|peachtree ne|1234|apartment=5b|30312",
            ),
        ];
        for (raw, region, key) in rows {
            let got = read(raw, region);
            assert_eq!(got.keys[0], key, "{raw}: {:?}", got.parts);
        }
    }

    #[test]
    fn street_lines_have_no_place() {
        let got = street("Avda. Diagonal 640, planta 6", &Hint { region: Some("ES"), locale: None });
        assert_eq!((got.parts.street_type.as_str(), got.parts.street_name.as_str()), ("avenida", "Diagonal"));
        assert_eq!((got.parts.house_number.as_str(), got.parts.city.as_str()), ("640", ""));
        assert_eq!(got.parts.unit, [("floor", "6".to_owned())]);
    }

    #[test]
    fn postcodes() {
        let rows = [
            ("28001", "ES", "28001", Quality::Ok),
            ("8001", "ES", "08001", Quality::Suspicious),
            ("28001.0", "ES", "28001", Quality::Ok),
            ("E-28001", "ES", "28001", Quality::Ok),
            ("C.P. 28001", "ES", "28001", Quality::Ok),
            ("99001", "ES", "99001", Quality::Invalid),
            ("801", "ES", "801", Quality::Invalid),
            ("2139", "US", "02139", Quality::Suspicious),
            ("8001", "CH", "8001", Quality::Ok),
            ("ec1a1bb", "GB", "EC1A 1BB", Quality::Ok),
            ("1100063", "PT", "1100-063", Quality::Ok),
            ("00000", "ES", "", Quality::Placeholder),
            ("n/a", "ES", "", Quality::Placeholder),
        ];
        for (raw, region, canonical, quality) in rows {
            let got = postcode(raw, &Hint { region: Some(region), locale: None });
            assert_eq!((got.canonical.as_str(), got.quality), (canonical, quality), "{raw} {region}");
        }
    }

    #[test]
    fn places() {
        let region_of =
            |raw: &'static str, country| region(raw, &Hint { region: Some(country), locale: None }).canonical;
        for (raw, country, name) in [
            ("VIZCAYA", "ES", "Bizkaia"),
            ("La Coruña", "ES", "A Coruña"),
            ("ES-GI", "ES", "Girona"),
            ("GU", "ES", "Guadalajara"),
            ("guadalajara", "ES", "Guadalajara"),
            ("b", "ES", "Barcelona"),
            ("M", "ES", "Madrid"),
            ("NA", "ES", "Navarra"),
            ("ES-GU", "", "Guadalajara"),
            ("Vizcaya", "", "Bizkaia"),
            ("Santander", "", "Santander"),
            ("Santander", "ES", "Cantabria"),
            ("GUA", "MX", "Guanajuato"),
            ("MX-JAL", "MX", "Jalisco"),
            ("X", "AR", "Córdoba"),
            ("AR-B", "AR", "Buenos Aires"),
            ("US-CA", "US", "CA"),
            ("BR-SP", "BR", "SP"),
            ("ontario", "CA", "ON"),
            ("Victoria", "AU", "VIC"),
            ("8", "ES", "Barcelona"),
            ("illinois", "US", "IL"),
            ("D.F.", "MX", "Ciudad de México"),
            ("Bretagne", "FR", "Bretagne"),
        ] {
            assert_eq!(region_of(raw, country), name, "{raw}");
        }
        for (raw, code) in [
            ("España", Some("ES")),
            ("GERMANY", Some("DE")),
            ("es", Some("ES")),
            ("USA", Some("US")),
            ("Narnia", None),
            ("", None),
        ] {
            assert_eq!(country(raw), code, "{raw}");
        }
        for (raw, name) in [
            ("  MADRID ", "Madrid"),
            ("Rozas de Madrid, Las", "Las Rozas de Madrid"),
            ("l'hospitalet de llobregat", "L'Hospitalet de Llobregat"),
            ("A Coruña", "A Coruña"),
        ] {
            assert_eq!(city(raw).canonical, name, "{raw}");
        }
    }

    #[test]
    fn garbage_settles() {
        for raw in ["ⴀ\u{11300}'ῒ", "ὐ", "\u{1f50}", "ῒ ῒ", "(a", "a)), (la"] {
            for country in ["ES", "US", "DE", ""] {
                let hint = Hint { region: (!country.is_empty()).then_some(country), locale: None };
                let town = city(raw).canonical;
                assert_eq!(city(&town).canonical, town, "city {raw}");
                let area = region(raw, &hint).canonical;
                assert_eq!(region(&area, &hint).canonical, area, "region {raw}");
                let whole = full_address(raw, &hint).canonical;
                assert_eq!(full_address(&whole, &hint).canonical, whole, "address {raw}");
                let line = street(raw, &hint).canonical;
                assert_eq!(street(&line, &hint).canonical, line, "street {raw}");
            }
        }
    }

    proptest! {
        #[test]
        fn idempotent_and_keeps_the_original(
            raw in "\\PC{0,40}|(C/|Avda\\. |rue |)[A-Za-zñ ]{1,12}[ ,]{1,2}[0-9]{1,3}[ ,º/#-]{0,3}[0-9A-Za-z]{0,4}[, -]{1,3}([0-9]{5} )?[A-Z][a-z]{2,6}",
            region in prop::sample::select(vec!["ES", "MX", "CO", "BR", "US", "GB", "DE", "FR", "IT", ""]),
        ) {
            let hint = Hint { region: Some(region), locale: None };
            let first = full_address(&raw, &hint);
            prop_assert_eq!(first.original, raw.as_str());
            prop_assert_eq!(&full_address(&first.canonical, &hint).canonical, &first.canonical);
            let line = street(&raw, &hint);
            prop_assert_eq!(&street(&line.canonical, &hint).canonical, &line.canonical);
            let code = postcode(&raw, &hint);
            prop_assert_eq!(&postcode(&code.canonical, &hint).canonical, &code.canonical);
            let town = city(&raw);
            prop_assert_eq!(&city(&town.canonical).canonical, &town.canonical);
            let area = super::region(&raw, &hint);
            prop_assert_eq!(&super::region(&area.canonical, &hint).canonical, &area.canonical);
        }
    }
}
