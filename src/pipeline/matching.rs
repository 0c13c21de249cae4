//! From evidence to entities: block, compare, score, cluster, in two rounds.
//!
//! The first round learns a model from all records as if they were independent. The second knows its clusters: value
//! frequencies are counted over entities, `u` over pairs of different entities, and `m` and the prior over all pairs
//! inside entities, also those that blocking never proposed. A third round changes nothing.

use std::ops::Range;

use super::memory::MemoryReport;
use super::parts::by_parts;
use super::settle::{Settled, settle};
use crate::block::{
    BlockMethod, BlockOptions, CandidatePairs, K, MAX_RULE_BLOCK, Neighbours, Rule, RuleOptions, Rules,
};
use crate::cluster::{
    self, ClusterMethod, Constraints, Demotion, Edge, Entities, LinkageOptions, MERGE_THRESHOLD,
    ONE_TO_ONE_THRESHOLD, PairScorer, ReviewItem, Split, UnionFind,
};
use crate::compare::{Comparisons, Evaluator, NULL_LEVEL, PairLevels};
use crate::control::{Control, Stage};
use crate::error::Result;
use crate::normalize::attributes::Attributes;
use crate::par;
use crate::score::{
    Candidates, EmReport, Frequencies, Labels, Model, PairScore, Scorer, TrainedModel, Trainer, learn,
    measure_rarity,
};
use crate::spill::{List, Spill};
use crate::table::AttributeKind;

/// Pairs below this weight (log2 odds) are not stored: nothing short of many better neighbours could join them.
pub const KEEP_WEIGHT: f64 = -10.0;

/// Pairs below this weight in the first round are not looked at in the second: its model would have to move them by
/// half their distance to an even chance.
const RETRY_WEIGHT: f64 = -20.0;

/// Rounds of learning.
const ROUNDS: usize = 2;

/// Connected components chain: at an even chance they reach F1 .26 on the largest of five labelled sets where a threshold
/// of 5 bits reaches .91, and none of 0, 5 and 10 bits is best on all.
const CHAIN_THRESHOLD: f64 = 5.0;

/// Which pairs may match.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkType {
    /// Within and across sources.
    #[default]
    LinkAndDedupe,
    /// Only across sources; each source holds no duplicates, so an entity has at most one record of each.
    LinkOnly,
    /// Only within sources.
    DedupeOnly,
}

/// What outranks the weights: who is one customer and who is not, and what a customer may hold.
///
/// What sources have merged takes part in learning. What people have decided, and the limits, come after it: a judgement
/// changes the entities that it is about, and no others.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Pairs that a source has merged already.
    pub merged: Vec<(u32, u32)>,
    /// What people have decided.
    pub judged: Constraints,
    /// The most records of a customer that weights may join.
    pub max_size: Option<usize>,
    /// The most different values of a kind that one customer may have, the kind that says most first.
    pub limits: Vec<(AttributeKind, usize)>,
    /// Pairs whose class people have told, to train on; they force nothing.
    pub labels: Labels,
}

/// How matching runs.
#[derive(Clone, Debug)]
pub struct MatchOptions {
    /// Which pairs may match.
    pub link_type: LinkType,
    /// Match weight (log2 odds) above which clusters merge; none: the model's own.
    pub threshold: Option<f64>,
    /// Seed of all sampling.
    pub seed: u64,
    /// How entities are made of scored pairs.
    pub cluster: ClusterMethod,
    /// How candidate pairs are found.
    pub block: BlockMethod,
    /// Neighbours of each record.
    pub k: usize,
    /// The rules of candidate pairs.
    pub rules: Vec<Rule>,
    /// Records that a block of a rule may hold.
    pub max_block: usize,
}

impl Default for MatchOptions {
    fn default() -> Self {
        Self {
            link_type: LinkType::default(),
            threshold: None,
            seed: 1,
            cluster: ClusterMethod::default(),
            block: BlockMethod::Neighbours,
            k: K,
            rules: Vec::new(),
            max_block: MAX_RULE_BLOCK,
        }
    }
}

