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

mod carried;
mod checks;
mod european;
mod format;
mod labels;
mod recognise;
mod schemes;

use carried::{carried, entity_of, iban_country};
use labels::{glued_label, strip_labels};
use recognise::{Found, recognise};

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
    super::settled_from(first, raw.trim(), |text| read_cell(text, region))
}

/// Reads a cell of one identifier, or of several with a slash, comma or semicolon between them.
fn read_cell<'a>(raw: &'a str, region: &str) -> Normalized<'a, Identifier> {
    const SHORTEST: usize = 7;
    const MOST: usize = 8;
    let separator = |c: char| matches!(c, ';' | ',' | '/' | '|' | '\n');
    let long = |piece: &&str| piece.bytes().filter(u8::is_ascii_alphanumeric).count() >= SHORTEST;
    // Two of them and a separator.
    let several = raw.len() > 2 * SHORTEST && raw.contains(separator);
    if !several || !raw.split(separator).all(|piece| long(&piece)) {
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
    if compact == b"0" {
        return outcome(raw, Identifier::default(), Quality::Placeholder, "repeated_digit");
    }
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
    while found.scheme.is_none()
        && let Some((label, unlabelled)) = glued_label(rest)
    {
        rest = unlabelled;
        found = recognise(rest, text, label, region, &mut reasons);
    }
    let (parts, filler) = parts_of(&found);
    if let Some(reason) = filler_reason(&parts, filler) {
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
        _ if ["letter_missing", "ocr_letter", "leading_zero_restored"]
            .iter()
            .any(|r| reasons.contains(r)) =>
        {
            Quality::Suspicious
        }
        _ => Quality::Ok,
    };
    let mut keys = Vec::with_capacity(2);
    if quality != Quality::Invalid {
        keys.push(parts.compact.clone());
    }
    if parts.digits.len() >= MIN_DIGITS && (keys.is_empty() || parts.digits != parts.compact) {
        keys.push(parts.digits.clone());
    }
    Normalized { original, canonical: parts.compact.clone(), parts, keys, quality, reasons }
}

/// Upper-case letters and digits; `&` and Ñ, which RFCs contain, as Latin-1. `None` when there are too many.
fn compact<'b>(text: &str, buffer: &'b mut [u8; MAX_LENGTH]) -> Option<&'b [u8]> {
    let mut len = 0;
    if text.is_ascii() {
        for byte in text.bytes().filter(|&byte| byte.is_ascii_alphanumeric() || byte == b'&') {
            *buffer.get_mut(len)? = byte.to_ascii_uppercase();
            len += 1;
        }
        return Some(&buffer[..len]);
    }
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

/// The text of compact bytes. The letter Ñ, which is one of Latin-1 there, is never valid UTF-8 before another of them.
fn text_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&b| char::from(b)).collect(),
    }
}

/// The components, and whether the number is a filler.
fn parts_of(found: &Found) -> (Identifier, Option<schemes::Filler>) {
    let b = found.bytes.as_slice();
    let compact = text_of(b);
    let digits = digits_of(&compact);
    let mut parts = Identifier { compact, valid: found.valid, digits, ..Identifier::default() };
    let filler = schemes::filler(&parts.compact);
    let Some(scheme) = found.scheme else { return (parts, filler) };
    parts.scheme = Some(scheme.name);
    parts.country =
        if scheme.name == "IBAN" { iban_country(b) } else { Some(scheme.country).filter(|c| !c.is_empty()) };
    parts.entity = Some(entity_of(scheme, b)).filter(|_| filler != Some(schemes::Filler::Generic));
    if found.valid == Some(true) || scheme.name == "RFC" {
        (parts.birth_date, parts.female) = carried(scheme.name, b);
    }
    (parts, filler)
}

/// The digits of a number, which mostly stand together.
fn digits_of(compact: &str) -> String {
    let from = compact.bytes().position(|byte| byte.is_ascii_digit()).unwrap_or(compact.len());
    let count = compact.as_bytes()[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (run, rest) = compact[from..].split_at(count);
    let mut digits = run.to_owned();
    digits.extend(rest.chars().filter(char::is_ascii_digit));
    digits
}

fn filler_reason(parts: &Identifier, filler: Option<schemes::Filler>) -> Option<&'static str> {
    const SHORTEST: usize = 5;
    match filler {
        Some(schemes::Filler::Generic) => return Some("generic_legal_id"),
        Some(schemes::Filler::Known) => return Some("known_filler"),
        None => {}
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
