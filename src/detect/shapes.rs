//! What one value looks like: a set of [`Trait`]s, each a cheap test on its bytes or on its folded words. A value may
//! have many (`1975` is a year, a house number and a Dutch postcode); the fractions over a column decide.

use super::vocabulary::{Vocabulary, Word, fold_into};

macro_rules! traits {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A property of one value.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub(super) enum Trait { $($(#[$doc])* $name,)* }
        /// How many traits there are.
        pub(super) const TRAITS: usize = [$(Trait::$name),*].len();
    };
}

traits! {
    /// Contains an `@`.
    At,
    /// A whole e-mail address, alone or as `Nea <nea@example.com>`.
    Email,
    /// A web address.
    Url,
    /// Written as only telephone numbers are: `+34 ...`, `(555) 123-4567`.
    PhoneSure,
    /// Bare digits that fit the numbering plan of Spain or North America.
    PhonePlain,
    /// Ten digits of the North American plan, nine of the Spanish one, however written.
    PhoneNorth,
    PhoneSpain,
    /// Could be a telephone number at all.
    PhoneLoose,
    /// A full date.
    Date,
    /// A date, a part of one or a Unix time.
    DateLoose,
    /// Month and day without a year.
    MonthDay,
    /// 1850 to 2030.
    Year,
    /// 1 to 12.
    Month,
    /// 1 to 31.
    Day,
    /// 0 to 115.
    Age,
    /// Digits only.
    Digits,
    /// A number, with sign, decimals or currency.
    Number,
    /// `12`, `12a`, `12-14`, `s/n`.
    House,
    /// Written as only postal codes are: `SW1A 1AA`, `1000-001`.
    PostSure,
    /// Five digits.
    Post5,
    /// Four digits.
    Post4,
    /// Could be a postal code at all.
    PostLoose,
    /// Contains letters.
    Letters,
    /// Words without digits, at most six.
    Wordy,
    /// One word.
    Single,
    /// One letter.
    Initial,
    /// Its first word is a common given name.
    Given,
    /// Its last word is a common surname.
    Surname,
    /// Given name and surname together.
    WholeName,
    /// Several words of which the first is a common given name.
    GivenFirst,
    /// Has a legal form or another word of organisations.
    Legal,
    /// Has a street type where streets have them.
    StreetType,
    /// Words and a number of at most five digits at an end.
    Numbered,
    /// Several parts of an address in one.
    FullAddress,
    /// Flat, floor, door.
    Unit,
    /// Post-office box.
    PoBox,
    /// Salutation.
    Title,
    /// Jr., III.
    Suffix,
    /// A word or letter for gender.
    Gender,
    /// A word that means nothing but gender.
    GenderSure,
    /// 0, 1, 2 or 9: ISO 5218.
    GenderCode,
    /// Yes or no.
    Boolean,
    /// A state of an account.
    Status,
    /// A country's name or code.
    Country,
    /// A country's name, not just two letters.
    CountryName,
    /// A region's name or code.
    Region,
    /// A larger town.
    City,
    /// Could be a number of a person or organisation.
    IdLoose,
    /// Written as only such numbers are: `12345678Z`, `123-45-6789`, an LEI.
    IdSure,
    /// A sentence.
    Prose,
    /// A hash, token or UUID.
    Hash,
}

/// A date of three parts, as far as its writing tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct DateParts {
    /// The year, 0 when it has two digits or none.
    pub year: i32,
    /// First and second number of `d/m/y` or `m/d/y`; zero where the order is clear.
    pub ends: (u8, u8),
}

/// All there is to say about one value.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    bits: u64,
    /// Its date, with [`Trait::Date`] or [`Trait::MonthDay`].
    pub date: DateParts,
    /// Words of the folded value.
    pub words: u32,
}

impl Shape {
    /// Whether it has the property.
    pub fn has(&self, what: Trait) -> bool {
        self.bits & (1 << what as u8) != 0
    }

    /// Whether it has the trait of this number.
    pub fn bit(&self, number: usize) -> bool {
        self.bits >> number & 1 != 0
    }

    fn set(&mut self, what: Trait, on: bool) {
        self.bits |= u64::from(on) << what as u8;
    }
}

const _: () = assert!(TRAITS <= 64, "traits are bits of a word");

