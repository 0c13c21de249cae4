//! Expectation-maximisation on counts of agreement patterns.
//!
//! `u` is known (from value frequencies and random pairs) and stays fixed; `m`, `h` and the two priors are learned
//! over all candidate pairs together. The priors are shares of *all* pairs of records, not of the candidates, so that
//! blocking does not bias them.
//!
//! # Shape
//! A pattern is the levels of all comparisons plus the total log2 `u` of the pair, in half bits: value frequencies
//! enter the E step without a row for each pair.
//!
//! # Source
//! Winkler 1988; Enamorado, Fifield, Imai 2019 for missing values. The household class is ours.

use std::collections::BTreeMap;

use super::model::{Model, Scorer};
use crate::compare::{Comparisons, MAX_COMPARISONS, NULL_LEVEL, PairLevels};
use crate::table::AttributeKind;

/// Iterations at most, and the largest change of any probability at which EM has converged.
const MAX_ITERATIONS: usize = 100;
const TOLERANCE: f64 = 1e-4;

/// Weight of the expectations that each level starts with, in pairs.
const PRIOR_PAIRS: f64 = 20.0;

/// Matching pairs that are expected at the least: where EM finds none, the prior stays where one pair that agrees on
/// several things can still overcome it.
const LEAST_PAIRS: f64 = 0.5;

/// A pattern of agreement with its chance under U, in half bits: over the comparisons that households share, and
/// over the rest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Pattern {
    levels: [u8; MAX_COMPARISONS],
    shared_u: i16,
    own_u: i16,
}

/// Pairs counted by pattern; the order of the map makes sums of floats reproducible.
#[derive(Clone, Debug, Default)]
pub(crate) struct PatternCounts {
    counts: BTreeMap<Pattern, f64>,
}

impl PatternCounts {
    /// Counts patterns that a batch of pairs has collected.
    pub(crate) fn merge(&mut self, other: hashbrown::HashMap<Pattern, u64, foldhash::fast::FixedState>) {
        for (pattern, count) in other {
            *self.counts.entry(pattern).or_default() += count as f64;
        }
    }

    /// Distinct patterns.
    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }
}

/// The pattern of a pair.
pub(crate) fn pattern(scorer: &Scorer<'_>, model: &Model, pair: &PairLevels) -> Pattern {
    let (mut shared, mut own) = (0.0, 0.0);
    for (at, comparison) in model.comparisons.iter().enumerate() {
        let level = pair.levels[at];
        if level != NULL_LEVEL {
            let u = scorer.log2_u(at, comparison.state(&pair.levels), level, pair.codes[at]);
            *if comparison.h.is_some() { &mut shared } else { &mut own } += u;
        }
    }
    let half_bits = |log2: f64| (2.0 * log2).round().clamp(-16_000.0, 0.0) as i16;
    Pattern { levels: pair.levels, shared_u: half_bits(shared), own_u: half_bits(own) }
}

/// What EM did.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct EmReport {
    /// Iterations run.
    pub iterations: usize,
    /// Whether the last change was below the tolerance.
    pub converged: bool,
    /// Largest change in the last iteration.
    pub last_change: f64,
    /// Distinct patterns.
    pub patterns: usize,
}

/// What no match class may do: the largest share of matching pairs that an identifying attribute may leave in its
/// "else" level. Without a bound EM can take people who share an address for the match class, and does on data whose
/// columns depend on each other.
fn else_bound(kind: AttributeKind) -> Option<f64> {
    use AttributeKind as K;
    match kind {
        K::GivenName | K::BirthDate | K::Identifier => Some(0.15),
        K::Surname | K::Company => Some(0.25),
        _ => None,
    }
}

/// Brings an "else" level that is too large back to its bound; the other levels take the rest in proportion.
pub(crate) fn anchor(kind: AttributeKind, row: &mut [f64]) {
    let (Some(bound), Some(last)) = (else_bound(kind), else_level(kind, row.len())) else { return };
    if row[last] > bound {
        let scale = (1.0 - bound) / (1.0 - row[last]).max(1e-9);
        row.iter_mut().for_each(|p| *p *= scale);
        row[last] = bound;
    }
}

/// Where "else" is: last, but for given names, whose crossed levels come after it.
fn else_level(kind: AttributeKind, levels: usize) -> Option<usize> {
    match kind {
        AttributeKind::GivenName => Some(crate::compare::name_level::ELSE as usize),
        _ => levels.checked_sub(1),
    }
}

/// Learns `m`, `h` and the priors in place.
///
/// `all_pairs` is the number of pairs of records that could be candidates at all; `scale` how many candidate pairs
/// each counted pair stands for.
pub(crate) fn run(
    comparisons: &Comparisons<'_>,
    model: &mut Model,
    patterns: &PatternCounts,
    all_pairs: f64,
    scale: f64,
) -> EmReport {
    let start_m: Vec<Vec<f64>> =
        comparisons.items().iter().map(|item| item.levels.iter().map(|level| level.m0).collect()).collect();
    let start_h: Vec<Option<Vec<f64>>> = model.comparisons.iter().map(|c| c.h.clone()).collect();
    let mut report = EmReport { iterations: 0, converged: false, last_change: 0.0, patterns: patterns.len() };
    while report.iterations < MAX_ITERATIONS && !report.converged {
        let sums = expect(model, patterns);
        report.last_change = maximise(comparisons, model, &sums, (&start_m, &start_h), all_pairs / scale);
        report.iterations += 1;
        report.converged = report.last_change < TOLERANCE;
    }
    report
}

