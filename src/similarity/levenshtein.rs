//! Levenshtein distance: the fewest insertions, deletions and substitutions of characters.
//!
//! The one edit distance here that is a metric (triangle inequality). For typing slips prefer
//! [`osa_within`](super::osa_within), for which a swap of neighbours is one edit and not two, at the same price.

use super::hyyro;

/// The distance between two values, at most the length of the longer one. Prefer [`levenshtein_within`] if only
/// small distances matter.
///
/// # Complexity
/// O(n) up to 64 characters, O(n·m/64) past that; see [`MAX_EDIT_CHARS`](super::MAX_EDIT_CHARS).
///
/// # Source
/// Myers 1999; Hyyrö 2003.
///
/// # Example
/// ```
/// use quilate::similarity::levenshtein;
/// assert_eq!(levenshtein("gonzalez", "gonsales"), 2);
/// assert_eq!(levenshtein("josé", "jose"), 1);
/// assert_eq!(levenshtein("", "abc"), 3);
/// ```
#[inline]
pub fn levenshtein(a: &str, b: &str) -> usize {
    // No value needs more edits than the longer one has bytes, so the other branch of this is never taken.
    let bound = a.len().max(b.len());
    hyyro::distance::<false>(a, b, bound).unwrap_or(bound)
}

/// The distance if it is at most `max`, else `None`. Stops early where lengths or the first characters decide.
///
/// # Complexity
/// As [`levenshtein`]; O(1) if the lengths of ASCII values differ by more than `max`.
///
/// # Example
/// ```
/// use quilate::similarity::levenshtein_within;
/// assert_eq!(levenshtein_within("martinez", "martines", 1), Some(1));
/// assert_eq!(levenshtein_within("martinez", "fernandez", 2), None);
/// ```
#[inline]
pub fn levenshtein_within(a: &str, b: &str, max: usize) -> Option<usize> {
    hyyro::distance::<false>(a, b, max)
}
