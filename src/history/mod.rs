//! What happened between us and a customer: interactions of records, re-keyed to entities through the cross-reference, and
//! every figure that a customer relations team asks for.
//!
//! Reach for `Resolution::history`, which knows all the parts; for [`History`] to ask for one customer; for
//! [`fold`](metrics::fold) to make the figures of any set of events.
//!
//! # Shape
//! [`Events`]: compact rows, each event once, those of an entity together in the order of time. [`Metrics`] of an entity are
//! made when they are asked for; only some thirty bytes of each customer are kept, for comparisons with the others.
//!
//! # Invariants
//! - All figures are folds over *sets* of events, named by number and kind: an order that stands in the CRM and in the shop
//!   counts once, the figures of merged customers are those of the union, a split gives back what was.
//! - Money is counted in whole minor units, apart for each currency. Nothing is converted.
//! - The day of the run is an argument. Events after it are left out and counted.
//!
//! # Null
//! A customer without events has figures that are zero and days that are none. Rows without a date, or of records that no
//! source has, are counted in the issues.
//!
//! # Complexity
//! Reading is linear in the rows; sorting them into entities O(n log n) on all cores; a fold is linear in the customer's
//! events. Memory is 72 bytes an event.

mod alarms;
mod columns;
mod config;
pub mod consent;
mod erase;
mod events;
mod lists;
pub mod metrics;
mod money;
mod totals;
mod value;
mod words;

pub use alarms::{Alarm, AlarmKind, alarms};
pub use columns::ColumnMap;
pub use config::{
    AlarmConfig, ConsentConfig, ConsentPolicy, FileConfig, HistoryConfig, TotalConfig, TotalPolicy,
    ValueConfig,
};
pub use consent::{ConsentState, Decision, LegalBasis, Purpose, Statement};
pub use erase::{Salt, Tombstones};
pub use events::{Event, Events, EventsBuilder};
pub use lists::{Address, Exclusion, List, ListRow, ListSpec, Recipient};
pub use metrics::{LifeCycle, Metrics, Money};
pub use money::{Currency, Decimal, format_minor};
pub use totals::TotalValue;
pub use value::{Rfm, lifetime_value};
pub use words::{Channel, ColumnRole, Direction, Kind, Status};

use std::collections::BTreeMap;

use crate::cluster::Entities;
use crate::error::{Issues, Result};
use crate::ids::{EntityId, RecordId, SourceId};
use crate::normalize::date::DateHint;
use crate::normalize::{Hint, email};
use crate::par;
use crate::table::{Column, NULL, Source};

use consent::{ColumnSpec, ELSEWHERE, Reading};
use totals::Total;
use value::{Population, Share};

/// Digits from which a telephone number without its country is taken for one with it.
const MIN_NUMBER: usize = 7;

/// Entities a task.
const CHUNK: usize = 4096;

/// Finds records by source and id, as the cross-reference does.
pub trait Lookup: Sync {
    /// Names of all sources, ascending.
    fn sources(&self) -> &[String];
    /// The record of a source with an id.
    fn find(&self, source: &str, id: &str) -> Option<RecordId>;
}

/// A golden column that is no evidence: it may state consent or a total.
#[derive(Clone, Copy, Debug)]
pub struct CarriedField<'a> {
    /// Its name.
    pub name: &'a str,
    /// Values of all records.
    pub values: &'a Column,
}

/// Everything that history is made of.
#[derive(Clone, Copy)]
pub struct HistoryInput<'a> {
    /// Finds records.
    pub lookup: &'a dyn Lookup,
    /// Which records are one customer.
    pub entities: &'a Entities,
    /// The source of each record.
    pub source: &'a [SourceId],
    /// When each record was changed by its source, in seconds since 1970; `i64::MIN` for unknown.
    pub updated_at: &'a [i64],
    /// The household of each entity, by its first member; empty: everybody lives alone.
    pub household: &'a [EntityId],
    /// Columns that are carried.
    pub carried: &'a [CarriedField<'a>],
    /// E-mail addresses of all records, as they are to be written to.
    pub emails: Option<&'a Column>,
    /// Telephone numbers of all records.
    pub phones: Option<&'a Column>,
    /// Hashes of addresses and numbers that must not be contacted.
    pub suppressed: Option<&'a Tombstones>,
    /// How.
    pub config: &'a HistoryConfig,
    /// The last day that counts, in days since 1970.
    pub as_of: i32,
}

