//! The job that the project exists for, on the bundled sample: five touchpoints in, golden records out, by the library
//! and by the command line.
#![cfg(all(feature = "csv", feature = "toml", feature = "parallel"))]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, OnceLock};

use quilate::io::csv::{ReadOptions, read_path};
use quilate::io::outputs;
use quilate::normalize::placeholder::placeholder;
use quilate::normalize::{Hint, address, text};
use quilate::report::{BlockingMetrics, Metrics};
use quilate::{Config, RecordId, Resolution, Role, Source, Table, consolidate};

const TOUCHPOINTS: [&str; 5] = ["crm", "helpdesk", "newsletter", "shop", "till"];

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join("data").join(name).with_extension("csv")
}

fn sources() -> Vec<Source> {
    let read =
        |name: &&str| read_path(data(name), &ReadOptions::new()).unwrap_or_else(|error| panic!("{error}"));
    TOUCHPOINTS.iter().map(|name| read(name).source).collect()
}

/// The sample, consolidated once for all tests.
static SAMPLE: LazyLock<Resolution> = LazyLock::new(|| {
    let table = Table::new(sources()).unwrap();
    consolidate(table, &Config::default()).unwrap_or_else(|error| panic!("{error}"))
});

/// Rows of a CSV file as written: header first.
fn rows(path: impl AsRef<Path>) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Entity by (source, id) of every record of the sample.
fn truth() -> BTreeMap<(String, String), String> {
    let rows = rows(data("truth")).into_iter().skip(1);
    rows.map(|row| ((row[0].clone(), row[1].clone()), row[2].clone())).collect()
}

/// A folder that is not there yet, of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("quilate-main-job-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn listing(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn finds_the_customers() {
    let resolution = &*SAMPLE;
    let truth = truth();
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    let labels: Vec<Option<u32>> = (0..resolution.records().len() as u32)
        .map(|record| {
            let (source, id) = name(resolution, RecordId(record));
            let entity = truth.get(&(source, id))?;
            let next = numbers.len() as u32;
            Some(*numbers.entry(entity).or_insert(next))
        })
        .collect();
    assert!(labels.iter().all(Option::is_some), "the truth knows every record by its id");

    // The contract is an F1 of .97. What is pinned is what is reached, less one wrong pair in two hundred.
    let metrics = Metrics::of_entities(resolution.entities(), &labels).unwrap();
    assert!(metrics.f1 >= 0.97, "{metrics:?}");
    assert!(metrics.precision >= PRECISION - 0.005, "{metrics:?}");
    assert!(metrics.recall >= RECALL - 0.005, "{metrics:?}");
    assert!(metrics.b3_f1 >= 0.985, "{metrics:?}");

    let matching = resolution.matching();
    let blocking = BlockingMetrics::new(matching.candidate_pairs(), &labels).unwrap();
    let reduction = 1.0 - blocking.candidates as f64 / matching.possible_pairs;
    assert!(blocking.recall >= 0.99 && reduction >= 0.97, "{reduction} {blocking:?}");
    assert!(matching.em.iter().all(|em| em.converged), "{:?}", matching.em);
    let expected = matching.estimated_matches() / metrics.true_pairs as f64;
    assert!((0.95..1.05).contains(&expected), "without labels it expects {expected} of the true pairs");
}

/// Pairwise, of the sample under the default configuration.
const PRECISION: f64 = 0.988;
const RECALL: f64 = 0.994;

fn name(resolution: &Resolution, record: RecordId) -> (String, String) {
    (resolution.records().source_name(record).to_owned(), resolution.records().id(record).to_owned())
}

