//! Small text helpers of the value normalisers: folding to lower ASCII that keeps punctuation (where [`text::fold`]
//! keeps scripts), tolerant digits, rows of the tables under `resources/`, and the region a hint implies.
//!
//! [`text::fold`]: super::text::fold

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::Hint;
pub(super) use super::text::is_invisible;
use super::text::western_letter;

/// A look-up table that is built once and never iterated, so that its order cannot reach any output.
pub(super) type Lookup<V> = HashMap<&'static str, V, FixedState>;

/// Appends `raw` to `out`, transliterated to ASCII and in lower case.
pub(super) fn fold_into(raw: &str, out: &mut String) {
    if raw.is_ascii() {
        let from = out.len();
        out.push_str(raw);
        out[from..].make_ascii_lowercase();
        return;
    }
    for c in raw.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else if let Some(letter) = western_letter(c) {
            out.push(letter);
        } else {
            fold_foreign(c, out);
        }
    }
}

/// Letters and digits are transliterated and punctuation becomes its ASCII likeness; pictures and other signs, whose
/// names would pose as words, become a blank. The degree sign is typed for the ordinal one.
fn fold_foreign(c: char, out: &mut String) {
    match (c, deunicode::deunicode_char(c)) {
        ('°', _) => out.push('o'),
        ('№', _) => out.push_str("no"),
        (_, None) => {}
        (_, Some(text)) if c.is_alphanumeric() || !text.contains(|c: char| c.is_ascii_alphanumeric()) => {
            out.extend(text.chars().map(|c| c.to_ascii_lowercase()));
        }
        (_, Some(_)) => out.push(' '),
    }
}

/// `raw` transliterated to ASCII and in lower case: `Núñez` becomes `nunez`.
pub(super) fn fold(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    fold_into(raw, &mut out);
    out
}

/// The folded letters and digits of `raw`, words apart by one blank.
pub(super) fn fold_words(raw: &str) -> String {
    if raw.is_ascii() {
        return ascii_words(raw);
    }
    ascii_words(&fold(raw))
}

/// Appends [`fold_words`] of a text.
pub(super) fn fold_words_into(raw: &str, out: &mut String) {
    let start = out.len();
    let (mut rest, mut pending) = (raw, false);
    while let Some(&byte) = rest.as_bytes().first() {
        let run = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let c = if byte.is_ascii() { char::from(byte) } else { rest.chars().next().unwrap_or_default() };
        let letter = if c.is_ascii() { Some(c) } else { western_letter(c) };
        let Some(letter) = letter else {
            out.truncate(start);
            return out.push_str(&fold_words(raw));
        };
        if letter.is_ascii_alphanumeric() {
            if std::mem::take(&mut pending) && out.len() > start {
                out.push(' ');
            }
            if run > 0 {
                out.push_str(&rest[..run]);
            } else {
                out.push(letter);
            }
        } else {
            pending = true;
        }
        rest = &rest[run.max(c.len_utf8())..];
    }
    out[start..].make_ascii_lowercase();
}

/// [`fold_words`] of a short text, on the stack where it fits: for look-ups.
pub(super) enum Folded {
    Short([u8; Folded::CAPACITY], u8),
    Long(String),
}

impl Folded {
    const CAPACITY: usize = 46;

    pub(super) fn words(raw: &str) -> Self {
        let (mut buffer, mut len, mut pending) = ([0; Self::CAPACITY], 0, false);
        let mut push = |letter: u8| {
            if !letter.is_ascii_alphanumeric() {
                pending = true;
                return;
            }
            if pending && len > 0 {
                buffer[len] = b' ';
                len += 1;
            }
            pending = false;
            buffer[len] = letter.to_ascii_lowercase();
            len += 1;
        };
        // A letter gives itself and at most the blank of the signs before it, so that nothing is longer than its text.
        if raw.len() > Self::CAPACITY {
            return Self::Long(fold_words(raw));
        }
        if raw.is_ascii() {
            raw.bytes().for_each(push);
        } else {
            for c in raw.chars() {
                match if c.is_ascii() { Some(c) } else { western_letter(c) } {
                    Some(letter) => push(letter as u8),
                    None => return Self::Long(fold_words(raw)),
                }
            }
        }
        Self::Short(buffer, len as u8)
    }
}

impl std::ops::Deref for Folded {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            // ASCII by construction.
            Self::Short(buffer, len) => std::str::from_utf8(&buffer[..usize::from(*len)]).unwrap_or_default(),
            Self::Long(text) => text,
        }
    }
}

/// Whether a text is ASCII, letters of Western Europe and ordinal signs only, so that none of its characters is invisible,
/// white space other than ASCII's, or a digit of another script.
pub(super) fn is_western(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| !byte.is_ascii()) {
        match &rest[at..] {
            [0xc3, _, tail @ ..] | [0xc2, 0xaa | 0xb0 | 0xba, tail @ ..] => rest = tail,
            _ => return false,
        }
    }
    true
}

fn ascii_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pending = false;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            if pending && !out.is_empty() {
                out.push(' ');
            }
            pending = false;
            out.push(char::from(byte.to_ascii_lowercase()));
        } else {
            pending = true;
        }
    }
    out
}

/// The value of an ASCII, full-width or Arabic-Indic digit.
pub(super) fn digit_value(c: char) -> Option<u8> {
    let base = match c {
        '0'..='9' => '0',
        '\u{FF10}'..='\u{FF19}' => '\u{FF10}',
        '\u{0660}'..='\u{0669}' => '\u{0660}',
        '\u{06F0}'..='\u{06F9}' => '\u{06F0}',
        _ => return None,
    };
    u8::try_from(c as u32 - base as u32).ok()
}

