//! Blocks of records to columns.

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use memchr::{memchr, memchr_iter, memmem};

use super::decode::{self, Input, cell_text, undouble};
use super::header;
use super::scan::{Cell, Record, Scanner};
use super::sniff::{self, Sheet};
use super::{Encoding, Format, LineEnding, Read, ReadOptions};
use crate::error::{Error, ErrorKind, Issues, Result, Tally};
use crate::io::names::{self, Names};
use crate::par;
use crate::table::{ColumnBuilder, Source};

/// Bytes that are looked at to find the format.
const SAMPLE: usize = 1 << 20;
/// The sample grows until it has so many lines ...
const SAMPLE_LINES: usize = 20;
/// ... or this size.
const MAX_SAMPLE: usize = 64 << 20;

/// Largest record. Positions in a block are 31 bits; a file that passes this has no line ends, hence is no table.
const MAX_RECORD: usize = 1 << 30;

/// Most records of a source and most values of a list column: codes and offsets are 32 bits, the largest is null.
const MAX_VALUES: u64 = u32::MAX as u64 - 1;

/// Between several values of one cell, as Google Contacts writes it. No other text has it.
const VALUE_SEPARATOR: &str = " ::: ";

/// Quoted cells of so many lines are reported: a long note, or records behind a forgotten quote.
const LONG_CELL_LINES: u64 = 256;

/// Name of the column that takes cells beyond the last column.
const SURPLUS: &str = "surplus";

/// Reads all of `reader`; `place` is for messages, `name` is the source's.
pub(super) fn load<'r>(
    place: &str,
    name: &str,
    reader: Box<dyn std::io::Read + 'r>,
    options: &ReadOptions<'_>,
) -> Result<Read> {
    options.validate()?;
    let mut input = Input::new(reader);
    let (encoding, byte_order_mark) = open(place, &mut input, options)?;
    let layout = layout(place, &mut input, options)?;
    let mut loader = Loader::new(place, &layout, options);
    loader.check_encoding = encoding.is_none_or(|encoding| encoding == Encoding::Utf8);
    if loader.check_encoding {
        loader.tally_encoding(&input.available()[..layout.start], layout.header_line.unwrap_or(1));
    }
    input.consume(layout.start);
    let block = options.block.min(MAX_RECORD / 2);
    let mut want = block;
    loop {
        input.fill(want).map_err(|error| read_error(place, &error))?;
        let done = loader.block(input.available(), input.ended)?;
        input.consume(done);
        if let Some(progress) = options.progress {
            progress(input.bytes);
        }
        if input.ended {
            break;
        }
        // A record that is larger than the buffer doubles it, so that it is scanned a constant number of times.
        want = if done > 0 { block } else { (input.available().len() * 2).max(block) };
        if want > MAX_RECORD {
            return Err(Error::new(ErrorKind::Limit, "a record is larger than 1 GiB")
                .at(place)
                .line(loader.line)
                .cure("check the line ends and the delimiter"));
        }
    }
    let mut issues = Issues::new();
    layout.report(name, &mut issues);
    if input.invalid_utf16 > 0 {
        issues.add_many(
            "invalid_utf16",
            name,
            "",
            input.invalid_utf16,
            None,
            "halves of characters, replaced by U+FFFD",
        );
    }
    let encoding = loader.report(name, encoding, &mut issues);
    let format = Format {
        delimiter: Some(layout.scanner.delimiter).filter(|&delimiter| delimiter != sniff::NO_DELIMITER),
        encoding,
        byte_order_mark,
        line_ending: layout.line_ending,
        header_line: layout.header_line,
        separator_line: layout.separator_line,
    };
    let (source, skipped) = loader.finish(name, layout.names.names)?;
    Ok(Read { source, issues, format, skipped, bytes: input.bytes })
}

fn read_error(place: &str, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("cannot be read ({})", error.kind())).at(place)
}