/// The value without the wrapping that exports add: blanks, a leading apostrophe (Excel text), `p:` and `tel:`.
pub(super) fn unwrap(text: &str) -> &str {
    let text = text.trim().trim_start_matches('\'');
    ["p:", "tel:", "mailto:"].iter().fold(text, |text, prefix| text.strip_prefix(prefix).unwrap_or(text))
}

/// Reads one value. `folded` is scratch space that holds the folded value afterwards.
pub(super) fn shape(text: &str, vocabulary: &Vocabulary, folded: &mut String) -> Shape {
    let text = unwrap(text);
    let mut shape = Shape::default();
    // Nothing that decides a column needs more; bounds the work for cells that hold whole documents.
    let text = text.char_indices().nth(400).map_or(text, |(end, _)| &text[..end]);
    fold_into(text, folded);
    shape.words = folded.split(' ').filter(|word| !word.is_empty()).count() as u32;
    contact(text, &mut shape);
    numbers(text, &mut shape);
    dates(text, folded, vocabulary, &mut shape);
    codes(text, &mut shape);
    words(text, folded, vocabulary, &mut shape);
    places(text, folded, vocabulary, &mut shape);
    shape
}

fn contact(text: &str, shape: &mut Shape) {
    let at = text.find('@');
    shape.set(Trait::At, at.is_some());
    if let Some(at) = at {
        let tail = &text[at + 1..];
        let domain: &str = tail.split(['>', ',', ';', ' ']).next().unwrap_or("");
        let dotted = domain.rsplit_once('.').is_some_and(|(name, top)| !name.is_empty() && top.len() >= 2);
        shape.set(Trait::Email, at > 0 && dotted);
    }
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let web = lower.starts_with("http://") || lower.starts_with("https:/") || lower.starts_with("www.");
    let bare = at.is_none() && !text.contains(' ') && text.contains('.') && {
        let host = text.split('/').next().unwrap_or("");
        host.rsplit_once('.').is_some_and(|(name, top)| {
            name.len() >= 2
                && name.bytes().any(|b| b.is_ascii_alphabetic())
                && (2..=6).contains(&top.len())
                && top.bytes().all(|b| b.is_ascii_lowercase())
        })
    };
    shape.set(Trait::Url, web || bare);
    phone(text, shape);
}

fn phone(text: &str, shape: &mut Shape) {
    let main = text.split(['x', 'X', 'e', ';']).next().unwrap_or("").trim();
    let digits: Vec<u8> = main.bytes().filter(u8::is_ascii_digit).collect();
    let clean = !main.is_empty() && main.bytes().all(|b| b.is_ascii_digit() || b" +-().//".contains(&b));
    let scientific = text.contains("E+") && text.bytes().all(|b| b.is_ascii_digit() || b".,E+".contains(&b));
    let loose = scientific || (clean && (6..=15).contains(&digits.len()));
    shape.set(Trait::PhoneLoose, loose);
    if !loose {
        return;
    }
    let mut masked = String::new();
    mask(main, &mut masked);
    let grouped = matches!(
        masked.as_str(),
        "999-999-9999" | "(999) 999-9999" | "(999)999-9999" | "999.999.9999" | "999 999 9999" | "999-9999"
    ) || (main.starts_with('(') && digits.len() >= 8);
    let spaced = main.contains(' ')
        && (8..=13).contains(&digits.len())
        && main.split(' ').all(|group| (2..=8).contains(&group.len()))
        && !main.contains(['/', '.', '-']);
    shape.set(
        Trait::PhoneSure,
        (main.starts_with('+') && digits.len() >= 8) || grouped || spaced || scientific,
    );
    let bare = main.len() == digits.len();
    let north = digits.len() == 10 && digits[0] >= b'2' && digits[3] >= b'2';
    let trunk = digits.len() == 11 && digits[0] == b'1' && digits[1] >= b'2' && digits[4] >= b'2';
    let spain = digits.len() == 9 && matches!(digits[0], b'6'..=b'9');
    let zero = (10..=12).contains(&digits.len()) && digits[0] == b'0' && digits[1] != b'0';
    let abroad = digits.len() >= 11 && main.starts_with("00");
    let country = (11..=13).contains(&digits.len())
        && [&b"34"[..], b"52", b"54", b"55", b"56", b"57", b"51", b"351", b"33", b"49", b"39", b"44"]
            .iter()
            .any(|code| digits.starts_with(code));
    shape.set(Trait::PhoneNorth, north);
    shape.set(Trait::PhoneSpain, spain);
    shape.set(Trait::PhonePlain, bare && (north || trunk || spain || zero || abroad || country));
}

