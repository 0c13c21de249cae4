//! Stage `score`.
