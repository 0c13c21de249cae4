//! Files of interactions to events: which record each row is about, and which rows tell of one event.

use std::collections::BTreeMap;

use super::file::File;
use super::{Event, Events};
use crate::cluster::Entities;
use crate::error::{Issues, Result, Tally};
use crate::history::Lookup;
use crate::history::columns::{self, ColumnMap};
use crate::history::config::{FileConfig, HistoryConfig};
use crate::history::money::Currency;
use crate::history::words::ColumnRole;
use crate::ids::RecordId;
use crate::par;
use crate::table::{Column, Dictionary, Interner, NULL, Source};

/// Rows a task.
const CHUNK: usize = 1 << 16;

/// Findings of rows: code, column and what it means.
const FINDINGS: [(&str, ColumnRole, &str); 6] = [
    ("interaction_without_date", ColumnRole::At, "interactions without a readable date were left out"),
    ("future_interaction", ColumnRole::At, "interactions after the day of the run were left out"),
    (
        "interaction_without_id",
        ColumnRole::EventId,
        "interactions without a number are one when their rows are equal",
    ),
    ("unknown_interaction", ColumnRole::Kind, "interactions of a kind that no table knows count as other"),
    ("unreadable_amount", ColumnRole::Amount, "amounts that are no number were left out"),
    ("rounded_amount", ColumnRole::Amount, "amounts with more decimals than their currency were rounded"),
];

/// What one task found, by the place in [`FINDINGS`].
pub(super) type Tallies = [Tally; FINDINGS.len()];

/// Collects files, then sorts them into entities.
pub struct EventsBuilder<'a> {
    lookup: &'a dyn Lookup,
    config: &'a HistoryConfig,
    pub(super) as_of: i32,
    rows: Vec<Event>,
    currencies: Vec<Currency>,
    pub(super) categories: Interner,
    pub(super) items: Interner,
    pub(super) campaigns: Interner,
    pub(super) languages: Interner,
    pub(super) sizes: Interner,
    pub(super) identifiers: Interner,
    issues: Issues,
}

impl<'a> EventsBuilder<'a> {
    /// No file yet. `as_of`: the last day that counts, in days since 1970.
    pub fn new(lookup: &'a dyn Lookup, config: &'a HistoryConfig, as_of: i32) -> Self {
        Self {
            lookup,
            config,
            as_of,
            rows: Vec::new(),
            currencies: Vec::new(),
            categories: Interner::new(),
            items: Interner::new(),
            campaigns: Interner::new(),
            languages: Interner::new(),
            sizes: Interner::new(),
            identifiers: Interner::new(),
            issues: Issues::new(),
        }
    }

    /// Reads one file; which column was taken for what.
    ///
    /// # Errors
    /// As `columns::detect`.
    pub fn add(&mut self, source: &Source) -> Result<ColumnMap> {
        let config = self.config.files.get(source.name());
        let map = columns::detect(source, config, self.lookup)?;
        let records = self.records(source, &map, config);
        let file = File::new(self, source, &map, config);
        let parts = par::map_ranges(source.len(), CHUNK, |range| {
            let (mut rows, mut tallies) = (Vec::with_capacity(range.len()), Tallies::default());
            for row in range {
                if records[row] != NULL {
                    rows.extend(file.event(row, records[row], &mut tallies));
                }
            }
            (rows, tallies)
        });
        let mut tallies = Tallies::default();
        self.rows.reserve(parts.iter().map(|(rows, _)| rows.len()).sum());
        for (rows, found) in parts {
            self.rows.extend(rows);
            tallies.iter_mut().zip(&found).for_each(|(tally, more)| tally.merge(more));
        }
        for ((code, role, message), tally) in FINDINGS.into_iter().zip(tallies) {
            let field = map.get(role).map_or("", |at| source.fields()[at].as_str());
            tally.report(&mut self.issues, (code, source.name(), field), message);
        }
        Ok(map)
    }

