//! A column: a dictionary and the codes of each record, with a fast path for at most one value a record.

use super::{Dictionary, Interner};

/// The code of "no value".
pub const NULL: u32 = u32::MAX;

/// Codes of all records.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Codes {
    /// At most one value each; [`NULL`] for none.
    Single(Vec<u32>),
    /// The same where most records have none: a column of one source among those of many.
    Sparse(Sparse),
    /// `codes[offsets[r]..offsets[r + 1]]` are the values of record `r`.
    List { offsets: Vec<u32>, codes: Vec<u32> },
}

impl Codes {
    /// Of at most one value each, in the form that takes less.
    fn of_single(codes: Vec<u32>) -> Self {
        let present = codes.iter().filter(|&&code| code != NULL).count();
        // Half is worth the detour of each look-up.
        if 2 * present <= codes.len() && !codes.is_empty() {
            Self::Sparse(Sparse::new(&codes, present))
        } else {
            Self::Single(codes)
        }
    }
}

/// The codes of those records that have one, and who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sparse {
    len: usize,
    words: Vec<Word>,
    codes: Vec<u32>,
}

/// 64 records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Word {
    /// A bit for each that has a code.
    present: u64,
    /// Codes of the records before.
    before: u32,
}

impl Sparse {
    fn new(codes: &[u32], present: usize) -> Self {
        let mut words = Vec::with_capacity(codes.len().div_ceil(64));
        let mut kept = Vec::with_capacity(present);
        for part in codes.chunks(64) {
            let mut word = Word { present: 0, before: kept.len() as u32 };
            for (bit, &code) in part.iter().enumerate().filter(|(_, code)| **code != NULL) {
                word.present |= 1 << bit;
                kept.push(code);
            }
            words.push(word);
        }
        Self { len: codes.len(), words, codes: kept }
    }

    #[inline]
    fn of(&self, record: usize) -> &[u32] {
        assert!(record < self.len, "record {record} of {}", self.len);
        let (word, bit) = (self.words[record / 64], 1u64 << (record % 64));
        if word.present & bit == 0 {
            return &[];
        }
        let place = word.before as usize + (word.present & (bit - 1)).count_ones() as usize;
        std::slice::from_ref(&self.codes[place])
    }
}

/// Distinct values plus, for each record, the codes of its values in their order (none: null).
///
/// # Shape
/// `len()` records; `dictionary().len()` distinct values; a record's codes are distinct and in input order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    dictionary: Dictionary,
    codes: Codes,
}

impl Column {
    /// How many records.
    pub fn len(&self) -> usize {
        match &self.codes {
            Codes::Single(codes) => codes.len(),
            Codes::Sparse(sparse) => sparse.len,
            Codes::List { offsets, .. } => offsets.len() - 1,
        }
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The codes of a record's values; empty when null.
    ///
    /// # Panics
    /// When `record >= len()`.
    #[inline]
    pub fn codes(&self, record: usize) -> &[u32] {
        match &self.codes {
            Codes::Single(codes) => {
                let code = std::slice::from_ref(&codes[record]);
                if code[0] == NULL { &[] } else { code }
            }
            Codes::Sparse(sparse) => sparse.of(record),
            Codes::List { offsets, codes } => &codes[offsets[record] as usize..offsets[record + 1] as usize],
        }
    }

    /// The code of the first value, or [`NULL`].
    #[inline]
    pub fn first_code(&self, record: usize) -> u32 {
        match &self.codes {
            Codes::Single(codes) => codes[record],
            Codes::Sparse(_) | Codes::List { .. } => self.codes(record).first().copied().unwrap_or(NULL),
        }
    }

    /// The first value of a record, if any.
    pub fn get(&self, record: usize) -> Option<&str> {
        match self.first_code(record) {
            NULL => None,
            code => Some(self.dictionary.text(code)),
        }
    }

    /// All values of a record.
    pub fn values(&self, record: usize) -> impl ExactSizeIterator<Item = &str> + '_ {
        self.codes(record).iter().map(|&code| self.dictionary.text(code))
    }

    /// The distinct values.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// Whether some record has more than one value.
    pub fn is_list(&self) -> bool {
        matches!(self.codes, Codes::List { .. })
    }

