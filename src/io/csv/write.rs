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
    inner: ::csv::Writer<W>,
}

impl Writer<AtomicFile> {
    /// Writes a file that appears under its name at [`commit`](Self::commit); see [`AtomicFile`].
    ///
    /// # Errors
    /// As [`AtomicFile::create`].
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Ok(Self {
            place: path.display().to_string(),
            inner: ::csv::Writer::from_writer(AtomicFile::create(path)?),
        })
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
        Self { place: "output".to_owned(), inner: ::csv::Writer::from_writer(writer) }
    }

    /// Writes one record; all must have the same number of cells.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when writing fails, [`ErrorKind::Format`] when the record's length differs from the first's.
    pub fn write_record<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) -> Result<()> {
        let outcome = cells.into_iter().try_for_each(|cell| self.inner.write_field(cell.as_ref()));
        let outcome = outcome.and_then(|()| self.inner.write_record(None::<&[u8]>));
        outcome.map_err(|error| match error.kind() {
            ::csv::ErrorKind::UnequalLengths { expected_len, len, .. } => Error::new(
                ErrorKind::Format,
                format!("record of {len} cells where the first has {expected_len}"),
            )
            .at(&self.place),
            _ => Error::new(ErrorKind::Io, "cannot be written").at(&self.place),
        })
    }

    /// The underlying writer, with everything written to it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when writing fails.
    pub fn into_inner(self) -> Result<W> {
        let place = self.place;
        self.inner.into_inner().map_err(|error| {
            Error::new(ErrorKind::Io, format!("cannot be written ({})", error.error().kind())).at(place)
        })
    }
}
