//! Data on which matching cannot do well, through the whole pipeline: a sensible result, and a finding that says why.
#![cfg(feature = "csv")]

use quilate::block::BlockMethod;
use quilate::pipeline::{LinkType, PlanOptions, plan};
use quilate::table::ColumnBuilder;
use quilate::{Config, RecordId, Resolution, Source, Table, consolidate};

/// SplitMix64's finaliser (Steele, Lea and Flood, 2014).
fn mix(number: usize) -> u64 {
    let mut mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn word(number: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "bar", "ce", "dim", "fo", "gu", "lan", "me", "nir", "po", "rus", "sal", "te", "vin", "zo", "ju",
        "kes",
    ];
    (0..3).map(|at| SYLLABLES[(mix(number) >> (8 * at)) as usize % SYLLABLES.len()]).collect()
}

const FIELDS: [&str; 5] = ["id", "nombre", "apellidos", "email", "telefono"];

/// The `n`-th of many people; names repeat as they do.
fn customer(id: &str, n: usize) -> Vec<String> {
    let (given, surname) = (word(mix(4 * n) as usize % 90), word(1000 + mix(4 * n + 1) as usize % 400));
    let email = format!("{surname}{}@correo.es", mix(4 * n + 2) % 1_000_000);
    let phone = format!("6{:08}", mix(4 * n + 3) % 100_000_000);
    vec![id.to_owned(), given, surname, email, phone]
}

/// The same person with a slip in the surname and another telephone for every third.
fn again(id: &str, n: usize) -> Vec<String> {
    let mut row = customer(id, n);
    if n.is_multiple_of(3) {
        row[2].remove(2);
        row[4] = format!("7{:08}", mix(7_000_000 + n) % 100_000_000);
    }
    row
}

fn source(name: &str, fields: &[&str], rows: &[Vec<String>]) -> Source {
    let column = |at: usize| {
        let mut builder = ColumnBuilder::new();
        rows.iter().for_each(|row| builder.push(Some(&row[at])));
        builder.finish()
    };
    let columns = (0..fields.len()).map(column).collect();
    Source::new(name, fields.iter().map(|field| (*field).to_owned()).collect(), columns, Vec::new()).unwrap()
}

fn resolve(sources: Vec<Source>) -> Resolution {
    let table = Table::new(sources).unwrap();
    let records = table.len();
    let resolution = consolidate(table, &Config::default()).unwrap();
    assert_eq!(resolution.entities().records(), records, "no record is lost");
    resolution
}

/// `(merged, wrong)`: pairs of records that are one entity, and those of them whose ids (`a17`, `b17`) differ.
fn merged(resolution: &Resolution) -> (usize, usize) {
    let person = |record: RecordId| resolution.records().id(record)[1..].to_owned();
    let (mut merged, mut wrong) = (0, 0);
    for (_, members) in resolution.entities().iter() {
        for (at, &a) in members.iter().enumerate() {
            for &b in &members[at + 1..] {
                merged += 1;
                wrong += usize::from(person(a) != person(b));
            }
        }
    }
    (merged, wrong)
}

/// Findings by code and field, with their counts.
fn findings(resolution: &Resolution) -> Vec<(&str, &str, u64)> {
    resolution.issues().iter().map(|issue| (issue.code, issue.field.as_str(), issue.count)).collect()
}

/// Every person twice in one source, with a further column.
fn twice(people: usize, field: &str, value: impl Fn(usize, &str) -> String) -> Source {
    let row = |n: usize, letter: &str| {
        let id = format!("{letter}{n}");
        let mut row = if letter == "a" { customer(&id, n) } else { again(&id, n) };
        row.push(value(n, letter));
        row
    };
    let rows: Vec<Vec<String>> = (0..people).flat_map(|n| [row(n, "a"), row(n, "b")]).collect();
    let fields: Vec<&str> = FIELDS.into_iter().chain([field]).collect();
    source("crm", &fields, &rows)
}

#[test]
fn two_identical_files() {
    let rows: Vec<Vec<String>> = (0..300).map(|n| customer(&format!("a{n}"), n)).collect();
    let resolution = resolve(vec![source("crm", &FIELDS, &rows), source("copia", &FIELDS, &rows)]);
    assert_eq!(merged(&resolution), (300, 0));
    let found = findings(&resolution);
    assert!(found.contains(&("identical_sources", "", 300)), "{found:?}");
    let text = resolution.issues().iter().find(|issue| issue.code == "identical_sources").unwrap();
    assert_eq!(
        (text.source.as_str(), text.message.as_str()),
        ("crm", "records are those of copia cell by cell: was one file given twice?")
    );
    // A file that shares all but one cell is another file.
    let mut changed = rows.clone();
    changed[7][4] = "600000000".to_owned();
    let resolution = resolve(vec![source("crm", &FIELDS, &rows), source("copia", &FIELDS, &changed)]);
    assert_eq!(resolution.issues().count("identical_sources"), 0);
}

