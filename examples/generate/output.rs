//! Files that appear whole or not at all, and rows of delimited text in the dialects of the exports.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What Windows-1252 has in the places 0x80 to 0x9F; the rest of its codes are those of Unicode. The five unused places
/// hold the control characters that browsers read there.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The character of a byte of Windows-1252.
pub fn windows_1252_char(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// The byte of a character in Windows-1252; `?` where it has none, as such programs write it.
fn windows_1252_byte(c: char) -> u8 {
    match u32::from(c) {
        code @ (0..=0x7f | 0xa0..=0xff) => code as u8,
        _ => WINDOWS_1252.iter().position(|&other| other == c).map_or(b'?', |at| 0x80 + at as u8),
    }
}

/// A failure to write, with the path it happened at.
#[derive(Debug)]
pub struct OutputError {
    /// What was tried.
    what: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl std::fmt::Display for OutputError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot {} {}: {}", self.what, self.path.display(), self.source)
    }
}

impl std::error::Error for OutputError {}

/// Turns an `io::Error` into one that knows what was tried where.
pub fn at(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OutputError {
    let path = path.to_path_buf();
    move |source| OutputError { what, path, source }
}

/// A file under a temporary name; `commit` gives it its own. Dropped before that, it is removed.
#[derive(Debug)]
pub struct OutFile {
    path: PathBuf,
    temporary: PathBuf,
    writer: Option<BufWriter<File>>,
}

impl OutFile {
    /// Begins the file `name` in a directory.
    pub fn create(directory: &Path, name: &str) -> Result<Self, OutputError> {
        let path = directory.join(name);
        let temporary = directory.join(format!(".{name}.{}.tmp", std::process::id()));
        let file = File::create(&temporary).map_err(at("create", &temporary))?;
        // Rows are short: a large buffer keeps the number of system calls small.
        let writer = Some(BufWriter::with_capacity(1 << 18, file));
        Ok(Self { path, temporary, writer })
    }

    /// Appends bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), OutputError> {
        match &mut self.writer {
            Some(writer) => writer.write_all(bytes).map_err(at("write", &self.temporary)),
            None => Ok(()),
        }
    }

    /// Ends the file, appends what is in it to another and removes it.
    pub fn append_to(mut self, other: &mut Self) -> Result<(), OutputError> {
        if let (Some(part), Some(writer)) = (&mut self.writer, &mut other.writer) {
            part.flush().map_err(at("write", &self.temporary))?;
            let mut part = File::open(&self.temporary).map_err(at("read", &self.temporary))?;
            io::copy(&mut part, writer).map_err(at("write", &other.temporary))?;
        }
        // Dropping removes the part.
        Ok(())
    }

    /// Ends the file and gives it its name.
    pub fn commit(mut self) -> Result<(), OutputError> {
        if let Some(writer) = self.writer.take() {
            let closed = writer.into_inner().map_err(io::IntoInnerError::into_error);
            let renamed = closed.and_then(|_| fs::rename(&self.temporary, &self.path));
            if renamed.is_err() {
                // The first error is the one to report.
                let _ = fs::remove_file(&self.temporary);
            }
            renamed.map_err(at("write", &self.path))?;
        }
        Ok(())
    }
}

impl Drop for OutFile {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            // Nothing more can be done about a leftover than to leave it.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// How a program writes delimited text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dialect {
    /// Between two cells.
    pub delimiter: char,
    /// Quotes around every cell, also where none are needed.
    pub quote_all: bool,
    /// Ends lines with CR LF.
    pub crlf: bool,
    /// Windows-1252 in place of UTF-8.
    pub windows_1252: bool,
    /// Begins with a byte order mark.
    pub mark: bool,
}

/// RFC 4180 with bare newlines.
pub const PLAIN: Dialect =
    Dialect { delimiter: ',', quote_all: false, crlf: false, windows_1252: false, mark: false };

/// One line of delimited text under construction.
#[derive(Debug)]
pub struct Row {
    dialect: Dialect,
    text: String,
    bytes: Vec<u8>,
    empty: bool,
}

