//! Speed of whole runs on the bundled sample: `pipeline/<what>/sample/<records>`.
//!
//! `read` is the files alone, `consolidate` everything behind them. The outcome of each run is asserted, so that a change
//! which is fast because it is wrong does not pass for fast.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use quilate::io::csv::{ReadOptions, read_path};
use quilate::{Config, Table, consolidate};

const FILES: [&str; 5] = ["crm", "helpdesk", "newsletter", "shop", "till"];

fn sample() -> Table {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join("data");
    let sources = FILES.map(|name| {
        let read = read_path(folder.join(name).with_extension("csv"), &ReadOptions::new());
        read.expect("the bundled sample").source
    });
    Table::new(sources.into()).expect("files of different names")
}

fn pipeline(criterion: &mut Criterion) {
    let table = sample();
    let records = table.len();
    let mut group = criterion.benchmark_group("pipeline");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(4));
    group.throughput(Throughput::Elements(records as u64));
    group.bench_function(BenchmarkId::new("read/sample", records), |bencher| {
        bencher.iter(|| {
            let table = sample();
            assert_eq!(table.len(), records);
            black_box(table)
        });
    });
    let config = Config::default();
    group.bench_function(BenchmarkId::new("consolidate/sample", records), |bencher| {
        bencher.iter_batched(
            || table.clone(),
            |table| {
                let resolution = consolidate(table, &config).expect("the sample can be consolidated");
                let entities = resolution.entities().len();
                // Its truth has a little over half as many entities as records.
                assert!(
                    (records / 3..records * 4 / 5).contains(&entities),
                    "{entities} entities of {records} records"
                );
                black_box(resolution)
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
