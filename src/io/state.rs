//! State between runs as plain files in a folder: `registry.csv`, `aliases.csv` and `judgements.csv`.
//!
//! The first two belong to the library and are replaced as a whole, each in one step. `judgements.csv` belongs to people:
//! a run reads it and never writes it, except that the first run leaves one with nothing but its header.
//!
//! | file | columns |
//! |---|---|
//! | `registry.csv` | source, source_id, entity_id, born_as, present: one row a record that was ever seen |
//! | `aliases.csv` | alias_id, entity_id: numbers that are no longer in use, and what they stand for |
//! | `judgements.csv` | verdict, source_a, id_a, source_b, id_b, field, value, by, at, why |
//!
//! `verdict` is `link`, `cannot_link`, `unsure` (two records each), or `pin` (record a and a field; `value` says which of
//! several). The file may be saved by a spreadsheet program: any delimiter and encoding is read.
//!
//! # Errors
//! A file that is not what it should be stops the run before anything is written, with its name, the line and the cure.

use std::collections::BTreeMap;
use std::path::Path;

use super::AtomicFile;
use super::atomic::io_error;
use super::csv::{ReadOptions, Writer, read_path};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::PersistentId;
use crate::judgement::{Judgement, Judgements, RecordKey, Verdict};
use crate::pipeline::State;
use crate::registry::{Registry, RegistryRow};
use crate::table::Source;

const REGISTRY: &str = "registry.csv";
const ALIASES: &str = "aliases.csv";
const JUDGEMENTS: &str = "judgements.csv";

const REGISTRY_HEADER: [&str; 5] = ["source", "source_id", "entity_id", "born_as", "present"];
const ALIASES_HEADER: [&str; 2] = ["alias_id", "entity_id"];
const JUDGEMENTS_HEADER: [&str; 10] =
    ["verdict", "source_a", "id_a", "source_b", "id_b", "field", "value", "by", "at", "why"];

/// What helps when a file of ours is damaged.
const CURE: &str =
    "restore the file from a backup; without registry.csv and aliases.csv customers are numbered anew";

/// Reads the state; a folder or file that is not there is that of a first run.
///
/// # Errors
/// [`ErrorKind::Io`] when a file cannot be read, [`ErrorKind::Format`] when it is damaged, [`ErrorKind::Config`] for
/// judgements that contradict each other.
pub fn read_state(folder: impl AsRef<Path>) -> Result<State> {
    let folder = folder.as_ref();
    if folder.exists() && !folder.is_dir() {
        return Err(Error::new(ErrorKind::Io, "the state is a folder, and this is a file")
            .at(folder.display().to_string())
            .cure("name a folder"));
    }
    Ok(State { registry: read_registry(folder)?, judgements: read_judgements(&folder.join(JUDGEMENTS))? })
}

/// Writes the registry for the next run, and an empty `judgements.csv` where there is none. The folder is made if need be.
///
/// # Errors
/// [`ErrorKind::Io`] naming the file.
pub fn write_state(folder: impl AsRef<Path>, state: &State) -> Result<()> {
    let folder = folder.as_ref();
    std::fs::create_dir_all(folder).map_err(|error| io_error(folder, "the folder cannot be made", &error))?;
    // Aliases first: with those of a later run, the registry of the run before is still right; see `Registry::from_rows`.
    let mut aliases = Writer::create(folder.join(ALIASES))?;
    aliases.write_record(ALIASES_HEADER)?;
    for (id, target) in state.registry.aliases() {
        aliases.write_record([id.to_string(), target.to_string()])?;
    }
    let mut registry = Writer::create(folder.join(REGISTRY))?;
    registry.write_record(REGISTRY_HEADER)?;
    for row in state.registry.rows() {
        let (entity, born) = (row.entity.to_string(), row.born.to_string());
        let present = if row.present { "yes" } else { "no" };
        registry.write_record([row.source, row.id, &entity, &born, present])?;
    }
    aliases.commit()?;
    registry.commit()?;
    if folder.join(JUDGEMENTS).exists() { Ok(()) } else { write_judgements(folder, &state.judgements) }
}

