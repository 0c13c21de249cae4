//! How right a partition is, against records whose entity is known.
//!
//! Takes a label a record (the entity it was put in) and a truth a record (the entity it belongs to, or `None` where
//! nobody knows), gives [`Metrics`]; [`BlockingMetrics`] says how much of the truth blocking let through, which bounds
//! every recall behind it.
//!
//! Pairwise figures weigh an entity by the square of its size, so one wrong merge of two large clusters shows; B-cubed
//! (Bagga and Baldwin, 1998) weighs every record the same. Read both: a gap between them is a problem of few entities.
//!
//! # Null
//! A record without truth is left out of all counts, as if it were not there.
//!
//! # Complexity
//! O(n log n): pairs are counted by group, never listed. Blocking metrics: one pass over the candidate pairs.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::block::CandidatePairs;
use crate::cluster::Entities;
use crate::error::{Error, ErrorKind, Result};
use crate::par;

/// Records whose candidates one task looks through.
const CHUNK: usize = 1 << 14;

/// Quality of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Metrics {
    /// Records with a known truth; all other figures are over these.
    pub records: u64,
    /// Distinct true entities.
    pub entities: u64,
    /// Distinct labels.
    pub clusters: u64,
    /// Pairs of records that belong to one entity.
    pub true_pairs: u64,
    /// Pairs of records with one label.
    pub predicted_pairs: u64,
    /// Pairs that are both.
    pub true_positives: u64,
    /// Share of the predicted pairs that are true; 1 when none is predicted.
    pub precision: f64,
    /// Share of the true pairs that are predicted; 1 when there are none.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
    /// B-cubed precision: mean over records of the share of its cluster that belongs to its entity.
    pub b3_precision: f64,
    /// B-cubed recall: mean over records of the share of its entity that is in its cluster.
    pub b3_recall: f64,
    /// Harmonic mean of the two.
    pub b3_f1: f64,
}

impl Metrics {
    /// Compares labels with the truth. Only equality of labels counts, not their values.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when there are not as many truths as labels.
    ///
    /// # Example
    /// ```
    /// use quilate::report::Metrics;
    /// // Two customers of two records; one record was left alone, and of a fifth nobody knows whose it is.
    /// let metrics = Metrics::new(&[0, 0, 1, 2, 2], &[Some(7), Some(7), Some(8), Some(8), None])?;
    /// assert_eq!((metrics.precision, metrics.recall), (1.0, 0.5));
    /// # Ok::<(), quilate::Error>(())
    /// ```
    pub fn new(labels: &[u32], truth: &[Option<u32>]) -> Result<Self> {
        check_length(labels.len(), truth)?;
        let known = labels.iter().zip(truth);
        let mut joint: Vec<(u32, u32)> = known.filter_map(|(&label, &truth)| Some((label, truth?))).collect();
        let records = joint.len() as u64;
        par::sort_unstable_by(&mut joint, |a, b| a.cmp(b));
        let predicted = Side::of(&joint);
        joint.iter_mut().for_each(|(label, truth)| std::mem::swap(label, truth));
        par::sort_unstable_by(&mut joint, |a, b| a.cmp(b));
        let actual = Side::of(&joint);
        let (precision, recall) =
            (share(predicted.common, predicted.pairs), share(predicted.common, actual.pairs));
        let mean = |sum: f64| if records == 0 { 0.0 } else { sum / records as f64 };
        let (b3_precision, b3_recall) = (mean(predicted.b3), mean(actual.b3));
        Ok(Self {
            records,
            entities: actual.groups,
            clusters: predicted.groups,
            true_pairs: actual.pairs,
            predicted_pairs: predicted.pairs,
            true_positives: predicted.common,
            precision,
            recall,
            f1: harmonic_mean(precision, recall),
            b3_precision,
            b3_recall,
            b3_f1: harmonic_mean(b3_precision, b3_recall),
        })
    }

