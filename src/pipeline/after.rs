//! What is asked of a [`Resolution`] when the customers are known: their relations, their history, lists of them, and to
//! forget some.

use std::collections::BTreeSet;

use super::{Config, Records, Resolution, clearing, detect_columns, prepare, records};
use crate::error::{Issues, Result};
use crate::history::{
    Address, CarriedField, Channel, History, HistoryInput, List, ListSpec, Lookup, Tombstones,
};
use crate::ids::{EntityId, RecordId};
use crate::normalize::attributes::Attributes;
use crate::normalize::{Quality, date, text};
use crate::relate::{RelateInput, RelateOptions, Relations, relate};
use crate::table::{AttributeKind, Source, Table};

impl Lookup for Records {
    fn sources(&self) -> &[String] {
        &self.source_names
    }

    fn find(&self, source: &str, id: &str) -> Option<RecordId> {
        Records::find(self, source, id)
    }
}

impl Resolution {
    /// Who lives with whom, works for whom, shares a telephone, or may be the same after all.
    pub fn relations(&self, options: &RelateOptions) -> Relations {
        let home = self.homes();
        let ambiguous: Vec<(RecordId, RecordId, f64)> =
            self.ambiguous().map(|item| (item.a, item.b, item.weight)).collect();
        let input = RelateInput {
            attributes: self.attributes(),
            entities: self.entities(),
            edges: &self.matching().edges,
            ambiguous: &ambiguous,
            home: &home,
        };
        relate(&input, options)
    }

    /// The record that the golden street of each entity comes from.
    fn homes(&self) -> Vec<Option<RecordId>> {
        let Some(street) = self.golden_fields().iter().position(|field| field.name == "street") else {
            return Vec::new();
        };
        let cell = |entity: u32| self.golden().cell(EntityId(entity), street);
        (0..self.entities().len() as u32)
            .map(|entity| Some(cell(entity)).filter(|cell| cell.code.is_some()).and_then(|cell| cell.record))
            .collect()
    }

    /// What happened: interaction files re-keyed to customers, under `config.history`. `as_of` is the last day that counts, as
    /// year, month and day; `suppressed` holds who must not be contacted.
    ///
    /// # Errors
    /// As [`History::new`].
    ///
    /// # Example
    /// ```
    /// use quilate::{Config, EntityId, Source, Table};
    ///
    /// #[derive(serde::Serialize)]
    /// struct Customer { id: u32, name: &'static str, email: &'static str }
    /// #[derive(serde::Serialize)]
    /// struct Order { customer: u32, order_number: &'static str, fecha: &'static str, importe: &'static str, moneda: &'static str }
    /// let customers = Table::from_records("shop", [Customer { id: 1, name: "Ana Ruiz Vega", email: "ana@ruiz.es" }])?;
    /// let orders = Source::from_records("orders", [
    ///     Order { customer: 1, order_number: "A-1", fecha: "02/03/2025", importe: "1.234,50", moneda: "EUR" },
    ///     Order { customer: 1, order_number: "A-2", fecha: "14/06/2025", importe: "20,00", moneda: "EUR" },
    ///     // The same order, from another export.
    ///     Order { customer: 1, order_number: "A-2", fecha: "14/06/2025", importe: "20,00", moneda: "EUR" },
    /// ])?;
    /// let config = Config::default();
    /// let resolution = quilate::consolidate(customers, &config)?;
    /// let relations = resolution.relations(&Default::default());
    /// let history = resolution.history(&relations, [orders], &config, (2025, 6, 30), None)?;
    /// let metrics = history.metrics(EntityId(0));
    /// assert_eq!((metrics.order_days.len(), metrics.money[0].revenue), (2, 125_450));
    /// # Ok::<(), quilate::Error>(())
    /// ```
    pub fn history(
        &self,
        relations: &Relations,
        files: impl IntoIterator<Item = Source>,
        config: &Config,
        as_of: (i16, u8, u8),
        suppressed: Option<&Tombstones>,
    ) -> Result<History> {
        let household: Vec<EntityId> =
            (0..self.entities().len() as u32).map(|entity| relations.household(EntityId(entity))).collect();
        let fields = self.merge_fields();
        let merged = self.merge_input(&fields);
        let is_evidence = |name: &str| {
            let (name, _) = name.split_once(':').unwrap_or((name, ""));
            AttributeKind::ALL.iter().any(|kind| kind.name() == name)
        };
        let carried: Vec<CarriedField<'_>> = self
            .golden_fields()
            .iter()
            .filter(|field| !is_evidence(&field.name))
            .map(|field| CarriedField { name: &field.name, values: &field.values })
            .collect();
        let column = |name: &str| {
            self.golden_fields().iter().find(|field| field.name == name).map(|field| &field.values)
        };
        let input = HistoryInput {
            lookup: self.records(),
            entities: self.entities(),
            source: &self.records().source,
            updated_at: merged.updated_at,
            household: &household,
            carried: &carried,
            emails: column("email"),
            phones: column("phone"),
            suppressed,
            config: &config.history,
            as_of: date::days_from_civil(as_of.0, as_of.1, as_of.2) as i32,
        };
        History::new(&input, files)
    }

