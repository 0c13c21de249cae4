//! Records as they came, column by column. A [`Table`] is a list of [`Source`]s (touchpoints); each source has its
//! own [`Column`]s; each column is a [`Dictionary`] of distinct values plus one code (or several) per record.
//!
//! Nothing here changes a value: raw text goes in and comes out byte for byte. Empty and blank cells are null.

mod column;
mod dictionary;
mod kind;
mod source;

pub use column::{Column, ColumnBuilder, NULL};
pub use dictionary::{Dictionary, Interner};
pub use kind::{AttributeKind, Role};
pub use source::{Source, SourceBuilder, Table};
