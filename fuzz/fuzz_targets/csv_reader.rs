//! Any bytes as a delimited file: no panic, the same records for any size of block and for what was written back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quilate::Source;
use quilate::io::csv::{Encoding, ReadOptions, Writer, read_bytes};

fuzz_target!(|data: &[u8]| {
    for options in [
        ReadOptions::new(),
        ReadOptions::new().delimiter(b';').has_header(false),
        ReadOptions::new().encoding(Encoding::Windows1252).well_formed(true),
    ] {
        let whole = read_bytes("fuzz", data, &options);
        let block = 1 + data.len() % 61;
        assert_eq!(whole, read_bytes("fuzz", data, &options.block(block)), "blocks of {block} bytes");
        let Ok(read) = whole else { continue };
        assert_eq!(read.bytes, data.len() as u64);
        check_source(&read.source);
        round_trip(&read.source);
    }
});

/// Names are unique, lines ascend, and no cell is blank text.
fn check_source(source: &Source) {
    for (at, field) in source.fields().iter().enumerate() {
        assert!(!source.fields()[..at].contains(field), "two columns are called {field:?}");
    }
    for record in 1..source.len() {
        assert!(source.line(record - 1) < source.line(record), "record {record} starts before the one above");
    }
    for column in source.columns() {
        assert!(column.dictionary().iter().all(|text| !text.trim().is_empty()), "a blank cell is null");
    }
}

/// Writing what was read and reading that again changes nothing.
fn round_trip(source: &Source) {
    let mut writer = Writer::new(Vec::new());
    writer.write_record(source.fields()).expect("memory");
    for record in 0..source.len() {
        let cells =
            source.columns().iter().map(|column| column.values(record).collect::<Vec<_>>().join(" ::: "));
        writer.write_record(cells).expect("records of one length");
    }
    let bytes = writer.into_inner().expect("memory");
    let options =
        ReadOptions::new().delimiter(b',').encoding(Encoding::Utf8).has_header(true).well_formed(true);
    let read = match read_bytes("fuzz", &bytes, &options) {
        Ok(read) => read,
        Err(error) => {
            // A single column without a name is an empty file, and one named as another kind of file begins is taken for one.
            let other = error.to_string().contains(", not delimited text");
            assert!(source.is_empty() || source.fields().len() < 2 || other, "what was written: {error}");
            return;
        }
    };
    // Lines that look like a title are a title again only by chance, and one column can be all blank lines.
    if read.format.header_line != Some(1) || source.fields().len() < 2 {
        return;
    }
    assert_eq!(read.source.fields(), source.fields());
    assert_eq!(read.source.len(), source.len(), "records");
    for (before, after) in source.columns().iter().zip(read.source.columns()) {
        for record in 0..source.len() {
            assert!(before.values(record).eq(after.values(record)), "record {record} changed");
        }
    }
}
