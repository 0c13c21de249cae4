//! What blocking will cost and find, from a sample of records: before the run, and without labels.
//!
//! The number of candidate pairs follows from the neighbours of the sampled records. Their recall follows from capture
//! and recapture: the keys are split in two sets that have no attribute in common, say contact points and everything
//! else, and each set looks for pairs alone. Pairs that look like matches and were caught by both tell how many must have
//! been caught by neither.
//!
//! # Errors of it
//! Records that are poor in everything escape both sets more often than chance has it, so the estimate is a little
//! high; and "looks like a match" is the judgement of a model.
//!
//! # Source
//! Chapman 1951 for the estimator; Christen 2012, section 7.4, for the measures of blocking.

use std::collections::{BTreeMap, BTreeSet};

use super::index::Index;
use super::neighbours::{BlockOptions, MAX_POSTINGS, RELEVANT};
use super::rules::Rules;
use super::{BlockMethod, IndexStats};
use crate::normalize::attributes::Attributes;
use crate::par;
use crate::table::AttributeKind;

/// Below this probability a pair is no match worth counting: there are very many of them, and together they would
/// outweigh the others.
const LIKELY: f64 = 0.1;

/// Matching pairs that both halves of a split must have caught before it counts.
const MIN_BOTH: f64 = 5.0;

/// Attributes whose errors are independent of those of other groups, more or less.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyGroup {
    /// Names of people and companies.
    Names,
    /// Date and place of birth, age.
    Birth,
    /// E-mail, telephone, identifiers, web sites.
    Contact,
    /// The rest: addresses and categories.
    Place,
}

impl KeyGroup {
    /// All groups.
    pub const ALL: [Self; 4] = [Self::Names, Self::Birth, Self::Contact, Self::Place];

    /// The group of an attribute kind.
    pub fn of(kind: AttributeKind) -> Self {
        use AttributeKind as K;
        match kind {
            K::FullName
            | K::GivenName
            | K::MiddleName
            | K::Surname
            | K::SecondSurname
            | K::Nickname
            | K::Company => Self::Names,
            K::BirthDate | K::BirthYear | K::BirthMonth | K::BirthDay | K::BirthPlace | K::Age => Self::Birth,
            K::Email | K::Phone | K::Identifier | K::Website => Self::Contact,
            _ => Self::Place,
        }
    }
}

/// One split of the keys and what its halves caught, in expected matches.
#[derive(Clone, Copy, PartialEq, Debug, serde::Serialize)]
pub struct Capture {
    /// The group on one side; all others are on the other.
    pub group: KeyGroup,
    /// Caught by keys of the group alone.
    pub alone: f64,
    /// Caught by all other keys.
    pub others: f64,
    /// Caught by both.
    pub both: f64,
    /// Caught by all keys together.
    pub all: f64,
    /// The share of matches that all keys together are expected to catch.
    pub recall: f64,
}

/// What blocking is expected to cost and find.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct BlockEstimate {
    /// Records looked at.
    pub sampled_records: u64,
    /// Candidate pairs of all records.
    pub candidate_pairs: f64,
    /// Matching pairs among the candidates, as the model sees them.
    pub expected_matches: f64,
    /// Share of the matching pairs that are candidates; none when no split of the keys has enough to say.
    pub recall: Option<f64>,
    /// What it rests on.
    pub captures: Vec<Capture>,
    /// The keys of the neighbours.
    pub index: IndexStats,
    /// Memory of the index while neighbours are looked for.
    pub index_bytes: u64,
    /// Likely matches of the sampled records: `(a, b, probability)`, `a < b`.
    #[serde(skip)]
    pub likely: Vec<(u32, u32, f64)>,
}

/// What is looked at.
pub(crate) struct EstimateInput<'a> {
    pub attributes: &'a Attributes,
    pub method: BlockMethod,
    pub options: BlockOptions,
    pub rules: &'a Rules,
    /// Records to look at.
    pub sample: usize,
}

