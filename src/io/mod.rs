//! Stage `io`.
