//! What happened to customers: each interaction once, at the survivor, on the right side of consent.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use quilate::history::{
    Channel, ConsentPolicy, ConsentState, Exclusion, History, Kind, LegalBasis, LifeCycle, ListSpec, Metrics,
    Purpose, Recipient, Salt, Tombstones, TotalConfig, TotalPolicy, TotalValue,
};
use quilate::pipeline::{consolidate_with, without, without_erased};
use quilate::{Config, EntityId, ErrorKind, Issues, Resolution, Source, Table, consolidate};

const AS_OF: (i16, u8, u8) = (2025, 6, 30);

/// A record of a touchpoint.
#[derive(Clone, Debug, Default, serde::Serialize)]
struct Row {
    id: String,
    first_name: String,
    last_name: String,
    email: String,
    phone: String,
    street: String,
    postcode: String,
    city: String,
    #[serde(rename = "Accepts Email Marketing")]
    accepts_email: String,
    #[serde(rename = "Base jurídica")]
    legal_basis: String,
    #[serde(rename = "Total Spent")]
    total_spent: String,
}

fn row(id: &str, first_name: &str, last_name: &str, email: &str, phone: &str) -> Row {
    Row {
        id: id.to_owned(),
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        email: email.to_owned(),
        phone: phone.to_owned(),
        ..Row::default()
    }
}

/// An interaction.
#[derive(Clone, Debug, Default, serde::Serialize)]
struct Happened {
    source: String,
    source_id: String,
    event_id: String,
    at: String,
    kind: String,
    channel: String,
    direction: String,
    amount: String,
    currency: String,
    category: String,
    status: String,
    until: String,
}

fn event(record: &str, event_id: &str, at: &str, kind: &str) -> Happened {
    let (source, source_id) = record.split_once(':').expect("source:id");
    Happened {
        source: source.to_owned(),
        source_id: source_id.to_owned(),
        event_id: event_id.to_owned(),
        at: at.to_owned(),
        kind: kind.to_owned(),
        ..Happened::default()
    }
}

fn order(record: &str, event_id: &str, at: &str, amount: &str, currency: &str) -> Happened {
    Happened {
        amount: amount.to_owned(),
        currency: currency.to_owned(),
        ..event(record, event_id, at, "order")
    }
}

/// Ana is in both sources; Pau, Marta and Jon in one.
fn people() -> Vec<(&'static str, Vec<Row>)> {
    let ana = |id| row(id, "Ana", "Urrutia Vega", "ana.urrutia@gmail.com", "+34 617345908");
    vec![
        (
            "crm",
            vec![
                ana("1"),
                row("2", "Pau", "Vila Soler", "pau@vila.cat", "+34 655010203"),
                row("3", "Jon", "Lasa", "", ""),
            ],
        ),
        ("shop", vec![ana("10"), row("11", "Marta", "Gil Otero", "marta.gil@gmail.com", "+34 611222333")]),
    ]
}

