//! Running the example `evaluate`, and what it measured.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{cargo, output, root, run as sh};

/// Touchpoints that the example `generate` writes; the bundled sample has the same.
pub const TOUCHPOINTS: [&str; 5] = ["crm", "helpdesk", "newsletter", "shop", "till"];

/// Builds the examples with optimisation.
///
/// # Errors
/// When they do not compile.
pub fn build_examples() -> Result<(), String> {
    sh(&mut cargo("build --release --examples"))
}

/// An example that [`build_examples`] has built.
///
/// # Errors
/// When it is not there.
pub fn example(name: &str) -> Result<Command, String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let path = root().join(target).join("release").join("examples").join(file);
    if !path.exists() {
        return Err(format!("{} was not built", path.display()));
    }
    let mut command = Command::new(path);
    command.current_dir(root());
    Ok(command)
}

/// What `evaluate --json` said.
#[derive(Clone, Debug)]
pub struct Evaluation {
    pub records: f64,
    pub f1: f64,
    pub precision: f64,
    pub recall: f64,
    pub b3_f1: f64,
    pub b3_precision: f64,
    pub b3_recall: f64,
    pub blocking_recall: f64,
    pub candidates_per_record: f64,
    /// Matches that the model expected, by the true ones.
    pub estimate_ratio: f64,
    pub seconds: f64,
    /// Not all systems tell.
    pub peak_megabytes: Option<f64>,
}

impl Evaluation {
    /// Evaluates the touchpoints of a folder that `generate` wrote, without any configuration.
    ///
    /// # Errors
    /// As [`Self::of_files`].
    pub fn of_touchpoints(folder: &Path) -> Result<Self, String> {
        let files = TOUCHPOINTS.map(|name| folder.join(name).with_extension("csv"));
        Self::of_files(&files, &folder.join("truth.csv"), &[])
    }

    /// Evaluates files against a truth.
    ///
    /// # Errors
    /// When the example fails or prints something else than its line.
    pub fn of_files(files: &[PathBuf], truth: &Path, options: &[&str]) -> Result<Self, String> {
        let mut command = example("evaluate")?;
        let line = output(command.args(files).arg("--truth").arg(truth).arg("--json").args(options))?;
        let values: serde_json::Value =
            serde_json::from_str(&line).map_err(|error| format!("evaluate printed no JSON line: {error}"))?;
        let number = |key: &str| values[key].as_f64().ok_or_else(|| format!("evaluate printed no {key}"));
        Ok(Self {
            records: number("all_records")?,
            f1: number("f1")?,
            precision: number("precision")?,
            recall: number("recall")?,
            b3_f1: number("b3_f1")?,
            b3_precision: number("b3_precision")?,
            b3_recall: number("b3_recall")?,
            blocking_recall: number("blocking_recall")?,
            candidates_per_record: number("candidates_per_record")?,
            estimate_ratio: number("estimated_matches")? / number("true_pairs")?.max(1.0),
            seconds: number("seconds")?,
            peak_megabytes: values["peak_bytes"].as_f64().map(|bytes| bytes / 1e6),
        })
    }
}

/// Heads of the columns that `Display` writes.
pub const COLUMNS: &str =
    " records      F1       P       R   B3 F1    B3 P    B3 R   block  cand/r  est/true  seconds  peak MB";

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { records, f1, precision, recall, b3_f1, blocking_recall, .. } = self;
        write!(f, "{records:8} {f1:7.4} {precision:7.4} {recall:7.4} {b3_f1:7.4} ")?;
        write!(f, "{:7.4} {:7.4} {blocking_recall:7.4} ", self.b3_precision, self.b3_recall)?;
        write!(f, "{:7.1} {:9.2} {:8.2} ", self.candidates_per_record, self.estimate_ratio, self.seconds)?;
        match self.peak_megabytes {
            Some(megabytes) => write!(f, "{megabytes:8.0}"),
            None => write!(f, "{:>8}", "unknown"),
        }
    }
}
