//! What the events of one customer add up to. Every figure is a fold over the set of its events, so that the figures of a
//! merged customer are those of the union, and of a split one exactly what they were.

use super::config::HistoryConfig;
use super::events::{Event, Events};
use super::money::{Currency, Decimal};
use super::words::{Channel, Direction, Kind, Status};
use crate::table::NULL;

/// Days of the windows in which contacts are counted; the last is all time.
pub const WINDOWS: [i32; 5] = [7, 30, 90, 365, i32::MAX];

/// Names of the windows in columns.
pub const WINDOW_NAMES: [&str; 5] = ["7d", "30d", "90d", "365d", "all"];

/// Days within which an e-mail of the customer answers one of ours.
const REPLY_DAYS: i32 = 14;

/// Days behind the first order in which serving is still the first.
const FIRST_SERVING_DAYS: i32 = 30;

/// Days after the first order in which a customer is new.
const NEW_DAYS: i32 = 90;

/// Days without an order after which a customer without a rhythm of its own is gone.
const LAPSED_DAYS: i32 = 365;

/// Contacts by direction and window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// Begun by the customer.
    pub inbound: [u32; 5],
    /// Begun by us.
    pub outbound: [u32; 5],
    /// With those of unknown direction.
    pub all: [u32; 5],
    /// Day of the last, in days since 1970.
    pub last: Option<i32>,
}

/// Where a relation with a customer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LifeCycle {
    /// Has never bought.
    Prospect,
    /// Bought for the first time lately.
    New,
    /// Buys.
    Active,
    /// Is later than its own rhythm allows.
    Late,
    /// Has not bought for long.
    Lapsed,
    /// Ended a contract and bought nothing since.
    Ended,
}

impl LifeCycle {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Prospect => "prospect",
            Self::New => "new",
            Self::Active => "active",
            Self::Late => "late",
            Self::Lapsed => "lapsed",
            Self::Ended => "ended",
        }
    }
}

/// Money of one currency, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// Which.
    pub currency: Currency,
    /// Orders paid in it.
    pub orders: u32,
    /// Paid orders, less what was given back.
    pub revenue: i64,
    /// What was given back.
    pub refunds: i64,
    /// Revenue less cost, where orders tell it, else the configured share.
    pub margin: i64,
    /// The part of the margin that was made in the last 365 days.
    pub margin_of_year: i64,
    /// What the events until the first order cost, and the configured cost of the first touch.
    pub acquisition: i64,
    /// What contacts and further events cost.
    pub cost_to_serve: i64,
    /// The part of it within 30 days of the first order.
    pub first_serving: i64,
}

/// Cases of one kind over one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cases {
    /// Question, suggestion, complaint or case.
    pub kind: Kind,
    /// Over which channel.
    pub channel: Channel,
    /// Waiting for us.
    pub open: u32,
    /// Answered, or without a status.
    pub closed: u32,
}

/// The first thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// In days since 1970.
    pub day: i32,
    /// What.
    pub kind: Kind,
    /// How.
    pub channel: Channel,
    /// Code of the campaign.
    pub(super) campaign: u32,
}

/// The figures of one customer. Days are days since 1970.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Metrics {
    /// Events, each once.
    pub events: u32,
    /// The first event.
    pub first_touch: Option<Touch>,
    /// Contacts over all channels.
    pub contacts: Contacts,
    /// Day of the last contact that the customer began.
    pub last_in: Option<i32>,
    /// Day of the last contact that we began.
    pub last_out: Option<i32>,
    /// Contacts by channel, in the order of [`Channel::ALL`].
    pub by_channel: Vec<Contacts>,
    /// Calls of the customer, and to the customer.
    pub calls: (u32, u32),
    /// E-mails of the customer, and to the customer, mailings apart.
    pub emails: (u32, u32),
    /// E-mails and mailings of ours that the customer answered within 14 days.
    pub email_replies: u32,
    /// Mailings that were sent and not bounced, and those of them that were opened or clicked.
    pub campaigns: (u32, u32),
    /// Cases by kind and channel.
    pub cases: Vec<Cases>,
    /// Day of the last complaint.
    pub last_complaint: Option<i32>,
    /// Day since which the oldest open case waits.
    pub open_since: Option<i32>,
    /// Days that closed cases were open, where it is known, and how many cases these are.
    pub days_to_close: (u64, u32),
    /// What cases were about: code and count, most frequent first.
    pub(super) problems: Vec<(u32, u32)>,
    /// Days of orders that were not cancelled, ascending.
    pub order_days: Vec<i32>,
    /// Day of the last parcel.
    pub last_shipment: Option<i32>,
    /// Day of the last catalogue.
    pub last_catalogue: Option<i32>,
    /// Day of the last mailing.
    pub last_campaign: Option<i32>,
    /// Money by currency: the one of most orders first.
    pub money: Vec<Money>,
    /// What was bought: code and count, most frequent first.
    pub(super) owned: Vec<(u32, u32)>,
    /// Last days of running contracts, ascending; a contract without an end is not among them.
    pub contracts: Vec<i32>,
    /// Last days of running warranties, ascending.
    pub warranties: Vec<i32>,
    /// Contracts and warranties without a known end.
    pub endless: (u32, u32),
    /// Channel over which the customer comes to us most, the last of equal ones.
    pub preferred_channel: Option<Channel>,
    pub(super) preferred_item: Option<u32>,
    pub(super) preferred_language: Option<u32>,
    pub(super) preferred_size: Option<u32>,
    /// Days of opt-outs with their channels.
    pub optouts: Vec<(i32, Channel)>,
    /// Days of complaints, ascending.
    pub complaint_days: Vec<i32>,
    /// Whether any cost is told, by an event or the configuration: else costs of zero say nothing.
    pub costs_known: bool,
    contract_ended: Option<i32>,
}

