//! Writes a synthetic customer base of any size: five exports of different programs about the same people, what happened
//! between them and the business, and the truth of who is who.
//!
//! `cargo run --release --example generate -- --records 1000000 --seed 7 --out DIR`
//!
//! The bytes depend on `--records` and `--seed` only. Memory is constant: a household is made whenever one of its records
//! is written and forgotten afterwards (see `population`). From persons to rows: `population` finds the household of a
//! position, `household` and `person` make the people, `record` says what a touchpoint knows of one of them, `corrupt` what
//! went wrong, `touchpoints` how its program writes it.

mod address;
mod calendar;
mod contact;
mod corrupt;
mod country;
mod events;
mod household;
mod output;
mod person;
mod population;
mod random;
mod record;
mod register;
mod tables;
mod touchpoints;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::{Dialect, OutFile, OutputError, PLAIN, Row};
use crate::population::{MOST_RECORDS, Population};
use crate::touchpoints::Context;

/// Writes a synthetic customer base: crm.csv, shop.csv, newsletter.csv, helpdesk.csv, till.csv, interactions.csv and
/// truth.csv. The same arguments give the same bytes.
#[derive(Parser, Debug)]
#[command(name = "generate")]
struct Arguments {
    /// Records over the five exports together.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=MOST_RECORDS))]
    records: u64,
    /// Another seed gives other people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The directory to write to; it is made where it is missing. Files of these names in it are replaced.
    #[arg(long)]
    out: PathBuf,
    /// How many times as much happens as in the bundled sample: about 1.5 interactions a record each.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100))]
    activity: u64,
    /// What kind of records.
    #[arg(long, value_enum, default_value_t = Kind::Customers)]
    profile: Kind,
}

/// The kinds of records that can be generated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Kind {
    /// Private customers and contacts of companies, most of them in Spain.
    Customers,
    /// Two snapshots of a population register, years apart: no contact points, no duplicates inside one.
    Register,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // It draws on standard error, and only on a terminal.
    let progress = ProgressBar::new(arguments.records);
    if let Ok(style) = ProgressStyle::with_template("{msg:>8} {wide_bar} {human_pos}/{human_len} {elapsed}") {
        progress.set_style(style);
    }
    progress.set_message("people");
    let result = match arguments.profile {
        Kind::Customers => {
            let mut population = Population::new(arguments.seed, arguments.records);
            population.activity = arguments.activity;
            customers(&arguments.out, &population, &progress)
        }
        Kind::Register => register::register(&arguments.out, arguments.records, arguments.seed, &progress),
    };
    progress.finish_and_clear();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The columns of the interactions.
const INTERACTIONS: [&str; 12] = [
    "source",
    "source_id",
    "event_id",
    "at",
    "kind",
    "channel",
    "direction",
    "amount",
    "currency",
    "category",
    "status",
    "campaign",
];

/// Writes all files; none appears under its name before all are complete.
fn customers(out: &Path, population: &Population, progress: &ProgressBar) -> Result<(), OutputError> {
    fs::create_dir_all(out).map_err(output::at("create the directory", out))?;
    progress.set_message("records");
    let mut truth = begin(out, "truth", PLAIN, &["source", "id", "entity"])?.0;
    let mut interactions = begin(out, "interactions", PLAIN, &INTERACTIONS)?.0;
    // The touchpoints know nothing of each other: each is written by a thread of its own, and their parts of the two
    // common files are joined in the order of the touchpoints.
    let written: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..touchpoints::ALL.len())
            .map(|source| scope.spawn(move || write_touchpoint(out, population, source, progress)))
            .collect();
        // A panic of a thread goes on here.
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect()
    });
    let mut files = Vec::new();
    for written in written {
        let Written { file, truth: part, interactions: events } = written?;
        part.append_to(&mut truth)?;
        events.append_to(&mut interactions)?;
        files.push(file);
    }
    files.extend([interactions, truth]);
    files.into_iter().try_for_each(OutFile::commit)
}

/// A file with its header, and a row for the lines to come.
fn begin(out: &Path, stem: &str, dialect: Dialect, header: &[&str]) -> Result<(OutFile, Row), OutputError> {
    let mut file = OutFile::create(out, &format!("{stem}.csv"))?;
    if dialect.mark {
        file.write("\u{feff}".as_bytes())?;
    }
    let mut row = Row::new(dialect);
    if !header.is_empty() {
        for name in header {
            row.cell(name);
        }
        row.end(&mut file)?;
    }
    Ok((file, row))
}

/// What is written of one touchpoint: its export and its parts of the common files.
struct Written {
    file: OutFile,
    truth: OutFile,
    interactions: OutFile,
}

