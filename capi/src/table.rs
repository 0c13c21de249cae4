//! The records of a run, one source after the other.

use std::ffi::c_char;
use std::path::Path;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use quilate::detect::is_secret_header;
use quilate::io::{arrow, csv};
use quilate::{Error, ErrorKind, Issues, Source, Table};

use crate::boundary::{borrow, borrow_mut};
use crate::error::Failure;
use crate::run::on_threads;
use crate::{stream, text};

/// Sources with their names, as they were added.
pub struct ql_table {
    sources: Vec<Source>,
    issues: Issues,
}

impl ql_table {
    /// The records, for a run that takes them.
    pub(crate) fn take(&mut self) -> Result<(Table, Issues), Failure> {
        Ok((Table::new(std::mem::take(&mut self.sources))?, std::mem::take(&mut self.issues)))
    }

    /// A copy of the records.
    pub(crate) fn copy(&self) -> Result<Table, Failure> {
        Ok(Table::new(self.sources.clone())?)
    }

    fn add(&mut self, source: Source) -> Result<(), Failure> {
        if self.sources.iter().any(|known| known.name() == source.name()) {
            return Err(Error::new(ErrorKind::Config, "two sources have this name")
                .at(source.name())
                .cure("give each a name of its own")
                .into());
        }
        self.sources.push(source);
        Ok(())
    }
}

infallible! {
    /// A table without sources; NULL only after a panic.
    fn ql_table_new() -> *mut ql_table = std::ptr::null_mut();
    { Box::into_raw(Box::new(ql_table { sources: Vec::new(), issues: Issues::new() })) }
}

frees! {
    /// Frees a table, also one whose records a run has taken.
    fn ql_table_free(ql_table)
}

infallible! {
    /// How many records the table holds.
    fn ql_table_len(table: *const ql_table) -> u64 = 0;
    // SAFETY: by the contract null or valid.
    { unsafe { table.as_ref() }.map_or(0, |table| table.sources.iter().map(|source| source.len() as u64).sum()) }
}

fallible! {
    /// Reads all batches of an Arrow stream as the records of a source, and takes the stream. Columns may be text (also large,
    /// views, dictionaries), numbers, dates, times, and lists of these. Columns whose name says password, token or card are
    /// left out.
    fn ql_table_add_stream(
        table: *mut ql_table,
        name: *const c_char,
        name_len: usize,
        stream: *mut FFI_ArrowArrayStream,
    ) {
        // First the stream: it is taken whatever else is wrong.
        let stream = stream::take(stream, "stream");
        let table = borrow_mut(table, "table")?;
        let name = text::borrow(name, name_len, "name")?;
        let stream = stream?;
        let read = on_threads(0, move || arrow::read(name, stream, &is_secret_header))??;
        table.add(read.source)?;
    }

    /// Reads a file of delimited text, whatever its delimiter and encoding. Without a name the source is called as the file is,
    /// less its ending.
    fn ql_table_add_csv(
        table: *mut ql_table,
        name: *const c_char,
        name_len: usize,
        path: *const c_char,
        path_len: usize,
    ) {
        let table = borrow_mut(table, "table")?;
        let name = text::borrow(name, name_len, "name")?;
        let path = text::borrow(path, path_len, "path")?;
        let read = on_threads(0, || {
            let options = csv::ReadOptions::new().skip_field(&is_secret_header);
            csv::read_path(Path::new(path), &options)
        })??;
        table.add(if name.is_empty() { read.source } else { read.source.renamed(name) })?;
        table.issues.merge(read.issues);
    }
}

/// What the table holds, borrowed.
pub(crate) fn records<'a>(table: *const ql_table) -> Result<&'a ql_table, Failure> {
    borrow(table, "table")
}