/// Refuses what is no text, drops the byte order mark and sets up the decoding of UTF-16. Gives the encoding, where
/// it is known before the end, and whether there was a mark.
fn open(place: &str, input: &mut Input<'_>, options: &ReadOptions<'_>) -> Result<(Option<Encoding>, bool)> {
    input.fill(SAMPLE).map_err(|error| read_error(place, &error))?;
    let refuse = |what: &str, cure: &str| {
        Error::new(ErrorKind::Format, format!("is {what}, not delimited text")).at(place).cure(cure)
    };
    if let Some((what, cure)) = decode::known_format(input.available()) {
        return Err(refuse(what, cure));
    }
    let mark = decode::byte_order_mark(input.available());
    let marked = mark.map(|(encoding, _)| encoding);
    let encoding = options.encoding.or(marked).or_else(|| decode::guess_utf16(input.available()));
    // A mark of another encoding than the forced one is not a mark.
    let mark = mark.filter(|(marked, _)| encoding.is_some_and(|e| e == *marked) || *marked == Encoding::Utf8);
    input.consume(mark.map_or(0, |(_, length)| length));
    if let Some(encoding @ (Encoding::Utf16Le | Encoding::Utf16Be)) = encoding {
        input.set_utf16(encoding);
    }
    if options.encoding.is_none() && decode::is_binary(input.available(), options.delimiter) {
        return Err(refuse("a binary file", "export the data as CSV in UTF-8"));
    }
    Ok((encoding, mark.is_some()))
}

/// Where the records begin and how they are read.
struct Layout {
    scanner: Scanner,
    names: Names,
    header_line: Option<u64>,
    /// Whether something proves that the header is one, or the data data.
    proven: bool,
    /// Whether the caller said so.
    forced: bool,
    separator_line: bool,
    line_ending: LineEnding,
    /// Offset of the first record in the sample, and its line.
    start: usize,
    line: u64,
    /// Lines between the separator line and the header, and the first of them.
    lines_above: u64,
    first_line: u64,
}

/// Finds the layout in the sample, which is made larger when it has too few lines.
fn layout(place: &str, input: &mut Input<'_>, options: &ReadOptions<'_>) -> Result<Layout> {
    let mut size = SAMPLE;
    while !input.ended && size < MAX_SAMPLE && memchr_iter(b'\n', input.available()).count() < SAMPLE_LINES {
        size *= 2;
        input.fill(size).map_err(|error| read_error(place, &error))?;
    }
    let (sample, ended) = (input.available(), input.ended);
    if sample.trim_ascii().is_empty() {
        return Err(Error::new(ErrorKind::Format, "is empty").at(place).cure("export the data again"));
    }
    let line_ending = sniff::line_ending(sample);
    let carriage_return = line_ending == LineEnding::Cr;
    let mut scanner =
        Scanner { delimiter: b',', carriage_return, columns: 0, well_formed: options.well_formed };
    // A separator line that contradicts the caller is still no record.
    let separator = sniff::separator_line(sample);
    let (mut start, first_line) = (0, 1 + u64::from(separator.is_some()));
    if let Some((_, length)) = separator {
        start =
            length + sample[length..].iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    }
    let sheet = match options.delimiter.or(separator.map(|(delimiter, _)| delimiter)) {
        Some(delimiter) => {
            scanner.delimiter = delimiter;
            Sheet::read(&scanner, sample, start, first_line, ended)
        }
        None => {
            let (delimiter, sheet) = sniff::delimiter(&scanner, sample, start, first_line, ended);
            scanner.delimiter = delimiter;
            sheet
        }
    };
    scanner.columns = sheet.usual;
    let found = header::find(&sheet, sample, options.has_header);
    let mut layout = Layout {
        scanner,
        names: Names::default(),
        header_line: None,
        proven: found.proven,
        forced: options.has_header.is_some(),
        separator_line: separator.is_some(),
        line_ending,
        start,
        line: first_line,
        lines_above: 0,
        first_line,
    };
    let Some(row) = found.row.map(|at| &sheet.rows[at]) else {
        layout.names.names = (1..=sheet.usual.max(1)).map(|number| format!("c{number}")).collect();
        return Ok(layout);
    };
    let windows_1252 = options.encoding == Some(Encoding::Windows1252);
    let columns = header::columns(&sheet, sample, row);
    layout.names = header::names(&sheet, sample, row, windows_1252, columns);
    layout.header_line = Some(row.line);
    layout.lines_above = row.line - first_line;
    layout.start = row.end;
    layout.line = row.line + scanner.count_lines(&sample[row.start..row.end]);
    Ok(layout)
}

