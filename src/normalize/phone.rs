//! Telephone numbers.
//!
//! [`phone`] reads one cell into E.164 by the calling-code table and short numbering plans in
//! `resources/phones/plans.tsv`: international prefix, trunk prefix, lengths, and leading digits by kind. It is meant
//! for matching, not for dialling: it knows which numbers cannot exist in the plans marked strict and is tolerant
//! elsewhere. A full plan of every country is the business of libphonenumber.
//!
//! Damage from spreadsheets and scanners (`6,12E+08`, `612345679.0`, `'612…`, `6l2 345 679`) is undone where nothing was
//! lost. A cell with several numbers gives the first and lists the others in [`Phone::others`].
//!
//! Keys, strongest first: E.164; national number; its last nine digits; its last seven. Fillers have none.
//!
//! Linear in the length of the value.

use serde::Serialize;

use super::ascii;
use super::{Hint, Normalized, Quality};

mod matching;
mod plan;
mod scan;

pub use matching::{PhoneMatch, phone_match};
use plan::{Fit, Plan, Reading};
pub use scan::split_phones;
use scan::{Digits, Scan};

/// What a number is, as far as its plan tells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneKind {
    /// A mobile: strong evidence of a person.
    Mobile,
    /// A fixed line: a household or a company.
    Landline,
    /// The plan does not tell the two apart (US, MX).
    MobileOrLandline,
    /// Free to the caller: a company's.
    TollFree,
    /// Paid for by the caller above the usual rate.
    Premium,
    /// Caller and called share the cost.
    SharedCost,
    /// Over the internet, without a place.
    Voip,
    /// Follows a person from line to line.
    Personal,
    /// One number for all branches of a company.
    Universal,
    /// Paging services.
    Pager,
    /// Voice mailboxes.
    Voicemail,
    /// The plan is not known in that detail.
    #[default]
    Unknown,
}

impl PhoneKind {
    /// The name that libphonenumber gives it; empty when the kind is not known.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mobile => "MOBILE",
            Self::Landline => "FIXED_LINE",
            Self::MobileOrLandline => "FIXED_LINE_OR_MOBILE",
            Self::TollFree => "TOLL_FREE",
            Self::Premium => "PREMIUM_RATE",
            Self::SharedCost => "SHARED_COST",
            Self::Voip => "VOIP",
            Self::Personal => "PERSONAL_NUMBER",
            Self::Universal => "UAN",
            Self::Pager => "PAGER",
            Self::Voicemail => "VOICEMAIL",
            Self::Unknown => "",
        }
    }
}

/// The components of a telephone number.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Phone {
    /// `+` and digits; only of a number that can exist.
    pub e164: Option<String>,
    /// The national significant number; of an impossible number the digits there are.
    pub national: String,
    /// ISO 3166-1 alpha-2 code of the plan.
    pub country: Option<&'static str>,
    /// Digits after `ext.`, `x`, `#`.
    pub extension: Option<String>,
    /// What it is.
    pub kind: PhoneKind,
    /// Whether the plan of its country has such a number. False also where a country's plan is not known.
    pub valid: bool,
    /// The further numbers of the cell, canonical.
    pub others: Vec<String>,
}

