//! Evaluates candidate pairs: the level of each comparison, with the codes of the values that gave it.

use super::level::{NULL_LEVEL, name_level};
use super::names::Part;
use super::signature::{Marks, far_apart};
use super::{Comparisons, MANY, MAX_COMPARISONS, values};
use crate::table::{AttributeKind, NULL};

/// What one pair of records has in common.
///
/// # Shape
/// One entry a comparison, in the order of [`Comparisons::items`]; entries beyond are [`NULL_LEVEL`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairLevels {
    /// Level of each comparison, or [`NULL_LEVEL`].
    pub levels: [u8; MAX_COMPARISONS],
    /// Codes of the two values that gave the level.
    pub codes: [(u32, u32); MAX_COMPARISONS],
}

impl Default for PairLevels {
    fn default() -> Self {
        Self { levels: [NULL_LEVEL; MAX_COMPARISONS], codes: [(NULL, NULL); MAX_COMPARISONS] }
    }
}

/// Slots of a level cache as a power of two. Names are Zipfian: few distinct pairs make most of the look-ups.
const CACHE_BITS: u32 = 14;

/// The same for pairs of name tokens, which two comparisons and their crossing share.
const TOKEN_CACHE_BITS: u32 = 16;

/// Pairs evaluated together: what one of them waits for from memory, the others wait for at the same time. Their levels
/// fit into the nearest cache.
const BATCH: usize = 32;

/// Direct-mapped cache from a pair of codes to its level.
#[derive(Clone)]
pub(super) struct LevelCache {
    /// What the slot's number does not say of the scrambled pair, and the level in the lowest 8 bits.
    slots: Vec<u64>,
    bits: u32,
}

impl LevelCache {
    /// No entry: those have their highest bits clear.
    const EMPTY: u64 = u64::MAX;

    pub(super) fn new(bits: u32) -> Self {
        debug_assert!(bits >= 8, "entries must have room for the level");
        Self { slots: vec![Self::EMPTY; 1 << bits], bits }
    }

    /// A cache of pairs of name tokens.
    pub(super) fn of_tokens() -> Self {
        Self::new(TOKEN_CACHE_BITS)
    }

    /// The slot of a pair, and the entry that it has there, without a level.
    #[inline]
    fn place(&self, a: u32, b: u32) -> (usize, u64) {
        // An odd factor maps pairs to 64-bit numbers one to one, so that slot and rest together are the pair.
        let scrambled = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        ((scrambled >> (64 - self.bits)) as usize, (scrambled << self.bits >> self.bits) << 8)
    }

    #[inline]
    pub(super) fn get(&self, a: u32, b: u32) -> Option<u8> {
        let (slot, rest) = self.place(a, b);
        let entry = self.slots[slot];
        (entry & !0xFF == rest).then_some(entry as u8)
    }

    #[inline]
    pub(super) fn put(&mut self, a: u32, b: u32, level: u8) {
        let (slot, rest) = self.place(a, b);
        self.slots[slot] = rest | u64::from(level);
    }

    #[inline]
    pub(super) fn get_or(&mut self, a: u32, b: u32, compute: impl FnOnce() -> u8) -> u8 {
        self.get(a, b).unwrap_or_else(|| {
            let level = compute();
            self.put(a, b, level);
            level
        })
    }
}