/// Estimates from a sample. `likely` gives the probability that a pair is a match; each thread makes its own.
///
/// # Complexity
/// The index of all records, and a few hundred look-ups a sampled record.
pub(crate) fn estimate<P: FnMut(u32, u32) -> f64>(
    input: &EstimateInput<'_>,
    likely: impl Fn() -> P + Sync + Send,
) -> BlockEstimate {
    let records = input.attributes.len();
    let sampled: Vec<u32> = systematic(records, input.sample);
    let index = (input.method != BlockMethod::Rules).then(|| Index::new(input.attributes));
    let parts = par::map_ranges(sampled.len(), 64, |range| {
        let mut probability = likely();
        let finder = Finder { input, index: index.as_ref() };
        sampled[range].iter().map(|&record| finder.look(record, &mut probability)).collect::<Vec<_>>()
    });
    let looks: Vec<Look> = parts.into_iter().flatten().collect();
    let scale = records as f64 / sampled.len().max(1) as f64;
    let rule_pairs: u64 =
        if input.method == BlockMethod::Neighbours { 0 } else { input.rules.pair_counts().iter().sum() };
    let captures: Vec<Capture> = KeyGroup::ALL.iter().filter_map(|&group| capture(group, &looks)).collect();
    let weight: f64 = captures.iter().map(|capture| capture.both).sum();
    let recall = captures.iter().map(|capture| capture.both * capture.recall).sum::<f64>() / weight;
    let mut likely: Vec<(u32, u32, f64)> =
        looks.iter().flat_map(|look| look.likely.iter().map(|pair| pair.pair)).collect();
    likely.sort_by_key(|&(a, b, _)| (a, b));
    likely.dedup_by_key(|&mut (a, b, _)| (a, b));
    // Every pair is seen from both its records.
    let share = |pairs: f64| scale * pairs / 2.0;
    BlockEstimate {
        sampled_records: sampled.len() as u64,
        // Of pairs that rules make, those that are neighbours too are counted once.
        candidate_pairs: share(looks.iter().map(|look| look.neighbours).sum()) + rule_pairs as f64
            - share(looks.iter().map(|look| look.in_both).sum()),
        expected_matches: share(
            looks.iter().flat_map(|look| &look.likely).filter(|p| p.all).map(|p| p.pair.2).sum(),
        ),
        recall: (!captures.is_empty()).then_some(recall),
        captures,
        index: index.as_ref().map(|index| index.stats.clone()).unwrap_or_default(),
        index_bytes: index.as_ref().map_or(0, |index| index.heap_bytes() as u64),
        likely,
    }
}

/// `sample` of `records` records, evenly spread.
fn systematic(records: usize, sample: usize) -> Vec<u32> {
    let sample = sample.min(records);
    (0..sample).map(|at| (at as u64 * records as u64 / sample as u64) as u32).collect()
}

/// What one split makes of the likely matches.
fn capture(group: KeyGroup, looks: &[Look]) -> Option<Capture> {
    let (mut alone, mut others, mut both, mut all, mut any) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let at = KeyGroup::ALL.iter().position(|&other| other == group)?;
    for pair in looks.iter().flat_map(|look| &look.likely) {
        let p = pair.pair.2;
        let (x, y) = (pair.alone[at], pair.others[at]);
        alone += if x { p } else { 0.0 };
        others += if y { p } else { 0.0 };
        both += if x && y { p } else { 0.0 };
        all += if pair.all { p } else { 0.0 };
        any += if x || y || pair.all { p } else { 0.0 };
    }
    let matches = ((alone + 1.0) * (others + 1.0) / (both + 1.0) - 1.0).max(any);
    (both >= MIN_BOTH).then(|| Capture { group, alone, others, both, all, recall: all / matches })
}

/// What was seen of one record.
struct Look {
    /// Its neighbours, those that only one side chose counting twice: as often as they are seen.
    neighbours: f64,
    /// Those of them that the rules make too.
    in_both: f64,
    likely: Vec<LikelyPair>,
}

/// A likely match, and by which keys it was caught; one entry a group.
struct LikelyPair {
    pair: (u32, u32, f64),
    alone: [bool; 4],
    others: [bool; 4],
    all: bool,
}

/// Which keys take part in a search.
#[derive(Clone, Copy)]
enum Keys {
    All,
    Only(KeyGroup),
    But(KeyGroup),
}

impl Keys {
    fn admits(self, kind: AttributeKind) -> bool {
        match self {
            Self::All => true,
            Self::Only(group) => KeyGroup::of(kind) == group,
            Self::But(group) => KeyGroup::of(kind) != group,
        }
    }
}

