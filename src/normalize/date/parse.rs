//! From text to year, month and day, before anything is judged.

use std::sync::LazyLock;

use super::super::ascii::{self, Lookup};
use super::civil;

/// The fields of a date as written. Zero stands for a field that is masked (`1980-00-00`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Fields {
    pub(super) year: Option<i16>,
    pub(super) month: Option<u8>,
    pub(super) day: Option<u8>,
    /// The year has two digits and no century.
    pub(super) short_year: bool,
    /// Day and month could be the other way round.
    pub(super) swappable: bool,
    /// The order asked for was impossible.
    pub(super) swapped: bool,
    /// How a number without separators was read.
    pub(super) serial: Option<&'static str>,
}

/// What a text is, if not fields.
pub(super) enum Failure {
    /// A mask or nothing but zeros or nines.
    Mask,
    /// No reading.
    Unreadable,
}

const MAX_TOKENS: usize = 6;
/// What a number of four digits may be as a year without month and day.
pub(super) const YEARS_ALONE: std::ops::RangeInclusive<i16> = 1000..=2999;

#[derive(Clone, Copy)]
enum Token {
    Number { value: u32, digits: usize },
    Month(u8),
}

/// Reads a cell: as [`fields`], after what hides a date from it is undone. On cards the expiry is a month and a year
/// (`expiry`).
pub(super) fn fields_of_cell(text: &str, day_first: bool, expiry: bool) -> Result<Fields, Failure> {
    if expiry && let Some(month) = month_of_card(text.trim()) {
        return Ok(month);
    }
    match fields(text, day_first) {
        Ok(read) if !has_letter_at_digit(text.as_bytes()) && !has_roman_month(text) => Ok(read),
        first => match mended(text) {
            Some(mended) => {
                let read = fields(&mended.text, day_first);
                let reason = mended.letters.then_some("ocr_letter");
                read.map(|f| Fields { serial: f.serial.or(reason), ..f }).or(first)
            }
            None => first,
        },
    }
}

/// Whether a letter that looks like a digit touches one: `12/O3/1985` reads, but without that zero.
fn has_letter_at_digit(bytes: &[u8]) -> bool {
    let alike = |b: u8| matches!(b, b'O' | b'o' | b'l' | b'I');
    bytes.windows(2).any(|w| (alike(w[0]) && w[1].is_ascii_digit()) || (w[0].is_ascii_digit() && alike(w[1])))
}

/// `25-IV-1990`: without the letters in the middle the two numbers would be day and year of no month.
fn has_roman_month(text: &str) -> bool {
    let mut parts = text.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty());
    let digits = |part: Option<&str>| part.is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()));
    digits(parts.next()) && parts.next().and_then(roman_month).is_some() && digits(parts.next())
}

/// `12/27` on a card: December 2027.
fn month_of_card(text: &str) -> Option<Fields> {
    let (month, year) = text.split_once(['/', '-'])?;
    let two = |t: &str| t.parse::<u8>().ok().filter(|_| (1..=2).contains(&t.len()) && t.is_ascii());
    let (month, year) = (two(month)?, two(year).filter(|_| year.len() == 2)?);
    (1..=12).contains(&month).then(|| Fields {
        year: Some(2000 + i16::from(year)),
        month: Some(month),
        ..Fields::default()
    })
}

struct Mended {
    text: String,
    /// Letters were read as digits.
    letters: bool,
}