    /// Compares entities with the truth.
    ///
    /// # Errors
    /// As [`Metrics::new`].
    pub fn of_entities(entities: &Entities, truth: &[Option<u32>]) -> Result<Self> {
        let mut labels = vec![0; entities.records()];
        for (entity, members) in entities.iter() {
            members.iter().for_each(|record| labels[record.index()] = entity.0);
        }
        Self::new(&labels, truth)
    }
}

/// One of the two partitions, seen group by group.
#[derive(Default)]
struct Side {
    groups: u64,
    /// Pairs within groups.
    pairs: u64,
    /// Pairs within groups of both partitions.
    common: u64,
    /// Sum over records of the share of its group that is also with it in the other partition.
    b3: f64,
}

impl Side {
    /// From (group here, group there) of each record, sorted.
    fn of(joint: &[(u32, u32)]) -> Self {
        let mut side = Self::default();
        // Records that are together in both, and in their group here: how often each pair of sizes occurs. Added up in
        // the order of sizes, the sum has the same bits whatever the labels are called.
        let mut sizes: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for group in joint.chunk_by(|a, b| a.0 == b.0) {
            side.groups += 1;
            side.pairs += pairs(group.len());
            for cell in group.chunk_by(|a, b| a.1 == b.1) {
                side.common += pairs(cell.len());
                *sizes.entry((cell.len(), group.len())).or_default() += 1;
            }
        }
        let share = |((cell, group), count): (&(usize, usize), &u64)| {
            *count as f64 * (*cell as f64).powi(2) / *group as f64
        };
        side.b3 = sizes.iter().map(share).sum();
        side
    }
}

/// Quality on labelled pairs alone, where nobody knows whole entities.
///
/// Labelled pairs are seldom a fair sample: what was hard was labelled. The figures compare runs on the same labels; they
/// do not estimate those of all pairs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PairMetrics {
    /// Labelled pairs.
    pub pairs: u64,
    /// Matches among them.
    pub true_pairs: u64,
    /// Pairs that were merged.
    pub predicted_pairs: u64,
    /// Pairs that are both.
    pub true_positives: u64,
    /// Share of the merged pairs that are matches; 1 when none is merged.
    pub precision: f64,
    /// Share of the matches that are merged; 1 when there are none.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
}

impl PairMetrics {
    /// From (merged, match) of each labelled pair.
    ///
    /// ```
    /// use quilate::report::PairMetrics;
    /// let metrics = PairMetrics::new([(true, true), (true, false), (false, true), (false, false)]);
    /// assert_eq!((metrics.pairs, metrics.precision, metrics.recall), (4, 0.5, 0.5));
    /// ```
    pub fn new(pairs: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let (mut count, mut true_pairs, mut predicted_pairs, mut true_positives) = (0, 0, 0, 0);
        for (merged, matched) in pairs {
            count += 1;
            true_pairs += u64::from(matched);
            predicted_pairs += u64::from(merged);
            true_positives += u64::from(merged && matched);
        }
        let (precision, recall) = (share(true_positives, predicted_pairs), share(true_positives, true_pairs));
        let f1 = harmonic_mean(precision, recall);
        Self { pairs: count, true_pairs, predicted_pairs, true_positives, precision, recall, f1 }
    }
}

/// How much of the truth blocking proposes, and at what cost.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BlockingMetrics {
    /// Candidate pairs, also of records without known truth.
    pub candidates: u64,
    /// Pairs of records that belong to one entity.
    pub true_pairs: u64,
    /// True pairs among the candidates.
    pub found: u64,
    /// Share of the true pairs that are candidates; 1 when there are none. Clustering can still join what blocking
    /// missed, through a third record.
    pub recall: f64,
}