/// Evaluates pairs; one per thread, since it holds the caches.
pub struct Evaluator<'a> {
    comparisons: &'a Comparisons<'a>,
    caches: Vec<Option<LevelCache>>,
    /// Levels of pairs of name tokens.
    tokens: LevelCache,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(comparisons: &'a Comparisons<'a>) -> Self {
        let cached = |item: &super::Comparison| {
            // Two-level comparisons cost less than the look-up, and names have their tokens cached.
            let uses_cache = item.levels.len() > 2 && name_part(item.kind).is_none();
            uses_cache.then(|| LevelCache::new(CACHE_BITS))
        };
        let caches = comparisons.items.iter().map(cached).collect();
        Self { comparisons, caches, tokens: LevelCache::of_tokens() }
    }

    /// Compares records `a` and `b` on everything. The order of the two does not matter but for the order of the
    /// codes.
    ///
    /// Prefer [`Self::batches`] for many pairs.
    pub fn evaluate(&mut self, a: usize, b: usize, out: &mut PairLevels) {
        self.evaluate_batch(&[(a as u32, b as u32)], std::slice::from_mut(out));
    }

    /// For many pairs: put them in with [`Batches::push`], `work` is called with each in their order.
    ///
    /// # Complexity
    /// As [`Self::evaluate`] for each, but 32 pairs wait for memory together, which pays in data that no cache holds.
    pub fn batches<W: FnMut(u32, u32, &PairLevels)>(&mut self, work: W) -> Batches<'_, 'a, W> {
        let levels = vec![PairLevels::default(); BATCH];
        Batches { evaluator: self, pairs: Vec::with_capacity(BATCH), levels, work }
    }

    /// Column by column, so that the values of all pairs are fetched side by side.
    fn evaluate_batch(&mut self, pairs: &[(u32, u32)], out: &mut [PairLevels]) {
        self.comparisons.touch_rows(pairs);
        for at in 0..self.comparisons.items.len() {
            self.compare_column(at, pairs, out);
        }
        for (&(a, b), out) in pairs.iter().zip(out) {
            self.cross_names(a as usize, b as usize, out);
            self.cross_lines(a as usize, b as usize, out);
        }
    }

    /// One comparison of all pairs.
    fn compare_column(&mut self, at: usize, pairs: &[(u32, u32)], out: &mut [PairLevels]) {
        let comparisons = self.comparisons;
        let item = &comparisons.items[at];
        let last = (item.levels.len() - 1) as u8;
        comparisons.touch_values(at, pairs);
        let mut different = comparisons.compare_codes(at, pairs, out);
        different.retain(|pair| {
            let (x, y) = out[pair].codes[at];
            if x != MANY && y != MANY {
                return true;
            }
            let ((a, b), column) = (pairs[pair], comparisons.column(at));
            let (a, b) = (column.codes(a as usize), column.codes(b as usize));
            (out[pair].levels[at], out[pair].codes[at]) = self.best_level(at, a, b);
            false
        });
        if last == 1 {
            different.iter().for_each(|pair| out[pair].levels[at] = 1);
            return;
        }
        different.retain(|pair| {
            let (x, y) = out[pair].codes[at];
            let level = self.level_without_text(at, x, y);
            out[pair].levels[at] = level.unwrap_or(last);
            level.is_none()
        });
        let dictionary = comparisons.column(at).dictionary();
        let lengths = different.iter().flat_map(|pair| {
            let (x, y) = out[pair].codes[at];
            [dictionary.text(x).len() as u64, dictionary.text(y).len() as u64]
        });
        touch(lengths);
        for pair in different.iter() {
            let (x, y) = out[pair].codes[at];
            out[pair].levels[at] = self.text_level(at, x, y);
        }
    }

    /// The level of two different values.
    fn level(&mut self, at: usize, x: u32, y: u32) -> u8 {
        if self.comparisons.items[at].levels.len() == 2 {
            return 1;
        }
        self.level_without_text(at, x, y).unwrap_or_else(|| self.text_level(at, x, y))
    }

    /// The level of two different values, where what is known of them or was compared lately tells it.
    #[inline]
    fn level_without_text(&mut self, at: usize, x: u32, y: u32) -> Option<u8> {
        let item = &self.comparisons.items[at];
        if let Some(part) = name_part(item.kind) {
            return Some(self.comparisons.names.level((part, x), (part, y), &mut self.tokens));
        }
        let known = match &self.comparisons.marks[at] {
            Marks::None => None,
            Marks::Signatures(marks) => far_apart(item.kind, marks[x as usize], marks[y as usize])
                .then_some((item.levels.len() - 1) as u8),
            Marks::Dates(marks) => marks[x as usize].level(marks[y as usize]),
        };
        known.or_else(|| self.caches[at].as_ref()?.get(x.min(y), x.max(y)))
    }

    /// The best level over two sets of values; of equals, the first in set order of the smaller codes.
    #[inline(never)]
    fn best_level(&mut self, at: usize, a: &[u32], b: &[u32]) -> (u8, (u32, u32)) {
        let mut best = (u8::MAX, (NULL, NULL));
        for &x in a {
            for &y in b {
                let level = if x == y { 0 } else { self.level(at, x, y) };
                let ordered = |(x, y): (u32, u32)| (x.min(y), x.max(y));
                if (level, ordered((x, y))) < (best.0, ordered(best.1)) {
                    best = (level, (x, y));
                }
            }
        }
        best
    }

    /// The level of two different values by their text, which is remembered.
    fn text_level(&mut self, at: usize, x: u32, y: u32) -> u8 {
        let (x, y) = (x.min(y), x.max(y));
        let dictionary = self.comparisons.column(at).dictionary();
        let level = values::level(self.comparisons.items[at].kind, dictionary.text(x), dictionary.text(y));
        if let Some(cache) = &mut self.caches[at] {
            cache.put(x, y, level);
        }
        level
    }

    /// Given name and surname that changed places. The given name's slot then holds the crossed level and the
    /// surname's slot the ordinary level of the other cross, so that the exchange is paid for once.
    fn cross_names(&mut self, a: usize, b: usize, out: &mut PairLevels) {
        let (Some(given), Some(surname)) = (self.comparisons.given, self.comparisons.surname) else { return };
        let straight = proxy(out.levels[given]) + proxy(out.levels[surname]);
        if straight > 4 {
            return;
        }
        let one = self.crossed_level(given, surname, a, b);
        let other = self.crossed_level(given, surname, b, a);
        if proxy(one) + proxy(other) < straight + 6 {
            return;
        }
        let (best, rest) = if one <= other { (one, other) } else { (other, one) };
        use name_level::{CROSSED_EXACT, CROSSED_FUZZY, EXACT};
        out.levels[given] = if best == EXACT { CROSSED_EXACT } else { CROSSED_FUZZY };
        out.codes[given] = (NULL, NULL);
        // Equal across columns says no more than the fuzzy level below it: the columns' frequencies differ.
        out.levels[surname] = if rest == EXACT { name_level::CLOSE } else { rest };
        out.codes[surname] = (NULL, NULL);
    }

    /// The given name of `a` against the surname of `b`, on their first values.
    fn crossed_level(&mut self, given: usize, surname: usize, a: usize, b: usize) -> u8 {
        let comparisons = self.comparisons;
        let (x, y) = (comparisons.first_code(a, given), comparisons.first_code(b, surname));
        if x == NULL || y == NULL {
            return NULL_LEVEL;
        }
        comparisons.names.level((Part::Given, x), (Part::Surname, y), &mut self.tokens)
    }

    /// A street that stands on the other record's second address line, or the other way round.
    fn cross_lines(&self, a: usize, b: usize, out: &mut PairLevels) {
        let (Some(street), Some(line)) = (self.comparisons.street, self.comparisons.line2) else { return };
        const ELSE: u8 = 4;
        if out.levels[street] != ELSE && out.levels[street] != NULL_LEVEL {
            return;
        }
        let comparisons = self.comparisons;
        let equal = |x: usize, y: usize| {
            let line = comparisons.first_code(y, line);
            line != NULL && {
                let twin = comparisons.street_of_line[line as usize];
                twin != NULL && comparisons.column(street).codes(x).contains(&twin)
            }
        };
        if equal(a, b) || equal(b, a) {
            out.levels[street] = 3;
            out.codes[street] = (NULL, NULL);
        }
    }
}

