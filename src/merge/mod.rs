//! Stage `merge`.