/// Undoes what hides a date: digits and signs of East Asia, letters that a scanner took for digits, the decimals of a
/// spreadsheet, the `T` of a compact moment, months in Roman numerals, words that announce a date. `None` when there is nothing
/// to undo.
fn mended(text: &str) -> Option<Mended> {
    const LONGEST: usize = 64;
    const ANNOUNCING: &[&str] = &[
        "nacido",
        "nacida",
        "nac",
        "fnac",
        "fecha",
        "born",
        "dob",
        "alta",
        "desde",
        "el",
        "en",
        "f",
        "nacimiento",
    ];
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut letters = false;
    let bytes = text.as_bytes();
    let touches = |at: usize, len: usize| {
        (at > 0 && bytes[at - 1].is_ascii_digit()) || bytes.get(at + len).is_some_and(u8::is_ascii_digit)
    };
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let at = text.len() - rest.len();
        if let Some(value) = ascii::digit_value(c) {
            out.push(char::from(b'0' + value));
        } else if matches!(c, '年' | '月' | '년' | '월') {
            out.push('-');
        } else if matches!(c, '日' | '일') {
        } else if c.is_ascii_alphabetic() {
            let len = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
            let word = &rest[..len];
            let free = !touches(at, len) || out.ends_with(['-', '/', '.']);
            if touches(at, len)
                && word.bytes().all(|b| matches!(b, b'O' | b'o' | b'l' | b'I'))
                && !is_ordinal(word, at)
            {
                out.extend(word.bytes().map(|b| if matches!(b, b'O' | b'o') { '0' } else { '1' }));
                letters = true;
            } else if let Some(month) = roman_month(word).filter(|_| free) {
                out.push_str(month);
            } else if word == "T" && at == 8 && touches(at, len) {
                break;
            } else if !ANNOUNCING.contains(&ascii::fold(word).as_str()) {
                out.push_str(word);
            }
            rest = &rest[len..];
            continue;
        } else {
            out.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
    if let Some(whole) =
        out.strip_suffix(".0").filter(|w| w.len() == 8 && w.bytes().all(|b| b.is_ascii_digit()))
    {
        out = whole.to_owned();
    }
    let mut out = out.trim_matches(|c: char| matches!(c, ' ' | ':' | '.' | '-')).to_owned();
    // `5 de julio de 1.978`
    let year = out.rfind(' ').map_or("", |at| &out[at + 1..]);
    if let [b'1' | b'2', b'.', rest @ ..] = year.as_bytes()
        && rest.len() == 3
        && rest.iter().all(u8::is_ascii_digit)
    {
        out.remove(out.len() - rest.len() - 1);
    }
    (out != text).then_some(Mended { text: out, letters })
}

/// `1o de março`: the letter of an ordinal, not a zero.
fn is_ordinal(word: &str, at: usize) -> bool {
    word == "o" && at <= 2
}

fn roman_month(word: &str) -> Option<&'static str> {
    const ROMAN: [(&str, &str); 12] = [
        ("I", "1"),
        ("II", "2"),
        ("III", "3"),
        ("IV", "4"),
        ("V", "5"),
        ("VI", "6"),
        ("VII", "7"),
        ("VIII", "8"),
        ("IX", "9"),
        ("X", "10"),
        ("XI", "11"),
        ("XII", "12"),
    ];
    ROMAN.iter().find(|(roman, _)| *roman == word).map(|(_, month)| *month)
}

/// Reads the date part of `text`, which may carry a time.
pub(super) fn fields(text: &str, day_first: bool) -> Result<Fields, Failure> {
    let text = text.trim();
    if let Some(iso) = iso_prefix(text.as_bytes()) {
        return Ok(iso);
    }
    if let Some(rest) = text.strip_prefix("--")
        && let Some((month, day)) = rest.split_once('-')
        && let (Ok(month), Ok(day)) = (month.parse(), day.parse())
    {
        return Ok(Fields { month: Some(month), day: Some(day), ..Fields::default() });
    }
    let (date, _) = split_time(text);
    if is_mask(date) {
        return Err(Failure::Mask);
    }
    let mut tokens = [Token::Month(0); MAX_TOKENS];
    let count = tokenise(date, &mut tokens).ok_or(Failure::Unreadable)?;
    let dotted = date.contains('.') && !date.contains(['/', '-']);
    match tokens[..count] {
        [Token::Number { value, digits }] => compact(date, value, digits, day_first),
        [Token::Number { value, digits: 5 }, Token::Number { digits: 1..=10, .. }]
            if date.contains(['.', ',']) =>
        {
            serial(value)
        }
        [Token::Number { value: a, digits: x }, Token::Number { value: b, digits: y }] => {
            two_numbers((a, x), (b, y), day_first)
        }
        [
            Token::Number { value: a, digits: x },
            Token::Number { value: b, digits: y },
            Token::Number { value: c, digits: z },
        ] => three_numbers([(a, x), (b, y), (c, z)], day_first, dotted),
        ref mixed => named_month(mixed),
    }
    .ok_or(Failure::Unreadable)
}

