//! Labelled pairs: read, trained on, and not obeyed.
#![cfg(all(feature = "csv", feature = "toml"))]

use std::path::{Path, PathBuf};

use quilate::compare::{Comparisons, name_level};
use quilate::io::csv::{ReadOptions, read_path};
use quilate::io::{labels_of, read_labels};
use quilate::judgement::{Judgement, RecordKey};
use quilate::pipeline::matching::{MatchOptions, Overrides, run};
use quilate::report::Metrics;
use quilate::score::{Labels, TrainedModel};
use quilate::{AttributeKind, Config, ErrorKind, RecordId, Resolution, Source, Table, consolidate};

const SOURCES: [&str; 5] = ["crm", "helpdesk", "newsletter", "shop", "till"];

fn source(name: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data").join(name).with_extension("csv");
    read_path(path, &ReadOptions::new()).expect("the bundled sample").source
}

fn resolve(labels: Vec<Judgement>) -> Resolution {
    let config = Config { labels, ..Config::default() };
    consolidate(Table::new(SOURCES.map(source).to_vec()).expect("names"), &config).expect("the sample")
}

fn partition(resolution: &Resolution) -> Vec<u32> {
    (0..resolution.records().len() as u32)
        .map(|record| resolution.entities().entity_of(RecordId(record)).0)
        .collect()
}

/// The name of a record.
fn key(resolution: &Resolution, record: u32) -> RecordKey {
    let (records, record) = (resolution.records(), RecordId(record));
    RecordKey::new(records.source_name(record), records.id(record))
}

/// `m` of the surname's last level, with pairs of different surnames labelled in one way.
fn differing_surnames(resolution: &Resolution, matched: Option<bool>) -> f64 {
    let comparisons = Comparisons::new(resolution.attributes());
    let surname = comparisons.position(AttributeKind::Surname).expect("the sample has surnames");
    let mut evaluator = comparisons.evaluator();
    let mut pair = quilate::compare::PairLevels::default();
    let mut labels = Vec::new();
    for a in 0..resolution.records().len() as u32 {
        let b = (a + 700) % resolution.records().len() as u32;
        evaluator.evaluate(a as usize, b as usize, &mut pair);
        if pair.levels[surname] == name_level::ELSE && labels.len() < 300 {
            labels.extend(matched.map(|matched| (a, b, matched)));
        }
    }
    let overrides = Overrides { labels: Labels::new(labels), ..Overrides::default() };
    let matching = run(&comparisons, &MatchOptions::default(), &overrides).expect("no rules");
    matching.model.comparisons[surname].m[0][usize::from(name_level::ELSE)]
}

#[test]
fn labels_teach_what_matches_look_like() {
    let resolution = resolve(Vec::new());
    let alone = differing_surnames(&resolution, None);
    let taught = differing_surnames(&resolution, Some(true));
    let denied = differing_surnames(&resolution, Some(false));
    assert!(taught > alone + 0.05, "{taught} after {alone}");
    assert!(denied <= alone + 0.01, "{denied} after {alone}");
}

#[test]
fn true_labels_do_no_harm_and_force_nothing() {
    let plain = resolve(Vec::new());
    let key = |record: RecordId| key(&plain, record.0);
    // What the model finds anyway, said by people: it stays.
    let links = plain.entities().iter().filter(|(_, members)| members.len() > 1).take(100);
    let links = links.map(|(_, members)| Judgement::link(key(members[0]), key(members[1])));
    let labelled = resolve(links.collect());
    let truth: Vec<Option<u32>> = partition(&plain).into_iter().map(Some).collect();
    let likeness = Metrics::new(&partition(&labelled), &truth).expect("the same records").f1;
    assert!(likeness > 0.98, "{likeness}");
    // One label against all evidence teaches next to nothing, and is no order.
    let (_, pair) = plain.entities().iter().find(|(_, members)| members.len() == 2).expect("a pair");
    let told = resolve(vec![Judgement::cannot_link(key(pair[0]), key(pair[1]))]);
    let weight = |resolution: &Resolution| resolution.explain_records(pair[0], pair[1]).weight;
    assert!((weight(&told) - weight(&plain)).abs() < 2.0, "{} and {}", weight(&told), weight(&plain));
    assert_eq!(told.entities().entity_of(pair[0]), told.entities().entity_of(pair[1]));
}

