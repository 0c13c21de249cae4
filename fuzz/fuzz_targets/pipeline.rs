//! Small tables of all shapes through every stage: nobody disappears, nothing depends on chance.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use quilate::table::ColumnBuilder;
use quilate::{Config, RecordId, Resolution, Source, Table, consolidate};

const MAX_SOURCES: usize = 3;
const MAX_COLUMNS: usize = 8;
const MAX_RECORDS: usize = 40;

/// Headers as exports have them, so that detection gives the columns their roles.
const HEADERS: [&str; 24] = [
    "id",
    "Nombre",
    "Apellidos",
    "first_name",
    "last_name",
    "name",
    "Email",
    "Teléfono",
    "Phone",
    "MobilePhone",
    "Dirección",
    "street",
    "city",
    "CP",
    "zip",
    "Provincia",
    "country",
    "Fecha nac.",
    "birth_date",
    "DNI",
    "company",
    "updated_at",
    "source",
    "Notes",
];

/// Values that meet, nearly meet, or are known to be no value.
const VALUES: [&str; 24] = [
    "María José",
    "García López",
    "Mª José",
    "GARCIA LOPEZ, MARIA",
    "garcia",
    "Pau",
    "Vila Soler",
    "ana@vila.cat",
    "ANA@VILA.CAT ",
    "612 345 678",
    "+34612345678",
    "12/03/1985",
    "1985-03-12",
    "C/ Mayor 12, 3º B",
    "Calle Mayor, 12",
    "28013",
    "Madrid",
    "ES",
    "12345678Z",
    "n/a",
    "-",
    "test@test.com",
    "Ferretería Soler S.L.",
    "0",
];

#[derive(Arbitrary, Debug)]
struct Sheet<'a> {
    columns: Vec<Sketch<'a>>,
    records: u8,
}

#[derive(Arbitrary, Debug)]
struct Sketch<'a> {
    header: Text<'a>,
    cells: Vec<Cell<'a>>,
}

/// A number into a list of likely texts, or any text.
#[derive(Arbitrary, Debug)]
enum Text<'a> {
    Known(u8),
    Any(&'a str),
}

#[derive(Arbitrary, Debug)]
enum Cell<'a> {
    Null,
    Known(u8),
    Any(&'a str),
    List(Vec<Text<'a>>),
}

impl<'a> Text<'a> {
    fn of(&self, known: &[&'a str]) -> &'a str {
        match self {
            Self::Known(number) => known[usize::from(*number) % known.len()],
            Self::Any(text) => text,
        }
    }
}

fn source(number: usize, sheet: &Sheet<'_>) -> Source {
    let records = usize::from(sheet.records) % (MAX_RECORDS + 1);
    let (mut fields, mut columns): (Vec<String>, Vec<_>) = (Vec::new(), Vec::new());
    for sketch in sheet.columns.iter().take(MAX_COLUMNS) {
        let header = sketch.header.of(&HEADERS).to_owned();
        if fields.contains(&header) {
            continue;
        }
        fields.push(header);
        let mut column = ColumnBuilder::new();
        for record in 0..records {
            // Fewer cells than records come around again: that is how duplicates are made.
            match sketch.cells.get(record % sketch.cells.len().max(1)) {
                None | Some(Cell::Null) => column.push(None),
                Some(Cell::Known(number)) => column.push(Some(VALUES[usize::from(*number) % VALUES.len()])),
                Some(Cell::Any(text)) => column.push(Some(text)),
                Some(Cell::List(texts)) => column.push_list(texts.iter().map(|text| text.of(&VALUES))),
            }
        }
        columns.push(column.finish());
    }
    let lines = if columns.is_empty() { (1..=records as u64).collect() } else { Vec::new() };
    Source::new(&format!("source{number}"), fields, columns, lines).expect("columns of one length")
}

/// Each record with its entity, each golden cell with its origin.
fn outcome(resolution: &Resolution) -> (Vec<String>, Vec<String>) {
    let records = resolution.records();
    let name = |record: RecordId| format!("{} {}", records.source_name(record), records.id(record));
    let record = |number| {
        let record = RecordId::from_index(number);
        format!("{} {}", name(record), resolution.entities().entity_of(record))
    };
    let golden = resolution.golden_records().map(|golden| format!("{golden:?}"));
    ((0..records.len()).map(record).collect(), golden.collect())
}

fuzz_target!(|sheets: Vec<Sheet<'_>>| {
    let sources: Vec<Source> =
        sheets.iter().take(MAX_SOURCES).enumerate().map(|(number, sheet)| source(number, sheet)).collect();
    let table = Table::new(sources).expect("sources of different names");
    let config = Config::default();
    let resolution = consolidate(table.clone(), &config).expect("dirty data is no error");
    let entities = resolution.entities();
    assert_eq!(resolution.records().len(), table.len(), "a record disappeared");
    assert_eq!(entities.records(), table.len(), "a record has no entity");
    let mut members: Vec<RecordId> = entities.iter().flat_map(|(_, members)| members).copied().collect();
    members.sort_unstable();
    members.dedup();
    assert_eq!(members.len(), table.len(), "a record is in two entities");
    assert_eq!(resolution.golden().len(), entities.len(), "one golden record an entity");
    for golden in resolution.golden_records() {
        for value in &golden.values {
            assert_eq!(entities.entity_of(value.record), golden.entity, "a cell comes from another customer");
        }
    }
    let again = consolidate(table, &config).expect("as before");
    assert_eq!(outcome(&resolution), outcome(&again), "two answers to one table");
});
