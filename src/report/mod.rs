//! What came out and why, machine-readable first.

mod explain;

pub use explain::{ExplainedComparison, Explanation, explain};
