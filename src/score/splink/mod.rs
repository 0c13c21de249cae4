//! Splink's models: reads a settings file of Splink 4 or 5, gives the same candidate pairs, levels (gamma) and match
//! weights, and writes the file back.
//!
//! Reach for it to take a model over that was trained with Splink, or to check this crate's mathematics against another
//! implementation. For new work the model of [`train`](super::train()) needs no settings and knows more (households,
//! dependent attributes, several values).
//!
//! # Shape
//! In: [`SplinkModel`] and a [`Table`](crate::Table); columns are compared as they stand, without normalisation, and blank is null. Out:
//! [`SplinkPairs`]: the candidate pairs, `n_pairs x n_comparisons` gammas (i8, row-major; -1 is the null level), match
//! weights in bits with the prior in them.
//!
//! # Null
//! SQL's logic of three values: a condition that is unknown falls through to the next level; the null level weighs 0.
//!
//! # Errors
//! A construct of SQL that is not known is an error that names it, when the model is read. What is known: comparisons,
//! AND/OR/NOT, IS NULL, IN, BETWEEN, LIKE, CASE, CAST, arithmetic, `||`, elements of lists, and DuckDB's functions for
//! similarity, distance, parts of texts, regular expressions, dates, lists and geometry.
//!
//! # Complexity
//! Blocking is a hash join a rule. Levels are cached by the codes of the values that a comparison reads.
//!
//! # Source
//! Splink 4.0 and 5.0 (Ministry of Justice, MIT licence): the format and its documented meaning. Fellegi & Sunter 1969.

mod blocking;
mod functions;
mod predict;
mod settings;
mod sql;
mod tokens;
mod value;

#[cfg(test)]
mod tests;

pub use predict::{SplinkPair, SplinkPairs, SplinkWeight};
pub use settings::{
    SplinkComparison, SplinkLevel, SplinkLinkType, SplinkProbability, SplinkRule, SplinkSettings,
};

use settings::default_probabilities;
use sql::{Comparator, Expr, Naming, Side};

use crate::error::{Error, ErrorKind, Result};

/// Probabilities below this count as this, as in Splink.
const LEAST_PROBABILITY: f64 = 1e-300;

/// Most levels of a comparison: gammas are one byte.
const MAX_LEVELS: usize = 100;

/// A Splink model, ready to score.
///
/// # Example
/// ```
/// use quilate::score::splink::SplinkModel;
/// let model = SplinkModel::from_json(r#"{
///   "link_type": "dedupe_only", "unique_id_column_name": "id",
///   "probability_two_random_records_match": 0.01,
///   "blocking_rules_to_generate_predictions": ["l.surname = r.surname"],
///   "comparisons": [{ "output_column_name": "name", "comparison_levels": [
///     { "sql_condition": "name_l IS NULL OR name_r IS NULL", "is_null_level": true },
///     { "sql_condition": "jaro_winkler_similarity(name_l, name_r) >= 0.9", "m_probability": 0.9, "u_probability": 0.05 },
///     { "sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.95 }
///   ] }]
/// }"#)?;
/// let rows = [["1", "maria", "ruiz"], ["2", "marina", "ruiz"], ["3", "", "ruiz"]];
/// let records = rows.map(|[id, name, surname]| serde_json::json!({ "id": id, "name": name, "surname": surname }));
/// let pairs = model.score(&quilate::Table::from_records("crm", records)?)?;
/// let gammas: Vec<i8> = (0..pairs.len()).map(|at| pairs.gammas(at)[0]).collect();
/// assert_eq!(gammas, [1, -1, -1]);
/// let prior = (0.01f64 / 0.99).log2();
/// assert!((pairs.pair(0).weight - prior - (0.9f64 / 0.05).log2()).abs() < 1e-12);
/// # Ok::<(), quilate::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SplinkModel {
    settings: SplinkSettings,
    /// log2 odds of the prior.
    prior: f64,
    /// Columns that conditions and adjustments read, in lower case.
    columns: Vec<String>,
    comparisons: Vec<Comparison>,
    rules: Vec<Expr>,
}

/// A comparison with its conditions parsed.
#[derive(Clone, Debug)]
struct Comparison {
    name: String,
    levels: Vec<Level>,
    /// Columns that decide the level, of the left and of the right record.
    reads: Vec<(Side, usize)>,
}

