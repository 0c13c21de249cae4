//! Classic comparisons: a measure with thresholds over one column, as record-linkage programs have had them since
//! Winkler. For models that were made elsewhere and for those who want to say themselves what counts as alike; the
//! comparisons of [`Comparisons`](super::Comparisons) know more about names, dates and addresses.
//!
//! Pairs go through column by column. Equal codes need no text, levels of pairs of distinct values are cached, and what
//! is left is compared 32 pairs at a time ([`simd`](crate::similarity::simd)).
//!
//! # Shape
//! In: pairs of records. Out: `n_pairs x n_comparisons` levels, `u8`, row-major: 0 is equality, `k` that threshold
//! number `k` was the first to be met, one more than there are thresholds that none was.
//!
//! # Null
//! [`NULL_LEVEL`] where a side has no value. Of several values the best pair counts.
//!
//! # Complexity
//! O(comparisons) a pair from the cache, and 5 to 15 ns for each pair of values that is not.
//!
//! # Source
//! Winkler 1990; Christen 2012.

use super::evaluator::LevelCache;
use super::{MANY, NULL_LEVEL, lone_code};
use crate::error::{Error, ErrorKind, Result};
use crate::par;
use crate::similarity::simd::{PairKernels, Symbols};
use crate::similarity::{jaro_winkler, levenshtein, osa};
use crate::table::{Column, NULL};

/// How alike two values are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Measure {
    /// Equal or not; has no thresholds.
    Equality,
    /// At least a [`jaro_winkler`] similarity; thresholds fall.
    JaroWinkler,
    /// At most a [`levenshtein`] distance; thresholds rise.
    Levenshtein,
    /// At most an [`osa`] distance; thresholds rise.
    Osa,
}

/// One comparison: a column, a measure, and what separates its levels.
#[derive(Clone, Debug)]
pub struct Classic<'a> {
    /// The values.
    pub column: &'a Column,
    /// How they are measured.
    pub measure: Measure,
    /// Between equality and "else", the strictest first.
    pub thresholds: Vec<f64>,
}

impl Classic<'_> {
    /// Levels of this comparison: equality, one a threshold, "else".
    pub fn levels(&self) -> usize {
        self.thresholds.len() + 2
    }

    /// The level of two different values with this similarity or distance.
    #[inline]
    fn level(&self, measured: f64) -> u8 {
        let met = |threshold: &f64| match self.measure {
            Measure::JaroWinkler => measured >= *threshold,
            _ => measured <= *threshold,
        };
        // Thresholds are ordered: those that are not met come first.
        1 + self.thresholds.iter().map(|threshold| u8::from(!met(threshold))).sum::<u8>()
    }

    /// The level of two different values, one pair at a time.
    fn single(&self, x: u32, y: u32) -> u8 {
        let (a, b) = (self.column.dictionary().text(x), self.column.dictionary().text(y));
        match self.measure {
            Measure::Equality => 1,
            Measure::JaroWinkler => self.level(jaro_winkler(a, b)),
            Measure::Levenshtein => self.level(levenshtein(a, b) as f64),
            Measure::Osa => self.level(osa(a, b) as f64),
        }
    }

    fn validate(&self, at: usize, records: usize) -> Result<()> {
        let fail =
            |message: &str| Err(Error::new(ErrorKind::Config, message).at(format!("comparisons[{at}]")));
        let ordered = match self.measure {
            Measure::Equality => self.thresholds.is_empty(),
            Measure::JaroWinkler => self.thresholds.is_sorted_by(|a, b| a > b),
            Measure::Levenshtein | Measure::Osa => self.thresholds.is_sorted_by(|a, b| a < b),
        };
        if self.column.len() != records {
            return fail("the columns have different numbers of records");
        }
        if !ordered || self.thresholds.iter().any(|threshold| !threshold.is_finite()) {
            return fail("thresholds must go from strict to loose, and equality has none");
        }
        if self.thresholds.len() > MAX_THRESHOLDS {
            return fail("more than 100 thresholds");
        }
        Ok(())
    }
}

/// Levels are bytes.
const MAX_THRESHOLDS: usize = 100;

/// Slots of a cache of levels, as a power of two.
const CACHE_BITS: u32 = 16;

/// Pairs that go through together.
const CHUNK: usize = 1024;

/// Classic comparisons, ready to evaluate pairs.
///
/// # Example
/// ```
/// use quilate::Column;
/// use quilate::compare::{Classic, ClassicComparisons, Measure};
///
/// let surnames: Column = [Some("garcia"), Some("garzia"), Some("vila"), None].into_iter().collect();
/// let surname = Classic { column: &surnames, measure: Measure::JaroWinkler, thresholds: vec![0.92, 0.8] };
/// let comparisons = ClassicComparisons::new(vec![surname])?;
/// let mut levels = Vec::new();
/// comparisons.evaluator().levels(&[(0, 1), (0, 2), (0, 3), (0, 0)], &mut levels);
/// assert_eq!(levels, [1, 3, quilate::compare::NULL_LEVEL, 0]);
/// # Ok::<(), quilate::Error>(())
/// ```
pub struct ClassicComparisons<'a> {
    items: Vec<Classic<'a>>,
    symbols: Vec<Option<Symbols<'a>>>,
    /// `records x items`, row-major.
    rows: Vec<u32>,
    cached: bool,
}

