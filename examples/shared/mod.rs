//! What the programs share: the bundled sample, reading, the day of the run, and how they end.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use quilate::detect::is_secret_header;
use quilate::io::csv::{ReadOptions, read_path};
use quilate::normalize::date::civil_from_days;
use quilate::{Config, Error, ErrorKind, Issues, RecordId, RecordKey, Resolution, Result, Source, Table};

/// The day on which the bundled sample was written.
pub const SAMPLE_DAY: (i16, u8, u8) = (2025, 6, 30);

/// The touchpoints of the bundled sample.
pub const TOUCHPOINTS: [&str; 5] = ["crm", "helpdesk", "newsletter", "shop", "till"];

/// A file of the bundled sample.
///
/// # Errors
/// [`ErrorKind::Io`] when it is not there.
pub fn sample_file(name: &str) -> Result<PathBuf> {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join("data").join(name).with_extension("csv");
    if file.exists() {
        return Ok(file);
    }
    Err(Error::new(ErrorKind::Io, "the bundled sample is not there")
        .at(file.display().to_string())
        .cure("name your own files"))
}

/// The files of a run.
pub struct Files {
    /// The touchpoints.
    pub touchpoints: Vec<PathBuf>,
    /// What happened.
    pub interactions: Vec<PathBuf>,
    /// Whether they are the bundled sample, because no touchpoint was named.
    pub is_sample: bool,
}

impl Files {
    /// Those that were named; without touchpoints the bundled sample, with its own interactions unless others were named.
    ///
    /// # Errors
    /// As [`sample_file`].
    pub fn named(touchpoints: &[PathBuf], interactions: &[PathBuf]) -> Result<Self> {
        let mut files = Self {
            touchpoints: touchpoints.to_vec(),
            interactions: interactions.to_vec(),
            is_sample: touchpoints.is_empty(),
        };
        if files.is_sample {
            files.touchpoints = TOUCHPOINTS.into_iter().map(sample_file).collect::<Result<_>>()?;
            if interactions.is_empty() {
                files.interactions.push(sample_file("interactions")?);
            }
        }
        Ok(files)
    }
}

/// Prints what a run has to say; exit code 1 when it failed.
#[allow(dead_code, reason = "consolidate prints while it runs")]
pub fn told(result: Result<String>) -> ExitCode {
    match result {
        Ok(text) => {
            // Who closes the pipe has read enough.
            let _ = writeln!(std::io::stdout(), "{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(1)
        }
    }
}

/// The text of a file that an option names.
///
/// # Errors
/// [`ErrorKind::Io`] naming it.
pub fn read_text(path: &Path, what: &str) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| {
        Error::new(ErrorKind::Io, format!("the {what} cannot be read ({})", error.kind()))
            .at(path.display().to_string())
    })
}

/// The record of a key.
///
/// # Errors
/// [`ErrorKind::UnknownRecord`].
#[allow(dead_code, reason = "not every program that shares this module asks for records")]
pub fn find(resolution: &Resolution, key: &RecordKey) -> Result<RecordId> {
    resolution.records().find(&key.source, &key.id).ok_or_else(|| {
        Error::new(ErrorKind::UnknownRecord, "no such record")
            .at(key.to_string())
            .cure("name it as source:id, as in xref.csv")
    })
}

/// Reads interaction files; columns with secrets are not even read in.
///
/// # Errors
/// As [`read_path`].
#[allow(dead_code, reason = "not every program that shares this module reads interactions")]
pub fn read_interactions(files: &[PathBuf], issues: &mut Issues) -> Result<Vec<Source>> {
    let read = |path: &PathBuf| {
        let read = read_path(path, &ReadOptions::new().skip_field(&is_secret_header))?;
        issues.merge(read.issues);
        Ok(read.source)
    };
    files.iter().map(read).collect()
}

/// Reads touchpoints into a table.
///
/// # Errors
/// As [`read_path`] and [`Table::new`].
#[allow(dead_code, reason = "not every program that shares this module reads tables")]
pub fn read_table(files: &[PathBuf], issues: &mut Issues) -> Result<Table> {
    Table::new(read_interactions(files, issues)?)
}

/// The day of the run: the configured one, else that of the sample, else today. Only a program may ask the clock.
pub fn day_of_run(config: &Config, is_sample: bool) -> (i16, u8, u8) {
    let today = || {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        civil_from_days(i64::try_from(seconds / 86_400).unwrap_or(0)).unwrap_or(SAMPLE_DAY)
    };
    config.reference_day().unwrap_or_else(|| if is_sample { SAMPLE_DAY } else { today() })
}

/// A salt that nobody can guess: SipHash under keys of the operating system's randomness.
///
/// # Errors
/// None in practice: the text is made here.
#[allow(dead_code, reason = "not every program that shares this module erases")]
pub fn new_salt() -> Result<quilate::history::Salt> {
    use std::hash::{BuildHasher, RandomState};
    let keys = RandomState::new();
    let text: String = (0..4u64).map(|part| format!("{:016x}", keys.hash_one(part))).collect();
    quilate::history::Salt::from_hex(&text)
}
