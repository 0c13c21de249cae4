//! The files about what happened and who belongs together: `relations.csv`, `customers.csv`, `alarms.csv`, `consents.csv`,
//! and lists.
//!
//! As [`outputs`](super::outputs): UTF-8, RFC 4180, in an order that depends on the data alone. Days are `YYYY-MM-DD`,
//! amounts decimals with a point in the currency that stands beside them; a blank cell means that nobody knows.

use std::fmt::{Display, Write as _};
use std::io::Write;

use super::csv::Writer;
use super::texts::entity_name;
use crate::error::{Error, ErrorKind, Result};
use crate::history::metrics::{Contacts, WINDOW_NAMES};
use crate::history::{
    Channel, ConsentPolicy, Currency, History, Kind, List, Metrics, Purpose, TotalValue, format_minor,
    lifetime_value,
};
use crate::ids::EntityId;
use crate::normalize::date;
use crate::par;
use crate::pipeline::Resolution;
use crate::relate::Relations;

/// Entities a task.
const CHUNK: usize = 2048;

/// Tasks whose text is held at a time: a bound of memory.
const BLOCK: usize = 32;

/// Entries of a cell that lists the most frequent.
const TOP: usize = 3;

/// Channels whose consent has a column.
const CONSENT_CHANNELS: [Channel; 4] = [Channel::Email, Channel::Phone, Channel::Sms, Channel::Post];

/// Writes `relations.csv`: from_entity, to_entity, relation, directed, weight, evidence; one row a relation.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_relations<W: Write>(
    resolution: &Resolution,
    relations: &Relations,
    mut writer: Writer<W>,
) -> Result<Writer<W>> {
    writer.write_record(["from_entity", "to_entity", "relation", "directed", "weight", "evidence"])?;
    for relation in relations.iter() {
        let evidence: Vec<&str> = relation.evidence.names().collect();
        writer.write_record([
            entity_name(resolution, relation.from).as_str(),
            &entity_name(resolution, relation.to),
            relation.kind.name(),
            if relation.kind.is_directed() { "yes" } else { "no" },
            &format!("{:.1}", relation.weight),
            &evidence.join("; "),
        ])?;
    }
    Ok(writer)
}

/// Writes `customers.csv`: one row an entity, one column a figure. Contacts have a set of columns for each channel that occurs;
/// totals that sources bring along have one each.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_customers<W: Write>(resolution: &Resolution, history: &History, out: W) -> Result<W> {
    let channels = history.events().channels();
    let mut head = Cells::default();
    customer(&mut head, &Columns { resolution, history, channels: &channels }, None);
    write_blocks(out, &head.names, history.len(), |entity, cells| {
        customer(cells, &Columns { resolution, history, channels: &channels }, Some(entity));
        1
    })
}

/// Writes `alarms.csv`: entity_id, alarm, date, evidence; one row an alarm.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_alarms<W: Write>(resolution: &Resolution, history: &History, out: W) -> Result<W> {
    let head = ["entity_id", "alarm", "date", "evidence"].map(str::to_owned);
    write_blocks(out, &head, history.len(), |entity, cells| {
        let alarms = history.alarms(&history.metrics(entity));
        for alarm in &alarms {
            cells.text(&entity_name(resolution, entity));
            cells.text(alarm.kind.name());
            cells.day(Some(alarm.day));
            cells.text(&alarm.evidence);
        }
        alarms.len()
    })
}

