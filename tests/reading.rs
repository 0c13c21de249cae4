//! Reading what customer systems export: named cases for each vice, errors, limits, and properties against oracles.
#![cfg(feature = "csv")]

use proptest::prelude::*;
use quilate::io::csv::{Encoding, LineEnding, Read, ReadOptions, Writer, read_bytes, read_path, read_stream};
use quilate::{ErrorKind, Source};

fn read(bytes: impl AsRef<[u8]>) -> Read {
    read_with(bytes, &ReadOptions::new())
}

fn read_with(bytes: impl AsRef<[u8]>, options: &ReadOptions<'_>) -> Read {
    read_bytes("test", bytes.as_ref(), options).unwrap_or_else(|error| panic!("{error}"))
}

/// Records as text: `|` between cells, `+` between values, `~` for null.
fn rows(source: &Source) -> Vec<String> {
    let cell = |record: usize, column: &quilate::Column| match column.codes(record) {
        [] => "~".to_owned(),
        _ => column.values(record).collect::<Vec<_>>().join("+"),
    };
    (0..source.len())
        .map(|record| {
            source.columns().iter().map(|column| cell(record, column)).collect::<Vec<_>>().join("|")
        })
        .collect()
}

fn lines(source: &Source) -> Vec<u64> {
    (0..source.len()).map(|record| source.line(record)).collect()
}

/// Issues as `code=count@first line`.
fn issues(read: &Read) -> Vec<String> {
    let line = |lines: &[u64]| lines.first().map_or(String::new(), |line| format!("@{line}"));
    read.issues.iter().map(|issue| format!("{}={}{}", issue.code, issue.count, line(&issue.lines))).collect()
}

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

struct Case {
    name: &'static str,
    input: Vec<u8>,
    fields: &'static [&'static str],
    rows: &'static [&'static str],
    lines: &'static [u64],
    issues: &'static [&'static str],
}

macro_rules! cases {
    ($($name:literal: $input:expr => $fields:expr, $rows:expr, $lines:expr, $issues:expr;)*) => {
        vec![$(Case { name: $name, input: Vec::from($input), fields: &$fields, rows: &$rows, lines: &$lines, issues: &$issues },)*]
    };
}

const NONE: [&str; 0] = [];