struct Finder<'a> {
    input: &'a EstimateInput<'a>,
    index: Option<&'a Index<'a>>,
}

impl Finder<'_> {
    fn look(&self, record: u32, probability: &mut impl FnMut(u32, u32) -> f64) -> Look {
        let own = self.neighbours(record, Keys::All);
        let mut found: BTreeSet<u32> = own.iter().copied().collect();
        for group in KeyGroup::ALL {
            found.extend(self.neighbours(record, Keys::Only(group)));
            found.extend(self.neighbours(record, Keys::But(group)));
        }
        let mut look = Look { neighbours: 0.0, in_both: 0.0, likely: Vec::new() };
        for &other in &own {
            // Seen from one side only where the choice was not mutual.
            let weight = if self.neighbours(other, Keys::All).contains(&record) { 1.0 } else { 2.0 };
            look.neighbours += weight;
            look.in_both += if self.input.rules.first_rule(record, other).is_some() { weight } else { 0.0 };
        }
        if self.input.method != BlockMethod::Neighbours {
            self.input.rules.partners(record, |other| {
                found.insert(other);
            });
        }
        for other in found {
            let (a, b) = (record.min(other), record.max(other));
            let p = probability(a, b);
            if p >= LIKELY {
                look.likely.push(LikelyPair {
                    pair: (a, b, p),
                    alone: KeyGroup::ALL.map(|group| self.caught(a, b, Keys::Only(group))),
                    others: KeyGroup::ALL.map(|group| self.caught(a, b, Keys::But(group))),
                    all: self.caught(a, b, Keys::All),
                });
            }
        }
        look
    }

    /// Whether a pair is a candidate by some of the keys.
    fn caught(&self, a: u32, b: u32, keys: Keys) -> bool {
        let by_rule = self.input.method != BlockMethod::Neighbours
            && self.input.rules.makes(a, b, |kind| keys.admits(kind));
        by_rule || self.neighbours(a, keys).contains(&b) || self.neighbours(b, keys).contains(&a)
    }

    /// The best neighbours of a record by some of its keys, as the search of all of them would find.
    fn neighbours(&self, record: u32, keys: Keys) -> Vec<u32> {
        let Some(index) = self.index else { return Vec::new() };
        let mut numbers = Vec::new();
        index.record_keys_of(record as usize, |kind| keys.admits(kind), &mut numbers);
        let mut shared: BTreeMap<u32, u32> = BTreeMap::new();
        let mut read = 0;
        for key in numbers {
            read += index.records(key).len();
            if read > MAX_POSTINGS {
                break;
            }
            for &other in index.records(key) {
                *shared.entry(other).or_default() += index.weight(key);
            }
        }
        let options = &self.input.options;
        let source = &self.input.attributes.source;
        let same = |other: u32| source[other as usize] == source[record as usize];
        let allowed = |other: u32| {
            other != record
                && !(same(other) && options.across_sources_only)
                && (same(other) || !options.within_sources_only)
        };
        let mut best: Vec<(u32, u32)> = shared.into_iter().filter(|&(other, _)| allowed(other)).collect();
        let top = best.iter().map(|&(_, bits)| bits).max().unwrap_or(0);
        best.retain(|&(_, bits)| bits >= (f64::from(top) * RELEVANT) as u32);
        best.sort_by_key(|&(other, bits)| (std::cmp::Reverse(bits), other));
        best.truncate(options.k);
        best.into_iter().map(|(other, _)| other).collect()
    }
}

/// Rules that would find most of the likely matches within a number of pairs, best first.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct SuggestedRule {
    /// The rule.
    pub rule: String,
    /// Pairs that it makes.
    pub pairs: u64,
    /// Share of the likely matches that it and those before it find.
    pub found: f64,
}

/// Rules to choose from: each is narrow enough for large data where its attributes are.
const CATALOGUE: [&str; 18] = [
    "email",
    "phone",
    "identifier",
    "suffix(phone, 7)",
    "surname + birth_date",
    "prefix(given_name, 1) + birth_date",
    "birth_date + postcode",
    "phonetic(surname) + year(birth_date)",
    "phonetic(surname) + month_day(birth_date)",
    "phonetic(given_name) + month_day(birth_date)",
    "given_name + surname",
    "phonetic(given_name) + phonetic(surname)",
    "prefix(surname, 4) + prefix(given_name, 2)",
    "phonetic(surname) + postcode",
    "phonetic(given_name) + postcode",
    "surname + city",
    "street + house_number",
    "company",
];