impl BlockingMetrics {
    /// Counts the true pairs among the candidates.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when there are not as many truths as records.
    pub fn new<'a>(candidates: impl Into<CandidatePairs<'a>>, truth: &[Option<u32>]) -> Result<Self> {
        let candidates = candidates.into();
        check_length(candidates.len(), truth)?;
        let counts = par::map_ranges(candidates.len(), CHUNK, |range| {
            let (mut count, mut found) = (0, 0);
            candidates.visit(range, |a, b| {
                let (a, b) = (truth[a as usize], truth[b as usize]);
                count += 1;
                found += u64::from(a.is_some() && a == b);
            });
            (count, found)
        });
        let (candidates, found) = counts.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        let mut known: Vec<u32> = truth.iter().flatten().copied().collect();
        known.sort_unstable();
        let true_pairs = known.chunk_by(|a, b| a == b).map(|entity| pairs(entity.len())).sum();
        Ok(Self { candidates, true_pairs, found, recall: share(found, true_pairs) })
    }
}

fn check_length(records: usize, truth: &[Option<u32>]) -> Result<()> {
    if truth.len() == records {
        return Ok(());
    }
    let message = format!("{} truths for {records} records", truth.len());
    Err(Error::new(ErrorKind::Config, message).cure("give one truth a record, `None` where it is unknown"))
}

/// Unordered pairs of `n` things.
fn pairs(n: usize) -> u64 {
    let n = n as u64;
    n * n.saturating_sub(1) / 2
}

