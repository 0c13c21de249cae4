//! The published test cases of the specialists, when they lie beside the checkout: passed and total by suite.
//!
//! `cargo xtask conformance` runs this with its table; `docs/conformance.md` has the figures with the reason for each kind of
//! difference. A suite that falls below its floor fails.
#![cfg(feature = "csv")]

#[path = "conformance/addresses.rs"]
mod addresses;
#[path = "conformance/contacts.rs"]
mod contacts;
#[path = "conformance/identifiers.rs"]
mod identifiers;
#[path = "conformance/names.rs"]
mod names;

use std::path::PathBuf;

use serde_json::Value;

/// How many cases of a suite agree.
#[derive(Default)]
pub(crate) struct Score {
    passed: usize,
    total: usize,
    failures: Vec<String>,
}

impl Score {
    /// Counts a case; a failure is shown when `CONFORMANCE_FAILURES` is set.
    pub(crate) fn case(&mut self, passed: bool, describe: impl FnOnce() -> String) {
        self.total += 1;
        if passed {
            self.passed += 1;
        } else if std::env::var_os("CONFORMANCE_FAILURES").is_some() {
            self.failures.push(describe());
        }
    }
}

/// One suite: what it is called, the fewest cases that pass, and how it is run. `None` when its files are not there.
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    pub(crate) floor: usize,
    pub(crate) run: fn() -> Option<Score>,
}

/// The text of a file of `../shared/reference`.
pub(crate) fn text(path: &str) -> Option<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference");
    std::fs::read_to_string(root.join(path)).ok()
}

/// The records of a file with one JSON value a line.
pub(crate) fn lines(path: &str) -> Option<Vec<Value>> {
    let text = text(path)?;
    Some(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// A field as text; empty when it is null or missing.
pub(crate) fn field<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

#[test]
fn suites_reach_their_floors() {
    let suites = [contacts::SUITES, identifiers::SUITES, addresses::SUITES, names::SUITES];
    let mut below = Vec::new();
    println!("| suite | passed | total |\n|---|---:|---:|");
    for suite in suites.into_iter().flatten() {
        let Some(score) = (suite.run)() else {
            println!("{}: not found, skipped", suite.name);
            continue;
        };
        println!("| {} | {} | {} |", suite.name, score.passed, score.total);
        score.failures.iter().for_each(|failure| println!("    {failure}"));
        if score.passed < suite.floor {
            below.push(format!("{}: {} of {}, floor {}", suite.name, score.passed, score.total, suite.floor));
        }
    }
    assert!(below.is_empty(), "{}", below.join("; "));
}
