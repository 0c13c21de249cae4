//! Parses each distinct value of a column once, into parts: what to show, what to compare, under which kind.
//!
//! One cell can give several parts: a street line holds the house number, a whole name all names. What a cell gives
//! beside its own kind is a *fallback*: it counts where the record has nothing of that kind otherwise.

use crate::error::Issues;
use crate::normalize::{self, Hint, Quality, address, date, email, gender, identifier, phone};
use crate::normalize::{company, person_name, placeholder, text};
use crate::par;
use crate::table::{AttributeKind, Column};

/// How a column is to be read.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) hint: Hint<'a>,
    pub(super) date: date::DateHint<'a>,
    /// In this column M is for mujer, and H for hombre.
    pub(super) m_is_female: bool,
}

impl<'a> Reading<'a> {
    /// A reading that knows no more than a hint.
    fn of(hint: Hint<'a>) -> Self {
        let date = date::DateHint { locale: hint.locale, region: hint.region, ..date::DateHint::default() };
        Self { hint, date, m_is_female: false }
    }
}

/// One part of a value.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) kind: AttributeKind,
    /// Counts only where the record has no part of this kind that is not a fallback.
    pub(super) fallback: bool,
    pub(super) quality: Quality,
    /// Whether what to compare is what to show; else it follows that.
    same: bool,
    /// Where the text to show begins, its bytes, and those of the text to compare.
    start: u32,
    display: u16,
    matching: u16,
}

/// The parts of all distinct values of a column, in one arena.
#[derive(Default)]
pub(super) struct Parsed {
    text: String,
    parts: Vec<Part>,
    /// `parts[ends[code - 1]..ends[code]]` are those of a code.
    ends: Vec<u32>,
    /// Which kinds occur at all.
    kinds: Vec<AttributeKind>,
    /// Name of the column, which labels the values that are kept beside others.
    pub(super) label: String,
}

impl Parsed {
    /// The parts of a code, each with its number.
    pub(super) fn parts(&self, code: u32) -> impl Iterator<Item = (usize, &Part)> {
        let start = if code == 0 { 0 } else { self.ends[code as usize - 1] as usize };
        (start..).zip(&self.parts[start..self.ends[code as usize] as usize])
    }

    /// How many parts all values have.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// What to show; empty for parts that are evidence only.
    pub(super) fn display(&self, part: &Part) -> &str {
        let start = part.start as usize;
        &self.text[start..start + usize::from(part.display)]
    }

    /// What to compare; empty for parts that are for show only.
    pub(super) fn matching(&self, part: &Part) -> &str {
        let start = part.start as usize + if part.same { 0 } else { usize::from(part.display) };
        &self.text[start..start + usize::from(part.matching)]
    }

    /// Adds the values of another part of the column, without their parts where the text would be too long; whether they
    /// were kept.
    fn append(&mut self, other: &Self) -> bool {
        let (text, parts) = (self.text.len() as u32, self.parts.len() as u32);
        if self.text.len() + other.text.len() > MAX_TEXT {
            self.ends.extend(other.ends.iter().map(|_| parts));
            return false;
        }
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| parts + end));
        self.parts.extend(other.parts.iter().map(|part| Part { start: part.start + text, ..*part }));
        let new = other.kinds.iter().filter(|kind| !self.kinds.contains(kind)).copied().collect::<Vec<_>>();
        self.kinds.extend(new);
        true
    }

    /// Whether any value has a part of a kind.
    pub(super) fn has(&self, kind: AttributeKind) -> bool {
        self.kinds.contains(&kind)
    }

    fn push(&mut self, kind: AttributeKind, fallback: bool, quality: Quality, display: &str, matching: &str) {
        if display.is_empty() && matching.is_empty() {
            return;
        }
        let (display, matching) = (cut(display, MAX_PART), cut(matching, MAX_PART));
        let (start, same) = (self.text.len() as u32, display == matching);
        self.text.push_str(display);
        if !same {
            self.text.push_str(matching);
        }
        let (display, matching) = (display.len() as u16, matching.len() as u16);
        self.parts.push(Part { kind, fallback, quality, same, start, display, matching });
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
    }
}

/// Text of one column's distinct values beyond which parsing stops: offsets are 32 bits wide.
const MAX_TEXT: usize = 1 << 31;