#[test]
fn one_value_in_a_column() {
    let resolution = resolve(vec![twice(300, "ciudad", |_, _| "Madrid".to_owned())]);
    let (pairs, wrong) = merged(&resolution);
    assert!(pairs > 285 && wrong == 0, "{pairs} merged, {wrong} wrongly");
    assert!(findings(&resolution).contains(&("one_value", "city", 600)), "{:?}", findings(&resolution));
}

#[test]
fn columns_without_a_value() {
    let resolution = resolve(vec![twice(300, "fecha de nacimiento", |_, _| String::new())]);
    let (pairs, wrong) = merged(&resolution);
    assert!(pairs > 285 && wrong == 0, "{pairs} merged, {wrong} wrongly");
    let expected = ("empty_column", "fecha de nacimiento", 600);
    assert!(findings(&resolution).contains(&expected), "{:?}", findings(&resolution));
}

#[test]
fn one_block_with_all_records() {
    // Nothing but a surname and a town, the same in all: no key tells two records from any other two.
    let row = |n: usize| vec![format!("a{n}"), "García".to_owned(), "Madrid".to_owned()];
    let rows: Vec<Vec<String>> = (0..2500).map(row).collect();
    let resolution = resolve(vec![source("crm", &["id", "apellidos", "ciudad"], &rows)]);
    assert_eq!(merged(&resolution), (0, 0));
    let issues = resolution.issues();
    for code in ["large_block", "no_candidates", "one_value"] {
        assert!(issues.count(code) > 0, "{code}: {:?}", findings(&resolution));
    }
    assert_eq!(issues.count("no_candidates"), 2500);
    // Beside columns that tell people apart the block is left out, and costs nobody.
    let resolution = resolve(vec![twice(700, "ciudad", |_, _| "Madrid".to_owned())]);
    let (pairs, wrong) = merged(&resolution);
    assert!(pairs > 665 && wrong <= 3, "{pairs} merged, {wrong} wrongly");
    assert!(resolution.issues().count("large_block") > 0, "{:?}", findings(&resolution));
}

#[test]
fn a_column_that_is_unique_in_every_record() {
    let number = |n: usize, letter: &str| format!("{:09}", 123_000_000 + 3 * n + usize::from(letter == "b"));
    let resolution = resolve(vec![twice(300, "nif", number)]);
    let (pairs, wrong) = merged(&resolution);
    assert!(pairs > 270 && wrong == 0, "{pairs} merged, {wrong} wrongly: {:?}", findings(&resolution));
    let compared = resolution.attributes().position(quilate::AttributeKind::Identifier).is_some();
    let told = findings(&resolution).contains(&("unique_column", "identifier", 600));
    assert_eq!(told, compared, "what is compared in vain is told: {:?}", findings(&resolution));
}

#[test]
fn no_overlap_at_all_between_sources() {
    let rows = |from: usize| -> Vec<Vec<String>> {
        (from..from + 300).map(|n| customer(&format!("a{n}"), n)).collect()
    };
    for link_type in [LinkType::LinkAndDedupe, LinkType::LinkOnly] {
        let table =
            Table::new(vec![source("crm", &FIELDS, &rows(0)), source("shop", &FIELDS, &rows(300))]).unwrap();
        let resolution = consolidate(table, &Config { link_type, ..Config::default() }).unwrap();
        let (pairs, _) = merged(&resolution);
        assert!(pairs <= 2, "{link_type:?}: {pairs} pairs of strangers");
        let told = findings(&resolution).contains(&("no_overlap", "", 600));
        assert_eq!(told, pairs == 0, "{link_type:?}: {:?}", findings(&resolution));
    }
}

#[test]
fn sources_that_look_free_of_duplicates() {
    let rows = |letter: &str| -> Vec<Vec<String>> {
        let row =
            |n: usize| if letter == "a" { customer(&format!("a{n}"), n) } else { again(&format!("b{n}"), n) };
        (0..300).map(row).collect()
    };
    let sources = || vec![source("crm", &FIELDS, &rows("a")), source("shop", &FIELDS, &rows("b"))];
    let resolution = resolve(sources());
    let found = findings(&resolution);
    assert!(found.iter().any(|finding| finding.0 == "duplicate_free_sources"), "{found:?}");
    // Once it is declared there is nothing left to suggest.
    let config = Config { link_type: LinkType::LinkOnly, ..Config::default() };
    let declared = consolidate(Table::new(sources()).unwrap(), &config).unwrap();
    assert_eq!(declared.issues().count("duplicate_free_sources"), 0);
    let (pairs, wrong) = merged(&declared);
    assert!(pairs > 285 && wrong <= 2, "{pairs} merged, {wrong} wrongly");
    // One source with duplicates is no source without.
    let single = resolve(vec![twice(300, "nota", |_, _| String::new())]);
    assert_eq!(single.issues().count("duplicate_free_sources") + single.issues().count("no_overlap"), 0);
}

