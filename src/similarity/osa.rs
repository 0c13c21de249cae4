//! Optimal string alignment distance: Levenshtein plus the swap of two neighbours as one edit, where no part of the
//! value is edited twice.
//!
//! The distance for what people type. It is no metric (`ca` to `abc` is 3, although `ca` to `ac` is 1 and `ac` to
//! `abc` is 1); where the triangle inequality is needed use [`levenshtein`](super::levenshtein) or
//! [`damerau`](super::damerau).

use super::hyyro;

/// The distance between two values, at most the length of the longer one. Prefer [`osa_within`] if only small
/// distances matter.
///
/// # Complexity
/// O(n) up to 64 characters, O(n·m/64) past that; see [`MAX_EDIT_CHARS`](super::MAX_EDIT_CHARS).
///
/// # Source
/// Hyyrö 2003.
///
/// # Example
/// ```
/// use quilate::similarity::{levenshtein, osa};
/// assert_eq!(osa("19800523", "19805023"), 1);
/// assert_eq!(levenshtein("19800523", "19805023"), 2);
/// assert_eq!(osa("ca", "abc"), 3);
/// ```
#[inline]
pub fn osa(a: &str, b: &str) -> usize {
    // No value needs more edits than the longer one has bytes, so the other branch of this is never taken.
    let bound = a.len().max(b.len());
    hyyro::distance::<true>(a, b, bound).unwrap_or(bound)
}

/// The distance if it is at most `max`, else `None`. Stops early where lengths or the first characters decide.
///
/// # Complexity
/// As [`osa`]; O(1) if the lengths of ASCII values differ by more than `max`.
///
/// # Example
/// ```
/// use quilate::similarity::osa_within;
/// assert_eq!(osa_within("28013", "28031", 1), Some(1));
/// assert_eq!(osa_within("28013", "08013", 0), None);
/// ```
#[inline]
pub fn osa_within(a: &str, b: &str, max: usize) -> Option<usize> {
    hyyro::distance::<true>(a, b, max)
}
