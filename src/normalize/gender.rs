//! Gender.
