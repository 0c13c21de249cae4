//! `cargo xtask test`: all gates, one after the other.

use std::time::Instant;

use crate::measure::{self, Evaluation};
use crate::shell::{Outcome, Verdict, cargo, output, root, run as sh, scratch};
use crate::{api, capi, fuzz, python, quality, tools};

pub const HELP: &str = "\
cargo xtask test [GATE ...]

Runs all gates, or the named ones, and goes on after a failure, so that one run tells everything. Gates:

  fmt       formatting
  clippy    no warning in any target, all features
  docs      documentation builds without a warning
  core      the library builds and passes its tests without features
  msrv      cargo xtask msrv
  deny      cargo xtask deny
  api       cargo xtask api
  fuzz      cargo xtask fuzz --short
  capi      cargo xtask capi
  python    cargo xtask python
  coverage  cargo xtask coverage, where the reference lists are
  examples  every example runs; the bundled sample is resolved with pairwise F1 of at least 0.97
  bench     every benchmark runs once, for the answers that it asserts
  quality   cargo xtask quality, where the labelled data is
  test      unit, integration and documentation tests with default features";

/// Pairwise F1 that the bundled sample must reach.
const SAMPLE_F1: f64 = 0.97;

type Gate = (&'static str, fn() -> Verdict);

/// Quick ones first; the tests last, so that their output stands next to the summary.
const GATES: [Gate; 15] = [
    ("fmt", || all(&["fmt --all --check"])),
    ("clippy", || all(&["clippy --workspace --all-targets --all-features -- --deny warnings"])),
    ("docs", docs),
    ("core", || all(&["build --lib --no-default-features", "test --lib --no-default-features"])),
    ("msrv", || tools::msrv(&[])),
    ("deny", || tools::deny(&[])),
    ("api", || api::run(&[])),
    ("fuzz", || fuzz::run(&["--short".to_owned()])),
    ("capi", || capi::run(&[])),
    // Behind it, since the wheel holds the library that it has built.
    ("python", || python::run(&[])),
    ("coverage", || tools::coverage(&[])),
    ("examples", examples),
    ("bench", || all(&["bench --benches -- --test"])),
    ("quality", || quality::run(&[])),
    ("test", || all(&["test --workspace"])),
];

pub fn run(arguments: &[String]) -> Verdict {
    if let Some(name) = arguments.iter().find(|name| !GATES.iter().any(|(gate, _)| gate == name)) {
        return Err(format!("no gate is called {name:?}; see --help"));
    }
    let mut lines = Vec::new();
    let mut failed = Vec::new();
    for (name, gate) in GATES {
        if !arguments.is_empty() && !arguments.iter().any(|argument| argument == name) {
            continue;
        }
        println!("\n=== {name}");
        let started = Instant::now();
        let verdict = gate();
        let seconds = started.elapsed().as_secs_f64();
        let (word, detail) = match verdict {
            Ok(Outcome::Passed) => ("ok", String::new()),
            Ok(Outcome::Skipped(why)) => ("skipped", why),
            Err(message) => {
                failed.push(name);
                ("FAILED", message)
            }
        };
        lines.push(format!("{name:9} {word:8} {seconds:7.1} s  {detail}"));
    }
    println!("\n{}", lines.join("\n"));
    if failed.is_empty() { Ok(Outcome::Passed) } else { Err(failed.join(", ")) }
}

fn all(commands: &[&str]) -> Verdict {
    commands.iter().try_for_each(|words| sh(&mut cargo(words)))?;
    Ok(Outcome::Passed)
}

fn docs() -> Verdict {
    sh(cargo("doc --workspace --no-deps --all-features").env("RUSTDOCFLAGS", "--deny warnings"))?;
    Ok(Outcome::Passed)
}

/// Runs each example as a user would, on the bundled sample.
fn examples() -> Verdict {
    measure::build_examples()?;
    let out = scratch("sample")?;
    let mut consolidate = measure::example("consolidate")?;
    // Without files it takes the bundled sample.
    sh(consolidate.arg("--quiet").arg("--out").arg(&out))?;
    for file in ["golden.csv", "xref.csv"] {
        let path = out.join(file);
        let length = std::fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?.len();
        if length == 0 {
            return Err(format!("{} is empty", path.display()));
        }
    }
    let generated = scratch("generated_500")?;
    sh(measure::example("generate")?.args(["--records", "500", "--out"]).arg(&generated))?;
    let sample = root().join("examples").join("data");
    let evaluation = Evaluation::of_touchpoints(&sample)?;
    println!("bundled sample: {evaluation}");
    if evaluation.f1 < SAMPLE_F1 {
        return Err(format!("F1 {:.4} on the bundled sample, at least {SAMPLE_F1} is asked", evaluation.f1));
    }
    let help = output(measure::example("evaluate")?.arg("--help"))?;
    if help.contains("--truth") {
        Ok(Outcome::Passed)
    } else {
        Err("evaluate --help does not name --truth".into())
    }
}
