//! Models: learned once, used on pairs of any table with the same columns.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, StringBuilder};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use quilate::compare::Comparisons;
use quilate::io::arrow;
use quilate::pipeline::stages::{score_sides, with_columns};
use quilate::pipeline::{Control, consolidate_under};
use quilate::score::{FrequencyTable, TrainedModel};
use quilate::{Config, Error, ErrorKind, Resolution, Role, Source};

use crate::boundary::{Out, borrow, borrow_mut};
use crate::config::{config_of, json, parse, ql_config};
use crate::error::Failure;
use crate::run::{on_threads, ql_control, ql_progress, ql_result, watched};
use crate::stream::{self, Mapped};
use crate::table::ql_table;
use crate::text::{self, ql_text};

/// What a run has learned: the model, what its columns are and, while it is in memory, how frequent each value is.
pub struct ql_model {
    inner: Arc<Inner>,
}

struct Inner {
    /// With the model in it, and the columns of each source.
    config: Config,
    model: TrainedModel,
    frequencies: Option<FrequencyTable>,
}

impl ql_model {
    fn of(resolution: &Resolution, config: &Config) -> Self {
        let model = resolution.trained_model();
        let comparisons = Comparisons::new(resolution.attributes());
        let frequencies = FrequencyTable::new(&comparisons, &resolution.matching().frequencies);
        let mut config = with_columns(config, resolution.mappings().to_vec());
        config.model = Some(model.clone());
        Self { inner: Arc::new(Inner { config, model, frequencies: Some(frequencies) }) }
    }
}

fallible! {
    /// Learns a model from a table without labels. As ql_table_consolidate, which is what it does.
    fn ql_table_train(
        table: *mut ql_table,
        config: *const ql_config,
        control: *const ql_control,
        threads: u32,
        progress: ql_progress,
        user_data: *mut c_void,
        model: *mut *mut ql_model,
    ) {
        let out = Out::new(model, "model")?;
        let config = config_of(config);
        let (table, issues) = borrow_mut(table, "table")?.take()?;
        let run = |control: &Control| {
            let resolution = consolidate_under(table, &config, issues, control)?;
            Ok(ql_model::of(&resolution, &config))
        };
        out.give(watched(control, threads, progress, user_data, run)?);
    }

    /// The model of a run.
    fn ql_result_model(result: *const ql_result, model: *mut *mut ql_model) {
        let out = Out::new(model, "model")?;
        let result = borrow(result, "result")?;
        out.give(on_threads(1, || ql_model::of(&result.resolution, &result.config))?);
    }

    /// Reads what ql_model_to_json writes: a configuration with a model in it.
    fn ql_model_parse(content: *const c_char, content_len: usize, model: *mut *mut ql_model) {
        let out = Out::new(model, "model")?;
        let config = parse(text::borrow(content, content_len, "content")?)?;
        let trained = config.model.clone().ok_or_else(|| {
            Error::new(ErrorKind::Config, "the configuration has no model").at("model").cure("train one")
        })?;
        out.give(ql_model { inner: Arc::new(Inner { config, model: trained, frequencies: None }) });
    }

    /// The model as JSON: a configuration under which later runs score without training. Frequencies are not in it, since
    /// they are customers' values; pairs that it scores then weigh as if all values were equally frequent.
    fn ql_model_to_json(model: *const ql_model, content: *mut *mut ql_text) {
        let out = Out::new(content, "content")?;
        out.give(json(&borrow(model, "model")?.inner.config)?);
    }

    /// The model as the configuration of later runs.
    fn ql_model_config(model: *const ql_model, config: *mut *mut ql_config) {
        let out = Out::new(config, "config")?;
        out.give(ql_config { config: borrow(model, "model")?.inner.config.clone() });
    }

    /// Scores pairs, a batch for each batch, while the stream is read. The columns of the two records of a row end in `_l` and
    /// `_r`; `left` and `right` are the names of the sources that the model knows these columns by, and may be empty when it
    /// knows but one. Out come `match_weight` (log2 odds), `match_probability`, and the level of each comparison.
    fn ql_model_score(
        model: *const ql_model,
        pairs: *mut FFI_ArrowArrayStream,
        left: *const c_char,
        left_len: usize,
        right: *const c_char,
        right_len: usize,
        threads: u32,
        scores: *mut FFI_ArrowArrayStream,
    ) {
        let pairs = stream::take(pairs, "pairs");
        let out = Out::new(scores, "scores")?;
        let inner = borrow(model, "model")?.inner.clone();
        let left = source_name(&inner, text::borrow(left, left_len, "left")?)?;
        let right = source_name(&inner, text::borrow(right, right_len, "right")?)?;
        let names = inner.model.attributes().iter().map(|attribute| attribute.name.clone());
        let schema = score_schema(names);
        let map = {
            let schema = schema.clone();
            move |batch| {
                let score = || score_batch(&inner, batch, (&left, &right), &schema);
                on_threads(threads, score).map_err(thread_error)?
            }
        };
        stream::give(out, Mapped { input: pairs?, schema, map });
    }
}

