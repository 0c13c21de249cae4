//! What happens between a customer and a touchpoint: orders, calls, tickets, mailings.
//!
//! The events of a record depend on its location only, so that the CRM, which is told of a part of the shop's orders, can
//! list them with the same event id.

use crate::calendar::{AS_OF, Day, Moment};
use crate::population::{Location, Population};
use crate::random::Rng;

/// One contact. Empty cells are those that make no sense for the kind.
#[derive(Clone, Debug)]
pub struct Event {
    /// Number of the event; the same event keeps it in every touchpoint.
    pub id: String,
    /// When.
    pub at: Moment,
    /// order, return, shipment, call, email, visit, complaint, question, suggestion, catalogue, campaign, warranty, optout.
    pub kind: &'static str,
    /// web, store, phone, email, chat, post, in_person.
    pub channel: &'static str,
    /// "in" from the customer, "out" to the customer.
    pub direction: &'static str,
    /// Amount in cents of the currency.
    pub cents: Option<i64>,
    /// Currency of the amount.
    pub currency: &'static str,
    /// Line of goods, or what a case is about.
    pub category: &'static str,
    /// State of an order, a case or a mailing.
    pub status: &'static str,
    /// Campaign of a mailing.
    pub campaign: String,
}

/// The touchpoints that the events of a record depend on.
pub mod source {
    /// The CRM.
    pub const CRM: usize = 0;
    /// The web shop.
    pub const SHOP: usize = 1;
    /// The newsletter.
    pub const NEWSLETTER: usize = 2;
    /// The help desk.
    pub const HELPDESK: usize = 3;
    /// The till.
    pub const TILL: usize = 4;
}

/// How many records of the CRM are told of the shop's orders.
const MIRRORED: f64 = 0.4;

/// Room for the events of one record in the numbering at the activity of the bundled sample; none has more.
const ROOM: u64 = 32;

const GOODS: [&str; 9] =
    ["menaje", "textil", "jardín", "iluminación", "muebles", "decoración", "electrónica", "baño", "regalo"];

const CASES: [&str; 9] = [
    "entrega",
    "factura",
    "producto defectuoso",
    "devolución",
    "garantía",
    "precio",
    "talla o medida",
    "acceso a la cuenta",
    "trato en tienda",
];

/// Draws the events of one record.
struct Diary<'a> {
    at: &'a Location,
    since: Moment,
    prefix: &'static str,
    room: u64,
    rng: Rng,
    events: Vec<Event>,
}

/// The events of a record, in the order of time.
pub fn of(population: &Population, at: &Location) -> Vec<Event> {
    let prefix = ["act", "so", "mc", "tk", "tpv"][at.source];
    let since = population.created(at);
    let room = ROOM * population.activity;
    let mut diary = Diary { at, since, prefix, room, rng: population.event_stream(at), events: Vec::new() };
    for _ in 0..population.activity {
        match at.source {
            source::CRM => diary.crm(),
            source::SHOP => diary.shop(),
            source::NEWSLETTER => diary.newsletter(),
            source::HELPDESK => diary.helpdesk(),
            source::TILL => diary.till(),
            _ => {}
        }
    }
    let mut events = diary.events;
    if at.source == source::CRM
        && diary.rng.chance(MIRRORED)
        && let Some(shop) = population.first_record(at, source::SHOP)
    {
        events.extend(of(population, &shop).into_iter().filter(|event| event.kind == "order"));
    }
    events.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    events
}

