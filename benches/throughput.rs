//! Pairs a second through classic comparisons and weights, on one core: `throughput/<way>/<dataset>/<pairs>`.
//!
//! The data is historical_50k where it stands beside the workspace (`../shared/data`), else people of the same shape.
//! Candidates are the pairs that share both initials or the year of birth. The answers are asserted: the levels of a
//! part of the pairs against one pair at a time, and the same sums of weights with and without the cache. Before the
//! benches a table says what each comparison costs and how its levels were found.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use quilate::Column;
use quilate::compare::{Classic, ClassicComparisons, Measure, NULL_LEVEL};
use quilate::io::csv::{ReadOptions, read_path};
use quilate::score::{LevelWeights, PatternWeights};
use quilate::similarity::simd::{Instructions, PairKernels, Symbols};
use quilate::similarity::{jaro_winkler, levenshtein};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/historical_50k/historical_50k.csv");

/// Pairs whose levels and weights are in memory at a time.
const CHUNK: usize = 8192;

/// Pairs that are also compared one by one.
const CHECKED: usize = 200_000;

struct Data {
    name: &'static str,
    columns: Vec<Column>,
}

impl Data {
    fn load() -> Self {
        let fields = ["first_name", "surname", "dob", "postcode_fake", "occupation"];
        if !Path::new(FILE).exists() {
            eprintln!("../shared/data/historical_50k is not there: people of the same shape instead");
            return Self { name: "generated_50k", columns: generated(50_000) };
        }
        let read = read_path(FILE, &ReadOptions::new()).expect("the file can be read");
        let column = |field: &&str| read.source.column(field).expect("the file has its columns").clone();
        Self { name: "historical_50k", columns: fields.iter().map(column).collect() }
    }

    fn comparisons(&self) -> ClassicComparisons<'_> {
        let item = |at: usize, measure, thresholds: &[f64]| Classic {
            column: &self.columns[at],
            measure,
            thresholds: thresholds.to_vec(),
        };
        let names = [0.92, 0.88, 0.7];
        ClassicComparisons::new(vec![
            item(0, Measure::JaroWinkler, &names),
            item(1, Measure::JaroWinkler, &names),
            item(2, Measure::Levenshtein, &[1.0, 2.0]),
            item(3, Measure::Levenshtein, &[1.0, 2.0]),
            item(4, Measure::Equality, &[]),
        ])
        .expect("the comparisons are valid")
    }

    fn weights(&self) -> PatternWeights {
        let of = |m: &[f64], u: &[f64]| LevelWeights::new(m, u).expect("probabilities");
        let name = |at: usize| {
            let (m, u) = ([0.6, 0.15, 0.05, 0.1, 0.1], [0.01, 0.002, 0.003, 0.08, 0.905]);
            of(&m, &u).by_frequency(&self.columns[at], u[0], 1e-3)
        };
        let typed = || of(&[0.7, 0.1, 0.05, 0.15], &[0.002, 0.01, 0.03, 0.958]);
        let occupation = of(&[0.9, 0.1], &[0.05, 0.95]).by_frequency(&self.columns[4], 0.05, 1e-3);
        PatternWeights::new(vec![name(0), name(1), typed(), typed(), occupation], -12.0)
            .expect("few patterns")
    }

    /// Pairs that share both initials, then those that share the year of birth and not both initials.
    fn pairs(&self) -> Vec<(u32, u32)> {
        let records = self.columns[0].len();
        let initial = |at: usize, record: usize| self.columns[at].get(record)?.chars().next();
        let initials = |record: usize| Some((initial(0, record)?, initial(1, record)?));
        let year = |record: usize| self.columns[2].get(record)?.get(..4);
        let mut pairs = pairs_of(records, initials);
        let other = |&(a, b): &(u32, u32)| {
            let (a, b) = (initials(a as usize), initials(b as usize));
            a.is_none() || a != b
        };
        pairs.extend(pairs_of(records, year).into_iter().filter(other));
        pairs
    }
}

