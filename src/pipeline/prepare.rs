//! From parsed columns of all sources to one column an attribute: evidence to compare, golden fields to show.
//!
//! Each column that comes out is an independent job over all records in canonical order, so that the jobs run in
//! parallel and every dictionary is numbered the same way whatever the input's order.

use std::collections::BTreeSet;

use super::clearing::Cleared;
use super::compose::Composition;
pub use super::fields::GoldenField;
use super::fields::{GoldenBuilder, carried, cleared_records, group, keeps_all, verified};
use super::parse::{Parsed, Part, Reading, parse};
use super::records::{Ordered, clean_id};
use crate::compare;
use crate::detect::Mapping;
use crate::error::Issues;
use crate::merge::UNKNOWN_TIME;
use crate::normalize::attributes::{Attribute, Attributes};
use crate::normalize::date::{DateContext, DateHint};
use crate::normalize::{Hint, Quality, date, gender, text};
use crate::par;
use crate::table::{AttributeKind, Column, ColumnBuilder, NULL, Role, Source};

/// Everything that the later stages need.
pub(super) struct Prepared {
    pub(super) attributes: Attributes,
    pub(super) golden: Vec<GoldenField>,
    pub(super) updated_at: Vec<i64>,
    /// Empty when no source says.
    pub(super) published_at: Vec<i64>,
    /// Pairs of records that a source has merged already.
    pub(super) must_link: Vec<(u32, u32)>,
}

impl Prepared {
    /// Bytes held.
    pub(super) fn heap_bytes(&self) -> u64 {
        let evidence: usize = self.attributes.columns.iter().map(|a| a.column.heap_bytes()).sum();
        let golden = |field: &GoldenField| {
            field.values.heap_bytes()
                + 4 * field.key.capacity()
                + field.quality.capacity() * size_of::<Quality>()
        };
        let golden: usize = self.golden.iter().map(golden).sum();
        let records = 8 * self.updated_at.capacity() + 2 * self.attributes.source.capacity();
        (evidence + golden + records + 8 * self.must_link.capacity()) as u64
    }
}

/// One parsed column of one file.
pub(super) struct Field {
    file: usize,
    column: usize,
    kind: AttributeKind,
    slot: u8,
    /// Folded name of the column: categories of the same name are one attribute.
    name: String,
    pub(super) parsed: Parsed,
}

/// All records in canonical order with the fields that can say something about them.
pub(super) struct Sheet<'a> {
    ordered: &'a Ordered,
    /// File and row of each record.
    places: Vec<(u16, u32)>,
    fields: Vec<Field>,
}

/// What the columns say, by attribute and by golden field. Of columns that were read the texts are forgotten.
pub(super) fn prepare(
    ordered: &mut Ordered,
    mappings: &[Mapping],
    cleared: &Cleared,
    reference: Option<(i16, u8, u8)>,
    issues: &mut Issues,
) -> Prepared {
    let mut places = vec![(0u16, 0u32); ordered.records.len()];
    for (file, place) in ordered.place.iter().enumerate() {
        for (row, &record) in place.iter().enumerate() {
            places[record as usize] = (file as u16, row as u32);
        }
    }
    let fields = parse_fields(&ordered.files, mappings, reference, issues);
    // A record that was created and never touched again is as old as its creation.
    let updated_at = times(ordered, mappings, &[Role::CreatedAt, Role::UpdatedAt], reference);
    let published_at = match mappings.iter().any(|mapping| mapping.position(Role::PublishedAt).is_some()) {
        true => times(ordered, mappings, &[Role::PublishedAt], reference),
        false => Vec::new(),
    };
    let must_link = must_link(ordered, mappings, issues);
    forget_texts(ordered, mappings);
    let ordered = &*ordered;
    let sheet = Sheet { ordered, places, fields };
    let mut columns = Vec::new();
    for (attribute, crowded) in
        par::map(&sheet.evidence_jobs(), |job| sheet.evidence(job)).into_iter().flatten()
    {
        if crowded > 0 {
            let message = "records have more values than are compared; all of them are in the golden records";
            issues.add_many("many_values", "", &attribute.name, crowded, None, message);
        }
        columns.push(attribute);
    }
    let mut golden: Vec<GoldenField> =
        par::map(&sheet.golden_jobs(), |&(kind, slot)| sheet.golden(kind, slot, mappings, cleared))
            .into_iter()
            .flatten()
            .collect();
    golden.extend(carried(ordered, mappings, &sheet.places, &golden, cleared));
    Prepared {
        attributes: Attributes { source: ordered.records.source.clone(), columns },
        golden,
        updated_at,
        published_at,
        must_link,
    }
}

