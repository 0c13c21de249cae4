//! The run: read, consolidate, write, tell.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use quilate::detect::is_secret_header;
use quilate::history::{History, Tombstones};
use quilate::io::csv::{Format, ReadOptions, Writer, read_path};
use quilate::io::tombstones::{read_tombstones, write_tombstones};
use quilate::io::{AtomicFile, ScratchFolder, history, outputs, read_labels, state};
use quilate::pipeline::stages::columns_of;
use quilate::pipeline::{
    LinkType, PlanOptions, Stage, consolidate_in_within, consolidate_within, plan, without, without_erased,
};
use quilate::relate::{RelateOptions, Relations};
use quilate::report::{EntityExplanation, Explanation, RunDiff, Summary};
use quilate::score::TrainedModel;
use quilate::{Config, Error, ErrorKind, Issues, Resolution, Result, State, Table};
use rayon::prelude::*;

use crate::cli::Arguments;
use crate::{shared, terminal};

/// What was read of one file.
pub struct FileRead {
    pub name: String,
    pub path: PathBuf,
    pub records: usize,
    pub columns: usize,
    pub bytes: u64,
    pub format: Format,
    pub skipped: Vec<String>,
}

/// What --explain tells: of two records, or of one.
#[derive(serde::Serialize)]
#[serde(untagged)]
enum Explained {
    Pair(Explanation),
    Customer(EntityExplanation),
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pair(pair) => pair.fmt(f),
            Self::Customer(customer) => customer.fmt(f),
        }
    }
}

/// What --json prints: the summary, with `explanation` beside its keys when one was asked for.
#[derive(serde::Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    summary: &'a Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<&'a Explained>,
}

/// Seconds by stage, in order.
pub type Timings = Vec<(&'static str, Duration)>;

pub fn run(arguments: &Arguments) -> Result<()> {
    if let Some(threads) = arguments.threads {
        // Fails only when a pool exists already, which cannot be this early.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
    }
    let config = configuration(arguments)?;
    let files = shared::Files::named(&arguments.files, &arguments.interactions)?;
    let mut clock = Clock::new(arguments);
    clock.begin("read");
    let (table, reads, issues) = read(&files.touchpoints, &mut clock)?;
    if let Some(path) = &arguments.write_config {
        clock.finish();
        return write_config(&table, config, path, arguments.quiet);
    }
    if arguments.plan {
        clock.begin("plan");
        let plan = plan(table, &config, &PlanOptions { pair_budget: arguments.pair_budget })?;
        clock.finish();
        return say(&match arguments.json {
            true => json(&plan)?,
            false => terminal::plan(&plan),
        });
    }
    // A state that cannot be read stops the run before anything is written.
    let known = arguments.state.as_ref().map(state::read_state).transpose()?;
    if let Some(path) = &arguments.what_if {
        let scratch = ScratchFolder::new(&arguments.out);
        return what_if(table, (&config, path), (&known.unwrap_or_default(), &scratch), &mut clock);
    }
    let Consolidated { resolution, next, erased } =
        consolidate(table, (&config, known.as_ref()), issues, arguments, &mut clock)?;
    // A record that does not exist is an error, and errors leave no files.
    let explained = match arguments.explain.as_deref() {
        Some([a, b]) => Some(Explained::Pair(resolution.explain(record_name(a)?, record_name(b)?)?)),
        Some([record]) => Some(Explained::Customer(resolution.explain_customer(record_name(record)?)?)),
        _ => None,
    };
    clock.begin("relate");
    let relations = resolution.relations(&RelateOptions::default());
    let happened = what_happened(&files, &config, &resolution, &relations, &mut clock)?;
    clock.begin("write");
    // Before the results: a run that fails half-way must not have forgotten whom it was to forget.
    if let (Some(path), Some(erased), false) = (&arguments.tombstones, &erased, arguments.erase.is_empty()) {
        write_tombstones(path, erased)?;
    }
    outputs::write_all(&resolution, &arguments.out, arguments.pairs)?;
    history::write_relations(&resolution, &relations, Writer::create(arguments.out.join("relations.csv"))?)?
        .commit()?;
    if let Some(happened) = &happened {
        history::write_history(&resolution, &relations, happened, &arguments.out)?;
    }
    if let (Some(folder), Some(next)) = (&arguments.state, &next) {
        outputs::write_changes(&resolution, &arguments.out)?;
        // Last: a run that fails on the way is as if it had not been.
        state::write_state(folder, next)?;
    }
    if let Some(path) = &arguments.write_model {
        write_text(path, &(resolution.trained_model().to_json()? + "\n"))?;
    }
    let timings = clock.finish();
    let summary = Summary::new(&resolution);
    if arguments.json {
        say(&json(&Printed { summary: &summary, explanation: explained.as_ref() })?)?;
    } else if !arguments.quiet {
        say(&terminal::text(
            &reads,
            &resolution,
            &summary,
            &timings,
            (&relations, happened.as_ref()),
            arguments,
        ))?;
    }
    if let (Some(explained), false) = (explained, arguments.json) {
        let records = arguments.explain.as_deref().unwrap_or_default().join(" and ");
        say(&format!(
            "{records}
{explained}"
        ))?;
    }
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string_pretty(value).map_err(|error| Error::new(ErrorKind::Format, error.to_string()))
}

/// Prints text. A reader who has seen enough (`consolidate | head`) is no error.
fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::new(ErrorKind::Io, format!("cannot be written ({})", error.kind()))
                .at("standard output"))
        }
        _ => Ok(()),
    }
}

