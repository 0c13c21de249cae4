//! Speed of what follows matching: `merge/<what>/synthetic/<records>`, `relate/<what>/synthetic/<records>` and `history/<what>/synthetic/<records>x<interactions>`.
//!
//! The records are made here, so that the stages are measured alone. Each run asserts its answer, which follows from how the
//! data is made. `QUILATE_BENCH_LARGE=1` measures a million records with five million interactions once and prints seconds
//! and peak memory; otherwise criterion measures a fiftieth of it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, BenchmarkId, Criterion};
use quilate::cluster::Entities;
use quilate::history::{History, HistoryConfig, HistoryInput, Lookup};
use quilate::merge::{Field, FieldSpec, MergeConfig, MergeInput, UNKNOWN_TIME, merge};
use quilate::normalize::Quality;
use quilate::normalize::attributes::{Attribute, Attributes};
use quilate::relate::{RelateInput, RelateOptions, RelationKind, relate};
use quilate::table::ColumnBuilder;
use quilate::{AttributeKind, Column, EntityId, RecordId, Source, SourceId};

/// 2025-06-30.
const AS_OF: i32 = 20_269;

/// Records of one customer, and customers of one address.
const RECORDS: usize = 2;
const FAMILY: usize = 3;

/// Every tenth row tells of the event of the row before, at the customer's other record.
const REPEAT: usize = 10;

struct People {
    sources: Vec<String>,
    ids: Vec<String>,
    entities: Entities,
    attributes: Attributes,
    home: Vec<Option<RecordId>>,
    source: Vec<SourceId>,
}

impl Lookup for People {
    fn sources(&self) -> &[String] {
        &self.sources
    }

    fn find(&self, source: &str, id: &str) -> Option<RecordId> {
        let at = self.ids.binary_search_by(|known| known.as_str().cmp(id)).ok()?;
        (source == self.sources[0]).then(|| RecordId::from_index(at))
    }
}

impl People {
    fn new(records: usize) -> Self {
        let labels: Vec<u32> = (0..records).map(|record| (record / RECORDS) as u32).collect();
        let entities = Entities::from_labels(&labels);
        let family = |record: usize| record / RECORDS / FAMILY;
        let column = |kind: AttributeKind, text: &dyn Fn(usize) -> String| {
            let mut column = ColumnBuilder::new();
            (0..records).for_each(|record| column.push(Some(&text(record))));
            Attribute { name: kind.name().to_owned(), kind, column: column.finish() }
        };
        use AttributeKind as K;
        let columns = vec![
            column(K::GivenName, &|record| format!("given{}", record / RECORDS % 500)),
            column(K::Surname, &|record| {
                format!("surname{} other{}", family(record) % 20_011, record / RECORDS % 701)
            }),
            // Of every third customer the second record has another address: something to decide.
            column(K::Email, &|record| {
                let other = record % RECORDS == 1 && (record / RECORDS).is_multiple_of(3);
                format!("person{}@{}", record / RECORDS, if other { "hotmail.com" } else { "gmail.com" })
            }),
            column(K::Phone, &|record| format!("6{:09}", family(record))),
            column(K::Street, &|record| format!("street{} calle", family(record) % 5_003)),
            column(K::HouseNumber, &|record| (1 + family(record) / 5_003 % 300).to_string()),
            column(K::Postcode, &|record| format!("{:05}", family(record) / 97 % 40_000)),
        ];
        let source = vec![SourceId(0); records];
        let attributes = Attributes { source: source.clone(), columns };
        let home =
            (0..entities.len()).map(|entity| Some(entities.members(EntityId(entity as u32))[0])).collect();
        let ids = (0..records).map(|record| format!("{record:09}")).collect();
        Self { sources: vec!["crm".to_owned()], ids, entities, attributes, home, source }
    }

    fn merge(&self) -> usize {
        use AttributeKind as K;
        let columns = &self.attributes.columns;
        let values = |attribute: &Attribute| attribute.column.dictionary().len();
        let keys: Vec<Vec<u32>> =
            columns.iter().map(|attribute| (0..values(attribute) as u32).collect()).collect();
        let qualities: Vec<Vec<Quality>> =
            columns.iter().map(|attribute| vec![Quality::Ok; values(attribute)]).collect();
        let group = |kind: K| match kind {
            K::GivenName | K::Surname => Some("name"),
            K::Street | K::HouseNumber | K::Postcode => Some("address"),
            _ => None,
        };
        let keep_all = |kind: K| matches!(kind, K::Email | K::Phone);
        let spec = |attribute: &'_ Attribute| (group(attribute.kind), keep_all(attribute.kind));
        let specs: Vec<FieldSpec<'_>> = columns
            .iter()
            .map(|attribute| (attribute, spec(attribute)))
            .map(|(attribute, (group, keep_all))| FieldSpec { name: &attribute.name, group, keep_all })
            .collect();
        let fields: Vec<Field<'_>> = columns
            .iter()
            .zip(keys.iter().zip(&qualities))
            .map(|(attribute, (key, quality))| Field {
                name: &attribute.name,
                values: &attribute.column,
                key,
                quality,
                verified: &[],
                cleared: &[],
            })
            .collect();
        let plan = MergeConfig::default().validate(&specs, &self.sources).expect("the default rules");
        let input = MergeInput {
            fields: &fields,
            source: &self.source,
            updated_at: &[],
            published_at: &[],
            as_of: UNKNOWN_TIME,
            pins: &[],
            entities: &self.entities,
        };
        let golden = merge(&plan, &input).expect("columns of one length");
        let email = golden.field_index("email").expect("a field");
        let kept: usize =
            (0..golden.len()).map(|entity| golden.extras(EntityId::from_index(entity), email).len()).sum();
        assert_eq!(kept, self.entities.len().div_ceil(3), "the other address is kept beside the first");
        golden.len()
    }