/// Replaces `judgements.csv`, for programs that record judgements themselves.
///
/// # Errors
/// [`ErrorKind::Io`] naming the file.
pub fn write_judgements(folder: impl AsRef<Path>, judgements: &Judgements) -> Result<()> {
    let folder = folder.as_ref();
    std::fs::create_dir_all(folder).map_err(|error| io_error(folder, "the folder cannot be made", &error))?;
    let mut writer: Writer<AtomicFile> = Writer::create(folder.join(JUDGEMENTS))?;
    writer.write_record(JUDGEMENTS_HEADER)?;
    for item in judgements.iter() {
        let none = RecordKey::new("", "");
        let (a, b, field, value) = match &item.verdict {
            Verdict::Link(a, b) | Verdict::CannotLink(a, b) | Verdict::Unsure(a, b) => (a, b, "", ""),
            Verdict::Pin { record, field, value } => {
                (record, &none, field.as_str(), value.as_deref().unwrap_or(""))
            }
        };
        let verdict = item.verdict.name();
        let cells =
            [verdict, &a.source, &a.id, &b.source, &b.id, field, value, &item.by, &item.at, &item.why];
        writer.write_record(cells)?;
    }
    writer.commit()
}

fn damaged(path: &Path, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Format, message).at(path.display().to_string()).cure(CURE)
}

/// Rows of a file that the library has written, with their lines; none when it is not there.
fn rows<const N: usize>(path: &Path, header: [&str; N]) -> Result<Vec<(u64, [String; N])>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let file = std::fs::File::open(path).map_err(|error| io_error(path, "cannot be read", &error))?;
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    let mut rows = Vec::new();
    let mut record = ::csv::StringRecord::new();
    let mut first = true;
    loop {
        let more = reader.read_record(&mut record).map_err(|error| {
            let line = error.position().map_or(1, ::csv::Position::line);
            damaged(path, "the file is no readable text").line(line)
        })?;
        if !more {
            break;
        }
        let line = record.position().map_or(1, ::csv::Position::line);
        if std::mem::take(&mut first) {
            if !record.iter().eq(header) {
                return Err(damaged(path, format!("the header is not {}", header.join(","))).line(line));
            }
            continue;
        }
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        let count = cells.len();
        let cells = cells.try_into().map_err(|_| {
            damaged(path, format!("a row of {count} cells where the header has {N}")).line(line)
        })?;
        rows.push((line, cells));
    }
    if first {
        return Err(damaged(path, "the file is empty").line(1));
    }
    Ok(rows)
}

fn number(path: &Path, line: u64, text: &str) -> Result<PersistentId> {
    match text.parse() {
        Ok(number @ 1..) => Ok(PersistentId(number)),
        _ => Err(damaged(path, format!("{text:?} is no number of a customer")).line(line)),
    }
}

fn read_registry(folder: &Path) -> Result<Registry> {
    let path = folder.join(ALIASES);
    let mut aliases = BTreeMap::new();
    for (line, [id, target]) in rows(&path, ALIASES_HEADER)? {
        if aliases.insert(number(&path, line, &id)?, number(&path, line, &target)?).is_some() {
            return Err(damaged(&path, format!("alias {id} is there twice")).line(line));
        }
    }
    let path = folder.join(REGISTRY);
    let read = rows(&path, REGISTRY_HEADER)?;
    let mut parsed = Vec::with_capacity(read.len());
    for (line, [source, id, entity, born, present]) in &read {
        let present = match present.as_str() {
            "yes" => true,
            "no" => false,
            other => {
                return Err(damaged(&path, format!("present is {other:?}, not yes or no")).line(*line));
            }
        };
        let (entity, born) = (number(&path, *line, entity)?, number(&path, *line, born)?);
        parsed.push(RegistryRow { source, id, entity, born, present });
    }
    Registry::from_rows(parsed, aliases).map_err(|error| match error.location().line {
        Some(row) => damaged(&path, "the record or its number is wrong: it is there twice, or is 0")
            .line(read.get(row as usize).map_or(1, |(line, _)| *line)),
        None => error.at(folder.join(ALIASES).display().to_string()).cure(CURE),
    })
}