/// `part / whole`, where nothing of nothing is all of it.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn harmonic_mean(a: f64, b: f64) -> f64 {
    if a + b == 0.0 { 0.0 } else { 2.0 * a * b / (a + b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::{BlockOptions, Neighbours};
    use crate::ids::SourceId;
    use crate::normalize::attributes::{Attribute, Attributes};
    use crate::table::{AttributeKind, ColumnBuilder};
    use proptest::prelude::*;

    /// The definitions word for word: every pair, every record.
    fn naive(labels: &[u32], truth: &[Option<u32>]) -> Metrics {
        let known: Vec<(u32, u32)> = labels.iter().zip(truth).filter_map(|(&l, &t)| Some((l, t?))).collect();
        let distinct =
            |values: Vec<u32>| values.into_iter().collect::<std::collections::BTreeSet<_>>().len() as u64;
        let (mut predicted, mut actual, mut both) = (0, 0, 0);
        for (i, a) in known.iter().enumerate() {
            for b in &known[i + 1..] {
                predicted += u64::from(a.0 == b.0);
                actual += u64::from(a.1 == b.1);
                both += u64::from(a == b);
            }
        }
        // Mean over records of the share of its group, on the side that is asked, that is with it on the other too.
        let mean = |side: fn(&(u32, u32)) -> u32| {
            let group = |r| known.iter().filter(move |&x| side(x) == side(r));
            let share = |r| group(r).filter(|&x| x == r).count() as f64 / group(r).count() as f64;
            if known.is_empty() { 0.0 } else { known.iter().map(share).sum::<f64>() / known.len() as f64 }
        };
        let ratio = |part: u64, whole: u64| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        let f1 = |p: f64, r: f64| if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
        let (precision, recall) = (ratio(both, predicted), ratio(both, actual));
        let (b3_precision, b3_recall) = (mean(|x| x.0), mean(|x| x.1));
        Metrics {
            records: known.len() as u64,
            entities: distinct(known.iter().map(|x| x.1).collect()),
            clusters: distinct(known.iter().map(|x| x.0).collect()),
            true_pairs: actual,
            predicted_pairs: predicted,
            true_positives: both,
            precision,
            recall,
            f1: f1(precision, recall),
            b3_precision,
            b3_recall,
            b3_f1: f1(b3_precision, b3_recall),
        }
    }

    fn assert_same(fast: &Metrics, slow: &Metrics) {
        let counts = |m: &Metrics| {
            [m.records, m.entities, m.clusters, m.true_pairs, m.predicted_pairs, m.true_positives]
        };
        assert_eq!(counts(fast), counts(slow));
        let shares = |m: &Metrics| [m.precision, m.recall, m.f1, m.b3_precision, m.b3_recall, m.b3_f1];
        for (fast, slow) in shares(fast).into_iter().zip(shares(slow)) {
            assert!((fast - slow).abs() < 1e-12, "{fast} instead of {slow}");
        }
    }

    proptest! {
        #[test]
        fn equals_the_definitions(records in prop::collection::vec((0u32..7, prop::option::weighted(0.8, 0u32..7)), 0..60)) {
            let (labels, truth): (Vec<u32>, Vec<Option<u32>>) = records.into_iter().unzip();
            let fast = Metrics::new(&labels, &truth).unwrap();
            assert_same(&fast, &naive(&labels, &truth));
            let entities = Entities::from_labels(&labels);
            prop_assert_eq!(Metrics::of_entities(&entities, &truth).unwrap(), fast);
        }

        #[test]
        fn blocking_recall_equals_the_definition(records in prop::collection::vec((0usize..9, prop::option::of(0u32..6)), 0..50)) {
            // Surnames that share sounds, prefixes and tokens, so that there are candidates of all degrees.
            const SURNAMES: [&str; 9] = ["garcia", "garzia", "garcia lopez", "lopez", "lopes", "vila", "vidal", "xu", "roca"];
            let mut column = ColumnBuilder::new();
            records.iter().for_each(|&(surname, _)| column.push(Some(SURNAMES[surname])));
            let kind = AttributeKind::Surname;
            let attribute = Attribute { name: "surname".to_owned(), kind, column: column.finish() };
            let attributes = Attributes { source: vec![SourceId(0); records.len()], columns: vec![attribute] };
            let neighbours = Neighbours::find(&attributes, &BlockOptions { k: 3, ..BlockOptions::default() });
            let truth: Vec<Option<u32>> = records.iter().map(|&(_, truth)| truth).collect();
            let blocking = BlockingMetrics::new(&neighbours, &truth).unwrap();
            let (mut candidates, mut found, mut true_pairs) = (0, 0, 0);
            for a in 0..truth.len() {
                for b in a + 1..truth.len() {
                    let candidate = neighbours.contains(a as u32, b as u32);
                    let same = truth[a].is_some() && truth[a] == truth[b];
                    candidates += u64::from(candidate);
                    true_pairs += u64::from(same);
                    found += u64::from(candidate && same);
                }
            }
            prop_assert_eq!((blocking.candidates, blocking.true_pairs, blocking.found), (candidates, true_pairs, found));
            let recall = if true_pairs == 0 { 1.0 } else { found as f64 / true_pairs as f64 };
            prop_assert_eq!(blocking.recall, recall);
        }
    }

    #[test]
    fn named_cases() {
        let known = |truth: &[u32]| truth.iter().copied().map(Some).collect::<Vec<_>>();
        /// What, labels, truth; precision and recall of pairs, the same B-cubed.
        type Case = (&'static str, &'static [u32], &'static [u32], [f64; 4]);
        let cases: [Case; 5] = [
            ("nobody", &[], &[], [1.0, 1.0, 0.0, 0.0]),
            ("all right", &[5, 9, 5], &[1, 2, 1], [1.0, 1.0, 1.0, 1.0]),
            ("nothing joined", &[0, 1, 2, 3], &[1, 1, 2, 2], [1.0, 0.0, 1.0, 0.5]),
            ("everything joined", &[0, 0, 0, 0], &[1, 1, 2, 2], [1.0 / 3.0, 1.0, 0.5, 1.0]),
            ("one record astray", &[0, 0, 0, 1], &[1, 1, 2, 2], [1.0 / 3.0, 0.5, 2.0 / 3.0, 0.75]),
        ];
        for (what, labels, truth, expected) in cases {
            let metrics = Metrics::new(labels, &known(truth)).unwrap();
            let found = [metrics.precision, metrics.recall, metrics.b3_precision, metrics.b3_recall];
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-12, "{what}: {found} instead of {expected}");
            }
        }
    }

    #[test]
    fn lengths_must_agree() {
        let error = Metrics::new(&[0, 1], &[None]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(
            error.to_string(),
            "1 truths for 2 records; give one truth a record, `None` where it is unknown"
        );
    }
}
