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

use std::ops::Range;

use super::model::{ComparisonModel, Model, Scorer};
use crate::compare::{Comparisons, MAX_COMPARISONS, NULL_LEVEL, PairLevels};
use crate::par;
use crate::table::AttributeKind;

/// Iterations at most, and the largest change of any probability at which EM has converged.
const MAX_ITERATIONS: usize = 100;
const TOLERANCE: f64 = 1e-4;

/// Weight of the expectations that each level of `m` starts with, in pairs. Where a list holds some tens of duplicates, as
/// many pairs of fathers and sons at one address are among its candidates; counts alone would learn from them that matching
/// people differ in their dates of birth. Results are flat from 80 to 300 on all measured sets.
const PRIOR_PAIRS: f64 = 200.0;

/// The same of `h`: what households share differs from list to list, and is learned from fewer.
const HOUSEHOLD_PRIOR_PAIRS: f64 = 20.0;

/// Matching pairs that are expected at the least: where EM finds none, the prior stays where one pair that agrees on
/// several things can still overcome it.
const LEAST_PAIRS: f64 = 0.5;

/// Patterns that one task of the E step sums.
const PATTERNS_A_TASK: usize = 4096;

/// A pattern of agreement with its chance under U, in half bits: over the comparisons that households share, and
/// over the rest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Pattern {
    levels: [u8; MAX_COMPARISONS],
    shared_u: i16,
    own_u: i16,
    /// Whether it is a match, where people have said so.
    pub(super) label: Option<bool>,
}

/// Pairs counted by pattern, ascending: the order makes sums of floats reproducible.
#[derive(Clone, Debug, Default)]
pub(crate) struct PatternCounts {
    counts: Vec<(Pattern, f64)>,
}

impl PatternCounts {
    /// From counts in any order; a pattern may come several times.
    pub(crate) fn new(mut counts: Vec<(Pattern, f64)>) -> Self {
        par::sort_unstable_by(&mut counts, |(a, x), (b, y)| a.cmp(b).then(x.total_cmp(y)));
        counts.dedup_by(|(next, more), (pattern, count)| {
            let same = next == pattern;
            *count += if same { *more } else { 0.0 };
            same
        });
        Self { counts }
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
    Pattern { levels: pair.levels, shared_u: half_bits(shared), own_u: half_bits(own), label: None }
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

/// What no household class may do: the largest share of its pairs that agree on what tells its members apart. Fathers
/// and sons of one name are some in a hundred pairs of relatives, and so are twins. A class in which more agree is made
/// of one person's records, and takes them from the match class where their other fields are damaged or missing.
fn household_bound(kind: AttributeKind) -> Option<(f64, usize)> {
    use AttributeKind as K;
    match kind {
        K::GivenName | K::MiddleName => Some((0.1, 0)),
        // A date agrees up to the same day and month; two in one year are nothing special.
        K::BirthDate => Some((0.15, crate::compare::date_level::YEAR_PART as usize)),
        _ => None,
    }
}

/// Brings the agreement inside households back to its bound; the levels of disagreement take the rest in proportion.
fn anchor_household(kind: AttributeKind, row: &mut [f64]) {
    let (Some((bound, end)), Some(last)) = (household_bound(kind), else_level(kind, row.len())) else {
        return;
    };
    let agrees = |level: usize| if end > 0 { level < end } else { level != last };
    let agreeing: f64 = row.iter().enumerate().filter(|(level, _)| agrees(*level)).map(|(_, p)| p).sum();
    if agreeing > bound {
        let (less, more) = (bound / agreeing, (1.0 - bound) / (1.0 - agreeing).max(1e-9));
        row.iter_mut().enumerate().for_each(|(level, p)| *p *= if agrees(level) { less } else { more });
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
    let patterns = Flat::new(model, &patterns.counts);
    while report.iterations < MAX_ITERATIONS && !report.converged {
        let sums = expect(model, &patterns);
        let start = (&start_m[..], &start_h[..]);
        report.last_change =
            maximise(comparisons, model, (&sums, &patterns.layout), start, all_pairs / scale);
        report.iterations += 1;
        report.converged = report.last_change < TOLERANCE;
    }
    report
}

/// Where the cells of a model stand in flat tables: `m` by comparison, state and level, `h` by comparison and level.
struct Layout {
    /// Where the rows of each comparison begin, and where the last ends; at most 24 comparisons x 9 states x 12 levels.
    m: Vec<usize>,
    h: Vec<usize>,
    levels: Vec<usize>,
}

impl Layout {
    fn new(model: &Model) -> Self {
        let ends = |size: fn(&ComparisonModel) -> usize| {
            let mut ends = vec![0];
            for comparison in &model.comparisons {
                ends.push(ends[ends.len() - 1] + size(comparison));
            }
            ends
        };
        Self {
            m: ends(|comparison| comparison.m.iter().map(Vec::len).sum()),
            h: ends(|comparison| comparison.m[0].len()),
            levels: model.comparisons.iter().map(|comparison| comparison.m[0].len()).collect(),
        }
    }

    /// The rows of a comparison, by state, from a flat table of `m`.
    fn rows_of_m(&self, table: &[f64], comparison: usize) -> Vec<Vec<f64>> {
        let rows = &table[self.m[comparison]..self.m[comparison + 1]];
        rows.chunks(self.levels[comparison]).map(<[f64]>::to_vec).collect()
    }

    /// The row of a comparison from a flat table of `h`.
    fn row_of_h<'t>(&self, table: &'t [f64], comparison: usize) -> &'t [f64] {
        &table[self.h[comparison]..self.h[comparison + 1]]
    }
}

/// Patterns with the places of what they agree on: those stay where they are over all iterations.
struct Flat<'a> {
    layout: Layout,
    patterns: &'a [(Pattern, f64)],
    /// `places[ends[i - 1]..ends[i]]` are those of the i-th pattern, in the tables of `m` and `h`.
    places: Vec<[u16; 2]>,
    ends: Vec<usize>,
}

