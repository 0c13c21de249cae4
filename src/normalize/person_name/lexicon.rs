//! What is known about each word of a name: one hash look-up per token gives all its classes at once (given name,
//! surname, particle, title, suffix, abbreviation), by language. The tables are under `resources/names`.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::super::Hint;
use super::super::gender::Gender;
use super::super::resources::{fields, lines};
use super::super::text::fold;
use super::super::words::WordMap;

/// Languages whose names are told apart. Catalan, Galician and Basque names follow the Spanish system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lang {
    Es,
    Pt,
    En,
    Fr,
    De,
    It,
    Nl,
    Other,
}

impl Lang {
    /// In the order in which ties are decided.
    pub(super) const ALL: [Lang; 8] =
        [Lang::Es, Lang::Pt, Lang::En, Lang::Fr, Lang::De, Lang::It, Lang::Nl, Lang::Other];

    pub(super) fn bit(self) -> u8 {
        1 << self as u8
    }

    /// The code of the language, or the one given where several share a naming system.
    pub(super) fn code(self, locale: &str) -> &str {
        match self {
            Lang::Es if matches!(locale, "ca" | "gl" | "eu") => locale,
            Lang::Es => "es",
            Lang::Pt => "pt",
            Lang::En => "en",
            Lang::Fr => "fr",
            Lang::De => "de",
            Lang::It => "it",
            Lang::Nl => "nl",
            Lang::Other => locale,
        }
    }

    fn from_code(code: &str) -> Lang {
        match code {
            "es" | "ca" | "gl" | "eu" => Lang::Es,
            "pt" => Lang::Pt,
            "en" => Lang::En,
            "fr" => Lang::Fr,
            "de" => Lang::De,
            "it" => Lang::It,
            "nl" => Lang::Nl,
            _ => Lang::Other,
        }
    }

    fn mask(codes: &str) -> u8 {
        codes
            .split_whitespace()
            .filter(|code| *code != "-")
            .map(|code| Lang::from_code(code).bit())
            .fold(0, |a, b| a | b)
    }

    /// The language that a hint names, by its locale or else by its country.
    pub(super) fn of_hint(hint: &Hint<'_>) -> Option<Lang> {
        let code = hint.locale.map(language_of);
        if let Some(code) = code.filter(|code| !code.is_empty()) {
            return Some(Lang::from_code(code));
        }
        Some(match hint.region? {
            "ES" | "MX" | "AR" | "CL" | "CO" | "PE" | "EC" | "UY" | "PY" | "BO" | "VE" | "CR" | "PA"
            | "GT" | "HN" | "NI" | "SV" | "DO" | "CU" | "PR" | "AD" | "GQ" => Lang::Es,
            "PT" | "BR" | "AO" | "MZ" | "CV" => Lang::Pt,
            "GB" | "US" | "IE" | "AU" | "NZ" | "CA" | "ZA" | "IN" => Lang::En,
            "FR" | "MC" => Lang::Fr,
            "DE" | "AT" | "CH" | "LI" => Lang::De,
            "IT" | "SM" => Lang::It,
            "NL" | "BE" => Lang::Nl,
            _ => Lang::Other,
        })
    }
}

/// The language subtag of a locale.
pub(super) fn language_of(locale: &str) -> &str {
    let end = locale.bytes().position(|byte| matches!(byte, b'-' | b'_'));
    &locale[..end.unwrap_or(locale.len())]
}

