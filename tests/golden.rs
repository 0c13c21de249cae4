//! Golden records that can be trusted: what survives, who keeps a number, what a person's judgement does, and what is no
//! evidence at all. The numbers of the `acceptance_` tests are those of the list of requirements.

mod people;

use std::collections::{BTreeMap, BTreeSet};

use people::{Person, Shuffle, crowd, doubled, key, person, run, run_in, table};
use proptest::prelude::*;
use quilate::cluster::{Entities, ReviewReason};
use quilate::history::History;
use quilate::io::csv::Writer;
use quilate::io::outputs;
use quilate::merge::{
    Decision, Field, FieldSpec, MergeConfig, MergeInput, OwnRule, Pin, UNKNOWN_TIME, Verification, merge,
};
use quilate::normalize::Quality;
use quilate::registry::Event;
use quilate::{
    Column, Config, EntityId, ErrorKind, Judgement, Judgements, PersistentId, RecordId, Resolution, Source,
    SourceId, State,
};

const DAY: i64 = 86_400;

/// All that a run says, as it is written.
fn bytes(resolution: &Resolution) -> Vec<Vec<u8>> {
    let writer = || Writer::new(Vec::new());
    vec![
        outputs::write_golden(resolution, writer()).unwrap().into_inner().unwrap(),
        outputs::write_xref(resolution, writer()).unwrap().into_inner().unwrap(),
        outputs::write_provenance(resolution, writer()).unwrap().into_inner().unwrap(),
        format!("{:?} {:?}", resolution.events(), resolution.review()).into_bytes(),
    ]
}

/// Groups of records of the first source, by the letters of their ids; others are left out.
fn groups(resolution: &Resolution, ids: &[&str]) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<EntityId, Vec<String>> = BTreeMap::new();
    for id in ids {
        let record = resolution.records().find("crm", id).unwrap();
        groups.entry(resolution.entities().entity_of(record)).or_default().push((*id).to_owned());
    }
    groups.into_values().collect()
}

fn number(resolution: &Resolution, id: &str) -> PersistentId {
    let record = resolution.records().find("crm", id).unwrap();
    resolution.customer_id(resolution.entities().entity_of(record))
}

fn judged(judgements: impl IntoIterator<Item = Judgement>) -> State {
    let judgements = Judgements::new(judgements.into_iter().collect()).unwrap();
    State { judgements, ..State::default() }
}

/// All records of the crm are one customer, because somebody said so.
fn one_customer(people: &[Person], config: &Config) -> Resolution {
    let links = people.windows(2).map(|pair| Judgement::link(key(pair[0].id), key(pair[1].id)));
    let resolution = run_in(people, config, &judged(links)).0;
    assert_eq!(resolution.entities().len(), 1);
    resolution
}

/// One contest for the field `x`: (source, value, changed at, quality) of each record.
struct Contest<'a> {
    rows: &'a [(&'a str, &'a str, i64, Quality)],
    as_of: i64,
    cleared: &'a [u32],
    verified: &'a [Verification],
    published_at: &'a [i64],
    pins: &'a [Pin],
}

const ROWS: Contest<'static> =
    Contest { rows: &[], as_of: UNKNOWN_TIME, cleared: &[], verified: &[], published_at: &[], pins: &[] };

/// The value that survives, and what decided.
fn survivor(config: &MergeConfig, contest: &Contest<'_>) -> (Option<String>, String) {
    let mut sources: Vec<String> = contest.rows.iter().map(|row| row.0.to_owned()).collect();
    sources.sort_unstable();
    sources.dedup();
    let values: Column = contest.rows.iter().map(|row| Some(row.1).filter(|text| !text.is_empty())).collect();
    let of = |text: &str| contest.rows.iter().find(|row| row.1 == text).unwrap().3;
    let field = Field {
        name: "x",
        key: &(0..values.dictionary().len() as u32).collect::<Vec<_>>(),
        quality: &values.dictionary().iter().map(of).collect::<Vec<_>>(),
        values: &values,
        verified: contest.verified,
        cleared: contest.cleared,
    };
    let source = |row: &(&str, &str, i64, Quality)| sources.iter().position(|name| name == row.0).unwrap();
    let plan = config.validate(&[FieldSpec { name: "x", group: None, keep_all: false }], &sources).unwrap();
    let input = MergeInput {
        fields: &[field],
        source: &contest.rows.iter().map(|row| SourceId::from_index(source(row))).collect::<Vec<_>>(),
        updated_at: &contest.rows.iter().map(|row| row.2).collect::<Vec<_>>(),
        published_at: contest.published_at,
        as_of: contest.as_of,
        pins: contest.pins,
        entities: &Entities::from_labels(&vec![0; contest.rows.len()]),
    };
    let golden = merge(&plan, &input).unwrap();
    let view = golden.view(&plan, &input).unwrap();
    let cell = golden.cell(EntityId(0), 0);
    (view.value(EntityId(0), 0).map(str::to_owned), plan.decision_name(cell.decision).to_owned())
}

fn merge_config(json: &str) -> MergeConfig {
    serde_json::from_str(json).unwrap()
}

fn won(config: &str, contest: &Contest<'_>) -> String {
    survivor(&merge_config(config), contest).0.unwrap_or_default()
}

#[test]
fn acceptance_01_any_order_any_shards_same_bytes() {
    let people = crowd(40);
    let first = {
        let mut state = run_in(&people, &Config::default(), &State::default()).1;
        state.judgements.record(Judgement::cannot_link(key("0"), key("1"))).unwrap();
        state
    };
    let want = bytes(&run_in(&people, &Config::default(), &first).0);
    let mut shuffle = Shuffle::new(7);
    for round in 0..100 {
        let shuffled = shuffle.shuffled(&people);
        let (table, config) = people::sharded(&shuffled, 1 + round % 4, &mut shuffle);
        let (resolution, _) = quilate::consolidate_in(table, &config, &first).unwrap();
        assert_eq!(bytes(&resolution), want, "round {round}");
    }
}

