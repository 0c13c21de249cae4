//! Fillers that stand for a missing value.