/// A cell longer than this is cut before it is parsed: no attribute is longer, and some parsers look at pairs of words.
const MAX_CELL: usize = 1000;

/// Bytes of a part: lengths are 16 bits wide. Folding and transliteration make a cell longer, but never by so much.
const MAX_PART: usize = u16::MAX as usize;

/// Values that one task parses.
const VALUES_A_TASK: usize = 4096;

/// Parses all distinct values of a column, on all cores.
pub(super) fn parse(
    kind: AttributeKind,
    column: &Column,
    reading: &Reading<'_>,
    (source, field): (&str, &str),
    issues: &mut Issues,
) -> Parsed {
    let counts = column.counts();
    let values = column.dictionary();
    let chunks = par::map_ranges(values.len(), VALUES_A_TASK, |range| {
        let mut chunk = Chunk::default();
        range.for_each(|code| chunk.add(kind, values.text(code as u32), counts[code], reading));
        chunk
    });
    let mut parsed = Parsed { label: field.to_owned(), ..Parsed::default() };
    let (mut fillers, mut long) = (0, 0);
    for (number, chunk) in chunks.into_iter().enumerate() {
        if parsed.append(&chunk.parsed) {
            (fillers, long) = (fillers + chunk.fillers, long + chunk.long);
        } else {
            let codes = number * VALUES_A_TASK..((number + 1) * VALUES_A_TASK).min(values.len());
            long += codes.map(|code| u64::from(counts[code])).sum::<u64>();
        }
    }
    if fillers > 0 {
        let message = "fillers such as n/a, 000000000 or test@test.com were treated as missing";
        issues.add_many("placeholder", source, field, fillers, None, message);
    }
    if long > 0 {
        let message =
            "very long cells were compared by their first 1,000 bytes; the golden record is cut as well";
        issues.add_many("long_cell", source, field, long, None, message);
    }
    parsed
}

/// Some of the values of a column, parsed.
#[derive(Default)]
struct Chunk {
    parsed: Parsed,
    /// Records with a filler, and with a cell that was cut.
    fillers: u64,
    long: u64,
}

impl Chunk {
    /// The next value, which `records` records have.
    fn add(&mut self, kind: AttributeKind, raw: &str, records: u32, reading: &Reading<'_>) {
        let parsed = &mut self.parsed;
        let cell = cut(raw, MAX_CELL);
        self.long += u64::from(cell.len() < raw.len()) * u64::from(records);
        let clean = text::clean(cell);
        let before = parsed.parts.len();
        let is_filler = placeholder::placeholder(kind, &clean).is_some();
        let mut is_separated =
            || kind == AttributeKind::FullAddress && read_separated(cell, &reading.hint, parsed);
        if !is_filler && !is_separated() {
            read(kind, &clean, reading, parsed);
        }
        if parsed.parts.len() == before {
            self.fillers += u64::from(records);
        }
        parsed.ends.push(parsed.parts.len() as u32);
    }
}

/// An address whose parts are set apart by two blanks: `street  [second line]  city  region  postcode  country`, as
/// newsletter services export it. Read before cleaning, which makes one blank of two.
fn read_separated(cell: &str, hint: &Hint<'_>, out: &mut Parsed) -> bool {
    use AttributeKind as K;
    let mut pieces: Vec<&str> = cell.split("  ").map(str::trim).filter(|piece| !piece.is_empty()).collect();
    let Some(country) =
        pieces.last().filter(|piece| piece.len() == 2).and_then(|piece| address::country(piece))
    else {
        return false;
    };
    pieces.pop();
    let is_postcode = |piece: &&&str| piece.len() <= 10 && piece.bytes().any(|byte| byte.is_ascii_digit());
    let Some(&postcode) = pieces.last().filter(is_postcode) else { return false };
    pieces.pop();
    if pieces.len() < 2 {
        return false;
    }
    let hint = Hint { region: Some(country), ..*hint };
    let region = if pieces.len() > 2 { pieces.pop() } else { None };
    let city = pieces.pop();
    read(K::Street, &text::clean(&pieces.join(", ")), &Reading::of(hint), out);
    for (kind, part) in
        [(K::City, city), (K::Region, region), (K::Postcode, Some(postcode)), (K::Country, Some(country))]
    {
        if let Some(part) = part {
            read(kind, &text::clean(part), &Reading::of(hint), out);
        }
    }
    true
}

