//! Person names.