/// Judgements as people have written them.
fn read_judgements(path: &Path) -> Result<Judgements> {
    if !path.exists() {
        return Ok(Judgements::default());
    }
    let place = path.display().to_string();
    let source = read_path(path, &ReadOptions::new().has_header(true))?.source;
    let known = |field: &String| JUDGEMENTS_HEADER.contains(&field.as_str()) || field == SURPLUS;
    if let Some(field) = source.fields().iter().find(|field| !known(field)) {
        return Err(Error::new(ErrorKind::UnknownField, "no such column in a file of judgements")
            .at(place)
            .field(field)
            .cure(format!("its columns are {}", JUDGEMENTS_HEADER.join(", "))));
    }
    let items: Result<Vec<Judgement>> = (0..source.len())
        .filter(|&row| source.columns().iter().any(|column| column.first_code(row) != crate::table::NULL))
        .map(|row| judgement(&source, row).map_err(|error| error.at(&place).line(source.line(row))))
        .collect();
    Judgements::new(items?).map_err(|error| error.at(place))
}

/// The column in which the reader keeps what a row has too much: the tail of a reason with commas in it.
const SURPLUS: &str = "surplus";

fn judgement(source: &Source, row: usize) -> Result<Judgement> {
    let cell = |name: &str| {
        let values = source.column(name).map(|column| column.values(row).collect::<Vec<_>>());
        values.map_or(String::new(), |values| values.join(", ").trim().to_owned())
    };
    let record = |side: &str| {
        let (name, id) = (cell(&format!("source_{side}")), cell(&format!("id_{side}")));
        if name.is_empty() || id.is_empty() {
            let message = format!("source_{side} and id_{side} do not name a record");
            return Err(Error::new(ErrorKind::Config, message).cure("copy both from xref.csv or review.csv"));
        }
        Ok(RecordKey { source: name, id })
    };
    let word = cell("verdict");
    let verdict = match word.to_lowercase().replace(['-', ' '], "_").as_str() {
        "link" => Verdict::Link(record("a")?, record("b")?),
        "cannot_link" => Verdict::CannotLink(record("a")?, record("b")?),
        "unsure" => Verdict::Unsure(record("a")?, record("b")?),
        "pin" => {
            let value = Some(cell("value")).filter(|value| !value.is_empty());
            Verdict::Pin { record: record("a")?, field: cell("field"), value }
        }
        _ => {
            return Err(Error::new(ErrorKind::Config, format!("unknown verdict {word:?}"))
                .cure("use one of link, cannot_link, unsure, pin"));
        }
    };
    let why = [cell("why"), cell(SURPLUS)].into_iter().filter(|part| !part.is_empty());
    let why = why.collect::<Vec<_>>().join(", ");
    Ok(Judgement { verdict, by: cell("by"), at: cell("at"), why, line: source.line(row) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("quilate-state-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for (file, text) in files {
            std::fs::write(folder.join(file), text).unwrap();
        }
        folder
    }

    const HEAD: &str = "source,source_id,entity_id,born_as,present\n";

    #[test]
    fn damage_is_told_with_file_line_and_cure() {
        let registry = |text: &str| ("registry.csv", format!("{HEAD}{text}"));
        let aliases = |text: &str| ("aliases.csv", format!("alias_id,entity_id\n{text}"));
        let judgements =
            |text: &str| ("judgements.csv", format!("verdict,source_a,id_a,source_b,id_b\n{text}"));
        let rows = [
            (("registry.csv", String::new()), "registry.csv:1: the file is empty"),
            (("registry.csv", "id\n7\n".to_owned()), "registry.csv:1: the header is not source,"),
            (registry("crm,1,1,1,yes\ncrm,2,x,1,yes\n"), "registry.csv:3: \"x\" is no number of a customer"),
            (registry("crm,1,1,1,yes\ncrm,2,2"), "registry.csv:3: a row of 3 cells where the header has 5"),
            (registry("crm,1,1,1,yes\ncrm,1,2,2,no\n"), "registry.csv:3: the record or its number is wrong"),
            (registry("crm,1,1,1,maybe\n"), "registry.csv:2: present is \"maybe\""),
            (aliases("2,1\n2,3\n"), "aliases.csv:3: alias 2 is there twice"),
            (aliases("2,9\n"), "aliases.csv: alias 2 leads to customer 9"),
            (judgements("join,crm,1,crm,2\n"), "judgements.csv:2: unknown verdict \"join\"; use one of"),
            (judgements("link,crm,1,,\n"), "judgements.csv:2: source_b and id_b do not name a record"),
            (
                judgements("link,a,1,b,2\ncannot_link,b,2,a,1\n"),
                "judgements.csv:3: cannot_link of line 3 contradicts",
            ),
            (("judgements.csv", "verdict,who\nlink,x\n".to_owned()), "column \"who\": no such column"),
        ];
        for (at, ((file, text), want)) in rows.iter().enumerate() {
            let folder = folder(&format!("damage-{at}"), &[(file, text)]);
            let error = read_state(&folder).unwrap_err();
            assert!(error.to_string().contains(want), "{error}");
            assert!(error.to_string().contains("; "), "a cure: {error}");
            assert_eq!(std::fs::read_to_string(folder.join(file)).unwrap(), *text, "untouched");
            std::fs::remove_dir_all(folder).unwrap();
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let key = |id: &str| RecordKey::new("crm, sur", id);
        let row = |id, entity, born, present| RegistryRow {
            source: "crm, sur",
            id,
            entity: PersistentId(entity),
            born: PersistentId(born),
            present,
        };
        let rows = [row("a\"b", 1, 1, true), row("ñ", 1, 2, false)];
        let registry =
            Registry::from_rows(rows, BTreeMap::from([(PersistentId(2), PersistentId(1))])).unwrap();
        let items = vec![
            Judgement::link(key("1"), key("2")).signed("ana", "2026-01-31", "she said so, twice"),
            Judgement::cannot_link(key("1"), key("3")),
            Judgement::unsure(key("4"), key("3")),
            Judgement::pin(key("1"), "email"),
        ];
        let state = State { registry, judgements: Judgements::new(items).unwrap() };
        let folder = folder("round", &[]);
        write_state(&folder, &state).unwrap();
        let mut read = read_state(&folder).unwrap();
        assert_eq!(read.registry, state.registry);
        let lines: Vec<u64> = read.judgements.iter().map(|item| item.line).collect();
        assert_eq!(lines, [2, 3, 4, 5]);
        read.judgements = Judgements::new(
            read.judgements.iter().map(|item| Judgement { line: 0, ..item.clone() }).collect(),
        )
        .unwrap();
        assert_eq!(read, state);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_spreadsheet_may_have_saved_the_judgements() {
        let text = "\u{feff}verdict;source_a;id_a;source_b;id_b;by;why\r\n;;;;;;\r\nCannot link;crm;1;shop;2;Ana;padre e hijo\r\n";
        let folder = folder("sheet", &[("judgements.csv", text)]);
        let state = read_state(&folder).unwrap();
        let item = state.judgements.iter().next().unwrap();
        assert_eq!(
            item.verdict,
            Verdict::CannotLink(RecordKey::new("crm", "1"), RecordKey::new("shop", "2"))
        );
        assert_eq!((item.by.as_str(), item.why.as_str(), item.line), ("Ana", "padre e hijo", 3));
        // A run does not write what belongs to people.
        write_state(&folder, &State::default()).unwrap();
        assert_eq!(std::fs::read_to_string(folder.join("judgements.csv")).unwrap(), text);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_first_run_has_no_files() {
        let folder = folder("first", &[]);
        assert_eq!(read_state(folder.join("none")).unwrap(), State::default());
        write_state(&folder, &State::default()).unwrap();
        assert_eq!(read_state(&folder).unwrap(), State::default());
        let text = std::fs::read_to_string(folder.join("judgements.csv")).unwrap();
        assert_eq!(text, "verdict,source_a,id_a,source_b,id_b,field,value,by,at,why\n");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
