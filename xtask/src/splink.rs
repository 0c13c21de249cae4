//! `cargo xtask splink-check`: the same candidate pairs, levels and match weights as Splink itself.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::measure;
use crate::shell::{Outcome, Verdict, cargo, only, option, root, run as sh, run_quietly, scratch, succeeds};

pub const HELP: &str = "\
cargo xtask splink-check [--data DIR] [--keep] [MODEL ...]

Installs the pinned versions of Splink into virtual environments, trains its documentation's models on labelled data, and
compares what the example `splink` makes of the exported settings with Splink's own predictions: the same pairs from the
same blocking rules, gammas exactly, match weights within 1e-9.

  --data DIR   folder of the data sets [default: ../shared/data]
  --keep       take Splink's predictions of an earlier run where they are there
  MODEL ...    only these: fake_1000, febrl3, febrl4, historical_50k, constructs, sample";

/// Versions whose files must be read: the last of Splink 4 and of Splink 5.
const VERSIONS: [&str; 2] = ["5.0.0", "4.0.17"];

/// A model, the folder of its data (none: the bundled sample) and the files in it.
const MODELS: [(&str, &str, &[&str]); 6] = [
    ("fake_1000", "fake_1000", &["fake_1000"]),
    ("febrl3", "febrl3", &["febrl3"]),
    ("febrl4", "febrl4", &["a", "b"]),
    ("historical_50k", "historical_50k", &["historical_50k"]),
    ("constructs", "fake_1000", &["fake_1000"]),
    ("sample", "", &["crm"]),
];

/// Largest difference of two weights that is rounding.
const TOLERANCE: f64 = 1e-9;

pub fn run(arguments: &[String]) -> Verdict {
    let (data, rest) = option(arguments, "--data")?;
    let data = data.map_or_else(|| root().join("..").join("shared").join("data"), PathBuf::from);
    let keep = rest.iter().any(|argument| argument == "--keep");
    let chosen: Vec<String> = rest.into_iter().filter(|argument| argument != "--keep").collect();
    only(&chosen, &MODELS.map(|(name, ..)| name))?;
    if !data.join("INDEX.csv").exists() {
        return Ok(Outcome::Skipped(format!("{} has no data sets", data.display())));
    }
    if !succeeds(Command::new("python3").arg("--version")) {
        return Ok(Outcome::Skipped("there is no python3".into()));
    }
    sh(&mut cargo("build --release --example splink"))?;
    let mut failures = Vec::new();
    println!("{:8} {:16} {:>10} {:>12} {:>9}", "splink", "model", "pairs", "largest", "seconds");
    for version in VERSIONS {
        let python = environment(version)?;
        for (model, folder, files) in
            MODELS.iter().filter(|(name, ..)| chosen.is_empty() || chosen.iter().any(|c| c == name))
        {
            let out = scratch("splink-check")?.join(format!("out-{version}"));
            let reference = out.join(model);
            if !(keep && reference.join("predictions.csv").exists()) {
                let script = root().join("xtask").join("splink").join("reference.py");
                run_quietly(Command::new(&python).arg(script).arg(&data).arg(&out).arg(model))?;
            }
            let folder = match *folder {
                "" => root().join("examples").join("data"),
                folder => data.join(folder),
            };
            let files = files.iter().map(|file| folder.join(file).with_extension("csv"));
            match check(&reference, &files.collect::<Vec<_>>()) {
                Ok((pairs, largest, seconds)) => {
                    println!("{version:8} {model:16} {pairs:>10} {largest:>12.2e} {seconds:>9.2}");
                }
                Err(message) => failures.push(format!("Splink {version}, {model}: {message}")),
            }
        }
    }
    if failures.is_empty() { Ok(Outcome::Passed) } else { Err(failures.join("; ")) }
}

/// The python of a virtual environment with a version of Splink, which is made if need be.
fn environment(version: &str) -> Result<PathBuf, String> {
    let folder = scratch("splink-check")?.join(format!("venv-{version}"));
    let python = folder.join("bin").join("python");
    if !succeeds(Command::new(&python).args(["-c", "import splink"])) {
        run_quietly(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run_quietly(Command::new(&python).args([
            "-m",
            "pip",
            "install",
            "-q",
            &format!("splink=={version}"),
        ]))?;
    }
    Ok(python)
}

/// Pairs, the largest difference of weights, and seconds of the example.
fn check(reference: &Path, files: &[PathBuf]) -> Result<(usize, f64, f64), String> {
    let out = reference.join("quilate.csv");
    let mut command = measure::example("splink")?;
    command.args(files).arg("--settings").arg(reference.join("settings.json")).arg("--out").arg(&out);
    let started = std::time::Instant::now();
    run_quietly(command.arg("--write-settings").arg(reference.join("written.json")))?;
    let seconds = started.elapsed().as_secs_f64();
    let expected = Predictions::read(&reference.join("predictions.csv"))?;
    let found = Predictions::read(&out)?;
    if expected.gammas != found.gammas {
        return Err(format!("comparisons {:?} instead of {:?}", found.gammas, expected.gammas));
    }
    let mut largest = 0f64;
    for (pair, row) in &expected.rows {
        let Some(other) = found.rows.get(pair) else { return Err(format!("{pair:?} is no candidate")) };
        if other.values != row.values {
            return Err(format!("{pair:?} has gammas {:?} instead of {:?}", other.values, row.values));
        }
        largest = largest.max((other.weight - row.weight).abs());
        if (other.weight - row.weight).abs() > TOLERANCE {
            return Err(format!("{pair:?} weighs {} instead of {}", other.weight, row.weight));
        }
    }
    match found.rows.len() == expected.rows.len() {
        true => Ok((found.rows.len(), largest, seconds)),
        false => Err(format!("{} pairs instead of {}", found.rows.len(), expected.rows.len())),
    }
}

/// Predictions by pair.
struct Predictions {
    /// Names of the gammas, in the order of their names.
    gammas: Vec<String>,
    rows: HashMap<Vec<String>, Row>,
}

struct Row {
    weight: f64,
    /// The gammas in the order of their names, and the match key.
    values: Vec<String>,
}

impl Predictions {
    /// Reads a CSV without quotes: ids and numbers.
    fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        let column = |name: &str| {
            let found = header.iter().position(|column| column.eq_ignore_ascii_case(name));
            found.ok_or_else(|| format!("{} has no {name}", path.display()))
        };
        let (weight, left, right, key) =
            (column("match_weight")?, column("id_l")?, column("id_r")?, column("match_key")?);
        let mut gammas: Vec<usize> =
            (0..header.len()).filter(|&at| header[at].starts_with("gamma_")).collect();
        gammas.sort_by_key(|&at| header[at]);
        let mut rows = HashMap::new();
        for line in lines {
            let cells: Vec<&str> = line.split(',').collect();
            let cell = |at: usize| cells.get(at).copied().ok_or_else(|| format!("{line:?} is too short"));
            let values = gammas.iter().chain([&key]).map(|&at| Ok(cell(at)?.to_owned()));
            let row = Row {
                weight: cell(weight)?.parse().map_err(|_| format!("{line:?} has no weight"))?,
                values: values.collect::<Result<_, String>>()?,
            };
            // Ids differ between the sources of one data set.
            rows.insert(vec![cell(left)?.to_owned(), cell(right)?.to_owned()], row);
        }
        Ok(Self { gammas: gammas.iter().map(|&at| header[at].to_owned()).collect(), rows })
    }
}
