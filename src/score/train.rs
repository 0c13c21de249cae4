//! Everything that is learned without labels, but for the EM loop itself: `u` from independent pairs, which
//! comparison depends on which, the start of `m`, and the refit from clusters.

use std::ops::Range;

use super::candidates::Candidates;
use super::em::{Pattern, PatternCounts, anchor, estimate_m, pattern, smooth};
use super::labels::Labels;
use super::model::{ComparisonModel, EvidenceGroup, MODEL_VERSION, Model, Parent, Scorer};
use super::rarity::Rarity;
use super::sample::Draws;
use super::strangers::{
    Blocks, SampledPair, Tally, presumed_match, related, same_entity, sample, tally, unrank,
};
use crate::cluster::Entities;
use crate::compare::{Comparisons, Evaluator, NULL_LEVEL, PairLevels, name_level};
use crate::ids::RecordId;
use crate::par;
use crate::table::{AttributeKind, Column};

/// Random pairs from which `u` is counted. With half as many, results moved by .0015 F1.
const RANDOM_PAIRS: u64 = 200_000;

/// Random pairs inside the blocks of one parent.
const PARENT_PAIRS: u64 = 30_000;

/// How much likelier the child must agree when the parent does, before it counts as dependent.
const MIN_LIFT: f64 = 2.0;

/// Pairs with both parent and child present that a dependence must rest on.
const MIN_SUPPORT: f64 = 200.0;

/// Dependence is modelled on at most this many parents: four states of agreement.
const MAX_PARENTS: usize = 2;

/// Bits that an attribute with few values may add or take.
const CATEGORY_CAP: f64 = 3.0;

/// Records of one entity that take part in the refit: more would let one customer decide.
const REFIT_RECORDS: usize = 40;

/// Share of the records that must say something about a person, for households to exist.
const MIN_PERSONS: f64 = 0.1;

/// Pairs in favour of independence that a conditional table starts with.
const PARENT_PRIOR: f64 = 10.0;

/// Pairs with an agreeing parent whose children agree in some way, before that counts as dependence.
const MIN_AGREEING: f64 = 20.0;

/// Where the household class starts with twins. It is far more than there are, since EM leaves what no pair supports at once,
/// and never finds what starts at the chance of strangers: pairs of twins are then most likely under a match class in which
/// given names differ, and the clusters confirm it.
const TWINS: f64 = 0.1;

/// What one comparison depends on, and `u` by state.
struct Dependence {
    parents: Vec<Parent>,
    u: Vec<Vec<f64>>,
}

/// Probability of any level but the last.
fn some_agreement(row: &[f64]) -> f64 {
    (1.0 - row[row.len() - 1]).max(1e-9)
}

/// Up to which levels a parent counts as equal, and as nearly so: names with a slip are the name, of which mail addresses
/// are made either way; a postcode with a slip is another place, alike as long as it is not different.
fn agreement_bounds(kind: AttributeKind, levels: usize) -> (u8, u8) {
    match kind {
        AttributeKind::GivenName | AttributeKind::Surname => (name_level::CLOSE, name_level::CLOSE),
        _ => (0, levels.saturating_sub(2) as u8),
    }
}

/// What is the same for all training steps of a run.
pub(crate) struct Trainer<'a> {
    pub(crate) comparisons: &'a Comparisons<'a>,
    /// Pairs of records that could be one customer at all.
    pub(crate) all_pairs: f64,
    /// Random pairs of records.
    random: Vec<SampledPair>,
    /// For each comparison that others may depend on: random pairs that agree on it.
    by_parent: Vec<(usize, Vec<SampledPair>)>,
    /// Pairs whose class is known.
    labels: Labels,
}

