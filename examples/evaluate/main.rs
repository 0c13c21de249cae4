//! Measures how well records are consolidated, on data whose truth is known.
//!
//! `cargo run --release --example evaluate -- crm.csv shop.csv --truth truth.csv`
//!
//! Prints precision, recall and F1 over pairs and B-cubed, how much of the truth blocking let through, what the model
//! believed without labels, seconds by stage and the peak of memory. `evaluate --help` tells the rest.

mod mistakes;
mod truth;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use quilate::detect::is_secret_header;
use quilate::io::csv::{ReadOptions, read_path};
use quilate::io::peak_memory;
use quilate::pipeline::consolidate_with;
use quilate::report::{BlockingMetrics, Metrics};
use quilate::{Config, Error, ErrorKind, Issues, Resolution, Result, Table};
use serde::Serialize;

use crate::truth::Truth;

/// Consolidates touchpoint CSVs and compares the outcome with the truth.
///
/// Use it to see what an edited configuration gains or costs on your own labelled records, before it meets the others.
/// Nothing is written. Exit codes: 0 measured, 1 bad data or configuration, 2 usage.
#[derive(Debug, Parser)]
#[command(name = "evaluate", about, long_about)]
struct Arguments {
    /// Touchpoint CSVs; the file's name without its ending is the source's name
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// CSV with the columns source, id and entity: records of one entity are one customer. Records that it lacks are
    /// consolidated, but not scored
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,

    /// Column of the record id [default: detected, else the line number]
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,

    /// Configuration (TOML), as `consolidate --write-config` writes it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Explain up to N pairs that were merged wrongly and N that were missed
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "json")]
    mistakes: usize,

    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Everything that was measured; the keys of the JSON line.
#[derive(Serialize)]
struct Measurement {
    /// Records in the files, with and without truth.
    all_records: usize,
    /// Truths of records that the files lack.
    unknown_records: u64,
    #[serde(flatten)]
    metrics: Metrics,
    candidates: u64,
    candidates_per_record: f64,
    blocking_recall: f64,
    /// Matching pairs that the model expected without labels.
    estimated_matches: f64,
    /// By stage, in order.
    stages: Vec<Stage>,
    seconds: f64,
    /// `None` where the system does not tell.
    peak_bytes: Option<u64>,
}

#[derive(Serialize)]
struct Stage {
    name: &'static str,
    seconds: f64,
}

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
    let truth = Truth::read(&arguments.truth, resolution.records())?;
    let measurement = measure(&resolution, &truth, stages, peak_bytes)?;
    if arguments.json {
        let line = serde_json::to_string(&measurement);
        println!("{}", line.map_err(|error| Error::new(ErrorKind::Format, error.to_string()))?);
    } else {
        print(&measurement);
        mistakes::print(&resolution, &truth, arguments.mistakes);
    }
    Ok(())
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

fn measure(
    resolution: &Resolution,
    truth: &Truth,
    stages: Vec<Stage>,
    peak_bytes: Option<u64>,
) -> Result<Measurement> {
    let blocking = BlockingMetrics::new(resolution.matching().candidate_pairs(), truth.entities())?;
    let all_records = resolution.records().len();
    Ok(Measurement {
        all_records,
        unknown_records: truth.unknown_records(),
        metrics: Metrics::of_entities(resolution.entities(), truth.entities())?,
        candidates: blocking.candidates,
        candidates_per_record: blocking.candidates as f64 / all_records.max(1) as f64,
        blocking_recall: blocking.recall,
        estimated_matches: resolution.matching().estimated_matches(),
        seconds: stages.iter().map(|stage| stage.seconds).sum(),
        stages,
        peak_bytes,
    })
}

fn print(measured: &Measurement) {
    let metrics = &measured.metrics;
    println!(
        "records            {:>12}   {} of them with known truth",
        measured.all_records, metrics.records
    );
    if measured.unknown_records > 0 {
        println!("unknown records    {:>12}   in the truth, but not in the files", measured.unknown_records);
    }
    println!("clusters           {:>12}   the truth has {} entities", metrics.clusters, metrics.entities);
    println!();
    println!("                      precision      recall          F1");
    println!("pairs              {:>12.5}{:>12.5}{:>12.5}", metrics.precision, metrics.recall, metrics.f1);
    println!(
        "B-cubed            {:>12.5}{:>12.5}{:>12.5}",
        metrics.b3_precision, metrics.b3_recall, metrics.b3_f1
    );
    println!();
    println!("predicted pairs    {:>12}   {} of them true", metrics.predicted_pairs, metrics.true_positives);
    println!(
        "true pairs         {:>12}   the model expected {:.0}",
        metrics.true_pairs, measured.estimated_matches
    );
    println!(
        "candidate pairs    {:>12}   {:.1} a record",
        measured.candidates, measured.candidates_per_record
    );
    println!(
        "blocking recall    {:>12.5}   share of the true pairs that were compared",
        measured.blocking_recall
    );
    println!();
    let stages: Vec<String> =
        measured.stages.iter().map(|stage| format!("{} {:.2}", stage.name, stage.seconds)).collect();
    println!("seconds            {:>12.2}   {}", measured.seconds, stages.join(", "));
    match measured.peak_bytes {
        Some(bytes) => println!("peak memory (MB)   {:>12.0}", bytes as f64 / 1e6),
        None => println!("peak memory             unknown   this system does not tell"),
    }
}