/// Normalises a cell that should hold a telephone number. The hint's region says how to read a number without `+`.
///
/// # Null
/// Fillers (`999999999`, `123456789`, `no tiene`) are [`Quality::Placeholder`] with an empty canonical form.
///
/// # Complexity
/// Linear in the length of `raw`.
///
/// # Example
/// ```
/// use quilate::normalize::{Hint, phone::phone};
/// let spain = Hint { region: Some("ES"), locale: None };
/// assert_eq!(phone("Tel.: 93 215 44 10 ext. 23", &spain).parts.e164.as_deref(), Some("+34932154410"));
/// ```
pub fn phone<'a>(raw: &'a str, hint: &Hint<'_>) -> Normalized<'a, Phone> {
    let region = ascii::region(hint).and_then(plan::of_region);
    let text = scan::to_ascii(raw);
    let mut pieces = scan::pieces(&text).into_iter();
    let first = pieces.next().unwrap_or_default();
    let mut result = stable(raw, first, region);
    let others: Vec<String> = pieces
        .map(|p| stable(p, p, region).canonical)
        .filter(|c| !c.is_empty() && *c != result.canonical)
        .collect();
    if !others.is_empty() {
        result.parts.others = others;
        result.reasons.push("several_numbers");
        if !matches!(result.quality, Quality::Invalid | Quality::Placeholder) {
            result.quality = Quality::Multiple;
        }
    }
    result
}

fn empty<'a>(original: &'a str, quality: Quality, reason: &'static str) -> Normalized<'a, Phone> {
    let parts = Phone::default();
    Normalized { original, canonical: String::new(), parts, keys: Vec::new(), quality, reasons: vec![reason] }
}

/// One number whose canonical form reads as itself. Digits that cannot be a number may look like another one when they are
/// written without what made them impossible (`6,55E+08` lost its last digits; `655000000` would be somebody's): their
/// canonical form is the text as it came, which is read as it was the first time.
fn stable<'a>(original: &'a str, text: &str, region: Option<&'static Plan>) -> Normalized<'a, Phone> {
    let mut out = single(original, text, region);
    let text = text.trim();
    // A number that its plan has, written in full, is read in the same plan again.
    let whole = || {
        out.parts.valid
            && out.parts.extension.is_none()
            && filler_reason(out.canonical.get(1..).unwrap_or_default()).is_none()
    };
    if out.canonical.is_empty() || out.canonical == text || whole() {
        return out;
    }
    let pieces = scan::pieces(&out.canonical);
    let again = pieces.first().map(|first| single(first, first, region));
    if pieces.len() > 1 || again.is_none_or(|again| again.canonical != out.canonical) {
        text.clone_into(&mut out.canonical);
    }
    out
}

fn single<'a>(original: &'a str, text: &str, region: Option<&'static Plan>) -> Normalized<'a, Phone> {
    let scanned = scan::scan(text);
    let digits = &scanned.digits;
    if digits.is_empty() {
        return match text.trim() {
            "" if original.trim().is_empty() => empty(original, Quality::Placeholder, "empty"),
            t if ascii::is_null_marker(t) => empty(original, Quality::Placeholder, "negated_field_name"),
            _ => empty(original, Quality::Unparsed, "no_digits"),
        };
    }
    if let Some(reason) = filler_reason(digits.as_str()) {
        return empty(original, Quality::Placeholder, reason);
    }
    if scanned.lost_digits {
        return impossible(original, &scanned, digits.as_str(), "excel_scientific");
    }
    let reading = match plan::read(digits, scanned.plus, region) {
        Ok(reading) => reading,
        Err(Fit::NoCountry) => return without_country(original, &scanned),
        Err(fit) => return impossible(original, &scanned, digits.as_str(), fit.reason()),
    };
    judge(original, &scanned, reading)
}

/// No calling code and no region: a national number of an unknown country.
fn without_country<'a>(original: &'a str, scanned: &Scan) -> Normalized<'a, Phone> {
    const PLAUSIBLE: std::ops::RangeInclusive<usize> = 7..=15;
    let national = scanned.digits.as_str();
    let mut out = impossible(original, scanned, national, "no_country");
    if PLAUSIBLE.contains(&national.len()) {
        out.quality = Quality::Partial;
    }
    out
}

