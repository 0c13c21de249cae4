//! What a run can be told. Everything has a default; the file that `consolidate --write-config` writes is this struct
//! with the detected columns filled in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::guards::Guards;
use super::matching::{LinkType, MatchOptions};
use super::memory::parse_size;
use crate::block::BlockConfig;
use crate::cluster::ClusterConfig;
use crate::error::{Error, ErrorKind, Result};
use crate::history::HistoryConfig;
use crate::ids::Probability;
use crate::judgement::Judgement;
use crate::merge::{MergeConfig, UNKNOWN_TIME};
use crate::score::TrainedModel;
use crate::table::Role;

/// From which probability a pair is worth a look. One in ten: a person who finds one true pair in ten keeps looking.
const REVIEW_PROBABILITY: f64 = 0.1;

/// Configuration of a run.
///
/// # Example
/// ```
/// let config: quilate::Config = serde_json::from_str(r#"{ "threshold": 0.9, "sources": { "crm": { "region": "ES" } } }"#).unwrap();
/// assert!(config.validate().is_ok());
/// let wrong: quilate::Config = serde_json::from_str(r#"{ "threshold": 1.5 }"#).unwrap();
/// assert_eq!(wrong.validate().unwrap_err().to_string(), "threshold: 1.5 is no probability; use a number between 0 and 1");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which pairs of records may be one customer.
    pub link_type: LinkType,
    /// Match probability from which records are merged; left out: the model's own threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Match probability from which pairs that are not merged are put before a person; left out: 0.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<f64>,
    /// Seed of all sampling. Another seed changes estimates by their sampling error.
    pub seed: u64,
    /// The day of the run, `YYYY-MM-DD`: decides which dates lie in the future. The library never asks the clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Column of the record id, in every source that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Column that names the source of each record, in every source that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_column: Option<String>,
    /// Columns that are never evidence, but carried to the golden record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// Columns that are ignored are not carried either.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub drop_ignored: bool,
    /// What matching may hold in memory, as `800MB` or `2GB`; scored pairs that do not fit go to a scratch file. Left out:
    /// no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<String>,
    /// How candidate pairs are found.
    pub block: BlockConfig,
    /// How entities are made of scored pairs.
    pub cluster: ClusterConfig,
    /// What keeps crowds from becoming one customer.
    pub guards: Guards,
    /// Survivorship.
    pub merge: MergeConfig,
    /// Pairs of records that people have labelled, to train on: links are matches, cannot-links are none, the rest says
    /// nothing. They need not agree with each other, and force nothing, as the judgements of a state do. They are no part of a
    /// configuration file.
    #[serde(skip)]
    pub labels: Vec<Judgement>,
    /// Score with this model instead of training one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<TrainedModel>,
    /// Interactions: columns, costs, thresholds, policies.
    pub history: HistoryConfig,
    /// Settings by source.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, SourceConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            link_type: LinkType::default(),
            threshold: None,
            review: None,
            seed: MatchOptions::default().seed,
            as_of: None,
            id: None,
            source_column: None,
            ignore: Vec::new(),
            drop_ignored: false,
            memory_limit: None,
            block: BlockConfig::default(),
            cluster: ClusterConfig::default(),
            guards: Guards::default(),
            merge: MergeConfig::default(),
            labels: Vec::new(),
            model: None,
            history: HistoryConfig::default(),
            sources: BTreeMap::new(),
        }
    }
}

/// Configuration of one source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceConfig {
    /// ISO 3166-1 alpha-2 code of the country that numbers and addresses are from unless they say otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// BCP 47 language tag, such as `es-ES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Whether 01/03/1985 is the first of March.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_first: Option<bool>,
    /// Cells that mean that a person has taken the value out, at the time of the record: `["<cleared>"]`; `""` for blank
    /// cells, where the source always sends the whole record. Other blank cells only mean that nothing is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cleared: Vec<String>,
    /// Role of columns by name: `email`, `street:2`, `record_id`, `updated_at`, `carry`, `skip` ...
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
}

