//! Gender, from the codes and words that touchpoints write and from titles: `M`, `H`, `mujer`, `female`, `Herr`, `Sra.`
//!
//! It is weak evidence: use it against an otherwise equal record (Juan and Juana), never to find candidates.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;
use serde::Serialize;

use super::Hint;
use super::text::{clean, fold};

/// What a source says about a person's gender.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Stated to be neither of the two.
    Other,
}

impl Gender {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
            Self::Other => "other",
        }
    }
}

/// One row a gender, folded words.
const WORDS: [(Gender, &str); 3] = [
    (
        Gender::Female,
        "f fem femenino femenina female femme feminino feminina feminin femminile mujer mulher woman dona donna frau \
         weiblich w vrouw vrouwelijk v_nl muller emakumea girl nina sra srta senora senorita senhora dna dª da doña \
         mrs ms miss mme madame mlle mademoiselle fraulein signora sig_ra signorina mevrouw mevr mw lady dame dra \
         doctora profa sor hna",
    ),
    (
        Gender::Male,
        "m masc masculino male masculin maschile masculina hombre h v varon homem man homme home uomo mann mannlich \
         man mannelijk gizona boy nino sr senor senhor don dn mr mister monsieur herr hr signor sig meneer dhr sir lord \
         fray hno",
    ),
    (
        Gender::Other,
        "x other otro otra outro divers d autre altro nonbinary non_binary no_binario nb diverso",
    ),
];

static TABLE: LazyLock<HashMap<String, Gender, FixedState>> = LazyLock::new(|| {
    let mut table = HashMap::default();
    for (gender, words) in WORDS {
        for word in words.split_whitespace() {
            table.insert(fold(&word.replace('_', " ")), gender);
        }
    }
    table
});

/// Reads a gender cell. Numbers (`1`/`2`) mean different things in different systems and are not read.
///
/// `M` is male and `V` is *varón*; a column that writes `H` and `M` for *hombre* and *mujer* needs
/// [`gender_in_column`], since the single cell cannot tell.
///
/// # Example
/// ```
/// # use quilate::normalize::gender::{gender, Gender};
/// assert_eq!(gender("Mujer"), Some(Gender::Female));
/// assert_eq!(gender("Sr."), Some(Gender::Male));
/// assert_eq!(gender("n/a"), None);
/// ```
pub fn gender(raw: &str) -> Option<Gender> {
    // Codes are short: a long cell is no gender, and is not worth folding.
    const LONGEST: usize = 32;
    let cleaned = clean(raw);
    if cleaned.len() > LONGEST {
        return None;
    }
    TABLE.get(fold(&cleaned).as_str()).copied()
}

/// [`gender`] for a column in which `M` stands for *mujer*: one that also has `H` (hombre) or `V` (varón) and no `F`.
/// Call [`m_is_female`] on the column's distinct values to find out.
pub fn gender_in_column(raw: &str, m_is_female: bool, hint: &Hint<'_>) -> Option<Gender> {
    let gender = gender(raw)?;
    let cell = raw.trim();
    if m_is_female && cell.eq_ignore_ascii_case("m") {
        return Some(Gender::Female);
    }
    // Dutch columns write M and V (vrouw).
    let dutch = hint.locale.is_some_and(|locale| locale.starts_with("nl")) || hint.region == Some("NL");
    if dutch && cell.eq_ignore_ascii_case("v") { Some(Gender::Female) } else { Some(gender) }
}

/// True when a column with these distinct values writes `M` for *mujer*.
pub fn m_is_female<'v>(values: impl IntoIterator<Item = &'v str>) -> bool {
    let (mut hombre, mut female) = (false, false);
    for value in values {
        let value = value.trim();
        hombre |= value.eq_ignore_ascii_case("h") || value.eq_ignore_ascii_case("v");
        female |= value.eq_ignore_ascii_case("f");
    }
    hombre && !female
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let rows = [
            ("f female FEMALE Femenino mujer W Frau Sra. Dña. Mme weiblich Mulher", Some(Gender::Female)),
            ("M male H hombre varón V Herr Sr. homem masculino Mr", Some(Gender::Male)),
            ("x divers otro", Some(Gender::Other)),
            ("1 2 n/a ? García Andrea", None),
        ];
        for (words, expected) in rows {
            for word in words.split(' ') {
                assert_eq!(gender(word), expected, "{word}");
            }
        }
        assert_eq!(gender("  Sig.ra "), Some(Gender::Female));
        assert_eq!(gender("no binario"), Some(Gender::Other));
        assert_eq!(gender(""), None);
    }

    #[test]
    fn m_is_mujer_only_beside_h_or_v_without_f() {
        assert!(m_is_female(["H", "M", ""]));
        assert!(m_is_female(["v", "m"]));
        assert!(!m_is_female(["M", "F"]));
        assert!(!m_is_female(["M", "H", "F"]));
        let hint = Hint::default();
        assert_eq!(gender_in_column("M", true, &hint), Some(Gender::Female));
        assert_eq!(gender_in_column("M", false, &hint), Some(Gender::Male));
        assert_eq!(gender_in_column("V", false, &Hint { region: Some("NL"), ..hint }), Some(Gender::Female));
    }
}
