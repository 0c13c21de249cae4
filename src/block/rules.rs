//! Several rules united: each pair once, from the first rule that makes it.

use std::ops::Range;

use super::neighbours::Neighbours;
use super::rule::Rule;
use super::rule_index::{RuleIndex, RuleStats};
use crate::error::Result;
use crate::ids::SourceId;
use crate::normalize::attributes::Attributes;
use crate::par;
use crate::table::AttributeKind;

/// Keys that more records share are not used by rules: two million pairs a block, and what so many records share tells
/// nobody from anybody.
pub const MAX_RULE_BLOCK: usize = 2000;

/// How the candidate pairs of a run are found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockMethod {
    /// The best neighbours of each record by rare shared keys; the default.
    Neighbours,
    /// The configured rules and nothing else.
    Rules,
    /// Neighbours, and what the rules add.
    Both,
}

/// Which pairs of rules count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RuleOptions {
    /// Records that a block may hold.
    pub max_block: usize,
    /// Only pairs of two sources.
    pub across_sources_only: bool,
    /// Only pairs within one source.
    pub within_sources_only: bool,
}

impl Default for RuleOptions {
    fn default() -> Self {
        Self { max_block: MAX_RULE_BLOCK, across_sources_only: false, within_sources_only: false }
    }
}

/// Blocking rules over the records of a run.
///
/// # Shape
/// No pair is stored: [`Self::pairs`] walks the blocks, and leaves out what an earlier rule has made by looking at the keys
/// of both records. Memory is O(records x rules).
///
/// # Null
/// Records without the keys of a rule are in none of its pairs.
///
/// # Example
/// ```
/// use quilate::block::{Rule, RuleOptions, Rules};
/// use quilate::normalize::attributes::{Attribute, Attributes};
/// use quilate::{AttributeKind, SourceId};
///
/// let names = [Some("garcia"), Some("gracia"), Some("vila"), Some("garcia")];
/// let surname = Attribute {
///     name: "surname".into(),
///     kind: AttributeKind::Surname,
///     column: names.into_iter().collect(),
/// };
/// let attributes = Attributes { source: vec![SourceId(0); 4], columns: vec![surname] };
/// let rules: Vec<Rule> = ["surname", "prefix(surname, 1)"].iter().map(|rule| rule.parse()).collect::<Result<_, _>>()?;
/// let rules = Rules::new(&attributes, &rules, RuleOptions::default())?;
/// assert_eq!(rules.pairs(0..4), [(0, 3), (0, 1), (1, 3)]);
/// # Ok::<(), quilate::Error>(())
/// ```
pub struct Rules {
    indexes: Vec<RuleIndex>,
    source: Vec<SourceId>,
    options: RuleOptions,
    records: usize,
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rules").field("stats", &self.stats().collect::<Vec<_>>()).finish_non_exhaustive()
    }
}

impl Rules {
    /// Sorts the records by the keys of each rule.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownField`](crate::ErrorKind::UnknownField) when a rule names something that is no attribute. A
    /// rule over an attribute that this data happens to lack finds nothing, and says so in its counts.
    ///
    /// # Complexity
    /// O(k log k) for the k keys of a rule.
    pub fn new(attributes: &Attributes, rules: &[Rule], options: RuleOptions) -> Result<Self> {
        let indexes = rules
            .iter()
            .map(|rule| RuleIndex::new(rule, attributes, options.max_block))
            .collect::<Result<_>>()?;
        let restricted = options.across_sources_only || options.within_sources_only;
        let source = if restricted { attributes.source.clone() } else { Vec::new() };
        Ok(Self { indexes, source, options, records: attributes.len() })
    }

    /// No rule for `records` records.
    pub fn none(records: usize) -> Self {
        Self { indexes: Vec::new(), source: Vec::new(), options: RuleOptions::default(), records }
    }

    /// How many records.
    pub fn len(&self) -> usize {
        self.records
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// What each rule came to, in order.
    pub fn stats(&self) -> impl ExactSizeIterator<Item = &RuleStats> + '_ {
        self.indexes.iter().map(|index| &index.stats)
    }

