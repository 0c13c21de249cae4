//! Days of the Gregorian calendar, as the exports write them.

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day(pub i64);

/// The first day on which a record can have been created.
pub const FIRST: Day = Day::of(2018, 1, 1);

/// The day of the export: nothing in the files is later.
pub const AS_OF: Day = Day::of(2025, 6, 30);

impl Day {
    /// The day with this date (Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`).
    pub const fn of(year: i64, month: i64, day: i64) -> Self {
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let year_of_era = y.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// Year, month and day (`civil_from_days` of the same paper).
    pub const fn civil(self) -> (i64, i64, i64) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let mp = (5 * day_of_year + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, day_of_year - (153 * mp + 2) / 5 + 1)
    }

    /// The year.
    pub const fn year(self) -> i64 {
        self.civil().0
    }

    /// `1985-03-01`.
    pub fn iso(self) -> String {
        let (y, m, d) = self.civil();
        format!("{y:04}-{m:02}-{d:02}")
    }

    /// `01/03/1985`, as Spain writes it.
    pub fn spanish(self) -> String {
        let (y, m, d) = self.civil();
        format!("{d:02}/{m:02}/{y:04}")
    }

    /// `03/01`: month and day.
    pub fn birthday(self) -> String {
        let (_, m, d) = self.civil();
        format!("{m:02}/{d:02}")
    }

    /// The day whose month and day of the month are swapped, where that is a day.
    pub fn swapped(self) -> Option<Self> {
        let (y, m, d) = self.civil();
        (d <= 12 && d != m).then(|| Self::of(y, d, m))
    }
}

/// A moment: a day and a second of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moment {
    /// The day.
    pub day: Day,
    /// Seconds since midnight.
    pub second: i64,
}

impl Moment {
    /// Appends day and time with the given marks between and after them: `2021-03-04` `between` `10:22:33` `after`.
    pub fn write(self, out: &mut String, between: char, after: &str) {
        let (y, m, d) = self.day.civil();
        // There are millions of these: the digits are pushed by hand, past the machinery of the formatter.
        let mut two = |n: i64, mark: char| {
            out.push(char::from(b'0' + (n / 10 % 10) as u8));
            out.push(char::from(b'0' + (n % 10) as u8));
            if mark != '\0' {
                out.push(mark);
            }
        };
        two(y / 100, '\0');
        two(y % 100, '-');
        two(m, '-');
        two(d, between);
        two(self.second / 3600, ':');
        two(self.second / 60 % 60, ':');
        two(self.second % 60, '\0');
        out.push_str(after);
    }

    /// The text that `write` appends.
    pub fn text(self, between: char, after: &str) -> String {
        let mut out = String::with_capacity(28);
        self.write(&mut out, between, after);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse() {
        assert_eq!(Day::of(1970, 1, 1), Day(0));
        assert_eq!(Day::of(2000, 3, 1), Day(11_017));
        for n in -40_000..40_000 {
            let (y, m, d) = Day(n).civil();
            assert_eq!(Day::of(y, m, d), Day(n));
        }
    }

    #[test]
    fn formats() {
        let day = Day::of(1985, 3, 1);
        assert_eq!(
            (day.iso(), day.spanish(), day.birthday()),
            ("1985-03-01".into(), "01/03/1985".into(), "03/01".into())
        );
        assert_eq!(day.swapped(), Some(Day::of(1985, 1, 3)));
        assert_eq!(Day::of(1985, 3, 13).swapped(), None);
        assert_eq!(Day::of(1985, 3, 3).swapped(), None);
        assert_eq!(Moment { day, second: 37_353 }.text('T', ".000+0000"), "1985-03-01T10:22:33.000+0000");
    }
}