impl<'a> Flat<'a> {
    fn new(model: &Model, patterns: &'a [(Pattern, f64)]) -> Self {
        let layout = Layout::new(model);
        let mut places = Vec::with_capacity(patterns.len() * model.comparisons.len());
        let mut ends = Vec::with_capacity(patterns.len());
        for (pattern, _) in patterns {
            for (at, comparison) in model.comparisons.iter().enumerate() {
                let level = pattern.levels[at];
                if level != NULL_LEVEL {
                    let row = comparison.state(&pattern.levels) * layout.levels[at];
                    let m = layout.m[at] + row + usize::from(level);
                    places.push([m as u16, (layout.h[at] + usize::from(level)) as u16]);
                }
            }
            ends.push(places.len());
        }
        Self { layout, patterns, places, ends }
    }

    /// A pattern with its count and places.
    fn get(&self, at: usize) -> (&Pattern, f64, &[[u16; 2]]) {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        (&self.patterns[at].0, self.patterns[at].1, &self.places[start..self.ends[at]])
    }
}

/// Expected counts, in the tables of a [`Layout`].
struct Sums {
    matches: f64,
    households: f64,
    m: Vec<f64>,
    h: Vec<f64>,
}

impl Sums {
    fn zero(layout: &Layout) -> Self {
        let zeros = |ends: &[usize]| vec![0.0; ends.last().copied().unwrap_or(0)];
        Self { matches: 0.0, households: 0.0, m: zeros(&layout.m), h: zeros(&layout.h) }
    }

    fn add(&mut self, other: &Self) {
        self.matches += other.matches;
        self.households += other.households;
        self.m.iter_mut().zip(&other.m).for_each(|(sum, more)| *sum += more);
        self.h.iter_mut().zip(&other.h).for_each(|(sum, more)| *sum += more);
    }
}

