//! How likely strangers are to share a value that hardly anybody has.
//!
//! Two records share a mail address that nobody else has. By counting, one of the `n` others has it, so that agreement would be
//! as likely as `1/n`, for mail addresses and for surnames alike. That is far too much for what is made for one person: a
//! newsletter knows nothing but the address, and `1/n` is never enough to outweigh a prior of `1/n`.
//!
//! After Good and Turing, the values that were seen once have together the chance of those that were seen twice: one of them
//! turns up again with `2 N2 / (N1 n)`. `N1` and `N2` count values by the *people* that have them, and which of the pairs that
//! share a value are one person is what matching is about; so their share is estimated first. The other comparisons of such
//! a pair give its likelihood under each class, and EM over these gives the shares of the classes among the pairs: those of
//! which nothing else is known take the share of the others, and decide nothing.
//!
//! # Shape
//! One [`Rarity`] a comparison: the others that a value is counted to have when one other record has it, from 0 to 1. Values
//! that more records have are discounted by as much (absolute discounting).
//!
//! # Null
//! A comparison of what is not made for one person counts the other record as one.
//!
//! # Complexity
//! One pass over a column that is looked at, and the evaluation of [`MAX_PAIRS`] pairs.
//!
//! # Source
//! Good 1953 (frequencies of species); Ney, Essen, Kneser 1994 (absolute discounting). The classes are ours.

use super::model::{Model, PairScore, Scorer};
use crate::compare::{NULL_LEVEL, PairLevels};
use crate::par;
use crate::table::{AttributeKind, Column};

/// What is known of values that two records share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rarity {
    /// The others that a value is counted to have beside its carrier when one other record has it.
    pub(super) others: f64,
    /// Share of the pairs with a value of their own that are two people.
    pub(super) strangers: f64,
}

impl Rarity {
    /// The other record is another person: nothing is known of the values.
    pub(super) const COUNTED: Self = Self { others: 1.0, strangers: 1.0 };
}

/// Pairs of a column that are looked at: the share of a class is then known within a few thousandths.
const MAX_PAIRS: usize = 8_192;

/// Values of the usual shape that each column starts with: of those that one person has, one in eight turns up again, as
/// it is with surnames. A short list cannot prove that nobody else ever has a value.
const PRIOR_VALUES: f64 = 50.0;
const PRIOR_SEEN_TWICE: f64 = PRIOR_VALUES / 8.0;

/// Pairs of strangers that the shares of the classes start with: where nothing else is known of any pair, all are strangers.
const PRIOR_STRANGERS: f64 = 10.0;

/// Iterations of EM over three numbers.
const ITERATIONS: usize = 50;

/// What is made for one person. Rare names are rare as well, but relatives bear them, and those who live together share
/// much else: there the plain count is what keeps them apart. Identifiers are lent within families, of which the household
/// class knows nothing: with their discount the F1 of simulated tax forms falls by .002.
fn is_personal(kind: AttributeKind) -> bool {
    matches!(kind, AttributeKind::Email | AttributeKind::Phone)
}

/// Measures all columns under a model. Where the records are not about persons, nothing is made for one of them: the
/// branches of a company share a telephone, and no class of the model tells them from copies.
pub(crate) fn measure(scorer: &Scorer<'_>, model: &Model) -> Vec<Rarity> {
    let comparisons = scorer.comparisons();
    if model.lambda_h == 0.0 {
        return vec![Rarity::COUNTED; comparisons.items().len()];
    }
    par::map_ranges(comparisons.items().len(), 1, |range| {
        let at = range.start;
        if !is_personal(comparisons.items()[at].kind) {
            return Rarity::COUNTED;
        }
        let seen = Seen::new(comparisons.column(at));
        let strangers = strangers(&likelihoods(scorer, at, &seen.pairs));
        seen.rarity(strangers)
    })
}

/// Values by how many records have them.
struct Seen {
    once: f64,
    twice: f64,
    /// The two records of values that two have; of every so many when there are very many.
    pairs: Vec<(u32, u32)>,
}

impl Seen {
    fn new(column: &Column) -> Self {
        let counts = column.counts();
        let with = |count: u32| counts.iter().filter(|&&c| c == count).count();
        let (once, twice) = (with(1), with(2));
        let stride = twice.div_ceil(MAX_PAIRS).max(1);
        // The place of each chosen value in the list of pairs.
        let mut place = vec![u32::MAX; counts.len()];
        let chosen = counts.iter().enumerate().filter(|&(_, &count)| count == 2).step_by(stride);
        let mut pairs = Vec::with_capacity(twice / stride + 1);
        for (code, _) in chosen {
            place[code] = pairs.len() as u32;
            pairs.push((u32::MAX, u32::MAX));
        }
        for record in 0..if pairs.is_empty() { 0 } else { column.len() } {
            for &code in column.codes(record) {
                if let Some((first, second)) = pairs.get_mut(place[code as usize] as usize) {
                    *if *first == u32::MAX { first } else { second } = record as u32;
                }
            }
        }
        // A record may have a value twice.
        pairs.retain(|&(first, second)| first != second && second != u32::MAX);
        Self { once: once as f64, twice: twice as f64, pairs }
    }

