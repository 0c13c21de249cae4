//! The edit-distance engine under [`levenshtein`](super::levenshtein) and [`osa`](super::osa): one column of the
//! dynamic-programming matrix per step, 64 rows to the machine word.
//!
//! The matrix is kept as the differences between vertical neighbours (`+1` in one word, `-1` in another), from which
//! the next column follows with a dozen word operations. The distance is read off at the end: a column's sum of
//! differences.
//!
//! # Source
//! Myers 1999, "A fast bit-vector algorithm for approximate string matching based on dynamic programming";
//! Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances" (the transposition).

use super::masks::{Masks, Packed8, Packed16, Tabled, is_ascii, low_bits};
use super::symbols::{LongPair, ShortPair, WORD, longer_first, strip_common};

/// The most characters of a value that are aligned optimally: 4096 against 4096 take just under a
/// millisecond.
///
/// No attribute of a customer is longer; a text that is (a note, a pasted letter) must not stall a run over millions
/// of pairs. What differs past this length, after the common beginning and end are taken off, is aligned position by
/// position. The result is then an upper bound of the distance: still 0 only for equal values, still symmetric.
pub const MAX_EDIT_CHARS: usize = 4096;

/// How many columns the word kernel computes before it looks whether the cutoff can still be met.
const COLUMNS_PER_CHECK: usize = 8;

/// The distance if it is at most `max`; with `TRANSPOSE`, swapped neighbours are one edit.
#[inline]
pub(super) fn distance<const TRANSPOSE: bool>(a: &str, b: &str, max: usize) -> Option<usize> {
    if is_ascii(a) && is_ascii(b) {
        return ascii::<TRANSPOSE>(a.as_bytes(), b.as_bytes(), max);
    }
    other_scripts::<TRANSPOSE>(a, b, max)
}