/// The E step. Parts of the patterns are summed on all cores and put together in their order: the same sums for any
/// number of threads.
fn expect(model: &Model, flat: &Flat<'_>) -> Sums {
    let log2_m: Vec<f64> =
        model.comparisons.iter().flat_map(|c| c.m.iter().flatten()).map(|p| p.log2()).collect();
    // What households do not share differently from strangers is in `own_u` already.
    let h_of = |c: &ComparisonModel| match &c.h {
        Some(row) => row.iter().map(|p| p.log2()).collect(),
        None => vec![0.0; c.m[0].len()],
    };
    let log2_h: Vec<f64> = model.comparisons.iter().flat_map(h_of).collect();
    let (lambda, lambda_h) = (model.lambda.log2(), model.lambda_h.log2());
    let rest = (1.0 - model.lambda - model.lambda_h).log2();
    let part = |range: Range<usize>| {
        let mut sums = Sums::zero(&flat.layout);
        for at in range {
            let (pattern, count, places) = flat.get(at);
            let (mut m, mut h) = (lambda, lambda_h + f64::from(pattern.own_u) / 2.0);
            let u = rest + f64::from(pattern.own_u + pattern.shared_u) / 2.0;
            for &[in_m, in_h] in places {
                m += log2_m[usize::from(in_m)];
                h += log2_h[usize::from(in_h)];
            }
            // A pair whose class is known has no chance in the others.
            let (m, h, u) = match pattern.label {
                None => (m, h, u),
                Some(true) => (m, f64::NEG_INFINITY, f64::NEG_INFINITY),
                Some(false) => (f64::NEG_INFINITY, h, u),
            };
            let top = m.max(h).max(u);
            let (pm, ph, pu) = ((m - top).exp2(), (h - top).exp2(), (u - top).exp2());
            let total = pm + ph + pu;
            let (matched, household) = (count * pm / total, count * ph / total);
            sums.matches += matched;
            sums.households += household;
            for &[in_m, in_h] in places {
                sums.m[usize::from(in_m)] += matched;
                sums.h[usize::from(in_h)] += household;
            }
        }
        sums
    };
    let mut sums = Sums::zero(&flat.layout);
    par::map_ranges(flat.patterns.len(), PATTERNS_A_TASK, part).iter().for_each(|part| sums.add(part));
    sums
}

