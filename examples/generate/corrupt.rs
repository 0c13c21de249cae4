//! What goes wrong between a person and a record: slips of the keyboard, lost accents, abbreviations, placeholders,
//! spreadsheets. Each function does one thing to one value; how often is the business of the touchpoint's profile.

use crate::random::Rng;

/// The rows of the keyboard, by which neighbouring keys are found.
const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjklñ", "zxcvbnm"];

/// One slip of the keyboard: a neighbouring key, two letters in the wrong order, a letter left out or struck twice.
/// The first letter stays, as people see that one; short words are left alone.
pub fn typo(text: &mut String, rng: &mut Rng) {
    let mut chars: Vec<char> = text.chars().collect();
    if chars.len() < 4 {
        return;
    }
    let at = 1 + rng.index(chars.len() - 1);
    if !chars[at].is_alphabetic() {
        return;
    }
    match rng.below(20) {
        0..=6 => {
            let lower = chars[at].to_lowercase().next().unwrap_or(chars[at]);
            let row = ROWS.iter().find(|row| row.contains(lower));
            let Some(row) = row.map(|row| row.chars().collect::<Vec<_>>()) else { return };
            let key = row.iter().position(|&c| c == lower).unwrap_or(0);
            let near = if key == 0 || (key + 1 < row.len() && rng.chance(0.5)) {
                row[key + 1]
            } else {
                row[key - 1]
            };
            chars[at] =
                if chars[at].is_uppercase() { near.to_uppercase().next().unwrap_or(near) } else { near };
        }
        7..=11 if at + 1 < chars.len() && chars[at + 1].is_alphabetic() => chars.swap(at, at + 1),
        12..=16 => {
            chars.remove(at);
        }
        _ => chars.insert(at, chars[at]),
    }
    *text = chars.into_iter().collect();
}

/// One wrong digit, or two digits in the wrong order.
pub fn digit_typo(text: &mut String, rng: &mut Rng) {
    let digits: Vec<usize> =
        text.bytes().enumerate().filter(|(_, b)| b.is_ascii_digit()).map(|(at, _)| at).collect();
    // The first two say the kind of the number; a person notices when they are wrong.
    if digits.len() < 5 {
        return;
    }
    let nth = rng.range(2, digits.len() as i64 - 2) as usize;
    let (at, next) = (digits[nth], digits[nth + 1]);
    let mut bytes = std::mem::take(text).into_bytes();
    if rng.chance(0.5) && next == at + 1 && bytes[at] != bytes[next] {
        bytes.swap(at, next);
    } else {
        bytes[at] = b'0' + (bytes[at] - b'0' + 1 + rng.below(9) as u8) % 10;
    }
    // Digits were exchanged for digits: the text is still UTF-8.
    *text = String::from_utf8(bytes).unwrap_or_default();
}

/// The text without accents: "Núñez" gives "Nunez", as old tills print.
pub fn without_accents(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' | 'ı' => 'i',
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'Á' | 'À' | 'Â' | 'Ã' | 'Ä' => 'A',
            'É' | 'È' | 'Ê' | 'Ë' => 'E',
            'Í' | 'Ì' | 'Î' | 'Ï' => 'I',
            'Ó' | 'Ò' | 'Ô' | 'Õ' | 'Ö' => 'O',
            'Ú' | 'Ù' | 'Û' | 'Ü' => 'U',
            'ñ' => 'n',
            'Ñ' => 'N',
            'ç' => 'c',
            'Ç' => 'C',
            'ş' => 's',
            other => other,
        })
        .collect()
}

/// Given names and surnames that Spain abbreviates.
const SHORT: [(&str, &str); 15] = [
    ("María", "Mª"),
    ("Francisco", "Fco."),
    ("Antonio", "Ant."),
    ("José", "J."),
    ("Manuel", "Mnl."),
    ("Fernández", "Fdez."),
    ("Rodríguez", "Rguez."),
    ("Hernández", "Hdez."),
    ("Martínez", "Mtnez."),
    ("González", "Glez."),
    ("Gutiérrez", "Gtrrez."),
    ("Domínguez", "Dguez."),
    ("Sánchez", "Schez."),
    ("Jiménez", "Jmnez."),
    ("Álvarez", "Alv."),
];

/// The first word in its usual abbreviation: "María José" gives "Mª José", "Fernández" "Fdez.". A given name is only
/// shortened where another word follows, or nothing would be left of it; `alone` allows it for surnames.
pub fn abbreviate(text: &mut String, alone: bool) {
    let (first, rest) = match text.split_once(' ') {
        Some((first, rest)) => (first, format!(" {rest}")),
        None if alone => (text.as_str(), String::new()),
        None => return,
    };
    if let Some((_, short)) = SHORT.iter().find(|(long, _)| *long == first) {
        *text = format!("{short}{rest}");
    }
}

