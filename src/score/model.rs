//! The Fellegi-Sunter model with three classes, and the weight of a pair under it.
//!
//! A pair is a match (M), two people of one household or family (H), or two strangers (U). For each comparison `m`,
//! `h` and `u` are the probabilities of its levels in each class. The weight of a pair is the log2 odds of M against
//! the rest,
//!
//! `w = log2(lambda * prod m) - log2(lambda_h * prod h + (1 - lambda - lambda_h) * prod u)`,
//!
//! where null comparisons drop out, `u` of an exact level is the frequency of the value, and comparisons that depend
//! on another one (the city on the postcode) use tables for each state of that *parent*.
//!
//! # Source
//! Fellegi & Sunter 1969; Winkler 1988, 1990; Newcombe 1959 for value frequencies.

use serde::{Deserialize, Serialize};

use super::frequency::Frequencies;
use crate::compare::{Comparisons, NULL_LEVEL, PairLevels, TermFrequency};
use crate::ids::MatchWeight;
use crate::table::{AttributeKind, NULL};

/// The parts of a pair's evidence that linkage keeps apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EvidenceGroup {
    /// All names.
    Names = 0,
    /// The whole address.
    Address = 1,
    /// Everything else.
    Other = 2,
}

/// Number of [`EvidenceGroup`]s.
pub const GROUPS: usize = 3;

impl EvidenceGroup {
    /// The group of an attribute kind.
    pub fn of(kind: AttributeKind) -> Self {
        use AttributeKind as K;
        match kind {
            K::GivenName | K::MiddleName | K::Surname => Self::Names,
            K::Street
            | K::HouseNumber
            | K::Unit
            | K::PoBox
            | K::AddressLine2
            | K::Locality
            | K::City
            | K::County
            | K::Region
            | K::Postcode
            | K::Country => Self::Address,
            _ => Self::Other,
        }
    }
}

/// Probabilities of one comparison's levels.
///
/// # Shape
/// `m` and `u` have one row a state of the parents: digit `i` of the row's number, to base 3, is 0 where parent `i` does
/// not agree or is null, 1 where it nearly agrees and 2 where it is equal, so that row 0 is "no parent agrees" and a
/// comparison without parents has one row. `h` has one row, or none when the
/// household class has no say in this attribute (then `h = u`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonModel {
    /// Name of the comparison.
    pub name: String,
    /// P(level | match), by state of the parents.
    pub m: Vec<Vec<f64>>,
    /// P(level | strangers), by state of the parents; the exact level holds the average over values.
    pub u: Vec<Vec<f64>>,
    /// P(level | household).
    pub h: Option<Vec<f64>>,
    /// Comparisons on which this one depends.
    pub parents: Vec<Parent>,
    /// Largest weight either way in bits, for attributes with few values.
    pub cap: Option<f64>,
}

/// A comparison that another one depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Parent {
    /// Its number.
    pub comparison: usize,
    /// It counts as equal up to this level.
    pub equal_to: u8,
    /// It nearly agrees up to this level.
    pub agrees_to: u8,
}

impl Parent {
    /// How a pair can stand to one parent: it does not agree, or nothing is known; it nearly agrees; it is equal.
    const AGREEMENTS: usize = 3;

    /// Which of [`Self::AGREEMENTS`] a pair shows.
    #[inline]
    fn agreement(self, levels: &[u8]) -> usize {
        match levels[self.comparison] {
            level if level <= self.equal_to => 2,
            level if level <= self.agrees_to => 1,
            _ => 0,
        }
    }

    /// The joint state of parents: their agreements as the digits of a number.
    #[inline]
    pub(super) fn state(parents: &[Self], levels: &[u8]) -> usize {
        parents.iter().rev().fold(0, |state, parent| state * Self::AGREEMENTS + parent.agreement(levels))
    }

    /// The agreement with one of the parents in a joint state.
    pub(super) fn digit(state: usize, parent: usize) -> usize {
        state / Self::states(parent) % Self::AGREEMENTS
    }

