//! What is on the screen.

use quilate::history::{
    Channel, Event, History, Metrics, Purpose, Tombstones, TotalValue, format_minor, lifetime_value,
};
use quilate::io::history::day_text;
use quilate::judgement::RecordKey;
use quilate::relate::{Relation, RelationKind, Relations};
use quilate::{EntityId, RecordId, Resolution};

/// Events that are shown one by one.
const LATEST: usize = 5;

/// Golden fields that stand on the screen, in this order; the JSON has all.
const SHOWN: [&str; 17] = [
    "given_name",
    "middle_name",
    "surname",
    "second_surname",
    "company",
    "email",
    "phone",
    "street",
    "address_line_2",
    "postcode",
    "city",
    "region",
    "country",
    "birth_date",
    "identifier",
    "gender",
    "website",
];

/// Everything that is known of all customers.
pub struct View<'a> {
    pub resolution: &'a Resolution,
    pub relations: &'a Relations,
    pub history: &'a History,
}

/// What is left of an erased customer.
pub fn erased(key: &RecordKey, tombstones: &Tombstones, json: bool) -> String {
    if json {
        return serde_json::json!({ "record": key.to_string(), "erased": true }).to_string();
    }
    format!(
        "● {key} was erased\n  Nothing of the customer is kept. {} salted hashes know its records, addresses and numbers, so that no\n  \
         import brings it back.",
        tombstones.len()
    )
}

