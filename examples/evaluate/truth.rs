//! The truth: which records are known to be one customer, whole entities or pair by pair.

use std::path::Path;

use quilate::io::csv::{ReadOptions, read_path};
use quilate::pipeline::Records;
use quilate::table::{Column, NULL};
use quilate::{Error, ErrorKind, RecordId, Result, Source};

/// What is known.
pub enum Known {
    /// The entity of each record, in the order of the records.
    Entities(Vec<Option<u32>>),
    /// Pairs of records, and whether each is one customer.
    Pairs(Vec<(u32, u32, bool)>),
}

/// What is known, and how much of it is about other records.
pub struct Truth {
    pub known: Known,
    /// Rows that name a record which is in no file.
    pub unknown_records: u64,
}

/// Columns of labelled pairs: Splink's, and those of a file of judgements.
const PAIR_COLUMNS: [[&str; 5]; 2] =
    [["source_l", "id_l", "source_r", "id_r", "label"], ["source_a", "id_a", "source_b", "id_b", "verdict"]];

impl Truth {
    /// Reads a CSV with the columns source, id and entity, or one of labelled pairs.
    ///
    /// # Errors
    /// When it cannot be read, lacks a column, lists a record twice, or names none of the records.
    pub fn read(path: &Path, records: &Records) -> Result<Self> {
        let place = path.display().to_string();
        let rows = read_path(path, &ReadOptions::new())?.source;
        let pairs = PAIR_COLUMNS.iter().find(|columns| rows.column(columns[4]).is_some());
        let truth = match pairs {
            Some(columns) => Self::pairs(&rows, columns, records, &place)?,
            None => Self::entities(&rows, records, &place)?,
        };
        let nothing = match &truth.known {
            Known::Entities(entities) => entities.iter().all(Option::is_none),
            Known::Pairs(pairs) => pairs.is_empty(),
        };
        if nothing {
            let sources = records.source_names.join(", ");
            return Err(Error::new(ErrorKind::Format, "none of the records is in the files")
                .at(place)
                .cure(format!("the sources are {sources}; name the column of the ids with --id")));
        }
        Ok(truth)
    }

    fn entities(rows: &Source, records: &Records, place: &str) -> Result<Self> {
        let [source, id, entity] = ["source", "id", "entity"].map(|name| column(rows, name, place));
        let (source, id, entity) = (source?, id?, entity?);
        let (mut entities, mut unknown_records) = (vec![None; records.len()], 0);
        for row in 0..rows.len() {
            let code = entity.first_code(row);
            if code == NULL {
                continue;
            }
            let Some(record) = find(records, source.get(row), id.get(row)) else {
                unknown_records += 1;
                continue;
            };
            if entities[record.index()].replace(code).is_some() {
                return Err(Error::new(ErrorKind::Format, "the record is listed before")
                    .at(place)
                    .line(rows.line(row)));
            }
        }
        Ok(Self { known: Known::Entities(entities), unknown_records })
    }

    fn pairs(rows: &Source, columns: &[&str; 5], records: &Records, place: &str) -> Result<Self> {
        let [source_l, id_l, source_r, id_r, label] = columns.map(|name| column(rows, name, place));
        let (source_l, id_l, source_r, id_r, label) = (source_l?, id_l?, source_r?, id_r?, label?);
        let (mut pairs, mut unknown_records) = (Vec::new(), 0);
        for row in 0..rows.len() {
            let matched = match label.get(row).map(|text| text.trim().to_lowercase()).as_deref() {
                Some("1" | "true" | "yes" | "match" | "link") => true,
                Some("0" | "false" | "no" | "no_match" | "cannot_link") => false,
                // Nobody could tell, or it is not about a pair.
                None | Some("" | "unsure" | "pin") => continue,
                Some(_) => {
                    return Err(Error::new(ErrorKind::Format, "is no label")
                        .at(place)
                        .line(rows.line(row))
                        .field(columns[4])
                        .cure("write 1 for one customer and 0 for two"));
                }
            };
            let left = find(records, source_l.get(row), id_l.get(row));
            let right = find(records, source_r.get(row), id_r.get(row));
            match (left, right) {
                (Some(a), Some(b)) if a != b => pairs.push((a.0.min(b.0), a.0.max(b.0), matched)),
                _ => unknown_records += 1,
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        Ok(Self { known: Known::Pairs(pairs), unknown_records })
    }
}

/// A record by what a row says. Spreadsheets protect long numbers with an apostrophe, here as in the touchpoint's own export.
fn find(records: &Records, source: Option<&str>, id: Option<&str>) -> Option<RecordId> {
    let id = id?.trim();
    records.find(source?.trim(), id.strip_prefix('\'').unwrap_or(id))
}

fn column<'a>(rows: &'a Source, name: &str, place: &str) -> Result<&'a Column> {
    rows.column(name).ok_or_else(|| {
        Error::new(ErrorKind::UnknownField, "the truth has no such column")
            .at(place)
            .field(name)
            .cure("it needs source, id and entity; or source_l, id_l, source_r, id_r and label")
    })
}