    /// The number of the first rule that makes a pair of two records, if one does.
    ///
    /// # Panics
    /// When a record does not exist.
    pub fn first_rule(&self, a: u32, b: u32) -> Option<usize> {
        if a == b || !self.allowed(a, b) {
            return None;
        }
        self.indexes.iter().position(|index| index.contains(a, b))
    }

    /// All rules that make a pair of two records.
    ///
    /// # Panics
    /// When a record does not exist.
    pub fn rules_of(&self, a: u32, b: u32) -> Vec<usize> {
        let allowed = a != b && self.allowed(a, b);
        (0..self.indexes.len()).filter(|&rule| allowed && self.indexes[rule].contains(a, b)).collect()
    }

    /// Whether a rule whose attributes are all wanted makes a pair of two records.
    pub(super) fn makes(&self, a: u32, b: u32, wanted: impl Fn(AttributeKind) -> bool) -> bool {
        let of_wanted = |index: &&RuleIndex| index.kinds().iter().all(|&kind| wanted(kind));
        a != b
            && self.allowed(a, b)
            && self.indexes.iter().filter(of_wanted).any(|index| index.contains(a, b))
    }

    /// Calls `work` with the records that some rule pairs with one, possibly more than once.
    pub(super) fn partners(&self, record: u32, mut work: impl FnMut(u32)) {
        for index in &self.indexes {
            index.partners(record, |other| {
                if other != record && self.allowed(record, other) {
                    work(other);
                }
            });
        }
    }

    /// Calls `work(rule, a, b)` for the pairs `a < b` whose smaller record is in a range, by rule and record; over all
    /// ranges each pair once.
    ///
    /// # Complexity
    /// O(pairs of the rules alone x rules).
    pub fn visit(&self, records: Range<usize>, mut work: impl FnMut(usize, u32, u32)) {
        for record in records {
            let record = record as u32;
            for (rule, index) in self.indexes.iter().enumerate() {
                index.larger(record, |other| {
                    let earlier = self.indexes[..rule].iter().any(|index| index.contains(record, other));
                    if !earlier && self.allowed(record, other) {
                        work(rule, record, other);
                    }
                });
            }
        }
    }

    /// The pairs of [`Self::visit`] in a vector; for small data and tests.
    pub fn pairs(&self, records: Range<usize>) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        self.visit(records, |_, a, b| pairs.push((a, b)));
        pairs
    }

    /// Pairs that each rule adds to those before it.
    pub fn pair_counts(&self) -> Vec<u64> {
        let parts = par::map_ranges(self.records, 1 << 12, |range| {
            let mut counts = vec![0u64; self.indexes.len()];
            self.visit(range, |rule, _, _| counts[rule] += 1);
            counts
        });
        let mut counts = vec![0u64; self.indexes.len()];
        for part in parts {
            counts.iter_mut().zip(part).for_each(|(count, more)| *count += more);
        }
        counts
    }

    /// Bytes held.
    pub fn heap_bytes(&self) -> usize {
        self.indexes.iter().map(RuleIndex::heap_bytes).sum::<usize>() + 2 * self.source.capacity()
    }

    fn allowed(&self, a: u32, b: u32) -> bool {
        if self.source.is_empty() {
            return true;
        }
        let same = self.source[a as usize] == self.source[b as usize];
        if same { !self.options.across_sources_only } else { !self.options.within_sources_only }
    }
}

/// All candidate pairs of a run: the neighbours, and what rules add to them.
///
/// # Shape
/// Both are of the same records.
#[derive(Clone, Copy, Debug, Default)]
pub struct CandidatePairs<'a> {
    /// The neighbours of each record.
    pub neighbours: Option<&'a Neighbours>,
    /// The rules.
    pub rules: Option<&'a Rules>,
}

impl<'a> From<&'a Neighbours> for CandidatePairs<'a> {
    fn from(neighbours: &'a Neighbours) -> Self {
        Self { neighbours: Some(neighbours), rules: None }
    }
}