/// Forgets the texts of columns that were parsed, or that nobody reads: while the golden fields are built, most of the
/// customers' text is held twice anyway.
fn forget_texts(ordered: &mut Ordered, mappings: &[Mapping]) {
    for (source, mapping) in ordered.files.iter_mut().zip(mappings) {
        for (column, guess) in mapping.fields.iter().enumerate() {
            match guess.role {
                // Shown as they were written.
                Role::Carry | Role::Attribute(AttributeKind::Category, _) | Role::Verified(..) => {}
                // Named by the caller for what it does itself, as the column of its groups.
                Role::Skip => {}
                _ => source.forget_texts(column),
            }
        }
    }
}

/// Values of a record and attribute that are compared, the first in column order. Nobody has so many addresses or numbers,
/// and the level of a pair is the best over values x values.
const MAX_VALUES: usize = 64;

/// Parses the columns of all files, side by side.
fn parse_fields(
    files: &[Source],
    mappings: &[Mapping],
    reference: Option<(i16, u8, u8)>,
    issues: &mut Issues,
) -> Vec<Field> {
    let mut todo = Vec::new();
    for (file, mapping) in mappings.iter().enumerate() {
        for (column, guess) in mapping.fields.iter().enumerate() {
            if let Role::Attribute(kind, slot) = guess.role {
                todo.push((file, column, kind, slot));
            }
        }
    }
    let parsed = par::map(&todo, |&(file, column, kind, slot)| {
        let (source, mapping) = (&files[file], &mappings[file]);
        let values = &source.columns()[column];
        let reading = reading(kind, values, mapping, reference);
        let mut found = Issues::new();
        let name = &source.fields()[column];
        let parsed = parse(kind, values, &reading, (source.name(), name), &mut found);
        (Field { file, column, kind, slot, name: text::key(name), parsed }, found)
    });
    let mut fields = Vec::with_capacity(parsed.len());
    for (field, found) in parsed {
        fields.push(field);
        issues.merge(found);
    }
    fields
}

/// What the values of a column say about how to read it.
fn reading<'a>(
    kind: AttributeKind,
    values: &Column,
    mapping: &'a Mapping,
    reference: Option<(i16, u8, u8)>,
) -> Reading<'a> {
    let hint = Hint { locale: mapping.locale.as_deref(), region: mapping.region.as_deref() };
    let day_first = match kind {
        AttributeKind::BirthDate => date::column_order(values.dictionary().iter()).or(mapping.day_first),
        _ => mapping.day_first,
    };
    Reading {
        hint,
        date: DateHint {
            locale: hint.locale,
            region: hint.region,
            day_first,
            context: DateContext::Birth,
            reference,
        },
        m_is_female: kind == AttributeKind::Gender && gender::m_is_female(values.dictionary().iter()),
    }
}

/// One part of a cell of a record, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    /// Number of the field, and of the part in it.
    place: (usize, usize),
    parsed: &'a Parsed,
    part: &'a Part,
}

impl<'a> Piece<'a> {
    /// What to show.
    pub(super) fn display(&self) -> &'a str {
        self.parsed.display(self.part)
    }

    /// What to compare.
    pub(super) fn matching(&self) -> &'a str {
        self.parsed.matching(self.part)
    }
}

/// Parts of one record and kind: those that a column of the kind gave, else the fallbacks.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) own: Vec<Piece<'a>>,
    fallback: Vec<Piece<'a>>,
}

impl<'a> Found<'a> {
    pub(super) fn best(&self) -> &[Piece<'a>] {
        if self.own.is_empty() { &self.fallback } else { &self.own }
    }

    pub(super) fn first_match(&self) -> &'a str {
        self.best().first().map_or("", Piece::matching)
    }
}

/// The code that each part has in the column that is being built: most values come many times.
struct KnownCodes(Vec<Vec<u32>>);