/// `yyyy-mm-dd`, alone or before `T` or a blank.
fn iso_prefix(b: &[u8]) -> Option<Fields> {
    let digit = |i: usize| b.get(i).filter(|c| c.is_ascii_digit()).map(|c| c - b'0');
    if b.len() < 10
        || b[4] != b'-'
        || b[7] != b'-'
        || b.get(10).is_some_and(|c| !matches!(c, b'T' | b't' | b' '))
    {
        return None;
    }
    let year = [0, 1, 2, 3].into_iter().try_fold(0i16, |v, i| Some(v * 10 + i16::from(digit(i)?)))?;
    let (month, day) = (digit(5)? * 10 + digit(6)?, digit(8)? * 10 + digit(9)?);
    // `0000-00-00` and `9999-99-99` are masks, which are looked for elsewhere.
    if year == 0 || year == 9999 {
        return None;
    }
    Some(Fields { year: Some(year), month: Some(month), day: Some(day), ..Fields::default() })
}

/// The text without its time of day, and the time with its zone. The time may also come first.
pub(super) fn split_time(text: &str) -> (&str, &str) {
    let Some(colon) = text.find(':') else { return (text, "") };
    let start = text[..colon].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |i| i + 1);
    // `rfind` gives the start of a character; step over all of it.
    let start = (start..=colon).find(|&i| text.is_char_boundary(i)).unwrap_or(colon);
    let date = text[..start].trim_end_matches(|c: char| c.is_whitespace() || matches!(c, 'T' | 't' | ','));
    if !date.is_empty() {
        return (date, &text[start..]);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (text[end..].trim(), &text[..end])
}

/// `dd/mm/aaaa`, `__/__/____`, `00/00/0000`, `99/99/9999`: letters of a mask, or one digit of zero or nine.
fn is_mask(text: &str) -> bool {
    let mut kinds = [false; 3];
    let mut digits = 0;
    for c in text.chars() {
        match c {
            '0' => kinds[0] = true,
            '9' => kinds[1] = true,
            'd' | 'D' | 'm' | 'M' | 'a' | 'A' | 'y' | 'Y' | 'j' | 'J' | 'x' | 'X' | 't' | 'T' | 'g' | 'G' => {
                kinds[2] = true
            }
            c if c.is_alphanumeric() => return false,
            _ => {}
        }
        digits += usize::from(c.is_ascii_digit());
    }
    // A lone `9` or `0` may be a number; four and more are not.
    !text.is_empty()
        && kinds.iter().filter(|k| **k).count() <= 1
        && (kinds[2] || digits == 0 || digits >= 4 || kinds[0])
}

fn tokenise(text: &str, tokens: &mut [Token; MAX_TOKENS]) -> Option<usize> {
    let mut count = 0;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_digit() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let value = rest[..digits]
                .bytes()
                .try_fold(0u32, |v, b| v.checked_mul(10)?.checked_add(u32::from(b - b'0')));
            *tokens.get_mut(count)? = Token::Number { value: value.unwrap_or(u32::MAX), digits };
            count += 1;
            rest = &rest[digits..];
        } else if c.is_alphabetic() {
            let end =
                rest.find(|c: char| !c.is_alphabetic() && !unicode_normalization::char::is_combining_mark(c));
            let (word, tail) = rest.split_at(end.unwrap_or(rest.len()));
            if let Some(month) = month_of(word)? {
                *tokens.get_mut(count)? = Token::Month(month);
                count += 1;
            }
            rest = tail;
        } else {
            rest = &rest[c.len_utf8()..];
        }
    }
    Some(count)
}

static MONTHS: LazyLock<Lookup<u8>> = LazyLock::new(|| {
    let month = |row: Vec<&'static str>| Some((row[0], row.get(1)?.parse().ok()?));
    ascii::rows(include_str!("../../../resources/dates/months.tsv")).filter_map(month).collect()
});

