//! `cargo xtask fuzz`: runs the targets of `fuzz/`.

use std::path::Path;

use crate::shell::{
    Outcome, Verdict, cargo, cargo_on, option, root, run as sh, run_quietly, scratch, succeeds,
};

pub const HELP: &str = "\
cargo xtask fuzz [--short | --seconds N] [TARGET ...]

Runs each fuzz target (or the named ones) from the seeds in fuzz/seeds. The targets check contracts, not only crashes: the
original is kept, canonical forms are stable, nobody disappears, the same input gives the same answer. An input that
breaks one is kept in fuzz/artifacts, and `cargo +nightly fuzz run TARGET FILE` runs it again.

  --short      a fixed number of runs from a fixed seed, a minute in all
  --seconds N  seconds for each target [default: 60]

Needs a nightly toolchain and cargo-fuzz (`cargo install cargo-fuzz --locked`); without them it says so and stops.";

/// Runs of each target with `--short`. A run of the pipeline resolves two tables, one of the C interface up to as many as it has
/// calls.
const SHORT_RUNS: [(&str, u32); 3] = [("capi", 400), ("pipeline", 600), ("", 3000)];

/// Longest input of each target. Cells longer than this are rare, and what fails does so on short ones; a sequence of calls
/// holds the tables of all of them.
const MAX_BYTES: [(&str, u32); 2] = [("capi", 800), ("", 400)];

/// What a table of targets says of one; the nameless line is that of all others.
fn setting(table: &[(&str, u32)], target: &str) -> u32 {
    table.iter().find(|(name, _)| *name == target || name.is_empty()).map_or(0, |&(_, value)| value)
}

pub fn run(arguments: &[String]) -> Verdict {
    let (seconds, rest) = option(arguments, "--seconds")?;
    let seconds: u32 =
        seconds.unwrap_or("60").parse().map_err(|_| "--seconds takes a whole number".to_owned())?;
    let short = rest.iter().any(|argument| argument == "--short");
    let chosen: Vec<&String> = rest.iter().filter(|argument| *argument != "--short").collect();
    if !succeeds(&mut cargo_on("nightly", "--version")) {
        return Ok(Outcome::Skipped("no nightly toolchain is installed".into()));
    }
    if !succeeds(&mut cargo("fuzz --version")) {
        return Ok(Outcome::Skipped("cargo-fuzz is not installed".into()));
    }
    let targets = targets()?;
    if let Some(name) = chosen.iter().find(|name| !targets.contains(name)) {
        return Err(format!("no target is called {name:?}; there are {}", targets.join(", ")));
    }
    let mut failed = Vec::new();
    sh(&mut cargo_on("nightly", "fuzz build"))?;
    for target in targets.iter().filter(|target| chosen.is_empty() || chosen.contains(target)) {
        // A short run starts from the seeds alone, so that it is the same run everywhere.
        let corpus =
            if short { fresh_corpus(target)? } else { root().join("fuzz").join("corpus").join(target) };
        plant_seeds(target, &corpus)?;
        let limit = match short {
            true => format!("-runs={}", setting(&SHORT_RUNS, target)),
            false => format!("-max_total_time={seconds}"),
        };
        let mut command = cargo_on("nightly", &format!("fuzz run {target}"));
        command.arg(&corpus).args([
            "--",
            "-seed=1",
            "-verbosity=0",
            &format!("-max_len={}", setting(&MAX_BYTES, target)),
            &limit,
        ]);
        if run_quietly(&mut command).is_err() {
            failed.push(target.as_str());
        }
    }
    if failed.is_empty() { Ok(Outcome::Passed) } else { Err(format!("broken: {}", failed.join(", "))) }
}

/// Names of the files in fuzz/fuzz_targets.
fn targets() -> Result<Vec<String>, String> {
    let folder = root().join("fuzz").join("fuzz_targets");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let stems =
        entries.filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_string_lossy().into_owned()));
    let mut targets: Vec<String> = stems.collect();
    targets.sort();
    Ok(targets)
}

fn fresh_corpus(target: &str) -> Result<std::path::PathBuf, String> {
    let corpus = scratch("fuzz")?.join(target);
    if corpus.exists() {
        std::fs::remove_dir_all(&corpus).map_err(|error| format!("{}: {error}", corpus.display()))?;
    }
    Ok(corpus)
}

/// Each line of the target's seeds becomes a file of the corpus: text as it stands in `.txt`, or bytes in `.hex`, whose lines
/// that begin with `#` are comments.
fn plant_seeds(target: &str, corpus: &Path) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", corpus.display());
    std::fs::create_dir_all(corpus).map_err(fail)?;
    let seeds = root().join("fuzz").join("seeds").join(target);
    if let Ok(text) = std::fs::read_to_string(seeds.with_extension("hex")) {
        for (number, line) in text.lines().filter(|line| !line.starts_with('#')).enumerate() {
            std::fs::write(corpus.join(format!("seed-{number}")), bytes_of(line)?).map_err(fail)?;
        }
    }
    let seeds = seeds.with_extension("txt");
    let Ok(text) = std::fs::read_to_string(&seeds) else { return Ok(()) };
    for (number, line) in text.lines().enumerate() {
        // Files that span lines write them as \n.
        std::fs::write(corpus.join(format!("seed-{number}")), line.replace("\\n", "\n")).map_err(fail)?;
    }
    Ok(())
}

/// The bytes that pairs of hexadecimal digits stand for.
fn bytes_of(hex: &str) -> Result<Vec<u8>, String> {
    let byte = |at| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let bytes: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(byte).collect();
    bytes.ok_or_else(|| format!("{hex:?} is not hexadecimal"))
}

#[cfg(test)]
mod tests {
    use super::bytes_of;

    #[test]
    fn bytes_of_digits() {
        assert_eq!(bytes_of("00ff4a"), Ok(vec![0, 255, 74]));
        assert_eq!(bytes_of(""), Ok(Vec::new()));
        for wrong in ["0", "0g", "é0"] {
            assert!(bytes_of(wrong).is_err(), "{wrong}");
        }
    }
}
