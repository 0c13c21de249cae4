//! Match weights by table: the agreement pattern of a pair is a number, and its weight is looked up.
//!
//! For models whose comparisons are independent given the class, as the classic model of Fellegi and Sunter is: then a
//! pattern has one weight whatever the records. Value frequencies are added where values are equal. The model that the
//! pipeline trains knows dependent comparisons and households: that is [`Scorer`](super::Scorer).
//!
//! # Shape
//! In: `n_pairs x n_comparisons` levels as [`ClassicEvaluator`](crate::compare::ClassicEvaluator) gives them. Out: a
//! weight a pair, log2 odds with the prior in.
//!
//! # Null
//! Adds 0.
//!
//! # Complexity
//! One look-up a pair and one a comparison with frequencies whose values are equal; the table has as many entries as
//! there are patterns, at most [`MAX_PATTERNS`].
//!
//! # Source
//! Fellegi & Sunter 1969; Newcombe 1959 (frequencies).

use crate::compare::{ClassicComparisons, NULL_LEVEL};
use crate::error::{Error, ErrorKind, Result};
use crate::table::Column;

/// Patterns of a table at most: 8 MiB.
pub const MAX_PATTERNS: usize = 1 << 20;

/// The weights of one comparison.
#[derive(Clone, Debug)]
pub struct LevelWeights {
    /// log2(m / u) of each level.
    pub bits: Vec<f64>,
    /// For each code of the column what is added when two records have that value; empty for comparisons that do not
    /// look at frequencies.
    pub by_value: Vec<f64>,
}

impl LevelWeights {
    /// From the probabilities of the levels.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when there are not as many `m` as `u`, or one is not a probability above 0.
    pub fn new(m: &[f64], u: &[f64]) -> Result<Self> {
        let valid = |p: &f64| *p > 0.0 && *p <= 1.0;
        if m.len() != u.len() || !m.iter().chain(u).all(valid) {
            return Err(Error::new(ErrorKind::Config, "m and u must be as many, all above 0 and at most 1"));
        }
        Ok(Self { bits: m.iter().zip(u).map(|(m, u)| (m / u).log2()).collect(), by_value: Vec::new() })
    }

    /// Adds what the frequency of a value tells: `log2(u / f(v))` for two records that have `v`, where `u` is the
    /// chance that any two values are equal, and `f` is at least `least`.
    #[must_use]
    pub fn by_frequency(mut self, column: &Column, u: f64, least: f64) -> Self {
        let total = column.non_null().max(1) as f64;
        let adjust = |count: u32| (u / (f64::from(count) / total).max(least)).log2();
        self.by_value = column.counts().into_iter().map(adjust).collect();
        self
    }
}

/// The weight of every pattern.
pub struct PatternWeights {
    /// What a level of each comparison adds to the number of a pattern.
    strides: Vec<u32>,
    levels: Vec<u8>,
    weights: Vec<f64>,
    by_value: Vec<Vec<f64>>,
}

impl PatternWeights {
    /// The table for comparisons in their order; `prior` is log2 odds before any evidence.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] when there are more than [`MAX_PATTERNS`].
    pub fn new(comparisons: Vec<LevelWeights>, prior: f64) -> Result<Self> {
        let too_many = || {
            Error::new(ErrorKind::Limit, format!("more than {MAX_PATTERNS} agreement patterns"))
                .cure("use fewer levels or comparisons")
        };
        let mut weights = vec![prior];
        let mut strides = Vec::new();
        for comparison in &comparisons {
            strides.push(weights.len() as u32);
            // Null is one level more, worth nothing, and the first.
            if weights.len() * (comparison.bits.len() + 1) > MAX_PATTERNS {
                return Err(too_many());
            }
            let before = weights.clone();
            weights.extend(comparison.bits.iter().flat_map(|bits| before.iter().map(move |sum| sum + bits)));
        }
        let levels = comparisons.iter().map(|comparison| comparison.bits.len() as u8).collect();
        let by_value = comparisons.into_iter().map(|comparison| comparison.by_value).collect();
        Ok(Self { strides, levels, weights, by_value })
    }

