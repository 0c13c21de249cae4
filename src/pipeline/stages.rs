//! Single stages over tables that are parts of larger ones: what an engine that spreads the work over machines calls.
//!
//! A part is read under the columns of a whole: [`columns_of`] writes what was detected into a configuration, and
//! [`evidence`] reads records under it in the order in which they come. [`record_keys`](crate::block::record_keys) then
//! says where records meet, [`score_sides`] weighs pairs of them, [`components`](crate::cluster::components) joins what belongs
//! together, and [`merge_groups`](super::merge_groups) makes the golden records.
//!
//! # Null
//! A part may lack columns, values, and records.

use super::records::{Ordered, Records};
use super::{Config, SourceConfig, clearing, detect_columns, prepare};
use crate::compare::{Comparisons, NULL_LEVEL, PairLevels};
use crate::detect::Mapping;
use crate::error::{Error, ErrorKind, Issues, Result};
use crate::ids::{MatchWeight, SourceId};
use crate::normalize::attributes::Attributes;
use crate::par;
use crate::score::{Frequencies, FrequencyTable, Scorer, TrainedModel};
use crate::table::{Source, Table};

/// Pairs that one task scores.
const CHUNK: usize = 1 << 13;

/// The configuration with what was detected about each source written into it, so that it need not be detected again: the
/// content of a file that people edit, or that other parts of the data are read under.
///
/// # Errors
/// As [`detect_columns`].
pub fn columns_of(table: &Table, config: &Config) -> Result<Config> {
    Ok(with_columns(config, detect_columns(table, config)?))
}

/// The configuration with mappings written into it, as [`columns_of`] does with those that it detects.
pub fn with_columns(config: &Config, mappings: Vec<Mapping>) -> Config {
    let mut config = config.clone();
    for mapping in mappings {
        let columns =
            mapping.fields.iter().map(|guess| (guess.field.clone(), guess.role.to_string())).collect();
        let settings = SourceConfig {
            region: mapping.region,
            locale: mapping.locale,
            day_first: mapping.day_first,
            cleared: config.sources.get(&mapping.source).map_or_else(Vec::new, |known| known.cleared.clone()),
            columns,
        };
        config.sources.insert(mapping.source, settings);
    }
    // The columns say it all now; said twice it could contradict itself after an edit.
    (config.id, config.source_column) = (None, None);
    config.ignore.clear();
    config.drop_ignored = false;
    config
}

/// Normalised attributes of records in the order in which they come: those of the first source, then the next.
///
/// # Shape
/// As many records as the sources have together; `source` numbers the sources in the order given.
///
/// # Errors
/// As [`detect_columns`], but columns that the configuration names and a part lacks are no error; [`ErrorKind::Limit`] for
/// more than 2^32 - 2 records.
pub fn evidence(sources: &[Source], config: &Config) -> Result<(Attributes, Issues)> {
    let mut mappings = Vec::with_capacity(sources.len());
    let mut records = Records::default();
    let (mut place, mut total) = (Vec::new(), 0u32);
    for (number, source) in sources.iter().enumerate() {
        let table = Table::new(vec![source.clone()])?;
        mappings.extend(detect_columns(&table, &part_config(source, config))?);
        let end = u64::from(total) + source.len() as u64;
        if end >= u64::from(u32::MAX) {
            return Err(Error::new(ErrorKind::Limit, "more than 4,294,967,294 records").at(source.name()));
        }
        place.push((total..end as u32).collect());
        total = end as u32;
        records.source_names.push(source.name().to_owned());
        records.source.extend(std::iter::repeat_n(SourceId::from_index(number), source.len()));
    }
    records.number_ids();
    let mut ordered = Ordered { records, files: sources.to_vec(), place };
    let cleared = clearing::take_marks(&mut ordered, &mappings, config);
    let mut issues = Issues::new();
    let prepared = prepare::prepare(&mut ordered, &mappings, &cleared, config.reference_day(), &mut issues);
    Ok((prepared.attributes, issues))
}

/// The part of a configuration that a source answers to.
fn part_config(source: &Source, config: &Config) -> Config {
    let has = |column: &String| source.field_index(column).is_some();
    let mut part = Config {
        id: config.id.clone().filter(has),
        source_column: config.source_column.clone().filter(has),
        ignore: config.ignore.iter().filter(|column| has(column)).cloned().collect(),
        drop_ignored: config.drop_ignored,
        ..Config::default()
    };
    if let Some(settings) = config.sources.get(source.name()) {
        let mut settings = settings.clone();
        settings.columns.retain(|column, _| has(column));
        part.sources.insert(source.name().to_owned(), settings);
    }
    part
}

/// Weights of pairs whose two records stand in the same row of two tables.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredSides {
    /// The match weight of each row.
    pub weights: Vec<MatchWeight>,
    /// Name of each comparison, with its level in each row; `missing` where a side has no value.
    pub levels: Vec<(String, Vec<&'static str>)>,
}

/// Scores pairs under a trained model: row `i` of `left` against row `i` of `right`.
///
/// With the frequencies of the training a pair weighs what it weighed there; without them, every value is taken for as
/// frequent as any, and a pair weighs the same in whatever batch it comes.
///
/// # Errors
/// [`ErrorKind::Format`] when the sides are not of one length, as [`evidence`], and as [`TrainedModel::fit`].
pub fn score_sides(
    left: Source,
    right: Source,
    config: &Config,
    model: &TrainedModel,
    frequencies: Option<&FrequencyTable>,
) -> Result<ScoredSides> {
    let rows = left.len();
    if right.len() != rows {
        return Err(Error::new(ErrorKind::Format, "the sides of pairs must have as many rows as each other"));
    }
    let (attributes, _) = evidence(&[left, right], config)?;
    let comparisons = Comparisons::new(&attributes);
    let (model, _) = model.fit_part(&comparisons)?;
    let frequencies = match frequencies {
        Some(table) => table.fit(&comparisons, &model),
        None => Frequencies::average(&comparisons, &model),
    };
    let scorer = Scorer::new(&comparisons, &model, &frequencies);
    let parts = par::map_ranges(rows, CHUNK, |range| {
        let mut evaluator = comparisons.evaluator();
        let mut pair = PairLevels::default();
        let scored = range.map(|row| {
            evaluator.evaluate(row, rows + row, &mut pair);
            (scorer.weight(&pair), pair.levels)
        });
        scored.collect::<Vec<_>>()
    });
    let scored: Vec<_> = parts.into_iter().flatten().collect();
    let name = |at: usize, level: u8| match level {
        NULL_LEVEL => "missing",
        level => comparisons.items()[at].levels[level as usize].name,
    };
    let of = |at: usize| scored.iter().map(|(_, levels)| name(at, levels[at])).collect();
    let items = comparisons.items().iter().enumerate();
    Ok(ScoredSides {
        weights: scored.iter().map(|(weight, _)| *weight).collect(),
        levels: items.map(|(at, item)| (item.name.clone(), of(at))).collect(),
    })
}
