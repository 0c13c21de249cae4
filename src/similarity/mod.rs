//! Stage `similarity`.
