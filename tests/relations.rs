//! Relations between customers: found where they are, never merges, the same for any order of the input.

#![cfg(feature = "csv")]

use std::collections::BTreeSet;
use std::path::Path;

use quilate::io::csv::{ReadOptions, read_path};
use quilate::relate::{RelateOptions, RelationKind, Relations};
use quilate::{Config, EntityId, Resolution, Table, consolidate};

/// A row of a test source.
#[derive(Clone, Default, serde::Serialize)]
struct Row {
    id: String,
    first_name: String,
    last_name: String,
    company: String,
    email: String,
    phone: String,
    street: String,
    postcode: String,
    city: String,
    birth_date: String,
}

fn row(id: &str, first_name: &str, last_name: &str) -> Row {
    Row {
        id: id.to_owned(),
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        ..Row::default()
    }
}

/// People who have nothing to do with each other, so that the model has strangers to learn from.
fn strangers(count: usize) -> Vec<Row> {
    let given = ["Ana", "Luis", "Marta", "Jorge", "Elena", "Pablo", "Rosa", "Iván", "Clara", "Hugo", "Sara"];
    let surnames = ["Otero", "Benítez", "Ferrer", "Ibarra", "Quiroga", "Salas", "Tejada", "Urrutia", "Valls"];
    (0..count)
        .map(|at| Row {
            email: format!("persona{at}@gmail.com"),
            phone: format!("+34 6{:08}", 10_000_000 + at * 7919),
            street: format!("Calle {} {}", surnames[at % 7], 1 + at % 60),
            postcode: format!("{:05}", 28_001 + at % 40),
            city: "Madrid".to_owned(),
            birth_date: format!("{:04}-{:02}-{:02}", 1950 + at % 45, 1 + at % 12, 1 + at % 28),
            ..row(
                &format!("x{at}"),
                given[at % 11],
                &format!("{} {}", surnames[at % 9], surnames[(at / 9) % 9]),
            )
        })
        .collect()
}

fn resolve(rows: Vec<Row>) -> Resolution {
    let table = Table::from_records("crm", rows).expect("rows are maps");
    consolidate(table, &Config::default()).expect("a default configuration")
}

fn entity(resolution: &Resolution, id: &str) -> EntityId {
    resolution.entities().entity_of(resolution.records().find("crm", id).expect("the id"))
}

fn kinds(resolution: &Resolution, relations: &Relations, a: &str, b: &str) -> Vec<RelationKind> {
    let (a, b) = (entity(resolution, a), entity(resolution, b));
    let pair = |from, to| (from == a && to == b) || (from == b && to == a);
    relations.iter().filter(|r| pair(r.from, r.to)).map(|r| r.kind).collect()
}

/// The CRM and the till of the bundled sample, with rows of our own: a model that has matches and households to learn from.
fn with_sample(rows: Vec<Row>) -> Resolution {
    let read = |name: &str| {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data").join(name).with_extension("csv");
        read_path(path, &ReadOptions::new()).expect("the bundled sample").source
    };
    let ours = quilate::Source::from_records("ours", rows).expect("rows are maps");
    let table = Table::new(vec![read("crm"), read("shop"), read("till"), ours]).expect("four names");
    consolidate(table, &Config::default()).expect("a default configuration")
}

#[test]
fn acceptance_09_twins_are_two_persons_and_one_household() {
    let home = |row: Row| Row {
        street: "Avenida de la Paz 17, 3º B".to_owned(),
        postcode: "26004".to_owned(),
        city: "Logroño".to_owned(),
        birth_date: "1994-04-12".to_owned(),
        ..row
    };
    let resolution = with_sample(vec![
        home(row("t1", "Lucía", "Echeverría Manso")),
        home(row("t2", "Andrea", "Echeverría Manso")),
        row("t3", "Pau", "Vila"),
    ]);
    let find =
        |id: &str| resolution.entities().entity_of(resolution.records().find("ours", id).expect("the id"));
    let (first, second) = (find("t1"), find("t2"));
    let why = resolution.explain(("ours", "t1"), ("ours", "t2")).expect("both are there");
    assert_ne!(first, second, "{why}");
    let relations = resolution.relations(&RelateOptions::default());
    let kinds: Vec<RelationKind> = relations.of(first).map(|relation| relation.kind).collect();
    assert!(kinds.contains(&RelationKind::Household), "{kinds:?}");
    let members = (0..resolution.entities().len() as u32).map(EntityId);
    assert_eq!(members.filter(|&e| relations.household(e) == relations.household(first)).count(), 2);
}

#[test]
fn acceptance_10_a_parents_email_on_three_children() {
    let home = |row: Row, born: &str| Row {
        email: "familia.zubizarreta@gmail.com".to_owned(),
        street: "Calle Ercilla 40, 2º A".to_owned(),
        postcode: "48011".to_owned(),
        city: "Bilbao".to_owned(),
        birth_date: born.to_owned(),
        ..row
    };
    let mut rows = strangers(120);
    rows.push(home(row("c0", "Begoña", "Olabarri Zubizarreta"), "1975-02-11"));
    rows.push(home(row("c1", "Unai", "Arrieta Olabarri"), "2004-05-19"));
    rows.push(home(row("c2", "Maddi", "Arrieta Olabarri"), "2007-09-02"));
    rows.push(home(row("c3", "Jon", "Arrieta Olabarri"), "2011-12-27"));
    let resolution = resolve(rows);
    let ids = ["c0", "c1", "c2", "c3"];
    let persons: BTreeSet<u32> = ids.iter().map(|id| entity(&resolution, id).0).collect();
    assert_eq!(persons.len(), 4, "one mailbox is not one person");
    let relations = resolution.relations(&RelateOptions::default());
    let households: BTreeSet<u32> =
        ids.iter().map(|id| relations.household(entity(&resolution, id)).0).collect();
    assert_eq!(households.len(), 1);
    let kinds = kinds(&resolution, &relations, "c1", "c3");
    assert!(kinds.starts_with(&[RelationKind::Household, RelationKind::SharedContactPoint]), "{kinds:?}");
}

