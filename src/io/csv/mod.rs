//! Delimited text in, RFC 4180 out: reads what customer systems export, whatever the delimiter, the encoding and the
//! damage, and never loses a record or a value on the way.
//!
//! # What is found by looking
//! Delimiter (`,` `;` TAB `|`, or the one of a `sep=` line), encoding (UTF-8, UTF-16 with or without a mark,
//! Windows-1252, or UTF-8 and Windows-1252 line by line), line ends, report titles above the header, whether there
//! is a header at all. Each can be forced in [`ReadOptions`]; what was found is in [`Format`].
//!
//! # What is repaired, and counted in the issues
//! | code | meaning |
//! |---|---|
//! | `ragged_row` | too few cells: the rest is null; too many: the surplus is in the list column `surplus` |
//! | `blank_surplus` | too many cells, all of the surplus blank |
//! | `blank_line` | not a record; a line of blank cells is one |
//! | `unclosed_quote` | a quote that opens a cell and closes nowhere was read as text |
//! | `misplaced_quote` | a quote within a quoted cell was not doubled |
//! | `long_quoted_cell` | a quoted cell of very many lines: look whether it has swallowed records |
//! | `mixed_encoding` | lines in the encoding that most of the file does not have |
//! | `invalid_utf16` | halves of characters, replaced by U+FFFD |
//! | `nul_byte` | records with NUL bytes, which are kept |
//! | `lines_above_header` | lines before the header, which are not records |
//! | `blank_header`, `duplicate_header` | columns that were given a name: `column_3`, `Email_2` |
//! | `no_header`, `header_assumed` | the columns are called `c1`, `c2`; nothing proves that the first row is a header |
//! | `no_records` | a header and nothing else |
//!
//! Cells are not changed: spaces, placeholders, apostrophes stay for the normalisers. Blank cells are null. One
//! separator is read here, because it is never anything else: ` ::: ` between several values of one cell.
//!
//! # Shape
//! One [`Source`] with a column a field, values interned in order of first appearance, and for each record the line
//! on which it starts.
//!
//! # Complexity
//! Linear in the bytes. The file is read in blocks: memory is the columns and one block (or one record, when that is
//! larger), not the file. Records are scanned on one core at the speed of `memchr`, and interned column by column on
//! all.
//!
//! The scanner is our own rather than `csv-core`, because the repair of quotes has to look ahead and take a decision
//! back, and because cells are then slices of the block; `csv` is its oracle in the tests.

mod decode;
mod header;
mod load;
mod scan;
mod sniff;
mod write;

use std::fmt;
use std::fs::File;
use std::io::Read as IoRead;
use std::path::Path;

use crate::error::{Error, ErrorKind, Issues, Result};
use crate::table::Source;

pub(crate) use write::Rows;
pub use write::Writer;

/// Bytes read at a time: large enough that starting the threads is nothing, small enough for the cache.
const BLOCK: usize = 2 << 20;

/// How bytes become characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8. Cells that are not valid UTF-8 are read as Windows-1252 and their lines counted as `mixed_encoding`.
    Utf8,
    /// Windows-1252, of which the printable part of Latin-1 is a subset.
    Windows1252,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Windows1252 => "Windows-1252",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        })
    }
}

/// How lines end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineEnding {
    /// `\n`.
    Lf,
    /// `\r\n`.
    CrLf,
    /// `\r`.
    Cr,
}

/// What a file was found to be.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Format {
    /// Byte between cells; `None` when there is but one column.
    pub delimiter: Option<u8>,
    /// Encoding of the file, or of most of its lines.
    pub encoding: Encoding,
    /// Whether it starts with a byte order mark.
    pub byte_order_mark: bool,
    /// How most lines end.
    pub line_ending: LineEnding,
    /// Line of the header, from 1; `None` when there is none and the columns are called `c1`, `c2` ...
    pub header_line: Option<u64>,
    /// Whether the first line tells the delimiter (`sep=;`).
    pub separator_line: bool,
}

/// A file that was read.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Read {
    /// The records.
    pub source: Source,
    /// What was repaired, by code and line.
    pub issues: Issues,
    /// What the file was found to be.
    pub format: Format,
    /// Columns that [`ReadOptions::skip_field`] kept out; they are in the source, with all values null.
    pub skipped: Vec<String>,
    /// Bytes of the input.
    pub bytes: u64,
}

/// How to read; everything is found by looking unless it is said here.
///
/// # Example
/// ```
/// use quilate::io::csv::{ReadOptions, read_bytes};
/// let never = |field: &str| field.eq_ignore_ascii_case("password_hash");
/// let options = ReadOptions::new().name("shop").skip_field(&never);
/// let read = read_bytes("export", b"email;password_hash\nana@vila.cat;9f86d0\n", &options)?;
/// assert_eq!(read.source.name(), "shop");
/// assert_eq!(read.source.column("email").unwrap().get(0), Some("ana@vila.cat"));
/// assert_eq!(read.source.column("password_hash").unwrap().get(0), None);
/// assert_eq!(read.skipped, ["password_hash"]);
/// # Ok::<(), quilate::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct ReadOptions<'a> {
    delimiter: Option<u8>,
    encoding: Option<Encoding>,
    has_header: Option<bool>,
    name: Option<&'a str>,
    skip_field: Option<&'a (dyn Fn(&str) -> bool + Sync)>,
    progress: Option<&'a (dyn Fn(u64) + Sync)>,
    well_formed: bool,
    block: usize,
}