/// `crm:17` as source and id.
fn record_name(text: &str) -> Result<(&str, &str)> {
    text.split_once(':').ok_or_else(|| {
        Error::new(ErrorKind::UnknownRecord, format!("{text:?} does not name a record"))
            .cure("write source:id, as crm:17")
    })
}

/// A configuration file; errors name its line.
fn config_file(path: &Path) -> Result<Config> {
    let place = path.display().to_string();
    Config::from_toml(&shared::read_text(path, "configuration")?).map_err(|error| {
        match error.location().line {
            Some(line) => error.at(place).line(line),
            None => error,
        }
    })
}

/// Runs with both configurations and prints the difference. No result is written.
fn what_if(
    table: Table,
    (now, other): (&Config, &Path),
    (known, scratch): (&State, &ScratchFolder),
    clock: &mut Clock,
) -> Result<()> {
    let other = config_file(other)?;
    let mut run = |table: Table, config: &Config| {
        let progress = |stage: Stage| clock.begin(stage.name());
        consolidate_in_within(table, config, known, Issues::new(), scratch, progress)
    };
    let (before, _) = run(table.clone(), now)?;
    let (after, _) = run(table, &other)?;
    clock.finish();
    say(&terminal::what_if(&RunDiff::between(&before, &after), &before))
}

/// The configuration file with the command line on top.
fn configuration(arguments: &Arguments) -> Result<Config> {
    let mut config = match &arguments.config {
        None => Config::default(),
        Some(path) => config_file(path)?,
    };
    if let Some(id) = &arguments.id {
        config.id = Some(id.clone());
    }
    if let Some(column) = &arguments.source_column {
        config.source_column = Some(column.clone());
    }
    config.ignore.extend(arguments.ignore.iter().cloned());
    config.drop_ignored |= arguments.drop;
    match (arguments.link_only, arguments.dedupe) {
        (true, _) => config.link_type = LinkType::LinkOnly,
        (_, true) => config.link_type = LinkType::DedupeOnly,
        _ => {}
    }
    config.threshold = arguments.threshold.or(config.threshold);
    config.seed = arguments.seed.unwrap_or(config.seed);
    config.memory_limit = arguments.memory_limit.clone().or(config.memory_limit);
    config.as_of = arguments.as_of.clone().or(config.as_of);
    if let Some(path) = &arguments.labels {
        config.labels = read_labels(path)?;
    }
    if let Some(path) = &arguments.model {
        config.model = Some(TrainedModel::from_json(&shared::read_text(path, "model")?)?);
    }
    config.validate()?;
    Ok(config)
}

/// What consolidating gives.
struct Consolidated {
    resolution: Resolution,
    /// For the next run, with `--state`.
    next: Option<State>,
    /// With `--tombstones`.
    erased: Option<Tombstones>,
}

/// Consolidates without the customers who were erased in earlier runs; when somebody is to be erased now, once more without
/// them, as if they had never been there.
fn consolidate(
    table: Table,
    (config, known): (&Config, Option<&State>),
    mut issues: Issues,
    arguments: &Arguments,
    clock: &mut Clock,
) -> Result<Consolidated> {
    let scratch = ScratchFolder::new(&arguments.out);
    let mut resolve = |table: Table, issues: Issues| -> Result<(Resolution, Option<State>)> {
        let begin = |stage: Stage| clock.begin(stage.name());
        match known {
            Some(known) => {
                let (resolution, next) =
                    consolidate_in_within(table, config, known, issues, &scratch, begin)?;
                Ok((resolution, Some(next)))
            }
            None => Ok((consolidate_within(table, config, issues, &scratch, begin)?, None)),
        }
    };
    let Some(path) = &arguments.tombstones else {
        let (resolution, next) = resolve(table, issues)?;
        return Ok(Consolidated { resolution, next, erased: None });
    };
    let mut tombstones = match read_tombstones(path)? {
        Some(tombstones) => tombstones,
        None => Tombstones::new(shared::new_salt()?),
    };
    let mut table = without_erased(table, config, &tombstones, &mut issues)?;
    if !arguments.erase.is_empty() {
        let (found, _) = resolve(table.clone(), issues.clone())?;
        let mut customers = BTreeSet::new();
        for key in &arguments.erase {
            match found.records().find(&key.source, &key.id) {
                Some(record) => customers.insert(found.entities().entity_of(record)),
                // Erased before: the same request may come twice.
                None if tombstones.knows_record(&key.source, &key.id) => false,
                None => {
                    return Err(Error::new(ErrorKind::UnknownRecord, "no such record")
                        .at(key.to_string())
                        .cure("name it as source:id, as in xref.csv"));
                }
            };
        }
        found.bury(&customers, &mut tombstones);
        let records: BTreeSet<_> =
            customers.iter().flat_map(|&entity| found.entities().members(entity)).copied().collect();
        for &record in &records {
            let message = "records of customers who were erased were left out";
            issues.add("erased_record", found.records().source_name(record), "", None, message);
        }
        let rest = without(&table, config, &records)?;
        table = without_erased(rest, config, &tombstones, &mut issues)?;
    }
    let (resolution, next) = resolve(table, issues)?;
    Ok(Consolidated { resolution, next, erased: Some(tombstones) })
}

