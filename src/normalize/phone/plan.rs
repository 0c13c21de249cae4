//! Numbering plans: from digits to country, national number and kind.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::super::ascii;
use super::{Digits, PhoneKind};

/// The plan of one region.
#[derive(Debug)]
pub(super) struct Plan {
    region: &'static str,
    /// Country calling code.
    pub(super) code: u16,
    /// The calling code in digits, as it is written before a number.
    code_digits: &'static str,
    trunk: &'static str,
    /// Bit `n` is set when the national number may have `n` digits.
    lengths: u32,
    /// By first digit.
    prefixes: [Vec<Prefix>; 10],
    /// Whether the table says anything of the prefixes.
    detailed: bool,
    /// Whether a number outside the listed prefixes does not exist.
    pub(super) strict: bool,
}

/// The first `length` digits, from `low` to `high`.
#[derive(Debug)]
struct Prefix {
    length: usize,
    low: u32,
    high: u32,
    /// Bit `n` is set when a number with it may have `n` digits.
    lengths: u32,
    kind: PhoneKind,
}

/// How digits fit a plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fit {
    Good,
    Unassigned,
    TooShort,
    TooLong,
    UnknownCode,
    NoCountry,
}

impl Fit {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Good => "possible",
            Self::Unassigned => "unassigned_range",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::UnknownCode => "invalid_country_code",
            Self::NoCountry => "no_country",
        }
    }
}

/// Digits as a number of a plan.
pub(super) struct Reading {
    pub(super) plan: &'static Plan,
    pub(super) national: Digits,
    pub(super) kind: PhoneKind,
    pub(super) fit: Fit,
    pub(super) reason: Option<&'static str>,
}

struct Plans {
    all: Vec<Plan>,
    /// Position of the first plan of each calling code.
    by_code: Vec<Option<u16>>,
    by_region: HashMap<[u8; 2], u16, FixedState>,
}

const CODES: usize = 1000;

static PLANS: LazyLock<Plans> = LazyLock::new(|| {
    let all: Vec<Plan> =
        ascii::rows(include_str!("../../../resources/phones/plans.tsv")).filter_map(|r| plan(&r)).collect();
    let mut by_code = vec![None; CODES];
    for (position, plan) in (0u16..).zip(&all) {
        by_code[usize::from(plan.code)].get_or_insert(position);
    }
    let mut by_region = HashMap::with_hasher(FixedState::default());
    for (position, plan) in (0u16..).zip(&all) {
        let shared = SHARED.iter().filter(|(main, _)| *main == plan.region).flat_map(|(_, r)| r.split(' '));
        for region in shared.chain([plan.region]) {
            if let Ok(two) = <[u8; 2]>::try_from(region.as_bytes()) {
                by_region.entry(two).or_insert(position);
            }
        }
    }
    Plans { all, by_code, by_region }
});

