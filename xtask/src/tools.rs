//! The tasks that are little more than another program.

use crate::shell::{Outcome, Verdict, cargo, cargo_on, only, output, program, root, run as sh, succeeds};

pub const DENY_HELP: &str = "\
cargo xtask deny

Checks licences, duplicate versions and sources of all dependencies against deny.toml, without network: what is not
downloaded yet has to be fetched first (`cargo fetch`). Needs cargo-deny (`cargo install cargo-deny --locked`).";

pub fn deny(arguments: &[String]) -> Verdict {
    only(arguments, &[])?;
    if !succeeds(&mut cargo("deny --version")) {
        return Ok(Outcome::Skipped("cargo-deny is not installed".into()));
    }
    sh(&mut cargo("deny --offline --all-features check licenses bans sources"))?;
    Ok(Outcome::Passed)
}

pub const CONFORMANCE_HELP: &str = "\
cargo xtask conformance [--failures]

Runs the published test cases of libphonenumber, python-stdnum, isemail, validator.js, mailcheck, libpostal, nameparser and
others that lie in ../shared/reference, and prints passed and total by suite; docs/conformance.md says what the differences
are. With --failures each case that differs is shown.";

pub fn conformance(arguments: &[String]) -> Verdict {
    only(arguments, &["--failures"])?;
    let mut tests = cargo("test --release --quiet --test conformance -- --nocapture");
    if arguments.iter().any(|argument| argument == "--failures") {
        tests.env("CONFORMANCE_FAILURES", "1");
    }
    sh(&mut tests)?;
    Ok(Outcome::Passed)
}

pub const COVERAGE_HELP: &str = "\
cargo xtask coverage [--missing]

Measures how many entries of the lists in ../shared/reference the resources know (nicknames, legal forms, street words,
fillers), by language, and fails below 80 % of the Spanish and English entries or 60 % of the others. With --missing each
entry that is not known is shown.";

pub fn coverage(arguments: &[String]) -> Verdict {
    only(arguments, &["--missing"])?;
    let lists = root().join("..").join("shared").join("reference");
    if !lists.is_dir() {
        return Ok(Outcome::Skipped(format!("{} is not there", lists.display())));
    }
    let mut tests = cargo("test --quiet --test coverage -- --nocapture");
    if arguments.iter().any(|argument| argument == "--missing") {
        tests.env("COVERAGE_MISSING", "1");
    }
    sh(&mut tests)?;
    Ok(Outcome::Passed)
}

pub const MSRV_HELP: &str = "\
cargo xtask msrv

Compiles the library, with all features and with none, by the `rust-version` of Cargo.toml when that toolchain is
installed. Otherwise it only checks that the toolchain in use is not older, and says so.";

pub fn msrv(arguments: &[String]) -> Verdict {
    only(arguments, &[])?;
    let promised = promised_version()?;
    let installed = output(&mut program("rustup", "toolchain list")).unwrap_or_default();
    let exact = installed.lines().find(|line| version(line).is_some_and(|version| version == promised));
    if let Some(line) = exact {
        let toolchain = line.split_whitespace().next().unwrap_or(line);
        sh(&mut cargo_on(toolchain, "check --package quilate --lib --all-features"))?;
        sh(&mut cargo_on(toolchain, "check --package quilate --lib --no-default-features"))?;
        return Ok(Outcome::Passed);
    }
    let (major, minor) = promised;
    let current = output(&mut program("rustc", "--version"))?;
    let used =
        current.split_whitespace().nth(1).and_then(version).ok_or("rustc does not tell its version")?;
    match used.cmp(&promised) {
        std::cmp::Ordering::Less => Err(format!("{} is older than {major}.{minor}", current.trim())),
        std::cmp::Ordering::Equal => {
            sh(&mut cargo("check --package quilate --lib --all-features"))?;
            sh(&mut cargo("check --package quilate --lib --no-default-features"))?;
            Ok(Outcome::Passed)
        }
        std::cmp::Ordering::Greater => Ok(Outcome::Skipped(format!(
            "toolchain {major}.{minor} is not installed; {} is newer, which proves nothing",
            current.trim()
        ))),
    }
}

/// `rust-version` of the workspace.
fn promised_version() -> Result<(u32, u32), String> {
    let path = root().join("Cargo.toml");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let line = text.lines().find_map(|line| line.strip_prefix("rust-version = "));
    line.and_then(|value| version(value.trim_matches('"'))).ok_or("Cargo.toml has no rust-version".into())
}

/// Major and minor at the start of `1.95.0-x86_64-unknown-linux-gnu`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split(['.', '-', ' ']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

pub const BENCH_HELP: &str = "\
cargo xtask bench [BENCH ...]

Runs all benchmarks, or those of the named files in benches/. The report is in target/criterion.";

pub fn bench(arguments: &[String]) -> Verdict {
    let mut command = cargo("bench");
    match arguments {
        [] => command.arg("--benches"),
        names => command.args(names.iter().flat_map(|name| ["--bench", name])),
    };
    sh(&mut command)?;
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_of_toolchains() {
        let cases = [
            ("1.95", Some((1, 95))),
            ("1.95.0-x86_64-unknown-linux-gnu", Some((1, 95))),
            ("2.0.1 (default)", Some((2, 0))),
            ("stable-x86_64-unknown-linux-gnu", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(version(text), expected, "{text}");
        }
    }
}
