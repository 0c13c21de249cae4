//! Streams that are kept: read once, given out as often as wanted.

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::SchemaRef;
use quilate::io::arrow;

use crate::boundary::{Out, borrow};
use crate::config::json;
use crate::run::on_threads;
use crate::stream;
use crate::text::ql_text;

/// All batches of a stream.
pub struct ql_batches {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

/// What a preview shows.
#[derive(serde::Serialize)]
struct Preview {
    columns: Vec<String>,
    /// Cells as text, empty for null; values of a list are joined with `; `.
    rows: Vec<Vec<String>>,
}

fallible! {
    /// Reads a stream to its end and keeps the batches.
    fn ql_batches_collect(stream: *mut FFI_ArrowArrayStream, batches: *mut *mut ql_batches) {
        let input = stream::take(stream, "stream");
        let out = Out::new(batches, "batches")?;
        let input = input?;
        let schema = input.schema();
        let batches = input.collect::<Result<Vec<_>, _>>().map_err(|error| stream::format_error(&error))?;
        out.give(ql_batches { schema, batches });
    }

    /// Gives the batches out again; as often as wanted.
    fn ql_batches_export(batches: *const ql_batches, stream: *mut FFI_ArrowArrayStream) {
        let out = Out::new(stream, "stream")?;
        let kept = borrow(batches, "batches")?;
        let batches: Vec<_> = kept.batches.iter().cloned().map(Ok).collect();
        stream::give(out, RecordBatchIterator::new(batches, kept.schema.clone()));
    }

    /// The first rows of a stream for people, as JSON: `columns`, and `rows` of texts. The rest is not read.
    fn ql_stream_preview(stream: *mut FFI_ArrowArrayStream, rows: u32, preview: *mut *mut ql_text) {
        let input = stream::take(stream, "stream");
        let out = Out::new(preview, "preview")?;
        let mut input = input?;
        let schema = input.schema();
        let columns = schema.fields().iter().map(|field| field.name().clone()).collect();
        let first = if rows == 0 { None } else { input.next() };
        let shown = match first.transpose().map_err(|error| stream::format_error(&error))? {
            None => Vec::new(),
            Some(batch) => {
                let batch = batch.slice(0, batch.num_rows().min(rows as usize));
                let read = || arrow::read("preview", RecordBatchIterator::new([Ok(batch)], schema), &|_| false);
                let source = on_threads(1, read)??.source;
                let cell = |row: usize, at: usize| source.columns()[at].values(row).collect::<Vec<_>>().join("; ");
                let width = source.columns().len();
                (0..source.len()).map(|row| (0..width).map(|at| cell(row, at)).collect()).collect()
            }
        };
        out.give(json(&Preview { columns, rows: shown })?);
    }
}

infallible! {
    /// Rows of all batches.
    fn ql_batches_rows(batches: *const ql_batches) -> u64 = 0;
    // SAFETY: by the contract null or valid.
    { unsafe { batches.as_ref() }.map_or(0, |kept| kept.batches.iter().map(|batch| batch.num_rows() as u64).sum()) }
}

frees! {
    /// Frees the batches. Streams that came of them stay valid.
    fn ql_batches_free(ql_batches)
}