impl Default for ReadOptions<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ReadOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOptions")
            .field("delimiter", &self.delimiter.map(char::from))
            .field("encoding", &self.encoding)
            .field("has_header", &self.has_header)
            .field("name", &self.name)
            .field("skip_field", &self.skip_field.is_some())
            .field("progress", &self.progress.is_some())
            .field("well_formed", &self.well_formed)
            .field("block", &self.block)
            .finish()
    }
}

impl<'a> ReadOptions<'a> {
    /// Everything is found by looking.
    pub const fn new() -> Self {
        Self {
            delimiter: None,
            encoding: None,
            has_header: None,
            name: None,
            skip_field: None,
            progress: None,
            well_formed: false,
            block: BLOCK,
        }
    }

    /// The byte between cells: ASCII, no quote, no line end.
    pub const fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// The encoding, against what a byte order mark says as well. A file with many control characters is then no
    /// longer taken for binary.
    pub const fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = Some(encoding);
        self
    }

    /// Whether there is a header. With `true`, report titles above it are still recognised.
    pub const fn has_header(mut self, has_header: bool) -> Self {
        self.has_header = Some(has_header);
        self
    }

    /// Name of the source, instead of the file's name without its ending.
    pub const fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// Columns that must never be held in memory, such as password hashes: asked once a column, with its name.
    pub const fn skip_field(mut self, skip_field: &'a (dyn Fn(&str) -> bool + Sync)) -> Self {
        self.skip_field = Some(skip_field);
        self
    }

    /// Called after each block with the number of bytes read so far.
    pub const fn progress(mut self, progress: &'a (dyn Fn(u64) + Sync)) -> Self {
        self.progress = Some(progress);
        self
    }

    /// The file is known to be well-formed RFC 4180, such as one that [`Writer`] wrote. Then a quoted cell that holds
    /// a pasted table of the same width is not suspected of having swallowed records.
    pub const fn well_formed(mut self, well_formed: bool) -> Self {
        self.well_formed = well_formed;
        self
    }

    /// Bytes read at a time, at least 1. The outcome is the same for every size; smaller blocks need less memory.
    pub const fn block(mut self, bytes: usize) -> Self {
        self.block = if bytes == 0 { 1 } else { bytes };
        self
    }

    fn validate(&self) -> Result<()> {
        match self.delimiter {
            Some(delimiter) if !is_delimiter(delimiter) => {
                Err(Error::new(ErrorKind::Config, format!("byte {delimiter:#04x} cannot be a delimiter"))
                    .at("delimiter")
                    .cure("use an ASCII character that is no quote and no line end"))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a byte may stand between cells.
fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n' | 0)
}

/// Reads a file. The source is named after it, without its ending.
///
/// # Errors
/// - [`ErrorKind::Io`] when it does not exist, is a directory, or may not be read;
/// - [`ErrorKind::Format`] when it is empty or not text (the message says what it is and how to get a CSV out of it);
/// - [`ErrorKind::Limit`] when a record is larger than 1 GiB, or there are more than 2^32 - 2;
/// - [`ErrorKind::Config`] when the options name an impossible delimiter.
pub fn read_path(path: impl AsRef<Path>, options: &ReadOptions<'_>) -> Result<Read> {
    let path = path.as_ref();
    let place = path.display().to_string();
    let fail = |error: &std::io::Error| super::atomic::io_error(path, "cannot be read", error);
    let meta = std::fs::metadata(path).map_err(|error| fail(&error))?;
    if meta.is_dir() {
        return Err(Error::new(ErrorKind::Io, "is a directory").at(place).cure("name a file in it"));
    }
    let file = File::open(path).map_err(|error| fail(&error))?;
    let stem = path.file_stem().map_or_else(|| place.clone(), |stem| stem.to_string_lossy().into_owned());
    load::load(&place, options.name.unwrap_or(&stem), Box::new(file), options)
}

/// Reads bytes in memory.
///
/// # Errors
/// As [`read_path`], except for those of the file system.
///
/// # Example
/// ```
/// use quilate::io::csv::{ReadOptions, read_bytes};
/// let read = read_bytes("crm", "Nombre;Teléfono\r\nAna;600 11 22 33\r\n".as_bytes(), &ReadOptions::new())?;
/// assert_eq!(read.format.delimiter, Some(b';'));
/// assert_eq!(read.source.fields(), ["Nombre", "Teléfono"]);
/// assert_eq!(read.source.line(0), 2);
/// # Ok::<(), quilate::Error>(())
/// ```
pub fn read_bytes(name: &str, bytes: &[u8], options: &ReadOptions<'_>) -> Result<Read> {
    read_stream(name, bytes, options)
}

/// Reads to the end of a stream, such as standard input or the output of a decompressor.
///
/// # Errors
/// As [`read_path`].
pub fn read_stream(name: &str, stream: impl IoRead, options: &ReadOptions<'_>) -> Result<Read> {
    load::load(name, options.name.unwrap_or(name), Box::new(stream), options)
}
