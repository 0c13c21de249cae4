//! Weighs candidate pairs by the Fellegi-Sunter model, trained without labels.
//!
//! `u` comes from value frequencies and from random pairs, `m` and the priors from EM on pattern counts
//! ([`EmReport`]), dependent attributes have conditional tables ([`ComparisonModel::parents`]), and relatives have a
//! class of their own. The weight of a pair is log2 odds with the prior in: 0 is an even chance, and no threshold
//! needs tuning.

mod em;
mod frequency;
mod model;
mod sample;
mod train;

pub use em::EmReport;
pub(crate) use em::run as run_em;
pub use frequency::Frequencies;
pub use model::{
    ComparisonModel, Evidence, EvidenceGroup, GROUPS, MODEL_VERSION, Model, PairScore, Parent, Prior, Scorer,
};
#[cfg(test)]
pub(crate) use sample::Draws;
pub(crate) use train::Trainer;
