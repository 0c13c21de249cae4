//! Canonical order: records sorted by (source name, source id), whatever the order of files and rows. Everything
//! behind this point is independent of the order of the input because of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::detect::Mapping;
use crate::error::{Error, ErrorKind, Issues, Result};
use crate::ids::{RecordId, SourceId};
use crate::par;
use crate::registry::RunRecords;
use crate::table::{Dictionary, Role, Source, Table};

/// Identity of all records, in canonical order.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// Names of the sources, ascending.
    pub source_names: Vec<String>,
    /// The source of each record.
    pub source: Vec<SourceId>,
    /// The id of each record in its source; unique within the source.
    ids: Dictionary,
}

impl Records {
    /// How many records.
    pub fn len(&self) -> usize {
        self.source.len()
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// Bytes held.
    pub(super) fn heap_bytes(&self) -> u64 {
        (self.ids.heap_bytes() + 2 * self.source.capacity()) as u64
    }

    /// The id of a record in its source.
    ///
    /// # Panics
    /// When the record does not exist.
    pub fn id(&self, record: RecordId) -> &str {
        self.ids.text(record.0)
    }

    /// The name of a record's source.
    ///
    /// # Panics
    /// When the record does not exist.
    pub fn source_name(&self, record: RecordId) -> &str {
        &self.source_names[self.source[record.index()].index()]
    }

    /// All keys, as the registry takes them.
    pub fn keys(&self) -> RunRecords<'_> {
        RunRecords { source_names: &self.source_names, source: &self.source, ids: &self.ids }
    }

    /// Records that have no ids of their own are called by their number.
    pub(super) fn number_ids(&mut self) {
        let mut ids = Dictionary::default();
        (0..self.source.len()).for_each(|record| {
            ids.push(&record.to_string());
        });
        self.ids = ids;
    }

    /// The record with an id.
    pub fn find(&self, source: &str, id: &str) -> Option<RecordId> {
        let source = self.source_names.iter().position(|name| name == source)?;
        let source = SourceId::from_index(source);
        let start = self.source.partition_point(|&s| s < source);
        let end = self.source.partition_point(|&s| s <= source);
        let (mut low, mut high) = (start, end);
        while low < high {
            let middle = (low + high) / 2;
            if self.ids.text(middle as u32) < id { low = middle + 1 } else { high = middle }
        }
        (low < end && self.ids.text(low as u32) == id).then(|| RecordId::from_index(low))
    }
}

/// The table in canonical order: `files[f]` holds its records in canonical order among themselves, and `place[f]`
/// says where each of them stands among all.
pub(super) struct Ordered {
    pub(super) records: Records,
    pub(super) files: Vec<Source>,
    pub(super) place: Vec<Vec<u32>>,
}

/// One record on its way to its place.
struct Key {
    source: u16,
    id: String,
    file: u16,
    row: u32,
}

/// Finds ids and sources of all records and sorts.
///
/// # Errors
/// As [`Table::new`] for too many sources.
pub(super) fn order(table: Table, mappings: &[Mapping], issues: &mut Issues) -> Result<Ordered> {
    let names = source_names(&table, mappings)?;
    let mut keys: Vec<Key> = Vec::with_capacity(table.len());
    for (file, (source, mapping)) in table.sources().iter().zip(mappings).enumerate() {
        keys.extend(file_keys(file, source, mapping, &names, issues));
    }
    let sources = table.sources();
    par::sort_unstable_by(&mut keys, |a, b| {
        (a.source, a.id.as_str())
            .cmp(&(b.source, b.id.as_str()))
            .then_with(|| compare_rows(sources, (a.file, a.row), (b.file, b.row)))
    });
    number_repeats(&mut keys, &names, issues);
    // Numbering may have moved an id past its neighbours (`7#2` sorts before `70`, after `7`).
    par::sort_unstable_by(&mut keys, |a, b| (a.source, a.id.as_str()).cmp(&(b.source, b.id.as_str())));
    let mut records = Records { source_names: names.into_keys().collect(), ..Records::default() };
    let mut rows: Vec<Vec<u32>> = vec![Vec::new(); sources.len()];
    let mut place: Vec<Vec<u32>> = vec![Vec::new(); sources.len()];
    for (at, key) in keys.iter().enumerate() {
        records.source.push(SourceId(key.source));
        records.ids.push(&key.id);
        rows[key.file as usize].push(key.row);
        place[key.file as usize].push(at as u32);
    }
    drop(keys);
    let files = sources.iter().zip(&rows).map(|(source, rows)| source.gather(rows)).collect();
    Ok(Ordered { records, files, place })
}

