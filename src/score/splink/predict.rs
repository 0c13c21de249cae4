//! Candidate pairs, levels and weights of a table under a Splink model.

use std::borrow::Cow;

use super::blocking::{Candidate, candidates};
use super::sql::Side;
use super::value::Pair;
use super::{Comparison, SplinkLinkType, SplinkModel};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{MatchWeight, Probability};
use crate::par;
use crate::table::{Column, ColumnBuilder, NULL, Table};

/// Pairs that one task scores.
const CHUNK: usize = 1 << 13;

/// Slots of a level cache; a power of two.
const CACHE_SLOTS: usize = 1 << 13;

/// What stands between source and id where Splink orders records by both.
const SEPARATOR: &str = "-__-";

/// A scored pair.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SplinkPair {
    /// The left record: its number over all sources, in their order.
    pub left: u32,
    /// The right record.
    pub right: u32,
    /// The first blocking rule that proposes the pair.
    pub match_key: u16,
    /// Match weight (log2 odds), prior included.
    pub weight: f64,
}

impl SplinkPair {
    /// The weight as a probability.
    pub fn probability(&self) -> Probability {
        MatchWeight(self.weight).probability()
    }
}

/// What one comparison adds to a pair's weight.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SplinkWeight {
    /// The level, -1 for null.
    pub gamma: i8,
    /// P(level | match).
    pub m: f64,
    /// P(level | no match).
    pub u: f64,
    /// log2(m / u).
    pub weight: f64,
    /// What the frequency of the value adds, in bits.
    pub frequency: f64,
}

/// All scored pairs of a table, by blocking rule and then by record.
#[derive(Clone, Debug)]
pub struct SplinkPairs {
    sources: Vec<String>,
    /// Source of each record.
    source: Vec<u16>,
    ids: Column,
    comparisons: usize,
    pairs: Vec<SplinkPair>,
    /// `pairs x comparisons`, row-major.
    gammas: Vec<i8>,
}

impl SplinkPairs {
    /// How many pairs.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// A pair by its place.
    ///
    /// # Panics
    /// When there is no such pair.
    pub fn pair(&self, at: usize) -> &SplinkPair {
        &self.pairs[at]
    }

    /// All pairs.
    pub fn pairs(&self) -> &[SplinkPair] {
        &self.pairs
    }

    /// The level of each comparison of a pair; -1 is null.
    ///
    /// # Panics
    /// When there is no such pair.
    pub fn gammas(&self, at: usize) -> &[i8] {
        &self.gammas[at * self.comparisons..][..self.comparisons]
    }

    /// Source and id of a record.
    ///
    /// # Panics
    /// When there is no such record.
    pub fn record(&self, record: u32) -> (&str, &str) {
        (
            &self.sources[self.source[record as usize] as usize],
            self.ids.get(record as usize).unwrap_or_default(),
        )
    }
}

/// A table as one list of records, with the columns of a model.
struct Records<'a> {
    sources: Vec<String>,
    source: Vec<u16>,
    ids: Column,
    columns: Vec<Cow<'a, Column>>,
}

impl<'a> Records<'a> {
    fn new(model: &SplinkModel, table: &'a Table) -> Result<Self> {
        let sources = table.sources();
        let id = &model.settings.unique_id_column_name;
        let ids =
            joined(table, id).map_err(|error| error.cure("name it in unique_id_column_name"))?.into_owned();
        if let Some(record) = (0..ids.len()).find(|&record| ids.first_code(record) == NULL) {
            let message = format!("record {} has no id", record + 1);
            return Err(Error::new(ErrorKind::Format, message).field(id));
        }
        let columns = model.columns.iter().map(|name| joined(table, name)).collect::<Result<_>>()?;
        Ok(Self {
            sources: sources.iter().map(|source| source.name().to_owned()).collect(),
            source: (0u16..).zip(sources).flat_map(|(at, source)| vec![at; source.len()]).collect(),
            ids,
            columns,
        })
    }

    /// The place of each record in Splink's order: by id in one source (as numbers, where all are), else by source and id.
    fn ranks(&self) -> Vec<u32> {
        let id = |record: usize| self.ids.get(record).unwrap_or_default();
        let mut order: Vec<u32> = (0..self.source.len() as u32).collect();
        let numbers: Option<Vec<i64>> = (self.sources.len() < 2)
            .then(|| (0..self.source.len()).map(|record| id(record).parse().ok()).collect())
            .flatten();
        match numbers {
            Some(numbers) => order.sort_by_key(|&record| numbers[record as usize]),
            None if self.sources.len() < 2 => order.sort_by(|&a, &b| id(a as usize).cmp(id(b as usize))),
            None => order.sort_by_cached_key(|&record| {
                let source = &self.sources[self.source[record as usize] as usize];
                format!("{source}{SEPARATOR}{}", id(record as usize))
            }),
        }
        let mut ranks = vec![0; order.len()];
        // Records of one id share a rank: neither is left of the other.
        let mut rank = 0;
        for (at, &record) in order.iter().enumerate() {
            let same = at > 0 && {
                let before = order[at - 1] as usize;
                self.source[before] == self.source[record as usize] && id(before) == id(record as usize)
            };
            rank = if same { rank } else { at as u32 };
            ranks[record as usize] = rank;
        }
        ranks
    }
}