#[test]
fn writes_the_files_of_the_contract() {
    let folder = folder("files");
    outputs::write_all(&SAMPLE, &folder, true).unwrap();
    assert_eq!(listing(&folder), ["golden.csv", "pairs.csv", "provenance.csv", "report.json", "xref.csv"]);

    let golden = rows(folder.join("golden.csv"));
    let mut header = vec!["entity_id"];
    for field in SAMPLE.golden_fields() {
        header.push(&field.name);
        match field.name.as_str() {
            "email" => header.push("other_emails"),
            "phone" => header.push("other_phones"),
            _ => {}
        }
    }
    header.extend(["members", "sources", "quality", "quality_reasons"]);
    assert_eq!(golden[0], header);
    let fields =
        ["given_name", "surname", "company", "email", "phone", "street", "city", "postcode", "birth_date"];
    assert!(fields.iter().all(|field| header.contains(field)), "{header:?}");

    // Every record once, in entities numbered from 1, and the golden records count them right.
    let xref = rows(folder.join("xref.csv"));
    assert_eq!(xref[0], ["source", "source_id", "entity_id"]);
    let named: BTreeSet<(String, String)> =
        xref[1..].iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    assert_eq!(named.len(), xref.len() - 1);
    assert!(named.iter().eq(truth().keys()), "the records of the truth, no more and no less");
    let mut members: BTreeMap<u32, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for row in &xref[1..] {
        let entity = members.entry(row[2].parse().unwrap()).or_default();
        entity.0 += 1;
        entity.1.insert(&row[0]);
    }
    assert!(members.keys().copied().eq(1..golden.len() as u32));
    for (row, (entity, (count, sources))) in golden[1..].iter().zip(&members) {
        let [.., found_count, found_sources, quality, _] = row.as_slice() else { panic!("{row:?}") };
        assert_eq!((&row[0], found_count), (&entity.to_string(), &count.to_string()));
        assert_eq!(
            found_sources.split("; ").collect::<Vec<_>>(),
            sources.iter().copied().collect::<Vec<_>>()
        );
        assert!(quality.parse::<u8>().unwrap() <= 100);
    }

    let pairs = rows(folder.join("pairs.csv"));
    let names = SAMPLE.matching().model.comparisons.iter().map(|comparison| comparison.name.as_str());
    let fixed = ["source_l", "id_l", "source_r", "id_r", "match_weight", "match_probability"];
    assert_eq!(pairs[0], fixed.into_iter().chain(names).collect::<Vec<_>>());
    let mut seen = BTreeSet::new();
    for row in &pairs[1..] {
        let (left, right) = ((row[0].clone(), row[1].clone()), (row[2].clone(), row[3].clone()));
        assert!(named.contains(&left) && named.contains(&right) && left < right, "{row:?}");
        assert!(seen.insert((left, right)), "a pair comes once: {row:?}");
        let (weight, probability): (f64, f64) = (row[4].parse().unwrap(), row[5].parse().unwrap());
        assert!((probability - 1.0 / (1.0 + (-weight).exp2())).abs() < 1e-4, "{row:?}");
    }
    assert!(seen.len() > 1000, "{}", seen.len());

    let without = folder.join("without pairs");
    outputs::write_all(&SAMPLE, &without, false).unwrap();
    assert_eq!(listing(&without), ["golden.csv", "provenance.csv", "report.json", "xref.csv"]);
    fs::remove_dir_all(&folder).unwrap();
}

/// Folded letters and digits of a text.
fn squeezed(text: &str) -> String {
    text::key(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether a cell is the code of a region in one of the countries of the sample.
fn stands_for(code: &str, region: &str) -> bool {
    let countries = ["ES", "MX", "AR", "CO", "CL", "PE", "IT", "FR", "DE", "PT", "GB", "US"];
    let named = |country| address::region(code, &Hint { region: Some(country), locale: None }).canonical;
    code.len() <= 3 && countries.into_iter().any(|country| named(country) == region)
}

/// Whether a golden value can be read in the cells of a record: the same letters and digits in one of them, or all its
/// words in the record where a field was put together from several.
fn readable(field: &str, value: &str, cells: &[&str]) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    match field {
        // The prefix of the country may have been added.
        "phone" => {
            let number = digits(value);
            cells.iter().any(|cell| {
                digits(cell).len() >= 7 && number.ends_with(&digits(cell)[digits(cell).len() - 7..])
            })
        }
        // The order of the parts and the month's name may differ: the numbers must all be there.
        "birth_date" => cells.iter().any(|cell| {
            let numbers: Vec<u32> =
                cell.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
            let wanted = value.split('-').filter_map(|part| part.parse::<u32>().ok());
            wanted.clone().filter(|part| numbers.contains(part)).count() + 1 >= wanted.count()
                && !numbers.is_empty()
        }),
        // Spreadsheets take the zeros in front away.
        "postcode" => {
            let code = |text: &str| squeezed(text).trim_start_matches('0').to_owned();
            cells.iter().any(|cell| code(cell).contains(&code(value)))
        }
        // Types of streets and units are written out (C/, calle); names and numbers stay what they are.
        "street" => {
            let words = value
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.starts_with(char::is_lowercase));
            let mut wanted = words.map(squeezed).filter(|word| !word.is_empty());
            wanted.all(|word| cells.iter().any(|cell| squeezed(cell).contains(&word)))
        }
        // The name for its code.
        "region" if cells.iter().any(|cell| stands_for(cell, value)) => true,
        // A code for the country's name.
        "country" => cells.iter().any(|cell| !cell.is_empty()),
        _ => {
            let wanted = squeezed(value);
            let all: Vec<String> = cells.iter().map(|cell| squeezed(cell)).collect();
            all.iter().any(|cell| cell.contains(&wanted))
                || text::key(value).split(' ').all(|word| all.iter().any(|cell| cell.contains(word)))
        }
    }
}