/// All pairs of records with equal keys.
fn pairs_of<K: Ord>(records: usize, key: impl Fn(usize) -> Option<K>) -> Vec<(u32, u32)> {
    let mut blocks: BTreeMap<K, Vec<u32>> = BTreeMap::new();
    for record in 0..records {
        if let Some(key) = key(record) {
            blocks.entry(key).or_default().push(record as u32);
        }
    }
    let mut pairs = Vec::new();
    for block in blocks.values() {
        for (at, &a) in block.iter().enumerate() {
            pairs.extend(block[at + 1..].iter().map(|&b| (a, b)));
        }
    }
    pairs
}

/// People with Zipfian names made of syllables, dates, postcodes and occupations; some values missing or with a slip.
fn generated(records: usize) -> Vec<Column> {
    let mut state = 7u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    const SYLLABLES: [&str; 12] =
        ["ba", "ce", "di", "fo", "gur", "lan", "mes", "nil", "por", "ru", "sal", "tez"];
    let word = |mut number: usize, syllables: usize| {
        let mut word = String::new();
        for _ in 0..syllables {
            word.push_str(SYLLABLES[number % 12]);
            number = number / 12 + 5 * number;
        }
        word
    };
    let mut rows: [Vec<Option<String>>; 5] = Default::default();
    for _ in 0..records {
        let rank = |below: &mut dyn FnMut(usize) -> usize, bound: usize| below(bound) * below(bound) / bound;
        let mut values = [
            word(rank(&mut below, 900), 3),
            word(rank(&mut below, 9000), 3),
            format!("{}-{:02}-{:02}", 1700 + below(200), 1 + below(12), 1 + below(28)),
            format!("{}{} {}{}", word(below(40), 1), below(30), below(10), word(below(144), 1)),
            word(below(60), 4),
        ];
        if below(4) == 0 {
            let at = below(4);
            let place = below(values[at].len());
            values[at].remove(place);
        }
        for (row, value) in rows.iter_mut().zip(values) {
            row.push((below(12) != 0).then_some(value));
        }
    }
    rows.iter().map(|row| row.iter().map(Option::as_deref).collect()).collect()
}

/// Levels and weights of all pairs; the sum of the weights and how many are above 0.
fn run(comparisons: &ClassicComparisons<'_>, weights: &PatternWeights, pairs: &[(u32, u32)]) -> (f64, usize) {
    let mut evaluator = comparisons.evaluator();
    let (mut levels, mut scores) = (Vec::new(), Vec::new());
    let (mut sum, mut above) = (0.0, 0);
    for pairs in pairs.chunks(CHUNK) {
        evaluator.levels(pairs, &mut levels);
        weights.score(comparisons, pairs, &levels, &mut scores);
        sum += scores.iter().sum::<f64>();
        above += scores.iter().filter(|&&score| score > 0.0).count();
    }
    (sum, above)
}

/// The levels of the first pairs, one pair at a time.
fn check(comparisons: &ClassicComparisons<'_>, pairs: &[(u32, u32)]) {
    let mut levels = Vec::new();
    comparisons.evaluator().levels(pairs, &mut levels);
    for (&(a, b), levels) in pairs.iter().zip(levels.chunks(comparisons.items().len())) {
        for (item, &level) in comparisons.items().iter().zip(levels) {
            let expected = match (item.column.get(a as usize), item.column.get(b as usize)) {
                (None, _) | (_, None) => NULL_LEVEL,
                (Some(x), Some(y)) if x == y => 0,
                (Some(x), Some(y)) => {
                    let met = |threshold: &f64| match item.measure {
                        Measure::JaroWinkler => jaro_winkler(x, y) >= *threshold,
                        Measure::Levenshtein => levenshtein(x, y) as f64 <= *threshold,
                        _ => false,
                    };
                    1 + item.thresholds.iter().position(met).unwrap_or(item.thresholds.len()) as u8
                }
            };
            assert_eq!(level, expected, "{:?} of records {a} and {b}", item.measure);
        }
    }
}

