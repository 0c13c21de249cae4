//! RFC 4180 out.

use std::io::Write;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::io::AtomicFile;

/// Writes records as RFC 4180 text: UTF-8 without a mark, comma, `\n`, quotes only where a cell needs them.
/// [`read_path`](super::read_path) gives back what was written, except that blank cells are null there.
///
/// Text that a spreadsheet program would run as a formula (`=`, `+`, `-`, `@` in front) is written as it is: `+34 600
/// 112 233` is a phone number, and a file that changes its values is no longer a copy. Whoever opens the file in such
/// a program should import the columns as text.
///
/// # Example
/// ```
/// let mut writer = quilate::io::csv::Writer::new(Vec::new());
/// writer.write_record(["name", "note"])?;
/// writer.write_record(["Ana", "said \"hi\", left"])?;
/// assert_eq!(writer.into_inner()?, b"name,note\nAna,\"said \"\"hi\"\", left\"\n");
/// # Ok::<(), quilate::Error>(())
/// ```
#[derive(Debug)]
pub struct Writer<W: Write> {
    /// Where the text goes, for messages.
    place: String,
    inner: W,
    /// Records not yet handed on.
    rows: Rows,
}

/// Text that is gathered before it is handed on.
const BUFFER: usize = 1 << 16;

impl Writer<AtomicFile> {
    /// Writes a file that appears under its name at [`commit`](Self::commit); see [`AtomicFile`].
    ///
    /// # Errors
    /// As [`AtomicFile::create`].
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let inner = AtomicFile::create(path)?;
        Ok(Self { place: path.display().to_string(), inner, rows: Rows::default() })
    }

    /// Moves the complete file to its name.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when writing or moving fails; the target is then as before.
    pub fn commit(self) -> Result<()> {
        self.into_inner()?.commit()
    }
}

impl<W: Write> Writer<W> {
    /// Writes to anything.
    pub fn new(writer: W) -> Self {
        Self { place: "output".to_owned(), inner: writer, rows: Rows::default() }
    }

    /// Writes one record; all must have the same number of cells.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when writing fails, [`ErrorKind::Format`] when the record's length differs from the first's.
    pub fn write_record<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) -> Result<()> {
        cells.into_iter().for_each(|cell| self.rows.cell(cell.as_ref()));
        self.rows.end();
        self.check()?;
        if self.rows.text.len() >= BUFFER { self.hand_on() } else { Ok(()) }
    }

    /// Room for further records of this file, which another thread may fill.
    pub(crate) fn rows(&self) -> Rows {
        Rows { width: self.rows.width, ..Rows::default() }
    }

    /// Writes records that were put into [`Self::rows`].
    pub(crate) fn append(&mut self, rows: &Rows) -> Result<()> {
        self.rows.odd = self.rows.odd.or(rows.odd);
        self.check()?;
        self.hand_on()?;
        self.inner.write_all(&rows.text).map_err(|error| self.fail(&error))
    }

    /// The underlying writer, with everything written to it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when writing fails.
    pub fn into_inner(mut self) -> Result<W> {
        self.hand_on()?;
        match self.inner.flush() {
            Ok(()) => Ok(self.inner),
            Err(error) => Err(self.fail(&error)),
        }
    }

    fn hand_on(&mut self) -> Result<()> {
        let outcome = self.inner.write_all(&self.rows.text);
        self.rows.text.clear();
        outcome.map_err(|error| self.fail(&error))
    }

    fn check(&self) -> Result<()> {
        match (self.rows.odd, self.rows.width) {
            (Some(cells), Some(width)) => {
                let message = format!("record of {cells} cells where the first has {width}");
                Err(Error::new(ErrorKind::Format, message).at(&self.place))
            }
            _ => Ok(()),
        }
    }

    fn fail(&self, error: &std::io::Error) -> Error {
        Error::new(ErrorKind::Io, format!("cannot be written ({})", error.kind())).at(&self.place)
    }
}

/// Records as text, cell by cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    text: Vec<u8>,
    /// Cells of the record that is being written.
    cells: usize,
    /// Where it starts.
    start: usize,
    /// Cells of the first record.
    width: Option<usize>,
    /// The number of cells of a record that has another one.
    odd: Option<usize>,
}

impl Rows {
    /// Adds a cell to the record.
    pub(crate) fn cell(&mut self, cell: &str) {
        self.cell_of([cell]);
    }

    /// Adds a cell that is put together from parts.
    pub(crate) fn cell_of<'t>(&mut self, parts: impl IntoIterator<Item = &'t str>) {
        if self.cells > 0 {
            self.text.push(b',');
        }
        self.cells += 1;
        let start = self.text.len();
        parts.into_iter().for_each(|part| self.text.extend_from_slice(part.as_bytes()));
        if self.text[start..].iter().any(|byte| matches!(byte, b'"' | b',' | b'\n' | b'\r')) {
            self.quote(start);
        }
    }

    /// Puts the cell that starts at `start` into quotes.
    #[cold]
    fn quote(&mut self, start: usize) {
        let cell = self.text.split_off(start);
        self.text.push(b'"');
        for byte in cell {
            if byte == b'"' {
                self.text.push(b'"');
            }
            self.text.push(byte);
        }
        self.text.push(b'"');
    }

    /// Ends the record.
    pub(crate) fn end(&mut self) {
        // An empty line would not be a record.
        if self.text.len() == self.start {
            self.text.extend_from_slice(b"\"\"");
        }
        self.text.push(b'\n');
        if *self.width.get_or_insert(self.cells) != self.cells {
            self.odd = self.odd.or(Some(self.cells));
        }
        self.cells = 0;
        self.start = self.text.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The same bytes as the `csv` crate writes, in one go and in parts.
        #[test]
        fn as_the_oracle_writes(
            rows in prop::collection::vec(prop::collection::vec("[a,\"\r\n é=#]{0,5}", 3), 0..6),
            single in prop::collection::vec("[a,\"]{0,1}", 0..4),
        ) {
            let singles: Vec<Vec<String>> = single.into_iter().map(|cell| vec![cell]).collect();
            for rows in [rows, singles] {
                let mut oracle = ::csv::Writer::from_writer(Vec::new());
                rows.iter().for_each(|row| oracle.write_record(row).unwrap());
                let expected = oracle.into_inner().unwrap();
                let mut writer = Writer::new(Vec::new());
                rows.iter().for_each(|row| writer.write_record(row).unwrap());
                prop_assert_eq!(&writer.into_inner().unwrap(), &expected);
                let mut writer = Writer::new(Vec::new());
                for part in rows.chunks(2) {
                    let mut text = writer.rows();
                    for row in part {
                        row.iter().for_each(|cell| text.cell_of(cell.split_inclusive('a')));
                        text.end();
                    }
                    writer.append(&text).unwrap();
                }
                prop_assert_eq!(&writer.into_inner().unwrap(), &expected);
            }
        }
    }

    #[test]
    fn a_record_of_another_length_is_misuse() {
        let mut writer = Writer::new(Vec::new());
        writer.write_record(["a", "b"]).unwrap();
        let error = writer.write_record(["a"]).unwrap_err();
        assert!(error.to_string().contains("record of 1 cells where the first has 2"), "{error}");
        let mut writer = Writer::new(Vec::new());
        writer.write_record(["a", "b"]).unwrap();
        let mut rows = writer.rows();
        rows.cell("x");
        rows.end();
        assert!(writer.append(&rows).is_err());
    }
}
