//! A model that is kept: written, read, and used on records that it was not trained on.
#![cfg(all(feature = "csv", feature = "toml"))]

use std::path::Path;
use std::sync::OnceLock;

use proptest::prelude::*;
use quilate::compare::Comparisons;
use quilate::io::csv::{ReadOptions, read_path};
use quilate::report::Metrics;
use quilate::score::TrainedModel;
use quilate::{Config, ErrorKind, Resolution, Source, Table, consolidate};
use serde_json::Value;

const SOURCES: [&str; 5] = ["crm", "helpdesk", "newsletter", "shop", "till"];

fn source(name: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data").join(name).with_extension("csv");
    read_path(path, &ReadOptions::new()).expect("the bundled sample").source
}

fn resolve(sources: Vec<Source>, model: Option<TrainedModel>) -> Resolution {
    let config = Config { model, ..Config::default() };
    consolidate(Table::new(sources).expect("different names"), &config).expect("a sample that fits")
}

fn sample() -> &'static Resolution {
    static SAMPLE: OnceLock<Resolution> = OnceLock::new();
    SAMPLE.get_or_init(|| resolve(SOURCES.map(source).to_vec(), None))
}

fn file() -> &'static str {
    static FILE: OnceLock<String> = OnceLock::new();
    FILE.get_or_init(|| sample().trained_model().to_json().expect("a model of numbers"))
}

fn labels(resolution: &Resolution) -> Vec<u32> {
    let mut labels = vec![0; resolution.records().len()];
    for (entity, members) in resolution.entities().iter() {
        members.iter().for_each(|record| labels[record.index()] = entity.0);
    }
    labels
}

/// How like the partitions of two runs are, as F1 over pairs.
fn likeness(found: &Resolution, expected: &Resolution) -> f64 {
    let truth: Vec<Option<u32>> = labels(expected).into_iter().map(Some).collect();
    Metrics::new(&labels(found), &truth).expect("the same records").f1
}

#[test]
fn a_file_is_read_back_to_the_bit() {
    let read = TrainedModel::from_json(file()).expect("what was written");
    assert_eq!(read, sample().trained_model());
    assert_eq!(read.to_json().expect("again"), file());
}

#[test]
fn scores_the_same_records_without_training() {
    let model = TrainedModel::from_json(file()).expect("what was written");
    let again = resolve(SOURCES.map(source).to_vec(), Some(model.clone()));
    assert!(again.matching().em.is_empty(), "nothing was trained");
    assert_eq!(&again.matching().model, model.model(), "the same records leave the model as it was");
    let likeness = likeness(&again, sample());
    assert!(likeness > 0.995, "{likeness}");
}

/// A day's worth of new records: too few to learn from, enough for a model that knows the columns.
#[test]
fn scores_few_records_of_some_of_the_sources() {
    let few = || ["crm", "till"].map(|name| source(name).gather(&(0..60).collect::<Vec<_>>())).to_vec();
    let model = TrainedModel::from_json(file()).expect("what was written");
    let found = resolve(few(), Some(model.clone()));
    let comparisons = Comparisons::new(found.attributes());
    assert!(comparisons.items().len() < model.attributes().len(), "the newsletter's columns are not there");
    assert_eq!(found.matching().model.comparisons.len(), comparisons.items().len());
    for (item, learned) in comparisons.items().iter().zip(&found.matching().model.comparisons) {
        assert_eq!(item.name, learned.name);
    }
    // As many matches a record as before, of far fewer pairs.
    let matches = |resolution: &Resolution| {
        let matching = resolution.matching();
        matching.model.lambda * matching.possible_pairs
    };
    let (a_record, before) = (matches(&found) / 120.0, matches(sample()) / 1500.0);
    assert!((a_record / before - 1.0).abs() < 1e-9, "{a_record} and {before}");
}