frees! {
    /// Frees a model. Streams that came of it stay valid.
    fn ql_model_free(ql_model)
}

/// `on_threads` fails for one reason only.
pub(crate) fn thread_error(_: Failure) -> Error {
    Error::new(ErrorKind::Limit, "the threads could not be started")
}

/// The source that a name means: itself, or the only one there is.
fn source_name(model: &Inner, name: &str) -> Result<String, Failure> {
    let known = &model.config.sources;
    match known.keys().next() {
        Some(only) if name.is_empty() && known.len() == 1 => Ok(only.clone()),
        _ if known.contains_key(name) => Ok(name.to_owned()),
        _ => {
            let names = known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            Err(Error::new(ErrorKind::Config, format!("the model knows no source {name:?}"))
                .cure(format!("name the source of each side: {names}"))
                .into())
        }
    }
}

fn score_schema(names: impl Iterator<Item = String>) -> SchemaRef {
    let number = |name: &str| Field::new(name, DataType::Float64, false);
    let mut fields = vec![number("match_weight"), number("match_probability")];
    fields.extend(names.map(|name| Field::new(name, DataType::Utf8, false)));
    Arc::new(Schema::new(fields))
}

fn score_batch(
    model: &Inner,
    batch: RecordBatch,
    (left, right): (&str, &str),
    schema: &SchemaRef,
) -> quilate::Result<RecordBatch> {
    let (left, right) = (side(model, &batch, left, "_l")?, side(model, &batch, right, "_r")?);
    let scored = score_sides(left, right, &model.config, &model.model, model.frequencies.as_ref())?;
    let (mut weights, mut probabilities) = (Float64Builder::new(), Float64Builder::new());
    for weight in &scored.weights {
        weights.append_value(weight.0);
        probabilities.append_value(weight.probability().0);
    }
    let mut columns: Vec<ArrayRef> = vec![Arc::new(weights.finish()), Arc::new(probabilities.finish())];
    for field in schema.fields().iter().skip(2) {
        let levels = scored.levels.iter().find(|(name, _)| name == field.name()).map(|(_, levels)| levels);
        let mut column = StringBuilder::new();
        for row in 0..batch.num_rows() {
            column.append_value(levels.map_or("missing", |levels| levels[row]));
        }
        columns.push(Arc::new(column.finish()));
    }
    RecordBatch::try_new(schema.clone(), columns).map_err(|error| stream::format_error(&error))
}

/// The columns of one record of each pair, under the names that they have in its source; those that the model knows to be no
/// evidence are not read.
fn side(model: &Inner, batch: &RecordBatch, source: &str, ending: &str) -> quilate::Result<Source> {
    let known = model.config.sources.get(source).map(|settings| &settings.columns);
    let is_evidence = |name: &str| {
        let role = known.and_then(|columns| columns.get(name)).map(|role| role.parse::<Role>());
        !matches!(role, Some(Ok(role)) if !matches!(role, Role::Attribute(..)))
    };
    let schema = batch.schema();
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        if let Some(name) = field.name().strip_suffix(ending) {
            fields.push(Field::new(name, field.data_type().clone(), true));
            columns.push(column.clone());
        }
    }
    if fields.is_empty() {
        return Err(Error::new(ErrorKind::UnknownField, format!("no column ends in {ending}"))
            .cure("call the columns of the two records as in email_l and email_r"));
    }
    let schema = Arc::new(Schema::new(fields));
    let batch =
        RecordBatch::try_new(schema.clone(), columns).map_err(|error| stream::format_error(&error))?;
    Ok(arrow::read(source, RecordBatchIterator::new([Ok(batch)], schema), &|name| !is_evidence(name))?.source)
}
