//! `cargo xtask api`: the public interface, as committed in api.txt.

use std::collections::BTreeSet;

use crate::shell::{Outcome, Verdict, cargo, cargo_on, only, output, root, succeeds};

pub const HELP: &str = "\
cargo xtask api [--bless]

Lists all public items of the library and compares them with api.txt, so that no interface changes unseen. What is only in
api.txt is shown with -, what is new with +.

  --bless   write api.txt anew; commit it together with the change, and a line in the CHANGELOG if users can notice

Needs a nightly toolchain and cargo-public-api (`cargo install cargo-public-api --locked`) of a version that reads this
nightly's documentation format; without them it says so and stops.";

/// Differences shown; more are a new api.txt.
const SHOWN: usize = 40;

pub fn run(arguments: &[String]) -> Verdict {
    only(arguments, &["--bless"])?;
    if !succeeds(&mut cargo_on("nightly", "--version")) {
        return Ok(Outcome::Skipped("no nightly toolchain is installed".into()));
    }
    if !succeeds(&mut cargo("public-api --version")) {
        return Ok(Outcome::Skipped("cargo-public-api is not installed".into()));
    }
    // Blanket and auto-trait implementations follow from the rest.
    let words =
        "public-api --package quilate --all-features --color never --omit blanket-impls,auto-trait-impls";
    let listed = output(&mut cargo_on("nightly", words))?;
    let path = root().join("api.txt");
    let fail = |error: std::io::Error| format!("{}: {error}", path.display());
    if arguments.iter().any(|argument| argument == "--bless") {
        std::fs::write(&path, &listed).map_err(fail)?;
        println!("api.txt has {} items", listed.lines().count());
        return Ok(Outcome::Passed);
    }
    let committed = std::fs::read_to_string(&path).map_err(fail)?;
    let differences = differences(&committed, &listed);
    for line in differences.iter().take(SHOWN) {
        println!("{line}");
    }
    match differences.len() {
        0 => Ok(Outcome::Passed),
        count => Err(format!("{count} lines differ from api.txt; if that is meant: cargo xtask api --bless")),
    }
}

/// Lines of one text that the other lacks; their order says nothing, since it follows from the items.
fn differences(committed: &str, listed: &str) -> Vec<String> {
    let [before, after] = [committed, listed].map(|text| text.lines().collect::<BTreeSet<_>>());
    let gone = before.difference(&after).map(|line| format!("- {line}"));
    let new = after.difference(&before).map(|line| format!("+ {line}"));
    gone.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::differences;

    #[test]
    fn differences_of_listings() {
        let cases: [(&str, &str, &[&str]); 4] = [
            ("", "", &[]),
            ("pub fn a\npub fn b\n", "pub fn a\npub fn b\n", &[]),
            ("pub fn a\npub fn b\n", "pub fn b\npub fn c\n", &["- pub fn a", "+ pub fn c"]),
            ("pub fn a() -> u8\n", "pub fn a() -> u16\n", &["- pub fn a() -> u8", "+ pub fn a() -> u16"]),
        ];
        for (committed, listed, expected) in cases {
            assert_eq!(differences(committed, listed), expected, "{committed:?} against {listed:?}");
        }
    }
}