    /// A list without duplicates of the customers that were asked for; see [`History::list`].
    pub fn list(&self, history: &History, customers: &[EntityId], spec: &ListSpec) -> List {
        let addresses = |entity| self.addresses(entity, spec.channel);
        history.list(customers, spec, addresses, |entity| self.golden().score(entity))
    }

    /// Where a customer can be reached over a channel, the golden value first.
    pub fn addresses(&self, entity: EntityId, channel: Channel) -> Vec<Address> {
        match channel {
            Channel::Email => self.contacts(entity, "email"),
            Channel::Phone | Channel::Sms => self.contacts(entity, "phone"),
            Channel::Post => self.post(entity).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn contacts(&self, entity: EntityId, name: &str) -> Vec<Address> {
        let Some(at) = self.golden_fields().iter().position(|field| field.name == name) else {
            return Vec::new();
        };
        let field = &self.golden_fields()[at];
        let first = self.golden().cell(entity, at).code;
        let others = self.golden().extras(entity, at).map(|(code, _)| code);
        let address = |code: u32| {
            let text = field.values.dictionary().text(code);
            let valid = !matches!(field.quality[code as usize], Quality::Invalid | Quality::Placeholder);
            // Values of one class after normalisation are one mailbox or number.
            let key = field.key[code as usize].to_string();
            Address { text: text.to_owned(), key, identifier: Some(code), valid }
        };
        first.into_iter().chain(others).map(address).collect()
    }

    /// The golden postal address, on one line.
    fn post(&self, entity: EntityId) -> Option<Address> {
        let golden = self.golden_record(entity);
        let street = golden.get("street")?;
        let parts = ["address_line_2", "postcode", "city", "region", "country"].map(|name| golden.get(name));
        let mut line = street.to_owned();
        for part in parts.into_iter().flatten() {
            line.push_str(", ");
            line.push_str(part);
        }
        let place = golden.get("postcode").or(golden.get("city"));
        let key = text::key(&format!("{street} {}", place.unwrap_or("")));
        Some(Address { text: line, key, identifier: None, valid: place.is_some() })
    }

    /// Remembers customers that are to be erased: by their records' names, addresses, numbers and identifiers, hashed.
    pub fn bury(&self, customers: &BTreeSet<EntityId>, tombstones: &mut Tombstones) {
        for &entity in customers {
            let name_of = |record| name_of(self.records(), record);
            tombstones.bury(entity, self.entities(), self.attributes(), name_of);
        }
    }
}

fn name_of(records: &Records, record: RecordId) -> (String, String) {
    (records.source_name(record).to_owned(), records.id(record).to_owned())
}

/// The table without the records of customers who were erased earlier, from whatever source they come now; how many there
/// were is counted as `erased_record`. Nothing is matched for it.
///
/// # Errors
/// As [`detect_columns`].
pub fn without_erased(
    table: Table,
    config: &Config,
    tombstones: &Tombstones,
    issues: &mut Issues,
) -> Result<Table> {
    if tombstones.is_empty() {
        return Ok(table);
    }
    let (records, attributes) = evidence(&table, config)?;
    let risen = tombstones.risen(records.len(), &attributes, |record| name_of(&records, record));
    for &record in &risen {
        let message = "records of customers who were erased were left out";
        issues.add("erased_record", records.source_name(record), "", None, message);
    }
    if risen.is_empty() { Ok(table) } else { without(&table, config, &risen.into_iter().collect()) }
}

/// The table without some of its records, as if they had never been there. `records` are numbers in canonical order.
///
/// # Errors
/// As [`detect_columns`].
pub fn without(table: &Table, config: &Config, records: &BTreeSet<RecordId>) -> Result<Table> {
    let mappings = detect_columns(table, config)?;
    let ordered = records::order(table.clone(), &mappings, &mut Issues::new())?;
    let sources = ordered.files.iter().zip(&ordered.place).map(|(file, place)| {
        let kept = place.iter().enumerate().filter(|(_, record)| !records.contains(&RecordId(**record)));
        file.gather(&kept.map(|(row, _)| row as u32).collect::<Vec<u32>>())
    });
    Table::new(sources.collect())
}

/// The records of a table and what they say, without matching anything.
fn evidence(table: &Table, config: &Config) -> Result<(Records, Attributes)> {
    let mappings = detect_columns(table, config)?;
    let mut issues = Issues::new();
    let mut ordered = records::order(table.clone(), &mappings, &mut issues)?;
    let cleared = clearing::take_marks(&mut ordered, &mappings, config);
    let prepared = prepare::prepare(&mut ordered, &mappings, &cleared, config.reference_day(), &mut issues);
    Ok((ordered.records, prepared.attributes))
}