fn table(people: &[(&'static str, Vec<Row>)]) -> Table {
    let source = |(name, rows): &(&'static str, Vec<Row>)| {
        Source::from_records(name, rows.clone()).expect("rows are maps")
    };
    Table::new(people.iter().map(source).collect()).expect("different names")
}

fn resolve(people: &[(&'static str, Vec<Row>)], config: &Config) -> Resolution {
    consolidate(table(people), config).unwrap_or_else(|error| panic!("{error}"))
}

fn history_with(resolution: &Resolution, events: Vec<Happened>, config: &Config) -> History {
    let file = Source::from_records("interactions", events).expect("rows are maps");
    let relations = resolution.relations(&Default::default());
    resolution.history(&relations, [file], config, AS_OF, None).unwrap_or_else(|error| panic!("{error}"))
}

fn entity(resolution: &Resolution, record: &str) -> EntityId {
    let (source, id) = record.split_once(':').expect("source:id");
    resolution.entities().entity_of(resolution.records().find(source, id).expect("the record"))
}

fn day(text: &str) -> i32 {
    (quilate::normalize::date::timestamp(text).expect("a day") / 86_400) as i32
}

#[test]
fn acceptance_17_an_opt_out_of_any_member_suppresses_the_channel() {
    let mut people = people();
    people[0].1[0].accepts_email = "yes".to_owned();
    people[0].1[1].accepts_email = "yes".to_owned();
    let config = Config::default();
    let resolution = resolve(&people, &config);
    let spec = ListSpec {
        channel: Channel::Email,
        purpose: Purpose::Marketing,
        recipient: Recipient::Person,
        silence_permits: false,
    };
    let everybody: Vec<EntityId> = (0..resolution.entities().len() as u32).map(EntityId).collect();
    let ana = entity(&resolution, "crm:1");
    assert_eq!(ana, entity(&resolution, "shop:10"), "one customer in two sources");
    let listed = |events: Vec<Happened>| {
        let history = history_with(&resolution, events, &config);
        let list = resolution.list(&history, &everybody, &spec);
        let state = history.consent(ana, Channel::Email, Purpose::Marketing, None);
        (list.rows.iter().any(|row| row.entity == ana), state.state, state.disagreement)
    };
    let before = vec![event("crm:2", "a", "2025-01-01", "call")];
    assert_eq!(listed(before), (true, ConsentState::Granted, false));
    // The shop's record opts out; the CRM's still says yes.
    let optout = Happened { channel: "email".to_owned(), ..event("shop:10", "b", "2025-02-01", "optout") };
    assert_eq!(listed(vec![optout]), (false, ConsentState::Withdrawn, true));
}

#[test]
fn acceptance_18_the_erased_are_not_recreated_from_another_source() {
    let config = Config::default();
    let resolution = resolve(&people(), &config);
    let salt = Salt::from_hex("00112233445566778899aabbccddeeff").expect("a salt");
    let mut tombstones = Tombstones::new(salt.clone());
    let ana = entity(&resolution, "crm:1");
    resolution.bury(&BTreeSet::from([ana]), &mut tombstones);
    let members: BTreeSet<_> = resolution.entities().members(ana).iter().copied().collect();
    let rest = without(&table(&people()), &config, &members).expect("the same table");
    assert_eq!(rest.len(), 3);
    let texts = |table: &Table| -> String {
        let columns = table.sources().iter().flat_map(Source::columns);
        columns
            .flat_map(|column| column.dictionary().iter().collect::<Vec<_>>())
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(texts(&table(&people())).contains("ana.urrutia@gmail.com"));
    assert!(!texts(&rest).contains("rrutia") && !texts(&rest).contains("617345908"));
    let stored: String = tombstones.iter().map(|(kind, hash)| format!("{kind} {hash}\n")).collect();
    assert!(!stored.contains("ana") && !stored.contains("617345908"), "{stored}");

    // She comes back: by a new source, under a new id, written in another way; by telephone alone; and by the old record.
    let mut again = people();
    again.push((
        "till",
        vec![
            row("77", "ANA", "URRUTIA", "Ana.Urrutia@Gmail.com", ""),
            row("78", "", "", "", "617 34 59 08"),
            row("79", "Ana", "Ruiz Peña", "ana.ruiz@gmail.com", "+34 600111222"),
        ],
    ));
    // The tombstones of a run are read from a file in the next.
    let mut read = Tombstones::new(salt);
    tombstones.iter().for_each(|(kind, hash)| read.insert_hash(kind, &hash).expect("what was written"));
    let mut issues = Issues::new();
    let cleaned = without_erased(table(&again), &config, &read, &mut issues).expect("the same configuration");
    assert_eq!(issues.count("erased_record"), 4, "{issues:?}");
    let after = consolidate_with(cleaned, &config, issues, |_| {}).expect("the same configuration");
    assert_eq!(after.issues().count("erased_record"), 4);
    let names: BTreeSet<String> = after.golden_records().map(|golden| golden.name()).collect();
    assert!(names.iter().all(|name| !name.contains("Urrutia")), "{names:?}");
    assert!(names.contains("Ana Ruiz Peña"), "another Ana stays: {names:?}");
    assert_eq!(after.entities().len(), 4);
}

#[test]
fn a_family_does_not_vanish_with_one_of_its_members() {
    let config = Config::default();
    let mut people = people();
    let home = "familia.gil@gmail.com";
    people[1].1.push(row("12", "Pedro", "Gil Otero", home, "+34 944123456"));
    people[1].1.push(row("13", "Laura", "Gil Otero", home, "+34 944123456"));
    let resolution = resolve(&people, &config);
    let pedro = entity(&resolution, "shop:12");
    assert_ne!(pedro, entity(&resolution, "shop:13"));
    let mut tombstones = Tombstones::new(Salt::from_hex("00112233445566778899aabbccddeeff").expect("a salt"));
    resolution.bury(&BTreeSet::from([pedro]), &mut tombstones);
    let mut issues = Issues::new();
    let rest = without_erased(table(&people), &config, &tombstones, &mut issues).expect("the same table");
    assert_eq!(issues.count("erased_record"), 1);
    let after = consolidate(rest, &config).expect("the same configuration");
    assert!(after.records().find("shop", "12").is_none() && after.records().find("shop", "13").is_some());
}

#[test]
fn acceptance_19_one_order_in_two_sources_counts_once() {
    let config = Config::default();
    let resolution = resolve(&people(), &config);
    let events = vec![
        order("shop:10", "so-1", "2025-03-01T10:00:00Z", "59.90", "EUR"),
        // The CRM lists it as well, without its amount and a minute later.
        event("crm:1", "so-1", "2025-03-01T10:01:00Z", "pedido"),
        order("shop:10", "so-2", "2025-04-01T10:00:00Z", "10.10", "EUR"),
        // The help desk numbers its cases in its own way.
        event("crm:1", "so-2", "2025-04-02", "complaint"),
    ];
    let history = history_with(&resolution, events, &config);
    let metrics = history.metrics(entity(&resolution, "crm:1"));
    assert_eq!((metrics.order_days.len(), metrics.money[0].revenue, metrics.money[0].orders), (2, 7_000, 2));
    assert_eq!((metrics.cases.len(), metrics.events), (1, 3));
    assert_eq!(history.issues().count("repeated_interaction"), 1);
}

#[test]
fn acceptance_22_every_interaction_follows_the_survivor() {
    let config = Config::default();
    let resolution = resolve(&people(), &config);
    let events: Vec<Happened> = ["crm:1", "crm:2", "crm:3", "shop:10", "shop:11"]
        .into_iter()
        .enumerate()
        .flat_map(|(at, record)| {
            (0..=at).map(move |n| {
                event(record, &format!("{record}-{n}"), &format!("2025-01-{:02}", n + 1), "call")
            })
        })
        .collect();
    let all = events.len();
    let history = history_with(&resolution, events, &config);
    let mut found = 0;
    for entity in (0..resolution.entities().len() as u32).map(EntityId) {
        for event in history.events().of(entity) {
            assert_eq!(resolution.entities().entity_of(event.record()), entity);
            found += 1;
        }
    }
    assert_eq!((found, history.events().len()), (all, all));
    assert_eq!(history.metrics(entity(&resolution, "crm:1")).events, 1 + 4);
}

#[test]
fn acceptance_25_exported_and_excluded_are_what_went_in() {
    let config = Config::default();
    let mut people = people();
    let yes = |row: Row| Row { accepts_email: "yes".to_owned(), ..row };
    let home = |row: Row| Row {
        street: "Calle Ercilla 40, 2º A".to_owned(),
        postcode: "48011".to_owned(),
        city: "Bilbao".to_owned(),
        ..row
    };
    people[1].1.extend([
        yes(home(row("20", "Unai", "Arrieta Olabarri", "familia.arrieta@gmail.com", "+34 622000001"))),
        yes(home(row("21", "Maddi", "Arrieta Olabarri", "familia.arrieta@gmail.com", "+34 622000002"))),
        yes(home(row("22", "Jon", "Arrieta Olabarri", "jon.arrieta@gmail.com", "+34 622000003"))),
        yes(row("23", "Rosa", "Ferrer Salas", "rosa.ferrer@gmail.com", "+34 622000004")),
        Row { accepts_email: "no".to_owned(), ..row("24", "Iván", "Tejada", "ivan.tejada@gmail.com", "") },
        yes(row("25", "Clara", "Quiroga", "clara.quiroga@gmail.com", "")),
        yes(row("26", "Hugo", "Ibarra", "hugo@", "")),
        yes(row("27", "Elena", "Benítez", "elena.benitez@gmail.com", "")),
        Row { street: "Plaza Nueva 1".to_owned(), ..row("28", "Sara", "Valls", "", "") },
    ]);
    let resolution = resolve(&people, &config);
    let bounced = Happened {
        channel: "email".to_owned(),
        direction: "out".to_owned(),
        status: "bounced".to_owned(),
        ..event("shop:25", "m-1", "2025-05-01", "campaign")
    };
    let file = Source::from_records("interactions", [bounced]).expect("a map");
    let mut suppressed = Tombstones::new(Salt::from_hex("00112233445566778899aabbccddeeff").expect("a salt"));
    suppressed.insert_contact("Elena.Benitez@gmail.com").expect("an address");
    let relations = resolution.relations(&Default::default());
    let history =
        resolution.history(&relations, [file], &config, AS_OF, Some(&suppressed)).expect("a history");
    let everybody: Vec<EntityId> = (0..resolution.entities().len() as u32).map(EntityId).collect();
    let list = |recipient, silence_permits, channel| {
        let spec = ListSpec { channel, purpose: Purpose::Marketing, recipient, silence_permits };
        let list = resolution.list(&history, &everybody, &spec);
        let all: BTreeSet<EntityId> =
            list.rows.iter().map(|row| row.entity).chain(list.excluded.iter().map(|out| out.0)).collect();
        assert_eq!(list.rows.len() + list.excluded.len(), everybody.len(), "{:?}", list.reasons());
        assert_eq!(all.len(), everybody.len(), "nobody twice");
        list
    };
    let of = |record| entity(&resolution, record);
    let people = list(Recipient::Person, false, Channel::Email);
    let reasons: BTreeMap<EntityId, Exclusion> = people.excluded.iter().copied().collect();
    for (record, reason) in [
        ("shop:21", Exclusion::DuplicateAddress),
        ("shop:24", Exclusion::Denied),
        ("shop:25", Exclusion::Bounced),
        ("shop:26", Exclusion::NoAddress),
        ("shop:27", Exclusion::Suppressed),
        ("crm:2", Exclusion::NoConsent),
        ("crm:3", Exclusion::NoAddress),
    ] {
        assert_eq!(reasons.get(&of(record)), Some(&reason), "{record}");
    }
    let listed: Vec<EntityId> = people.rows.iter().map(|row| row.entity).collect();
    assert_eq!(listed, [of("shop:20"), of("shop:22"), of("shop:23")]);
    let households = list(Recipient::Household, false, Channel::Email);
    assert_eq!(households.rows.len(), 2);
    assert_eq!(households.reasons()[&Exclusion::SameHousehold], 2);
    let post = list(Recipient::Person, true, Channel::Post);
    assert!(post.excluded.contains(&(of("shop:28"), Exclusion::InvalidAddress)), "a street of no town");
    for channel in [Channel::Email, Channel::Phone, Channel::Sms, Channel::Post, Channel::Chat] {
        list(Recipient::Household, true, channel);
        list(Recipient::Person, true, channel);
    }
}

#[test]
fn the_questions_of_a_customer_relations_team() {
    let config = Config::default();
    let resolution = resolve(&people(), &config);
    let talk = |event: Happened, channel: &str, direction: &str, status: &str| Happened {
        channel: channel.to_owned(),
        direction: direction.to_owned(),
        status: status.to_owned(),
        ..event
    };
    let about = |event: Happened, category: &str| Happened { category: category.to_owned(), ..event };
    let events = vec![
        talk(event("crm:1", "c1", "2025-06-28", "Anruf"), "", "in", ""),
        talk(event("crm:1", "e1", "2025-06-01", "email"), "email", "out", ""),
        talk(event("crm:1", "e2", "2025-06-03", "correo"), "email", "in", ""),
        talk(event("crm:1", "e3", "2025-01-03", "email"), "email", "in", ""),
        about(talk(event("crm:1", "q1", "2025-04-10", "complaint"), "phone", "in", "open"), "entrega"),
        about(talk(event("crm:1", "q2", "2025-05-20", "reclamación"), "web", "in", "resuelto"), "entrega"),
        about(talk(event("crm:1", "q3", "2024-05-20", "question"), "web", "in", "closed"), "factura"),
        talk(event("crm:1", "k1", "2024-11-20", "catalogue"), "post", "out", "sent"),
        talk(event("crm:1", "m1", "2024-11-21", "campaign"), "email", "out", "bounced"),
        about(order("shop:10", "o1", "2024-10-01", "100.00", "EUR"), "textil"),
        about(order("shop:10", "o2", "2024-10-31", "50.00", "EUR"), "textil"),
        about(order("shop:10", "o3", "2024-11-30", "50.00", "EUR"), "baño"),
        talk(order("shop:10", "o4", "2024-12-01", "999.00", "EUR"), "web", "in", "cancelled"),
        talk(order("shop:10", "o5", "2024-12-02", "30.00", "EUR"), "web", "in", "refunded"),
        Happened {
            amount: "-30.00".to_owned(),
            currency: "EUR".to_owned(),
            ..event("shop:10", "r5", "2024-12-09", "return")
        },
        Happened { until: "2025-07-20".to_owned(), ..event("shop:10", "w1", "2024-01-01", "contract") },
        Happened {
            amount: "12.00".to_owned(),
            currency: "EUR".to_owned(),
            ..event("crm:1", "a1", "2024-09-01", "cost")
        },
        about(order("shop:11", "p1", "2025-06-15", "20.00", "EUR"), "baño"),
        about(order("shop:11", "p2", "2025-06-15", "20.00", "EUR"), "jardín"),
    ];
    let history = history_with(&resolution, events, &config);
    let ana = entity(&resolution, "crm:1");
    let metrics = history.metrics(ana);
    // Contacts by direction in 7, 30, 90, 365 days and all; what bounced has reached nobody.
    assert_eq!(metrics.contacts.inbound, [1, 2, 4, 5, 6]);
    assert_eq!(metrics.contacts.outbound, [0, 1, 1, 2, 2]);
    assert_eq!(metrics.by_channel[Channel::Phone as usize].all, [1, 1, 2, 2, 2]);
    assert_eq!((metrics.contacts.last, metrics.last_out), (Some(day("2025-06-28")), Some(day("2025-06-01"))));
    assert_eq!((metrics.emails, metrics.email_replies), ((2, 1), 1));
    assert_eq!((metrics.last_catalogue, metrics.last_campaign), (Some(day("2024-11-20")), None));
    let cases: Vec<_> = metrics.cases.iter().map(|c| (c.kind, c.channel, c.open, c.closed)).collect();
    assert_eq!(
        cases,
        [
            (Kind::Question, Channel::Web, 0, 1),
            (Kind::Complaint, Channel::Web, 0, 1),
            (Kind::Complaint, Channel::Phone, 1, 0),
        ]
    );
    assert_eq!(
        (metrics.last_complaint, metrics.open_since),
        (Some(day("2025-05-20")), Some(day("2025-04-10")))
    );
    assert_eq!(history.problems(&metrics).collect::<Vec<_>>(), [("entrega", 2), ("factura", 1)]);
    // Four orders that were not cancelled; the refunded one and its return are one refund.
    assert_eq!((metrics.order_days.len(), metrics.median_gap()), (4, Some(30.0)));
    let money = metrics.main_money().expect("money");
    assert_eq!(
        (money.revenue, money.refunds, money.margin, money.acquisition),
        (20_000, 3_000, 6_000, 1_200)
    );
    // 60.00 of margin a year: 0.75 / 1.1 five times over, less what winning cost.
    let step: f64 = 0.75 / 1.1;
    let sum: f64 = (1..=5).map(|year| step.powi(year)).sum();
    let expected = (6_000.0 * sum).round() as i64 - 1_200;
    assert_eq!(quilate::history::lifetime_value(money, &history.config().value), expected);
    assert_eq!(metrics.life_cycle(history.config(), day("2025-06-30")), LifeCycle::Late);
    assert_eq!(metrics.contracts, [day("2025-07-20")]);
    let alarms: Vec<(&str, i32)> =
        history.alarms(&metrics).iter().map(|alarm| (alarm.kind.name(), alarm.day)).collect();
    assert_eq!(
        alarms,
        [
            ("late_order", day("2024-12-02") + 75),
            ("complaint_spike", day("2025-05-20")),
            ("contract_end", day("2025-07-20")),
        ]
    );
    assert_eq!(history.owned(&metrics).collect::<Vec<_>>(), [("textil", 2), ("baño", 1)]);
    assert_eq!(history.next_categories(ana, 3), ["jardín"], "Marta has it beside the bathroom");
    let rfm = history.rfm(ana).expect("orders");
    assert_eq!((rfm.recency, rfm.frequency, rfm.monetary), (1, 3, 3));
    assert_eq!(history.value_rank(ana), Some(1));
    let pau = history.metrics(entity(&resolution, "crm:2"));
    assert_eq!(pau.life_cycle(history.config(), day("2025-06-30")), LifeCycle::Prospect);
    assert_eq!((pau.events, pau.contacts.last, history.rfm(entity(&resolution, "crm:2"))), (0, None, None));
}

#[test]
fn bad_input_is_counted_and_named() {
    let config = Config::default();
    let resolution = resolve(&people(), &config);
    let events = vec![
        order("shop:10", "o1", "2025-01-01", "100.00", "EUR"),
        order("shop:10", "o2", "2025-02-01", "70.00", "USD"),
        order("shop:10", "o3", "2025-02-02", "9.999", "USD"),
        order("shop:10", "o4", "2031-02-02", "50.00", "EUR"),
        order("shop:99", "o5", "2025-02-02", "50.00", "EUR"),
        order("erp:10", "o6", "2025-02-02", "50.00", "EUR"),
        order("shop:10", "o7", "gestern", "50.00", "EUR"),
        order("shop:10", "o8", "2025-02-03", "fifty", "EUR"),
        event("shop:10", "", "2025-02-04", "call"),
        event("shop:10", "", "2025-02-04", "call"),
        event("shop:10", "o9", "2025-02-04", "seance"),
        event("shop:11", "o1", "2025-02-05", "order"),
    ];
    let history = history_with(&resolution, events, &config);
    let metrics = history.metrics(entity(&resolution, "shop:10"));
    let money: Vec<(&str, i64)> = metrics.money.iter().map(|m| (m.currency.code(), m.revenue)).collect();
    assert_eq!(money, [("USD", 8_000), ("EUR", 10_000)], "never added, the one of most orders first");
    let counts: Vec<(&str, u64)> = history.issues().iter().map(|issue| (issue.code, issue.count)).collect();
    assert_eq!(
        counts,
        [
            ("future_interaction", 1),
            ("interaction_of_two_customers", 1),
            ("interaction_of_unknown_record", 2),
            ("interaction_without_date", 1),
            ("interaction_without_id", 2),
            ("mixed_currencies", 1),
            ("repeated_interaction", 1),
            ("rounded_amount", 1),
            ("unknown_interaction", 1),
            ("unreadable_amount", 1),
        ]
    );
    let lines =
        history.issues().iter().find(|issue| issue.code == "future_interaction").expect("it is there");
    assert_eq!((lines.lines.as_slice(), lines.source.as_str()), (&[4][..], "interactions"));

    // A file of something else is misuse.
    let relations = resolution.relations(&Default::default());
    let other = Source::from_records("weather", [BTreeMap::from([("town", "Vigo"), ("sky", "grey")])])
        .expect("a map");
    let wrong = resolution.history(&relations, [other], &config, AS_OF, None).expect_err("no ids in it");
    assert_eq!(wrong.kind(), ErrorKind::Format);
    assert!(wrong.to_string().contains("history.files.weather.columns"), "{wrong}");
    for (toml, path) in [
        ("[history.files.a.columns]\nx = \"when\"", "history.files.a.columns.x"),
        ("[history.value]\nretention = 1.5", "history.value.retention"),
        ("[history.value.contact_cost]\npigeon = \"1\"", "history.value.contact_cost.pigeon"),
        ("[history.consent.columns]\nA = \"email:fun\"", "history.consent.columns.A"),
        ("[history.totals.spent]\npolicy = \"prefer\"", "history.totals.spent.prefer"),
    ] {
        let error = Config::from_toml(toml).expect_err(toml);
        assert!(error.to_string().starts_with(path), "{error}");
    }
}

#[test]
fn columns_are_found_in_six_languages_or_named() {
    let config = Config::default();
    let resolution = resolve(&people(), &config);
    let relations = resolution.relations(&Default::default());
    let files: [(&str, [&str; 6]); 6] = [
        ("es", ["Código cliente", "Nº pedido", "Fecha pedido", "Importe", "Moneda", "Estado"]),
        ("en", ["Customer ID", "OrderNumber", "order_date", "Total", "Currency", "Financial Status"]),
        (
            "pt",
            ["Código do cliente", "Número do pedido", "Data do pedido", "Valor total", "Moeda", "Situação"],
        ),
        ("fr", ["Code client", "N° commande", "Date de commande", "Montant", "Devise", "Statut"]),
        ("de", ["Kundennummer", "Bestellnummer", "Bestelldatum", "Betrag", "Währung", "Zustand"]),
        ("it", ["Codice cliente", "Numero ordine", "Data ordine", "Importo", "Valuta", "Stato"]),
    ];
    for (language, headers) in files {
        let row = |id: &str, number: &str, at: &str| {
            let cells = [id, number, at, "1.234,50", "EUR", "paid"];
            headers.into_iter().zip(cells.map(str::to_owned)).collect::<BTreeMap<_, _>>()
        };
        let rows = [row("10", "A-1", "25/03/2025"), row("11", "A-2", "02/03/2025")];
        let file = Source::from_records(language, rows).expect("maps");
        let history = resolution.history(&relations, [file], &config, AS_OF, None);
        let history = history.unwrap_or_else(|error| panic!("{language}: {error}"));
        let metrics = history.metrics(entity(&resolution, "shop:11"));
        assert_eq!(metrics.order_days, [day("2025-03-02")], "{language} {:?}", history.columns());
        assert_eq!(metrics.money[0].revenue, 123_450, "{language} {:?}", history.columns());
        assert_eq!(history.columns()[language].len(), 6, "{language} {:?}", history.columns());
    }
    // Nothing tells what these are; the configuration does.
    let rows = [BTreeMap::from([("a", "11"), ("b", "03/02/2025"), ("c", "7")])];
    let file = Source::from_records("odd", rows).expect("maps");
    let config = Config::from_toml(
        "[history.files.odd]\nsource = \"shop\"\ncurrency = \"EUR\"\nday_first = false\nkind = \"order\"\n\
         [history.files.odd.columns]\na = \"record_id\"\nb = \"at\"\nc = \"amount\"\n",
    )
    .expect("a configuration");
    let history = resolution.history(&relations, [file], &config, AS_OF, None).expect("named columns");
    let metrics = history.metrics(entity(&resolution, "shop:11"));
    assert_eq!((metrics.order_days.as_slice(), metrics.money[0].revenue), (&[day("2025-03-02")][..], 700));
}

#[test]
fn totals_are_joined_as_declared() {
    let mut people = people();
    people[0].1[0].total_spent = "150.00".to_owned();
    people[1].1[0].total_spent = "1,100.50".to_owned();
    let total = |config: &Config, events: Vec<Happened>| {
        let resolution = resolve(&people, config);
        let history = history_with(&resolution, events, config);
        let ana = entity(&resolution, "crm:1");
        let metrics = history.metrics(ana);
        let totals = history.totals_of(resolution.entities().members(ana), &metrics);
        history.totals().map(str::to_owned).zip(totals).collect::<Vec<_>>()
    };
    let value = |text: &str| vec![("total_spent".to_owned(), TotalValue::Value(text.to_owned()))];
    let apart = vec![order("shop:10", "o1", "2025-01-01", "5", "EUR")];
    let common = vec![
        order("shop:10", "o1", "2025-01-01", "5", "EUR"),
        order("crm:1", "o1", "2025-01-01", "5", "EUR"),
    ];
    let default = Config::default();
    assert_eq!(total(&default, apart.clone()), value("1250.50"));
    assert_eq!(total(&default, common), value("1100.50"), "both list one order: their totals overlap");
    let with = |policy, prefer: &[&str]| {
        let mut config = Config::default();
        let prefer = prefer.iter().map(|name| (*name).to_owned()).collect();
        let fields = vec!["Total Spent".to_owned()];
        let total = TotalConfig { fields, policy, prefer, money: true, currency: None };
        config.history.totals.insert("total_spent".to_owned(), total);
        config
    };
    assert_eq!(total(&with(TotalPolicy::Max, &[]), apart.clone()), value("1100.50"));
    assert_eq!(total(&with(TotalPolicy::Prefer, &["crm"]), apart), value("150.00"));
    let mixed = vec![
        order("shop:10", "o1", "2025-01-01", "5", "EUR"),
        order("crm:1", "o2", "2025-01-01", "5", "USD"),
    ];
    assert_eq!(total(&default, mixed)[0].1, TotalValue::MixedCurrencies);
}

#[test]
fn consent_by_address() {
    let mut people = people();
    people[0].1[0].accepts_email = "yes".to_owned();
    people[1].1[0].accepts_email = "no".to_owned();
    people[1].1[0].email = "ana.trabajo@vega.es; ana.urrutia@gmail.com".to_owned();
    let mut config = Config::default();
    config.history.consent.policy = ConsentPolicy::PerIdentifier;
    let resolution = resolve(&people, &config);
    let history = history_with(&resolution, vec![event("crm:2", "a", "2025-01-01", "call")], &config);
    let ana = entity(&resolution, "crm:1");
    assert_eq!(ana, entity(&resolution, "shop:10"));
    let spec = ListSpec {
        channel: Channel::Email,
        purpose: Purpose::Marketing,
        recipient: Recipient::Person,
        silence_permits: false,
    };
    let list = resolution.list(&history, &[ana], &spec);
    assert_eq!(
        list.rows.iter().map(|row| row.address.as_str()).collect::<Vec<_>>(),
        ["ana.urrutia@gmail.com"]
    );
}

/// A register of consent tells of each channel, purpose and address apart, and on what it rests; so do columns of records.
#[test]
fn consent_by_channel_purpose_and_address_with_its_basis() {
    let mut people = people();
    people[1].1[0].email = "ana.trabajo@vega.es; ana.urrutia@gmail.com".to_owned();
    people[0].1[1].accepts_email = "yes".to_owned();
    people[0].1[1].legal_basis = "Interés legítimo".to_owned();
    let head =
        ["customer id", "Canal", "Finalidad", "Base jurídica", "Estado", "Correo electrónico", "Fecha"];
    let row = |cells: [&str; 7]| head.into_iter().zip(cells.map(str::to_owned)).collect::<BTreeMap<_, _>>();
    let register = [
        row([
            "10",
            "email",
            "Publicidad",
            "Consentimiento",
            "Concedido",
            "Ana.Trabajo@vega.es",
            "2025-01-01",
        ]),
        row([
            "10",
            "email",
            "Publicidad",
            "Consentimiento",
            "Revocado",
            "ana.urrutia@gmail.com",
            "2025-02-01",
        ]),
        row(["10", "email", "Elaboración de perfiles", "Interés legítimo", "Concedido", "", "2025-02-02"]),
        row(["10", "teléfono", "Publicidad", "Doble opt-in", "Concedido", "617 345 908", "2025-02-03"]),
        row(["10", "teléfono", "Cesión a terceros", "Consentimiento", "Denegado", "", "2025-02-03"]),
        row(["11", "email", "Publicidad", "Consentimiento", "Pendiente", "", "2025-02-04"]),
    ];
    let decisions = |policy: ConsentPolicy| {
        let mut config = Config::default();
        config.history.consent.policy = policy;
        let resolution = resolve(&people, &config);
        let relations = resolution.relations(&Default::default());
        let file = Source::from_records("consents", register.clone()).expect("maps");
        let history = resolution.history(&relations, [file], &config, AS_OF, None).expect("a register");
        let (ana, pau, marta) =
            (entity(&resolution, "shop:10"), entity(&resolution, "crm:2"), entity(&resolution, "shop:11"));
        let code = |channel: Channel, text: &str| {
            let addresses = resolution.addresses(ana, channel);
            let address = addresses.iter().find(|address| address.text.ends_with(text));
            address.unwrap_or_else(|| panic!("{addresses:?}")).identifier
        };
        let (work, home) =
            (code(Channel::Email, "ana.trabajo@vega.es"), code(Channel::Email, "ana.urrutia@gmail.com"));
        let asked = [
            (ana, Channel::Email, Purpose::Marketing, work),
            (ana, Channel::Email, Purpose::Marketing, home),
            (ana, Channel::Email, Purpose::Profiling, None),
            (ana, Channel::Phone, Purpose::Marketing, code(Channel::Phone, "617345908")),
            (ana, Channel::Phone, Purpose::ThirdParties, None),
            (ana, Channel::Post, Purpose::Marketing, None),
            (marta, Channel::Email, Purpose::Marketing, None),
            (pau, Channel::Email, Purpose::Marketing, None),
        ];
        asked.map(|(who, channel, purpose, code)| {
            let decision = history.consent(who, channel, purpose, code);
            (decision.state, decision.by.map_or(LegalBasis::Unknown, |by| by.basis))
        })
    };
    use ConsentState::*;
    use LegalBasis::{ConfirmedConsent, Consent, LegitimateInterest};
    let by_address = [
        (Granted, Consent),
        (Withdrawn, Consent),
        (Granted, LegitimateInterest),
        (Granted, ConfirmedConsent),
        // An event of a register is a yes or a no; which word for no it had is not kept.
        (Withdrawn, Consent),
        (Unknown, LegalBasis::Unknown),
        (Unknown, LegalBasis::Unknown),
        (Granted, LegitimateInterest),
    ];
    assert_eq!(decisions(ConsentPolicy::PerIdentifier), by_address);
    // For the customer as a whole the no to one address is a no to all.
    let mut by_customer = by_address;
    by_customer[0] = (Withdrawn, Consent);
    assert_eq!(decisions(ConsentPolicy::MostRestrictive), by_customer);
}

/// Any interactions of Ana's two records and of Pau's, with numbers that meet.
fn any_events() -> impl Strategy<Value = Vec<Happened>> {
    let kinds =
        prop::sample::select(vec!["order", "call", "email", "complaint", "campaign", "return", "optout"]);
    let records = prop::sample::select(vec!["crm:1", "shop:10", "crm:2"]);
    let rows = (records, 0u32..12, 1u32..360, kinds, 0i64..100_000, prop::sample::select(vec!["EUR", "USD"]));
    let rows = rows.prop_map(|(record, number, age, kind, cents, currency)| {
        // What an event is follows from its number, as in a real export; who tells of it does not.
        let at = quilate::normalize::date::civil_from_days(i64::from(
            day("2025-06-30") - (age % 7) as i32 - number as i32,
        ));
        let (year, month, day) = at.expect("a day");
        let amount = format!("{}.{:02}", (cents % 90) + i64::from(number), number);
        let _ = kind;
        let kind =
            ["order", "call", "email", "complaint", "campaign", "return", "optout"][number as usize % 7];
        Happened {
            amount: if matches!(kind, "order" | "return") { amount } else { String::new() },
            currency: currency.to_owned(),
            category: format!("c{}", number % 3),
            ..event(record, &format!("n{number}"), &format!("{year:04}-{month:02}-{day:02}"), kind)
        }
    });
    prop::collection::vec(rows, 1..40)
}

/// The figures by the event numbers alone, made in the plainest way: one map from number and kind to the row that tells most.
fn naive(events: &[Happened], records: &[&str]) -> (usize, BTreeMap<String, usize>) {
    let mine = events
        .iter()
        .filter(|event| records.contains(&format!("{}:{}", event.source, event.source_id).as_str()));
    let set: BTreeSet<(String, String)> =
        mine.map(|event| (event.event_id.clone(), event.kind.clone())).collect();
    let mut kinds = BTreeMap::new();
    set.iter().for_each(|(_, kind)| *kinds.entry(kind.clone()).or_default() += 1);
    (set.len(), kinds)
}

fn figures(metrics: &Metrics) -> (usize, [usize; 4]) {
    let complaints: u32 = metrics.cases.iter().map(|cases| cases.open + cases.closed).sum();
    let counts = [
        metrics.order_days.len(),
        (metrics.calls.0 + metrics.calls.1) as usize,
        complaints as usize,
        metrics.optouts.len(),
    ];
    (metrics.events as usize, counts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// The figures of a customer of two records are those of the set union of what the records tell, in any order of rows
    /// and files, and the other customer's are none of its business.
    #[test]
    fn the_figures_of_a_union(events in any_events(), turn in 0usize..40) {
        let config = Config::default();
        let resolution = resolve(&people(), &config);
        let ana = entity(&resolution, "crm:1");
        let history = history_with(&resolution, events.clone(), &config);
        let metrics = history.metrics(ana);
        let (count, kinds) = naive(&events, &["crm:1", "shop:10"]);
        let of = |kind: &str| kinds.get(kind).copied().unwrap_or(0);
        // A call without a direction is a contact, but neither in nor out.
        let (found, [orders, _, complaints, optouts]) = figures(&metrics);
        prop_assert_eq!((found, orders, complaints, optouts), (count, of("order"), of("complaint"), of("optout")));

        let mut turned = events.clone();
        turned.rotate_left(turn % events.len());
        turned.reverse();
        let (left, right) = turned.split_at(turned.len() / 2);
        let file = |name: &str, rows: &[Happened]| Source::from_records(name, rows.to_vec()).expect("maps");
        let files = [file("a", left), file("b", right)];
        let files = files.into_iter().filter(|file| !file.is_empty());
        let relations = resolution.relations(&Default::default());
        let again = resolution.history(&relations, files, &config, AS_OF, None).expect("the same rows");
        for entity in (0..resolution.entities().len() as u32).map(EntityId) {
            prop_assert_eq!(history.metrics(entity), again.metrics(entity));
            prop_assert_eq!(history.rfm(entity), again.rfm(entity));
            prop_assert_eq!(history.statements(entity), again.statements(entity));
        }
    }

    /// Money is exact: the revenue is the sum of the paid amounts of distinct orders less the returns, currency by currency.
    #[test]
    fn revenue_is_the_exact_sum(amounts in prop::collection::vec((-99_999i64..99_999, 0usize..2), 1..60)) {
        let config = Config::default();
        let resolution = resolve(&people(), &config);
        let rows = amounts.iter().enumerate().map(|(at, &(cents, currency))| {
            let text = quilate::history::format_minor(cents, quilate::history::Currency::parse("EUR").expect("a code"));
            order("shop:11", &format!("o{at}"), "2025-05-05", &text, ["EUR", "USD"][currency])
        });
        let history = history_with(&resolution, rows.collect(), &config);
        let metrics = history.metrics(entity(&resolution, "shop:11"));
        for (at, code) in ["EUR", "USD"].into_iter().enumerate() {
            let sum: i64 = amounts.iter().filter(|one| one.1 == at).map(|one| one.0).sum();
            let found = metrics.money.iter().find(|money| money.currency.code() == code);
            prop_assert_eq!(found.map_or(0, |money| money.revenue), sum);
        }
    }
}