    /// How many records carry each distinct value.
    pub fn counts(&self) -> Vec<u32> {
        let mut counts = vec![0u32; self.dictionary.len()];
        let codes = match &self.codes {
            Codes::Single(codes) | Codes::Sparse(Sparse { codes, .. }) | Codes::List { codes, .. } => codes,
        };
        for &code in codes.iter().filter(|&&code| code != NULL) {
            counts[code as usize] += 1;
        }
        counts
    }

    /// How many records have at least one value.
    pub fn non_null(&self) -> usize {
        (0..self.len()).filter(|&record| self.first_code(record) != NULL).count()
    }

    /// The same column with its records in another order or number: record `i` of the result is `order[i]` of this.
    /// Codes are renumbered in order of first appearance, so that equal content gives equal bytes.
    pub fn gather(&self, order: &[u32]) -> Column {
        self.rebuild(order.iter().copied(), |_, _| true)
    }

    /// The same column without the values of which `is_out(record, code)` says so; renumbered as [`Self::gather`] does.
    pub fn without(&self, is_out: impl Fn(u32, u32) -> bool) -> Column {
        self.rebuild(0..self.len() as u32, |record, code| !is_out(record, code))
    }

    /// Some of the values of some of the records.
    fn rebuild(&self, records: impl Iterator<Item = u32>, wanted: impl Fn(u32, u32) -> bool) -> Column {
        let mut renumbered = vec![NULL; self.dictionary.len()];
        let mut dictionary = Dictionary::default();
        let mut renumber = |code: u32| {
            if renumbered[code as usize] == NULL {
                renumbered[code as usize] = dictionary.push(self.dictionary.text(code));
            }
            renumbered[code as usize]
        };
        let codes = match &self.codes {
            Codes::Single(_) | Codes::Sparse(_) => {
                let of = |record: u32| match self.first_code(record as usize) {
                    code if code != NULL && wanted(record, code) => renumber(code),
                    _ => NULL,
                };
                Codes::of_single(records.map(of).collect())
            }
            Codes::List { .. } => {
                let (mut offsets, mut codes) = (vec![0], Vec::new());
                for record in records {
                    let kept = self.codes(record as usize).iter().filter(|&&code| wanted(record, code));
                    codes.extend(kept.map(|&code| renumber(code)));
                    offsets.push(codes.len() as u32);
                }
                Codes::List { offsets, codes }
            }
        };
        Column { dictionary, codes }
    }

    /// Forgets what the distinct values were and keeps which records have which, for who has read them and needs the memory.
    pub(crate) fn forget_texts(&mut self) {
        self.dictionary = Dictionary::default();
    }

    /// Bytes held, for memory reports.
    pub fn heap_bytes(&self) -> usize {
        self.dictionary.heap_bytes()
            + match &self.codes {
                Codes::Single(codes) => codes.capacity() * 4,
                Codes::Sparse(sparse) => {
                    sparse.words.capacity() * size_of::<Word>() + sparse.codes.capacity() * 4
                }
                Codes::List { offsets, codes } => (offsets.capacity() + codes.capacity()) * 4,
            }
    }
}

/// Builds a [`Column`] record by record. Starts single-valued and turns list-valued at the first record with two
/// distinct values.
#[derive(Clone, Debug, Default)]
pub struct ColumnBuilder {
    interner: Interner,
    single: Vec<u32>,
    list: Option<(Vec<u32>, Vec<u32>)>,
}

impl ColumnBuilder {
    /// An empty column.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record with one value, or none. Blank text is null.
    pub fn push(&mut self, text: Option<&str>) {
        let code = self.code(text.unwrap_or(""));
        self.push_codes(if code == NULL { &[] } else { std::slice::from_ref(&code) });
    }

