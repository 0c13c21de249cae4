//! One key for how a Western name sounds, for blocking.
//!
//! Soundex, Metaphone and their kin read every name as if it were English; a customer base in Spain or Latin America
//! holds Spanish, Catalan, Basque, Portuguese, Italian, French, German and English names side by side, and nobody
//! knows which is which. This key therefore merges what any one of these spellings merges. It errs on the side of
//! equality: a key that is too coarse costs candidate pairs, one that is too fine costs customers.
//!
//! Doubled letters count once. Rules are tried from the top; `V` is any of a e i o u y, `^` the beginning, `$` the end.
//!
//! | spelling | code | brings together |
//! |---|---|---|
//! | vowel that comes first | A E I O U (y is I) | Ybarra, Ibarra |
//! | every other vowel | none, but separates | Müller, Muller, Miller |
//! | `h` | none, does not separate | Hernández, Ernandes; Thomas, Tomás; nh, lh, rh |
//! | `^hu` before V | G | Huamán, Guamán |
//! | `b` `v` `w` | B | Vásquez, Básquez; Wagner, Vagner; Lefebvre, Lefèvre |
//! | `w` after V, not before V | none | Brown, Braun |
//! | `c` before e i y; `s` `z` `ç` `ß` `tz` `ts` | S | González, Gonsales; Ceballos, Zevallos; Ortiz, Ortitz |
//! | `x` not before V | S | Calixto, Calisto; Félix, Feliz |
//! | `ch` before V; `cz` `sh` `sch` `tch` `tsch` `tx` | X | Echeverría, Etxeberria; Fischer, Fisher |
//! | `ch` elsewhere; `c` elsewhere; `k` `q` | K | Christina, Cristina; Domènech, Domènec; Quintana, Kintana |
//! | `^kn` | N | Knight, Night |
//! | `d` before t, `$d`; `t` | T | Schmidt, Schmitt, Schmid; Dupont, Dupond |
//! | `d` elsewhere | D | |
//! | `f` `ph` `pf` | F | Philippe, Felipe; Pfeiffer, Feiffer |
//! | `gn`; `n` (`ñ`, `ny`, `nh`) | N | Muñoz, Munhoz, Munyoz |
//! | `n` before b p v | M | Campos, Canpos |
//! | `gli` before V | L | Castiglione, Castilione |
//! | `gh` not before V, after V | none | Wright, Right |
//! | `g` before e i y; `j`; `x` before V | J | Jiménez, Giménez, Ximénez |
//! | `g` elsewhere | G | |
//! | `l` `ll`; `y` before V at `^` or after V | L | Llanos, Yanos; Castillo, Castiyo |
//! | `y` of `Vyer` | as a vowel | Meyer, Meier, Mayr |
//! | `^ps` `^wr` | S, R | |
//! | `m` `p` `r` | M P R | |
//!
//! The price: German `ch` in Bach and Spanish `ch` in Bacho differ, Italian `ch` is taken for the Spanish one, `gn` of
//! Wagner for the French one. Rules that would mend these for one language break another.

use std::fmt;

/// A short code of ASCII letters and digits, kept in place: 16 bytes, `Copy`, ordered and hashed as its text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PhoneticCode {
    /// Zeros past the end, so that the derived order is that of the texts.
    bytes: [u8; Self::CAPACITY],
    len: u8,
}

impl PhoneticCode {
    /// The most characters a code has; what comes later in the value is not coded. By then a name is told
    /// from others.
    pub const CAPACITY: usize = 15;

    /// The code as text.
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever pushed, so this is never the empty default.
        str::from_utf8(&self.bytes[..self.len()]).unwrap_or_default()
    }

    /// How many characters.
    #[inline]
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// Whether nothing in the value could be coded: such a code is no key.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends an ASCII character if there is room.
    #[inline]
    pub(super) fn push(&mut self, ascii: u8) {
        if let Some(place) = self.bytes.get_mut(usize::from(self.len)) {
            *place = ascii;
            self.len += 1;
        }
    }
}

