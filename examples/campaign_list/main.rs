//! A list for a campaign: one row a person or household, at its best reachable address, where consent permits; and for
//! everybody else the reason.
//!
//! `cargo run --release --example campaign_list` makes an e-mail list of the bundled sample.

#[path = "../shared/mod.rs"]
mod shared;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use quilate::history::{Channel, ListSpec, Purpose, Recipient, Tombstones};
use quilate::io::csv::Writer;
use quilate::io::history::{write_exclusions, write_list};
use quilate::pipeline::consolidate_with;
use quilate::relate::RelateOptions;
use quilate::{Config, EntityId, Error, ErrorKind, Issues, Result};

/// Makes a list without duplicates. Without files it works on the bundled sample.
#[derive(Debug, Parser)]
#[command(name = "campaign_list", version, about, long_about)]
struct Arguments {
    /// Touchpoint CSVs
    files: Vec<PathBuf>,

    /// CSV of what happened; repeatable
    #[arg(long, value_name = "FILE")]
    interactions: Vec<PathBuf>,

    /// How the customers are to be reached
    #[arg(long, value_enum, default_value_t = By::Email)]
    channel: By,

    /// One row a household, not a person
    #[arg(long)]
    household: bool,

    /// Who has said neither yes nor no may be written to
    #[arg(long)]
    silence_permits: bool,

    /// Addresses or numbers that must not be contacted, one a line
    #[arg(long, value_name = "FILE")]
    suppress: Option<PathBuf>,

    /// Day of the run, as 2026-01-31 [default: today; the sample's own day for the sample]
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,

    /// Folder for campaign.csv and excluded.csv
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    Email,
    Phone,
    Sms,
    Post,
}

fn main() -> ExitCode {
    shared::told(run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<String> {
    let config = Config { as_of: arguments.as_of.clone(), ..Config::default() };
    config.validate()?;
    let files = shared::Files::named(&arguments.files, &arguments.interactions)?;
    let mut issues = Issues::new();
    let table = shared::read_table(&files.touchpoints, &mut issues)?;
    let happened = shared::read_interactions(&files.interactions, &mut issues)?;
    let resolution = consolidate_with(table, &config, issues, |_| {})?;
    let relations = resolution.relations(&RelateOptions::default());
    let suppressed = suppressed(arguments)?;
    let day = shared::day_of_run(&config, files.is_sample);
    let history = resolution.history(&relations, happened, &config, day, Some(&suppressed))?;
    let spec = ListSpec {
        channel: match arguments.channel {
            By::Email => Channel::Email,
            By::Phone => Channel::Phone,
            By::Sms => Channel::Sms,
            By::Post => Channel::Post,
        },
        purpose: Purpose::Marketing,
        recipient: if arguments.household { Recipient::Household } else { Recipient::Person },
        silence_permits: arguments.silence_permits,
    };
    let customers: Vec<EntityId> = (0..resolution.entities().len() as u32).map(EntityId).collect();
    let list = resolution.list(&history, &customers, &spec);
    std::fs::create_dir_all(&arguments.out).map_err(|error| {
        Error::new(ErrorKind::Io, format!("the folder cannot be made ({})", error.kind()))
            .at(arguments.out.display().to_string())
    })?;
    let create = |name: &str| Writer::create(arguments.out.join(name));
    write_list(&resolution, &history, &list, create("campaign.csv")?)?.commit()?;
    write_exclusions(&resolution, &list, create("excluded.csv")?)?.commit()?;
    let mut lines = vec![format!("{:>7}  customers", customers.len())];
    for (reason, count) in list.reasons() {
        lines.push(format!("{:>7}  {}", format!("-{count}"), reason.name().replace('_', " ")));
    }
    let whose = if arguments.household { "households" } else { "people" };
    lines.push(format!(
        "{:>7}  {whose} in {}",
        list.rows.len(),
        arguments.out.join("campaign.csv").display()
    ));
    Ok(lines.join("\n"))
}

/// The list of those who must not be contacted. It is hashed as soon as it is read; lines that hold no address or number are
/// an error, because somebody relies on them.
fn suppressed(arguments: &Arguments) -> Result<Tombstones> {
    let mut list = Tombstones::new(shared::new_salt()?);
    let Some(path) = &arguments.suppress else { return Ok(list) };
    let place = path.display().to_string();
    let text = shared::read_text(path, "list")?;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        list.insert_contact(line).map_err(|error| error.at(&place).line(number as u64 + 1))?;
    }
    Ok(list)
}
