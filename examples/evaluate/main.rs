//! Measures how well records are consolidated, against a truth or without one.
//!
//! `cargo run --release --example evaluate -- crm.csv shop.csv --truth truth.csv`
//!
//! Prints precision, recall and F1 over pairs and B-cubed, how much of the truth blocking let through, a table of thresholds,
//! how well the probabilities are calibrated, which records hold too little to be found at all, what the model believed
//! without labels, seconds by stage and the peak of memory. `evaluate --help` tells the rest.

/// Prints a line; who closes the pipe has read enough.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

mod measurement;
mod mistakes;
mod page;
mod truth;

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use quilate::compare::Comparisons;
use quilate::detect::is_secret_header;
use quilate::io::AtomicFile;
use quilate::io::csv::{ReadOptions, read_path};
use quilate::io::peak_memory;
use quilate::pipeline::consolidate_with;
use quilate::report::Unlinkables;
use quilate::score::{Scorer, score_pairs};
use quilate::{Config, Error, ErrorKind, Issues, Resolution, Result, Table};

use crate::measurement::{Measurement, Stage};
use crate::page::Page;
use crate::truth::Truth;

/// Consolidates touchpoint CSVs and measures the outcome.
///
/// Use it to see what an edited configuration gains or costs on your own labelled records, before it meets the others.
/// Without a truth it tells what the model believes of itself. Exit codes: 0 measured, 1 bad data or configuration, 2 usage.
#[derive(Debug, Parser)]
#[command(name = "evaluate", about, long_about)]
struct Arguments {
    /// Touchpoint CSVs; the file's name without its ending is the source's name
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// CSV with the columns source, id and entity: records of one entity are one customer. Or labelled pairs: source_l,
    /// id_l, source_r, id_r, label (1 or 0). Records that it lacks are consolidated, but not scored
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,

    /// Column of the record id [default: detected, else the line number]
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,

    /// Configuration (TOML), as `consolidate --write-config` writes it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Explain the N worst pairs that were merged wrongly and the N worst that were missed
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "json", requires = "truth")]
    mistakes: usize,

    /// Draw thresholds, calibration and unlinkable records as a page (HTML)
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,

    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

#[global_allocator]
static ALLOCATOR: quilate_allocator::LargeBlocksMapped = quilate_allocator::LargeBlocksMapped;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(1)
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let config = configuration(arguments)?;
    let mut stages = Vec::new();
    let mut current = ("read", Instant::now());
    let (table, issues) = read(&arguments.files)?;
    let resolution = consolidate_with(table, &config, issues, |stage| {
        stages.push(Stage { name: current.0, seconds: current.1.elapsed().as_secs_f64() });
        current = (stage.name(), Instant::now());
    })?;
    stages.push(Stage { name: current.0, seconds: current.1.elapsed().as_secs_f64() });
    // Before the truth is read: its memory is not the engine's.
    let peak_bytes = peak_memory();
    let truth = arguments.truth.as_ref().map(|path| Truth::read(path, resolution.records())).transpose()?;
    let unlinkables = with_scorer(&resolution, Unlinkables::new);
    let mut measurement = Measurement::new(&resolution, truth.as_ref(), unlinkables)?;
    measurement.seconds = stages.iter().map(|stage| stage.seconds).sum();
    (measurement.stages, measurement.peak_bytes) = (stages, peak_bytes);
    if let Some(path) = &arguments.page {
        draw(&measurement, &resolution, arguments, path)?;
    }
    if arguments.json {
        let line = serde_json::to_string(&measurement);
        say!("{}", line.map_err(|error| Error::new(ErrorKind::Format, error.to_string()))?);
    } else {
        measurement.print();
        if let Some(truth) = &truth {
            mistakes::print(&resolution, &truth.known, arguments.mistakes);
        }
    }
    Ok(())
}

/// Calls `work` with the scorer of an outcome.
fn with_scorer<T>(resolution: &Resolution, work: impl FnOnce(&Scorer<'_>) -> T) -> T {
    let comparisons = Comparisons::new(resolution.attributes());
    let matching = resolution.matching();
    work(&Scorer::new(&comparisons, &matching.model, &matching.frequencies))
}

/// The match weights of pairs of records.
fn weights(resolution: &Resolution, pairs: &[(u32, u32)]) -> Vec<f64> {
    with_scorer(resolution, |scorer| score_pairs(scorer, pairs).iter().map(|score| score.weight).collect())
}

fn draw(
    measured: &Measurement,
    resolution: &Resolution,
    arguments: &Arguments,
    path: &PathBuf,
) -> Result<()> {
    let name = |file: &PathBuf| {
        file.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    };
    let names: Vec<String> = arguments.files.iter().map(name).collect();
    let share = |value: f64| format!("{value:.4}");
    let mut figures = vec![("records", measured.all_records.to_string())];
    if let Some(metrics) = &measured.metrics {
        figures.extend([
            ("precision over pairs", share(metrics.precision)),
            ("recall over pairs", share(metrics.recall)),
            ("F1 over pairs", share(metrics.f1)),
            ("B-cubed F1", share(metrics.b3_f1)),
        ]);
    }
    if let Some(labelled) = &measured.labelled {
        figures.extend([
            ("labelled pairs", labelled.pairs.to_string()),
            ("precision over labelled pairs", share(labelled.precision)),
            ("recall over labelled pairs", share(labelled.recall)),
        ]);
    }
    figures.extend([
        ("precision as the model believes", share(measured.estimated.precision)),
        ("recall as the model believes", share(measured.estimated.recall)),
    ]);
    let page = Page {
        title: &names.join(", "),
        figures: &figures,
        thresholds: &measured.thresholds,
        calibration: &measured.calibration,
        unlinkables: &measured.unlinkables,
        threshold: resolution.matching().threshold,
        histogram: &measured.histogram,
    };
    let mut file = AtomicFile::create(path)?;
    file.write_all(page.html().as_bytes()).map_err(|error| {
        Error::new(ErrorKind::Io, format!("cannot be written ({})", error.kind()))
            .at(path.display().to_string())
    })?;
    file.commit()
}

fn configuration(arguments: &Arguments) -> Result<Config> {
    let mut config = match &arguments.config {
        None => Config::default(),
        Some(path) => {
            let place = path.display().to_string();
            let text = fs::read_to_string(path).map_err(|error| {
                Error::new(ErrorKind::Io, format!("the configuration cannot be read ({})", error.kind()))
                    .at(&place)
            })?;
            Config::from_toml(&text).map_err(|error| match error.location().line {
                Some(_) => error.at(place),
                None => error,
            })?
        }
    };
    config.id = arguments.id.clone().or(config.id);
    Ok(config)
}

fn read(files: &[PathBuf]) -> Result<(Table, Issues)> {
    let (mut sources, mut issues) = (Vec::new(), Issues::new());
    for path in files {
        let read = read_path(path, &ReadOptions::new().skip_field(&is_secret_header))?;
        sources.push(read.source);
        issues.merge(read.issues);
    }
    Ok((Table::new(sources)?, issues))
}
