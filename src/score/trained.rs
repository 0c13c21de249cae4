//! A model that outlives its run: what training learned, as a file that later runs score with.
//!
//! [`TrainedModel`] names the comparisons that the probabilities belong to and the data that they come from, so that
//! it can be fitted to other records with the same columns, in another order, or with a column more or less. Value
//! frequencies are not in it: they are customers' values, and each run counts its own.
//!
//! # Shape
//! JSON: `version`, `records`, `possible_pairs`, `attributes` (name, kind and levels of each comparison) and `model`.
//!
//! # Null
//! A comparison that the records lack drops out. One that the model does not know weighs nothing, either way.
//!
//! # Errors
//! A file of another version, and one whose tables do not fit together, is refused before anything is scored.

use serde::{Deserialize, Serialize};

use super::model::{ComparisonModel, MODEL_VERSION, Model, Parent};
use crate::compare::{Comparison, Comparisons};
use crate::error::{Error, ErrorKind, Result};

/// Most matching pairs that a prior may expect: beyond, the data is not what the model was trained on.
const MOST_MATCHES: f64 = 0.4;

/// A comparison as the file names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainedComparison {
    /// Name of the attribute.
    pub name: String,
    /// Its kind, such as `given_name`.
    pub kind: String,
    /// Names of its levels, best first.
    pub levels: Vec<String>,
}

impl TrainedComparison {
    fn of(item: &Comparison) -> Self {
        Self {
            name: item.name.clone(),
            kind: item.kind.name().to_owned(),
            levels: item.levels.iter().map(|level| level.name.to_owned()).collect(),
        }
    }
}

/// A model with what is needed to use it on other records.
///
/// # Example
/// ```
/// use quilate::score::TrainedModel;
/// let error = TrainedModel::from_json(r#"{ "version": 99 }"#).unwrap_err().to_string();
/// assert_eq!(error, "model: version 99 is not the version 1 that this release reads; train anew");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub struct TrainedModel {
    /// Version of the format.
    version: u32,
    /// Records that it was trained on.
    records: u64,
    /// Pairs of these records that could have matched.
    possible_pairs: f64,
    /// The comparisons, in the order of the model.
    attributes: Vec<TrainedComparison>,
    /// What was learned.
    model: Model,
}

/// The file as it is written, before it is known to fit together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    version: u32,
    records: u64,
    possible_pairs: f64,
    attributes: Vec<TrainedComparison>,
    model: Model,
}

impl TryFrom<serde_json::Value> for TrainedModel {
    type Error = Error;

    fn try_from(value: serde_json::Value) -> Result<Self> {
        // The version first: a file of another version may lack anything else.
        let found = value.get("version").ok_or_else(|| wrong("has no version"))?;
        if found.as_u64() != Some(u64::from(MODEL_VERSION)) {
            let message =
                format!("version {found} is not the version {MODEL_VERSION} that this release reads");
            return Err(wrong(&message).cure("train anew"));
        }
        let read: Unchecked = serde_json::from_value(value).map_err(|error| wrong(&error.to_string()))?;
        let Unchecked { version, records, possible_pairs, attributes, model } = read;
        let trained = Self { version, records, possible_pairs, attributes, model };
        trained.validate()?;
        Ok(trained)
    }
}

fn wrong(message: &str) -> Error {
    Error::new(ErrorKind::Format, message).at("model")
}

impl TrainedModel {
    /// A model with the comparisons that it was trained on, and how many pairs there were.
    pub fn new(model: &Model, comparisons: &Comparisons<'_>, possible_pairs: f64) -> Self {
        Self {
            version: MODEL_VERSION,
            records: comparisons.attributes().len() as u64,
            possible_pairs,
            attributes: comparisons.items().iter().map(TrainedComparison::of).collect(),
            model: model.clone(),
        }
    }

    /// The model, for the comparisons that it was trained on.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The comparisons, in the order of the model.
    pub fn attributes(&self) -> &[TrainedComparison] {
        &self.attributes
    }

