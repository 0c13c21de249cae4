//! From characters to small numbers, so that one set of kernels serves every script.
//!
//! ASCII needs no translation: its bytes are its characters. Anything else is re-encoded, per pair, into numbers that
//! are equal exactly where the characters are equal. Comparing the UTF-8 bytes instead would make `é` against `e` two
//! edits, which is the best known mistake of database functions.

/// Characters that fit into one machine word, one bit each.
pub(super) const WORD: usize = 64;

/// Slots of the translation table: one for each character of two full words.
const SLOTS: usize = 2 * WORD;
/// No character: `char` ends at 0x10FFFF.
const EMPTY: u32 = u32::MAX;

/// Two short values as symbols below 128, on the stack. Symbols are equal exactly where the characters are.
pub(super) struct ShortPair {
    a: [u8; WORD],
    b: [u8; WORD],
    a_len: usize,
    b_len: usize,
}

impl ShortPair {
    /// `None` when either value has more than [`WORD`] characters.
    pub(super) fn encode(a: &str, b: &str) -> Option<Self> {
        let mut table = [EMPTY; SLOTS];
        let mut pair = Self { a: [0; WORD], b: [0; WORD], a_len: 0, b_len: 0 };
        for c in a.chars() {
            let place = pair.a.get_mut(pair.a_len)?;
            *place = intern(&mut table, c);
            pair.a_len += 1;
        }
        for c in b.chars() {
            let place = pair.b.get_mut(pair.b_len)?;
            *place = intern(&mut table, c);
            pair.b_len += 1;
        }
        Some(pair)
    }

    /// The symbols of the first value.
    pub(super) fn a(&self) -> &[u8] {
        &self.a[..self.a_len]
    }

    /// The symbols of the second value.
    pub(super) fn b(&self) -> &[u8] {
        &self.b[..self.b_len]
    }
}

/// The number of the character's slot in an open-addressing table. Alphabets are contiguous in Unicode, so their low
/// bits spread without hashing. A slot is free or found for each of the at most 128 characters, hence the search ends.
#[inline]
fn intern(table: &mut [u32; SLOTS], c: char) -> u8 {
    let key = u32::from(c);
    let mut slot = key as usize % SLOTS;
    while table[slot] != EMPTY && table[slot] != key {
        slot = (slot + 1) % SLOTS;
    }
    table[slot] = key;
    slot as u8
}

/// Values of any length as dense numbers: 0 is a character of `text` that `pattern` lacks, the others are `1..=n`.
///
/// # Complexity
/// O(n log n), two allocations and one for the alphabet.
pub(super) struct LongPair {
    /// The first value.
    pub(super) pattern: Vec<u32>,
    /// The second value.
    pub(super) text: Vec<u32>,
    /// How many numbers are in use: n + 1.
    pub(super) alphabet: usize,
}

impl LongPair {
    /// Translates both values.
    pub(super) fn encode<T: Copy + Ord>(pattern: &[T], text: &[T]) -> Self {
        let mut known = pattern.to_vec();
        known.sort_unstable();
        known.dedup();
        let number = |c: &T| known.binary_search(c).map_or(0, |at| at as u32 + 1);
        Self {
            pattern: pattern.iter().map(number).collect(),
            text: text.iter().map(number).collect(),
            alphabet: known.len() + 1,
        }
    }
}

/// Both values without their common beginning and end, which cost no edits and take part in none.
#[inline]
pub(super) fn strip_common<'a, T: PartialEq>(a: &'a [T], b: &'a [T]) -> (&'a [T], &'a [T]) {
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (&a[..a.len() - back], &b[..b.len() - back])
}

/// The two values, longer first.
#[inline]
pub(super) fn longer_first<'a, T>(a: &'a [T], b: &'a [T]) -> (&'a [T], &'a [T]) {
    if a.len() >= b.len() { (a, b) } else { (b, a) }
}