/// The history of all customers.
#[derive(Debug)]
pub struct History {
    events: Events,
    statements: Vec<Statement>,
    /// Statements of entity `e`: `statements[offsets[e]..offsets[e + 1]]`.
    statement_offsets: Vec<u32>,
    /// For e-mail addresses: whether mail to it came back.
    bounced: Vec<bool>,
    totals: Vec<Total>,
    population: Population,
    shares: Vec<Share>,
    /// (household, member), ascending; only of households of several members.
    households: Vec<(EntityId, EntityId)>,
    household: Vec<EntityId>,
    source: Vec<SourceId>,
    columns: BTreeMap<String, Vec<(ColumnRole, String)>>,
    config: HistoryConfig,
    as_of: i32,
    issues: Issues,
}

impl History {
    /// Reads interaction files and makes them ready.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), [`ErrorKind::UnknownField`](crate::ErrorKind::UnknownField) or
    /// [`ErrorKind::Format`](crate::ErrorKind::Format) when a configured column does not exist, or a file has no column of
    /// known ids or of dates. Dirty rows are never an error.
    pub fn new(input: &HistoryInput<'_>, files: impl IntoIterator<Item = Source>) -> Result<Self> {
        input.config.validate()?;
        let mut builder = EventsBuilder::new(input.lookup, input.config, input.as_of);
        let mut columns = BTreeMap::new();
        for file in files {
            let map = builder.add(&file)?;
            let named = map.named(&file).map(|(role, name)| (role, name.to_owned())).collect();
            columns.insert(file.name().to_owned(), named);
        }
        let (events, mut issues) = builder.finish(input.entities);
        let bounced = bounced(input, &events);
        let (statements, statement_offsets) = statements(input, &events);
        let totals = Total::all(input);
        let mut households: Vec<(EntityId, EntityId)> = (0..input.household.len())
            .map(|entity| (input.household[entity], EntityId(entity as u32)))
            .collect();
        households.sort_unstable();
        let several: Vec<_> =
            households.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1).collect();
        let households = several.concat();
        let (population, shares, mixed) = compare(&events, input);
        if mixed > 0 {
            let message = "customers pay in several currencies: their money is counted apart and never added";
            issues.add_many("mixed_currencies", "", "", mixed, None, message);
        }
        Ok(Self {
            events,
            statements,
            statement_offsets,
            bounced,
            totals,
            population,
            shares,
            households,
            household: input.household.to_vec(),
            source: input.source.to_vec(),
            columns,
            config: input.config.clone(),
            as_of: input.as_of,
            issues,
        })
    }

    /// The events.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Findings about the interactions.
    pub fn issues(&self) -> &Issues {
        &self.issues
    }

    /// What each column of each file was taken for.
    pub fn columns(&self) -> &BTreeMap<String, Vec<(ColumnRole, String)>> {
        &self.columns
    }

    /// The configuration that it was made with.
    pub fn config(&self) -> &HistoryConfig {
        &self.config
    }

    /// The last day that counts, in days since 1970.
    pub fn as_of(&self) -> i32 {
        self.as_of
    }

    /// How many customers.
    pub fn len(&self) -> usize {
        self.shares.len()
    }

    /// Whether there is no customer.
    pub fn is_empty(&self) -> bool {
        self.shares.is_empty()
    }

    /// The figures of a customer.
    pub fn metrics(&self, entity: EntityId) -> Metrics {
        metrics::fold(&self.events, self.events.of(entity), &self.config, self.as_of)
    }

    /// The alarms of a customer.
    pub fn alarms(&self, metrics: &Metrics) -> Vec<Alarm> {
        alarms(metrics, &self.config, self.as_of)
    }

    /// The household of a customer, by its first member.
    pub fn household(&self, entity: EntityId) -> EntityId {
        self.household.get(entity.index()).copied().unwrap_or(entity)
    }

    /// All members of a customer's household, itself among them.
    pub fn household_members(&self, entity: EntityId) -> Vec<EntityId> {
        let household = self.household(entity);
        let start = self.households.partition_point(|pair| pair.0 < household);
        let members = self.households[start..].iter().take_while(|pair| pair.0 == household);
        let members: Vec<EntityId> = members.map(|pair| pair.1).collect();
        if members.is_empty() { vec![entity] } else { members }
    }

    /// What the cases of a whole household were about, most frequent first.
    pub fn household_problems(&self, entity: EntityId) -> Vec<(&str, u32)> {
        let mut all: BTreeMap<u32, u32> = BTreeMap::new();
        for member in self.household_members(entity) {
            for event in self.events.of(member).iter().filter(|event| event.kind().is_case()) {
                if event.category() != NULL {
                    *all.entry(event.category()).or_default() += 1;
                }
            }
        }
        let mut all: Vec<(u32, u32)> = all.into_iter().collect();
        all.sort_by_key(|&(code, count)| (std::cmp::Reverse(count), code));
        all.into_iter().map(|(code, count)| (self.events.categories().text(code), count)).collect()
    }

    /// What the customer's cases were about, most frequent first.
    pub fn problems<'a>(&'a self, metrics: &'a Metrics) -> impl Iterator<Item = (&'a str, u32)> {
        metrics.problems.iter().map(|&(code, count)| (self.events.categories().text(code), count))
    }

    /// What the customer bought, most frequent first.
    pub fn owned<'a>(&'a self, metrics: &'a Metrics) -> impl Iterator<Item = (&'a str, u32)> {
        metrics.owned.iter().map(|&(code, count)| (self.events.categories().text(code), count))
    }

    /// Categories that the customer has not bought, in the order in which customers like it bought them.
    pub fn next_categories(&self, entity: EntityId, most: usize) -> Vec<&str> {
        let codes = self.population.next(&self.shares[entity.index()], most);
        codes.into_iter().map(|code| self.events.categories().text(code)).collect()
    }

    /// What the customer prefers, by name: article, size and language, where the interactions tell.
    pub fn preferences<'a>(&'a self, metrics: &Metrics) -> [(&'static str, Option<&'a str>); 3] {
        let (items, sizes, languages) = (self.events.items(), self.events.sizes(), self.events.languages());
        [
            ("item", metrics.preferred_item.map(|code| items.text(code))),
            ("size", metrics.preferred_size.map(|code| sizes.text(code))),
            ("language", metrics.preferred_language.map(|code| languages.text(code))),
        ]
    }

    /// The campaign of the first touch.
    pub fn first_campaign<'a>(&'a self, metrics: &Metrics) -> &'a str {
        metrics.first_touch.map_or("", |touch| events::text(self.events.campaigns(), touch.campaign))
    }

    /// Scores among all customers; none without orders.
    pub fn rfm(&self, entity: EntityId) -> Option<Rfm> {
        self.population.rfm(&self.shares[entity.index()])
    }

    /// Place by present value among the customers of the same currency, from 1.
    pub fn value_rank(&self, entity: EntityId) -> Option<usize> {
        self.population.rank(&self.shares[entity.index()])
    }

    /// What all records of a customer say about consent, in canonical order.
    pub fn statements(&self, entity: EntityId) -> &[Statement] {
        match self.statement_offsets.get(entity.index()..entity.index() + 2) {
            Some(&[start, end]) => &self.statements[start as usize..end as usize],
            _ => &[],
        }
    }

    /// What holds for a customer over a channel; `identifier`: the code of the address in question, for the policy
    /// `per_identifier`.
    pub fn consent(
        &self,
        entity: EntityId,
        channel: Channel,
        purpose: Purpose,
        identifier: Option<u32>,
    ) -> Decision {
        consent::decide(self.statements(entity), channel, purpose, identifier, self.config.consent.policy)
    }

    /// Whether mail to an address came back, by its code.
    pub fn is_bounced(&self, email: u32) -> bool {
        self.bounced.get(email as usize).copied().unwrap_or(false)
    }

    /// Names of the totals that sources bring along.
    pub fn totals(&self) -> impl Iterator<Item = &str> {
        self.totals.iter().map(|total| total.name.as_str())
    }

    /// The totals of a customer, in the order of [`Self::totals`].
    pub fn totals_of(&self, members: &[RecordId], metrics: &Metrics) -> Vec<TotalValue> {
        let source = |record: RecordId| self.source[record.index()].index();
        self.totals.iter().map(|total| total.of(members, &self.events, metrics, source)).collect()
    }
}