impl<'a> From<&'a Rules> for CandidatePairs<'a> {
    fn from(rules: &'a Rules) -> Self {
        Self { neighbours: None, rules: Some(rules) }
    }
}

impl CandidatePairs<'_> {
    /// How many records.
    pub fn len(&self) -> usize {
        let rules = || self.rules.map_or(0, Rules::len);
        self.neighbours.map_or_else(rules, Neighbours::len)
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Calls `work` with the pairs `(a, b)`, `a < b`, that a range of records is responsible for. Over all records every
    /// pair comes exactly once.
    pub fn visit(&self, records: Range<usize>, mut work: impl FnMut(u32, u32)) {
        if let Some(neighbours) = self.neighbours {
            neighbours.pairs(records.clone()).for_each(|(a, b)| work(a, b));
        }
        if let Some(rules) = self.rules {
            rules.visit(records, |_, a, b| {
                if !self.neighbours.is_some_and(|neighbours| neighbours.contains(a, b)) {
                    work(a, b);
                }
            });
        }
    }

    /// Whether two records are a candidate pair.
    ///
    /// # Panics
    /// When a record does not exist.
    pub fn contains(&self, a: u32, b: u32) -> bool {
        self.neighbours.is_some_and(|neighbours| neighbours.contains(a, b))
            || self.rules.is_some_and(|rules| rules.first_rule(a, b).is_some())
    }

    /// How many candidate pairs there are.
    pub fn pair_count(&self) -> u64 {
        if self.rules.is_none_or(Rules::is_empty) {
            return self.neighbours.map_or(0, Neighbours::pair_count);
        }
        let count = |range| {
            let mut count = 0u64;
            self.visit(range, |_, _| count += 1);
            count
        };
        par::map_ranges(self.len(), 1 << 14, count).into_iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::block::BlockOptions;
    use crate::normalize::attributes::Attribute;
    use crate::table::ColumnBuilder;
    use proptest::prelude::*;

    const NAMES: [&str; 8] = ["ana", "anna", "luis", "luisa", "garcia", "gracia", "lopez ruiz", "ruiz"];

    fn column(kind: AttributeKind, values: &[Vec<String>]) -> Attribute {
        let mut column = ColumnBuilder::new();
        values.iter().for_each(|values| column.push_list(values.iter().map(String::as_str)));
        Attribute { name: kind.name().to_owned(), kind, column: column.finish() }
    }

    fn crowd() -> impl Strategy<Value = Attributes> {
        let record = (
            0u16..3,
            prop::option::of(0usize..8),
            prop::option::of(0usize..8),
            prop::collection::vec(0u8..12, 0..3),
        );
        prop::collection::vec(record, 0..40).prop_map(|records| {
            let name = |at: Option<usize>| at.map(|at| NAMES[at].to_owned()).into_iter().collect::<Vec<_>>();
            let given: Vec<_> = records.iter().map(|record| name(record.1)).collect();
            let surname: Vec<_> = records.iter().map(|record| name(record.2)).collect();
            let phone = |n: &u8| format!("61234{:02}", n);
            let phones: Vec<Vec<String>> =
                records.iter().map(|record| record.3.iter().map(phone).collect()).collect();
            Attributes {
                source: records.iter().map(|record| SourceId(record.0)).collect(),
                columns: vec![
                    column(AttributeKind::GivenName, &given),
                    column(AttributeKind::Surname, &surname),
                    column(AttributeKind::Phone, &phones),
                ],
            }
        })
    }

    const RULES: [&str; 7] = [
        "phone",
        "phonetic(surname) + prefix(given_name, 1)",
        "qgrams(surname, 2)",
        "tokens(surname) + given_name",
        "suffix(phone, 1) + surname",
        "window(surname + given_name, 3)",
        "soundex(given_name)",
    ];

    fn parsed(rules: &[usize]) -> Vec<Rule> {
        rules.iter().map(|&at| RULES[at].parse().unwrap()).collect()
    }

    /// The keys of a record by the definition: sets of texts, in any combination.
    fn keys(attributes: &Attributes, rule: &Rule, record: usize) -> BTreeSet<Vec<u64>> {
        let mut all = BTreeSet::from([Vec::new()]);
        for expression in &rule.keys {
            let attribute = attributes.columns.iter().find(|a| a.name == expression.attribute()).unwrap();
            let mut own = Vec::new();
            attribute
                .column
                .values(record)
                .for_each(|value| expression.keys(attribute.kind, value, &mut own));
            let with = |key: u64| all.iter().map(move |before: &Vec<u64>| [&before[..], &[key]].concat());
            all = own.into_iter().flat_map(with).collect();
        }
        all
    }

    /// All pairs of a rule by looking at each pair of records.
    fn naive(attributes: &Attributes, rule: &Rule, max_block: usize) -> BTreeSet<(u32, u32)> {
        let n = attributes.len();
        let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
        if let Some(width) = rule.window {
            let text = |record: usize| -> Vec<String> {
                let of = |expression: &super::super::expression::KeyExpression| {
                    let attribute =
                        attributes.columns.iter().find(|a| a.name == expression.attribute()).unwrap();
                    attribute.column.get(record).and_then(|value| expression.text(value)).unwrap_or_default()
                };
                rule.keys.iter().map(of).collect()
            };
            let mut order: Vec<usize> = (0..n).filter(|&r| text(r).iter().any(|t| !t.is_empty())).collect();
            order.sort_by_key(|&record| (text(record), record));
            let place = |record: usize| order.iter().position(|&other| other == record);
            return pairs
                .filter(|&(a, b)| place(a).zip(place(b)).is_some_and(|(x, y)| x.abs_diff(y) < width))
                .map(|(a, b)| (a as u32, b as u32))
                .collect();
        }
        let mut sizes: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
        (0..n).for_each(|r| {
            keys(attributes, rule, r).into_iter().for_each(|k| *sizes.entry(k).or_default() += 1)
        });
        pairs
            .filter(|&(a, b)| {
                let (x, y) = (keys(attributes, rule, a), keys(attributes, rule, b));
                x.intersection(&y).any(|key| sizes[key] <= max_block)
            })
            .map(|(a, b)| (a as u32, b as u32))
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        #[test]
        fn every_pair_once_from_its_first_rule(
            attributes in crowd(),
            chosen in prop::collection::vec(0usize..RULES.len(), 0..4),
            max_block in 2usize..40,
            sources in 0u8..3,
            cut in 0usize..40,
        ) {
            let rules = parsed(&chosen);
            let options = RuleOptions {
                max_block,
                across_sources_only: sources == 1,
                within_sources_only: sources == 2,
            };
            let united = Rules::new(&attributes, &rules, options).unwrap();
            let mut expected: BTreeMap<(u32, u32), usize> = BTreeMap::new();
            for (at, rule) in rules.iter().enumerate() {
                for (a, b) in naive(&attributes, rule, max_block) {
                    let same = attributes.source[a as usize] == attributes.source[b as usize];
                    if !(same && sources == 1) && (same || sources != 2) {
                        expected.entry((a, b)).or_insert(at);
                    }
                }
            }
            let cut = cut.min(attributes.len());
            let mut found = BTreeMap::new();
            for range in [0..cut, cut..attributes.len()] {
                united.visit(range, |rule, a, b| {
                    assert!(a < b && found.insert((a, b), rule).is_none(), "{a} and {b} come twice");
                });
            }
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(united.pair_counts().iter().sum::<u64>(), found.len() as u64);
            for a in 0..attributes.len() as u32 {
                for b in a + 1..attributes.len() as u32 {
                    prop_assert_eq!(united.first_rule(b, a), expected.get(&(a, b)).copied());
                    prop_assert_eq!(united.rules_of(a, b).first().copied(), united.first_rule(a, b));
                }
            }
        }

        /// Neighbours and rules together hold the pairs of both, each once.
        #[test]
        fn candidates_are_the_union(
            attributes in crowd(),
            chosen in prop::collection::vec(0usize..RULES.len(), 0..3),
            k in 1usize..4,
        ) {
            let neighbours = Neighbours::find(&attributes, &BlockOptions { k, ..BlockOptions::default() });
            let rules = Rules::new(&attributes, &parsed(&chosen), RuleOptions::default()).unwrap();
            let all = CandidatePairs { neighbours: Some(&neighbours), rules: Some(&rules) };
            let mut found = Vec::new();
            all.visit(0..attributes.len(), |a, b| found.push((a, b)));
            prop_assert_eq!(found.len() as u64, all.pair_count());
            let distinct: BTreeSet<(u32, u32)> = found.iter().copied().collect();
            prop_assert_eq!(distinct.len(), found.len());
            let mut expected: BTreeSet<(u32, u32)> = neighbours.pairs(0..attributes.len()).collect();
            expected.extend(rules.pairs(0..attributes.len()));
            prop_assert!(expected.iter().all(|&(a, b)| all.contains(a, b) && all.contains(b, a)));
            prop_assert_eq!(distinct, expected);
            prop_assert_eq!(CandidatePairs::from(&rules).pair_count(), rules.pair_counts().iter().sum::<u64>());
            prop_assert_eq!(CandidatePairs::from(&neighbours).pair_count(), neighbours.pair_count());
        }
    }

    #[test]
    fn large_blocks_are_counted_and_not_used() {
        let same = vec![vec!["garcia".to_owned()]; 5];
        let attributes =
            Attributes { source: vec![SourceId(0); 5], columns: vec![column(AttributeKind::Surname, &same)] };
        let build = |max_block| {
            let options = RuleOptions { max_block, ..RuleOptions::default() };
            Rules::new(&attributes, &["surname".parse().unwrap()], options).unwrap()
        };
        let stats = build(4).stats().next().unwrap().clone();
        assert_eq!((stats.large_blocks, stats.largest, stats.pairs_left_out, stats.pairs), (1, 5, 10, 0));
        assert_eq!(build(4).pairs(0..5), []);
        let whole = build(5);
        let stats = whole.stats().next().unwrap();
        assert_eq!((stats.large_blocks, stats.blocks, stats.pairs, stats.records), (0, 1, 10, 5));
        assert_eq!(whole.pairs(0..5).len(), 10);
        assert!(whole.heap_bytes() < 1000);
    }

    #[test]
    fn attributes_that_are_not_there() {
        let surname = column(AttributeKind::Surname, &[vec!["ruiz".to_owned()], vec!["ruiz".to_owned()]]);
        let attributes = Attributes { source: vec![SourceId(0); 2], columns: vec![surname] };
        let build = |rule: &str| Rules::new(&attributes, &[rule.parse().unwrap()], RuleOptions::default());
        let lacking = build("surname + email").unwrap();
        assert!(lacking.stats().all(|stats| stats.no_data));
        assert_eq!(lacking.pairs(0..2), []);
        let error = build("surname + shoe_size").unwrap_err();
        assert_eq!(
            error.to_string(),
            "surname + shoe_size column \"shoe_size\": no attribute of this name; the attributes are surname"
        );
    }

    /// Sixty-five phones and two names each: combinations beyond 64 are counted.
    #[test]
    fn records_of_very_many_keys() {
        let phones: Vec<String> = (0..65).map(|n| format!("6123456{n:02}")).collect();
        let attributes = Attributes {
            source: vec![SourceId(0); 2],
            columns: vec![column(AttributeKind::Phone, &[phones.clone(), phones])],
        };
        let rules = Rules::new(&attributes, &["phone".parse().unwrap()], RuleOptions::default()).unwrap();
        assert_eq!(rules.stats().next().unwrap().capped_records, 2);
        assert_eq!(rules.pairs(0..2), [(0, 1)]);
        assert!(Rules::none(0).is_empty() && Rules::none(3).len() == 3);
    }
}