#[test]
fn acceptance_02_an_address_survives_whole() {
    let homes = [
        Person {
            street: "200 Cedar Springs Rd",
            city: "Dallas",
            postcode: "75255",
            ..person("1", "Jane", "Doe")
        },
        Person {
            street: "5000 15th Street",
            unit: "Suite 950",
            city: "Redmond",
            postcode: "98052",
            ..person("2", "Jane", "Doe")
        },
    ];
    for (first, second) in [("2025-01-01", "2024-01-01"), ("2024-01-01", "2025-01-01")] {
        for fill in [false, true] {
            let mut people = homes.clone();
            (people[0].updated_at, people[1].updated_at) = (first, second);
            let mut config = Config::default();
            config.merge.groups.entry("address".to_owned()).or_default().fill = fill;
            let resolution = one_customer(&people, &config);
            let golden = resolution.golden_record(EntityId(0));
            let address = ["street", "unit", "city", "postcode"].map(|field| golden.get(field).unwrap_or(""));
            let wanted =
                if first > second { ["", "Dallas", "75255"] } else { ["Suite 950", "Redmond", "98052"] };
            assert_eq!(address[1..], wanted, "{address:?}");
        }
    }
    // Filling takes blanks only from an address that contradicts nothing.
    let mut people = homes;
    (people[1].street, people[1].city, people[1].postcode) = ("200 Cedar Springs Rd", "Dallas", "");
    (people[0].updated_at, people[1].updated_at) = ("2025-01-01", "2024-01-01");
    let mut config = Config::default();
    config.merge.groups.entry("address".to_owned()).or_default().rules = Some(vec!["most_recent".to_owned()]);
    let unit = |config: &Config| {
        let resolution = one_customer(&people, config);
        let golden = resolution.golden_record(EntityId(0));
        let value = golden.values.iter().find(|value| value.field == "unit");
        value.map(|value| (value.text.to_owned(), value.rule.to_owned()))
    };
    assert_eq!(unit(&config), None);
    config.merge.groups.entry("address".to_owned()).or_default().fill = true;
    assert_eq!(unit(&config), Some(("Suite 950".to_owned(), "filled".to_owned())));
}

/// Trust in a crm that fades from 80 to 40 within 100 days, beside a shop that is always trusted 60.
fn trust(decay: &str) -> String {
    format!(
        r#"{{ "rules": ["trust", "source_priority"], "source_priority": ["shop"], "trust": [
            {{ "sources": ["crm"], "max": 80, "min": 40, "period_days": 100, "decay": "{decay}", "downgrade": 50 }},
            {{ "max": 60, "min": 60, "period_days": 1 }} ] }}"#
    )
}

#[test]
fn acceptance_03_trust_fades_and_the_winner_flips_at_the_crossing() {
    let rows = [("crm", "a", 0, Quality::Ok), ("shop", "b", 0, Quality::Ok)];
    // 80 - 40 t = 60 at t = 1/2; 80 - 40 t² = 60 at t = √½; 40 + 40 (1 - t)² = 60 at t = 1 - √½.
    let root = 0.5f64.sqrt();
    for (decay, crossing) in [("linear", 0.5), ("sirl", root), ("risl", 1.0 - root)] {
        let seconds = crossing * 100.0 * DAY as f64;
        let at = |as_of: f64| won(&trust(decay), &Contest { rows: &rows, as_of: as_of as i64, ..ROWS });
        assert_eq!(
            (at(seconds.floor() - 1.0), at(seconds.ceil() + 1.0)),
            ("a".to_owned(), "b".to_owned()),
            "{decay}"
        );
    }
    // At the crossing itself trust is equal, and the next rule decides.
    let tie = survivor(&merge_config(&trust("linear")), &Contest { rows: &rows, as_of: 50 * DAY, ..ROWS });
    assert_eq!(tie, (Some("b".to_owned()), "source_priority".to_owned()));
}

#[test]
fn acceptance_04_an_invalid_value_is_trusted_less() {
    // 60 at 50 % is 30, less than 40.
    let config = r#"{ "rules": ["trust"], "trust": [
        { "sources": ["crm"], "max": 60, "min": 60, "period_days": 1, "downgrade": DOWN },
        { "max": 40, "min": 40, "period_days": 1 } ] }"#;
    let rows = [("crm", "a", 0, Quality::Invalid), ("shop", "b", 0, Quality::Ok)];
    let with =
        |downgrade: &str| won(&config.replace("DOWN", downgrade), &Contest { rows: &rows, as_of: 0, ..ROWS });
    assert_eq!((with("50").as_str(), with("10").as_str()), ("b", "a"), "30 against 40, and 54 against 40");
    let without_day = merge_config(&config.replace("DOWN", "50"));
    let error = {
        let config = Config { merge: without_day, ..people::config(Config::default()) };
        quilate::consolidate(table(&crowd(3)), &config).unwrap_err()
    };
    assert!(error.to_string().contains("as_of: trust fades with time"), "{error}");
}

#[test]
fn acceptance_05_rules_chain_to_one_entity() {
    let mut people = crowd(120);
    people.extend([
        Person { email: "leocadia@balaguer.cat", ..person("a", "Leocadia", "Balaguer Fuste") },
        Person {
            email: "leocadia@balaguer.cat",
            phone: "617345908",
            ..person("b", "Leocadia", "Balaguer Fuste")
        },
        Person { phone: "617345908", ..person("c", "Leocadia", "Balaguer Fuste") },
    ]);
    assert_eq!(groups(&run(&people), &["a", "b", "c"]).len(), 1);
    // By rules that people have given, whatever the weights say.
    let strangers = crowd(3);
    let chain = judged([Judgement::link(key("0"), key("1")), Judgement::link(key("1"), key("2"))]);
    assert_eq!(run_in(&strangers, &Config::default(), &chain).0.entities().len(), 1);
}

