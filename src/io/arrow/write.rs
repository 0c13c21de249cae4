//! Results out, a batch at a time.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Float64Builder, Int64Builder, ListBuilder, StringBuilder, UInt8Builder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use crate::compare::{Comparisons, NULL_LEVEL, PairLevels};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{EntityId, MatchWeight, RecordId};
use crate::io::texts::{entity_name, lost_texts, reason_text};
use crate::pipeline::Resolution;
use crate::relate::{RelateOptions, Relation};

/// Rows of a batch, or entities where an entity has several rows. Long enough to cost nothing, short enough for the text of a
/// column to stay below the 2 GiB that 32-bit offsets reach (32,768 bytes a cell).
const ROWS: usize = 1 << 16;

/// A table of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Output {
    /// One row a customer: `entity_id`, the fields, `other_<field>s` as lists, `members`, `sources` as a list, `quality`,
    /// `quality_reasons` as a list.
    Golden,
    /// One row a record: `source`, `source_id`, `entity_id`.
    Xref,
    /// One row a golden cell that has a value: `entity_id`, `field`, `value`, `source`, `source_id`, `rule`,
    /// `confidence`, `lost` as a list.
    Provenance,
    /// One row a scored pair: `source_l`, `id_l`, `source_r`, `id_r`, `match_weight`, `match_probability`, and the level of
    /// each comparison.
    Pairs,
    /// One row a relation between customers: `from_entity`, `to_entity`, `relation`, `directed`, `weight`, `evidence` as a list.
    Relations,
    /// One row a change of customer numbers since the run before, of runs with a state: `event`, `entity_id`,
    /// `other_entity_id`, and for a record that moved `source`, `source_id`.
    Events,
    /// One row a pair that a person should look at, the likeliest first: `source_l`, `id_l`, `source_r`, `id_r`,
    /// `match_weight`, `match_probability`, `reason`.
    Review,
    /// One row a finding about the data: `code`, `source`, `field`, `count`, `lines` as a list, `message`.
    Issues,
}

impl Output {
    /// All outputs.
    pub const ALL: [Output; 8] = [
        Self::Golden,
        Self::Xref,
        Self::Provenance,
        Self::Pairs,
        Self::Relations,
        Self::Events,
        Self::Review,
        Self::Issues,
    ];

    /// The stable name, that of the file without its ending.
    pub fn name(self) -> &'static str {
        match self {
            Self::Golden => "golden",
            Self::Xref => "xref",
            Self::Provenance => "provenance",
            Self::Pairs => "pairs",
            Self::Relations => "relations",
            Self::Events => "events",
            Self::Review => "review",
            Self::Issues => "issues",
        }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Output {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|output| output.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Error::new(ErrorKind::Config, format!("unknown output {name:?}"))
                .cure(format!("use one of {names}"))
        })
    }
}

/// The batches of an output, made when they are asked for; see [`batches`].
#[derive(Clone, Debug)]
pub struct Batches<R> {
    resolution: R,
    output: Output,
    schema: SchemaRef,
    /// Found when they are asked for.
    relations: Vec<Relation>,
    next: usize,
}

/// Streams an output. `resolution` may be a reference, or an `Arc` for streams that outlive the caller.
///
/// # Shape
/// Batches of at most 65,536 rows (of the provenance: entities), at least one; rows are in the order of the files.
pub fn batches<R: Borrow<Resolution>>(resolution: R, output: Output) -> Batches<R> {
    let schema = Arc::new(schema(resolution.borrow(), output));
    let relations = match output {
        Output::Relations => {
            resolution.borrow().relations(&RelateOptions::default()).iter().copied().collect()
        }
        _ => Vec::new(),
    };
    Batches { resolution, output, schema, relations, next: 0 }
}

