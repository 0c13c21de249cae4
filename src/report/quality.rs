//! How good the weights are: at every threshold, as probabilities, and, without any truth, by what they say themselves.
//!
//! [`threshold_table`] says what a threshold on pairs would give, [`calibration`] whether a probability of .9 is right nine
//! times in ten, [`EstimatedQuality`] what the model believes of its own outcome, [`Unlinkables`] which records hold too
//! little to be found at all.
//!
//! # Null
//! Pairs whose truth nobody knows are left out.
//!
//! # Complexity
//! O(pairs log pairs); unlinkables O(records x comparisons).

use serde::Serialize;

use crate::cluster::{Edge, Entities};
use crate::compare::PairLevels;
use crate::ids::{MatchWeight, RecordId};
use crate::par;
use crate::score::Scorer;

/// Records that one task scores against themselves.
const CHUNK: usize = 1 << 13;

/// Precision and recall of pairs at one threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ThresholdPoint {
    /// Pairs of at least this weight (log2 odds) are taken for matches.
    pub weight: f64,
    /// The same as a probability.
    pub probability: f64,
    /// Pairs taken.
    pub predicted: u64,
    /// True ones among them.
    pub true_positives: u64,
    /// Share of the pairs taken that are true; 1 when none is taken.
    pub precision: f64,
    /// Share of the true pairs that are taken; 1 when there are none.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// What each threshold would give, if every pair were decided alone.
///
/// # Shape
/// `pairs` are (weight, whether the pair is true); `true_pairs` counts also those that were never scored. One point a
/// threshold, in the order of `thresholds`.
pub fn threshold_table(pairs: &[(f64, bool)], true_pairs: u64, thresholds: &[f64]) -> Vec<ThresholdPoint> {
    let mut sorted: Vec<(f64, bool)> = pairs.iter().copied().filter(|(weight, _)| !weight.is_nan()).collect();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut found = 0;
    let trues: Vec<u64> = std::iter::once(0)
        .chain(sorted.iter().map(|&(_, truth)| {
            found += u64::from(truth);
            found
        }))
        .collect();
    let share = |part: u64, whole: u64| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
    let point = |&threshold: &f64| {
        let predicted = sorted.partition_point(|&(weight, _)| weight >= threshold);
        let true_positives = trues[predicted];
        let (precision, recall) =
            (share(true_positives, predicted as u64), share(true_positives, true_pairs));
        let f1 =
            if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
        ThresholdPoint {
            weight: threshold,
            probability: MatchWeight(threshold).probability().0,
            predicted: predicted as u64,
            true_positives,
            precision,
            recall,
            f1,
        }
    };
    thresholds.iter().map(point).collect()
}

/// Pairs of about the same predicted probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CalibrationBin {
    /// Least weight of the bin.
    pub from: f64,
    /// Weight that is past the bin.
    pub to: f64,
    /// Pairs in it.
    pub pairs: u64,
    /// Mean of their predicted probabilities.
    pub predicted: f64,
    /// Share of them that are true.
    pub observed: f64,
}

/// Bounds of the bins in bits. Narrow around the even chance, where thresholds lie; beyond ten bits one error in a
/// thousand decides, which takes very many pairs to see.
const BIN_BOUNDS: [f64; 11] = [-10.0, -6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0, 10.0, 15.0, f64::INFINITY];

/// Predicted probabilities against what is true, by weight; bins without pairs are left out.
pub fn calibration(pairs: &[(f64, bool)]) -> Vec<CalibrationBin> {
    let bin = |bounds: &[f64]| {
        let (from, to) = (bounds[0], bounds[1]);
        let inside: Vec<&(f64, bool)> =
            pairs.iter().filter(|(weight, _)| *weight >= from && *weight < to).collect();
        let n = inside.len() as f64;
        (!inside.is_empty()).then(|| CalibrationBin {
            from,
            to,
            pairs: inside.len() as u64,
            predicted: inside.iter().map(|(weight, _)| MatchWeight(*weight).probability().0).sum::<f64>() / n,
            observed: inside.iter().filter(|(_, truth)| *truth).count() as f64 / n,
        })
    };
    BIN_BOUNDS.windows(2).filter_map(bin).collect()
}

