//! What a user must know about how far the outcome of matching can be trusted.

use super::matching::{LinkType, Matching};
use crate::cluster::{Edge, SourceOverlap};
use crate::compare::Comparisons;
use crate::error::Issues;
use crate::ids::{EntityId, MatchWeight, RecordId, SourceId};

/// Entities of more records than this are reported: few customers are in that many touchpoints.
const LARGE_ENTITY: usize = 200;

/// Mean probability of the pairs inside entities below which their evidence is too thin to trust: .89 and more on all
/// measured sets.
const MIN_SUPPORT: f64 = 0.75;

fn probability(weight: f64) -> f64 {
    MatchWeight(weight).probability().0
}

/// Pairs inside entities that the mean must rest on.
const SUPPORT_PAIRS: u64 = 50;

impl Matching {
    /// Matching pairs among all records, an estimate of the truth without labels: those inside entities, and what is
    /// expected of the pairs that were left apart. An entity of two records has nothing but its own pair to hold it and
    /// counts with that pair's probability.
    pub fn estimated_matches(&self) -> f64 {
        let size = |entity| self.entities.members(entity).len() as f64;
        let inside: f64 =
            self.entities.iter().map(|(_, m)| m.len() as f64 * (m.len() as f64 - 1.0) / 2.0).sum();
        let correction = |edge: &Edge| {
            let (a, b) = (self.entity(edge.a), self.entity(edge.b));
            match a == b {
                true if size(a) == 2.0 => probability(edge.score.weight) - 1.0,
                true => 0.0,
                false => probability(edge.score.weight),
            }
        };
        inside + self.edges.iter().map(correction).sum::<f64>()
    }

    fn entity(&self, record: u32) -> EntityId {
        self.entities.entity_of(RecordId(record))
    }

    /// How many stored pairs are inside entities, and their mean probability; `None` of too few.
    fn support(&self) -> Option<(u64, f64)> {
        let inside = self.edges.iter().filter(|edge| self.entity(edge.a) == self.entity(edge.b));
        let (count, sum) =
            inside.fold((0, 0.0), |(count, sum), edge| (count + 1, sum + probability(edge.score.weight)));
        (count >= SUPPORT_PAIRS).then(|| (count, sum / count as f64))
    }

    /// What a user must know about how far the outcome can be trusted.
    pub(super) fn report_issues(&self, comparisons: &Comparisons<'_>, issues: &mut Issues) {
        self.report_sources(&comparisons.attributes().source, issues);
        let mut add = |code, count: u64, message: &str| issues.add_many(code, "", "", count, None, message);
        if let Some(em) = self.em.last().filter(|em| !em.converged) {
            add(
                "not_converged",
                em.iterations as u64,
                "training stopped before it settled; the weights are estimates",
            );
        }
        if self.neighbours.stats.large_keys > 0 {
            let message = "keys shared by more than 1,000 records were not used to find candidates";
            add("large_block", self.neighbours.stats.large_keys, message);
        }
        if self.neighbours.capped_records > 0 {
            add(
                "capped_search",
                self.neighbours.capped_records,
                "records were looked up by their rarest keys only",
            );
        }
        if let Some((pairs, support)) = self.support().filter(|&(_, support)| support < MIN_SUPPORT) {
            let message = format!(
                "pairs are inside customers with a mean probability of {:.0} %: the columns say too little to tell who is who; \
                 look at the pairs, and give more columns or a higher --threshold",
                100.0 * support
            );
            add("weak_evidence", pairs, &message);
        }
        for stats in self.rules.stats() {
            let mut tell = |code, count: u64, message: &str| {
                if count > 0 {
                    issues.add_many(code, "", &stats.rule, count, None, message);
                }
            };
            tell(
                "large_rule_block",
                stats.large_blocks,
                "blocks of the rule hold too many records and were not used",
            );
            tell(
                "rule_keys_limit",
                stats.capped_records,
                "records have more than 64 keys under the rule; the rest was not used",
            );
            tell(
                "rule_without_data",
                u64::from(stats.no_data),
                "no record has all attributes of the rule: it finds nothing",
            );
        }
        let mut add = |code, count: u64, message: &str| issues.add_many(code, "", "", count, None, message);
        if self.candidates == 0 && self.entities.records() > 1 && !comparisons.items().is_empty() {
            let message = "records, and no two share a key that is rare enough to compare them";
            add("no_candidates", self.entities.records() as u64, message);
        }
        let left_out = comparisons.left_out();
        if left_out > 0 {
            add("comparison_limit", left_out as u64, "columns beyond the 24th comparison were not compared");
        }
        if comparisons.items().is_empty() {
            add("no_evidence", 1, "no column could be compared: every record is a customer of its own");
        }
        let largest = self.entities.iter().map(|(_, members)| members.len()).max().unwrap_or(0);
        if largest > LARGE_ENTITY {
            add(
                "large_entity",
                largest as u64,
                "the largest entity holds implausibly many records: look at it",
            );
        }
    }
}

impl Matching {
    /// What the places of the matches say about the sources.
    fn report_sources(&self, source: &[SourceId], issues: &mut Issues) {
        let several = source.windows(2).any(|pair| pair[0] != pair[1]);
        if !several || self.link_type == LinkType::DedupeOnly {
            return;
        }
        let overlap = SourceOverlap::new(source, &self.edges);
        if self.link_type == LinkType::LinkAndDedupe && overlap.duplicate_free() {
            let message = "pairs across sources match and next to none within one: if no source holds duplicates, \
                           --link-only says so and finds more";
            issues.add_many("duplicate_free_sources", "", "", overlap.across.round() as u64, None, message);
        }
        if overlap.disjoint() {
            let message = "records, and no two of different sources seem to be one customer: are they of the same people, \
                           and is each column taken for the same in all sources?";
            issues.add_many("no_overlap", "", "", source.len() as u64, None, message);
        }
    }
}