fn plan(row: &[&'static str]) -> Option<Plan> {
    let [region, code, trunk, lengths, mobile, fixed, others, strict] = *row else { return None };
    let lengths = lengths_of(lengths)?;
    let mut prefixes: [Vec<Prefix>; 10] = Default::default();
    let lists = [("mobile", mobile), ("fixed", fixed)]
        .into_iter()
        .chain(others.split(' ').filter_map(|list| list.split_once(':')));
    for (kind, list) in lists {
        let kind = kind_named(kind)?;
        for prefix in list.split(',').filter(|p| !matches!(*p, "-" | "")) {
            let prefix = one_prefix(prefix, kind, lengths)?;
            let first = prefix.low / 10u32.pow(u32::try_from(prefix.length).ok()? - 1);
            let last = prefix.high / 10u32.pow(u32::try_from(prefix.length).ok()? - 1);
            for digit in first..=last {
                prefixes[digit as usize].push(Prefix { ..prefix });
            }
        }
    }
    // The longest first; of one length in the order of the table.
    prefixes.iter_mut().for_each(|list| list.sort_by_key(|p| std::cmp::Reverse(p.length)));
    Some(Plan {
        region,
        code: code.parse().ok().filter(|&c| usize::from(c) < CODES)?,
        code_digits: code,
        trunk: if trunk == "-" { "" } else { trunk },
        lengths,
        detailed: prefixes.iter().any(|list| !list.is_empty()),
        prefixes,
        strict: strict == "strict",
    })
}

fn kind_named(name: &str) -> Option<PhoneKind> {
    Some(match name {
        "mobile" => PhoneKind::Mobile,
        "fixed" => PhoneKind::Landline,
        "free" => PhoneKind::TollFree,
        "premium" => PhoneKind::Premium,
        "shared" => PhoneKind::SharedCost,
        "personal" => PhoneKind::Personal,
        "voip" => PhoneKind::Voip,
        "uan" => PhoneKind::Universal,
        "pager" => PhoneKind::Pager,
        "voicemail" => PhoneKind::Voicemail,
        _ => return None,
    })
}

/// `9`, `8,9` or `7-10` as a set of bits.
fn lengths_of(list: &str) -> Option<u32> {
    let mut mask = 0;
    for part in list.split(',') {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        for length in low.parse::<u32>().ok()?..=high.parse().ok()? {
            mask |= 1 << length;
        }
    }
    Some(mask)
}

/// `6`, `71-79`, `800/9-10`.
fn one_prefix(text: &str, kind: PhoneKind, lengths: u32) -> Option<Prefix> {
    let (range, own) = text.split_once('/').map_or((text, None), |(range, own)| (range, Some(own)));
    let (low, high) = range.split_once('-').unwrap_or((range, range));
    let lengths = own.map_or(Some(lengths), lengths_of)?;
    Some(Prefix { length: low.len(), low: low.parse().ok()?, high: high.parse().ok()?, lengths, kind })
}

/// The plan of an ISO 3166-1 alpha-2 code, also of territories that dial as another country does.
pub(super) fn of_region(region: &str) -> Option<&'static Plan> {
    let two: [u8; 2] = region.as_bytes().try_into().ok()?;
    PLANS.by_region.get(&two).map(|&position| &PLANS.all[usize::from(position)])
}

/// Territories and the country whose plan they share.
const SHARED: &[(&str, &str)] = &[
    ("US", "CA PR DO AG AI AS BB BM BS DM GD GU JM KN KY LC MP MS SX TC TT VC VG VI"),
    ("GB", "GG JE IM"),
    ("IT", "VA"),
    ("MA", "EH"),
    ("NO", "SJ"),
    ("FI", "AX"),
    ("AU", "CC CX"),
    ("RE", "YT"),
    ("GP", "BL MF"),
    ("CW", "BQ"),
    ("SH", "TA"),
    ("RU", "KZ"),
];

/// The first plan of a calling code.
pub(super) fn of_calling_code(code: u16) -> Option<&'static Plan> {
    PLANS.by_code.get(usize::from(code)).copied().flatten().map(|position| &PLANS.all[usize::from(position)])
}

fn of_code(digits: &str) -> Option<(&'static Plan, usize)> {
    (1..=3).find_map(|length| {
        let code: usize = digits.get(..length)?.parse().ok()?;
        // A leading zero would find the code of fewer digits.
        let position = PLANS.by_code[code].filter(|_| !digits.starts_with('0'))?;
        Some((&PLANS.all[usize::from(position)], length))
    })
}

