//! Measuring and explaining, on the bundled sample.
#![cfg(all(feature = "csv", feature = "toml"))]

use std::collections::HashMap;
use std::path::Path;
use std::sync::OnceLock;

use quilate::compare::Comparisons;
use quilate::io::csv::{ReadOptions, read_path};
use quilate::report::{EstimatedQuality, Metrics, Unlinkables, calibration, threshold_table};
use quilate::score::{Scorer, score_pairs};
use quilate::{Config, ErrorKind, RecordId, Resolution, Source, Table, consolidate};

#[path = "../examples/evaluate/page.rs"]
mod page;

fn source(name: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data").join(name).with_extension("csv");
    read_path(path, &ReadOptions::new()).expect("the bundled sample").source
}

fn sample() -> &'static Resolution {
    static SAMPLE: OnceLock<Resolution> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let sources = ["crm", "helpdesk", "newsletter", "shop", "till"].map(source).to_vec();
        consolidate(Table::new(sources).expect("five names"), &Config::default()).expect("the sample")
    })
}

fn truth() -> Vec<Option<u32>> {
    let rows = source("truth");
    let cell = |row: usize, name: &str| rows.column(name).expect("a column of the truth").get(row);
    let mut entities = HashMap::new();
    let mut truth = vec![None; sample().records().len()];
    for row in 0..rows.len() {
        let (Some(source), Some(id), Some(entity)) =
            (cell(row, "source"), cell(row, "id"), cell(row, "entity"))
        else {
            continue;
        };
        let next = entities.len() as u32;
        let entity = *entities.entry(entity.to_owned()).or_insert(next);
        if let Some(record) = sample().records().find(source, id) {
            truth[record.index()] = Some(entity);
        }
    }
    truth
}

fn judged() -> Vec<(f64, bool)> {
    let truth = truth();
    let edges = sample().matching().edges.iter();
    edges
        .filter_map(|edge| Some((edge.score.weight, truth[edge.a as usize]? == truth[edge.b as usize]?)))
        .collect()
}

#[test]
fn probabilities_are_calibrated_and_the_threshold_is_near_the_best() {
    let metrics = Metrics::of_entities(sample().entities(), &truth()).expect("a truth a record");
    let pairs = judged();
    let thresholds: Vec<f64> = (-20..=40).map(|half| f64::from(half) / 2.0).collect();
    let table = threshold_table(&pairs, metrics.true_pairs, &thresholds);
    assert!(
        table.windows(2).all(|two| two[0].recall >= two[1].recall),
        "recall falls as the threshold rises"
    );
    let best = table.iter().map(|point| point.f1).fold(0.0, f64::max);
    let own = table.iter().find(|point| point.weight == 0.0).expect("an even chance");
    assert!(best - own.f1 < 0.03, "{} at an even chance, {best} at best", own.f1);
    let sure: Vec<_> = calibration(&pairs).into_iter().filter(|bin| bin.from >= 6.0).collect();
    assert!(!sure.is_empty());
    for bin in sure {
        assert!(bin.observed > 0.8, "{bin:?}");
    }
}

#[test]
fn the_model_knows_about_how_good_it_is() {
    let matching = sample().matching();
    let metrics = Metrics::of_entities(sample().entities(), &truth()).expect("a truth a record");
    let believed = EstimatedQuality::new(&matching.edges, sample().entities(), matching.estimated_matches());
    assert!((believed.precision - metrics.precision).abs() < 0.05, "{believed:?} and {metrics:?}");
    assert!((believed.recall - metrics.recall).abs() < 0.05, "{believed:?} and {metrics:?}");
    assert!(believed.merged_pairs >= metrics.predicted_pairs, "some records may have no known truth");
}

