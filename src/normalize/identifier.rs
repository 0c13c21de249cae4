//! National and tax identifiers.
//!
//! [`identifier`] takes one cell, strips labels, blanks and punctuation, recognises the scheme by structure, label and
//! the country of the hint, and verifies check digits. A wrong check digit makes the value [`Quality::Invalid`] but not
//! missing: the digits still agree or differ. Fillers that pass their check (`12345678Z`, `111.111.111-11`) are
//! [`Quality::Placeholder`]; their parts are kept, their keys are not.
//!
//! Keys, strongest first: the compact form; the digits alone. Invalid numbers have the digits only.
//!
//! Linear in the length of the value, times the few schemes of a country.

use serde::Serialize;

use super::ascii;
use super::{Hint, Normalized, Quality, with_original};

mod checks;
mod european;
mod format;
mod schemes;

use schemes::Scheme;

/// Whom an identifier belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// A natural person.
    Person,
    /// A legal person.
    Company,
    /// A bank account.
    Account,
    /// Persons and companies share the scheme and the number does not tell.
    Either,
}

impl Entity {
    /// The stable name; empty when the number does not tell.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Company => "company",
            Self::Account => "account",
            Self::Either => "",
        }
    }
}

/// The components of an identifier.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Identifier {
    /// The scheme, such as `DNI` or `NIF_PT`; `None` when the structure is of none.
    pub scheme: Option<&'static str>,
    /// Upper-case letters and digits, without label and country prefix.
    pub compact: String,
    /// Whether structure and check digits hold; `None` when there is nothing to check.
    pub valid: Option<bool>,
    /// ISO 3166-1 alpha-2 code of the issuing country.
    pub country: Option<&'static str>,
    /// Whose it is.
    pub entity: Option<Entity>,
    /// The date of birth that some schemes carry, as year, month and day.
    pub birth_date: Option<(i16, u8, u8)>,
    /// The sex that some schemes carry.
    pub female: Option<bool>,
    /// The digits alone.
    pub digits: String,
    /// The further identifiers of the cell, compact.
    pub others: Vec<String>,
}

impl Identifier {
    /// The number with the signs that its country groups it with (`76.086.428-5`, `ES91 2100 0418 4502 0005 1332`); empty for
    /// schemes that are written without, and for numbers that fail their check.
    ///
    /// # Complexity
    /// Linear in the length of the number.
    pub fn formatted(&self) -> String {
        // An RFC with another check digit than the computed one may be in use all the same.
        let tolerated = self.scheme == Some("RFC");
        let failed = self.valid == Some(false) && !tolerated;
        self.scheme
            .filter(|_| !failed)
            .map_or_else(String::new, |scheme| format::grouped(scheme, &self.compact))
    }
}

/// Longer values are no identifiers of any scheme.
const MAX_LENGTH: usize = 40;
/// Fewest digits that are evidence without their letters.
const MIN_DIGITS: usize = 6;

/// Normalises a cell that should hold an identifier. The hint's region names the country whose schemes come first.
///
/// # Null
/// Fillers are [`Quality::Placeholder`] with an empty canonical form.
///
/// # Complexity
/// Linear in the length of `raw`.
///
/// # Example
/// ```
/// use quilate::normalize::{Hint, Quality, identifier::identifier};
/// let spain = Hint { region: Some("ES"), locale: None };
/// assert_eq!(identifier("NIF: 54.362.315-K", &spain).canonical, "54362315K");
/// assert_eq!(identifier("54362315-X", &spain).quality, Quality::Invalid);
/// ```
pub fn identifier<'a>(raw: &'a str, hint: &Hint<'_>) -> Normalized<'a, Identifier> {
    let region = ascii::region(hint).unwrap_or_default();
    // The common case, which needs no second reading: a valid number of the hint's country without anything taken off.
    let first = read_cell(raw, region);
    let own = first.parts.country == Some(region) && first.parts.valid == Some(true);
    if own && first.parts.others.is_empty() && !first.canonical.starts_with(region) {
        return first;
    }
    // A country prefix taken off may uncover another one, or a scheme: `BRGB...`.
    super::settled(raw, raw.trim(), |text| read_cell(text, region))
}