/// What the comparison of customers needs: two passes, since the most owned categories come first.
fn compare(events: &Events, input: &HistoryInput<'_>) -> (Population, Vec<Share>, u64) {
    let len = input.entities.len();
    let mut owners = vec![0u32; events.categories().len()];
    let mut seen = vec![u32::MAX; owners.len()];
    for entity in 0..len as u32 {
        for event in events.of(EntityId(entity)).iter().filter(|event| event.kind() == Kind::Order) {
            let code = event.category();
            if code != NULL && seen[code as usize] != entity {
                seen[code as usize] = entity;
                owners[code as usize] += 1;
            }
        }
    }
    let categories = Population::categories(&owners);
    let parts = par::map_ranges(len, CHUNK, |range| {
        let mut mixed = 0u64;
        let share = |entity: usize| {
            let of = events.of(EntityId(entity as u32));
            let metrics = metrics::fold(events, of, input.config, input.as_of);
            mixed += u64::from(metrics.money.len() > 1);
            Population::share(&metrics, &categories, &input.config.value)
        };
        let shares: Vec<Share> = range.map(share).collect();
        (shares, mixed)
    });
    let mixed = parts.iter().map(|part| part.1).sum();
    let shares: Vec<Share> = parts.into_iter().flat_map(|part| part.0).collect();
    (Population::new(&shares, categories), shares, mixed)
}