/// Writes `consents.csv`: entity_id, channel, purpose, identifier, state, source, source_id, at, legal_basis, statements,
/// disagreement; one row for each customer, channel and purpose that somebody has said something about, under the policy
/// `per_identifier` one for each address.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_consents<W: Write>(resolution: &Resolution, history: &History, out: W) -> Result<W> {
    let head = [
        "entity_id",
        "channel",
        "purpose",
        "identifier",
        "state",
        "source",
        "source_id",
        "at",
        "legal_basis",
        "statements",
        "disagreement",
    ]
    .map(str::to_owned);
    write_blocks(out, &head, history.len(), |entity, cells| {
        let said = history.statements(entity);
        let mut rows = 0;
        for channel in CONSENT_CHANNELS {
            for &purpose in Purpose::ALL {
                let about = |s: &&crate::history::Statement| {
                    s.channel.is_none_or(|over| over == channel) && s.purpose == purpose
                };
                if said.iter().any(|statement| about(&statement)) {
                    rows += consent(cells, resolution, history, (entity, channel, purpose));
                }
            }
        }
        rows
    })
}

/// The rows of one channel and purpose.
fn consent(
    cells: &mut Cells,
    resolution: &Resolution,
    history: &History,
    (entity, channel, purpose): (EntityId, Channel, Purpose),
) -> usize {
    let addresses = match history.config().consent.policy {
        ConsentPolicy::PerIdentifier => resolution.addresses(entity, channel),
        _ => Vec::new(),
    };
    let mut targets: Vec<(Option<u32>, &str)> =
        addresses.iter().map(|address| (address.identifier, address.text.as_str())).collect();
    if targets.is_empty() {
        targets.push((None, ""));
    }
    for &(identifier, text) in &targets {
        let decision = history.consent(entity, channel, purpose, identifier);
        let records = resolution.records();
        cells.text(&entity_name(resolution, entity));
        cells.text(channel.name());
        cells.text(purpose.name());
        cells.text(text);
        cells.text(decision.state.name());
        cells.text(decision.by.map_or("", |by| records.source_name(by.record)));
        cells.text(decision.by.map_or("", |by| records.id(by.record)));
        let day = decision.by.and_then(|by| by.at).map(|at| at.div_euclid(86_400) as i32);
        cells.day(day);
        cells.text(decision.by.map_or("", |by| by.basis.name()));
        cells.show(decision.statements);
        cells.flag(decision.disagreement);
    }
    targets.len()
}

/// Writes a list: entity_id, household_id, the golden name, address, consent; one row a recipient.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_list<W: Write>(
    resolution: &Resolution,
    history: &History,
    list: &List,
    mut writer: Writer<W>,
) -> Result<Writer<W>> {
    writer.write_record(["entity_id", "household_id", "name", "address", "consent"])?;
    for row in &list.rows {
        writer.write_record([
            entity_name(resolution, row.entity).as_str(),
            &entity_name(resolution, history.household(row.entity)),
            &resolution.golden_record(row.entity).name(),
            &row.address,
            row.consent.name(),
        ])?;
    }
    Ok(writer)
}

/// Writes who is not on a list: entity_id, reason.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_exclusions<W: Write>(
    resolution: &Resolution,
    list: &List,
    mut writer: Writer<W>,
) -> Result<Writer<W>> {
    writer.write_record(["entity_id", "reason"])?;
    for (entity, reason) in &list.excluded {
        writer.write_record([entity_name(resolution, *entity).as_str(), reason.name()])?;
    }
    Ok(writer)
}