/// Patrick, Patricia and a Pat, who is one of the two.
fn smiths() -> Vec<Person> {
    let mut people = doubled(150);
    let phone = "612908345";
    people.extend([
        Person { phone, birth_date: "1990-03-14", ..person("patrick", "Patrick", "Smithson") },
        Person { phone, birth_date: "1994-11-02", ..person("patricia", "Patricia", "Smithson") },
        Person { phone, ..person("pat", "Pat", "Smithson") },
    ]);
    people
}

#[test]
fn acceptance_06_a_record_that_fits_two_joins_neither() {
    let resolution = run(&smiths());
    assert_eq!(groups(&resolution, &["patrick", "patricia", "pat"]).len(), 3);
    let name = |record: RecordId| resolution.records().id(record).to_owned();
    let mut doubts: Vec<_> = resolution.ambiguous().map(|item| (name(item.a), name(item.b))).collect();
    doubts.sort();
    let want = [("pat", "patricia"), ("pat", "patrick")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(doubts, want);
    assert_eq!(resolution.issues().count("ambiguous_record"), 1);
    // Somebody knows.
    let state = judged([Judgement::link(key("pat"), key("patricia"))]);
    let decided = run_in(&smiths(), &Config::default(), &state).0;
    let mut parts = groups(&decided, &["patrick", "patricia", "pat"]);
    parts.sort();
    assert_eq!(parts, [vec!["patricia", "pat"], vec!["patrick"]]);
    assert_eq!(decided.ambiguous().count(), 0);
}

#[test]
fn acceptance_07_one_customer_number_a_customer() {
    let mut people = crowd(120);
    let jane = Person { email: "jane@doeville.org", ..person("", "Jane", "Doeville") };
    people.extend([
        Person { id: "a", identifier: "ABC123987", ..jane.clone() },
        Person { id: "b", identifier: "ABC456321", ..jane },
    ]);
    let mut config = Config::default();
    let free = run_in(&people, &config, &State::default()).0;
    config.guards.identifiers.identifier = Some(1);
    let limited = run_in(&people, &config, &State::default()).0;
    assert_eq!(groups(&limited, &["a", "b"]).len(), 2);
    if groups(&free, &["a", "b"]).len() == 1 {
        let comparisons = quilate::compare::Comparisons::new(limited.attributes());
        let demoted = |comparison: usize| comparisons.items()[comparison].name.clone();
        let demoted: Vec<String> =
            limited.demoted().iter().map(|demotion| demoted(demotion.comparison)).collect();
        assert_eq!(demoted, ["email"]);
        assert!(limited.review().iter().any(|item| item.reason == ReviewReason::IdentifierLimit));
        assert!(
            limited.issues().count("identifier_limit") > 0
                && limited.issues().count("demoted_identifier") == 1
        );
    } else {
        panic!("without a limit the shared address joins them");
    }
}

#[test]
fn acceptance_08_fillers_and_crowds_are_no_evidence() {
    for email in ["test@test.com", "recepcion@hotelmiramar.es"] {
        let mut people = crowd(500);
        let plain = run(&people).entities().len();
        people.iter_mut().for_each(|person| person.email = email);
        let resolution = run(&people);
        assert!(resolution.entities().len() >= plain, "{email}");
        let merged = resolution.entities().iter().filter(|(_, members)| members.len() > 1).count();
        assert_eq!(merged, 0, "{email} joins nobody");
        let codes = ["placeholder", "shared_value"];
        let of_emails =
            resolution.issues().iter().filter(|issue| codes.contains(&issue.code) && issue.field == "email");
        let counted: u64 = of_emails.map(|issue| issue.count).sum();
        assert_eq!(counted, 500, "{email} is counted with the rows that it touched");
        let report = serde_json::to_string(&quilate::report::Summary::new(&resolution)).unwrap();
        // The message about fillers names some as examples.
        assert!(email == "test@test.com" || !report.contains(email), "the report holds no value");
    }
    let mut people = crowd(60);
    people.iter_mut().for_each(|person| person.phone = "963517284");
    let resolution = run(&people);
    let shared = &resolution.shared_values()[0];
    assert_eq!((shared.attribute.as_str(), shared.records), ("phone", 60));
    assert!(shared.names > 20);
    let issue = resolution.issues().iter().find(|issue| issue.code == "shared_value").unwrap();
    assert_eq!((issue.source.as_str(), issue.field.as_str(), issue.lines.len()), ("crm", "phone", 10));
    // The golden records keep what the sources say.
    assert!(resolution.golden_records().all(|golden| golden.get("phone").is_some()));
}

#[test]
fn the_day_that_a_form_starts_with_is_no_evidence() {
    const DEFAULTS: usize = 200;
    let mut people = crowd(500);
    people.iter_mut().take(DEFAULTS).for_each(|person| person.birth_date = "1974-03-09");
    let resolution = run(&people);
    let shared = &resolution.shared_values()[0];
    assert_eq!((shared.attribute.as_str(), shared.records), ("birth_date", DEFAULTS as u32));
    assert!(shared.names > 25);
    assert_eq!(resolution.issues().count("shared_value"), DEFAULTS as u64);
    assert!(resolution.golden_records().all(|golden| golden.get("birth_date").is_some()));
    // One customer whom the form knows two hundred times has a date of birth like anybody else.
    let mut people = crowd(500);
    people.iter_mut().take(DEFAULTS).for_each(|person| {
        (person.given_name, person.birth_date) = ("Telmo", "1974-03-09");
    });
    assert!(run(&people).shared_values().is_empty());
}

#[test]
fn the_number_that_is_typed_for_customers_without_one_is_no_evidence() {
    const DEFAULTS: usize = 60;
    let mut people = crowd(500);
    people.iter_mut().take(DEFAULTS).for_each(|person| person.identifier = "ABC482913");
    let resolution = run(&people);
    let shared: Vec<u32> = resolution.shared_values().iter().map(|shared| shared.records).collect();
    assert_eq!(shared, [DEFAULTS as u32]);
    assert!(resolution.entities().iter().all(|(_, members)| members.len() == 1), "it joins nobody");
    assert_eq!(
        resolution.golden_records().filter(|golden| golden.get("identifier").is_some()).count(),
        DEFAULTS
    );
}

#[test]
fn acceptance_11_a_run_without_change_moves_nothing() {
    let people = crowd(80);
    let (first, state) = run_in(&people, &Config::default(), &State::default());
    assert!(first.events().iter().all(|event| matches!(event, Event::Created(_))));
    assert_eq!(first.events().len(), first.entities().len());
    let (second, again) = run_in(&people, &Config::default(), &state);
    assert_eq!(second.events(), []);
    assert_eq!(again, state);
    assert_eq!(bytes(&first)[..3], bytes(&second)[..3]);
}

#[test]
fn acceptance_12_absent_is_not_cleared() {
    let ok = Quality::Ok;
    // The newer record lacks the value: that says nothing.
    let absent = Contest { rows: &[("crm", "old", 1, ok), ("shop", "", 2, ok)], ..ROWS };
    assert_eq!(won("{}", &absent), "old");
    // It has cleared it: that does, and only for what was there before.
    let cleared = Contest { cleared: &[1], ..absent };
    assert_eq!(survivor(&merge_config("{}"), &cleared), (None, "cleared".to_owned()));
    let newer = Contest { rows: &[("crm", "new", 3, ok), ("shop", "", 2, ok)], ..cleared };
    assert_eq!(won("{}", &newer), "new");
    let both = Contest {
        rows: &[("crm", "a", 1, ok), ("crm", "b", 3, ok), ("shop", "", 2, ok)],
        cleared: &[2],
        ..ROWS
    };
    assert_eq!(won(r#"{ "rules": ["oldest"] }"#, &both), "b");
    let unknown = Contest { rows: &[("crm", "a", 1, ok), ("shop", "", UNKNOWN_TIME, ok)], ..cleared };
    assert_eq!(won("{}", &unknown), "a", "a clearing at an unknown time is not newer");
    let pin = [Pin { record: 0, field: 0, code: None, rank: 0 }];
    assert_eq!(won("{}", &Contest { pins: &pin, ..cleared }), "old", "a person knows better");

    // By the configuration of a source, for one field and for a whole group.
    let home = Person { street: "Calle Mayor 3", city: "Madrid", ..person("1", "Ana", "Vidal") };
    let gone = Person { id: "2", phone: "<cleared>", street: "<Cleared>", city: "", ..home.clone() };
    let people = [
        Person { phone: "617345908", updated_at: "2025-01-01", ..home },
        Person { updated_at: "2025-06-01", ..gone },
    ];
    let mut config = people::config(Config::default());
    config.sources.entry("crm".to_owned()).or_default().cleared = vec!["<cleared>".to_owned()];
    let resolution = one_customer(&people, &config);
    let golden = resolution.golden_record(EntityId(0));
    assert_eq!((golden.get("phone"), golden.get("street"), golden.get("city")), (None, None, None));
    assert_eq!(golden.get("given_name"), Some("Ana"));
}

/// Three records of one woman, and one judgement on them.
fn chain() -> Vec<Person> {
    let mut people = crowd(120);
    let name = |id| person(id, "Eulogia", "Barrachina Puig");
    people.extend([
        Person { email: "eulogia@barrachina.es", birth_date: "1971-05-06", ..name("a") },
        Person { phone: "617909345", birth_date: "1971-05-06", ..name("b") },
        Person { email: "eulogia@barrachina.es", phone: "617909345", ..name("c") },
    ]);
    people
}

#[test]
fn acceptance_13_a_chain_is_cut_at_its_weakest_edge() {
    let people = chain();
    assert_eq!(groups(&run(&people), &["a", "b", "c"]).len(), 1);
    let resolution =
        run_in(&people, &Config::default(), &judged([Judgement::cannot_link(key("a"), key("b"))])).0;
    let weight = |x: &str, y: &str| resolution.explain(("crm", x), ("crm", y)).unwrap().weight;
    let stronger = if weight("a", "c") >= weight("b", "c") { "a" } else { "b" };
    let (with_c, alone) =
        if stronger == "a" { (vec!["a", "c"], vec!["b"]) } else { (vec!["b", "c"], vec!["a"]) };
    let mut found = groups(&resolution, &["a", "b", "c"]);
    found.sort_by_key(|group| std::cmp::Reverse(group.len()));
    assert_eq!(found, [with_c, alone]);
    let [cut] = resolution.prevented() else { panic!("one reason: {:?}", resolution.prevented()) };
    assert_eq!(cut.reason, ReviewReason::CannotLink);
    assert!(cut.weight > 0.0, "the weights would have joined them");
    // Who has been asked once is not asked again.
    let asked = |x: RecordId| ["a", "b", "c"].contains(&resolution.records().id(x));
    assert!(!resolution.review().iter().any(|item| asked(item.a) && asked(item.b)));
}

#[test]
fn acceptance_14_merging_and_unmerging_is_the_identity() {
    let people = crowd(60);
    let (never, state) = run_in(&people, &Config::default(), &State::default());
    let mut merged = state.clone();
    merged
        .judgements
        .record(Judgement::link(key("3"), key("17")).signed("ana", "2026-01-31", "she called"))
        .unwrap();
    let (together, mut state) = run_in(&people, &Config::default(), &merged);
    assert_eq!(together.entities().len(), never.entities().len() - 1);
    let [Event::Merged { entity, into }] = together.events() else { panic!("{:?}", together.events()) };
    assert_eq!(state.registry.resolve(*entity), Some(*into));
    assert_ne!(bytes(&together)[0], bytes(&never)[0]);
    state.judgements.record(Judgement::cannot_link(key("3"), key("17"))).unwrap();
    let (apart, after) = run_in(&people, &Config::default(), &state);
    assert_eq!(
        bytes(&apart)[..3],
        bytes(&never)[..3],
        "golden records, numbers and provenance as if never merged"
    );
    assert_eq!(after.registry, merged.registry);
    assert_eq!(apart.events(), [Event::SplitFrom { entity: *entity, from: *into }]);
}

#[test]
fn acceptance_15_golden_records_are_rebuilt_after_a_broken_link() {
    let mut people = crowd(40);
    people.extend([
        Person { email: "uno@unamuno.es", updated_at: "2024-01-01", ..person("x", "Uno", "Unamuno") },
        Person { email: "dos@dosrius.cat", updated_at: "2025-01-01", ..person("y", "Dos", "Dosrius") },
    ]);
    let email = |resolution: &Resolution, id: &str| {
        let record = resolution.records().find("crm", id).unwrap();
        let entity = resolution.entities().entity_of(record);
        let kept: Vec<String> =
            resolution.kept_values(entity, "email").iter().map(|value| value.text.to_owned()).collect();
        kept
    };
    let (linked, state) = run_in(&people, &Config::default(), &judged([Judgement::link(key("x"), key("y"))]));
    assert_eq!(email(&linked, "x"), ["dos@dosrius.cat", "uno@unamuno.es"]);
    let broken = State { judgements: Judgements::default(), ..state };
    let apart = run_in(&people, &Config::default(), &broken).0;
    assert_eq!(
        (email(&apart, "x"), email(&apart, "y")),
        (vec!["uno@unamuno.es".to_owned()], vec!["dos@dosrius.cat".to_owned()])
    );
}

#[test]
fn acceptance_16_one_part_keeps_the_number() {
    let people = chain();
    let (whole, state) = run_in(&people, &Config::default(), &State::default());
    let id = number(&whole, "a");
    let mut state = state;
    state.judgements.record(Judgement::cannot_link(key("a"), key("b"))).unwrap();
    let (split, state) = run_in(&people, &Config::default(), &state);
    let kept = ["a", "b", "c"].iter().filter(|record| number(&split, record) == id).count();
    assert_eq!(kept, 2, "the larger part keeps it");
    let [Event::SplitFrom { entity, from }] = split.events() else { panic!("{:?}", split.events()) };
    assert_eq!((*from, *entity > id), (id, true));
    let back = State { judgements: Judgements::default(), ..state };
    let (merged, state) = run_in(&people, &Config::default(), &back);
    assert_eq!(merged.events(), [Event::Merged { entity: *entity, into: id }]);
    assert_eq!(state.registry.resolve(*entity), Some(id));
}

#[test]
fn acceptance_21_an_anonymous_record_takes_no_number_over() {
    // A visitor with nothing but an address is there first, with the lower number and more records.
    let visitor =
        |id| Person { id, email: "remei@casademont.cat", given_name: "", surname: "", ..person("", "", "") };
    let mut people = crowd(60);
    people.extend([visitor("00a"), visitor("00b"), visitor("00c")]);
    let links = [Judgement::link(key("00a"), key("00b")), Judgement::link(key("00b"), key("00c"))];
    let (_, state) = run_in(&people, &Config::default(), &judged(links));
    people.push(Person { phone: "655010203", ..person("known", "Remei", "Casademont") });
    let (before, mut state) = run_in(&people, &Config::default(), &state);
    let (known, anonymous) = (number(&before, "known"), number(&before, "00a"));
    assert!(anonymous < known);
    state.judgements.record(Judgement::link(key("known"), key("00a"))).unwrap();
    let (after, state) = run_in(&people, &Config::default(), &state);
    assert_eq!(number(&after, "00b"), known);
    assert_eq!(state.registry.resolve(anonymous), Some(known));
}

#[test]
fn acceptance_23_an_unknown_rule_names_its_path() {
    let rows = [
        (
            r#"{ "rules": ["most_recnt"] }"#,
            r#"merge.rules[0]: unknown survivorship rule "most_recnt"; use one of avg, "#,
        ),
        (
            r#"{ "fields": { "email": { "rules": ["most_recent", "lastest"] } } }"#,
            r#"merge.fields.email.rules[1]: unknown survivorship rule "lastest""#,
        ),
        (
            r#"{ "groups": { "address": { "rules": ["x"] } } }"#,
            "merge.groups.address.rules[0]: unknown survivorship",
        ),
        (
            r#"{ "fields": { "shoe_size": {} } }"#,
            r#"merge.fields.shoe_size: unknown field "shoe_size"; use one of "#,
        ),
        (
            r#"{ "rules": ["trust"] }"#,
            "merge.rules[0]: rule \"trust\" has no trust to go by; say in merge.trust",
        ),
        (r#"{ "rules": ["sum", "longest"] }"#, "merge.rules[1]: no rule comes after \"sum\""),
        (
            r#"{ "groups": { "address": { "rules": ["max"] } } }"#,
            "merge.groups.address.rules: rule \"max\" looks at one",
        ),
        (
            r#"{ "trust": [{ "fields": ["mail"], "max": 9, "min": 1, "period_days": 1 }] }"#,
            "merge.trust[0].fields[0]: unknown field or group \"mail\"",
        ),
        (
            r#"{ "trust": [{ "sources": ["erp"], "max": 9, "min": 1, "period_days": 1 }] }"#,
            "merge.trust[0].sources[0]: unknown source \"erp\"; use one of crm",
        ),
    ];
    for (json, want) in rows {
        let config = people::config(Config { merge: merge_config(json), ..Config::default() });
        let error = quilate::consolidate(table(&crowd(3)), &config).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().starts_with(want), "{error}");
    }
    // A pin on a field that does not exist names its line.
    let pin = Judgement { line: 4, ..Judgement::pin(key("0"), "shoe_size") };
    let config = people::config(Config::default());
    let error = quilate::consolidate_in(table(&crowd(3)), &config, &judged([pin])).unwrap_err();
    assert!(error.to_string().starts_with("judgements:4: a pin names the field \"shoe_size\""), "{error}");
}

#[test]
fn acceptance_24_the_first_record_can_be_split_off() {
    let people = chain();
    let (whole, mut state) = run_in(&people, &Config::default(), &State::default());
    let id = number(&whole, "a");
    for other in ["b", "c"] {
        state.judgements.record(Judgement::cannot_link(key("a"), key(other))).unwrap();
    }
    let split = run_in(&people, &Config::default(), &state).0;
    assert_eq!(
        groups(&split, &["a", "b", "c"]),
        [vec!["a".to_owned()], vec!["b".to_owned(), "c".to_owned()]]
    );
    assert_eq!((number(&split, "b"), number(&split, "a") > id), (id, true));
}

#[test]
fn rules_choose_as_they_say() {
    let ok = Quality::Ok;
    let numbers: &[(&str, &str, i64, Quality)] =
        &[("crm", "10", 1, ok), ("crm", "9,5", 3, ok), ("shop", "1.000,25", 2, ok), ("shop", "", 4, ok)];
    let rows: &[(&str, &str)] = &[
        ("min", "9,5"),
        ("max", "1.000,25"),
        ("sum", "1019.75"),
        ("avg", "339.9167"),
        ("count", "3"),
        ("keep_all", "9,5"),
        ("most_recent", "9,5"),
        ("oldest", "10"),
        ("longest", "1.000,25"),
    ];
    for (rule, want) in rows {
        let (value, decision) = survivor(
            &merge_config(&format!(r#"{{ "rules": ["{rule}"] }}"#)),
            &Contest { rows: numbers, ..ROWS },
        );
        assert_eq!(value.as_deref(), Some(*want), "{rule}");
        assert!(decision == *rule || *rule == "keep_all", "{rule} decided: {decision}");
    }
    let dates = Contest { rows: &[("crm", "2024-05-01", 1, ok), ("shop", "2023-12-31", 2, ok)], ..ROWS };
    assert_eq!(
        (won(r#"{"rules":["min"]}"#, &dates), won(r#"{"rules":["max"]}"#, &dates)),
        ("2023-12-31".into(), "2024-05-01".into())
    );
    let words = Contest { rows: &[("crm", "gold", 1, ok), ("shop", "silver", 2, ok)], ..ROWS };
    assert_eq!(
        survivor(&merge_config(r#"{"rules":["sum"]}"#), &words),
        (None, "sum".to_owned()),
        "no number, no sum"
    );
    // A single record is counted as well.
    let single = Contest { rows: &[("crm", "7", 1, ok)], ..ROWS };
    assert_eq!(
        (won(r#"{"rules":["count"]}"#, &single), won(r#"{"rules":["sum"]}"#, &single)),
        ("1".into(), "7".into())
    );
}

#[test]
fn levels_of_the_comparator_come_in_their_order() {
    let ok = Quality::Ok;
    let rows = &[("crm", "a", 9, ok), ("shop", "b", 5, ok)];
    let plain = Contest { rows, ..ROWS };
    let recent = merge_config(r#"{ "rules": ["most_recent"] }"#);
    assert_eq!(survivor(&recent, &plain), (Some("a".into()), "most_recent".into()));
    // Verified beats what is merely valid, and that beats what failed its check.
    let verified = Contest { verified: &[Verification::Unknown, Verification::Verified], ..plain };
    assert_eq!(survivor(&recent, &verified), (Some("b".into()), "validity".into()));
    let failed = Contest { verified: &[Verification::Unverified, Verification::Unknown], ..plain };
    assert_eq!(survivor(&recent, &failed), (Some("b".into()), "validity".into()));
    let prefer = merge_config(r#"{ "rules": ["prefer_verified", "most_recent"] }"#);
    let bad = [("crm", "a", 9, Quality::Invalid), ("shop", "b", 5, Quality::Invalid)];
    let invalid =
        Contest { rows: &bad, verified: &[Verification::Unverified, Verification::Unknown], ..ROWS };
    assert_eq!(survivor(&prefer, &invalid), (Some("b".into()), "prefer_verified".into()));
    // A pin beats everything, of two the later one.
    let pin = |record, rank| Pin { record, field: 0, code: None, rank };
    let pinned = Contest {
        pins: &[pin(1, 0)],
        verified: &[Verification::Verified, Verification::Unverified],
        ..plain
    };
    assert_eq!(survivor(&recent, &pinned), (Some("b".into()), "pinned".into()));
    let two = Contest { pins: &[pin(0, 1), pin(1, 0)], ..plain };
    assert_eq!(
        survivor(&merge_config(r#"{ "rules": ["oldest"] }"#), &two),
        (Some("a".into()), "pinned".into())
    );
    // Published decides where changed does not.
    let same = &[("crm", "a", 5, ok), ("shop", "b", 5, ok)];
    let published = Contest { rows: same, published_at: &[1, 2], ..ROWS };
    assert_eq!(survivor(&recent, &published), (Some("b".into()), "published_at".into()));
    assert_eq!(survivor(&recent, &Contest { published_at: &[1, 2], ..plain }).0, Some("a".into()));
}

#[test]
fn a_program_brings_its_own_rule() {
    let rule = OwnRule::new("company_mail", |candidates, scores| {
        for (i, score) in scores.iter_mut().enumerate() {
            *score = i64::from(candidates.text(i, 0).ends_with("@acme.es"));
        }
    });
    let mut config = merge_config("{}");
    config.rules = Some(vec!["company_mail".to_owned(), "most_recent".to_owned()]);
    assert!(config.validate(&[], &[]).is_ok(), "nothing to decide");
    let field = [FieldSpec { name: "x", group: None, keep_all: false }];
    assert!(
        config
            .validate(&field, &[])
            .unwrap_err()
            .to_string()
            .contains("unknown survivorship rule \"company_mail\"")
    );
    config.own_rules.push(rule.clone());
    let rows = [("crm", "ana@acme.es", 1, Quality::Ok), ("shop", "ana@gmail.com", 2, Quality::Ok)];
    let (value, decision) = survivor(&config, &Contest { rows: &rows, ..ROWS });
    assert_eq!((value.as_deref(), decision.as_str()), (Some("ana@acme.es"), "company_mail"));
    config.own_rules.push(rule);
    let error = config.validate(&field, &[]).unwrap_err().to_string();
    assert_eq!(error, "merge.own_rules[1]: there is a rule \"company_mail\" already");
}

#[test]
fn kept_values_have_labels_and_a_primary() {
    let people = [
        Person { phone: "617345908", updated_at: "2025-01-01", ..person("1", "Ana", "Vidal") },
        Person { phone: "655010203", updated_at: "2024-01-01", ..person("2", "Ana", "Vidal") },
        Person { phone: "+34 617 34 59 08", updated_at: "2023-01-01", ..person("3", "Ana", "Vidal") },
    ];
    let resolution = one_customer(&people, &Config::default());
    let kept = resolution.kept_values(EntityId(0), "phone");
    let rows: Vec<(&str, bool, usize)> = kept.iter().map(|v| (v.label, v.primary, v.sources.len())).collect();
    assert_eq!(rows, [("phone", true, 1), ("phone", false, 1)]);
    assert!(kept[0].text.ends_with("617345908") || kept[0].text.contains("617"), "{}", kept[0].text);
    assert!(resolution.kept_values(EntityId(0), "shoe_size").is_empty());
}

#[test]
fn a_desk_does_not_beat_a_person_nor_a_code_a_name() {
    let home = Person {
        street: "Calle Mayor 3",
        city: "Barcelona",
        postcode: "08001",
        ..person("1", "Ana", "Vidal")
    };
    for (first, second) in [("2019-01-01", "2025-01-01"), ("2025-01-01", "2019-01-01")] {
        let people = [
            Person { email: "ana.vidal@acme.es", region: "Barcelona", updated_at: first, ..home.clone() },
            Person { id: "2", email: "sales@acme.es", region: "B", updated_at: second, ..home.clone() },
        ];
        let resolution = one_customer(&people, &Config::default());
        let golden = resolution.golden_record(EntityId(0));
        let email = golden.values.iter().find(|value| value.field == "email").unwrap();
        assert_eq!((email.text, email.rule), ("ana.vidal@acme.es", "prefer_personal"));
        let kept: Vec<&str> =
            resolution.kept_values(EntityId(0), "email").iter().map(|value| value.text).collect();
        assert_eq!(kept, ["ana.vidal@acme.es", "sales@acme.es"], "the desk is kept beside it");
        assert_eq!(golden.get("region"), Some("Barcelona"));
    }
    // A desk is better than nothing, and of two the later one.
    let people = [
        Person { email: "ventas@acme.es", region: "B", updated_at: "2019-01-01", ..home.clone() },
        Person { id: "2", email: "info@acme.es", region: "B", updated_at: "2025-01-01", ..home },
    ];
    let resolution = one_customer(&people, &Config::default());
    let golden = resolution.golden_record(EntityId(0));
    assert_eq!((golden.get("email"), golden.get("region")), (Some("info@acme.es"), Some("Barcelona")));
}

#[test]
fn a_pin_decides_and_survives_the_next_run() {
    let people = [
        Person { email: "vieja@vidal.es", updated_at: "2020-01-01", ..person("1", "Ana", "Vidal") },
        Person { email: "nueva@vidal.es", updated_at: "2025-01-01", ..person("2", "Ana", "Vidal") },
    ];
    let state = judged([Judgement::link(key("1"), key("2")), Judgement::pin(key("1"), "email")]);
    let (first, state) = run_in(&people, &Config::default(), &state);
    let (second, _) = run_in(&people, &Config::default(), &state);
    for resolution in [first, second] {
        let golden = resolution.golden_record(EntityId(0));
        let email = golden.values.iter().find(|value| value.field == "email").unwrap();
        assert_eq!((email.text, email.rule), ("vieja@vidal.es", "pinned"));
    }
}

#[test]
fn provenance_says_what_lost_and_how_sure_it_is() {
    let people = [
        Person { birth_date: "1980-03-07", ..person("1", "Ana", "Vidal") },
        Person { birth_date: "1980-03-07", ..person("2", "Ana", "Vidal") },
        Person { birth_date: "1981-09-23", ..person("3", "Ana", "Vidal") },
    ];
    let resolution = one_customer(&people, &Config::default());
    let text = String::from_utf8(bytes(&resolution)[2].clone()).unwrap();
    let row = text.lines().find(|line| line.contains(",birth_date,")).unwrap();
    assert_eq!(row, "1,birth_date,1980-03-07,crm,1,record_order,50,crm:3 most_frequent");
    let golden = String::from_utf8(bytes(&resolution)[0].clone()).unwrap();
    assert!(golden.lines().nth(1).unwrap().contains("birth_date contested -10; "), "{golden}");
    assert_eq!(Decision::Cleared.name(), "cleared");
}

/// Orders, complaints and opt-outs of the people of a crowd.
fn histories(resolution: &Resolution, events: usize) -> History {
    let row = |n: usize| {
        BTreeMap::from([
            ("source", "crm".to_owned()),
            ("source_id", (n * 7 % 24).to_string()),
            ("event_id", format!("n{n}")),
            ("at", format!("2025-{:02}-{:02}", 1 + n % 12, 1 + n % 28)),
            ("kind", ["order", "complaint", "optout"][n % 3].to_owned()),
            ("channel", ["web", "phone", "email"][n % 3].to_owned()),
            ("amount", if n.is_multiple_of(3) { format!("{n}.50") } else { String::new() }),
            ("currency", "EUR".to_owned()),
        ])
    };
    let file = Source::from_records("interactions", (0..events).map(row)).unwrap();
    let relations = resolution.relations(&Default::default());
    resolution.history(&relations, [file], &Config::default(), (2025, 12, 31), None).unwrap()
}

/// The records of each customer, by its number.
fn customers(resolution: &Resolution) -> BTreeMap<PersistentId, BTreeSet<String>> {
    let name = |&record: &RecordId| resolution.records().id(record).to_owned();
    let of = |(entity, members): (EntityId, &[RecordId])| {
        (resolution.customer_id(entity), members.iter().map(name).collect())
    };
    resolution.entities().iter().map(of).collect()
}

#[test]
fn one_percent_more_tells_of_changed_customers_only() {
    // A thousand records of 400 people and their relatives; then ten more: five strangers, and five further records.
    let people = doubled(400);
    let strangers = crowd(405).split_off(400);
    let again = crowd(400).into_iter().step_by(80).map(|person| Person {
        id: Box::leak(format!("{} third", person.id).into_boxed_str()),
        street: "",
        ..person
    });
    let more: Vec<Person> = people.iter().cloned().chain(strangers).chain(again).collect();
    assert_eq!(more.len() - people.len(), people.len() / 100);
    let (first, state) = run_in(&people, &Config::default(), &State::default());
    let (second, _) = run_in(&more, &Config::default(), &state);
    let (before, after) = (customers(&first), customers(&second));
    let is_new = |record: &String| first.records().find("crm", record).is_none();
    for event in second.events() {
        let touched = [Some(event.entity()), event.other()];
        for id in touched.into_iter().flatten() {
            assert_ne!(before.get(&id), after.get(&id), "{event:?} of a customer who is the same");
        }
        // Here nothing but what came may have changed: the model learns little from one record in a hundred.
        assert!(matches!(event, Event::Created(_)), "{event:?}");
        assert!(after[&event.entity()].iter().all(is_new), "{event:?}");
    }
    assert_eq!(second.events().len(), 5, "the strangers");
    let changed = before.iter().filter(|(id, members)| after.get(id) != Some(members)).count();
    assert_eq!(changed, 5, "who has a further record, and nobody else");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Every record is in exactly one entity, whatever people say about pairs of them; who was linked is together, and who
    /// was told apart is apart.
    #[test]
    fn every_record_is_in_exactly_one_entity(said in prop::collection::vec((0usize..30, 0usize..30, any::<bool>()), 0..25)) {
        let people = crowd(30);
        let mut judgements = Judgements::default();
        for (a, b, one) in said {
            let (a, b) = (key(people[a].id), key(people[b].id));
            // What contradicts is refused, and leaves what was said before.
            let _ = judgements.record(if one { Judgement::link(a, b) } else { Judgement::cannot_link(a, b) });
        }
        let resolution = run_in(&people, &Config::default(), &State { judgements: judgements.clone(), ..State::default() }).0;
        let mut members: Vec<RecordId> = resolution.entities().iter().flat_map(|(_, members)| members.to_vec()).collect();
        members.sort_unstable();
        prop_assert_eq!(members, (0..people.len()).map(RecordId::from_index).collect::<Vec<_>>());
        for (entity, members) in resolution.entities().iter() {
            prop_assert!(members.iter().all(|&record| resolution.entities().entity_of(record) == entity));
        }
        for judgement in judgements.iter() {
            let Some((a, b)) = judgement.verdict.pair() else { continue };
            let together = number(&resolution, &a.id) == number(&resolution, &b.id);
            prop_assert_eq!(together, judgement.verdict.name() == "link", "{:?}", judgement);
        }
    }

    /// Merging any two customers and taking it back leaves golden records, numbers, provenance, figures and consent as if
    /// nothing had been.
    #[test]
    fn merging_any_two_and_unmerging_is_the_identity(a in 0usize..24, step in 1usize..24, events in 1usize..60) {
        let people = crowd(24);
        let (a, b) = (key(people[a].id), key(people[(a + step) % 24].id));
        let (never, state) = run_in(&people, &Config::default(), &State::default());
        let mut said = state.clone();
        said.judgements.record(Judgement::link(a.clone(), b.clone())).unwrap();
        let (together, mut said) = run_in(&people, &Config::default(), &said);
        prop_assert_eq!(together.entities().len(), never.entities().len() - 1);
        said.judgements.record(Judgement::cannot_link(a, b)).unwrap();
        let (apart, after) = run_in(&people, &Config::default(), &said);
        prop_assert_eq!(&bytes(&apart)[..3], &bytes(&never)[..3]);
        prop_assert_eq!(after.registry, state.registry);
        let (before, again, joined) = (histories(&never, events), histories(&apart, events), histories(&together, events));
        for entity in (0..never.entities().len()).map(EntityId::from_index) {
            prop_assert_eq!(before.metrics(entity), again.metrics(entity));
            prop_assert_eq!(before.statements(entity), again.statements(entity));
            prop_assert_eq!(before.alarms(&before.metrics(entity)), again.alarms(&again.metrics(entity)));
        }
        // And in between nothing was lost.
        prop_assert_eq!(joined.events().len(), before.events().len());
    }

    /// Golden records are a function of the set, and customers keep their numbers when records are appended and permuted;
    /// an alias leads to a living customer in one hop.
    #[test]
    fn numbers_hold_under_permutation_and_appending(seed in 0u64..1_000, more in 1usize..12) {
        let people = crowd(40 + more);
        let before = &people[..40];
        let (first, state) = run_in(before, &Config::default(), &State::default());
        let mut shuffle = Shuffle::new(seed);
        let (again, _) = run_in(&shuffle.shuffled(before), &Config::default(), &state);
        prop_assert_eq!(again.events(), &[][..]);
        prop_assert_eq!(&bytes(&again)[..3], &bytes(&first)[..3]);
        let (after, state) = run_in(&shuffle.shuffled(&people), &Config::default(), &state);
        let counted: usize = after.entities().iter().map(|(_, members)| members.len()).sum();
        prop_assert_eq!(counted, people.len());
        // The appended are strangers, so that nothing but their creation is told.
        prop_assert!(after.events().iter().all(|event| matches!(event, Event::Created(_))), "{:?}", after.events());
        for (id, target) in state.registry.aliases() {
            prop_assert!(state.registry.is_live(target) && !state.registry.is_live(id));
        }
    }
}
