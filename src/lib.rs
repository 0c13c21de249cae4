//! `quilate` turns customer records from many touchpoints into golden records.

mod error;
mod ids;
mod par;

pub mod block;
pub mod cluster;
pub mod compare;
pub mod detect;
pub mod io;
pub mod merge;
pub mod normalize;
pub mod pipeline;
pub mod report;
pub mod score;
pub mod similarity;
pub mod table;

pub use error::{Error, ErrorKind, Issue, Issues, Location, Result};
pub use ids::{EntityId, FieldId, MatchWeight, Probability, RecordId, Similarity, SourceId};
pub use pipeline::{Config, Resolution, consolidate};
pub use table::{AttributeKind, Column, Role, Source, Table};
