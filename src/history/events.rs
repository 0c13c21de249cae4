//! Interactions as compact rows, re-keyed to entities, each event once.

mod builder;
mod file;

pub use builder::EventsBuilder;
pub(super) use file::read_moment;

use super::consent::{LegalBasis, Purpose};
use super::money::Currency;
use super::words::{Channel, Direction, Kind, Status};
use crate::ids::{EntityId, RecordId};
use crate::table::{Dictionary, NULL};

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

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
    /// Code of the address that consent is about.
    identifier: u32,
    until: i32,
    closed: i32,
    language: u16,
    size: u16,
    currency: u8,
    kind: Kind,
    channel: Channel,
    direction: Option<Direction>,
    status: Status,
    /// Of consent.
    purpose: Option<Purpose>,
    basis: Option<LegalBasis>,
}

/// What the documentation promises.
const _: () = assert!(size_of::<Event>() == 72);

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

    /// What consent was given or taken back for, where the file tells.
    pub fn purpose(&self) -> Option<Purpose> {
        self.purpose
    }

    /// On what it rests, where the file tells.
    pub fn legal_basis(&self) -> Option<LegalBasis> {
        self.basis
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
        let consent = (self.identifier, self.purpose, self.basis);
        (missing, self.record, self.at, rest, words, consent)
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
    identifiers: Dictionary,
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

    /// The address or number that consent is about, as the file has it; empty where it does not tell.
    pub(super) fn identifier(&self, event: &Event) -> &str {
        text(&self.identifiers, event.identifier)
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