impl Metrics {
    /// The median number of days between two orders; none below two orders.
    pub fn median_gap(&self) -> Option<f64> {
        let mut gaps: Vec<i32> = self.order_days.windows(2).map(|pair| pair[1] - pair[0]).collect();
        gaps.sort_unstable();
        let middle = gaps.len() / 2;
        match gaps.len() {
            0 => None,
            n if n % 2 == 1 => Some(f64::from(gaps[middle])),
            _ => Some(f64::from(gaps[middle - 1] + gaps[middle]) / 2.0),
        }
    }

    /// The day from which the customer is later than its own rhythm allows; none below the configured number of orders.
    pub fn due(&self, config: &HistoryConfig) -> Option<i32> {
        let enough = self.order_days.len() >= config.alarms.gap_orders.max(2) as usize;
        // Two orders of one day are one visit; a rhythm shorter than a week is chance.
        let gap = self.median_gap().filter(|_| enough)?.max(7.0);
        let late = (gap * config.alarms.gap_factor).ceil().min(100_000.0) as i32;
        Some(self.order_days.last()?.saturating_add(late))
    }

    /// Where the relation stands on a day.
    pub fn life_cycle(&self, config: &HistoryConfig, as_of: i32) -> LifeCycle {
        let (Some(&first), Some(&last)) = (self.order_days.first(), self.order_days.last()) else {
            return if self.contract_ended.is_some() { LifeCycle::Ended } else { LifeCycle::Prospect };
        };
        let due = self.due(config);
        match () {
            () if self.contract_ended.is_some_and(|day| day >= last) => LifeCycle::Ended,
            () if as_of - last > LAPSED_DAYS && due.is_none_or(|due| as_of > due) => LifeCycle::Lapsed,
            () if due.is_some_and(|due| as_of > due) => LifeCycle::Late,
            () if self.order_days.len() == 1 && as_of - first <= NEW_DAYS => LifeCycle::New,
            () => LifeCycle::Active,
        }
    }

    /// Money in the currency of most orders.
    pub fn main_money(&self) -> Option<&Money> {
        self.money.first()
    }
}

/// Folds the events of one customer, which are in the order of time.
pub fn fold(events: &Events, of: &[Event], config: &HistoryConfig, as_of: i32) -> Metrics {
    let mut metrics =
        Metrics { by_channel: vec![Contacts::default(); Channel::ALL.len()], ..Metrics::default() };
    metrics.events = of.len() as u32;
    metrics.first_touch = of.first().map(|event| Touch {
        day: event.day(),
        kind: event.kind(),
        channel: event.channel(),
        campaign: event.campaign(),
    });
    let mut waiting: Option<i32> = None;
    let mut tops = Tops::default();
    for event in of {
        talk(&mut metrics, event, as_of, &mut waiting);
        goods(&mut metrics, event, as_of);
        tops.add(event);
    }
    tops.finish(&mut metrics);
    metrics.cases.sort_unstable_by_key(|cases| (cases.kind, cases.channel));
    metrics.contracts.sort_unstable();
    metrics.warranties.sort_unstable();
    metrics.money = money(events, of, &metrics, config, as_of);
    let configured = !config.value.contact_cost.is_empty() || !config.value.acquisition_cost.is_empty();
    metrics.costs_known =
        configured || of.iter().any(|event| event.cost().is_some() || event.kind() == Kind::Cost);
    metrics
}

