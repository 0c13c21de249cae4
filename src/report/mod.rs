//! What came out and why, machine-readable first.

mod explain;
mod metrics;

pub use explain::{ExplainedComparison, Explanation, explain};
pub use metrics::{BlockingMetrics, Metrics};
