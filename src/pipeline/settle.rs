//! What is settled after clustering: ambiguous records, identifier limits, sizes.

use super::matching::{LinkType, MatchOptions, OnDemand, Overrides};
use crate::cluster::{
    self, ClusterMethod, Demotion, Edge, Entities, IdentifierLimit, LinkageOptions, ReviewItem, Split,
};
use crate::compare::{Comparisons, Evaluator, PairLevels, name_level};
use crate::score::Scorer;
use crate::table::{AttributeKind, NULL};

/// What the overrides did.
#[derive(Default)]
pub(super) struct Settled {
    pub(super) refused: Vec<ReviewItem>,
    pub(super) demoted: Vec<Demotion>,
    pub(super) split: Option<Split>,
}

/// What tells two people apart who share everything else: the given name together with the date of birth or a number.
struct Identity {
    given_name: Option<usize>,
    others: Vec<usize>,
}

impl Identity {
    /// The evidence (bits) that a difference has to give before it is a contradiction: a typing error is none.
    const LEAST: f64 = -3.0;

    fn new(comparisons: &Comparisons<'_>) -> Self {
        use AttributeKind as K;
        let others = [K::BirthDate, K::Identifier].into_iter().filter_map(|kind| comparisons.position(kind));
        Self { given_name: comparisons.position(K::GivenName), others: others.collect() }
    }

    /// Whether two records have different given names, neither a nickname, an initial or a typing error of the other, and differ beyond a
    /// typing error in the date of birth or a number, without so much in common that they are one customer all the same.
    fn contradict<'a>(
        &self,
        scorer: &Scorer<'a>,
        (a, b): (u32, u32),
        threshold: f64,
        (evaluator, pair): &mut (Evaluator<'a>, PairLevels),
    ) -> bool {
        let comparisons = scorer.comparisons();
        let first = |at: usize, record: u32| comparisons.column(at).first_code(record as usize);
        let differ = |at: usize| first(at, a) != first(at, b) && first(at, a) != NULL && first(at, b) != NULL;
        let Some(given_name) = self.given_name.filter(|&at| differ(at)) else { return false };
        if !self.others.iter().any(|&at| differ(at)) {
            return false;
        }
        evaluator.evaluate(a as usize, b as usize, pair);
        let bits = |at: usize| scorer.evidence(at, pair).map(|bits| bits.m - bits.u);
        let another_name = (name_level::NEAR..=name_level::ELSE).contains(&pair.levels[given_name]);
        let clash = |&at: &usize| bits(at).is_some_and(|bits| bits <= Self::LEAST);
        another_name && self.others.iter().any(clash) && scorer.score(pair).weight <= threshold
    }
}

/// Ambiguous records, identifier limits and sizes, in this order: what is smaller after one is judged as it is then.
pub(super) fn settle(
    entities: Entities,
    scorer: &Scorer<'_>,
    edges: &[Edge],
    (options, threshold): (&MatchOptions, f64),
    overrides: &Overrides,
    merged: &[(u32, u32)],
) -> (Entities, Settled) {
    let comparisons = scorer.comparisons();
    let mut on_demand = OnDemand { evaluator: comparisons.evaluator(), scorer, pair: PairLevels::default() };
    let judged = &overrides.judged;
    let fixed: Vec<(u32, u32)> = judged.must_link().iter().chain(merged).copied().collect();
    let mut settled = Settled::default();
    let mut entities = entities;
    if options.cluster == ClusterMethod::Profile && options.link_type != LinkType::LinkOnly {
        let mut decided: Vec<u32> =
            judged.must_link().iter().chain(judged.cannot_link()).flat_map(|&(a, b)| [a, b]).collect();
        decided.sort_unstable();
        let linkage = LinkageOptions { threshold, prior: scorer.prior() };
        let identity = Identity::new(comparisons);
        let mut levels = (comparisons.evaluator(), PairLevels::default());
        let contradict = |a: u32, b: u32| identity.contradict(scorer, (a, b), threshold, &mut levels);
        (entities, settled.refused) = cluster::detach_ambiguous(
            entities,
            edges,
            &linkage,
            (&decided, merged),
            contradict,
            &mut on_demand,
        );
    }
    let limits = overrides.limits.iter().filter_map(|&(kind, most)| {
        let comparison = comparisons.position(kind)?;
        Some(IdentifierLimit { column: comparisons.column(comparison), comparison, most })
    });
    let limits: Vec<IdentifierLimit<'_>> = limits.collect();
    if !limits.is_empty() {
        let weight = |a: u32, b: u32, left_out: &[usize]| on_demand.weight_without(a, b, left_out);
        let links = judged.must_link();
        let limited = cluster::split_over_limits(entities, edges, &limits, links, threshold, weight);
        entities = limited.entities;
        settled.refused.extend(limited.refused);
        settled.demoted = limited.demoted;
    }
    if let Some(most) = overrides.max_size
        && entities.iter().any(|(_, members)| members.len() > most)
    {
        let split = cluster::split_oversized(&entities, edges, most, &fixed);
        entities = split.entities.clone();
        settled.split = Some(split);
    }
    (entities, settled)
}
