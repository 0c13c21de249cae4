//! Which scheme a number is of.

use super::schemes::{self, Scheme};
use super::{MAX_LENGTH, checks};

/// Compact characters, without allocation.
#[derive(Clone, Copy)]
pub(super) struct Bytes {
    buffer: [u8; MAX_LENGTH],
    len: usize,
}

impl Bytes {
    /// Of at most [`MAX_LENGTH`] bytes; more are cut.
    pub(super) fn new(bytes: &[u8]) -> Self {
        let len = bytes.len().min(MAX_LENGTH);
        let mut buffer = [0; MAX_LENGTH];
        buffer[..len].copy_from_slice(&bytes[..len]);
        Self { buffer, len }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.buffer[..self.len]
    }
}

/// A value that was read as an identifier.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) bytes: Bytes,
    pub(super) scheme: Option<&'static Scheme>,
    pub(super) valid: Option<bool>,
}

/// Tries, in this order: the announced scheme, the country's, a country prefix, international schemes, and those of
/// other countries that a check digit makes unmistakable. The first that holds wins, else the first of the structure.
pub(super) fn recognise(
    compact: &[u8],
    text: &str,
    announced: &str,
    region: &str,
    reasons: &mut Vec<&'static str>,
) -> Found {
    let mut failed: Option<Found> = None;
    let attempt = |bytes: &[u8], scheme: &'static Scheme, failed: &mut Option<Found>| -> Option<Found> {
        let valid = (scheme.check)(bytes)?;
        let found = Found { bytes: Bytes::new(bytes), scheme: Some(scheme), valid: Some(valid) };
        if valid {
            return Some(found);
        }
        failed.get_or_insert(found);
        None
    };
    if !announced.is_empty()
        && let Some(scheme) = schemes::all().find(|s| s.name == announced)
        && let Some(found) = attempt(compact, scheme, &mut failed)
    {
        return found;
    }
    if let Some(found) = schemes::of_country("").iter().find_map(|s| attempt(compact, s, &mut failed)) {
        return found;
    }
    let prefix = prefix_of(compact).map(country_of_prefix);
    for country in [Some(region), prefix].into_iter().flatten().filter(|c| !c.is_empty()) {
        let body = strip_country(compact, country);
        if country == "ES" {
            let mut padded = [0; 9];
            if let Some(number) = spanish_number(body, &mut padded, reasons)
                && let Some(found) =
                    schemes::of_country("ES").iter().find_map(|s| attempt(number, s, &mut failed))
            {
                return found;
            }
        }
        let preferred = preferred_by_punctuation(country, text)
            .or_else(|| (body.len() < compact.len() && country == "IE").then_some("VAT_IE"));
        let order = schemes::of_country(country);
        let first = order.iter().filter(|s| preferred == Some(s.name));
        let rest = order.iter().filter(|s| preferred != Some(s.name));
        for scheme in first.chain(rest) {
            if let Some(found) = attempt(body, scheme, &mut failed) {
                // A dash before the last digit says that there is a check digit, which then has failed.
                if scheme.name == "CC_CO" && preferred == Some("NIT_CO") {
                    continue;
                }
                return found;
            }
            // The dashes of one scheme are not another's, whose structure is the same.
            if country == "US" && preferred == Some(scheme.name) {
                break;
            }
        }
        let mut padded = [0; LONGEST_PADDED];
        if let Some(number) = with_lost_zeros(country, body, &mut padded)
            && let Some(found) = order.iter().find_map(|s| attempt(number, s, &mut failed))
        {
            reasons.push("leading_zero_restored");
            return found;
        }
    }
    let own_failed = failed.as_ref().is_some_and(|f: &Found| {
        f.scheme.is_some_and(|s| {
            s.country == region || Some(s.country) == prefix && f.bytes.as_slice().len() < compact.len()
        })
    });
    if !own_failed
        && let Some(found) = schemes::telling()
            .iter()
            .filter(|s| s.country != region)
            .find_map(|s| attempt(compact, s, &mut failed))
    {
        return found;
    }
    // A failed check means something only where the scheme was to be expected: by label, country or country prefix, or
    // because of letters in the places of a scheme.
    let expected = failed.as_ref().and_then(|f| Some((f, f.scheme?))).is_some_and(|(found, scheme)| {
        let prefixed = prefix == Some(scheme.country) && found.bytes.as_slice().len() < compact.len();
        let lettered = region.is_empty() && found.bytes.as_slice().iter().any(u8::is_ascii_uppercase);
        scheme.name == announced
            || scheme.country.is_empty()
            || scheme.country == region
            || prefixed
            || lettered
    });
    failed.filter(|_| expected).unwrap_or_else(|| Found {
        bytes: Bytes::new(compact),
        scheme: None,
        valid: None,
    })
}

/// The two letters that a number begins with.
fn prefix_of(compact: &[u8]) -> Option<&str> {
    let two = compact.get(..2).filter(|two| two.iter().all(u8::is_ascii_uppercase))?;
    std::str::from_utf8(two).ok()
}