/// A plan tells beforehand what the run then does.
#[test]
fn a_plan_is_near_the_run() {
    let people = || Table::new(vec![twice(1500, "ciudad", |n, _| word(5000 + n % 40))]).unwrap();
    for (rules, method) in [
        (&[][..], BlockMethod::Neighbours),
        (&["email", "phone", "window(surname + given_name, 4)"][..], BlockMethod::Rules),
    ] {
        let mut config = Config::default();
        config.block.rules = rules.iter().map(|rule| (*rule).to_owned()).collect();
        config.block.method = Some(method);
        let planned = plan(people(), &config, &PlanOptions { pair_budget: Some(20_000) }).unwrap();
        let resolution = consolidate(people(), &config).unwrap();
        let candidates = resolution.matching().candidates as f64;
        let ratio = planned.blocking.candidate_pairs / candidates;
        assert!((0.9..1.1).contains(&ratio), "{method:?}: {planned:?} for {candidates} pairs");
        let all = resolution.matching().candidate_pairs();
        let records = resolution.records();
        let number = |record: u32| records.id(RecordId(record))[1..].parse::<usize>().unwrap();
        let second: std::collections::BTreeMap<usize, u32> =
            (1500..3000).map(|record| (number(record), record)).collect();
        let found = (0..1500).filter(|&record| all.contains(record, second[&number(record)])).count();
        let recall = planned.blocking.recall.expect("contact points beside names");
        assert!((recall - found as f64 / 1500.0).abs() < 0.05, "{method:?}: {recall} for {found} of 1500");
        assert_eq!(planned.rules.len(), rules.len());
        assert!(planned.peak_bytes > 0 && planned.cpu_seconds > 0.0 && planned.reduction() > 0.9);
        let suggested: u64 = planned.suggestions.iter().map(|rule| rule.pairs).sum();
        assert!(suggested <= 20_000 && planned.suggestions.last().is_some_and(|rule| rule.found > 0.9));
    }
}

/// A newsletter knows the mail address and often nothing else. That one address is one person is told by the records that
/// hold a name as well; those that hold none must profit from it.
#[test]
fn a_mail_address_alone_joins_where_addresses_are_personal() {
    let rows: Vec<Vec<String>> = (0..1500).map(|n| customer(&format!("a{n}"), n)[..4].to_vec()).collect();
    // Of those that come again two in three without a name.
    let copies: Vec<Vec<String>> = (0..600)
        .map(|n| {
            let mut row = rows[n].clone();
            row[0] = format!("b{n}");
            if n % 3 > 0 {
                (row[1], row[2]) = (String::new(), String::new());
            }
            row
        })
        .collect();
    let resolution =
        resolve(vec![source("crm", &FIELDS[..4], &rows), source("boletin", &FIELDS[..4], &copies)]);
    let (merged, wrong) = merged(&resolution);
    // Counted as any value, addresses without a name joined none of the 400.
    assert!(merged - wrong >= 570 && wrong <= 30, "{merged} pairs of 600, {wrong} of them wrong");
    let estimate = resolution.matching().estimated_matches();
    assert!((estimate / 600.0 - 1.0).abs() < 0.15, "{estimate}");
}

/// Whoever makes one of two lists of addresses wants each once. An address that is a slip away from another one may be a
/// slip, so that some few are one.
#[test]
fn a_list_of_nothing_but_mail_addresses() {
    let each_once = |fields: &[&str], row: &dyn Fn(usize) -> Vec<String>| {
        let resolution = resolve(vec![source("boletin", fields, &(0..1000).map(row).collect::<Vec<_>>())]);
        let entity = |at: usize| {
            resolution.entities().entity_of(resolution.records().find("boletin", &format!("b{at}")).unwrap())
        };
        assert!((0..100).all(|at| entity(at) == entity(at + 900)));
        assert!((895..=900).contains(&resolution.entities().len()), "{}", resolution.entities().len());
    };
    let person = |at: usize| customer(&format!("b{at}"), at % 900);
    each_once(&["id", "email"], &|at| vec![person(at)[0].clone(), person(at)[3].clone()]);
    each_once(&["id", "nombre", "email"], &|at| {
        vec![person(at)[0].clone(), person(at)[1].clone(), person(at)[3].clone()]
    });
}
