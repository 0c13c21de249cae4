//! Moments.

use super::parse::{self, Fields};
use super::{civil, days_from_civil};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Seconds since 1970-01-01T00:00:00Z: ISO 8601 with `T` or a blank, fractions, `Z` or an offset; `d/m/y h:m[:s]`, the
/// day first unless impossible, with am and pm; Unix seconds and milliseconds. A moment without a zone is taken as UTC,
/// a date without a time as midnight. `None` for anything else, also for partial and impossible dates.
///
/// # Complexity
/// Linear in the length of `raw`.
///
/// # Example
/// ```
/// use quilate::normalize::date::timestamp;
/// assert_eq!(timestamp("2021-03-04T05:06:07+01:00"), timestamp("04/03/2021 04:06:07"));
/// ```
pub fn timestamp(raw: &str) -> Option<i64> {
    let text = raw.trim();
    if let Some(seconds) = unix(text) {
        return Some(seconds);
    }
    let Fields { year: Some(year), month: Some(month), day: Some(day), short_year: false, .. } =
        parse::fields(text, true).ok()?
    else {
        return None;
    };
    if !civil::exists(year, month, day) {
        return None;
    }
    let (_, time) = parse::split_time(text);
    let midnight = days_from_civil(year, month, day) * DAY;
    if time.is_empty() { Some(midnight) } else { Some(midnight + time_of_day(time)?) }
}

fn unix(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))?;
    match text.len() {
        9 | 10 => Some(number),
        13 => Some(number / 1000),
        _ => None,
    }
}

/// Seconds after midnight UTC of `h:m[:s[.f]] [am|pm] [zone]`; negative or past a day when the zone shifts it.
fn time_of_day(text: &str) -> Option<i64> {
    let (hour, rest) = number(text)?;
    let (minute, rest) = number(rest.strip_prefix(':')?)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => number(rest)?,
        None => (0, rest),
    };
    let rest = match rest.strip_prefix(['.', ',']) {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let (hour, rest) = half_day(hour, rest.trim_start());
    // 60 is a leap second.
    if hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    Some(hour * HOUR + minute * MINUTE + second - offset(rest.trim())?)
}

fn half_day(hour: i64, rest: &str) -> (i64, &str) {
    let dotless = |marker: &str| {
        rest.get(..marker.len()).filter(|r| r.eq_ignore_ascii_case(marker)).map(|r| &rest[r.len()..])
    };
    if let Some(rest) = dotless("am").or_else(|| dotless("a.m.")).or_else(|| dotless("a. m.")) {
        return (hour % 12, rest);
    }
    match dotless("pm").or_else(|| dotless("p.m.")).or_else(|| dotless("p. m.")) {
        Some(rest) => (hour % 12 + 12, rest),
        None => (hour, rest),
    }
}

/// Seconds east of Greenwich of `Z`, `+01:00`, `-0300`, `+01`, `UTC`, or nothing. Zone names after a blank that are not
/// known, and remarks, are refused: a shift of hours is worse than no moment.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "" | "Z" | "z" | "UTC" | "GMT" | "h" | "hs" | "hrs") {
        return Some(0);
    }
    let zone = zone.strip_prefix("UTC").or_else(|| zone.strip_prefix("GMT")).unwrap_or(zone);
    let east = match zone.chars().next()? {
        '+' => 1,
        '-' | '\u{2212}' => -1,
        _ => return None,
    };
    let digits = zone.trim_start_matches(['+', '-', '\u{2212}']);
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        None => (digits, "0"),
    };
    let (hours, minutes): (i64, i64) = (two(hours)?, two(minutes)?);
    (hours <= 14 && minutes < 60).then_some(east * (hours * HOUR + minutes * MINUTE))
}

fn two(text: &str) -> Option<i64> {
    text.parse().ok().filter(|_| text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit()))
}

fn number(text: &str) -> Option<(i64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let value = text[..digits].parse().ok().filter(|_| (1..=2).contains(&digits))?;
    Some((value, &text[digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let rows = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1970-01-02", Some(DAY)),
            ("2019-10-16T08:00:00.123Z", Some(1_571_212_800)),
            ("2019-10-16 10:00:00+02:00", Some(1_571_212_800)),
            ("2019-10-16 05:00:00-0300", Some(1_571_212_800)),
            ("16/10/2019 8:00", Some(1_571_212_800)),
            ("10/16/2019 8:00 AM", Some(1_571_212_800)),
            ("16/10/2019 12:00 am", Some(1_571_184_000)),
            ("16/10/2019 8:00 p. m.", Some(1_571_256_000)),
            ("1571212800", Some(1_571_212_800)),
            ("1571212800123", Some(1_571_212_800)),
            ("2019-10-16 10:00:00 Europe/Madrid", None),
            ("2019-13-16T00:00:00Z", None),
            ("2019-10", None),
            ("25:61", None),
            ("2019-10-16 25:00", None),
            ("", None),
        ];
        for (raw, seconds) in rows {
            assert_eq!(timestamp(raw), seconds, "{raw}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(raw in "\\PC{0,30}|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]\\PC{0,12}") {
            let _ = timestamp(&raw);
        }
    }
}