    /// The expected number of others where one other record was counted, if `strangers` of the pairs are two people.
    fn rarity(&self, strangers: f64) -> Rarity {
        let twice = strangers * self.twice + PRIOR_SEEN_TWICE;
        let once = self.once + (1.0 - strangers) * self.twice + PRIOR_VALUES;
        Rarity { others: (2.0 * twice / once).min(1.0), strangers }
    }
}

/// Likelihood of each pair under the classes of matches and households, relative to strangers, by all comparisons but one.
fn likelihoods(scorer: &Scorer<'_>, left_out: usize, pairs: &[(u32, u32)]) -> Vec<[f64; 2]> {
    let mut evaluator = scorer.comparisons().evaluator();
    let mut pair = PairLevels::default();
    let total = |shares: &[f32]| f64::from(shares.iter().sum::<f32>()).clamp(-200.0, 200.0).exp2();
    let likelihood = |&(a, b): &(u32, u32)| {
        evaluator.evaluate(a as usize, b as usize, &mut pair);
        pair.levels[left_out] = NULL_LEVEL;
        let PairScore { matched, household, .. } = scorer.score(&pair);
        [total(&matched), total(&household)]
    };
    pairs.iter().map(likelihood).collect()
}

/// The share of pairs that are two people, whether they live together or not.
fn strangers(likelihoods: &[[f64; 2]]) -> f64 {
    let pairs = likelihoods.len() as f64 + PRIOR_STRANGERS;
    let [mut matches, mut households] = [1.0 / 3.0; 2];
    for _ in 0..ITERATIONS {
        let (mut in_matches, mut in_households) = (0.0, 0.0);
        for [matched, household] in likelihoods {
            let (m, h) = (matches * matched, households * household);
            let all = m + h + (1.0 - matches - households);
            in_matches += m / all;
            in_households += h / all;
        }
        (matches, households) = (in_matches / pairs, in_households / pairs);
    }
    1.0 - matches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[u32]) -> Column {
        let texts: Vec<String> = values.iter().map(|value| format!("v{value}")).collect();
        texts.iter().map(|text| Some(text.as_str())).collect()
    }

    /// 1,000 addresses once, 400 twice: `2 N2 / N1` when all are two people, next to nothing when all are one.
    #[test]
    fn values_of_one_person_do_not_turn_up_again() {
        let values: Vec<u32> = (0..1400).chain(0..400).collect();
        let seen = Seen::new(&column(&values));
        assert_eq!((seen.once, seen.twice, seen.pairs.len()), (1000.0, 400.0, 400));
        assert!(seen.pairs.iter().all(|&(a, b)| values[a as usize] == values[b as usize] && a < b));
        let strangers = seen.rarity(1.0).others;
        assert!((strangers - 812.5 / 1050.0).abs() < 1e-12, "{strangers}");
        let matches = seen.rarity(0.0).others;
        assert!((matches - 12.5 / 1450.0).abs() < 1e-12, "{matches}");
        let few = Seen::new(&column(&[1, 2, 3, 3])).rarity(0.0).others;
        assert!((0.2..0.3).contains(&few), "four records prove little: {few}");
    }

    /// Of every ten pairs six are matches, by evidence that tells; of as many nothing is known.
    #[test]
    fn pairs_of_which_nothing_is_known_decide_nothing() {
        let known = |at: usize| {
            if at % 10 < 6 { [1e6, 1e2] } else { [1e-5, if at.is_multiple_of(2) { 1e3 } else { 1e-1 }] }
        };
        let mut pairs: Vec<[f64; 2]> = (0..2000).map(known).collect();
        let told = strangers(&pairs);
        assert!((told - 0.4).abs() < 0.005, "{told}");
        pairs.extend(vec![[1.0; 2]; 2000]);
        let diluted = strangers(&pairs);
        assert!((diluted - told).abs() < 0.01, "{diluted} instead of {told}");
        assert!(strangers(&vec![[1.0; 2]; 50]) > 0.9, "unknown pairs are strangers");
        assert_eq!(strangers(&[]), 1.0);
    }
}
