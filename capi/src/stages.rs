//! Single stages on parts of a table: what an engine that spreads the work over machines calls.

use std::collections::BTreeMap;
use std::ffi::c_char;
use std::sync::Arc;

use arrow_array::builder::{Int64Builder, ListBuilder, StringBuilder};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator};
use arrow_schema::{DataType, Field, Schema};
use quilate::block::record_keys;
use quilate::cluster::UnionFind;
use quilate::io::arrow;
use quilate::normalize::{AnyValue, Hint, any};
use quilate::pipeline::stages::evidence;
use quilate::{Column, Error, ErrorKind, Role, Source};

use crate::boundary::Out;
use crate::config::{config_of, ql_config};
use crate::error::Failure;
use crate::model::thread_error;
use crate::run::on_threads;
use crate::stream::{self, Mapped};
use crate::text;

fallible! {
    /// Normalises the first column of a stream, a batch for each batch, while it is read. `kind` is a kind of attribute
    /// (`phone`, `email`, `full_name`, `street` ...), `region` a country code such as `ES`, `locale` a language tag such as
    /// `es-ES`; the last two may be empty. Out come `original`, `canonical`, `quality`, `keys`, `reasons`, and `parts` as JSON.
    fn ql_column_normalize(
        values: *mut FFI_ArrowArrayStream,
        kind: *const c_char,
        kind_len: usize,
        region: *const c_char,
        region_len: usize,
        locale: *const c_char,
        locale_len: usize,
        normalized: *mut FFI_ArrowArrayStream,
    ) {
        let values = stream::take(values, "values");
        let out = Out::new(normalized, "normalized")?;
        let role: Role = text::borrow(kind, kind_len, "kind")?.parse()?;
        let Role::Attribute(kind, _) = role else {
            return Err(Error::new(ErrorKind::Config, format!("{role} is no kind of attribute")).into());
        };
        let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let region = optional(text::borrow(region, region_len, "region")?);
        let locale = optional(text::borrow(locale, locale_len, "locale")?);
        let list = DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)));
        let schema = Arc::new(Schema::new(vec![
            Field::new("original", DataType::Utf8, true),
            Field::new("canonical", DataType::Utf8, true),
            Field::new("quality", DataType::Utf8, false),
            Field::new("keys", list.clone(), false),
            Field::new("reasons", list, false),
            Field::new("parts", DataType::Utf8, true),
        ]));
        let map = {
            let schema = schema.clone();
            move |batch: RecordBatch| {
                let hint = Hint { region: region.as_deref(), locale: locale.as_deref() };
                let source = on_threads(1, || read_part("values", &batch)).map_err(thread_error)??;
                let column = source.columns().first().ok_or_else(|| {
                    Error::new(ErrorKind::Format, "the stream has no column")
                })?;
                let values: Vec<AnyValue> =
                    column.dictionary().iter().map(|value| any(kind, value, &hint)).collect();
                let columns = normalized_columns(column, &values);
                RecordBatch::try_new(schema.clone(), columns).map_err(|error| stream::format_error(&error))
            }
        };
        stream::give(out, Mapped { input: values?, schema, map });
    }

    /// The blocking keys of records, a batch for each batch, while the stream is read: `row` (from 0, over all batches) and
    /// `key`, each pair once. Records that share a key are worth a comparison; keys of more than 1,000 records are not.
    /// `source` is the name by which `config` knows the columns, as ql_config_detect writes them; `config` may be null when
    /// the columns are to be detected in each batch anew.
    fn ql_records_key(
        records: *mut FFI_ArrowArrayStream,
        source: *const c_char,
        source_len: usize,
        config: *const ql_config,
        threads: u32,
        keys: *mut FFI_ArrowArrayStream,
    ) {
        let records = stream::take(records, "records");
        let out = Out::new(keys, "keys")?;
        let source = text::borrow(source, source_len, "source")?.to_owned();
        let config = config_of(config);
        let number = |name: &str| Field::new(name, DataType::Int64, false);
        let schema = Arc::new(Schema::new(vec![number("row"), number("key")]));
        let mut before = 0i64;
        let map = {
            let schema = schema.clone();
            move |batch: RecordBatch| {
                let keys = on_threads(threads, || {
                    let source = read_part(&source, &batch)?;
                    Ok::<_, Error>(record_keys(&evidence(&[source], &config)?.0))
                });
                let (mut rows, mut values) = (Int64Builder::new(), Int64Builder::new());
                for (row, key) in keys.map_err(thread_error)?? {
                    rows.append_value(before + i64::from(row));
                    // Engines have no unsigned numbers; what counts is which keys are equal.
                    values.append_value(key.cast_signed());
                }
                before += batch.num_rows() as i64;
                let columns: Vec<ArrayRef> = vec![Arc::new(rows.finish()), Arc::new(values.finish())];
                RecordBatch::try_new(schema.clone(), columns).map_err(|error| stream::format_error(&error))
            }
        };
        stream::give(out, Mapped { input: records?, schema, map });
    }

    /// Joins what pairs connect. In: `id_l` and `id_r`, with `source_l` and `source_r` where ids are of several sources, and
    /// `match_weight`, of which pairs below `threshold` are left out; without that column all pairs count. Out: each record
    /// that is in a pair once, as `source`, `source_id` and `cluster`: the smallest record of its cluster, as `source:id` or
    /// `id`. The order of the pairs has no say.
    fn ql_pairs_cluster(
        pairs: *mut FFI_ArrowArrayStream,
        threshold: f64,
        clusters: *mut FFI_ArrowArrayStream,
    ) {
        let pairs = stream::take(pairs, "pairs");
        let out = Out::new(clusters, "clusters")?;
        let pairs = pairs?;
        let source = on_threads(1, || arrow::read("pairs", pairs, &|_| false))??.source;
        let batch = cluster(&source, threshold)?;
        let schema = batch.schema();
        stream::give(out, RecordBatchIterator::new([Ok(batch)], schema));
    }
}