/// A column over all sources; names are compared without regard to case, as DuckDB does.
fn joined<'a>(table: &'a Table, name: &str) -> Result<Cow<'a, Column>> {
    let find = |source: &'a crate::table::Source| {
        let at = source.fields().iter().position(|field| field.to_lowercase() == name.to_lowercase());
        at.map(|at| &source.columns()[at]).ok_or_else(|| {
            Error::new(ErrorKind::UnknownField, "the source has no such column").at(source.name()).field(name)
        })
    };
    if let [source] = table.sources() {
        return Ok(Cow::Borrowed(find(source)?));
    }
    let mut builder = ColumnBuilder::new();
    for source in table.sources() {
        let column = find(source)?;
        (0..column.len()).for_each(|record| builder.push_list(column.values(record)));
    }
    Ok(Cow::Owned(builder.finish()))
}

/// Value frequencies of the columns that adjust weights, by column number: log2 is taken where it is needed.
fn frequencies(model: &SplinkModel, columns: &[Cow<'_, Column>]) -> Vec<Vec<f64>> {
    let used = |column: usize| {
        let levels = model.comparisons.iter().flat_map(|comparison| &comparison.levels);
        levels.filter_map(|level| level.frequency).any(|frequency| frequency.column == column)
    };
    let share = |(at, column): (usize, &Cow<'_, Column>)| {
        if !used(at) {
            return Vec::new();
        }
        let total = column.non_null().max(1) as f64;
        column.counts().into_iter().map(|count| f64::from(count) / total).collect()
    };
    columns.iter().enumerate().map(share).collect()
}

/// Levels by the codes of the values that decide them, one cache a comparison and thread.
struct Cache {
    width: usize,
    keys: Vec<u32>,
    levels: Vec<u8>,
}

impl Cache {
    fn new(width: usize) -> Self {
        // A slot is empty while its level is the largest number, whatever its key.
        Self { width, keys: vec![0; width * CACHE_SLOTS], levels: vec![u8::MAX; CACHE_SLOTS] }
    }

    fn get_or(&mut self, key: &[u32], compute: impl FnOnce() -> u8) -> u8 {
        let mut hash = 0u64;
        for &code in key {
            hash = (hash ^ u64::from(code)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            hash ^= hash >> 29;
        }
        let slot = (hash as usize) & (CACHE_SLOTS - 1);
        let kept = &mut self.keys[slot * self.width..][..self.width];
        if self.levels[slot] == u8::MAX || kept != key {
            kept.copy_from_slice(key);
            self.levels[slot] = compute();
        }
        self.levels[slot]
    }
}

/// Scores pairs of one table.
struct Scorer<'a> {
    model: &'a SplinkModel,
    columns: &'a [Cow<'a, Column>],
    frequencies: Vec<Vec<f64>>,
}