/// Roles of small words; bits of [`Word::roles`].
pub(super) mod role {
    pub const PARTICLE: u32 = 1;
    pub const SAINT: u32 = 1 << 1;
    pub const CONNECTOR: u32 = 1 << 2;
    pub const PATRONYMIC: u32 = 1 << 3;
    pub const BOUND: u32 = 1 << 4;
    pub const MARITAL: u32 = 1 << 5;
    pub const MAIDEN: u32 = 1 << 6;
    pub const ALIAS: u32 = 1 << 7;
    pub const CARE_OF: u32 = 1 << 8;
    pub const TITLE: u32 = 1 << 9;
    pub const SUFFIX: u32 = 1 << 10;
    pub const ABBREVIATION: u32 = 1 << 11;
    /// Several words that are one given name.
    pub const COMPOUND: u32 = 1 << 12;
    /// First word of a compound given name.
    pub const HEAD: u32 = 1 << 13;
    /// A familiar form, not a name of its own.
    pub const NICKNAME: u32 = 1 << 14;
    /// Found in the names of organisations and of nobody.
    pub const ORGANISATION: u32 = 1 << 15;
    /// Stands between two people: `and`, `und`, `et`, `en`, `con`.
    pub const AND: u32 = 1 << 16;
    /// Second or later word of a compound given name.
    pub const TAIL: u32 = 1 << 17;
    /// Has formals in [`Lexicon::formals`](super::Lexicon::formals).
    pub const FAMILIAR: u32 = 1 << 18;
    /// Whatever binds to the word on its right inside a surname.
    pub const BINDS: u32 = PARTICLE | SAINT | PATRONYMIC;
}

/// All classes of a folded word. The masks are sets of [`Lang`] bits.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Word {
    given: u8,
    given_minor: u8,
    surname: u8,
    surname_minor: u8,
    male: u8,
    female: u8,
    /// Bits of [`role`].
    pub(super) roles: u32,
    /// Languages that write this particle with a capital.
    pub(super) capital: u8,
}

impl Word {
    pub(super) fn is(&self, roles: u32) -> bool {
        self.roles & roles != 0
    }

    /// 2 a given name only, -2 a surname only, 0 both or unknown, 1 and -1 mostly. What the language itself says counts
    /// before what others say.
    pub(super) fn score(&self, lang: Lang) -> i32 {
        let bit = lang.bit();
        let all = self.given | self.given_minor | self.surname | self.surname_minor;
        let mask = if all & bit != 0 { bit } else { u8::MAX };
        let strength =
            |major: u8, minor: u8| if major & mask != 0 { 2 } else { i32::from(minor & mask != 0) };
        strength(self.given, self.given_minor) - strength(self.surname, self.surname_minor)
    }

    /// Whether it is anybody's given name or surname.
    pub(super) fn is_name(&self) -> bool {
        (self.given | self.given_minor | self.surname | self.surname_minor) != 0
    }

    pub(super) fn is_given(&self) -> bool {
        (self.given | self.given_minor) != 0
    }

    /// Whether it is a given name of the language itself, however rarely.
    pub(super) fn is_given_name_of(&self, lang: Lang) -> bool {
        (self.given | self.given_minor) & lang.bit() != 0
    }

    /// Whether it is a given name or a surname of the language itself.
    pub(super) fn is_name_of(&self, lang: Lang) -> bool {
        (self.given | self.given_minor | self.surname | self.surname_minor) & lang.bit() != 0
    }

    /// Mostly a given name in the language itself.
    pub(super) fn is_given_of(&self, lang: Lang) -> bool {
        (self.given | self.given_minor) & lang.bit() != 0 && self.score(lang) > 0
    }

    /// No more a surname than a given name in the language itself: Gaspar and Martín are both.
    pub(super) fn may_be_given_of(&self, lang: Lang) -> bool {
        (self.given | self.given_minor) & lang.bit() != 0 && self.score(lang) >= 0
    }

    pub(super) fn is_surname_of(&self, lang: Lang) -> bool {
        (self.surname | self.surname_minor) & lang.bit() != 0
    }

    /// A surname of these languages that is not one of `others`.
    pub(super) fn is_surname_only_of(&self, langs: u8, others: u8) -> bool {
        self.surname & langs != 0 && (self.surname | self.surname_minor | self.given) & others == 0
    }

    /// Languages in which it is common.
    pub(super) fn langs(&self) -> u8 {
        self.given | self.surname
    }

