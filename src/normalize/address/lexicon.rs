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

/// A group of languages or a country whose words are looked up together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Group {
    /// Spain's languages and American Spanish.
    Es,
    /// What means something else in Colombia.
    Co,
    Pt,
    Fr,
    It,
    En,
    De,
    Nl,
}

impl Group {
    const ALL: [(Self, &str); 8] = [
        (Self::Es, "es"),
        (Self::Co, "co"),
        (Self::Pt, "pt"),
        (Self::Fr, "fr"),
        (Self::It, "it"),
        (Self::En, "en"),
        (Self::De, "de"),
        (Self::Nl, "nl"),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own)| *own == name).map(|(group, _)| *group)
    }
}

/// The language groups whose words a country uses, the first before the others.
pub(super) fn groups(region: &str) -> &'static [Group] {
    use Group::{Co, De, En, Es, Fr, It, Nl, Pt};
    match region {
        "PT" | "BR" => &[Pt, Es],
        "FR" | "LU" | "MC" => &[Fr],
        "BE" => &[Fr, Nl],
        "IT" | "SM" | "VA" => &[It],
        "CO" => &[Co, Es],
        "US" | "CA" | "GB" | "IE" | "AU" | "NZ" | "IN" | "ZA" | "PH" => &[En],
        "DE" | "AT" | "LI" => &[De],
        "CH" => &[De, Fr, It],
        "NL" => &[Nl],
        "DK" | "SE" | "NO" | "FI" => &[Nl],
        "" => &[Es, Pt, Fr, It],
        _ => &[Es],
    }
}

/// The words of one group.
#[derive(Default)]
struct Words {
    /// Spelling to the canonical word of the row.
    canonical: Lookup<&'static str>,
    /// The first word of each spelling, and the words in the longest spelling that it opens.
    opens: Lookup<usize>,
}

/// By language group.
type Grouped = [Words; Group::ALL.len()];

fn grouped(table: &'static str) -> Grouped {
    let mut out = Grouped::default();
    for row in ascii::rows(table) {
        if let [group, canonical, spellings] = *row
            && let Some(words) = Group::named(group).and_then(|group| out.get_mut(group as usize))
        {
            for spelling in spellings.split('|').filter(|s| !s.is_empty()) {
                words.canonical.entry(spelling).or_insert(canonical);
                let longest = words.opens.entry(spelling.split(' ').next().unwrap_or_default()).or_default();
                *longest = (*longest).max(spelling.split(' ').count());
            }
        }
    }
    out
}

static STREET_TYPES: LazyLock<Grouped> =
    LazyLock::new(|| grouped(include_str!("../../../resources/addresses/street_types.tsv")));
static UNITS: LazyLock<Grouped> =
    LazyLock::new(|| grouped(include_str!("../../../resources/addresses/units.tsv")));

fn in_groups(table: &Grouped, groups: &[Group], word: &str) -> Option<&'static str> {
    // No word of the tables is longer.
    const LONGEST: usize = 24;
    if word.len() > LONGEST {
        return None;
    }
    groups.iter().find_map(|&group| table[group as usize].canonical.get(word).copied())
}

/// The words in the longest street type that a folded word opens; 0 when it opens none.
pub(super) fn longest_type(groups: &[Group], first: &str) -> usize {
    let longest = |group: &Group| STREET_TYPES[*group as usize].opens.get(first).copied();
    groups.iter().filter_map(longest).max().unwrap_or(0)
}

/// The canonical words of a group's street types, in no order.
pub(super) fn canonical_types(group: Group) -> impl Iterator<Item = &'static str> {
    STREET_TYPES[group as usize].canonical.values().copied()
}

/// The canonical street type of folded words.
pub(super) fn street_type(groups: &[Group], words: &str) -> Option<&'static str> {
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
pub(super) fn basque_type(groups: &[Group], word: &str) -> Option<&'static str> {
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
    STREET_TYPES.iter().any(|words| words.canonical.contains_key(word))
}

/// The component that a designator introduces.
pub(super) fn unit(groups: &[Group], word: &str) -> Option<&'static str> {
    in_groups(&UNITS, groups, word)
}

/// The word that introduces a component: the first of its row.
static DESIGNATORS: LazyLock<[Lookup<&'static str>; Group::ALL.len()]> = LazyLock::new(|| {
    let mut out: [Lookup<&'static str>; Group::ALL.len()] = Default::default();
    for row in ascii::rows(include_str!("../../../resources/addresses/units.tsv")) {
        if let [group, component, spellings] = *row
            && let Some(words) = Group::named(group).and_then(|group| out.get_mut(group as usize))
            && let Some(first) = spellings.split('|').next()
        {
            words.entry(component).or_insert(first);
        }
    }
    out
});

/// The word that introduces a component.
pub(super) fn designator(groups: &[Group], component: &str) -> Option<&'static str> {
    groups.iter().find_map(|&group| DESIGNATORS[group as usize].get(component).copied())
}

/// The street type that a compound name ends in, and the ending as written.
pub(super) fn compound_type(groups: &[Group], word: &str) -> Option<(&'static str, &'static str)> {
    let endings = groups.iter().flat_map(|&group| STREET_TYPES[group as usize].canonical.iter());
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