#[test]
fn shapes_that_break_readers() {
    let cases = cases! {
        // Delimiters.
        "comma": "name,email\nAna,a@x.es\n" => ["name", "email"], ["Ana|a@x.es"], [2], NONE;
        "semicolon": "name;email\nAna;a@x.es\n" => ["name", "email"], ["Ana|a@x.es"], [2], NONE;
        "tab": "name\temail\nAna\ta@x.es\n" => ["name", "email"], ["Ana|a@x.es"], [2], NONE;
        "pipe": "name|email\nAna|a@x.es\n" => ["name", "email"], ["Ana|a@x.es"], [2], NONE;
        "decimal commas": "name;total\nAna;85,00\nPau;90,50\n" => ["name", "total"], ["Ana|85,00", "Pau|90,50"], [2, 3], NONE;
        "decimal commas in most columns": "id;a;b;c\n1;8,0;9,5;1,1\n2;8,1;9,6;1,2\n"
            => ["id", "a", "b", "c"], ["1|8,0|9,5|1,1", "2|8,1|9,6|1,2"], [2, 3], NONE;
        "decimal commas, no header": "1;85,00\n2;90,50\n" => ["c1", "c2"], ["1|85,00", "2|90,50"], [1, 2], ["no_header=1"];
        "an address with as many commas in each row": "name;address\nAna;Mayor 3, 2, Lugo\nPau;Sol 4, 1, Vigo\n"
            => ["name", "address"], ["Ana|Mayor 3, 2, Lugo", "Pau|Sol 4, 1, Vigo"], [2, 3], NONE;
        "semicolons within the cells of a comma file": "name,email\nAna,a@x.es;b@x.es\nPau,p@x.es;q@x.es\n"
            => ["name", "email"], ["Ana|a@x.es;b@x.es", "Pau|p@x.es;q@x.es"], [2, 3], NONE;
        "one column with commas in it": "name\n\"Ruiz, Ana\"\nVila, Pau\nSanz, Eva\n"
            => ["name"], ["Ruiz, Ana", "Vila, Pau", "Sanz, Eva"], [2, 3, 4], NONE;
        "sep line": "sep=;\r\nname;total\r\nAna;8,5\r\n" => ["name", "total"], ["Ana|8,5"], [3], NONE;
        "quoted sep line with a mark": "\u{feff}\"sep=,\"\nname,n\nAna,1\n" => ["name", "n"], ["Ana|1"], [3], NONE;
        "sep line with an odd delimiter": "SEP=^\nname^email\nAna^a@x.es\n" => ["name", "email"], ["Ana|a@x.es"], [3], NONE;
        // Encodings.
        "utf-8 with mark": "\u{feff}name;city\nAna;Logroño\n" => ["name", "city"], ["Ana|Logroño"], [2], NONE;
        "utf-16le with mark": utf16("name;city\r\nAna;Logroño\r\n", false, true) => ["name", "city"], ["Ana|Logroño"], [2], NONE;
        "utf-16be with mark": utf16("name\tcity\r\nAna\tLogroño\r\n", true, true) => ["name", "city"], ["Ana|Logroño"], [2], NONE;
        "utf-16le": utf16("name;city\r\nAna;Logroño\r\n", false, false) => ["name", "city"], ["Ana|Logroño"], [2], NONE;
        "utf-16be": utf16("name;city\r\nAna;Logroño\r\n", true, false) => ["name", "city"], ["Ana|Logroño"], [2], NONE;
        "utf-16 with half a character": [utf16("name;city\n", false, true), vec![0x3d, 0xd8], utf16(";x\n", false, false)].concat()
            => ["name", "city"], ["\u{fffd}|x"], [2], ["invalid_utf16=1"];
        "windows-1252": b"name;tel\xe9fono;total\nMar\xeda;600112233;5 \x80\n"
            => ["name", "teléfono", "total"], ["María|600112233|5 €"], [2], NONE;
        "two encodings in one file": b"name;city\nMar\xc3\xada;Le\xc3\xb3n\nJos\xe9;Lugo\nEva;C\xc3\xa1diz\n"
            => ["name", "city"], ["María|León", "José|Lugo", "Eva|Cádiz"], [2, 3, 4], ["mixed_encoding=1@3"];
        "a character cut in two": b"name;city\nJos\xc3;\xb1\nEva;C\xc3\xa1diz\nPau;\xc3\x81vila\n"
            => ["name", "city"], ["JosÃ|±", "Eva|Cádiz", "Pau|Ávila"], [2, 3, 4], ["mixed_encoding=1@2"];
        // Line ends.
        "crlf": "name,email\r\nAna,a@x.es\r\n" => ["name", "email"], ["Ana|a@x.es"], [2], NONE;
        "cr": "name,email\rAna,a@x.es\rPau,p@x.es" => ["name", "email"], ["Ana|a@x.es", "Pau|p@x.es"], [2, 3], NONE;
        "cr cr lf": "name,email\r\r\nAna,a@x.es\r\r\n" => ["name", "email"], ["Ana|a@x.es"], [2], NONE;
        "lf and crlf mixed": "name,n\nAna,1\r\nPau,2\n" => ["name", "n"], ["Ana|1", "Pau|2"], [2, 3], NONE;
        "a carriage return within a cell": "name,n\nAna\rRuiz,1\nPau,2\n" => ["name", "n"], ["Ana\rRuiz|1", "Pau|2"], [2, 3], NONE;
        "no line end at the end": "name,n\nAna,1" => ["name", "n"], ["Ana|1"], [2], NONE;
        "end mark of dos": "name,n\r\nAna,1\r\n\u{1a}" => ["name", "n"], ["Ana|1"], [2], ["blank_line=1@3"];
        // Quotes.
        "quoted line ends": "name,note,n\nAna,\"one\ntwo\r\nthree\",1\nPau,x,2\n"
            => ["name", "note", "n"], ["Ana|one\ntwo\r\nthree|1", "Pau|x|2"], [2, 5], NONE;
        "doubled quotes": "name,note\nAna,\"said \"\"hi\"\"\"\nPau,\"\"\"\"\n" => ["name", "note"], ["Ana|said \"hi\"", "Pau|\""], [2, 3], NONE;
        "quotes in an unquoted cell": "name,size\nAna,5'11\"\nPau,a \"b\" c\n" => ["name", "size"], ["Ana|5'11\"", "Pau|a \"b\" c"], [2, 3], NONE;
        "quotes that are not doubled": "id,name,n\n1,\"Bar \"La Paz\" SL\",2\n2,x,3\n"
            => ["id", "name", "n"], ["1|Bar \"La Paz\" SL|2", "2|x|3"], [2, 3], ["misplaced_quote=1@2"];
        "blanks after the closing quote": "id,name\n1,\"Ana\" \n2,\"Pau\" ,\n" => ["id", "name"], ["1|Ana", "2|Pau"], [2, 3], ["blank_surplus=1@3"];
        "a quote that never closes": "id,name,n\n1,\"Acme,2\n2,Bar,3\n3,Sol,4\n"
            => ["id", "name", "n"], ["1|\"Acme|2", "2|Bar|3", "3|Sol|4"], [2, 3, 4], ["unclosed_quote=1@2"];
        "a quote that meets the next opening one": "id,name,n\n1,\"Acme,2\n2,\"Bar, SL\",3\n"
            => ["id", "name", "n"], ["1|\"Acme|2", "2|Bar, SL|3"], [2, 3], ["unclosed_quote=1@2"];
        "a missing quote at a line's end": "\"id\",\"name\"\n\"1\",\"Acme\n\"2\",\"Bar\"\n"
            => ["id", "name"], ["1|\"Acme", "2|Bar"], [2, 3], ["unclosed_quote=1@2"];
        "text after the closing quote": "id,name,n\n1,\"Bar\"x,2\n2,y,3\n" => ["id", "name", "n"], ["1|\"Bar\"x|2", "2|y|3"], [2, 3], ["unclosed_quote=1@2"];
        "a lone quote as the last byte": "id,name\n1,x\n2,\"" => ["id", "name"], ["1|x", "2|\""], [2, 3], ["unclosed_quote=1@3"];
        // Ragged rows and blank lines.
        "too few cells": "id,name,n\n1\n2,Pau\n3,Eva,4\n4,Luz,5\n"
            => ["id", "name", "n"], ["1|~|~", "2|Pau|~", "3|Eva|4", "4|Luz|5"], [2, 3, 4, 5], ["ragged_row=2@2"];
        "too many cells": "id,name\n1,Ana,x,,y\n2,Pau\n3,Eva\n"
            => ["id", "name", "surplus"], ["1|Ana|x+y", "2|Pau|~", "3|Eva|~"], [2, 3, 4], ["ragged_row=1@2"];
        "a column called surplus": "id,surplus\n1,Ana,x\n2,Pau\n3,Eva\n"
            => ["id", "surplus", "surplus_2"], ["1|Ana|x", "2|Pau|~", "3|Eva|~"], [2, 3, 4], ["ragged_row=1@2"];
        "a delimiter at the end of the records": "id,name\n1,Ana,\n2,Pau,\n" => ["id", "name"], ["1|Ana", "2|Pau"], [2, 3], ["blank_surplus=2@2"];
        "a header with fewer names than columns": "id,name\n1,Ana,x\n2,Pau,y\n"
            => ["id", "name", "column_3"], ["1|Ana|x", "2|Pau|y"], [2, 3], ["blank_header=1@1"];
        "blank lines": "id,name\n\n1,Ana\n  \n2,Pau\n\n" => ["id", "name"], ["1|Ana", "2|Pau"], [3, 5], ["blank_line=3@2"];
        "lines of blanks have no say in how wide a table is": "id;name;n\n1;Ana;4\n  \n\t\n   \n \n2;Pau;5\n \n  \n"
            => ["id", "name", "n"], ["1|Ana|4", "2|Pau|5"], [2, 7], ["blank_line=6@3"];
        "a row of blank cells is a record": "id,name\n1,Ana\n , \n,\n" => ["id", "name"], ["1|Ana", "~|~", "~|~"], [2, 3, 4], NONE;
        // Headers.
        "duplicate headers": "Email,Email,name\na@x.es,b@x.es,Ana\n" => ["Email", "Email_2", "name"], ["a@x.es|b@x.es|Ana"], [2], ["duplicate_header=1@1"];
        "numbered headers": "q01,q02,q03\n5,3,2\n4,4,1\n" => ["q01", "q02", "q03"], ["5|3|2", "4|4|1"], [2, 3], NONE;
        "blank headers": "id,,name, \n1,x,Ana,y\n" => ["id", "column_2", "name", "column_4"], ["1|x|Ana|y"], [2],
            ["blank_header=1@1", "blank_header=1@1"];
        "spaces, quotes and line breaks in headers": " id ,'name',\"E-mail\naddress\"\n1,Ana,a@x.es\n"
            => ["id", "name", "E-mail address"], ["1|Ana|a@x.es"], [3], NONE;
        "titles above the header": "Customers 2024\nExported on 1/3/2024, by Ana\n\nid,name,email\n1,Ana,a@x.es\n2,Pau,p@x.es\n"
            => ["id", "name", "email"], ["1|Ana|a@x.es", "2|Pau|p@x.es"], [5, 6], ["lines_above_header=3@1"];
        "more titles than records": "Customers\nSpain\n2024\nid;name\n1;Ana\n" => ["id", "name"], ["1|Ana"], [5], ["lines_above_header=3@1"];
        "titles padded by a spreadsheet": "Customers;;;\n;;;\nid;name;email;city\n1;Ana;a@x.es;Lugo\n"
            => ["id", "name", "email", "city"], ["1|Ana|a@x.es|Lugo"], [4], ["lines_above_header=2@1"];
        "a header that names fewer than half of the columns": "name,email\nAna,a@x.es,1,2,3\nPau,p@x.es,4,5,6\n"
            => ["name", "email", "column_3", "column_4", "column_5"], ["Ana|a@x.es|1|2|3", "Pau|p@x.es|4|5|6"], [2, 3],
            ["blank_header=1@1", "blank_header=1@1", "blank_header=1@1"];
        "no header": "1,Ana,a@x.es\n2,Pau,p@x.es\n" => ["c1", "c2", "c3"], ["1|Ana|a@x.es", "2|Pau|p@x.es"], [1, 2], ["no_header=1"];
        "no header and a narrow first row": "1\n2,Pau,p@x.es\n3,Eva,e@x.es\n"
            => ["c1", "c2", "c3"], ["1|~|~", "2|Pau|p@x.es", "3|Eva|e@x.es"], [1, 2, 3], ["no_header=1", "ragged_row=1@1"];
        "no header, one record": "Ana,a@x.es,600112233\n" => ["c1", "c2", "c3"], ["Ana|a@x.es|600112233"], [1], ["no_header=1"];
        "years as headers": "name,2023,2024\nAna,100,250\nPau,300,50\n" => ["name", "2023", "2024"], ["Ana|100|250", "Pau|300|50"], [2, 3], NONE;
        "words only": "aa,bb\nx,y\nz,w\n" => ["aa", "bb"], ["x|y", "z|w"], [2, 3], ["header_assumed=1@1"];
        "words only, repeated below": "Ana,Lugo\nPau,Vigo\nEva,Lugo\n" => ["c1", "c2"], ["Ana|Lugo", "Pau|Vigo", "Eva|Lugo"], [1, 2, 3], ["no_header=1"];
        "a header and nothing else": "id,name\n" => ["id", "name"], NONE, [], ["no_records=1"];
        // Values are not changed.
        "nul bytes, placeholders, apostrophes and spaces": "id,name,phone\n1, -\0,'600112233\n2, n/a ,4.41E+11\n"
            => ["id", "name", "phone"], ["1| -\0|'600112233", "2| n/a |4.41E+11"], [2, 3], ["nul_byte=1@2"];
        "several values in a cell": "name,phone\nAna,600 ::: 700 ::: 600\nPau,800\nEva,a:::b\n"
            => ["name", "phone"], ["Ana|600+700", "Pau|800", "Eva|a:::b"], [2, 3, 4], NONE;
    };
    for case in cases {
        // The outcome may depend neither on the size of the blocks nor on where the stream stops to breathe.
        for block in [1, 7, 1 << 20] {
            let read = read_with(&case.input, &ReadOptions::new().block(block));
            let name = format!("{} (block {block})", case.name);
            assert_eq!(read.source.fields(), case.fields, "{name}");
            assert_eq!(rows(&read.source), case.rows, "{name}");
            assert_eq!(lines(&read.source), case.lines, "{name}");
            assert_eq!(issues(&read), case.issues, "{name}");
            assert_eq!(read.bytes, case.input.len() as u64, "{name}");
        }
    }
}

