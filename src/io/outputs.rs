//! The files of a run: `golden.csv`, `xref.csv`, `provenance.csv`, `pairs.csv` and `report.json`.
//!
//! UTF-8, RFC 4180, in an order that depends on the data alone. Each file is written under a temporary name and moved
//! when it is complete; columns and their order are a contract.

use std::io::Write;
use std::path::Path;

use super::AtomicFile;
use super::csv::Writer;
use crate::compare::{Comparisons, NULL_LEVEL, PairLevels};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{EntityId, MatchWeight, RecordId};
use crate::pipeline::Resolution;
use crate::report::Summary;

/// Values of one cell that hold several, in `golden.csv`.
const SEPARATOR: &str = "; ";

/// The id of an entity in all files: [`Resolution::customer_id`].
pub(super) fn entity_name(resolution: &Resolution, entity: EntityId) -> String {
    resolution.customer_id(entity).to_string()
}

/// Writes all files into a folder, which is made if need be; `pairs.csv` only when asked for.
///
/// # Errors
/// [`ErrorKind::Io`] naming the file.
pub fn write_all(resolution: &Resolution, folder: &Path, with_pairs: bool) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Error::new(ErrorKind::Io, format!("the folder cannot be made ({})", error.kind()))
            .at(folder.display().to_string())
    })?;
    write_golden(resolution, Writer::create(folder.join("golden.csv"))?)?.commit()?;
    write_xref(resolution, Writer::create(folder.join("xref.csv"))?)?.commit()?;
    write_provenance(resolution, Writer::create(folder.join("provenance.csv"))?)?.commit()?;
    if with_pairs {
        write_pairs(resolution, Writer::create(folder.join("pairs.csv"))?)?.commit()?;
    }
    let mut report = AtomicFile::create(folder.join("report.json"))?;
    let fail = |message: String| {
        Error::new(ErrorKind::Io, message).at(folder.join("report.json").display().to_string())
    };
    serde_json::to_writer_pretty(&mut report, &Summary::new(resolution))
        .map_err(|error| fail(error.to_string()))?;
    report.write_all(b"\n").map_err(|error| fail(error.kind().to_string()))?;
    report.commit()
}

/// Writes `golden.csv`: entity_id, one column a field (a field that keeps all values has a second one,
/// `other_<field>s`), members, sources, quality.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_golden<W: Write>(resolution: &Resolution, mut writer: Writer<W>) -> Result<Writer<W>> {
    let fields = resolution.golden_fields();
    let mut row = vec!["entity_id".to_owned()];
    for field in fields {
        row.push(field.name.clone());
        if field.keep_all {
            row.push(format!("other_{}s", field.name));
        }
    }
    row.extend(["members", "sources", "quality"].map(str::to_owned));
    writer.write_record(&row)?;
    let golden = resolution.golden();
    for (entity, members) in resolution.entities().iter() {
        row.clear();
        row.push(entity_name(resolution, entity));
        for (at, field) in fields.iter().enumerate() {
            let text = |code: u32| field.values.dictionary().text(code);
            row.push(golden.cell(entity, at).code.map_or(String::new(), |code| text(code).to_owned()));
            if field.keep_all {
                let others: Vec<&str> = golden.extras(entity, at).map(|(code, _)| text(code)).collect();
                row.push(others.join(SEPARATOR));
            }
        }
        row.push(members.len().to_string());
        row.push(source_list(resolution, members));
        row.push(golden.score(entity).to_string());
        writer.write_record(&row)?;
    }
    Ok(writer)
}

/// The sources of records in ascending order, each once. Records of one source stand together.
fn source_list(resolution: &Resolution, members: &[RecordId]) -> String {
    let mut names: Vec<&str> =
        members.iter().map(|&record| resolution.records().source_name(record)).collect();
    names.dedup();
    names.join(SEPARATOR)
}

/// Writes `xref.csv`: source, source_id, entity_id; every record once.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_xref<W: Write>(resolution: &Resolution, mut writer: Writer<W>) -> Result<Writer<W>> {
    writer.write_record(["source", "source_id", "entity_id"])?;
    let records = resolution.records();
    for record in (0..records.len() as u32).map(RecordId) {
        let entity = entity_name(resolution, resolution.entities().entity_of(record));
        writer.write_record([records.source_name(record), records.id(record), &entity])?;
    }
    Ok(writer)
}

/// Writes `provenance.csv`: entity_id, field, value, source, source_id, rule; one row a golden cell that has a value.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_provenance<W: Write>(resolution: &Resolution, mut writer: Writer<W>) -> Result<Writer<W>> {
    writer.write_record(["entity_id", "field", "value", "source", "source_id", "rule"])?;
    let records = resolution.records();
    for golden in resolution.golden_records() {
        let entity = entity_name(resolution, golden.entity);
        for value in &golden.values {
            let (source, id) = (records.source_name(value.record), records.id(value.record));
            writer.write_record([entity.as_str(), value.field, value.text, source, id, value.rule])?;
        }
    }
    Ok(writer)
}

/// Writes `pairs.csv`: source_l, id_l, source_r, id_r, match_weight, match_probability, one column a comparison with
/// the name of its level. All pairs that were kept, also those that were not merged.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_pairs<W: Write>(resolution: &Resolution, mut writer: Writer<W>) -> Result<Writer<W>> {
    let comparisons = Comparisons::new(resolution.attributes());
    let fixed = ["source_l", "id_l", "source_r", "id_r", "match_weight", "match_probability"];
    let names = comparisons.items().iter().map(|item| item.name.as_str());
    writer.write_record(fixed.into_iter().chain(names))?;
    let records = resolution.records();
    let mut evaluator = comparisons.evaluator();
    let mut pair = PairLevels::default();
    let mut row: Vec<String> = Vec::new();
    for edge in &resolution.matching().edges {
        evaluator.evaluate(edge.a as usize, edge.b as usize, &mut pair);
        row.clear();
        for record in [RecordId(edge.a), RecordId(edge.b)] {
            row.extend([records.source_name(record).to_owned(), records.id(record).to_owned()]);
        }
        let weight = MatchWeight(edge.score.weight);
        row.push(format!("{:.4}", weight.0));
        row.push(format!("{:.6}", weight.probability().0));
        for (at, item) in comparisons.items().iter().enumerate() {
            row.push(match pair.levels[at] {
                NULL_LEVEL => "missing".to_owned(),
                level => item.levels[level as usize].name.to_owned(),
            });
        }
        writer.write_record(&row)?;
    }
    Ok(writer)
}