impl<'a> ClassicComparisons<'a> {
    /// Checks and prepares the comparisons.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] naming the comparison: columns of different lengths, thresholds out of order.
    pub fn new(items: Vec<Classic<'a>>) -> Result<Self> {
        let records = items.first().map_or(0, |item| item.column.len());
        items.iter().enumerate().try_for_each(|(at, item)| item.validate(at, records))?;
        let symbols = par::map(&items, |item| {
            (item.measure != Measure::Equality).then(|| Symbols::new(item.column.dictionary()))
        });
        let rows = par::map_ranges(records, 1 << 14, |range| {
            let row = |record: usize| items.iter().map(move |item| lone_code(item.column, record));
            range.flat_map(row).collect::<Vec<_>>()
        });
        Ok(Self { rows: rows.concat(), items, symbols, cached: true })
    }

    /// With or without a cache of levels. With one by default: names repeat. Columns whose pairs of values seldom do
    /// are quicker without.
    #[must_use]
    pub fn cached(mut self, cached: bool) -> Self {
        self.cached = cached;
        self
    }

    /// The comparisons in order.
    pub fn items(&self) -> &[Classic<'a>] {
        &self.items
    }

    /// The code of a record's only value in a comparison's column; none for a null and for several values.
    #[inline]
    pub fn code(&self, record: u32, comparison: usize) -> Option<u32> {
        let code = self.rows[record as usize * self.items.len() + comparison];
        (code != NULL && code != MANY).then_some(code)
    }

    /// A new evaluator; each thread needs its own.
    pub fn evaluator(&self) -> ClassicEvaluator<'_> {
        let cache = |item: &Classic<'_>| {
            (self.cached && item.measure != Measure::Equality).then(|| LevelCache::new(CACHE_BITS))
        };
        ClassicEvaluator {
            comparisons: self,
            caches: self.items.iter().map(cache).collect(),
            kernels: PairKernels::new(),
            counts: vec![LookUps::default(); self.items.len()],
            values: Vec::new(),
            places: Vec::new(),
            similarity: vec![0.0; CHUNK],
            edits: vec![0; CHUNK],
        }
    }
}

/// How the levels of one comparison were found.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct LookUps {
    /// Pairs with equal values, or without a value.
    pub decided: u64,
    /// Pairs of values found in the cache.
    pub hits: u64,
    /// Pairs of values that were measured.
    pub measured: u64,
}

/// Evaluates pairs by classic comparisons; one per thread.
pub struct ClassicEvaluator<'a> {
    comparisons: &'a ClassicComparisons<'a>,
    caches: Vec<Option<LevelCache>>,
    kernels: PairKernels,
    counts: Vec<LookUps>,
    /// Pairs of values to measure, and the pair of records that each belongs to.
    values: Vec<(u32, u32)>,
    places: Vec<u32>,
    similarity: Vec<f64>,
    edits: Vec<u8>,
}

impl ClassicEvaluator<'_> {
    /// The levels of pairs of records, in `out`, whose former content is gone.
    ///
    /// # Shape
    /// `n_pairs x n_comparisons`, row-major.
    ///
    /// # Panics
    /// When a record does not exist.
    pub fn levels(&mut self, pairs: &[(u32, u32)], out: &mut Vec<u8>) {
        let width = self.comparisons.items.len();
        out.clear();
        out.resize(pairs.len() * width, NULL_LEVEL);
        if width == 0 {
            return;
        }
        for (pairs, out) in pairs.chunks(CHUNK).zip(out.chunks_mut(CHUNK * width)) {
            for at in 0..width {
                self.column(at, pairs, out);
            }
        }
    }

    /// The levels of one comparison only, into its column of the matrix.
    fn column(&mut self, at: usize, pairs: &[(u32, u32)], out: &mut [u8]) {
        let (comparisons, width) = (self.comparisons, self.comparisons.items.len());
        let item = &comparisons.items[at];
        let rows = &comparisons.rows;
        self.values.clear();
        self.places.clear();
        let (mut decided, mut hits) = (0, 0);
        let cache = &mut self.caches[at];
        for (place, (&(a, b), out)) in pairs.iter().zip(out.chunks_exact_mut(width)).enumerate() {
            let (x, y) = (rows[a as usize * width + at], rows[b as usize * width + at]);
            if x == NULL || y == NULL {
                decided += 1;
            } else if x == MANY || y == MANY {
                out[at] = best(item, a as usize, b as usize);
                decided += 1;
            } else if x == y {
                out[at] = 0;
                decided += 1;
            } else if item.measure == Measure::Equality {
                out[at] = 1;
                decided += 1;
            } else {
                let (x, y) = (x.min(y), x.max(y));
                match cache.as_ref().and_then(|cache| cache.get(x, y)) {
                    Some(level) => {
                        out[at] = level;
                        hits += 1;
                    }
                    None => {
                        self.values.push((x, y));
                        self.places.push(place as u32);
                    }
                }
            }
        }
        let counts = &mut self.counts[at];
        counts.decided += decided;
        counts.hits += hits;
        counts.measured += self.values.len() as u64;
        self.measure(at, out);
    }

    /// Measures the pairs of values that are waiting.
    fn measure(&mut self, at: usize, out: &mut [u8]) {
        let width = self.comparisons.items.len();
        let item = &self.comparisons.items[at];
        let Some(symbols) = &self.comparisons.symbols[at] else { return };
        match item.measure {
            Measure::Equality => return,
            Measure::JaroWinkler => self.kernels.jaro_winkler(symbols, &self.values, &mut self.similarity),
            Measure::Levenshtein => self.kernels.levenshtein(symbols, &self.values, &mut self.edits),
            Measure::Osa => self.kernels.osa(symbols, &self.values, &mut self.edits),
        }
        for (waiting, (&place, &(x, y))) in self.places.iter().zip(&self.values).enumerate() {
            let level = match item.measure {
                Measure::JaroWinkler => item.level(self.similarity[waiting]),
                _ => item.level(f64::from(self.edits[waiting])),
            };
            out[place as usize * width + at] = level;
            if let Some(cache) = &mut self.caches[at] {
                cache.put(x, y, level);
            }
        }
    }

    /// How the levels were found so far, one entry a comparison.
    pub fn look_ups(&self) -> &[LookUps] {
        &self.counts
    }
}