#[test]
fn the_format_is_told() {
    let format = read("sep=;\r\nname;city\r\nAna;Lugo\r\n").format;
    assert_eq!(
        (format.delimiter, format.line_ending, format.header_line),
        (Some(b';'), LineEnding::CrLf, Some(2))
    );
    assert!(format.separator_line && !format.byte_order_mark);
    let encodings: [(&[u8], Encoding, bool); 6] = [
        (b"name,n\nAna,1\n", Encoding::Utf8, false),
        (b"\xef\xbb\xbfname,n\nAna,1\n", Encoding::Utf8, true),
        (b"name,n\nJos\xe9,1\n", Encoding::Windows1252, false),
        (b"tel\xe9fono,name\n600112233,Ana\n", Encoding::Windows1252, false),
        (&utf16("name,n\nAna,1\n", false, true), Encoding::Utf16Le, true),
        (&utf16("name,n\nAna,1\n", true, false), Encoding::Utf16Be, false),
    ];
    for (bytes, encoding, mark) in encodings {
        let format = read(bytes).format;
        assert_eq!((format.encoding, format.byte_order_mark), (encoding, mark), "{bytes:?}");
    }
    assert_eq!(read("1,a@x.es\n2,b@x.es\n").format.header_line, None);
    assert_eq!(read("name,n\rAna,1\r").format.line_ending, LineEnding::Cr);
}