/// A gain of the likely matches below which a rule is not worth its place.
const MIN_GAIN: f64 = 0.001;

/// Chooses rules by what they add for their pairs, until `budget` pairs are spent.
pub(crate) fn suggest(
    attributes: &Attributes,
    options: super::RuleOptions,
    likely: &[(u32, u32, f64)],
    budget: u64,
) -> Vec<SuggestedRule> {
    let total: f64 = likely.iter().map(|pair| pair.2).sum();
    let mut open = Vec::new();
    for text in CATALOGUE {
        let Ok(rule) = text.parse() else { continue };
        let Ok(rules) = Rules::new(attributes, &[rule], options) else { continue };
        let pairs: u64 = rules.stats().map(|stats| stats.pairs).sum();
        let finds: Vec<bool> = likely.iter().map(|&(a, b, _)| rules.first_rule(a, b).is_some()).collect();
        if pairs > 0 {
            open.push((text, pairs, finds));
        }
    }
    let mut missing = vec![true; likely.len()];
    let (mut chosen, mut spent, mut found) = (Vec::new(), 0u64, 0.0);
    loop {
        let gain = |finds: &[bool]| -> f64 {
            let new =
                likely.iter().zip(finds).zip(&missing).filter(|((_, finds), missing)| **finds && **missing);
            new.map(|((pair, _), _)| pair.2).sum()
        };
        let affordable = open.iter().enumerate().filter(|(_, rule)| spent + rule.1 <= budget);
        let worth = affordable
            .map(|(at, rule)| (gain(&rule.2), at))
            .filter(|&(gain, _)| gain >= MIN_GAIN * total.max(1.0));
        // Per pair, where a thousand pairs more or less do not matter.
        let value = |&(gain, at): &(f64, usize)| gain / (open[at].1 as f64 + 1000.0);
        let Some((gained, at)) = worth.max_by(|x, y| value(x).total_cmp(&value(y)).then(y.1.cmp(&x.1)))
        else {
            return chosen;
        };
        let (rule, pairs, finds) = open.remove(at);
        missing.iter_mut().zip(finds).for_each(|(missing, finds)| *missing &= !finds);
        spent += pairs;
        found += gained;
        chosen.push(SuggestedRule { rule: rule.to_owned(), pairs, found: found / total.max(1e-9) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::{Neighbours, RuleOptions};
    use crate::ids::SourceId;
    use crate::normalize::attributes::Attribute;
    use crate::score::Draws;

    const PEOPLE: usize = 1500;

    /// People in two sources with slips in a name, other phones and lost dates, independent of one another.
    fn people(slips: u64) -> Attributes {
        const SYLLABLES: [&str; 12] =
            ["ba", "ce", "di", "fo", "gur", "lan", "mes", "nil", "por", "ru", "sal", "tez"];
        let draws = Draws::new(5, 0);
        let word = |number: u64| -> String {
            (0..3).map(|at| SYLLABLES[draws.below(8 * number + at, 12) as usize]).collect()
        };
        let below = |number: usize, bound: u64| draws.below(1_000_000 + number as u64, bound);
        let mut columns: [Vec<Option<String>>; 4] = Default::default();
        for copy in 0..2usize {
            for person in 0..PEOPLE {
                let wrong = |part: usize| copy == 1 && below(9_000_000 + 4 * person + part, 100) < slips;
                let given = word(below(8 * person, 200) + if wrong(0) { 500_000 + person as u64 } else { 0 });
                let surname = word(
                    1000 + below(8 * person + 1, 600) + if wrong(0) { 700_000 + person as u64 } else { 0 },
                );
                let date = format!(
                    "{}{:02}{:02}",
                    1940 + below(8 * person + 2, 60),
                    1 + below(8 * person + 3, 12),
                    1 + below(8 * person + 4, 28)
                );
                let phone = if wrong(1) {
                    below(5_000_000 + person, 100_000_000)
                } else {
                    below(8 * person + 5, 100_000_000)
                };
                columns[0].push(Some(given));
                columns[1].push(Some(surname));
                columns[2].push((!wrong(2)).then_some(date));
                columns[3].push(Some(format!("6{phone:08}")));
            }
        }
        let kinds = [
            AttributeKind::GivenName,
            AttributeKind::Surname,
            AttributeKind::BirthDate,
            AttributeKind::Phone,
        ];
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

    fn is_match(a: u32, b: u32) -> f64 {
        if a as usize % PEOPLE == b as usize % PEOPLE { 1.0 } else { 0.0 }
    }

    fn input<'a>(
        attributes: &'a Attributes,
        rules: &'a Rules,
        method: BlockMethod,
        sample: usize,
    ) -> EstimateInput<'a> {
        EstimateInput { attributes, method, options: BlockOptions::default(), rules, sample }
    }

    /// Slips are independent and the judge knows the truth, so that nothing but chance is between estimate and count.
    #[test]
    fn cost_and_recall_are_near_the_truth() {
        let attributes = people(35);
        let texts = ["phone", "given_name + surname", "birth_date"];
        let rules: Vec<_> = texts.iter().map(|rule| rule.parse().unwrap()).collect();
        let rules = Rules::new(&attributes, &rules, RuleOptions::default()).unwrap();
        let neighbours = Neighbours::find(&attributes, &BlockOptions::default());
        for method in [BlockMethod::Neighbours, BlockMethod::Rules, BlockMethod::Both] {
            let candidates = super::super::CandidatePairs {
                neighbours: (method != BlockMethod::Rules).then_some(&neighbours),
                rules: (method != BlockMethod::Neighbours).then_some(&rules),
            };
            let real =
                (0..PEOPLE as u32).filter(|&p| candidates.contains(p, p + PEOPLE as u32)).count() as f64;
            let found = estimate(&input(&attributes, &rules, method, 400), || is_match);
            let pairs = candidates.pair_count() as f64;
            assert!(
                (found.candidate_pairs / pairs - 1.0).abs() < 0.1,
                "{method:?}: {found:?} for {pairs} pairs"
            );
            assert!(
                (found.expected_matches / real - 1.0).abs() < 0.1,
                "{method:?}: {found:?} for {real} matches"
            );
            let recall = found.recall.expect("three groups of keys");
            assert!(
                (recall - real / PEOPLE as f64).abs() < 0.04,
                "{method:?}: {recall} for {real} of {PEOPLE}"
            );
        }
    }

    #[test]
    fn one_group_of_keys_says_nothing_about_recall() {
        let mut attributes = people(0);
        attributes.columns.truncate(2);
        let rules = Rules::none(attributes.len());
        let found = estimate(&input(&attributes, &rules, BlockMethod::Neighbours, 50), || is_match);
        assert_eq!((found.recall, found.captures.len()), (None, 0));
        let nobody = Attributes::default();
        let none = Rules::none(0);
        let found = estimate(&input(&nobody, &none, BlockMethod::Neighbours, 50), || is_match);
        assert_eq!((found.candidate_pairs, found.sampled_records), (0.0, 0));
    }

    #[test]
    fn rules_are_suggested_within_their_budget() {
        let attributes = people(35);
        let likely: Vec<_> = (0..PEOPLE as u32).map(|person| (person, person + PEOPLE as u32, 1.0)).collect();
        let mut before = 0.0;
        for budget in [0, 3_000, 30_000, 10_000_000] {
            let rules = suggest(&attributes, RuleOptions::default(), &likely, budget);
            assert!(rules.iter().map(|rule| rule.pairs).sum::<u64>() <= budget);
            let found = rules.last().map_or(0.0, |rule| rule.found);
            assert!(found >= before, "{budget}: {rules:?}");
            before = found;
        }
        // A third of the phones is wrong, and of these a third of the names: one in eight needs what dates are left.
        assert!((0.86..0.95).contains(&before), "{before}");
    }

    #[test]
    fn samples_are_spread_and_distinct() {
        assert_eq!(systematic(10, 3), [0, 3, 6]);
        assert_eq!(systematic(3, 10), [0, 1, 2]);
        assert!(systematic(0, 10).is_empty());
    }
}