#[test]
fn an_attribute_that_the_model_does_not_know_weighs_nothing() {
    let mut value: Value = serde_json::from_str(file()).expect("JSON");
    let names = value["attributes"].as_array().expect("a list").iter();
    let email =
        names.clone().position(|item| item["name"] == "email").expect("the sample has mail addresses");
    // A model of records without mail addresses: nothing else depends on them.
    value["attributes"].as_array_mut().expect("a list").remove(email);
    let comparisons = value["model"]["comparisons"].as_array_mut().expect("a list");
    comparisons.remove(email);
    for comparison in comparisons {
        for parent in comparison["parents"].as_array_mut().expect("a list") {
            let at = parent["comparison"].as_u64().expect("a number");
            assert_ne!(at, email as u64);
            parent["comparison"] = (at - u64::from(at > email as u64)).into();
        }
    }
    let model = TrainedModel::from_json(&value.to_string()).expect("a model that fits together");
    let found = resolve(SOURCES.map(source).to_vec(), Some(model));
    let issue = found.issues().iter().find(|issue| issue.code == "untrained_attribute").expect("an issue");
    assert_eq!(issue.field, "email");
    let (_, members) = found.entities().iter().find(|(_, members)| members.len() > 1).expect("a match");
    let explained = found.explain_records(members[0], members[1]);
    let row = explained.comparisons.iter().find(|row| row.name == "email").expect("it is compared");
    assert_eq!(row.weight, 0.0);
}

#[test]
fn a_wrong_file_is_refused_with_its_reason() {
    let change = |path: &str, to: Value| {
        let mut value: Value = serde_json::from_str(file()).expect("JSON");
        *value.pointer_mut(path).unwrap_or_else(|| panic!("no {path}")) = to;
        TrainedModel::from_json(&value.to_string()).expect_err(path)
    };
    let cases = [
        ("/version", 2.into(), "model: version 2 is not the version 1 that this release reads; train anew"),
        ("/version", "1".into(), "model: version \"1\" is not the version 1"),
        ("/possible_pairs", 0.into(), "model.possible_pairs: must be 1 or more"),
        ("/model/lambda", 1.5.into(), "model.model.lambda: the priors must lie between 0 and 1"),
        ("/model/comparisons/0/m/0", Value::Array(vec![]), "model.model.comparisons[0].m: must hold"),
        ("/model/comparisons/0/u/0/0", 0.into(), "model.model.comparisons[0].u: must hold"),
        ("/attributes", Value::Array(vec![]), "model.attributes: there is not one for each comparison"),
        ("/records", Value::Null, "model: "),
    ];
    for (path, to, expected) in cases {
        let error = change(path, to);
        assert_eq!(error.kind(), ErrorKind::Format);
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    assert!(TrainedModel::from_json("{").expect_err("half a file").to_string().starts_with("model: no JSON"));
    // Levels of another release.
    let mut value: Value = serde_json::from_str(file()).expect("JSON");
    *value.pointer_mut("/attributes/0/levels/0").expect("a level") = "equal".into();
    let model = TrainedModel::from_json(&value.to_string()).expect("it fits together");
    let config = Config { model: Some(model), ..Config::default() };
    let error = consolidate(Table::new(SOURCES.map(source).to_vec()).expect("names"), &config);
    let error = error.map(|_| ()).expect_err("other levels");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().ends_with("was trained with other levels; train anew"), "{error}");
}

#[test]
fn a_configuration_may_hold_a_model() {
    let config = Config { model: Some(sample().trained_model()), ..Config::default() };
    let json = serde_json::to_string(&config).expect("JSON");
    assert_eq!(serde_json::from_str::<Config>(&json).expect("the same"), config);
    let toml = config.to_toml().expect("TOML");
    assert_eq!(Config::from_toml(&toml).expect("the same"), config);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Damage anywhere in the file is an error or a model that scores; never a panic.
    #[test]
    fn damage_never_panics(at in any::<prop::sample::Index>(), to in "[-0-9a-z\\[\\]{},.\"]{0,3}") {
        let mut bytes = file().as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes.splice(at..at + 1, to.bytes());
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(model) = TrainedModel::from_json(&text) {
            let comparisons = Comparisons::new(sample().attributes());
            let _ = model.fit(&comparisons, 1000.0);
        }
    }
}
