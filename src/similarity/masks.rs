//! Where a symbol occurs in a short pattern: bit `i` of the answer is set if position `i` holds it.
//!
//! All bit-parallel kernels start from this. The usual table of 128 words has to be zeroed and filled for every pair,
//! which nearly doubles the time for two surnames of six letters (Levenshtein: 39 ns instead of 22), so patterns of
//! up to 16 symbols stay packed in registers and are compared with the symbol in all bytes at once.

use super::symbols::WORD;

const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
const ONE_EACH: u64 = 0x0101_0101_0101_0101;
/// Moves bit `8 i + 7` to bit `56 + i`. The partial products never meet, so nothing carries.
const GATHER: u64 = 0x0002_0408_1020_4081;

/// The occurrences of symbols (below 128) in a pattern of at most [`WORD`] symbols.
pub(super) trait Masks {
    /// The most symbols such a pattern has.
    const ROWS: usize;

    /// Bit `i` is set if the pattern holds `symbol` at `i`; bits past the pattern's end mean nothing.
    fn of(&self, symbol: u8) -> u64;
}

/// The lowest `n` bits, for any `n`.
#[inline]
pub(super) fn low_bits(n: usize) -> u64 {
    if n >= WORD { u64::MAX } else { (1 << n) - 1 }
}

/// A pattern of up to 8 symbols in one register.
pub(super) struct Packed8 {
    bytes: u64,
}

impl Packed8 {
    /// Packs the pattern; symbols past the eighth are left out.
    #[inline]
    pub(super) fn new(pattern: &[u8]) -> Self {
        Self { bytes: load(pattern) }
    }
}

impl Masks for Packed8 {
    const ROWS: usize = 8;

    #[inline]
    fn of(&self, symbol: u8) -> u64 {
        positions(self.bytes, symbol)
    }
}

/// A pattern of 9 to 16 symbols in two registers.
pub(super) struct Packed16 {
    low: u64,
    high: u64,
}

impl Packed16 {
    /// Packs the pattern; symbols past the sixteenth are left out.
    #[inline]
    pub(super) fn new(pattern: &[u8]) -> Self {
        let (low, high) = pattern.split_at(pattern.len().min(8));
        Self { low: load(low), high: load(high) }
    }
}

impl Masks for Packed16 {
    const ROWS: usize = 16;

    #[inline]
    fn of(&self, symbol: u8) -> u64 {
        positions(self.low, symbol) | positions(self.high, symbol) << 8
    }
}

/// A pattern of up to [`WORD`] symbols as a table over all symbols.
pub(super) struct Tabled {
    masks: [u64; 128],
}

impl Tabled {
    /// Tabulates the pattern; symbols past the 64th are left out.
    #[inline]
    pub(super) fn new(pattern: &[u8]) -> Self {
        let mut masks = [0; 128];
        for (i, &symbol) in pattern.iter().take(WORD).enumerate() {
            masks[usize::from(symbol & 127)] |= 1 << i;
        }
        Self { masks }
    }
}

impl Masks for Tabled {
    const ROWS: usize = WORD;

    #[inline]
    fn of(&self, symbol: u8) -> u64 {
        self.masks[usize::from(symbol & 127)]
    }
}

/// The bytes of `packed` that equal `symbol`, as bits 0 to 7. All bytes must be below 128: then only a difference of
/// zero keeps the high bit, and the subtraction cannot borrow from one byte to the next.
#[inline]
fn positions(packed: u64, symbol: u8) -> u64 {
    let differences = packed ^ (u64::from(symbol) * ONE_EACH);
    let equal = HIGH_BITS.wrapping_sub(differences) & HIGH_BITS;
    equal.wrapping_mul(GATHER) >> 56
}

/// Whether all characters are ASCII. The standard library's answer is made for long texts and looks at short ones
/// byte by byte.
#[inline]
pub(super) fn is_ascii(value: &str) -> bool {
    let bytes = value.as_bytes();
    match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        _ if bytes.len() > 16 => bytes.is_ascii(),
        (Some(first), Some(last)) => {
            (u64::from_le_bytes(*first) | u64::from_le_bytes(*last)) & HIGH_BITS == 0
        }
        _ => load(bytes) & HIGH_BITS == 0,
    }
}

/// Up to 8 bytes as a little-endian number, zero-filled, by two overlapping reads: a copy of variable length
/// would be a call.
#[inline]
fn load(bytes: &[u8]) -> u64 {
    if let Some(all) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*all);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return u64::from(first) | u64::from(last) << (8 * (bytes.len() - 4));
    }
    match *bytes {
        [x] => u64::from(x),
        [x, y] => u64::from(x) | u64::from(y) << 8,
        [x, y, z] => u64::from(x) | u64::from(y) << 8 | u64::from(z) << 16,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(pattern: &[u8], symbol: u8) -> u64 {
        pattern.iter().enumerate().filter(|(_, c)| **c == symbol).fold(0, |mask, (i, _)| mask | 1 << i)
    }

    proptest! {
        #[test]
        fn ascii_is_what_the_standard_library_says(value in "[a-zé日]{0,20}|[ -~]{0,20}|[a-z]{0,16}é[a-z]{0,16}") {
            prop_assert_eq!(is_ascii(&value), value.is_ascii());
        }

        #[test]
        fn every_form_agrees_with_a_search(pattern in prop::collection::vec(0u8..128, 0..=64), symbol in 0u8..128) {
            let mut symbols = pattern.clone();
            symbols.extend([symbol, 0, 127]);
            for &symbol in &symbols {
                let expected = naive(&pattern, symbol);
                prop_assert_eq!(Tabled::new(&pattern).of(symbol), expected);
                let short = &pattern[..pattern.len().min(8)];
                prop_assert_eq!(Packed8::new(short).of(symbol) & low_bits(short.len()), naive(short, symbol));
                let middle = &pattern[..pattern.len().min(16)];
                prop_assert_eq!(Packed16::new(middle).of(symbol) & low_bits(middle.len()), naive(middle, symbol));
            }
        }
    }
}
