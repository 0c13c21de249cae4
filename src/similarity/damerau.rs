//! Damerau-Levenshtein distance without restriction: insertions, deletions, substitutions and swaps of neighbours,
//! where characters may be put between or taken out from between the two that were swapped.
//!
//! A metric, and what DuckDB's `damerau_levenshtein` computes. Reach for it to reproduce such a model; for new ones
//! [`osa_within`](super::osa_within) says the same about real data at a fraction of the price.
//!
//! # Source
//! Lowrance & Wagner 1975, "An extension of the string-to-string correction problem"; Zhao & Sahni 2019, "String
//! correction using the Damerau-Levenshtein distance" (linear memory).

use super::hyyro::split_tail;
use super::symbols::{LongPair, ShortPair, WORD, longer_first, strip_common};

/// The distance between two values, at most the length of the longer one.
///
/// # Complexity
/// O(n·m), one cell at a time; no allocation up to 64 characters, O(n + m) memory past that. Beyond
/// [`MAX_EDIT_CHARS`](super::MAX_EDIT_CHARS) an upper bound, as documented there; up to it, some 60 ms.
///
/// # Example
/// ```
/// use quilate::similarity::{damerau, osa};
/// assert_eq!(damerau("ca", "abc"), 2);
/// assert_eq!(osa("ca", "abc"), 3);
/// ```
pub fn damerau(a: &str, b: &str) -> usize {
    if a.is_ascii() && b.is_ascii() {
        return symbols(a.as_bytes(), b.as_bytes());
    }
    if let Some(pair) = ShortPair::encode(a, b) {
        return symbols(pair.a(), pair.b());
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    long(&a, &b)
}

/// The distance if it is at most `max`, else `None`. Decides by the lengths where it can, but does not stop halfway.
///
/// # Complexity
/// As [`damerau`].
///
/// # Example
/// ```
/// use quilate::similarity::damerau_within;
/// assert_eq!(damerau_within("ca", "abc", 2), Some(2));
/// assert_eq!(damerau_within("ca", "abc", 1), None);
/// ```
pub fn damerau_within(a: &str, b: &str, max: usize) -> Option<usize> {
    if a.is_ascii() && b.is_ascii() && a.len().abs_diff(b.len()) > max {
        return None;
    }
    let distance = damerau(a, b);
    (distance <= max).then_some(distance)
}

/// Symbols below 128, of any number.
fn symbols(a: &[u8], b: &[u8]) -> usize {
    let (a, b) = strip_common(a, b);
    if a.len() > WORD || b.len() > WORD {
        return long(a, b);
    }
    let rows = &mut Rows {
        current: &mut [0; WORD + 2],
        previous: &mut [0; WORD + 2],
        transposed: &mut [0; WORD + 2],
        last_row: &mut [0; 128],
    };
    zhao(a, b, rows)
}

fn long<T: Copy + Ord>(a: &[T], b: &[T]) -> usize {
    let (longer, shorter) = longer_first(a, b);
    let (longer, shorter) = strip_common(longer, shorter);
    let (longer, shorter, tail) = split_tail(longer, shorter);
    let pair = LongPair::encode(longer, shorter);
    let width = shorter.len() + 2;
    let rows = &mut Rows {
        current: &mut vec![0; width],
        previous: &mut vec![0; width],
        transposed: &mut vec![0; width],
        last_row: &mut vec![0; pair.alphabet],
    };
    zhao(&pair.pattern, &pair.text, rows) + tail
}

/// The memory of one comparison. Columns are shifted by one, so that the column before the first has a place; its
/// cells are larger than any distance.
struct Rows<'a> {
    current: &'a mut [u32],
    previous: &'a mut [u32],
    /// Per column: the cell to come from if the text's character here was swapped with the one in front.
    transposed: &'a mut [u32],
    /// Per symbol: the last row (from 1) of the first value that holds it, 0 if none has.
    last_row: &'a mut [u32],
}

/// The matrix row by row. Only two swaps can be part of a best alignment: those with one gap side empty. Hence one
/// remembered cell per column and one per row replace the full matrix of the textbook.
fn zhao<S: Copy + PartialEq + Into<u32>>(a: &[S], b: &[S], rows: &mut Rows<'_>) -> usize {
    let Rows { current, previous, transposed, last_row } = rows;
    let never = (a.len().max(b.len()) + 1) as u32;
    transposed.fill(never);
    previous.fill(never);
    current[0] = never;
    for (cell, column) in current[1..=b.len() + 1].iter_mut().zip(0..) {
        *cell = column;
    }
    for (i, &x) in (1u32..).zip(a) {
        std::mem::swap(current, previous);
        current[0] = never;
        let mut two_rows_up = current[1];
        current[1] = i;
        let mut last_column = None;
        let mut left_of_match = never;
        for (j, &y) in (1u32..).zip(b.iter()) {
            let at = j as usize + 1;
            let differs = u32::from(x != y);
            let mut best = (previous[at - 1] + differs).min(current[at - 1] + 1).min(previous[at] + 1);
            if x == y {
                last_column = Some(j);
                transposed[at] = previous[at - 2];
                left_of_match = two_rows_up;
            } else {
                let row = last_row[y.into() as usize];
                if last_column == Some(j - 1) {
                    if row > 0 {
                        best = best.min(transposed[at] + (i - row));
                    }
                } else if let Some(column) = last_column
                    && row > 0
                    && i - row == 1
                {
                    best = best.min(left_of_match + (j - column));
                }
            }
            two_rows_up = current[at];
            current[at] = best;
        }
        last_row[x.into() as usize] = i;
    }
    current[b.len() + 1] as usize
}
