//! What README.md and ARCHITECTURE.md claim about the outcome, executed on the bundled sample.
#![cfg(all(feature = "csv", feature = "toml"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clap::CommandFactory;
use quilate::compare::{Comparisons, PairLevels};
use quilate::io::csv::{ReadOptions, read_path};
use quilate::io::outputs;
use quilate::merge::rule_names;
use quilate::normalize::attributes::{Attribute, Attributes};
use quilate::report::Summary;
use quilate::score::Scorer;
use quilate::table::ColumnBuilder;
use quilate::{AttributeKind, Config, RecordId, Resolution, Source, SourceId, Table, consolidate};

#[allow(dead_code, reason = "only the options are looked at, not what they were set to")]
#[path = "../examples/consolidate/cli.rs"]
mod cli;

const README: &str = include_str!("../README.md");

fn source(name: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data").join(name).with_extension("csv");
    read_path(path, &ReadOptions::new()).expect("the bundled sample").source
}

/// The sample, consolidated once for all tests.
fn sample() -> &'static Resolution {
    static SAMPLE: OnceLock<Resolution> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let sources = ["crm", "helpdesk", "newsletter", "shop", "till"].map(source).to_vec();
        let table = Table::new(sources).expect("five names");
        consolidate(table, &Config::default()).expect("a sample that can be consolidated")
    })
}

/// The first fenced block of a language.
fn block(language: &str) -> &'static str {
    let (_, rest) = README.split_once(&format!("```{language}\n")).expect("a block of the language");
    rest.split("\n```").next().expect("what stands before the end")
}

#[test]
fn the_api_takes_twelve_lines() {
    let lines = block("rust").lines().filter(|line| !line.trim().is_empty()).count();
    assert_eq!(lines, 12);
}

/// The figures may move by a little when the model is improved; then the README says what is no longer true.
#[test]
fn the_printed_figures_are_those_of_the_sample() {
    let summary = Summary::new(sample());
    let line =
        block("text").lines().find(|line| line.contains(" customers: ")).expect("the line of the customers");
    let figures: Vec<u64> =
        line.split_whitespace().filter_map(|word| word.replace(',', "").parse().ok()).collect();
    let found = [summary.records, summary.entities, summary.duplicates()];
    let near = |(printed, found): (&u64, &u64)| printed.abs_diff(*found) * 100 <= *found;
    assert!(
        figures.len() == 3 && figures.iter().zip(&found).all(near),
        "{figures:?} printed, {found:?} found"
    );
}

#[test]
fn the_options_are_those_of_the_program() {
    let command = cli::Arguments::command();
    let mut expected = Vec::new();
    for argument in command.get_arguments() {
        let Some(long) = argument.get_long().filter(|long| !matches!(*long, "help" | "version")) else {
            continue;
        };
        let values = argument.get_value_names().unwrap_or_default().iter().map(|name| format!(" {name}"));
        let values = if argument.get_action().takes_values() { values.collect() } else { String::new() };
        let help = argument.get_help().expect("every option has a help").to_string();
        let default: Vec<String> =
            argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
        let default = match default.join(" ") {
            text if values.is_empty() || text.is_empty() => String::new(),
            text => format!(" [default: {text}]"),
        };
        expected.push(format!("| `--{long}{values}` | {help}{default} |"));
    }
    let found: Vec<&str> = README.lines().filter(|line| line.starts_with("| `--")).collect();
    assert_eq!(found, expected, "the table should be:\n{}", expected.join("\n"));
}

#[test]
fn the_configuration_is_valid_for_the_sample() {
    let config = Config::from_toml(block("toml")).expect("the README's configuration");
    assert_eq!(config, Config::from_toml(&config.to_toml().expect("TOML")).expect("the same again"));
    let rows: Vec<u32> = (0..60).collect();
    let sources = ["crm", "shop"].map(|name| source(name).gather(&rows)).to_vec();
    let resolution = consolidate(Table::new(sources).expect("two names"), &config).expect("names that exist");
    let plan = resolution.merge_plan();
    assert_eq!(plan.rules("email"), Some(vec!["most_frequent", "most_recent"]));
    assert_eq!(plan.rules("street"), Some(vec!["not_contained", "source_priority"]));
    let named = |field: &str| resolution.golden_fields().iter().any(|golden| golden.name == field);
    assert!(named("Total Spent") && named("LeadSource"), "carried columns are golden fields");
    assert!(!named("Note"), "skipped columns are not");
    assert!((resolution.matching().threshold).abs() < 1e-9, "a probability of 0.5 is a weight of 0");
}

