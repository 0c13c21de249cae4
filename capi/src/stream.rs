//! Arrow streams across the boundary: checked on the way in, guarded against panics on the way out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{Array, ArrayReader, RecordBatch, RecordBatchOptions, RecordBatchReader};
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};
use quilate::{Error, ErrorKind};

use crate::boundary::{Out, panic_text};
use crate::error::Failure;

/// A stream of the caller. A stream of single arrays, as a series exports it, is a table of one column.
pub(crate) struct Imported {
    reader: ArrayStreamReader,
    schema: SchemaRef,
    is_table: bool,
    /// After an error or the end nothing more is asked of the producer.
    ended: bool,
}

/// Takes a stream from the caller, who is left with a released one.
pub(crate) fn take(stream: *mut FFI_ArrowArrayStream, name: &'static str) -> Result<Imported, Failure> {
    if stream.is_null() {
        return Err(Failure::Null(name));
    }
    // SAFETY: not null, and by the contract then a stream that keeps the rules of its interface.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream) };
    if stream.release().is_some() && (stream.get_schema().is_none() || stream.get_next().is_none()) {
        return Err(Error::new(ErrorKind::Format, "the stream lacks its callbacks").into());
    }
    let reader = ArrayStreamReader::try_new(stream).map_err(|error| format_error(&error))?;
    let (schema, is_table) = match reader.field().data_type() {
        DataType::Struct(fields) => (Schema::new(fields.clone()), true),
        _ => (Schema::new(vec![reader.field().as_ref().clone()]), false),
    };
    Ok(Imported { reader, schema: Arc::new(schema), is_table, ended: false })
}

pub(crate) fn format_error(error: &ArrowError) -> Error {
    Error::new(ErrorKind::Format, format!("the stream failed: {error}"))
}

impl Imported {
    fn batch(&self, array: &dyn Array) -> Result<RecordBatch, ArrowError> {
        // The import trusts the producer; text that is no text must not become a `str`.
        array.to_data().validate_full()?;
        let rows = RecordBatchOptions::new().with_row_count(Some(array.len()));
        let columns = match array.as_struct_opt() {
            Some(table) if self.is_table => table.columns().to_vec(),
            _ => vec![arrow_array::make_array(array.to_data())],
        };
        RecordBatch::try_new_with_options(self.schema.clone(), columns, &rows)
    }
}

impl Iterator for Imported {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let batch = self.reader.next().map(|array| self.batch(array?.as_ref()));
        self.ended = !matches!(batch, Some(Ok(_)));
        batch
    }
}

impl RecordBatchReader for Imported {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

/// Batches for the caller: a panic while one is made is the stream's error.
struct Guarded<R> {
    reader: R,
    failed: bool,
}

impl<R: RecordBatchReader> Iterator for Guarded<R> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let batch = catch_unwind(AssertUnwindSafe(|| self.reader.next())).unwrap_or_else(|panic| {
            Some(Err(ArrowError::ExternalError(format!("internal error: {}", panic_text(&panic)).into())))
        });
        let batch = batch.map(|batch| batch.map_err(|error| without_nul(&error)));
        self.failed = matches!(batch, Some(Err(_)));
        batch
    }
}

/// The consumer reads the message up to its first NUL, and the exporter panics at one.
fn without_nul(error: &ArrowError) -> ArrowError {
    let text = match error {
        ArrowError::ExternalError(error) => error.to_string(),
        other => other.to_string(),
    };
    ArrowError::ExternalError(text.replace('\0', " ").into())
}

impl<R: RecordBatchReader> RecordBatchReader for Guarded<R> {
    fn schema(&self) -> SchemaRef {
        self.reader.schema()
    }
}

/// Gives a stream to the caller.
pub(crate) fn give(out: Out<FFI_ArrowArrayStream>, reader: impl RecordBatchReader + Send + 'static) {
    out.write(FFI_ArrowArrayStream::new(Box::new(Guarded { reader, failed: false })));
}

/// Batches that are made from batches, one each.
pub(crate) struct Mapped<F> {
    pub(crate) input: Imported,
    pub(crate) schema: SchemaRef,
    pub(crate) map: F,
}

impl<F: FnMut(RecordBatch) -> quilate::Result<RecordBatch>> Iterator for Mapped<F> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.input.next()?;
        Some(
            batch.and_then(|batch| {
                (self.map)(batch).map_err(|error| ArrowError::ExternalError(Box::new(error)))
            }),
        )
    }
}

impl<F: FnMut(RecordBatch) -> quilate::Result<RecordBatch>> RecordBatchReader for Mapped<F> {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}