impl<'a> Trainer<'a> {
    /// Draws the samples of a run.
    pub(crate) fn new(comparisons: &'a Comparisons<'a>, seed: u64, all_pairs: f64) -> Self {
        let records = comparisons.attributes().len() as u64;
        let possible = records * records.saturating_sub(1) / 2;
        let draws = Draws::new(seed, 0);
        // In small data every pair once beats drawing with repetition.
        let exhaustive = possible <= RANDOM_PAIRS;
        let pair = |number: u64| Some(if exhaustive { unrank(number) } else { draws.pair(number, records) });
        let random = sample(comparisons, possible.min(RANDOM_PAIRS), pair);
        let items = comparisons.items().len();
        let is_parent = |parent: &usize| (0..items).any(|child| may_depend(comparisons, child, *parent));
        let by_parent = (0..items).filter(is_parent).filter_map(|parent| {
            let blocks = Blocks::new(comparisons.column(parent));
            let draws = Draws::new(seed, 1 + parent as u64);
            let pairs = || sample(comparisons, PARENT_PAIRS, |number| blocks.pair(&draws, number));
            (!blocks.carriers.is_empty()).then(|| (parent, pairs()))
        });
        let by_parent = by_parent.collect();
        Self { comparisons, all_pairs, random, by_parent, labels: Labels::default() }
    }

    /// The same, with pairs whose class is known.
    pub(crate) fn with_labels(mut self, labels: Labels) -> Self {
        self.labels = labels;
        self
    }

    /// A model with `u` learned, everything else at its expectation. With `entities` of an earlier round, pairs of
    /// one entity are left out of `u`, and `rarity` is what it has told of values that two records share.
    pub(crate) fn start(&self, entities: Option<&Entities>, rarity: &[Rarity]) -> Model {
        let records = self.comparisons.attributes().len();
        let strangers = |pair: &SampledPair| match self.labels.get(pair.a, pair.b) {
            Some(matched) => !matched,
            None => !same_entity(entities, pair) && !presumed_match(self.comparisons, pair),
        };
        let tally = tally(self.comparisons, &self.random, strangers);
        let u: Vec<Vec<f64>> =
            (0..self.comparisons.items().len()).map(|at| self.pooled_u(at, &tally[at])).collect();
        let dependence = self.dependence(entities, rarity, &u);
        let comparisons =
            self.comparisons.items().iter().zip(dependence).zip(&u).map(|((item, dependence), u)| {
                let start: Vec<f64> = item.levels.iter().map(|level| level.m0).collect();
                ComparisonModel {
                    name: item.name.clone(),
                    m: vec![start.clone(); dependence.u.len()],
                    h: household_start(item.kind, &start, u),
                    u: dependence.u,
                    parents: dependence.parents,
                    cap: is_category(item.kind).then_some(CATEGORY_CAP),
                }
            });
        let mut comparisons: Vec<ComparisonModel> = comparisons.collect();
        let lambda = (0.3 * records as f64 / self.all_pairs.max(1.0)).clamp(1e-12, 0.1);
        let mut lambda_h = lambda / 2.0;
        if !self.holds_persons() {
            comparisons.iter_mut().for_each(|comparison| comparison.h = None);
            lambda_h = 0.0;
        }
        Model { version: MODEL_VERSION, lambda, lambda_h, comparisons }
    }

    /// Whether enough records say what tells the members of a household apart. Of organisations, a shared address and
    /// telephone are all there is: a class of pairs that share those would be the matches themselves.
    fn holds_persons(&self) -> bool {
        use AttributeKind as K;
        let records = self.comparisons.attributes().len();
        let personal =
            |kind| matches!(kind, K::GivenName | K::MiddleName | K::BirthDate | K::Age | K::Gender);
        let carriers = |(at, item): (usize, &crate::compare::Comparison)| {
            personal(item.kind).then(|| self.comparisons.column(at).non_null())
        };
        let most = self.comparisons.items().iter().enumerate().filter_map(carriers).max();
        most.is_some_and(|most| most as f64 >= MIN_PERSONS * records as f64)
    }

    /// `u` of one comparison: counted, but for equality, which is known exactly.
    fn pooled_u(&self, at: usize, counts: &[u64]) -> Vec<f64> {
        let exact = agreement(self.comparisons.column(at));
        let counted: Vec<f64> = counts.iter().map(|&count| count as f64 + 0.5).collect();
        let rest: f64 = counted[1..].iter().sum();
        let mut row: Vec<f64> = counted.iter().map(|count| (1.0 - exact) * count / rest).collect();
        row[0] = exact;
        row
    }