    /// How many joint states so many parents have.
    pub(super) fn states(parents: usize) -> usize {
        Self::AGREEMENTS.pow(parents as u32)
    }
}

impl ComparisonModel {
    /// The row of `m` and `u` for a pair.
    #[inline]
    pub fn state(&self, levels: &[u8]) -> usize {
        Parent::state(&self.parents, levels)
    }
}

/// A trained model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Version of the format.
    pub version: u32,
    /// Prior probability that two random records are one customer.
    pub lambda: f64,
    /// Prior probability that two random records belong to one household; 0 where the records say nothing about persons:
    /// then there are no households.
    pub lambda_h: f64,
    /// One entry a comparison.
    pub comparisons: Vec<ComparisonModel>,
}

/// Version that [`Model`] writes.
pub const MODEL_VERSION: u32 = 1;

/// Exponent and clamp of the frequency adjustment on fuzzy levels.
const FUZZY_EXPONENT: f64 = 0.5;
const FUZZY_CLAMP: (f64, f64) = (-6.0, 4.0);

/// log2 of the three class likelihoods of one comparison.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub struct Evidence {
    /// log2 P(level | match).
    pub m: f64,
    /// log2 P(level | household).
    pub h: f64,
    /// log2 P(level, value | strangers).
    pub u: f64,
}

impl Evidence {
    /// log2(m/u) and log2(h/u).
    #[inline]
    fn shares(&self) -> (f32, f32) {
        ((self.m - self.u) as f32, (self.h - self.u) as f32)
    }
}

/// The score of a pair, with the shares that linkage needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairScore {
    /// log2 odds of a match, prior included.
    pub weight: f64,
    /// log2(m/u) by evidence group.
    pub matched: [f32; GROUPS],
    /// log2(h/u) by evidence group.
    pub household: [f32; GROUPS],
    /// Whether the group has any comparison that is not null.
    pub present: [bool; GROUPS],
}

/// A model made ready for scoring: log2 tables and value frequencies.
pub struct Scorer<'a> {
    comparisons: &'a Comparisons<'a>,
    model: &'a Model,
    frequencies: &'a [Frequencies],
    log2_m: Vec<Vec<Vec<f64>>>,
    log2_u: Vec<Vec<Vec<f64>>>,
    log2_h: Vec<Option<Vec<f64>>>,
    groups: Vec<EvidenceGroup>,
    prior: Prior,
    shares: Shares,
}

/// What each level adds to the shares of a pair, where the values have no say in it: nearly always, so that most evidence is one
/// look-up.
struct Shares {
    /// log2(m/u) and log2(h/u) by comparison, state and level; not a number where the values count.
    cells: Vec<(f32, f32)>,
    /// Where the cells of each comparison begin, and how many a state has.
    rows: Vec<(usize, usize)>,
}

impl Shares {
    fn new(scorer: &Scorer<'_>) -> Self {
        let (mut cells, mut rows) = (Vec::new(), Vec::new());
        for (at, item) in scorer.comparisons.items().iter().enumerate() {
            rows.push((cells.len(), item.levels.len()));
            for state in 0..scorer.log2_m[at].len() {
                cells.extend(item.levels.iter().zip(0u8..).map(|(level, number)| match level.tf {
                    TermFrequency::None => scorer.evidence_of(at, state, number, (NULL, NULL)).shares(),
                    _ => (f32::NAN, f32::NAN),
                }));
            }
        }
        Self { cells, rows }
    }
}

/// log2 of the class priors.
#[derive(Clone, Copy, Debug)]
pub struct Prior {
    lambda: f64,
    lambda_h: f64,
    rest: f64,
}

impl Prior {
    /// From a model's `lambda` and `lambda_h`.
    pub fn new(lambda: f64, lambda_h: f64) -> Self {
        Self { lambda: lambda.log2(), lambda_h: lambda_h.log2(), rest: (1.0 - lambda - lambda_h).log2() }
    }

    /// log2 odds of a match from total log2(m/u) and log2(h/u).
    #[inline]
    pub fn weight(&self, matched: f64, household: f64) -> f64 {
        self.lambda + matched - log2_sum(self.lambda_h + household, self.rest)
    }
}

