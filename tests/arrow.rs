//! Tables in and out as Arrow record batches: every type that data frames have, and the same outcome as by files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use arrow_array::builder::{Int64Builder, ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float32Type, Int8Type, Int64Type, UInt16Type};
use arrow_array::*;
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field, Schema};
use quilate::io::arrow::{Output, Read, batches, read};
use quilate::io::csv::{ReadOptions, Writer, read_path};
use quilate::io::outputs;
use quilate::{Config, ErrorKind, Resolution, Result, Source, Table, consolidate};

/// A stream of batches, each a list of the columns.
fn stream(fields: Vec<Field>, batches: Vec<Vec<ArrayRef>>) -> impl RecordBatchReader {
    let schema = Arc::new(Schema::new(fields));
    let options = |columns: &Vec<ArrayRef>| {
        RecordBatchOptions::new().with_row_count(Some(columns.first().map_or(0, |column| column.len())))
    };
    let batches: Vec<_> = batches
        .into_iter()
        .map(|columns| RecordBatch::try_new_with_options(schema.clone(), columns.clone(), &options(&columns)))
        .collect();
    RecordBatchIterator::new(batches, schema)
}

fn read_column(name: &str, chunks: Vec<ArrayRef>) -> Result<Read> {
    let fields = vec![Field::new(name, chunks[0].data_type().clone(), true)];
    read("s", stream(fields, chunks.into_iter().map(|chunk| vec![chunk]).collect()), &|_| false)
}

/// The values of each record of the only column.
fn values(chunks: Vec<ArrayRef>) -> Vec<Vec<String>> {
    let source = read_column("x", chunks).expect("a readable type").source;
    (0..source.len()).map(|row| source.columns()[0].values(row).map(str::to_owned).collect()).collect()
}

fn arc(array: impl Array + 'static) -> ArrayRef {
    Arc::new(array)
}