impl Plan {
    /// The region of a number under a calling code that several regions share.
    pub(super) fn region_of(&self, national: &str) -> &'static str {
        match self.code {
            1 => nanp_area(national).unwrap_or("US"),
            7 if national.starts_with(['7']) || national.starts_with("33") => "KZ",
            7 => "RU",
            39 if national.starts_with("06698") => "VA",
            44 => british_region(national),
            _ => self.region,
        }
    }

    fn has_length(&self, length: usize) -> bool {
        length < 32 && self.lengths & (1 << length) != 0
    }

    fn kind(&self, national: &str) -> Option<PhoneKind> {
        if self.code == 55 && matches!(national.len(), 10 | 11) && !national.starts_with("800") {
            return brazilian_kind(national);
        }
        if !self.detailed && self.code != 1 {
            return Some(PhoneKind::Unknown);
        }
        if self.code == 1 {
            return american_kind(national);
        }
        let first = usize::from(national.as_bytes().first()? - b'0');
        let mut found: Option<&Prefix> = None;
        for prefix in self.prefixes[first].iter().filter(|p| p.matches(national)) {
            match found {
                None => found = Some(prefix),
                Some(best) if best.length == prefix.length => {
                    return match (best.kind, prefix.kind) {
                        (PhoneKind::Mobile, PhoneKind::Landline) => Some(PhoneKind::MobileOrLandline),
                        (kind, _) => Some(kind),
                    };
                }
                Some(_) => break,
            }
        }
        found.map(|prefix| prefix.kind)
    }

    fn fit(&self, national: &str) -> (Fit, PhoneKind) {
        if !self.has_length(national.len()) {
            let shortest = self.lengths.trailing_zeros() as usize;
            let fit = if national.len() < shortest.max(1) || self.has_longer(national.len()) {
                Fit::TooShort
            } else {
                Fit::TooLong
            };
            return (fit, PhoneKind::Unknown);
        }
        match self.kind(national) {
            Some(kind) => (Fit::Good, kind),
            None => (Fit::Unassigned, PhoneKind::Unknown),
        }
    }

    fn has_longer(&self, length: usize) -> bool {
        length < 31 && self.lengths >> (length + 1) != 0
    }
}

impl Prefix {
    fn matches(&self, national: &str) -> bool {
        let Some(head) = national.as_bytes().get(..self.length) else { return false };
        if self.lengths & (1 << national.len().min(31)) == 0 {
            return false;
        }
        let value = head.iter().fold(0, |v, b| v * 10 + u32::from(b - b'0'));
        (self.low..=self.high).contains(&value)
    }
}

/// Two digits of area, then 9 and eight digits for mobiles, or 2 to 5 and seven digits.
fn brazilian_kind(national: &str) -> Option<PhoneKind> {
    let [tens, ones, local, ..] = *national.as_bytes() else { return None };
    let area = match tens {
        b'1' | b'4' | b'6' | b'8' | b'9' => (b'1'..=b'9').contains(&ones),
        b'2' => matches!(ones, b'1' | b'2' | b'4' | b'7' | b'8'),
        b'3' => matches!(ones, b'1'..=b'5' | b'7' | b'8'),
        b'5' => matches!(ones, b'1' | b'3'..=b'5'),
        b'7' => matches!(ones, b'1' | b'3'..=b'5' | b'7' | b'9'),
        _ => false,
    };
    match (national.len(), local) {
        (11, b'9') if area => Some(PhoneKind::Mobile),
        (10, b'2'..=b'5') if area => Some(PhoneKind::Landline),
        _ => None,
    }
}

/// The North American plan, shared by its regions: areas do not tell mobile from fixed, and exchanges never start with 0
/// or 1.
fn american_kind(national: &str) -> Option<PhoneKind> {
    if matches!(national.as_bytes().get(3)?, b'0' | b'1') {
        return None;
    }
    let plan = &PLANS.all[usize::from(PLANS.by_code[1]?)];
    let first = usize::from(national.as_bytes()[0] - b'0');
    match plan.prefixes[first].iter().find(|p| p.matches(national)).map(|p| p.kind) {
        Some(PhoneKind::Mobile) => Some(PhoneKind::MobileOrLandline),
        Some(kind) => Some(kind),
        None => nanp_area(national).map(|_| PhoneKind::MobileOrLandline),
    }
}

/// Guernsey, Jersey and Man, which dial as the United Kingdom does.
fn british_region(national: &str) -> &'static str {
    const PREFIXES: &[(&str, &str)] = &[
        ("1481", "GG"),
        ("1534", "JE"),
        ("1624", "IM"),
        ("7781", "GG"),
        ("7839", "GG"),
        ("79111", "GG"),
        ("79117", "GG"),
        ("7509", "JE"),
        ("7797", "JE"),
        ("7829", "JE"),
        ("7937", "JE"),
        ("77003", "JE"),
        ("77007", "JE"),
        ("77008", "JE"),
        ("74576", "IM"),
        ("7624", "IM"),
    ];
    PREFIXES.iter().find(|(prefix, _)| national.starts_with(prefix)).map_or("GB", |(_, region)| region)
}