/// Writes the records of one touchpoint, with their truth and what happened at them.
fn write_touchpoint(
    out: &Path,
    population: &Population,
    source: usize,
    progress: &ProgressBar,
) -> Result<Written, OutputError> {
    let touchpoint = touchpoints::ALL[source];
    let stem = touchpoint.stem;
    let (mut file, mut row) = begin(out, stem, touchpoint.dialect, touchpoint.header)?;
    let (mut truth, mut line) = begin(out, &format!("truth-{stem}"), PLAIN, &[])?;
    let mut interactions = begin(out, &format!("interactions-{stem}"), PLAIN, &[])?.0;
    let mut written = 0u64;
    for position in 0..population.positions() {
        let Some(at) = population.locate(source, position) else { continue };
        let household = population.household(&at);
        let happened = events::of(population, &at);
        let mut rng = population.record_stream(&at);
        let record = record::observe(population, &at, &household, &touchpoint.profile, &mut rng);
        let context = Context { population, at: &at, household: &household, events: &happened };
        (touchpoint.write)(&context, &record, &mut rng, &mut row);
        row.end(&mut file)?;

        let id = (touchpoint.id)(population, &at);
        let entity = population.entity(household.people[at.member].number);
        line.cell(stem).cell(&id).cell(&format!("e{entity:07x}"));
        line.end(&mut truth)?;
        for event in &happened {
            line.cell(stem).cell(&id).cell(&event.id).cell(&event.at.text('T', "Z"));
            line.cell(event.kind).cell(event.channel).cell(event.direction).cell(&event.amount());
            line.cell(event.currency).cell(event.category).cell(event.status).cell(&event.campaign);
            line.end(&mut interactions)?;
        }
        written += 1;
        if written.is_multiple_of(1024) {
            progress.inc(1024);
        }
    }
    progress.inc(written % 1024);
    Ok(Written { file, truth, interactions })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn generate(name: &str, records: u64, seed: u64) -> BTreeMap<String, Vec<u8>> {
        let directory = std::env::temp_dir().join(format!("quilate-generate-{}-{name}", std::process::id()));
        customers(&directory, &Population::new(seed, records), &ProgressBar::hidden()).expect("written");
        let files = fs::read_dir(&directory)
            .expect("a directory")
            .map(|entry| {
                let path = entry.expect("an entry").path();
                let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_string();
                (name, fs::read(path).expect("readable"))
            })
            .collect();
        fs::remove_dir_all(&directory).expect("removed");
        files
    }

    #[test]
    fn the_same_arguments_give_the_same_bytes() {
        let first = generate("a", 700, 5);
        assert_eq!(first.len(), 7);
        assert!(first == generate("b", 700, 5));
        let other = generate("c", 700, 6);
        assert!(first.iter().all(|(name, bytes)| other[name] != *bytes));
    }

    #[test]
    fn a_busier_year_has_more_events_of_the_same_people() {
        let directory = std::env::temp_dir().join(format!("quilate-generate-{}-busy", std::process::id()));
        let mut population = Population::new(3, 600);
        population.activity = 4;
        customers(&directory, &population, &ProgressBar::hidden()).expect("written");
        let busy = fs::read_to_string(directory.join("interactions.csv")).expect("readable");
        let people = fs::read(directory.join("truth.csv")).expect("readable");
        fs::remove_dir_all(&directory).expect("removed");
        let calm = generate("calm", 600, 3);
        let rows = calm["interactions.csv"].iter().filter(|byte| **byte == b'\n').count();
        assert!((3 * rows..5 * rows).contains(&busy.lines().count()), "{rows} and {}", busy.lines().count());
        assert!(calm["truth.csv"] == people);
        let own = |line: &&str| !line.starts_with("crm,") || !line.contains(",so-");
        let ids: Vec<&str> = busy.lines().filter(own).filter_map(|line| line.split(',').nth(2)).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "numbers are used once");
    }

    #[test]
    fn the_committed_sample_is_what_its_readme_says() {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data");
        for (name, bytes) in generate("sample", 1500, 1) {
            let committed = fs::read(sample.join(&name)).expect("a file of the sample");
            assert!(committed == bytes, "examples/data/{name} differs from what the generator writes");
        }
    }

    #[test]
    fn the_truth_has_every_record_once() {
        let files = generate("truth", 1200, 9);
        let truth = String::from_utf8(files["truth.csv"].clone()).expect("UTF-8");
        let mut records = BTreeMap::<&str, BTreeSet<&str>>::new();
        let mut entities = BTreeSet::new();
        for line in truth.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [source, id, entity] = cells[..] else { panic!("{line}") };
            assert!(records.entry(source).or_default().insert(id), "{line} is there twice");
            entities.insert(entity);
        }
        assert_eq!(records.values().map(BTreeSet::len).sum::<usize>(), 1200);
        let mean = 1200.0 / entities.len() as f64;
        assert!((1.6..2.2).contains(&mean), "{mean} records an entity");
        let interactions = String::from_utf8(files["interactions.csv"].clone()).expect("UTF-8");
        for line in interactions.lines().skip(1) {
            let mut cells = line.split(',');
            let (source, id) = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
            assert!(records[source].contains(id), "{line}");
        }
    }
}
