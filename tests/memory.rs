//! Runs under a limit of memory: the same bytes, a forecast that holds, and a clear word when it cannot be.
#![cfg(feature = "csv")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use quilate::block::BlockMethod;
use quilate::io::{ScratchFolder, outputs};
use quilate::pipeline::{PlanOptions, consolidate_within, plan};
use quilate::report::Summary;
use quilate::{Config, ErrorKind, Issues, Resolution, Table, consolidate};

const PEOPLE: usize = 2500;

/// People of few names, each in two records, so that very many pairs are neither matches nor beyond doubt.
fn people() -> Table {
    const SURNAMES: [&str; 40] = [
        "ruiz",
        "vila",
        "sanz",
        "gil",
        "pons",
        "soler",
        "ortega",
        "quintana",
        "montoya",
        "calderon",
        "iglesias",
        "rebollo",
        "ugarte",
        "castano",
        "bustos",
        "lafuente",
        "domingo",
        "echeverria",
        "zubiri",
        "alonso",
        "benitez",
        "cano",
        "duran",
        "estevez",
        "ferrer",
        "gallego",
        "herrera",
        "ibanez",
        "jimenez",
        "leon",
        "marin",
        "navarro",
        "olmedo",
        "pascual",
        "robles",
        "serrano",
        "torres",
        "urrutia",
        "valle",
        "yanez",
    ];
    const GIVEN: [&str; 24] = [
        "ana", "pau", "eva", "luis", "marta", "hugo", "carmen", "jorge", "nuria", "iker", "rocio", "tomas",
        "julia", "diego", "alba", "raul", "olga", "felix", "irene", "oscar", "sara", "ivan", "laura",
        "mateo",
    ];
    let mix = |number: usize| {
        let mut mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize
    };
    let row = |n: usize| {
        let person = n % PEOPLE;
        let phone = if n >= PEOPLE && person.is_multiple_of(4) { n } else { person };
        BTreeMap::from([
            ("id", format!("{n:05}")),
            ("nombre", GIVEN[mix(4 * person) % GIVEN.len()].to_owned()),
            ("apellidos", SURNAMES[mix(4 * person + 1) % SURNAMES.len()].to_owned()),
            ("telefono", format!("6{:08}", mix(4 * phone + 2) % 100_000_000)),
        ])
    };
    Table::from_records("crm", (0..2 * PEOPLE).map(row)).unwrap()
}

/// Blocks of surnames: every pair of one is a candidate.
fn config(limit: Option<u64>) -> Config {
    let mut config = Config { memory_limit: limit.map(|bytes| bytes.to_string()), ..Config::default() };
    config.block.method = Some(BlockMethod::Rules);
    config.block.rules = ["phone", "surname"].map(str::to_owned).to_vec();
    config
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("quilate-memory-{name}-{}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// All files of a run but the report, which tells of the limit.
fn files(resolution: &Resolution, folder: &Path) -> BTreeMap<String, Vec<u8>> {
    outputs::write_all(resolution, folder, true).unwrap();
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let named = entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()));
    let tables = named.filter(|(name, _)| name != "report.json");
    tables.map(|(name, path)| (name, fs::read(path).unwrap())).collect()
}

#[test]
fn a_small_limit_gives_the_same_bytes() {
    let (one, other, scratch) = (Folder::new("one"), Folder::new("other"), Folder::new("scratch"));
    let free = consolidate(people(), &config(None)).unwrap();
    assert!(free.matching().memory.is_none());
    let planned = plan(people(), &config(None), &PlanOptions::default()).unwrap();
    assert!(planned.least_bytes < planned.peak_bytes, "{planned:?}");

    let place = ScratchFolder::new(&scratch.0);
    let limited = config(Some(planned.least_bytes));
    let tight = consolidate_within(people(), &limited, Issues::new(), &place, |_| {}).unwrap();
    let report = tight.matching().memory.unwrap();
    assert!(report.spilled > 0, "nothing was written: {report:?}, {} edges", tight.matching().edges.len());
    assert_eq!((report.limit, report.least), (planned.least_bytes, planned.least_bytes));
    assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 0, "scratch files are gone");
    assert_eq!(Summary::new(&tight).matching.memory, Some(report));
    assert_eq!(free.matching().model, tight.matching().model);
    assert_eq!(free.entities(), tight.entities());
    assert_eq!(free.matching().edges, tight.matching().edges);
    let (free, tight) = (files(&free, &one.0), files(&tight, &other.0));
    assert_eq!(free.keys().collect::<Vec<_>>(), tight.keys().collect::<Vec<_>>());
    assert!(free.len() >= 4 && free == tight, "{:?}", free.keys());
}

#[test]
fn a_limit_that_cannot_be_kept_is_said_before_the_work() {
    let planned = plan(people(), &config(None), &PlanOptions::default()).unwrap();
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    let folder = Folder::new("unused");
    let place = ScratchFolder::new(&folder.0);
    let tiny = config(Some(planned.least_bytes / 2));
    let error = consolidate_within(people(), &tiny, Issues::new(), &place, |_| {}).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let text = error.to_string();
    let needed =
        format!("memory_limit: the run needs at least {} MB, the limit is ", megabytes(planned.least_bytes));
    assert!(text.starts_with(&needed), "{text}");
    assert!(!folder.0.exists(), "nothing was written");

    // Without a place for scratch files it takes all that the run takes.
    let error = consolidate(people(), &config(Some(planned.least_bytes))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let would_do =
        format!("give a place for scratch files: {} MB would do then", megabytes(planned.least_bytes));
    assert!(error.to_string().contains(&would_do), "{error}");
    let enough = consolidate(people(), &config(Some(planned.peak_bytes))).unwrap();
    assert_eq!(enough.matching().memory.map(|report| report.spilled), Some(0));
    let wrong = Config { memory_limit: Some("viel".to_owned()), ..Config::default() };
    let error = consolidate(people(), &wrong).unwrap_err();
    assert_eq!(error.to_string(), "memory_limit: \"viel\" is no size; write it as 800MB or 2GB");
}

/// A disk that is full ends the run with an error instead of a result.
#[test]
fn a_place_that_cannot_be_written_is_an_error() {
    let planned = plan(people(), &config(None), &PlanOptions::default()).unwrap();
    let file = Folder::new("file");
    fs::write(&file.0, "not a folder").unwrap();
    let place = ScratchFolder::new(&file.0);
    let tight = config(Some(planned.least_bytes));
    let error = consolidate_within(people(), &tight, Issues::new(), &place, |_| {}).unwrap_err();
    fs::remove_file(&file.0).unwrap();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("no scratch file can be made"), "{error}");
}