/// What each comparison costs alone, and how its levels were found.
fn shares(data: &Data, pairs: &[(u32, u32)]) {
    let all = data.comparisons();
    eprintln!("{}: {} pairs, {:?}", data.name, pairs.len(), Instructions::detect());
    for (at, name) in ["first name", "surname", "birth date", "postcode", "occupation"].iter().enumerate() {
        for cached in [true, false] {
            let comparisons =
                ClassicComparisons::new(vec![all.items()[at].clone()]).expect("valid").cached(cached);
            let mut evaluator = comparisons.evaluator();
            let mut levels = Vec::new();
            let start = Instant::now();
            for pairs in pairs.chunks(CHUNK) {
                evaluator.levels(pairs, &mut levels);
                black_box(&levels);
            }
            let nanoseconds = start.elapsed().as_secs_f64() * 1e9 / pairs.len() as f64;
            let counts = evaluator.look_ups()[0];
            let share = |count: u64| 100.0 * count as f64 / pairs.len() as f64;
            eprintln!(
                "{name:12} cache {cached:5}: {nanoseconds:5.1} ns a pair; null or equal {:4.1} %, cache {:4.1} %, measured {:4.1} %",
                share(counts.decided),
                share(counts.hits),
                share(counts.measured)
            );
        }
    }
}

fn throughput(criterion: &mut Criterion) {
    let data = Data::load();
    let pairs = data.pairs();
    let (cached, direct) = (data.comparisons(), data.comparisons().cached(false));
    let weights = data.weights();
    check(&cached, &pairs[..CHECKED.min(pairs.len())]);
    check(&direct, &pairs[pairs.len() - CHECKED.min(pairs.len())..]);
    let answer = run(&cached, &weights, &pairs);
    assert_eq!(answer, run(&direct, &weights, &pairs), "the cache changes no answer");
    assert!(answer.1 > 0 && answer.1 < pairs.len() / 10, "{answer:?}");
    shares(&data, &pairs);
    let mut group = criterion.benchmark_group("throughput");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(5))
        .throughput(Throughput::Elements(pairs.len() as u64));
    for (way, comparisons) in [("cached", &cached), ("direct", &direct)] {
        group.bench_function(BenchmarkId::new(way, format!("{}/{}", data.name, pairs.len())), |bench| {
            bench.iter(|| assert_eq!(run(comparisons, &weights, black_box(&pairs)), answer));
        });
    }
    group.finish();
    kernels(criterion, &data, &pairs);
}

/// The kernels alone, on the surnames of candidate pairs that differ.
fn kernels(criterion: &mut Criterion, data: &Data, pairs: &[(u32, u32)]) {
    let surnames = &data.columns[1];
    let symbols = Symbols::new(surnames.dictionary());
    let code = |record: u32| surnames.codes(record as usize).first().copied();
    let codes = pairs.iter().step_by(101).filter_map(|&(a, b)| Some((code(a)?, code(b)?)));
    let values: Vec<(u32, u32)> = codes.filter(|(x, y)| x != y).take(1 << 16).collect();
    let text = |code: u32| surnames.dictionary().text(code);
    let expected: Vec<f64> = values.iter().map(|&(x, y)| jaro_winkler(text(x), text(y))).collect();
    let edits: Vec<u8> = values.iter().map(|&(x, y)| levenshtein(text(x), text(y)) as u8).collect();
    let mut group = criterion.benchmark_group("kernels");
    group.sample_size(20).throughput(Throughput::Elements(values.len() as u64));
    for &instructions in Instructions::available() {
        let mut kernels = PairKernels::with(instructions);
        let id = |kernel: &str| BenchmarkId::new(kernel, format!("{instructions:?}/{}", values.len()));
        let (mut similarity, mut distance) = (vec![0.0; values.len()], vec![0; values.len()]);
        kernels.jaro_winkler(&symbols, &values, &mut similarity);
        kernels.levenshtein(&symbols, &values, &mut distance);
        assert!(similarity == expected && distance == edits, "{instructions:?}");
        group.bench_function(id("jaro_winkler"), |bench| {
            bench.iter(|| kernels.jaro_winkler(&symbols, black_box(&values), &mut similarity));
        });
        group.bench_function(id("levenshtein"), |bench| {
            bench.iter(|| kernels.levenshtein(&symbols, black_box(&values), &mut distance));
        });
    }
    group.finish();
}

criterion_group!(benches, throughput);
criterion_main!(benches);
