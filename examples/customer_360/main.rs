//! One customer on one screen: the golden record and where each value comes from, relations, history, consent, alarms.
//!
//! `cargo run --release --example customer_360` shows one of the bundled sample; `--customer crm:ID` another.

#[path = "../shared/mod.rs"]
mod shared;

mod screen;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use quilate::history::{History, Tombstones};
use quilate::judgement::RecordKey;
use quilate::pipeline::{consolidate_with, without, without_erased};
use quilate::relate::{RelateOptions, Relations};
use quilate::{Config, EntityId, Error, ErrorKind, Issues, Resolution, Result, Table};

/// Shows everything that is known of one customer. Without files it looks into the bundled sample.
#[derive(Debug, Parser)]
#[command(name = "customer_360", version, about, long_about)]
struct Arguments {
    /// Touchpoint CSVs
    files: Vec<PathBuf>,

    /// CSV of what happened; repeatable
    #[arg(long, value_name = "FILE")]
    interactions: Vec<PathBuf>,

    /// A record of the customer, as crm:17 [default: the customer of whom most is known]
    #[arg(long, value_name = "RECORD")]
    customer: Option<RecordKey>,

    /// Configuration (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Forget the customer of this record first, as after an erasure request; repeatable
    #[arg(long, value_name = "RECORD")]
    erase: Vec<RecordKey>,

    /// Day of the run, as 2026-01-31 [default: today; the sample's own day for the sample]
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    shared::told(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<String> {
    let mut config = match &arguments.config {
        None => Config::default(),
        Some(path) => Config::from_toml(&shared::read_text(path, "configuration")?)?,
    };
    config.as_of = arguments.as_of.clone().or(config.as_of);
    config.validate()?;
    let files = shared::Files::named(&arguments.files, &arguments.interactions)?;
    let mut issues = Issues::new();
    let table = shared::read_table(&files.touchpoints, &mut issues)?;
    let (resolution, forgotten) = consolidate(table, &config, issues, &arguments.erase)?;
    if let Some(key) = arguments.customer.as_ref().filter(|key| forgotten.knows_record(&key.source, &key.id))
    {
        return Ok(screen::erased(key, &forgotten, arguments.json));
    }
    let relations = resolution.relations(&RelateOptions::default());
    let happened = shared::read_interactions(&files.interactions, &mut Issues::new())?;
    let day = shared::day_of_run(&config, files.is_sample);
    let history = resolution.history(&relations, happened, &config, day, None)?;
    let entity = customer(&resolution, &relations, &history, arguments.customer.as_ref())?;
    let view = screen::View { resolution: &resolution, relations: &relations, history: &history };
    Ok(if arguments.json { view.json(entity) } else { view.text(entity) })
}

/// Consolidates; when somebody is to be forgotten, once more without them and without whoever their tombstones know.
fn consolidate(
    table: Table,
    config: &Config,
    issues: Issues,
    erase: &[RecordKey],
) -> Result<(Resolution, Tombstones)> {
    let mut tombstones = Tombstones::new(shared::new_salt()?);
    let copy = if erase.is_empty() { Table::default() } else { table.clone() };
    let resolution = consolidate_with(table, config, issues.clone(), |_| {})?;
    if erase.is_empty() {
        return Ok((resolution, tombstones));
    }
    let entity = |key: &RecordKey| Ok(resolution.entities().entity_of(shared::find(&resolution, key)?));
    let customers = erase.iter().map(entity).collect::<Result<BTreeSet<EntityId>>>()?;
    resolution.bury(&customers, &mut tombstones);
    let records =
        customers.iter().flat_map(|&entity| resolution.entities().members(entity)).copied().collect();
    let mut issues = issues;
    let rest = without(&copy, config, &records)?;
    let rest = without_erased(rest, config, &tombstones, &mut issues)?;
    Ok((consolidate_with(rest, config, issues, |_| {})?, tombstones))
}

/// The customer that was asked for, else the one with most events, in a household if there is one.
fn customer(
    resolution: &Resolution,
    relations: &Relations,
    history: &History,
    asked: Option<&RecordKey>,
) -> Result<EntityId> {
    if let Some(key) = asked {
        return Ok(resolution.entities().entity_of(shared::find(resolution, key)?));
    }
    let known = |entity: &EntityId| {
        let lives_with = relations.household(*entity) != *entity;
        (history.events().of(*entity).len(), lives_with, std::cmp::Reverse(*entity))
    };
    let all = (0..resolution.entities().len() as u32).map(EntityId);
    all.max_by_key(known).ok_or_else(|| Error::new(ErrorKind::UnknownRecord, "there are no customers"))
}
