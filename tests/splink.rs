//! Splink's models, held against what Splink itself made of the bundled sample.
//!
//! `tests/splink/` holds the settings that Splink 5.0.0 trained on the sample's CRM and its predictions, as
//! `cargo xtask splink-check sample` makes them; that command also checks Splink 4 and larger data.
#![cfg(all(feature = "csv", feature = "splink"))]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quilate::io::csv::{ReadOptions, read_path};
use quilate::score::splink::{SplinkModel, SplinkPairs};
use quilate::{ErrorKind, Source, Table};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn source(name: &str) -> Source {
    read_path(file(name), &ReadOptions::new()).expect("a file of the project").source
}

fn settings() -> String {
    std::fs::read_to_string(file("tests/splink/settings.json")).expect("a file of the project")
}

fn score(model: &SplinkModel) -> SplinkPairs {
    let table = Table::new(vec![source("examples/data/crm.csv")]).expect("one name");
    model.score(&table).expect("the columns of the sample")
}

#[test]
fn pairs_levels_and_weights_are_those_of_splink() {
    let model = SplinkModel::from_json(&settings()).expect("settings of Splink");
    let pairs = score(&model);
    let expected = source("tests/splink/predictions.csv");
    let cell = |row: usize, name: &str| {
        expected.column(name).unwrap_or_else(|| panic!("no {name}")).get(row).expect("a value")
    };
    let rows: BTreeMap<(&str, &str), usize> =
        (0..expected.len()).map(|row| ((cell(row, "Id_l"), cell(row, "Id_r")), row)).collect();
    assert_eq!(pairs.len(), rows.len());
    for (at, pair) in pairs.pairs().iter().enumerate() {
        let ids = (pairs.record(pair.left).1, pairs.record(pair.right).1);
        let row = *rows.get(&ids).unwrap_or_else(|| panic!("{ids:?} is no candidate of Splink"));
        for (name, gamma) in model.comparison_names().zip(pairs.gammas(at)) {
            assert_eq!(gamma.to_string(), cell(row, &format!("gamma_{name}")), "{name} of {ids:?}");
        }
        assert_eq!(pair.match_key.to_string(), cell(row, "match_key"), "{ids:?}");
        let weight: f64 = cell(row, "match_weight").parse().expect("a number");
        let probability: f64 = cell(row, "match_probability").parse().expect("a number");
        assert!((pair.weight - weight).abs() < 1e-9, "{ids:?} weighs {} instead of {weight}", pair.weight);
        assert!((pair.probability().0 - probability).abs() < 1e-12, "{ids:?}");
    }
}

#[test]
fn settings_are_written_back() {
    let model = SplinkModel::from_json(&settings()).expect("settings of Splink");
    let written = model.to_json().expect("JSON");
    let again = SplinkModel::from_json(&written).expect("what was written");
    assert_eq!(again.settings(), model.settings());
    assert_eq!(score(&again).pairs(), score(&model).pairs());
    // What is not understood is kept: nothing of Splink's file gets lost.
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let (before, after) = (value(&settings()), value(&written));
    for (key, before) in before.as_object().expect("an object") {
        if key != "comparisons" {
            assert_eq!(&after[key], before, "{key}");
        }
    }
}

#[test]
fn a_waterfall_adds_up_to_the_weight() {
    let model = SplinkModel::from_json(&settings()).expect("settings of Splink");
    let table = Table::new(vec![source("examples/data/crm.csv")]).expect("one name");
    let pairs = score(&model);
    for (at, pair) in pairs.pairs().iter().enumerate().step_by(9) {
        let weights =
            model.explain(&table, pairs.record(pair.left), pairs.record(pair.right)).expect("two records");
        let total: f64 = weights.iter().map(|weight| weight.weight + weight.frequency).sum();
        assert!((model.prior().0 + total - pair.weight).abs() < 1e-9);
        let gammas: Vec<i8> = weights.iter().map(|weight| weight.gamma).collect();
        assert_eq!(gammas, pairs.gammas(at));
    }
    let unknown = model.explain(&table, ("crm", "nobody"), ("crm", "nobody")).expect_err("no such record");
    assert_eq!(unknown.kind(), ErrorKind::UnknownRecord);
}

#[test]
fn a_column_that_is_missing_is_named() {
    let model = SplinkModel::from_json(&settings()).expect("settings of Splink");
    let error = model.score(&Table::new(vec![source("examples/data/till.csv")]).expect("one name"));
    let error = error.map(|_| ()).expect_err("the till has no such columns");
    assert_eq!(error.kind(), ErrorKind::UnknownField);
    assert_eq!(
        error.to_string(),
        "till column \"Id\": the source has no such column; name it in unique_id_column_name"
    );
}