impl Row {
    /// An empty row.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, text: String::with_capacity(1024), bytes: Vec::with_capacity(1024), empty: true }
    }

    /// Appends a cell.
    pub fn cell(&mut self, value: &str) -> &mut Self {
        if !self.empty {
            self.text.push(self.dialect.delimiter);
        }
        self.empty = false;
        let special = |c: char| c == self.dialect.delimiter || matches!(c, '"' | '\n' | '\r');
        if self.dialect.quote_all || value.contains(special) {
            self.text.push('"');
            for (at, part) in value.split('"').enumerate() {
                if at > 0 {
                    self.text.push_str("\"\"");
                }
                self.text.push_str(part);
            }
            self.text.push('"');
        } else {
            self.text.push_str(value);
        }
        self
    }

    /// Ends the line, appends it to a file and begins the next.
    pub fn end(&mut self, file: &mut OutFile) -> Result<(), OutputError> {
        self.text.push_str(if self.dialect.crlf { "\r\n" } else { "\n" });
        let written = if self.dialect.windows_1252 {
            self.bytes.clear();
            self.bytes.extend(self.text.chars().map(windows_1252_byte));
            file.write(&self.bytes)
        } else {
            file.write(self.text.as_bytes())
        };
        self.text.clear();
        self.empty = true;
        written
    }

    /// The line so far.
    #[cfg(test)]
    pub fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut row = Row::new(PLAIN);
        row.cell("a").cell("b,c").cell("d\"e").cell("f\ng").cell("").cell("h;i");
        assert_eq!(row.text(), "a,\"b,c\",\"d\"\"e\",\"f\ng\",,h;i");
        let mut row = Row::new(Dialect { delimiter: ';', quote_all: true, ..PLAIN });
        row.cell("").cell("a,b");
        assert_eq!(row.text(), "\"\";\"a,b\"");
    }

    #[test]
    fn windows_1252_goes_there_and_back() {
        for byte in 0..=255 {
            assert_eq!(windows_1252_byte(windows_1252_char(byte)), byte);
        }
        assert_eq!(windows_1252_byte('€'), 0x80);
        assert_eq!(windows_1252_byte('ñ'), 0xf1);
        assert_eq!(windows_1252_byte('ş'), b'?');
    }

    #[test]
    fn a_file_appears_on_commit_only() {
        let directory = std::env::temp_dir().join(format!("quilate-output-{}", std::process::id()));
        fs::create_dir_all(&directory).expect("a directory");
        let names = || fs::read_dir(&directory).expect("readable").count();
        let mut file = OutFile::create(&directory, "a.csv").expect("created");
        file.write(b"x\n").expect("written");
        drop(file);
        assert_eq!(names(), 0);
        let mut file = OutFile::create(&directory, "a.csv").expect("created");
        file.write(b"x\n").expect("written");
        assert!(!directory.join("a.csv").exists());
        file.commit().expect("renamed");
        assert_eq!((names(), fs::read(directory.join("a.csv")).expect("there")), (1, b"x\n".to_vec()));
        fs::remove_dir_all(&directory).expect("removed");
        let error = OutFile::create(&directory, "b.csv").expect_err("no such directory").to_string();
        assert!(error.starts_with("cannot create ") && error.contains("b.csv"), "{error}");
    }

    #[test]
    fn parts_are_joined_and_removed() {
        let directory = std::env::temp_dir().join(format!("quilate-parts-{}", std::process::id()));
        fs::create_dir_all(&directory).expect("a directory");
        let mut whole = OutFile::create(&directory, "whole.csv").expect("created");
        whole.write(b"head\n").expect("written");
        for text in ["a\n", "b\n"] {
            let mut part = OutFile::create(&directory, "part.csv").expect("created");
            part.write(text.as_bytes()).expect("written");
            part.append_to(&mut whole).expect("appended");
        }
        whole.commit().expect("renamed");
        assert_eq!(fs::read_dir(&directory).expect("readable").count(), 1);
        assert_eq!(fs::read(directory.join("whole.csv")).expect("there"), b"head\na\nb\n");
        fs::remove_dir_all(&directory).expect("removed");
    }
}
