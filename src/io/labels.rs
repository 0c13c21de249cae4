//! Labelled pairs from a table: what people have told about pairs of records, to train on.

use crate::error::{Error, ErrorKind, Result};
use crate::judgement::{Judgement, RecordKey};
use crate::table::Source;

/// The columns of labelled pairs, and those of a file of judgements, which is one too.
const COLUMNS: [[&str; 5]; 2] =
    [["source_l", "id_l", "source_r", "id_r", "label"], ["source_a", "id_a", "source_b", "id_b", "verdict"]];

/// Labelled pairs of a table: `source_l`, `id_l`, `source_r`, `id_r` and `label` (1 for one customer, 0 for two), or a table of
/// judgements, whose links and cannot-links are labels.
///
/// # Shape
/// One label a row, in the order of the rows; [`Config::labels`](crate::Config::labels) takes them as they are.
///
/// # Null
/// A row without a label, and a judgement that says nothing about a pair, are no labels.
///
/// # Errors
/// [`ErrorKind::UnknownField`] for a column that is missing, [`ErrorKind::Format`] with the line for a label that is none.
/// Labels that contradict each other are none: training counts them and leaves them out.
pub fn labels_of(rows: &Source) -> Result<Vec<Judgement>> {
    let columns = COLUMNS.iter().find(|columns| rows.column(columns[4]).is_some()).unwrap_or(&COLUMNS[0]);
    if let Some(missing) = columns.iter().find(|name| rows.column(name).is_none()) {
        return Err(Error::new(ErrorKind::UnknownField, "the labels have no such column")
            .at(rows.name())
            .field(*missing)
            .cure(format!("they need {}", COLUMNS[0].join(", "))));
    }
    (0..rows.len()).filter_map(|row| label(rows, columns, row).transpose()).collect()
}

fn label(rows: &Source, columns: &[&str; 5], row: usize) -> Result<Option<Judgement>> {
    let cell = |name: &str| rows.column(name).and_then(|column| column.get(row)).unwrap_or_default().trim();
    let matched = match cell(columns[4]).to_lowercase().as_str() {
        "1" | "true" | "yes" | "match" | "link" => true,
        "0" | "false" | "no" | "no_match" | "cannot_link" => false,
        "" | "unsure" | "pin" => return Ok(None),
        _ => {
            return Err(Error::new(ErrorKind::Format, "is no label")
                .at(rows.name())
                .line(rows.line(row))
                .field(columns[4])
                .cure("write 1 for one customer and 0 for two"));
        }
    };
    let key = |source: usize, id: usize| RecordKey::new(cell(columns[source]), cell(columns[id]));
    let (left, right) = (key(0, 1), key(2, 3));
    let label = if matched { Judgement::link(left, right) } else { Judgement::cannot_link(left, right) };
    Ok(Some(Judgement { line: rows.line(row), ..label }))
}

/// Reads labelled pairs from a CSV; see [`labels_of`].
///
/// # Errors
/// As [`labels_of`], and when the file cannot be read.
#[cfg(feature = "csv")]
pub fn read_labels(path: impl AsRef<std::path::Path>) -> Result<Vec<Judgement>> {
    use super::csv::{ReadOptions, read_path};
    let path = path.as_ref();
    let rows = read_path(path, &ReadOptions::new().has_header(true))?.source;
    labels_of(&rows).map_err(|error| error.at(path.display().to_string()))
}
