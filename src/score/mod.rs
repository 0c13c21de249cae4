//! Weighs candidate pairs by the Fellegi-Sunter model, trained without labels.
//!
//! `u` comes from value frequencies and from random pairs, `m` and the priors from EM on pattern counts
//! ([`EmReport`]), dependent attributes have conditional tables ([`ComparisonModel::parents`]), and relatives have a
//! class of their own. The weight of a pair is log2 odds with the prior in: 0 is an even chance, and no threshold
//! needs tuning.
//!
//! # Shape
//! [`Model`]: for each comparison `m` and `u` as `states x levels`, `h` as `levels`. [`Scorer`] turns the levels of a pair
//! into a [`PairScore`] and adds nothing to memory.
//!
//! # Null
//! A comparison without a value on either side drops out of all three classes: it adds 0 bits.
//!
//! # Errors
//! None. Training that has not settled says so in [`EmReport::converged`].
//!
//! # Complexity
//! Training: a fixed number of random pairs, plus one pass over a bounded sample of the candidates; EM itself is
//! linear in the distinct patterns. Scoring: O(comparisons) a pair.
//!
//! # Source
//! Fellegi & Sunter 1969; Newcombe 1959 (value frequencies); Winkler 1988 (EM); Enamorado, Fifield, Imai 2019 (missing
//! values).

mod candidates;
mod closeness;
mod em;
mod frequency;
mod labels;
mod model;
mod patterns;
mod rarity;
mod sample;
mod stage;
mod strangers;
mod train;
mod trained;

#[cfg(feature = "splink")]
pub mod splink;

pub(crate) use candidates::Candidates;
pub use em::EmReport;
use em::run as run_em;
pub use frequency::{Frequencies, FrequencyTable};
pub use labels::Labels;
pub use model::{
    ComparisonModel, Evidence, EvidenceGroup, GROUPS, MODEL_VERSION, Model, PairScore, Parent, Prior, Scorer,
};
pub use patterns::{LevelWeights, MAX_PATTERNS, PatternWeights};
pub(crate) use rarity::measure as measure_rarity;
#[cfg(test)]
pub(crate) use sample::Draws;
pub(crate) use stage::learn;
pub use stage::{TrainOptions, Training, score_pairs, train};
pub(crate) use train::Trainer;
pub use trained::{TrainedComparison, TrainedModel};