/// Reads a cell of one identifier, or of several with a slash, comma or semicolon between them.
fn read_cell<'a>(raw: &'a str, region: &str) -> Normalized<'a, Identifier> {
    const SHORTEST: usize = 7;
    const MOST: usize = 8;
    let separator = |c: char| matches!(c, ';' | ',' | '/' | '|' | '\n');
    let long = |piece: &&str| piece.bytes().filter(u8::is_ascii_alphanumeric).count() >= SHORTEST;
    if !raw.contains(separator) || !raw.split(separator).all(|piece| long(&piece)) {
        return read(raw, region);
    }
    let whole = read(raw, region);
    if whole.parts.valid == Some(true) {
        return whole;
    }
    let pieces = || raw.split(separator).take(MOST).map(|piece| read(piece.trim(), region));
    if !pieces().all(|piece| piece.parts.valid == Some(true)) {
        return whole;
    }
    let mut pieces = pieces();
    let Some(first) = pieces.next() else { return whole };
    let mut out = with_original(raw, first);
    out.parts.others = pieces.map(|piece| piece.parts.compact).filter(|c| *c != out.parts.compact).collect();
    if !out.parts.others.is_empty() && out.quality != Quality::Placeholder {
        out.quality = Quality::Multiple;
        out.reasons.insert(0, "several_identifiers");
    }
    out
}

fn read<'a>(raw: &'a str, region: &str) -> Normalized<'a, Identifier> {
    let (text, announced) = strip_labels(raw);
    let mut buffer = [0; MAX_LENGTH];
    let Some(compact) = compact(text, &mut buffer) else {
        return outcome(raw, Identifier::default(), Quality::Unparsed, "too_long");
    };
    if compact.is_empty() || !compact.iter().any(u8::is_ascii_digit) {
        let reason = if raw.trim().is_empty() { "empty" } else { "negated_field_name" };
        if ascii::is_null_marker(raw) || compact.len() < 2 {
            return outcome(raw, Identifier::default(), Quality::Placeholder, reason);
        }
        return outcome(
            raw,
            Identifier { compact: text_of(compact), ..Identifier::default() },
            Quality::Unparsed,
            "no_digits",
        );
    }
    let mut reasons = Vec::new();
    let mut found = recognise(compact, text, announced, region, &mut reasons);
    let mut rest = compact;
    // The register of VAT named after a Swiss number.
    if found.scheme.is_none()
        && let Some(number) =
            [b"MWST".as_slice(), b"TVA", b"IVA", b"HR"].iter().find_map(|s| rest.strip_suffix(*s))
        && number.starts_with(b"CHE")
    {
        rest = number;
        found = recognise(rest, text, announced, region, &mut reasons);
    }
    while let Some((label, unlabelled)) = glued_label(rest).filter(|_| found.scheme.is_none()) {
        rest = unlabelled;
        found = recognise(rest, text, label, region, &mut reasons);
    }
    let parts = parts_of(&found);
    if let Some(reason) = filler_reason(&parts) {
        return outcome(raw, parts, Quality::Placeholder, reason);
    }
    grade(raw, parts, reasons)
}

fn outcome<'a>(
    original: &'a str,
    parts: Identifier,
    quality: Quality,
    reason: &'static str,
) -> Normalized<'a, Identifier> {
    Normalized { original, canonical: String::new(), parts, keys: Vec::new(), quality, reasons: vec![reason] }
}

fn grade<'a>(
    original: &'a str,
    parts: Identifier,
    mut reasons: Vec<&'static str>,
) -> Normalized<'a, Identifier> {
    let quality = match (parts.scheme, parts.valid) {
        (None, _) => {
            reasons.push("unknown_scheme");
            Quality::Partial
        }
        // Numbers given out by hand before the check digit was computed are in use.
        (Some("RFC"), Some(false)) => {
            reasons.push("checksum_failed");
            Quality::Suspicious
        }
        (_, Some(false)) => {
            reasons.push("checksum");
            Quality::Invalid
        }
        _ if reasons.contains(&"letter_missing") || reasons.contains(&"ocr_letter") => Quality::Suspicious,
        _ => Quality::Ok,
    };
    let mut keys = Vec::new();
    if quality != Quality::Invalid {
        keys.push(parts.compact.clone());
    }
    if parts.digits.len() >= MIN_DIGITS && (keys.is_empty() || parts.digits != parts.compact) {
        keys.push(parts.digits.clone());
    }
    Normalized { original, canonical: parts.compact.clone(), parts, keys, quality, reasons }
}