impl MatchOptions {
    /// The weight above which records merge when none is given.
    fn default_threshold(&self) -> f64 {
        match self.cluster {
            _ if self.link_type == LinkType::LinkOnly => ONE_TO_ONE_THRESHOLD,
            ClusterMethod::Profile => MERGE_THRESHOLD,
            ClusterMethod::BestLink => 0.0,
            ClusterMethod::Components => CHAIN_THRESHOLD,
        }
    }
}

/// What matching found.
#[derive(Debug)]
pub struct Matching {
    /// The entities.
    pub entities: Entities,
    /// The trained model.
    pub model: Model,
    /// Value frequencies that belong to the model.
    pub frequencies: Vec<Frequencies>,
    /// All pairs above [`KEEP_WEIGHT`], by (a, b).
    pub edges: Vec<Edge>,
    /// Candidate pairs.
    pub candidates: u64,
    /// The neighbour lists that made the candidates; empty when rules alone did.
    pub neighbours: Neighbours,
    /// The rules that made candidates beside them.
    pub rules: Rules,
    /// EM of each round.
    pub em: Vec<EmReport>,
    /// The weight above which clusters merged.
    pub threshold: f64,
    /// Pairs of records that the link type allows.
    pub possible_pairs: f64,
    /// Which pairs could match.
    pub link_type: LinkType,
    /// What the weights would have joined, and an override did not let.
    pub refused: Vec<ReviewItem>,
    /// Identifiers that were demoted to relations.
    pub demoted: Vec<Demotion>,
    /// What the limit on the size of entities cut.
    pub split: Option<Split>,
    /// What a limit on memory came to, where there is one.
    pub memory: Option<MemoryReport>,
}

impl Matching {
    /// The candidate pairs, to be streamed again.
    pub fn candidate_pairs(&self) -> CandidatePairs<'_> {
        CandidatePairs { neighbours: Some(&self.neighbours), rules: Some(&self.rules) }
    }

    /// Entities that are known, without anything that was matched: a model that weighs nothing, and no pairs.
    pub(super) fn given(comparisons: &Comparisons<'_>, entities: Entities) -> Self {
        Self {
            entities,
            model: Model::neutral(comparisons),
            frequencies: Frequencies::of_records(comparisons),
            edges: Vec::new(),
            candidates: 0,
            neighbours: Neighbours::none(comparisons.attributes().len()),
            rules: Rules::none(comparisons.attributes().len()),
            em: Vec::new(),
            threshold: MERGE_THRESHOLD,
            possible_pairs: possible_pairs(comparisons.attributes(), LinkType::LinkAndDedupe),
            link_type: LinkType::LinkAndDedupe,
            refused: Vec::new(),
            demoted: Vec::new(),
            split: None,
            memory: None,
        }
    }
}

/// Finds the entities of all records.
///
/// # Errors
/// [`ErrorKind::UnknownField`](crate::ErrorKind::UnknownField) for a blocking rule that names no attribute.
pub fn run(comparisons: &Comparisons<'_>, options: &MatchOptions, overrides: &Overrides) -> Result<Matching> {
    run_watched(comparisons, options, overrides, None, (&Control::new(), &Spill::never()))
}

/// As [`run`], by a model that was trained before, and the comparisons that it does not know: nothing is learned but
/// the frequencies of values.
///
/// # Errors
/// As [`run`] and [`TrainedModel::fit`].
pub fn run_trained(
    comparisons: &Comparisons<'_>,
    options: &MatchOptions,
    overrides: &Overrides,
    trained: &TrainedModel,
) -> Result<(Matching, Vec<String>)> {
    run_under(comparisons, options, overrides, Some(trained), &Control::new())
}