/// Contacts, e-mails and cases.
fn talk(metrics: &mut Metrics, event: &Event, as_of: i32, waiting: &mut Option<i32>) {
    let (day, kind, direction) = (event.day(), event.kind(), event.direction());
    // What bounced has reached nobody.
    if kind.is_contact() && event.status() != Status::Bounced {
        count(&mut metrics.contacts, event, as_of);
        count(&mut metrics.by_channel[event.channel() as usize], event, as_of);
        match direction {
            Some(Direction::In) => metrics.last_in = Some(day),
            Some(Direction::Out) => metrics.last_out = Some(day),
            None => {}
        }
    }
    match (kind, direction) {
        (Kind::Call, Some(Direction::In)) => metrics.calls.0 += 1,
        (Kind::Call, Some(Direction::Out)) => metrics.calls.1 += 1,
        (Kind::Email, Some(Direction::In)) => metrics.emails.0 += 1,
        (Kind::Email, Some(Direction::Out)) => metrics.emails.1 += 1,
        (Kind::Campaign, _) if event.status() != Status::Bounced => {
            metrics.campaigns.0 += 1;
            metrics.campaigns.1 += u32::from(matches!(event.status(), Status::Opened | Status::Clicked));
            metrics.last_campaign = Some(day);
        }
        (Kind::Catalogue, _) if event.status() != Status::Bounced => metrics.last_catalogue = Some(day),
        (Kind::OptOut, _) => metrics.optouts.push((day, event.channel())),
        _ => {}
    }
    if event.channel() == Channel::Email {
        match direction {
            Some(Direction::Out) if event.status() != Status::Bounced => *waiting = Some(day),
            Some(Direction::In) if waiting.is_some_and(|sent| day - sent <= REPLY_DAYS) => {
                metrics.email_replies += 1;
                *waiting = None;
            }
            _ => {}
        }
    }
    if kind.is_case() {
        case(metrics, event);
    }
}

fn count(contacts: &mut Contacts, event: &Event, as_of: i32) {
    let age = as_of - event.day();
    for (at, _) in WINDOWS.iter().enumerate().filter(|(_, window)| age < **window) {
        contacts.all[at] += 1;
        match event.direction() {
            Some(Direction::In) => contacts.inbound[at] += 1,
            Some(Direction::Out) => contacts.outbound[at] += 1,
            None => {}
        }
    }
    contacts.last = Some(event.day());
}

fn case(metrics: &mut Metrics, event: &Event) {
    let (kind, channel, day) = (event.kind(), event.channel(), event.day());
    let at = metrics.cases.iter().position(|cases| (cases.kind, cases.channel) == (kind, channel));
    let at = at.unwrap_or_else(|| {
        metrics.cases.push(Cases { kind, channel, open: 0, closed: 0 });
        metrics.cases.len() - 1
    });
    if event.status() == Status::Open && event.closed().is_none() {
        metrics.cases[at].open += 1;
        metrics.open_since = Some(metrics.open_since.map_or(day, |since| since.min(day)));
    } else {
        metrics.cases[at].closed += 1;
    }
    if let Some(days) = event.closed().and_then(|closed| u64::try_from(closed - day).ok()) {
        metrics.days_to_close.0 += days;
        metrics.days_to_close.1 += 1;
    }
    if kind == Kind::Complaint {
        metrics.last_complaint = Some(day);
        metrics.complaint_days.push(day);
    }
}

/// Orders, parcels, contracts.
fn goods(metrics: &mut Metrics, event: &Event, as_of: i32) {
    let day = event.day();
    let cancelled = event.status() == Status::Cancelled;
    match event.kind() {
        Kind::Order if !cancelled && event.amount().is_none_or(|amount| amount >= 0) => {
            metrics.order_days.push(day)
        }
        Kind::Shipment if !cancelled => metrics.last_shipment = Some(day),
        Kind::Contract if cancelled => metrics.contract_ended = Some(day),
        Kind::Contract => {
            metrics.contract_ended = event.until().filter(|&until| until < as_of);
            match event.until() {
                None => metrics.endless.0 += 1,
                Some(until) if until >= as_of => metrics.contracts.push(until),
                _ => {}
            }
        }
        Kind::Warranty if !cancelled => match event.until() {
            None => metrics.endless.1 += 1,
            Some(until) if until >= as_of => metrics.warranties.push(until),
            _ => {}
        },
        _ => {}
    }
}