#[test]
fn options_overrule_what_is_found() {
    let bytes = "1;Ana,x\n2;Pau,y\n";
    let read = read_with(bytes, &ReadOptions::new().delimiter(b',').has_header(true).name("other"));
    assert_eq!(read.source.name(), "other");
    assert_eq!(
        (read.source.fields(), rows(&read.source)),
        (&["1;Ana".to_owned(), "x".to_owned()][..], vec!["2;Pau|y".to_owned()])
    );
    let read = read_with("name,city\nAna,Lugo\n", &ReadOptions::new().has_header(false));
    assert_eq!(
        (rows(&read.source), issues(&read)),
        (vec!["name|city".to_owned(), "Ana|Lugo".to_owned()], vec![])
    );
    let read = read_with("name,n\nJosé,1\n", &ReadOptions::new().encoding(Encoding::Windows1252));
    assert_eq!(rows(&read.source), ["JosÃ©|1"]);
    let error = read_bytes("x", b"a,b\n", &ReadOptions::new().delimiter(b'"')).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[test]
fn skipped_fields_are_null_and_named() {
    let secret = |field: &str| field.contains("hash");
    let read = read_with(
        "id,password_hash,name\n1,s3cr3t,Ana\n2,s3cr3t,Pau\n",
        &ReadOptions::new().skip_field(&secret),
    );
    assert_eq!(read.skipped, ["password_hash"]);
    assert_eq!(rows(&read.source), ["1|~|Ana", "2|~|Pau"]);
    assert_eq!(read.source.columns()[1].dictionary().len(), 0);
}

#[test]
fn progress_ends_at_the_size_of_the_input() {
    let bytes = format!("id,name\n{}", "1,Ana\n".repeat(1000));
    let seen = std::sync::Mutex::new(Vec::new());
    let note = |bytes| seen.lock().unwrap().push(bytes);
    read_with(&bytes, &ReadOptions::new().progress(&note));
    assert_eq!(seen.into_inner().unwrap().last(), Some(&(bytes.len() as u64)));
}

#[test]
fn streams_that_give_a_byte_at_a_time() {
    struct Trickle<'a>(&'a [u8], bool);
    impl std::io::Read for Trickle<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(std::io::ErrorKind::Interrupted.into());
            }
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            out[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }
    for bytes in
        [b"name;n\r\nJos\xe9;\"a\r\nb\"\r\n".to_vec(), utf16("name;n\r\nJosé;\"a\r\nb\"\r\n", true, true)]
    {
        let read = read_stream("s", Trickle(&bytes, false), &ReadOptions::new()).unwrap();
        assert_eq!(rows(&read.source), ["José|a\r\nb"]);
    }
}

