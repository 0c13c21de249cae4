//! Which written addresses need no second reading to know that they read as themselves.
//!
//! The form to store must read as itself, which in general only reading it tells. The bulk of Spanish addresses is of one
//! shape, though, whose reading can be foretold part by part: a known type, a name of plain words, a number, a floor and a
//! door, a postcode with its town and province. Whatever is unusual in any part is left to the second reading.

use std::collections::HashSet;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::super::ascii::Folded;
use super::lexicon::{self, Group};
use super::{Address, is_in_title_case, places};

/// Spanish street types of one word that are read from their canonical form, and open no longer type.
static PLAIN_TYPES: LazyLock<HashSet<&'static str, FixedState>> = LazyLock::new(|| {
    let is_plain = |canonical: &&str| {
        let word = Folded::words(canonical);
        lexicon::is_thoroughfare(canonical)
            && lexicon::street_type(&[Group::Es], &word) == Some(*canonical)
            && lexicon::longest_type(&[Group::Es], &word) == 1
            && lexicon::unit(&[Group::Es], &word).is_none()
    };
    lexicon::canonical_types(Group::Es).filter(is_plain).collect()
});

/// Whether what [`write`](super::write::write) makes of the parts reads as the same parts; errs towards false.
pub(super) fn reads_as_itself(parts: &Address, hinted: &str, whole: bool) -> bool {
    let place = if whole { is_plain_place(parts) } else { has_no_place(parts) };
    place
        && hinted == "ES"
        && parts.country == "ES"
        && parts.po_box.is_empty()
        && PLAIN_TYPES.contains(parts.street_type.as_str())
        && is_plain_name(&parts.street_name)
        && is_plain_number(&parts.house_number)
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

/// Words of letters, none of which is anything else than part of a name.
fn is_plain_name(name: &str) -> bool {
    is_in_title_case(name) && !name.is_empty() && name.split(' ').all(is_plain_word)
}

fn is_plain_word(word: &str) -> bool {
    const SHORTEST: usize = 3;
    if matches!(word, "de" | "la" | "del" | "los" | "las" | "el" | "y") {
        return true;
    }
    let folded = Folded::words(word);
    is_letters(word)
        && folded.len() >= SHORTEST
        && lexicon::unit(&[Group::Es], &folded).is_none()
        && lexicon::named_floor(&folded).is_none()
        && lexicon::side(&folded, "ES").is_none()
        && !matches!(&*folded, "nro" | "num" | "numero" | "civ" | "civico" | "snc")
}

fn is_letters(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, 'À'..='ÿ' if c.is_alphabetic()))
}

/// Of one to four digits: five would be a postcode.
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

    use super::super::{clean, grammar, write};
    use super::*;

    #[test]
    fn the_bulk_is_foretold() {
        for raw in [
            "Calle Núñez de Balboa, 15, 3º Izq., 28001 Madrid",
            "C/ Mayor 1, 28013 Madrid",
            "Avda. de la Paz 12, 4º B, 41001 Sevilla",
        ] {
            let parts = grammar::read(&clean(raw), "ES", true).0;
            assert!(reads_as_itself(&parts, "ES", true), "{raw}: {parts:?}");
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
                lexicon::canonical_types(Group::Es).collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
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
            if reads_as_itself(&parts, "ES", whole) {
                let written = write::write(&parts);
                prop_assert_eq!(&*clean(&written), written.as_str());
                prop_assert_eq!(grammar::read(&written, "ES", whole), (parts, false), "{}", written);
            }
        }
    }
}