impl Config {
    /// Checks all values that can be checked without data.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] naming the path of the value.
    pub fn validate(&self) -> Result<()> {
        let fail = |path: &str, message: String| Error::new(ErrorKind::Config, message).at(path);
        if let Some(threshold) = self.threshold
            && !(threshold > 0.0 && threshold < 1.0)
        {
            return Err(fail("threshold", format!("{threshold} is no probability"))
                .cure("use a number between 0 and 1"));
        }
        if let Some(review) = self.review {
            if !(review > 0.0 && review < 1.0) {
                return Err(fail("review", format!("{review} is no probability"))
                    .cure("use a number between 0 and 1"));
            }
            if let Some(threshold) = self.threshold.filter(|&threshold| threshold < review) {
                return Err(fail("review", format!("{review} is above the threshold {threshold}")).cure(
                    "pairs from `review` up to `threshold` are put before a person: choose a lower one",
                ));
            }
        }
        if let Some(as_of) = &self.as_of {
            parse_day(as_of).ok_or_else(|| {
                fail("as_of", format!("{as_of:?} is no date")).cure("write it as 2026-01-31")
            })?;
        }
        if self.model.is_some() && !self.labels.is_empty() {
            return Err(fail("labels", "labels train a model, and the configuration has one".to_owned())
                .cure("leave out one of the two"));
        }
        self.memory_limit_bytes()?;
        self.block.validate()?;
        self.cluster.validate()?;
        self.guards.limits()?;
        self.history.validate()?;
        for (name, source) in &self.sources {
            for (column, role) in &source.columns {
                role.parse::<Role>().map_err(|error| error.at(format!("sources.{name}.columns.{column}")))?;
            }
            if let Some(region) = &source.region
                && (region.len() != 2 || !region.bytes().all(|b| b.is_ascii_uppercase()))
            {
                return Err(fail(
                    &format!("sources.{name}.region"),
                    format!("{region:?} is no country code"),
                )
                .cure("use two capital letters as in ES"));
            }
        }
        Ok(())
    }

    /// The day of [`Self::as_of`].
    pub fn reference_day(&self) -> Option<(i16, u8, u8)> {
        self.as_of.as_deref().and_then(parse_day)
    }

    /// log2 odds of [`Self::review`].
    pub(super) fn review_weight(&self) -> f64 {
        Probability(self.review.unwrap_or(REVIEW_PROBABILITY)).match_weight().0
    }

    /// Bytes of [`Self::memory_limit`].
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for what is no size.
    pub fn memory_limit_bytes(&self) -> Result<Option<u64>> {
        self.memory_limit.as_deref().map(parse_size).transpose()
    }

    /// The same in seconds since 1970; [`UNKNOWN_TIME`] for none.
    pub(super) fn reference_time(&self) -> i64 {
        let seconds = |(year, month, day)| crate::normalize::date::days_from_civil(year, month, day) * 86_400;
        self.reference_day().map_or(UNKNOWN_TIME, seconds)
    }

    /// The matching part.
    pub fn match_options(&self) -> MatchOptions {
        MatchOptions {
            link_type: self.link_type,
            threshold: self.threshold.map(|p| Probability(p).match_weight().0),
            seed: self.seed,
            cluster: self.cluster.method,
            block: self.block.method(),
            k: self.block.k,
            // Rules that cannot be read are refused by `validate`.
            rules: self.block.rules().unwrap_or_default(),
            max_block: self.block.max_block,
        }
    }

    /// Reads TOML.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] with the line, and all of [`Self::validate`].
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let wrong = Error::new(ErrorKind::Config, error.message().replace('\n', " ")).at("configuration");
            match error.span() {
                Some(span) => wrong.line(text[..span.start.min(text.len())].matches('\n').count() as u64 + 1),
                None => wrong,
            }
        })?;
        config.validate()?;
        Ok(config)
    }

    /// Writes TOML that [`Self::from_toml`] reads back.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for values that TOML cannot hold, such as a seed above 2^63.
    #[cfg(feature = "toml")]
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self).map_err(|error| Error::new(ErrorKind::Config, error.to_string()))
    }
}

/// `YYYY-MM-DD`.
fn parse_day(text: &str) -> Option<(i16, u8, u8)> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let day = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    crate::normalize::date::exists(day.0, day.1, day.2).then_some(day)
}