    /// The number of a pattern, below [`Self::patterns`]. Levels beyond a comparison's last count as null.
    #[inline]
    pub fn pattern(&self, levels: &[u8]) -> usize {
        let numbered = levels.iter().zip(&self.strides).zip(&self.levels);
        numbered
            .map(|((&level, &stride), &bound)| {
                debug_assert!(level == NULL_LEVEL || level < bound);
                if level < bound { (u32::from(level) + 1) * stride } else { 0 }
            })
            .sum::<u32>() as usize
    }

    /// How many patterns there are.
    pub fn patterns(&self) -> usize {
        self.weights.len()
    }

    /// The weight of a pattern without frequencies.
    pub fn weight(&self, pattern: usize) -> Option<f64> {
        self.weights.get(pattern).copied()
    }

    /// The weights of pairs, in `out`, whose former content is gone.
    ///
    /// # Shape
    /// `levels` as the evaluator of `comparisons` gave them for `pairs`.
    ///
    /// # Panics
    /// When a record does not exist.
    pub fn score(
        &self,
        comparisons: &ClassicComparisons<'_>,
        pairs: &[(u32, u32)],
        levels: &[u8],
        out: &mut Vec<f64>,
    ) {
        out.clear();
        let width = self.strides.len();
        if width == 0 {
            out.resize(pairs.len(), self.weights[0]);
            return;
        }
        out.extend(levels.chunks_exact(width).zip(pairs).map(|(levels, &(a, _))| {
            let mut weight = self.weights[self.pattern(levels)];
            for (at, by_value) in self.by_value.iter().enumerate() {
                if levels[at] == 0 && !by_value.is_empty() {
                    let code = comparisons.code(a, at);
                    weight += code.and_then(|code| by_value.get(code as usize)).copied().unwrap_or(0.0);
                }
            }
            weight
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Classic, Measure};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_table_holds_the_sum_of_every_pattern(
            bits in prop::collection::vec(prop::collection::vec(-9.0f64..9.0, 1..5), 0..5),
            drawn in prop::collection::vec(0usize..6, 5),
        ) {
            let comparisons = bits.iter().map(|bits| LevelWeights { bits: bits.clone(), by_value: Vec::new() });
            let table = PatternWeights::new(comparisons.collect(), -3.0).unwrap();
            let level = |(bits, drawn): (&Vec<f64>, &usize)| if *drawn < bits.len() { *drawn as u8 } else { NULL_LEVEL };
            let levels: Vec<u8> = bits.iter().zip(&drawn).map(level).collect();
            let expected: f64 =
                bits.iter().zip(&levels).filter_map(|(bits, &level)| bits.get(usize::from(level))).sum::<f64>() - 3.0;
            let found = table.weight(table.pattern(&levels)).unwrap();
            prop_assert!((found - expected).abs() < 1e-9);
            prop_assert_eq!(table.patterns(), bits.iter().map(|bits| bits.len() + 1).product::<usize>());
        }
    }

    #[test]
    fn a_rare_value_says_more() {
        let names = ["garcia", "garcia", "garcia", "urdangarin", "urdangarin"];
        let column: Column = names.into_iter().map(Some).collect();
        let item = Classic { column: &column, measure: Measure::Equality, thresholds: Vec::new() };
        let comparisons = ClassicComparisons::new(vec![item]).unwrap();
        let u = 0.4;
        let weights = LevelWeights::new(&[0.9, 0.1], &[u, 0.6]).unwrap().by_frequency(&column, u, 1e-3);
        let table = PatternWeights::new(vec![weights], 0.0).unwrap();
        let (mut levels, mut scores) = (Vec::new(), Vec::new());
        let pairs = [(0, 1), (3, 4), (0, 3)];
        comparisons.evaluator().levels(&pairs, &mut levels);
        table.score(&comparisons, &pairs, &levels, &mut scores);
        for (score, expected) in scores.iter().zip([0.9f64 / 0.6, 0.9 / 0.4, 0.1 / 0.6]) {
            assert!((score - expected.log2()).abs() < 1e-12, "{scores:?}");
        }
    }

    #[test]
    fn misuse() {
        assert!(LevelWeights::new(&[0.5], &[0.5, 0.5]).is_err());
        assert!(LevelWeights::new(&[0.5, 0.5], &[0.0, 1.0]).is_err());
        let wide = LevelWeights { bits: vec![0.0; 99], by_value: Vec::new() };
        assert!(PatternWeights::new(vec![wide; 4], 0.0).is_err());
    }
}