/// The text after labels such as `N.I.F.:`, and the scheme they announce.
fn strip_labels(raw: &str) -> (&str, &'static str) {
    let mut text = raw.trim();
    let mut announced = "";
    // Two: "NIF / CIF: ...".
    for _ in 0..2 {
        let Some((label, rest)) = leading_label(text) else { break };
        announced = if label.is_empty() { announced } else { label };
        text = rest;
    }
    // A remark in brackets after the number.
    if let Some((number, _remark)) =
        text.split_once('(').filter(|(n, _)| n.contains(|c: char| c.is_ascii_digit()))
    {
        text = number;
    }
    (text, announced)
}

/// The longest run of letters, dots, blanks and slashes at the start that is a label, with a sign after it.
fn leading_label(text: &str) -> Option<(&'static str, &str)> {
    const LONGEST: usize = 16;
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut word = String::new();
    let mut best = None;
    for (at, c) in text.char_indices() {
        if c.is_alphabetic() {
            ascii::fold_into(c.encode_utf8(&mut [0; 4]), &mut word);
        } else if c.is_numeric() {
            break;
        } else {
            best = label_of(&word).map(|l| (l, &text[at..])).or(best);
        }
        if word.len() > LONGEST || c == ':' {
            break;
        }
    }
    let (label, rest) = best?;
    let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    rest.contains(|c: char| c.is_ascii_digit()).then_some((label, rest))
}

/// A label written onto a number: `DNI54362315K`. Shorter ones than three letters may be part of the number.
fn glued_label(compact: &[u8]) -> Option<(&'static str, &[u8])> {
    const SHORTEST_LABEL: usize = 3;
    const SHORTEST_NUMBER: usize = 5;
    let starts = |label: &&str| {
        label.len() >= SHORTEST_LABEL
            && compact.get(..label.len()).is_some_and(|head| head.eq_ignore_ascii_case(label.as_bytes()))
    };
    let longest =
        schemes::LABELS.iter().filter(|(label, _)| starts(label)).max_by_key(|(label, _)| label.len())?;
    let rest = &compact[longest.0.len()..];
    (rest.len() >= SHORTEST_NUMBER && rest.iter().any(u8::is_ascii_digit)).then_some((longest.1, rest))
}

fn label_of(word: &str) -> Option<&'static str> {
    schemes::LABELS.iter().find(|(label, _)| *label == word).map(|(_, scheme)| *scheme)
}

/// Upper-case letters and digits; `&` and Ñ, which RFCs contain, as Latin-1. `None` when there are too many.
fn compact<'b>(text: &str, buffer: &'b mut [u8; MAX_LENGTH]) -> Option<&'b [u8]> {
    let mut len = 0;
    let mut push = |byte: u8| {
        *buffer.get_mut(len)? = byte;
        len += 1;
        Some(())
    };
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '&' => push(c.to_ascii_uppercase() as u8)?,
            'ñ' | 'Ñ' => push(0xD1)?,
            // Signs and ordinal marks separate; other letters belong to no scheme and must not vanish.
            c if c.is_alphabetic() && !matches!(c, 'º' | 'ª') => {
                let folded = deunicode::deunicode_char(c).unwrap_or("").bytes();
                folded.filter(u8::is_ascii_alphabetic).try_for_each(|b| push(b.to_ascii_uppercase()))?;
            }
            c => {
                if let Some(value) = ascii::digit_value(c) {
                    push(b'0' + value)?;
                }
            }
        }
    }
    Some(&buffer[..len])
}

fn text_of(bytes: &[u8]) -> String {
    bytes.iter().map(|&b| char::from(b)).collect()
}

/// Compact characters, without allocation.
#[derive(Clone, Copy)]
struct Bytes {
    buffer: [u8; MAX_LENGTH],
    len: usize,
}