/// Names of all sources with their numbers: file names, or the values of the column that names them.
fn source_names(table: &Table, mappings: &[Mapping]) -> Result<BTreeMap<String, u16>> {
    let mut names: Vec<String> = Vec::new();
    for (source, mapping) in table.sources().iter().zip(mappings) {
        match mapping.position(Role::SourceName) {
            Some(at) => {
                let column = &source.columns()[at];
                names.extend(column.dictionary().iter().map(|name| name.trim().to_owned()));
                if column.non_null() < source.len() {
                    names.push(source.name().to_owned());
                }
            }
            None => names.push(source.name().to_owned()),
        }
    }
    names.sort_unstable();
    names.dedup();
    let number = |at| {
        u16::try_from(at).map_err(|_| {
            Error::new(ErrorKind::Limit, "more than 65,535 sources").cure("choose another source column")
        })
    };
    names.into_iter().enumerate().map(|(at, name)| Ok((name, number(at)?))).collect()
}

fn file_keys(
    file: usize,
    source: &Source,
    mapping: &Mapping,
    names: &BTreeMap<String, u16>,
    issues: &mut Issues,
) -> Vec<Key> {
    let id_column = mapping.position(Role::RecordId).map(|at| (&source.fields()[at], &source.columns()[at]));
    let source_column = mapping.position(Role::SourceName).map(|at| &source.columns()[at]);
    let mut missing = Issues::new();
    let keys = (0..source.len()).map(|row| {
        let name = source_column.and_then(|column| column.get(row)).map_or(source.name(), str::trim);
        let id = id_column.and_then(|(_, column)| column.get(row)).map(clean_id).filter(|id| !id.is_empty());
        let id = match (id, id_column) {
            (Some(id), _) => id.to_owned(),
            (None, None) => source.line(row).to_string(),
            (None, Some((field, _))) => {
                let message = "records without an id are named by their line";
                missing.add("missing_id", source.name(), field, Some(source.line(row)), message);
                format!("line-{}", source.line(row))
            }
        };
        Key { source: names.get(name).copied().unwrap_or(0), id, file: file as u16, row: row as u32 }
    });
    let keys = keys.collect();
    issues.merge(missing);
    keys
}

/// An id as it is meant: spreadsheets protect long numbers with a leading apostrophe.
pub(super) fn clean_id(raw: &str) -> &str {
    let id = raw.trim();
    id.strip_prefix('\'').unwrap_or(id)
}

/// A total order of rows by their content, for records that have one id.
fn compare_rows(sources: &[Source], a: (u16, u32), b: (u16, u32)) -> Ordering {
    let cells = |(file, row): (u16, u32)| {
        let source = &sources[file as usize];
        source.columns().iter().map(move |column| column.values(row as usize).collect::<Vec<_>>())
    };
    let names = |(file, _): (u16, u32)| sources[file as usize].name();
    names(a).cmp(names(b)).then_with(|| cells(a).cmp(cells(b))).then(a.cmp(&b))
}