    pub(super) fn gender(&self, lang: Lang) -> Option<Gender> {
        let mask = if (self.male | self.female) & lang.bit() != 0 { lang.bit() } else { u8::MAX };
        match (self.male & mask != 0, self.female & mask != 0) {
            (true, false) => Some(Gender::Male),
            (false, true) => Some(Gender::Female),
            _ => None,
        }
    }
}

/// A title in one language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Title {
    pub(super) lang: &'static str,
    pub(super) expansion: &'static str,
    pub(super) gender: &'static str,
}

/// A written abbreviation in one language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Abbreviation {
    pub(super) lang: Lang,
    pub(super) given: bool,
    pub(super) expansion: &'static str,
}

/// Everything by folded word. Titles, suffixes and abbreviations are keyed without spaces, as `Sig.ra` folds to two words.
pub(super) struct Lexicon {
    words: WordMap<Word>,
    pub(super) titles: HashMap<String, Vec<Title>, FixedState>,
    pub(super) abbreviations: HashMap<String, Vec<Abbreviation>, FixedState>,
    /// Formals of each familiar form in display spelling, with their language code.
    pub(super) formals: HashMap<String, Vec<(&'static str, &'static str)>, FixedState>,
    /// Words in the longest compound.
    pub(super) longest_compound: usize,
}

pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Tables::default().load());

/// The lexicon while it is put together.
#[derive(Default)]
struct Tables {
    words: HashMap<String, Word, FixedState>,
    titles: HashMap<String, Vec<Title>, FixedState>,
    abbreviations: HashMap<String, Vec<Abbreviation>, FixedState>,
    formals: HashMap<String, Vec<(&'static str, &'static str)>, FixedState>,
    longest_compound: usize,
}

pub(super) const GIVEN_NAMES: &str = include_str!("../../../resources/names/given_names.tsv");
const SURNAMES: &str = include_str!("../../../resources/names/surnames.tsv");
const PARTICLES: &str = include_str!("../../../resources/names/particles.tsv");
const TITLES: &str = include_str!("../../../resources/names/titles.tsv");
const SUFFIXES: &str = include_str!("../../../resources/names/suffixes.tsv");
const ABBREVIATIONS: &str = include_str!("../../../resources/names/abbreviations.tsv");
const ORGANISATION_WORDS: &str = include_str!("../../../resources/companies/company_words.tsv");
pub(super) const HYPOCORISTICS: &str = include_str!("../../../resources/names/hypocoristics.tsv");
pub(super) const EQUIVALENTS: &str = include_str!("../../../resources/names/equivalents.tsv");
pub(super) const DIMINUTIVES_EN: &str = include_str!("../../../resources/names/diminutives_en.tsv");

pub(super) fn squash(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(|c| c != ' ');
    folded
}

impl Lexicon {
    /// Whether a word, as it is written, is a title in some language.
    pub(super) fn is_title(&self, word: &str) -> bool {
        self.titles.contains_key(&squash(word))
    }

    /// What is known about a folded word, or a compound of folded words.
    pub(super) fn word(&self, folded: &str) -> Option<&Word> {
        self.words.get(folded)
    }

    /// Words and compounds, in no order.
    #[cfg(test)]
    pub(super) fn words(&self) -> impl Iterator<Item = String> {
        self.words.iter().map(|(word, _)| word)
    }
}

impl Tables {
    fn load(mut self) -> Lexicon {
        self.load_given_names();
        self.load_surnames();
        self.load_nicknames();
        self.load_small_words();
        self.load_titles();
        self.load_abbreviations();
        for line in lines(ORGANISATION_WORDS) {
            self.entry(line).roles |= role::ORGANISATION;
        }
        for word in ["and", "und", "et", "en", "con"] {
            self.entry(word).roles |= role::AND;
        }
        let Tables { words, titles, abbreviations, formals, longest_compound } = self;
        Lexicon { words: WordMap::new(words), titles, abbreviations, formals, longest_compound }
    }

    fn entry(&mut self, text: &str) -> &mut Word {
        self.words.entry(fold(text)).or_default()
    }

