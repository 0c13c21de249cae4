//! National and tax identifiers.