/// E-mail addresses to which the last mail of their record came back, or whose source says so.
fn bounced(input: &HistoryInput<'_>, events: &Events) -> Vec<bool> {
    let Some(emails) = input.emails else { return Vec::new() };
    let mut last: Vec<(i64, bool)> = vec![(i64::MIN, false); emails.dictionary().len()];
    for entity in 0..input.entities.len() as u32 {
        for event in events.of(EntityId(entity)) {
            if event.channel() == Channel::Email && event.direction() == Some(Direction::Out) {
                let came_back = event.status() == Status::Bounced;
                if let Some(&code) = emails.codes(event.record().index()).first() {
                    let slot = &mut last[code as usize];
                    *slot = (*slot).max((event.at(), came_back));
                }
            }
        }
    }
    let mut bounced: Vec<bool> = last.into_iter().map(|(_, came_back)| came_back).collect();
    for (field, spec) in consent_columns(input) {
        if spec.reading != Reading::Bounce {
            continue;
        }
        for record in 0..field.values.len() {
            if let (false, Some(&code)) =
                (field.values.codes(record).is_empty(), emails.codes(record).first())
            {
                bounced[code as usize] = true;
            }
        }
    }
    bounced
}

/// Columns that state consent: the configured ones, and those whose headers are known.
fn consent_columns<'a>(input: &HistoryInput<'a>) -> Vec<(CarriedField<'a>, ColumnSpec)> {
    let configured = &input.config.consent.columns;
    let spec = |field: &CarriedField<'a>| match configured.get(field.name) {
        Some(spec) => ColumnSpec::parse(spec).ok(),
        None => ColumnSpec::of_header(field.name),
    };
    input.carried.iter().filter_map(|field| Some((*field, spec(field)?))).collect()
}

/// All statements in the order of entities, then of records, columns and time; and where each entity's begin.
fn statements(input: &HistoryInput<'_>, events: &Events) -> (Vec<Statement>, Vec<u32>) {
    let identifier = |channel: Option<Channel>, record: RecordId| {
        let column = match channel {
            Some(Channel::Email) => input.emails,
            Some(Channel::Phone | Channel::Sms) => input.phones,
            _ => None,
        };
        column.map_or(NULL, |column| column.first_code(record.index()))
    };
    // The address that a register names, among those of the customer.
    let named = |channel: Option<Channel>, members: &[RecordId], text: &str| match channel {
        Some(Channel::Phone | Channel::Sms) => code_of_phone(input.phones, members, text),
        Some(Channel::Email) => code_of_email(input.emails, members, text),
        _ => NULL,
    };
    let bases = legal_bases(input);
    let mut all: Vec<Statement> = Vec::new();
    for (field, spec) in consent_columns(input) {
        let dictionary = field.values.dictionary();
        let meaning: Vec<_> = dictionary.iter().map(|raw| spec.read(raw)).collect();
        let moments: Vec<Option<i64>> = match spec.reading {
            Reading::Moment => {
                dictionary.iter().map(|raw| events::read_moment(raw, &DateHint::default())).collect()
            }
            _ => Vec::new(),
        };
        for record in (0..field.values.len()).map(RecordId::from_index) {
            let Some(&code) = field.values.codes(record.index()).first() else { continue };
            let Some((state, basis)) = meaning[code as usize] else { continue };
            let told = bases.get(record.index()).copied().flatten().filter(|_| !state.forbids());
            let basis = told.unwrap_or(basis);
            let changed = input.updated_at.get(record.index()).copied().filter(|&at| at != i64::MIN);
            let at = moments.get(code as usize).copied().unwrap_or(changed);
            let identifier = identifier(spec.channel, record);
            let (channel, purpose) = (spec.channel, spec.purpose);
            all.push(Statement { record, channel, purpose, state, at, basis, identifier });
        }
    }
    for entity in 0..input.entities.len() as u32 {
        for event in events.of(EntityId(entity)) {
            let (state, basis) = match event.kind() {
                Kind::OptOut => (ConsentState::Withdrawn, LegalBasis::Objection),
                Kind::OptIn => (ConsentState::Granted, LegalBasis::Consent),
                _ => continue,
            };
            let channel = Some(event.channel()).filter(|&channel| channel != Channel::Other);
            let (record, at) = (event.record(), Some(event.at()));
            let identifier = match events.identifier(event) {
                "" => identifier(channel, record),
                text => named(channel, input.entities.members(EntityId(entity)), text),
            };
            let purpose = event.purpose().unwrap_or(Purpose::Marketing);
            let basis = event.legal_basis().unwrap_or(basis);
            all.push(Statement { record, channel, purpose, state, at, basis, identifier });
        }
    }
    suppressions(input, &mut all);
    let entity = |statement: &Statement| input.entities.entity_of(statement.record);
    // The sort is stable: statements of one record stay in the order of columns, then of time.
    all.sort_by_key(|statement| (entity(statement), statement.record));
    let mut offsets = vec![0u32; input.entities.len() + 1];
    all.iter().for_each(|statement| offsets[entity(statement).index() + 1] += 1);
    for at in 1..offsets.len() {
        offsets[at] += offsets[at - 1];
    }
    (all, offsets)
}

