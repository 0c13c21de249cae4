//! What the bytes are: files that are no text, UTF-16, UTF-8 and Windows-1252.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Encoding;

/// Share of control characters from which a file is taken for binary: text exports carry a stray one at most, random bytes
/// one in eleven.
const MAX_CONTROL_SHARE: (usize, usize) = (1, 100);
/// So few say nothing about a short file.
const MAX_STRAY_CONTROLS: usize = 16;

/// Share of positions that must be NUL on one side of each byte pair, and how much rarer NULs must be on the other,
/// for a file to be UTF-16 without a mark. Delimiters, digits and Latin letters all have one NUL.
const UTF16_NUL_SHARE: (usize, usize) = (3, 10);
const UTF16_NUL_RATIO: usize = 10;

/// Byte order mark and the encoding it announces.
pub(super) fn byte_order_mark(sample: &[u8]) -> Option<(Encoding, usize)> {
    match sample {
        [0xef, 0xbb, 0xbf, ..] => Some((Encoding::Utf8, 3)),
        [0xff, 0xfe, ..] => Some((Encoding::Utf16Le, 2)),
        [0xfe, 0xff, ..] => Some((Encoding::Utf16Be, 2)),
        _ => None,
    }
}

/// UTF-16 without a mark, from where the NUL bytes are.
pub(super) fn guess_utf16(sample: &[u8]) -> Option<Encoding> {
    let pairs = sample.len() / 2;
    let (mut high, mut low) = (0, 0);
    for pair in sample.chunks_exact(2) {
        high += usize::from(pair[0] == 0);
        low += usize::from(pair[1] == 0);
    }
    let (of, all) = UTF16_NUL_SHARE;
    let mostly =
        |many: usize, few: usize| many > 0 && many * all >= pairs * of && few * UTF16_NUL_RATIO <= many;
    if mostly(low, high) {
        Some(Encoding::Utf16Le)
    } else if mostly(high, low) {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// What a file is that is not delimited text, from its first bytes, and how to get a CSV out of it.
pub(super) fn known_format(sample: &[u8]) -> Option<(&'static str, &'static str)> {
    const SPREADSHEET: &str = "open it in the spreadsheet program and save it as \"CSV UTF-8\"";
    const UNPACK: &str = "unpack it and read the CSV file inside";
    const MAGIC: &[(&[u8], &str, &str)] = &[
        (b"\x1f\x8b", "a gzip archive", UNPACK),
        (b"\x28\xb5\x2f\xfd", "a Zstandard archive", UNPACK),
        (b"\xfd7zXZ\0", "an xz archive", UNPACK),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
        (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Office file", SPREADSHEET),
        (b"%PDF-", "a PDF document", "export the data as CSV from the program that made the document"),
        (
            b"SQLite format 3\0",
            "an SQLite database",
            "export a table with: sqlite3 -header -csv x.db 'select * from t'",
        ),
        (b"\xff\xfe\0\0", "UTF-32 text", "save it as UTF-8"),
        (b"\0\0\xfe\xff", "UTF-32 text", "save it as UTF-8"),
    ];
    /// Marks that a header could begin with; they count only in a file with control characters.
    const WORD_MAGIC: &[(&[u8], &str, &str)] = &[
        (b"BZh", "a bzip2 archive", UNPACK),
        (
            b"PAR1",
            "a Parquet file",
            "export it as CSV, for example with DuckDB: COPY (FROM 'x.parquet') TO 'x.csv'",
        ),
        (b"ARROW1", "an Arrow file", "export it as CSV, for example with DuckDB or pyarrow"),
    ];
    if sample.starts_with(b"PK\x03\x04") {
        let holds = |name: &[u8]| memchr::memmem::find(sample, name).is_some();
        let spreadsheet = holds(b"xl/") || holds(b"[Content_Types].xml") || holds(b"opendocument");
        return Some(if spreadsheet {
            ("an Excel or OpenDocument file", SPREADSHEET)
        } else {
            ("a zip archive", UNPACK)
        });
    }
    let controls = sample.iter().any(|&byte| byte < b'\t');
    let mut magic = MAGIC.iter().chain(if controls { WORD_MAGIC } else { &[] });
    if let Some((_, what, cure)) = magic.find(|(magic, ..)| sample.starts_with(magic)) {
        return Some((what, cure));
    }
    // Shop systems serve such pages under the name `.xls` or `.csv`, also when the session has ended.
    let text = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample).trim_ascii_start();
    let begins =
        |word: &str| text.len() >= word.len() && text[..word.len()].eq_ignore_ascii_case(word.as_bytes());
    const MARKUP: &[(&str, &str, &str)] = &[
        ("<!doctype html", "a web page", "download the CSV again while signed in"),
        (
            "<html",
            "a web page",
            "download the CSV again, or open the page in a spreadsheet program and save it as CSV",
        ),
        ("<table", "an HTML table", SPREADSHEET),
        ("<?xml", "an XML document", SPREADSHEET),
        ("{\\rtf", "an RTF document", "save it as plain text"),
        ("{\"", "JSON", "export the data as CSV"),
        ("[{", "JSON", "export the data as CSV"),
        ("begin:vcard", "a vCard file", "export the contacts as CSV"),
    ];
    MARKUP.iter().find(|(word, ..)| begins(word)).map(|&(_, what, cure)| (what, cure))
}

/// Whether text cannot have so many control characters, of which a `delimiter` that the caller names is none.
pub(super) fn is_binary(sample: &[u8], delimiter: Option<u8>) -> bool {
    // White space, escapes of Japanese mail, and the separators of old databases do stand in texts.
    let is_control = |byte: u8| match byte {
        b'\t'..=b'\r' | 0x1b..=b'~' | 0x80.. => false,
        byte => Some(byte) != delimiter,
    };
    let (of, all) = MAX_CONTROL_SHARE;
    let controls = sample.iter().filter(|&&byte| is_control(byte)).count();
    controls > MAX_STRAY_CONTROLS && controls * all > sample.len() * of
}

/// One cell's text. UTF-8 unless its bytes are not, which is then Windows-1252: the odds that a Windows-1252 text
/// with accents is valid UTF-8 by chance are nil, so that a file of lines from both reads right as well.
pub(super) fn cell_text(bytes: &[u8], windows_1252: bool) -> Cow<'_, str> {
    if !windows_1252 && let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    // Every byte has a character in this encoding as browsers read it, so that nothing is lost.
    WINDOWS_1252.decode_without_bom_handling(bytes).0
}

/// Undoes the doubling of quotes.
pub(super) fn undouble(text: &str, out: &mut String) {
    out.clear();
    let mut rest = text;
    while let Some(at) = rest.find("\"\"") {
        out.push_str(&rest[..=at]);
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
}

/// The input as UTF-8 or a superset of ASCII, in a buffer of which the front is consumed record by record.
pub(super) struct Input<'r> {
    reader: Box<dyn Read + 'r>,
    utf16: Option<encoding_rs::Decoder>,
    /// UTF-16 as it came; empty between calls.
    raw: Vec<u8>,
    buf: Vec<u8>,
    /// Consumed bytes of `buf`.
    start: usize,
    /// Whether the reader has nothing left.
    pub ended: bool,
    /// Bytes read.
    pub bytes: u64,
    /// Halves of surrogate pairs and odd bytes, each replaced by U+FFFD.
    pub invalid_utf16: u64,
}

impl<'r> Input<'r> {
    pub(super) fn new(reader: Box<dyn Read + 'r>) -> Self {
        let (raw, buf) = (Vec::new(), Vec::new());
        Self { reader, utf16: None, raw, buf, start: 0, ended: false, bytes: 0, invalid_utf16: 0 }
    }

    /// What is in the buffer.
    pub(super) fn available(&self) -> &[u8] {
        &self.buf[self.start..]
    }

    /// Drops the first `count` bytes of [`Self::available`].
    pub(super) fn consume(&mut self, count: usize) {
        self.start += count;
    }

    /// Reads until at least `want` bytes are available or the input ends.
    pub(super) fn fill(&mut self, want: usize) -> io::Result<()> {
        if self.buf.len() - self.start >= want || self.ended {
            return Ok(());
        }
        self.buf.drain(..self.start);
        self.start = 0;
        while self.buf.len() < want && !self.ended {
            let missing = want - self.buf.len();
            let target = if self.utf16.is_some() { &mut self.raw } else { &mut self.buf };
            let got = self.reader.by_ref().take(missing as u64).read_to_end(target)?;
            self.bytes += got as u64;
            self.ended = got < missing;
            if self.utf16.is_some() {
                let raw = std::mem::take(&mut self.raw);
                self.decode(&raw);
            }
        }
        Ok(())
    }

    /// From here on, and for what is in the buffer already, the input is UTF-16.
    pub(super) fn set_utf16(&mut self, encoding: Encoding) {
        let encoding = if encoding == Encoding::Utf16Be { UTF_16BE } else { UTF_16LE };
        self.utf16 = Some(encoding.new_decoder_without_bom_handling());
        let raw = self.buf.split_off(self.start);
        self.buf.clear();
        self.start = 0;
        self.decode(&raw);
    }

    fn decode(&mut self, mut raw: &[u8]) {
        let Some(decoder) = &mut self.utf16 else { return };
        let mut text = String::new();
        loop {
            text.reserve(
                decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(raw.len()).max(16),
            );
            let (result, read) = decoder.decode_to_string_without_replacement(raw, &mut text, self.ended);
            raw = &raw[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    text.push(char::REPLACEMENT_CHARACTER);
                    self.invalid_utf16 += 1;
                }
            }
        }
        self.buf.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_is_recognised_without_a_mark() {
        let encode = |text: &str, big: bool| -> Vec<u8> {
            text.encode_utf16()
                .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect()
        };
        assert_eq!(guess_utf16(&encode("id;name\r\n1;Ñ\r\n", false)), Some(Encoding::Utf16Le));
        assert_eq!(guess_utf16(&encode("id;name\r\n1;Ñ\r\n", true)), Some(Encoding::Utf16Be));
        assert_eq!(guess_utf16(b"id;name\r\n1;x\r\n"), None);
        assert_eq!(guess_utf16(&[0; 100]), None);
        assert_eq!(guess_utf16(b""), None);
    }

    #[test]
    fn undoubling_pairs_from_the_left() {
        let mut out = String::new();
        for (text, plain) in
            [("", ""), ("a\"\"b", "a\"b"), ("\"\"\"\"", "\"\""), ("\"\"\"", "\"\""), ("\"", "\"")]
        {
            undouble(text, &mut out);
            assert_eq!(out, plain, "{text}");
        }
    }

    #[test]
    fn windows_1252_is_total_and_not_latin_1() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(cell_text(&all, true).chars().count(), 256);
        assert_eq!(cell_text(b"\x80 \x93Garc\xeda\x94", false), "€ “García”");
        assert_eq!(cell_text("García".as_bytes(), false), "García");
        assert_eq!(cell_text("é".as_bytes(), true), "Ã©");
    }
}