    /// For each comparison the parents that it depends on, with `u` by their state.
    fn dependence(&self, entities: Option<&Entities>, rarity: &[Rarity], u: &[Vec<f64>]) -> Vec<Dependence> {
        let items = self.comparisons.items();
        let strangers = |parent: usize| {
            let by_name = self.is_name(parent);
            move |pair: &SampledPair| {
                !same_entity(entities, pair) && !related(self.comparisons, by_name, pair)
            }
        };
        let tally_of = |(parent, pairs): &(usize, Vec<SampledPair>)| {
            (*parent, tally(self.comparisons, pairs, strangers(*parent)))
        };
        let single: Vec<(usize, Tally)> = par::map(&self.by_parent, tally_of);
        let choose = |child: usize| {
            let parents = self.choose_parents(child, &single, u);
            if parents.is_empty() {
                return Dependence { parents, u: vec![u[child].clone()] };
            }
            let mut counts = vec![vec![0.0; items[child].levels.len()]; Parent::states(parents.len())];
            // Pairs whose parents are equal come from their blocks, those that nearly agree from random pairs: a postcode
            // with a slip is another place.
            let drawn = self.by_parent.iter().filter(|(at, _)| parents.iter().any(|p| p.comparison == *at));
            for pairs in drawn.map(|(_, pairs)| pairs).chain([&self.random]) {
                let by_name = parents.iter().any(|parent| self.is_name(parent.comparison));
                let kept = pairs.iter().filter(|pair| !same_entity(entities, pair));
                for pair in kept.filter(|pair| !related(self.comparisons, by_name, pair)) {
                    if pair.levels[child] != NULL_LEVEL {
                        counts[Parent::state(&parents, &pair.levels)][pair.levels[child] as usize] += 1.0;
                    }
                }
            }
            // Copies of one person are in every block, and share what is made for one person.
            let strangers = rarity.get(child).map_or(1.0, |rarity| rarity.strangers);
            counts.iter_mut().for_each(|row| row[0] *= strangers);
            let mut rows: Vec<Vec<f64>> =
                counts.iter().map(|row| smooth(row, &u[child], PARENT_PRIOR)).collect();
            rows[0].clone_from(&u[child]);
            Dependence { parents, u: rows }
        };
        par::map_ranges(items.len(), 1, |child| choose(child.start))
    }

    /// The parents whose agreement makes the child's agreement much likelier, strongest first.
    fn choose_parents(&self, child: usize, tallies: &[(usize, Tally)], u: &[Vec<f64>]) -> Vec<Parent> {
        let items = self.comparisons.items();
        let mut found: Vec<(f64, Parent)> = Vec::new();
        for (parent, tally) in
            tallies.iter().filter(|(parent, _)| may_depend(self.comparisons, child, *parent))
        {
            let counts: Vec<f64> = tally[child].iter().map(|&count| count as f64).collect();
            let support: f64 = counts.iter().sum();
            let conditional = smooth(&counts, &u[child], PARENT_PRIOR);
            // Equal values, or values alike in any way: mail addresses of namesakes are alike, seldom equal.
            let (exact, alike) =
                (conditional[0] / u[child][0], some_agreement(&conditional) / some_agreement(&u[child]));
            let agreeing = support - counts[counts.len() - 1];
            let lift = exact.max(alike);
            if support >= MIN_SUPPORT && agreeing > MIN_AGREEING && lift >= MIN_LIFT {
                let (equal_to, agrees_to) =
                    agreement_bounds(items[*parent].kind, items[*parent].levels.len());
                found.push((lift, Parent { comparison: *parent, equal_to, agrees_to }));
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.comparison.cmp(&b.1.comparison)));
        found.into_iter().take(MAX_PARENTS).map(|(_, parent)| parent).collect()
    }

    fn is_name(&self, comparison: usize) -> bool {
        EvidenceGroup::of(self.comparisons.items()[comparison].kind) == EvidenceGroup::Names
    }

