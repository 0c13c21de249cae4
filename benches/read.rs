//! Reading a million customers: `read/csv/<dataset>/<records>`. Each run asserts its record count.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use quilate::io::csv::{ReadOptions, read_bytes};

const RECORDS: usize = 1_000_000;

/// Fifteen columns, about 130 bytes a record: keys, names from small sets, addresses with a comma, dates.
fn customers(quote_all: bool) -> String {
    let mut text = String::with_capacity(RECORDS * 180);
    let header = "id,first_name,last_name,last_name_2,email,phone,street,city,province,zip,country,dni,birth_date,updated,source";
    text.push_str(header);
    text.push('\n');
    // A linear congruence (Knuth's MMIX) spreads the values without a random number generator.
    let mut state = 1u64;
    for id in 0..RECORDS {
        let mut below = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        let cells = [
            format!("{id}"),
            format!("Nombre{}", below(800)),
            format!("Apellido{}", below(5_000)),
            format!("Apellido{}", below(5_000)),
            format!("cliente{}@correo{}.es", below(900_000), below(40)),
            format!("6{:08}", below(100_000_000)),
            format!("\"Calle {}, {}\"", below(9_000), below(120)),
            format!("Población {}", below(3_000)),
            format!("P{}", below(52)),
            format!("{:05}", below(52_000)),
            "ES".to_owned(),
            format!("{:08}X", below(99_999_999)),
            format!("19{:02}-0{}-1{}", below(99), 1 + below(9), below(10)),
            format!("2024-0{}-1{}", 1 + below(9), below(10)),
            format!("crm{}", below(3)),
        ];
        for (column, cell) in cells.iter().enumerate() {
            if column > 0 {
                text.push(',');
            }
            let quote = quote_all && !cell.starts_with('"');
            write!(text, "{}{cell}{}", if quote { "\"" } else { "" }, if quote { "\"" } else { "" })
                .expect("writing to a string succeeds");
        }
        text.push('\n');
    }
    text
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read/csv");
    group.sample_size(10);
    for (name, quote_all) in [("customers", false), ("customers_quoted", true)] {
        let text = customers(quote_all);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("{name}/{RECORDS}"), |bencher| {
            bencher.iter(|| {
                let read = read_bytes("crm", black_box(text.as_bytes()), &ReadOptions::new());
                let read = read.expect("the text is a table");
                assert_eq!(read.source.len(), RECORDS);
                assert!(read.issues.is_empty());
                read
            });
        });
    }
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