/// The best level over two sets of values.
#[inline(never)]
fn best(item: &Classic<'_>, a: usize, b: usize) -> u8 {
    let (a, b) = (item.column.codes(a), item.column.codes(b));
    let level = |x: u32, y: u32| if x == y { 0 } else { item.single(x, y) };
    a.iter().flat_map(|&x| b.iter().map(move |&y| level(x, y))).min().unwrap_or(NULL_LEVEL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::ColumnBuilder;
    use proptest::prelude::*;

    proptest! {
        /// Batches, caches and kernels against one pair at a time; twice, so that the cache is asked.
        #[test]
        fn the_levels_of_single_pairs(
            cells in prop::collection::vec(prop::collection::vec("[abc]{0,9}|[ab]{15,18}", 0..3), 1..12),
        ) {
            let mut builder = ColumnBuilder::new();
            cells.iter().for_each(|cell| builder.push_list(cell.iter().map(String::as_str)));
            let column = builder.finish();
            let item = |measure, thresholds: &[f64]| Classic { column: &column, measure, thresholds: thresholds.to_vec() };
            let items = || vec![
                item(Measure::JaroWinkler, &[0.92, 0.88, 0.7]),
                item(Measure::Equality, &[]),
                item(Measure::Levenshtein, &[1.0, 2.0]),
                item(Measure::Osa, &[1.0, 3.0]),
            ];
            let all = 0..cells.len() as u32;
            let pairs: Vec<(u32, u32)> = all.clone().flat_map(|a| all.clone().map(move |b| (a, b))).collect();
            for cached in [true, false] {
                let comparisons = ClassicComparisons::new(items()).unwrap().cached(cached);
                let mut evaluator = comparisons.evaluator();
                let mut levels = Vec::new();
                for _ in 0..2 {
                    evaluator.levels(&pairs, &mut levels);
                    prop_assert_eq!(levels.len(), pairs.len() * 4);
                    for (&(a, b), levels) in pairs.iter().zip(levels.chunks(4)) {
                        for (item, &level) in comparisons.items().iter().zip(levels) {
                            prop_assert_eq!(level, best(item, a as usize, b as usize));
                            prop_assert!(level == NULL_LEVEL || usize::from(level) < item.levels());
                        }
                    }
                }
                let counts = evaluator.look_ups()[0];
                prop_assert_eq!(counts.decided + counts.hits + counts.measured, 2 * pairs.len() as u64);
                prop_assert!(cached || counts.hits == 0);
            }
        }
    }

    #[test]
    fn misuse_names_the_comparison() {
        let column: Column = [Some("a"), Some("b")].into_iter().collect();
        let short: Column = [Some("a")].into_iter().collect();
        let item = |column, measure, thresholds: &[f64]| Classic {
            column,
            measure,
            thresholds: thresholds.to_vec(),
        };
        for wrong in [
            item(&column, Measure::JaroWinkler, &[0.7, 0.9]),
            item(&column, Measure::Levenshtein, &[2.0, 1.0]),
            item(&column, Measure::Equality, &[1.0]),
            item(&column, Measure::Osa, &[f64::NAN]),
            item(&short, Measure::Equality, &[]),
        ] {
            let items = vec![item(&column, Measure::Equality, &[]), wrong];
            let error = ClassicComparisons::new(items).err().unwrap();
            assert!(
                error.kind() == ErrorKind::Config && error.to_string().contains("comparisons[1]"),
                "{error}"
            );
        }
        let none = ClassicComparisons::new(Vec::new()).unwrap();
        let mut levels = vec![7];
        none.evaluator().levels(&[(0, 0)], &mut levels);
        assert!(levels.is_empty());
    }
}