#[test]
fn the_rules_are_all_named() {
    let (_, list) = README.split_once("Survivorship rules: ").expect("the list of rules");
    let list = list.split(". ").next().expect("what stands before the full stop");
    let found: BTreeSet<&str> = list.split('`').skip(1).step_by(2).collect();
    assert_eq!(found, rule_names().collect());
    assert!(README.contains(&format!("{} kinds of attributes", AttributeKind::ALL.len())));
}

/// A folder that is removed when the test ends.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Columns as the README's table lists them.
fn listed_columns(file: &str) -> Vec<String> {
    let row =
        README.lines().find(|line| line.starts_with(&format!("| `{file}` |"))).expect("a row for the file");
    let cell = row.split('|').nth(3).expect("a cell of columns");
    let words = cell.split('`').skip(1).step_by(2);
    words.filter(|word| !word.starts_with("other_")).map(str::to_owned).collect()
}

#[test]
fn the_files_of_a_run() {
    let folder = Folder(std::env::temp_dir().join(format!("quilate-readme-{}", std::process::id())));
    let resolution = sample();
    outputs::write_all(resolution, &folder.0, true).expect("a folder that can be written");
    let read = |file: &str| {
        let options = ReadOptions::new().delimiter(b',').has_header(true).well_formed(true);
        let read = read_path(folder.0.join(file), &options).expect("a file that was written");
        assert!(read.issues.is_empty(), "{file}: {:?}", read.issues);
        for column in listed_columns(file) {
            assert!(read.source.fields().contains(&column), "{file} lacks {column}");
        }
        read.source
    };
    let (golden, xref, provenance, pairs) =
        (read("golden.csv"), read("xref.csv"), read("provenance.csv"), read("pairs.csv"));
    let summary: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.0.join("report.json")).expect("the report")).expect("JSON");
    assert_eq!(summary["records"], xref.len());
    assert_eq!(golden.len(), resolution.entities().len());
    assert_eq!(pairs.len(), resolution.matching().edges.len());

    // Nobody disappears: every record stands in the cross-reference once, under an entity that there is.
    let column = |source: &'_ Source, name: &str| {
        let column = source.column(name).expect("a column that is there");
        (0..source.len()).map(|row| column.get(row).unwrap_or("").to_owned()).collect::<Vec<String>>()
    };
    let records: BTreeSet<(String, String)> =
        column(&xref, "source").into_iter().zip(column(&xref, "source_id")).collect();
    let read_in: usize =
        ["crm", "helpdesk", "newsletter", "shop", "till"].iter().map(|name| source(name).len()).sum();
    assert_eq!((records.len(), xref.len()), (read_in, read_in));
    let entities: BTreeSet<String> = column(&golden, "entity_id").into_iter().collect();
    assert_eq!(entities, column(&xref, "entity_id").into_iter().collect());
    let members = column(&golden, "members")
        .iter()
        .map(|count| count.parse::<usize>().expect("a number"))
        .sum::<usize>();
    assert_eq!(members, read_in);

    // Every golden cell says where it comes from, and its record belongs to the entity.
    let of: BTreeSet<(String, String, String)> = column(&xref, "entity_id")
        .into_iter()
        .zip(column(&xref, "source").into_iter().zip(column(&xref, "source_id")))
        .map(|(entity, (source, id))| (entity, source, id))
        .collect();
    let origins = column(&provenance, "entity_id")
        .into_iter()
        .zip(column(&provenance, "source").into_iter().zip(column(&provenance, "source_id")));
    for (entity, (source, id)) in origins {
        assert!(of.contains(&(entity.clone(), source, id)), "entity {entity} has a cell of another's record");
    }
    assert!(column(&provenance, "rule").iter().all(|rule| !rule.is_empty()));
}

