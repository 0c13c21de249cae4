//! Bytes to records: one scanner decides where cells and records end, for detection and for reading alike, so that
//! the two can never disagree. Cells are ranges of the buffer; nothing is copied.
//!
//! # Quotes
//! Well-formed RFC 4180 is read to the letter. What is not well-formed is decided by four rules, in this order:
//! 1. A quote opens a cell only as its first byte; anywhere else in an unquoted cell it is text (`5'11"`).
//! 2. In a quoted cell a run of quotes is read in pairs, each one literal quote. The odd one out closes the cell
//!    when the delimiter, the line's end or the file's end follows (blanks between are dropped).
//! 3. Otherwise it is *misplaced* (`"Bar "La Paz" SL"`) and literal, provided that the cell closes on the line on
//!    which it opened.
//! 4. If it does not, or if the cell never closes, grows past [`MAX_QUOTED`], or swallows lines that look like
//!    records of this table ([`Scanner::swallows_records`]), then its opening quote was *stray*: it is literal text
//!    and the cell ends at the next delimiter or line end.
//!
//! So the damage of a lone quote ends with its line, and each repair is counted.
//!
//! # Complexity
//! Linear in the bytes, also on hostile input: [`LineMemo`] keeps a second opening quote of a line from looking for
//! its end where an earlier one has looked.

use memchr::{memchr, memchr_iter, memchr2, memchr3};

const QUOTE: u8 = b'"';

/// A quoted cell longer than this does not close; bounds the memory that a stray quote can claim.
pub(super) const MAX_QUOTED: usize = 256 << 20;

/// From this number of whole lines on a quoted cell is suspected of having swallowed records ...
const SWALLOWED_LINES: usize = 16;
/// ... and this many are looked at ...
const SWALLOWED_SAMPLE: usize = 64;
/// ... of which nine in ten must have exactly as many cells as the table, ...
const SWALLOWED_SHARE: (usize, usize) = (9, 10);
/// ... which must have so many that prose does not have them by chance in line after line.
const SWALLOWED_COLUMNS: usize = 3;

/// A cell as a range of the buffer, without its quotes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Cell {
    start: u32,
    /// Length in the low 31 bits; the high bit says that quotes are doubled inside.
    len: u32,
}

const DOUBLED: u32 = 1 << 31;

impl Cell {
    fn new(start: usize, end: usize, doubled: bool) -> Self {
        debug_assert!(end < DOUBLED as usize, "buffers are limited to MAX_RECORD");
        Self { start: start as u32, len: (end - start) as u32 | if doubled { DOUBLED } else { 0 } }
    }

    /// The bytes in the buffer that was scanned.
    #[inline]
    pub(super) fn range(self) -> std::ops::Range<usize> {
        let start = self.start as usize;
        start..start + (self.len & !DOUBLED) as usize
    }

    /// Whether two quotes in the range stand for one.
    #[inline]
    pub(super) fn doubled(self) -> bool {
        self.len & DOUBLED != 0
    }
}

/// A record, and what had to be repaired to read it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Record {
    /// Where the next record starts.
    pub end: usize,
    /// Line ends in it, its own included.
    pub lines: u64,
    /// A line without any cell: nothing but its end.
    pub blank: bool,
    /// Opening quotes that turned out to be text (rule 4).
    pub stray: u32,
    /// Quoted cells with misplaced quotes (rule 3).
    pub misplaced: u32,
    /// Lines of its longest quoted cell.
    pub longest: u64,
}

/// The rules of one file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Scanner {
    /// Byte between cells.
    pub delimiter: u8,
    /// Whether a carriage return alone ends a line (old Macintosh files). Otherwise only line feeds do and carriage
    /// returns before them are dropped.
    pub carriage_return: bool,
    /// Cells of a usual record; 0 while that is not known.
    pub columns: usize,
    /// Whether the file is known to be well-formed, so that no cell is suspected of having swallowed records.
    pub well_formed: bool,
}

/// What an earlier stray quote of this record found out about the rest of its line: no quote before `end` closes a
/// cell (runs are read the same way whichever quote opened), and the last misplaced one is before `last_lone`.
#[derive(Clone, Copy)]
struct LineMemo {
    end: usize,
    last_lone: usize,
}