    /// The record of each row, or [`NULL`]; each distinct id is looked up once.
    fn records(&mut self, source: &Source, map: &ColumnMap, config: Option<&FileConfig>) -> Vec<u32> {
        let column = |role| map.get(role).map(|at| &source.columns()[at]);
        let (names, ids) = (column(ColumnRole::Source), column(ColumnRole::RecordId));
        let Some(ids) = ids else { return vec![NULL; source.len()] };
        let default = match config.and_then(|config| config.source.clone()) {
            Some(name) => Some(name),
            None if names.is_none() => self.usual_source(ids),
            None => None,
        };
        let name_of = |code: u32| match (names, code) {
            (Some(names), code) if code != NULL => Some(names.dictionary().text(code)),
            _ => default.as_deref(),
        };
        let code_of = |row: usize| names.map_or(NULL, |names| names.first_code(row));
        // Ids that several sources have are rare: the first source of each is found for all rows at once.
        let mut first = vec![(NULL, false); ids.dictionary().len()];
        for row in 0..source.len() {
            let id = ids.first_code(row);
            if id != NULL && !first[id as usize].1 {
                first[id as usize] = (code_of(row), true);
            }
        }
        let find = |name: u32, id: u32| {
            let id = clean_id(ids.dictionary().text(id));
            name_of(name).and_then(|name| self.lookup.find(name.trim(), id)).map_or(NULL, |record| record.0)
        };
        let found: Vec<u32> = par::map_ranges(first.len(), 4096, |range| {
            range.map(|id| find(first[id].0, id as u32)).collect::<Vec<u32>>()
        })
        .concat();
        let mut unknown: BTreeMap<u32, Tally> = BTreeMap::new();
        let mut records = Vec::with_capacity(source.len());
        for row in 0..source.len() {
            let (name, id) = (code_of(row), ids.first_code(row));
            let record = match id {
                NULL => NULL,
                id if first[id as usize].0 == name => found[id as usize],
                id => find(name, id),
            };
            if record == NULL {
                unknown.entry(name).or_default().add(source.line(row));
            }
            records.push(record);
        }
        let field = map.get(ColumnRole::RecordId).map_or("", |at| source.fields()[at].as_str());
        let unknown: Vec<Tally> = unknown.into_values().collect();
        for tally in unknown {
            let message = "interactions of records that no source has were left out";
            let place = ("interaction_of_unknown_record", source.name(), field);
            tally.report(&mut self.issues, place, message);
        }
        records
    }

    /// The source that knows most of the ids; of two equal ones the first.
    fn usual_source(&self, ids: &Column) -> Option<String> {
        let count = |name: &String| {
            ids.dictionary()
                .iter()
                .take(2000)
                .filter(|id| self.lookup.find(name, clean_id(id)).is_some())
                .count()
        };
        let counts = self.lookup.sources().iter().map(|name| (count(name), name));
        let best = counts.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
        (best.0 > 0).then(|| best.1.clone())
    }

    /// The number of a currency, a new one if need be.
    pub(super) fn currency(&mut self, currency: Currency) -> u8 {
        let at = self.currencies.iter().position(|&known| known == currency).unwrap_or_else(|| {
            self.currencies.push(currency);
            self.currencies.len() - 1
        });
        // More than 255 currencies are no currencies.
        at.min(usize::from(u8::MAX)) as u8
    }

