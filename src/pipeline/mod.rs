//! All rooms in reading order.

pub mod matching;