/// `YYYY-MM-DD` of days since 1970; empty for a year that has no such form.
pub fn day_text(day: i32) -> String {
    date::civil_from_days(i64::from(day))
        .map_or(String::new(), |(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
}

/// Writes rows of all entities in order: made on all cores, a block at a time. `rows` gives how many it has added.
fn write_blocks<W: Write>(
    mut out: W,
    head: &[String],
    entities: usize,
    rows: impl Fn(EntityId, &mut Cells) -> usize + Sync + Send,
) -> Result<W> {
    let fail =
        |error: std::io::Error| Error::new(ErrorKind::Io, format!("cannot be written ({})", error.kind()));
    let mut header = Writer::new(Vec::new());
    header.write_record(head)?;
    out.write_all(&header.into_inner()?).map_err(fail)?;
    let width = head.len();
    for start in (0..entities).step_by(CHUNK * BLOCK) {
        let end = (start + CHUNK * BLOCK).min(entities);
        let parts = par::map_ranges(end - start, CHUNK, |range| -> Result<Vec<u8>> {
            let mut writer = Writer::new(Vec::new());
            let mut cells = Cells::default();
            for entity in range {
                cells.clear();
                let count = rows(EntityId::from_index(start + entity), &mut cells);
                for row in 0..count {
                    writer.write_record((row * width..(row + 1) * width).map(|at| cells.get(at)))?;
                }
            }
            writer.into_inner()
        });
        for part in parts {
            out.write_all(&part?).map_err(fail)?;
        }
    }
    Ok(out)
}

/// Cells end to end in one text, with the names of their columns when these are asked for.
#[derive(Default)]
struct Cells {
    text: String,
    ends: Vec<usize>,
    names: Vec<String>,
}

impl Cells {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }

    fn text(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn show(&mut self, value: impl Display) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{value}");
        self.ends.push(self.text.len());
    }

    fn maybe(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => self.show(value),
            None => self.text(""),
        }
    }

    fn flag(&mut self, flag: bool) {
        self.text(if flag { "yes" } else { "no" });
    }

    fn day(&mut self, day: Option<i32>) {
        match day.and_then(|day| date::civil_from_days(i64::from(day))) {
            Some((year, month, day)) => self.show(format_args!("{year:04}-{month:02}-{day:02}")),
            None => self.text(""),
        }
    }

    fn list<'a>(&mut self, entries: impl Iterator<Item = (&'a str, u32)>) {
        for (at, (name, count)) in entries.take(TOP).enumerate() {
            let _ = write!(self.text, "{}{name} {count}", if at == 0 { "" } else { "; " });
        }
        self.ends.push(self.text.len());
    }

    fn names(&mut self, names: &[&str]) {
        self.text(&names.join("; "));
    }
}

/// What the columns of `customers.csv` are made from.
struct Columns<'a> {
    resolution: &'a Resolution,
    history: &'a History,
    channels: &'a [Channel],
}

/// One row, or with no entity the names of the columns. Names and cells come from the same lines, so that they cannot part.
fn customer(cells: &mut Cells, columns: &Columns<'_>, entity: Option<EntityId>) {
    let history = columns.history;
    let metrics = entity.map_or_else(Metrics::default, |entity| history.metrics(entity));
    let mut row = Row { cells, heads: entity.is_none() };
    let entity = entity.unwrap_or_default();
    identity(&mut row, columns, entity, &metrics);
    contacts(&mut row, columns, &metrics);
    cases(&mut row, history, entity, &metrics);
    orders(&mut row, history, entity, &metrics);
    wishes(&mut row, columns, entity, &metrics);
}

/// Writes either the names of columns or their cells.
struct Row<'a> {
    cells: &'a mut Cells,
    heads: bool,
}

impl Row<'_> {
    fn add(&mut self, name: &str, cell: impl FnOnce(&mut Cells)) {
        if self.heads {
            self.cells.names.push(name.to_owned());
        } else {
            cell(self.cells);
        }
    }
}

fn identity(row: &mut Row<'_>, columns: &Columns<'_>, entity: EntityId, metrics: &Metrics) {
    let (resolution, history) = (columns.resolution, columns.history);
    let touch = metrics.first_touch;
    row.add("entity_id", |cells| cells.text(&entity_name(resolution, entity)));
    row.add("household_id", |cells| cells.text(&entity_name(resolution, history.household(entity))));
    row.add("household_size", |cells| cells.show(history.household_members(entity).len()));
    row.add("life_cycle", |cells| cells.text(metrics.life_cycle(history.config(), history.as_of()).name()));
    row.add("alarms", |cells| {
        let names: Vec<&str> = history.alarms(metrics).iter().map(|alarm| alarm.kind.name()).collect();
        cells.names(&names);
    });
    row.add("events", |cells| cells.show(metrics.events));
    row.add("first_touch", |cells| cells.day(touch.map(|touch| touch.day)));
    row.add("first_touch_kind", |cells| cells.text(touch.map_or("", |touch| touch.kind.name())));
    row.add("first_touch_channel", |cells| cells.text(touch.map_or("", |touch| touch.channel.name())));
    row.add("first_touch_campaign", |cells| cells.text(history.first_campaign(metrics)));
}

