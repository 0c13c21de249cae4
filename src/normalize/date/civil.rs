//! The proleptic Gregorian calendar as a count of days from 1970-01-01.
//!
//! # Source
//! Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil` and `civil_from_days`.

const DAYS_PER_ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_SHIFT: i64 = 719_468;

/// Days in a month; 0 for a month that does not exist.
pub(super) fn days_in_month(year: i16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Whether the calendar has the day.
pub fn exists(year: i16, month: u8, day: u8) -> bool {
    (1..=days_in_month(year, month)).contains(&day)
}

/// Days from 1970-01-01 to an existing day.
pub fn days_from_civil(year: i16, month: u8, day: u8) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let month_from_march = (i64::from(month) + 9) % 12;
    let of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    era * DAYS_PER_ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_SHIFT
}

/// The day `days` after 1970-01-01; `None` beyond the years that fit.
pub fn civil_from_days(days: i64) -> Option<(i16, u8, u8)> {
    let shifted = days.checked_add(EPOCH_SHIFT)?;
    let era = shifted.div_euclid(DAYS_PER_ERA);
    let of_era = shifted.rem_euclid(DAYS_PER_ERA);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some((i16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_counts_once() {
        // 1583-01-01 to 2400-12-31 against plain counting.
        let (mut year, mut month, mut day) = (1583i16, 1u8, 1u8);
        let mut count = days_from_civil(1583, 1, 1);
        assert_eq!(count, -141_349);
        while year <= 2400 {
            assert_eq!(days_from_civil(year, month, day), count);
            assert_eq!(civil_from_days(count), Some((year, month, day)));
            count += 1;
            day += 1;
            if day > days_in_month(year, month) {
                (day, month) = (1, month + 1);
            }
            if month > 12 {
                (month, year) = (1, year + 1);
            }
        }
    }

    #[test]
    fn known_days() {
        assert_eq!(days_from_civil(1970, 1, 1), 0);
        assert_eq!(days_from_civil(2000, 3, 1), 11_017);
        assert_eq!(civil_from_days(i64::MAX), None);
        assert!(!exists(1900, 2, 29) && exists(2000, 2, 29) && !exists(2001, 13, 1));
    }
}