impl Bytes {
    /// Of at most [`MAX_LENGTH`] bytes; more are cut.
    fn new(bytes: &[u8]) -> Self {
        let len = bytes.len().min(MAX_LENGTH);
        let mut buffer = [0; MAX_LENGTH];
        buffer[..len].copy_from_slice(&bytes[..len]);
        Self { buffer, len }
    }

    fn as_slice(&self) -> &[u8] {
        &self.buffer[..self.len]
    }
}

/// A value that was read as an identifier.
#[derive(Clone, Copy)]
struct Found {
    bytes: Bytes,
    scheme: Option<&'static Scheme>,
    valid: Option<bool>,
}

/// Tries, in this order: the announced scheme, the country's, a country prefix, international schemes, and those of
/// other countries that a check digit makes unmistakable. The first that holds wins, else the first of the structure.
fn recognise(
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
    if let Some(scheme) = schemes::all().find(|s| !announced.is_empty() && s.name == announced)
        && let Some(found) = attempt(compact, scheme, &mut failed)
    {
        return found;
    }
    if let Some(found) = schemes::of_country("").iter().find_map(|s| attempt(compact, s, &mut failed)) {
        return found;
    }
    let prefix = compact.get(..2).and_then(|p| std::str::from_utf8(p).ok()).map(country_of_prefix);
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
    let prefixed = |two: &&[u8]| std::str::from_utf8(two).is_ok_and(|two| country_of_prefix(two) == country);
    match compact.split_at_checked(2).filter(|(two, _)| prefixed(two)).map(|(_, rest)| rest) {
        Some(rest) if rest.len() >= shortest && rest.iter().any(u8::is_ascii_digit) && country != "CH" => {
            rest
        }
        _ => compact,
    }
}

/// Seven digits and a letter are padded, the zero of old NIEs dropped, the letter of eight bare digits computed.
fn spanish_number<'b>(b: &[u8], out: &'b mut [u8; 9], reasons: &mut Vec<&'static str>) -> Option<&'b [u8]> {
    if checks::shape(b, b"dddddddA") {
        out[0] = b'0';
        out[1..].copy_from_slice(b);
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
    let dash = text.rfind('-')?;
    match (country, text.len() - dash - 1) {
        ("US", 7) => Some("EIN"),
        ("US", 4) if text.starts_with('9') => Some("ITIN"),
        ("US", 4) => Some("SSN"),
        ("CO", 1) => Some("NIT_CO"),
        _ => None,
    }
}

fn parts_of(found: &Found) -> Identifier {
    let b = found.bytes.as_slice();
    let digits = b.iter().filter(|c| c.is_ascii_digit()).map(|&c| char::from(c)).collect();
    let mut parts = Identifier { compact: text_of(b), valid: found.valid, digits, ..Identifier::default() };
    let Some(scheme) = found.scheme else { return parts };
    parts.scheme = Some(scheme.name);
    parts.country =
        if scheme.name == "IBAN" { iban_country(b) } else { Some(scheme.country).filter(|c| !c.is_empty()) };
    parts.entity = Some(entity_of(scheme, b)).filter(|_| !schemes::GENERIC.contains(&parts.compact.as_str()));
    if found.valid == Some(true) || scheme.name == "RFC" {
        (parts.birth_date, parts.female) = carried(scheme.name, b);
    }
    parts
}

fn iban_country(b: &[u8]) -> Option<&'static str> {
    schemes::all().map(|s| s.country).find(|c| !c.is_empty() && b.starts_with(c.as_bytes()))
}

fn entity_of(scheme: &Scheme, b: &[u8]) -> Entity {
    match (scheme.name, b[0]) {
        ("RFC", _) if b.len() == 12 => Entity::Company,
        ("RFC", _) => Entity::Person,
        ("CUIT", b'2') | ("RIF", b'V' | b'E' | b'P') => Entity::Person,
        ("CUIT", _) | ("RIF", _) => Entity::Company,
        ("RUC_PE", b'1') => Entity::Person,
        ("RUC_PE", _) => Entity::Company,
        ("NIF_PT", b'1'..=b'4') => Entity::Person,
        ("NIF_PT", _) => Entity::Company,
        // Fifty million and above went to companies.
        ("RUT_CL", first) => {
            if b.len() == 9 && first >= b'5' {
                Entity::Company
            } else {
                Entity::Person
            }
        }
        _ => scheme.entity,
    }
}

