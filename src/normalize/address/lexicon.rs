//! The words of addresses: street types, unit designators, places.

use std::sync::LazyLock;

use super::super::ascii::{self, Lookup};

/// How a country writes a street line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Family {
    /// `type name number unit`, or `number type name`: Romance languages.
    TypeFirst,
    /// `number name type unit`.
    TypeLast,
    /// The type is the end of the name: `Hauptstraße 12`.
    Compound,
}

pub(super) fn family(region: &str) -> Family {
    match region {
        "US" | "CA" | "GB" | "IE" | "AU" | "NZ" | "IN" | "ZA" | "PH" => Family::TypeLast,
        "DE" | "AT" | "CH" | "LI" | "NL" | "DK" | "SE" | "NO" | "FI" => Family::Compound,
        _ => Family::TypeFirst,
    }
}

/// The language groups whose words a country uses, the first before the others.
pub(super) fn groups(region: &str) -> &'static [&'static str] {
    match region {
        "PT" | "BR" => &["pt", "es"],
        "FR" | "LU" | "MC" => &["fr"],
        "BE" => &["fr", "nl"],
        "IT" | "SM" | "VA" => &["it"],
        "CO" => &["co", "es"],
        "US" | "CA" | "GB" | "IE" | "AU" | "NZ" | "IN" | "ZA" | "PH" => &["en"],
        "DE" | "AT" | "LI" => &["de"],
        "CH" => &["de", "fr", "it"],
        "NL" => &["nl"],
        "DK" | "SE" | "NO" | "FI" => &["nl"],
        "" => &["es", "pt", "fr", "it"],
        _ => &["es"],
    }
}

/// By language group.
type Grouped = [Lookup<&'static str>; GROUPS.len()];

const GROUPS: [&str; 8] = ["es", "co", "pt", "fr", "it", "en", "de", "nl"];

fn group_index(group: &str) -> Option<usize> {
    GROUPS.iter().position(|g| *g == group)
}

/// Group, then spelling, to the canonical word of the row.
fn grouped(table: &'static str) -> Grouped {
    let mut out = Grouped::default();
    for row in ascii::rows(table) {
        if let [group, canonical, spellings] = *row
            && let Some(words) = group_index(group).and_then(|at| out.get_mut(at))
        {
            for spelling in spellings.split('|').filter(|s| !s.is_empty()) {
                words.entry(spelling).or_insert(canonical);
            }
        }
    }
    out
}

static STREET_TYPES: LazyLock<Grouped> =
    LazyLock::new(|| grouped(include_str!("../../../resources/addresses/street_types.tsv")));
static UNITS: LazyLock<Grouped> =
    LazyLock::new(|| grouped(include_str!("../../../resources/addresses/units.tsv")));

fn in_groups(table: &Grouped, groups: &[&str], word: &str) -> Option<&'static str> {
    // No word of the tables is longer.
    const LONGEST: usize = 24;
    if word.len() > LONGEST {
        return None;
    }
    groups.iter().find_map(|g| table.get(group_index(g)?)?.get(word).copied())
}

/// The canonical street type of folded words.
pub(super) fn street_type(groups: &[&str], words: &str) -> Option<&'static str> {
    in_groups(&STREET_TYPES, groups, words)
}

/// Whether a type is that of a way, and not of an estate, a building or a quarter beside one.
pub(super) fn is_thoroughfare(canonical: &str) -> bool {
    !matches!(
        canonical,
        "urbanización"
            | "polígono"
            | "polígono industrial"
            | "barrio"
            | "barriada"
            | "parcela"
            | "edificio"
            | "residencial"
            | "colonia"
            | "sector"
            | "manzana"
            | "conjunto"
            | "complejo"
            | "grupo"
            | "lugar"
            | "puerta"
            | "villa"
            | "finca"
            | "mercado"
            | "parque"
            | "bairro"
            | "quadra"
            | "setor"
            | "quinta"
            | "résidence"
            | "lotissement"
            | "località"
            | "frazione"
            | "rione"
            | "regione"
    )
}

/// The type that ends a Basque name: `Ercilla kalea`.
pub(super) fn basque_type(groups: &[&str], word: &str) -> Option<&'static str> {
    matches!(
        word,
        "kalea"
            | "etorbidea"
            | "hiribidea"
            | "pasealekua"
            | "enparantza"
            | "bidea"
            | "errepidea"
            | "zeharkalea"
    )
    .then(|| street_type(groups, word))
    .flatten()
}

