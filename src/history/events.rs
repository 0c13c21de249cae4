//! Interactions as compact rows, re-keyed to entities, each event once.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use super::Lookup;
use super::columns::{self, ColumnMap};
use super::config::{FileConfig, HistoryConfig};
use super::money::{Currency, Decimal, decimal_mark};
use super::words::{self, Channel, ColumnRole, Direction, Kind, Status};
use crate::cluster::Entities;
use crate::error::{Issues, MAX_POSITIONS, Result};
use crate::ids::{EntityId, RecordId};
use crate::normalize::date::{self, DateHint};
use crate::par;
use crate::table::{Column, Dictionary, Interner, NULL, Source};

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// Rows a task.
const CHUNK: usize = 1 << 16;

/// No amount.
const NO_AMOUNT: i64 = i64::MIN;

/// No day.
const NO_DAY: i32 = i32::MIN;

/// One interaction of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// Hash of the event's number, or of the row where it has none. Two numbers of one customer and kind meet in 64 bits
    /// once in more events than there are people.
    id: u64,
    at: i64,
    amount: i64,
    cost: i64,
    record: u32,
    category: u32,
    item: u32,
    campaign: u32,
    until: i32,
    closed: i32,
    language: u16,
    size: u16,
    currency: u8,
    kind: Kind,
    channel: Channel,
    direction: Option<Direction>,
    status: Status,
}

impl Event {
    /// Seconds since 1970, UTC.
    pub fn at(&self) -> i64 {
        self.at
    }

    /// Days since 1970.
    pub fn day(&self) -> i32 {
        self.at.div_euclid(DAY) as i32
    }

    /// The record that it happened to.
    pub fn record(&self) -> RecordId {
        RecordId(self.record)
    }

    /// What happened.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// Who began, where it is known.
    pub fn direction(&self) -> Option<Direction> {
        self.direction
    }

    /// How far it is.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Minor units of the currency.
    pub fn amount(&self) -> Option<i64> {
        (self.amount != NO_AMOUNT).then_some(self.amount)
    }

    /// What it cost us, in minor units of the currency.
    pub fn cost(&self) -> Option<i64> {
        (self.cost != NO_AMOUNT).then_some(self.cost)
    }

    /// Number of the currency in [`Events::currencies`].
    pub(super) fn currency(&self) -> u8 {
        self.currency
    }

    /// Last day of a contract or warranty, in days since 1970.
    pub fn until(&self) -> Option<i32> {
        (self.until != NO_DAY).then_some(self.until)
    }

    /// Day on which a case was closed, in days since 1970.
    pub fn closed(&self) -> Option<i32> {
        (self.closed != NO_DAY).then_some(self.closed)
    }

    /// Code of the category in [`Events::categories`].
    pub(super) fn category(&self) -> u32 {
        self.category
    }

    /// Code of the article in [`Events::items`].
    pub(super) fn item(&self) -> u32 {
        self.item
    }

    /// Code of the campaign in [`Events::campaigns`].
    pub(super) fn campaign(&self) -> u32 {
        self.campaign
    }

    pub(super) fn language(&self) -> u32 {
        wide(self.language)
    }

    pub(super) fn size(&self) -> u32 {
        wide(self.size)
    }

    /// Of two rows that tell of one event: the one that tells more stands first, else that of the first record. The rest
    /// only makes the order total.
    fn preference(&self) -> impl Ord + use<> {
        let told = [
            self.amount != NO_AMOUNT,
            self.cost != NO_AMOUNT,
            self.category != NULL,
            self.item != NULL,
            self.campaign != NULL,
            self.until != NO_DAY,
            self.closed != NO_DAY,
            self.status != Status::Unknown,
        ];
        let missing = told.iter().filter(|&&told| !told).count();
        let rest = (self.amount, self.cost, self.category, self.item, self.campaign, self.until, self.closed);
        let words = (self.currency, self.channel, self.direction, self.status, self.language, self.size);
        (missing, self.record, self.at, rest, words)
    }
}

fn wide(code: u16) -> u32 {
    if code == u16::MAX { NULL } else { u32::from(code) }
}