/// The date of birth and sex that a valid number carries.
fn carried(scheme: &str, b: &[u8]) -> (Option<(i16, u8, u8)>, Option<bool>) {
    let two = |at: usize| b.get(at..at + 2).map_or(0, |d| i16::from(d[0] & 15) * 10 + i16::from(d[1] & 15));
    let date = |year: i16, month: i16, day: i16| {
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((year, month, day))
    };
    match scheme {
        "CURP" => {
            let century = if b[16].is_ascii_digit() { 1900 } else { 2000 };
            (date(century + two(4), two(6), two(8)), Some(b[10] == b'M').filter(|_| b[10] != b'X'))
        }
        "RFC" if b.len() == 13 => (date(adult_century(two(4)), two(6), two(8)), None),
        "CF" => italian_birth(b).map_or((None, None), |(y, m, d, female)| (date(y, m, d), Some(female))),
        "PESEL" => {
            let century =
                [1900, 2000, 2100, 2200, 1800].get(usize::from(b[2] & 15) / 2).copied().unwrap_or(1900);
            (date(century + two(0), two(2) % 20, two(4)), Some(b[9].is_multiple_of(2)))
        }
        "NN" => {
            let number = b[..9].iter().fold(0u64, |n, &c| n * 10 + u64::from(c & 15));
            let check = u64::from(two(9).unsigned_abs());
            let century = if 97 - number % 97 == check { 1900 } else { 2000 };
            (date(century + two(0), two(2), two(4)), Some(b[8].is_multiple_of(2)))
        }
        "CNP" => {
            let century = match b[0] {
                b'1' | b'2' => 1900,
                b'3' | b'4' => 1800,
                b'5' | b'6' => 2000,
                _ => return (None, None),
            };
            (date(century + two(1), two(3), two(5)), Some(b[0].is_multiple_of(2)))
        }
        "NIR" => (None, Some(b[0] == b'2')),
        _ => (None, None),
    }
}

/// The century of a two-digit year of birth of somebody who pays taxes.
fn adult_century(year: i16) -> i16 {
    const YOUNGEST: i16 = 10;
    if year < YOUNGEST { 2000 + year } else { 1900 + year }
}

fn italian_birth(b: &[u8]) -> Option<(i16, i16, i16, bool)> {
    // Letters stand for digits where two people would have had the same code.
    let digit = |at: usize| match b[at] {
        c @ b'0'..=b'9' => Some(i16::from(c - b'0')),
        c => b"LMNPQRSTUV".iter().position(|&s| s == c).and_then(|p| i16::try_from(p).ok()),
    };
    let year = digit(6)? * 10 + digit(7)?;
    let month = i16::try_from(b"ABCDEHLMPRST".iter().position(|&m| m == b[8])?).ok()? + 1;
    let day = digit(9)? * 10 + digit(10)?;
    Some((adult_century(year), month, if day > 40 { day - 40 } else { day }, day > 40))
}