#[test]
fn records_that_hold_little_are_unlinkable() {
    let comparisons = Comparisons::new(sample().attributes());
    let matching = sample().matching();
    let scorer = Scorer::new(&comparisons, &matching.model, &matching.frequencies);
    let unlinkables = Unlinkables::new(&scorer);
    assert_eq!(unlinkables.records, sample().records().len() as u64);
    let own: Vec<(u32, u32)> = (0..sample().records().len() as u32).map(|record| (record, record)).collect();
    let below = score_pairs(&scorer, &own).iter().filter(|score| score.weight < 10.0).count();
    assert!((unlinkables.share(10.0) - below as f64 / own.len() as f64).abs() < 1e-12);
    assert!(unlinkables.share(0.0) < 0.1, "{:?}", unlinkables.points);
}

#[test]
fn an_explanation_tells_what_found_the_pair_and_what_rarity_adds() {
    let records = sample().records();
    let name = |record: RecordId| (records.source_name(record), records.id(record));
    let (mut found, mut rare) = (0, 0);
    for (_, members) in sample().entities().iter().filter(|(_, members)| members.len() > 1).take(40) {
        let pair = sample().explain(name(members[0]), name(members[1])).expect("two records");
        let keys = pair.keys.as_ref().expect("the keys were asked for");
        assert!(!pair.candidate || keys.iter().any(|key| key.used), "a candidate shares a key that is used");
        assert!(keys.windows(2).all(|two| two[0].bits >= two[1].bits), "the rarest first");
        found += usize::from(keys.first().is_some_and(|key| key.records >= 2));
        for row in &pair.comparisons {
            // The level, and what the values add to it, are the weight.
            let of_level = row.weight - row.frequency;
            assert!(of_level.is_finite() && (row.level != "missing" || row.frequency == 0.0));
            rare += usize::from(row.frequency > 0.5);
        }
        let json = serde_json::to_value(&pair).expect("JSON");
        assert!(json["comparisons"][0]["m"].is_f64() && json["keys"].is_array());
        assert_eq!(pair.to_string().contains("shared key of"), !keys.is_empty(), "{pair}");
    }
    assert!(found > 10 && rare > 0, "{found} {rare}");
    let unknown = sample().explain(("crm", "nobody"), ("crm", "nobody")).expect_err("no such record");
    assert_eq!(unknown.kind(), ErrorKind::UnknownRecord);
}

#[test]
fn a_customer_rests_on_its_strongest_edges() {
    let records = sample().records();
    let mut looked_at = 0;
    for (_, members) in sample().entities().iter().filter(|(_, members)| members.len() > 2) {
        let name = (records.source_name(members[0]), records.id(members[0]));
        let customer = sample().explain_customer(name).expect("a record");
        assert_eq!(customer.members.len(), members.len());
        let holding: Vec<f64> =
            customer.edges.iter().filter(|edge| edge.holds).map(|edge| edge.weight).collect();
        assert_eq!(holding.len() as u64 + customer.parts, members.len() as u64, "a forest");
        assert_eq!(holding.last().copied(), customer.weakest);
        looked_at += 1;
    }
    assert!(looked_at > 20);
}

#[test]
fn the_page_stands_alone() {
    let comparisons = Comparisons::new(sample().attributes());
    let matching = sample().matching();
    let scorer = Scorer::new(&comparisons, &matching.model, &matching.frequencies);
    let pairs = judged();
    let thresholds: Vec<f64> = (-20..=40).map(|half| f64::from(half) / 2.0).collect();
    let page = page::Page {
        title: "crm <and> shop & till",
        figures: &[("F1", "0.99".to_owned())],
        thresholds: &threshold_table(&pairs, 1000, &thresholds),
        calibration: &calibration(&pairs),
        unlinkables: &Unlinkables::new(&scorer),
        threshold: matching.threshold,
        histogram: &[(-10.0, 3, 0), (9.0, 1000, 990)],
    };
    let html = page.html();
    for foreign in ["<script", "http:", "https:", "url(", "@import", "NaN", "inf"] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    assert!(html.contains("crm &lt;and&gt; shop &amp; till"));
    assert_eq!(html.matches("<svg").count(), 4);
    for tag in ["svg", "section", "table", "text", "h2", "body", "html"] {
        let opened = html.matches(&format!("<{tag} ")).count() + html.matches(&format!("<{tag}>")).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}