impl<R: Borrow<Resolution>> Iterator for Batches<R> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let resolution = self.resolution.borrow();
        let units = match self.output {
            Output::Golden | Output::Provenance => resolution.entities().len(),
            Output::Xref => resolution.records().len(),
            Output::Pairs => resolution.matching().edges.len(),
            Output::Relations => self.relations.len(),
            Output::Events => resolution.events().len(),
            Output::Review => resolution.review().len(),
            Output::Issues => resolution.issues().iter().count(),
        };
        // One empty batch tells readers that want a batch what the columns are.
        if self.next >= units && self.next > 0 {
            return None;
        }
        let range = self.next..units.min(self.next + ROWS);
        self.next = range.end.max(1);
        let columns = match self.output {
            Output::Golden => match golden(resolution, range) {
                Ok(columns) => columns,
                Err(error) => return Some(Err(external(error))),
            },
            Output::Xref => xref(resolution, range),
            Output::Provenance => match provenance(resolution, range) {
                Ok(columns) => columns,
                Err(error) => return Some(Err(external(error))),
            },
            Output::Pairs => pairs(resolution, range),
            Output::Relations => relations(resolution, &self.relations[range]),
            Output::Events => events(resolution, range),
            Output::Review => review(resolution, range),
            Output::Issues => issues(resolution, range),
        };
        Some(RecordBatch::try_new(self.schema.clone(), columns))
    }
}

impl<R: Borrow<Resolution>> RecordBatchReader for Batches<R> {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

fn schema(resolution: &Resolution, output: Output) -> Schema {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let list = |name: String, item: DataType| {
        Field::new(name, DataType::List(Arc::new(Field::new_list_field(item, true))), false)
    };
    let mut fields: Vec<Field> = Vec::new();
    match output {
        Output::Golden => {
            fields.push(text("entity_id"));
            for field in resolution.golden_fields() {
                fields.push(Field::new(&field.name, DataType::Utf8, true));
                if field.keep_all {
                    fields.push(list(format!("other_{}s", field.name), DataType::Utf8));
                }
            }
            fields.push(Field::new("members", DataType::Int64, false));
            fields.push(list("sources".to_owned(), DataType::Utf8));
            fields.push(Field::new("quality", DataType::UInt8, false));
            fields.push(list("quality_reasons".to_owned(), DataType::Utf8));
        }
        Output::Xref => fields.extend(["source", "source_id", "entity_id"].map(text)),
        Output::Provenance => {
            fields.extend(["entity_id", "field", "value", "source", "source_id", "rule"].map(text));
            fields.push(Field::new("confidence", DataType::UInt8, false));
            fields.push(list("lost".to_owned(), DataType::Utf8));
        }
        Output::Pairs => {
            fields.extend(["source_l", "id_l", "source_r", "id_r"].map(text));
            fields.extend(
                ["match_weight", "match_probability"].map(|name| Field::new(name, DataType::Float64, false)),
            );
            fields.extend(
                Comparisons::new(resolution.attributes()).items().iter().map(|item| text(&item.name)),
            );
        }
        Output::Relations => {
            fields.extend(["from_entity", "to_entity", "relation"].map(text));
            fields.push(Field::new("directed", DataType::Boolean, false));
            fields.push(Field::new("weight", DataType::Float64, false));
            fields.push(list("evidence".to_owned(), DataType::Utf8));
        }
        Output::Events => {
            fields.extend(["event", "entity_id"].map(text));
            let optional = |name| Field::new(name, DataType::Utf8, true);
            fields.extend(["other_entity_id", "source", "source_id"].map(optional));
        }
        Output::Review => {
            fields.extend(["source_l", "id_l", "source_r", "id_r"].map(text));
            let number = |name| Field::new(name, DataType::Float64, false);
            fields.extend(["match_weight", "match_probability"].map(number));
            fields.push(text("reason"));
        }
        Output::Issues => {
            fields.extend(["code", "source", "field"].map(text));
            fields.push(Field::new("count", DataType::UInt64, false));
            fields.push(list("lines".to_owned(), DataType::UInt64));
            fields.push(text("message"));
        }
    }
    Schema::new(fields)
}

/// An error of ours as one of the stream.
fn external(error: Error) -> ArrowError {
    ArrowError::ExternalError(Box::new(error))
}

type Range = std::ops::Range<usize>;

/// One text column of a range of rows.
fn texts<T: AsRef<str>>(range: &Range, value: impl FnMut(usize) -> T) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(range.len(), 0);
    range.clone().map(value).for_each(|text| builder.append_value(text));
    Arc::new(builder.finish())
}