/// Pairs on their way through an [`Evaluator`], some at a time.
pub struct Batches<'e, 'a, W> {
    evaluator: &'e mut Evaluator<'a>,
    pairs: Vec<(u32, u32)>,
    levels: Vec<PairLevels>,
    work: W,
}

impl<W: FnMut(u32, u32, &PairLevels)> Batches<'_, '_, W> {
    /// Puts in the pair of records `a` and `b`.
    #[inline]
    pub fn push(&mut self, a: u32, b: u32) {
        self.pairs.push((a, b));
        if self.pairs.len() == BATCH {
            self.flush();
        }
    }

    /// Evaluates what is still waiting.
    pub fn finish(mut self) {
        self.flush();
    }

    fn flush(&mut self) {
        self.evaluator.evaluate_batch(&self.pairs, &mut self.levels);
        for (&(a, b), levels) in self.pairs.iter().zip(&self.levels) {
            (self.work)(a, b, levels);
        }
        self.pairs.clear();
    }
}

impl Comparisons<'_> {
    /// What the codes alone tell of one comparison of all pairs: null, or equal; the others are returned, with level 0 for now.
    /// Which it is is a coin toss, so nothing here branches on it.
    #[inline]
    fn compare_codes(&self, at: usize, pairs: &[(u32, u32)], out: &mut [PairLevels]) -> Selection {
        let mut different = Selection::default();
        for (number, (&(a, b), out)) in pairs.iter().zip(out).enumerate() {
            let (x, y) = (self.code(a, at), self.code(b, at));
            let null = (x == NULL) | (y == NULL);
            let equal = (x == y) & (x != MANY);
            out.levels[at] = if null { NULL_LEVEL } else { 0 };
            out.codes[at] = (if null { NULL } else { x }, if null { NULL } else { y });
            different.push_if(number, !(null | equal));
        }
        different
    }

    /// Reads the first and last code of all records of a batch. The loops that follow branch on what they read, and a
    /// wrong guess about a value that is still on its way stops all behind it; here nothing depends on anything, so
    /// that the whole batch is on its way at once.
    fn touch_rows(&self, pairs: &[(u32, u32)]) {
        let width = self.items.len();
        if width == 0 {
            return;
        }
        let code = |place: usize| u64::from(self.rows.get(place).copied().unwrap_or(NULL));
        let ends = |record: u32| code(record as usize * width) ^ code(record as usize * width + width - 1);
        touch(pairs.iter().map(|&(a, b)| ends(a) ^ ends(b)));
    }

    /// The same for what is known of the values of one comparison.
    fn touch_values(&self, at: usize, pairs: &[(u32, u32)]) {
        let codes = pairs.iter().flat_map(|&(a, b)| [self.code(a, at), self.code(b, at)]);
        match (&self.marks[at], name_part(self.items[at].kind)) {
            (_, Some(part)) => touch(codes.map(|code| self.names.peek(part, code))),
            (Marks::None, None) => {}
            (Marks::Signatures(marks), None) => {
                touch(codes.map(|code| marks.get(code as usize).copied().unwrap_or(0)));
            }
            (Marks::Dates(marks), None) => {
                touch(codes.map(|code| marks.get(code as usize).map_or(0, |mark| mark.peek())));
            }
        }
    }
}