/// Expected counts by comparison, state and level.
struct Sums {
    matches: f64,
    households: f64,
    m: Vec<Vec<Vec<f64>>>,
    h: Vec<Vec<f64>>,
}

fn expect(model: &Model, patterns: &PatternCounts) -> Sums {
    let zeros = |rows: &[Vec<f64>]| rows.iter().map(|row| vec![0.0; row.len()]).collect::<Vec<_>>();
    let mut sums = Sums {
        matches: 0.0,
        households: 0.0,
        m: model.comparisons.iter().map(|c| zeros(&c.m)).collect(),
        h: model.comparisons.iter().map(|c| vec![0.0; c.m[0].len()]).collect(),
    };
    let log2 = |p: f64| p.log2();
    let log2_m: Vec<Vec<Vec<f64>>> = model
        .comparisons
        .iter()
        .map(|c| c.m.iter().map(|row| row.iter().copied().map(log2).collect()).collect())
        .collect();
    let log2_h: Vec<Option<Vec<f64>>> = model
        .comparisons
        .iter()
        .map(|c| c.h.as_ref().map(|row| row.iter().copied().map(log2).collect()))
        .collect();
    let (lambda, lambda_h) = (model.lambda.log2(), model.lambda_h.log2());
    let rest = (1.0 - model.lambda - model.lambda_h).log2();
    for (pattern, &count) in &patterns.counts {
        let (mut m, mut h) = (lambda, lambda_h + f64::from(pattern.own_u) / 2.0);
        let u = rest + f64::from(pattern.own_u + pattern.shared_u) / 2.0;
        for (at, comparison) in model.comparisons.iter().enumerate() {
            let level = pattern.levels[at];
            if level == NULL_LEVEL {
                continue;
            }
            m += log2_m[at][comparison.state(&pattern.levels)][level as usize];
            if let Some(row) = &log2_h[at] {
                h += row[level as usize];
            }
        }
        let top = m.max(h).max(u);
        let (pm, ph, pu) = ((m - top).exp2(), (h - top).exp2(), (u - top).exp2());
        let total = pm + ph + pu;
        let (matched, household) = (count * pm / total, count * ph / total);
        sums.matches += matched;
        sums.households += household;
        for (at, comparison) in model.comparisons.iter().enumerate() {
            let level = pattern.levels[at];
            if level != NULL_LEVEL {
                sums.m[at][comparison.state(&pattern.levels)][level as usize] += matched;
                sums.h[at][level as usize] += household;
            }
        }
    }
    sums
}

fn maximise(
    comparisons: &Comparisons<'_>,
    model: &mut Model,
    sums: &Sums,
    (start_m, start_h): (&[Vec<f64>], &[Option<Vec<f64>>]),
    all_pairs: f64,
) -> f64 {
    let mut change = 0f64;
    for (at, comparison) in model.comparisons.iter_mut().enumerate() {
        let rows = estimate_m(comparisons.items()[at].kind, &sums.m[at], &start_m[at]);
        for (old, new) in comparison.m.iter_mut().zip(rows) {
            change = old.iter().zip(&new).fold(change, |change, (old, new)| change.max((old - new).abs()));
            *old = new;
        }
        if let (Some(row), Some(start)) = (&mut comparison.h, &start_h[at]) {
            let new = smooth(&sums.h[at], start, PRIOR_PAIRS);
            change = row.iter().zip(&new).fold(change, |change, (old, new)| change.max((old - new).abs()));
            *row = new;
        }
    }
    // A prior of zero would be final.
    let share = |pairs: f64| (pairs.max(LEAST_PAIRS) / all_pairs).clamp(1e-15, 0.4);
    model.lambda = share(sums.matches);
    model.lambda_h = share(sums.households);
    change
}

/// `m` by state from expected counts: pooled over states first, then each state shrunk to the pool.
pub(crate) fn estimate_m(kind: AttributeKind, counts: &[Vec<f64>], start: &[f64]) -> Vec<Vec<f64>> {
    let levels = start.len();
    let pooled_counts: Vec<f64> =
        (0..levels).map(|level| counts.iter().map(|row| row[level]).sum()).collect();
    let mut pooled = smooth(&pooled_counts, start, PRIOR_PAIRS);
    anchor(kind, &mut pooled);
    counts
        .iter()
        .map(|row| {
            let mut row = smooth(row, &pooled, PRIOR_PAIRS);
            anchor(kind, &mut row);
            row
        })
        .collect()
}

/// Shares of counts with `weight` pairs of expectation added; never zero.
pub(crate) fn smooth(counts: &[f64], expectation: &[f64], weight: f64) -> Vec<f64> {
    let total: f64 = counts.iter().sum::<f64>() + weight;
    let norm: f64 = expectation.iter().sum();
    counts
        .iter()
        .zip(expectation)
        .map(|(count, expected)| ((count + weight * expected / norm) / total).max(1e-9))
        .collect()
}
