//! What people have decided: two records are one customer, or are not, or nobody can tell; and which member's value a
//! golden record shows. Judgements outrank every weight and rule.
//!
//! They name records by (source, source id), the only key that never changes. So they survive new runs, another model and
//! other blocking, also for pairs that no key would propose, and for records that are not in the present input.
//!
//! # Shape
//! [`Judgements`] is checked as a whole: links are transitive, and a `cannot_link` inside a chain of links is an error that
//! names the lines of both. [`Judgements::resolve`] turns keys into record numbers.
//!
//! # Null
//! Who, when and why may be empty. A judgement about records that are not there does nothing and is counted.
//!
//! # Why a pin names a record and no text
//! A golden record is a view over its members; a value that no member has could not be traced, would outlive its cause and
//! would be lost by the next system that consolidates the same sources. Whoever knows better than all sources keeps a
//! source of corrections, and pins its record.
//!
//! # Complexity
//! O(j log j) in the number of judgements.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::cluster::UnionFind;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::RecordId;
use crate::normalize::date;

/// A record by the only key that never changes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RecordKey {
    /// Name of the source.
    pub source: String,
    /// Id of the record in its source.
    pub id: String,
}

impl RecordKey {
    /// From its two parts.
    pub fn new(source: impl Into<String>, id: impl Into<String>) -> Self {
        Self { source: source.into(), id: id.into() }
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.id)
    }
}

impl FromStr for RecordKey {
    type Err = Error;

    /// Reads what `Display` writes: `crm:17`. The source ends at the first colon.
    fn from_str(text: &str) -> Result<Self> {
        match text.split_once(':') {
            Some((source, id)) if !source.is_empty() && !id.is_empty() => Ok(Self::new(source, id)),
            _ => Err(Error::new(ErrorKind::UnknownRecord, format!("{text:?} does not name a record"))
                .cure("write source:id, as crm:17")),
        }
    }
}

/// What was decided.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Verdict {
    /// Both records are one customer.
    Link(RecordKey, RecordKey),
    /// The records are two customers.
    CannotLink(RecordKey, RecordKey),
    /// Somebody looked and could not tell: the pair leaves the review queue, and the weights decide.
    Unsure(RecordKey, RecordKey),
    /// The golden record shows what this record says in a field; for a field of a group, in the whole group.
    Pin {
        /// The record.
        record: RecordKey,
        /// The golden field.
        field: String,
        /// Which of the record's values, as shown; none: the one that it would show anyway.
        value: Option<String>,
    },
}

impl Verdict {
    /// The stable name: `link`, `cannot_link`, `unsure`, `pin`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Link(..) => "link",
            Self::CannotLink(..) => "cannot_link",
            Self::Unsure(..) => "unsure",
            Self::Pin { .. } => "pin",
        }
    }

    /// The two records, the smaller first; none for a pin.
    pub fn pair(&self) -> Option<(&RecordKey, &RecordKey)> {
        match self {
            Self::Link(a, b) | Self::CannotLink(a, b) | Self::Unsure(a, b) => {
                Some(if a <= b { (a, b) } else { (b, a) })
            }
            Self::Pin { .. } => None,
        }
    }

    /// Whether both are about the same question, so that the later one takes the place of the earlier.
    fn same_question(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Pin { record, field, .. }, Self::Pin { record: record_2, field: field_2, .. }) => {
                (record, field) == (record_2, field_2)
            }
            _ => self.pair().is_some() && self.pair() == other.pair(),
        }
    }
}

/// A verdict, by whom, when and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judgement {
    /// What was decided.
    pub verdict: Verdict,
    /// By whom.
    pub by: String,
    /// When, as `2026-01-31` with or without a time; may be empty.
    pub at: String,
    /// Why, for those who come after.
    pub why: String,
    /// Line in its file, from 1; 0 when it comes from a program.
    pub line: u64,
}

impl Judgement {
    /// Both records are one customer.
    pub fn link(a: RecordKey, b: RecordKey) -> Self {
        Self::of(Verdict::Link(a, b))
    }

    /// The records are two customers.
    pub fn cannot_link(a: RecordKey, b: RecordKey) -> Self {
        Self::of(Verdict::CannotLink(a, b))
    }

    /// Somebody looked and could not tell.
    pub fn unsure(a: RecordKey, b: RecordKey) -> Self {
        Self::of(Verdict::Unsure(a, b))
    }