fn golden(resolution: &Resolution, range: Range) -> Result<Vec<ArrayRef>> {
    let golden = resolution.golden();
    let merge_fields = resolution.merge_fields();
    let input = resolution.merge_input(&merge_fields);
    let view = golden.view(resolution.merge_plan(), &input)?;
    let entities = || range.clone().map(|entity| EntityId(entity as u32));
    let mut columns: Vec<ArrayRef> =
        vec![texts(&range, |entity| entity_name(resolution, EntityId(entity as u32)))];
    for (at, field) in resolution.golden_fields().iter().enumerate() {
        let text = |code: u32| field.values.dictionary().text(code);
        let mut values = StringBuilder::new();
        entities().for_each(|entity| values.append_option(view.value(entity, at)));
        columns.push(Arc::new(values.finish()));
        if field.keep_all {
            let mut others = ListBuilder::new(StringBuilder::new());
            for entity in entities() {
                golden.extras(entity, at).for_each(|(code, _)| others.values().append_value(text(code)));
                others.append(true);
            }
            columns.push(Arc::new(others.finish()));
        }
    }
    let mut members = Int64Builder::new();
    let mut sources = ListBuilder::new(StringBuilder::new());
    let mut quality = UInt8Builder::new();
    let mut reasons = ListBuilder::new(StringBuilder::new());
    for entity in entities() {
        let records = resolution.entities().members(entity);
        members.append_value(records.len() as i64);
        // Records of one source stand together.
        let mut names: Vec<&str> =
            records.iter().map(|&record| resolution.records().source_name(record)).collect();
        names.dedup();
        names.iter().for_each(|name| sources.values().append_value(name));
        sources.append(true);
        quality.append_value(golden.score(entity));
        let worst = view.quality(entity).reasons;
        worst.iter().for_each(|reason| reasons.values().append_value(reason_text(resolution, reason)));
        reasons.append(true);
    }
    columns.extend([
        Arc::new(members.finish()) as ArrayRef,
        Arc::new(sources.finish()),
        Arc::new(quality.finish()),
        Arc::new(reasons.finish()),
    ]);
    Ok(columns)
}

fn xref(resolution: &Resolution, range: Range) -> Vec<ArrayRef> {
    let records = resolution.records();
    let record = |number: usize| RecordId(number as u32);
    vec![
        texts(&range, |number| records.source_name(record(number))),
        texts(&range, |number| records.id(record(number))),
        texts(&range, |number| entity_name(resolution, resolution.entities().entity_of(record(number)))),
    ]
}

fn provenance(resolution: &Resolution, range: Range) -> Result<Vec<ArrayRef>> {
    let (records, plan) = (resolution.records(), resolution.merge_plan());
    let fields = resolution.merge_fields();
    let input = resolution.merge_input(&fields);
    let view = resolution.golden().view(plan, &input)?;
    let mut columns: [StringBuilder; 6] = std::array::from_fn(|_| StringBuilder::new());
    let mut confidence = UInt8Builder::new();
    let mut lost = ListBuilder::new(StringBuilder::new());
    let (mut explainer, mut cells) = (view.explainer(), Vec::new());
    for entity in range.map(EntityId::from_index) {
        let name = entity_name(resolution, entity);
        explainer.provenances(entity, &mut cells);
        for (field, cell) in fields.iter().zip(&cells) {
            let (Some(value), Some(record)) = (cell.value, cell.record) else { continue };
            let (source, id) = (records.source_name(record), records.id(record));
            let row = [name.as_str(), field.name, value, source, id, plan.decision_name(cell.decision)];
            columns.iter_mut().zip(row).for_each(|(column, text)| column.append_value(text));
            confidence.append_value(cell.confidence);
            lost_texts(resolution, cell).for_each(|text| lost.values().append_value(text));
            lost.append(true);
        }
    }
    let mut columns: Vec<ArrayRef> =
        columns.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef).collect();
    columns.extend([Arc::new(confidence.finish()) as ArrayRef, Arc::new(lost.finish())]);
    Ok(columns)
}