/// What happened to the customers, when files tell; the bundled sample brings one.
fn what_happened(
    files: &shared::Files,
    config: &Config,
    resolution: &Resolution,
    relations: &Relations,
    clock: &mut Clock,
) -> Result<Option<History>> {
    if files.interactions.is_empty() {
        return Ok(None);
    }
    clock.begin("read interactions");
    let happened = shared::read_interactions(&files.interactions, &mut Issues::new())?;
    clock.begin("history");
    let day = shared::day_of_run(config, files.is_sample);
    resolution.history(relations, happened, config, day, None).map(Some)
}

fn read(files: &[PathBuf], clock: &mut Clock) -> Result<(Table, Vec<FileRead>, Issues)> {
    let total = files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|meta| meta.len()).sum();
    let bar = clock.bar(total);
    let read_one = |path: &PathBuf| {
        let seen = AtomicU64::new(0);
        let progress = |bytes: u64| bar.inc(bytes - seen.swap(bytes, Ordering::Relaxed));
        read_path(path, &ReadOptions::new().skip_field(&is_secret_header).progress(&progress))
    };
    let (mut sources, mut reads, mut issues) = (Vec::new(), Vec::new(), Issues::new());
    // Side by side; of several that fail the first one is named.
    for (path, read) in files.iter().zip(files.par_iter().map(read_one).collect::<Vec<_>>()) {
        let read = read?;
        reads.push(FileRead {
            name: read.source.name().to_owned(),
            path: path.clone(),
            records: read.source.len(),
            columns: read.source.fields().len(),
            bytes: read.bytes,
            format: read.format,
            skipped: read.skipped,
        });
        sources.push(read.source);
        issues.merge(read.issues);
    }
    bar.finish_and_clear();
    reads.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((Table::new(sources)?, reads, issues))
}

/// Writes what was detected as a configuration that can be edited.
fn write_config(table: &Table, config: Config, path: &Path, quiet: bool) -> Result<()> {
    let config = columns_of(table, &config)?;
    write_text(path, &(terminal::CONFIG_HEAD.to_owned() + &config.to_toml()?))?;
    if !quiet {
        say(&format!(
            "The detected columns are in {}: edit them and run again with --config.",
            path.display()
        ))?;
    }
    Ok(())
}

/// Writes a file that appears when it is complete.
fn write_text(path: &Path, text: &str) -> Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(text.as_bytes()).map_err(|error| {
        Error::new(ErrorKind::Io, format!("cannot be written ({})", error.kind()))
            .at(path.display().to_string())
    })?;
    file.commit()
}

/// Times the stages and shows which one runs.
struct Clock {
    started: Instant,
    stages: Timings,
    current: Option<(&'static str, ProgressBar)>,
    visible: bool,
}

impl Clock {
    fn new(arguments: &Arguments) -> Self {
        let visible =
            arguments.progress || (std::io::stderr().is_terminal() && !arguments.quiet && !arguments.json);
        Self { started: Instant::now(), stages: Vec::new(), current: None, visible }
    }

    fn begin(&mut self, stage: &'static str) {
        self.end();
        self.started = Instant::now();
        let spinner = if self.visible { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        spinner.set_style(
            ProgressStyle::with_template("{spinner} {msg} {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        spinner.set_message(stage);
        spinner.enable_steady_tick(Duration::from_millis(120));
        self.current = Some((stage, spinner));
    }

    fn end(&mut self) {
        if let Some((stage, spinner)) = self.current.take() {
            spinner.finish_and_clear();
            self.stages.push((stage, self.started.elapsed()));
        }
    }

    fn finish(&mut self) -> Timings {
        self.end();
        std::mem::take(&mut self.stages)
    }

    /// A bar over bytes, below the spinner's line.
    fn bar(&self, total: u64) -> ProgressBar {
        if !self.visible {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(total);
        bar.set_style(
            ProgressStyle::with_template("  {bar:40} {bytes}/{total_bytes} {bytes_per_sec}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar
    }
}