/// As [`run`] or, with a model, as [`run_trained`]; watched and stopped by others.
///
/// # Errors
/// As [`run`] and [`TrainedModel::fit`], and [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
pub fn run_under(
    comparisons: &Comparisons<'_>,
    options: &MatchOptions,
    overrides: &Overrides,
    trained: Option<&TrainedModel>,
    control: &Control,
) -> Result<(Matching, Vec<String>)> {
    run_spilling(comparisons, options, overrides, trained, control, &Spill::never())
}

/// As [`run_under`], with lists that leave memory when they outgrow it.
pub(super) fn run_spilling(
    comparisons: &Comparisons<'_>,
    options: &MatchOptions,
    overrides: &Overrides,
    trained: Option<&TrainedModel>,
    control: &Control,
    spill: &Spill<'_>,
) -> Result<(Matching, Vec<String>)> {
    let possible_pairs = possible_pairs(comparisons.attributes(), options.link_type);
    let fitted = trained.map(|trained| trained.fit(comparisons, possible_pairs)).transpose()?;
    let (model, unknown) = fitted.map_or((None, Vec::new()), |(model, unknown)| (Some(model), unknown));
    let matching = run_watched(comparisons, options, overrides, model, (control, spill))?;
    control.check()?;
    Ok((matching, unknown))
}

/// Where the steps of a round begin and end, in thousandths of a run: training, scoring, clustering. Blocking stands
/// before the first.
const BLOCKING: (u16, u16) = (200, 450);
const STEPS: [[(u16, u16); 3]; ROUNDS] =
    [[(450, 560), (560, 700), (700, 740)], [(740, 800), (800, 890), (890, 930)]];