/// How a quoted cell ends.
enum Quoted {
    /// Content up to `end`; the delimiter, line end or file end is at `next`.
    Closed { end: usize, next: usize, doubled: bool, misplaced: bool, multiline: bool },
    /// The opening quote is text.
    Stray(LineMemo),
}

impl Scanner {
    /// Reads the record at `start` into `row`. `None`: its end is not in the buffer (with `last`: there is no
    /// record left). The outcome does not depend on where the buffer ends.
    pub(super) fn record(&self, buf: &[u8], start: usize, last: bool, row: &mut Vec<Cell>) -> Option<Record> {
        row.clear();
        if start >= buf.len() {
            return None;
        }
        let mut record = Record::default();
        let mut memo = None;
        let mut at = start;
        let mut any_quoted = false;
        loop {
            let mut closed = false;
            if buf.get(at) == Some(&QUOTE) {
                match self.quoted(buf, at, last, memo)? {
                    Quoted::Closed { end, next, doubled, misplaced, multiline } => {
                        let lines = if multiline { self.count_lines(&buf[at..end]) } else { 0 };
                        row.push(Cell::new(at + 1, end, doubled));
                        record.lines += lines;
                        record.longest = record.longest.max(lines);
                        record.misplaced += u32::from(misplaced);
                        at = next;
                        closed = true;
                        any_quoted = true;
                    }
                    Quoted::Stray(found) => {
                        memo = Some(found);
                        record.stray += 1;
                    }
                }
            }
            if !closed {
                let end = self.cell_end(&buf[at..]).map_or(buf.len(), |length| at + length);
                if end == buf.len() && !last {
                    return None;
                }
                let mut text_end = end;
                if buf.get(end) != Some(&self.delimiter) {
                    while text_end > at && buf[text_end - 1] == b'\r' {
                        text_end -= 1;
                    }
                }
                row.push(Cell::new(at, text_end, false));
                at = end;
            }
            match buf.get(at) {
                Some(&byte) if byte == self.delimiter => at += 1,
                end => {
                    record.end = match end {
                        Some(b'\r') if at + 1 == buf.len() && !last => return None,
                        Some(b'\r') if buf.get(at + 1) == Some(&b'\n') => at + 2,
                        Some(_) => at + 1,
                        None => at,
                    };
                    record.lines += 1;
                    record.blank = !any_quoted && row.len() == 1 && self.is_blank(&buf[row[0].range()]);
                    return Some(record);
                }
            }
        }
    }

    /// Where an unquoted cell ends.
    #[inline]
    fn cell_end(&self, bytes: &[u8]) -> Option<usize> {
        if self.carriage_return {
            memchr3(self.delimiter, b'\n', b'\r', bytes)
        } else {
            memchr2(self.delimiter, b'\n', bytes)
        }
    }

    /// The next line end.
    fn line_end(&self, bytes: &[u8]) -> Option<usize> {
        if self.carriage_return { memchr2(b'\n', b'\r', bytes) } else { memchr(b'\n', bytes) }
    }

    /// Physical line ends in some bytes.
    pub(super) fn count_lines(&self, bytes: &[u8]) -> u64 {
        let feeds = memchr_iter(b'\n', bytes).count();
        if !self.carriage_return {
            return feeds as u64;
        }
        let returns = memchr_iter(b'\r', bytes).filter(|&at| bytes.get(at + 1) != Some(&b'\n')).count();
        (feeds + returns) as u64
    }

    /// A line that holds no record. Blanks alone are a record only in a table of one column, where they are its cell;
    /// a lone 0x1A is the end mark of DOS files.
    fn is_blank(&self, line: &[u8]) -> bool {
        line.is_empty() || line == [0x1a] || self.columns > 1 && line.iter().all(u8::is_ascii_whitespace)
    }

