//! `cargo xtask quality`: precision, recall, time and memory on labelled data, against pinned floors.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::ablation;
use crate::measure::{self, COLUMNS, Evaluation};
use crate::shell::{Outcome, Verdict, only, option, root, run as sh, scratch};
use crate::variants::{self, VARIANTS};

pub const HELP: &str = "\
cargo xtask quality [--data DIR] [--pin] [SET ...]
cargo xtask quality [--data DIR] --ablation

Resolves each labelled data set with `--id id` and nothing else, and generated data without anything, prints one table,
and fails where a set falls below its floor in xtask/floors.csv (set, min_f1, min_precision), or where a generated set
takes three times its budget of seconds (machines are noisy) or more than its budget of memory. Variants of one set (1 %,
10 % and 60 % duplicates, columns left out) must keep a precision of 0.9 and an estimate of their matches within 15 %.

  --data DIR   folder of the data sets, listed in its INDEX.csv [default: ../shared/data]; without it only generated
               data is measured
  --pin        raise the floors to what was measured, less a margin for rounding; floors are never lowered
  --ablation   no floors, but what each kind of attribute is worth: F1 with it, with its columns declared as plain text,
               and without them, on generated touchpoints and on customers_10000
  SET ...      only these sets; generated ones are called register, generated_100000 and generated_1000000, variants
               duplicates_1, duplicates_10, duplicates_60, dropped_2a to dropped_2c and dropped_4a to dropped_4c";

/// Below what was measured by this much is no news: estimates by sampling differ by less.
const MARGIN: f64 = 0.002;

/// A generated set with what its run may cost on two cores.
struct Generated {
    name: &'static str,
    profile: &'static str,
    records: &'static str,
    seconds: f64,
    megabytes: f64,
}

const GENERATED: [Generated; 3] = [
    Generated { name: "register", profile: "register", records: "100000", seconds: 10.0, megabytes: 400.0 },
    Generated {
        name: "generated_100000",
        profile: "customers",
        records: "100000",
        seconds: 5.0,
        megabytes: 200.0,
    },
    Generated {
        name: "generated_1000000",
        profile: "customers",
        records: "1000000",
        seconds: 60.0,
        megabytes: 800.0,
    },
];

/// Times the budget of seconds at which a run fails.
const SECONDS_TOLERANCE: f64 = 3.0;

/// What a set must reach.
#[derive(Clone, Copy, Default)]
struct Floor {
    f1: f64,
    precision: f64,
}

pub fn run(arguments: &[String]) -> Verdict {
    let (data, rest) = option(arguments, "--data")?;
    let data = data.map_or_else(|| root().join("..").join("shared").join("data"), PathBuf::from);
    if rest.iter().any(|argument| argument == "--ablation") {
        measure::build_examples()?;
        return ablation::run(&data).map(|()| Outcome::Passed);
    }
    let pin = rest.iter().any(|argument| argument == "--pin");
    let chosen: Vec<String> = rest.into_iter().filter(|argument| argument != "--pin").collect();
    let labelled = if data.join("INDEX.csv").exists() { set_names(&data)? } else { Vec::new() };
    if labelled.is_empty() {
        println!("{} has no INDEX.csv: only generated data is measured", data.display());
    }
    let generated = GENERATED.iter().map(|set| set.name);
    // They are made of a labelled set.
    let made = VARIANTS.iter().filter(|_| !labelled.is_empty()).map(|variant| variant.name);
    let known: Vec<&str> = labelled.iter().map(String::as_str).chain(made).chain(generated).collect();
    only(&chosen, &known)?;
    measure::build_examples()?;
    let floors_path = root().join("xtask").join("floors.csv");
    let mut floors = read_floors(&floors_path)?;
    let mut failures = Vec::new();
    println!("{:18} {COLUMNS}", "set");
    for name in known.iter().filter(|name| chosen.is_empty() || chosen.iter().any(|set| set == *name)) {
        let generated = GENERATED.iter().find(|set| set.name == *name);
        let variant = VARIANTS.iter().find(|variant| variant.name == *name);
        let evaluation = match (generated, variant) {
            (Some(set), _) => evaluate_generated(set),
            (_, Some(variant)) => evaluate_variant(variant, &data),
            (None, None) => evaluate_set(&data.join(name)),
        };
        let evaluation = match evaluation {
            Ok(evaluation) => evaluation,
            Err(message) => {
                failures.push(format!("{name}: {message}"));
                continue;
            }
        };
        let floor = floors.entry((*name).to_owned()).or_default();
        let mut wrong = below(&evaluation, *floor);
        wrong.extend(generated.and_then(|set| over_budget(&evaluation, set)));
        wrong.extend(variant.map(|_| variants::wrong(&evaluation)).into_iter().flatten());
        println!(
            "{name:18} {evaluation}{}",
            if wrong.is_empty() { "" } else { "  <- " }.to_owned() + &wrong.join(", ")
        );
        failures.extend(wrong.iter().map(|wrong| format!("{name}: {wrong}")));
        floor.f1 = floor.f1.max(lowered(evaluation.f1));
        floor.precision = floor.precision.max(lowered(evaluation.precision));
    }
    if pin {
        write_floors(&floors_path, &floors)?;
    }
    if !failures.is_empty() {
        return Err(failures.join("; "));
    }
    match labelled.is_empty() {
        true => Ok(Outcome::Skipped(
            "the labelled data sets are not here; generated data is within its floors".into(),
        )),
        false => Ok(Outcome::Passed),
    }
}