#[cold]
fn other_scripts<const TRANSPOSE: bool>(a: &str, b: &str, max: usize) -> Option<usize> {
    if let Some(pair) = ShortPair::encode(a, b) {
        return ascii::<TRANSPOSE>(pair.a(), pair.b(), max);
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    long::<TRANSPOSE, char>(&a, &b, max)
}

/// Symbols below 128, of any number.
#[inline]
fn ascii<const TRANSPOSE: bool>(a: &[u8], b: &[u8], max: usize) -> Option<usize> {
    let (longer, shorter) = longer_first(a, b);
    if longer.len() - shorter.len() > max {
        return None;
    }
    // The longer value is the pattern: a word holds it either way, and the loop then runs over the shorter one.
    match longer.len() {
        0..=8 => word::<TRANSPOSE, _>(&Packed8::new(longer), longer.len(), shorter, max),
        9..=16 => word::<TRANSPOSE, _>(&Packed16::new(longer), longer.len(), shorter, max),
        _ => stripped::<TRANSPOSE>(longer, shorter, max),
    }
}

/// More than 16 symbols: here it pays to look for common ends first.
#[inline(never)]
fn stripped<const TRANSPOSE: bool>(longer: &[u8], shorter: &[u8], max: usize) -> Option<usize> {
    let (longer, shorter) = strip_common(longer, shorter);
    match (longer.len(), shorter.len()) {
        (n, 0) => (n <= max).then_some(n),
        (n @ ..=WORD, _) => word::<TRANSPOSE, _>(&Tabled::new(longer), n, shorter, max),
        (..=MAX_EDIT_CHARS, m @ ..=WORD) => word::<TRANSPOSE, _>(&Tabled::new(shorter), m, longer, max),
        _ => long::<TRANSPOSE, u8>(longer, shorter, max),
    }
}

/// A pattern of at most [`WORD`] symbols against a text of any length.
#[inline]
fn word<const TRANSPOSE: bool, M: Masks>(masks: &M, rows: usize, text: &[u8], max: usize) -> Option<usize> {
    let mut column = Column::default();
    let mut done = 0;
    let mut score = rows;
    for part in text.chunks(COLUMNS_PER_CHECK) {
        for &symbol in part {
            column.step::<TRANSPOSE>(masks.of(symbol), 1, 0, 0);
        }
        done += part.len();
        score = done + column.up_and_flat::<M>(rows) - rows;
        // Each column still to come lowers the last row by one at most.
        if score.saturating_sub(text.len() - done) > max {
            return None;
        }
    }
    (score <= max).then_some(score)
}

/// Up to 64 rows of the current column.
#[derive(Clone, Copy)]
struct Column {
    /// Rows that are one more than the row above.
    up: u64,
    /// Rows that are one less than the row above.
    down: u64,
    /// The complement of `down`, kept because it is known earlier than `down` itself.
    not_down: u64,
    /// Rows that equal their upper left neighbour.
    diagonal: u64,
    /// Where the previous symbol occurs in the pattern.
    equal: u64,
}

impl Default for Column {
    /// The first column counts deletions: every row is one more than the row above.
    fn default() -> Self {
        Self { up: u64::MAX, down: 0, not_down: u64::MAX, diagonal: 0, equal: 0 }
    }
}

impl Column {
    /// The sum of the vertical differences of the first `rows` rows, plus `rows` so that it is not negative. Both
    /// halves are counted at once if they fit into a word: the portable population count is a dozen operations.
    #[inline(always)]
    fn up_and_flat<M: Masks>(&self, rows: usize) -> usize {
        let inside = low_bits(rows);
        let (up, not_down) = (self.up & inside, self.not_down & inside);
        let bits = if M::ROWS <= WORD / 2 {
            (up << (WORD / 2) | not_down).count_ones()
        } else {
            up.count_ones() + not_down.count_ones()
        };
        bits as usize
    }

    /// Moves on by one symbol that occurs at `equal`. `plus` and `minus` are the horizontal differences that come in
    /// from the rows above, `swap` the lowest transposition bit, which depends on the word above.
    ///
    /// Returns the horizontal differences (+1, -1) of all rows, of which the last goes to the word below.
    ///
    /// The papers' formulas are rearranged by complements, so that a column follows from the one before in seven
    /// dependent operations instead of eleven: the chain is what a comparison waits for.
    /// Theirs: `right = down | !(diagonal | up)`, `up' = left << 1 | !(diagonal | right << 1)`,
    /// `down' = right << 1 & diagonal`.
    #[inline(always)]
    fn step<const TRANSPOSE: bool>(&mut self, equal: u64, plus: u64, minus: u64, swap: u64) -> (u64, u64) {
        let matched = equal | minus;
        let sum = (matched & self.up).wrapping_add(self.up);
        let mut other = matched | self.down;
        if TRANSPOSE {
            other |= ((!self.diagonal & equal) << 1 | swap) & self.equal;
        }
        let diagonal = (sum ^ self.up) | other;
        let not_right = (sum | (self.up | other)) & self.not_down;
        let left = diagonal & self.up;
        let not_above_right = not_right << 1 | (plus ^ 1);
        self.up = (left << 1 | minus) | (!diagonal & not_above_right);
        self.down = diagonal & !not_above_right;
        self.not_down = not_above_right | !diagonal;
        self.diagonal = diagonal;
        self.equal = equal;
        (!not_right, left)
    }
}

/// Values longer than a word, in blocks of 64 rows.
///
/// # Complexity
/// O(n·m/64) and O(m·(1 + alphabet/64)) memory up to [`MAX_EDIT_CHARS`], linear past it.
fn long<const TRANSPOSE: bool, T: Copy + Ord>(a: &[T], b: &[T], max: usize) -> Option<usize> {
    let (longer, shorter) = longer_first(a, b);
    let (longer, shorter) = strip_common(longer, shorter);
    if longer.len() - shorter.len() > max {
        return None;
    }
    let (longer, shorter, tail) = split_tail(longer, shorter);
    let head = if shorter.is_empty() {
        longer.len()
    } else {
        blocks::<TRANSPOSE>(&LongPair::encode(shorter, longer), max.checked_sub(tail)?)?
    };
    (head + tail <= max).then_some(head + tail)
}

/// Cuts both values at [`MAX_EDIT_CHARS`] and counts the edits that turn one tail into the other position by position.
pub(super) fn split_tail<'a, T: PartialEq>(longer: &'a [T], shorter: &'a [T]) -> (&'a [T], &'a [T], usize) {
    let (long_head, long_tail) = longer.split_at(longer.len().min(MAX_EDIT_CHARS));
    let (short_head, short_tail) = shorter.split_at(shorter.len().min(MAX_EDIT_CHARS));
    let same = long_tail.iter().zip(short_tail).filter(|(x, y)| x == y).count();
    (long_head, short_head, long_tail.len().max(short_tail.len()) - same)
}

fn blocks<const TRANSPOSE: bool>(pair: &LongPair, max: usize) -> Option<usize> {
    let rows = pair.pattern.len();
    let n_blocks = rows.div_ceil(WORD);
    // masks[symbol * n_blocks + block]
    let mut masks = vec![0u64; pair.alphabet * n_blocks];
    for (i, &symbol) in pair.pattern.iter().enumerate() {
        masks[symbol as usize * n_blocks + i / WORD] |= 1 << (i % WORD);
    }
    let last_row = (rows - 1) % WORD;
    let mut columns = vec![Column::default(); n_blocks];
    let mut score = rows;
    for (j, &symbol) in pair.text.iter().enumerate() {
        let of_symbol = &masks[symbol as usize * n_blocks..][..n_blocks];
        // Above the first row the matrix counts insertions: always +1 to the right.
        let (mut plus, mut minus, mut swap) = (1, 0, 0);
        for (block, (column, &equal)) in columns.iter_mut().zip(of_symbol).enumerate() {
            // The swap across the border needs the upper block's diagonal as it was before this column.
            let next_swap = (!column.diagonal & equal) >> 63;
            let (right, left) = column.step::<TRANSPOSE>(equal, plus, minus, swap);
            if block + 1 == n_blocks {
                score += (right >> last_row & 1) as usize;
                score -= (left >> last_row & 1) as usize;
            }
            (plus, minus, swap) = (right >> 63, left >> 63, next_swap);
        }
        if score.saturating_sub(pair.text.len() - 1 - j) > max {
            return None;
        }
    }
    Some(score)
}