/// `log2(2^a + 2^b)` without overflow.
#[inline]
pub(crate) fn log2_sum(a: f64, b: f64) -> f64 {
    let (high, low) = if a >= b { (a, b) } else { (b, a) };
    high + (1.0 + (low - high).exp2()).log2()
}

impl<'a> Scorer<'a> {
    /// Prepares a model for the comparisons that it was trained on.
    pub fn new(comparisons: &'a Comparisons<'a>, model: &'a Model, frequencies: &'a [Frequencies]) -> Self {
        let log2 = |rows: &[Vec<f64>]| -> Vec<Vec<f64>> {
            rows.iter().map(|row| row.iter().map(|p| p.log2()).collect()).collect()
        };
        let mut scorer = Self {
            log2_m: model.comparisons.iter().map(|c| log2(&c.m)).collect(),
            log2_u: model.comparisons.iter().map(|c| log2(&c.u)).collect(),
            log2_h: model
                .comparisons
                .iter()
                .map(|c| c.h.as_ref().map(|row| row.iter().map(|p| p.log2()).collect()))
                .collect(),
            groups: comparisons.items().iter().map(|item| EvidenceGroup::of(item.kind)).collect(),
            prior: Prior::new(model.lambda, model.lambda_h),
            comparisons,
            model,
            frequencies,
            shares: Shares { cells: Vec::new(), rows: Vec::new() },
        };
        scorer.shares = Shares::new(&scorer);
        scorer
    }

    /// The priors of the model.
    pub fn prior(&self) -> Prior {
        self.prior
    }

    /// The comparisons scored.
    pub fn comparisons(&self) -> &'a Comparisons<'a> {
        self.comparisons
    }

    /// The evidence of one comparison of a pair; `None` when it is null.
    #[inline]
    pub fn evidence(&self, at: usize, pair: &PairLevels) -> Option<Evidence> {
        let level = pair.levels[at];
        if level == NULL_LEVEL {
            return None;
        }
        let state = self.model.comparisons[at].state(&pair.levels);
        Some(self.evidence_of(at, state, level, pair.codes[at]))
    }

    /// The evidence of a level in a state of its parents, given by these values.
    fn evidence_of(&self, at: usize, state: usize, level: u8, codes: (u32, u32)) -> Evidence {
        let m = self.log2_m[at][state][level as usize];
        let mut u = self.log2_u(at, state, level, codes);
        if let Some(cap) = self.model.comparisons[at].cap {
            u = u.clamp(m - cap, m + cap);
        }
        let h = self.log2_h[at].as_ref().map_or(u, |row| row[level as usize]);
        Evidence { m, h, u }
    }

    /// What the values of a pair, and the cap, add to what the level of a comparison weighs, in bits; 0 when it is null.
    pub fn frequency_adjustment(&self, at: usize, pair: &PairLevels) -> f64 {
        let Some(evidence) = self.evidence(at, pair) else { return 0.0 };
        let state = self.model.comparisons[at].state(&pair.levels);
        self.log2_u[at][state][pair.levels[at] as usize] - evidence.u
    }

