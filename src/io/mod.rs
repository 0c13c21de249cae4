//! Files in and out. Nothing in the stages depends on this module: it turns bytes into a [`Source`](crate::Source)
//! and results into bytes.
//!
//! - [`arrow`] reads and writes record batches, for data frames and engines (feature `arrow`);
//! - [`csv`] reads any delimited text that customer systems export, and writes RFC 4180 (feature `csv`);
//! - [`outputs`] writes the files of a run (feature `csv`);
//! - [`history`] writes the files about relations and interactions (feature `csv`);
//! - [`state`] keeps customer numbers and judgements between runs (feature `csv`);
//! - [`ScratchFolder`] is where a run with a limit on its memory keeps what does not fit;
//! - [`tombstones`] keeps what is left of erased customers (feature `csv`);
//! - [`labels_of`] takes pairs that people have labelled from a table, `read_labels` (feature `csv`) from a file;
//! - [`AtomicFile`] makes a result appear under its name only when it is complete.

#[cfg(feature = "arrow")]
pub mod arrow;
mod atomic;
#[cfg(feature = "csv")]
pub mod csv;
#[cfg(feature = "csv")]
pub mod history;
mod labels;
#[cfg(any(feature = "arrow", feature = "csv"))]
mod names;
#[cfg(feature = "csv")]
pub mod outputs;
mod scratch;
#[cfg(feature = "csv")]
pub mod state;
#[cfg(any(feature = "arrow", feature = "csv"))]
mod texts;
#[cfg(feature = "csv")]
pub mod tombstones;

pub use atomic::AtomicFile;
pub use labels::labels_of;
#[cfg(feature = "csv")]
pub use labels::read_labels;
pub use scratch::{ScratchFolder, peak_memory};
