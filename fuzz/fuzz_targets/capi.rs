//! Calls of the C interface in any order, with handles that may be null, strings that may be no text, and Arrow streams that
//! may be of any type, released, or wrong inside. No call may crash, unwind or leak, and a failure always has a message.
#![no_main]

use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;
use std::sync::Arc;

use arbitrary::Arbitrary;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, DictionaryArray, Float64Array, Int64Array, LargeStringArray, ListArray,
    RecordBatch, RecordBatchIterator, RecordBatchOptions, StringArray, StringViewArray, make_array,
};
use arrow_buffer::{Buffer, OffsetBuffer};
use arrow_data::ArrayData;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use libfuzzer_sys::fuzz_target;
use quilate_capi::*;

const MAX_CALLS: usize = 12;
const MAX_ROWS: usize = 12;
const MAX_COLUMNS: usize = 5;

/// Names that mean something, so that calls get past the first check.
const NAMES: [&str; 15] = [
    "id",
    "name",
    "email_l",
    "email_r",
    "email",
    "phone",
    "id_l",
    "id_r",
    "match_weight",
    "crm",
    "golden",
    "pairs",
    "source_l",
    "source_r",
    "label",
];

/// Cells that mean something: ids that repeat, values that people have, labels, and what is nobody's value.
const CELLS: [&str; 16] = [
    "1",
    "2",
    "3",
    "crm",
    "Ana Ruiz Gil",
    "ana ruiz",
    "Pau Vila",
    "ana@ruiz.es",
    "pau@vila.cat",
    "617 34 59 08",
    "+34617345908",
    "0",
    "true",
    "no",
    "0.5",
    "",
];

