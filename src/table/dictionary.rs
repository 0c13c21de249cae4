//! Distinct strings in one arena, numbered in order of first appearance.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// Distinct values: code `c` is `text(c)`. Values lie end to end in one allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dictionary {
    /// All values, concatenated.
    bytes: String,
    /// Exclusive end of each value in `bytes`.
    ends: Vec<u64>,
}

impl Dictionary {
    /// How many distinct values.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The value behind a code.
    ///
    /// # Panics
    /// When the code was not given out by this dictionary.
    #[inline]
    pub fn text(&self, code: u32) -> &str {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends[code - 1] as usize };
        &self.bytes[start..self.ends[code] as usize]
    }

    /// All values in code order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + '_ {
        (0..self.len() as u32).map(|code| self.text(code))
    }

    /// Appends a value without looking for an equal one; the new code.
    ///
    /// # Panics
    /// With 2^32 values: nothing that is read holds so many. Readers refuse more than 2^32 - 2 records of a source, and
    /// more values than that in a column of lists.
    pub fn push(&mut self, text: &str) -> u32 {
        let code = u32::try_from(self.ends.len()).expect("readers refuse columns of 2^32 values");
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len() as u64);
        code
    }

    /// Bytes held, for memory reports.
    pub fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 8
    }
}

/// A dictionary under construction: finds equal values in constant time.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    dictionary: Dictionary,
    table: HashTable<u32>,
    hasher: FixedState,
}

impl Interner {
    /// An empty interner.
    pub fn new() -> Self {
        Self::default()
    }

    /// The code of `text`, new or known.
    #[inline]
    pub fn intern(&mut self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text);
        let Self { dictionary, table, hasher } = self;
        if let Some(&code) = table.find(hash, |&code| dictionary.text(code) == text) {
            return code;
        }
        let code = dictionary.push(text);
        table.insert_unique(hash, code, |&code| hasher.hash_one(dictionary.text(code)));
        code
    }

    /// The code of `text`, if known.
    pub fn get(&self, text: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(text);
        self.table.find(hash, |&code| self.dictionary.text(code) == text).copied()
    }

    /// The values so far.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// Ends construction.
    pub fn finish(self) -> Dictionary {
        self.dictionary
    }
}
