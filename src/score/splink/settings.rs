//! A Splink settings file, word for word: what is not understood here is kept and written back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Which pairs may match.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplinkLinkType {
    /// Only across sources. Of two sources the one with the smaller name is the left one.
    LinkOnly,
    /// Within and across sources.
    LinkAndDedupe,
    /// Within one source.
    DedupeOnly,
}

/// A settings file of Splink 4 or 5.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplinkSettings {
    /// Which pairs may match.
    pub link_type: SplinkLinkType,
    /// The prior.
    #[serde(default = "default_prior")]
    pub probability_two_random_records_match: f64,
    /// Column of the record id.
    #[serde(default = "default_id")]
    pub unique_id_column_name: String,
    /// Rules for candidate pairs; each leaves out the pairs of the rules before it. None: all pairs.
    #[serde(default)]
    pub blocking_rules_to_generate_predictions: Vec<SplinkRule>,
    /// The comparisons.
    pub comparisons: Vec<SplinkComparison>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

fn default_prior() -> f64 {
    1e-4
}

fn default_id() -> String {
    "unique_id".to_owned()
}

/// A blocking rule: a condition alone, or with its dialect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SplinkRule {
    /// A condition.
    Condition(String),
    /// A condition with more about it.
    Detailed {
        /// The condition.
        blocking_rule: String,
        /// Everything else.
        #[serde(flatten)]
        other: Map<String, Value>,
    },
}

impl SplinkRule {
    /// The condition.
    pub fn condition(&self) -> &str {
        match self {
            Self::Condition(condition) | Self::Detailed { blocking_rule: condition, .. } => condition,
        }
    }
}

/// A comparison: ordered levels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplinkComparison {
    /// Its name; left out, the columns that it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_column_name: Option<String>,
    /// Levels in the order of evaluation: the first whose condition is true wins.
    pub comparison_levels: Vec<SplinkLevel>,
    /// Everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A level of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplinkLevel {
    /// The condition in SQL, or `ELSE`.
    pub sql_condition: String,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_for_charts: Option<String>,
    /// P(level | match); left out, Splink's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m_probability: Option<SplinkProbability>,
    /// P(level | no match); left out, Splink's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub u_probability: Option<SplinkProbability>,
    /// Whether a value is missing here: no evidence.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_null_level: bool,
    /// Column whose frequencies adjust the weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tf_adjustment_column: Option<String>,
    /// How much of the adjustment counts, 0 to 1; left out, all of it. 0 is no adjustment: Splink 5.0.0 leaves a 0 out of
    /// the file and so turns it into 1 when it reads its own, which this crate does not copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tf_adjustment_weight: Option<f64>,
    /// Frequencies below this count as this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tf_minimum_u_value: Option<f64>,
    /// Adjust from this level's own u, instead of that of the level of equality.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disable_tf_exact_match_detection: bool,
    /// Everything else, `fix_m_probability` and `fix_u_probability` among it.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl SplinkLevel {
    /// Whether this is the level of all pairs that no other level has.
    pub fn is_else(&self) -> bool {
        self.sql_condition.trim().eq_ignore_ascii_case("else")
    }
}

/// A probability, or the words that it was never observed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SplinkProbability {
    /// A probability.
    Known(f64),
    /// `level not observed in training dataset`.
    NotObserved(String),
}

/// What Splink writes for a level that training never saw, and the probability that it then takes.
const NOT_OBSERVED: (&str, f64) = ("level not observed in training dataset", 1e-6);

impl SplinkProbability {
    /// The number; `None` for words that are not Splink's, and for numbers that are no probability.
    pub(super) fn value(&self) -> Option<f64> {
        match self {
            Self::Known(p) => (0.0..=1.0).contains(p).then_some(*p),
            Self::NotObserved(words) => (words == NOT_OBSERVED.0).then_some(NOT_OBSERVED.1),
        }
    }
}

/// The m and u that Splink takes where the file has none, by gamma from 0: m is .95 for the top level and the rest in
/// equal parts, u follows from evenly spaced weights.
pub(super) fn default_probabilities(levels: usize) -> (Vec<f64>, Vec<f64>) {
    const TOP: f64 = 0.95;
    if levels < 2 {
        return (vec![TOP; levels], vec![TOP / 2f64.powi(10); levels]);
    }
    let below = levels - 1;
    let m: Vec<f64> =
        (0..levels).map(|g| if g == below { TOP } else { (1.0 - TOP) / below as f64 }).collect();
    let weight = |gamma: usize| match gamma {
        g if g == below => 10.0,
        _ if below == 1 => -5.0,
        g => -5.0 + 8.0 * g as f64 / (below - 1) as f64,
    };
    let u = m.iter().enumerate().map(|(gamma, m)| m / weight(gamma).exp2()).collect();
    (m, u)
}