fn pairs(resolution: &Resolution, range: Range) -> Vec<ArrayRef> {
    let edges = &resolution.matching().edges[range.clone()];
    let records = resolution.records();
    let rows = 0..edges.len();
    let mut columns: Vec<ArrayRef> = vec![
        texts(&rows, |row| records.source_name(RecordId(edges[row].a))),
        texts(&rows, |row| records.id(RecordId(edges[row].a))),
        texts(&rows, |row| records.source_name(RecordId(edges[row].b))),
        texts(&rows, |row| records.id(RecordId(edges[row].b))),
    ];
    let (mut weights, mut probabilities) = (Float64Builder::new(), Float64Builder::new());
    let comparisons = Comparisons::new(resolution.attributes());
    let mut levels: Vec<StringBuilder> = comparisons.items().iter().map(|_| StringBuilder::new()).collect();
    let mut evaluator = comparisons.evaluator();
    let mut pair = PairLevels::default();
    for edge in edges {
        let weight = MatchWeight(edge.score.weight);
        weights.append_value(weight.0);
        probabilities.append_value(weight.probability().0);
        evaluator.evaluate(edge.a as usize, edge.b as usize, &mut pair);
        for ((at, item), column) in comparisons.items().iter().enumerate().zip(&mut levels) {
            column.append_value(match pair.levels[at] {
                NULL_LEVEL => "missing",
                level => item.levels[level as usize].name,
            });
        }
    }
    columns.push(Arc::new(weights.finish()));
    columns.push(Arc::new(probabilities.finish()));
    columns.extend(levels.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
    columns
}

fn relations(resolution: &Resolution, found: &[Relation]) -> Vec<ArrayRef> {
    let rows = 0..found.len();
    let mut directed = BooleanBuilder::new();
    let mut weights = Float64Builder::new();
    let mut evidence = ListBuilder::new(StringBuilder::new());
    for relation in found {
        directed.append_value(relation.kind.is_directed());
        weights.append_value(relation.weight);
        relation.evidence.names().for_each(|name| evidence.values().append_value(name));
        evidence.append(true);
    }
    vec![
        texts(&rows, |row| entity_name(resolution, found[row].from)),
        texts(&rows, |row| entity_name(resolution, found[row].to)),
        texts(&rows, |row| found[row].kind.name()),
        Arc::new(directed.finish()),
        Arc::new(weights.finish()),
        Arc::new(evidence.finish()),
    ]
}

fn events(resolution: &Resolution, range: Range) -> Vec<ArrayRef> {
    let found = &resolution.events()[range];
    let rows = 0..found.len();
    let records = resolution.records();
    let mut optional: [StringBuilder; 3] = std::array::from_fn(|_| StringBuilder::new());
    for event in found {
        optional[0].append_option(event.other().map(|other| other.to_string()));
        optional[1].append_option(event.record().map(|record| records.source_name(record)));
        optional[2].append_option(event.record().map(|record| records.id(record)));
    }
    let mut columns =
        vec![texts(&rows, |row| found[row].name()), texts(&rows, |row| found[row].entity().to_string())];
    columns.extend(optional.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef));
    columns
}

fn review(resolution: &Resolution, range: Range) -> Vec<ArrayRef> {
    let found = &resolution.review()[range];
    let rows = 0..found.len();
    let records = resolution.records();
    let (mut weights, mut probabilities) = (Float64Builder::new(), Float64Builder::new());
    for item in found {
        weights.append_value(item.weight);
        probabilities.append_value(MatchWeight(item.weight).probability().0);
    }
    vec![
        texts(&rows, |row| records.source_name(found[row].a)),
        texts(&rows, |row| records.id(found[row].a)),
        texts(&rows, |row| records.source_name(found[row].b)),
        texts(&rows, |row| records.id(found[row].b)),
        Arc::new(weights.finish()),
        Arc::new(probabilities.finish()),
        texts(&rows, |row| found[row].reason.name()),
    ]
}

fn issues(resolution: &Resolution, range: Range) -> Vec<ArrayRef> {
    let found: Vec<_> = resolution.issues().iter().skip(range.start).take(range.len()).collect();
    let rows = 0..found.len();
    let mut counts = UInt64Builder::new();
    let mut lines = ListBuilder::new(UInt64Builder::new());
    for issue in &found {
        counts.append_value(issue.count);
        issue.lines.iter().for_each(|&line| lines.values().append_value(line));
        lines.append(true);
    }
    vec![
        texts(&rows, |row| found[row].code),
        texts(&rows, |row| found[row].source.as_str()),
        texts(&rows, |row| found[row].field.as_str()),
        Arc::new(counts.finish()),
        Arc::new(lines.finish()),
        texts(&rows, |row| found[row].message.as_str()),
    ]
}