/// Some pairs of a batch, by their numbers.
#[derive(Default)]
struct Selection {
    numbers: [u8; BATCH],
    len: usize,
}

impl Selection {
    /// Adds a number, without a branch; at most [`BATCH`] are added.
    #[inline]
    fn push_if(&mut self, number: usize, wanted: bool) {
        self.numbers[self.len] = number as u8;
        self.len += usize::from(wanted);
    }

    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.numbers[..self.len].iter().map(|&number| usize::from(number))
    }

    /// Keeps those that `wanted` wants, in their order.
    #[inline]
    fn retain(&mut self, mut wanted: impl FnMut(usize) -> bool) {
        let mut kept = 0;
        for at in 0..self.len {
            let number = self.numbers[at];
            let stays = wanted(usize::from(number));
            self.numbers[kept] = number;
            kept += usize::from(stays);
        }
        self.len = kept;
    }
}

/// Reads all of the values, in no order.
fn touch(values: impl Iterator<Item = u64>) {
    std::hint::black_box(values.fold(0, |all, value| all ^ value));
}

/// Rough worth of a name level, to decide whether the names fit better crossed.
fn proxy(level: u8) -> i32 {
    use name_level::*;
    match level {
        EXACT => 10,
        NICKNAME | SUBSET | CLOSE => 7,
        NEAR => 4,
        INITIAL => 2,
        WEAK => 1,
        NULL_LEVEL => 0,
        _ => -4,
    }
}

