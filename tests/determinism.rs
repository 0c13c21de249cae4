//! The same bytes for any order of files, of rows, and any number of threads.
//!
//! The table is made here: three touchpoints that know overlapping parts of one population, with typing errors, values
//! that are missing, shared households, and ids that occur twice. What is compared is everything a user could save:
//! the entity of every record, every golden cell with its origin, and the bits of every weight.

use std::fmt::Write as _;

use quilate::table::ColumnBuilder;
use quilate::{Config, RecordId, Resolution, Source, Table, consolidate};

/// SplitMix64 (Steele, Lea and Flood, 2014): enough randomness for a table, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

const GIVEN: [&str; 24] = [
    "María", "José", "Ana", "Luis", "Carmen", "Pau", "Lucía", "Jorge", "Marta", "Iñaki", "Nuria", "Óscar",
    "Elena", "Raúl", "Sofía", "Hugo", "Irene", "Tomás", "Alba", "Diego", "Rocío", "Andrés", "Julia",
    "Víctor",
];
const SURNAMES: [&str; 30] = [
    "García",
    "López",
    "Martínez",
    "Sánchez",
    "Pérez",
    "Gómez",
    "Ruiz",
    "Díaz",
    "Moreno",
    "Muñoz",
    "Álvarez",
    "Romero",
    "Navarro",
    "Torres",
    "Vila",
    "Serrano",
    "Molina",
    "Ortega",
    "Castro",
    "Rubio",
    "Marín",
    "Iglesias",
    "Cano",
    "Prieto",
    "Calvo",
    "Vidal",
    "Lozano",
    "Gallego",
    "Soler",
    "Echevarría",
];
const CITIES: [&str; 8] =
    ["Madrid", "Barcelona", "València", "Sevilla", "Bilbao", "Vigo", "Murcia", "Girona"];
const FIELDS: [&str; 9] =
    ["id", "name", "surname", "email", "phone", "birth_date", "city", "postcode", "updated_at"];

/// A row of one touchpoint; an empty cell is null.
type Row = [String; FIELDS.len()];

/// A row of what a person is, before a touchpoint mistypes it.
fn person(random: &mut Random, number: usize, family: &Row) -> Row {
    let [.., city, postcode, _] = family;
    let (given, second) = (random.pick(&GIVEN), random.pick(&SURNAMES));
    let surname = format!("{} {second}", family[2]);
    let handle = format!("{}{}{number}", given.to_lowercase(), random.below(90))
        .replace(['í', 'é', 'ó', 'ñ', 'ú'], "x");
    [
        String::new(),
        given.to_owned(),
        surname,
        format!("{handle}@example.es"),
        format!("6{:08}", random.below(100_000_000)),
        format!("{}-{:02}-{:02}", 1940 + random.below(65), 1 + random.below(12), 1 + random.below(28)),
        city.clone(),
        postcode.clone(),
        String::new(),
    ]
}

/// What a touchpoint wrote down: without some values, and with typing errors in others.
fn noted(random: &mut Random, person: &Row) -> Row {
    let mut row = person.clone();
    for cell in &mut row[1..8] {
        if random.percent(14) {
            cell.clear();
        } else if random.percent(7) {
            let mut letters: Vec<char> = cell.chars().collect();
            let at = random.below(letters.len() - 1);
            letters.swap(at, at + 1);
            *cell = letters.into_iter().collect();
        } else if random.percent(10) {
            *cell = cell.to_uppercase();
        }
    }
    row[8] =
        format!("20{:02}-{:02}-{:02}", 15 + random.below(10), 1 + random.below(12), 1 + random.below(28));
    row
}

/// The rows of each touchpoint.
fn touchpoints() -> Vec<(&'static str, Vec<Row>)> {
    let mut random = Random(20);
    let mut files = vec![("crm", Vec::new()), ("shop", Vec::new()), ("till", Vec::new())];
    let mut number = 0;
    while files.iter().map(|(_, rows)| rows.len()).sum::<usize>() < 2_000 {
        let mut family: Row = Default::default();
        family[2] = random.pick(&SURNAMES).to_owned();
        family[6] = random.pick(&CITIES).to_owned();
        family[7] = format!("{:05}", 1_000 + random.below(50_000));
        for _ in 0..1 + random.below(3) {
            let someone = person(&mut random, number, &family);
            for (_, rows) in &mut files {
                while random.percent(52) {
                    number += 1;
                    let mut row = noted(&mut random, &someone);
                    // One id in forty belongs to two records, which then differ by their content alone.
                    row[0] = if number % 40 == 0 { format!("{}", number - 1) } else { number.to_string() };
                    rows.push(row);
                }
            }
        }
    }
    files
}

