//! Speed of the normalisers over distinct values: `normalize/<kind>/<dataset>/<n>`.
//!
//! Each iteration normalises `n` values, as a column's dictionary holds them: divide by `n` for the time of one. Every
//! function asserts what it measures, on all its values. One function a kind; shapes and their shares are in the data
//! set's function.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use quilate::AttributeKind;
use quilate::normalize::address::{full_address, street};
use quilate::normalize::company::company;
use quilate::normalize::date::{DateHint, date};
use quilate::normalize::email::email;
use quilate::normalize::identifier::identifier;
use quilate::normalize::person_name::{NameKind, full_name, given_name, surname};
use quilate::normalize::phone::phone;
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

/// 40 % at large providers, 40 % at companies, a tenth each with a tag or capitals and with a slip in the domain.
fn emails(c: &mut Criterion) {
    let (given, words) = (given_names(), surnames());
    let mut draw = Draw(13);
    let domains = ["gmail.com", "hotmail.com", "yahoo.es", "outlook.es"];
    let value = |at: usize| {
        let (name, surname) = (draw.one_of(&given), draw.one_of(&words));
        let local = text::key(&format!("{name}{surname}")).replace(' ', ".");
        match at % 10 {
            0..4 => format!("{local}{}@{}", at % 100, draw.one_of(&domains)),
            4..8 => format!("{local}@{}.es", text::key(draw.one_of(&words)).replace(' ', "")),
            8 => format!("{}+tienda@GMAIL.com", local.to_uppercase()),
            _ => format!("{local}{at}@hotmial.com"),
        }
    };
    let values: Vec<String> = (0..VALUES).map(value).collect();
    for (at, value) in values.iter().enumerate() {
        let read = email(value, &SPAIN);
        assert!(!read.parts.dedup_key.is_empty(), "{value}");
        assert_eq!(read.parts.suggestion.is_some() && at % 10 == 9, at % 10 == 9, "{value}");
    }
    measure(c, "email/mixed", &values, |value| email(value, &SPAIN).parts.dedup_key.len());
}

/// 40 % in groups, 30 % bare, a tenth each international, with words around, and from abroad.
fn phones(c: &mut Criterion) {
    let mut draw = Draw(17);
    let value = |at: usize| {
        let n = 600_000_000 + draw.below(99_999_999);
        let (a, b, e) = (n / 1_000_000, n / 1000 % 1000, n % 1000);
        match at % 10 {
            0..4 => format!("{a} {b:03} {e:03}"),
            4..7 => format!("{n}"),
            7 => format!("+34 {a}-{b:03}-{e:03}"),
            8 => format!("Tel. {n}"),
            _ => format!("+33 1 {:08}", 42_000_000 + n % 7_000_000),
        }
    };
    let values: Vec<String> = (0..VALUES).map(value).collect();
    let valid = values.iter().filter(|value| phone(value, &SPAIN).parts.valid).count();
    // The others are fillers by chance.
    assert!(valid > VALUES - VALUES / 100, "{valid}");
    measure(c, "phone/mixed", &values, |value| phone(value, &SPAIN).canonical.len());
}

/// Half DNIs as on the card, a fifth with dots and dash, the others CIFs and IBANs.
fn identifiers(c: &mut Criterion) {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let mut draw = Draw(19);
    let value = |at: usize| {
        let n = 10_000_000 + draw.below(89_999_999);
        let letter = char::from(LETTERS[n % 23]);
        match at % 10 {
            0..5 => format!("{n}{letter}"),
            5 | 6 => format!("{}.{:03}.{:03}-{letter}", n / 1_000_000, n / 1000 % 1000, n % 1000),
            7 | 8 => "B64717838".to_owned(),
            _ => "ES9121000418450200051332".to_owned(),
        }
    };
    let values: Vec<String> = (0..VALUES).map(value).collect();
    for value in &values {
        assert_eq!(identifier(value, &SPAIN).parts.valid, Some(true), "{value}");
    }
    measure(c, "identifier/spanish", &values, |value| identifier(value, &SPAIN).canonical.len());
}

/// 40 % ISO, 40 % day first, a tenth each with the name of the month and with a time.
fn dates(c: &mut Criterion) {
    let hint = DateHint { region: Some("ES"), reference: Some((2026, 11, 22)), ..DateHint::default() };
    let mut draw = Draw(23);
    let value = |at: usize| {
        let (y, m, d) = (1930 + draw.below(90), 1 + draw.below(12), 1 + draw.below(28));
        match at % 10 {
            0..4 => format!("{y}-{m:02}-{d:02}"),
            4..8 => format!("{d:02}/{m:02}/{y}"),
            8 => format!("{d} de {} de {y}", ["marzo", "abril", "julio", "octubre"][at % 4]),
            _ => format!("{y}-{m:02}-{d:02}T10:00:00Z"),
        }
    };
    let values: Vec<String> = (0..VALUES).map(value).collect();
    for value in &values {
        assert_eq!(date(value, &hint).canonical.len(), 10, "{value}");
    }
    measure(c, "date/mixed", &values, |value| date(value, &hint).canonical.len());
}

/// Whole Spanish addresses: half with commas, three in ten with floor and door, a fifth in capitals without commas.
fn addresses(c: &mut Criterion) {
    let places = ["28013 Madrid", "08008 Barcelona", "41001 Sevilla", "46002 Valencia", "50001 Zaragoza"];
    let words = surnames();
    let mut draw = Draw(29);
    let value = |at: usize| {
        let (street, place, n) = (draw.one_of(&words), draw.one_of(&places), 1 + draw.below(200));
        match at % 10 {
            0..5 => format!("Calle {street}, {n}, {place}"),
            5..8 => {
                format!("C/ {street} {n}, {}º {}, {place}", 1 + n % 9, ["A", "B", "izq.", "dcha."][n % 4])
            }
            _ => format!("AVDA {street} {n} 3 B {place}").to_uppercase(),
        }
    };
    let values: Vec<String> = (0..VALUES).map(value).collect();
    for value in &values {
        let read = full_address(value, &SPAIN);
        assert!(
            !read.parts.city.is_empty() && !read.parts.house_number.is_empty(),
            "{value}: {:?}",
            read.parts
        );
    }
    measure(c, "address/full", &values, |value| full_address(value, &SPAIN).canonical.len());
    let streets: Vec<String> = values
        .iter()
        .filter_map(|value| value.rsplit_once(','))
        .map(|(street, _)| street.to_owned())
        .collect();
    for value in &streets {
        assert!(!street(value, &SPAIN).parts.house_number.is_empty(), "{value}");
    }
    measure(c, "address/street", &streets, |value| street(value, &SPAIN).canonical.len());
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = person_name, companies, texts, emails, phones, identifiers, dates, addresses
}
criterion_main!(benches);