/// One batch as a source.
fn read_part(name: &str, batch: &RecordBatch) -> quilate::Result<Source> {
    let reader = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
    Ok(arrow::read(name, reader, &|_| false)?.source)
}

/// A row for each record; one with several values is read by its first.
fn normalized_columns(column: &Column, values: &[AnyValue]) -> Vec<ArrayRef> {
    let mut texts: [StringBuilder; 4] = std::array::from_fn(|_| StringBuilder::new());
    let mut lists: [ListBuilder<StringBuilder>; 2] =
        std::array::from_fn(|_| ListBuilder::new(StringBuilder::new()));
    for row in 0..column.len() {
        let value = column.codes(row).first().map(|&code| &values[code as usize]);
        let canonical = value.map(|value| value.canonical.as_str()).filter(|text| !text.is_empty());
        let parts = value.filter(|value| !value.parts.is_null()).map(|value| value.parts.to_string());
        texts[0].append_option(column.get(row));
        texts[1].append_option(canonical);
        texts[2].append_value(value.map_or("placeholder", |value| value.quality.name()));
        texts[3].append_option(parts);
        for key in value.iter().flat_map(|value| &value.keys) {
            lists[0].values().append_value(key);
        }
        for reason in value.iter().flat_map(|value| &value.reasons) {
            lists[1].values().append_value(reason);
        }
        lists.iter_mut().for_each(|list| list.append(true));
    }
    let [original, canonical, quality, parts] =
        texts.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
    let [keys, reasons] = lists.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
    vec![original, canonical, quality, keys, reasons, parts]
}

/// The number of each record by name, in order; union-find then names a cluster by its smallest.
fn cluster(pairs: &Source, threshold: f64) -> Result<RecordBatch, Failure> {
    let column =
        |name: &str| pairs.fields().iter().position(|field| field == name).map(|at| &pairs.columns()[at]);
    let needed = |name: &str| {
        column(name).ok_or_else(|| Error::new(ErrorKind::UnknownField, "the pairs lack a column").field(name))
    };
    let sides = [(column("source_l"), needed("id_l")?), (column("source_r"), needed("id_r")?)];
    let weights = column("match_weight");
    let name = |(source, id): (Option<&'_ Column>, &'_ Column), row: usize| {
        let id = id.get(row)?.to_owned();
        Some((source.and_then(|source| source.get(row)).unwrap_or("").to_owned(), id))
    };
    let mut numbers: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut edges = Vec::new();
    for row in 0..pairs.len() {
        let (Some(left), Some(right)) = (name(sides[0], row), name(sides[1], row)) else { continue };
        let weight = weights.map(|weights| weights.get(row).and_then(|text| text.parse::<f64>().ok()));
        for record in [&left, &right] {
            numbers.entry(record.clone()).or_insert(0);
        }
        if weight.is_none_or(|weight| weight.is_some_and(|weight| weight >= threshold)) {
            edges.push((left, right));
        }
    }
    numbers.values_mut().zip(0..).for_each(|(number, at)| *number = at);
    let mut sets = UnionFind::new(numbers.len());
    for (left, right) in &edges {
        sets.union(numbers[left], numbers[right]);
    }
    let labels = sets.labels();
    let records: Vec<&(String, String)> = numbers.keys().collect();
    let mut smallest = vec![u32::MAX; records.len()];
    for (record, &label) in labels.iter().enumerate() {
        smallest[label as usize] = smallest[label as usize].min(record as u32);
    }
    let shown = |(source, id): &(String, String)| {
        if source.is_empty() { id.clone() } else { format!("{source}:{id}") }
    };
    let (mut sources, mut ids, mut clusters) =
        (StringBuilder::new(), StringBuilder::new(), StringBuilder::new());
    for (record, &label) in records.iter().zip(&labels) {
        sources.append_value(&record.0);
        ids.append_value(&record.1);
        clusters.append_value(shown(records[smallest[label as usize] as usize]));
    }
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let schema = Arc::new(Schema::new(["source", "source_id", "cluster"].map(text).to_vec()));
    let columns: Vec<ArrayRef> =
        vec![Arc::new(sources.finish()), Arc::new(ids.finish()), Arc::new(clusters.finish())];
    Ok(RecordBatch::try_new(schema, columns).map_err(|error| stream::format_error(&error))?)
}