impl Scorer<'_> {
    /// The first level whose condition is true.
    fn level(&self, comparison: &Comparison, pair: &Pair<'_, '_>) -> u8 {
        let pair = Pair { columns: self.columns, left: pair.left, right: pair.right };
        let holds = |level: &super::Level| match &level.condition {
            None => true,
            Some(condition) => condition.evaluate(&pair).truth() == Some(true),
        };
        let last = comparison.levels.len() - 1;
        comparison.levels.iter().position(holds).unwrap_or(last) as u8
    }

    fn weight(&self, comparison: &Comparison, level: u8, pair: &Pair<'_, '_>) -> SplinkWeight {
        let level = &comparison.levels[level as usize];
        let frequency = level.frequency.map_or(0.0, |adjust| {
            let frequency = |record: usize| {
                let code = self.columns[adjust.column].first_code(record);
                (code != NULL).then(|| self.frequencies[adjust.column][code as usize])
            };
            let (left, right) = (frequency(pair.left), frequency(pair.right));
            // One missing side takes the other's; two are no adjustment.
            left.or(right).map_or(0.0, |known| {
                let frequency = known.max(right.or(left).unwrap_or(known)).max(adjust.minimum);
                adjust.weight * (adjust.log2_u - frequency.log2())
            })
        });
        SplinkWeight { gamma: level.gamma, m: level.m, u: level.u, weight: level.weight, frequency }
    }

    fn caches(&self) -> Vec<Option<Cache>> {
        let cache = |comparison: &Comparison| {
            let lists = comparison.reads.iter().any(|&(_, column)| self.columns[column].is_list());
            (!lists).then(|| Cache::new(comparison.reads.len()))
        };
        self.model.comparisons.iter().map(cache).collect()
    }

    fn score(&self, candidates: &[Candidate]) -> (Vec<SplinkPair>, Vec<i8>) {
        let mut caches = self.caches();
        let mut pairs = Vec::with_capacity(candidates.len());
        let mut gammas = Vec::with_capacity(candidates.len() * self.model.comparisons.len());
        let mut key = Vec::new();
        for candidate in candidates {
            let pair = Pair {
                columns: self.columns,
                left: candidate.left as usize,
                right: candidate.right as usize,
            };
            let mut total = self.model.prior;
            for (comparison, cache) in self.model.comparisons.iter().zip(&mut caches) {
                let level = match cache {
                    None => self.level(comparison, &pair),
                    Some(cache) => {
                        key.clear();
                        key.extend(comparison.reads.iter().map(|&(side, column)| {
                            let record = if side == Side::Left { pair.left } else { pair.right };
                            self.columns[column].first_code(record)
                        }));
                        cache.get_or(&key, || self.level(comparison, &pair))
                    }
                };
                let weight = self.weight(comparison, level, &pair);
                total += weight.weight + weight.frequency;
                gammas.push(weight.gamma);
            }
            let Candidate { left, right, rule } = *candidate;
            pairs.push(SplinkPair { left, right, match_key: rule, weight: total });
        }
        (pairs, gammas)
    }
}

impl SplinkModel {
    /// The candidate pairs of a table with their levels and weights.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownField`] for a column that a source lacks, [`ErrorKind::Format`] for a record without id,
    /// [`ErrorKind::Limit`] when a blocking rule would look at too many pairs.
    pub fn score(&self, table: &Table) -> Result<SplinkPairs> {
        let records = Records::new(self, table)?;
        let ranks = records.ranks();
        let source = &records.source;
        let two_sources = records.sources.len() == 2;
        let link_type = self.settings.link_type;
        let allowed = |left: u32, right: u32| {
            let (left, right) = (left as usize, right as usize);
            match link_type {
                SplinkLinkType::LinkOnly if two_sources => source[left] < source[right],
                SplinkLinkType::LinkOnly => source[left] != source[right] && ranks[left] < ranks[right],
                SplinkLinkType::DedupeOnly | SplinkLinkType::LinkAndDedupe => ranks[left] < ranks[right],
            }
        };
        let candidates = candidates(&self.rules, &records.columns, records.source.len(), &allowed)?;
        let scorer = Scorer {
            model: self,
            columns: &records.columns,
            frequencies: frequencies(self, &records.columns),
        };
        let parts = par::map_ranges(candidates.len(), CHUNK, |range| scorer.score(&candidates[range]));
        let mut pairs = Vec::with_capacity(candidates.len());
        let mut gammas = Vec::with_capacity(candidates.len() * self.comparisons.len());
        for (more_pairs, more_gammas) in parts {
            pairs.extend(more_pairs);
            gammas.extend(more_gammas);
        }
        let Records { sources, source, ids, .. } = records;
        Ok(SplinkPairs { sources, source, ids, comparisons: self.comparisons.len(), pairs, gammas })
    }

    /// What each comparison adds to the weight of two records, by source and id: the waterfall of a pair. Together with the
    /// prior they are its weight.
    ///
    /// # Errors
    /// As [`Self::score`], and [`ErrorKind::UnknownRecord`] when a record does not exist.
    pub fn explain(
        &self,
        table: &Table,
        left: (&str, &str),
        right: (&str, &str),
    ) -> Result<Vec<SplinkWeight>> {
        let records = Records::new(self, table)?;
        let find = |(source, id): (&str, &str)| {
            let same = |&record: &usize| {
                records.sources[records.source[record] as usize] == source
                    && records.ids.get(record) == Some(id)
            };
            (0..records.source.len())
                .find(same)
                .ok_or_else(|| Error::new(ErrorKind::UnknownRecord, "no such record").at(source))
        };
        let pair = Pair { columns: &records.columns, left: find(left)?, right: find(right)? };
        let scorer = Scorer {
            model: self,
            columns: &records.columns,
            frequencies: frequencies(self, &records.columns),
        };
        let weight = |comparison| scorer.weight(comparison, scorer.level(comparison, &pair), &pair);
        Ok(self.comparisons.iter().map(weight).collect())
    }

    /// log2 odds of the prior.
    pub fn prior(&self) -> MatchWeight {
        MatchWeight(self.prior)
    }
}