    /// Counts the patterns of candidate pairs, of a sample of them when there are very many; the second value says how
    /// many pairs each counted one stands for.
    pub(crate) fn count_patterns(
        &self,
        scorer: &Scorer<'_>,
        model: &Model,
        pairs: &Candidates<'_>,
    ) -> (PatternCounts, f64) {
        let stride = pairs.len().div_ceil(pairs.pattern_units()).max(1);
        let count = |evaluator: &mut Evaluator<'_>, range: Range<usize>| {
            let mut counts = hashbrown::HashMap::with_hasher(foldhash::fast::FixedState::default());
            let mut batches = evaluator.batches(|_, _, levels| {
                *counts.entry(pattern(scorer, model, levels)).or_insert(0u64) += 1;
            });
            pairs.visit_every(stride, range, |a, b| {
                // Pairs whose class is known are counted apart, candidates or not.
                if self.labels.get(a, b).is_none() {
                    batches.push(a, b);
                }
            });
            batches.finish();
            counts.into_iter().map(|(pattern, count)| (pattern, count as f64)).collect::<Vec<_>>()
        };
        let evaluators = par::Reused::new();
        let chunks = par::map_ranges(pairs.len(), pairs.chunk(), |range| {
            evaluators.with(|| self.comparisons.evaluator(), |evaluator| count(evaluator, range))
        });
        let mut counts = chunks.concat();
        // None of them stands for others.
        let stands_for = stride as f64;
        self.count_labels(scorer, model, 1.0 / stands_for, &mut counts);
        (PatternCounts::new(counts), stands_for)
    }

    /// Counts the patterns of all pairs whose class is known, candidates or not.
    fn count_labels(
        &self,
        scorer: &Scorer<'_>,
        model: &Model,
        weight: f64,
        counts: &mut Vec<(Pattern, f64)>,
    ) {
        let mut evaluator = self.comparisons.evaluator();
        let mut pair = PairLevels::default();
        for (a, b, matched) in self.labels.iter() {
            evaluator.evaluate(a as usize, b as usize, &mut pair);
            let mut known = pattern(scorer, model, &pair);
            known.label = Some(matched);
            counts.push((known, weight));
        }
    }

    /// `m` and `lambda` from all pairs inside entities, also those that candidates never held.
    pub(crate) fn refit(&self, model: &mut Model, entities: &Entities) {
        let groups: Vec<&[RecordId]> =
            entities.iter().map(|(_, members)| members).filter(|m| m.len() > 1).collect();
        let count = |evaluator: &mut Evaluator<'_>, range: Range<usize>| {
            let mut counts = self.state_counts(model);
            let mut batches = evaluator.batches(|_, _, pair| count_states(model, pair, &mut counts));
            for group in &groups[range] {
                let group = &group[..group.len().min(REFIT_RECORDS)];
                for (at, a) in group.iter().enumerate() {
                    for b in &group[at + 1..] {
                        if self.labels.get(a.0, b.0) != Some(false) {
                            batches.push(a.0, b.0);
                        }
                    }
                }
            }
            batches.finish();
            counts
        };
        let evaluators = par::Reused::new();
        let parts = par::map_ranges(groups.len(), 2048, |range| {
            evaluators.with(|| self.comparisons.evaluator(), |evaluator| count(evaluator, range))
        });
        let mut counts = self.state_counts(model);
        for part in parts {
            for (rows, more) in counts.iter_mut().zip(part) {
                for (row, more) in rows.iter_mut().zip(more) {
                    row.iter_mut().zip(more).for_each(|(count, more)| *count += more);
                }
            }
        }
        self.count_missed_labels(model, entities, &mut counts);
        for (at, comparison) in model.comparisons.iter_mut().enumerate() {
            let item = &self.comparisons.items()[at];
            let mut pooled = vec![0.0; item.levels.len()];
            comparison.m.iter().for_each(|row| pooled.iter_mut().zip(row).for_each(|(sum, p)| *sum += p));
            anchor(item.kind, &mut pooled);
            comparison.m = estimate_m(item.kind, &counts[at], &pooled);
        }
        let inside: f64 = groups.iter().map(|group| (group.len() * (group.len() - 1)) as f64 / 2.0).sum();
        model.lambda = (inside.max(0.5) / self.all_pairs.max(1.0)).clamp(1e-15, 0.4);
    }

    /// Matches that people know and entities lack.
    fn count_missed_labels(&self, model: &Model, entities: &Entities, counts: &mut [Vec<Vec<f64>>]) {
        let mut evaluator = self.comparisons.evaluator();
        let mut pair = PairLevels::default();
        let apart = |a, b| entities.entity_of(RecordId(a)) != entities.entity_of(RecordId(b));
        for (a, b, _) in self.labels.iter().filter(|&(a, b, matched)| matched && apart(a, b)) {
            evaluator.evaluate(a as usize, b as usize, &mut pair);
            count_states(model, &pair, counts);
        }
    }

    fn state_counts(&self, model: &Model) -> Vec<Vec<Vec<f64>>> {
        model.comparisons.iter().map(|c| c.m.iter().map(|row| vec![0.0; row.len()]).collect()).collect()
    }
}

