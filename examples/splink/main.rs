//! Scores pairs of records with a Splink model.
//!
//! `cargo run --release --example splink -- --settings model.json customers.csv --out pairs.csv`
//!
//! Reads the settings file that Splink's `save_model_to_json` writes, and gives the same candidate pairs, levels and match
//! weights. Columns are compared as they stand; blank is null. `splink --help` tells the rest.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use quilate::io::AtomicFile;
use quilate::io::csv::{ReadOptions, Writer, read_path};
use quilate::score::splink::{SplinkModel, SplinkPairs};
use quilate::{Error, ErrorKind, Result, Table};

/// Prints a line; who closes the pipe has read enough.
macro_rules! say {
    ($($text:tt)*) => {{
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

/// Scores pairs of records with a Splink model (settings of Splink 4 or 5, DuckDB dialect).
///
/// Exit codes: 0 done, 1 bad data or model, 2 usage.
#[derive(Debug, Parser)]
#[command(name = "splink", about, long_about)]
struct Arguments {
    /// CSVs; the file's name without its ending is the source's name
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Settings (JSON), as Splink's save_model_to_json writes them
    #[arg(long, value_name = "FILE")]
    settings: PathBuf,

    /// File for the scored pairs
    #[arg(long, value_name = "FILE", default_value = "pairs.csv")]
    out: PathBuf,

    /// Least match probability of the pairs that are written
    #[arg(long, value_name = "P", default_value_t = 0.0)]
    threshold: f64,

    /// Also write the settings back, for Splink to read
    #[arg(long, value_name = "FILE")]
    write_settings: Option<PathBuf>,

    /// Tell the weight of each comparison for two records (source:id), and write nothing
    #[arg(long, value_names = ["A", "B"], num_args = 2)]
    explain: Option<Vec<String>>,
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
    let place = arguments.settings.display().to_string();
    let text = fs::read_to_string(&arguments.settings).map_err(|error| {
        Error::new(ErrorKind::Io, format!("the settings cannot be read ({})", error.kind())).at(&place)
    })?;
    let model = SplinkModel::from_json(&text)?;
    let sources = arguments.files.iter().map(|file| Ok(read_path(file, &ReadOptions::new())?.source));
    let table = Table::new(sources.collect::<Result<_>>()?)?;
    if let Some([left, right]) = arguments.explain.as_deref() {
        return explain(&model, &table, left, right);
    }
    let pairs = model.score(&table)?;
    let written = write(&model, &pairs, arguments)?;
    if let Some(path) = &arguments.write_settings {
        let mut file = AtomicFile::create(path)?;
        file.write_all(model.to_json()?.as_bytes()).map_err(|error| {
            Error::new(ErrorKind::Io, format!("cannot be written ({})", error.kind()))
                .at(path.display().to_string())
        })?;
        file.commit()?;
    }
    say!("{} candidate pairs, {written} of them written to {}", pairs.len(), arguments.out.display());
    Ok(())
}

/// The columns that Splink's predictions have, with the same names.
fn write(model: &SplinkModel, pairs: &SplinkPairs, arguments: &Arguments) -> Result<usize> {
    let id = &model.settings().unique_id_column_name;
    let mut header: Vec<String> = ["match_weight", "match_probability"].map(str::to_owned).to_vec();
    for side in ["l", "r"] {
        header.extend([format!("source_dataset_{side}"), format!("{id}_{side}")]);
    }
    header.extend(model.comparison_names().map(|name| format!("gamma_{name}").replace(' ', "_")));
    header.push("match_key".to_owned());
    let mut writer = Writer::create(&arguments.out)?;
    writer.write_record(&header)?;
    let mut written = 0;
    for (at, pair) in pairs.pairs().iter().enumerate() {
        let probability = pair.probability().0;
        if probability < arguments.threshold {
            continue;
        }
        let mut row = vec![pair.weight.to_string(), probability.to_string()];
        for record in [pair.left, pair.right] {
            let (source, id) = pairs.record(record);
            row.extend([source.to_owned(), id.to_owned()]);
        }
        row.extend(pairs.gammas(at).iter().map(i8::to_string));
        row.push(pair.match_key.to_string());
        writer.write_record(&row)?;
        written += 1;
    }
    writer.commit()?;
    Ok(written)
}

fn explain(model: &SplinkModel, table: &Table, left: &str, right: &str) -> Result<()> {
    let name = |text: &str| {
        text.split_once(':').map(|(source, id)| (source.to_owned(), id.to_owned())).ok_or_else(|| {
            Error::new(ErrorKind::UnknownRecord, format!("{text:?} does not name a record"))
                .cure("write source:id, as crm:17")
        })
    };
    let ((left_source, left_id), (right_source, right_id)) = (name(left)?, name(right)?);
    let weights = model.explain(table, (&left_source, &left_id), (&right_source, &right_id))?;
    let prior = model.prior().0;
    say!("{:24} {:>5} {:>10} {:>10} {:>9} {:>10}", "comparison", "gamma", "m", "u", "bits", "frequency");
    say!("{:24} {:>5} {:>10} {:>10} {prior:>+9.3}", "prior", "", "", "");
    for (name, weight) in model.comparison_names().zip(&weights) {
        say!(
            "{name:24} {:>5} {:>10.6} {:>10.6} {:>+9.3} {:>+10.3}",
            weight.gamma,
            weight.m,
            weight.u,
            weight.weight,
            weight.frequency
        );
    }
    let total = prior + weights.iter().map(|weight| weight.weight + weight.frequency).sum::<f64>();
    let probability = quilate::MatchWeight(total).probability().0;
    say!("{total:+.3} bits in all, probability {probability:.6}");
    Ok(())
}