#[test]
fn employers_are_directed_and_colleagues_are_not() {
    let mut rows = strangers(60);
    let at = |row: Row, email: &str| Row { email: email.to_owned(), ..row };
    let company = |row: Row| Row { company: "Talleres Berriz S.L.".to_owned(), ..row };
    rows.push(company(at(row("firm", "", ""), "info@talleresberriz.es")));
    rows.push(company(at(row("boss", "Gorka", "Berriz"), "gorka@talleresberriz.es")));
    rows.push(at(row("hand", "Nerea", "Lasa"), "nerea.lasa@talleresberriz.es"));
    rows.push(at(row("free", "Aitor", "Goñi"), "aitor@gmail.com"));
    let resolution = resolve(rows);
    let relations = resolution.relations(&RelateOptions::default());
    let (firm, hand) = (entity(&resolution, "firm"), entity(&resolution, "hand"));
    let employer = relations.of(hand).find(|r| r.kind == RelationKind::Employer).expect("by the domain");
    assert_eq!((employer.from, employer.to), (hand, firm));
    assert!(employer.evidence.names().eq(["email_domain"]));
    assert_eq!(kinds(&resolution, &relations, "boss", "hand"), [RelationKind::Colleague]);
    assert_eq!(relations.of(entity(&resolution, "free")).count(), 0, "gmail.com employs nobody here");
}

#[test]
fn a_switchboard_relates_nobody_and_is_counted() {
    let mut rows = strangers(80);
    for row in &mut rows[..30] {
        row.phone = "+34 944 160 000".to_owned();
    }
    let resolution = resolve(rows);
    let relations = resolution.relations(&RelateOptions::default());
    let by_phone = relations.iter().filter(|r| r.kind == RelationKind::SharedContactPoint).count();
    assert_eq!(by_phone, 0);
    assert_eq!(relations.passed_over["phone"], (1, 30));
    assert_eq!(relations.issues().count("large_group"), 30);
}

#[test]
fn families_of_one_building_are_not_one_household() {
    let mut rows = strangers(100);
    for (at, row) in rows.iter_mut().enumerate() {
        // Thirty flats of one house, a frequent surname in every third of them.
        if at < 30 {
            row.street = format!("Gran Vía 8, {}º {}", 1 + at / 4, ["A", "B", "C", "D"][at % 4]);
            row.postcode = "28013".to_owned();
        }
        if at % 3 == 0 {
            row.last_name = format!("García {}", row.last_name.split(' ').next_back().unwrap_or(""));
        }
    }
    let resolution = resolve(rows);
    let relations = resolution.relations(&RelateOptions::default());
    assert!(relations.iter().all(|r| r.kind != RelationKind::Household), "{:?}", relations.counts());
}

#[test]
fn an_office_is_no_household() {
    let mut rows = strangers(60);
    let office = |row: Row, email: &str| Row {
        company: "Clínica Dental Olmos S.L.".to_owned(),
        email: email.to_owned(),
        phone: "+34 914161868".to_owned(),
        street: "Avda. de Madrid 10".to_owned(),
        postcode: "28003".to_owned(),
        city: "Madrid".to_owned(),
        ..row
    };
    rows.push(office(row("o1", "Inmaculada", "Pujol"), "ipujol@dentalolmos.es"));
    rows.push(office(row("o2", "Rafael", "Blanco"), "rblanco@dentalolmos.es"));
    let resolution = resolve(rows);
    let relations = resolution.relations(&RelateOptions::default());
    let kinds = kinds(&resolution, &relations, "o1", "o2");
    assert_eq!(kinds, [RelationKind::SharedContactPoint, RelationKind::Colleague]);
}

#[test]
fn a_street_is_the_same_without_its_type() {
    let mut rows = strangers(60);
    let at = |row: Row, street: &str| Row {
        street: street.to_owned(),
        postcode: "08038".to_owned(),
        city: "Barcelona".to_owned(),
        ..row
    };
    rows.push(at(row("s1", "Ignacio", "Merino Guillén"), "C/ de la Luna, nº 14"));
    rows.push(at(row("s2", "Carmen", "Merino"), "DE LA LUNA, 14"));
    let resolution = resolve(rows);
    let relations = resolution.relations(&RelateOptions::default());
    assert!(kinds(&resolution, &relations, "s1", "s2").contains(&RelationKind::Household));
}

#[test]
fn the_order_of_rows_has_no_say() {
    let mut rows = strangers(90);
    for at in [3, 14, 15, 26] {
        rows[at].phone = "+34 622 000 111".to_owned();
    }
    let first = resolve(rows.clone()).relations(&RelateOptions::default());
    rows.reverse();
    rows.rotate_left(31);
    assert_eq!(first, resolve(rows).relations(&RelateOptions::default()));
    assert!(!first.is_empty());
    let keys: Vec<_> = first.iter().map(|r| (r.from, r.to, r.kind)).collect();
    assert!(keys.is_sorted_by(|a, b| a < b), "ascending, each once");
    assert!(first.iter().all(|r| r.kind.is_directed() || r.from < r.to));
}