#[test]
fn every_type_of_a_cell() {
    let decimal = Decimal128Array::from(vec![Some(12_345), None]).with_precision_and_scale(10, 2).unwrap();
    let cases: Vec<(ArrayRef, &[Option<&str>])> = vec![
        (arc(StringArray::from(vec![Some("a"), None, Some("  ")])), &[Some("a"), None, None]),
        (arc(LargeStringArray::from(vec![Some("ñandú"), None])), &[Some("ñandú"), None]),
        (
            arc(StringViewArray::from(vec![Some("short"), Some("longer than twelve")])),
            &[Some("short"), Some("longer than twelve")],
        ),
        (
            arc(Int64Array::from(vec![Some(-5), None, Some(34_612_345_678)])),
            &[Some("-5"), None, Some("34612345678")],
        ),
        (arc(UInt8Array::from(vec![255])), &[Some("255")]),
        (arc(BooleanArray::from(vec![Some(true), Some(false), None])), &[Some("true"), Some("false"), None]),
        // A column of numbers with gaps is one of floats in pandas.
        (
            arc(Float64Array::from(vec![612_345_678.0, f64::NAN, 0.5, f64::INFINITY])),
            &[Some("612345678"), None, Some("0.5"), None],
        ),
        (arc(Float32Array::from(vec![0.1, 3.0, f32::NAN])), &[Some("0.1"), Some("3"), None]),
        (arc(decimal), &[Some("123.45"), None]),
        (
            arc(Date32Array::from(vec![Some(0), Some(19_782), None])),
            &[Some("1970-01-01"), Some("2024-02-29"), None],
        ),
        (arc(Date64Array::from(vec![86_400_000])), &[Some("1970-01-02")]),
        (
            arc(TimestampSecondArray::from(vec![86_400, 90_061])),
            &[Some("1970-01-02"), Some("1970-01-02 01:01:01")],
        ),
        (
            arc(TimestampMicrosecondArray::from(vec![0]).with_timezone("Europe/Madrid")),
            &[Some("1970-01-01 00:00:00Z")],
        ),
        (arc(TimestampNanosecondArray::from(vec![1_500_000_000])), &[Some("1970-01-01 00:00:01.500")]),
        (arc(Time32SecondArray::from(vec![3_661])), &[Some("01:01:01")]),
        // Beyond the calendar.
        (arc(TimestampSecondArray::from(vec![i64::MAX])), &[None]),
        (arc(NullArray::new(2)), &[None, None]),
    ];
    for (array, expected) in cases {
        let name = array.data_type().to_string();
        let found: Vec<Option<String>> =
            values(vec![array]).into_iter().map(|mut values| values.pop()).collect();
        let expected: Vec<Option<String>> = expected.iter().map(|text| text.map(str::to_owned)).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn dictionaries_give_what_records_use() {
    let keys = Int8Array::from(vec![Some(2), None, Some(0), Some(2), Some(1)]);
    let entries = StringArray::from(vec![Some("b"), None, Some("a"), Some("never used")]);
    let array = arc(DictionaryArray::new(keys, arc(entries)));
    let source = read_column("x", vec![array.clone(), array.slice(2, 2)]).unwrap().source;
    let column = &source.columns()[0];
    let found: Vec<Option<&str>> = (0..source.len()).map(|row| column.get(row)).collect();
    assert_eq!(found, [Some("a"), None, Some("b"), Some("a"), None, Some("b"), Some("a")]);
    assert_eq!(column.dictionary().iter().collect::<Vec<_>>(), ["a", "b"]);
    let numbers = DictionaryArray::new(UInt16Array::from(vec![0, 0]), arc(Int64Array::from(vec![7])));
    assert_eq!(values(vec![arc(numbers)]), [["7"], ["7"]]);
    let empty = DictionaryArray::new(
        PrimitiveArray::<UInt16Type>::from(vec![None, None]),
        arc(StringArray::from(Vec::<&str>::new())),
    );
    assert_eq!(values(vec![arc(empty)]), [Vec::<String>::new(), Vec::new()]);
}

#[test]
fn lists_are_several_values() {
    let mut lists = ListBuilder::new(StringBuilder::new());
    lists.append_value([Some("a"), None, Some("b"), Some("a"), Some("")]);
    lists.append(true);
    lists.append(false);
    lists.append_value([Some("b")]);
    let lists = lists.finish();
    let expected = vec![vec!["a", "b"], vec![], vec![], vec!["b"]];
    assert_eq!(values(vec![arc(lists.clone())]), expected);
    assert_eq!(
        values(vec![arc(lists.slice(3, 1)), arc(lists.slice(0, 2))]),
        [vec!["b"], vec!["a", "b"], vec![]]
    );
    let mut numbers = ListBuilder::new(Int64Builder::new());
    numbers.append_value([Some(1), Some(2)]);
    assert_eq!(values(vec![arc(numbers.finish())]), [["1", "2"]]);
    let item = Arc::new(Field::new_list_field(DataType::Utf8, true));
    let large = LargeListArray::new(
        item.clone(),
        OffsetBuffer::from_lengths([2]),
        arc(StringArray::from(vec!["x", "y"])),
        None,
    );
    assert_eq!(values(vec![arc(large)]), [["x", "y"]]);
    let fixed = FixedSizeListArray::new(item, 2, arc(StringArray::from(vec![Some("x"), None])), None);
    assert_eq!(values(vec![arc(fixed)]), [["x"]]);
}

#[test]
fn chunks_and_slices_are_one_column() {
    let whole = StringArray::from(vec![Some("a"), None, Some("b"), Some("a"), Some("c")]);
    let chunks: Vec<ArrayRef> = vec![arc(whole.slice(0, 1)), arc(whole.slice(1, 0)), arc(whole.slice(1, 4))];
    assert_eq!(values(chunks), values(vec![arc(whole)]));
}

#[test]
fn streams_without_rows_or_columns() {
    let none = read("s", stream(vec![Field::new("x", DataType::Utf8, true)], vec![]), &|_| false).unwrap();
    assert_eq!((none.source.len(), none.source.fields().len()), (0, 1));
    let resolution = consolidate(Table::new(vec![none.source]).unwrap(), &Config::default()).unwrap();
    for output in Output::ALL {
        let batches: Vec<RecordBatch> = batches(&resolution, output).map(|batch| batch.unwrap()).collect();
        // That there is nothing to compare is an issue.
        let rows = usize::from(output == Output::Issues);
        assert_eq!((batches.len(), batches[0].num_rows()), (1, rows), "{output}");
    }
    let schema = Arc::new(Schema::empty());
    let options = RecordBatchOptions::new().with_row_count(Some(3));
    let batch = RecordBatch::try_new_with_options(schema.clone(), vec![], &options);
    let rows = read("s", RecordBatchIterator::new([batch], schema), &|_| false).unwrap();
    assert_eq!((rows.source.len(), rows.source.fields().len()), (3, 0));
}

#[test]
fn names_are_made_unique_and_secrets_left_out() {
    let names = ["Email", "", "Email", "Password", " Name "];
    let fields = names.map(|name| Field::new(name, DataType::Utf8, true)).to_vec();
    let cell = || arc(StringArray::from(vec!["x"]));
    let columns = names.map(|_| cell()).to_vec();
    let read =
        read("s", stream(fields, vec![columns]), &quilate::detect::is_secret_header).expect("four columns");
    assert_eq!(read.source.fields(), ["Email", "column_2", "Email_2", "Name"]);
    assert_eq!(read.skipped, ["Password"]);
    // Where rows stood in the frame that this one was filtered from; with a name it is the user's own.
    let index = read_column("__index_level_0__", vec![arc(Int64Array::from(vec![3, 9]))]).unwrap();
    assert_eq!((index.skipped.as_slice(), index.source.len()), (&["__index_level_0__".to_owned()][..], 2));
    assert_eq!(index.source.columns().len(), 0);
}

#[test]
fn errors_name_the_column() {
    let error = read_column("photo", vec![arc(BinaryArray::from_vec(vec![b"x"]))]).unwrap_err();
    assert_eq!((error.kind(), error.location().field.as_deref()), (ErrorKind::Format, Some("photo")));
    assert!(error.to_string().contains("Binary") && error.to_string().contains("cast"), "{error}");
    let schema = Arc::new(Schema::new(vec![Field::new("x", DataType::Utf8, true)]));
    let broken = [Err(arrow_schema::ArrowError::ComputeError("the disk is on fire".into()))];
    let error = read("crm", RecordBatchIterator::new(broken, schema), &|_| false).unwrap_err();
    assert_eq!(error.to_string(), "crm: the stream failed: Compute error: the disk is on fire");
    assert!("goldn".parse::<Output>().unwrap_err().to_string().contains("golden, xref"));
}

fn sample_sources() -> Vec<Source> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data");
    let read =
        |name: &str| read_path(folder.join(name).with_extension("csv"), &ReadOptions::new()).unwrap().source;
    ["crm", "helpdesk", "newsletter", "shop", "till"].map(read).to_vec()
}

fn by_files() -> &'static Resolution {
    static SAMPLE: OnceLock<Resolution> = OnceLock::new();
    SAMPLE.get_or_init(|| consolidate(Table::new(sample_sources()).unwrap(), &Config::default()).unwrap())
}

