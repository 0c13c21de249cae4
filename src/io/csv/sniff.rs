//! Which delimiter and line ends a file has, from its first records.
//!
//! A delimiter is believed for its regularity, not for its number: each candidate reads the sample by the same
//! rules as the file will be read, and is judged by the records it gives. Decimal commas and commas in free text are
//! either irregular, or absent from the header, or not followed like a delimiter is.

use memchr::{memchr, memchr_iter, memchr3_iter};

use super::LineEnding;
use super::scan::{Cell, Scanner};

/// Records that are looked at.
const MAX_RECORDS: usize = 1000;
/// Cells that are looked at, which bounds the memory for wide tables.
const MAX_CELLS: usize = 1 << 20;

/// The header is looked for in the first so many records: report heads have a title, a date, a filter or two.
pub(super) const MAX_TITLE_ROWS: usize = 20;

/// Stands for the delimiter of a table of one column, in which commas are text. A control character made to separate
/// that no text has.
pub(super) const NO_DELIMITER: u8 = 0x1f;

/// What is tried, in the order that decides between equals: the rarer a character is in text, the earlier.
const CANDIDATES: [u8; 4] = [b'\t', b';', b'|', b','];

/// A candidate is out when its usual record is less than half as frequent as that of the most regular candidate.
/// Half, because one free-text column that was not quoted makes the right delimiter irregular in many rows.
const MIN_RELATIVE_SHARE: f64 = 0.5;

/// Share of a character's occurrences within numbers or before a space from which it is punctuation.
const PUNCTUATION_SHARE: f64 = 0.8;

/// A record of the sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    cells: (usize, usize),
    /// First byte, and first byte after.
    pub start: usize,
    pub end: usize,
    /// Line in the sample, from 1.
    pub line: u64,
}

/// The first records of a file, read with one delimiter; blank lines, and lines of nothing but blanks, left out: those are
/// records in a table of one column only, and there they say nothing that others do not.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub rows: Vec<Row>,
    cells: Vec<Cell>,
    /// Cells of the most frequent kind of record; the larger of two equally frequent ones. 0 without records.
    pub usual: usize,
}

impl Sheet {
    /// Reads the sample from byte `start`, which is at line `line`. A record that the sample cuts is left out,
    /// unless it is the only one.
    pub(super) fn read(scanner: &Scanner, sample: &[u8], start: usize, line: u64, ended: bool) -> Self {
        let mut sheet = Self { rows: Vec::new(), cells: Vec::new(), usual: 0 };
        sheet.scan(scanner, sample, start, line, ended);
        if sheet.rows.is_empty() && !ended {
            sheet.scan(scanner, sample, start, line, true);
        }
        let width = |row: &Row| row.cells.1 - row.cells.0;
        // Titles have one cell, and a short file may have more of them than records.
        let titles = sheet.rows.iter().take(MAX_TITLE_ROWS).take_while(|row| width(row) == 1).count();
        let body = if titles < sheet.rows.len() { titles } else { 0 };
        let mut widths: Vec<usize> = sheet.rows[body..].iter().map(width).collect();
        widths.sort_unstable();
        let kinds = widths.chunk_by(|a, b| a == b);
        sheet.usual = kinds.max_by_key(|kind| (kind.len(), kind[0])).map_or(0, |kind| kind[0]);
        sheet
    }

    fn scan(&mut self, scanner: &Scanner, sample: &[u8], mut at: usize, mut line: u64, last: bool) {
        let mut row = Vec::new();
        while self.rows.len() < MAX_RECORDS && self.cells.len() < MAX_CELLS {
            let Some(record) = scanner.record(sample, at, last, &mut row) else { break };
            let is_blank =
                || matches!(row[..], [cell] if sample[cell.range()].iter().all(u8::is_ascii_whitespace));
            if !record.blank && !is_blank() {
                let first = self.cells.len();
                self.cells.extend_from_slice(&row);
                self.rows.push(Row { cells: (first, self.cells.len()), start: at, end: record.end, line });
            }
            at = record.end;
            line += record.lines;
        }
    }

    /// The cells of a record.
    pub(super) fn cells(&self, row: &Row) -> &[Cell] {
        &self.cells[row.cells.0..row.cells.1]
    }

