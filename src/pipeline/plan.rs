//! What a run will cost and find, before it is made.

use serde::Serialize;

use super::matching::{LinkType, possible_pairs};
use super::memory::MemoryForecast;
use super::{Config, clearing, detect_columns, guards, prepare, records, warnings};
use crate::block::{
    BlockEstimate, BlockMethod, BlockOptions, EstimateInput, MAX_RULE_BLOCK, RuleOptions, RuleStats, Rules,
    SuggestedRule, estimate, suggest,
};
use crate::compare::{Comparisons, PairLevels};
use crate::error::{Issue, Issues, Result};
use crate::ids::MatchWeight;
use crate::score::{Frequencies, Scorer, Trainer};
use crate::table::Table;

/// Records that the estimates look at: recall then has an error of one or two in a hundred.
const SAMPLE: usize = 1000;

/// Seconds of one core: for a record from its columns to its golden record, without its pairs; for a candidate pair over
/// both rounds. Rounded from the processor time of six data sets of 20,000 to 110,000 records (1.1 to 8.6 s), all of which
/// they hit within a factor of two: columns differ in what a record of them costs, and so do machines.
const SECONDS_A_RECORD: f64 = 40e-6;
const SECONDS_A_PAIR: f64 = 1e-6;

/// What is asked of a plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlanOptions {
    /// Pairs that suggested rules may make; left out: as many as the run compares.
    pub pair_budget: Option<u64>,
}

/// Cost and recall of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// Records of all sources.
    pub records: u64,
    /// How candidates are found.
    pub method: BlockMethod,
    /// Pairs of records that the link type allows.
    pub possible_pairs: f64,
    /// Candidates, recall and what they rest on.
    pub blocking: BlockEstimate,
    /// The configured rules.
    pub rules: Vec<PlannedRule>,
    /// Rules that would find most of the likely matches within the budget, in the order in which they pay.
    pub suggestions: Vec<SuggestedRule>,
    /// Bytes by what they are for.
    pub memory: MemoryForecast,
    /// The most that is held at one time.
    pub peak_bytes: u64,
    /// The least that a limit on memory may ask for.
    pub least_bytes: u64,
    /// Seconds of one core, roughly.
    pub cpu_seconds: f64,
    /// Findings about the data so far.
    pub issues: Vec<Issue>,
}

/// One of the configured rules.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlannedRule {
    /// Its blocks.
    #[serde(flatten)]
    pub stats: RuleStats,
    /// Pairs that it adds to the rules before it.
    pub adds: u64,
}

impl Plan {
    /// Candidate pairs a record.
    pub fn pairs_per_record(&self) -> f64 {
        self.blocking.candidate_pairs / self.records.max(1) as f64
    }

    /// Share of the possible pairs that is never looked at.
    pub fn reduction(&self) -> f64 {
        1.0 - self.blocking.candidate_pairs / self.possible_pairs.max(1.0)
    }
}

/// Estimates what [`consolidate`](super::consolidate) would do under the same configuration: nothing is merged.
///
/// Matches are judged by a model that has learned how strangers differ and stands on expectations otherwise.
///
/// # Errors
/// As [`consolidate`](super::consolidate).
///
/// # Complexity
/// Reading of the columns and the index of the keys as in a run; of the rest a fixed sample.
///
/// # Example
/// ```
/// use quilate::pipeline::{PlanOptions, plan};
/// use quilate::{Config, Table};
///
/// let rows = (0..40).map(|n| [("id", n.to_string()), ("email", format!("ana{}@ruiz.es", n % 20))]);
/// let table = Table::from_records("crm", rows.map(std::collections::BTreeMap::from))?;
/// let plan = plan(table, &Config::default(), &PlanOptions::default())?;
/// assert_eq!((plan.records, plan.possible_pairs), (40, 780.0));
/// assert!(plan.blocking.candidate_pairs >= 20.0);
/// # Ok::<(), quilate::Error>(())
/// ```
pub fn plan(table: Table, config: &Config, options: &PlanOptions) -> Result<Plan> {
    config.validate()?;
    let mut issues = Issues::new();
    let mappings = detect_columns(&table, config)?;
    warnings::files(table.sources(), &mappings, &mut issues);
    let mut ordered = records::order(table, &mappings, &mut issues)?;
    let cleared = clearing::take_marks(&mut ordered, &mappings, config);
    let mut prepared =
        prepare::prepare(&mut ordered, &mappings, &cleared, config.reference_day(), &mut issues);
    guards::shared_values(&mut prepared.attributes, &config.guards, &ordered, &mut issues);
    warnings::evidence(&prepared.attributes, &mut issues);
    drop(ordered.files);
    let attributes = &prepared.attributes;
    let matching = config.match_options();
    let comparisons = Comparisons::new(attributes);
    let possible_pairs = possible_pairs(attributes, matching.link_type);

    let across_sources_only = matching.link_type == LinkType::LinkOnly;
    let within_sources_only = matching.link_type == LinkType::DedupeOnly;
    let rule_options =
        RuleOptions { max_block: matching.max_block, across_sources_only, within_sources_only };
    let rules = Rules::new(attributes, &matching.rules, rule_options)?;
    let trainer = Trainer::new(&comparisons, matching.seed, possible_pairs);
    let model = trainer.start(None, &[]);
    let frequencies = Frequencies::of_records(&comparisons);
    let scorer = Scorer::new(&comparisons, &model, &frequencies);
    let input = EstimateInput {
        attributes,
        method: matching.block,
        options: BlockOptions { k: matching.k, across_sources_only, within_sources_only },
        rules: &rules,
        sample: SAMPLE,
    };
    let blocking = estimate(&input, || {
        let mut evaluator = comparisons.evaluator();
        let mut levels = PairLevels::default();
        let scorer = &scorer;
        move |a: u32, b: u32| {
            evaluator.evaluate(a as usize, b as usize, &mut levels);
            MatchWeight(scorer.score(&levels).weight).probability().0
        }
    });

    let budget = options.pair_budget.unwrap_or(blocking.candidate_pairs as u64);
    let suggested = RuleOptions { max_block: MAX_RULE_BLOCK, ..rule_options };
    let memory = MemoryForecast::new(
        attributes,
        prepared.heap_bytes() + ordered.records.heap_bytes(),
        prepared.golden.len(),
        &matching,
    );
    let cpu_seconds = SECONDS_A_RECORD * attributes.len() as f64 + SECONDS_A_PAIR * blocking.candidate_pairs;
    Ok(Plan {
        records: attributes.len() as u64,
        method: matching.block,
        possible_pairs,
        rules: rules
            .stats()
            .zip(rules.pair_counts())
            .map(|(stats, adds)| PlannedRule { stats: stats.clone(), adds })
            .collect(),
        suggestions: suggest(attributes, suggested, &blocking.likely, budget),
        peak_bytes: memory.peak(),
        least_bytes: memory.least(),
        memory,
        cpu_seconds,
        issues: issues.iter().cloned().collect(),
        blocking,
    })
}