    /// The golden record shows what this record says in a field.
    pub fn pin(record: RecordKey, field: impl Into<String>) -> Self {
        Self::of(Verdict::Pin { record, field: field.into(), value: None })
    }

    fn of(verdict: Verdict) -> Self {
        Self { verdict, by: String::new(), at: String::new(), why: String::new(), line: 0 }
    }

    /// The same by somebody, at a time, for a reason.
    pub fn signed(mut self, by: impl Into<String>, at: impl Into<String>, why: impl Into<String>) -> Self {
        (self.by, self.at, self.why) = (by.into(), at.into(), why.into());
        self
    }
}

/// Judgements that do not contradict each other.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Judgements {
    items: Vec<Judgement>,
}

/// Judgements about records of a run, by record number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ResolvedJudgements {
    /// Pairs that are one customer, `a < b`, ascending: a chain through each set of linked records.
    pub links: Vec<(u32, u32)>,
    /// Pairs that are two customers, `a < b`, ascending.
    pub cannot_links: Vec<(u32, u32)>,
    /// Pairs that are not asked about again, `a < b`, ascending.
    pub unsure: Vec<(u32, u32)>,
    /// Pins, by record and field.
    pub pins: Vec<ResolvedPin>,
    /// Judgements that name a record which is not in the run.
    pub absent: u64,
}

/// A pin on a record of a run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ResolvedPin {
    /// The record.
    pub record: u32,
    /// The golden field.
    pub field: String,
    /// Which of its values.
    pub value: Option<String>,
    /// When: of two pins the later one counts.
    pub at: String,
    /// Line in its file, for messages.
    pub line: u64,
}

impl Judgements {
    /// From a list in any order.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] with the line for a pair of one record, a pin without a field, a time that is none, two
    /// verdicts about one pair, or a `cannot_link` between records that links make one.
    pub fn new(items: Vec<Judgement>) -> Result<Self> {
        items.iter().try_for_each(check_one)?;
        let judgements = Self { items };
        judgements.check_pairs()?;
        judgements.check_chains()?;
        Ok(judgements)
    }

    /// All judgements, as they came.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Judgement> {
        self.items.iter()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nobody has judged anything.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Adds a judgement; it takes the place of an earlier one about the same pair, or the same field of a record.
    ///
    /// # Errors
    /// As [`Self::new`]; the judgements are then as before.
    pub fn record(&mut self, judgement: Judgement) -> Result<()> {
        let mut items = self.items.clone();
        items.retain(|item| !item.verdict.same_question(&judgement.verdict));
        items.push(judgement);
        *self = Self::new(items)?;
        Ok(())
    }

    /// Takes back what was said about a pair, and tells whether there was anything.
    pub fn retract(&mut self, a: &RecordKey, b: &RecordKey) -> bool {
        let pair = if a <= b { (a, b) } else { (b, a) };
        let before = self.items.len();
        self.items.retain(|item| item.verdict.pair() != Some(pair));
        self.items.len() < before
    }

    /// Looks records up. Links hold through records that are not there: a to x and x to b makes a and b one without x.
    pub fn resolve(&self, find: impl Fn(&RecordKey) -> Option<RecordId>) -> ResolvedJudgements {
        let keys = self.keys();
        let number = |key: &RecordKey| keys[key];
        let mut sets = self.linked(&keys);
        let record: Vec<Option<u32>> = {
            let mut record = vec![None; keys.len()];
            keys.iter().for_each(|(key, &at)| record[at as usize] = find(key).map(|record| record.0));
            record
        };
        let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (at, record) in record.iter().enumerate() {
            if let Some(record) = record {
                members.entry(sets.find(at as u32)).or_default().push(*record);
            }
        }
        let mut resolved = ResolvedJudgements::default();
        for set in members.values_mut() {
            set.sort_unstable();
            resolved.links.extend(set.windows(2).map(|pair| (pair[0], pair[1])));
        }
        let mut stand_in = |key: &RecordKey| members.get(&sets.find(number(key))).map(|set| set[0]);
        for item in &self.items {
            let known = |key: &RecordKey| record[number(key) as usize];
            match &item.verdict {
                Verdict::Link(a, b) => {
                    resolved.absent += u64::from(known(a).is_none() || known(b).is_none());
                }
                Verdict::CannotLink(a, b) => match (stand_in(a), stand_in(b)) {
                    (Some(a), Some(b)) => resolved.cannot_links.push((a.min(b), a.max(b))),
                    _ => resolved.absent += 1,
                },
                Verdict::Unsure(a, b) => match (known(a), known(b)) {
                    (Some(a), Some(b)) => resolved.unsure.push((a.min(b), a.max(b))),
                    _ => resolved.absent += 1,
                },
                Verdict::Pin { record, field, value } => match known(record) {
                    Some(record) => resolved.pins.push(ResolvedPin {
                        record,
                        field: field.clone(),
                        value: value.clone(),
                        at: item.at.clone(),
                        line: item.line,
                    }),
                    None => resolved.absent += 1,
                },
            }
        }
        for pairs in [&mut resolved.links, &mut resolved.cannot_links, &mut resolved.unsure] {
            pairs.sort_unstable();
            pairs.dedup();
        }
        resolved.pins.sort();
        resolved
    }

