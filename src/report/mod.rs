//! What came out and why, machine-readable first.

mod explain;
mod summary;

pub use explain::{ExplainedComparison, Explanation, explain};
pub use summary::{
    ColumnSummary, ComparisonSummary, LevelSummary, MatchingSummary, SharedEntities, SourceSummary, Summary,
};