#[derive(Clone, Debug)]
struct Level {
    /// `None` is ELSE.
    condition: Option<Expr>,
    gamma: i8,
    m: f64,
    u: f64,
    /// log2(m / u); 0 for the null level.
    weight: f64,
    frequency: Option<FrequencyAdjustment>,
}

/// `weight * (log2 u - log2 max(tf_l, tf_r, minimum))`.
#[derive(Clone, Copy, Debug)]
struct FrequencyAdjustment {
    column: usize,
    log2_u: f64,
    weight: f64,
    minimum: f64,
}

impl SplinkModel {
    /// Reads a settings file.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] for what is no settings file; [`ErrorKind::Config`] naming the path and the construct that is
    /// not known, the probability that is none, or the level that is missing.
    pub fn from_json(text: &str) -> Result<Self> {
        let settings = serde_json::from_str(text)
            .map_err(|error| Error::new(ErrorKind::Format, format!("no Splink settings: {error}")))?;
        Self::new(settings)
    }

    /// From settings in memory.
    ///
    /// # Errors
    /// As [`Self::from_json`].
    pub fn new(settings: SplinkSettings) -> Result<Self> {
        let prior = settings.probability_two_random_records_match;
        if !(prior > 0.0 && prior < 1.0) {
            let message = format!("{prior} is no probability between 0 and 1");
            return Err(Error::new(ErrorKind::Config, message).at("probability_two_random_records_match"));
        }
        check_dialect(settings.other.get("sql_dialect"), "sql_dialect")?;
        let mut columns = Vec::new();
        let comparisons = settings.comparisons.iter().enumerate().map(|(at, comparison)| {
            compile_comparison(comparison, &format!("comparisons[{at}]"), &mut columns)
        });
        let comparisons = comparisons.collect::<Result<_>>()?;
        let rules = settings.blocking_rules_to_generate_predictions.iter().enumerate().map(|(at, rule)| {
            let path = format!("blocking_rules_to_generate_predictions[{at}]");
            if let SplinkRule::Detailed { other, .. } = rule {
                check_dialect(other.get("sql_dialect"), &path)?;
                if other.get("arrays_to_explode").is_some_and(|value| !value.is_null()) {
                    let message = "unknown construct `arrays_to_explode`";
                    return Err(Error::new(ErrorKind::Config, message).at(path));
                }
            }
            sql::parse(rule.condition(), Naming::Qualifier, &mut columns).map_err(|error| error.at(path))
        });
        let rules: Vec<Expr> = rules.collect::<Result<_>>()?;
        if rules.len() > usize::from(u16::MAX) {
            return Err(Error::new(ErrorKind::Limit, "more than 65,535 blocking rules"));
        }
        let prior = (prior / (1.0 - prior)).log2();
        Ok(Self { settings, prior, columns, comparisons, rules })
    }

    /// The settings file, as Splink reads it.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when a number is none, which JSON cannot hold.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(&self.settings)
            .map_err(|error| Error::new(ErrorKind::Format, error.to_string()))
    }

    /// The settings.
    pub fn settings(&self) -> &SplinkSettings {
        &self.settings
    }

    /// Names of the comparisons, in order.
    pub fn comparison_names(&self) -> impl ExactSizeIterator<Item = &str> + '_ {
        self.comparisons.iter().map(|comparison| comparison.name.as_str())
    }
}

/// Functions of other dialects have other semantics under the same names.
fn check_dialect(dialect: Option<&serde_json::Value>, path: &str) -> Result<()> {
    match dialect.and_then(serde_json::Value::as_str) {
        None | Some("duckdb") => Ok(()),
        Some(other) => Err(Error::new(ErrorKind::Config, format!("unknown construct: SQL of {other}"))
            .at(path)
            .cure("export the model from Splink's DuckDB backend")),
    }
}