/// What a cancelled run returns is incomplete.
fn run_watched(
    comparisons: &Comparisons<'_>,
    options: &MatchOptions,
    overrides: &Overrides,
    trained: Option<Model>,
    (control, spill): (&Control, &Spill<'_>),
) -> Result<Matching> {
    let learns = trained.is_none();
    let attributes = comparisons.attributes();
    let records = attributes.len();
    control.step(Stage::Match, BLOCKING, records);
    let (neighbours, rules) = block(attributes, options, control)?;
    let all_candidates = CandidatePairs { neighbours: Some(&neighbours), rules: Some(&rules) };
    let candidates = all_candidates.pair_count();
    let trainer = Trainer::new(comparisons, options.seed, possible_pairs(attributes, options.link_type))
        .with_labels(overrides.labels.clone());
    let copies = comparisons.copies().into_iter().filter(|&(a, b)| {
        let same_source = attributes.source[a as usize] == attributes.source[b as usize];
        match options.link_type {
            // Who names a threshold wants the weights to decide, and nothing else.
            _ if options.threshold.is_some() => false,
            LinkType::LinkAndDedupe => true,
            // One to one: the weights decide which copy of the other source it is.
            LinkType::LinkOnly => false,
            LinkType::DedupeOnly => same_source,
        }
    });
    let must_link: Vec<(u32, u32)> = overrides.merged.iter().copied().chain(copies).collect();
    let threshold = options.threshold.unwrap_or(options.default_threshold());
    let mut em = Vec::new();
    let mut frequencies = Frequencies::of_records(comparisons);
    let mut rarity = Vec::new();
    let mut model = trained.unwrap_or_else(|| trainer.start(None, &[]));
    let mut found: Option<Entities> = None;
    let mut edges: Vec<Edge> = Vec::new();
    let mut settled = Settled::default();
    let mut retry: List<(u32, u32)> = spill.list(1);
    for (round, steps) in STEPS.into_iter().enumerate() {
        if control.is_cancelled() {
            break;
        }
        let pairs =
            if round == 0 { Candidates::All(all_candidates) } else { Candidates::Kept(&retry, spill) };
        control.step(Stage::Match, steps[0], 0);
        if let Some(entities) = &found {
            frequencies = Frequencies::of_entities_by(comparisons, entities, &rarity);
            if learns {
                model = trainer.start(Some(entities), &rarity);
            }
        }
        if learns {
            em.push(learn(&trainer, &mut model, &frequencies, &pairs));
        }
        if let (Some(entities), true) = (&found, learns && round > 0) {
            trainer.refit(&mut model, entities);
        }
        if found.is_none() {
            rarity = measure_rarity(&Scorer::new(comparisons, &model, &frequencies), &model);
            frequencies = Frequencies::of_records_by(comparisons, &rarity);
        }
        let scorer = Scorer::new(comparisons, &model, &frequencies);
        control.step(Stage::Match, steps[1], pairs.len());
        let keep = KEEP_WEIGHT.min(threshold);
        let (scored, kept) = score(&scorer, &pairs, keep, round + 1 < ROUNDS, (control, spill));
        retry = kept;
        control.step(Stage::Match, steps[2], 0);
        let last = round + 1 == ROUNDS;
        let judged = if last { &overrides.judged } else { &Constraints::NONE };
        let entities = by_parts(&scored, attributes.len(), judged, spill, |edges| {
            partition(attributes, &scorer, edges, options, threshold, judged)
        });
        let entities = join(entities, &must_link, judged);
        if last {
            edges = scored.load(spill);
        }
        spill.check()?;
        let entities = if last {
            let (entities, outcome) =
                settle(entities, &scorer, &edges, (options, threshold), overrides, &must_link);
            settled = outcome;
            entities
        } else {
            entities
        };
        found = Some(entities);
    }
    let entities = found.unwrap_or_else(|| Entities::from_labels(&vec![0; records]));
    let possible_pairs = trainer.all_pairs;
    let link_type = options.link_type;
    Ok(Matching {
        entities,
        model,
        frequencies,
        edges,
        candidates,
        neighbours,
        em,
        threshold,
        possible_pairs,
        link_type,
        rules,
        refused: settled.refused,
        demoted: settled.demoted,
        split: settled.split,
        memory: None,
    })
}

/// Scores candidate pairs: those above `keep` with their scores, and for a further round the bare pairs above
/// [`RETRY_WEIGHT`].
fn score(
    scorer: &Scorer<'_>,
    pairs: &Candidates<'_>,
    keep: f64,
    again: bool,
    (control, spill): (&Control, &Spill<'_>),
) -> (List<Edge>, List<(u32, u32)>) {
    let evaluators = par::Reused::new();
    let evaluate = |evaluator: &mut Evaluator<'_>, range: Range<usize>| {
        let (mut edges, mut retry) = (Vec::new(), Vec::new());
        let mut batches = evaluator.batches(|a, b, pair| {
            let score = scorer.score(pair);
            if score.weight > keep {
                edges.push(Edge { a, b, score });
            }
            if again && score.weight > RETRY_WEIGHT.min(keep) {
                retry.push((a, b));
            }
        });
        pairs.visit(range, |a, b| batches.push(a, b));
        batches.finish();
        (edges, retry)
    };
    let score_part = |range: Range<usize>| {
        if control.is_cancelled() {
            return (Vec::new(), Vec::new());
        }
        control.advance(range.len());
        evaluators.with(|| scorer.comparisons().evaluator(), |evaluator| evaluate(evaluator, range))
    };
    let (mut edges, mut retry) = (spill.list(LISTS), spill.list(LISTS));
    let wave = if spill.share().is_some() { SMALL_WAVE } else { WAVE } * pairs.chunk();
    for start in (0..pairs.len()).step_by(wave) {
        let len = wave.min(pairs.len() - start);
        let parts =
            par::map_ranges(len, pairs.chunk(), |range| score_part(start + range.start..start + range.end));
        for (more_edges, more_retry) in parts {
            edges.extend(spill, &more_edges);
            retry.extend(spill, &more_retry);
        }
    }
    (edges, retry)
}

/// Tasks that are scored before what they kept is put together: enough to keep all cores busy, few enough not to hold
/// everything twice; and as many under a limit of memory.
const WAVE: usize = 64;
const SMALL_WAVE: usize = 8;

/// What shares the memory for pairs: edges, pairs that are scored again, edges on their way to their part of the graph, and
/// the parts that are being clustered.
pub(super) const LISTS: usize = 4;

/// Evaluates and scores on demand.
pub(super) struct OnDemand<'a> {
    pub(super) evaluator: Evaluator<'a>,
    pub(super) scorer: &'a Scorer<'a>,
    pub(super) pair: PairLevels,
}