#[derive(Arbitrary, Debug)]
enum Call<'a> {
    AddStream(Text<'a>, Stream<'a>),
    Config(Text<'a>),
    Detect,
    Label(Stream<'a>),
    Consolidate { with_config: bool, stop: bool },
    Train,
    Merge(Text<'a>),
    Export(Text<'a>),
    Explain(Text<'a>, Text<'a>),
    Report,
    Model,
    ModelText(Text<'a>),
    Score(Stream<'a>, Text<'a>),
    Normalize(Stream<'a>, Text<'a>, Text<'a>),
    Keys(Stream<'a>),
    Cluster(Stream<'a>, f64),
    Collect(Stream<'a>),
    Preview(Stream<'a>, u8),
    Free(u8),
}

/// A known word, any text, bytes that may be none, or nothing at all.
#[derive(Arbitrary, Debug)]
enum Text<'a> {
    Known(u8),
    Any(&'a str),
    Bytes(&'a [u8]),
    Null(u8),
}

#[derive(Arbitrary, Debug)]
enum Stream<'a> {
    Null,
    Released,
    Batches { columns: Vec<Column<'a>>, batches: u8, fails: bool },
}

#[derive(Arbitrary, Debug)]
struct Column<'a> {
    name: u8,
    shape: u8,
    values: Vec<Cell<'a>>,
}

#[derive(Arbitrary, Debug)]
enum Cell<'a> {
    Null,
    Known(u8),
    Any(&'a str),
}

impl<'a> Cell<'a> {
    fn text(&self) -> Option<&'a str> {
        match self {
            Self::Null => None,
            Self::Known(number) => Some(CELLS[usize::from(*number) % CELLS.len()]),
            Self::Any(text) => Some(text),
        }
    }
}

impl Text<'_> {
    fn raw(&self) -> (*const c_char, usize) {
        let bytes = match self {
            Self::Known(number) => NAMES[usize::from(*number) % NAMES.len()].as_bytes(),
            Self::Any(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
            Self::Null(len) => return (std::ptr::null(), usize::from(*len)),
        };
        (bytes.as_ptr().cast(), bytes.len())
    }
}

impl Column<'_> {
    fn array(&self, rows: usize) -> ArrayRef {
        let value = |row: usize| self.values.get(row % self.values.len().max(1)).and_then(Cell::text);
        let texts = || (0..rows).map(value);
        let number = |row: usize| value(row).map(|text| text.len() as i64);
        match self.shape % 10 {
            0 => Arc::new(texts().collect::<StringArray>()),
            1 => Arc::new(texts().collect::<LargeStringArray>()),
            2 => Arc::new(texts().collect::<StringViewArray>()),
            3 => Arc::new(texts().collect::<DictionaryArray<Int32Type>>()),
            4 => Arc::new((0..rows).map(number).collect::<Int64Array>()),
            5 => Arc::new((0..rows).map(|row| number(row).map(|number| number as f64 / 2.0)).collect::<Float64Array>()),
            6 => Arc::new((0..rows).map(|row| number(row).map(|number| number % 2 == 0)).collect::<BooleanArray>()),
            7 => Arc::new(texts().map(|text| text.map(str::as_bytes)).collect::<BinaryArray>()),
            8 => {
                let item = Arc::new(Field::new_list_field(DataType::Utf8, true));
                let lengths = OffsetBuffer::from_lengths(std::iter::repeat_n(1, rows));
                Arc::new(ListArray::new(item, lengths, Arc::new(texts().collect::<StringArray>()), None))
            }
            _ => self.broken(rows),
        }
    }

    /// Text that is none, or keys that point past their dictionary.
    fn broken(&self, rows: usize) -> ArrayRef {
        if self.name % 2 == 0 {
            let offsets: Vec<i32> = (0..=rows as i32).collect();
            let data = ArrayData::builder(DataType::Utf8)
                .len(rows)
                .add_buffer(Buffer::from_vec(offsets))
                .add_buffer(Buffer::from_vec(vec![0xffu8; rows]));
            // SAFETY: wrong on purpose, as a foreign producer could be; nothing reads it before it is checked.
            return make_array(unsafe { data.build_unchecked() });
        }
        let values = StringArray::from(vec!["a", "b"]);
        let keys: Vec<i8> = (0..rows as i8).map(|row| row * 7).collect();
        let kind = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
        let data = ArrayData::builder(kind).len(rows).add_buffer(Buffer::from_vec(keys));
        let data = data.add_child_data(arrow_array::Array::to_data(&values));
        // SAFETY: as above.
        Arc::new(DictionaryArray::<Int8Type>::from(unsafe { data.build_unchecked() }))
    }
}

impl Stream<'_> {
    /// Calls with a pointer to the stream, and sees that it was taken.
    fn with(&self, call: impl FnOnce(*mut FFI_ArrowArrayStream)) {
        let mut stream = match self {
            Self::Null => return call(null_mut()),
            Self::Released => FFI_ArrowArrayStream::empty(),
            Self::Batches { columns, batches, fails } => {
                let rows = columns.iter().map(|column| column.values.len()).max().unwrap_or(0).min(MAX_ROWS);
                let named = columns.iter().take(MAX_COLUMNS).map(|column| {
                    let array = column.array(rows);
                    let name = NAMES[usize::from(column.name) % NAMES.len()];
                    (Field::new(name, array.data_type().clone(), true), array)
                });
                let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = named.unzip();
                let schema = Arc::new(Schema::new(fields));
                let options = RecordBatchOptions::new().with_row_count(Some(rows));
                let Ok(batch) = RecordBatch::try_new_with_options(schema.clone(), arrays, &options) else { return };
                let mut all: Vec<Result<RecordBatch, ArrowError>> = (0..batches % 3).map(|_| Ok(batch.clone())).collect();
                if *fails {
                    all.push(Err(ArrowError::ComputeError("the producer failed".to_owned())));
                }
                FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new(all, schema)))
            }
        };
        call(&raw mut stream);
        assert!(stream.release().is_none(), "a stream was not taken");
    }
}

/// Everything that a caller can hold; null until it is made.
struct Handles {
    table: *mut ql_table,
    config: *mut ql_config,
    result: *mut ql_result,
    model: *mut ql_model,
    batches: *mut ql_batches,
}

unsafe extern "C" fn progress(_: *const c_char, fraction: f64, stop: *mut c_void) -> c_int {
    assert!((0.0..=1.0).contains(&fraction));
    c_int::from(!stop.is_null())
}

/// A failure has a message, and never is a panic.
fn check(status: ql_status, error: *mut ql_error) {
    assert_ne!(status, ql_status::Panic, "a panic reached the boundary");
    assert_eq!(status == ql_status::Ok, error.is_null());
    // SAFETY: null or just given by a call.
    unsafe {
        let mut len = 0;
        let message = ql_error_message(error, &raw mut len);
        assert_eq!(message.is_null(), error.is_null());
        assert!(error.is_null() || len > 0);
        assert_eq!(ql_error_status(error), status);
        ql_error_free(error);
    }
}

/// Frees what was there and holds the new one.
macro_rules! replace {
    ($slot:expr, $free:ident, $made:expr) => {{
        let made = $made;
        if !made.is_null() {
            $free($slot);
            $slot = made;
        }
    }};
}

/// Reads a stream to its end, or to its error, and releases it.
fn drain(mut stream: FFI_ArrowArrayStream) {
    let mut batches: *mut ql_batches = null_mut();
    let mut error = null_mut();
    // SAFETY: the stream is one of the library, or released when the call that should have made it failed.
    unsafe {
        let status = ql_batches_collect(&raw mut stream, &raw mut batches, &raw mut error);
        check(status, error);
        ql_batches_free(batches);
    }
}

impl Handles {
    /// # Safety
    /// None but that of the functions called, whose contract is kept: handles are null or valid.
    unsafe fn call(&mut self, call: &Call<'_>) {
        let mut error: *mut ql_error = null_mut();
        let mut text: *mut ql_text = null_mut();
        let mut out = FFI_ArrowArrayStream::empty();
        let e = &raw mut error;
        let mut status = ql_status::Ok;
        unsafe {
            match call {
                Call::AddStream(name, stream) => {
                    let (name, len) = name.raw();
                    stream.with(|stream| status = ql_table_add_stream(self.table, name, len, stream, e));
                }
                Call::Config(content) => {
                    let (mut config, (content, len)) = (null_mut(), content.raw());
                    status = ql_config_parse(content, len, &raw mut config, e);
                    replace!(self.config, ql_config_free, config);
                }
                Call::Detect => {
                    let mut config = null_mut();
                    status = ql_config_detect(self.table, self.config, &raw mut config, e);
                    replace!(self.config, ql_config_free, config);
                }
                Call::Label(labels) => {
                    let (mut config, from) = (null_mut(), self.config);
                    labels.with(|labels| status = ql_config_label(from, labels, &raw mut config, e));
                    replace!(self.config, ql_config_free, config);
                }
                Call::Consolidate { with_config, stop } => {
                    let mut result = null_mut();
                    let config = if *with_config { self.config } else { null_mut() };
                    let stop = if *stop { e.cast::<c_void>() } else { null_mut() };
                    let (table, callback) = (self.table, Some(progress as _));
                    let result_out = &raw mut result;
                    status = ql_table_consolidate(
                        table, config, null_mut(), null_mut(), 1, callback, stop, result_out, e,
                    );
                    replace!(self.result, ql_result_free, result);
                }
                Call::Train => {
                    let mut model = null_mut();
                    let model_out = &raw mut model;
                    status =
                        ql_table_train(self.table, self.config, null_mut(), 1, None, null_mut(), model_out, e);
                    replace!(self.model, ql_model_free, model);
                }
                Call::Merge(column) => {
                    let (mut result, (column, len)) = (null_mut(), column.raw());
                    status = ql_table_merge(self.table, column, len, self.config, 1, &raw mut result, e);
                    replace!(self.result, ql_result_free, result);
                }
                Call::Export(name) => {
                    let (name, len) = name.raw();
                    status = ql_result_export(self.result, name, len, &raw mut out, e);
                }
                Call::Explain(a, b) => {
                    let ((a, a_len), (b, b_len)) = (a.raw(), b.raw());
                    let text_out = &raw mut text;
                    status = ql_result_explain(
                        self.result, a, a_len, b, b_len, a, a_len, b, b_len, text_out, e,
                    );
                }
                Call::Report => status = ql_result_report(self.result, &raw mut text, e),
                Call::Model => {
                    let mut model = null_mut();
                    status = ql_result_model(self.result, &raw mut model, e);
                    replace!(self.model, ql_model_free, model);
                }
                Call::ModelText(content) => {
                    let (mut model, (content, len)) = (null_mut(), content.raw());
                    status = ql_model_parse(content, len, &raw mut model, e);
                    replace!(self.model, ql_model_free, model);
                }
                Call::Score(pairs, side) => {
                    let ((side, len), out) = (side.raw(), &raw mut out);
                    let model = self.model;
                    pairs.with(|pairs| status = ql_model_score(model, pairs, side, len, side, len, 1, out, e));
                }
                Call::Normalize(values, kind, region) => {
                    let ((kind, kind_len), (region, len), out) = (kind.raw(), region.raw(), &raw mut out);
                    values.with(|values| {
                        status = ql_column_normalize(values, kind, kind_len, region, len, region, len, out, e);
                    });
                }
                Call::Keys(records) => {
                    let ((source, len), out) = (Text::Known(9).raw(), &raw mut out);
                    let config = self.config;
                    records.with(|records| status = ql_records_key(records, source, len, config, 1, out, e));
                }
                Call::Cluster(pairs, threshold) => {
                    let out = &raw mut out;
                    pairs.with(|pairs| status = ql_pairs_cluster(pairs, *threshold, out, e));
                }
                Call::Collect(stream) => {
                    let mut batches = null_mut();
                    stream.with(|stream| status = ql_batches_collect(stream, &raw mut batches, e));
                    replace!(self.batches, ql_batches_free, batches);
                    if status == ql_status::Ok {
                        status = ql_batches_export(self.batches, &raw mut out, e);
                    }
                }
                Call::Preview(stream, rows) => {
                    stream.with(|stream| status = ql_stream_preview(stream, u32::from(*rows), &raw mut text, e));
                }
                Call::Free(slot) => match slot % 5 {
                    0 => ql_table_free(std::mem::replace(&mut self.table, ql_table_new())),
                    1 => ql_config_free(std::mem::replace(&mut self.config, null_mut())),
                    2 => ql_result_free(std::mem::replace(&mut self.result, null_mut())),
                    3 => ql_model_free(std::mem::replace(&mut self.model, null_mut())),
                    _ => ql_batches_free(std::mem::replace(&mut self.batches, null_mut())),
                },
            }
            ql_text_free(text);
        }
        // Calls on null streams and slots that are free leave the error alone as well.
        check(status, error);
        if out.release().is_some() {
            drain(out);
        }
    }
}

fuzz_target!(|calls: Vec<Call<'_>>| {
    // SAFETY: as in `Handles::call`.
    unsafe {
        let mut handles = Handles {
            table: ql_table_new(),
            config: null_mut(),
            result: null_mut(),
            model: null_mut(),
            batches: null_mut(),
        };
        for call in calls.iter().take(MAX_CALLS) {
            handles.call(call);
        }
        ql_table_free(handles.table);
        ql_config_free(handles.config);
        ql_result_free(handles.result);
        ql_model_free(handles.model);
        ql_batches_free(handles.batches);
    }
});