fn contacts(row: &mut Row<'_>, columns: &Columns<'_>, metrics: &Metrics) {
    let as_of = columns.history.as_of();
    let mut last = |name: &str, day: Option<i32>| {
        row.add(&format!("last_{name}"), |cells| cells.day(day));
        row.add(&format!("days_since_{name}"), |cells| cells.maybe(day.map(|day| as_of - day)));
    };
    last("contact", metrics.contacts.last);
    last("contact_in", metrics.last_in);
    last("contact_out", metrics.last_out);
    windows(row, "contacts", &metrics.contacts);
    for &channel in columns.channels {
        let none = Contacts::default();
        let of = metrics.by_channel.get(channel as usize).unwrap_or(&none);
        let name = format!("contacts_{}", channel.name());
        row.add(&format!("last_contact_{}", channel.name()), |cells| cells.day(of.last));
        row.add(&format!("days_since_contact_{}", channel.name()), |cells| {
            cells.maybe(of.last.map(|day| as_of - day))
        });
        windows(row, &name, of);
    }
    row.add("calls_in", |cells| cells.show(metrics.calls.0));
    row.add("calls_out", |cells| cells.show(metrics.calls.1));
    row.add("emails_in", |cells| cells.show(metrics.emails.0));
    row.add("emails_out", |cells| cells.show(metrics.emails.1));
    row.add("email_replies", |cells| cells.show(metrics.email_replies));
    row.add("email_reply_ratio", |cells| {
        let sent = metrics.emails.1 + metrics.campaigns.0;
        let ratio = (sent > 0).then(|| f64::from(metrics.email_replies) / f64::from(sent));
        cells.maybe(ratio.map(|ratio| format!("{ratio:.2}")));
    });
    row.add("campaigns", |cells| cells.show(metrics.campaigns.0));
    row.add("campaigns_opened", |cells| cells.show(metrics.campaigns.1));
}

fn windows(row: &mut Row<'_>, name: &str, contacts: &Contacts) {
    for (direction, counts) in
        [("in", &contacts.inbound), ("out", &contacts.outbound), ("any", &contacts.all)]
    {
        for (window, count) in WINDOW_NAMES.iter().zip(counts) {
            row.add(&format!("{name}_{direction}_{window}"), |cells| cells.show(count));
        }
    }
}

fn cases(row: &mut Row<'_>, history: &History, entity: EntityId, metrics: &Metrics) {
    for kind in [Kind::Question, Kind::Suggestion, Kind::Complaint, Kind::Case] {
        let of = || metrics.cases.iter().filter(move |cases| cases.kind == kind);
        row.add(&format!("{}_open", kind.name()), |cells| {
            cells.show(of().map(|cases| cases.open).sum::<u32>())
        });
        row.add(&format!("{}_closed", kind.name()), |cells| {
            cells.show(of().map(|cases| cases.closed).sum::<u32>())
        });
    }
    row.add("cases_by_channel", |cells| {
        let entry = |cases: &crate::history::metrics::Cases| {
            let (kind, channel) = (cases.kind.name(), cases.channel.name());
            format!("{kind} {channel} {} open {} closed", cases.open, cases.closed)
        };
        let entries: Vec<String> = metrics.cases.iter().map(entry).collect();
        cells.text(&entries.join("; "));
    });
    row.add("last_complaint", |cells| cells.day(metrics.last_complaint));
    row.add("days_open", |cells| cells.maybe(metrics.open_since.map(|since| history.as_of() - since)));
    row.add("mean_days_to_close", |cells| {
        let (days, cases) = metrics.days_to_close;
        cells.maybe((cases > 0).then(|| format!("{:.1}", days as f64 / f64::from(cases))));
    });
    row.add("top_problems", |cells| cells.list(history.problems(metrics)));
    row.add("household_top_problems", |cells| cells.list(history.household_problems(entity).into_iter()));
}