/// Whether a folded word is a street type in any country.
pub(super) fn is_any_street_type(word: &str) -> bool {
    STREET_TYPES.iter().any(|words| words.contains_key(word))
}

/// The component that a designator introduces.
pub(super) fn unit(groups: &[&str], word: &str) -> Option<&'static str> {
    in_groups(&UNITS, groups, word)
}

/// The word that introduces a component: the first of its row.
static DESIGNATORS: LazyLock<[Lookup<&'static str>; GROUPS.len()]> = LazyLock::new(|| {
    let mut out: [Lookup<&'static str>; GROUPS.len()] = Default::default();
    for row in ascii::rows(include_str!("../../../resources/addresses/units.tsv")) {
        if let [group, component, spellings] = *row
            && let Some(words) = group_index(group).and_then(|at| out.get_mut(at))
            && let Some(first) = spellings.split('|').next()
        {
            words.entry(component).or_insert(first);
        }
    }
    out
});

/// The word that introduces a component.
pub(super) fn designator(groups: &[&str], component: &str) -> Option<&'static str> {
    in_groups(&DESIGNATORS, groups, component)
}

/// The street type that a compound name ends in, and the ending as written.
pub(super) fn compound_type(groups: &[&str], word: &str) -> Option<(&'static str, &'static str)> {
    let endings = groups.iter().filter_map(|g| STREET_TYPES.get(group_index(g)?)).flat_map(|t| t.iter());
    let longest = endings.filter(|(spelling, _)| spelling.len() >= 3 && word.ends_with(**spelling));
    longest
        .max_by_key(|(spelling, _)| (spelling.len(), **spelling))
        .map(|(spelling, canonical)| (*canonical, *spelling))
}

/// Words that carry no identity inside a street name.
pub(super) fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "de" | "la"
            | "el"
            | "los"
            | "las"
            | "del"
            | "y"
            | "i"
            | "e"
            | "do"
            | "da"
            | "dos"
            | "das"
            | "les"
            | "le"
            | "du"
            | "des"
            | "d"
            | "l"
            | "et"
            | "di"
            | "della"
            | "delle"
            | "dei"
            | "degli"
            | "dello"
            | "dell"
            | "o"
            | "a"
            | "als"
            | "dels"
            | "al"
    )
}

/// A floor that has a name.
pub(super) fn named_floor(word: &str) -> Option<&'static str> {
    Some(match word {
        "bajo" | "bj" | "bajos" | "bjo" | "bja" | "bxo" | "baixos" | "baixo" | "bo" | "pb" | "baja" => "bajo",
        "entresuelo" | "entlo" | "ent" | "entreplanta" | "entrep" | "entresol" | "ess" => "entresuelo",
        "principal" | "pral" | "ppal" | "prpal" | "pr" => "principal",
        "atico" | "at" | "satico" | "sobreatico" | "atic" => "ático",
        "sotano" | "sot" | "semisotano" | "semis" | "ss" => "sótano",
        "rc" | "rdc" => "bajo",
        "eg" | "erdgeschoss" => "EG",
        "dg" | "dachgeschoss" => "DG",
        _ => return None,
    })
}

/// A door named by its side.
pub(super) fn side(word: &str, region: &str) -> Option<&'static str> {
    let portuguese = matches!(region, "PT" | "BR");
    Some(match word {
        "dto" | "dt" | "direito" | "dta" | "drt" if portuguese => "direito",
        "esq" | "esquerdo" | "eq" | "esqdo" if portuguese => "esquerdo",
        "frt" | "fte" | "frente" | "tras" => "frente",
        "izq" | "izda" | "izqda" | "iz" | "izquierda" | "izqa" | "esq" | "esquerra" | "ezk" | "ezkerra"
        | "izqdo" | "izquierdo" => "izquierda",
        "dcha" | "dch" | "der" | "dr" | "dra" | "drcha" | "derecha" | "dta" | "dreta" | "eskuma" | "dcho"
        | "derecho" | "esk" => "derecha",
        "ctro" | "cto" | "cen" | "centro" | "centre" => "centro",
        "ext" | "exterior" => "exterior",
        "int" | "interior" => "interior",
        "links" | "li" => "links",
        "rechts" | "re" => "rechts",
        "mitte" => "mitte",
        _ => return None,
    })
}
