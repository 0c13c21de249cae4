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
    ends: Ends,
}

/// Ends of values: half as wide as long as four gigabytes of text suffice.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ends {
    Narrow(Vec<u32>),
    Wide(Vec<u64>),
}

impl Default for Ends {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

impl Ends {
    fn len(&self) -> usize {
        match self {
            Self::Narrow(ends) => ends.len(),
            Self::Wide(ends) => ends.len(),
        }
    }

    #[inline]
    fn get(&self, at: usize) -> usize {
        match self {
            Self::Narrow(ends) => ends[at] as usize,
            Self::Wide(ends) => ends[at] as usize,
        }
    }

    fn push(&mut self, end: usize) {
        match (&mut *self, u32::try_from(end)) {
            (Self::Narrow(ends), Ok(end)) => ends.push(end),
            (Self::Narrow(ends), Err(_)) => {
                *self = Self::Wide(ends.iter().map(|&end| u64::from(end)).chain([end as u64]).collect());
            }
            (Self::Wide(ends), _) => ends.push(end as u64),
        }
    }

    fn heap_bytes(&self) -> usize {
        match self {
            Self::Narrow(ends) => ends.capacity() * 4,
            Self::Wide(ends) => ends.capacity() * 8,
        }
    }
}

impl Dictionary {
    /// How many distinct values.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.ends.len() == 0
    }

    /// The value behind a code.
    ///
    /// # Panics
    /// When the code was not given out by this dictionary.
    #[inline]
    pub fn text(&self, code: u32) -> &str {
        let code = code as usize;
        let start = if code == 0 { 0 } else { self.ends.get(code - 1) };
        &self.bytes[start..self.ends.get(code)]
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
        self.ends.push(self.bytes.len());
        code
    }

    /// Bytes held, for memory reports.
    pub fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.heap_bytes()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends beyond four gigabytes, without the text that would lead there.
    #[test]
    fn ends_become_wide_when_they_must() {
        let last = u32::MAX as usize;
        let mut ends = Ends::default();
        [3, last].into_iter().for_each(|end| ends.push(end));
        assert_eq!((ends.len(), ends.get(1), ends.heap_bytes() % 4), (2, last, 0));
        assert!(matches!(ends, Ends::Narrow(_)));
        [last + 1, last + 9].into_iter().for_each(|end| ends.push(end));
        assert!(matches!(ends, Ends::Wide(_)));
        assert_eq!((0..ends.len()).map(|at| ends.get(at)).collect::<Vec<_>>(), [3, last, last + 1, last + 9]);
    }
}