/// A number that cannot exist, kept for fuzzy comparison.
fn impossible<'a>(
    original: &'a str,
    scanned: &Scan,
    national: &str,
    reason: &'static str,
) -> Normalized<'a, Phone> {
    let parts = Phone { national: national.to_owned(), extension: scanned.extension(), ..Phone::default() };
    let plus = if scanned.plus { "+" } else { "" };
    let canonical = with_extension(format!("{plus}{}", scanned.digits.as_str()), parts.extension.as_deref());
    let mut keys = Vec::new();
    push_tails(national, &mut keys);
    let reasons = scanned.reasons().chain([reason]).collect();
    Normalized { original, canonical, parts, keys, quality: Quality::Invalid, reasons }
}

fn judge<'a>(original: &'a str, scanned: &Scan, reading: Reading) -> Normalized<'a, Phone> {
    let national = reading.national.as_str();
    if let Some(reason) = filler_reason(national) {
        return empty(original, Quality::Placeholder, reason);
    }
    let mut reasons: Vec<&'static str> = scanned.reasons().collect();
    reasons.extend(reading.reason);
    // No plan hands out numbers that start with its trunk prefix; where a zero belongs to the number the plan says so.
    let outside = reading.fit == Fit::Unassigned && (reading.plan.strict || national.starts_with('0'));
    if matches!(reading.fit, Fit::TooShort | Fit::TooLong) || outside {
        let mut out = impossible(original, scanned, national, reading.fit.reason());
        out.reasons.splice(0..0, reading.reason);
        return out;
    }
    let mut quality = if scanned.repaired() { Quality::Suspicious } else { Quality::Ok };
    if reading.fit == Fit::Unassigned {
        quality = Quality::Suspicious;
        reasons.push(Fit::Unassigned.reason());
    }
    if reading.reason == Some("plus_without_country_code") {
        quality = Quality::Suspicious;
    }
    let e164 = format!("+{}{national}", reading.plan.code);
    let extension = scanned.extension();
    let country = Some(reading.plan.region_of(national));
    let kind = reading.kind;
    let valid = reading.fit == Fit::Good;
    if is_nanp_fiction(reading.plan, national) {
        let parts = Phone {
            e164: Some(e164),
            national: national.to_owned(),
            country,
            extension,
            kind,
            valid,
            others: Vec::new(),
        };
        reasons.push("fictional_number");
        let quality = Quality::Placeholder;
        return Normalized { original, canonical: String::new(), parts, keys: Vec::new(), quality, reasons };
    }
    let mut keys = vec![e164.clone(), national.to_owned()];
    push_tails(national, &mut keys);
    let canonical = with_extension(e164.clone(), extension.as_deref());
    let parts = Phone {
        e164: Some(e164),
        national: national.to_owned(),
        country,
        extension,
        kind,
        valid,
        others: Vec::new(),
    };
    Normalized { original, canonical, parts, keys, quality, reasons }
}

fn with_extension(mut number: String, extension: Option<&str>) -> String {
    if let Some(extension) = extension {
        number.push_str(scan::EXTENSION_SIGN);
        number.push_str(extension);
    }
    number
}

/// The last nine and the last seven digits, under which numbers meet whose country or trunk code was lost.
fn push_tails(national: &str, keys: &mut Vec<String>) {
    for length in [9, 7] {
        if national.len() >= length {
            let tail = &national[national.len() - length..];
            if !keys.iter().any(|k| k == tail) {
                keys.push(tail.to_owned());
            }
        }
    }
}

/// Why digits are a filler: one digit repeated, a run up or down the keypad, a digit and zeros, a textbook example.
fn filler_reason(digits: &str) -> Option<&'static str> {
    const MIN_PATTERN: usize = 4;
    const TEXTBOOK: &[&str] =
        &["612345678", "912345678", "666777888", "654321987", "600000001", "999999998", "5551234"];
    let bytes = digits.as_bytes();
    if bytes.len() < MIN_PATTERN {
        return ascii::is_one_byte_repeated(digits).then_some("repeated_digit");
    }
    if ascii::is_one_byte_repeated(digits) {
        return Some("repeated_digit");
    }
    let run = |step: u8| bytes.windows(2).all(|w| (w[0] - b'0' + step) % 10 == w[1] - b'0');
    let and_zeros =
        bytes[1..].iter().all(|&b| b == b'0') || (bytes.len() > 8 && bytes[2..].iter().all(|&b| b == b'0'));
    let and_repeated = bytes.len() == 9 && ascii::is_one_byte_repeated(&digits[1..]);
    let filler = run(1) || run(9) || and_zeros || and_repeated || TEXTBOOK.contains(&digits);
    filler.then_some("sequence_or_filler")
}