/// Which column of the name table a comparison reads.
fn name_part(kind: AttributeKind) -> Option<Part> {
    match kind {
        AttributeKind::GivenName => Some(Part::Given),
        AttributeKind::Surname => Some(Part::Surname),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{date_level, levels};
    use super::*;
    use crate::ids::{RecordId, SourceId};
    use crate::normalize::attributes::{Attribute, Attributes};
    use crate::table::{AttributeKind, ColumnBuilder};
    use proptest::prelude::*;

    /// Columns by kind; a cell is values separated by `|`, empty is null.
    fn attributes(columns: &[(AttributeKind, &[&str])]) -> Attributes {
        let records = columns.first().map_or(0, |(_, cells)| cells.len());
        let column = |&(kind, cells): &(AttributeKind, &[&str])| {
            let mut builder = ColumnBuilder::new();
            cells.iter().for_each(|cell| builder.push_list(cell.split('|')));
            Attribute { name: kind.name().to_owned(), kind, column: builder.finish() }
        };
        Attributes { source: vec![SourceId(0); records], columns: columns.iter().map(column).collect() }
    }

    fn evaluate(attributes: &Attributes, a: usize, b: usize) -> PairLevels {
        let comparisons = Comparisons::new(attributes);
        let mut pair = PairLevels::default();
        comparisons.evaluator().evaluate(a, b, &mut pair);
        pair
    }

    #[test]
    fn missing_values_say_nothing() {
        let attributes = attributes(&[(AttributeKind::Surname, &["ruiz", "", ""])]);
        for (a, b) in [(0, 1), (1, 0), (1, 2)] {
            let pair = evaluate(&attributes, a, b);
            assert_eq!((pair.levels[0], pair.codes[0]), (NULL_LEVEL, (NULL, NULL)));
        }
        assert!(evaluate(&attributes, 0, 0).levels[1..].iter().all(|&level| level == NULL_LEVEL));
    }

    #[test]
    fn of_several_values_the_best_pair_counts() {
        let attributes = attributes(&[(
            AttributeKind::Phone,
            &["911222333|612345678", "655010203|612345679|612345678", "655010203"],
        )]);
        let codes = |text: &str| {
            let column = &attributes.columns[0].column;
            column.dictionary().iter().position(|value| value == text).unwrap() as u32
        };
        let pair = evaluate(&attributes, 0, 1);
        assert_eq!((pair.levels[0], pair.codes[0]), (0, (codes("612345678"), codes("612345678"))));
        let pair = evaluate(&attributes, 2, 1);
        assert_eq!((pair.levels[0], pair.codes[0]), (0, (codes("655010203"), codes("655010203"))));
        assert_eq!(evaluate(&attributes, 0, 2).levels[0], 3);
    }

    #[test]
    fn names_that_changed_places() {
        use name_level::*;
        let given = ["martin", "alonso", "martin", "alonzo", "martin"];
        let surname = ["alonso", "martin", "ibarra", "martin", ""];
        let attributes =
            attributes(&[(AttributeKind::GivenName, &given), (AttributeKind::Surname, &surname)]);
        let level = |a, b| evaluate(&attributes, a, b).levels[..2].to_vec();
        assert_eq!(level(0, 1), [CROSSED_EXACT, CLOSE]);
        assert_eq!(level(1, 0), [CROSSED_EXACT, CLOSE]);
        assert_eq!(level(0, 3), [CROSSED_EXACT, CLOSE], "one of the two is equal");
        // Names in their places are not exchanged, and half an exchange is none.
        assert_eq!(level(0, 0), [EXACT, EXACT]);
        assert_eq!(level(0, 2), [EXACT, ELSE]);
        assert_eq!(level(0, 4), [EXACT, NULL_LEVEL]);
        assert_eq!(
            evaluate(&attributes, 0, 1).codes[0],
            (NULL, NULL),
            "frequencies of two columns do not compare"
        );
    }

    #[test]
    fn a_street_on_the_second_line() {
        let streets = ["calle mayor", "edificio sol", "avenida del puerto"];
        let lines = ["", "calle mayor", ""];
        let attributes =
            attributes(&[(AttributeKind::Street, &streets), (AttributeKind::AddressLine2, &lines)]);
        assert_eq!(evaluate(&attributes, 0, 1).levels[0], 3);
        assert_eq!(evaluate(&attributes, 1, 0).levels[0], 3);
        assert_eq!(evaluate(&attributes, 1, 2).levels[0], 4);
    }

    const KINDS: [AttributeKind; 5] = [
        AttributeKind::GivenName,
        AttributeKind::Surname,
        AttributeKind::BirthDate,
        AttributeKind::Email,
        AttributeKind::Street,
    ];

    fn value() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-d]{1,6}( [a-d]{1,6})?",
            "(19[0-9]{2}|----)(0[1-9]|--)(0[1-9]|--)",
            "[a-c]{1,5}@[a-c]{1,3}",
            "\\PC{0,6}",
            Just("paco".to_owned()),
            Just("francisco".to_owned()),
        ]
    }

    proptest! {
        /// The caches are keyed by codes and shared by all pairs of a thread; a fresh evaluator has none of them.
        #[test]
        fn symmetric_in_range_and_the_same_from_the_cache(
            rows in prop::collection::vec(prop::collection::vec(prop::collection::vec(value(), 0..3), KINDS.len()), 2..8),
        ) {
            let column = |(at, &kind): (usize, &AttributeKind)| {
                let mut builder = ColumnBuilder::new();
                rows.iter().for_each(|row| builder.push_list(row[at].iter().map(String::as_str)));
                Attribute { name: kind.name().to_owned(), kind, column: builder.finish() }
            };
            let attributes = Attributes {
                source: vec![SourceId(0); rows.len()],
                columns: KINDS.iter().enumerate().map(column).collect(),
            };
            let comparisons = Comparisons::new(&attributes);
            let mut evaluator = comparisons.evaluator();
            let (mut pair, mut reverse) = (PairLevels::default(), PairLevels::default());
            let all = |a: usize| (0..rows.len()).map(move |b| (a, b));
            let mut together = Vec::new();
            let mut batches = evaluator.batches(|a, b, pair| together.push((a as usize, b as usize, pair.clone())));
            (0..rows.len()).flat_map(all).for_each(|(a, b)| batches.push(a as u32, b as u32));
            batches.finish();
            prop_assert!(together.iter().map(|&(a, b, _)| (a, b)).eq((0..rows.len()).flat_map(all)));
            for (a, b, pair) in together {
                prop_assert_eq!(&pair, &evaluate(&attributes, a, b));
                let few = Comparisons::of_records(&attributes, &[RecordId(a as u32), RecordId(b as u32)]);
                let mut alone = PairLevels::default();
                few.evaluator().evaluate(a, b, &mut alone);
                prop_assert_eq!(&pair, &alone);
            }
            for _ in 0..2 {
                for a in 0..rows.len() {
                    for b in 0..rows.len() {
                        evaluator.evaluate(a, b, &mut pair);
                        evaluator.evaluate(b, a, &mut reverse);
                        prop_assert_eq!(pair.levels, reverse.levels);
                        prop_assert_eq!(&pair, &evaluate(&attributes, a, b));
                        for (at, item) in comparisons.items().iter().enumerate() {
                            let (x, y) = pair.codes[at];
                            prop_assert_eq!((y, x), reverse.codes[at]);
                            let null = [a, b].iter().any(|&r| comparisons.column(at).codes(r).is_empty());
                            // A lone given name may cross with a lone surname: both columns are null then.
                            let crossed = pair.levels[0] > name_level::ELSE && pair.levels[0] != NULL_LEVEL && at < 2;
                            prop_assert!(crossed || null == (pair.levels[at] == NULL_LEVEL));
                            prop_assert!(pair.levels[at] == NULL_LEVEL || (pair.levels[at] as usize) < item.levels.len());
                            prop_assert!(a != b || null || pair.levels[at] == 0);
                        }
                    }
                }
            }
        }
    }

    /// The constants by which other modules name levels must be where the tables have them.
    #[test]
    fn level_tables() {
        for kind in AttributeKind::ALL {
            let Some(levels) = levels(*kind) else { continue };
            let sum: f64 = levels.iter().map(|level| level.m0).sum();
            assert!((sum - 1.0).abs() < 0.021, "{kind}: the expectations add up to {sum}");
            assert!(levels.len() >= 2 && levels.len() < NULL_LEVEL as usize);
            assert!(["exact", "equal"].contains(&levels[0].name), "{kind}");
        }
        let name = |kind, level: u8| levels(kind).unwrap()[level as usize].name;
        for kind in [AttributeKind::GivenName, AttributeKind::Surname] {
            assert_eq!(name(kind, name_level::SUBSET), "token subset");
            assert_eq!(name(kind, name_level::CLOSE), "one slip");
            assert_eq!(name(kind, name_level::ELSE), "else");
        }
        assert_eq!(name(AttributeKind::GivenName, name_level::CROSSED_EXACT), "crossed, exact");
        assert_eq!(name(AttributeKind::BirthDate, date_level::SWAPPED), "day and month exchanged");
        assert_eq!(name(AttributeKind::BirthDate, date_level::ELSE), "else");
        assert_eq!(name(AttributeKind::Street, 3), "on the other address line");
    }
}