impl KnownCodes {
    /// None known; of the fields that can give a part.
    fn new(sheet: &Sheet<'_>, fields: &[Vec<usize>]) -> Self {
        let mut known = vec![Vec::new(); sheet.fields.len()];
        for &field in fields.iter().flatten() {
            known[field] = vec![NULL; sheet.fields[field].parsed.len()];
        }
        Self(known)
    }

    /// The code of a piece, which `code` gives when it comes for the first time.
    fn get_or(&mut self, piece: &Piece<'_>, code: impl FnOnce() -> u32) -> u32 {
        let known = &mut self.0[piece.place.0][piece.place.1];
        if *known == NULL {
            *known = code();
        }
        *known
    }
}

impl Sheet<'_> {
    /// Numbers of the fields that can give a kind, by file.
    pub(super) fn fields_with(&self, wanted: impl Fn(&Field) -> bool) -> Vec<Vec<usize>> {
        let mut by_file = vec![Vec::new(); self.ordered.files.len()];
        for (at, field) in self.fields.iter().enumerate() {
            if wanted(field) {
                by_file[field.file].push(at);
            }
        }
        by_file
    }

    /// The parts of a record that `wanted` names, in column order.
    pub(super) fn find<'s>(
        &'s self,
        record: usize,
        fields: &[Vec<usize>],
        wanted: impl Fn(&'s Parsed, &'s Part) -> bool,
        found: &mut Found<'s>,
    ) {
        found.own.clear();
        found.fallback.clear();
        let (file, row) = self.places[record];
        for &at in &fields[file as usize] {
            let field = &self.fields[at];
            for &code in self.ordered.files[field.file].columns()[field.column].codes(row as usize) {
                for (number, part) in field.parsed.parts(code).filter(|(_, part)| wanted(&field.parsed, part))
                {
                    let list = if part.fallback { &mut found.fallback } else { &mut found.own };
                    list.push(Piece { place: (at, number), parsed: &field.parsed, part });
                }
            }
        }
    }

    /// Attributes to compare: one a kind, and one a name for categories.
    fn evidence_jobs(&self) -> Vec<(AttributeKind, String)> {
        let compared = AttributeKind::ALL.iter().filter(|kind| compare::levels(**kind).is_some());
        let kinds = compared.filter(|kind| **kind != AttributeKind::Category);
        let categories = self.fields.iter().filter(|field| field.kind == AttributeKind::Category);
        let names: BTreeSet<&str> = categories.map(|field| field.name.as_str()).collect();
        kinds
            .map(|kind| (*kind, kind.name().to_owned()))
            .chain(names.into_iter().map(|name| (AttributeKind::Category, name.to_owned())))
            .collect()
    }

    /// One column of evidence, and how many records have more values than [`MAX_VALUES`]; none when no record has a value.
    fn evidence(&self, (kind, name): &(AttributeKind, String)) -> Option<(Attribute, u64)> {
        let kind = *kind;
        let is_category = kind == AttributeKind::Category;
        let fields =
            self.fields_with(|field| field.parsed.has(kind) && (!is_category || field.name == *name));
        let composition = Composition::new(self, kind);
        if fields.iter().all(Vec::is_empty) && composition.is_none() {
            return None;
        }
        let mut column = ColumnBuilder::new();
        let mut known = KnownCodes::new(self, &fields);
        let (mut found, mut codes, mut crowded) = (Found::default(), Vec::new(), 0);
        for record in 0..self.places.len() {
            let wanted =
                |parsed: &Parsed, part: &Part| part.kind == kind && !parsed.matching(part).is_empty();
            self.find(record, &fields, wanted, &mut found);
            codes.clear();
            match composition.as_ref().and_then(|composition| composition.value(record, &found)) {
                Some(text) => codes.push(column.code(&text)),
                None => {
                    for piece in found.best() {
                        if codes.len() == MAX_VALUES {
                            crowded += 1;
                            break;
                        }
                        let code = known.get_or(piece, || column.code(piece.matching()));
                        if !codes.contains(&code) {
                            codes.push(code);
                        }
                    }
                }
            }
            codes.retain(|&code| code != NULL);
            column.push_codes(&codes);
        }
        let column = column.finish();
        (!column.dictionary().is_empty()).then(|| (Attribute { name: name.clone(), kind, column }, crowded))
    }

    /// Golden fields to build: every kind and slot that some cell shows.
    fn golden_jobs(&self) -> Vec<(AttributeKind, u8)> {
        let mut jobs = BTreeSet::new();
        for field in &self.fields {
            let shown = AttributeKind::ALL.iter().filter(|kind| field.parsed.has(**kind));
            jobs.extend(shown.filter(|kind| !is_part_of_date(**kind)).map(|kind| (*kind, field.slot)));
            if is_part_of_date(field.kind) {
                jobs.insert((AttributeKind::BirthDate, field.slot));
            }
        }
        // Categories are shown under their own names, by `carried`.
        jobs.into_iter().filter(|(kind, _)| *kind != AttributeKind::Category).collect()
    }

    fn golden(
        &self,
        kind: AttributeKind,
        slot: u8,
        mappings: &[Mapping],
        cleared: &Cleared,
    ) -> Option<GoldenField> {
        let fields = self.fields_with(|field| field.parsed.has(kind) && field.slot == slot);
        let composition = match kind {
            AttributeKind::BirthDate | AttributeKind::GivenName => Composition::new(self, kind),
            _ => None,
        };
        let mut builder = GoldenBuilder::default();
        let mut known = KnownCodes::new(self, &fields);
        let mut found = Found::default();
        for record in 0..self.places.len() {
            let wanted = |parsed: &Parsed, part: &Part| part.kind == kind && !parsed.display(part).is_empty();
            self.find(record, &fields, wanted, &mut found);
            let composed = composition.as_ref().and_then(|composition| composition.value(record, &found));
            if let (Some(given), Some(composition), [piece]) = (&composed, &composition, found.best())
                && kind == AttributeKind::GivenName
            {
                let shown = composition.before_surname(record, piece.matching(), piece.display());
                let shown = shown.as_deref().unwrap_or(piece.display());
                builder.add(shown, given, piece.part.quality, &piece.parsed.label);
            } else if let Some(digits) = composed {
                builder.add(&iso_date(&digits), &digits, Quality::Ok, "");
            } else {
                for piece in found.best() {
                    let (quality, label) = (piece.part.quality, &piece.parsed.label);
                    let code = known
                        .get_or(piece, || builder.code(piece.display(), piece.matching(), quality, label));
                    builder.add_code(code);
                }
            }
            builder.end_record();
        }
        let mut field =
            builder.finish(&Role::Attribute(kind, slot).to_string(), group(kind, slot), keeps_all(kind))?;
        let columns = fields.iter().flatten().map(|&at| (self.fields[at].file, self.fields[at].column));
        field.cleared = cleared_records(columns, self.ordered, cleared);
        field.verified = verified(self.ordered, mappings, kind, slot);
        Some(field)
    }
}

