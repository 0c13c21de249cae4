//! Canonical order: records sorted by (source name, source id), whatever the order of files and rows. Everything
//! behind this point is independent of the order of the input because of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::detect::Mapping;
use crate::error::{Error, ErrorKind, Issues, Result};
use crate::ids::{RecordId, SourceId};
use crate::par;
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
fn clean_id(raw: &str) -> &str {
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
