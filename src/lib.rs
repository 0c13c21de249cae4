//! `quilate` turns customer records from many touchpoints (CRM, web shop, till, help desk, newsletter) into golden
//! records: one complete record a customer, with the origin of every cell and the reason for every merge.
//!
//! ```text
//!  CSV, structs ─▶ table ─▶ normalize ─▶ block ─▶ compare ─▶ score ─▶ cluster ─▶ merge ─▶ files
//!                  raw      attributes   pairs    levels     weights  entities   golden
//!                   └─ detect ─▲           ▲         model learned twice  │         │
//!                   which column is what   └──────────────────────────────┘         └─▶ report
//! ```
//!
//! [`consolidate`] runs all stages ([`pipeline`]); each stage is a module of its own and can be used alone. The same bytes
//! come out for any order of the input and any number of threads.
//!
//! # Example
//! ```
//! #[derive(serde::Serialize)]
//! struct Customer { id: u32, name: &'static str, email: &'static str, phone: &'static str }
//! let table = quilate::Table::from_records("app", [
//!     Customer { id: 1, name: "María José García López", email: "mjgarcia@telefonica.net", phone: "617 345 908" },
//!     Customer { id: 2, name: "Mª José García", email: "mjgarcia@telefonica.net", phone: "+34617345908" },
//!     Customer { id: 3, name: "Pau Vila Soler", email: "pau@vila.cat", phone: "655 010 203" },
//! ])?;
//! let resolution = quilate::consolidate(table, &quilate::Config::default())?;
//! assert_eq!(resolution.entities().len(), 2);
//! assert_eq!(resolution.golden_records().next().unwrap().get("surname"), Some("García López"));
//! # Ok::<(), quilate::Error>(())
//! ```
//!
//! # Where to go
//! | to | see |
//! |---|---|
//! | exchange tables with data frames and engines | `io::arrow` (feature `arrow`) |
//! | watch a run, or stop it | [`pipeline::Control`] |
//! | read files of any delimiter, encoding and damage | `io::csv` (feature `csv`) |
//! | say what a column is, or how values are chosen | [`Config`], [`merge::MergeConfig`] |
//! | see why two records are one customer, or are not | [`Resolution::explain`] |
//! | write the results | `io::outputs` (feature `csv`), [`report::Summary`] |
//! | measure against known customers | [`report::Metrics`] |
//! | clean single values | [`normalize`] |
//! | compare strings | [`similarity`] |
//!
//! # Errors
//! [`Error`] is misuse: an unknown column, an impossible configuration, a file that cannot be read. Dirty data is never an
//! error, but counted as [`Issues`]. Neither holds a customer's value.

mod control;
mod error;
mod ids;
mod par;
mod spill;

pub mod block;
pub mod cluster;
pub mod compare;
pub mod detect;
pub mod history;
pub mod io;
pub mod judgement;
pub mod merge;
pub mod normalize;
pub mod pipeline;
pub mod registry;
pub mod relate;
pub mod report;
pub mod score;
pub mod similarity;
pub mod table;

pub use error::{Error, ErrorKind, Issue, Issues, Location, Result};
pub use ids::{EntityId, FieldId, MatchWeight, PersistentId, Probability, RecordId, Similarity, SourceId};
pub use judgement::{Judgement, Judgements, RecordKey};
pub use pipeline::{Config, Resolution, State, consolidate, consolidate_in};
pub use table::{AttributeKind, Column, Role, Source, Table};

/// Compiles and runs the README's code.
#[cfg(all(doctest, feature = "csv"))]
#[doc = include_str!("../README.md")]
struct Readme;
