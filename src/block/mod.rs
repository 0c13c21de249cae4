//! Finds candidate pairs: records that share rare keys.
//!
//! Every attribute kind has typed keys (`keys.rs`): tokens, sounds, prefixes and nickname groups of names, parts of
//! dates, ends of phone numbers, ... All rules are united: for each record the neighbours that share the most
//! information (`sum of log2(N / df)` over shared keys of at most [`MAX_BLOCK`] records) become candidates, [`K`] a
//! record, and a pair counts when either side chose the other. Top-k joins of this kind beat learned blocking rules
//! (Papadakis et al. 2016-2023; Sparkly, Paulsen et al. 2023). Composite keys of two attributes stay rare where no
//! single value is.
//!
//! Those who know their data write [`Rules`] instead, or beside: equality of key expressions, and sorted neighbourhoods,
//! united, each pair once ([`CandidatePairs`]).
//!
//! # Shape
//! In: [`Attributes`](crate::normalize::attributes::Attributes). Out: [`Neighbours`] with at most `K` record numbers a
//! record, never the pairs; pairs are streamed from it, each once, with the smaller record first.
//!
//! # Null
//! A value that is missing gives no key. A record without any usable key has no neighbours and stays alone.
//!
//! # Errors
//! A rule that names no attribute. What limits cut off is counted: [`IndexStats`], [`Neighbours::capped_records`],
//! [`RuleStats`].
//!
//! # Complexity
//! Time O(records x [`MAX_POSTINGS`]), memory O(records x keys a record).
//!
//! # Source
//! Own design; the weights are the inverse document frequencies of text retrieval.

mod config;
mod estimate;
mod expression;
mod forecast;
mod index;
mod keys;
mod neighbours;
mod rule;
mod rule_index;
mod rules;
mod shared;

pub use config::BlockConfig;
pub use estimate::{BlockEstimate, Capture, KeyGroup, SuggestedRule};
pub(crate) use estimate::{EstimateInput, estimate, suggest};
pub use expression::KeyExpression;
pub use forecast::IndexForecast;
pub use index::{IndexStats, MAX_BLOCK, record_keys};
pub use neighbours::{BlockOptions, K, MAX_POSTINGS, Neighbours};
pub use rule::{MAX_WINDOW, Rule};
pub use rule_index::RuleStats;
pub use rules::{BlockMethod, CandidatePairs, MAX_RULE_BLOCK, RuleOptions, Rules};
pub use shared::{SharedKey, shared_keys};