impl Layout {
    fn report(&self, name: &str, issues: &mut Issues) {
        if self.lines_above > 0 {
            let message = "lines above the header, not read as records";
            issues.add_many("lines_above_header", name, "", self.lines_above, Some(self.first_line), message);
        }
        for field in &self.names.blank {
            issues.add(
                "blank_header",
                name,
                field,
                self.header_line,
                "a column without a name, which was numbered",
            );
        }
        for field in &self.names.duplicate {
            issues.add(
                "duplicate_header",
                name,
                field,
                self.header_line,
                "a name that a column before has, numbered",
            );
        }
        if self.header_line.is_none() && !self.forced {
            let message = "the first row is data; the columns are called c1, c2 and so on";
            issues.add("no_header", name, "", None, message);
        } else if self.header_line.is_some() && !self.proven {
            let message = "the first row was taken for the header by custom; say so if it is a record";
            issues.add("header_assumed", name, "", self.header_line, message);
        }
    }
}

/// One tally a finding.
#[derive(Default)]
struct Tallies {
    short: Tally,
    surplus: Tally,
    blank_surplus: Tally,
    blank_line: Tally,
    unclosed: Tally,
    misplaced: Tally,
    long_cell: Tally,
    nul: Tally,
    utf8: Tally,
    other: Tally,
}

/// A column under construction and its cells of the current block.
struct Building {
    builder: ColumnBuilder,
    cells: Vec<Cell>,
    skip: bool,
    /// Values given to the builder, counted only for lists.
    values: u64,
}

impl Building {
    /// Interns the cells of the block; `false` when there are more values than codes.
    fn intern(&mut self, block: &Block<'_>, records: usize) -> bool {
        if self.skip {
            (0..records).for_each(|_| self.builder.push(None));
            return true;
        }
        let mut plain = String::new();
        for cell in self.cells.drain(..) {
            if cell.range().is_empty() {
                self.builder.push(None);
                continue;
            }
            let text = block.value(cell, &mut plain);
            if block.lists && text.contains(VALUE_SEPARATOR) {
                self.values += text.matches(VALUE_SEPARATOR).count() as u64;
                if self.values + self.builder.len() as u64 >= MAX_VALUES {
                    return false;
                }
                self.builder.push_list(text.split(VALUE_SEPARATOR));
            } else {
                self.builder.push(Some(&text));
            }
        }
        true
    }
}

/// A block of whole records.
struct Block<'b> {
    bytes: &'b [u8],
    /// The block as UTF-8, when all of it is.
    text: Option<&'b str>,
    windows_1252: bool,
    /// Whether some cell may hold several values.
    lists: bool,
}

impl<'b> Block<'b> {
    /// A cell's value; `plain` is working space.
    fn value<'a>(&self, cell: Cell, plain: &'a mut String) -> Cow<'a, str>
    where
        'b: 'a,
    {
        // A cell that was cut within a character may join its neighbour to valid text, but not on its own.
        let text = match self.text.and_then(|text| text.get(cell.range())) {
            Some(text) => Cow::Borrowed(text),
            None => cell_text(&self.bytes[cell.range()], self.windows_1252),
        };
        if !cell.doubled() {
            return text;
        }
        undouble(&text, plain);
        Cow::Borrowed(plain.as_str())
    }
}

/// All columns under construction.
struct Loader<'o> {
    place: String,
    scanner: Scanner,
    columns: Vec<Mutex<Building>>,
    skipped: Vec<String>,
    /// Cells beyond the last column; shorter than the others until it is needed.
    surplus: Building,
    /// Records so far.
    records: u64,
    /// Line of the next record.
    line: u64,
    /// Line of each record, as soon as one differs from its number.
    lines: Vec<u64>,
    tallies: Tallies,
    /// Whether records are counted by encoding: UTF-8 or unknown, not decoded before.
    check_encoding: bool,
    options: &'o ReadOptions<'o>,
}

