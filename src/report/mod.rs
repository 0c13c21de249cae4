//! What came out and why, machine-readable first.

mod explain;
mod metrics;
mod summary;

pub use explain::{ExplainedComparison, Explanation, explain};
pub use metrics::{BlockingMetrics, Metrics};
pub use summary::{
    ColumnSummary, ComparisonSummary, LevelSummary, MatchingSummary, SharedEntities, SourceSummary, Summary,
};
