//! What the programs share: the bundled sample, reading, and the day of the run.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use quilate::detect::is_secret_header;
use quilate::io::csv::{ReadOptions, read_path};
use quilate::normalize::date::civil_from_days;
use quilate::{Config, Error, ErrorKind, Issues, Result, Source, Table};

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