/// All events of a run.
///
/// # Shape
/// The events of entity `e` are `of(e)`, in the order of time, each event once.
#[derive(Debug)]
pub struct Events {
    rows: Vec<Event>,
    offsets: Vec<u32>,
    /// Pairs of records of one customer that told of one event, ascending.
    shared: Vec<(u32, u32)>,
    currencies: Vec<Currency>,
    categories: Dictionary,
    items: Dictionary,
    campaigns: Dictionary,
    languages: Dictionary,
    sizes: Dictionary,
}

impl Events {
    /// How many.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing ever happened.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Those of an entity, in the order of time.
    pub fn of(&self, entity: EntityId) -> &[Event] {
        match self.offsets.get(entity.index()..entity.index() + 2) {
            Some(&[start, end]) => &self.rows[start as usize..end as usize],
            _ => &[],
        }
    }

    /// The currencies of amounts, in the order of their codes.
    pub fn currencies(&self) -> &[Currency] {
        &self.currencies
    }

    /// Categories in the order of their bytes.
    pub fn categories(&self) -> &Dictionary {
        &self.categories
    }

    /// The channels that occur, in the order of [`Channel::ALL`].
    pub fn channels(&self) -> Vec<Channel> {
        let mut seen = vec![false; Channel::ALL.len()];
        self.rows.iter().for_each(|event| seen[event.channel as usize] = true);
        Channel::ALL.iter().copied().filter(|&channel| seen[channel as usize]).collect()
    }

    /// The currency of an event's amounts.
    pub fn currency(&self, event: &Event) -> Currency {
        self.currencies.get(usize::from(event.currency)).copied().unwrap_or(Currency::UNKNOWN)
    }

    /// The category of an event.
    pub fn category(&self, event: &Event) -> &str {
        text(&self.categories, event.category)
    }

    /// The campaign of an event.
    pub fn campaign(&self, event: &Event) -> &str {
        text(&self.campaigns, event.campaign)
    }

    /// Whether two records told of one event.
    pub(super) fn share_an_event(&self, a: RecordId, b: RecordId) -> bool {
        self.shared.binary_search(&(a.0.min(b.0), a.0.max(b.0))).is_ok()
    }

    pub(super) fn items(&self) -> &Dictionary {
        &self.items
    }

    pub(super) fn campaigns(&self) -> &Dictionary {
        &self.campaigns
    }

    pub(super) fn languages(&self) -> &Dictionary {
        &self.languages
    }

    pub(super) fn sizes(&self) -> &Dictionary {
        &self.sizes
    }
}

/// The text of a code; empty for [`NULL`].
pub(super) fn text(dictionary: &Dictionary, code: u32) -> &str {
    if code == NULL { "" } else { dictionary.text(code) }
}

/// One kind of finding in one file, with the first lines.
#[derive(Clone, Default)]
struct Tally {
    count: u64,
    lines: Vec<u64>,
}

impl Tally {
    fn add(&mut self, line: u64) {
        self.count += 1;
        if self.lines.len() < MAX_POSITIONS {
            self.lines.push(line);
        }
    }
}

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
type Tallies = [Tally; FINDINGS.len()];

/// Collects files, then sorts them into entities.
pub struct EventsBuilder<'a> {
    lookup: &'a dyn Lookup,
    config: &'a HistoryConfig,
    as_of: i32,
    rows: Vec<Event>,
    currencies: Vec<Currency>,
    categories: Interner,
    items: Interner,
    campaigns: Interner,
    languages: Interner,
    sizes: Interner,
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
            for (tally, more) in tallies.iter_mut().zip(found) {
                tally.count += more.count;
                tally.lines.extend(more.lines);
            }
        }
        for ((code, role, message), tally) in FINDINGS.into_iter().zip(tallies) {
            let field = map.get(role).map_or("", |at| source.fields()[at].as_str());
            self.report(code, source.name(), field, &tally, message);
        }
        Ok(map)
    }

    fn report(&mut self, code: &'static str, source: &str, field: &str, tally: &Tally, message: &str) {
        if tally.count > 0 {
            self.issues.add_many(code, source, field, tally.count, None, message);
            for &line in tally.lines.iter().take(MAX_POSITIONS) {
                self.issues.add_many(code, source, field, 0, Some(line), message);
            }
        }
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
            self.report("interaction_of_unknown_record", source.name(), field, &tally, message);
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

    fn currency(&mut self, currency: Currency) -> u8 {
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
        let events =
            Events { rows, offsets, shared, currencies, categories, items, campaigns, languages, sizes };
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

/// One file with the meaning of each distinct cell.
struct File<'a> {
    source: &'a Source,
    as_of: i32,
    id: Cells<'a, u64>,
    at: Cells<'a, Option<i64>>,
    kind: Cells<'a, Option<Kind>>,
    channel: Cells<'a, Option<Channel>>,
    direction: Cells<'a, Option<Direction>>,
    status: Cells<'a, Option<Status>>,
    amount: Cells<'a, Option<Decimal>>,
    cost: Cells<'a, Option<Decimal>>,
    currency: Cells<'a, (u8, Currency)>,
    until: Cells<'a, Option<i64>>,
    closed: Cells<'a, Option<i64>>,
    category: Cells<'a, u32>,
    item: Cells<'a, u32>,
    campaign: Cells<'a, u32>,
    language: Cells<'a, u32>,
    size: Cells<'a, u32>,
    default_kind: Kind,
    default_currency: (u8, Currency),
}

/// A column with what each of its distinct values means.
struct Cells<'a, T> {
    column: Option<&'a Column>,
    meaning: Vec<T>,
}