    /// The first record of usual width.
    fn first_usual(&self) -> usize {
        self.rows.iter().position(|row| self.cells(row).len() == self.usual).unwrap_or(0)
    }

    /// Share of records of usual width.
    fn share(&self) -> f64 {
        let usual = self.rows.iter().filter(|row| self.cells(row).len() == self.usual).count();
        usual as f64 / self.rows.len().max(1) as f64
    }
}

/// The delimiter and the records it gives; [`NO_DELIMITER`] when the file has one column.
pub(super) fn delimiter(base: &Scanner, sample: &[u8], start: usize, line: u64, ended: bool) -> (u8, Sheet) {
    let read = |delimiter| Sheet::read(&Scanner { delimiter, ..*base }, sample, start, line, ended);
    let mut found: Vec<(u8, Sheet, bool)> = Vec::new();
    for byte in CANDIDATES {
        let sheet = read(byte);
        if sheet.usual < 2 {
            continue;
        }
        let punctuation = is_punctuation(byte, &sample[start..]);
        // "Ruiz, Ana" under the header `name` is a table of one column.
        if !punctuation || sheet.first_usual() == 0 {
            found.push((byte, sheet, punctuation));
        }
    }
    let most = found.iter().map(|(_, sheet, _)| sheet.share()).fold(0.0, f64::max);
    found.retain(|(_, sheet, _)| sheet.share() >= MIN_RELATIVE_SHARE * most);
    // The delimiter is in the header as well; what only the values contain begins a record later. The first of
    // equals wins, by the order of the candidates.
    let best = found.into_iter().min_by_key(|(_, sheet, punctuation)| {
        (sheet.first_usual(), *punctuation, std::cmp::Reverse(sheet.usual))
    });
    best.map_or_else(|| (NO_DELIMITER, read(NO_DELIMITER)), |(byte, sheet, _)| (byte, sheet))
}

/// Whether a character is mostly a decimal separator (`85,00`) or followed by a space (`Calle Mayor 3, Madrid`).
fn is_punctuation(byte: u8, sample: &[u8]) -> bool {
    if byte == b'\t' {
        return false;
    }
    let (mut all, mut prose) = (0u32, 0u32);
    for at in memchr_iter(byte, sample) {
        let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let next = sample.get(at + 1);
        all += 1;
        prose += u32::from(next == Some(&b' ') || digit(next) && at > 0 && digit(sample.get(at - 1)));
    }
    f64::from(prose) >= PUNCTUATION_SHARE * f64::from(all.max(1))
}

/// How lines end, from those outside of quotes. Parity of quotes is exact for well-formed text and good enough for
/// the rest, since a file that ends its lines in two ways has by far more of one.
pub(super) fn line_ending(sample: &[u8]) -> LineEnding {
    let (mut feeds, mut both, mut returns) = (0u64, 0u64, 0u64);
    let mut quoted = false;
    for at in memchr3_iter(b'"', b'\n', b'\r', sample) {
        match sample[at] {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'\n' if at > 0 && sample[at - 1] == b'\r' => both += 1,
            b'\n' => feeds += 1,
            // The sample may cut a pair in two.
            _ if at + 1 < sample.len() && !matches!(sample[at + 1], b'\n' | b'\r') => returns += 1,
            _ => {}
        }
    }
    if returns > feeds + both {
        LineEnding::Cr
    } else if both > feeds {
        LineEnding::CrLf
    } else {
        LineEnding::Lf
    }
}

/// The `sep=;` line with which spreadsheet programs are told the delimiter: the delimiter and the line's length
/// without its end.
pub(super) fn separator_line(sample: &[u8]) -> Option<(u8, usize)> {
    let length = memchr(b'\n', sample).into_iter().chain(memchr(b'\r', sample)).min().unwrap_or(sample.len());
    let line = &sample[..length];
    let text = line.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(line);
    match text {
        [s, e, p, b'=', delimiter]
            if [*s, *e, *p].eq_ignore_ascii_case(b"sep") && super::is_delimiter(*delimiter) =>
        {
            Some((*delimiter, length))
        }
        _ => None,
    }
}
