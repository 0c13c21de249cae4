//! Which distinct values of a column are one slip apart: how likely a slip of one name is another name.
//!
//! Strangers called Kim and Lim are one letter apart far oftener than strangers whose names are one letter from
//! Urdangarin. What a level of near agreement is worth therefore depends on how many people have a name near the pair's.
//!
//! # Complexity
//! Names that are one insertion, deletion, substitution or transposition apart have a deletion in common (the deletion
//! neighbourhood of SymSpell): `O(values * length)` keys, sorted. Keys shared by more than [`MAX_SHARED`] values are cut
//! at that many, in the order of their codes.
//!
//! # Source
//! Mor & Fraenkel 1982 (deletion neighbourhoods); Newcombe 1959 for frequencies.

use xxhash_rust::xxh3::xxh3_64;

use crate::similarity::osa_within;
use crate::table::Dictionary;

/// Values shorter than this are one slip from everything, and no comparison calls that near.
const MIN_CHARS: usize = 3;

/// Longer values are left out: a slip of one of them is no other value.
const MAX_BYTES: usize = 48;

/// Values that are looked at of all that share one deletion.
const MAX_SHARED: usize = 256;

/// Pairs of codes `(a, b)`, `a < b`, whose values are one slip apart, in order.
pub(super) fn one_slip_apart(dictionary: &Dictionary) -> Vec<(u32, u32)> {
    let mut keys: Vec<(u64, u32)> = Vec::new();
    let mut deletion = String::new();
    for code in 0..dictionary.len() as u32 {
        let text = dictionary.text(code);
        if text.len() > MAX_BYTES || text.chars().count() < MIN_CHARS {
            continue;
        }
        keys.push((xxh3_64(text.as_bytes()), code));
        for (at, left_out) in text.char_indices() {
            deletion.clear();
            deletion.push_str(&text[..at]);
            deletion.push_str(&text[at + left_out.len_utf8()..]);
            keys.push((xxh3_64(deletion.as_bytes()), code));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    let mut pairs = Vec::new();
    for shared in keys.chunk_by(|a, b| a.0 == b.0) {
        let shared = &shared[..shared.len().min(MAX_SHARED)];
        for (at, a) in shared.iter().enumerate() {
            pairs.extend(shared[at + 1..].iter().map(|b| (a.1, b.1)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs.retain(|&(a, b)| osa_within(dictionary.text(a), dictionary.text(b), 1).is_some());
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;
    use proptest::prelude::*;

    fn column(values: &[String]) -> Column {
        values.iter().map(|value| Some(value.as_str())).collect()
    }

    #[test]
    fn short_names_have_many_neighbours() {
        let names = ["kim", "lim", "kin", "urdangarin", "urdangrin", "li"].map(str::to_owned);
        let column = column(&names);
        let dictionary = column.dictionary();
        let near = one_slip_apart(dictionary);
        let named: Vec<(&str, &str)> =
            near.iter().map(|&(a, b)| (dictionary.text(a), dictionary.text(b))).collect();
        assert_eq!(named, [("kim", "lim"), ("kim", "kin"), ("urdangarin", "urdangrin")]);
    }

    proptest! {
        /// Against every pair compared.
        #[test]
        fn finds_what_comparing_all_pairs_finds(values in prop::collection::vec("[abcñ]{0,6}", 0..40)) {
            let column = column(&values);
            let dictionary = column.dictionary();
            let codes = dictionary.len() as u32;
            let long = |code: u32| dictionary.text(code).chars().count() >= MIN_CHARS;
            let all = (0..codes).flat_map(|a| (a + 1..codes).map(move |b| (a, b)));
            let naive: Vec<(u32, u32)> = all
                .filter(|&(a, b)| long(a) && long(b))
                .filter(|&(a, b)| osa_within(dictionary.text(a), dictionary.text(b), 1).is_some())
                .collect();
            prop_assert_eq!(one_slip_apart(dictionary), naive);
        }
    }
}
