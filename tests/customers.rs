//! The five customers in README.md are what `customer_360` shows of the bundled sample.
//!
//! After a change that is meant to show, `QUILATE_BLESS=1 cargo test --test customers` writes the screens anew; read them
//! before they are committed.
#![cfg(all(feature = "csv", feature = "toml"))]

use std::collections::BTreeSet;
use std::path::Path;

use quilate::history::{Salt, Tombstones};
use quilate::judgement::RecordKey;
use quilate::pipeline::{consolidate_with, without, without_erased};
use quilate::{Config, EntityId, Issues, RecordId, Resolution, Table};

#[allow(dead_code, reason = "the programs use all of it")]
#[path = "../examples/customer_360/screen.rs"]
mod screen;
#[allow(dead_code, reason = "the programs use all of it")]
#[path = "../examples/shared/mod.rs"]
mod shared;

/// A record of each: of a household, a twin, one who has moved, a contact of a company, one who is erased.
const RECORDS: [&str; 5] = [
    "crm:00309AAAArpCI0cAPG",
    "crm:00309AAAArpB5eiAPC",
    "crm:00309AAAArpCNT4APO",
    "crm:00309AAAArpCALKAP4",
    "crm:00309AAAArpCAjCAPW",
];

fn table() -> Table {
    let files: Vec<_> =
        shared::TOUCHPOINTS.iter().map(|name| shared::sample_file(name).expect("the sample")).collect();
    shared::read_table(&files, &mut Issues::new()).expect("readable")
}

fn resolve(table: Table) -> Resolution {
    consolidate_with(table, &Config::default(), Issues::new(), |_| {}).expect("a default configuration")
}

fn find(resolution: &Resolution, key: &str) -> RecordId {
    let key: RecordKey = key.parse().expect("a record");
    resolution.records().find(&key.source, &key.id).expect("a record of the sample")
}

/// The sample without the fifth customer, who has asked to be forgotten.
fn forget(resolution: &Resolution) -> (Resolution, Tombstones) {
    let salt = Salt::from_hex("5eed5eed5eed5eed5eed5eed5eed5eed").expect("a salt");
    let mut tombstones = Tombstones::new(salt);
    let entity = resolution.entities().entity_of(find(resolution, RECORDS[4]));
    resolution.bury(&BTreeSet::from([entity]), &mut tombstones);
    let members = resolution.entities().members(entity).iter().copied().collect();
    let rest = without(&table(), &Config::default(), &members).expect("the same table");
    let before = rest.len();
    let rest =
        without_erased(rest, &Config::default(), &tombstones, &mut Issues::new()).expect("the same table");
    assert_eq!(rest.len(), before, "nobody else is taken for the erased customer");
    (resolve(rest), tombstones)
}

/// The first four as the program shows them.
fn living(resolution: &Resolution) -> Vec<String> {
    let relations = resolution.relations(&Default::default());
    let file = shared::sample_file("interactions").expect("the sample");
    let happened = shared::read_interactions(&[file], &mut Issues::new()).expect("readable");
    let history = resolution.history(&relations, happened, &Config::default(), shared::SAMPLE_DAY, None);
    let history = history.expect("a history");
    let view = screen::View { resolution, relations: &relations, history: &history };
    let entity = |key: &str| resolution.entities().entity_of(find(resolution, key));
    let screens: Vec<String> = RECORDS[..4].iter().map(|key| view.text(entity(key))).collect();
    for (key, screen) in RECORDS.iter().zip(&screens) {
        let json: serde_json::Value = serde_json::from_str(&view.json(entity(key))).expect("JSON");
        assert!(screen.contains(json["name"].as_str().expect("a name")));
        assert!(json["records"].as_array().expect("records").iter().any(|record| record == key));
    }
    screens
}

fn screens() -> Vec<String> {
    let resolution = resolve(table());
    let mut screens = living(&resolution);
    let (rest, tombstones) = forget(&resolution);
    let erased: RecordKey = RECORDS[4].parse().expect("a record");
    assert!(rest.records().find(&erased.source, &erased.id).is_none());
    assert!(
        (0..rest.entities().len() as u32)
            .map(EntityId)
            .all(|e| rest.golden_record(e).name() != "Ángel Luis Seoane Alonso")
    );
    screens.push(screen::erased(&erased, &tombstones, false));
    screens
}

#[test]
fn the_five_customers_of_the_readme() {
    const BEGIN: &str = "<!-- customers -->\n";
    const END: &str = "<!-- end of customers -->\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).expect("README.md");
    let (before, rest) = readme.split_once(BEGIN).expect("where the customers begin");
    let (_, after) = rest.split_once(END).expect("where they end");
    let titles = [
        "A member of a household, who has opted out of e-mail:",
        "A twin, whose sister is a customer of her own:",
        "One who has moved from Barcelona to Las Palmas:",
        "A contact of a company, with her colleagues:",
        "One who has asked to be forgotten:",
    ];
    let blocks =
        titles.iter().zip(screens()).map(|(title, screen)| format!("{title}\n\n```text\n{screen}\n```\n\n"));
    let fresh = format!("{before}{BEGIN}\n{}{END}{after}", blocks.collect::<String>());
    if std::env::var_os("QUILATE_BLESS").is_some() {
        std::fs::write(&path, &fresh).expect("written");
        return;
    }
    let differ = readme.lines().zip(fresh.lines()).find(|(old, new)| old != new);
    assert!(readme == fresh, "the README shows other customers than the program: {differ:?}");
}
