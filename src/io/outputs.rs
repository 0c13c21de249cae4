//! The files of a run: `golden.csv`, `xref.csv`, `provenance.csv`, `pairs.csv` and `report.json`; with a state also
//! `events.csv` and `review.csv`.
//!
//! UTF-8, RFC 4180, in an order that depends on the data alone. Each file is written under a temporary name and moved
//! when it is complete; columns and their order are a contract.

use std::io::Write;
use std::ops::Range;
use std::path::Path;

use super::AtomicFile;
use super::csv::{Rows, Writer};
use super::texts::{entity_name, lost_texts, reason_text};
use crate::compare::{Comparisons, NULL_LEVEL, PairLevels};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{EntityId, MatchWeight, RecordId};
use crate::par;
use crate::pipeline::Resolution;
use crate::report::{Summary, explain};
use crate::score::Scorer;

/// Values of one cell that hold several, in `golden.csv`.
const SEPARATOR: &str = "; ";

/// Writes all files into a folder, which is made if need be; `pairs.csv` only when asked for. They get their names when all of
/// them are written: a run that fails before leaves those of the run before.
///
/// # Errors
/// [`ErrorKind::Io`] naming the file.
pub fn write_all(resolution: &Resolution, folder: &Path, with_pairs: bool) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Error::new(ErrorKind::Io, format!("the folder cannot be made ({})", error.kind()))
            .at(folder.display().to_string())
    })?;
    let create = |name: &str| Writer::create(folder.join(name));
    let mut tables = vec![
        write_golden(resolution, create("golden.csv")?)?,
        write_xref(resolution, create("xref.csv")?)?,
        write_provenance(resolution, create("provenance.csv")?)?,
    ];
    if with_pairs {
        tables.push(write_pairs(resolution, create("pairs.csv")?)?);
    }
    let mut report = AtomicFile::create(folder.join("report.json"))?;
    let fail = |message: String| {
        Error::new(ErrorKind::Io, message).at(folder.join("report.json").display().to_string())
    };
    serde_json::to_writer_pretty(&mut report, &Summary::new(resolution))
        .map_err(|error| fail(error.to_string()))?;
    report.write_all(b"\n").map_err(|error| fail(error.kind().to_string()))?;
    tables.into_iter().try_for_each(Writer::commit)?;
    report.commit()
}

/// Writes `events.csv` and `review.csv`: what a run with a state adds to [`write_all`].
///
/// # Errors
/// [`ErrorKind::Io`] naming the file.
pub fn write_changes(resolution: &Resolution, folder: &Path) -> Result<()> {
    write_events(resolution, Writer::create(folder.join("events.csv"))?)?.commit()?;
    write_review(resolution, Writer::create(folder.join("review.csv"))?)?.commit()
}

/// Writes `golden.csv`: entity_id, one column a field (a field that keeps all values has a second one,
/// `other_<field>s`), members, sources, quality, quality_reasons (the three that cost most, with their points).
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
    row.extend(["members", "sources", "quality", "quality_reasons"].map(str::to_owned));
    writer.write_record(&row)?;
    let golden = resolution.golden();
    let entities = resolution.entities();
    let merge_fields = resolution.merge_fields();
    let input = resolution.merge_input(&merge_fields);
    let view = golden.view(resolution.merge_plan(), &input)?;
    write_parts(&mut writer, entities.len(), |range, rows| {
        for entity in range.map(EntityId::from_index) {
            let members = entities.members(entity);
            rows.cell(&entity_name(resolution, entity));
            for (at, field) in fields.iter().enumerate() {
                let text = |code: u32| field.values.dictionary().text(code);
                let value = golden.cell(entity, at).code.map(text).or_else(|| golden.derived(entity, at));
                rows.cell(value.unwrap_or(""));
                if field.keep_all {
                    rows.cell_of(listed(golden.extras(entity, at).map(|(code, _)| text(code))));
                }
            }
            rows.cell(&members.len().to_string());
            rows.cell_of(listed(sources(resolution, members)));
            rows.cell(&golden.score(entity).to_string());
            let reasons = view.quality(entity).reasons;
            let reasons: Vec<String> = reasons.iter().map(|reason| reason_text(resolution, reason)).collect();
            rows.cell_of(listed(reasons.iter().map(String::as_str)));
            rows.end();
        }
    })?;
    Ok(writer)
}

/// Texts with [`SEPARATOR`] between them.
fn listed<'t>(texts: impl Iterator<Item = &'t str>) -> impl Iterator<Item = &'t str> {
    texts.enumerate().flat_map(|(at, text)| [if at == 0 { "" } else { SEPARATOR }, text])
}

/// The sources of records in ascending order, each once. Records of one source stand together.
fn sources<'r>(resolution: &'r Resolution, members: &'r [RecordId]) -> impl Iterator<Item = &'r str> {
    let records = resolution.records();
    let source = move |record: &RecordId| records.source[record.index()];
    let runs = members.chunk_by(move |a, b| source(a) == source(b));
    runs.filter_map(move |run| Some(records.source_name(*run.first()?)))
}

/// Items whose rows one task formats, and tasks whose text waits to be written.
const PART: usize = 512;
const PARTS_WAITING: usize = 32;