    /// Adds a record with any number of values; blanks and repeats are left out.
    pub fn push_list<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        let mut codes: Vec<u32> = Vec::new();
        for text in texts {
            let code = self.code(text);
            if code != NULL && !codes.contains(&code) {
                codes.push(code);
            }
        }
        self.push_codes(&codes);
    }

    /// Interns a value without adding a record; [`NULL`] for blank text. The code may be given to
    /// [`Self::push_codes`].
    pub fn code(&mut self, text: &str) -> u32 {
        if text.trim().is_empty() { NULL } else { self.interner.intern(text) }
    }

    /// Adds a record from codes of this builder, distinct and not null.
    pub fn push_codes(&mut self, codes: &[u32]) {
        match (&mut self.list, codes) {
            (None, []) => self.single.push(NULL),
            (None, [code]) => self.single.push(*code),
            (None, _) => {
                let mut offsets = vec![0u32];
                let mut all = Vec::with_capacity(self.single.len());
                for &code in &self.single {
                    if code != NULL {
                        all.push(code);
                    }
                    offsets.push(all.len() as u32);
                }
                self.single = Vec::new();
                all.extend_from_slice(codes);
                offsets.push(all.len() as u32);
                self.list = Some((offsets, all));
            }
            (Some((offsets, all)), _) => {
                all.extend_from_slice(codes);
                offsets.push(all.len() as u32);
            }
        }
    }

    /// How many records so far.
    pub fn len(&self) -> usize {
        match &self.list {
            None => self.single.len(),
            Some((offsets, _)) => offsets.len() - 1,
        }
    }

    /// Whether there is no record yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Codes so far: one a record, and every further value of those that have several.
    pub(super) fn values(&self) -> usize {
        self.list.as_ref().map_or(self.single.len(), |(_, codes)| codes.len())
    }

    /// The finished column.
    pub fn finish(self) -> Column {
        let codes = match self.list {
            None => Codes::of_single(self.single),
            Some((offsets, codes)) => Codes::List { offsets, codes },
        };
        Column { dictionary: self.interner.finish(), codes }
    }
}

impl<'a> FromIterator<Option<&'a str>> for Column {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(texts: I) -> Self {
        let mut builder = ColumnBuilder::new();
        for text in texts {
            builder.push(text);
        }
        builder.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever form the codes take, they say what was put in: full, sparse, and lists; also after another order.
        #[test]
        fn every_form_holds_the_values(
            rows in prop::collection::vec(prop::collection::vec(0u8..6, 0..3), 0..200),
            rarely in 1usize..9,
            most in 1usize..3,
            order in prop::collection::vec(0usize..1000, 0..100),
        ) {
            let rows: Vec<Vec<String>> = rows
                .into_iter()
                .enumerate()
                .map(|(at, row)| {
                    let mut texts: Vec<String> = Vec::new();
                    for text in row.iter().map(u8::to_string).take(if at % rarely == 0 { most } else { 0 }) {
                        if !texts.contains(&text) {
                            texts.push(text);
                        }
                    }
                    texts
                })
                .collect();
            let mut builder = ColumnBuilder::new();
            rows.iter().for_each(|row| builder.push_list(row.iter().map(String::as_str)));
            let column = builder.finish();
            let holds = |column: &Column, rows: &[&Vec<String>]| {
                assert_eq!((column.len(), column.is_empty()), (rows.len(), rows.is_empty()));
                for (record, row) in rows.iter().enumerate() {
                    assert!(column.values(record).eq(row.iter().map(String::as_str)));
                    assert_eq!(column.get(record), row.first().map(String::as_str));
                    assert_eq!(column.first_code(record), column.codes(record).first().copied().unwrap_or(NULL));
                }
                assert_eq!(column.non_null(), rows.iter().filter(|row| !row.is_empty()).count());
                let counted = |text: &str| rows.iter().filter(|row| row.iter().any(|other| other == text)).count();
                let counts: Vec<u32> = column.dictionary().iter().map(|text| counted(text) as u32).collect();
                assert_eq!(column.counts(), counts);
            };
            let all: Vec<&Vec<String>> = rows.iter().collect();
            holds(&column, &all);
            let order: Vec<u32> = order.iter().filter(|_| !rows.is_empty()).map(|at| (at % rows.len()) as u32).collect();
            let taken: Vec<&Vec<String>> = order.iter().map(|&at| &rows[at as usize]).collect();
            let gathered = column.gather(&order);
            holds(&gathered, &taken);
            prop_assert!(gathered.dictionary().iter().all(|text| taken.iter().any(|row| row.iter().any(|t| t == text))));
        }
    }

    #[test]
    fn a_column_of_few_records_takes_little() {
        let texts = |step: usize| (0..6400).map(move |at| (at % step == 0).then_some("x"));
        let (full, sparse): (Column, Column) = (texts(1).collect(), texts(10).collect());
        assert!(
            sparse.heap_bytes() < full.heap_bytes() / 5,
            "{} of {}",
            sparse.heap_bytes(),
            full.heap_bytes()
        );
    }

    #[test]
    #[should_panic(expected = "record 4 of 4")]
    fn a_record_that_does_not_exist() {
        [None, None, Some("x"), None].into_iter().collect::<Column>().codes(4);
    }
}