fn maximise(
    comparisons: &Comparisons<'_>,
    model: &mut Model,
    (sums, layout): (&Sums, &Layout),
    (start_m, start_h): (&[Vec<f64>], &[Option<Vec<f64>>]),
    all_pairs: f64,
) -> f64 {
    let mut change = 0f64;
    for (at, comparison) in model.comparisons.iter_mut().enumerate() {
        let rows = estimate_m(comparisons.items()[at].kind, &layout.rows_of_m(&sums.m, at), &start_m[at]);
        for (old, new) in comparison.m.iter_mut().zip(rows) {
            change = old.iter().zip(&new).fold(change, |change, (old, new)| change.max((old - new).abs()));
            *old = new;
        }
        if let (Some(row), Some(start)) = (&mut comparison.h, &start_h[at]) {
            let mut new = smooth(layout.row_of_h(&sums.h, at), start, HOUSEHOLD_PRIOR_PAIRS);
            anchor_household(comparisons.items()[at].kind, &mut new);
            change = row.iter().zip(&new).fold(change, |change, (old, new)| change.max((old - new).abs()));
            *row = new;
        }
    }
    // A prior of zero would be final.
    let share = |pairs: f64| (pairs.max(LEAST_PAIRS) / all_pairs).clamp(1e-15, 0.4);
    model.lambda = share(sums.matches);
    if model.lambda_h > 0.0 {
        model.lambda_h = share(sums.households);
    }
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

#[cfg(test)]
mod tests {
    use super::super::model::{ComparisonModel, MODEL_VERSION};
    use super::super::sample::Draws;
    use super::*;
    use crate::ids::SourceId;
    use crate::normalize::attributes::{Attribute, Attributes};
    use crate::score::Frequencies;
    use crate::table::NULL;

    /// Pairs drawn; all of them are candidates.
    const PAIRS: u64 = 1_000_000;

    const KINDS: [AttributeKind; 5] = [
        AttributeKind::GivenName,
        AttributeKind::Surname,
        AttributeKind::BirthDate,
        AttributeKind::Postcode,
        AttributeKind::Phone,
    ];

    /// A household of namesakes is no household: its names and birthdays may agree as seldom as those of relatives do.
    #[test]
    fn households_are_held_to_what_relatives_share() {
        let mut given = vec![0.3, 0.05, 0.02, 0.03, 0.0, 0.05, 0.05, 0.5, 0.0, 0.0];
        anchor_household(AttributeKind::GivenName, &mut given);
        let last = else_level(AttributeKind::GivenName, given.len()).unwrap();
        assert!((given[last] - 0.9).abs() < 1e-12 && (given[0] - 0.06).abs() < 1e-12, "{given:?}");
        let mut date = vec![0.4, 0.05, 0.05, 0.0, 0.1, 0.1, 0.05, 0.05, 0.05, 0.15];
        anchor_household(AttributeKind::BirthDate, &mut date);
        assert!((date[..5].iter().sum::<f64>() - 0.15).abs() < 1e-12, "{date:?}");
        assert!((date.iter().sum::<f64>() - 1.0).abs() < 1e-12 && date[9] > 0.3, "{date:?}");
        for (kind, row) in [(AttributeKind::GivenName, &given), (AttributeKind::BirthDate, &date)] {
            let mut again = row.clone();
            anchor_household(kind, &mut again);
            assert!(again.iter().zip(row).all(|(a, b)| (a - b).abs() < 1e-12), "{kind:?} is not stable");
        }
        let mut surname = vec![0.95, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.05];
        anchor_household(AttributeKind::Surname, &mut surname);
        assert_eq!(surname[0], 0.95, "surnames are what relatives share");
    }

    /// Two records are enough for a comparison of every kind to exist: the levels are drawn, not compared.
    fn attributes() -> Attributes {
        let column = |kind: &AttributeKind| Attribute {
            name: kind.name().to_owned(),
            kind: *kind,
            column: [Some("x"), Some("y")].into_iter().collect(),
        };
        Attributes { source: vec![SourceId(0); 2], columns: KINDS.iter().map(column).collect() }
    }

    /// Shares of levels: `first`, then geometrically less, with `last` for "else" (where the kind has it).
    fn row(kind: AttributeKind, levels: usize, first: f64, last: f64) -> Vec<f64> {
        let last_at = else_level(kind, levels).unwrap();
        let mut row: Vec<f64> = (0..levels).map(|level| 0.5f64.powi(level as i32)).collect();
        (row[0], row[last_at]) = (0.0, 0.0);
        let rest: f64 = row.iter().sum();
        row.iter_mut().for_each(|p| *p *= (1.0 - first - last) / rest);
        (row[0], row[last_at]) = (first, last);
        row
    }

    /// The world that the pairs are drawn from.
    fn truth(comparisons: &Comparisons<'_>, households: bool) -> Model {
        let shape =
            [(0.8, 0.04, 0.02), (0.7, 0.1, 0.05), (0.9, 0.03, 0.01), (0.75, 0.2, 0.1), (0.6, 0.3, 0.001)];
        let items = comparisons.items().iter().zip(shape).map(|(item, (m, m_else, u))| {
            let shared = !matches!(item.kind, AttributeKind::GivenName | AttributeKind::BirthDate);
            let row = |first, last| row(item.kind, item.levels.len(), first, last);
            ComparisonModel {
                name: item.name.clone(),
                m: vec![row(m, m_else)],
                u: vec![row(u, 0.97 - u)],
                h: (households && shared).then(|| row(0.85, 0.1)),
                parents: Vec::new(),
                cap: None,
            }
        });
        let lambda_h = if households { 0.08 } else { 1e-12 };
        Model { version: MODEL_VERSION, lambda: 0.05, lambda_h, comparisons: items.collect() }
    }

    /// The same model as training would start it.
    fn untrained(comparisons: &Comparisons<'_>, truth: &Model) -> Model {
        let mut model = truth.clone();
        (model.lambda, model.lambda_h) = (0.005, 0.0025);
        for (comparison, item) in model.comparisons.iter_mut().zip(comparisons.items()) {
            let start: Vec<f64> = item.levels.iter().map(|level| level.m0).collect();
            comparison.h = comparison.h.as_ref().map(|_| start.clone());
            comparison.m = vec![start];
        }
        model
    }

    /// Draws pairs from `truth`: their class first, then each level on its own; every `missing`-th value is null.
    fn simulate(comparisons: &Comparisons<'_>, truth: &Model, missing: u64) -> PatternCounts {
        let frequencies = Frequencies::of_records(comparisons);
        let scorer = Scorer::new(comparisons, truth, &frequencies);
        let draws = Draws::new(7, 0);
        let unit = |number: u64| draws.bits(number) as f64 / u64::MAX as f64;
        let mut counts = hashbrown::HashMap::with_hasher(foldhash::fast::FixedState::default());
        let mut pair = PairLevels { codes: [(NULL, NULL); MAX_COMPARISONS], ..PairLevels::default() };
        for number in 0..PAIRS {
            let number = number * 16;
            let class = unit(number);
            for (at, comparison) in truth.comparisons.iter().enumerate() {
                let row = match &comparison.h {
                    _ if class < truth.lambda => &comparison.m[0],
                    Some(h) if class < truth.lambda + truth.lambda_h => h,
                    _ => &comparison.u[0],
                };
                let mut left = unit(number + 1 + at as u64);
                let drawn = row.iter().position(|p| {
                    left -= p;
                    left < 0.0
                });
                let null = missing > 0 && draws.below(number + 8 + at as u64, missing) == 0;
                pair.levels[at] = if null { NULL_LEVEL } else { drawn.unwrap_or(row.len() - 1) as u8 };
            }
            *counts.entry(pattern(&scorer, truth, &pair)).or_insert(0u64) += 1;
        }
        PatternCounts::new(counts.into_iter().map(|(pattern, count)| (pattern, count as f64)).collect())
    }

    fn largest_error(found: &[f64], truth: &[f64]) -> f64 {
        found.iter().zip(truth).map(|(found, truth)| (found - truth).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn recovers_m_and_the_prior() {
        let attributes = attributes();
        let comparisons = Comparisons::new(&attributes);
        let truth = truth(&comparisons, false);
        for missing in [0, 4] {
            let patterns = simulate(&comparisons, &truth, missing);
            let mut model = untrained(&comparisons, &truth);
            let report = run(&comparisons, &mut model, &patterns, PAIRS as f64, 1.0);
            assert!(report.converged && report.last_change < TOLERANCE, "{report:?}");
            assert_eq!(report.patterns, patterns.len());
            assert!((model.lambda / truth.lambda - 1.0).abs() < 0.02, "{missing}: {}", model.lambda);
            for (found, truth) in model.comparisons.iter().zip(&truth.comparisons) {
                let error = largest_error(&found.m[0], &truth.m[0]);
                assert!(error < 0.01, "{missing}: {} is off by {error}: {:?}", found.name, found.m[0]);
                assert_eq!(found.u, truth.u, "u is known and stays as it is");
            }
        }
    }

    #[test]
    fn recovers_households_beside_matches() {
        let attributes = attributes();
        let comparisons = Comparisons::new(&attributes);
        let truth = truth(&comparisons, true);
        let patterns = simulate(&comparisons, &truth, 0);
        let mut model = untrained(&comparisons, &truth);
        let report = run(&comparisons, &mut model, &patterns, PAIRS as f64, 1.0);
        assert!(report.converged, "{report:?}");
        assert!((model.lambda / truth.lambda - 1.0).abs() < 0.02, "{}", model.lambda);
        assert!((model.lambda_h / truth.lambda_h - 1.0).abs() < 0.02, "{}", model.lambda_h);
        for (found, truth) in model.comparisons.iter().zip(&truth.comparisons) {
            assert!(largest_error(&found.m[0], &truth.m[0]) < 0.01, "m of {}: {:?}", found.name, found.m[0]);
            if let (Some(found_h), Some(truth_h)) = (&found.h, &truth.h) {
                assert!(largest_error(found_h, truth_h) < 0.01, "h of {}: {found_h:?}", found.name);
            }
        }
    }

    /// Blocking leaves most pairs out, and a sample of the candidates stands for all: neither may move the prior.
    #[test]
    fn the_prior_is_a_share_of_all_pairs() {
        let attributes = attributes();
        let comparisons = Comparisons::new(&attributes);
        let truth = truth(&comparisons, false);
        let patterns = simulate(&comparisons, &truth, 0);
        let mut model = untrained(&comparisons, &truth);
        run(&comparisons, &mut model, &patterns, 4.0 * PAIRS as f64, 2.0);
        let matches = model.lambda * 4.0 * PAIRS as f64;
        assert!((matches / (2.0 * 0.05 * PAIRS as f64) - 1.0).abs() < 0.02, "{matches}");
    }

    #[test]
    fn one_iteration_from_afar_is_not_convergence() {
        let attributes = attributes();
        let comparisons = Comparisons::new(&attributes);
        let truth = truth(&comparisons, false);
        let patterns = simulate(&comparisons, &truth, 0);
        let mut model = untrained(&comparisons, &truth);
        let flat = Flat::new(&model, &patterns.counts);
        let sums = expect(&model, &flat);
        let start: Vec<Vec<f64>> = model.comparisons.iter().map(|c| c.m[0].clone()).collect();
        let h = vec![None; start.len()];
        let change = maximise(&comparisons, &mut model, (&sums, &flat.layout), (&start, &h), PAIRS as f64);
        assert!(change > 10.0 * TOLERANCE);
    }

    #[test]
    fn without_pairs_the_expectations_stay() {
        let attributes = attributes();
        let comparisons = Comparisons::new(&attributes);
        let mut model = untrained(&comparisons, &truth(&comparisons, true));
        let report = run(&comparisons, &mut model, &PatternCounts::default(), 1.0, 1.0);
        assert!(report.converged && report.patterns == 0, "{report:?}");
        for (comparison, item) in model.comparisons.iter().zip(comparisons.items()) {
            let start: Vec<f64> = item.levels.iter().map(|level| level.m0).collect();
            assert!(largest_error(&comparison.m[0], &start) < 0.011, "{}: {:?}", item.name, comparison.m[0]);
        }
        assert!(model.lambda > 0.0, "a prior of zero would be final");
    }

    #[test]
    fn the_match_class_cannot_take_people_whose_names_differ() {
        for kind in KINDS {
            let levels = crate::compare::levels(kind).unwrap().len();
            let mut row = row(kind, levels, 0.1, 0.6);
            anchor(kind, &mut row);
            let last = else_level(kind, levels).unwrap();
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{kind}: {row:?}");
            assert!((row[last] - else_bound(kind).unwrap_or(0.6)).abs() < 1e-12, "{kind}: {row:?}");
        }
        let levels = crate::compare::levels(AttributeKind::GivenName).unwrap();
        assert_eq!(levels[else_level(AttributeKind::GivenName, levels.len()).unwrap()].name, "else");
    }

    #[test]
    fn smoothing_shrinks_to_the_expectation_and_leaves_no_zero() {
        let expected = [0.7, 0.2, 0.1];
        assert!(largest_error(&smooth(&[0.0; 3], &expected, 20.0), &expected) < 1e-12);
        let half = smooth(&[20.0, 0.0, 0.0], &expected, 20.0);
        assert!(largest_error(&half, &[0.85, 0.1, 0.05]) < 1e-12, "{half:?}");
        assert!(smooth(&[1e12, 0.0], &[1.0, 0.0], 20.0).iter().all(|&p| p > 0.0));
    }
}
