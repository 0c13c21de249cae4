//! A hash table from folded words to what is known about them, for tables that are built once and asked for every word of
//! every value.
//!
//! # Complexity
//! O(1) a look-up, O(words) to build; 32 bytes a slot for small values, and at most half of the slots are taken.
//!
//! # How
//! A word of up to fifteen bytes is a number: its bytes and its length in a `u128`. It is hashed with one multiplication,
//! compared with one instruction, and stands beside its value, so that a look-up touches one cache line where a map of
//! strings touches three. Longer words (compounds such as `maria de los angeles`) are kept in an ordinary map.

use std::collections::HashMap;

use foldhash::fast::FixedState;

/// Bytes of a word that fit beside its length.
const SHORT: usize = 15;

/// The word as a number; 0 for the empty word, `None` for one that is too long.
fn short_key(word: &str) -> Option<u128> {
    let (bytes, length) = (word.as_bytes(), word.len());
    // Two overlapping loads, since copying a few bytes is a call.
    let ends =
        |first: u64, last: u64, size: usize| u128::from(first) | u128::from(last) << (8 * (length - size));
    let letters = match length {
        0 => 0,
        1 => u128::from(bytes[0]),
        2..4 => {
            let middle = u128::from(bytes[length / 2]) << (8 * (length / 2));
            u128::from(bytes[0]) | middle | u128::from(bytes[length - 1]) << (8 * (length - 1))
        }
        4..8 => {
            let (first, last) = (bytes.first_chunk()?, bytes.last_chunk()?);
            ends(u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into(), 4)
        }
        8..=SHORT => {
            let (first, last) = (bytes.first_chunk()?, bytes.last_chunk()?);
            ends(u64::from_le_bytes(*first), u64::from_le_bytes(*last), 8)
        }
        _ => return None,
    };
    Some(letters | (length as u128) << (8 * SHORT))
}

/// Where to look first: the two halves of the product carry every bit of the key into the low bits.
fn hash(key: u128) -> usize {
    const SALT: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03];
    let (low, high) = (key as u64 ^ SALT[0], (key >> 64) as u64 ^ SALT[1]);
    let product = u128::from(low) * u128::from(high);
    (product as u64 ^ (product >> 64) as u64) as usize
}

/// Values by folded word. It has no order that could reach an output.
pub(super) struct WordMap<V> {
    /// Open addressing with linear probing, a power of two long, never full; the key 0 marks a free slot.
    slots: Vec<(u128, V)>,
    long: HashMap<String, V, FixedState>,
}

impl<V: Copy + Default> WordMap<V> {
    /// Freezes a map. The empty word is no word.
    pub(super) fn new(words: HashMap<String, V, FixedState>) -> Self {
        let size = (words.len() * 2).next_power_of_two().max(2);
        let mut map = WordMap { slots: vec![(0, V::default()); size], long: HashMap::default() };
        for (word, value) in words {
            match short_key(&word) {
                Some(0) => {}
                Some(key) => {
                    let mut at = hash(key) & (size - 1);
                    while map.slots[at].0 != 0 {
                        at = (at + 1) & (size - 1);
                    }
                    map.slots[at] = (key, value);
                }
                None => {
                    map.long.insert(word, value);
                }
            }
        }
        map
    }

    /// What is known about a word.
    ///
    /// # Complexity
    /// O(1): at most half of the slots are taken.
    pub(super) fn get(&self, word: &str) -> Option<&V> {
        let Some(key) = short_key(word) else { return self.long.get(word) };
        if key == 0 {
            return None;
        }
        let mut at = hash(key);
        loop {
            at &= self.slots.len() - 1;
            let (found, value) = &self.slots[at];
            if *found == key {
                return Some(value);
            }
            if *found == 0 {
                return None;
            }
            at += 1;
        }
    }

    /// Words and their values, in no order.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (String, &V)> {
        let short = self.slots.iter().filter(|(key, _)| *key != 0).map(|(key, value)| {
            let bytes = key.to_le_bytes();
            (String::from_utf8_lossy(&bytes[..usize::from(bytes[SHORT])]).into_owned(), value)
        });
        short.chain(self.long.iter().map(|(word, value)| (word.clone(), value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_knows_what_a_map_knows(
            words in prop::collection::hash_map("[ab\u{0}]{0,3}|[a-zé ]{0,40}", any::<u8>(), 0..80),
            others in prop::collection::vec("[ab\u{0}]{0,3}|[a-zé ]{0,40}", 0..40),
        ) {
            let naive: HashMap<String, u8, FixedState> = words.into_iter().collect();
            let map = WordMap::new(naive.clone());
            for word in naive.keys().chain(&others) {
                prop_assert_eq!(map.get(word), naive.get(word).filter(|_| !word.is_empty()), "{:?}", word);
            }
            let listed: HashMap<String, u8, FixedState> = map.iter().map(|(word, &value)| (word, value)).collect();
            prop_assert_eq!(listed.len(), naive.keys().filter(|word| !word.is_empty()).count());
        }
    }

    #[test]
    fn words_of_one_key_length_differ() {
        let words = ["maria del mar", "maria del mar\u{0}", "maria del carmen", "maria del carme", "x"];
        let map = WordMap::new((1u8..).zip(words).map(|(at, word)| (word.to_owned(), at)).collect());
        for (at, word) in (1..).zip(words) {
            assert_eq!(map.get(word), Some(&at), "{word}");
        }
        assert_eq!(map.get(""), None);
        assert_eq!(map.get("maria del"), None);
    }
}