fn numbers(text: &str, shape: &mut Shape) {
    let all_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    shape.set(Trait::Digits, all_digits);
    let number = text.bytes().any(|b| b.is_ascii_digit())
        && text.chars().all(|ch| ch.is_ascii_digit() || "+-.,€$£% ".contains(ch))
        && text.matches('-').count() <= usize::from(text.starts_with('-'));
    shape.set(Trait::Number, number);
    // Integers may have come through a spreadsheet as `1975.0`.
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if let (true, Ok(value)) = (whole.len() <= 9, whole.parse::<u32>()) {
        shape.set(Trait::Year, whole.len() == 4 && (1850..=2030).contains(&value));
        shape.set(Trait::Month, whole.len() <= 2 && (1..=12).contains(&value));
        shape.set(Trait::Day, whole.len() <= 2 && (1..=31).contains(&value));
        shape.set(Trait::Age, whole.len() <= 3 && value <= 115);
        shape.set(Trait::GenderCode, matches!(value, 0 | 1 | 2 | 9) && whole.len() == 1);
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let house =
        (1..=8).contains(&digits) && letters <= 3 && text.len() <= 11 && text.as_bytes()[0].is_ascii_digit();
    let none = matches!(text.to_ascii_lowercase().as_str(), "s/n" | "sn" | "s n");
    shape.set(Trait::House, (house && digits - usize::from(text.contains(['-', '/'])) <= 6) || none);
}

/// Numbers of a date in text order, or `None` when there is something else than numbers and separators.
fn date_numbers(date: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = date.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let numeric = parts.iter().all(|part| part.len() <= 8 && part.bytes().all(|b| b.is_ascii_digit()));
    (numeric && (1..=3).contains(&parts.len())).then_some(parts)
}

fn day_month(first: u32, second: u32) -> bool {
    (1..=31).contains(&first) && (1..=31).contains(&second) && (first <= 12 || second <= 12)
}

fn century(year: u32) -> bool {
    (1700..=2100).contains(&year)
}

fn dates(text: &str, folded: &str, vocabulary: &Vocabulary, shape: &mut Shape) {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 {
        return;
    }
    let is_time = |tail: &str| tail.contains(':') && tail.bytes().next().is_some_and(|b| b.is_ascii_digit());
    let date = match text.split_once(['T', ' ']) {
        Some((date, tail)) if is_time(tail.trim_start()) => date.trim_end_matches(','),
        _ => text,
    };
    let epoch = text.len() == digits && matches!(digits, 10 | 13) && text.starts_with('1');
    let mut loose = epoch || shape.has(Trait::Year);
    if let Some(parts) = date_numbers(date) {
        let value = |at: usize| parts[at].parse::<u32>().unwrap_or(0);
        let found = match parts.len() {
            3 if parts[0].len() == 4 && century(value(0)) && day_month(value(1), value(2)) => {
                Some(DateParts { year: value(0) as i32, ends: (0, 0) })
            }
            3 if matches!(parts[2].len(), 2 | 4)
                && parts[0].len() <= 2
                && parts[1].len() <= 2
                && day_month(value(0), value(1))
                && (parts[2].len() == 2 || century(value(2))) =>
            {
                let year = if parts[2].len() == 4 { value(2) as i32 } else { 0 };
                Some(DateParts { year, ends: (value(0) as u8, value(1) as u8) })
            }
            1 if parts[0].len() == 8 => compact(parts[0]),
            _ => None,
        };
        shape.set(Trait::Date, found.is_some());
        let month_day = parts.len() == 2
            && parts.iter().all(|part| part.len() <= 2)
            && day_month(value(0), value(1))
            && date.contains(['/', '-', '.']);
        shape.set(Trait::MonthDay, month_day && !date.contains('.'));
        if let Some(parts) = found {
            shape.date = parts;
        } else if month_day {
            shape.date.ends = (value(0) as u8, value(1) as u8);
        }
        loose |= found.is_some() || month_day || (parts.len() >= 2 && date.len() >= 5 && digits <= 8);
    } else if shape.words <= 6 && folded.split(' ').any(|word| vocabulary.is(word, Word::Month)) {
        let year = folded.split(' ').filter(|word| word.len() == 4).find_map(|word| word.parse::<i32>().ok());
        let day = folded.split(' ').any(|word| word.parse::<u32>().is_ok_and(|day| (1..=31).contains(&day)));
        shape.set(Trait::Date, year.is_some() && day);
        shape.date.year = year.unwrap_or(0);
        loose |= year.is_some() || day;
    }
    shape.set(Trait::DateLoose, loose);
}

/// `19841009`, else `09101984` or `10091984`.
fn compact(text: &str) -> Option<DateParts> {
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().unwrap_or(0);
    if century(number(0, 4)) && (1..=12).contains(&number(4, 6)) && (1..=31).contains(&number(6, 8)) {
        return Some(DateParts { year: number(0, 4) as i32, ends: (0, 0) });
    }
    (century(number(4, 8)) && day_month(number(0, 2), number(2, 4)))
        .then(|| DateParts { year: number(4, 8) as i32, ends: (number(0, 2) as u8, number(2, 4) as u8) })
}

/// Writes letters as `a` and digits as `9`; other characters stay.
fn mask(text: &str, out: &mut String) {
    out.clear();
    out.extend(text.chars().map(|ch| match ch {
        '0'..='9' => '9',
        _ if ch.is_alphabetic() => 'a',
        _ => ch,
    }));
}

fn codes(text: &str, shape: &mut Shape) {
    if text.len() > 80 || text.is_empty() {
        return;
    }
    let mut masked = String::with_capacity(text.len());
    mask(text, &mut masked);
    let m = masked.as_str();
    let british = [
        "a9 9aa", "a99 9aa", "aa9 9aa", "aa99 9aa", "a9a 9aa", "aa9a 9aa", "a99aa", "a999aa", "aa99aa",
        "aa999aa",
    ];
    let post = british.contains(&m)
        || matches!(m, "a9a 9a9" | "a9a9a9" | "9999 aa" | "99999-999" | "9999-999" | "99999-9999");
    shape.set(Trait::PostSure, post);
    shape.set(Trait::Post5, m == "99999");
    shape.set(Trait::Post4, m == "9999");
    let digits = m.bytes().filter(|b| *b == b'9').count();
    let letters = m.bytes().filter(|b| *b == b'a').count();
    let length = m.chars().count();
    let plain = m.chars().all(|ch| matches!(ch, 'a' | '9' | ' ' | '-'));
    shape.set(Trait::PostLoose, plain && digits >= 1 && (3..=10).contains(&length) && letters <= 4);
    let compact = m.chars().filter(|ch| !matches!(ch, ' ' | '-' | '.' | '/')).count();
    shape.set(
        Trait::IdLoose,
        digits >= 3 && (5..=24).contains(&compact) && m.chars().all(|ch| "a9 -./".contains(ch)),
    );
    let national = [
        "999-99-9999",
        "99999999a",
        "99999999-a",
        "99.999.999-a",
        "a9999999a",
        "aaaa999999aaaaaa99",
        "aaaaaa99a99a999a",
        "999.999.999-99",
        "99.999.999/9999-99",
        "99-99999999-9",
        "99.999.999-9",
    ];
    let lei = m.len() == 20 && digits + letters == 20 && letters >= 3 && digits >= 4 && m.ends_with("99");
    let iban = m.starts_with("aa99") && (15..=34).contains(&compact) && digits >= 12;
    let vat = m.len() == 11 && m.starts_with("aa") && digits == 9;
    shape.set(Trait::IdSure, national.contains(&m) || lei || iban || vat);
    let hex = text.len() >= 32 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let token = text.len() >= 40
        && !text.contains(' ')
        && digits >= 4
        && !shape.has(Trait::Url)
        && !shape.has(Trait::At);
    shape.set(Trait::Hash, hex || token || text.starts_with("$2"));
}

fn words(text: &str, folded: &str, vocabulary: &Vocabulary, shape: &mut Shape) {
    let letters = folded.bytes().any(|b| b.is_ascii_alphabetic()) || !folded.is_ascii();
    let digits = text.bytes().any(|b| b.is_ascii_digit());
    shape.set(Trait::Letters, letters);
    shape.set(Trait::Wordy, letters && !digits && shape.words <= 6 && !shape.has(Trait::At));
    shape.set(Trait::Single, shape.words == 1);
    shape.set(Trait::Initial, letters && folded.chars().count() == 1);
    shape.set(Trait::Prose, shape.words >= 9 || text.contains('\n') && shape.words >= 7);
    shape.set(Trait::Boolean, vocabulary.is(folded, Word::Boolean));
    shape.set(Trait::Status, vocabulary.is(folded, Word::Status));
    shape.set(Trait::Title, vocabulary.is(folded, Word::Title));
    shape.set(Trait::Suffix, vocabulary.is(folded, Word::Suffix));
    shape.set(Trait::Gender, vocabulary.is(folded, Word::Gender));
    shape.set(Trait::GenderSure, vocabulary.is(folded, Word::GenderSure));
    if !letters {
        return;
    }
    let list: Vec<&str> = folded.split(' ').collect();
    // Letters of a legal form are often written apart: `S.L.`, `S. A. de C. V.`.
    let short_tail = list.iter().rev().take_while(|word| word.len() == 1).count();
    let tail: String = list[list.len() - short_tail..].concat();
    let legal = list.len() >= 2
        && (list.iter().skip(1).any(|word| word.len() >= 2 && vocabulary.is(word, Word::Legal))
            || (short_tail >= 2 && vocabulary.is(&tail, Word::Legal)));
    shape.set(Trait::Legal, legal || text.contains('&') && list.len() >= 2);
    if digits {
        return;
    }
    let given = |word: &str| vocabulary.given(word) != 0;
    let surname = |word: &str| vocabulary.surname(word) != 0;
    let (first, last) = (list[0], list[list.len() - 1]);
    shape.set(Trait::Given, given(first) && list.len() <= 3);
    shape.set(Trait::Surname, surname(last) || (list.len() > 1 && surname(first)));
    if list.len() >= 2 && list.len() <= 6 {
        let straight = given(first) && list[1..].iter().any(|word| surname(word));
        let comma = text.contains(',') && given(last) && !given(first);
        shape.set(Trait::WholeName, straight || comma);
        let titled = vocabulary.is(first, Word::Title) && given(list[1]) && list.len() >= 3;
        shape.set(Trait::GivenFirst, given(first) || comma || titled);
    }
}

fn places(text: &str, folded: &str, vocabulary: &Vocabulary, shape: &mut Shape) {
    if folded.is_empty() {
        return;
    }
    shape.set(Trait::Country, vocabulary.country(folded).is_some() && !shape.has(Trait::Digits));
    if let Some(place) = vocabulary.place(folded) {
        shape.set(Trait::CountryName, place.country.is_some() && folded.len() > 3);
        shape.set(Trait::Region, !place.regions.is_empty());
        shape.set(Trait::City, !place.cities.is_empty());
    }
    let list: Vec<&str> = folded.split(' ').collect();
    let count = list.len();
    let digits = text.bytes().any(|b| b.is_ascii_digit());
    let number = |word: &str| word.len() <= 5 && word.bytes().next().is_some_and(|b| b.is_ascii_digit());
    let is_type = |word: &str| vocabulary.is(word, Word::Street);
    let inner = list.iter().skip(1).any(|word| word.len() >= 2 && is_type(word));
    let typed = count >= 2 && (is_type(list[0]) || (inner && !shape.has(Trait::WholeName)))
        || list.iter().any(|word| vocabulary.ends_like_street(word));
    let numbered = digits && shape.has(Trait::Letters) && count >= 2 && list.iter().any(|word| number(word));
    shape.set(Trait::StreetType, typed);
    shape.set(Trait::Numbered, numbered);
    let unit =
        count <= 5 && list.iter().any(|word| word.len() >= 2 && vocabulary.is(word, Word::Unit)) && !typed;
    shape.set(Trait::Unit, unit || (text.contains(['º', 'ª']) && count <= 4));
    let head = (1..=count.min(3)).any(|n| vocabulary.is(&list[..n].join(" "), Word::PoBox) && count > n);
    shape.set(Trait::PoBox, head && digits && count <= 5);
    shape.set(Trait::FullAddress, full_address(text, vocabulary) && shape.has(Trait::Letters) && digits);
}

/// Several parts (commas, lines, two blanks) of which a later one holds a postal number or is a place.
fn full_address(text: &str, vocabulary: &Vocabulary) -> bool {
    let text = text.trim();
    if text.len() < 18 {
        return false;
    }
    let parts: Vec<&str> = text.split([',', '\n', ';', '|']).flat_map(|part| part.split("  ")).collect();
    let parts: Vec<&str> = parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect();
    let postal = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        (4..=6).contains(&digits) && word.len() <= 8
    };
    let mut scratch = String::new();
    parts.len() >= 2
        && parts.iter().skip(1).any(|part| {
            fold_into(part, &mut scratch);
            part.split([' ', '-']).any(postal)
                || (parts.len() >= 3
                    && vocabulary
                        .place(&scratch)
                        .is_some_and(|place| scratch.len() > 2 || place.country.is_some()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Shape {
        shape(text, &Vocabulary::new(), &mut String::new())
    }

    #[test]
    fn named_values() {
        use Trait::*;
        let rows: &[(&str, &[Trait], &[Trait])] = &[
            ("ana@example.com", &[At, Email], &[Url, Wordy]),
            ("Nea <nea@example.com>", &[Email], &[WholeName]),
            ("ana@localhost", &[At], &[Email]),
            ("https://example.com/x", &[Url], &[Email]),
            ("example.co.uk", &[Url], &[]),
            ("+34 612 34 56 78", &[PhoneSure, PhoneLoose], &[Date]),
            ("p:+46701234567", &[PhoneSure], &[]),
            ("08 30819382", &[PhoneSure], &[]),
            ("4.41E+11", &[PhoneSure], &[]),
            ("612345678", &[PhonePlain, PhoneLoose], &[PhoneSure]),
            ("8406666335", &[PhonePlain], &[Date]),
            ("3485528", &[PhoneLoose], &[PhonePlain, PhoneSure]),
            ("1984-10-09", &[Date], &[PhoneSure, IdSure]),
            ("1987/08/29", &[Date], &[]),
            ("19841009", &[Date], &[]),
            ("01311999", &[Date], &[]),
            ("2020-04-21 00:00:00", &[Date], &[]),
            ("12 de marzo de 1980", &[Date], &[]),
            ("03/14", &[MonthDay, DateLoose], &[Date]),
            ("1975", &[Year, Post4, House], &[Month]),
            ("12", &[Month, Day, Age, House], &[Year]),
            ("dn33 2nl", &[PostSure], &[]),
            ("28013", &[Post5], &[Post4]),
            ("12345678Z", &[IdSure], &[PostSure]),
            ("575-95-3698", &[IdSure], &[PhoneSure]),
            ("58J200HKA4MH0N5O9R54", &[IdSure], &[Hash]),
            ("María", &[Given, Single, Wordy], &[Surname]),
            ("García López", &[Surname], &[Given]),
            ("Juan Pérez", &[WholeName, GivenFirst], &[StreetType]),
            ("Pérez Gómez, Juan", &[WholeName], &[]),
            ("Talleres Vega S.L.", &[Legal], &[WholeName]),
            ("Gray & Sons Ltd", &[Legal], &[]),
            ("Calle Mayor 5, 2º B", &[StreetType, Numbered], &[FullAddress]),
            ("75 dutuford place apt 51", &[StreetType, Numbered], &[FullAddress]),
            ("Hauptstraße 7", &[StreetType], &[]),
            ("53021 Buck Lane, Cortezside, MS 92026", &[FullAddress], &[]),
            ("C/ Mayor 5, 28013 Madrid", &[FullAddress], &[]),
            ("apt 99", &[Unit], &[StreetType]),
            ("PO Box 12", &[PoBox], &[]),
            ("Dña.", &[Title], &[]),
            ("Female", &[Gender, GenderSure], &[]),
            ("España", &[Country, CountryName], &[City]),
            ("Sevilla", &[City, Region], &[Country]),
            ("nsw", &[Region], &[]),
            ("Called twice about the invoice, she will come back next week.", &[Prose], &[Wordy]),
            ("", &[], &[Letters, House]),
            ("🙂", &[], &[Digits]),
        ];
        for (text, yes, no) in rows {
            let found = read(text);
            for what in *yes {
                assert!(found.has(*what), "{text:?} should be {what:?}");
            }
            for what in *no {
                assert!(!found.has(*what), "{text:?} should not be {what:?}");
            }
        }
    }

    #[test]
    fn dates_tell_year_and_order() {
        assert_eq!(read("28/03/1990").date, DateParts { year: 1990, ends: (28, 3) });
        assert_eq!(read("1990-03-28").date, DateParts { year: 1990, ends: (0, 0) });
        assert_eq!(read("3/28/90").date, DateParts { year: 0, ends: (3, 28) });
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_a_shape(text in "\\PC{0,60}") {
            let found = read(&text);
            proptest::prop_assert!(!found.has(Trait::Email) || found.has(Trait::At));
        }
    }
}
