//! A column's distinct values as rows of small symbols.

use crate::table::Dictionary;

/// Characters of a value that the kernels take.
const ROW: usize = 16;

/// A length that says: not for the kernels.
const STRANGE: u8 = u8::MAX;

/// The distinct values of a column for the kernels over batches.
///
/// # Shape
/// For each value of up to 16 characters one byte a character, equal where the characters are equal, padded with zeros.
/// A value that is longer, or has one of the rarer characters of a column with more than 255, is kept as text.
pub struct Symbols<'a> {
    dictionary: &'a Dictionary,
    rows: Vec<[u8; ROW]>,
    lens: Vec<u8>,
}

impl<'a> Symbols<'a> {
    /// Re-encodes all values of a dictionary. Symbols are given out in order of first appearance.
    ///
    /// # Complexity
    /// O(total length); 17 bytes a value.
    pub fn new(dictionary: &'a Dictionary) -> Self {
        let mut ascii = [0u8; 128];
        let mut others: hashbrown::HashMap<char, u8, foldhash::fast::FixedState> =
            hashbrown::HashMap::default();
        let mut next = 1u16;
        let mut number = |c: char| {
            let known = match ascii.get_mut(c as usize) {
                Some(slot) => slot,
                None => others.entry(c).or_insert(0),
            };
            if *known == 0 && next <= 255 {
                *known = next as u8;
                next += 1;
            }
            *known
        };
        let (mut rows, mut lens) = (Vec::new(), Vec::new());
        for value in dictionary.iter() {
            let mut row = [0; ROW];
            let mut len = 0;
            for c in value.chars() {
                let symbol = number(c);
                match row.get_mut(len) {
                    Some(place) if symbol != 0 => *place = symbol,
                    _ => {
                        len = usize::from(STRANGE);
                        break;
                    }
                }
                len += 1;
            }
            rows.push(row);
            lens.push(len as u8);
        }
        Self { dictionary, rows, lens }
    }

    /// How many values.
    pub fn count(&self) -> usize {
        self.lens.len()
    }

    /// Characters of a value; more than 16 where the kernels do not take it.
    #[inline]
    pub(super) fn len(&self, code: u32) -> u8 {
        self.lens[code as usize]
    }

    /// The symbols of a value, and how many.
    #[inline]
    pub(super) fn row(&self, code: u32) -> (&[u8; ROW], u8) {
        (&self.rows[code as usize], self.lens[code as usize])
    }

    /// The value.
    pub(super) fn text(&self, code: u32) -> &'a str {
        self.dictionary.text(code)
    }
}
