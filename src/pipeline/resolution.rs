//! The outcome of a run, and the questions that it answers.

use super::guards::SharedValue;
use super::matching::Matching;
use super::prepare::{GoldenField, Prepared};
use super::records::Records;
use crate::block::shared_keys;
use crate::cluster::{Demotion, Entities, ReviewItem, ReviewReason};
use crate::compare::Comparisons;
use crate::detect::Mapping;
use crate::error::{Error, ErrorKind, Issues, Result};
use crate::ids::{EntityId, PersistentId, RecordId};
use crate::merge::{Field, Golden, MergeInput, MergePlan, Pin, merge};
use crate::normalize::attributes::Attributes;
use crate::registry::{Event, Registry};
use crate::report::{EntityExplanation, Explanation, explain, explain_entity};
use crate::score::{Scorer, TrainedModel};
use crate::table::{AttributeKind, NULL};

/// Golden records, who is in them, and why.
///
/// # Shape
/// `records().len()` records in canonical order; every record is in exactly one of `entities().len()` entities; one
/// golden record an entity.
#[derive(Debug)]
pub struct Resolution {
    records: Records,
    mappings: Vec<Mapping>,
    attributes: Attributes,
    golden_fields: Vec<GoldenField>,
    times: MergeTimes,
    pins: Vec<Pin>,
    matching: Matching,
    issues: Issues,
    plan: MergePlan,
    golden: Golden,
    review: Vec<ReviewItem>,
    prevented: Vec<ReviewItem>,
    shared: Vec<SharedValue>,
    /// Number of each entity.
    ids: Vec<PersistentId>,
    events: Vec<Event>,
}

/// When what was known.
#[derive(Debug)]
struct MergeTimes {
    updated_at: Vec<i64>,
    published_at: Vec<i64>,
    as_of: i64,
}

/// One of the values that a golden record keeps of a field.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptValue<'a> {
    /// The value.
    pub text: &'a str,
    /// The record that it comes from.
    pub record: RecordId,
    /// The column that had it: `Mobile Phone`, `e-mail 2`.
    pub label: &'a str,
    /// Whether it is the one that the golden record shows first.
    pub primary: bool,
    /// Sources of the customer that have a value of the same meaning, ascending.
    pub sources: Vec<&'a str>,
}

/// What the stages before merging have found.
pub(super) struct Found {
    pub(super) records: Records,
    pub(super) mappings: Vec<Mapping>,
    pub(super) prepared: Prepared,
    pub(super) matching: Matching,
    pub(super) review: Vec<ReviewItem>,
    pub(super) prevented: Vec<ReviewItem>,
    pub(super) shared: Vec<SharedValue>,
    pub(super) pins: Vec<Pin>,
    pub(super) as_of: i64,
    pub(super) issues: Issues,
}

/// One golden record, by field name.
#[derive(Clone, Debug, PartialEq)]
pub struct GoldenRecord<'a> {
    /// Its entity.
    pub entity: EntityId,
    /// Fields that have a value.
    pub values: Vec<GoldenValue<'a>>,
    /// Quality, 0 to 100.
    pub quality: u8,
}

impl<'a> GoldenRecord<'a> {
    /// The value of a field.
    pub fn get(&self, field: &str) -> Option<&'a str> {
        self.values.iter().find(|value| value.field == field).map(|value| value.text)
    }

    /// What the customer is called: the parts of a person's name, else the company; empty when neither is known.
    pub fn name(&self) -> String {
        let parts = ["given_name", "middle_name", "surname", "second_surname"];
        let name: Vec<&str> = parts.iter().filter_map(|part| self.get(part)).collect();
        if name.is_empty() { self.get("company").unwrap_or("").to_owned() } else { name.join(" ") }
    }
}

/// One cell of a golden record with its origin.
#[derive(Clone, Debug, PartialEq)]
pub struct GoldenValue<'a> {
    /// Name of the field.
    pub field: &'a str,
    /// The value.
    pub text: &'a str,
    /// The record that it comes from.
    pub record: RecordId,
    /// What decided for it.
    pub rule: &'a str,
}

impl Resolution {
    pub(super) fn new(found: Found, plan: MergePlan) -> Result<Self> {
        let Found { records, mappings, prepared, matching, review, prevented, shared, pins, as_of, issues } =
            found;
        let times =
            MergeTimes { updated_at: prepared.updated_at, published_at: prepared.published_at, as_of };
        let fields = merge_fields(&prepared.golden);
        let input = merge_input(&records, &times, &pins, &matching, &fields);
        let golden = merge(&plan, &input)?;
        drop(fields);
        let ids = (1..=matching.entities.len() as u64).map(PersistentId).collect();
        Ok(Self {
            records,
            mappings,
            attributes: prepared.attributes,
            golden_fields: prepared.golden,
            times,
            pins,
            matching,
            issues,
            plan,
            golden,
            review,
            prevented,
            shared,
            ids,
            events: Vec::new(),
        })
    }