/// Names in the first column of INDEX.csv.
fn set_names(data: &Path) -> Result<Vec<String>, String> {
    let index = read(&data.join("INDEX.csv"))?;
    Ok(index.lines().skip(1).filter_map(|line| line.split(',').next()).map(str::to_owned).collect())
}

/// All CSVs of the folder but the truth are sources.
fn evaluate_set(folder: &Path) -> Result<Evaluation, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "csv") && !path.ends_with("truth.csv"));
    files.sort();
    Evaluation::of_files(&files, &folder.join("truth.csv"), &["--id", "id"])
}

fn evaluate_generated(set: &Generated) -> Result<Evaluation, String> {
    let folder = scratch(set.name)?;
    let arguments = ["--profile", set.profile, "--records", set.records, "--out"];
    sh(measure::example("generate")?.args(arguments).arg(&folder))?;
    let evaluation = match set.profile {
        "customers" => Evaluation::of_touchpoints(&folder),
        _ => evaluate_set(&folder),
    };
    std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    evaluation
}

fn evaluate_variant(variant: &variants::Variant, data: &Path) -> Result<Evaluation, String> {
    let folder = scratch(variant.name)?;
    let evaluation = variants::evaluate(variant, data, &folder);
    std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    evaluation
}

fn below(evaluation: &Evaluation, floor: Floor) -> Vec<String> {
    let figures = [("F1", evaluation.f1, floor.f1), ("precision", evaluation.precision, floor.precision)];
    let missed = figures.into_iter().filter(|(_, figure, floor)| figure < floor);
    missed.map(|(name, figure, floor)| format!("{name} {figure:.4} is below its floor {floor}")).collect()
}

fn over_budget(evaluation: &Evaluation, set: &Generated) -> Option<String> {
    if evaluation.seconds > SECONDS_TOLERANCE * set.seconds {
        return Some(format!("{:.1} s are far over the budget of {} s", evaluation.seconds, set.seconds));
    }
    let megabytes = evaluation.peak_megabytes?;
    (megabytes > set.megabytes)
        .then(|| format!("{megabytes:.0} MB are over the budget of {} MB", set.megabytes))
}

/// A figure as it is pinned: less the margin, in thousandths.
fn lowered(figure: f64) -> f64 {
    ((figure - MARGIN).max(0.0) * 1000.0).floor() / 1000.0
}

fn read_floors(path: &Path) -> Result<BTreeMap<String, Floor>, String> {
    let text = read(path)?;
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1).filter(|line| !line.is_empty());
    rows.map(|line| {
        let wrong = || format!("{}: {line:?} is not set,min_f1,min_precision", path.display());
        let mut cells = line.split(',');
        let name = cells.next().ok_or_else(wrong)?.to_owned();
        let mut number = || cells.next().and_then(|cell| cell.parse().ok()).ok_or_else(wrong);
        Ok((name, Floor { f1: number()?, precision: number()? }))
    })
    .collect()
}

fn write_floors(path: &Path, floors: &BTreeMap<String, Floor>) -> Result<(), String> {
    let text = read(path)?;
    let mut out: String =
        text.lines().filter(|line| line.starts_with('#')).flat_map(|line| [line, "\n"]).collect();
    out.push_str("set,min_f1,min_precision\n");
    for (name, floor) in floors {
        writeln!(out, "{name},{:.3},{:.3}", floor.f1, floor.precision).map_err(|error| error.to_string())?;
    }
    std::fs::write(path, out).map_err(|error| format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