fn count_states(model: &Model, pair: &PairLevels, counts: &mut [Vec<Vec<f64>>]) {
    for (at, comparison) in model.comparisons.iter().enumerate() {
        let level = pair.levels[at];
        if level != NULL_LEVEL {
            counts[at][comparison.state(&pair.levels)][level as usize] += 1.0;
        }
    }
}

/// Chance that two carriers agree: `sum n(n-1) / N(N-1)`, kept off 0 and 1.
fn agreement(column: &Column) -> f64 {
    let carriers = column.non_null() as f64;
    let agreeing: f64 = column.counts().into_iter().map(|n| f64::from(n) * (f64::from(n) - 1.0)).sum();
    (agreeing / (carriers * (carriers - 1.0)).max(1.0)).clamp(1e-9, 0.999)
}

/// Attributes with few values: no frequency boost, capped weight.
fn is_category(kind: AttributeKind) -> bool {
    use AttributeKind as K;
    matches!(kind, K::Region | K::Country | K::Gender | K::Category)
}

/// Where the household class starts for an attribute that it has a say in.
fn household_start(kind: AttributeKind, m: &[f64], u: &[f64]) -> Option<Vec<f64>> {
    use AttributeKind as K;
    let between = |share: f64| Some(m.iter().zip(u).map(|(m, u)| share * m + (1.0 - share) * u).collect());
    match kind {
        K::Surname
        | K::Street
        | K::HouseNumber
        | K::Unit
        | K::PoBox
        | K::AddressLine2
        | K::Locality
        | K::City
        | K::County
        | K::Region
        | K::Postcode
        | K::Country
        | K::Phone
        | K::Company => Some(m.to_vec()),
        // Twins share it, other relatives do not.
        K::BirthDate => between(TWINS),
        K::Email => between(0.3),
        // A child that bears a parent's name, or two sisters: seldom, but far oftener than among strangers.
        K::GivenName | K::MiddleName | K::Gender => between(0.05),
        // Where the family comes from, and what it is.
        K::BirthPlace | K::Category => between(0.5),
        _ => None,
    }
}

/// Which comparisons may depend on which. The order of places is from the fine to the coarse, so that no circle can
/// arise.
fn may_depend(comparisons: &Comparisons<'_>, child: usize, parent: usize) -> bool {
    use AttributeKind as K;
    let (child, parent) = (comparisons.items()[child].kind, comparisons.items()[parent].kind);
    if let (Some(fine), Some(coarse)) = (place_rank(parent), place_rank(child)) {
        return fine < coarse;
    }
    let is_name = |kind| matches!(kind, K::GivenName | K::Surname);
    match child {
        K::Email => is_name(parent),
        K::Country | K::Gender | K::Category | K::BirthPlace => is_name(parent),
        K::Age => parent == K::BirthDate,
        _ => false,
    }
}