impl<'o> Loader<'o> {
    fn new(place: &str, layout: &Layout, options: &'o ReadOptions<'o>) -> Self {
        let building = |skip| Building { builder: ColumnBuilder::new(), cells: Vec::new(), skip, values: 0 };
        let skip = |field: &String| options.skip_field.is_some_and(|skip| skip(field));
        let flags: Vec<bool> = layout.names.names.iter().map(skip).collect();
        let skipped = layout.names.names.iter().zip(&flags).filter(|(_, skip)| **skip);
        Self {
            place: place.to_owned(),
            scanner: layout.scanner,
            skipped: skipped.map(|(name, _)| name.clone()).collect(),
            columns: flags.iter().map(|&skip| Mutex::new(building(skip))).collect(),
            surplus: building(false),
            records: 0,
            line: layout.line,
            lines: Vec::new(),
            tallies: Tallies::default(),
            check_encoding: false,
            options,
        }
    }

    /// Takes all records that are complete in `bytes`; how many bytes they have.
    fn block(&mut self, bytes: &[u8], last: bool) -> Result<usize> {
        let first = self.records;
        let mut extra = Vec::new();
        let done = self.scan(bytes, last, &mut extra)?;
        let bytes = &bytes[..done];
        let windows_1252 = self.options.encoding == Some(Encoding::Windows1252);
        let block = Block {
            bytes,
            text: if windows_1252 { None } else { std::str::from_utf8(bytes).ok() },
            windows_1252,
            lists: memmem::find(bytes, VALUE_SEPARATOR.as_bytes()).is_some(),
        };
        let records = (self.records - first) as usize;
        let fits = par::map(&self.columns, |column| lock(column).intern(&block, records));
        if !fits.into_iter().all(|fits| fits) || !self.add_surplus(&block, &extra) {
            return Err(self.too_many("values in a column"));
        }
        Ok(done)
    }

    /// Distributes the cells of all complete records to the columns; surplus cells, with their record, to `extra`.
    fn scan(&mut self, bytes: &[u8], last: bool, extra: &mut Vec<(u64, Cell)>) -> Result<usize> {
        let Self { columns, scanner, .. } = self;
        let scanner = *scanner;
        // Each lock is free: there is no other thread between blocks.
        let mut columns: Vec<MutexGuard<'_, Building>> = columns.iter().map(lock).collect();
        let check_encoding = self.check_encoding && !bytes.is_ascii();
        let check_nul = memchr(0, bytes).is_some();
        let mut row = Vec::new();
        let mut at = 0;
        while let Some(record) = scanner.record(bytes, at, last, &mut row) {
            let (line, span) = (self.line, &bytes[at..record.end]);
            at = record.end;
            self.line += record.lines;
            if record.blank {
                self.tallies.blank_line.add(line);
                continue;
            }
            for (column, cell) in
                columns.iter_mut().zip(row.iter().copied().chain(std::iter::repeat(Cell::default())))
            {
                if !column.skip {
                    column.cells.push(cell);
                }
            }
            if let Some(surplus) = row.get(columns.len()..).filter(|surplus| !surplus.is_empty()) {
                if surplus.iter().all(|cell| cell_text(&bytes[cell.range()], false).trim().is_empty()) {
                    self.tallies.blank_surplus.add(line);
                } else {
                    self.tallies.surplus.add(line);
                    extra.extend(surplus.iter().map(|&cell| (self.records, cell)));
                }
            } else if row.len() < columns.len() {
                self.tallies.short.add(line);
            }
            self.tallies.record(&record, line);
            if check_nul && memchr(0, span).is_some() {
                self.tallies.nul.add(line);
            }
            if check_encoding {
                self.tallies.encoding(span, line);
            }
            if self.lines.is_empty() && line != self.records + 1 {
                self.lines.extend(1..=self.records);
            }
            if !self.lines.is_empty() || line != self.records + 1 {
                self.lines.push(line);
            }
            self.records += 1;
            if self.records >= MAX_VALUES {
                drop(columns);
                return Err(self.too_many("records"));
            }
        }
        Ok(at)
    }

    /// Adds the surplus cells of a block; `false` when there are more values than codes.
    fn add_surplus(&mut self, block: &Block<'_>, extra: &[(u64, Cell)]) -> bool {
        let surplus = &mut self.surplus;
        let mut plain = String::new();
        for cells in extra.chunk_by(|a, b| a.0 == b.0) {
            while (surplus.builder.len() as u64) < cells[0].0 {
                surplus.builder.push(None);
            }
            let mut values: Vec<String> = Vec::with_capacity(cells.len());
            for &(_, cell) in cells {
                let text = block.value(cell, &mut plain);
                values.extend(text.split(VALUE_SEPARATOR).map(str::to_owned));
            }
            surplus.values += values.len() as u64;
            if surplus.values + surplus.builder.len() as u64 >= MAX_VALUES {
                return false;
            }
            surplus.builder.push_list(values.iter().map(String::as_str));
        }
        true
    }