/// Makes ids unique: the second record of an id `7` becomes `7#2`. Nothing is lost, and the order of the input has no
/// say in which is the second. An id that looks like a numbered one and was there before is stepped over.
fn number_repeats(keys: &mut [Key], names: &BTreeMap<String, u16>, issues: &mut Issues) {
    let name_of =
        |number: u16| names.iter().find(|(_, n)| **n == number).map_or("", |(name, _)| name.as_str());
    let numbered = keys.iter().filter(|key| key.id.contains('#'));
    let taken: std::collections::HashSet<(u16, String)> =
        numbered.map(|key| (key.source, key.id.clone())).collect();
    let mut repeats: BTreeMap<u16, u64> = BTreeMap::new();
    for run in keys.chunk_by_mut(|a, b| (a.source, &a.id) == (b.source, &b.id)) {
        let mut number = 1;
        for key in run.iter_mut().skip(1) {
            let base = std::mem::take(&mut key.id);
            key.id = loop {
                number += 1;
                let id = format!("{base}#{number}");
                if !taken.contains(&(key.source, id.clone())) {
                    break id;
                }
            };
            *repeats.entry(key.source).or_default() += 1;
        }
    }
    for (source, count) in repeats {
        let message = "ids that occur more than once in a source were numbered: 7, 7#2, 7#3";
        issues.add_many("repeated_id", name_of(source), "", count, None, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::FieldGuess;
    use proptest::prelude::*;

    /// One file whose columns have the roles given.
    fn file(name: &str, fields: &[(&str, Role)], rows: &[&[&str]]) -> (Source, Mapping) {
        let columns = (0..fields.len()).map(|at| rows.iter().map(|row| Some(row[at])).collect()).collect();
        let names = fields.iter().map(|(field, _)| (*field).to_owned()).collect();
        let guess = |(field, role): &(&str, Role)| FieldGuess {
            field: (*field).to_owned(),
            role: *role,
            confidence: 1.0,
            reasons: Vec::new(),
        };
        let fields = fields.iter().map(guess).collect();
        let mapping =
            Mapping { source: name.to_owned(), fields, day_first: None, region: None, locale: None };
        (Source::new(name, names, columns, Vec::new()).unwrap(), mapping)
    }

    fn ordered(files: Vec<(Source, Mapping)>) -> (Ordered, Issues) {
        let mut issues = Issues::new();
        let (mut sources, mut mappings): (Vec<Source>, Vec<Mapping>) = files.into_iter().unzip();
        sources.sort_by(|a, b| a.name().cmp(b.name()));
        mappings.sort_by(|a, b| a.source.cmp(&b.source));
        let table = Table::new(sources).unwrap();
        let ordered = order(table, &mappings, &mut issues).unwrap();
        (ordered, issues)
    }

    const ID: (&str, Role) = ("id", Role::RecordId);
    const NOTE: (&str, Role) = ("note", Role::Carry);

    fn names(records: &Records) -> Vec<String> {
        (0..records.len() as u32)
            .map(|record| {
                format!("{}:{}", records.source_name(RecordId(record)), records.id(RecordId(record)))
            })
            .collect()
    }

    fn ids(rows: &[&[&str]]) -> (Vec<String>, Issues) {
        let (ordered, issues) = ordered(vec![file("s", &[ID, NOTE], rows)]);
        let ids = names(&ordered.records).into_iter().map(|name| name[2..].to_owned());
        (ids.collect(), issues)
    }

    #[test]
    fn repeats_are_numbered_by_their_content() {
        let (found, issues) = ids(&[&["7", "c"], &["70", ""], &["7", "a"], &["7", "b"]]);
        assert_eq!(found, ["7", "7#2", "7#3", "70"]);
        assert_eq!(issues.count("repeated_id"), 2);
        // What was there before is not taken, nor is it thought a repeat.
        let (found, issues) = ids(&[&["7", "a"], &["7", "b"], &["7#2", "c"]]);
        assert_eq!(found, ["7", "7#2", "7#3"]);
        assert_eq!(issues.count("repeated_id"), 1);
        let (found, _) = ids(&[&["7#2", "a"], &["7#2", "b"], &["7", "c"], &["7", "d"]]);
        assert_eq!(found, ["7", "7#2", "7#2#2", "7#3"]);
    }

    #[test]
    fn a_numbered_record_keeps_its_row() {
        let (ordered, _) = ordered(vec![file("s", &[ID, NOTE], &[&["7", "b"], &["7#2", "x"], &["7", "a"]])]);
        let notes: Vec<(&str, &str)> = (0..3)
            .map(|row| {
                let at = ordered.place[0].iter().position(|&place| place == row).unwrap();
                (ordered.records.id(RecordId(row)), ordered.files[0].columns()[1].get(at).unwrap())
            })
            .collect();
        assert_eq!(notes, [("7", "a"), ("7#2", "x"), ("7#3", "b")]);
    }

    #[test]
    fn ids_that_are_missing_are_lines() {
        let (found, issues) = ids(&[&["b", ""], &["", ""], &["  ", ""], &["'a", ""]]);
        assert_eq!(found, ["a", "b", "line-2", "line-3"]);
        let issue = issues.iter().find(|issue| issue.code == "missing_id").unwrap();
        assert_eq!((issue.count, issue.lines.as_slice(), issue.field.as_str()), (2, &[2, 3][..], "id"));
        let (ordered, issues) = ordered(vec![file("s", &[NOTE], &[&["x"], &["y"]])]);
        assert_eq!(names(&ordered.records), ["s:1", "s:2"]);
        assert!(issues.is_empty(), "a file without an id column lacks nothing: {issues:?}");
    }

    #[test]
    fn a_column_names_the_source() {
        const SOURCE: (&str, Role) = ("source", Role::SourceName);
        let rows: [&[&str]; 4] = [&["shop", "1"], &["crm", "1"], &["", "2"], &[" crm ", "0"]];
        let (ordered, issues) =
            ordered(vec![file("all", &[SOURCE, ID], &rows), file("crm", &[ID, NOTE], &[&["5", ""]])]);
        assert_eq!(names(&ordered.records), ["all:2", "crm:0", "crm:1", "crm:5", "shop:1"]);
        assert_eq!(ordered.records.source_names, ["all", "crm", "shop"]);
        assert!(issues.is_empty());
    }

    #[test]
    fn find_is_exact() {
        let rows: [&[&str]; 3] = [&["a", ""], &["A", ""], &["ñ", ""]];
        let (ordered, _) =
            ordered(vec![file("s", &[ID, NOTE], &rows), file("t", &[ID, NOTE], &[&["b", ""]])]);
        let records = &ordered.records;
        for record in (0..4).map(RecordId) {
            assert_eq!(records.find(records.source_name(record), records.id(record)), Some(record));
        }
        for (source, id) in [("s", "b"), ("t", "a"), ("u", "a"), ("s", ""), ("t", "c")] {
            assert_eq!(records.find(source, id), None, "{source}:{id}");
        }
        assert_eq!(Records::default().find("s", "a"), None);
    }

    proptest! {
        /// Every row has one place, places are sorted, ids are unique, and the order of rows has no say.
        #[test]
        fn a_permutation_in_canonical_order(
            rows in prop::collection::vec(("[7a#2 ]{0,4}", "[a-c]{0,1}"), 0..30),
            shift in 0usize..30,
        ) {
            // No id is missing: those are named by their line, which the order of rows decides.
            let mut rows: Vec<[String; 2]> =
                rows.into_iter().map(|(id, note)| [format!("x{}", id.trim()), note]).collect();
            let run = |rows: &[[String; 2]]| {
                let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
                let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
                let (ordered, _) = ordered(vec![file("s", &[ID, NOTE], &rows)]);
                let mut places = ordered.place[0].clone();
                places.sort_unstable();
                assert!(places.into_iter().eq(0..rows.len() as u32));
                let names = names(&ordered.records);
                assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
                let mut notes = vec![String::new(); rows.len()];
                for (row, &place) in ordered.place[0].iter().enumerate() {
                    notes[place as usize] = ordered.files[0].columns()[1].get(row).unwrap_or("").to_owned();
                }
                names.into_iter().zip(notes).collect::<Vec<_>>()
            };
            let before = run(&rows);
            if !rows.is_empty() {
                let shift = shift % rows.len();
                rows.rotate_left(shift);
                rows.reverse();
            }
            prop_assert_eq!(before, run(&rows));
        }
    }
}