/// A slip in the domain that people make and forms accept.
const DOMAIN_SLIPS: [(&str, &[&str]); 6] = [
    ("gmail.com", &["gmial.com", "gmail.con", "gmai.com", "gamil.com", "gmail.es"]),
    ("hotmail.com", &["hotmial.com", "hotmail.con", "hotmal.com", "hormail.com"]),
    ("hotmail.es", &["hotmial.es", "hotmail.e"]),
    ("yahoo.es", &["yaho.es", "yahoo.e"]),
    ("yahoo.com", &["yaho.com", "yahoo.con"]),
    ("outlook.com", &["outlok.com", "outlook.con"]),
];

/// A slip in the domain of an e-mail address, where one is usual.
pub fn domain_typo(email: &mut String, rng: &mut Rng) {
    if let Some((local, domain)) = email.split_once('@')
        && let Some((_, slips)) = DOMAIN_SLIPS.iter().find(|(right, _)| *right == domain)
    {
        *email = format!("{local}@{}", rng.pick(slips));
    }
}

/// The text of UTF-8 bytes that were read as Windows-1252: "García" gives "GarcÃ­a".
pub fn mojibake(text: &str) -> String {
    text.bytes().map(crate::output::windows_1252_char).collect()
}

/// What people type to get past a field of e-mail addresses.
pub const NO_EMAIL: [&str; 8] = [
    "sin email",
    "n/a",
    "no tiene",
    "test@test.com",
    "noemail@noemail.com",
    "notiene@notiene.com",
    "sinemail@gmail.com",
    "-",
];

/// What people type to get past a phone field.
pub const NO_PHONE: [&str; 7] =
    ["000000000", "600000000", "999999999", "123456789", "n/a", "no tiene", "666666666"];

/// What people type to get past an address.
pub const NO_ADDRESS: [&str; 5] = ["-", "n/a", "desconocida", "s/d", "."];

/// What people type to get past an identity number.
pub const NO_ID: [&str; 4] = ["00000000T", "pendiente", "X", "11111111H"];

#[cfg(test)]
mod tests {
    use super::*;

    /// The Damerau-Levenshtein distance (optimal string alignment), straight from the definition.
    fn distance(a: &str, b: &str) -> usize {
        let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
        let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                d[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let mut best = (d[i - 1][j] + 1).min(d[i][j - 1] + 1);
                    best = best.min(d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]));
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        best = best.min(d[i - 2][j - 2] + 1);
                    }
                    best
                };
            }
        }
        d[a.len()][b.len()]
    }

    #[test]
    fn a_slip_is_one_edit_and_spares_the_first_letter() {
        let mut rng = Rng::stream(1, &[]);
        let mut changed = 0;
        for _ in 0..2000 {
            for word in ["Rodríguez", "Muñoz", "de la Torre", "SÁNCHEZ", "O'Brien", "Ana"] {
                let mut text = word.to_string();
                typo(&mut text, &mut rng);
                assert!(distance(word, &text) <= 1, "{word} {text}");
                assert_eq!(word.chars().next(), text.chars().next());
                changed += usize::from(word != text);
            }
        }
        assert!(changed > 7000, "{changed}");
    }

    #[test]
    fn a_wrong_digit_is_one_edit_of_digits() {
        let mut rng = Rng::stream(2, &[]);
        for number in ["+34 612 345 678", "612345678", "12345678Z"] {
            for _ in 0..500 {
                let mut text = number.to_string();
                digit_typo(&mut text, &mut rng);
                assert_eq!(distance(number, &text), 1, "{text}");
                assert_eq!(text.len(), number.len());
            }
        }
        let mut short = "1234".to_string();
        digit_typo(&mut short, &mut rng);
        assert_eq!(short, "1234");
    }

    #[test]
    fn values_become_what_is_expected() {
        let short = |text: &str, alone| {
            let mut text = text.to_string();
            abbreviate(&mut text, alone);
            text
        };
        assert_eq!(short("María José", false), "Mª José");
        assert_eq!(short("María", false), "María");
        assert_eq!(short("Fernández", true), "Fdez.");
        assert_eq!(short("Gil", true), "Gil");
        assert_eq!(without_accents("Muñoz Pérez"), "Munoz Perez");
        assert_eq!(mojibake("Muñoz"), "MuÃ±oz");
        assert_eq!(mojibake("‘"), "â€˜");
        let mut email = "ana@gmail.com".to_string();
        domain_typo(&mut email, &mut Rng::stream(3, &[]));
        assert!(email.starts_with("ana@") && email != "ana@gmail.com", "{email}");
    }
}