/// What occurs most.
#[derive(Default)]
struct Tops {
    problems: Vec<(u32, u32, i64)>,
    owned: Vec<(u32, u32, i64)>,
    channels: Vec<(u32, u32, i64)>,
    items: Vec<(u32, u32, i64)>,
    languages: Vec<(u32, u32, i64)>,
    sizes: Vec<(u32, u32, i64)>,
}

impl Tops {
    fn add(&mut self, event: &Event) {
        let bought = event.kind() == Kind::Order && event.status() != Status::Cancelled;
        if event.kind().is_case() {
            tally(&mut self.problems, event.category(), event.at());
        }
        if bought {
            tally(&mut self.owned, event.category(), event.at());
            tally(&mut self.items, event.item(), event.at());
            tally(&mut self.sizes, event.size(), event.at());
        }
        if event.direction() == Some(Direction::In) && event.channel() != Channel::Other {
            tally(&mut self.channels, event.channel() as u32, event.at());
        }
        tally(&mut self.languages, event.language(), event.at());
    }

    fn finish(mut self, metrics: &mut Metrics) {
        let top = |list: &mut Vec<(u32, u32, i64)>| sorted(list).first().map(|&(code, _)| code);
        metrics.preferred_channel =
            top(&mut self.channels).and_then(|at| Channel::ALL.get(at as usize).copied());
        metrics.preferred_item = top(&mut self.items);
        metrics.preferred_language = top(&mut self.languages);
        metrics.preferred_size = top(&mut self.sizes);
        metrics.problems = sorted(&mut self.problems);
        metrics.owned = sorted(&mut self.owned);
    }
}

/// Counts a code, and remembers when it was last seen.
fn tally(list: &mut Vec<(u32, u32, i64)>, code: u32, at: i64) {
    if code == NULL {
        return;
    }
    match list.iter_mut().find(|entry| entry.0 == code) {
        Some(entry) => {
            entry.1 += 1;
            entry.2 = entry.2.max(at);
        }
        None => list.push((code, 1, at)),
    }
}

/// Most frequent first, of equal ones the last seen, then the first in the alphabet.
fn sorted(list: &mut [(u32, u32, i64)]) -> Vec<(u32, u32)> {
    list.sort_unstable_by(|a, b| (b.1, b.2).cmp(&(a.1, a.2)).then(a.0.cmp(&b.0)));
    list.iter().map(|&(code, count, _)| (code, count)).collect()
}

/// Sums of one currency while they are made.
#[derive(Clone, Default)]
struct Account {
    code: u8,
    orders: u32,
    paid: i64,
    /// Paid and returned amounts without a cost of their own: all, and of the last 365 days.
    uncosted: [i64; 2],
    /// Margin of orders with a cost: all, and of the last 365 days.
    costed: [i64; 2],
    /// Amounts given back, and those that orders say were.
    returns: Vec<(i64, i32)>,
    refunded: Vec<(i64, i32)>,
    acquisition: i64,
    serving: i64,
    first_serving: i64,
}

fn money(events: &Events, of: &[Event], metrics: &Metrics, config: &HistoryConfig, as_of: i32) -> Vec<Money> {
    let mut accounts: Vec<Account> = Vec::new();
    let first_order = metrics.order_days.first().copied();
    for event in of.iter().filter(|event| event.amount().is_some() || event.cost().is_some()) {
        let at = accounts.iter().position(|account| account.code == event.currency()).unwrap_or_else(|| {
            accounts.push(Account { code: event.currency(), ..Account::default() });
            accounts.len() - 1
        });
        accounts[at].add(event, first_order, as_of);
    }
    // The currency of most orders leads; contacts and the first touch are paid in it.
    accounts.sort_unstable_by_key(|account| (std::cmp::Reverse(account.orders), account.code));
    let currency = |account: &Account| {
        events.currencies().get(usize::from(account.code)).copied().unwrap_or(Currency::UNKNOWN)
    };
    if let Some(main) = accounts.first_mut() {
        let currency = currency(main);
        contact_costs(main, of, metrics, config, currency);
    }
    let rate = (config.value.margin_rate * 1e6).round() as i128;
    accounts.iter().map(|account| account.finish(currency(account), rate, as_of)).collect()
}