/// Bytes of the codes of regions: `B`, `08`, `CMX`.
const MAX_REGION_CODE: usize = 3;

/// The first `most` bytes, at a character border.
fn cut(raw: &str, most: usize) -> &str {
    if raw.len() <= most {
        return raw;
    }
    let mut end = most;
    while !raw.is_char_boundary(end) {
        end -= 1;
    }
    &raw[..end]
}

/// One value.
fn read(kind: AttributeKind, raw: &str, reading: &Reading<'_>, out: &mut Parsed) {
    use AttributeKind as K;
    let hint = &reading.hint;
    match kind {
        K::FullName => read_full_name(raw, hint, out),
        K::GivenName => {
            let name = person_name::given_name(raw, hint);
            read_person(kind, &name, hint, out);
        }
        K::Surname => {
            let name = person_name::surname(raw, hint);
            read_person(kind, &name, hint, out);
        }
        K::Company => {
            let name = company::company(raw, hint);
            out.push(kind, false, name.quality, raw, &text::key(&name.parts.core_name));
        }
        K::Email => {
            for piece in email::split_emails(raw) {
                let address = email::email(piece, hint);
                if address.quality != Quality::Placeholder {
                    out.push(kind, false, address.quality, &address.canonical, &address.parts.dedup_key);
                }
            }
        }
        K::Phone => {
            for piece in phone::split_phones(raw) {
                let number = phone::phone(piece, hint);
                if number.quality != Quality::Placeholder {
                    out.push(kind, false, number.quality, &number.canonical, &number.parts.national);
                }
            }
        }
        K::Street | K::FullAddress => read_address(kind, raw, hint, out),
        K::HouseNumber | K::Unit | K::PoBox => out.push(kind, false, Quality::Ok, raw, &squeeze(raw)),
        K::Postcode => {
            let code = address::postcode(raw, hint);
            out.push(kind, false, code.quality, &code.canonical, &squeeze(&code.parts.compact));
        }
        K::City => {
            let city = address::city(raw);
            out.push(kind, false, city.quality, &city.canonical, &text::key(&city.canonical));
        }
        K::Region => {
            let region = address::region(raw, hint);
            // A code is no name: `B` would stand where others write Barcelona. Names stay as their customers write them.
            let is_code = raw.len() <= MAX_REGION_CODE && region.canonical.len() > raw.len();
            let shown = if is_code { region.canonical.as_str() } else { raw };
            out.push(kind, false, region.quality, shown, &text::key(&region.canonical));
        }
        K::Country => {
            let code = address::country(raw);
            out.push(kind, false, Quality::Ok, code.unwrap_or(raw), &text::key(code.unwrap_or(raw)));
        }
        K::BirthDate => read_date(kind, raw, reading, out),
        K::BirthYear => out.push(kind, false, Quality::Ok, raw, &year(raw, &reading.date)),
        K::BirthMonth => out.push(kind, false, Quality::Ok, raw, &month(raw)),
        K::BirthDay => out.push(kind, false, Quality::Ok, raw, &number(raw)),
        K::Age => out.push(kind, false, Quality::Ok, raw, raw.split('.').next().unwrap_or(raw)),
        K::Identifier => {
            let id = identifier::identifier(raw, hint);
            if id.quality != Quality::Placeholder {
                out.push(kind, false, id.quality, &id.canonical, &id.parts.compact.to_lowercase());
            }
        }
        K::Gender => {
            let gender = gender::gender_in_column(raw, reading.m_is_female, hint);
            let name = gender.map_or(String::new(), |gender| format!("{gender:?}").to_lowercase());
            out.push(kind, false, Quality::Ok, if name.is_empty() { raw } else { &name }, &name);
        }
        K::Website => out.push(kind, false, Quality::Ok, raw, &website(raw)),
        K::NamePrefix | K::NameSuffix | K::Nickname => {
            out.push(kind, false, Quality::Ok, raw, &text::key(raw))
        }
        _ => out.push(kind, false, Quality::Ok, raw, &text::key(raw)),
    }
}