#[test]
fn every_golden_value_stands_in_the_record_that_it_is_said_to_come_from() {
    let folder = folder("provenance");
    outputs::write_all(&SAMPLE, &folder, false).unwrap();
    let entity_of: BTreeMap<(String, String), String> = rows(folder.join("xref.csv"))
        .into_iter()
        .map(|row| ((row[0].clone(), row[1].clone()), row[2].clone()))
        .collect();
    let golden = rows(folder.join("golden.csv"));
    let raw = raw_cells();

    let provenance = rows(folder.join("provenance.csv"));
    assert_eq!(
        provenance[0],
        ["entity_id", "field", "value", "source", "source_id", "rule", "confidence", "lost"]
    );
    let mut told: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let mut unreadable: BTreeMap<&str, Vec<(&str, Vec<&str>)>> = BTreeMap::new();
    for row in &provenance[1..] {
        let [entity, field, value, source, id, rule, ..] = row.as_slice() else { panic!("{row:?}") };
        assert!(told.insert((entity, field), value).is_none(), "one origin a cell: {row:?}");
        assert!(!rule.is_empty());
        let record = (source.clone(), id.clone());
        assert_eq!(entity_of.get(&record), Some(entity), "the origin is a member: {row:?}");
        let cells: Vec<&str> = raw[&record].iter().map(String::as_str).collect();
        if !readable(field, value, &cells) {
            unreadable.entry(field).or_default().push((value, cells));
        }
    }
    // A spreadsheet's 6,56E+08 is a number written out, and KÃ¶ln is a town that was decoded wrong: one of each.
    let few = |field: &str, count: usize| ["city", "phone"].contains(&field) && count <= 2;
    assert!(unreadable.iter().all(|(field, cases)| few(field, cases.len())), "{unreadable:#?}");

    // And every golden cell that has a value has an origin.
    for row in &golden[1..] {
        for (field, value) in golden[0].iter().zip(row) {
            let own = [
                "entity_id",
                "other_emails",
                "other_phones",
                "members",
                "sources",
                "quality",
                "quality_reasons",
            ];
            if !own.contains(&field.as_str()) {
                let expected = told.get(&(row[0].as_str(), field.as_str())).copied().unwrap_or("");
                assert_eq!(value, expected, "{field} of entity {}", row[0]);
            }
        }
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// All cells of each record, as read from the files.
fn raw_cells() -> BTreeMap<(String, String), Vec<String>> {
    let ids: BTreeMap<&str, &str> = [
        ("crm", "Id"),
        ("helpdesk", "id"),
        ("newsletter", "LEID"),
        ("shop", "Customer ID"),
        ("till", "Cliente"),
    ]
    .into();
    let mut all = BTreeMap::new();
    for source in sources() {
        let id = source.column(ids[source.name()]).unwrap();
        for record in 0..source.len() {
            let cells = source.columns().iter().flat_map(|column| column.values(record)).map(str::to_owned);
            let id = id.get(record).unwrap().trim_start_matches('\'').to_owned();
            all.insert((source.name().to_owned(), id), cells.collect());
        }
    }
    all
}

#[test]
fn the_report_names_no_customer() {
    let folder = folder("report");
    outputs::write_all(&SAMPLE, &folder, false).unwrap();
    let report = fs::read_to_string(folder.join("report.json")).unwrap();
    let words: BTreeSet<&str> = report.split(|c: char| !c.is_alphanumeric()).collect();
    let folded = report.to_lowercase();
    let mut checked = 0;
    for (source, mapping) in sources().iter().zip(SAMPLE.mappings()) {
        assert_eq!(source.name(), mapping.source);
        for (column, guess) in source.columns().iter().zip(&mapping.fields) {
            let Role::Attribute(kind, _) = guess.role else { continue };
            let values = column.dictionary().iter().map(str::trim).filter(|value| value.chars().count() >= 5);
            // The report names examples of fillers, such as 000000000.
            for value in values.filter(|value| placeholder(kind, value).is_none()) {
                match kind.name() {
                    "email" | "phone" | "identifier" | "street" | "full_address" => {
                        assert!(
                            !folded.contains(&value.to_lowercase()),
                            "{} {}: {value}",
                            mapping.source,
                            guess.field
                        );
                    }
                    "surname" | "second_surname" | "full_name" | "given_name" => {
                        for word in value.split_whitespace().filter(|word| word.chars().count() >= 5) {
                            assert!(!words.contains(word), "{} {}: {word}", mapping.source, guess.field);
                        }
                    }
                    _ => continue,
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 3000, "{checked}");
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["records"], 1500);
    assert_eq!(report["entities"], SAMPLE.entities().len());
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn twice_is_the_same_bytes() {
    let (first, second) = (folder("first"), folder("second"));
    outputs::write_all(&SAMPLE, &first, true).unwrap();
    let mut files = sources();
    files.reverse();
    let again = consolidate(Table::new(files).unwrap(), &Config::default()).unwrap();
    outputs::write_all(&again, &second, true).unwrap();
    for file in listing(&first) {
        assert!(fs::read(first.join(&file)).unwrap() == fs::read(second.join(&file)).unwrap(), "{file}");
    }
    fs::remove_dir_all(&first).unwrap();
    fs::remove_dir_all(&second).unwrap();
}

// The command line.

/// The program, built with the profile of this test where that was not done before.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        // target/<profile>/deps/main_job-...
        let test = std::env::current_exe().unwrap();
        let profile = test.ancestors().nth(2).unwrap();
        let name = if profile.ends_with("release") { "bench" } else { "test" };
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--example", "consolidate", "--profile", name, "--target-dir"])
            .arg(profile.parent().unwrap())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(status.unwrap().success(), "the example does not compile");
        profile.join("examples").join("consolidate").with_extension(std::env::consts::EXE_EXTENSION)
    })
}

/// What a run of the program came to.
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

/// Runs the program in a folder, which is made; results go to `out` in it.
fn run(folder: &Path, arguments: &[&str]) -> Run {
    fs::create_dir_all(folder).unwrap();
    let output = Command::new(program()).args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A run that must succeed, into the folder `out` of its own; its files by name.
fn results(folder: &Path, out: &str, arguments: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let run = run(folder, &[arguments, &["--out", out, "--quiet"]].concat());
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(0), "", ""), "{arguments:?}");
    let out = folder.join(out);
    listing(&out).into_iter().map(|file| (file.clone(), fs::read(out.join(file)).unwrap())).collect()
}

/// The name of the `n`-th of up to 360 customers, all different in both parts from their neighbours.
fn customer(n: usize) -> String {
    const GIVEN: [&str; 18] = [
        "Ana", "Pau", "Eva", "Luis", "Marta", "Hugo", "Carmen", "Jorge", "Nuria", "Iker", "Rocío", "Tomás",
        "Julia", "Diego", "Alba", "Raúl", "Olga", "Félix",
    ];
    const SURNAMES: [&str; 20] = [
        "Ruiz",
        "Vila",
        "Sanz",
        "Gil",
        "Pons",
        "Soler",
        "Echeverría",
        "Domínguez",
        "Bustamante",
        "Ortega",
        "Quintana",
        "Zubizarreta",
        "Lafuente",
        "Montoya",
        "Calderón",
        "Iglesias",
        "Rebollo",
        "Peñalver",
        "Ugarte",
        "Castaño",
    ];
    format!("{} {}", GIVEN[n % 18], SURNAMES[(n + n / 18) % 20])
}

/// Three small touchpoints with an id column that is not called so, a column of sources, and campaigns.
fn touchpoints(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let mut files = [
        String::from("ref,id,nombre,email,campaña\n"),
        String::from("ref,id,nombre,email,campaña\n"),
        String::new(),
    ];
    files[2].push_str("origen,clave,nombre,email\n");
    for n in 0..60 {
        let name = customer(n);
        let email = format!("{}@correo.es", name.to_lowercase().replace(' ', "."));
        files[0] += &format!("C{n:03},{n},{name},{email},otoño\n");
        if n % 2 == 0 {
            files[1] += &format!("T{n:03},{},{name},{email},verano\n", n + 500);
            files[2] += &format!("{},K{n:03},{name},{email}\n", if n % 4 == 0 { "web" } else { "feria" });
        }
        if n % 10 == 0 {
            files[0] += &format!("D{n:03},{},{name},{email},otoño\n", n + 900);
        }
    }
    for (name, text) in ["crm.csv", "shop.csv", "events.csv"].iter().zip(files) {
        fs::write(folder.join(name), text).unwrap();
    }
}

fn text_of(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(files[name].as_slice());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn without_files_the_sample() {
    let folder = folder("sample");
    let run = run(&folder, &[]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    for words in ["Read", "Columns", "Customers", "1,500 records are", "Examples", "because", "Written"] {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
    assert_eq!(
        listing(&folder.join("out")),
        [
            "alarms.csv",
            "consents.csv",
            "customers.csv",
            "golden.csv",
            "history.json",
            "provenance.csv",
            "relations.csv",
            "report.json",
            "xref.csv"
        ]
    );
    // One row a customer, and the sample's events are all there: those that two sources list once.
    let customers = rows(folder.join("out").join("customers.csv"));
    let column = |name: &str| customers[0].iter().position(|head| head == name).unwrap();
    let sum = |name: &str| {
        customers[1..].iter().map(|row| row[column(name)].parse::<usize>().unwrap()).sum::<usize>()
    };
    let events: BTreeSet<(String, String)> =
        rows(data("interactions")).into_iter().skip(1).map(|row| (row[2].clone(), row[4].clone())).collect();
    assert_eq!(sum("events"), events.len());
    assert_eq!(customers.len(), 1 + SAMPLE.entities().len());
    let library = folder.join("library");
    outputs::write_all(&SAMPLE, &library, false).unwrap();
    for file in ["golden.csv", "xref.csv", "provenance.csv"] {
        assert!(
            fs::read(folder.join("out").join(file)).unwrap() == fs::read(library.join(file)).unwrap(),
            "{file}"
        );
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_erased_stay_away() {
    let folder = folder("erased");
    touchpoints(&folder);
    let run = |out: &str, more: &[&str]| {
        let fixed = ["crm.csv", "shop.csv", "--quiet", "--out", out, "--tombstones", "tombstones.csv"];
        let run = run(&folder, &[fixed.as_slice(), more].concat());
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{out}");
        let xref = rows(folder.join(out).join("xref.csv"));
        xref.into_iter().skip(1).map(|row| format!("{}:{}", row[0], row[1])).collect::<BTreeSet<String>>()
    };
    let before = run("before", &[]);
    assert!(!folder.join("tombstones.csv").exists(), "nobody was erased");
    let erased = run("erased", &["--erase", "crm:10"]);
    let gone: Vec<&str> = before.difference(&erased).map(String::as_str).collect();
    assert!(gone.contains(&"crm:10") && gone.contains(&"shop:510"), "all records of the customer: {gone:?}");
    assert_eq!(before.len() - erased.len(), gone.len());
    let stones = fs::read_to_string(folder.join("tombstones.csv")).unwrap();
    assert!(stones.starts_with("kind,hash\nsalt,"), "{stones}");
    assert_eq!(run("later", &[]), erased, "a later run that only knows the file");
    assert_eq!(run("again", &["--erase", "crm:10"]), erased, "the same request twice");
    fs::write(folder.join("tombstones.csv"), "kind,hash\nemail,abc\n").unwrap();
    let damaged = self::run(&folder, &["crm.csv", "--tombstones", "tombstones.csv"]);
    assert_eq!(damaged.code, Some(1));
    assert!(damaged.err.contains("tombstones.csv") && damaged.err.contains("backup"), "{}", damaged.err);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_goes_wrong_is_said_once_and_leaves_nothing_behind() {
    let folder = folder("wrong");
    touchpoints(&folder);
    fs::write(folder.join("empty.csv"), "").unwrap();
    let noise = (0..4000u32).map(|n| (n % 7 * (n % 31)) as u8);
    let image = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".iter().copied().chain(noise);
    fs::write(folder.join("image.csv"), image.collect::<Vec<u8>>()).unwrap();
    fs::create_dir_all(folder.join("folder.csv")).unwrap();
    fs::create_dir_all(folder.join("copy")).unwrap();
    fs::copy(folder.join("crm.csv"), folder.join("copy").join("crm.csv")).unwrap();
    fs::write(folder.join("typo.toml"), "seed = 1\nthreshhold = 0.9\n").unwrap();
    fs::write(folder.join("range.toml"), "threshold = 7.0\n").unwrap();
    fs::write(folder.join("source.toml"), "[sources.till]\nregion = \"ES\"\n").unwrap();
    fs::write(folder.join("file"), "in the way").unwrap();
    let before = listing(&folder);

    // Arguments, then what the message names: where, what and the cure.
    let cases: [(&[&str], &[&str]); 18] = [
        (&["missing.csv"], &["missing.csv", "does not exist", "check the path"]),
        (&["crm.csv", "missing.csv"], &["missing.csv", "does not exist", "check the path"]),
        (&["folder.csv"], &["folder.csv", "is a directory", "name a file"]),
        (&["empty.csv"], &["empty.csv", "is empty", "export"]),
        (&["image.csv"], &["image.csv", "binary", "export"]),
        (&["crm.csv", "copy/crm.csv"], &["crm", "two sources have this name", "rename"]),
        (&["crm.csv", "--config", "none.toml"], &["none.toml", "cannot be read"]),
        (
            &["crm.csv", "--config", "typo.toml"],
            &["typo.toml:2", "unknown field `threshhold`", "expected one of"],
        ),
        (&["crm.csv", "--config", "range.toml"], &["threshold", "7 is no probability", "between 0 and 1"]),
        (&["crm.csv", "--config", "source.toml"], &["sources.till", "no such source", "the sources are crm"]),
        (
            &["crm.csv", "--id", "nif"],
            &["\"nif\"", "no source has this column", "the columns are campaña, email, id, nombre, ref"],
        ),
        (
            &["crm.csv", "--source-column", "nif"],
            &["\"nif\"", "no source has this column", "the columns are"],
        ),
        (&["crm.csv", "--ignore", "nif"], &["\"nif\"", "no source has this column", "the columns are"]),
        (&["crm.csv", "--threshold", "1.5"], &["threshold", "1.5 is no probability", "between 0 and 1"]),
        (&["crm.csv", "--as-of", "yesterday"], &["as_of", "\"yesterday\" is no date", "2026-01-31"]),
        (&["crm.csv", "--explain", "crm-1", "crm:2"], &["crm-1", "does not name a record", "source:id"]),
        (&["crm.csv", "--explain", "crm:1", "crm:none"], &["crm", "no such record", "source:id"]),
        (&["crm.csv", "--explain", "till:1", "crm:1"], &["till", "no such record", "source:id"]),
    ];
    for (arguments, words) in cases {
        let run = run(&folder, arguments);
        assert_eq!(run.code, Some(1), "{arguments:?}: {}", run.err);
        assert!(
            run.err.starts_with("error: ") && run.err.trim_end().lines().count() == 1,
            "{arguments:?}: {}",
            run.err
        );
        assert!(words.iter().all(|word| run.err.contains(word)), "{arguments:?}: {}", run.err);
        assert_eq!(run.out, "", "{arguments:?}");
        assert_eq!(listing(&folder), before, "{arguments:?} leaves no file behind");
    }
    let run = run(&folder, &["crm.csv", "--out", "file"]);
    assert_eq!((run.code, listing(&folder)), (Some(1), before), "{}", run.err);
    assert!(run.err.contains("file: "), "{}", run.err);
    fs::remove_dir_all(&folder).unwrap();
}

/// The files of a folder with their bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    listing(folder).into_iter().map(|file| (file.clone(), fs::read(folder.join(file)).unwrap())).collect()
}

#[test]
fn a_state_keeps_the_numbers_from_run_to_run() {
    let folder = folder("state");
    touchpoints(&folder);
    let with = |out: &str, more: &[&str]| {
        results(&folder, out, &[&["crm.csv", "shop.csv", "--state", "state"], more].concat())
    };
    let first = with("first", &[]);
    assert_eq!(text_of(&first, "events.csv").len(), text_of(&first, "golden.csv").len(), "all are created");
    let state = contents(&folder.join("state"));
    assert_eq!(state.keys().collect::<Vec<_>>(), ["aliases.csv", "judgements.csv", "registry.csv"]);
    // Again, and again with a limit to memory: the same customers, and nothing has happened.
    for (out, more) in [("second", &[][..]), ("limited", &["--memory-limit", "1GB"][..])] {
        let again = with(out, more);
        for file in ["golden.csv", "xref.csv", "provenance.csv"] {
            assert!(again[file] == first[file], "{file} of {out}");
        }
        assert_eq!(text_of(&again, "events.csv").len(), 1, "the header");
        assert!(contents(&folder.join("state")) == state, "{out}");
    }
    // Somebody says that two are one.
    let numbers = |files: &BTreeMap<String, Vec<u8>>| -> BTreeMap<String, String> {
        let rows = text_of(files, "xref.csv").into_iter();
        rows.map(|row| (format!("{}:{}", row[0], row[1]), row[2].clone())).collect()
    };
    let before = numbers(&first);
    let said = "verdict,source_a,id_a,source_b,id_b\nlink,crm,3,crm,17\n";
    fs::write(folder.join("state").join("judgements.csv"), said).unwrap();
    let joined = with("joined", &[]);
    let after = numbers(&joined);
    assert_eq!(after["crm:3"], after["crm:17"]);
    let moved: Vec<&String> = before.keys().filter(|key| before[*key] != after[*key]).collect();
    assert!(
        !moved.is_empty()
            && moved.iter().all(|key| before[*key] == before["crm:3"] || before[*key] == before["crm:17"]),
        "nobody else has a new number: {moved:?}"
    );
    let events = text_of(&joined, "events.csv");
    assert_eq!((events.len(), events[1][0].as_str()), (2, "merged"));
    assert_eq!(
        fs::read_to_string(folder.join("state").join("judgements.csv")).unwrap(),
        said,
        "a run does not write what belongs to people"
    );
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_goes_wrong_leaves_the_state_untouched() {
    let folder = folder("state_untouched");
    touchpoints(&folder);
    let state = folder.join("state");
    results(&folder, "first", &["crm.csv", "--state", "state"]);
    let sound = contents(&state);
    fs::write(folder.join("rule.toml"), "[merge]\nrules = [\"coin_toss\"]\n").unwrap();
    fs::write(folder.join("field.toml"), "[merge.fields.shoe_size]\nrules = [\"longest\"]\n").unwrap();
    fs::write(folder.join("other.csv"), "cielo,ciudad\ngris,Vigo\nazul,Soria\n").unwrap();
    // What is damaged in the state, the arguments, and what the message names.
    let judgements = |rows: &str| format!("verdict,source_a,id_a,source_b,id_b,field\n{rows}");
    type Case<'a> = (Option<(&'a str, String)>, &'a [&'a str], &'a [&'a str]);
    let cases: [Case<'_>; 8] = [
        (None, &["--config", "rule.toml"], &["merge.rules[0]", "\"coin_toss\"", "use one of"]),
        (None, &["--config", "field.toml"], &["merge.fields", "\"shoe_size\"", "use one of"]),
        (None, &["--interactions", "other.csv"], &["other", "no column holds ids of known records"]),
        (Some(("registry.csv", "id\n7\n".to_owned())), &[], &["registry.csv:1", "the header is not"]),
        (
            Some(("registry.csv", "source,source_id,entity_id,born_as,present\ncrm,1,1".to_owned())),
            &[],
            &["registry.csv:2", "a row of 3 cells"],
        ),
        (Some(("aliases.csv", "alias_id,entity_id\n9998,9999\n".to_owned())), &[], &["aliases.csv", "9999"]),
        (
            Some(("judgements.csv", judgements("link,crm,1,crm,2,\ncannot_link,crm,2,crm,1,\n"))),
            &[],
            &["judgements.csv:3", "contradicts link of line 2", "keep the judgement that is right"],
        ),
        (
            Some(("judgements.csv", judgements("pin,crm,1,,,shoe_size\n"))),
            &[],
            &["judgements", "shoe_size", "use one of"],
        ),
    ];
    for (damage, arguments, words) in cases {
        if let Some((file, text)) = &damage {
            fs::write(state.join(file), text).unwrap();
        }
        let before = contents(&state);
        let run = run(&folder, &[&["crm.csv", "--state", "state", "--out", "never"], arguments].concat());
        assert_eq!(run.code, Some(1), "{arguments:?} {damage:?}: {}", run.err);
        assert!(words.iter().all(|word| run.err.contains(word)), "{arguments:?} {damage:?}: {}", run.err);
        assert!(contents(&state) == before, "{arguments:?} {damage:?}");
        assert!(!folder.join("never").exists(), "{arguments:?} {damage:?}");
        sound.iter().for_each(|(file, bytes)| fs::write(state.join(file), bytes).unwrap());
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn misuse_has_a_code_of_its_own() {
    let folder = folder("usage");
    let cases: [&[&str]; 9] = [
        &["--no-such-option"],
        &["--threshold", "high"],
        &["--threads", "0"],
        &["--seed", "-1"],
        &["--drop"],
        &["--link-only", "--dedupe"],
        &["--quiet", "--json"],
        &["--explain"],
        &["--out"],
    ];
    for arguments in cases {
        let run = run(&folder, arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.err.contains("--help"), "{arguments:?}: {}", run.err);
        assert_eq!(listing(&folder), [""; 0]);
    }
    let help = run(&folder, &["--help"]);
    assert_eq!((help.code, help.err.as_str()), (Some(0), ""));
    assert!(help.out.contains("--write-config"));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn options_about_columns() {
    let folder = folder("columns");
    touchpoints(&folder);
    let plain = results(&folder, "plain", &["crm.csv", "shop.csv"]);
    let header = |files: &BTreeMap<String, Vec<u8>>| text_of(files, "golden.csv")[0].clone();
    assert!(header(&plain).contains(&"campaña".to_owned()));

    let by_ref = results(&folder, "ref", &["crm.csv", "shop.csv", "--id", "ref"]);
    let xref = text_of(&by_ref, "xref.csv");
    assert!(xref[1..].iter().all(|row| row[1].starts_with(['C', 'D', 'T'])), "{:?}", xref[1]);
    assert_eq!(xref.len(), text_of(&plain, "xref.csv").len());

    let by_source = results(&folder, "source", &["events.csv", "--source-column", "origen", "--id", "clave"]);
    let names: BTreeSet<String> =
        text_of(&by_source, "xref.csv")[1..].iter().map(|row| row[0].clone()).collect();
    assert!(names.iter().eq(["feria", "web"]), "{names:?}");

    let ignored = results(
        &folder,
        "ignored",
        &["crm.csv", "shop.csv", "--ignore", "email", "--ignore", "campaña", "--pairs"],
    );
    assert!(
        header(&ignored).contains(&"email".to_owned()) && header(&ignored).contains(&"campaña".to_owned())
    );
    assert!(
        !text_of(&ignored, "pairs.csv")[0].contains(&"email".to_owned()),
        "ignored columns are no evidence"
    );
    let dropped = results(&folder, "dropped", &["crm.csv", "shop.csv", "--ignore", "email", "--drop"]);
    assert!(!header(&dropped).contains(&"email".to_owned()));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn options_about_matching() {
    let folder = folder("matching");
    touchpoints(&folder);
    let files = ["crm.csv", "shop.csv"];
    let entities = |out: &str, options: &[&str]| {
        let results = results(&folder, out, &[files.as_slice(), options].concat());
        let mut sources: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in &text_of(&results, "xref.csv")[1..] {
            sources.entry(row[2].clone()).or_default().push(row[0].clone());
        }
        (results, sources.into_values().filter(|sources| sources.len() > 1).collect::<Vec<_>>())
    };
    let (plain, both) = entities("both", &["--pairs"]);
    assert!(plain.contains_key("pairs.csv"));
    assert!(both.iter().any(|sources| *sources == ["crm", "crm", "shop"]), "{both:?}");
    let (_, linked) = entities("link", &["--link-only"]);
    assert!(linked.len() == 30 && linked.iter().all(|sources| *sources == ["crm", "shop"]), "{linked:?}");
    let (_, deduped) = entities("dedupe", &["--dedupe"]);
    assert!(deduped.len() == 6 && deduped.iter().all(|sources| *sources == ["crm", "crm"]), "{deduped:?}");
    let (_, strict) = entities("strict", &["--threshold", "0.999999999999"]);
    assert!(strict.len() < both.len(), "{} of {}", strict.len(), both.len());

    // Neither threads nor a second run change a byte; the seed is taken as given.
    for options in [["--threads", "1"], ["--threads", "3"], ["--seed", "1"]] {
        let (again, _) = entities(&options.join("")[2..], &[&["--pairs"], options.as_slice()].concat());
        assert!(again == plain, "{options:?}");
    }
    let (other, _) = entities("seed", &["--pairs", "--seed", "2"]);
    assert!(other["xref.csv"] == plain["xref.csv"], "another seed moves weights, not clear cases");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_day_of_the_run_decides_what_lies_ahead() {
    let folder = folder("day");
    fs::create_dir_all(&folder).unwrap();
    let mut text = String::from("id,nombre,fecha de nacimiento\n");
    (0..30).for_each(|n| text += &format!("{n},Ana Ruiz {n},{:02}/03/19{:02}\n", n % 28 + 1, 60 + n));
    text += "99,Eva Sanz,01/03/2031\n";
    fs::write(folder.join("crm.csv"), text).unwrap();
    let born = |out: &str, day: &str| {
        let results = results(&folder, out, &["crm.csv", "--as-of", day]);
        let provenance = text_of(&results, "provenance.csv");
        provenance.iter().filter(|row| row[1] == "birth_date" && row[4] == "99").count()
    };
    assert_eq!(born("before", "2026-01-31"), 0, "nobody is born in the future");
    assert_eq!(born("after", "2036-01-31"), 1);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_is_told() {
    let folder = folder("told");
    touchpoints(&folder);
    let json = run(&folder, &["crm.csv", "shop.csv", "--json", "--out", "json"]);
    assert_eq!((json.code, json.err.as_str()), (Some(0), ""));
    let told: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let written: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("json").join("report.json")).unwrap()).unwrap();
    assert_eq!(told, written);
    assert_eq!(told["records"], 96);

    let same = run(&folder, &["crm.csv", "shop.csv", "--out", "e", "--explain", "crm:10", "shop:510"]);
    assert_eq!((same.code, same.err.as_str()), (Some(0), ""));
    let told = same.out.split("crm:10 and shop:510").nth(1).unwrap_or_else(|| panic!("{}", same.out));
    assert!(
        told.contains("email") && told.contains("bits in all") && told.contains(": one customer"),
        "{told}"
    );
    let other = run(&folder, &["crm.csv", "shop.csv", "--out", "e", "--explain", "crm:10", "shop:512"]);
    assert!(other.out.contains(": two customers"), "{}", other.out);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_written_configuration_says_what_was_detected() {
    let folder = folder("written");
    fs::create_dir_all(&folder).unwrap();
    // As large as can be without the program taking its time: two of the sample's touchpoints.
    let files = ["till", "helpdesk"].map(|name| data(name).display().to_string());
    let files = files.each_ref().map(String::as_str);
    let first = results(&folder, "first", &[files.as_slice(), &["--pairs"]].concat());
    let write = run(&folder, &[files.as_slice(), &["--write-config", "detected.toml"]].concat());
    assert_eq!((write.code, write.err.as_str()), (Some(0), ""));
    assert!(write.out.contains("detected.toml"), "{}", write.out);
    assert_eq!(listing(&folder), ["detected.toml", "first"], "it stops there");
    let config = fs::read_to_string(folder.join("detected.toml")).unwrap();
    assert!(config.contains("DNI = \"identifier\""), "{config}");
    let second =
        results(&folder, "second", &[files.as_slice(), &["--pairs", "--config", "detected.toml"]].concat());
    for file in ["golden.csv", "pairs.csv", "provenance.csv", "xref.csv"] {
        assert!(first[file] == second[file], "{file}");
    }

    // Written again with itself it says the same, and the command line wins over it.
    let again = [files.as_slice(), &["--config", "detected.toml", "--write-config", "again.toml", "--quiet"]]
        .concat();
    assert_eq!(run(&folder, &again).out, "");
    assert_eq!(fs::read_to_string(folder.join("again.toml")).unwrap(), config);
    fs::write(
        folder.join("strict.toml"),
        config.replacen("seed = ", "threshold = 0.999999999999\nseed = ", 1),
    )
    .unwrap();
    let strict = results(&folder, "strict", &[files.as_slice(), &["--config", "strict.toml"]].concat());
    assert!(strict["xref.csv"] != first["xref.csv"]);
    let loose = [files.as_slice(), &["--config", "strict.toml", "--threshold", "0.5"]].concat();
    let even = results(&folder, "even", &[files.as_slice(), &["--threshold", "0.5"]].concat());
    assert!(results(&folder, "loose", &loose)["xref.csv"] == even["xref.csv"]);
    fs::remove_dir_all(&folder).unwrap();
}
