//! Speed of the similarity kernels over pairs of names: `similarity/<algorithm>/<dataset>/<n>`.
//!
//! Each iteration compares `n` pairs in an order that no branch predictor learns; divide by `n` for the time of one.
//! The answers are asserted against strsim's, which also runs beside as `strsim_<algorithm>` for the ratio.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use quilate::similarity::{
    damerau, jaro_winkler, levenshtein, levenshtein_within, osa, osa_within, phonetic_key, qgram_dice,
};
use std::hint::black_box;

const PAIRS: usize = 1024;

/// Six letters each, the length that the targets are stated for.
const SURNAMES_6: [&str; 32] = [
    "garcia", "romero", "torres", "moreno", "blanco", "castro", "molina", "ortega", "rubioz", "medina",
    "santos", "lozano", "guerra", "campos", "vargas", "reyess", "flores", "cortes", "suarez", "iglesi",
    "marinn", "garzia", "rromer", "torrez", "morenn", "blanca", "castra", "molino", "ortiga", "medima",
    "santoz", "losano",
];

/// As they come: three to ten letters.
const SURNAMES: [&str; 24] = [
    "gil",
    "diaz",
    "ruiz",
    "lopez",
    "perez",
    "gomez",
    "garcia",
    "suarez",
    "torres",
    "sanchez",
    "jimenez",
    "serrano",
    "martinez",
    "gonzalez",
    "gutierez",
    "rodriguez",
    "fernandez",
    "dominguez",
    "echevarria",
    "martines",
    "gonzales",
    "fernandes",
    "jimenes",
    "sanches",
];

const FULL_NAMES: [&str; 16] = [
    "maria garcia lopez",
    "maria garcia perez",
    "jose luis martin",
    "jose luis marin",
    "ana belen torres",
    "carmen ruiz gil",
    "carmen ruis gil",
    "francisco javier diaz",
    "francisco xavier diaz",
    "laura gomez sanz",
    "antonio fernandez",
    "antonio hernandez",
    "isabel navarro rey",
    "manuel castillo",
    "manuel castiyo",
    "eva rubio leon",
];

const ACCENTED: [&str; 16] = [
    "garcía",
    "pérez",
    "gómez",
    "muñoz",
    "núñez",
    "martínez",
    "sánchez",
    "jiménez",
    "lópez",
    "álvarez",
    "ibáñez",
    "peña",
    "vázquez",
    "vásquez",
    "munoz",
    "ibañez",
];

/// Pairs drawn by a linear congruential generator, the same in every run.
fn pairs(names: &[&'static str]) -> Vec<(&'static str, &'static str)> {
    let mut state = 1u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        names[(state >> 33) as usize % names.len()]
    };
    (0..PAIRS).map(|_| (draw(), draw())).collect()
}

/// One kernel over one data set, whose sum of answers must be `expected`.
fn run(
    c: &mut Criterion,
    name: &str,
    data: (&str, &[(&'static str, &'static str)]),
    expected: f64,
    kernel: impl Fn(&str, &str) -> f64,
) {
    let (dataset, pairs) = data;
    let sum = || pairs.iter().map(|(a, b)| kernel(black_box(a), black_box(b))).sum::<f64>();
    assert!((sum() - expected).abs() < 1e-6, "{name} on {dataset}: {} instead of {expected}", sum());
    let mut group = c.benchmark_group(format!("similarity/{name}"));
    group.throughput(Throughput::Elements(pairs.len() as u64));
    group.bench_function(BenchmarkId::new(dataset, pairs.len()), |bencher| bencher.iter(sum));
    group.finish();
}

fn kernels(c: &mut Criterion) {
    let datasets: [(&str, &[&'static str]); 4] = [
        ("surnames_6", &SURNAMES_6),
        ("surnames", &SURNAMES),
        ("full_names", &FULL_NAMES),
        ("accented", &ACCENTED),
    ];
    for (dataset, names) in datasets {
        let pairs = pairs(names);
        let data = (dataset, pairs.as_slice());
        let sum = |oracle: &dyn Fn(&str, &str) -> f64| pairs.iter().map(|(a, b)| oracle(a, b)).sum::<f64>();
        let within = |distance: usize| if distance <= 2 { distance as f64 } else { 0.0 };

        let expected = sum(&strsim::jaro_winkler);
        run(c, "jaro_winkler", data, expected, jaro_winkler);
        run(c, "strsim_jaro_winkler", data, expected, strsim::jaro_winkler);

        let expected = sum(&|a, b| strsim::levenshtein(a, b) as f64);
        run(c, "levenshtein", data, expected, |a, b| levenshtein(a, b) as f64);
        run(c, "strsim_levenshtein", data, expected, |a, b| strsim::levenshtein(a, b) as f64);
        let expected = sum(&|a, b| within(strsim::levenshtein(a, b)));
        run(c, "levenshtein_within_2", data, expected, |a, b| {
            levenshtein_within(a, b, 2).map_or(0.0, |distance| distance as f64)
        });

        let expected = sum(&|a, b| strsim::osa_distance(a, b) as f64);
        run(c, "osa", data, expected, |a, b| osa(a, b) as f64);
        run(c, "strsim_osa", data, expected, |a, b| strsim::osa_distance(a, b) as f64);
        let expected = sum(&|a, b| within(strsim::osa_distance(a, b)));
        run(c, "osa_within_2", data, expected, |a, b| {
            osa_within(a, b, 2).map_or(0.0, |distance| distance as f64)
        });

        let expected = sum(&|a, b| strsim::damerau_levenshtein(a, b) as f64);
        run(c, "damerau", data, expected, |a, b| damerau(a, b) as f64);
    }
}

fn grams_and_keys(c: &mut Criterion) {
    // strsim leaves blanks out, hence names of one word.
    let pairs = pairs(&SURNAMES);
    let data = ("surnames", pairs.as_slice());
    let expected = pairs.iter().map(|(a, b)| strsim::sorensen_dice(a, b)).sum();
    run(c, "qgram_dice_2", data, expected, |a, b| qgram_dice(a, b, 2));
    run(c, "strsim_sorensen_dice", data, expected, strsim::sorensen_dice);

    // Two keys to the pair. The table has five spellings twice (z and s), so more pairs share a key than are equal.
    let equal = pairs.iter().filter(|(a, b)| a.replace('z', "s") == b.replace('z', "s")).count();
    run(c, "phonetic_key_x2", data, equal as f64, |a, b| {
        f64::from(u8::from(phonetic_key(a) == phonetic_key(b)))
    });
}

criterion_group!(benches, kernels, grams_and_keys);
criterion_main!(benches);
