//! Record batches in.

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch, RecordBatchReader};
use arrow_schema::{DataType, SchemaRef};

use super::cell;
use crate::error::{Error, ErrorKind, Result};
use crate::io::names::unique;
use crate::par;
use crate::table::{Column, ColumnBuilder, NULL, Source};

/// What [`read`] found.
#[derive(Clone, Debug)]
pub struct Read {
    /// The records.
    pub source: Source,
    /// Columns that were left out because `skip` said so, and the nameless index of a data frame.
    pub skipped: Vec<String>,
}

/// Reads all batches of a stream as the records of one touchpoint; a record's line is its number from 1.
///
/// `skip` names columns that are not to be read at all, such as those of
/// [`is_secret_header`](crate::detect::is_secret_header). Columns without a name, or with one that was there before, get a
/// name of their own, as in files: `column_3`, `phone_2`.
///
/// # Errors
/// [`ErrorKind::Format`] when a column's type has no text, or when the stream fails; [`ErrorKind::Limit`] as
/// [`Source::new`].
pub fn read(name: &str, reader: impl RecordBatchReader, skip: &dyn Fn(&str) -> bool) -> Result<Read> {
    let schema = reader.schema();
    check_types(name, &schema)?;
    let mut batches: Vec<RecordBatch> = Vec::new();
    for batch in reader {
        let batch = batch
            .map_err(|error| Error::new(ErrorKind::Format, format!("the stream failed: {error}")).at(name))?;
        if batch.num_columns() != schema.fields().len() {
            return Err(Error::new(ErrorKind::Format, "a batch does not fit the stream's schema").at(name));
        }
        batches.push(batch);
    }
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if rows as u64 >= u64::from(u32::MAX) {
        return Err(Error::new(ErrorKind::Limit, "more than 4,294,967,294 records").at(name));
    }
    let (mut fields, mut chosen, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    for (at, field) in schema.fields().iter().enumerate() {
        if skip(field.name()) || is_nameless_index(field.name()) {
            skipped.push(field.name().clone());
        } else {
            fields.push(field.name().trim().to_owned());
            chosen.push(at);
        }
    }
    for (field, &at) in fields.iter().zip(&chosen) {
        let values: u64 = batches.iter().map(|batch| values_of(batch.column(at).as_ref())).sum();
        if values >= u64::from(u32::MAX) {
            let message = "more than 4,294,967,294 values in a column";
            return Err(Error::new(ErrorKind::Limit, message).at(name).field(field));
        }
    }
    let columns = par::map(&chosen, |&at| column(batches.iter().map(|batch| batch.column(at).as_ref())));
    // Records of a table without columns exist all the same; their lines say how many.
    let lines = if columns.is_empty() { (1..=rows as u64).collect() } else { Vec::new() };
    Ok(Read { source: Source::new(name, unique(fields).names, columns, lines)?, skipped })
}

/// Whether a column is an index that pandas hands over without a name: where rows stood before the frame was filtered or
/// sorted. An index with a name is a column like any other.
fn is_nameless_index(name: &str) -> bool {
    let number = name.strip_prefix("__index_level_").and_then(|name| name.strip_suffix("__"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn check_types(source: &str, schema: &SchemaRef) -> Result<()> {
    let readable = |data_type: &DataType| match data_type {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            cell::is_readable(item.data_type())
        }
        other => cell::is_readable(other),
    };
    match schema.fields().iter().find(|field| !readable(field.data_type())) {
        None => Ok(()),
        Some(field) => Err(Error::new(
            ErrorKind::Format,
            format!("values of the type {} have no text", field.data_type()),
        )
        .at(source)
        .field(field.name())
        .cure("cast the column to text, unnest it, or leave it out")),
    }
}

/// How many values a chunk holds at most; the codes of a column are 32 bits.
fn values_of(array: &dyn Array) -> u64 {
    let between = |first: Option<&i64>, last: Option<&i64>| (last.unwrap_or(&0) - first.unwrap_or(&0)) as u64;
    match array.data_type() {
        DataType::List(_) => {
            let offsets = array.as_list::<i32>().value_offsets();
            let wide = |offset: Option<&i32>| offset.map(|&offset| i64::from(offset));
            between(wide(offsets.first()).as_ref(), wide(offsets.last()).as_ref())
        }
        DataType::LargeList(_) => {
            let offsets = array.as_list::<i64>().value_offsets();
            between(offsets.first(), offsets.last())
        }
        DataType::FixedSizeList(_, size) => array.len() as u64 * u64::from(size.unsigned_abs()),
        _ => array.len() as u64,
    }
}

/// All chunks of a column end to end.
fn column<'a>(chunks: impl Iterator<Item = &'a dyn Array>) -> Column {
    let mut builder = ColumnBuilder::new();
    for chunk in chunks {
        append(&mut builder, chunk);
    }
    builder.finish()
}

fn append(builder: &mut ColumnBuilder, array: &dyn Array) {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().for_each(|text| builder.push(text)),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().for_each(|text| builder.push(text)),
        DataType::Utf8View => array.as_string_view().iter().for_each(|text| builder.push(text)),
        DataType::Dictionary(..) => append_dictionary(builder, array),
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            append_lists(builder, list.len(), |row| (!list.is_null(row)).then(|| list.value(row)));
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            append_lists(builder, list.len(), |row| (!list.is_null(row)).then(|| list.value(row)));
        }
        DataType::FixedSizeList(..) => {
            let list = array.as_fixed_size_list();
            append_lists(builder, list.len(), |row| (!list.is_null(row)).then(|| list.value(row)));
        }
        _ => {
            let mut buffer = String::new();
            for row in 0..array.len() {
                builder.push(cell::text(array, row, &mut buffer));
            }
        }
    }
}

/// Interns each entry of the dictionary when it first occurs: entries that no record uses are no values of the column.
fn append_dictionary(builder: &mut ColumnBuilder, array: &dyn Array) {
    /// An entry that has not occurred yet; never a code, since those are numbered from 0.
    const UNSEEN: u32 = NULL - 1;
    let dictionary = array.as_any_dictionary();
    let entries = dictionary.values().as_ref();
    let mut codes = vec![UNSEEN; entries.len()];
    let mut buffer = String::new();
    let keys = if entries.is_empty() { vec![0; array.len()] } else { dictionary.normalized_keys() };
    for (row, entry) in keys.into_iter().enumerate() {
        let code = match codes.get_mut(entry) {
            Some(code) if !array.is_null(row) => {
                if *code == UNSEEN {
                    *code = cell::text(entries, entry, &mut buffer).map_or(NULL, |text| builder.code(text));
                }
                *code
            }
            _ => NULL,
        };
        builder.push_codes(if code == NULL { &[] } else { std::slice::from_ref(&code) });
    }
}

fn append_lists(
    builder: &mut ColumnBuilder,
    rows: usize,
    list: impl Fn(usize) -> Option<arrow_array::ArrayRef>,
) {
    let mut buffer = String::new();
    let mut codes: Vec<u32> = Vec::new();
    for row in 0..rows {
        codes.clear();
        let items = list(row);
        for at in 0..items.as_ref().map_or(0, |items| items.len()) {
            let Some(items) = &items else { break };
            let code = cell::text(items.as_ref(), at, &mut buffer).map_or(NULL, |text| builder.code(text));
            if code != NULL && !codes.contains(&code) {
                codes.push(code);
            }
        }
        builder.push_codes(&codes);
    }
}