impl Diary<'_> {
    /// A moment since the record was created, during the day.
    fn moment(&mut self) -> Moment {
        let day = Day(self.rng.range(self.since.day.0, AS_OF.0));
        let second = self.rng.range(9 * 3600, 21 * 3600);
        Moment { day, second: if day == self.since.day { second.max(self.since.second) } else { second } }
    }

    fn add(
        &mut self,
        at: Moment,
        kind: &'static str,
        channel: &'static str,
        direction: &'static str,
    ) -> &mut Event {
        let number = self.at.position * self.room + self.events.len() as u64;
        let id = format!("{}-{number}", self.prefix);
        self.events.push(Event {
            id,
            at,
            kind,
            channel,
            direction,
            cents: None,
            currency: "",
            category: "",
            status: "",
            campaign: String::new(),
        });
        let last = self.events.len() - 1;
        &mut self.events[last]
    }

    /// An amount around a typical one: log-normal, as baskets are.
    fn amount(&mut self, typical: f64) -> (i64, &'static str) {
        let (currency, rate) = self.at.plan.country.currency();
        let normal = (0..6).map(|_| self.rng.unit()).sum::<f64>() - 3.0;
        let value = typical * rate * (normal * 1.1).exp();
        // Prices end in 5 or 9 cents more often than not.
        let cents = (value * 100.0) as i64;
        (if self.rng.chance(0.7) { cents / 10 * 10 + 9 } else { cents / 5 * 5 }, currency)
    }

    fn order(&mut self, at: Moment, channel: &'static str, typical: f64, status: &'static str) {
        let (cents, currency) = self.amount(typical);
        let category = self.rng.pick(&GOODS);
        let event = self.add(at, "order", channel, "in");
        event.cents = Some(cents);
        (event.currency, event.category, event.status) = (currency, category, status);
    }

    fn shop(&mut self) {
        for _ in 0..self.rng.geometric(1.1, 9) {
            let at = self.moment();
            let status =
                self.rng.weighted(&[("paid", 88), ("refunded", 5), ("cancelled", 4), ("pending", 3)]);
            self.order(at, "web", 62.0, status);
            if status == "paid" && self.rng.chance(0.45) {
                let day = Day((at.day.0 + self.rng.range(1, 4)).min(AS_OF.0));
                self.add(Moment { day, second: 36_000 + at.second % 20_000 }, "shipment", "post", "out")
                    .status = "delivered";
            } else if status == "refunded" {
                let day = Day((at.day.0 + self.rng.range(3, 20)).min(AS_OF.0));
                let cents = self.events.last().and_then(|order| order.cents);
                let currency = self.at.plan.country.currency().0;
                let event = self.add(Moment { day, ..at }, "return", "web", "in");
                event.cents = cents.map(|cents| -cents);
                (event.currency, event.status) = (currency, "refunded");
            }
        }
    }

    fn till(&mut self) {
        for _ in 0..self.rng.geometric(1.6, 15) {
            let at = self.moment();
            self.order(at, "store", 38.0, "paid");
            if self.rng.chance(0.04) {
                let category = self.rng.pick(&GOODS);
                self.add(at, "warranty", "store", "out").category = category;
            }
        }
    }

    fn newsletter(&mut self) {
        for _ in 0..self.rng.geometric(1.6, 12) {
            let at = self.moment();
            let (year, month, _) = at.day.civil();
            let season = match month {
                1 | 7 => "rebajas",
                5 => "dia-de-la-madre",
                11 => "black-friday",
                12 => "navidad",
                _ => "boletin",
            };
            let status = self.rng.weighted(&[("sent", 52), ("opened", 32), ("clicked", 12), ("bounced", 4)]);
            let event = self.add(at, "campaign", "email", "out");
            event.status = status;
            event.campaign = format!("{season}-{year}-{month:02}");
        }
        if self.rng.chance(0.05) {
            let at = self.moment();
            self.add(at, "optout", "email", "in").status = "done";
        }
    }

    fn helpdesk(&mut self) {
        for _ in 0..1 + self.rng.geometric(0.4, 6) {
            let at = self.moment();
            let kind = self.rng.weighted(&[("question", 50), ("complaint", 38), ("suggestion", 12)]);
            let channel = self.rng.weighted(&[("email", 55), ("phone", 20), ("chat", 15), ("web", 10)]);
            let status = self.rng.weighted(&[("closed", 70), ("solved", 18), ("pending", 7), ("open", 5)]);
            let category = self.rng.pick(&CASES);
            let event = self.add(at, kind, channel, "in");
            (event.category, event.status) = (category, status);
        }
    }

    fn crm(&mut self) {
        for _ in 0..self.rng.geometric(1.2, 9) {
            let at = self.moment();
            let (kind, channel, direction) = self.rng.weighted(&[
                (("call", "phone", "out"), 24),
                (("call", "phone", "in"), 14),
                (("email", "email", "out"), 20),
                (("email", "email", "in"), 12),
                (("visit", "in_person", "out"), 8),
                (("catalogue", "post", "out"), 14),
                (("complaint", "phone", "in"), 5),
                (("suggestion", "phone", "in"), 3),
            ]);
            let category = if kind == "complaint" { self.rng.pick(&CASES) } else { "" };
            let event = self.add(at, kind, channel, direction);
            event.category = category;
            event.status = match kind {
                "complaint" => "closed",
                "catalogue" => "sent",
                _ => "done",
            };
            if kind == "catalogue" {
                let (year, month, _) = at.day.civil();
                event.campaign = format!("catalogo-{}-{year}", if month < 7 { "primavera" } else { "otono" });
            }
        }
    }
}

impl Event {
    /// The amount with a point, as the file has it.
    pub fn amount(&self) -> String {
        self.cents.map(|cents| decimal(cents, '.')).unwrap_or_default()
    }
}

/// Cents as a decimal number.
pub fn decimal(cents: i64, point: char) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}{point}{:02}", cents.abs() / 100, cents.abs() % 100)
}

/// Orders, and what was paid for them in cents: what a touchpoint shows as a total.
pub fn totals(events: &[Event]) -> (usize, i64) {
    let paid = events.iter().filter(|event| event.kind == "order" && event.status == "paid");
    paid.fold((0, 0), |(orders, cents), event| (orders + 1, cents + event.cents.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_numbered_once_and_mirrored_with_their_number() {
        let population = Population::new(1, 3000);
        let mut seen = std::collections::BTreeMap::<String, Vec<usize>>::new();
        let mut all = 0;
        for source in 0..5 {
            for position in 0..population.positions() {
                let Some(here) = population.locate(source, position) else { continue };
                for event in of(&population, &here) {
                    assert!(event.at.day <= AS_OF, "{event:?}");
                    seen.entry(event.id).or_default().push(source);
                    all += 1;
                }
            }
        }
        let mean = f64::from(all) / 3000.0;
        assert!((1.2..3.0).contains(&mean), "{mean} events a record");
        let mut mirrored = 0;
        for (id, sources) in seen {
            // Two records of one person in the CRM may both have been told.
            if sources.len() > 1 {
                assert!(id.starts_with("so-") && sources.contains(&source::SHOP), "{id} {sources:?}");
                mirrored += 1;
            }
        }
        assert!(mirrored > 20, "{mirrored}");
    }

    #[test]
    fn decimals() {
        assert_eq!(
            (decimal(12_345, '.'), decimal(-5, ','), decimal(0, '.')),
            ("123.45".into(), "-0,05".into(), "0.00".into())
        );
    }
}