fn filler_reason(parts: &Identifier) -> Option<&'static str> {
    const SHORTEST: usize = 5;
    if schemes::GENERIC.contains(&parts.compact.as_str()) {
        return Some("generic_legal_id");
    }
    if schemes::FILLERS.contains(&parts.compact.as_str()) {
        return Some("known_filler");
    }
    // With a control letter or digit besides, the body alone is one digit repeated.
    let body = match parts.scheme {
        Some("CIF") => parts.compact.get(1..8).unwrap_or_default(),
        Some("RUT_CL") => parts.compact.get(..parts.compact.len() - 1).unwrap_or_default(),
        _ => parts.digits.as_str(),
    };
    if body.len() >= SHORTEST && ascii::is_one_byte_repeated(body) {
        return Some("repeated_digit");
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_in<'a>(raw: &'a str, region: &str) -> Normalized<'a, Identifier> {
        identifier(raw, &Hint { region: (!region.is_empty()).then_some(region), locale: None })
    }

    #[test]
    fn schemes_and_checks() {
        let rows = [
            ("54362315K", "ES", "DNI"),
            ("NIF: 54.362.315-K", "ES", "DNI"),
            ("N.I.F. 54362315K", "", "DNI"),
            ("DNI54362315K", "ES", "DNI"),
            ("3718204R", "ES", "DNI"),
            ("X2482300W", "", "NIE"),
            ("X02482300W", "ES", "NIE"),
            ("M1234567L", "ES", "NIF_KLM"),
            ("ESB64717838", "ES", "CIF"),
            ("A-58818501", "MX", "CIF"),
            ("GODE561231GR8", "MX", "RFC"),
            ("BOXW310820HNERXN09", "MX", "CURP"),
            ("20-05536168-2", "AR", "CUIT"),
            ("20.123.456", "AR", "DNI_AR"),
            ("76.086.428-5", "CL", "RUT_CL"),
            ("213.123.432-1", "CO", "NIT_CO"),
            ("20512333797", "PE", "RUC_PE"),
            ("1714307103", "EC", "CI_EC"),
            ("211003420017", "UY", "RUT_UY"),
            ("80028061-0", "PY", "RUC_PY"),
            ("V-11470283-4", "VE", "RIF"),
            ("1-01-85004-3", "DO", "RNC"),
            ("390.533.447-05", "BR", "CPF"),
            ("16.727.230/0001-97", "BR", "CNPJ"),
            ("12.ABC.345/01DE-35", "BR", "CNPJ"),
            ("PT 501 964 843", "PT", "NIF_PT"),
            ("552 008 443", "FR", "SIREN"),
            ("732 829 320 00074", "FR", "SIRET"),
            ("2 95 10 99 126 111 93", "FR", "NIR"),
            ("FR40303265045", "FR", "TVA"),
            ("RCCMNL83S18D969H", "IT", "CF"),
            ("IT00743110157", "IT", "PIVA"),
            ("DE 136,695 976", "DE", "USTIDNR"),
            ("36 574 261 809", "DE", "IDNR"),
            ("AB 98 76 54 C", "GB", "NINO"),
            ("GB 980 7806 84", "GB", "VAT_GB"),
            ("1955839661", "GB", "UTR"),
            ("943-476-5870", "GB", "NHS"),
            ("576937-K", "GT", "NIT_GT"),
            ("1792060346-001", "EC", "RUC_EC"),
            ("880320-0016", "SE", "PERSONNUMMER"),
            ("15108695088", "NO", "FODSELSNUMMER"),
            ("131052-308T", "FI", "HETU"),
            ("BE403019261", "BE", "KBO"),
            ("536-90-4399", "US", "SSN"),
            ("91-1144442", "US", "EIN"),
            ("123-456-782", "CA", "SIN"),
            ("1112.22.333", "NL", "BSN"),
            ("NL004495445B01", "NL", "BTW"),
            ("85.07.30-033 28", "BE", "NN"),
            ("BE0403019261", "BE", "KBO"),
            ("756.9217.0769.85", "CH", "AHV"),
            ("CHE-100.155.212", "CH", "UID_CH"),
            ("AT U13585627", "AT", "UID_AT"),
            ("6433435F", "IE", "PPS"),
            ("44051401359", "PL", "PESEL"),
            ("PL 8567346215", "PL", "NIP"),
            ("1630615123457", "RO", "CNP"),
            ("18547290", "RO", "CUI"),
            ("ES91 2100 0418 4502 0005 1332", "ES", "IBAN"),
            ("GR1601101050000010547023795", "", "IBAN"),
            ("213800KUD8LAJWSQ9D15", "", "LEI"),
        ];
        for (raw, region, scheme) in rows {
            let got = read_in(raw, region);
            assert_eq!(
                (got.parts.scheme, got.parts.valid, got.quality),
                (Some(scheme), Some(true), Quality::Ok),
                "{raw}"
            );
        }
    }

    #[test]
    fn one_wrong_digit_is_invalid_evidence() {
        for (raw, region) in [
            ("54362316K", "ES"),
            ("X2482301W", "ES"),
            ("B64717837", "ES"),
            ("BOXW310820HNERXN08", "MX"),
            ("20-05536168-3", "AR"),
            ("76.086.429-5", "CL"),
            ("213.123.432-2", "CO"),
            ("390.533.447-06", "BR"),
            ("501964844", "PT"),
            ("73282932000075", "FR"),
            ("RCCMNL83S18D969A", "IT"),
            ("ES91 2100 0418 4502 0005 1333", "ES"),
            ("213800KUD8LAJWSQ9D16", ""),
        ] {
            let got = read_in(raw, region);
            assert_eq!((got.quality, got.parts.valid), (Quality::Invalid, Some(false)), "{raw}");
            assert_eq!(got.keys, std::slice::from_ref(&got.parts.digits), "{raw}");
        }
    }

    #[test]
    fn fillers_are_missing() {
        for (raw, region) in [
            ("12345678Z", "ES"),
            ("00000000T", "ES"),
            ("11111111H", "ES"),
            ("B00000000", "ES"),
            ("XAXX010101000", "MX"),
            ("111.111.111-11", "BR"),
            ("66.666.666-6", "CL"),
            ("11.111.111-1", "CL"),
            ("078-05-1120", "US"),
            ("sin dni", "ES"),
            ("-", "ES"),
            ("", "ES"),
        ] {
            let got = read_in(raw, region);
            assert_eq!((got.quality, got.keys.len()), (Quality::Placeholder, 0), "{raw}");
        }
    }

    #[test]
    fn birth_dates() {
        let rows = [
            ("BOXW310820HNERXN09", "MX", (1931, 8, 20), Some(false)),
            ("GODE561231GR8", "MX", (1956, 12, 31), None),
            ("RCCMNL83S18D969H", "IT", (1983, 11, 18), Some(false)),
            ("44051401359", "PL", (1944, 5, 14), Some(false)),
            ("85073003328", "BE", (1985, 7, 30), Some(false)),
            ("1630615123457", "RO", (1963, 6, 15), Some(false)),
        ];
        for (raw, region, born, female) in rows {
            let got = read_in(raw, region).parts;
            assert_eq!((got.birth_date, got.female), (Some(born), female), "{raw}");
        }
    }

    #[test]
    fn missing_letter_and_unknown_schemes() {
        let got = read_in("54362315", "ES");
        assert_eq!(
            (got.canonical.as_str(), got.quality, got.reasons.as_slice()),
            ("54362315K", Quality::Suspicious, ["letter_missing"].as_slice())
        );
        let passport = read_in("AAB123987", "ES");
        assert_eq!(
            (passport.parts.scheme, passport.quality, passport.canonical.as_str()),
            (None, Quality::Partial, "AAB123987")
        );
    }

    #[test]
    fn prefixes_come_off_to_the_last() {
        for raw in ["BRGB980780684001", "BrGB9807-8068-4001"] {
            // One reading is misled: without `BR` the rest has the structure of a CNPJ.
            let once = super::read(raw, "BR").canonical;
            assert_eq!(
                (once.as_str(), super::read(&once, "BR").canonical.as_str()),
                ("GB980780684001", "980780684001")
            );
            let got = read_in(raw, "BR");
            assert_eq!((got.canonical.as_str(), got.parts.scheme), ("980780684001", Some("VAT_GB")), "{raw}");
            assert_eq!(read_in(&got.canonical, "BR").canonical, got.canonical, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn idempotent_and_keeps_the_original(
            raw in "\\PC{0,24}|(NIF|CIF:|ES)?[ -]?[A-Z]?[0-9]{6,9}[- ]?[A-Z]?|[0-9.]{8,14}-[0-9K]|[A-ZÑ&]{3,4}[0-9]{6}[A-Z0-9]{3}",
            region in prop::sample::select(vec!["ES", "MX", "CL", "CO", "US", "FR", "BR", ""]),
        ) {
            let first = read_in(&raw, region);
            prop_assert_eq!(first.original, raw.as_str());
            let again = read_in(&first.canonical, region);
            prop_assert_eq!(&again.canonical, &first.canonical);
        }
    }
}
