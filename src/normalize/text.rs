//! Text in general.