impl PairScorer for OnDemand<'_> {
    fn score(&mut self, a: u32, b: u32) -> PairScore {
        self.evaluator.evaluate(a as usize, b as usize, &mut self.pair);
        self.scorer.score(&self.pair)
    }
}

impl OnDemand<'_> {
    /// The weight of a pair without some comparisons.
    pub(super) fn weight_without(&mut self, a: u32, b: u32, left_out: &[usize]) -> f64 {
        self.evaluator.evaluate(a as usize, b as usize, &mut self.pair);
        left_out.iter().for_each(|&comparison| self.pair.levels[comparison] = NULL_LEVEL);
        self.scorer.score(&self.pair).weight
    }
}

fn partition(
    attributes: &Attributes,
    scorer: &Scorer<'_>,
    edges: &[Edge],
    options: &MatchOptions,
    threshold: f64,
    judged: &Constraints,
) -> Entities {
    if options.link_type == LinkType::LinkOnly {
        return cluster::one_to_one(&attributes.source, edges, threshold, |_| true, judged);
    }
    match options.cluster {
        ClusterMethod::Profile => {}
        ClusterMethod::Components if judged.is_empty() => {
            return cluster::components(attributes.len(), edges, threshold);
        }
        ClusterMethod::Components => {
            return cluster::constrained_components(attributes.len(), edges, threshold, judged);
        }
        ClusterMethod::BestLink => {
            return cluster::best_links(attributes.len(), edges, threshold, false, judged);
        }
    }
    let options = LinkageOptions { threshold, prior: scorer.prior() };
    cluster::link(attributes.len(), edges, &options, judged, || OnDemand {
        evaluator: scorer.comparisons().evaluator(),
        scorer,
        pair: PairLevels::default(),
    })
}

/// Joins the entities of pairs that must be one, unless people have said that they are two.
fn join(entities: Entities, must_link: &[(u32, u32)], judged: &Constraints) -> Entities {
    if must_link.is_empty() {
        return entities;
    }
    let members =
        entities.iter().flat_map(|(_, members)| members.windows(2).map(|pair| (pair[0].0, pair[1].0)));
    if !judged.cannot_link().is_empty() {
        return cluster::join_within(entities.records(), members, must_link, judged);
    }
    let mut sets = UnionFind::new(entities.records());
    for (a, b) in members.chain(must_link.iter().copied()) {
        sets.union(a, b);
    }
    Entities::from_labels(&sets.labels())
}

/// The candidate pairs that the options ask for.
fn block(attributes: &Attributes, options: &MatchOptions, control: &Control) -> Result<(Neighbours, Rules)> {
    let across_sources_only = options.link_type == LinkType::LinkOnly;
    let within_sources_only = options.link_type == LinkType::DedupeOnly;
    // Rules first: a name that is wrong is found before the work.
    let rules = match options.block {
        BlockMethod::Neighbours => Rules::none(attributes.len()),
        BlockMethod::Rules | BlockMethod::Both => {
            let max_block = options.max_block;
            let rule_options = RuleOptions { max_block, across_sources_only, within_sources_only };
            Rules::new(attributes, &options.rules, rule_options)?
        }
    };
    let neighbours = match options.block {
        BlockMethod::Rules => Neighbours::none(attributes.len()),
        BlockMethod::Neighbours | BlockMethod::Both => {
            let options = BlockOptions { k: options.k, across_sources_only, within_sources_only };
            Neighbours::find_under(attributes, &options, control)
        }
    };
    Ok((neighbours, rules))
}

