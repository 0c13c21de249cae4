//! Sources and the table of them.

use serde::Serialize;
use serde_json::Value;

use super::{Column, ColumnBuilder};
use crate::error::{Error, ErrorKind, Result};

/// The records of one touchpoint as they came.
///
/// # Shape
/// `fields().len()` columns of `len()` records each; `line(record)` is where a record starts in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    name: String,
    fields: Vec<String>,
    columns: Vec<Column>,
    /// Physical line of each record; empty: record number + 1.
    lines: Vec<u64>,
    len: usize,
}

impl Source {
    /// From finished columns.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when names, columns or lines do not have the same lengths;
    /// [`ErrorKind::Limit`] above 2^32 - 2 records.
    pub fn new(name: &str, fields: Vec<String>, columns: Vec<Column>, lines: Vec<u64>) -> Result<Self> {
        let len = columns.first().map_or(lines.len(), Column::len);
        if fields.len() != columns.len() || columns.iter().any(|column| column.len() != len) {
            return Err(Error::new(ErrorKind::Format, "columns of different lengths").at(name));
        }
        if !lines.is_empty() && lines.len() != len {
            return Err(Error::new(ErrorKind::Format, "line numbers do not fit the records").at(name));
        }
        if len as u64 >= u64::from(u32::MAX) {
            return Err(Error::new(ErrorKind::Limit, "more than 4,294,967,294 records").at(name));
        }
        Ok(Self { name: name.to_owned(), fields, columns, lines, len })
    }

    /// Name of the touchpoint.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same records under another name.
    pub fn renamed(mut self, name: &str) -> Self {
        self.name = name.to_owned();
        self
    }

    /// How many records.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Column names, unique, in file order.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// All columns, in file order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Puts other values in the place of a column; they are of the same records.
    pub(crate) fn replace_column(&mut self, at: usize, values: Column) {
        debug_assert_eq!(values.len(), self.len, "a column of other records");
        self.columns[at] = values;
    }

    /// Forgets the texts of a column, as [`Column::forget_texts`].
    pub(crate) fn forget_texts(&mut self, at: usize) {
        self.columns[at].forget_texts();
    }

    /// Where a column is, by exact name, else by name without regard to case.
    pub fn field_index(&self, name: &str) -> Option<usize> {
        let exact = self.fields.iter().position(|field| field == name);
        exact.or_else(|| self.fields.iter().position(|field| field.to_lowercase() == name.to_lowercase()))
    }

    /// A column by name, as [`Self::field_index`] finds it.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.field_index(name).map(|index| &self.columns[index])
    }

    /// Physical line at which a record starts, from 1.
    pub fn line(&self, record: usize) -> u64 {
        self.lines.get(record).copied().unwrap_or(record as u64 + 1)
    }

    /// The same source with only the records of `rows`, in that order.
    pub fn gather(&self, rows: &[u32]) -> Self {
        Self {
            name: self.name.clone(),
            fields: self.fields.clone(),
            columns: crate::par::map(&self.columns, |column| column.gather(rows)),
            lines: rows.iter().map(|&row| self.line(row as usize)).collect(),
            len: rows.len(),
        }
    }

    /// From Rust structs: each serializes to a map; its keys become columns in the order of their names, nested maps
    /// join their keys with `.`, lists become several values, `None` and `null` are null.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] with the record's number when a record does not serialize to a map.
    ///
    /// # Example
    /// ```
    /// #[derive(serde::Serialize)]
    /// struct Customer { name: &'static str, email: Option<&'static str> }
    /// let source = quilate::Source::from_records(
    ///     "app", [Customer { name: "Ana Ruiz", email: None }, Customer { name: "Pau Vila", email: Some("pau@vila.cat") }])?;
    /// assert_eq!(source.fields(), ["email", "name"]);
    /// assert_eq!(source.column("email").unwrap().get(1), Some("pau@vila.cat"));
    /// # Ok::<(), quilate::Error>(())
    /// ```
    pub fn from_records<T: Serialize>(name: &str, records: impl IntoIterator<Item = T>) -> Result<Self> {
        let mut builder = SourceBuilder::new(name);
        for (number, record) in records.into_iter().enumerate() {
            let fail =
                |message: String| Error::new(ErrorKind::Format, message).at(name).line(number as u64 + 1);
            let value = serde_json::to_value(record).map_err(|error| fail(error.to_string()))?;
            let Value::Object(map) = value else {
                return Err(fail("a record must serialize to a struct or map".to_owned()));
            };
            let mut cells = Vec::new();
            for (key, value) in &map {
                flatten(key, value, &mut cells);
            }
            builder.push(cells.iter().map(|(key, values)| (key.as_str(), values.as_slice())));
        }
        builder.finish()
    }
}

