//! Which written addresses need no second reading to know that they read as themselves.
//!
//! The form to store must read as itself, which in general only reading it tells. The bulk of Spanish addresses is of one
//! shape, though, whose reading can be foretold part by part: a known type, a name of plain words, a number, a floor and a
//! door, a postcode with its town and province. Whatever is unusual in any part is left to the second reading.

use std::collections::HashSet;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::super::ascii::Folded;
use super::filler::FAKE_NUMBERS;
use super::grammar::Reading;
use super::lexicon;
use super::{Address, is_in_title_case, places};

/// Spanish street types of one word that are read from their canonical form, and open no longer type.
static PLAIN_TYPES: LazyLock<HashSet<&'static str, FixedState>> = LazyLock::new(|| {
    let spain = lexicon::of("ES");
    let is_plain = |canonical: &&str| {
        let facts = spain.facts(&Folded::words(canonical));
        lexicon::is_thoroughfare(canonical)
            && facts.street_type == Some(*canonical)
            && facts.longest_type == 1
            && facts.unit.is_none()
    };
    spain.street_types().filter(is_plain).collect()
});

/// Whether what [`write`](super::write::write) makes of the parts reads as the same parts; errs towards false.
pub(super) fn reads_as_itself(reading: &Reading, hinted: &str, whole: bool) -> bool {
    let parts = &reading.parts;
    let place = if whole { is_plain_place(parts) } else { has_no_place(parts) };
    place
        && reading.plain_name
        && !reading.unread
        && hinted == "ES"
        && parts.country == "ES"
        && parts.po_box.is_empty()
        && PLAIN_TYPES.contains(parts.street_type.as_str())
        && !parts.street_name.is_empty()
        && is_plain_house(&parts.house_number)
        && has_plain_units(&parts.unit)
}

fn has_no_place(parts: &Address) -> bool {
    parts.postcode.is_empty() && parts.city.is_empty() && parts.region.is_empty()
}

/// A postcode, its province, and a town of one word.
fn is_plain_place(parts: &Address) -> bool {
    parts.postcode.len() == 5
        && parts.postcode.bytes().all(|b| b.is_ascii_digit())
        && places::plain_province_of(&parts.postcode) == Some(parts.region.as_str())
        && is_letters(&parts.city)
        && is_in_title_case(&parts.city)
        && parts.city.len() > 3
}

fn is_letters(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, 'À'..='ÿ' if c.is_alphabetic()))
}

/// Of one to four digits, since five would be a postcode, and not that of an address that stands for none.
fn is_plain_house(number: &str) -> bool {
    is_plain_number(number) && !FAKE_NUMBERS.contains(&number)
}

fn is_plain_number(number: &str) -> bool {
    (1..=4).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0')
}

/// A floor of one or two digits, and behind it a door of one letter or by its side.
fn has_plain_units(units: &[(&'static str, String)]) -> bool {
    let floor = |value: &str| value.len() <= 2 && is_plain_number(value);
    let door = |value: &str| {
        matches!(value.as_bytes(), [letter] if letter.is_ascii_uppercase())
            || matches!(value, "izquierda" | "derecha" | "centro")
    };
    match units {
        [] => true,
        [("floor", value)] => floor(value),
        [("floor", value), ("door", side)] => floor(value) && door(side),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{clean, grammar, placeholder_reason, write};
    use super::*;

    #[test]
    fn the_bulk_is_foretold() {
        for raw in [
            "Calle Núñez de Balboa, 15, 3º Izq., 28001 Madrid",
            "C/ Mayor 1, 28013 Madrid",
            "Avda. de la Paz 12, 4º B, 41001 Sevilla",
        ] {
            let reading = grammar::read(&clean(raw), "ES", true);
            assert!(reads_as_itself(&reading, "ES", true), "{raw}: {reading:?}");
        }
    }

    fn part(words: &'static [&'static str]) -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(words), 0..4).prop_map(|words| words.join(" "))
    }

    const NAMES: &[&str] = &[
        "Mayor",
        "de",
        "la",
        "del",
        "los",
        "Casa",
        "Torre",
        "Plaza",
        "Calle",
        "Granada",
        "Sol",
        "Bajo",
        "Nave",
        "Num",
        "Granada",
        "Real",
        "España",
        "Madrid",
        "Esquina",
        "Polígono",
        "Carrer",
        "Ático",
        "Cedex",
        "Izquierda",
        "km",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn what_is_foretold_holds(
            street_type in prop::sample::select(
                lexicon::of("ES").street_types().collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
            ),
            street_name in part(NAMES),
            city in part(NAMES),
            house_number in "[0-9]{1,5}|s/n",
            postcode in "(0[1-9]|[1-4][0-9]|5[0-2])[0-9]{3}",
            floor in "[0-9]{0,2}",
            door in "[A-Z]|izquierda|derecha|centro|",
            whole in any::<bool>(),
        ) {
            let mut parts = Address {
                street_type: street_type.to_owned(), street_name, house_number, country: "ES".to_owned(), ..Address::default()
            };
            if whole {
                parts.region = places::province_of(&postcode).unwrap_or_default().to_owned();
                (parts.city, parts.postcode) = (city, postcode);
            }
            parts.unit.extend((!floor.is_empty()).then_some(("floor", floor)));
            parts.unit.extend((!door.is_empty()).then_some(("door", door)));
            let reading = grammar::read(&clean(&write::write(&parts)), "ES", whole);
            if reads_as_itself(&reading, "ES", whole) {
                let written = write::write(&reading.parts);
                let line = clean(&written);
                prop_assert_eq!(placeholder_reason(&line), None);
                prop_assert_eq!(&*line.text, written.as_str());
                let again = grammar::read(&line, "ES", whole);
                prop_assert_eq!((again.parts, again.unread), (reading.parts, false), "{}", written);
            }
        }
    }
}