/// Pairs of records that may match under the link type.
pub(super) fn possible_pairs(attributes: &Attributes, link_type: LinkType) -> f64 {
    let pairs = |n: f64| n * (n - 1.0) / 2.0;
    let mut sizes = std::collections::BTreeMap::new();
    attributes.source.iter().for_each(|&source| *sizes.entry(source).or_insert(0f64) += 1.0);
    let within: f64 = sizes.values().map(|&n| pairs(n)).sum();
    let all = pairs(attributes.len() as f64);
    match link_type {
        LinkType::LinkAndDedupe => all,
        LinkType::LinkOnly => all - within,
        LinkType::DedupeOnly => within,
    }
    .max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SourceId;
    use crate::normalize::attributes::Attribute;
    use crate::score::Draws;
    use crate::spill::tests::Memory;

    /// 2,000 people in two records each; the second with another phone for every third.
    fn people() -> Attributes {
        const PEOPLE: u64 = 2000;
        let draws = Draws::new(11, 0);
        let word = |number: u64| -> String {
            let syllable = |at| {
                ["ba", "ce", "di", "fo", "gu", "la", "me", "ni"][draws.below(8 * number + at, 8) as usize]
            };
            (0..3).map(syllable).collect()
        };
        let mut columns: [Vec<Option<String>>; 3] = Default::default();
        for record in 0..2 * PEOPLE {
            let person = record % PEOPLE;
            let phone = if record >= PEOPLE && person.is_multiple_of(3) { record } else { person };
            columns[0].push(Some(word(draws.below(1_000_000 + person, 60))));
            columns[1].push(Some(word(100 + draws.below(2_000_000 + person, 200))));
            columns[2].push(Some(format!("6{:08}", draws.below(3_000_000 + phone, 100_000_000))));
        }
        let kinds = [AttributeKind::GivenName, AttributeKind::Surname, AttributeKind::Phone];
        let column = |(kind, values): (&AttributeKind, &Vec<Option<String>>)| Attribute {
            name: kind.name().to_owned(),
            kind: *kind,
            column: values.iter().map(|value| value.as_deref()).collect(),
        };
        Attributes {
            source: (0..2 * PEOPLE).map(|record| SourceId(u16::from(record >= PEOPLE))).collect(),
            columns: kinds.iter().zip(&columns).map(column).collect(),
        }
    }

    /// Lists that leave memory at once give what lists in memory give, for every way to entities.
    #[test]
    fn what_spills_changes_nothing() {
        let attributes = people();
        let comparisons = Comparisons::new(&attributes);
        let (judged, _) = Constraints::new(attributes.len(), [(0, 1), (5, 2005)], [(7, 2007)]);
        let overrides = Overrides { judged, ..Overrides::default() };
        for (link_type, cluster) in [
            (LinkType::LinkAndDedupe, ClusterMethod::Profile),
            (LinkType::LinkAndDedupe, ClusterMethod::Components),
            (LinkType::LinkAndDedupe, ClusterMethod::BestLink),
            (LinkType::LinkOnly, ClusterMethod::Profile),
        ] {
            let options = MatchOptions { link_type, cluster, ..MatchOptions::default() };
            let run = |spill: &Spill<'_>| {
                run_spilling(&comparisons, &options, &overrides, None, &Control::new(), spill).unwrap().0
            };
            let spill = Spill::above(0, &Memory);
            let (kept, spilled) = (run(&Spill::never()), run(&spill));
            assert!(spill.written() > 0, "{link_type:?}, {cluster:?}");
            assert_eq!(kept.edges, spilled.edges);
            assert_eq!(kept.model, spilled.model);
            assert!(kept.entities == spilled.entities, "{link_type:?}, {cluster:?}");
            assert_eq!(kept.refused, spilled.refused);
        }
    }
}