    /// Numbers the entities as the runs before did; the registry for the next run.
    pub(super) fn number_by(&mut self, registry: &Registry) -> Registry {
        let advance =
            registry.advance(&self.records.keys(), &self.matching.entities, |record| self.is_known(record));
        (self.ids, self.events) = (advance.ids, advance.events);
        advance.registry
    }

    /// Whether a record tells who the customer is: a visitor with nothing but an address or a device is anonymous.
    fn is_known(&self, record: RecordId) -> bool {
        use AttributeKind as K;
        let names = [K::GivenName, K::Surname, K::FullName, K::Company, K::Identifier];
        let naming = self.attributes.columns.iter().filter(|attribute| names.contains(&attribute.kind));
        naming.into_iter().any(|attribute| attribute.column.first_code(record.index()) != NULL)
    }

    /// The number of a customer in all files. Without a state from 1, in the order of their first records; with one, the
    /// same over all runs.
    ///
    /// # Panics
    /// When the entity does not exist.
    pub fn customer_id(&self, entity: EntityId) -> PersistentId {
        self.ids[entity.index()]
    }

    /// The entity of a customer's number.
    ///
    /// # Complexity
    /// O(entities).
    pub fn entity_by_id(&self, id: PersistentId) -> Option<EntityId> {
        self.ids.iter().position(|&other| other == id).map(EntityId::from_index)
    }

    /// What changed since the run before; empty when there is no state.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Pairs of records that a person should look at, the likeliest first. Both are in different entities.
    pub fn review(&self) -> &[ReviewItem] {
        &self.review
    }

    /// Pairs that the weights would have joined, where somebody has said that the two are different customers: for each pair
    /// of customers the likeliest pair of records, at which the chain between them was cut.
    pub fn prevented(&self) -> &[ReviewItem] {
        &self.prevented
    }

    /// Identifiers that two customers share without being one: with them, one of the two would hold more than one may.
    pub fn demoted(&self) -> &[Demotion] {
        &self.matching.demoted
    }

    /// Values that were no evidence because too many different people share them. For the terminal: they are customers'
    /// values; the counts are in the issues.
    pub fn shared_values(&self) -> &[SharedValue] {
        &self.shared
    }

    /// The pairs of the review queue that are there because one record fits two customers about equally: `a` is that
    /// record.
    pub fn ambiguous(&self) -> impl Iterator<Item = &ReviewItem> {
        self.review.iter().filter(|item| item.reason == ReviewReason::Ambiguous)
    }

    /// All records: source and id of each.
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// What each column of each file was taken for.
    pub fn mappings(&self) -> &[Mapping] {
        &self.mappings
    }

    /// The evidence that was compared.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Which records are one customer.
    pub fn entities(&self) -> &Entities {
        &self.matching.entities
    }

    /// Candidates, model and scored pairs.
    pub fn matching(&self) -> &Matching {
        &self.matching
    }

    /// The model with what it takes to score other records: [`Config::model`](super::Config::model) of a later run.
    pub fn trained_model(&self) -> TrainedModel {
        let comparisons = Comparisons::of_records(&self.attributes, &[]);
        TrainedModel::new(&self.matching.model, &comparisons, self.matching.possible_pairs)
    }

    /// The golden fields with the values of all records.
    pub fn golden_fields(&self) -> &[GoldenField] {
        &self.golden_fields
    }

    /// The golden cells by entity and field.
    pub fn golden(&self) -> &Golden {
        &self.golden
    }

    /// Findings about the data.
    pub fn issues(&self) -> &Issues {
        &self.issues
    }

    /// How values were chosen.
    pub fn merge_plan(&self) -> &MergePlan {
        &self.plan
    }