impl<'a, T: Copy + Send> Cells<'a, T> {
    fn new(column: Option<&'a Column>, read: impl FnMut(&'a str) -> T) -> Self {
        let meaning = column.map_or(Vec::new(), |column| column.dictionary().iter().map(read).collect());
        Self { column, meaning }
    }

    /// The same on all cores, for columns of many values.
    fn wide(column: Option<&'a Column>, read: impl Fn(&'a str) -> T + Sync + Send) -> Self {
        let meaning = column.map_or(Vec::new(), |column| {
            let text = column.dictionary();
            let parts = par::map_ranges(text.len(), CHUNK, |range| {
                range.map(|code| read(text.text(code as u32))).collect::<Vec<T>>()
            });
            parts.into_iter().flatten().collect()
        });
        Self { column, meaning }
    }

    fn get(&self, row: usize) -> Option<T> {
        match self.column?.first_code(row) {
            NULL => None,
            code => Some(self.meaning[code as usize]),
        }
    }
}

impl<'a> File<'a> {
    fn new(
        builder: &mut EventsBuilder<'_>,
        source: &'a Source,
        map: &ColumnMap,
        config: Option<&FileConfig>,
    ) -> Self {
        let column = |role| map.get(role).map(|at| &source.columns()[at]);
        let day_first = config.and_then(|config| config.day_first);
        let moment = |role| {
            let column = column(role);
            let order = column.and_then(|column| date::column_order(column.dictionary().iter().take(2000)));
            let hint = DateHint { day_first: day_first.or(order), ..DateHint::default() };
            Cells::wide(column, move |raw| read_moment(raw, &hint))
        };
        let decimal = |role| {
            let column = column(role);
            let mark = column.map_or('.', |column| decimal_mark(column.dictionary().iter().take(2000)));
            Cells::wide(column, move |raw| Decimal::parse(raw, mark))
        };
        let default = config.and_then(|config| Currency::parse(config.currency.as_deref()?));
        let default = default.unwrap_or(Currency::UNKNOWN);
        let money = column(ColumnRole::Amount).is_some() || column(ColumnRole::Cost).is_some();
        let default_currency = (if money { builder.currency(default) } else { 0 }, default);
        let kind = config.and_then(|config| words::kind(config.kind.as_deref()?));
        let no_kind = if column(ColumnRole::Amount).is_some() { Kind::Order } else { Kind::Other };
        Self {
            source,
            as_of: builder.as_of,
            id: Cells::wide(column(ColumnRole::EventId), |raw| xxh3_64(raw.trim().as_bytes())),
            at: moment(ColumnRole::At),
            until: moment(ColumnRole::Until),
            closed: moment(ColumnRole::ClosedAt),
            kind: Cells::new(column(ColumnRole::Kind), words::kind),
            channel: Cells::new(column(ColumnRole::Channel), words::channel),
            direction: Cells::new(column(ColumnRole::Direction), words::direction),
            status: Cells::new(column(ColumnRole::Status), words::status),
            amount: decimal(ColumnRole::Amount),
            cost: decimal(ColumnRole::Cost),
            currency: Cells::new(column(ColumnRole::Currency), |raw| {
                let currency = Currency::parse(raw).unwrap_or(default);
                (builder.currency(currency), currency)
            }),
            category: Cells::new(column(ColumnRole::Category), |raw| builder.categories.intern(raw.trim())),
            item: Cells::new(column(ColumnRole::Item), |raw| builder.items.intern(raw.trim())),
            campaign: Cells::new(column(ColumnRole::Campaign), |raw| builder.campaigns.intern(raw.trim())),
            language: Cells::new(column(ColumnRole::Language), |raw| builder.languages.intern(raw.trim())),
            size: Cells::new(column(ColumnRole::Size), |raw| builder.sizes.intern(raw.trim())),
            // A table of amounts that does not say what they are is a table of sales.
            default_kind: kind.unwrap_or(no_kind),
            default_currency,
        }
    }