    fn add_given(&mut self, name: &str, lang: Lang, gender: &str, minor: bool) {
        let folded = fold(name);
        let parts = folded.split(' ').count();
        if let Some((head, tail)) = folded.split_once(' ') {
            self.words.entry(head.to_owned()).or_default().roles |= role::HEAD;
            for word in tail.split(' ') {
                self.words.entry(word.to_owned()).or_default().roles |= role::TAIL;
            }
        }
        self.longest_compound = self.longest_compound.max(parts);
        let word = self.words.entry(folded).or_default();
        if parts > 1 {
            word.roles |= role::COMPOUND;
        }
        let bit = lang.bit();
        *(if minor { &mut word.given_minor } else { &mut word.given }) |= bit;
        word.male |= if matches!(gender, "m" | "u") { bit } else { 0 };
        word.female |= if matches!(gender, "f" | "u") { bit } else { 0 };
    }

    fn load_given_names(&mut self) {
        for line in lines(GIVEN_NAMES) {
            let [name, classes] = fields(line);
            for class in classes.split(' ') {
                let (class, minor) = class.strip_suffix('?').map_or((class, false), |class| (class, true));
                let (lang, gender) = class.split_once('-').unwrap_or((class, "u"));
                self.add_given(name, Lang::from_code(lang), gender, minor);
            }
        }
        for line in lines(EQUIVALENTS) {
            let [_, gender, lang, name, strength] = fields(line);
            if strength == "strong" {
                self.add_given(name, Lang::from_code(lang), gender, false);
            }
        }
    }

    fn load_surnames(&mut self) {
        for line in lines(SURNAMES) {
            let [name, langs] = fields(line);
            for lang in langs.split(' ') {
                let (lang, minor) = lang.strip_suffix('?').map_or((lang, false), |lang| (lang, true));
                let bit = Lang::from_code(lang).bit();
                let word = self.entry(name);
                *(if minor { &mut word.surname_minor } else { &mut word.surname }) |= bit;
            }
        }
    }

    /// Familiar forms count as minor given names; their formals as given names.
    fn load_nicknames(&mut self) {
        let mut pairs: Vec<(&'static str, &'static str, &'static str, &'static str, bool)> = Vec::new();
        for line in lines(HYPOCORISTICS) {
            let [lang, nickname, formal, gender, strength] = fields(line);
            pairs.push((lang, nickname, formal, gender, strength == "strong"));
        }
        for line in lines(DIMINUTIVES_EN) {
            let [formal, gender, nicknames] = fields(line);
            pairs.extend(nicknames.split(' ').map(|nickname| ("en", nickname, formal, gender, true)));
        }
        for &(lang, _, formal, gender, _) in &pairs {
            // Compounds that only a nickname table knows must not change how names are split.
            if !formal.contains(' ') {
                self.add_given(formal, Lang::from_code(lang), gender, false);
            }
        }
        for (lang, nickname, formal, gender, strong) in pairs {
            let folded = fold(nickname);
            if folded.contains(' ') {
                continue;
            }
            let group = Lang::from_code(lang);
            let known = self.words.get(&folded).is_some_and(|word| word.given & group.bit() != 0);
            if !known {
                self.add_given(nickname, group, gender, true);
                self.entry(nickname).roles |= role::NICKNAME;
            }
            if strong {
                self.entry(nickname).roles |= role::FAMILIAR;
                let formals = self.formals.entry(folded).or_default();
                if !formals.contains(&(lang, formal)) {
                    formals.push((lang, formal));
                }
            }
        }
    }