/// Formats the rows of `len` items on all cores, and writes them in order.
fn write_parts<W: Write>(
    writer: &mut Writer<W>,
    len: usize,
    format: impl Fn(Range<usize>, &mut Rows) + Sync + Send,
) -> Result<()> {
    for start in (0..len).step_by(PART * PARTS_WAITING) {
        let waiting = (len - start).min(PART * PARTS_WAITING);
        let empty = writer.rows();
        let parts = par::map_ranges(waiting, PART, |range| {
            let mut rows = empty.clone();
            format(start + range.start..start + range.end, &mut rows);
            rows
        });
        parts.iter().try_for_each(|rows| writer.append(rows))?;
    }
    Ok(())
}

/// Writes `xref.csv`: source, source_id, entity_id; every record once.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_xref<W: Write>(resolution: &Resolution, mut writer: Writer<W>) -> Result<Writer<W>> {
    writer.write_record(["source", "source_id", "entity_id"])?;
    let records = resolution.records();
    write_parts(&mut writer, records.len(), |range, rows| {
        for record in range.map(RecordId::from_index) {
            rows.cell(records.source_name(record));
            rows.cell(records.id(record));
            rows.cell(&entity_name(resolution, resolution.entities().entity_of(record)));
            rows.end();
        }
    })?;
    Ok(writer)
}

/// Writes `provenance.csv`: entity_id, field, value, source, source_id, rule, confidence (0 to 100), lost; one row a golden
/// cell that has a value.
///
/// `lost` are the values of other records that mean something else, the worst argument of each: `crm:17 most_recent`. That
/// they say the same is no loss.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_provenance<W: Write>(resolution: &Resolution, mut writer: Writer<W>) -> Result<Writer<W>> {
    writer.write_record([
        "entity_id",
        "field",
        "value",
        "source",
        "source_id",
        "rule",
        "confidence",
        "lost",
    ])?;
    let records = resolution.records();
    let plan = resolution.merge_plan();
    let merge_fields = resolution.merge_fields();
    let input = resolution.merge_input(&merge_fields);
    let view = resolution.golden().view(plan, &input)?;
    write_parts(&mut writer, resolution.entities().len(), |range, rows| {
        let (mut explainer, mut cells) = (view.explainer(), Vec::new());
        for entity in range.map(EntityId::from_index) {
            let name = entity_name(resolution, entity);
            explainer.provenances(entity, &mut cells);
            for (field, provenance) in merge_fields.iter().zip(&cells) {
                let (Some(value), Some(record)) = (provenance.value, provenance.record) else { continue };
                let lost: Vec<String> = lost_texts(resolution, provenance).collect();
                let (source, id) = (records.source_name(record), records.id(record));
                let confidence = provenance.confidence.to_string();
                let rule = plan.decision_name(provenance.decision);
                [&name, field.name, value, source, id, rule, &confidence]
                    .into_iter()
                    .for_each(|cell| rows.cell(cell));
                rows.cell_of(listed(lost.iter().map(String::as_str)));
                rows.end();
            }
        }
    })?;
    Ok(writer)
}

/// Writes `events.csv`: event, entity_id, other_entity_id, source, source_id (of the record that moved); what changed since
/// the run before.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_events<W: Write>(resolution: &Resolution, mut writer: Writer<W>) -> Result<Writer<W>> {
    writer.write_record(["event", "entity_id", "other_entity_id", "source", "source_id"])?;
    let records = resolution.records();
    for event in resolution.events() {
        let (entity, other) = (event.entity().to_string(), event.other().map(|other| other.to_string()));
        let (source, id) =
            event.record().map_or(("", ""), |record| (records.source_name(record), records.id(record)));
        writer.write_record([event.name(), &entity, other.as_deref().unwrap_or(""), source, id])?;
    }
    Ok(writer)
}

/// Writes `review.csv`: reason, source_a, id_a, source_b, id_b, entity_a, entity_b, match_weight, match_probability,
/// explanation; the pairs that a person should look at, the likeliest first. Keys stand as in `judgements.csv`.
///
/// # Errors
/// [`ErrorKind::Io`].
pub fn write_review<W: Write>(resolution: &Resolution, mut writer: Writer<W>) -> Result<Writer<W>> {
    writer.write_record([
        "reason",
        "source_a",
        "id_a",
        "source_b",
        "id_b",
        "entity_a",
        "entity_b",
        "match_weight",
        "match_probability",
        "explanation",
    ])?;
    let matching = resolution.matching();
    let comparisons = Comparisons::new(resolution.attributes());
    let scorer = Scorer::new(&comparisons, &matching.model, &matching.frequencies);
    let records = resolution.records();
    for item in resolution.review() {
        let name = |record| entity_name(resolution, resolution.entities().entity_of(record));
        let weight = MatchWeight(item.weight);
        let explained = explain(&scorer, item.a, item.b, false, true);
        let said = explained.comparisons.iter().filter(|row| row.weight.abs() >= 0.5);
        let said: Vec<String> =
            said.map(|row| format!("{} {} {:+.1}", row.name, row.level, row.weight)).collect();
        writer.write_record([
            item.reason.name(),
            records.source_name(item.a),
            records.id(item.a),
            records.source_name(item.b),
            records.id(item.b),
            &name(item.a),
            &name(item.b),
            &format!("{:.4}", weight.0),
            &format!("{:.6}", weight.probability().0),
            &said.join(SEPARATOR),
        ])?;
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