    /// One row; none when it has no date, or one that is still to come.
    fn event(&self, row: usize, record: u32, tallies: &mut Tallies) -> Option<Event> {
        let line = self.source.line(row);
        let Some(at) = self.at.get(row).flatten() else {
            tallies[0].add(line);
            return None;
        };
        if at.div_euclid(DAY) > i64::from(self.as_of) {
            tallies[1].add(line);
            return None;
        }
        let kind = match self.kind.get(row) {
            None => self.default_kind,
            Some(Some(kind)) => kind,
            Some(None) => {
                tallies[3].add(line);
                Kind::Other
            }
        };
        let (currency, code) = self.currency.get(row).unwrap_or(self.default_currency);
        let mut minor = |cells: &Cells<'_, Option<Decimal>>| {
            let Some(decimal) = cells.get(row) else { return NO_AMOUNT };
            let Some((minor, rounded)) = decimal.and_then(|decimal| decimal.minor(code)) else {
                tallies[4].add(line);
                return NO_AMOUNT;
            };
            if rounded {
                tallies[5].add(line);
            }
            minor
        };
        let (amount, cost) = (minor(&self.amount), minor(&self.cost));
        let code = |cells: &Cells<'_, u32>| cells.get(row).unwrap_or(NULL);
        let short = |cells: &Cells<'_, u32>| {
            cells.get(row).and_then(|code| u16::try_from(code).ok()).unwrap_or(u16::MAX)
        };
        let day = |cells: &Cells<'_, Option<i64>>| {
            cells.get(row).flatten().map_or(NO_DAY, |at| at.div_euclid(DAY) as i32)
        };
        let mut event = Event {
            id: 0,
            at,
            amount,
            cost,
            record,
            category: code(&self.category),
            item: code(&self.item),
            campaign: code(&self.campaign),
            until: day(&self.until),
            closed: day(&self.closed),
            language: short(&self.language),
            size: short(&self.size),
            currency: if amount == NO_AMOUNT && cost == NO_AMOUNT { 0 } else { currency },
            kind,
            channel: self.channel.get(row).flatten().unwrap_or(kind.usual_channel()),
            direction: self.direction.get(row).flatten().or(kind.usual_direction()),
            status: self.status.get(row).flatten().unwrap_or(Status::Unknown),
        };
        event.id = self.id.get(row).unwrap_or_else(|| {
            tallies[2].add(line);
            self.content_id(row, &event)
        });
        Some(event)
    }

    /// A number for a row without one: the same for rows of one record that are equal in all that is read.
    fn content_id(&self, row: usize, event: &Event) -> u64 {
        let mut content = Vec::with_capacity(96);
        content.extend(event.record.to_le_bytes());
        content.extend(event.at.to_le_bytes());
        for column in self.source.columns() {
            for value in column.values(row) {
                content.extend(value.as_bytes());
                content.push(0);
            }
            content.push(1);
        }
        xxh3_64(&content)
    }
}

/// Seconds since 1970, with the day and month in the column's order.
pub(super) fn read_moment(raw: &str, hint: &DateHint<'_>) -> Option<i64> {
    if hint.day_first == Some(false) && raw.contains(['/', '.']) {
        let day = date::date(raw, hint).parts.days()?;
        let time = date::timestamp(raw).map_or(0, |at| at.rem_euclid(DAY));
        return Some(day * DAY + time);
    }
    date::timestamp(raw).or_else(|| date::date(raw, hint).parts.days().map(|days| days * DAY))
}