/// For each record the legal basis that a column of its source tells; empty when no column does.
fn legal_bases(input: &HistoryInput<'_>) -> Vec<Option<LegalBasis>> {
    let mut bases = Vec::new();
    for (field, _) in consent_columns(input).into_iter().filter(|(_, spec)| spec.reading == Reading::Basis) {
        bases.resize(field.values.len(), None);
        let meaning: Vec<_> = field.values.dictionary().iter().map(consent::basis).collect();
        for (record, slot) in bases.iter_mut().enumerate() {
            let code = field.values.codes(record).first();
            *slot = slot.or(code.and_then(|&code| meaning[code as usize]));
        }
    }
    bases
}

/// The code of an e-mail address among those of a customer.
fn code_of_email(emails: Option<&Column>, members: &[RecordId], text: &str) -> u32 {
    let Some(emails) = emails else { return ELSEWHERE };
    let address = email::email(text, &Hint::default());
    let same = |code: &u32| emails.dictionary().text(*code) == address.canonical;
    codes_of(emails, members).find(same).unwrap_or(ELSEWHERE)
}

/// The code of a telephone number among those of a customer: with or without the country, in any writing.
fn code_of_phone(phones: Option<&Column>, members: &[RecordId], text: &str) -> u32 {
    let Some(phones) = phones else { return ELSEWHERE };
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let wanted = digits(text);
    let same = |code: &u32| {
        let own = digits(phones.dictionary().text(*code));
        wanted.len().min(own.len()) >= MIN_NUMBER && (own.ends_with(&wanted) || wanted.ends_with(&own))
    };
    codes_of(phones, members).find(same).unwrap_or(ELSEWHERE)
}

fn codes_of<'c>(column: &'c Column, members: &'c [RecordId]) -> impl Iterator<Item = u32> + 'c {
    members.iter().flat_map(|record| column.codes(record.index()).iter().copied())
}

/// Addresses and numbers that stand on a list of those who must not be contacted.
fn suppressions(input: &HistoryInput<'_>, all: &mut Vec<Statement>) {
    let Some(list) = input.suppressed.filter(|list| !list.is_empty()) else { return };
    for (column, what, channels) in [
        (input.emails, erase::EMAIL, &[Channel::Email][..]),
        (input.phones, erase::PHONE, &[Channel::Phone, Channel::Sms]),
    ] {
        let Some(column) = column else { continue };
        let text = column.dictionary();
        let listed: Vec<bool> = par::map_ranges(text.len(), CHUNK, |range| {
            range.map(|code| list.has(what, text.text(code as u32))).collect::<Vec<bool>>()
        })
        .concat();
        for record in (0..column.len()).map(RecordId::from_index) {
            for &identifier in column.codes(record.index()).iter().filter(|code| listed[**code as usize]) {
                all.extend(channels.iter().map(|&channel| Statement {
                    record,
                    channel: Some(channel),
                    purpose: Purpose::All,
                    state: ConsentState::Suppressed,
                    at: None,
                    basis: LegalBasis::SuppressionList,
                    identifier,
                }));
            }
        }
    }
}