impl AsRef<str> for PhoneticCode {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for PhoneticCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for PhoneticCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// The key of one name, for blocking; empty if the value has no letter that sounds.
///
/// Give it one token, folded to lower-case ASCII. `ñ`, `ç` and `ß` are understood as well, upper case is taken for
/// lower case, and every other character is skipped: a name in another script has the empty key.
///
/// # Complexity
/// O(n), no allocation; reads the first 64 letters.
///
/// # Example
/// ```
/// use quilate::similarity::phonetic_key;
/// assert_eq!(phonetic_key("jimenez").as_str(), "JMNS");
/// assert_eq!(phonetic_key("etxeberria"), phonetic_key("echevarria"));
/// assert_ne!(phonetic_key("romero"), phonetic_key("ramos"));
/// ```
pub fn phonetic_key(folded: &str) -> PhoneticCode {
    let word = Word::new(folded);
    let mut key = PhoneticCode::default();
    let mut last = None;
    let mut at = 0;
    while at < word.len {
        let (sound, letters) = word.sound(at);
        match sound {
            Sound::Consonant(code) => {
                if last != Some(code) {
                    key.push(code);
                }
                last = Some(code);
            }
            Sound::Vowel(code) => {
                if key.is_empty() {
                    key.push(code);
                }
                last = None;
            }
            Sound::Silent => {}
        }
        at += letters;
    }
    key
}

/// What one or more letters stand for.
#[derive(Clone, Copy)]
enum Sound {
    Consonant(u8),
    Vowel(u8),
    Silent,
}

/// The letters of a value, doubled ones taken together.
struct Word {
    letters: [u8; Self::CAPACITY],
    len: usize,
}

impl Word {
    const CAPACITY: usize = 64;

    fn new(value: &str) -> Self {
        let mut word = Self { letters: [0; Self::CAPACITY], len: 0 };
        for c in value.chars() {
            let letter = match c {
                'a'..='z' | 'A'..='Z' => (c as u8).to_ascii_lowercase(),
                'ñ' | 'Ñ' => b'n',
                'ç' | 'Ç' | 'ß' => b's',
                _ => continue,
            };
            if word.len > 0 && word.letters[word.len - 1] == letter {
                continue;
            }
            let Some(place) = word.letters.get_mut(word.len) else { break };
            *place = letter;
            word.len += 1;
        }
        word
    }

    /// The letters from `at` on, with zeros past the end.
    fn from(&self, at: usize) -> [u8; 4] {
        std::array::from_fn(|k| self.letters.get(at + k).copied().unwrap_or(0))
    }

    fn vowel_before(&self, at: usize) -> bool {
        at > 0 && is_vowel(self.letters[at - 1])
    }

    /// The sound at `at` and how many letters make it.
    fn sound(&self, at: usize) -> (Sound, usize) {
        use Sound::{Consonant, Silent, Vowel};
        let here = self.from(at);
        let [letter, next, third, _] = here;
        match letter {
            b'a' | b'e' | b'i' | b'o' | b'u' => (Vowel(letter.to_ascii_uppercase()), 1),
            b'y' => (self.y(at), 1),
            b'h' if at == 0 && next == b'u' && is_vowel(third) => (Consonant(b'G'), 1),
            b'h' => (Silent, 1),
            b'w' if at == 0 && next == b'r' => (Silent, 1),
            b'w' if self.vowel_before(at) && !is_vowel(next) => (Silent, 1),
            b'b' | b'v' | b'w' => (Consonant(b'B'), 1),
            b'c' => c(next, third),
            b'd' if next == b't' => (Silent, 1),
            b'd' if next == 0 => (Consonant(b'T'), 1),
            b'g' => self.g(at),
            b'k' if at == 0 && next == b'n' => (Silent, 1),
            b'k' | b'q' => (Consonant(b'K'), 1),
            b'n' if matches!(next, b'b' | b'p' | b'v') => (Consonant(b'M'), 1),
            b'p' if matches!(next, b'h' | b'f') => (Consonant(b'F'), 2),
            b'p' if at == 0 && next == b's' => (Silent, 1),
            b's' => s(here),
            b't' => t(here),
            b'x' if is_vowel(next) => (Consonant(b'J'), 1),
            b'x' | b'z' => (Consonant(b'S'), 1),
            // d f j l m n p r: themselves.
            _ => (Consonant(letter.to_ascii_uppercase()), 1),
        }
    }