impl Account {
    fn add(&mut self, event: &Event, first_order: Option<i32>, as_of: i32) {
        let amount = event.amount().unwrap_or(0);
        let year = as_of - event.day() < WINDOWS[3];
        let sale = !matches!(event.status(), Status::Cancelled | Status::Open);
        match event.kind() {
            Kind::Order if amount < 0 && sale => self.returns.push((amount.saturating_abs(), event.day())),
            Kind::Order if sale => {
                self.orders += 1;
                self.paid = self.paid.saturating_add(amount);
                let (list, part) = match event.cost() {
                    Some(cost) => (&mut self.costed, amount.saturating_sub(cost)),
                    None => (&mut self.uncosted, amount),
                };
                list[0] = list[0].saturating_add(part);
                list[1] = list[1].saturating_add(if year { part } else { 0 });
                if event.status() == Status::Refunded {
                    self.refunded.push((amount, event.day()));
                }
            }
            Kind::Return if event.status() != Status::Cancelled => {
                self.returns.push((amount.saturating_abs(), event.day()))
            }
            Kind::Cost => {
                let cost = event.cost().unwrap_or(amount).saturating_abs();
                self.spend(cost, event.day(), first_order);
            }
            // Of other events only the cost is ours; what a case is worth is no sale.
            kind if kind != Kind::Order && event.cost().is_some() => {
                self.spend(event.cost().unwrap_or(0).saturating_abs(), event.day(), first_order)
            }
            _ => {}
        }
    }

    /// What was spent until the first order won the customer, later it serves it.
    fn spend(&mut self, cost: i64, day: i32, first_order: Option<i32>) {
        match first_order {
            Some(first) if day > first => {
                self.serving = self.serving.saturating_add(cost);
                if day - first <= FIRST_SERVING_DAYS {
                    self.first_serving = self.first_serving.saturating_add(cost);
                }
            }
            _ => self.acquisition = self.acquisition.saturating_add(cost),
        }
    }

    /// What was given back in all and in the last 365 days. A refunded order and a return of its amount are one fact told
    /// twice.
    fn given_back(&self, as_of: i32) -> [i64; 2] {
        let mut untold: Vec<i64> = self.returns.iter().map(|back| back.0).collect();
        let mut all = self.returns.clone();
        for order in &self.refunded {
            match untold.iter().position(|&amount| amount == order.0) {
                Some(at) => {
                    untold.swap_remove(at);
                }
                None => all.push(*order),
            }
        }
        [WINDOWS[4], WINDOWS[3]].map(|days| {
            let within = all.iter().filter(|back| as_of - back.1 < days);
            within.fold(0i64, |sum, back| sum.saturating_add(back.0))
        })
    }

    fn finish(&self, currency: Currency, rate: i128, as_of: i32) -> Money {
        let back = self.given_back(as_of);
        let share = |amount: i64| {
            let parts = i128::from(amount) * rate;
            let half = if parts < 0 { -500_000 } else { 500_000 };
            i64::try_from((parts + half) / 1_000_000).unwrap_or(i64::MAX)
        };
        let margin =
            |at: usize| self.costed[at].saturating_add(share(self.uncosted[at].saturating_sub(back[at])));
        Money {
            currency,
            orders: self.orders,
            revenue: self.paid.saturating_sub(back[0]),
            refunds: back[0],
            margin: margin(0),
            margin_of_year: margin(1),
            acquisition: self.acquisition,
            cost_to_serve: self.serving,
            first_serving: self.first_serving,
        }
    }
}

/// What contacts and the first touch cost by the configuration.
fn contact_costs(
    account: &mut Account,
    of: &[Event],
    metrics: &Metrics,
    config: &HistoryConfig,
    currency: Currency,
) {
    let read = |text: &String| Decimal::parse(text, '.')?.minor(currency).map(|(minor, _)| minor);
    if let Some(touch) = metrics.first_touch {
        let cost = config.value.acquisition_cost.get(touch.channel.name()).and_then(read);
        account.acquisition = account.acquisition.saturating_add(cost.unwrap_or(0));
    }
    if config.value.contact_cost.is_empty() {
        return;
    }
    let first = metrics.order_days.first().copied();
    for event in of.iter().filter(|event| event.kind().is_contact()) {
        let Some(cost) = config.value.contact_cost.get(event.channel().name()).and_then(read) else {
            continue;
        };
        account.serving = account.serving.saturating_add(cost);
        if first.is_some_and(|first| (0..=FIRST_SERVING_DAYS).contains(&(event.day() - first))) {
            account.first_serving = account.first_serving.saturating_add(cost);
        }
    }
}
