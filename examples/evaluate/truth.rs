//! The truth: which records are known to be one customer.

use std::path::Path;

use quilate::io::csv::{ReadOptions, read_path};
use quilate::pipeline::Records;
use quilate::table::{Column, NULL};
use quilate::{Error, ErrorKind, Result, Source};

/// The known entity of each record, in the order of the records.
pub struct Truth {
    entities: Vec<Option<u32>>,
    unknown_records: u64,
}

impl Truth {
    /// Reads a CSV with the columns source, id and entity.
    ///
    /// # Errors
    /// When it cannot be read, lacks a column, lists a record twice, or names none of the records.
    pub fn read(path: &Path, records: &Records) -> Result<Self> {
        let place = path.display().to_string();
        let rows = read_path(path, &ReadOptions::new())?.source;
        let [source, id, entity] = ["source", "id", "entity"].map(|name| column(&rows, name, &place));
        let (source, id, entity) = (source?, id?, entity?);
        let mut truth = Self { entities: vec![None; records.len()], unknown_records: 0 };
        for row in 0..rows.len() {
            let code = entity.first_code(row);
            if code == NULL {
                continue;
            }
            let (source, id) = (source.get(row).unwrap_or_default(), id.get(row).unwrap_or_default());
            // Spreadsheets protect long numbers with an apostrophe, here as in the touchpoint's own export.
            let id = id.trim();
            let Some(record) = records.find(source.trim(), id.strip_prefix('\'').unwrap_or(id)) else {
                truth.unknown_records += 1;
                continue;
            };
            if truth.entities[record.index()].replace(code).is_some() {
                return Err(Error::new(ErrorKind::Format, "the record is listed before")
                    .at(place)
                    .line(rows.line(row)));
            }
        }
        if truth.entities.iter().all(Option::is_none) {
            let sources = records.source_names.join(", ");
            return Err(Error::new(ErrorKind::Format, "none of the records is in the files")
                .at(place)
                .cure(format!("the sources are {sources}; name the column of the ids with --id")));
        }
        Ok(truth)
    }

    /// The known entity of each record.
    pub fn entities(&self) -> &[Option<u32>] {
        &self.entities
    }

    /// Rows that name a record which is in no file.
    pub fn unknown_records(&self) -> u64 {
        self.unknown_records
    }
}

fn column<'a>(rows: &'a Source, name: &str, place: &str) -> Result<&'a Column> {
    rows.column(name).ok_or_else(|| {
        Error::new(ErrorKind::UnknownField, "the truth has no such column")
            .at(place)
            .field(name)
            .cure("it needs source, id and entity")
    })
}