/// The text of a cell as the files write it.
fn shown(array: &dyn Array, row: usize) -> String {
    match array.data_type() {
        _ if array.is_null(row) => String::new(),
        DataType::List(_) => {
            let items = array.as_list::<i32>().value(row);
            (0..items.len()).map(|at| shown(items.as_ref(), at)).collect::<Vec<_>>().join("; ")
        }
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::UInt8 => array.as_primitive::<types::UInt8Type>().value(row).to_string(),
        other => panic!("{other}"),
    }
}

/// An output as the CSV file of the same name.
fn csv(resolution: &Resolution, output: Output) -> String {
    let stream = batches(resolution, output);
    let mut writer = Writer::new(Vec::new());
    writer.write_record(stream.schema().fields().iter().map(|field| field.name().as_str())).unwrap();
    for batch in stream {
        let batch = batch.unwrap();
        for row in 0..batch.num_rows() {
            writer.write_record(batch.columns().iter().map(|column| shown(column.as_ref(), row))).unwrap();
        }
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn file(write: impl Fn(&Resolution, Writer<Vec<u8>>) -> Result<Writer<Vec<u8>>>) -> String {
    let writer = write(by_files(), Writer::new(Vec::new())).unwrap();
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn batches_hold_what_the_files_hold() {
    assert_eq!(csv(by_files(), Output::Golden), file(outputs::write_golden));
    assert_eq!(csv(by_files(), Output::Xref), file(outputs::write_xref));
    assert_eq!(csv(by_files(), Output::Provenance), file(outputs::write_provenance));
}

#[test]
fn pairs_and_issues_are_complete() {
    let pairs: Vec<RecordBatch> = batches(by_files(), Output::Pairs).map(|batch| batch.unwrap()).collect();
    let written = file(outputs::write_pairs);
    let rows: Vec<&str> = written.lines().skip(1).collect();
    assert_eq!(pairs.iter().map(RecordBatch::num_rows).sum::<usize>(), rows.len());
    let first = &pairs[0];
    let ids: Vec<String> = (0..4).map(|at| shown(first.column(at).as_ref(), 0)).collect();
    let weight = first.column(4).as_primitive::<types::Float64Type>().value(0);
    assert!(rows[0].starts_with(&format!("{},{weight:.4},", ids.join(","))), "{} {weight}", rows[0]);
    let issues: Vec<RecordBatch> = batches(by_files(), Output::Issues).map(|batch| batch.unwrap()).collect();
    assert_eq!(issues[0].num_rows(), by_files().issues().iter().count());
    let counts = issues[0].column(3).as_primitive::<types::UInt64Type>().values().iter().sum::<u64>();
    assert_eq!(counts, by_files().issues().iter().map(|issue| issue.count).sum::<u64>());
}

/// The sample handed over as a data frame: in chunks, with dictionaries, views and large strings by column.
#[test]
fn frames_and_files_give_the_same_bytes() {
    let mut lines = BTreeMap::new();
    let sources = sample_sources().into_iter().map(|source| {
        let mut chunks: Vec<Vec<ArrayRef>> = vec![Vec::new(), Vec::new()];
        let mut fields = Vec::new();
        for (at, column) in source.columns().iter().enumerate() {
            let cells: Vec<Option<&str>> = (0..source.len()).map(|row| column.get(row)).collect();
            let array = match at % 4 {
                0 => arc(StringArray::from(cells)),
                1 => arc(LargeStringArray::from(cells)),
                2 => arc(StringViewArray::from(cells)),
                _ => arc(cells.into_iter().collect::<DictionaryArray<types::Int32Type>>()),
            };
            fields.push(Field::new(&source.fields()[at], array.data_type().clone(), true));
            let cut = source.len() / 3;
            chunks[0].push(array.slice(0, cut));
            chunks[1].push(array.slice(cut, source.len() - cut));
        }
        lines.insert(source.name().to_owned(), source.len());
        read(source.name(), stream(fields, chunks), &|_| false).unwrap().source
    });
    let table = Table::new(sources.collect()).unwrap();
    assert_eq!(table.len(), lines.values().sum::<usize>());
    let resolution = consolidate(table, &Config::default()).unwrap();
    for output in [Output::Golden, Output::Xref, Output::Provenance] {
        assert_eq!(csv(&resolution, output), csv(by_files(), output), "{output}");
    }
}

/// Types named only to show that they exist in the tables above.
#[test]
fn numbers_of_other_widths() {
    let small: PrimitiveArray<Int8Type> = vec![Some(-1), None].into();
    assert_eq!(values(vec![arc(small)]), [vec!["-1"], vec![]]);
    let floats: PrimitiveArray<Float32Type> = vec![Some(16_777_216.0)].into();
    assert_eq!(values(vec![arc(floats)]), [["16777216"]]);
    let decimal: PrimitiveArray<Decimal128Type> = vec![Some(-7)].into();
    let decimal = decimal.with_precision_and_scale(3, 1).unwrap();
    assert_eq!(values(vec![arc(decimal)]), [["-0.7"]]);
}
