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

/// What the tables of a country say of one folded word, looked up once for each word of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Facts {
    /// The component that it introduces.
    pub(super) unit: Option<&'static str>,
    /// The canonical street type that it is.
    pub(super) street_type: Option<&'static str>,
    /// The words in the longest street type that it opens; 0 when it opens none.
    pub(super) longest_type: u8,
    /// The floor that it names.
    pub(super) floor: Option<&'static str>,
    /// The door that it names by its side.
    pub(super) side: Option<&'static str>,
    /// Whether it names a side in most countries, which Portugal's own words do not.
    pub(super) common_side: bool,
    /// Whether it says without any sign that a house has no number.
    pub(super) no_number: bool,
}

/// Of words that are in no table.
pub(super) static NO_FACTS: Facts = Facts {
    unit: None,
    street_type: None,
    longest_type: 0,
    floor: None,
    side: None,
    common_side: false,
    no_number: false,
};

/// The words of the countries that share their language groups.
pub(super) struct Lexicon {
    pub(super) family: Family,
    pub(super) groups: &'static [Group],
    /// By folded spelling, which is of several words for some street types.
    words: Lookup<Facts>,
    /// Component to the word that introduces it: the first of its row.
    designators: Lookup<&'static str>,
    /// Spellings that a compound name may end in and their types, the longest first.
    endings: Vec<(&'static str, &'static str)>,
}

/// The lexicon of a country. Each language group's words come before those of the groups behind it.
pub(super) fn of(region: &str) -> &'static Lexicon {
    macro_rules! lexicon {
        ($family:ident $($group:ident)+) => {{
            static LEXICON: LazyLock<Lexicon> =
                LazyLock::new(|| Lexicon::new(Family::$family, &[$(Group::$group),+]));
            &LEXICON
        }};
    }
    let spanish = || lexicon!(TypeFirst Es);
    match region {
        "ES" => spanish(),
        "" => lexicon!(TypeFirst Es Pt Fr It),
        "PT" | "BR" => lexicon!(TypeFirst Pt Es),
        "FR" | "LU" | "MC" => lexicon!(TypeFirst Fr),
        "BE" => lexicon!(TypeFirst Fr Nl),
        "IT" | "SM" | "VA" => lexicon!(TypeFirst It),
        "CO" => lexicon!(TypeFirst Co Es),
        "US" | "CA" | "GB" | "IE" | "AU" | "NZ" | "IN" | "ZA" | "PH" => lexicon!(TypeLast En),
        "DE" | "AT" | "LI" => lexicon!(Compound De),
        "CH" => lexicon!(Compound De Fr It),
        "NL" | "DK" | "SE" | "NO" | "FI" => lexicon!(Compound Nl),
        _ => spanish(),
    }
}

impl Lexicon {
    fn new(family: Family, groups: &'static [Group]) -> Self {
        let mut words: Lookup<Facts> = Lookup::default();
        // The first group that knows a word decides, and in it the first row.
        for group in groups {
            for (spelling, canonical) in rows_of(STREET_TYPES, *group) {
                words.entry(spelling).or_default().street_type.get_or_insert(canonical);
                let opened = words.entry(spelling.split(' ').next().unwrap_or_default()).or_default();
                let count = u8::try_from(spelling.split(' ').count()).unwrap_or(u8::MAX);
                opened.longest_type = opened.longest_type.max(count);
            }
            for (spelling, component) in rows_of(UNITS, *group) {
                words.entry(spelling).or_default().unit.get_or_insert(component);
            }
        }
        let portuguese = groups.first() == Some(&Group::Pt);
        let sides = |own| SIDES.iter().filter(move |(portuguese, ..)| *portuguese == own);
        for (_, side, spellings) in sides(true).filter(|_| portuguese).chain(sides(false)) {
            for spelling in spellings.split('|') {
                words.entry(spelling).or_default().side.get_or_insert(side);
            }
        }
        for spelling in sides(false).flat_map(|(.., spellings)| spellings.split('|')) {
            words.entry(spelling).or_default().common_side = true;
        }
        for (floor, spellings) in FLOORS {
            for spelling in spellings.split('|') {
                words.entry(spelling).or_default().floor = Some(floor);
            }
        }
        // `senza numero civico`; elsewhere the letters are those of a legal form.
        if groups == [Group::It] {
            words.entry("snc").or_default().no_number = true;
        }
        let mut designators = Lookup::default();
        for (component, spelling) in groups.iter().flat_map(|group| first_words(*group)) {
            designators.entry(component).or_insert(spelling);
        }
        Self { family, groups, words, designators, endings: endings(groups) }
    }

    /// What is known of folded words.
    pub(super) fn facts(&self, words: &str) -> &Facts {
        // No spelling of the tables is longer.
        const LONGEST: usize = 24;
        if words.len() > LONGEST { &NO_FACTS } else { self.words.get(words).unwrap_or(&NO_FACTS) }
    }

    pub(super) fn has(&self, group: Group) -> bool {
        self.groups.contains(&group)
    }