/// Leaves of a JSON value as (path, texts).
fn flatten(path: &str, value: &Value, cells: &mut Vec<(String, Vec<String>)>) {
    match value {
        Value::Null => cells.push((path.to_owned(), Vec::new())),
        Value::Bool(_) | Value::Number(_) => cells.push((path.to_owned(), vec![value.to_string()])),
        Value::String(text) => cells.push((path.to_owned(), vec![text.clone()])),
        Value::Array(items) => {
            let texts = items.iter().filter(|item| !item.is_null());
            let texts = texts.map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned));
            cells.push((path.to_owned(), texts.collect()));
        }
        Value::Object(map) => {
            for (key, value) in map {
                flatten(&format!("{path}.{key}"), value, cells);
            }
        }
    }
}

/// Builds a [`Source`] from records that need not all have the same fields.
#[derive(Clone, Debug)]
pub struct SourceBuilder {
    name: String,
    fields: Vec<String>,
    columns: Vec<ColumnBuilder>,
    len: usize,
    /// The column that had no room for more values.
    full: Option<usize>,
}

impl SourceBuilder {
    /// Most values of a column: its codes and offsets are 32 bits, the largest is null.
    const MAX_VALUES: u64 = u32::MAX as u64 - 1;

    /// A source without records and fields.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), fields: Vec::new(), columns: Vec::new(), len: 0, full: None }
    }

    /// Adds a record. A field that was not seen before becomes a column that is null in the records before. A column that
    /// is full takes no more values, which [`Self::finish`] tells.
    pub fn push<'a, V: AsRef<str> + 'a>(&mut self, cells: impl IntoIterator<Item = (&'a str, &'a [V])>) {
        for (field, values) in cells {
            let at = self.fields.iter().position(|known| known == field).unwrap_or_else(|| {
                self.fields.push(field.to_owned());
                self.columns.push(ColumnBuilder::new());
                self.fields.len() - 1
            });
            let column = &mut self.columns[at];
            if (column.values() + values.len()) as u64 > Self::MAX_VALUES {
                self.full.get_or_insert(at);
                continue;
            }
            while column.len() < self.len {
                column.push(None);
            }
            if column.len() == self.len {
                column.push_list(values.iter().map(AsRef::as_ref));
            }
        }
        self.len += 1;
    }

    /// The finished source.
    ///
    /// # Errors
    /// As [`Source::new`], and [`ErrorKind::Limit`] above 2^32 - 2 values in a column.
    pub fn finish(mut self) -> Result<Source> {
        if let Some(at) = self.full {
            let error = Error::new(ErrorKind::Limit, "more than 4,294,967,294 values in a column");
            return Err(error.at(&self.name).field(&self.fields[at]));
        }
        for column in &mut self.columns {
            while column.len() < self.len {
                column.push(None);
            }
        }
        let lines = if self.columns.is_empty() { (1..=self.len as u64).collect() } else { Vec::new() };
        Source::new(
            &self.name,
            self.fields,
            self.columns.into_iter().map(ColumnBuilder::finish).collect(),
            lines,
        )
    }
}

/// All sources of a run, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    sources: Vec<Source>,
}

impl Table {
    /// From sources with different names.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when two sources have one name, [`ErrorKind::Limit`] above 65,535 sources or 2^32 - 2
    /// records in all.
    pub fn new(mut sources: Vec<Source>) -> Result<Self> {
        sources.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(pair) = sources.windows(2).find(|pair| pair[0].name == pair[1].name) {
            return Err(Error::new(ErrorKind::Config, "two sources have this name")
                .at(&pair[0].name)
                .cure("rename one of the files"));
        }
        if sources.len() > usize::from(u16::MAX) {
            return Err(Error::new(ErrorKind::Limit, "more than 65,535 sources"));
        }
        let records: u64 = sources.iter().map(|source| source.len() as u64).sum();
        if records >= u64::from(u32::MAX) {
            return Err(Error::new(ErrorKind::Limit, "more than 4,294,967,294 records"));
        }
        Ok(Self { sources })
    }

    /// One source of Rust structs; see [`Source::from_records`].
    ///
    /// # Errors
    /// As [`Source::from_records`].
    pub fn from_records<T: Serialize>(name: &str, records: impl IntoIterator<Item = T>) -> Result<Self> {
        Self::new(vec![Source::from_records(name, records)?])
    }

    /// The sources in the order of their names.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Records of all sources together.
    pub fn len(&self) -> usize {
        self.sources.iter().map(Source::len).sum()
    }

    /// Whether there is no record at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