fn compile_comparison(
    comparison: &SplinkComparison,
    path: &str,
    columns: &mut Vec<String>,
) -> Result<Comparison> {
    let fail = |message: &str| Err(Error::new(ErrorKind::Config, message).at(path));
    let levels = &comparison.comparison_levels;
    let counted = levels.iter().filter(|level| !level.is_null_level).count();
    if levels.len() > MAX_LEVELS {
        return fail("more than 100 levels");
    }
    if counted < 2 || !levels.last().is_some_and(SplinkLevel::is_else) {
        return fail("needs two levels or more, the last of them ELSE");
    }
    let defaults = default_probabilities(counted);
    let mut compiled: Vec<Level> = Vec::with_capacity(levels.len());
    let mut next = counted as i8;
    for (at, level) in levels.iter().enumerate() {
        let path = format!("{path}.comparison_levels[{at}]");
        let condition = match level.is_else() {
            true => None,
            false => {
                let parsed = sql::parse(&level.sql_condition, Naming::Suffix, columns);
                Some(parsed.map_err(|error| error.at(format!("{path}.sql_condition")))?)
            }
        };
        if level.is_null_level {
            compiled.push(Level { condition, gamma: -1, m: 1.0, u: 1.0, weight: 0.0, frequency: None });
            continue;
        }
        next -= 1;
        let probability = |given: &Option<SplinkProbability>, default: f64, name: &str| match given {
            None => Ok(default),
            Some(given) => given.value().ok_or_else(|| {
                Error::new(ErrorKind::Config, "is no probability between 0 and 1")
                    .at(format!("{path}.{name}"))
            }),
        };
        let m = probability(&level.m_probability, defaults.0[next as usize], "m_probability")?;
        let u = probability(&level.u_probability, defaults.1[next as usize], "u_probability")?;
        let weight = (m.max(LEAST_PROBABILITY) / u.max(LEAST_PROBABILITY)).log2();
        compiled.push(Level { condition, gamma: next, m, u, weight, frequency: None });
    }
    for (at, level) in levels.iter().enumerate() {
        compiled[at].frequency = frequency_adjustment(level, at, &compiled, columns)
            .map_err(|error| error.at(format!("{path}.comparison_levels[{at}].tf_adjustment_column")))?;
    }
    let mut reads = Vec::new();
    for condition in compiled.iter().filter_map(|level| level.condition.as_ref()) {
        condition.columns(&mut |side, column| {
            if !reads.contains(&(side, column)) {
                reads.push((side, column));
            }
        });
    }
    let name = comparison.output_column_name.clone().unwrap_or_else(|| default_name(&reads, columns));
    Ok(Comparison { name, levels: compiled, reads })
}

/// The adjustment of a level, from the u of the level of equality on just its column.
fn frequency_adjustment(
    level: &SplinkLevel,
    at: usize,
    levels: &[Level],
    columns: &mut Vec<String>,
) -> Result<Option<FrequencyAdjustment>> {
    let weight = level.tf_adjustment_weight.unwrap_or(1.0);
    let Some(name) = &level.tf_adjustment_column else { return Ok(None) };
    if weight == 0.0 || level.is_null_level || level.is_else() {
        return Ok(None);
    }
    let name = name.trim_matches('"').to_lowercase();
    let column = columns.iter().position(|known| *known == name).unwrap_or_else(|| {
        columns.push(name);
        columns.len() - 1
    });
    let u = if level.disable_tf_exact_match_detection {
        levels[at].u
    } else {
        let exact = levels.iter().find(|level| level.condition.as_ref().is_some_and(|c| equal_on(c, column)));
        let Some(exact) = exact else {
            return Err(Error::new(ErrorKind::Config, "no level is equality on just this column")
                .cure("add one, or set disable_tf_exact_match_detection"));
        };
        exact.u
    };
    let minimum = level.tf_minimum_u_value.unwrap_or(0.0);
    Ok(Some(FrequencyAdjustment { column, log2_u: u.max(LEAST_PROBABILITY).log2(), weight, minimum }))
}

/// Whether a condition is equality of the two records on one column, and on nothing else.
fn equal_on(condition: &Expr, column: usize) -> bool {
    let Expr::Compare(Comparator::Equal, a, b) = condition else { return false };
    let is = |expr: &Expr, side: Side| matches!(expr, Expr::Column { side: s, column: c } if *s == side && *c == column);
    (is(a, Side::Left) && is(b, Side::Right)) || (is(a, Side::Right) && is(b, Side::Left))
}

/// What Splink calls a comparison without a name.
fn default_name(reads: &[(Side, usize)], columns: &[String]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for &(_, column) in reads {
        if !names.contains(&columns[column].as_str()) {
            names.push(&columns[column]);
        }
    }
    if let [name] = names[..] { name.to_owned() } else { format!("custom_{}", names.join("_")) }
}