    /// Sorts all events into entities, each event once.
    pub fn finish(self, entities: &Entities) -> (Events, Issues) {
        let Self { mut rows, mut issues, .. } = self;
        let (categories, category) = alphabetical(self.categories);
        let (items, item) = alphabetical(self.items);
        let (campaigns, campaign) = alphabetical(self.campaigns);
        let (languages, language) = alphabetical(self.languages);
        let (sizes, size) = alphabetical(self.sizes);
        let (identifiers, identifier) = alphabetical(self.identifiers);
        // The default of a file is not a currency of its amounts when each names its own.
        let mut used = vec![false; self.currencies.len()];
        let with_money = rows.iter().filter(|event| event.amount().is_some() || event.cost().is_some());
        with_money.for_each(|event| used[usize::from(event.currency)] = true);
        let mut currencies: Vec<Currency> =
            self.currencies.iter().zip(&used).filter(|(_, used)| **used).map(|(code, _)| *code).collect();
        currencies.sort_unstable();
        let currency: Vec<u8> = self
            .currencies
            .iter()
            .map(|code| currencies.binary_search(code).unwrap_or(0).min(usize::from(u8::MAX)) as u8)
            .collect();
        let short = |ranks: &[u32], code: u16| ranks.get(usize::from(code)).map_or(code, |&rank| rank as u16);
        let long = |ranks: &[u32], code: u32| ranks.get(code as usize).copied().unwrap_or(code);
        for event in &mut rows {
            event.category = long(&category, event.category);
            event.item = long(&item, event.item);
            event.campaign = long(&campaign, event.campaign);
            event.identifier = long(&identifier, event.identifier);
            event.language = short(&language, event.language);
            event.size = short(&size, event.size);
            event.currency = currency.get(usize::from(event.currency)).copied().unwrap_or(event.currency);
        }
        let shared = unite(&mut rows, entities, &mut issues);
        let entity = |event: &Event| entities.entity_of(RecordId(event.record));
        par::sort_unstable_by(&mut rows, |a, b| {
            let key = |event: &Event| (entity(event), event.at, event.kind, event.id);
            key(a).cmp(&key(b))
        });
        let mut offsets = vec![0u32; entities.len() + 1];
        rows.iter().for_each(|event| offsets[entity(event).index() + 1] += 1);
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        let events = Events {
            rows,
            offsets,
            shared,
            currencies,
            categories,
            items,
            campaigns,
            languages,
            sizes,
            identifiers,
        };
        (events, issues)
    }
}

/// Keeps of the rows that tell of one event of a customer the one that tells most; the pairs of records that told of one
/// event, ascending.
fn unite(rows: &mut Vec<Event>, entities: &Entities, issues: &mut Issues) -> Vec<(u32, u32)> {
    let entity = |event: &Event| entities.entity_of(RecordId(event.record));
    par::sort_unstable_by(rows, |a, b| {
        let key = |event: &Event| (event.id, event.kind, entity(event));
        key(a).cmp(&key(b)).then_with(|| a.preference().cmp(&b.preference()))
    });
    let before = rows.len();
    let mut shared = Vec::new();
    rows.dedup_by(|b, a| {
        let same = (a.id, a.kind) == (b.id, b.kind) && entity(a) == entity(b);
        if same && a.record != b.record {
            shared.push((a.record.min(b.record), a.record.max(b.record)));
        }
        same
    });
    shared.sort_unstable();
    shared.dedup();
    let mut report = |code, count: usize, message: &str| {
        if count > 0 {
            issues.add_many(code, "", "", count as u64, None, message);
        }
    };
    report(
        "repeated_interaction",
        before - rows.len(),
        "rows that tell of an interaction which another row tells of as well; it counts once",
    );
    let torn =
        rows.windows(2).filter(|pair| (pair[0].id, pair[0].kind) == (pair[1].id, pair[1].kind)).count();
    report(
        "interaction_of_two_customers",
        torn,
        "interactions with one number stand at two customers: these may be one, or numbers are used twice",
    );
    shared
}

/// The values in the order of their bytes, and the place of each code in it: numbers in the order of files would show.
fn alphabetical(values: Interner) -> (Dictionary, Vec<u32>) {
    let values = values.finish();
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| values.text(a).cmp(values.text(b)));
    let (mut sorted, mut rank) = (Dictionary::default(), vec![0; values.len()]);
    for &code in &order {
        rank[code as usize] = sorted.push(values.text(code));
    }
    (sorted, rank)
}

/// An id as it is meant: spreadsheets protect long numbers with a leading apostrophe.
fn clean_id(raw: &str) -> &str {
    let id = raw.trim();
    id.strip_prefix('\'').unwrap_or(id)
}