    /// The word that introduces a component.
    pub(super) fn designator(&self, component: &str) -> Option<&'static str> {
        self.designators.get(component).copied()
    }

    /// The street type that a compound name ends in, and the ending as written.
    pub(super) fn compound_type(&self, word: &str) -> Option<(&'static str, &'static str)> {
        let ending = self.endings.iter().find(|(spelling, _)| word.ends_with(spelling))?;
        Some((ending.1, ending.0))
    }

    /// The canonical words of all street types, in no order.
    pub(super) fn street_types(&self) -> impl Iterator<Item = &'static str> {
        self.words.values().filter_map(|facts| facts.street_type)
    }
}

const STREET_TYPES: &str = include_str!("../../../resources/addresses/street_types.tsv");
const UNITS: &str = include_str!("../../../resources/addresses/units.tsv");

/// Spellings and what they stand for, of the rows of one group.
fn rows_of(table: &'static str, group: Group) -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_group = move |row: Vec<&'static str>| match *row {
        [name, meant, spellings] if Group::named(name) == Some(group) => Some((meant, spellings)),
        _ => None,
    };
    let spelt = |(meant, spellings): (&'static str, &'static str)| {
        spellings.split('|').filter(|s| !s.is_empty()).map(move |spelling| (spelling, meant))
    };
    ascii::rows(table).filter_map(of_group).flat_map(spelt)
}

/// Components and the first of their spellings.
fn first_words(group: Group) -> impl Iterator<Item = (&'static str, &'static str)> {
    rows_of(UNITS, group).map(|(spelling, component)| (component, spelling))
}

/// What compound names may end in: types of at least three letters, the longest first, in each group as its first row has
/// them.
fn endings(groups: &[Group]) -> Vec<(&'static str, &'static str)> {
    const SHORTEST: usize = 3;
    let mut seen: Lookup<()> = Lookup::default();
    let mut out = Vec::new();
    for (position, group) in groups.iter().enumerate() {
        seen.clear();
        let types = rows_of(STREET_TYPES, *group).filter(|(spelling, _)| spelling.len() >= SHORTEST);
        out.extend(
            types.filter(|(spelling, _)| seen.insert(spelling, ()).is_none()).map(|pair| (position, pair)),
        );
    }
    // Of one spelling in two groups the later one.
    out.sort_by_key(|(position, (spelling, _))| std::cmp::Reverse((spelling.len(), *spelling, *position)));
    out.into_iter().map(|(_, pair)| pair).collect()
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

/// Whether a type may end a Basque name: `Ercilla kalea`.
pub(super) fn is_basque_type(word: &str) -> bool {
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
            | "zumarkalea"
            | "zumardia"
            | "ibilbidea"
            | "ingurabidea"
            | "plaza"
    )
}

/// Whether a folded word is a street type in any country.
pub(super) fn is_any_street_type(word: &str) -> bool {
    static WORDS: LazyLock<Lookup<()>> = LazyLock::new(|| {
        let groups = Group::ALL.iter();
        groups
            .flat_map(|(group, _)| rows_of(STREET_TYPES, *group))
            .map(|(spelling, _)| (spelling, ()))
            .collect()
    });
    WORDS.contains_key(word)
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

/// Floors that have a name, and how they are written.
const FLOORS: [(&str, &str); 8] = [
    ("bajo", "bajo|bj|bjs|bajos|bjo|bja|bxo|baixos|baixo|bo|pb|baja|terra|behea"),
    (
        "entresuelo",
        "entresuelo|entlo|entl|ent|entreplanta|entrep|entresol|ess|entpta|altillo|altell|sobreloja",
    ),
    ("principal", "principal|pral|ppal|prpal|pr"),
    ("ático", "atico|at|satico|sobreatico|atic"),
    ("sótano", "sotano|sot|semisotano|semisot|semis|ss|soterrani|cave|seminterrato"),
    ("bajo", "rc|rdc"),
    ("EG", "eg|erdgeschoss"),
    ("DG", "dg|dachgeschoss"),
];

/// Doors named by their side, and how they are written; first whether that is so in Portugal and Brazil alone.
const SIDES: [(bool, &str, &str); 16] = [
    (true, "direito", "dto|dt|direito|dta|drt"),
    (true, "esquerdo", "esq|esquerdo|eq|esqdo"),
    (true, "fundos", "fundos|fds"),
    (false, "frente", "frt|fte|frente|tras"),
    (false, "izquierda", "izq|izda|izqda|iz|izquierda|izqa|esq|esquerra|ezk|ezkerra|izqdo|izquierdo"),
    (false, "derecha", "dcha|dch|der|dr|dra|drcha|derecha|dta|dreta|eskuma|dcho|derecho|esk"),
    (false, "centro", "ctro|cto|cen|centro|centre"),
    (false, "exterior", "ext|exterior"),
    (false, "interior", "int|interior"),
    (false, "links", "links|li"),
    (false, "rechts", "rechts|re"),
    (false, "mitte", "mitte"),
    (false, "droite", "droite|dte|drte"),
    (false, "gauche", "gauche|gche|gch"),
    (false, "destra", "destra|dx"),
    (false, "sinistra", "sinistra|sx"),
];