/// Reads digits: international with `+` or its dialled prefix, else national in `region`, else with a calling code
/// whose `+` was lost.
pub(super) fn read(digits: &Digits, plus: bool, region: Option<&'static Plan>) -> Result<Reading, Fit> {
    let text = digits.as_str();
    if let Some(international) = after_international_prefix(text, plus, region) {
        let found = international_reading(international);
        let plausible = found.as_ref().is_ok_and(|r| matches!(r.fit, Fit::Good | Fit::Unassigned));
        if plausible && plus {
            return found;
        }
        if let Some(reading) = without_repeated_code(international) {
            return Ok(reading);
        }
        // `+712345679` in Spain: a plus typed before a national number.
        if plus
            && let Some(mut reading) =
                region.map(|plan| national_reading(plan, text)).filter(|r| r.fit == Fit::Good)
        {
            reading.reason = Some("plus_without_country_code");
            return Ok(reading);
        }
        if plus || found.as_ref().is_ok_and(|r| r.fit == Fit::Good) {
            return found;
        }
    }
    let Some(plan) = region else { return Err(Fit::NoCountry) };
    let national = national_reading(plan, text);
    if national.fit == Fit::Good {
        return Ok(national);
    }
    if let Some(rest) = text.strip_prefix(plan.code_digits) {
        let mut reading = national_reading(plan, rest);
        if reading.fit == Fit::Good {
            reading.reason = reading.reason.or(Some("country_code_without_plus"));
            return Ok(reading);
        }
    }
    if national.fit == Fit::TooLong
        && let Ok(mut reading) = international_reading(text)
        && reading.fit == Fit::Good
        && reading.plan.strict
    {
        reading.reason = reading.reason.or(Some("country_code_without_plus"));
        return Ok(reading);
    }
    Ok(national)
}

/// What follows `+`, `00`, or `011` where that is dialled.
fn after_international_prefix<'a>(text: &'a str, plus: bool, region: Option<&Plan>) -> Option<&'a str> {
    let dialled = match region {
        Some(plan) if plan.code == 1 => text.strip_prefix("011"),
        _ => text.strip_prefix("00"),
    };
    if plus { Some(dialled.filter(|_| text.starts_with("00")).unwrap_or(text)) } else { dialled }
}

fn international_reading(text: &str) -> Result<Reading, Fit> {
    let (plan, length) = of_code(text).ok_or(Fit::UnknownCode)?;
    Ok(national_reading(plan, &text[length..]))
}

/// `+34 0034 612...`, `+34 34 612...`: the calling code typed twice.
fn without_repeated_code(text: &str) -> Option<Reading> {
    let (plan, length) = of_code(text)?;
    let rest = &text[length..];
    let rest = rest.strip_prefix("00").unwrap_or(rest).strip_prefix(plan.code_digits)?;
    let reading = national_reading(plan, rest);
    (reading.fit == Fit::Good)
        .then(|| Reading { reason: reading.reason.or(Some("repeated_country_code")), ..reading })
}

fn national_reading(plan: &'static Plan, text: &str) -> Reading {
    let (national, reason) = modern_form(plan, text);
    let (fit, kind) = plan.fit(national.as_str());
    if fit != Fit::Good
        && let Some(rest) = national.as_str().strip_prefix(plan.trunk).filter(|_| !plan.trunk.is_empty())
    {
        let (stripped, again) = modern_form(plan, rest);
        let (stripped_fit, stripped_kind) = plan.fit(stripped.as_str());
        let longer_plan_says_nothing = !plan.detailed && plan.code != 1 && stripped_fit == Fit::Good;
        if stripped_fit == Fit::Good
            || longer_plan_says_nothing
            || (fit != Fit::Unassigned && stripped_fit == Fit::Unassigned)
        {
            return Reading {
                plan,
                national: stripped,
                kind: stripped_kind,
                fit: stripped_fit,
                reason: again.or(reason),
            };
        }
    }
    Reading { plan, national, kind, fit, reason }
}

