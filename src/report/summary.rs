//! What a run did, in numbers: the content of `report.json`. Positions and counts only, never a customer's value.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::compare::Comparisons;
use crate::error::Issue;
use crate::ids::MatchWeight;
use crate::pipeline::Resolution;
use crate::score::EmReport;

/// Counts of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Version of the library.
    pub version: &'static str,
    /// Records read.
    pub records: u64,
    /// Customers found.
    pub entities: u64,
    /// By source.
    pub sources: Vec<SourceSummary>,
    /// Customers that two sources have in common, by pair of sources.
    pub shared: Vec<SharedEntities>,
    /// Number of customers by how many records they have.
    pub entity_sizes: BTreeMap<u64, u64>,
    /// Mean quality of the golden records, 0 to 100.
    pub mean_quality: f64,
    /// What each column was taken for.
    pub columns: Vec<ColumnSummary>,
    /// How the matching went.
    pub matching: MatchingSummary,
    /// Findings about the data.
    pub issues: Vec<Issue>,
}

/// Counts of one source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceSummary {
    /// Its name.
    pub name: String,
    /// Records read.
    pub records: u64,
    /// Customers with a record in it.
    pub entities: u64,
    /// Records beyond the first of a customer.
    pub duplicates: u64,
    /// Customers that only this source knows.
    pub only_here: u64,
}

/// Customers that two sources share.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SharedEntities {
    /// First source.
    pub left: String,
    /// Second source.
    pub right: String,
    /// Customers with a record in both.
    pub entities: u64,
}

/// One column and its role.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnSummary {
    /// Source.
    pub source: String,
    /// Name of the column.
    pub field: String,
    /// What it was taken for.
    pub role: String,
    /// How sure, 0 to 1.
    pub confidence: f64,
    /// Why.
    pub reasons: Vec<String>,
}

/// How the matching went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MatchingSummary {
    /// Candidate pairs compared.
    pub candidate_pairs: u64,
    /// Pairs kept for clustering.
    pub kept_pairs: u64,
    /// Pairs of records inside customers.
    pub matched_pairs: u64,
    /// Matching pairs that the model expects among all records.
    pub estimated_matches: f64,
    /// log2 odds above which records are merged.
    pub threshold_weight: f64,
    /// The same as a probability.
    pub threshold_probability: f64,
    /// Training, by round.
    pub training: Vec<EmReport>,
    /// Keys of the blocking.
    pub blocking: crate::block::IndexStats,
    /// Rules of the blocking.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<crate::block::RuleStats>,
    /// What a limit on memory came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<crate::pipeline::MemoryReport>,
    /// The model.
    pub comparisons: Vec<ComparisonSummary>,
}

/// One comparison of the model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparisonSummary {
    /// Name of the comparison.
    pub name: String,
    /// Comparisons on which it depends.
    pub depends_on: Vec<String>,
    /// Levels, best first.
    pub levels: Vec<LevelSummary>,
}

/// One level of the model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LevelSummary {
    /// Name of the level.
    pub level: &'static str,
    /// P(level | match).
    pub m: f64,
    /// P(level | strangers), averaged over values.
    pub u: f64,
}

impl Summary {
    /// Counts a resolution.
    pub fn new(resolution: &Resolution) -> Self {
        let records = resolution.records();
        let entities = resolution.entities();
        let (sources, shared) = count_sources(resolution);
        let mut entity_sizes = BTreeMap::new();
        for (_, members) in entities.iter() {
            *entity_sizes.entry(members.len() as u64).or_default() += 1;
        }
        let quality: u64 = (0..entities.len())
            .map(|e| u64::from(resolution.golden().score(crate::EntityId(e as u32))))
            .sum();
        let columns = resolution.mappings().iter().flat_map(|mapping| {
            mapping.fields.iter().map(|guess| ColumnSummary {
                source: mapping.source.clone(),
                field: guess.field.clone(),
                role: guess.role.to_string(),
                confidence: guess.confidence,
                reasons: guess.reasons.clone(),
            })
        });
        Self {
            version: env!("CARGO_PKG_VERSION"),
            records: records.len() as u64,
            entities: entities.len() as u64,
            sources,
            shared,
            entity_sizes,
            mean_quality: quality as f64 / entities.len().max(1) as f64,
            columns: columns.collect(),
            matching: matching_summary(resolution),
            issues: resolution.issues().iter().cloned().collect(),
        }
    }

    /// Records beyond the first of each customer.
    pub fn duplicates(&self) -> u64 {
        self.records - self.entities
    }
}

fn count_sources(resolution: &Resolution) -> (Vec<SourceSummary>, Vec<SharedEntities>) {
    let records = resolution.records();
    let names = &records.source_names;
    let summary = |name: &String| SourceSummary {
        name: name.clone(),
        records: 0,
        entities: 0,
        duplicates: 0,
        only_here: 0,
    };
    let mut sources: Vec<SourceSummary> = names.iter().map(summary).collect();
    let mut shared: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    for (_, members) in resolution.entities().iter() {
        let mut of: Vec<usize> =
            members.iter().map(|record| records.source[record.index()].index()).collect();
        of.iter().for_each(|&source| sources[source].records += 1);
        let before = of.len();
        of.dedup();
        debug_assert!(before >= of.len());
        of.iter().for_each(|&source| sources[source].entities += 1);
        if let [source] = of[..] {
            sources[source].only_here += 1;
        }
        for (at, &left) in of.iter().enumerate() {
            for &right in &of[at + 1..] {
                *shared.entry((left, right)).or_default() += 1;
            }
        }
    }
    sources.iter_mut().for_each(|source| source.duplicates = source.records - source.entities);
    let shared = shared.into_iter().map(|((left, right), entities)| SharedEntities {
        left: names[left].clone(),
        right: names[right].clone(),
        entities,
    });
    (sources, shared.collect())
}

fn matching_summary(resolution: &Resolution) -> MatchingSummary {
    let matching = resolution.matching();
    let comparisons = Comparisons::of_records(resolution.attributes(), &[]);
    let name = |at: usize| comparisons.items()[at].name.clone();
    let pairs = |n: usize| (n * (n - 1) / 2) as u64;
    MatchingSummary {
        candidate_pairs: matching.candidates,
        kept_pairs: matching.edges.len() as u64,
        matched_pairs: resolution.entities().iter().map(|(_, members)| pairs(members.len())).sum(),
        estimated_matches: matching.estimated_matches(),
        threshold_weight: matching.threshold,
        threshold_probability: MatchWeight(matching.threshold).probability().0,
        training: matching.em.clone(),
        blocking: matching.neighbours.stats.clone(),
        rules: matching.rules.stats().cloned().collect(),
        memory: matching.memory,
        comparisons: comparisons
            .items()
            .iter()
            .zip(&matching.model.comparisons)
            .map(|(item, model)| ComparisonSummary {
                name: item.name.clone(),
                depends_on: model.parents.iter().map(|parent| name(parent.comparison)).collect(),
                levels: item
                    .levels
                    .iter()
                    .zip(model.m[0].iter().zip(&model.u[0]))
                    .map(|(level, (&m, &u))| LevelSummary { level: level.name, m, u })
                    .collect(),
            })
            .collect(),
    }
}
