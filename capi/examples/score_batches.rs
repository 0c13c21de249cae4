//! What scoring batches of pairs costs in Rust, for comparison with the same batches through another language.
//!
//! `python/benches/cost.py` runs it. `score_batches LEFT RIGHT MODEL PAIRS.csv ...`: names of the two sources in the model, the
//! model as `ql_model_to_json` writes it, and files of pairs whose columns end in `_l` and `_r`, a batch each. Prints for each
//! batch its pairs, the seconds of all cores, and the sum of the weights, as a line of JSON. Counted is what a Rust program does
//! with the same pairs as an Arrow record batch in memory: reading both sides and scoring them; reading the files is not.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use arrow_array::{ArrayRef, LargeStringArray, RecordBatch, RecordBatchIterator};
use quilate::io::arrow;
use quilate::io::csv::{ReadOptions, read_path};
use quilate::pipeline::stages::score_sides;
use quilate::{Config, Error, ErrorKind, Result, Source};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [left, right, model, files @ ..] = arguments.as_slice() else {
        eprintln!("usage: score_batches LEFT RIGHT MODEL PAIRS.csv ...");
        return ExitCode::from(2);
    };
    match run((left, right), model, files) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run((left, right): (&str, &str), model: &str, files: &[String]) -> Result<()> {
    let text = read(model)?;
    let invalid = |error: serde_json::Error| Error::new(ErrorKind::Config, error.to_string()).at(model);
    let config: Config = serde_json::from_str(&text).map_err(invalid)?;
    let trained = config.model.clone();
    let trained = trained.ok_or_else(|| Error::new(ErrorKind::Config, "there is no model").at(model))?;
    for file in files {
        let pairs = read_path(Path::new(file), &ReadOptions::new())?.source;
        let sides = [(left, side(&pairs, "_l")?), (right, side(&pairs, "_r")?)];
        drop(pairs);
        let before = cpu_seconds()?;
        let read = |(name, batch): &(&str, RecordBatch)| {
            let reader = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
            Ok::<_, Error>(arrow::read(name, reader, &|_| false)?.source)
        };
        let scored = score_sides(read(&sides[0])?, read(&sides[1])?, &config, &trained, None)?;
        let seconds = cpu_seconds()? - before;
        let sum: f64 = scored.weights.iter().map(|weight| weight.0).sum();
        println!("{{\"pairs\": {}, \"seconds\": {seconds}, \"weights\": {sum}}}", scored.weights.len());
    }
    Ok(())
}

/// The columns of one record of each pair, under the names that they have in its source, as a data frame holds them.
fn side(pairs: &Source, ending: &str) -> Result<RecordBatch> {
    let chosen = pairs.fields().iter().zip(pairs.columns());
    let columns = chosen.filter_map(|(field, column)| {
        let texts: LargeStringArray = (0..column.len()).map(|row| column.get(row)).collect();
        Some((field.strip_suffix(ending)?, Arc::new(texts) as ArrayRef))
    });
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, texts)| (name, texts, true)))
        .map_err(|error| Error::new(ErrorKind::Format, error.to_string()))
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Error::new(ErrorKind::Io, error.to_string()).at(path))
}

/// What all threads of this program have used so far. The kernel counts in hundredths: batches have to be long.
fn cpu_seconds() -> Result<f64> {
    const PLACE: &str = "/proc/self/stat";
    let text = read(PLACE)?;
    // The name of the program, which stands in brackets, may hold anything; `utime` and `stime` are 12 and 13 fields on.
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    match ticks.as_slice() {
        [user, system] => Ok((user + system) / 100.0),
        _ => Err(Error::new(ErrorKind::Format, "the times are not where Linux writes them").at(PLACE)),
    }
}