#[test]
fn a_broken_stream_is_an_error() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::ConnectionReset.into())
        }
    }
    assert_eq!(read_stream("s", Broken, &ReadOptions::new()).unwrap_err().kind(), ErrorKind::Io);
}

#[test]
fn what_is_no_table_is_refused_with_a_cure() {
    // Every byte but NUL, in an order that no text has.
    let noise: Vec<u8> = (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 | 1).collect();
    let cases: &[(&str, &[u8], &str)] = &[
        ("empty", b"", "empty"),
        ("blank", b" \r\n\n", "empty"),
        ("only a mark", b"\xef\xbb\xbf", "empty"),
        ("xlsx", b"PK\x03\x04\x14\0[Content_Types].xml", "CSV UTF-8"),
        ("zip", b"PK\x03\x04\x14\0\0\0customers.csv", "zip archive"),
        ("gzip", b"\x1f\x8b\x08\0\0\0", "gzip"),
        ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "Excel"),
        ("pdf", b"%PDF-1.7\n", "PDF"),
        ("parquet", b"PAR1\x15\x04\0", "Parquet"),
        ("sqlite", b"SQLite format 3\0\x10", "sqlite3"),
        ("utf-32", b"\xff\xfe\0\0a\0\0\0", "UTF-32"),
        ("html", b"\n<!DOCTYPE html><html>", "web page"),
        ("json", b"[{\"name\": \"Ana\"}]", "JSON"),
        ("vcard", b"BEGIN:VCARD\r\nVERSION:3.0\r\n", "vCard"),
        ("nul bytes", &[0; 4096], "binary"),
        ("noise without nul bytes", &noise, "binary"),
        ("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0\\r\xa8f", "binary"),
    ];
    for (name, bytes, expected) in cases {
        let error = read_bytes("export.csv", bytes, &ReadOptions::new()).expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Format, "{name}");
        let text = error.to_string();
        assert!(text.contains(expected) && text.starts_with("export.csv: "), "{name}: {text}");
    }
    // A header may begin like the mark of a binary format.
    assert_eq!(rows(&read("PAR1,name\n1,Ana\n").source), ["1|Ana"]);
    // Whoever names a control character as the delimiter has a table of them.
    let table = format!("id\u{1}name\n{}", "1\u{1}Ana\n".repeat(40));
    let options = ReadOptions::new();
    assert_eq!(
        rows(&read_bytes("x", table.as_bytes(), &options.delimiter(1)).unwrap().source),
        ["1|Ana"; 40]
    );
    assert!(read_bytes("x", table.as_bytes(), &options).is_err());
}