fn orders(row: &mut Row<'_>, history: &History, entity: EntityId, metrics: &Metrics) {
    let as_of = history.as_of();
    let count = metrics.order_days.len();
    let last = metrics.order_days.last().copied();
    row.add("orders", |cells| cells.show(count));
    row.add("repeat_customer", |cells| cells.flag(count > 1));
    row.add("first_order", |cells| cells.day(metrics.order_days.first().copied()));
    row.add("last_order", |cells| cells.day(last));
    row.add("days_since_order", |cells| cells.maybe(last.map(|day| as_of - day)));
    row.add("median_days_between_orders", |cells| cells.maybe(metrics.median_gap()));
    row.add("last_shipment", |cells| cells.day(metrics.last_shipment));
    row.add("last_catalogue", |cells| cells.day(metrics.last_catalogue));
    row.add("last_campaign", |cells| cells.day(metrics.last_campaign));
    let main = metrics.main_money();
    let mut amount = |name: &str, minor: Option<i64>| {
        let currency = main.map_or(Currency::UNKNOWN, |money| money.currency);
        row.add(name, |cells| cells.maybe(minor.map(|minor| format_minor(minor, currency))));
    };
    amount("revenue", main.map(|money| money.revenue));
    amount("refunds", main.map(|money| money.refunds));
    amount("margin", main.map(|money| money.margin));
    // A cost that nobody told is not zero.
    let costs = main.filter(|_| metrics.costs_known);
    amount("acquisition_cost", costs.map(|money| money.acquisition));
    amount("first_serving_cost", costs.map(|money| money.first_serving));
    amount("cost_to_serve", costs.map(|money| money.cost_to_serve));
    amount(
        "profit",
        main.map(|money| money.margin.saturating_sub(money.acquisition).saturating_sub(money.cost_to_serve)),
    );
    amount("lifetime_value", main.map(|money| lifetime_value(money, &history.config().value)));
    row.add("currency", |cells| cells.text(main.map_or("", |money| money.currency.code())));
    row.add("other_currencies", |cells| {
        let entry = |money: &crate::history::Money| {
            format!("{} {}", money.currency, format_minor(money.revenue, money.currency))
        };
        let others: Vec<String> = metrics.money.iter().skip(1).map(entry).collect();
        cells.text(&others.join("; "));
    });
    row.add("value_rank", |cells| cells.maybe(history.value_rank(entity)));
    let rfm = if row.heads { None } else { history.rfm(entity) };
    row.add("rfm_recency", |cells| cells.maybe(rfm.map(|rfm| rfm.recency)));
    row.add("rfm_frequency", |cells| cells.maybe(rfm.map(|rfm| rfm.frequency)));
    row.add("rfm_monetary", |cells| cells.maybe(rfm.map(|rfm| rfm.monetary)));
}

