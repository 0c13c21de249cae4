//! Stage `similarity`: how alike two values are, and how alike they sound.
//!
//! Every function is pure, works on characters (never on bytes or grapheme clusters), and answers for any input.
//! Values are compared as they come: fold case and accents first (`normalize`).
//!
//! | use | when |
//! |---|---|
//! | [`jaro_winkler`] | given names and surnames: short values whose first letters are the most reliable |
//! | [`jaro`] | the same, where the beginning deserves no favour (Catalan or Arabic articles in front) |
//! | [`osa_within`] | typed values: digits, dates, phones, postcodes, e-mail local parts; a swap of neighbours is one slip |
//! | [`levenshtein_within`] | the same where a triangle inequality is needed (metric trees, bounds) |
//! | [`damerau`] | only to reproduce models that were trained with the unrestricted distance; the slowest here |
//! | [`qgram_dice`], [`qgram_jaccard`] | long values whose words move: street lines, company names |
//! | [`phonetic_key`] | blocking on how a Western name sounds; never as evidence of its own |
//! | [`soundex`], [`cologne`] | to reproduce keys that other systems have stored |
//!
//! For very many pairs of one column [`simd`] compares 32 at a time, with the same answers.
//!
//! Prefer the `_within` forms: their cutoff is in the return type, and it lets them stop early.
//!
//! # Complexity
//! Values of up to 64 characters, which is nearly all of customer data, are compared bit-parallel in one machine word
//! without allocation: O(n) for a value of n characters. Up to 16 characters of ASCII the pattern's letter positions
//! are found by arithmetic on packed bytes, past that in a table on the stack. Longer values allocate; each
//! function says what it costs there, and the edit distances are capped at [`MAX_EDIT_CHARS`].

mod cologne;
mod damerau;
mod hyyro;
mod jaro;
mod jaro_winkler;
mod levenshtein;
mod masks;
mod osa;
mod phonetic;
mod qgram;
pub mod simd;
mod soundex;
mod symbols;

#[cfg(test)]
mod conformance_tests;
#[cfg(test)]
mod tests;

pub use cologne::cologne;
pub use damerau::{damerau, damerau_within};
pub use hyyro::MAX_EDIT_CHARS;
pub use jaro::jaro;
pub use jaro_winkler::jaro_winkler;
pub use levenshtein::{levenshtein, levenshtein_within};
pub use osa::{osa, osa_within};
pub use phonetic::{PhoneticCode, phonetic_key};
pub use qgram::{qgram_dice, qgram_jaccard};
pub use soundex::soundex;