/// The weight of a pair is that of the formula in ARCHITECTURE.md, in odds and without logarithms, and its explanation
/// names the parts.
#[test]
fn an_explanation_adds_up() {
    /// The scorer keeps the shares of a weight in f32.
    const ROUNDING: f64 = 1e-3;
    let resolution = sample();
    let matching = resolution.matching();
    let comparisons = Comparisons::new(resolution.attributes());
    let scorer = Scorer::new(&comparisons, &matching.model, &matching.frequencies);
    let (mut evaluator, mut pair) = (comparisons.evaluator(), PairLevels::default());
    let (mut explained, mut relatives) = (0, 0);
    for edge in matching.edges.iter().step_by(7) {
        evaluator.evaluate(edge.a as usize, edge.b as usize, &mut pair);
        let (mut m, mut h, mut u) = (1.0, 1.0, 1.0);
        for evidence in (0..comparisons.items().len()).filter_map(|at| scorer.evidence(at, &pair)) {
            m *= evidence.m.exp2();
            h *= evidence.h.exp2();
            u *= evidence.u.exp2();
        }
        let (lambda, lambda_h) = (matching.model.lambda, matching.model.lambda_h);
        let odds = lambda * m / (lambda_h * h + (1.0 - lambda - lambda_h) * u);
        let explanation = resolution.explain_records(RecordId(edge.a), RecordId(edge.b));
        assert!((odds.log2() - edge.score.weight).abs() < ROUNDING, "{} bits: {explanation}", odds.log2());
        assert!((odds.log2() - explanation.weight).abs() < ROUNDING, "{} bits: {explanation}", odds.log2());
        let product: f64 = explanation.comparisons.iter().map(|row| row.m / row.u).product();
        assert!((product.log2() - (m / u).log2()).abs() < ROUNDING, "{explanation}");
        assert!(explanation.household < ROUNDING, "relatives can only take away: {explanation}");
        assert!(explanation.candidate, "{explanation}");
        explained += 1;
        relatives += u32::from(explanation.household < -1.0);
    }
    assert!(explained > 100 && relatives > 5, "only {explained} pairs, {relatives} of them like relatives");
}

#[test]
fn the_best_of_several_values_counts() {
    let mut emails = ColumnBuilder::new();
    emails.push_list(["ana.ruiz@example.es", "info@taller.example"]);
    emails.push_list(["pau@vila.example", "ana.ruiz@example.es"]);
    emails.push(Some("pau@vila.example"));
    emails.push(None);
    let attributes = Attributes {
        source: vec![SourceId(0); 4],
        columns: vec![Attribute {
            name: "email".into(),
            kind: AttributeKind::Email,
            column: emails.finish(),
        }],
    };
    let comparisons = Comparisons::new(&attributes);
    let mut evaluator = comparisons.evaluator();
    let mut level = |a, b| {
        let mut pair = PairLevels::default();
        evaluator.evaluate(a, b, &mut pair);
        (pair.levels[0], pair.codes[0])
    };
    let code = |record: usize, at: usize| attributes.columns[0].column.codes(record)[at];
    assert_eq!(level(0, 1), (0, (code(0, 0), code(1, 1))), "one value in common is equality");
    assert_eq!(level(1, 2), (0, (code(1, 0), code(2, 0))));
    let last = comparisons.items()[0].levels.len() as u8 - 1;
    assert_eq!(level(0, 2).0, last, "nothing in common is the last level");
    assert_eq!(level(0, 3).0, quilate::compare::NULL_LEVEL, "a missing side is no evidence");
}

#[test]
fn errors_name_the_place_and_the_cure() {
    let table = || Table::new(vec![source("till").gather(&[0, 1, 2])]).expect("one name");
    for (config, expected) in [
        ("threshold = 2.0", "threshold: 2 is no probability; use a number between 0 and 1"),
        ("as_of = \"31/01/2026\"", "as_of: \"31/01/2026\" is no date; write it as 2026-01-31"),
        ("[sources.tienda]\nregion = \"ES\"", "sources.tienda: no such source; the sources are till"),
        (
            "[sources.till]\nregion = \"es\"",
            "sources.till.region: \"es\" is no country code; use two capital letters as in ES",
        ),
        ("id = \"Kunde\"", "column \"Kunde\": no source has this column; the columns are "),
        (
            "[sources.till.columns]\nDNI = \"dni\"",
            "sources.till.columns.DNI: unknown column role \"dni\"; use one of ",
        ),
        (
            "[sources.till.columns]\nMail = \"email\"",
            "sources.till.columns column \"Mail\": the source has no such column; its columns are ",
        ),
        (
            "[merge.fields.email]\nrules = [\"newest\"]",
            "merge.fields.email.rules[0]: unknown survivorship rule \"newest\"; use one of ",
        ),
        ("seed = 1\ntreshold = 0.5", "configuration:2: "),
    ] {
        let outcome = Config::from_toml(config).and_then(|config| consolidate(table(), &config));
        let error = outcome.map(|_| ()).expect_err(config).to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn no_records_are_no_customers() {
    let nothing =
        consolidate(Table::new(Vec::new()).expect("no names"), &Config::default()).expect("no records");
    assert_eq!(
        (nothing.records().len(), nothing.entities().len(), nothing.golden_records().len()),
        (0, 0, 0)
    );
    let alone = Table::new(vec![source("till").gather(&[3])]).expect("one name");
    let alone = consolidate(alone, &Config::default()).expect("one record");
    assert_eq!((alone.records().len(), alone.entities().len()), (1, 1));
}