/// Rewrites dialling habits that a plan gave up, or that only apply inside the country.
fn modern_form(plan: &Plan, text: &str) -> (Digits, Option<&'static str>) {
    const LEGACY: Option<&str> = Some("legacy_mobile_prefix");
    match plan.region {
        "MX" => {
            let legacy =
                ["044", "045", "1"].iter().find_map(|p| text.strip_prefix(p)).filter(|rest| rest.len() == 10);
            if let Some(rest) = legacy {
                return (Digits::from_ascii(rest), LEGACY);
            }
        }
        "AR" => return argentine_form(text),
        "BR" => {
            let local =
                if matches!(text.len(), 13 | 14) && text.starts_with('0') { &text[3..] } else { text };
            if local.len() == 10 && matches!(local.as_bytes()[2], b'6'..=b'9') {
                let mut digits = Digits::from_ascii(&local[..2]);
                digits.push(b'9');
                digits.extend(&local[2..]);
                return (digits, LEGACY);
            }
            return (Digits::from_ascii(local), None);
        }
        _ => {}
    }
    (Digits::from_ascii(text), None)
}

/// `0 <area> 15 <local>` is the mobile that abroad is `9 <area> <local>`; area and local make ten digits.
fn argentine_form(text: &str) -> (Digits, Option<&'static str>) {
    let local = text.strip_prefix('0').unwrap_or(text);
    if local.len() == 12 {
        let areas: &[usize] = if local.starts_with("11") { &[2] } else { &[3, 4, 2] };
        for &area in areas {
            if &local[area..area + 2] == "15" {
                let mut digits = Digits::from_ascii("9");
                digits.extend(&local[..area]);
                digits.extend(&local[area + 2..]);
                return (digits, None);
            }
        }
    }
    (Digits::from_ascii(text), None)
}

/// The region of an area code outside the United States; `None` for theirs and for those that nobody has.
fn nanp_area(national: &str) -> Option<&'static str> {
    const CANADA: &[u16] = &[
        204, 226, 236, 249, 250, 257, 263, 289, 306, 343, 354, 365, 367, 368, 382, 403, 416, 418, 428, 431,
        437, 438, 450, 460, 468, 474, 506, 514, 519, 537, 548, 568, 579, 581, 584, 587, 600, 604, 613, 622,
        633, 639, 644, 647, 655, 672, 677, 683, 688, 705, 709, 742, 753, 778, 780, 782, 807, 819, 825, 867,
        873, 879, 902, 905, 942,
    ];
    const OTHERS: &[(u16, &str)] = &[
        (242, "BS"),
        (246, "BB"),
        (264, "AI"),
        (268, "AG"),
        (284, "VG"),
        (340, "VI"),
        (345, "KY"),
        (441, "BM"),
        (473, "GD"),
        (649, "TC"),
        (658, "JM"),
        (664, "MS"),
        (670, "MP"),
        (671, "GU"),
        (684, "AS"),
        (721, "SX"),
        (758, "LC"),
        (767, "DM"),
        (784, "VC"),
        (787, "PR"),
        (809, "DO"),
        (829, "DO"),
        (849, "DO"),
        (868, "TT"),
        (869, "KN"),
        (876, "JM"),
        (939, "PR"),
    ];
    let area = national.get(..3)?.parse::<u16>().ok()?;
    if CANADA.binary_search(&area).is_ok() {
        return Some("CA");
    }
    OTHERS.iter().find(|(a, _)| *a == area).map(|(_, region)| *region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let rows = ascii::rows(include_str!("../../../resources/phones/plans.tsv")).count();
        assert_eq!(PLANS.all.len(), rows, "a row of plans.tsv does not parse");
        for plan in &PLANS.all {
            assert!(plan.lengths != 0 && matches!(plan.region.len(), 2 | 3), "{plan:?}");
            for p in plan.prefixes.iter().flatten() {
                assert!(p.length > 0 && p.low <= p.high && p.lengths != 0, "{} {p:?}", plan.region);
            }
        }
    }
}