/// How coarse a place is: what stands later follows from what stands before.
fn place_rank(kind: AttributeKind) -> Option<u8> {
    use AttributeKind as K;
    Some(match kind {
        K::Street => 0,
        K::HouseNumber => 1,
        K::Unit | K::AddressLine2 => 2,
        K::Postcode => 3,
        K::Locality => 4,
        K::City => 5,
        K::BirthPlace => 6,
        K::County => 7,
        K::Region => 8,
        K::Country => 9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SourceId;
    use crate::normalize::attributes::{Attribute, Attributes};

    /// A word of its own for each number: different numbers share neither letters in place nor sound.
    fn word(stream: u64, number: u64) -> String {
        const SYLLABLES: [&str; 16] =
            ["ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo", "ju", "ka"];
        let draws = Draws::new(stream, 99);
        (0..4).map(|at| SYLLABLES[draws.below(4 * number + at, 16) as usize]).collect()
    }

    /// Strangers: everything about a record is drawn, but for what `describe` makes of the draws.
    fn strangers(
        records: u64,
        kinds: &[AttributeKind],
        describe: impl Fn(u64, &dyn Fn(u64, u64) -> u64) -> Vec<String>,
    ) -> Attributes {
        let rows: Vec<Vec<String>> = (0..records)
            .map(|record| describe(record, &|stream, bound| Draws::new(11, stream).below(record, bound)))
            .collect();
        let column = |(at, kind): (usize, &AttributeKind)| Attribute {
            name: kind.name().to_owned(),
            kind: *kind,
            column: rows.iter().map(|row| Some(row[at].as_str())).collect(),
        };
        Attributes {
            source: vec![SourceId(0); records as usize],
            columns: kinds.iter().enumerate().map(column).collect(),
        }
    }

    fn start(attributes: &Attributes, seed: u64) -> Model {
        let comparisons = Comparisons::new(attributes);
        let records = attributes.len() as f64;
        Trainer::new(&comparisons, seed, records * (records - 1.0) / 2.0).start(None, &[])
    }

    fn parents(model: &Model, child: &str) -> Vec<String> {
        let child = model.comparisons.iter().find(|comparison| comparison.name == child).unwrap();
        child.parents.iter().map(|parent| model.comparisons[parent.comparison].name.clone()).collect()
    }

    const PLACES: [AttributeKind; 5] = [
        AttributeKind::GivenName,
        AttributeKind::Surname,
        AttributeKind::City,
        AttributeKind::Postcode,
        AttributeKind::Region,
    ];

    #[test]
    fn a_city_follows_from_its_postcode_and_a_surname_from_nothing() {
        let attributes = strangers(3000, &PLACES, |_, draw| {
            let postcode = draw(3, 60);
            vec![
                word(1, draw(1, 80)),
                word(2, draw(2, 120)),
                word(3, postcode / 4),
                format!("{:05}", 1009 * postcode + 7),
                word(4, postcode / 12),
            ]
        });
        for seed in [1, 2] {
            let model = start(&attributes, seed);
            assert_eq!(parents(&model, "city"), ["postcode"]);
            let region = parents(&model, "region");
            assert!(
                !region.is_empty() && region.iter().all(|name| name == "city" || name == "postcode"),
                "{region:?}"
            );
            for independent in ["given_name", "surname", "postcode"] {
                assert_eq!(parents(&model, independent), [""; 0], "{independent}");
            }
            let city = model.comparisons.iter().find(|comparison| comparison.name == "city").unwrap();
            assert_eq!((city.m.len(), city.u.len()), (3, 3));
            assert!(city.u[2][0] > 0.95, "in one postcode there is one city: {:?}", city.u[2]);
            assert!((0.05..0.09).contains(&city.u[0][0]), "one in fifteen: {:?}", city.u[0]);
        }
    }

    #[test]
    fn places_that_are_independent_have_no_parents() {
        let attributes = strangers(3000, &PLACES, |_, draw| {
            vec![
                word(1, draw(1, 80)),
                word(2, draw(2, 120)),
                word(3, draw(3, 15)),
                format!("{:05}", 1009 * draw(4, 60) + 7),
                word(4, draw(5, 5)),
            ]
        });
        let model = start(&attributes, 1);
        for comparison in &model.comparisons {
            assert_eq!(parents(&model, &comparison.name), [""; 0], "{}", comparison.name);
        }
    }

    #[test]
    fn mail_addresses_are_made_of_names_where_they_are() {
        let kinds = [AttributeKind::GivenName, AttributeKind::Surname, AttributeKind::Email];
        let made = strangers(3000, &kinds, |_, draw| {
            let (given, surname) = (word(1, draw(1, 60)), word(2, draw(2, 60)));
            let email = format!("{given}.{surname}{}@mail.example", draw(3, 10));
            vec![given, surname, email]
        });
        assert!(!parents(&start(&made, 1), "email").is_empty());
        let random = strangers(3000, &kinds, |record, draw| {
            let email = format!("{}{}@mail.example", word(5, record), word(6, record));
            vec![word(1, draw(1, 60)), word(2, draw(2, 60)), email]
        });
        assert_eq!(parents(&start(&random, 1), "email"), [""; 0]);
    }

    /// Twins start well above chance, and still count less than a match does: see [`TWINS`].
    #[test]
    fn households_start_with_twins() {
        let (m, u) = ([0.8, 0.05, 0.15], [0.001, 0.009, 0.99]);
        let h = household_start(AttributeKind::BirthDate, &m, &u).unwrap();
        assert!((h[0] - 0.0809).abs() < 1e-12 && h[0] > 50.0 * u[0] && h[0] < m[0] / 5.0, "{h:?}");
        assert!((h.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    /// In a list of names and addresses alone, duplicates must not pass for strangers whose addresses agree.
    #[test]
    fn duplicates_are_no_dependence() {
        let kinds = [AttributeKind::GivenName, AttributeKind::Surname, AttributeKind::Email];
        let attributes = strangers(96, &kinds, |record, _| {
            let person = if record < 60 { record } else { record - 60 };
            vec![word(1, person % 18), word(2, person), format!("{}@mail.example", word(5, person))]
        });
        let model = start(&attributes, 1);
        assert_eq!(parents(&model, "email"), [""; 0]);
        let email = model.comparisons.iter().find(|comparison| comparison.name == "email").unwrap();
        assert!(email.u[0][0] < 0.02, "{:?}", email.u);
    }

    /// `u` of equality is exact; of the other levels it is a share of random pairs, so compare with all pairs.
    #[test]
    fn u_is_what_strangers_have_in_common() {
        let attributes = strangers(1500, &PLACES, |_, draw| {
            vec![
                word(1, draw(1, 40)),
                word(2, draw(2, 90).min(draw(6, 90))),
                word(3, draw(3, 15)),
                format!("{:05}", 307 * draw(4, 300)),
                word(4, draw(5, 5)),
            ]
        });
        let comparisons = Comparisons::new(&attributes);
        let model = start(&attributes, 5);
        let levels = comparisons.items().iter().map(|item| vec![0; item.levels.len()]);
        let mut counts: Tally = levels.collect();
        let mut evaluator = comparisons.evaluator();
        let mut pair = PairLevels::default();
        for b in 0..attributes.len() {
            for a in 0..b {
                evaluator.evaluate(a, b, &mut pair);
                counts.iter_mut().zip(&pair.levels).for_each(|(row, &level)| row[level as usize] += 1);
            }
        }
        for ((comparison, counts), at) in model.comparisons.iter().zip(&counts).zip(0..) {
            let all = counts.iter().sum::<u64>() as f64;
            assert!((comparison.u[0].iter().sum::<f64>() - 1.0).abs() < 1e-9);
            for (level, (&u, &count)) in comparison.u[0].iter().zip(counts).enumerate() {
                let share = count as f64 / all;
                // Four standard errors of a sample of 200,000, and half a pair for levels that no pair reaches.
                let error = 4.0 * (share * (1.0 - share) / RANDOM_PAIRS as f64).sqrt() + 1e-5;
                assert!((u - share).abs() < error, "{} level {level}: {u} for {share}", comparison.name);
            }
            let column = comparisons.column(at);
            assert!(
                (agreement(column) - counts[0] as f64 / all).abs() < 1e-9 || comparison.name == "given_name"
            );
        }
    }

    /// Entities that are known give `m` by counting, over pairs that nobody proposed as well.
    #[test]
    fn the_refit_counts_pairs_inside_entities() {
        const ENTITIES: u32 = 2000;
        let kinds = [AttributeKind::Surname, AttributeKind::Phone];
        // Three records an entity: the third has another phone, so that two of three pairs differ in it.
        let attributes = strangers(u64::from(3 * ENTITIES), &kinds, |record, _| {
            let (entity, copy) = (record / 3, record % 3);
            vec![
                word(2, entity),
                format!("{:09}", 600_000_000 + entity * 3779 + if copy == 2 { 555_555 } else { 0 }),
            ]
        });
        let comparisons = Comparisons::new(&attributes);
        let records = f64::from(3 * ENTITIES);
        let trainer = Trainer::new(&comparisons, 1, records * (records - 1.0) / 2.0);
        let labels: Vec<u32> = (0..3 * ENTITIES).map(|record| record / 3).collect();
        let entities = Entities::from_labels(&labels);
        let mut model = trainer.start(Some(&entities), &[]);
        trainer.refit(&mut model, &entities);
        let inside = f64::from(3 * ENTITIES);
        assert!((model.lambda - inside / trainer.all_pairs).abs() < 1e-15);
        assert!(model.comparisons[0].m[0][0] > 0.998, "{:?}", model.comparisons[0].m);
        assert!((model.comparisons[1].m[0][0] - 1.0 / 3.0).abs() < 0.005, "{:?}", model.comparisons[1].m);
    }
}
