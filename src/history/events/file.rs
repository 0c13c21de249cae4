//! The cells of one file: what each distinct one means, and the event that those of a row make.

use xxhash_rust::xxh3::xxh3_64;

use super::builder::{EventsBuilder, Tallies};
use super::{DAY, Event, NO_AMOUNT, NO_DAY};
use crate::history::columns::ColumnMap;
use crate::history::config::FileConfig;
use crate::history::consent::{self, ConsentState, LegalBasis, Purpose};
use crate::history::money::{Currency, Decimal, decimal_mark};
use crate::history::words::{self, Channel, ColumnRole, Direction, Kind, Status};
use crate::normalize::date::{self, DateHint};
use crate::par;
use crate::table::{Column, NULL, Source};

/// Distinct values a task.
const CHUNK: usize = 1 << 16;

/// One file with the meaning of each distinct cell.
pub(super) struct File<'a> {
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
    identifier: Cells<'a, u32>,
    purpose: Cells<'a, Option<Purpose>>,
    basis: Cells<'a, Option<LegalBasis>>,
    /// The status once more, as what was said in a register of consent.
    said: Cells<'a, Option<ConsentState>>,
    /// Whether rows without a kind are statements about consent.
    is_register: bool,
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
    pub(super) fn new(
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
        let register =
            [ColumnRole::Purpose, ColumnRole::LegalBasis].into_iter().any(|role| column(role).is_some());
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
            identifier: Cells::new(column(ColumnRole::Identifier), |raw| {
                builder.identifiers.intern(raw.trim())
            }),
            purpose: Cells::new(column(ColumnRole::Purpose), consent::purpose),
            basis: Cells::new(column(ColumnRole::LegalBasis), consent::basis),
            said: Cells::new(column(ColumnRole::Status), consent::state),
            is_register: register && kind.is_none(),
            // A table of amounts that does not say what they are is a table of sales.
            default_kind: kind.unwrap_or(no_kind),
            default_currency,
        }
    }

    /// One row; none when it has no date, or one that is still to come.
    pub(super) fn event(&self, row: usize, record: u32, tallies: &mut Tallies) -> Option<Event> {
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
            None if self.is_register => self.consent_kind(row, self.default_kind),
            None => self.default_kind,
            // "Consent" is what the row is about; the status says what became of it.
            Some(Some(Kind::OptIn)) => self.consent_kind(row, Kind::OptIn),
            Some(Some(kind)) => kind,
            Some(None) => {
                tallies[3].add(line);
                Kind::Other
            }
        };
        let is_consent = matches!(kind, Kind::OptIn | Kind::OptOut);
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
            identifier: if is_consent { code(&self.identifier) } else { NULL },
            until: day(&self.until),
            closed: day(&self.closed),
            language: short(&self.language),
            size: short(&self.size),
            currency: if amount == NO_AMOUNT && cost == NO_AMOUNT { 0 } else { currency },
            kind,
            channel: self.channel.get(row).flatten().unwrap_or(kind.usual_channel()),
            direction: self.direction.get(row).flatten().or(kind.usual_direction()),
            status: self.status.get(row).flatten().unwrap_or(Status::Unknown),
            purpose: self.purpose.get(row).flatten().filter(|_| is_consent),
            basis: self.basis.get(row).flatten().filter(|_| is_consent),
        };
        event.id = self.id.get(row).unwrap_or_else(|| {
            tallies[2].add(line);
            self.content_id(row, &event)
        });
        Some(event)
    }

    /// Whether consent was given or taken back, by the status of the row; `otherwise` when that says neither.
    fn consent_kind(&self, row: usize, otherwise: Kind) -> Kind {
        match self.said.get(row).flatten() {
            Some(ConsentState::Granted) => Kind::OptIn,
            Some(state) if state.forbids() => Kind::OptOut,
            // Asked and not answered.
            Some(_) => Kind::Other,
            None => otherwise,
        }
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
pub(in crate::history) fn read_moment(raw: &str, hint: &DateHint<'_>) -> Option<i64> {
    if hint.day_first == Some(false) && raw.contains(['/', '.']) {
        let day = date::date(raw, hint).parts.days()?;
        let time = date::timestamp(raw).map_or(0, |at| at.rem_euclid(DAY));
        return Some(day * DAY + time);
    }
    date::timestamp(raw).or_else(|| date::date(raw, hint).parts.days().map(|days| days * DAY))
}