/// The parts of a name that stood in a column of its own.
fn read_person(
    kind: AttributeKind,
    name: &normalize::Normalized<'_, person_name::PersonName>,
    hint: &Hint<'_>,
    out: &mut Parsed,
) {
    use AttributeKind as K;
    let parts = &name.parts;
    let surname = join(&parts.surname1, &parts.surname2);
    match (parts.kind, kind) {
        (person_name::NameKind::Placeholder, _) => {}
        (person_name::NameKind::Company, _) => {
            out.push(K::Company, true, name.quality, name.original, &text::key(name.original))
        }
        // Two people in one cell are nobody's given name.
        (person_name::NameKind::Multiple, K::GivenName) => {
            out.push(kind, false, name.quality, name.original, "")
        }
        (_, K::GivenName) => {
            out.push(kind, false, name.quality, &join(&parts.given, ""), &text::key(&parts.given));
            out.push(K::MiddleName, true, name.quality, &parts.middle, &text::key(&parts.middle));
            let whole = if surname.is_empty() { surname_in(name.original, hint) } else { surname };
            out.push(K::Surname, true, name.quality, &whole, &text::key(&whole));
            out.push(K::NamePrefix, true, name.quality, &parts.prefix, &text::key(&parts.prefix));
        }
        _ => {
            out.push(kind, false, name.quality, &surname, &text::key(&surname));
            out.push(K::GivenName, true, name.quality, &parts.given, &text::key(&parts.given));
            out.push(K::NameSuffix, true, name.quality, &parts.suffix, &text::key(&parts.suffix));
        }
    }
}

/// The surname in a cell for given names: where the column for surnames is empty, the whole name often stands here.
fn surname_in(raw: &str, hint: &Hint<'_>) -> String {
    if raw.split_whitespace().nth(1).is_none() {
        return String::new();
    }
    let name = person_name::full_name(raw, hint);
    match name.parts.kind {
        person_name::NameKind::Person => join(&name.parts.surname1, &name.parts.surname2),
        _ => String::new(),
    }
}

/// A whole name: all its parts are fallbacks, and its words stand ready for what the other columns lack.
fn read_full_name(raw: &str, hint: &Hint<'_>, out: &mut Parsed) {
    use AttributeKind as K;
    let name = person_name::full_name(raw, hint);
    let parts = &name.parts;
    if parts.kind == person_name::NameKind::Placeholder {
        return;
    }
    if parts.kind == person_name::NameKind::Company {
        let company = company::company(raw, hint);
        out.push(K::Company, true, company.quality, raw, &text::key(&company.parts.core_name));
        return;
    }
    let surname = join(&parts.surname1, &parts.surname2);
    let multiple = parts.kind == person_name::NameKind::Multiple;
    let given = if multiple { String::new() } else { text::key(&parts.given) };
    out.push(K::GivenName, true, name.quality, &parts.given, &given);
    out.push(K::MiddleName, true, name.quality, &parts.middle, &text::key(&parts.middle));
    out.push(K::Surname, true, name.quality, &surname, &text::key(&surname));
    out.push(K::NamePrefix, true, name.quality, &parts.prefix, &text::key(&parts.prefix));
    out.push(K::NameSuffix, true, name.quality, &parts.suffix, &text::key(&parts.suffix));
    if !multiple {
        let words = [&parts.given, &parts.middle, &surname].map(|part| text::key(part)).join(" ");
        out.push(K::FullName, false, name.quality, "", words.trim());
    }
}

fn read_address(kind: AttributeKind, raw: &str, hint: &Hint<'_>, out: &mut Parsed) {
    use AttributeKind as K;
    let whole = kind == K::FullAddress;
    let address = if whole { address::full_address(raw, hint) } else { address::street(raw, hint) };
    let parts = &address.parts;
    // The name leads: it weighs more than the type when the two are compared from the front.
    let name = text::key(&join(&parts.street_name, &parts.street_type));
    let matching = if name.is_empty() && parts.po_box.is_empty() { text::key(raw) } else { name };
    if whole {
        let line = written_line(raw, parts).unwrap_or_else(|| street_line(parts));
        out.push(K::Street, true, address.quality, if line.is_empty() { raw } else { &line }, &matching);
    } else {
        out.push(K::Street, false, address.quality, raw, &matching);
    }
    out.push(K::HouseNumber, true, address.quality, "", &squeeze(&parts.house_number));
    let unit: Vec<&str> = parts.unit.iter().map(|(_, value)| value.as_str()).collect();
    out.push(K::Unit, true, address.quality, "", &squeeze(&unit.join(" ")));
    out.push(K::PoBox, true, address.quality, "", &squeeze(&parts.po_box));
    if whole || !parts.postcode.is_empty() {
        out.push(K::Postcode, true, address.quality, &parts.postcode, &squeeze(&parts.postcode));
        out.push(K::City, true, address.quality, &parts.city, &text::key(&parts.city));
        out.push(K::Region, true, address.quality, &parts.region, &text::key(&parts.region));
        out.push(K::Country, true, address.quality, &parts.country, &text::key(&parts.country));
    }
}