/// The month that a word names; `Some(None)` for words that may stand in a date; `None` for any other word.
pub(super) fn month_of(word: &str) -> Option<Option<u8>> {
    const WEEKDAYS: &[&str] = &[
        "lun", "mar", "mie", "jue", "vie", "sab", "dom", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
        "seg", "ter", "qua", "qui", "sex", "mer", "jeu", "ven", "sam", "dim", "gio", "mit", "don", "fre",
        "sam", "son", "die",
    ];
    const SHORT_ENOUGH: usize = 2;
    let lowered = word.to_lowercase();
    if let Some(&month) = MONTHS.get(lowered.as_str()) {
        return Some(Some(month));
    }
    let folded = ascii::fold(word);
    if let Some(&month) = MONTHS.get(folded.as_str()) {
        return Some(Some(month));
    }
    // A week is no month: `1985-W11`.
    let filler = (folded.len() <= SHORT_ENOUGH && folded != "w")
        || matches!(folded.as_str(), "del" | "the" | "den" | "der" | "dia" | "ano");
    let weekday = folded.len() >= 3 && folded.is_char_boundary(3) && WEEKDAYS.contains(&&folded[..3]);
    (filler || weekday).then_some(None)
}

fn small(value: u32) -> Option<u8> {
    u8::try_from(value).ok().filter(|v| *v < 100)
}

fn year_of(value: u32, digits: usize) -> Option<(i16, bool)> {
    match digits {
        4 => Some((i16::try_from(value).ok()?, false)),
        1 | 2 => Some((i16::try_from(value).ok()?, true)),
        _ => None,
    }
}

/// A number without separators: compact date, year, spreadsheet serial or Unix time.
fn compact(text: &str, value: u32, digits: usize, day_first: bool) -> Option<Fields> {
    let part = |range: std::ops::Range<usize>| {
        let from = text.find(|c: char| c.is_ascii_digit())?;
        text.get(from + range.start..from + range.end)?.parse::<u32>().ok()
    };
    match digits {
        4 => {
            let year = i16::try_from(value).ok().filter(|y| YEARS_ALONE.contains(y))?;
            Some(Fields { year: Some(year), ..Fields::default() })
        }
        5 => serial(value),
        6 => {
            let [a, b, c] = [part(0..2)?, part(2..4)?, part(4..6)?];
            let dated = three_numbers([(a, 2), (b, 2), (c, 2)], day_first, false).filter(has_plausible_day);
            let year_month = || (1900..2100).contains(&(value / 100)) && (1..=12).contains(&b_of(value));
            match dated {
                Some(mut fields) => {
                    fields.serial = Some("compact_short_year");
                    Some(fields)
                }
                None if year_month() => Some(Fields {
                    year: i16::try_from(value / 100).ok(),
                    month: small(b_of(value)),
                    ..Fields::default()
                }),
                None => None,
            }
        }
        7 => {
            let fields =
                three_numbers([(part(0..1)?, 1), (part(1..3)?, 2), (part(3..7)?, 4)], day_first, true)?;
            has_plausible_day(&fields).then_some(Fields { serial: Some("leading_zero_lost"), ..fields })
        }
        8 | 12 | 14 => {
            let iso = Fields {
                year: i16::try_from(part(0..4)?).ok(),
                month: small(part(4..6)?),
                day: small(part(6..8)?),
                ..Fields::default()
            };
            let modern = iso.year.is_some_and(|y| (1800..=2199).contains(&y));
            if digits > 8 || (modern && has_plausible_day(&iso)) {
                return has_plausible_day(&iso).then_some(iso);
            }
            let fields =
                three_numbers([(part(0..2)?, 2), (part(2..4)?, 2), (part(4..8)?, 4)], day_first, false)?;
            if has_plausible_day(&fields) { Some(fields) } else { modern.then_some(iso) }
        }
        9 | 10 => of_seconds(i64::from(value), "unix_seconds"),
        13 => {
            let from = text.find(|c: char| c.is_ascii_digit())?;
            of_seconds(text.get(from..from + 10)?.parse().ok()?, "unix_milliseconds")
        }
        _ => None,
    }
}

/// The last two of six digits.
fn b_of(value: u32) -> u32 {
    value % 100
}

fn has_plausible_day(fields: &Fields) -> bool {
    matches!((fields.month, fields.day), (Some(1..=12), Some(1..=31)))
}

/// Days since the end of 1899 in spreadsheets, whose calendar has a 29 February 1900.
fn serial(value: u32) -> Option<Fields> {
    const EPOCH: i64 = -25_569;
    const RANGE: std::ops::RangeInclusive<u32> = 10_000..=73_050;
    let value = Some(value).filter(|v| RANGE.contains(v))?;
    let (year, month, day) = civil::civil_from_days(EPOCH + i64::from(value))?;
    Some(Fields {
        year: Some(year),
        month: Some(month),
        day: Some(day),
        serial: Some("excel_serial"),
        ..Fields::default()
    })
}