/// A time of each record, in seconds since 1970: that of the last of the roles that it has.
fn times(
    ordered: &Ordered,
    mappings: &[Mapping],
    roles: &[Role],
    reference: Option<(i16, u8, u8)>,
) -> Vec<i64> {
    let mut times = vec![UNKNOWN_TIME; ordered.records.len()];
    for (file, mapping) in mappings.iter().enumerate() {
        for &role in roles {
            let Some(at) = mapping.position(role) else { continue };
            let column = &ordered.files[file].columns()[at];
            let order = date::column_order(column.dictionary().iter()).or(mapping.day_first);
            let hint = DateHint {
                locale: mapping.locale.as_deref(),
                region: mapping.region.as_deref(),
                day_first: order,
                context: DateContext::Event,
                reference,
            };
            let parsed: Vec<Option<i64>> = column.dictionary().iter().map(|raw| time(raw, &hint)).collect();
            for (row, &record) in ordered.place[file].iter().enumerate() {
                if let Some(time) = column.codes(row).iter().filter_map(|&code| parsed[code as usize]).max() {
                    times[record as usize] = time;
                }
            }
        }
    }
    times
}

fn time(raw: &str, hint: &DateHint<'_>) -> Option<i64> {
    let days = || date::date(raw, hint).parts.days().map(|days| days * 86_400);
    // With slashes the order of day and month is the column's; time stamps proper have none.
    if raw.contains('/') { days() } else { date::timestamp(raw).or_else(days) }
}

