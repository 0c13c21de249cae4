//! The command line. Exit codes: 0 done, 1 bad data or configuration, 2 usage.

use std::path::PathBuf;

use clap::Parser;
use quilate::judgement::RecordKey;

/// Turns touchpoint CSVs into golden records.
///
/// Reads one CSV a touchpoint (the file's name without its ending is the source's name), finds out what each column
/// is, finds the records that are one customer, and writes golden records with the origin of every cell. Without files
/// it consolidates the bundled sample.
#[derive(Debug, Parser)]
#[command(name = "consolidate", version, about, long_about)]
pub struct Arguments {
    /// Touchpoint CSVs; any delimiter and encoding
    pub files: Vec<PathBuf>,

    /// CSV of what happened (orders, calls, mailings ...) to records of the touchpoints; repeatable
    #[arg(long, value_name = "FILE")]
    pub interactions: Vec<PathBuf>,

    /// File that remembers erased customers as salted hashes; their records are left out wherever they come from
    #[arg(long, value_name = "FILE")]
    pub tombstones: Option<PathBuf>,

    /// Erase the customer of this record (source:id), now and in all runs with the same tombstones; repeatable
    #[arg(long, value_name = "RECORD", requires = "tombstones")]
    pub erase: Vec<RecordKey>,

    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,

    /// Folder that keeps customer numbers and judgements from run to run; also writes events.csv and review.csv
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,

    /// Configuration (TOML); options on the command line win over it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Write the configuration with the detected columns, to be edited and fed back by --config, and stop
    #[arg(long, value_name = "FILE")]
    pub write_config: Option<PathBuf>,

    /// CSV of labelled pairs to train on: source_l, id_l, source_r, id_r, label (1 or 0); or a file of judgements
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,

    /// Score with this model instead of training one; made by --write-model
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,

    /// Also write the trained model, for later runs with --model
    #[arg(long, value_name = "FILE")]
    pub write_model: Option<PathBuf>,

    /// Column of the record id [default: detected, else the line number]
    #[arg(long, value_name = "COLUMN")]
    pub id: Option<String>,

    /// Column that names the source of each record, in a file that holds several
    #[arg(long, value_name = "COLUMN")]
    pub source_column: Option<String>,

    /// Column that is never evidence but carried to the golden record; repeatable
    #[arg(long, value_name = "COLUMN")]
    pub ignore: Vec<String>,

    /// Ignored columns are not carried either
    #[arg(long, requires = "ignore")]
    pub drop: bool,

    /// Only link across sources: each source holds no duplicates
    #[arg(long, conflicts_with = "dedupe")]
    pub link_only: bool,

    /// Only find duplicates within each source [default: both]
    #[arg(long)]
    pub dedupe: bool,

    /// Match probability from which records are merged, between 0 and 1 [default: chosen by the model]
    #[arg(long, value_name = "P")]
    pub threshold: Option<f64>,

    /// What matching may hold in memory, as 800MB or 2GB; what does not fit goes to a scratch file in the results' folder
    #[arg(long, value_name = "SIZE")]
    pub memory_limit: Option<String>,

    /// Print what this configuration (TOML) would change, and stop: customers merged and split, values by field
    #[arg(long, value_name = "FILE", conflicts_with = "plan")]
    pub what_if: Option<PathBuf>,

    /// Print what the run would compare, find and cost, and rules that would do, and stop
    #[arg(long)]
    pub plan: bool,

    /// Pairs that the rules suggested by --plan may make [default: as many as the run compares]
    #[arg(long, value_name = "N", requires = "plan")]
    pub pair_budget: Option<u64>,

    /// Threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,

    /// Seed of all sampling
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Day of the run, as 2026-01-31: dates after it lie in the future
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,

    /// Also write pairs.csv
    #[arg(long)]
    pub pairs: bool,

    /// Tell why, or why not, two records (source:id) are one customer; of one record, what holds its customer together
    #[arg(long, value_names = ["A", "B"], num_args = 1..=2)]
    pub explain: Option<Vec<String>>,

    /// Print nothing but errors
    #[arg(long, conflicts_with = "json")]
    pub quiet: bool,

    /// Show progress bars (on a terminal they are shown anyway, unless --quiet)
    #[arg(long, conflicts_with = "quiet")]
    pub progress: bool,

    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
}