fn wishes(row: &mut Row<'_>, columns: &Columns<'_>, entity: EntityId, metrics: &Metrics) {
    let history = columns.history;
    row.add("owned_categories", |cells| {
        let owned: Vec<&str> = history.owned(metrics).map(|(name, _)| name).collect();
        cells.names(&owned);
    });
    row.add("next_categories", |cells| cells.names(&history.next_categories(entity, TOP)));
    row.add("preferred_channel", |cells| cells.text(metrics.preferred_channel.map_or("", Channel::name)));
    for (name, value) in history.preferences(metrics) {
        row.add(&format!("preferred_{name}"), |cells| cells.text(value.unwrap_or("")));
    }
    row.add("contracts", |cells| cells.show(metrics.contracts.len() as u32 + metrics.endless.0));
    row.add("next_contract_end", |cells| cells.day(metrics.contracts.first().copied()));
    row.add("warranties", |cells| cells.show(metrics.warranties.len() as u32 + metrics.endless.1));
    row.add("next_warranty_end", |cells| cells.day(metrics.warranties.first().copied()));
    let mut split = Vec::new();
    for channel in CONSENT_CHANNELS {
        let decision = history.consent(entity, channel, Purpose::Marketing, None);
        if decision.disagreement {
            split.push(channel.name());
        }
        row.add(&format!("consent_{}", channel.name()), |cells| cells.text(decision.state.name()));
    }
    row.add("consent_disagreement", |cells| cells.names(&split));
    let names: Vec<String> = history.totals().map(str::to_owned).collect();
    let members = if row.heads { &[] } else { columns.resolution.entities().members(entity) };
    let totals = history.totals_of(members, metrics);
    for (name, total) in names.iter().zip(totals) {
        row.add(name, |cells| match total {
            TotalValue::Value(value) => cells.text(&value),
            TotalValue::MixedCurrencies => cells.text("several currencies"),
            TotalValue::None => cells.text(""),
        });
    }
}

/// Writes `history.json`: the day of the run, what each column of each interaction file was taken for, the inputs of the
/// value of customers, counts, and findings; never a customer's value.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_report<W: Write>(history: &History, relations: &Relations, mut out: W) -> Result<W> {
    let fail = |message: String| Error::new(ErrorKind::Io, message);
    let columns: serde_json::Map<String, serde_json::Value> = history
        .columns()
        .iter()
        .map(|(file, columns)| {
            let columns: serde_json::Map<String, serde_json::Value> =
                columns.iter().map(|(role, name)| (name.clone(), role.name().into())).collect();
            (file.clone(), columns.into())
        })
        .collect();
    let counts: serde_json::Map<String, serde_json::Value> =
        relations.counts().iter().map(|(kind, count)| (kind.name().to_owned(), (*count).into())).collect();
    let mut issues = relations.issues();
    issues.merge(history.issues().clone());
    let report = serde_json::json!({
        "as_of": day_text(history.as_of()),
        "customers": history.len(),
        "interactions": history.events().len(),
        "currencies": history.events().currencies().iter().map(Currency::code).collect::<Vec<_>>(),
        "relations": counts,
        "columns": columns,
        "value": history.config().value,
        "alarms": history.config().alarms,
        "issues": issues.iter().collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut out, &report).map_err(|error| fail(error.to_string()))?;
    out.write_all(b"\n").map_err(|error| fail(error.kind().to_string()))?;
    Ok(out)
}

/// Writes `customers.csv`, `alarms.csv`, `consents.csv` and `history.json` into a folder that is there; each appears under
/// its name when it is complete.
///
/// # Errors
/// [`ErrorKind::Io`] naming the file.
pub fn write_history(
    resolution: &Resolution,
    relations: &Relations,
    history: &History,
    folder: &std::path::Path,
) -> Result<()> {
    let create = |name: &str| super::AtomicFile::create(folder.join(name));
    let at = |name: &'static str| {
        move |error: Error| match error.location().source {
            Some(_) => error,
            None => error.at(name),
        }
    };
    let customers = create("customers.csv")?;
    write_customers(resolution, history, customers).map_err(at("customers.csv"))?.commit()?;
    write_alarms(resolution, history, create("alarms.csv")?).map_err(at("alarms.csv"))?.commit()?;
    write_consents(resolution, history, create("consents.csv")?).map_err(at("consents.csv"))?.commit()?;
    write_report(history, relations, create("history.json")?).map_err(at("history.json"))?.commit()
}