/// Merges that a source has made already: its records name the one that they went into.
fn must_link(ordered: &Ordered, mappings: &[Mapping], issues: &mut Issues) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    for (file, mapping) in mappings.iter().enumerate() {
        let Some(at) = mapping.position(Role::MergedInto) else { continue };
        let column = &ordered.files[file].columns()[at];
        for (row, &record) in ordered.place[file].iter().enumerate() {
            let Some(id) = column.get(row) else { continue };
            let source = ordered.records.source_name(crate::RecordId(record));
            match ordered.records.find(source, clean_id(id)) {
                Some(master) if master.0 != record => {
                    pairs.push((record.min(master.0), record.max(master.0)))
                }
                Some(_) => {}
                None => issues.add(
                    "unknown_master",
                    source,
                    &mapping.fields[at].field,
                    None,
                    "a record was merged into one that the source does not hold",
                ),
            }
        }
    }
    pairs
}

fn is_part_of_date(kind: AttributeKind) -> bool {
    matches!(kind, AttributeKind::BirthYear | AttributeKind::BirthMonth | AttributeKind::BirthDay)
}

/// `19850301` as ISO 8601 writes it: `1985-03-01`; with unknown parts `1985-03`, `1985`, `--03-01`, `--03`, `---01`. A month or
/// day that does not exist is unknown.
fn iso_date(digits: &str) -> String {
    let (year, month, day) = (&digits[..4], &digits[4..6], &digits[6..8]);
    let exists = |digits: &str, most: u8| digits.parse().is_ok_and(|number| (1..=most).contains(&number));
    match (year == "----", !exists(month, 12), !exists(day, 31)) {
        (false, false, false) => format!("{year}-{month}-{day}"),
        (false, false, true) => format!("{year}-{month}"),
        (false, true, _) => year.to_owned(),
        (true, false, false) => format!("--{month}-{day}"),
        (true, false, true) => format!("--{month}"),
        (true, true, _) => format!("---{day}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::records::order;
    use super::*;
    use crate::detect::FieldGuess;
    use crate::table::Table;

    /// One file of a test: its name, its columns with their roles, its rows.
    type File<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a [&'a str]]);

    fn prepared(files: &[File<'_>]) -> (Prepared, Issues) {
        let mut issues = Issues::new();
        let source = |(name, fields, rows): &File<'_>| {
            let columns =
                (0..fields.len()).map(|at| rows.iter().map(|row| Some(row[at])).collect()).collect();
            let names = fields.iter().map(|(field, _)| (*field).to_owned()).collect();
            Source::new(name, names, columns, Vec::new()).unwrap()
        };
        let mapping = |(name, fields, _): &File<'_>| Mapping {
            source: (*name).to_owned(),
            fields: fields
                .iter()
                .map(|(field, role)| FieldGuess {
                    field: (*field).to_owned(),
                    role: role.parse().unwrap(),
                    confidence: 1.0,
                    reasons: Vec::new(),
                })
                .collect(),
            day_first: Some(true),
            region: Some("ES".to_owned()),
            locale: Some("es-ES".to_owned()),
        };
        let mappings: Vec<Mapping> = files.iter().map(mapping).collect();
        let table = Table::new(files.iter().map(source).collect()).unwrap();
        let mut ordered = order(table, &mappings, &mut issues).unwrap();
        let prepared = prepare(&mut ordered, &mappings, &Cleared::new(), Some((2026, 1, 31)), &mut issues);
        (prepared, issues)
    }

    /// Evidence of a record: values of an attribute, `|` between them.
    fn evidence(prepared: &Prepared, name: &str, record: usize) -> String {
        let attribute = prepared.attributes.columns.iter().find(|attribute| attribute.name == name);
        attribute.map_or(String::new(), |a| a.column.values(record).collect::<Vec<_>>().join("|"))
    }

    fn shown(prepared: &Prepared, name: &str, record: usize) -> String {
        let field = prepared.golden.iter().find(|field| field.name == name);
        field.map_or(String::new(), |field| field.values.values(record).collect::<Vec<_>>().join("|"))
    }

    #[test]
    fn a_whole_name_fills_what_the_other_columns_lack() {
        let fields =
            [("id", "record_id"), ("name", "full_name"), ("first", "given_name"), ("last", "surname")];
        let rows: [&[&str]; 3] = [
            &["1", "María José García López", "", ""],
            &["2", "María José García López", "Mariajo", ""],
            &["3", "", "Ana", "Ruiz"],
        ];
        let (prepared, _) = prepared(&[("s", &fields, &rows)]);
        assert_eq!(evidence(&prepared, "surname", 0), "garcia lopez");
        assert_eq!(evidence(&prepared, "surname", 1), "garcia lopez");
        assert_eq!(evidence(&prepared, "surname", 2), "ruiz");
        assert_eq!(shown(&prepared, "given_name", 1), "Mariajo", "the column of its own wins");
        assert_eq!(shown(&prepared, "surname", 0), "García López");
        assert_eq!(prepared.attributes.len(), 3);
        assert!(prepared.attributes.columns.iter().all(|attribute| attribute.column.len() == 3));
        assert!(prepared.golden.iter().all(|field| field.values.len() == 3));
    }

    #[test]
    fn two_surnames_are_one_piece_of_evidence_and_two_fields() {
        let fields = [("a1", "surname"), ("a2", "second_surname")];
        let (prepared, _) =
            prepared(&[("s", &fields, &[&["García", "López"], &["Ruiz", ""], &["", "Vila"]])]);
        for (record, expected) in ["garcia lopez", "ruiz", "vila"].into_iter().enumerate() {
            assert_eq!(evidence(&prepared, "surname", record), expected);
        }
        assert_eq!(shown(&prepared, "surname", 0), "García");
        assert_eq!(shown(&prepared, "second_surname", 0), "López");
    }

    #[test]
    fn a_birth_date_in_three_columns() {
        let fields = [("y", "birth_year"), ("m", "birth_month"), ("d", "birth_day")];
        let rows: [&[&str]; 9] = [
            &["1985", "3", "1"],
            &["1985", "marzo", ""],
            &["1985.0", "", ""],
            &["", "12", "24"],
            &["85.0", "", ""],
            &["1985", "13", "45"],
            &["0", "0", "0"],
            &["", "7", ""],
            &["", "", "5"],
        ];
        let (prepared, _) = prepared(&[("s", &fields, &rows)]);
        let expected = [
            "19850301", "198503--", "1985----", "----1224", "1985----", "19851345", "", "----07--",
            "------05",
        ];
        let dates = ["1985-03-01", "1985-03", "1985", "--12-24", "1985", "1985", "", "--07", "---05"];
        for record in 0..rows.len() {
            assert_eq!(evidence(&prepared, "birth_date", record), expected[record]);
            assert_eq!(shown(&prepared, "birth_date", record), dates[record]);
        }
        assert!(prepared.golden.iter().all(|field| field.name == "birth_date"));
    }

    #[test]
    fn a_record_of_very_many_addresses_is_compared_by_some() {
        let cell = (0..MAX_VALUES + 6).map(|at| format!("a{at}@b.es")).collect::<Vec<_>>().join(";");
        let (prepared, issues) = prepared(&[("s", &[("mail", "email")], &[&[&cell], &["a0@b.es;a1@b.es"]])]);
        assert_eq!(evidence(&prepared, "email", 0).split('|').count(), MAX_VALUES);
        assert_eq!(evidence(&prepared, "email", 1), "a0@b.es|a1@b.es");
        assert_eq!(shown(&prepared, "email", 0).split('|').count(), MAX_VALUES + 6, "all are shown");
        assert_eq!(issues.count("many_values"), 1);
    }

    #[test]
    fn fillers_are_missing_and_counted() {
        let fields = [("mail", "email"), ("tel", "phone")];
        let rows: [&[&str]; 3] = [&["n/a", "000000000"], &["ana@correo.es", "600 112 233"], &["", ""]];
        let (prepared, issues) = prepared(&[("s", &fields, &rows)]);
        assert_eq!(
            (evidence(&prepared, "email", 0), evidence(&prepared, "phone", 0)),
            (String::new(), String::new())
        );
        assert_eq!(shown(&prepared, "phone", 1), "+34600112233");
        let counts: Vec<(&str, u64)> =
            issues.iter().map(|issue| (issue.field.as_str(), issue.count)).collect();
        assert_eq!(counts, [("mail", 1), ("tel", 1)]);
    }

    #[test]
    fn a_second_address_is_a_second_group() {
        let fields = [("street", "street"), ("other", "street:2"), ("city", "city:2")];
        let (prepared, _) = prepared(&[("s", &fields, &[&["Calle Mayor 3", "Plaza Sol 4", "Lugo"]])]);
        let group =
            |name: &str| prepared.golden.iter().find(|f| f.name == name).and_then(|f| f.group.as_deref());
        assert_eq!(group("street"), Some("address"));
        assert_eq!(group("street:2"), Some("address_2"));
        assert_eq!(group("city:2"), Some("address_2"));
        assert_eq!(evidence(&prepared, "street", 0).split('|').count(), 2, "both are evidence");
    }

    #[test]
    fn carried_columns_are_shown_and_never_compared() {
        let crm = [
            ("id", "record_id"),
            ("note", "carry"),
            ("email", "carry"),
            ("secret", "skip"),
            ("tier", "category"),
        ];
        let shop = [
            ("id", "record_id"),
            ("note", "carry"),
            ("email", "email"),
            ("mail2", "skip"),
            ("tier", "category"),
        ];
        let (prepared, _) = prepared(&[
            ("crm", &crm, &[&["1", "VIP", "see notes", "hunter2", "gold"]]),
            ("shop", &shop, &[&["2", "new", "ana@correo.es", "x", "silver"]]),
        ]);
        let names: Vec<&str> = prepared.golden.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["email", "email (carried)", "note", "tier"]);
        assert_eq!((shown(&prepared, "note", 0), shown(&prepared, "note", 1)), ("VIP".into(), "new".into()));
        assert_eq!(
            (shown(&prepared, "email (carried)", 0), shown(&prepared, "email", 0)),
            ("see notes".into(), "".into())
        );
        let compared: Vec<&str> = prepared.attributes.columns.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(compared, ["email", "tier"]);
    }

    #[test]
    fn no_two_golden_columns_have_one_name() {
        let fields = [
            ("mail", "email"),
            ("email", "carry"),
            ("email (carried)", "carry"),
            ("other_emails", "carry"),
            ("quality", "carry"),
            ("note", "carry"),
            ("note", "carry"),
        ];
        let rows: [&[&str]; 1] = [&["ana@correo.es", "b", "c", "d", "e", "f", "g"]];
        let (prepared, _) = prepared(&[("s", &fields, &rows)]);
        let shown: Vec<(&str, &str)> =
            prepared.golden.iter().map(|field| (field.name.as_str(), field.values.get(0).unwrap())).collect();
        let expected = [
            ("email", "ana@correo.es"),
            ("email (carried)", "b"),
            ("email (carried) (carried)", "c"),
            ("note", "f"),
            ("note (carried)", "g"),
            ("other_emails (carried)", "d"),
            ("quality (carried)", "e"),
        ];
        assert_eq!(shown, expected, "and no value is lost");
    }

    #[test]
    fn the_day_of_the_last_change() {
        let fields = [("id", "record_id"), ("created", "created_at"), ("updated", "updated_at")];
        let rows: [&[&str]; 4] = [
            &["1", "2020-01-01", "2021-01-01T00:00:10Z"],
            &["2", "2020-01-01", ""],
            &["3", "", ""],
            &["4", "02/01/1970", "soon"],
        ];
        let (prepared, _) = prepared(&[("s", &fields, &rows)]);
        assert_eq!(prepared.updated_at, [1_609_459_210, 1_577_836_800, UNKNOWN_TIME, 86_400]);
    }

    #[test]
    fn merges_that_a_source_has_made() {
        let fields = [("id", "record_id"), ("master", "merged_into")];
        let rows: [&[&str]; 6] =
            [&["1", "3"], &["2", ""], &["3", "3"], &["4", "nobody"], &["5", " 2 "], &["6", "'1"]];
        let (prepared, issues) = prepared(&[("s", &fields, &rows)]);
        assert_eq!(prepared.must_link, [(0, 2), (1, 4), (0, 5)], "an id is cleaned wherever it stands");
        assert_eq!(issues.count("unknown_master"), 1);
    }

    #[test]
    fn no_columns_and_no_records() {
        let (prepared, issues) = prepared(&[("s", &[], &[])]);
        assert!(prepared.golden.is_empty() && prepared.attributes.is_empty() && issues.is_empty());
        let (prepared, _) = super::tests::prepared(&[("s", &[("email", "email")], &[&[""], &[""]])]);
        assert!(prepared.golden.is_empty() && prepared.attributes.columns.is_empty());
    }
}
