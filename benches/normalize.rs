//! Speed of the normalisers over distinct values: `normalize/<kind>/<dataset>/<n>`.
//!
//! Each iteration normalises `n` values, as a column's dictionary holds them: divide by `n` for the time of one. Every
//! function asserts what it measures, on all its values. One function a kind; shapes and their shares are in the data
//! set's function.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use quilate::AttributeKind;
use quilate::normalize::company::company;
use quilate::normalize::person_name::{NameKind, full_name, given_name, surname};
use quilate::normalize::placeholder::placeholder;
use quilate::normalize::{Hint, Quality, text};

const VALUES: usize = 8192;

const SPAIN: Hint<'static> = Hint { locale: Some("es-ES"), region: Some("ES") };

/// Times `normalize` over `values`; what it gives is summed up so that nothing is left out.
fn measure(c: &mut Criterion, id: &str, values: &[String], normalize: impl Fn(&str) -> usize) {
    let (kind, dataset) = id.split_once('/').unwrap_or((id, "values"));
    let mut group = c.benchmark_group(format!("normalize/{kind}"));
    group.throughput(Throughput::Elements(values.len() as u64));
    group.bench_function(BenchmarkId::new(dataset, values.len()), |bencher| {
        bencher.iter(|| values.iter().map(|value| normalize(black_box(value))).sum::<usize>())
    });
    group.finish();
}

/// Words in an order that no branch predictor learns, the same in each run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % n
    }

    fn one_of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }
}

/// The Spanish words of a table of names.
fn spanish(table: &'static str) -> Vec<&'static str> {
    let words: Vec<&str> = table
        .lines()
        .filter(|line| !line.starts_with('#') && line.contains("\tes"))
        .filter_map(|line| line.split('\t').next())
        .collect();
    assert!(words.len() > 500);
    words
}

fn given_names() -> Vec<&'static str> {
    spanish(include_str!("../resources/names/given_names.tsv"))
}

fn surnames() -> Vec<&'static str> {
    spanish(include_str!("../resources/names/surnames.tsv"))
}

/// Whole names as touchpoints write them: 60 % as on a form, 15 % in capitals, 10 % in capitals with a comma, 5 % each
/// with particles, with a title, and in small letters.
fn spanish_names() -> Vec<String> {
    let (given, surnames) = (given_names(), surnames());
    let mut draw = Draw(88_172_645_463_325_252);
    let name = |at: usize| {
        let (name, first, second) = (draw.one_of(&given), draw.one_of(&surnames), draw.one_of(&surnames));
        match at % 20 {
            0..12 => format!("{name} {first} {second}"),
            12..15 => format!("{name} {first} {second}").to_uppercase(),
            15 | 16 => format!("{first} {second}, {name}").to_uppercase(),
            17 => format!("{name} de la {first} {second}"),
            18 => format!("D. {name} {first}"),
            _ => format!("{name} {first} {second}").to_lowercase(),
        }
    };
    (0..VALUES).map(name).collect()
}

fn person_name(c: &mut Criterion) {
    let names = spanish_names();
    for name in &names {
        let read = full_name(name, &SPAIN);
        assert_eq!(read.parts.kind, NameKind::Person, "{name}");
        assert!(!read.parts.surname1.is_empty() || read.quality == Quality::Partial, "{name}");
    }
    measure(c, "person_name/full", &names, |name| full_name(name, &SPAIN).canonical.len());
    let given: Vec<String> = given_names().into_iter().map(str::to_owned).collect();
    for name in &given {
        assert!(!given_name(name, &SPAIN).parts.given.is_empty(), "{name}");
    }
    measure(c, "person_name/given", &given, |name| given_name(name, &SPAIN).canonical.len());
    let mut draw = Draw(7);
    let words = surnames();
    let both: Vec<String> =
        (0..VALUES).map(|_| format!("{} {}", draw.one_of(&words), draw.one_of(&words))).collect();
    for name in &both {
        assert!(!surname(name, &SPAIN).parts.surname1.is_empty(), "{name}");
    }
    measure(c, "person_name/surname", &both, |name| surname(name, &SPAIN).canonical.len());
}

fn companies(c: &mut Criterion) {
    let trades = ["Talleres", "Frutas", "Inversiones", "Construcciones", "Bodegas", "Grupo", "Clínica"];
    let forms = [", S.L.", " SL", " S.A.", " Ltda.", "", " SLU", " Sociedad Limitada"];
    let words = surnames();
    let mut draw = Draw(11);
    let name = |at: usize| {
        let (trade, word) = (draw.one_of(&trades), draw.one_of(&words));
        let name = format!("{trade} {word} {}{}", draw.one_of(&words), forms[at % forms.len()]);
        if at.is_multiple_of(4) { name.to_uppercase() } else { name }
    };
    let names: Vec<String> = (0..VALUES).map(name).collect();
    for (at, name) in names.iter().enumerate() {
        assert_eq!(company(name, &SPAIN).parts.legal_form.is_some(), !forms[at % forms.len()].is_empty());
    }
    measure(c, "company/spanish", &names, |name| company(name, &SPAIN).canonical.len());
}

fn texts(c: &mut Criterion) {
    let names = spanish_names();
    for name in &names {
        assert!(text::key(name).is_ascii());
        assert_eq!(text::clean(name), name.as_str());
        assert_eq!(placeholder(AttributeKind::FullName, name), None, "{name}");
    }
    measure(c, "text/clean", &names, |name| text::clean(name).len());
    measure(c, "text/fold", &names, |name| text::fold(name).len());
    measure(c, "text/title_case", &names, |name| text::title_case(name).len());
    measure(c, "placeholder/full_name", &names, |name| {
        usize::from(placeholder(AttributeKind::FullName, name).is_some())
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = person_name, companies, texts
}
criterion_main!(benches);
