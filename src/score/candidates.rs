//! Candidate pairs as training and scoring walk through them: streamed from the index in the first round, from the list that it
//! left over, in memory or in a scratch file, in the second.
//!
//! # Shape
//! Work is divided into *units*: a record with its pairs in the first round, a pair in the second. Each pair comes once, as
//! two record numbers, the smaller one first.
//!
//! # Complexity
//! O(pairs that are visited); nothing is stored here.

use std::ops::Range;

use crate::block::CandidatePairs;
use crate::spill::{List, Spill};

/// Where candidate pairs come from: all of them in the first round, what that round left over in the second.
pub(crate) enum Candidates<'a> {
    /// All of them; a unit is a record.
    All(CandidatePairs<'a>),
    /// A list; a unit is a pair.
    Kept(&'a List<(u32, u32)>, &'a Spill<'a>),
}

impl Candidates<'_> {
    /// How many units of work.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::All(pairs) => pairs.len(),
            Self::Kept(pairs, _) => pairs.len(),
        }
    }

    /// Units that one task works on: enough pairs to be worth the caches of an evaluator.
    pub(crate) fn chunk(&self) -> usize {
        match self {
            Self::All(_) => 1 << 12,
            Self::Kept(..) => 1 << 16,
        }
    }

    /// Units that EM looks at.
    pub(super) fn pattern_units(&self) -> usize {
        match self {
            Self::All(_) => PATTERN_RECORDS,
            Self::Kept(..) => PATTERN_PAIRS,
        }
    }

    /// As [`Self::visit`], of the units whose number `stride` divides.
    pub(super) fn visit_every(&self, stride: usize, units: Range<usize>, mut work: impl FnMut(u32, u32)) {
        match self {
            Self::All(pairs) => {
                for unit in units.filter(|unit| unit % stride == 0) {
                    pairs.visit(unit..unit + 1, &mut work);
                }
            }
            // At once: what is in the scratch file would cost a look each.
            Self::Kept(pairs, spill) => {
                let part = pairs.get(spill, units.clone());
                let wanted = units.zip(&*part).filter(|(unit, _)| unit % stride == 0);
                wanted.for_each(|(_, &(a, b))| work(a, b));
            }
        }
    }

    /// Calls `work` with each pair of a range of units.
    pub(crate) fn visit(&self, units: Range<usize>, mut work: impl FnMut(u32, u32)) {
        match self {
            Self::All(pairs) => pairs.visit(units, work),
            Self::Kept(pairs, spill) => pairs.get(spill, units).iter().for_each(|&(a, b)| work(a, b)),
        }
    }
}

/// Records, or pairs of a list, that EM looks at; beyond, every second, third ... stands for its neighbours. At these
/// numbers the sampling error of any `m` is far below that of the model's assumptions.
const PATTERN_RECORDS: usize = 50_000;
const PATTERN_PAIRS: usize = 1_000_000;
