//! Numbering plans: from digits to country, national number and kind.

use std::sync::LazyLock;

use super::super::ascii;
use super::{Digits, PhoneKind};

/// The plan of one region.
#[derive(Debug)]
pub(super) struct Plan {
    region: &'static str,
    /// Country calling code.
    pub(super) code: u16,
    trunk: &'static str,
    /// Bit `n` is set when the national number may have `n` digits.
    lengths: u32,
    mobile: Vec<Prefix>,
    fixed: Vec<Prefix>,
    toll_free: Vec<Prefix>,
    special: Vec<Prefix>,
    /// Whether a number outside the listed prefixes does not exist.
    pub(super) strict: bool,
}

/// The first `length` digits, from `low` to `high`.
#[derive(Debug)]
struct Prefix {
    length: usize,
    low: u32,
    high: u32,
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
}

const CODES: usize = 1000;

static PLANS: LazyLock<Plans> = LazyLock::new(|| {
    let all: Vec<Plan> =
        ascii::rows(include_str!("../../../resources/phones/plans.tsv")).filter_map(|r| plan(&r)).collect();
    let mut by_code = vec![None; CODES];
    for (position, plan) in (0u16..).zip(&all) {
        by_code[usize::from(plan.code)].get_or_insert(position);
    }
    Plans { all, by_code }
});

fn plan(row: &[&'static str]) -> Option<Plan> {
    let [region, code, trunk, lengths, mobile, fixed, toll_free, special, strict] = *row else { return None };
    let mut mask = 0;
    for part in lengths.split(',') {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        for length in low.parse::<u32>().ok()?..=high.parse().ok()? {
            mask |= 1 << length;
        }
    }
    Some(Plan {
        region,
        code: code.parse().ok().filter(|&c| usize::from(c) < CODES)?,
        trunk: if trunk == "-" { "" } else { trunk },
        lengths: mask,
        mobile: prefixes(mobile),
        fixed: prefixes(fixed),
        toll_free: prefixes(toll_free),
        special: prefixes(special),
        strict: strict == "strict",
    })
}

fn prefixes(list: &str) -> Vec<Prefix> {
    let one = |part: &str| {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        Some(Prefix { length: low.len(), low: low.parse().ok()?, high: high.parse().ok()? })
    };
    list.split(',').filter_map(one).collect()
}

/// The plan of an ISO 3166-1 alpha-2 code.
pub(super) fn of_region(region: &str) -> Option<&'static Plan> {
    PLANS.all.iter().find(|p| p.region == region)
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
            1 => nanp_region(national),
            7 if national.starts_with(['6', '7']) => "KZ",
            7 => "RU",
            _ => self.region,
        }
    }

    fn has_length(&self, length: usize) -> bool {
        length < 32 && self.lengths & (1 << length) != 0
    }

    fn kind(&self, national: &str) -> Option<PhoneKind> {
        let has = |list: &[Prefix]| list.iter().any(|p| p.matches(national));
        if has(&self.toll_free) {
            return Some(PhoneKind::TollFree);
        }
        if has(&self.special) {
            return Some(PhoneKind::Special);
        }
        if self.code == 55 {
            return brazilian_kind(national);
        }
        match (has(&self.mobile), has(&self.fixed)) {
            (true, true) => {
                // Where both lists cover a number, a longer mobile prefix is the more specific statement.
                let longest =
                    |list: &[Prefix]| list.iter().filter(|p| p.matches(national)).map(|p| p.length).max();
                let specific = longest(&self.mobile) > longest(&self.fixed);
                Some(if specific { PhoneKind::Mobile } else { PhoneKind::MobileOrLandline })
            }
            (true, false) => Some(PhoneKind::Mobile),
            (false, true) => Some(PhoneKind::Landline),
            (false, false) if self.mobile.is_empty() && self.fixed.is_empty() => Some(PhoneKind::Unknown),
            (false, false) => None,
        }
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
        // Exchanges of the North American plan never start with 0 or 1.
        let bad_exchange = self.code == 1 && matches!(national.as_bytes().get(3), Some(b'0' | b'1'));
        match self.kind(national) {
            Some(kind) if !bad_exchange => (Fit::Good, kind),
            _ => (Fit::Unassigned, PhoneKind::Unknown),
        }
    }

    fn has_longer(&self, length: usize) -> bool {
        length < 31 && self.lengths >> (length + 1) != 0
    }
}

impl Prefix {
    fn matches(&self, national: &str) -> bool {
        let Some(head) = national.as_bytes().get(..self.length) else { return false };
        let value = head.iter().fold(0, |v, b| v * 10 + u32::from(b - b'0'));
        (self.low..=self.high).contains(&value)
    }
}

/// Two digits of area, then 9 and eight digits for mobiles, or 2 to 5 and seven digits.
fn brazilian_kind(national: &str) -> Option<PhoneKind> {
    match (national.len(), national.as_bytes().get(2)?) {
        (11, b'9') => Some(PhoneKind::Mobile),
        (10, b'2'..=b'5') => Some(PhoneKind::Landline),
        _ => None,
    }
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
    if let Some(rest) = text.strip_prefix(plan.code.to_string().as_str()) {
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

fn national_reading(plan: &'static Plan, text: &str) -> Reading {
    let (national, reason) = modern_form(plan, text);
    let (fit, kind) = plan.fit(national.as_str());
    if fit != Fit::Good
        && let Some(rest) = national.as_str().strip_prefix(plan.trunk).filter(|_| !plan.trunk.is_empty())
    {
        let (stripped, again) = modern_form(plan, rest);
        let (stripped_fit, stripped_kind) = plan.fit(stripped.as_str());
        let longer_plan_says_nothing = plan.mobile.is_empty() && stripped_fit == Fit::Good;
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

fn nanp_region(national: &str) -> &'static str {
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
    let Some(area) = national.get(..3).and_then(|a| a.parse::<u16>().ok()) else { return "US" };
    if CANADA.binary_search(&area).is_ok() {
        return "CA";
    }
    OTHERS.iter().find(|(a, _)| *a == area).map_or("US", |(_, region)| region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let rows = ascii::rows(include_str!("../../../resources/phones/plans.tsv")).count();
        assert_eq!(PLANS.all.len(), rows, "a row of plans.tsv does not parse");
        for plan in &PLANS.all {
            assert!(plan.lengths != 0 && plan.region.len() == 2, "{plan:?}");
            for p in plan.mobile.iter().chain(&plan.fixed).chain(&plan.toll_free).chain(&plan.special) {
                assert!(p.length > 0 && p.low <= p.high, "{} {p:?}", plan.region);
            }
        }
    }
}