impl View<'_> {
    /// The screen of a customer.
    pub fn text(&self, entity: EntityId) -> String {
        let metrics = self.history.metrics(entity);
        let mut lines = Vec::new();
        self.head(&mut lines, entity, &metrics);
        self.golden(&mut lines, entity);
        self.related(&mut lines, entity);
        self.talk(&mut lines, entity, &metrics);
        self.money(&mut lines, entity, &metrics);
        self.consent(&mut lines, entity);
        self.latest(&mut lines, entity);
        let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
        lines.join("\n")
    }

    fn name(&self, entity: EntityId) -> String {
        let name = self.resolution.golden_record(entity).name();
        if name.is_empty() { "(no name)".to_owned() } else { name }
    }

    fn record(&self, record: RecordId) -> String {
        let records = self.resolution.records();
        format!("{}:{}", records.source_name(record), records.id(record))
    }

    fn head(&self, lines: &mut Vec<String>, entity: EntityId, metrics: &Metrics) {
        let golden = self.resolution.golden_record(entity);
        let stage = metrics.life_cycle(self.history.config(), self.history.as_of()).name();
        let since = metrics
            .first_touch
            .map_or(String::new(), |touch| format!(", known since {}", day_text(touch.day)));
        lines.push(format!("● {}", self.name(entity)));
        lines.push(format!(
            "  customer {}, {stage}{since}, quality {} of 100",
            self.resolution.customer_id(entity),
            golden.quality
        ));
        for alarm in self.history.alarms(metrics) {
            lines.push(format!(
                "  ! {} {}: {}",
                alarm.kind.name().replace('_', " "),
                day_text(alarm.day),
                alarm.evidence
            ));
        }
    }

    fn golden(&self, lines: &mut Vec<String>, entity: EntityId) {
        let golden = self.resolution.golden_record(entity);
        let members = self.resolution.entities().members(entity);
        lines.push(format!("\n  Golden record of {} record{}", members.len(), plural(members.len())));
        for name in SHOWN {
            let Some(value) = golden.values.iter().find(|value| value.field == name) else { continue };
            let from = self.record(value.record);
            lines.push(format!(
                "    {:15} {:38} {:27} {}",
                name.replace('_', " "),
                clip(value.text, 38),
                from,
                value.rule.replace('_', " ")
            ));
            for other in self.others(entity, name) {
                lines.push(format!("    {:15} {}", "  also", clip(&other, 38)));
            }
            for (other, from) in self.contradictions(entity, name) {
                lines.push(format!("    {:15} {:38} {from}", "  but", clip(&other, 38)));
            }
        }
        let shown: Vec<String> = golden.values.iter().map(|value| self.record(value.record)).collect();
        let rest: Vec<String> = members
            .iter()
            .map(|&record| self.record(record))
            .filter(|record| !shown.contains(record))
            .collect();
        if !rest.is_empty() {
            lines.push(format!("    {:15} {}", "also from", rest.join(", ")));
        }
    }

    /// The further values of a field that keeps all.
    fn others(&self, entity: EntityId, name: &str) -> Vec<String> {
        let Some(at) = self.resolution.golden_fields().iter().position(|field| field.name == name) else {
            return Vec::new();
        };
        let text = |code: u32| self.resolution.golden_fields()[at].values.dictionary().text(code).to_owned();
        self.resolution.golden().extras(entity, at).map(|(code, _)| text(code)).collect()
    }

    /// What other records say where there can be one value only, each once.
    fn contradictions(&self, entity: EntityId, name: &str) -> Vec<(String, String)> {
        if !["street", "birth_date", "identifier"].contains(&name) {
            return Vec::new();
        }
        let fields = self.resolution.merge_fields();
        let input = self.resolution.merge_input(&fields);
        let Ok(view) = self.resolution.golden().view(self.resolution.merge_plan(), &input) else {
            return Vec::new();
        };
        let Some(at) = fields.iter().position(|field| field.name == name) else { return Vec::new() };
        let value = view.value(entity, at).unwrap_or("");
        let mut found: Vec<(String, String)> = Vec::new();
        for loser in view.provenance(entity, at).losers.iter().filter(|loser| !loser.agrees) {
            // A birthday without its year contradicts nothing.
            let part = value.contains(loser.value.trim_start_matches('-'));
            if !part && found.iter().all(|(text, _)| text != loser.value) {
                found.push((loser.value.to_owned(), self.record(loser.record)));
            }
        }
        found
    }

    fn related(&self, lines: &mut Vec<String>, entity: EntityId) {
        let mut related: Vec<&Relation> = self.relations.of(entity).collect();
        let other = |relation: &Relation| if relation.from == entity { relation.to } else { relation.from };
        // Who lives or works together needs no line for the telephone that is there.
        let contact = |relation: &Relation| relation.kind == RelationKind::SharedContactPoint;
        let close: Vec<EntityId> = related.iter().filter(|r| !contact(r)).map(|r| other(r)).collect();
        related.retain(|relation| !contact(relation) || !close.contains(&other(relation)));
        related.sort_by_key(|relation| (relation.kind, other(relation)));
        if related.is_empty() {
            return;
        }
        lines.push("\n  Relations".to_owned());
        for relation in related {
            let evidence: Vec<String> =
                relation.evidence.names().map(|name| name.replace('_', " ")).collect();
            let evidence = match relation.kind {
                RelationKind::PossibleMatch | RelationKind::AmbiguousMatch => {
                    format!(
                        "{:.0} % likely to be the same",
                        100.0 * quilate::MatchWeight(relation.weight).probability().0
                    )
                }
                _ => format!("same {}", evidence.join(", ")),
            };
            lines.push(format!(
                "    {:15} {:38} customer {:18} {evidence}",
                label(relation, entity),
                clip(&self.name(other(relation)), 38),
                self.resolution.customer_id(other(relation)).to_string()
            ));
        }
    }

    fn talk(&self, lines: &mut Vec<String>, entity: EntityId, metrics: &Metrics) {
        let as_of = self.history.as_of();
        lines.push(format!("\n  History until {}", day_text(as_of)));
        let contacts = &metrics.contacts;
        if contacts.all[4] == 0 {
            lines.push(format!("    {:15} none", "contacts"));
        } else {
            let channels: Vec<String> = Channel::ALL
                .iter()
                .zip(&metrics.by_channel)
                .filter(|(_, of)| of.all[4] > 0)
                .map(|(channel, of)| format!("{} {}", channel.name().replace('_', " "), of.all[4]))
                .collect();
            lines.push(format!(
                "    {:15} {} in, {} out; {} in 365 days; {}; last {}",
                "contacts",
                contacts.inbound[4],
                contacts.outbound[4],
                contacts.all[3],
                channels.join(", "),
                ago(contacts.last, as_of),
            ));
        }
        let (sent, opened) = metrics.campaigns;
        let mut mail = Vec::new();
        if metrics.emails != (0, 0) {
            mail.push(format!("{} from and {} to the customer", metrics.emails.0, metrics.emails.1));
        }
        if sent > 0 {
            mail.push(format!("{sent} mailing{}, {opened} opened", plural(sent as usize)));
        }
        if !mail.is_empty() {
            lines.push(format!("    {:15} {}", "e-mail", mail.join("; ")));
        }
        for (name, day) in
            [("last shipment", metrics.last_shipment), ("last catalogue", metrics.last_catalogue)]
        {
            if day.is_some() {
                lines.push(format!("    {name:15} {}", ago(day, as_of)));
            }
        }
        for cases in &metrics.cases {
            lines.push(format!(
                "    {:15} {} open, {} closed by {}",
                cases.kind.name(),
                cases.open,
                cases.closed,
                cases.channel.name().replace('_', " ")
            ));
        }
        let problems: Vec<String> = self
            .history
            .household_problems(entity)
            .into_iter()
            .take(3)
            .map(|(name, n)| format!("{name} {n}"))
            .collect();
        if !problems.is_empty() {
            let whose = if self.history.household_members(entity).len() > 1 { " (household)" } else { "" };
            lines.push(format!("    {:15} {}{whose}", "problems", problems.join(", ")));
        }
    }

    fn money(&self, lines: &mut Vec<String>, entity: EntityId, metrics: &Metrics) {
        let count = metrics.order_days.len();
        if count > 0 {
            let gap = metrics.median_gap().map_or(String::new(), |gap| format!("; median gap {gap} days"));
            let last = ago(metrics.order_days.last().copied(), self.history.as_of());
            lines.push(format!("    {:15} {count}; last {last}{gap}", "orders"));
        }
        for money in &metrics.money {
            let amount = |minor: i64| format!("{} {}", format_minor(minor, money.currency), money.currency);
            let back = if money.refunds == 0 {
                String::new()
            } else {
                format!(" after {} given back", amount(money.refunds))
            };
            let value = &self.history.config().value;
            lines.push(format!(
                "    {:15} {}{back}; margin {}",
                "revenue",
                amount(money.revenue),
                amount(money.margin)
            ));
            if metrics.costs_known {
                lines.push(format!(
                    "    {:15} {} to win, {} to serve",
                    "cost",
                    amount(money.acquisition),
                    amount(money.cost_to_serve)
                ));
            }
            lines.push(format!(
                "    {:15} {} (margin {:.0} %, stays {:.0} % a year, interest {:.0} %, {} years)",
                "lifetime value",
                amount(lifetime_value(money, value)),
                100.0 * value.margin_rate,
                100.0 * value.retention,
                100.0 * value.discount_rate,
                value.years
            ));
        }
        if let Some(rfm) = self.history.rfm(entity) {
            lines.push(format!(
                "    {:15} recency {}, frequency {}, money {} of 5",
                "scores", rfm.recency, rfm.frequency, rfm.monetary
            ));
        }
        let owned: Vec<&str> = self.history.owned(metrics).map(|(name, _)| name).collect();
        if !owned.is_empty() {
            let next = self.history.next_categories(entity, 2);
            let next = if next.is_empty() { String::new() } else { format!("; next: {}", next.join(", ")) };
            lines.push(format!("    {:15} {}{next}", "buys", owned.join(", ")));
        }
    }

    fn consent(&self, lines: &mut Vec<String>, entity: EntityId) {
        lines.push("\n  Consent to marketing".to_owned());
        let mut unasked = Vec::new();
        for channel in [Channel::Email, Channel::Phone, Channel::Sms, Channel::Post] {
            let decision = self.history.consent(entity, channel, Purpose::Marketing, None);
            let Some(by) = decision.by else {
                unasked.push(channel.name());
                continue;
            };
            let when = by.at.map_or(String::new(), |at| day_text(at.div_euclid(86_400) as i32));
            let split = if decision.disagreement { "; another record says yes" } else { "" };
            lines.push(format!(
                "    {:15} {:38} {:27} {when}{split}",
                channel.name(),
                decision.state.name(),
                self.record(by.record)
            ));
        }
        if !unasked.is_empty() {
            lines.push(format!("    {:15} {}", "nobody asked", unasked.join(", ")));
        }
    }

    fn latest(&self, lines: &mut Vec<String>, entity: EntityId) {
        let events = self.history.events().of(entity);
        if events.is_empty() {
            return;
        }
        lines.push(format!("\n  Latest of {} interaction{}", events.len(), plural(events.len())));
        for event in events.iter().rev().take(LATEST) {
            let what = [
                event.kind().name().to_owned(),
                self.amount(event),
                self.history.events().category(event).to_owned(),
                self.history.events().campaign(event).to_owned(),
            ];
            let what: Vec<String> = what.into_iter().filter(|part| !part.is_empty()).collect();
            lines.push(format!(
                "    {:15} {:38} {:27} {}",
                day_text(event.day()),
                clip(&what.join(", "), 38),
                self.record(event.record()),
                event.channel().name().replace('_', " "),
            ));
        }
    }

    fn amount(&self, event: &Event) -> String {
        let currency = self.history.events().currency(event);
        event.amount().map_or(String::new(), |minor| format!("{} {currency}", format_minor(minor, currency)))
    }

    /// The same and more for programs.
    pub fn json(&self, entity: EntityId) -> String {
        let metrics = self.history.metrics(entity);
        let golden = self.resolution.golden_record(entity);
        let values: Vec<_> = golden
            .values
            .iter()
            .map(|value| {
                serde_json::json!({
                    "field": value.field, "value": value.text, "record": self.record(value.record), "rule": value.rule,
                    "others": self.others(entity, value.field),
                })
            })
            .collect();
        let related: Vec<_> = self
            .relations
            .of(entity)
            .map(|relation| {
                serde_json::json!({
                    "relation": relation.kind.name(),
                    "from": self.resolution.customer_id(relation.from).to_string(),
                    "to": self.resolution.customer_id(relation.to).to_string(),
                    "weight": relation.weight,
                    "evidence": relation.evidence.names().collect::<Vec<_>>(),
                })
            })
            .collect();
        let money: Vec<_> = metrics
            .money
            .iter()
            .map(|money| {
                let amount = |minor: i64| format_minor(minor, money.currency);
                serde_json::json!({
                    "currency": money.currency.code(), "orders": money.orders, "revenue": amount(money.revenue),
                    "refunds": amount(money.refunds), "margin": amount(money.margin),
                    "lifetime_value": amount(lifetime_value(money, &self.history.config().value)),
                })
            })
            .collect();
        let consent: serde_json::Map<String, serde_json::Value> =
            [Channel::Email, Channel::Phone, Channel::Sms, Channel::Post]
                .map(|channel| {
                    let decision = self.history.consent(entity, channel, Purpose::Marketing, None);
                    (channel.name().to_owned(), decision.state.name().into())
                })
                .into_iter()
                .collect();
        let members = self.resolution.entities().members(entity);
        let totals: serde_json::Map<String, serde_json::Value> = self
            .history
            .totals()
            .zip(self.history.totals_of(members, &metrics))
            .filter_map(|(name, total)| match total {
                TotalValue::Value(value) => Some((name.to_owned(), value.into())),
                _ => None,
            })
            .collect();
        let events: Vec<_> = self
            .history
            .events()
            .of(entity)
            .iter()
            .map(|event| {
                serde_json::json!({
                    "day": day_text(event.day()), "kind": event.kind().name(), "channel": event.channel().name(),
                    "record": self.record(event.record()), "status": event.status().name(), "amount": self.amount(event),
                    "category": self.history.events().category(event),
                    "campaign": self.history.events().campaign(event),
                })
            })
            .collect();
        let alarms: Vec<_> = self
            .history
            .alarms(&metrics)
            .into_iter()
            .map(|alarm| serde_json::json!({"alarm": alarm.kind.name(), "day": day_text(alarm.day), "evidence": alarm.evidence}))
            .collect();
        let view = serde_json::json!({
            "customer": self.resolution.customer_id(entity).to_string(),
            "name": golden.name(),
            "quality": golden.quality,
            "life_cycle": metrics.life_cycle(self.history.config(), self.history.as_of()).name(),
            "as_of": day_text(self.history.as_of()),
            "records": members.iter().map(|&record| self.record(record)).collect::<Vec<_>>(),
            "golden": values,
            "relations": related,
            "money": money,
            "totals": totals,
            "consent": consent,
            "alarms": alarms,
            "interactions": events,
        });
        serde_json::to_string_pretty(&view).unwrap_or_default()
    }
}

/// What the other is to this customer.
fn label(relation: &Relation, entity: EntityId) -> &'static str {
    match (relation.kind, relation.from == entity) {
        (RelationKind::Household, _) => "lives with",
        (RelationKind::SharedContactPoint, _) => "reached through",
        (RelationKind::Employer, true) => "works for",
        (RelationKind::Employer, false) => "employs",
        (RelationKind::Colleague, _) => "colleague of",
        (RelationKind::ParentCompany, true) => "belongs to",
        (RelationKind::ParentCompany, false) => "owns",
        (RelationKind::PossibleMatch, _) => "perhaps",
        (RelationKind::AmbiguousMatch, _) => "one of several",
        (other, _) => other.name(),
    }
}

fn ago(day: Option<i32>, as_of: i32) -> String {
    day.map_or(String::new(), |day| format!("{}, {} days ago", day_text(day), as_of - day))
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn clip(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}
