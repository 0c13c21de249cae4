//! Jaro similarity: the share of characters that two values have in common at about the same place, less half the
//! share of those that come in another order.
//!
//! A character may match an equal one at most `max(n, m) / 2 - 1` places away. For each character the occurrences in
//! both values are paired from the left; Jaro's scan does that, whichever value it scans, so the similarity is
//! symmetric. It is no metric.
//!
//! # Source
//! Jaro 1989, "Advances in record-linkage methodology as applied to matching the 1985 census of Tampa, Florida".

use super::masks::{Masks, Packed8, Packed16, Tabled, is_ascii, low_bits};
use super::symbols::{ShortPair, WORD, longer_first};

/// The similarity in `[0, 1]`: 1 exactly for equal values, two empty ones included, 0 if no character matches.
/// Transpositions are counted in whole pairs (an odd one out is dropped), as strsim and rapidfuzz do.
///
/// # Complexity
/// O(n) up to 64 characters in both values; O(n log n) and six allocations past that, for any length.
///
/// # Example
/// ```
/// use quilate::similarity::jaro;
/// assert!((jaro("martha", "marhta") - 0.9444).abs() < 1e-4);
/// assert_eq!(jaro("", ""), 1.0);
/// assert_eq!(jaro("", "a"), 0.0);
/// ```
#[inline]
pub fn jaro(a: &str, b: &str) -> f64 {
    if is_ascii(a) && is_ascii(b) {
        return ascii(a.as_bytes(), b.as_bytes());
    }
    other_scripts(a, b)
}

#[cold]
fn other_scripts(a: &str, b: &str) -> f64 {
    if let Some(pair) = ShortPair::encode(a, b) {
        return ascii(pair.a(), pair.b());
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    long(&a, &b)
}

/// Symbols below 128, of any number.
#[inline]
pub(super) fn ascii(a: &[u8], b: &[u8]) -> f64 {
    let (longer, shorter) = longer_first(a, b);
    let counts = match longer.len() {
        0..=8 => word(&Packed8::new(longer), longer.len(), shorter),
        9..=16 => word(&Packed16::new(longer), longer.len(), shorter),
        17..=WORD => word(&Tabled::new(longer), longer.len(), shorter),
        _ => return long(longer, shorter),
    };
    counts.similarity(longer.len(), shorter.len())
}

/// What the scan found.
#[derive(Clone, Copy)]
struct Counts {
    matches: u32,
    /// Matched characters whose counterpart in order is another one: two for each transposition.
    displaced: u32,
}

impl Counts {
    /// The sum is taken in this order because it is symmetric in the lengths, and the oracles' own.
    #[inline]
    fn similarity(self, n: usize, m: usize) -> f64 {
        if self.matches == 0 {
            return if n == 0 && m == 0 { 1.0 } else { 0.0 };
        }
        let matches = f64::from(self.matches);
        let in_order = f64::from(self.matches - self.displaced / 2);
        (matches / n as f64 + matches / m as f64 + in_order / matches) / 3.0
    }
}

/// How far from its own place a character may match.
#[inline]
fn reach(longer: usize) -> usize {
    (longer / 2).saturating_sub(1)
}

/// Both values of at most [`WORD`] symbols, the pattern the longer one.
#[inline]
fn word<M: Masks>(masks: &M, pattern_len: usize, text: &[u8]) -> Counts {
    let reach = reach(pattern_len);
    let mut window = low_bits(reach + 1);
    // What lies past the pattern's end counts as taken.
    let past_end = !low_bits(pattern_len);
    let (mut in_pattern, mut in_text) = (past_end, 0u64);
    for (j, &symbol) in text.iter().enumerate() {
        let free = masks.of(symbol) & window & !in_pattern;
        in_pattern |= free & free.wrapping_neg();
        in_text |= u64::from(free != 0) << j;
        window = window << 1 | u64::from(j < reach);
    }
    in_pattern ^= past_end;
    let matches = in_text.count_ones();
    let mut displaced = 0;
    while in_text != 0 {
        let counterpart = in_pattern & in_pattern.wrapping_neg();
        let symbol = text[in_text.trailing_zeros() as usize];
        displaced += u32::from(masks.of(symbol) & counterpart == 0);
        in_text &= in_text - 1;
        in_pattern ^= counterpart;
    }
    Counts { matches, displaced }
}

/// Values of any length: the occurrences of each character are paired by a merge of sorted positions, so that even
/// two pasted documents cost O(n log n) and no cap is needed.
#[inline(never)]
fn long<T: Copy + Ord>(longer: &[T], shorter: &[T]) -> f64 {
    let (longer, shorter) = longer_first(longer, shorter);
    let reach = reach(longer.len());
    let sorted = |value: &[T]| {
        let mut places: Vec<(T, usize)> = value.iter().copied().zip(0..).collect();
        places.sort_unstable();
        places
    };
    let (a, b) = (sorted(longer), sorted(shorter));
    let (mut i, mut j) = (0, 0);
    let (mut from_a, mut from_b) = (Vec::new(), Vec::new());
    while let (Some(&(x, at_x)), Some(&(y, at_y))) = (a.get(i), b.get(j)) {
        // Whoever lies behind the other's window can match nobody that follows either.
        if x < y || (x == y && at_x + reach < at_y) {
            i += 1;
        } else if y < x || at_y + reach < at_x {
            j += 1;
        } else {
            from_a.push(at_x);
            from_b.push(at_y);
            (i, j) = (i + 1, j + 1);
        }
    }
    from_a.sort_unstable();
    from_b.sort_unstable();
    let displaced = from_a.iter().zip(&from_b).filter(|&(&i, &j)| longer[i] != shorter[j]).count();
    let counts = Counts { matches: from_a.len() as u32, displaced: displaced as u32 };
    counts.similarity(longer.len(), shorter.len())
}