    fn too_many(&self, what: &str) -> Error {
        Error::new(ErrorKind::Limit, format!("more than {MAX_VALUES} {what}")).at(&self.place).line(self.line)
    }

    /// Counts the encoding of what stands before the records.
    fn tally_encoding(&mut self, bytes: &[u8], line: u64) {
        self.tallies.encoding(bytes, line);
    }

    /// Writes the tallies down, and decides on the encoding when only they know it.
    fn report(&self, name: &str, known: Option<Encoding>, issues: &mut Issues) -> Encoding {
        let tallies = &self.tallies;
        let findings: [(&Tally, &'static str, &str); 8] = [
            (
                &tallies.short,
                "ragged_row",
                "rows of another width: missing cells are null, surplus is in a column",
            ),
            (
                &tallies.surplus,
                "ragged_row",
                "rows of another width: missing cells are null, surplus is in a column",
            ),
            (&tallies.blank_surplus, "blank_surplus", "blank cells beyond the last column, left out"),
            (&tallies.blank_line, "blank_line", "lines without any cell, not records"),
            (
                &tallies.unclosed,
                "unclosed_quote",
                "a quote that opens a cell and closes nowhere, read as text",
            ),
            (
                &tallies.misplaced,
                "misplaced_quote",
                "quotes within a quoted cell that are not doubled, kept as text",
            ),
            (
                &tallies.long_cell,
                "long_quoted_cell",
                "a quoted cell of very many lines: look whether a quote is missing",
            ),
            (&tallies.nul, "nul_byte", "records with NUL bytes, kept"),
        ];
        for (tally, code, message) in findings {
            tally.report(issues, (code, name, ""), message);
        }
        if self.records == 0 {
            issues.add("no_records", name, "", None, "a header and no records");
        }
        let utf8 = match known {
            Some(known) => known == Encoding::Utf8,
            None => tallies.utf8.count >= tallies.other.count,
        };
        // Nothing was counted when the encoding is neither.
        let minority = if utf8 { &tallies.other } else { &tallies.utf8 };
        let message = "lines in another encoding than the rest, read as UTF-8 or else Windows-1252";
        minority.report(issues, ("mixed_encoding", name, ""), message);
        known.unwrap_or(if utf8 { Encoding::Utf8 } else { Encoding::Windows1252 })
    }

    /// The source, and the names of its skipped columns.
    fn finish(self, name: &str, mut names: Vec<String>) -> Result<(Source, Vec<String>)> {
        let columns = self
            .columns
            .into_iter()
            .map(|column| column.into_inner().unwrap_or_else(PoisonError::into_inner));
        let mut columns: Vec<_> = columns.map(|column| column.builder.finish()).collect();
        let mut surplus = self.surplus.builder;
        if !surplus.is_empty() {
            while (surplus.len() as u64) < self.records {
                surplus.push(None);
            }
            names.push(names::free_name(&names, SURPLUS));
            columns.push(surplus.finish());
        }
        Ok((Source::new(name, names, columns, self.lines)?, self.skipped))
    }
}

impl Tallies {
    /// Counts the repairs of a record.
    fn record(&mut self, record: &Record, line: u64) {
        if record.stray > 0 {
            self.unclosed.add(line);
        }
        if record.misplaced > 0 {
            self.misplaced.add(line);
        }
        if record.longest >= LONG_CELL_LINES {
            self.long_cell.add(line);
        }
    }

    /// Counts a record by its encoding, when it tells.
    fn encoding(&mut self, record: &[u8], line: u64) {
        if record.is_ascii() {
            return;
        }
        if std::str::from_utf8(record).is_ok() { self.utf8.add(line) } else { self.other.add(line) }
    }
}

/// The column behind a lock that nobody else holds; a panic elsewhere does not spoil it, since the run ends then.
fn lock(column: &Mutex<Building>) -> MutexGuard<'_, Building> {
    column.lock().unwrap_or_else(PoisonError::into_inner)
}