    fn g(&self, at: usize) -> (Sound, usize) {
        let [_, next, third, fourth] = self.from(at);
        match next {
            b'n' => (Sound::Consonant(b'N'), 2),
            b'l' if third == b'i' && is_vowel(fourth) => (Sound::Consonant(b'L'), 2),
            b'h' if self.vowel_before(at) && !is_vowel(third) => (Sound::Silent, 2),
            b'h' => (Sound::Consonant(b'G'), 2),
            b'e' | b'i' | b'y' => (Sound::Consonant(b'J'), 1),
            _ => (Sound::Consonant(b'G'), 1),
        }
    }

    fn y(&self, at: usize) -> Sound {
        let [_, next, third, _] = self.from(at);
        let after_vowel = self.vowel_before(at);
        let germanic = after_vowel && next == b'e' && third == b'r';
        if is_vowel(next) && (at == 0 || after_vowel) && !germanic {
            Sound::Consonant(b'L')
        } else {
            Sound::Vowel(b'I')
        }
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

fn c(next: u8, third: u8) -> (Sound, usize) {
    match next {
        b'h' if is_vowel(third) => (Sound::Consonant(b'X'), 2),
        b'h' => (Sound::Consonant(b'K'), 2),
        b'z' => (Sound::Consonant(b'X'), 2),
        b'e' | b'i' | b'y' => (Sound::Consonant(b'S'), 1),
        _ => (Sound::Consonant(b'K'), 1),
    }
}

fn s([_, next, third, _]: [u8; 4]) -> (Sound, usize) {
    match (next, third) {
        (b'c', b'h') => (Sound::Consonant(b'X'), 3),
        (b'h', _) => (Sound::Consonant(b'X'), 2),
        _ => (Sound::Consonant(b'S'), 1),
    }
}

fn t([_, next, third, fourth]: [u8; 4]) -> (Sound, usize) {
    match (next, third, fourth) {
        (b's', b'c', b'h') => (Sound::Consonant(b'X'), 4),
        (b'c', b'h', _) => (Sound::Consonant(b'X'), 3),
        (b'x', _, _) => (Sound::Consonant(b'X'), 2),
        (b's' | b'z', _, _) => (Sound::Consonant(b'S'), 2),
        _ => (Sound::Consonant(b'T'), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_name_share_a_key() {
        // (key, spellings), grouped by the rule that brings them together; folded as the normaliser does.
        let rows: &[(&str, &[&str])] = &[
            ("JMNS", &["jimenez", "gimenez", "ximenez", "jimenes", "JIMENEZ"]),
            ("GNSLS", &["gonzalez", "gonzales", "gonsales"]),
            ("GNSLBS", &["gonçalves", "gonsalves", "gonzalvez"]),
            ("BSKS", &["vazquez", "vasquez", "basques", "vásquez"]),
            ("ERNNDS", &["hernandez", "ernandes"]),
            ("EXBR", &["echeverria", "echevarria", "etxeberria", "etxebarria"]),
            ("SBLS", &["ceballos", "zevallos", "sevayos"]),
            ("LNS", &["llanos", "yanos"]),
            ("KSTL", &["castillo", "castiyo"]),
            ("MNS", &["munoz", "muñoz", "munhoz", "munyoz", "mugnoz"]),
            ("IBR", &["ybarra", "ibarra"]),
            ("GMN", &["huaman", "guaman"]),
            ("KMPS", &["campos", "canpos"]),
            ("KLST", &["calixto", "calisto"]),
            ("FLS", &["felix", "feliz"]),
            ("KNTN", &["quintana", "kintana"]),
            ("DMNK", &["domenech", "domenec", "domenek"]),
            ("KRSTN", &["christina", "cristina", "kristina"]),
            ("FLP", &["philippe", "felipe", "filippo"]),
            ("XMT", &["schmidt", "schmitt", "schmid"]),
            ("MR", &["meyer", "meier", "maier", "mayr"]),
            ("MLR", &["muller", "mueller", "miller"]),
            ("FXR", &["fischer", "fisher"]),
            ("FFR", &["pfeiffer", "pfeifer"]),
            ("BNR", &["wagner", "vagner"]),
            ("XBRS", &["schwarz", "schwartz"]),
            ("TMS", &["thomas", "tomas"]),
            ("LFBR", &["lefebvre", "lefevre"]),
            ("DPNT", &["dupont", "dupond"]),
            ("KSTLN", &["castiglione", "castilione", "castillone"]),
            ("NT", &["knight", "night"]),
            ("RT", &["wright", "right"]),
            ("BRN", &["brown", "braun"]),
            ("JRJ", &["jorge", "george"]),
            ("SLJ", &["psalgi"]),
            ("PX", &["petsche", "petche", "petxe"]),
        ];
        for (key, spellings) in rows {
            for spelling in *spellings {
                assert_eq!(phonetic_key(spelling).as_str(), *key, "{spelling}");
            }
        }
    }

    #[test]
    fn different_names_keep_different_keys() {
        let names = [
            "garcia",
            "martinez",
            "lopez",
            "sanchez",
            "perez",
            "gomez",
            "ruiz",
            "diaz",
            "moreno",
            "alvarez",
            "romero",
            "alonso",
            "gutierrez",
            "navarro",
            "torres",
            "dominguez",
            "ramos",
            "gil",
            "serrano",
            "blanco",
            "molina",
            "morales",
            "suarez",
            "ortega",
            "delgado",
            "castro",
            "ortiz",
            "rubio",
            "marin",
            "sanz",
        ];
        let mut keys: Vec<_> = names.iter().map(|name| phonetic_key(name)).collect();
        keys.sort_unstable();
        keys.dedup();
        // Only "moreno" and "marin" (MRN) fall together.
        assert_eq!(keys.len(), names.len() - 1);
    }

    #[test]
    fn what_does_not_sound_has_no_key() {
        for value in ["", "h", "42", "Иванов", "山田", "\u{0}", "'-."] {
            assert!(phonetic_key(value).is_empty(), "{value:?}");
        }
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(phonetic_key(&"bd".repeat(100)).len(), PhoneticCode::CAPACITY);
        assert!(phonetic_key(&"ab".repeat(100)).as_str().starts_with("ABBB"));
        assert!(phonetic_key(&"é".repeat(1000)).is_empty());
    }

    #[test]
    fn order_is_that_of_the_text() {
        let (short, long) = (phonetic_key("gil"), phonetic_key("gilbert"));
        assert!(short < long);
        assert_eq!(short.cmp(&long), short.as_str().cmp(long.as_str()));
        assert_eq!(format!("{short:?} {short:>4}"), "\"JL\"   JL");
    }

    proptest! {
        #[test]
        fn any_input_gives_a_key_over_the_alphabet(value in ".{0,80}") {
            let key = phonetic_key(&value);
            prop_assert!(key.as_str().bytes().all(|c| b"ABDEFGIJKLMNOPRSTUX".contains(&c)), "{}", key);
            prop_assert_eq!(key.as_str().len(), key.len());
        }

        #[test]
        fn doubling_a_letter_changes_nothing(name in "[a-z]{1,20}", at in 0usize..20) {
            let at = at % name.len();
            let doubled = format!("{}{}", &name[..=at], &name[at..]);
            prop_assert_eq!(phonetic_key(&doubled), phonetic_key(&name));
        }

        #[test]
        fn marks_and_blanks_change_nothing(name in "[a-z]{1,20}", at in 0usize..20) {
            let at = at % name.len();
            let marked = format!("{}-' {}", &name[..at], &name[at..]);
            prop_assert_eq!(phonetic_key(&marked), phonetic_key(&name));
        }
    }
}