/// What the model believes of its outcome, where nobody knows the truth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EstimatedQuality {
    /// Pairs of records that were merged.
    pub merged_pairs: u64,
    /// How many of them the model believes.
    pub believed_pairs: f64,
    /// Matching pairs that it expects among all records.
    pub expected_pairs: f64,
    /// Believed among the merged; 1 when nothing was merged.
    pub precision: f64,
    /// Believed among the expected; 1 when nothing is expected.
    pub recall: f64,
}

impl EstimatedQuality {
    /// From the kept pairs, the entities, and the matches that the model expects.
    ///
    /// A merged pair that was not kept is joined by others: it counts as much as the mean of its entity's kept pairs, and as
    /// even where there is none.
    pub fn new(edges: &[Edge], entities: &Entities, expected_pairs: f64) -> Self {
        let mut believed = vec![(0.0, 0u64); entities.len()];
        for edge in edges {
            let entity = entities.entity_of(RecordId(edge.a));
            if entity == entities.entity_of(RecordId(edge.b)) {
                let of = &mut believed[entity.index()];
                of.0 += MatchWeight(edge.score.weight).probability().0;
                of.1 += 1;
            }
        }
        let (mut merged_pairs, mut believed_pairs) = (0, 0.0);
        for ((_, members), (sum, kept)) in entities.iter().zip(believed) {
            let pairs = (members.len() * (members.len() - 1) / 2) as u64;
            let mean = if kept == 0 { 0.5 } else { sum / kept as f64 };
            merged_pairs += pairs;
            believed_pairs += sum + mean * pairs.saturating_sub(kept) as f64;
        }
        let share = |whole: f64| if whole <= 0.0 { 1.0 } else { (believed_pairs / whole).min(1.0) };
        Self {
            merged_pairs,
            believed_pairs,
            expected_pairs,
            precision: share(merged_pairs as f64),
            recall: share(expected_pairs),
        }
    }
}

/// Which records could not be found even by a copy of themselves.
///
/// A record is scored against itself: the most that any other record could agree with it. Where that is below a threshold,
/// no copy of it would be merged, however true.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unlinkables {
    /// Weight of each record with itself, ascending.
    #[serde(skip)]
    weights: Vec<f64>,
    /// Records.
    pub records: u64,
    /// Shares by threshold.
    pub points: Vec<UnlinkablePoint>,
}

/// How many records are unlinkable at one threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct UnlinkablePoint {
    /// Weight (log2 odds).
    pub weight: f64,
    /// The same as a probability.
    pub probability: f64,
    /// Share of the records whose weight with themselves is below.
    pub share: f64,
}

/// Probabilities that a user would ask about.
const PROBABILITIES: [f64; 8] = [0.1, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999];

impl Unlinkables {
    /// Scores every record against itself.
    pub fn new(scorer: &Scorer<'_>) -> Self {
        let records = scorer.comparisons().attributes().len();
        let parts = par::map_ranges(records, CHUNK, |range| {
            let mut evaluator = scorer.comparisons().evaluator();
            let mut pair = PairLevels::default();
            let weight = |record: usize| {
                evaluator.evaluate(record, record, &mut pair);
                scorer.weight(&pair).0
            };
            range.map(weight).collect::<Vec<f64>>()
        });
        Self::of_weights(parts.concat())
    }

    fn of_weights(mut weights: Vec<f64>) -> Self {
        weights.sort_by(f64::total_cmp);
        let mut found = Self { records: weights.len() as u64, weights, points: Vec::new() };
        found.points = PROBABILITIES
            .iter()
            .map(|&probability| {
                let weight = crate::ids::Probability(probability).match_weight().0;
                UnlinkablePoint { weight, probability, share: found.share(weight) }
            })
            .collect();
        found
    }

