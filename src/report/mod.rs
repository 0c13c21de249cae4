//! What came out and why, machine-readable first.
//!
//! - [`Summary`]: counts of a run, its model and its findings; serialised it is `report.json`;
//! - [`Explanation`]: the waterfall of one pair, as a struct or, by `Display`, as a table for people;
//! - [`Metrics`] and [`BlockingMetrics`]: how right a partition is, where the truth is known.
//!
//! A summary holds counts, names of columns and lines, never a customer's value; an explanation shows the values of its
//! two records, because they are what is asked for.
//!
//! # Null
//! A comparison with a missing side is explained as the level `missing` with 0 bits.

mod explain;
mod metrics;
mod summary;

pub use explain::{ExplainedComparison, Explanation, explain};
pub use metrics::{BlockingMetrics, Metrics};
pub use summary::{
    ColumnSummary, ComparisonSummary, LevelSummary, MatchingSummary, SharedEntities, SourceSummary, Summary,
};
