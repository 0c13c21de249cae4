//! Stage `compare`.