    /// All keys that are named, numbered in their order.
    fn keys(&self) -> BTreeMap<&RecordKey, u32> {
        let mut keys = BTreeMap::new();
        for item in &self.items {
            match &item.verdict {
                Verdict::Pin { record, .. } => {
                    keys.insert(record, 0);
                }
                verdict => {
                    verdict.pair().into_iter().for_each(|(a, b)| keys.extend([(a, 0), (b, 0)]));
                }
            }
        }
        keys.values_mut().enumerate().for_each(|(at, number)| *number = at as u32);
        keys
    }

    /// The sets that links make of the keys.
    fn linked(&self, keys: &BTreeMap<&RecordKey, u32>) -> UnionFind {
        let mut sets = UnionFind::new(keys.len());
        for item in &self.items {
            if let Verdict::Link(a, b) = &item.verdict {
                sets.union(keys[a], keys[b]);
            }
        }
        sets
    }

    /// No two different verdicts about one pair.
    fn check_pairs(&self) -> Result<()> {
        let mut seen: BTreeMap<(&RecordKey, &RecordKey), &Judgement> = BTreeMap::new();
        for item in &self.items {
            let Some(pair) = item.verdict.pair() else { continue };
            match seen.insert(pair, item) {
                Some(other) if other.verdict.name() != item.verdict.name() => {
                    let message = format!("{} contradicts {}", describe(item), describe(other));
                    return Err(wrong(item, message).cure("keep the judgement that is right"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// No `cannot_link` inside a chain of links.
    fn check_chains(&self) -> Result<()> {
        let keys = self.keys();
        let mut sets = self.linked(&keys);
        for item in &self.items {
            let Verdict::CannotLink(a, b) = &item.verdict else { continue };
            if sets.find(keys[a]) == sets.find(keys[b]) {
                let root = sets.find(keys[a]);
                let link = self.items.iter().find(|item| match &item.verdict {
                    Verdict::Link(x, _) => sets.find(keys[x]) == root,
                    _ => false,
                });
                let chain = link.map_or(String::new(), |link| format!(", among them the {}", describe(link)));
                let message = format!("{} contradicts a chain of links{chain}", describe(item));
                return Err(wrong(item, message).cure("take back one link of the chain, or this judgement"));
            }
        }
        Ok(())
    }
}

/// `cannot_link (line 7)`. Ids of records are positions and no values of customers, but they are long: the line will do.
fn describe(item: &Judgement) -> String {
    match item.line {
        0 => match item.verdict.pair() {
            Some((a, b)) => format!("{} of {a} and {b}", item.verdict.name()),
            None => item.verdict.name().to_owned(),
        },
        line => format!("{} of line {line}", item.verdict.name()),
    }
}

fn wrong(item: &Judgement, message: impl Into<String>) -> Error {
    let error = Error::new(ErrorKind::Config, message).at("judgements");
    if item.line > 0 { error.line(item.line) } else { error }
}

fn check_one(item: &Judgement) -> Result<()> {
    if let Some((a, b)) = item.verdict.pair()
        && a == b
    {
        return Err(wrong(item, "a record is judged against itself").cure("name two records"));
    }
    if let Verdict::Pin { field, .. } = &item.verdict
        && field.is_empty()
    {
        return Err(wrong(item, "a pin without a field").cure("name a column of golden.csv"));
    }
    if !item.at.is_empty() && !is_time(&item.at) {
        return Err(wrong(item, "the time of the judgement is none").cure("write it as 2026-01-31"));
    }
    Ok(())
}

/// `2026-01-31`, with or without a time behind it: times compare as text because of this one form.
fn is_time(text: &str) -> bool {
    let Some(day) = text.get(..10) else { return false };
    let digits = |range: std::ops::Range<usize>| day.get(range).and_then(|part| part.parse::<u16>().ok());
    let parts = (digits(0..4), digits(5..7), digits(8..10));
    let (Some(year), Some(month), Some(day_of_month)) = parts else { return false };
    let shaped = day.as_bytes()[4] == b'-' && day.as_bytes()[7] == b'-';
    let rest = text.as_bytes().get(10).is_none_or(|byte| matches!(byte, b'T' | b' '));
    shaped && rest && date::exists(year as i16, month as u8, day_of_month as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> RecordKey {
        RecordKey::new("crm", id)
    }

    fn link(a: &str, b: &str) -> Judgement {
        Judgement::link(key(a), key(b))
    }

    fn apart(a: &str, b: &str) -> Judgement {
        Judgement::cannot_link(key(a), key(b))
    }

    fn on(line: u64, judgement: Judgement) -> Judgement {
        Judgement { line, ..judgement }
    }

    #[test]
    fn contradictions_name_both_lines() {
        let rows = [
            (
                vec![on(2, link("1", "2")), on(3, apart("2", "1"))],
                "cannot_link of line 3 contradicts link of line 2",
            ),
            (
                vec![on(2, link("1", "3")), on(3, link("3", "2")), on(4, apart("1", "2"))],
                "cannot_link of line 4 contradicts a chain of links, among them the link of line 2",
            ),
            (vec![on(2, link("1", "1"))], "a record is judged against itself"),
            (vec![on(2, Judgement::pin(key("1"), ""))], "a pin without a field"),
            (
                vec![on(9, link("1", "2").signed("ana", "31/01/2026", ""))],
                "judgements:9: the time of the judgement",
            ),
        ];
        for (items, want) in rows {
            let error = Judgements::new(items).unwrap_err().to_string();
            assert!(error.contains(want), "{error}");
        }
        // The same said twice, and apart in two ways, is no contradiction.
        assert!(
            Judgements::new(vec![link("1", "2"), link("2", "1"), apart("1", "3"), apart("2", "3")]).is_ok()
        );
    }

    #[test]
    fn times_have_one_form() {
        for yes in ["2026-01-31", "2026-01-31T10:00:00Z", "2024-02-29 08:00"] {
            assert!(is_time(yes), "{yes}");
        }
        for no in ["2026-02-30", "2026-1-31", "31-01-2026", "ayer", "2026-01-3", "2026-01-311", "ñ026-01-31x"]
        {
            assert!(!is_time(no), "{no}");
        }
    }

    #[test]
    fn the_later_judgement_takes_the_place_of_the_earlier() {
        let mut judgements = Judgements::default();
        judgements.record(link("1", "2")).unwrap();
        judgements.record(link("2", "3")).unwrap();
        let before = judgements.clone();
        assert!(judgements.record(apart("1", "3")).is_err(), "1 and 3 are linked through 2");
        assert_eq!(judgements, before);
        judgements.record(apart("2", "1")).unwrap();
        assert_eq!(judgements.len(), 2);
        assert!(judgements.retract(&key("1"), &key("2")));
        assert!(!judgements.retract(&key("1"), &key("2")));
        judgements.record(Judgement::pin(key("1"), "email")).unwrap();
        judgements.record(Judgement::pin(key("1"), "email")).unwrap();
        assert_eq!(judgements.len(), 2);
    }

    #[test]
    fn links_hold_through_absent_records() {
        let items = vec![link("1", "x"), link("x", "2"), apart("x", "9"), apart("y", "1"), link("5", "y")];
        let judgements = Judgements::new(items).unwrap();
        let find = |key: &RecordKey| key.id.parse().ok().map(RecordId);
        let resolved = judgements.resolve(find);
        assert_eq!(resolved.links, [(1, 2)]);
        assert_eq!(resolved.cannot_links, [(1, 5), (1, 9)]);
        assert_eq!(resolved.absent, 3, "the links that name an absent record");
    }
}
