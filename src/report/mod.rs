//! What came out and why, machine-readable first.
//!
//! - [`Summary`]: counts of a run, its model and its findings; serialised it is `report.json`;
//! - [`Explanation`]: the waterfall of one pair, as a struct or, by `Display`, as a table for people;
//! - [`EntityExplanation`]: the pairs that hold an entity together;
//! - [`RunDiff`]: what another configuration would change;
//! - [`Metrics`], [`PairMetrics`] and [`BlockingMetrics`]: how right a partition is, where the truth is known;
//! - [`threshold_table`], [`calibration`], [`EstimatedQuality`], [`Unlinkables`]: how good the weights are.
//!
//! A summary holds counts, names of columns and lines, never a customer's value; an explanation shows the values of its
//! two records, because they are what is asked for.
//!
//! # Null
//! A comparison with a missing side is explained as the level `missing` with 0 bits.

mod diff;
mod entity;
mod explain;
mod metrics;
mod quality;
mod summary;

pub use diff::{ChangedValue, RunDiff};
pub use entity::{EntityExplanation, HoldingEdge, explain_entity};
pub use explain::{ExplainedComparison, Explanation, explain};
pub use metrics::{BlockingMetrics, Metrics, PairMetrics};
pub use quality::{
    CalibrationBin, EstimatedQuality, ThresholdPoint, UnlinkablePoint, Unlinkables, calibration,
    threshold_table,
};
pub use summary::{
    ColumnSummary, ComparisonSummary, LevelSummary, MatchingSummary, SharedEntities, SourceSummary, Summary,
};