#[test]
fn paths_that_cannot_be_read() {
    let folder = std::env::temp_dir().join(format!("quilate-reading-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let options = ReadOptions::new();
    let missing = read_path(folder.join("none.csv"), &options).unwrap_err();
    assert!(missing.to_string().contains("none.csv: does not exist"), "{missing}");
    let directory = read_path(&folder, &options).unwrap_err();
    assert!(directory.to_string().contains("is a directory"), "{directory}");
    assert_eq!((missing.kind(), directory.kind()), (ErrorKind::Io, ErrorKind::Io));
    let path = folder.join("crm.export.csv");
    std::fs::write(&path, "name,n\nAna,1\n").unwrap();
    let read = read_path(&path, &options).unwrap();
    assert_eq!((read.source.name(), read.bytes), ("crm.export", 13));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
        // The superuser may read it all the same.
        if std::fs::File::open(&path).is_err() {
            let denied = read_path(&path, &options).unwrap_err();
            assert!(denied.to_string().contains("permissions"), "{denied}");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn ten_thousand_columns() {
    let header: Vec<String> = (0..10_000).map(|i| format!("field{i}")).collect();
    let row = |r: usize| (0..10_000).map(|c| format!("{}", r * c)).collect::<Vec<_>>().join(";");
    let text = format!("{}\n{}\n{}\n", header.join(";"), row(1), row(2));
    let read = read(text);
    assert_eq!(read.source.fields(), header);
    assert_eq!(read.source.columns()[9_999].get(1), Some("19998"));
    assert!(read.issues.is_empty());
}

#[test]
fn a_cell_of_fifty_megabytes() {
    // Lines, commas and doubled quotes; nothing in it looks like a record.
    let line = "Dear Ana, as \"\"agreed\"\" on the phone,\nthe parcel has left\n\n";
    let cell = line.repeat(50_000_000 / line.len());
    let text = format!("id,note,name\n1,short,Ana\n2,\"{cell}\",Pau\n3,x,Eva\n");
    let read = read(&text);
    assert_eq!(read.source.len(), 3);
    assert_eq!(read.source.columns()[1].get(1).map(str::len), Some(cell.replace("\"\"", "\"").len()));
    assert_eq!(rows(&read.source)[2], "3|x|Eva");
    assert_eq!(read.source.line(2), 4 + cell.matches('\n').count() as u64);
    assert_eq!(issues(&read), ["long_quoted_cell=1@3"]);
}

#[test]
fn a_forgotten_quote_does_not_swallow_the_file() {
    // The next quote is an inch mark 5,000 records later: what lies between is well-formed, yet no cell.
    let mut text = "id,name,size\n1,\"Acme,3\n".to_owned();
    for id in 2..=5_000 {
        text += &format!("{id},name {id},7\n");
    }
    text += "5001,screen,12\"\n5002,last,1\n";
    for block in [1 << 10, 1 << 20] {
        let read = read_with(&text, &ReadOptions::new().block(block));
        assert_eq!(read.source.len(), 5_002);
        assert_eq!(rows(&read.source)[0], "1|\"Acme|3");
        assert_eq!(rows(&read.source)[5_000], "5001|screen|12\"");
        assert_eq!(issues(&read), ["unclosed_quote=1@2"]);
    }
    // Trusted to be well-formed, the same bytes are one long cell.
    let trusted = read_with(&text, &ReadOptions::new().well_formed(true));
    assert_eq!(trusted.source.len(), 2);
    assert_eq!(trusted.issues.count("long_quoted_cell"), 1);
}

#[test]
fn hostile_quotes_are_read_in_linear_time() {
    // Each took hours with a scanner that looks for the end of each quote anew.
    let one_line = ["\"\"x,", "\"x\"y,", "\"x,", "\"\"\"\"x,"];
    for unit in one_line {
        let text = format!("id,name\n{}\n1,Ana\n", unit.repeat(500_000));
        let read = read_with(&text, &ReadOptions::new().delimiter(b',').has_header(true));
        assert_eq!(rows(&read.source).last().map(String::as_str), Some("1|Ana|~"), "{unit}");
    }
    let many_lines = ["1,\"\"\"\"x\n", "1,\"\"x\n", "1,\"x\n", "1,\"x\"y\n"];
    for unit in many_lines {
        let text = format!("id,name\n{}", unit.repeat(200_000));
        assert_eq!(read(&text).source.len(), 200_000, "{unit}");
    }
}

#[test]
fn a_sequence_of_threads_makes_no_difference() {
    let mut text = "id,name,city,note\n".to_owned();
    for id in 0..20_000 {
        text += &format!("{id},name {},city {},\"a, {}\"\n", id % 977, id % 31, id % 7);
    }
    let whole = read(&text);
    for block in [100, 4_096, 65_536] {
        let read = read_with(&text, &ReadOptions::new().block(block));
        assert_eq!(read.source, whole.source, "codes are numbered in order of first appearance");
    }
}

/// A table of `width` columns under the names `h0`, `h1` ...
fn write(width: usize, records: &[Vec<String>]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    writer.write_record((0..width).map(|column| format!("h{column}"))).unwrap();
    for record in records {
        writer.write_record(record).unwrap();
    }
    writer.into_inner().unwrap()
}

/// Cells full of what matters to a scanner, and some of anything.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof!["[a\",;\n\r \t]{0,8}", "[\"]{0,6}[,\n]{0,2}[\"]{0,3}", ".{0,12}", "[a-z]{1,5}",]
}

fn table() -> impl Strategy<Value = (usize, Vec<Vec<String>>)> {
    (1usize..5).prop_flat_map(|width| {
        (Just(width), prop::collection::vec(prop::collection::vec(cell(), width), 0..40))
    })
}

/// What the reader makes of a cell: blank is null, and ` ::: ` separates values.
fn values(cell: &str) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for value in cell.split(" ::: ").filter(|value| !value.trim().is_empty()) {
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }
    values
}

fn assert_equal(source: &Source, records: &[Vec<String>]) {
    assert_eq!(source.len(), records.len());
    for (number, record) in records.iter().enumerate() {
        for (column, cell) in source.columns().iter().zip(record) {
            assert_eq!(column.values(number).map(str::to_owned).collect::<Vec<_>>(), values(cell));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_written_is_read_back((width, records) in table(), block in 1usize..200) {
        let bytes = write(width, &records);
        let options = ReadOptions::new().delimiter(b',').has_header(true).encoding(Encoding::Utf8).block(block);
        let read = read_with(&bytes, &options);
        assert_equal(&read.source, &records);
        prop_assert_eq!(read.source.fields().len(), width);
        prop_assert_eq!(read.issues.count("unclosed_quote") + read.issues.count("misplaced_quote"), 0);
        prop_assert_eq!(&read.source, &read_with(&bytes, &options.block(1 << 20)).source);
        let line = |record: usize| 2 + (0..record).map(|r| {
            1 + records[r].iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>()
        }).sum::<u64>();
        for record in 0..records.len() {
            prop_assert_eq!(read.source.line(record), line(record));
        }
    }

    #[test]
    fn agrees_with_the_csv_crate(
        (width, records) in table(),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
        always in any::<bool>(),
        crlf in any::<bool>(),
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut builder = csv::WriterBuilder::new();
        let mut writer = builder.delimiter(delimiter).quote_style(style).terminator(end).from_writer(Vec::new());
        writer.write_record((0..width).map(|column| format!("h{column}"))).unwrap();
        for record in &records {
            writer.write_record(record).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let mut oracle = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes.as_slice());
        let expected: Vec<Vec<String>> =
            oracle.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
        let options = ReadOptions::new().delimiter(delimiter).has_header(true).encoding(Encoding::Utf8);
        let read = read_with(&bytes, &options);
        assert_equal(&read.source, &expected);
    }

    #[test]
    fn no_record_and_no_value_is_lost_to_ragged_rows(
        widths in prop::collection::vec(1usize..9, 1..60), block in 1usize..100, seed in 0usize..1000,
    ) {
        let mut text = "h0,h1,h2,h3\n".to_owned();
        let mut cells = Vec::new();
        for (row, &width) in widths.iter().enumerate() {
            let record: Vec<String> = (0..width).map(|c| format!("v{}", (row * 31 + c * 7 + seed) % 97)).collect();
            text += &record.join(",");
            text.push('\n');
            cells.push(record);
        }
        let options = ReadOptions::new().delimiter(b',').has_header(true).block(block);
        let read = read_with(&text, &options);
        prop_assert_eq!(read.source.len(), widths.len());
        // A record keeps its first values by position, and all others in the surplus.
        for (number, record) in cells.iter().enumerate() {
            let found: std::collections::BTreeSet<&str> =
                read.source.columns().iter().flat_map(|column| column.values(number)).collect();
            prop_assert_eq!(found, record.iter().map(String::as_str).collect());
        }
        let ragged = widths.iter().filter(|&&width| width != read.source.fields().iter().filter(|f| *f != "surplus").count());
        prop_assert_eq!(read.issues.count("ragged_row"), ragged.count() as u64);
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..400), block in 1usize..50) {
        let options = ReadOptions::new().block(block);
        let (a, b) = (read_bytes("x", &bytes, &options), read_bytes("x", &bytes, &options.block(1 << 20)));
        prop_assert_eq!(a, b);
    }

    #[test]
    fn odd_text_reads_the_same_in_any_blocks(text in "[a1\",;\n\r ]{0,120}", block in 1usize..50) {
        let options = ReadOptions::new().block(block);
        let read = |options| read_bytes("x", text.as_bytes(), &options);
        prop_assert_eq!(read(options), read(options.block(1 << 20)));
        // Every line outside of quotes that is not blank is the header, above it, or a record.
        if let Ok(read) = read(options.delimiter(b',').has_header(false)) && !text.contains(['"', '\r']) {
            let expected = text.split('\n').filter(|line| !line.trim().is_empty()).count();
            let blank = text.split('\n').filter(|line| !line.is_empty() && line.trim().is_empty()).count();
            let found = read.source.len();
            // In one column a blank line is a record; a row with more cells is one with surplus there.
            let one_column = read.source.fields().iter().filter(|field| *field != "surplus").count() == 1;
            prop_assert!(found == expected || one_column && found == expected + blank);
        }
    }
}