    /// The golden fields as [`merge`](crate::merge::merge()) takes them.
    pub fn merge_fields(&self) -> Vec<Field<'_>> {
        merge_fields(&self.golden_fields)
    }

    /// What was merged, for [`Golden::view`].
    pub fn merge_input<'a>(&'a self, fields: &'a [Field<'a>]) -> MergeInput<'a> {
        merge_input(&self.records, &self.times, &self.pins, &self.matching, fields)
    }

    /// The golden record of an entity.
    ///
    /// # Panics
    /// When the entity does not exist.
    pub fn golden_record(&self, entity: EntityId) -> GoldenRecord<'_> {
        let values = self.golden_fields.iter().enumerate().filter_map(|(at, field)| {
            let cell = self.golden.cell(entity, at);
            let text = match cell.code {
                Some(code) => field.values.dictionary().text(code),
                None => self.golden.derived(entity, at)?,
            };
            let rule = self.plan.decision_name(cell.decision);
            Some(GoldenValue { field: &field.name, text, record: cell.record?, rule })
        });
        GoldenRecord { entity, values: values.collect(), quality: self.golden.score(entity) }
    }

    /// The values that a golden record keeps of a field, the primary first, each with the column and the sources that had
    /// it; none for an unknown field.
    ///
    /// # Panics
    /// When the entity does not exist.
    pub fn kept_values(&self, entity: EntityId, field: &str) -> Vec<KeptValue<'_>> {
        let Some(at) = self.golden_fields.iter().position(|known| known.name == field) else {
            return Vec::new();
        };
        let field = &self.golden_fields[at];
        let cell = self.golden.cell(entity, at);
        let kept = cell.code.zip(cell.record).into_iter().chain(self.golden.extras(entity, at));
        let sources = |code: u32| {
            let has = |record: &&RecordId| {
                let codes = field.values.codes(record.index());
                codes.iter().any(|&other| field.key[other as usize] == field.key[code as usize])
            };
            let members = self.entities().members(entity).iter().filter(has);
            let mut names: Vec<&str> = members.map(|&record| self.records.source_name(record)).collect();
            names.dedup();
            names
        };
        let label =
            |code: u32| field.labels.get(usize::from(field.label[code as usize])).map_or("", String::as_str);
        kept.enumerate()
            .map(|(place, (code, record))| KeptValue {
                text: field.values.dictionary().text(code),
                record,
                label: label(code),
                primary: place == 0,
                sources: sources(code),
            })
            .collect()
    }

    /// All golden records, in entity order.
    pub fn golden_records(&self) -> impl ExactSizeIterator<Item = GoldenRecord<'_>> + '_ {
        (0..self.entities().len() as u32).map(|entity| self.golden_record(EntityId(entity)))
    }

    /// Why two records are, or are not, one customer: the weight of each comparison, and which keys and rules find the
    /// pair.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownRecord`] when a record does not exist.
    ///
    /// # Complexity
    /// One pass over the records, for how rare the shared keys are.
    pub fn explain(&self, a: (&str, &str), b: (&str, &str)) -> Result<Explanation> {
        let (a, b) = (self.find_record(a)?, self.find_record(b)?);
        let mut explanation = self.explain_records(a, b);
        explanation.keys = Some(shared_keys(&self.attributes, a.0, b.0));
        Ok(explanation)
    }

    /// What holds the customer of a record together: its scored pairs, and which of them it rests on.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownRecord`] when the record does not exist.
    pub fn explain_customer(&self, record: (&str, &str)) -> Result<EntityExplanation> {
        let entity = self.entities().entity_of(self.find_record(record)?);
        let name = |record| format!("{}:{}", self.records.source_name(record), self.records.id(record));
        Ok(explain_entity(self.entities().members(entity), &self.matching.edges, name))
    }

    fn find_record(&self, (source, id): (&str, &str)) -> Result<RecordId> {
        self.records.find(source, id).ok_or_else(|| {
            Error::new(ErrorKind::UnknownRecord, "no such record")
                .at(source)
                .cure("name it as source:id, as in xref.csv")
        })
    }

    /// As [`Self::explain`], by record number, and without the keys.
    ///
    /// # Panics
    /// When a record does not exist.
    pub fn explain_records(&self, a: RecordId, b: RecordId) -> Explanation {
        let comparisons = Comparisons::of_records(&self.attributes, &[a, b]);
        let scorer = Scorer::new(&comparisons, &self.matching.model, &self.matching.frequencies);
        let same = self.entities().entity_of(a) == self.entities().entity_of(b);
        let (low, high) = (a.0.min(b.0), a.0.max(b.0));
        let candidate = self.matching.candidate_pairs().contains(low, high);
        let mut explanation = explain(&scorer, a, b, same, candidate);
        let rules = &self.matching.rules;
        if !rules.is_empty() {
            let names: Vec<&str> = rules.stats().map(|stats| stats.rule.as_str()).collect();
            explanation.rules =
                rules.rules_of(low, high).into_iter().map(|rule| names[rule].to_owned()).collect();
        }
        explanation
    }
}

fn merge_fields(golden: &[GoldenField]) -> Vec<Field<'_>> {
    golden
        .iter()
        .map(|field| Field {
            name: &field.name,
            values: &field.values,
            key: &field.key,
            quality: &field.quality,
            verified: &field.verified,
            cleared: &field.cleared,
        })
        .collect()
}

fn merge_input<'a>(
    records: &'a Records,
    times: &'a MergeTimes,
    pins: &'a [Pin],
    matching: &'a Matching,
    fields: &'a [Field<'a>],
) -> MergeInput<'a> {
    MergeInput {
        fields,
        source: &records.source,
        updated_at: &times.updated_at,
        published_at: &times.published_at,
        as_of: times.as_of,
        pins,
        entities: &matching.entities,
    }
}