/// The street line as it was written: what stands before the place. None where the place leads or is spelt otherwise.
fn written_line(raw: &str, parts: &address::Address) -> Option<String> {
    let places = [&parts.city, &parts.postcode, &parts.region];
    let found =
        places.into_iter().filter(|place| !place.is_empty()).filter_map(|place| raw.find(place.as_str()));
    let line = raw[..found.min()?].trim_end_matches(|c: char| !c.is_alphanumeric());
    (!parts.street_name.is_empty() && line.contains(parts.street_name.as_str())).then(|| line.to_owned())
}

/// A street line from its parts, as its country writes it: the number leads in English and French.
fn street_line(parts: &address::Address) -> String {
    let units: Vec<&str> = parts.unit.iter().map(|(_, value)| value.as_str()).collect();
    let units = units.join(" ");
    let number_first = matches!(parts.country.as_str(), "US" | "GB" | "CA" | "AU" | "IE" | "NZ" | "FR");
    let type_last = number_first && parts.country != "FR";
    let name = if type_last {
        join(&parts.street_name, &parts.street_type)
    } else {
        join(&parts.street_type, &parts.street_name)
    };
    let line = if number_first { join(&parts.house_number, &name) } else { join(&name, &parts.house_number) };
    if line.is_empty() || units.is_empty() { line } else { format!("{line}, {units}") }
}

fn read_date(kind: AttributeKind, raw: &str, reading: &Reading<'_>, out: &mut Parsed) {
    let read = date::date(raw, &reading.date);
    let parts = &read.parts;
    if read.quality == Quality::Placeholder || parts.precision.is_none() {
        return;
    }
    let matching = format!(
        "{}{}{}",
        parts.year.map_or("----".to_owned(), |year| format!("{year:04}")),
        parts.month.map_or("--".to_owned(), |month| format!("{month:02}")),
        parts.day.map_or("--".to_owned(), |day| format!("{day:02}")),
    );
    if matching.len() == 8 {
        out.push(kind, false, read.quality, &read.canonical, &matching);
    }
}

/// Two texts with a space between them, where both are there.
fn join(a: &str, b: &str) -> String {
    match (a.is_empty(), b.is_empty()) {
        (_, true) => a.to_owned(),
        (true, _) => b.to_owned(),
        _ => format!("{a} {b}"),
    }
}

/// Folded letters and digits without anything between.
fn squeeze(raw: &str) -> String {
    text::key(raw).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The four digits of a year; blank for what is none. `85` is of the century that a date of birth would have.
fn year(raw: &str, hint: &date::DateHint<'_>) -> String {
    let digits = whole_digits(raw);
    let year = match digits.len() {
        2 => date::date(&format!("01/01/{digits}"), hint).parts.year,
        4 => digits.parse().ok(),
        _ => None,
    };
    year.filter(|&year| year > 0).map_or(String::new(), |year| format!("{year:04}"))
}

/// The two digits of a month, by its number or its name.
fn month(raw: &str) -> String {
    date::month_number(raw).map_or_else(|| number(raw), |month| format!("{month:02}"))
}

/// Two digits of a number from 1 to 99; blank for what is none. No month is the 13th, but who wrote so once wrote so twice: it
/// is evidence, and only [`iso_date`](super::prepare) does not show it.
fn number(raw: &str) -> String {
    let number = whole_digits(raw).parse::<u8>().ok().filter(|number| (1..=99).contains(number));
    number.map_or(String::new(), |number| format!("{number:02}"))
}

/// The digits before the point: spreadsheets write `1985.0`.
fn whole_digits(raw: &str) -> String {
    raw.split('.').next().unwrap_or("").chars().filter(char::is_ascii_digit).collect()
}

/// The host of a web address.
fn website(raw: &str) -> String {
    let lower = raw.to_lowercase();
    let host = lower.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    host.split(['/', '?', '#']).next().unwrap_or(host).to_owned()
}