    /// The comparisons that one depends on and that agree in a pair.
    pub fn agreeing_parents(&self, at: usize, pair: &PairLevels) -> impl Iterator<Item = usize> + '_ {
        let levels = pair.levels;
        let parents = self.model.comparisons[at].parents.iter();
        parents.filter(move |parent| parent.agreement(&levels) > 0).map(|parent| parent.comparison)
    }

    /// log2 of the chance that strangers reach this level with these values.
    #[inline]
    pub(super) fn log2_u(&self, at: usize, state: usize, level: u8, codes: (u32, u32)) -> f64 {
        let table = self.log2_u[at][state][level as usize];
        if codes.0 == NULL {
            return table;
        }
        let frequencies = &self.frequencies[at];
        let frequency =
            || f64::from(frequencies.log2[codes.0 as usize].max(frequencies.log2[codes.1 as usize]));
        let equal = || match frequencies.log2_equal.get(codes.0 as usize) {
            Some(&log2) if codes.0 == codes.1 => f64::from(log2),
            _ => frequency(),
        };
        match self.comparisons.items()[at].levels[level as usize].tf {
            TermFrequency::None => table,
            // Given an agreeing parent the value is no rarer than the parent leaves it.
            TermFrequency::Exact if state > 0 => table.max(equal()),
            TermFrequency::Exact => equal(),
            TermFrequency::Near if !frequencies.log2_near.is_empty() => {
                let near = |code: u32| f64::from(frequencies.log2_near[code as usize]);
                0.5 * (table + near(codes.0).max(near(codes.1)))
            }
            TermFrequency::Fuzzy | TermFrequency::Near => {
                let (low, high) = FUZZY_CLAMP;
                let boost = FUZZY_EXPONENT * (frequency() - frequencies.log2_agreement).clamp(low, high);
                (table + boost).min(0.0)
            }
        }
    }

    /// The score of a pair.
    pub fn score(&self, pair: &PairLevels) -> PairScore {
        let mut score = PairScore {
            weight: 0.0,
            matched: [0.0; GROUPS],
            household: [0.0; GROUPS],
            present: [false; GROUPS],
        };
        for (at, &group) in self.groups.iter().enumerate() {
            let level = pair.levels[at];
            if level == NULL_LEVEL {
                continue;
            }
            let state = self.model.comparisons[at].state(&pair.levels);
            let (first, levels) = self.shares.rows[at];
            let (mut matched, mut household) = self.shares.cells[first + state * levels + usize::from(level)];
            if matched.is_nan() {
                (matched, household) = self.evidence_of(at, state, level, pair.codes[at]).shares();
            }
            let group = group as usize;
            score.matched[group] += matched;
            score.household[group] += household;
            score.present[group] = true;
        }
        let total = |shares: &[f32; GROUPS]| f64::from(shares.iter().sum::<f32>());
        score.weight = self.prior.weight(total(&score.matched), total(&score.household));
        score
    }

    /// The match weight of a pair.
    pub fn weight(&self, pair: &PairLevels) -> MatchWeight {
        MatchWeight(self.score(pair).weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_weight_is_the_odds_of_a_match(
            lambda in 1e-9f64..0.3, lambda_h in 1e-9f64..0.3, matched in -40.0f64..40.0, household in -40.0f64..40.0,
        ) {
            let weight = Prior::new(lambda, lambda_h).weight(matched, household);
            let others = lambda_h * household.exp2() + (1.0 - lambda - lambda_h);
            let odds = lambda * matched.exp2() / others;
            prop_assert!((weight - odds.log2()).abs() < 1e-9);
        }

        #[test]
        fn sums_of_powers_do_not_overflow(a in -5000.0f64..5000.0, b in -5000.0f64..5000.0) {
            let sum = log2_sum(a, b);
            prop_assert_eq!(sum.to_bits(), log2_sum(b, a).to_bits());
            prop_assert!(sum >= a.max(b) && sum <= a.max(b) + 1.0);
        }
    }

    #[test]
    fn no_household_is_no_term() {
        assert_eq!(log2_sum(-3.0, f64::NEG_INFINITY), -3.0);
        let prior = Prior::new(0.25, 1e-300);
        assert!((prior.weight(0.0, f64::NEG_INFINITY) - (0.25f64 / 0.75).log2()).abs() < 1e-12);
    }

    #[test]
    fn states_number_the_agreeing_parents() {
        let parent = |comparison, agrees_to| Parent { comparison, equal_to: 0, agrees_to };
        let comparison = ComparisonModel {
            name: String::new(),
            m: Vec::new(),
            u: Vec::new(),
            h: None,
            parents: vec![parent(0, 2), parent(1, 0)],
            cap: None,
        };
        for (levels, state) in [
            ([3, 1], 0),
            ([2, 1], 1),
            ([0, 1], 2),
            ([3, 0], 6),
            ([1, 0], 7),
            ([0, 0], 8),
            ([NULL_LEVEL, 0], 6),
        ] {
            assert_eq!(comparison.state(&levels), state, "{levels:?}");
        }
    }
}