    /// Records that it was trained on.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Reads what [`Self::to_json`] writes.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when the text is no JSON, of another version, or holds tables that do not fit together.
    pub fn from_json(text: &str) -> Result<Self> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| wrong(&format!("no JSON: {error}")))?;
        Self::try_from(value)
    }

    /// The file, for people as well as machines.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when a probability is no number, which JSON cannot hold.
    pub fn to_json(&self) -> Result<String> {
        self.validate()?;
        serde_json::to_string_pretty(self).map_err(|error| wrong(&error.to_string()))
    }

    /// Whether everything that scoring indexes is there, and every probability is one.
    fn validate(&self) -> Result<()> {
        let fail = |path: String, message: &str| Err(Error::new(ErrorKind::Format, message).at(path));
        if self.attributes.len() != self.model.comparisons.len() {
            return fail("model.attributes".into(), "there is not one for each comparison");
        }
        if !(self.possible_pairs >= 1.0 && self.possible_pairs.is_finite()) {
            return fail("model.possible_pairs".into(), "must be 1 or more");
        }
        let prior = |p: f64| p > 0.0 && p < 1.0;
        let (lambda, lambda_h) = (self.model.lambda, self.model.lambda_h);
        // Without persons there are no households.
        if !prior(lambda) || !(lambda_h == 0.0 || prior(lambda_h)) || lambda + lambda_h >= 1.0 {
            return fail("model.model.lambda".into(), "the priors must lie between 0 and 1");
        }
        for (at, (attribute, comparison)) in self.attributes.iter().zip(&self.model.comparisons).enumerate() {
            let path = |part: &str| format!("model.model.comparisons[{at}].{part}");
            let known =
                |parent: &Parent| parent.comparison < self.attributes.len() && parent.comparison != at;
            if comparison.parents.len() > 8 || !comparison.parents.iter().all(known) {
                return fail(path("parents"), "there is no such comparison");
            }
            let rows = Parent::states(comparison.parents.len());
            let probabilities = |row: &Vec<f64>| {
                row.len() == attribute.levels.len() && row.iter().all(|&p| p > 0.0 && p <= 1.0)
            };
            for (part, table) in [("m", &comparison.m), ("u", &comparison.u)] {
                if table.len() != rows || !table.iter().all(probabilities) {
                    return fail(
                        path(part),
                        "must hold a probability for each level, in a row for each state of the parents",
                    );
                }
            }
            if !comparison.h.iter().all(probabilities) {
                return fail(path("h"), "must hold a probability for each level");
            }
            if comparison.cap.is_some_and(|cap| !(cap >= 0.0 && cap.is_finite())) {
                return fail(path("cap"), "must be a number of bits");
            }
        }
        Ok(())
    }

    /// The model for other records: comparisons by name and kind, and a prior that expects as many matches a record as
    /// in the records of the training.
    ///
    /// The second value names the comparisons that the model does not know; they weigh nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] when a comparison has other levels than in the training.
    pub fn fit(&self, comparisons: &Comparisons<'_>, possible_pairs: f64) -> Result<(Model, Vec<String>)> {
        let records = comparisons.attributes().len().max(1) as f64;
        // The chance that two random records match falls with their number; matches a record stay.
        let scale = (self.possible_pairs / self.records.max(1) as f64) / (possible_pairs.max(1.0) / records);
        self.fit_scaled(comparisons, scale)
    }

    /// The model for a part of the records of the training, or of records like them: as [`Self::fit`], with the prior as it
    /// was learned, so that a pair weighs the same in whatever part it comes.
    ///
    /// # Errors
    /// As [`Self::fit`].
    pub fn fit_part(&self, comparisons: &Comparisons<'_>) -> Result<(Model, Vec<String>)> {
        self.fit_scaled(comparisons, 1.0)
    }

    fn fit_scaled(&self, comparisons: &Comparisons<'_>, scale: f64) -> Result<(Model, Vec<String>)> {
        let items = comparisons.items();
        let find = |item: &Comparison| {
            let same =
                |trained: &TrainedComparison| trained.name == item.name && trained.kind == item.kind.name();
            self.attributes.iter().position(same)
        };
        let trained: Vec<Option<usize>> = items.iter().map(find).collect();
        let mut unknown = Vec::new();
        let mut fitted = Vec::with_capacity(items.len());
        for (item, trained_at) in items.iter().zip(&trained) {
            let Some(at) = *trained_at else {
                unknown.push(item.name.clone());
                fitted.push(neutral(item));
                continue;
            };
            if self.attributes[at] != TrainedComparison::of(item) {
                return Err(Error::new(ErrorKind::Config, "was trained with other levels")
                    .at(format!("model.attributes[{at}]"))
                    .field(&item.name)
                    .cure("train anew"));
            }
            let place = |old: usize| trained.iter().position(|&at| at == Some(old));
            fitted.push(remap(&self.model.comparisons[at], place));
        }
        let prior = |lambda: f64| (lambda * scale).clamp(1e-15, MOST_MATCHES);
        let model = Model {
            lambda: prior(self.model.lambda),
            lambda_h: if self.model.lambda_h > 0.0 { prior(self.model.lambda_h) } else { 0.0 },
            comparisons: fitted,
            ..self.model.clone()
        };
        Ok((model, unknown))
    }
}

/// A comparison with its parents where they are now. A parent that is not there any more agrees in no pair.
fn remap(trained: &ComparisonModel, place: impl Fn(usize) -> Option<usize>) -> ComparisonModel {
    let (mut parents, mut kept) = (Vec::new(), Vec::new());
    for (digit, parent) in trained.parents.iter().enumerate() {
        if let Some(comparison) = place(parent.comparison) {
            parents.push(Parent { comparison, ..*parent });
            kept.push(digit);
        }
    }
    let old_state = |state: usize| -> usize {
        kept.iter().enumerate().map(|(new, &old)| Parent::digit(state, new) * Parent::states(old)).sum()
    };
    let rows = |table: &[Vec<f64>]| -> Vec<Vec<f64>> {
        (0..Parent::states(parents.len())).map(|state| table[old_state(state)].clone()).collect()
    };
    ComparisonModel { m: rows(&trained.m), u: rows(&trained.u), parents, ..trained.clone() }
}

impl Model {
    /// A model without evidence and with even priors.
    pub(crate) fn neutral(comparisons: &Comparisons<'_>) -> Self {
        let comparisons = comparisons.items().iter().map(neutral).collect();
        Self { version: MODEL_VERSION, lambda: 1.0 / 3.0, lambda_h: 1.0 / 3.0, comparisons }
    }
}

/// A comparison that says nothing: as likely between strangers as in a match, at a cap of 0 bits.
fn neutral(item: &Comparison) -> ComparisonModel {
    let even = vec![vec![1.0 / item.levels.len().max(1) as f64; item.levels.len()]];
    ComparisonModel {
        name: item.name.clone(),
        m: even.clone(),
        u: even,
        h: None,
        parents: Vec::new(),
        cap: Some(0.0),
    }
}