#[test]
fn five_hundred_labels_keep_the_quality_of_customers_10000() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/customers_10000");
    let read = |name: &str| read_path(folder.join(name), &ReadOptions::new()).ok().map(|read| read.source);
    let (Some(customers), Some(truth)) = (read("customers_10000.csv"), read("truth.csv")) else {
        eprintln!("skipped: ../shared/data/customers_10000 is not there");
        return;
    };
    let resolve = |labels: Vec<Judgement>| {
        let config = Config { labels, ..Config::default() };
        consolidate(Table::new(vec![customers.clone()]).expect("one name"), &config).expect("the customers")
    };
    let plain = resolve(Vec::new());
    let (ids, entities) = (truth.column("id").expect("ids"), truth.column("entity").expect("entities"));
    let mut known = vec![None; plain.records().len()];
    for row in 0..truth.len() {
        let record = plain.records().find("customers_10000", ids.get(row).expect("an id"));
        known[record.expect("a record").index()] = Some(entities.first_code(row));
    }
    // What people are asked about: scored pairs from all weights.
    let edges = &plain.matching().edges;
    let labels: Vec<Judgement> = edges
        .iter()
        .step_by(edges.len() / 500)
        .take(500)
        .map(|edge| {
            let (a, b) = (key(&plain, edge.a), key(&plain, edge.b));
            let matched = known[edge.a as usize] == known[edge.b as usize];
            if matched { Judgement::link(a, b) } else { Judgement::cannot_link(a, b) }
        })
        .collect();
    let matches = labels.iter().filter(|label| label.verdict.name() == "link").count();
    assert!(labels.len() == 500 && (100..=400).contains(&matches), "{matches} of {}", labels.len());
    let taught = resolve(labels);
    assert_eq!(taught.issues().count("contradictory_label") + taught.issues().count("absent_label"), 0);
    let f1 = |resolution: &Resolution| Metrics::new(&partition(resolution), &known).expect("all").f1;
    let (before, after) = (f1(&plain), f1(&taught));
    println!("F1 {before:.5} without labels, {after:.5} with {matches} matches among 500");
    assert!(after >= before - 0.0002, "{after} after {before}");
}

#[test]
fn labels_of_other_records_are_counted() {
    let nobody = Judgement::link(RecordKey::new("crm", "nobody"), RecordKey::new("shop", "no one"));
    let resolution = resolve(vec![nobody]);
    assert_eq!(resolution.issues().count("absent_label"), 1);
}

#[test]
fn contradictions_teach_nothing_and_are_counted() {
    let plain = resolve(Vec::new());
    let key = |record: u32| key(&plain, record);
    let link = |a, b| Judgement::link(key(a), key(b));
    let cannot_link = |a, b| Judgement::cannot_link(key(a), key(b));
    // Told both ways; one within a chain; a record told to be two; and the same once more, which is none.
    let labels = vec![
        link(0, 1),
        cannot_link(1, 0),
        link(10, 11),
        link(11, 12),
        cannot_link(12, 10),
        cannot_link(20, 20),
        link(30, 31),
        link(31, 30),
    ];
    let forth = resolve(labels.clone());
    assert_eq!(forth.issues().count("contradictory_label"), 3);
    let back = resolve(labels.into_iter().rev().collect());
    assert_eq!(back.issues().count("contradictory_label"), 3);
    assert_eq!(back.matching().model, forth.matching().model, "the order of labels has no say");
    let told = resolve(vec![link(10, 11), link(11, 12), link(30, 31)]);
    assert_eq!(told.matching().model, forth.matching().model, "what contradicts itself teaches nothing");
    assert_ne!(plain.matching().model, forth.matching().model);
}

#[test]
fn labels_and_a_model_are_one_too_many() {
    let model: TrainedModel = resolve(Vec::new()).trained_model();
    let label = Judgement::link(RecordKey::new("crm", "1"), RecordKey::new("shop", "2"));
    let config = Config { labels: vec![label], model: Some(model), ..Config::default() };
    let error = config.validate().expect_err("a model that is not trained");
    assert_eq!((error.kind(), error.location().source.as_deref()), (ErrorKind::Config, Some("labels")));
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("quilate-labels-{}-{name}.csv", std::process::id()));
    std::fs::write(&path, text).expect("a folder for temporary files");
    path
}

#[test]
fn both_kinds_of_files_are_read() {
    let pairs =
        file("pairs", "source_l,id_l,source_r,id_r,label\ncrm,1,shop,2,1\ncrm,1,till,3,no\ncrm,4,till,5,\n");
    let labels = read_labels(&pairs).expect("three rows");
    let verdicts: Vec<&str> = labels.iter().map(|label| label.verdict.name()).collect();
    assert_eq!(verdicts, ["link", "cannot_link"]);
    let judged =
        file("judged", "verdict,source_a,id_a,source_b,id_b\nlink,crm,1,shop,2\nunsure,crm,1,till,3\n");
    assert_eq!(read_labels(&judged).expect("two rows").len(), 1);
    let rows = read_path(&pairs, &ReadOptions::new()).expect("a table").source;
    assert_eq!(labels_of(&rows).expect("the same rows"), labels);
    assert_eq!(labels[1].line, 3);
    for (name, text, kind, end) in [
        (
            "none",
            "source_l,id_l,source_r,id_r,label\ncrm,1,shop,2,perhaps\n",
            ErrorKind::Format,
            "write 1 for one customer and 0 for two",
        ),
        (
            "less",
            "source_l,id_l,source_r,label\ncrm,1,shop,1\n",
            ErrorKind::UnknownField,
            "they need source_l, id_l, source_r, id_r, label",
        ),
    ] {
        let path = file(name, text);
        let error = read_labels(&path).expect_err(name);
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().ends_with(end), "{error}");
        assert_eq!(error.location().source, Some(path.display().to_string()));
        let _ = std::fs::remove_file(path);
    }
    let _ = (std::fs::remove_file(pairs), std::fs::remove_file(judged));
}