/// The rows of a resource table: lines that are neither blank nor a `#` comment, cut at tabs.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).map(|l| l.split('\t').collect())
}

/// The ISO 3166-1 alpha-2 code that a hint implies: its region, else the region subtag of its locale.
pub(super) fn region<'a>(hint: &Hint<'a>) -> Option<&'a str> {
    let two_letters = |s: &&str| s.len() == 2 && s.bytes().all(|b| b.is_ascii_uppercase());
    hint.region
        .filter(two_letters)
        .or_else(|| hint.locale.and_then(|l| l.split(['-', '_']).skip(1).find(|s| two_letters(s))))
}

/// Whether a folded value says in words that there is none: `n/a`, `no tiene`, `sin email`, `-`.
pub(super) fn is_null_marker(folded: &str) -> bool {
    const MARKERS: &[&str] = &[
        "na",
        "n a",
        "nan",
        "nd",
        "n d",
        "nc",
        "n c",
        "sd",
        "s d",
        "ns nc",
        "nsnc",
        "null",
        "nulo",
        "none",
        "nil",
        "no",
        "no aplica",
        "no consta",
        "no tiene",
        "no disponible",
        "no facilita",
        "no informado",
        "no indica",
        "no procede",
        "no dispone",
        "no aporta",
        "no contesta",
        "no especifica",
        "no especificado",
        "sin informar",
        "sin especificar",
        "se desconoce",
        "en tramite",
        "por confirmar",
        "non renseigne",
        "non communique",
        "nao informado",
        "nao disponivel",
        "sem informacao",
        "valor",
        "no sabe",
        "desconocido",
        "desconocida",
        "unknown",
        "not available",
        "not applicable",
        "ninguno",
        "ninguna",
        "nada",
        "pendiente",
        "por determinar",
        "sin datos",
        "sin dato",
        "sin informacion",
        "vacio",
        "empty",
        "missing",
        "tbd",
        "test",
        "prueba",
        "xx",
        "xxx",
        "xxxx",
        "n disponible",
        "nao tem",
        "sem dados",
        "inconnu",
        "unbekannt",
        "keine",
        "keine angabe",
        "sconosciuto",
        "non disponibile",
        "value",
        "no data",
        "undefined",
        "notiene",
        "noaplica",
        "ref",
        "no email",
        "noemail",
    ];
    const FIELDS: &[&str] = &[
        "email",
        "e mail",
        "mail",
        "correo",
        "correo electronico",
        "telefono",
        "tel",
        "tlf",
        "movil",
        "fijo",
        "phone",
        "dni",
        "nif",
        "cif",
        "documento",
        "direccion",
        "domicilio",
        "calle",
        "fecha",
        "nombre",
        "numero",
        "cp",
        "codigo postal",
        "telefone",
        "morada",
        "endereco",
        "adresse",
        "telephone",
        "address",
        "date",
        "id",
    ];
    // No marker has a digit in it, and most values have.
    if folded.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let words = fold_words(folded);
    if words.is_empty() {
        // Letters of scripts without a transliteration are text all the same.
        return !folded.chars().any(char::is_alphanumeric);
    }
    if MARKERS.contains(&words.as_str()) {
        return true;
    }
    let negated = ["sin ", "no ", "no tiene ", "sem ", "sans ", "ohne ", "senza ", "without ", "nao tem "];
    negated.iter().any(|n| words.strip_prefix(n).is_some_and(|rest| FIELDS.contains(&rest)))
}

/// Whether all bytes are the same; false for the empty string.
pub(super) fn is_one_byte_repeated(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.is_empty() && bytes.iter().all(|&b| b == bytes[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_to_lower_ascii() {
        for (raw, folded) in [
            ("Núñez", "nunez"),
            ("STRASSE", "strasse"),
            ("Straße", "strasse"),
            ("3º", "3o"),
            ("n°", "no"),
            ("\u{1F21A}a", " a"),
            ("", ""),
        ] {
            assert_eq!(fold(raw), folded, "{raw}");
        }
        let long = "ñ, x ".repeat(40);
        for raw in ["  C/ Peña,  nº 5 ", "", "-", "Straße ¹²³", "Łódź", "n° 5", &long] {
            assert_eq!(&*Folded::words(raw), fold_words(raw), "{raw}");
            let mut out = "x".to_owned();
            fold_words_into(raw, &mut out);
            assert_eq!(out[1..], fold_words(raw), "{raw}");
        }
        assert_eq!(fold_words("  C/ Peña,  nº 5 "), "c pena no 5");
    }

    #[test]
    fn null_markers_are_words_about_absence() {
        for text in ["N/A", "sin email", "No tiene", "-", "", "no tiene telefono", "s/d"] {
            assert!(is_null_marker(text), "{text}");
        }
        for text in ["Nadal", "Sin Chan", "no@tiene.com", "Calle"] {
            assert!(!is_null_marker(text), "{text}");
        }
    }

    #[test]
    fn region_prefers_the_explicit_one() {
        assert_eq!(region(&Hint { locale: Some("es-MX"), region: Some("AR") }), Some("AR"));
        assert_eq!(region(&Hint { locale: Some("zh-Hant-TW"), region: None }), Some("TW"));
        assert_eq!(region(&Hint { locale: Some("es"), region: None }), None);
    }
}