/// The country that the prefix of a VAT number names: Greece and Northern Ireland have one of their own.
fn country_of_prefix(two: &str) -> &str {
    match two {
        "EL" => "GR",
        "XI" => "GB",
        two => two,
    }
}

/// The national part of a number with the prefix of European VAT numbers.
fn strip_country<'b>(compact: &'b [u8], country: &str) -> &'b [u8] {
    // The numbers of Romania's companies have two to ten digits.
    let shortest = if country == "RO" { 2 } else { 8 };
    let prefixed = prefix_of(compact).is_some_and(|two| country_of_prefix(two) == country);
    match compact.get(2..).filter(|_| prefixed) {
        Some(rest) if rest.len() >= shortest && rest.iter().any(u8::is_ascii_digit) && country != "CH" => {
            rest
        }
        _ => compact,
    }
}

/// The longest number that spreadsheets shorten, a CNPJ.
const LONGEST_PADDED: usize = 14;

/// A number of digits only, whose leading zeros a spreadsheet dropped, with the zeros; only when its check then holds.
fn with_lost_zeros<'b>(country: &str, b: &[u8], out: &'b mut [u8; LONGEST_PADDED]) -> Option<&'b [u8]> {
    let length = match (country, b.len()) {
        ("BR", 9..=10) | ("IT", 8..=10) => 11,
        ("BR", 12..=13) => LONGEST_PADDED,
        _ => return None,
    };
    if !b.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let padded = &mut out[..length];
    padded.fill(b'0');
    padded[length - b.len()..].copy_from_slice(b);
    let holds = match (country, length) {
        ("IT", _) => checks::partita_iva(padded),
        (_, LONGEST_PADDED) => checks::cnpj(padded),
        _ => checks::cpf(padded),
    };
    (holds == Some(true)).then_some(padded)
}

/// Seven digits and a letter are padded, the zero of old NIEs dropped, the letter of bare digits computed. Six digits are
/// the oldest numbers, and a DNI only when their letter says so.
fn spanish_number<'b>(b: &[u8], out: &'b mut [u8; 9], reasons: &mut Vec<&'static str>) -> Option<&'b [u8]> {
    // As it is written, which most are.
    if b.len() == 9 && b[..8].iter().all(u8::is_ascii_digit) {
        return None;
    }
    if checks::shape(b, b"dddddddA") {
        out[0] = b'0';
        out[1..].copy_from_slice(b);
    } else if checks::shape(b, b"ddddddA") && checks::dni_letter(&b[..6]) == b[6] {
        out[..2].copy_from_slice(b"00");
        out[2..].copy_from_slice(b);
    } else if checks::shape(b, b"Addddddd") && matches!(b[0], b'X' | b'Y' | b'Z') {
        out[..8].copy_from_slice(b);
        let mut digits = [0; 8];
        digits.copy_from_slice(b);
        digits[0] = b'0' + (b[0] - b'X');
        out[8] = checks::dni_letter(&digits);
        reasons.push("letter_missing");
    } else if checks::shape(b, b"0ddddddddA") {
        out.copy_from_slice(&b[1..]);
    } else if let Some(mended) = with_digits_for_letters(b) {
        *out = mended;
        reasons.push("ocr_letter");
    } else if checks::shape(b, b"AddddddddA") && matches!(b[0], b'X' | b'Y' | b'Z') && b[1] == b'0' {
        out[0] = b[0];
        out[1..].copy_from_slice(&b[2..]);
    } else if checks::all_digits(b, 8..=8) {
        out[..8].copy_from_slice(b);
        out[8] = checks::dni_letter(b);
        reasons.push("letter_missing");
    } else {
        return None;
    }
    Some(out)
}

/// A DNI or NIE in which letters stand where digits belong, as scanners read them; only when its control letter then holds.
fn with_digits_for_letters(b: &[u8]) -> Option<[u8; 9]> {
    let mut mended: [u8; 9] = b.try_into().ok()?;
    let from = usize::from(matches!(b[0], b'X' | b'Y' | b'Z'));
    for c in &mut mended[from..8] {
        *c = match *c {
            b'O' | b'Q' => b'0',
            b'I' | b'L' => b'1',
            b'S' => b'5',
            b'B' => b'8',
            digit => digit,
        };
    }
    let mended = Some(mended).filter(|mended| mended != b)?;
    let holds = if from == 1 { checks::nie(&mended) } else { checks::dni(&mended) };
    (holds == Some(true)).then_some(mended)
}

/// The scheme that dashes tell from another of the same length.
fn preferred_by_punctuation(country: &str, text: &str) -> Option<&'static str> {
    if !matches!(country, "US" | "CO") {
        return None;
    }
    let dash = text.rfind('-')?;
    match (country, text.len() - dash - 1) {
        ("US", 7) => Some("EIN"),
        ("US", 4) if text.starts_with('9') => Some("ITIN"),
        ("US", 4) => Some("SSN"),
        ("CO", 1) => Some("NIT_CO"),
        _ => None,
    }
}