/// 555-0100 to 555-0199, reserved for fiction in every area of the North American plan.
fn is_nanp_fiction(plan: &Plan, national: &str) -> bool {
    plan.code == 1 && national.get(3..8) == Some("55501")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read<'a>(raw: &'a str, region: &str) -> Normalized<'a, Phone> {
        phone(raw, &Hint { region: (!region.is_empty()).then_some(region), locale: None })
    }

    #[test]
    fn e164_by_country() {
        let rows = [
            ("650 12 34 57", "ES", "+34650123457"),
            ("+34 (0) 650 123 457", "ES", "+34650123457"),
            ("p:+46701740605", "", "+46701740605"),
            ("＋３４ ６５０ １２３ ４５７", "", "+34650123457"),
            ("655010203.0", "ES", "+34655010203"),
            ("'655010203", "ES", "+34655010203"),
            ("6,55010203E+08", "ES", "+34655010203"),
            ("650123457 (mañanas)", "ES", "+34650123457"),
            ("011 34 650 123 457", "US", "+34650123457"),
            ("1-415-867-5300", "US", "+14158675300"),
            ("416 967 1111", "CA", "+14169671111"),
            ("01 55 1234 5678", "MX", "+525512345678"),
            ("+54 11 15 2345 6789", "", "+5491123456789"),
            ("0351 15 612 3456", "AR", "+5493516123456"),
            ("011 4345 6789", "AR", "+541143456789"),
            ("+55 11 8123 4567", "", "+5511981234567"),
            ("0 15 11 98123 4567", "BR", "+5511981234567"),
            ("347 123 4567", "IT", "+393471234567"),
            ("+39 06 4782 1234", "", "+390647821234"),
            ("+44 (0)20 8366 1177", "", "+442083661177"),
            ("8 912 345 67 90", "RU", "+79123456790"),
            ("+7 701 234 5670", "", "+77012345670"),
            ("1 234 5671", "PE", "+5112345671"),
            ("0170 1234568", "DE", "+491701234568"),
            ("+650123457", "ES", "+34650123457"),
        ];
        for (raw, region, e164) in rows {
            assert_eq!(read(raw, region).parts.e164.as_deref(), Some(e164), "{raw} {region}");
        }
        assert_eq!(read("+1 416 967 1111", "").parts.country, Some("CA"));
        assert_eq!(read("+7 701 234 5670", "").parts.country, Some("KZ"));
    }

    #[test]
    fn judged() {
        let rows = [
            ("666666666", "ES", Quality::Placeholder, "repeated_digit"),
            ("123456789", "ES", Quality::Placeholder, "sequence_or_filler"),
            ("+34 600 000 000", "", Quality::Placeholder, "sequence_or_filler"),
            ("no tiene", "ES", Quality::Placeholder, "negated_field_name"),
            ("", "ES", Quality::Placeholder, "empty"),
            ("llamar", "ES", Quality::Unparsed, "no_digits"),
            ("412 345 679", "ES", Quality::Invalid, "unassigned_range"),
            ("6,55E+08", "ES", Quality::Invalid, "excel_scientific"),
            ("65012345", "ES", Quality::Invalid, "too_short"),
            ("650 123 457 89", "ES", Quality::Invalid, "too_long"),
            ("+999 123 456 78", "", Quality::Invalid, "invalid_country_code"),
            ("650 123 457", "", Quality::Partial, "no_country"),
            ("650123457 / 911234561", "ES", Quality::Multiple, "several_numbers"),
            ("650123457 911234561", "ES", Quality::Multiple, "several_numbers"),
            ("65O 123 457", "ES", Quality::Suspicious, "ocr_letter"),
        ];
        for (raw, region, quality, reason) in rows {
            let got = read(raw, region);
            assert_eq!(
                (got.quality, got.reasons.contains(&reason)),
                (quality, true),
                "{raw}: {:?}",
                got.reasons
            );
        }
    }

    #[test]
    fn kinds() {
        let rows = [
            ("650123457", "ES", PhoneKind::Mobile),
            ("971305512", "ES", PhoneKind::Landline),
            ("900123456", "ES", PhoneKind::TollFree),
            ("902123456", "ES", PhoneKind::SharedCost),
            ("806123456", "ES", PhoneKind::Premium),
            ("701234567", "ES", PhoneKind::Personal),
            ("4158675300", "US", PhoneKind::MobileOrLandline),
            ("0612345670", "FR", PhoneKind::Mobile),
            ("07911 123456", "GB", PhoneKind::Mobile),
            ("11 91234-5670", "BR", PhoneKind::Mobile),
            ("11 3234-5670", "BR", PhoneKind::Landline),
        ];
        for (raw, region, kind) in rows {
            assert_eq!(read(raw, region).parts.kind, kind, "{raw}");
        }
    }

    #[test]
    fn extensions() {
        for raw in [
            "932154410 ext. 12",
            "932154410x12",
            "93 215 44 10 #12",
            "+34932154410;ext=12",
            "932154410 extensión 12",
        ] {
            let got = read(raw, "ES");
            assert_eq!(got.parts.extension.as_deref(), Some("12"), "{raw}");
            assert_eq!(got.canonical, "+34932154410;ext=12", "{raw}");
        }
    }

    #[test]
    fn a_long_extension_is_no_number_of_its_own() {
        for raw in ["+34932154410;ext=1600000", "932154410 ext. 1600000", "93 215 44 10 x16000009"] {
            let got = read(raw, "ES");
            assert_eq!(got.canonical, "+34932154410;ext=1600000", "{raw}");
            assert_eq!(got.quality, Quality::Ok, "{raw}");
            assert_eq!(read(&got.canonical, "ES").canonical, got.canonical, "{raw}");
        }
        let several = read("+34932154410;ext=1600000; 650123457", "ES");
        assert_eq!(several.canonical, "+34932154410;ext=1600000");
        assert_eq!(several.parts.others, ["+34650123457"]);
    }

    #[test]
    fn lost_digits_do_not_come_back_as_a_number() {
        let got = read("6,55E+08", "ES");
        assert_eq!((got.canonical.as_str(), got.parts.e164.as_deref()), ("6,55E+08", None));
        assert_eq!(read(&got.canonical, "ES").canonical, got.canonical);
    }

    #[test]
    fn keys_from_strong_to_weak() {
        assert_eq!(
            read("+52 55 1234 5670", "").keys,
            ["+525512345670", "5512345670", "512345670", "2345670"]
        );
        assert_eq!(read("215 44 10", "ES").keys, ["2154410"]);
    }

    proptest! {
        #[test]
        fn idempotent_and_keeps_the_original(
            raw in "\\PC{0,30}|[+0-9() ./xloE-]{0,20}|(\\+|00)?[1-9][0-9]{6,13}( ?/ ?[0-9]{7,10})?",
            region in prop::sample::select(vec!["ES", "MX", "AR", "BR", "FR", "IT", "DE", "US", "RU", "GB", ""]),
        ) {
            let first = read(&raw, region);
            prop_assert_eq!(first.original, raw.as_str());
            let again = read(&first.canonical, region);
            prop_assert_eq!(&again.canonical, &first.canonical);
        }
    }
}
