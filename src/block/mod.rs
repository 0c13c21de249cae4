//! Stage `block`.