fn table(files: &[(&'static str, Vec<Row>)]) -> Table {
    let source = |(name, rows): &(&'static str, Vec<Row>)| {
        let columns = (0..FIELDS.len()).map(|field| {
            let mut column = ColumnBuilder::new();
            rows.iter().for_each(|row| column.push(Some(&row[field])));
            column.finish()
        });
        Source::new(name, FIELDS.map(str::to_owned).to_vec(), columns.collect(), Vec::new())
            .expect("columns of one length")
    };
    Table::new(files.iter().map(source).collect()).expect("sources of different names")
}

fn run(files: &[(&'static str, Vec<Row>)]) -> Resolution {
    let config =
        Config { id: Some("id".to_owned()), as_of: Some("2026-01-01".to_owned()), ..Config::default() };
    consolidate(table(files), &config).expect("a table that can be consolidated")
}

/// Everything that a user could save, as text.
fn bytes(resolution: &Resolution) -> String {
    let mut out = String::new();
    let records = resolution.records();
    let name = |record: RecordId| format!("{}:{}", records.source_name(record), records.id(record));
    for record in (0..records.len()).map(RecordId::from_index) {
        writeln!(out, "{} {}", name(record), resolution.entities().entity_of(record)).expect("memory");
    }
    for golden in resolution.golden_records() {
        writeln!(out, "golden {} {}", golden.entity, golden.quality).expect("memory");
        for value in golden.values {
            writeln!(out, " {}={} {} {}", value.field, value.text, name(value.record), value.rule)
                .expect("memory");
        }
    }
    let matching = resolution.matching();
    writeln!(out, "lambda {:x} candidates {}", matching.model.lambda.to_bits(), matching.candidates)
        .expect("memory");
    for edge in &matching.edges {
        writeln!(out, "edge {} {} {:x}", edge.a, edge.b, edge.score.weight.to_bits()).expect("memory");
    }
    for issue in resolution.issues().iter() {
        // Not its lines: those are places in the files, which move when rows do.
        writeln!(out, "issue {} {} {} {}", issue.code, issue.source, issue.field, issue.count)
            .expect("memory");
    }
    out
}

/// The first line that differs, which is worth more than two outputs of thousands.
fn assert_same(expected: &str, found: &str, what: &str) {
    let differs = expected.lines().zip(found.lines()).enumerate().find(|(_, (a, b))| a != b);
    if let Some((line, (expected, found))) = differs {
        panic!("{what}, line {}: {found:?} instead of {expected:?}", line + 1);
    }
    assert_eq!(expected.len(), found.len(), "{what}: one is longer");
}

#[test]
fn the_table_is_worth_the_test() {
    let resolution = run(&touchpoints());
    let (records, entities) = (resolution.records().len(), resolution.entities().len());
    assert!(records >= 2_000, "{records} records");
    assert!((records / 6..records * 9 / 10).contains(&entities), "{entities} entities of {records} records");
    assert!(resolution.matching().edges.len() > records / 2, "too few edges to tell orders apart");
    assert!(resolution.issues().count("repeated_id") > 10, "ids that repeat are the hard case of the order");
}

#[test]
fn rows_and_files_in_any_order() {
    let mut files = touchpoints();
    let expected = bytes(&run(&files));
    for seed in 1..=2 {
        let mut random = Random(seed);
        random.shuffle(&mut files);
        files.iter_mut().for_each(|(_, rows)| random.shuffle(rows));
        assert_same(&expected, &bytes(&run(&files)), &format!("shuffled with seed {seed}"));
    }
}

#[cfg(feature = "parallel")]
#[test]
fn any_number_of_threads() {
    let files = touchpoints();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| bytes(&run(&files)))
    };
    let expected = with(1);
    for threads in [2, 8] {
        assert_same(&expected, &with(threads), &format!("{threads} threads"));
    }
}