fn of_seconds(seconds: i64, how: &'static str) -> Option<Fields> {
    const DAY: i64 = 86_400;
    let (year, month, day) = civil::civil_from_days(seconds.div_euclid(DAY))?;
    Some(Fields {
        year: Some(year),
        month: Some(month),
        day: Some(day),
        serial: Some(how),
        ..Fields::default()
    })
}

fn two_numbers(a: (u32, usize), b: (u32, usize), day_first: bool) -> Option<Fields> {
    let partial = |year: u32, month: u32| {
        Some(Fields {
            year: Some(i16::try_from(year).ok()?),
            month: Some(small(month)?),
            ..Fields::default()
        })
    };
    match (a.1, b.1) {
        (4, 1 | 2) => partial(a.0, b.0),
        (1 | 2, 4) => partial(b.0, a.0),
        (1 | 2, 1 | 2) => {
            let (first, second) = (small(a.0)?, small(b.0)?);
            let (day, month, swapped) = arrange(first, second, day_first);
            let swappable = first != second && (1..=12).contains(&first) && (1..=12).contains(&second);
            Some(Fields { month: Some(month), day: Some(day), swappable, swapped, ..Fields::default() })
        }
        _ => None,
    }
}

/// Day and month of two numbers; the order asked for, unless only the other is possible.
fn arrange(first: u8, second: u8, day_first: bool) -> (u8, u8, bool) {
    let (day, month) = if day_first { (first, second) } else { (second, first) };
    let swapped = month > 12 && (1..=12).contains(&day);
    if swapped { (month, day, true) } else { (day, month, false) }
}

/// `dotted`: dots are only written between day, month and year in this order.
fn three_numbers(n: [(u32, usize); 3], day_first: bool, dotted: bool) -> Option<Fields> {
    let [a, b, c] = n;
    let year_first = a.1 == 4 || (a.1 == 2 && a.0 > 31 && c.1 <= 2);
    if year_first {
        let (year, short_year) = year_of(a.0, a.1)?;
        let (month, day) = (small(b.0)?, small(c.0)?);
        return Some(Fields {
            year: Some(year),
            month: Some(month),
            day: Some(day),
            short_year,
            ..Fields::default()
        });
    }
    let (year, short_year) = year_of(c.0, c.1)?;
    let (first, second) = (small(a.0)?, small(b.0)?);
    let (day, month, swapped) = arrange(first, second, day_first || dotted);
    let both_months = (1..=12).contains(&first) && (1..=12).contains(&second);
    let swappable = both_months && first != second && !dotted;
    Some(Fields {
        year: Some(year),
        month: Some(month),
        day: Some(day),
        short_year,
        swappable,
        swapped,
        serial: None,
    })
}

fn named_month(tokens: &[Token]) -> Option<Fields> {
    let mut numbers = [(0, 0); 2];
    let (mut count, mut month) = (0, None);
    for token in tokens {
        match *token {
            Token::Month(m) if month.is_none() => month = Some(m),
            // `mar` is a month and the start of a weekday: the later word decides.
            Token::Month(m) if count == 0 => month = Some(m),
            Token::Month(_) => return None,
            Token::Number { value, digits } => {
                *numbers.get_mut(count)? = (value, digits);
                count += 1;
            }
        }
    }
    let month = Some(month?);
    let full_year = |n: (u32, usize)| n.1 == 4;
    match numbers[..count] {
        [n] if full_year(n) => Some(Fields { year: i16::try_from(n.0).ok(), month, ..Fields::default() }),
        // `mar-85`
        [n] if n.1 == 2 && n.0 > 31 => {
            Some(Fields { year: i16::try_from(n.0).ok(), month, short_year: true, ..Fields::default() })
        }
        [n] => Some(Fields { month, day: Some(small(n.0)?), ..Fields::default() }),
        [a, b] => {
            let (day, year) = if full_year(a) || (a.0 > 31 && !full_year(b)) { (b, a) } else { (a, b) };
            let (year, short_year) = year_of(year.0, year.1)?;
            Some(Fields {
                year: Some(year),
                month,
                day: Some(small(day.0)?),
                short_year,
                ..Fields::default()
            })
        }
        _ => None,
    }
}