    fn relate(&self) -> usize {
        let input = RelateInput {
            attributes: &self.attributes,
            entities: &self.entities,
            edges: &[],
            ambiguous: &[],
            home: &self.home,
        };
        let relations = relate(&input, &RelateOptions::default());
        let households = relations.iter().filter(|relation| relation.kind == RelationKind::Household).count();
        // Three people make three pairs; the last family may be smaller.
        let families = self.entities.len() / FAMILY;
        assert!((families * 3..=families * 3 + 3).contains(&households), "{households} of {families}");
        relations.len()
    }

    fn history(&self, file: Source) -> History {
        let rows = file.len();
        let config = HistoryConfig::default();
        let input = HistoryInput {
            lookup: self,
            entities: &self.entities,
            source: &self.source,
            updated_at: &[],
            household: &[],
            carried: &[],
            emails: None,
            phones: None,
            suppressed: None,
            config: &config,
            as_of: AS_OF,
        };
        let history = History::new(&input, [file]).expect("a file of interactions");
        assert_eq!(history.events().len(), rows - rows / REPEAT);
        history
    }
}

/// Amount of a row in cents; the one that repeats it has the same.
fn cents(row: usize) -> usize {
    let row = if row % REPEAT == REPEAT - 1 { row - 1 } else { row };
    100 + row % 9_973
}

fn interactions(records: usize, rows: usize) -> Source {
    let names = [
        "source",
        "source_id",
        "event_id",
        "at",
        "kind",
        "channel",
        "direction",
        "amount",
        "currency",
        "category",
    ];
    let mut columns: Vec<ColumnBuilder> = names.iter().map(|_| ColumnBuilder::new()).collect();
    for row in 0..rows {
        let repeats = row % REPEAT == REPEAT - 1;
        let of = if repeats { row - 1 } else { row };
        let record = of.wrapping_mul(2_654_435_761) % records;
        let record = if repeats { record ^ 1 } else { record };
        let day = AS_OF as i64 - (of % 2_000) as i64;
        let (year, month, date) = quilate::normalize::date::civil_from_days(day).expect("a day");
        let cells = [
            "crm".to_owned(),
            format!("{record:09}"),
            format!("so-{of}"),
            format!(
                "{year:04}-{month:02}-{date:02}T{:02}:{:02}:{:02}Z",
                of % 24,
                of / 24 % 60,
                of / 1_440 % 60
            ),
            ["order", "call"][of % 2].to_owned(),
            ["web", "phone"][of % 2].to_owned(),
            "in".to_owned(),
            if of % 2 == 0 { format!("{}.{:02}", cents(row) / 100, cents(row) % 100) } else { String::new() },
            "EUR".to_owned(),
            format!("category {}", of % 9),
        ];
        for (column, cell) in columns.iter_mut().zip(&cells) {
            column.push(Some(cell));
        }
    }
    let columns: Vec<Column> = columns.into_iter().map(ColumnBuilder::finish).collect();
    let names = names.map(str::to_owned).to_vec();
    Source::new("interactions", names, columns, Vec::new()).expect("columns of one length")
}

/// The figures of all customers; what they paid must be what the rows say.
fn figures(history: &History, rows: usize) -> i64 {
    let of = |entity: usize| {
        let metrics = history.metrics(EntityId(entity as u32));
        metrics.main_money().map_or(0, |money| money.revenue)
    };
    let paid: i64 = (0..history.len()).map(of).sum();
    let told = (0..rows).filter(|row| row % REPEAT != REPEAT - 1 && row % 2 == 0);
    assert_eq!(paid, told.map(cents).sum::<usize>() as i64);
    paid
}

/// Peak memory of the process in MB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1000)
}

fn large() {
    let (records, rows) = (1_000_000, 5_000_000);
    let people = People::new(records);
    let file = interactions(records, rows);
    let mut started = Instant::now();
    let mut lap = |what: &str| {
        println!("{what:20} {:7.2} s, peak {} MB", started.elapsed().as_secs_f64(), peak().unwrap_or(0));
        started = Instant::now();
    };
    black_box(people.merge());
    lap("merge");
    black_box(people.relate());
    lap("relate");
    let history = people.history(file);
    lap("history");
    black_box(figures(&history, rows));
    lap("figures, one core");
}

fn small(criterion: &mut Criterion) {
    let (records, rows) = (20_000, 100_000);
    let people = People::new(records);
    let mut group = criterion.benchmark_group("merge");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    group.bench_function(BenchmarkId::new("all/synthetic", records), |bencher| {
        bencher.iter(|| people.merge())
    });
    group.finish();
    let mut group = criterion.benchmark_group("relate");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    group.bench_function(BenchmarkId::new("all/synthetic", records), |bencher| {
        bencher.iter(|| people.relate())
    });
    group.finish();
    let file = interactions(records, rows);
    let mut group = criterion.benchmark_group("history");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    let size = format!("{records}x{rows}");
    group.bench_function(BenchmarkId::new("events/synthetic", &size), |bencher| {
        bencher.iter_batched(|| file.clone(), |file| people.history(file), BatchSize::PerIteration);
    });
    let history = people.history(file);
    group.bench_function(BenchmarkId::new("figures/synthetic", &size), |bencher| {
        bencher.iter(|| figures(&history, rows));
    });
    group.finish();
}

fn main() {
    if std::env::var_os("QUILATE_BENCH_LARGE").is_some() {
        return large();
    }
    let mut criterion = Criterion::default().configure_from_args();
    small(&mut criterion);
    criterion.final_summary();
}