    fn load_small_words(&mut self) {
        for line in lines(PARTICLES) {
            let [text, name, capital] = fields(line);
            let role = match name {
                "particle" => role::PARTICLE,
                "saint" => role::SAINT,
                "connector" => role::CONNECTOR,
                "patronymic" => role::PATRONYMIC,
                "bound" => role::BOUND,
                "marital" => role::MARITAL,
                "maiden" => role::MAIDEN,
                "alias" => role::ALIAS,
                "care_of" => role::CARE_OF,
                _ => continue,
            };
            let word = self.entry(text);
            word.roles |= role;
            word.capital |= Lang::mask(capital);
        }
        for line in lines(SUFFIXES) {
            let [_, text, expansion] = fields(line);
            for text in [text, expansion] {
                if !text.contains(' ') {
                    self.words.entry(squash(text)).or_default().roles |= role::SUFFIX;
                }
            }
        }
    }

    /// Titles of several words (`Ilmo. Sr.`) are entered word by word, and so are the expansions, which are what the
    /// normalised form holds.
    fn load_titles(&mut self) {
        for line in lines(TITLES) {
            let [lang, text, expansion, gender] = fields(line);
            let (short, long) = (text.split(' ').count(), expansion.split(' ').count());
            let mut add = |text: &str, expansion: &'static str, gender: &'static str| {
                let key = squash(text);
                self.words.entry(key.clone()).or_default().roles |= role::TITLE;
                let titles = self.titles.entry(key).or_default();
                if !titles.iter().any(|title| title.lang == lang && title.expansion == expansion) {
                    titles.push(Title { lang, expansion, gender });
                }
            };
            if short == long {
                text.split(' ')
                    .zip(expansion.split(' '))
                    .for_each(|(text, expansion)| add(text, expansion, gender));
            } else if short == 1 {
                add(text, expansion, gender);
            }
            expansion.split(' ').for_each(|word| add(word, word, gender));
        }
    }

    fn load_abbreviations(&mut self) {
        for line in lines(ABBREVIATIONS) {
            let [lang, part, text, expansion] = fields(line);
            if text.contains(' ') {
                continue;
            }
            let key = squash(text);
            self.words.entry(key.clone()).or_default().roles |= role::ABBREVIATION;
            let entry = Abbreviation { lang: Lang::from_code(lang), given: part == "given", expansion };
            let entries = self.abbreviations.entry(key).or_default();
            if !entries.iter().any(|other| other.lang == entry.lang && other.given == entry.given) {
                entries.push(entry);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_hold_what_they_promise() {
        let simple = |tag: &str| lines(GIVEN_NAMES).filter(|line| line.contains(tag)).count();
        assert!(simple("es-") >= 600 && simple("en-") >= 300 && simple("pt-") >= 100 && simple("fr-") >= 100);
        assert!(simple("de-") >= 100 && simple("it-") >= 100);
        let surnames = |lang: &str| {
            lines(SURNAMES)
                .filter(|line| line.split('\t').nth(1).is_some_and(|langs| langs.contains(lang)))
                .count()
        };
        assert!(surnames("es") >= 800 && surnames("en") >= 300);
        assert!(["pt", "fr", "de", "it"].iter().all(|lang| surnames(lang) >= 100));
        let pairs: usize =
            lines(DIMINUTIVES_EN).map(|line| line.split('\t').nth(2).unwrap_or("").split(' ').count()).sum();
        assert!(pairs >= 250, "{pairs}");
    }

    #[test]
    fn scores() {
        let score = |name: &str, lang| LEXICON.word(&fold(name)).map(|word| word.score(lang));
        assert_eq!(score("Carlos", Lang::Es), Some(2));
        assert_eq!(score("García", Lang::Es), Some(-2));
        assert_eq!(score("Martín", Lang::Es), Some(0));
        assert_eq!(score("Miguel", Lang::Es), Some(1));
        assert_eq!(score("García", Lang::En), Some(-2));
        assert_eq!(score("Wilson", Lang::En), Some(-1));
        assert_eq!(score("xyzzy", Lang::Es), None);
        assert_eq!(LEXICON.word("maria jose").and_then(|word| word.gender(Lang::Es)), Some(Gender::Female));
        assert_eq!(LEXICON.word("jose maria").and_then(|word| word.gender(Lang::Es)), Some(Gender::Male));
    }
}
