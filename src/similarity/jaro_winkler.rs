//! Jaro-Winkler similarity: Jaro, raised for a common beginning, because people seldom err in the first letters of
//! a name.
//!
//! # Source
//! Winkler 1990, "String comparator metrics and enhanced decision rules in the Fellegi-Sunter model of record
//! linkage". His further rules (similar characters, long strings) are left out, as in nearly every implementation.

use super::jaro::jaro;

/// What each common leading character adds of the way from Jaro to 1 (Winkler's value).
const PREFIX_WEIGHT: f64 = 0.1;
/// How many leading characters count (Winkler's value).
const MAX_PREFIX: usize = 4;
/// Jaro similarities up to this one are not raised: a shared beginning says nothing of names that are otherwise
/// different. Winkler's C code, strsim, rapidfuzz and DuckDB all have it, and compare with `>`.
const BOOST_THRESHOLD: f64 = 0.7;

/// The similarity in `[0, 1]`: 1 exactly for equal values, two empty ones included, 0 if no character matches.
///
/// Equal to strsim's and rapidfuzz's. DuckDB's (thus Splink's) differs for other scripts, where it compares bytes,
/// and for two empty values, where it gives 0.
///
/// # Complexity
/// As [`jaro`](super::jaro()).
///
/// # Example
/// ```
/// use quilate::similarity::jaro_winkler;
/// assert!((jaro_winkler("martha", "marhta") - 0.9611).abs() < 1e-4);
/// // Jaro of this pair is below the threshold, so its common `m` is not rewarded.
/// assert_eq!(jaro_winkler("marin", "molto"), quilate::similarity::jaro("marin", "molto"));
/// ```
#[inline]
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    let similarity = jaro(a, b);
    if similarity > BOOST_THRESHOLD {
        let prefix = a.chars().zip(b.chars()).take(MAX_PREFIX).take_while(|(x, y)| x == y).count();
        similarity + PREFIX_WEIGHT * prefix as f64 * (1.0 - similarity)
    } else {
        similarity
    }
}
