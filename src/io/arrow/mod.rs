//! Arrow in and out: the format in which data frames and engines (pandas, Polars, PyArrow, DuckDB, Spark) hold tables.
//!
//! - [`read`] turns record batches into a [`Source`](crate::Source), a column at a time, without a copy of the batches;
//! - [`batches`] gives an [`Output`] of a [`Resolution`](crate::Resolution) back as record batches, made one at a time.
//!
//! Everything here is safe code on Arrow's own types. Who exchanges pointers through the Arrow C Data Interface does so
//! outside this crate.
//!
//! # Shape
//! In: text (`utf8`, `large_utf8`, `utf8_view`), integers, floats, decimals, booleans, dates, times, timestamps, dictionaries
//! of these and lists of these; any chunking, slices included. Out: the columns of the files of a run (`io::outputs`), with lists
//! where the files join values by `; `.
//!
//! # Null
//! Null, NaN and blank text are null. A golden field without value is null.
//!
//! # Errors
//! [`ErrorKind::Format`](crate::ErrorKind::Format) with source and column for types that have no text (binary, structs, unions).
//!
//! # Complexity
//! Reading interns each cell once (dictionaries: each entry once a batch), columns side by side.
//!
//! # Example
//! ```
//! use std::sync::Arc;
//! use arrow_array::{RecordBatch, RecordBatchIterator, StringArray, cast::AsArray};
//! use quilate::io::arrow::{Output, batches, read};
//!
//! let name: StringArray = vec![Some("Ana Ruiz"), Some("Pau Vila"), None].into();
//! let batch = RecordBatch::try_from_iter([("name", Arc::new(name) as _)]).unwrap();
//! let schema = batch.schema();
//! let read = read("crm", RecordBatchIterator::new([Ok(batch)], schema), &|_| false)?;
//! let resolution = quilate::consolidate(quilate::Table::new(vec![read.source])?, &quilate::Config::default())?;
//! let xref = batches(&resolution, Output::Xref).next().unwrap().unwrap();
//! assert_eq!(xref.column(1).as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["1", "2", "3"]);
//! # Ok::<(), quilate::Error>(())
//! ```

mod cell;
mod read;
mod write;

pub use read::{Read, read};
pub use write::{Batches, Output, batches};