    /// Share of the records whose weight with themselves is below a weight; 0 when there are no records.
    pub fn share(&self, weight: f64) -> f64 {
        let below = self.weights.partition_point(|&own| own < weight);
        below as f64 / self.weights.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::{GROUPS, PairScore};
    use proptest::prelude::*;

    fn edge(a: u32, b: u32, weight: f64) -> Edge {
        let score =
            PairScore { weight, matched: [0.0; GROUPS], household: [0.0; GROUPS], present: [false; GROUPS] };
        Edge { a, b, score }
    }

    proptest! {
        #[test]
        fn thresholds_are_what_counting_says(
            pairs in prop::collection::vec((-8i32..8, any::<bool>()), 0..40), unseen in 0u64..5,
        ) {
            let pairs: Vec<(f64, bool)> = pairs.into_iter().map(|(weight, truth)| (f64::from(weight), truth)).collect();
            let true_pairs = pairs.iter().filter(|(_, truth)| *truth).count() as u64 + unseen;
            let thresholds: Vec<f64> = (-9..=9).map(f64::from).collect();
            for point in threshold_table(&pairs, true_pairs, &thresholds) {
                let taken = || pairs.iter().filter(|(weight, _)| *weight >= point.weight);
                let right = taken().filter(|(_, truth)| *truth).count() as u64;
                prop_assert_eq!((point.predicted, point.true_positives), (taken().count() as u64, right));
                let precision = if point.predicted == 0 { 1.0 } else { right as f64 / point.predicted as f64 };
                let recall = if true_pairs == 0 { 1.0 } else { right as f64 / true_pairs as f64 };
                prop_assert_eq!((point.precision, point.recall), (precision, recall));
            }
            let counted: u64 = calibration(&pairs).iter().map(|bin| bin.pairs).sum();
            prop_assert_eq!(counted, pairs.len() as u64, "each pair is in one bin");
        }
    }

    #[test]
    fn calibration_compares_what_was_said_with_what_is() {
        let bins = calibration(&[(0.5, true), (0.5, false), (4.0, true), (-20.0, true)]);
        assert_eq!(bins.len(), 2, "what was never kept has no bin");
        let expected = MatchWeight(0.5).probability().0;
        assert_eq!((bins[0].pairs, bins[0].observed), (2, 0.5));
        assert!((bins[0].predicted - expected).abs() < 1e-12);
        assert_eq!((bins[1].from, bins[1].to, bins[1].observed), (3.0, 6.0, 1.0));
    }

    #[test]
    fn belief_in_what_was_merged() {
        // One entity of three whose third pair was never scored, one pair left apart.
        let entities = Entities::from_labels(&[0, 0, 0, 1]);
        let edges = [edge(0, 1, 0.0), edge(0, 2, 40.0), edge(2, 3, 40.0)];
        let quality = EstimatedQuality::new(&edges, &entities, 4.5);
        assert_eq!(quality.merged_pairs, 3);
        assert!((quality.believed_pairs - 2.25).abs() < 1e-9, "{quality:?}");
        assert!((quality.precision - 0.75).abs() < 1e-9 && (quality.recall - 0.5).abs() < 1e-9);
        let nothing = EstimatedQuality::new(&[], &Entities::from_labels(&[0, 1]), 0.0);
        assert_eq!((nothing.precision, nothing.recall), (1.0, 1.0));
    }

    #[test]
    fn shares_below_a_weight() {
        let found = Unlinkables::of_weights(vec![5.0, -1.0, 5.0, 20.0]);
        assert_eq!(
            [-2.0, 0.0, 5.0, 6.0, 99.0].map(|weight| found.share(weight)),
            [0.0, 0.25, 0.25, 0.75, 1.0]
        );
        assert_eq!(found.points.len(), PROBABILITIES.len());
        assert!(found.points.windows(2).all(|pair| pair[0].share <= pair[1].share));
        assert_eq!(Unlinkables::of_weights(Vec::new()).share(0.0), 0.0);
    }
}