    /// Decides on the quote at `open`, which starts a cell. `None`: more bytes are needed.
    fn quoted(&self, buf: &[u8], open: usize, last: bool, memo: Option<LineMemo>) -> Option<Quoted> {
        let memo = memo.filter(|memo| open < memo.end);
        let stray = |last_lone| {
            let end = memo
                .map_or_else(|| self.line_end(&buf[open..]).map_or(buf.len(), |n| open + n), |memo| memo.end);
            Some(Quoted::Stray(LineMemo { end, last_lone }))
        };
        let mut at = open + 1;
        let (mut doubled, mut misplaced, mut last_lone) = (false, false, 0);
        let (mut multiline, mut checked) = (false, open);
        loop {
            // Past the opening run everything up to the line's end has been read for an earlier stray quote.
            if let Some(memo) = memo.filter(|memo| at < memo.end && buf.get(at) != Some(&QUOTE)) {
                if misplaced || at <= memo.last_lone {
                    return Some(Quoted::Stray(memo));
                }
                (at, doubled) = (memo.end, true);
            }
            let Some(quote) = memchr(QUOTE, &buf[at..]).map(|length| at + length) else {
                let hopeless = last
                    || buf.len() - open > MAX_QUOTED
                    || misplaced && self.line_end(&buf[open..]).is_some()
                    || self.swallows_records(&buf[open..], false);
                return if hopeless { stray(last_lone) } else { None };
            };
            if misplaced {
                // Rule 3: the cell had to close on its line, and the line is over.
                multiline |= self.line_end(&buf[checked..quote]).is_some();
                checked = quote;
                if multiline {
                    return stray(last_lone);
                }
            }
            let run = buf[quote..].iter().take_while(|&&byte| byte == QUOTE).count();
            at = quote + run;
            if at == buf.len() && !last {
                return None;
            }
            doubled |= run > 1;
            if run % 2 == 0 {
                continue;
            }
            let lone = at - 1;
            let next = self.closes(buf, at, last)?;
            multiline |= self.line_end(&buf[checked..lone]).is_some();
            checked = lone;
            match next {
                Some(_) if lone - open > MAX_QUOTED => return stray(last_lone),
                Some(_) if multiline && (misplaced || self.swallows_records(&buf[open..lone], true)) => {
                    return stray(last_lone);
                }
                Some(next) => return Some(Quoted::Closed { end: lone, next, doubled, misplaced, multiline }),
                None if multiline => return stray(last_lone),
                None => (misplaced, last_lone) = (true, lone),
            }
        }
    }

    /// Whether the quote before `at` closes its cell: `Some(Some(position of the delimiter or line end))`,
    /// `Some(None)` when text follows, `None` when the buffer ends too early to tell.
    fn closes(&self, buf: &[u8], at: usize, last: bool) -> Option<Option<usize>> {
        for (offset, &byte) in buf[at..].iter().enumerate() {
            if byte == self.delimiter || byte == b'\n' || byte == b'\r' && self.carriage_return {
                return Some(Some(at + offset));
            }
            if !matches!(byte, b' ' | b'\t' | b'\r') {
                return Some(None);
            }
        }
        if last { Some(Some(buf.len())) } else { None }
    }

    /// Whether the lines within a quoted cell are records of this table rather than text. A quote that was forgotten
    /// pairs with the next inch mark (`12",`) thousands of records later, and the result is well-formed; only the
    /// lines in between tell. `cell` starts at the opening quote; `closed` says that it is all there.
    fn swallows_records(&self, cell: &[u8], closed: bool) -> bool {
        if self.well_formed || self.columns < SWALLOWED_COLUMNS {
            return false;
        }
        let Some(first) = self.line_end(cell) else { return false };
        let (mut lines, mut alike, mut at) = (0, 0, first + 1);
        while lines < SWALLOWED_SAMPLE {
            let Some(length) = self.line_end(&cell[at..]) else { break };
            let line = cell[at..at + length].trim_ascii();
            at += length + 1;
            if !line.is_empty() {
                lines += 1;
                alike += usize::from(
                    memchr_iter(self.delimiter, &cell[at - length - 1..at]).count() + 1 == self.columns,
                );
            }
        }
        let (of, all) = SWALLOWED_SHARE;
        lines >= if closed { SWALLOWED_LINES } else { SWALLOWED_SAMPLE } && alike * all >= lines * of
    }
}
