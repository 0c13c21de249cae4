//! How much of the reference lists, when they lie beside the checkout, the resources know: passed and total by language.
//!
//! An entry counts when the library *does* the right thing with it, not when a table holds its letters: a nickname is
//! compatible with its formal name, a spelling of a legal form is read as the form, a street line with the word has that
//! word for its type, a filler is missing. `cargo xtask coverage` runs this with its table.
#![cfg(feature = "csv")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use quilate::AttributeKind;
use quilate::normalize::company::company;
use quilate::normalize::person_name::nicknames::compatible;
use quilate::normalize::placeholder::placeholder;
use quilate::normalize::{Hint, address, text};

/// Share of the entries of Spanish, English and language-less lists, and of the others.
const FLOORS: (f64, f64) = (0.80, 0.60);

/// Known entries and all entries, by list and language.
#[derive(Default)]
struct Coverage(BTreeMap<(&'static str, String), (usize, usize)>);

impl Coverage {
    fn count(&mut self, list: &'static str, language: &str, known: bool, entry: impl Fn() -> String) {
        let count = self.0.entry((list, language.to_owned())).or_default();
        count.0 += usize::from(known);
        count.1 += 1;
        if !known && std::env::var_os("COVERAGE_MISSING").is_some() {
            println!("missing\t{list}\t{language}\t{}", entry());
        }
    }
}

fn reference(path: &str) -> Option<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference");
    std::fs::read_to_string(root.join(path)).ok()
}

fn rows(path: &str, headers: bool) -> Option<Vec<Vec<String>>> {
    let text = reference(path)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(headers)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let row = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    Some(reader.records().map(|record| row(record.expect("the list is valid CSV"))).collect())
}

/// Each familiar form, with the formal names that some list has for it: known when it goes with one of them.
fn nicknames(coverage: &mut Coverage) -> Option<()> {
    let mut forms: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut add = |language: &str, nickname: &str, formal: &str| {
        let (nickname, formal) = (text::fold(nickname), text::fold(formal));
        if !nickname.is_empty() && nickname != formal {
            forms.entry((language.to_owned(), nickname)).or_default().insert(formal);
        }
    };
    for row in rows("nicknames_multilang/hypocoristics.csv", true)? {
        add(&row[0], &row[1], &row[2]);
    }
    for row in rows("nicknames_en/names.csv", true)? {
        add("en", &row[2], &row[0]);
    }
    for row in rows("nicknames_en/onyxrev_nicknames.csv", true)? {
        add("en", &row[2], &row[1]);
    }
    for list in ["nicknames_en/diminutives_male.csv", "nicknames_en/diminutives_female.csv"] {
        for row in rows(list, false)? {
            row.iter().skip(1).for_each(|nickname| add("en", nickname, &row[0]));
        }
    }
    for ((language, nickname), formals) in forms {
        let known = formals.iter().any(|formal| compatible(&nickname, formal));
        coverage.count("nicknames", &language, known, || format!("{nickname}\t{formals:?}"));
    }
    Some(())
}

fn legal_forms(coverage: &mut Coverage) -> Option<()> {
    for row in rows("org_forms/legal_forms.csv", true)? {
        let (country, canonical) = (row[0].as_str(), row[1].as_str());
        let language = match country {
            "ES" | "MX" | "AR" | "CO" | "CL" | "PE" | "UY" | "VE" | "EC" | "BO" => "es",
            "US" | "GB" | "IE" | "AU" | "ZA" | "IN" => "en",
            _ => "other",
        };
        let hint = Hint { locale: None, region: Some(country) };
        for spelling in row[3].split('|') {
            let known =
                [format!("Norte {spelling}"), format!("{spelling} Norte"), format!("{spelling}Norte")]
                    .iter()
                    .any(|name| company(name, &hint).parts.legal_form == Some(canonical));
            coverage.count("legal forms", language, known, || format!("{country}\t{spelling}\t{canonical}"));
        }
    }
    Some(())
}

/// A word is known when a line that is written with it, as the language writes it, has the rest for its name.
fn is_street_word(word: &str, hint: &Hint<'_>) -> bool {
    let name = "Bolívar";
    [format!("{word} {name} 12"), format!("12 {word} {name}"), format!("12 {name} {word}")].iter().any(
        |line| {
            let parts = address::street(line, hint).parts;
            parts.house_number == "12" && !parts.street_type.is_empty() && parts.street_name == name
        },
    )
}

/// All spellings of Spain's lists and the United States' one. Of French, Italian and Portuguese the first spelling of each
/// line: the others are every combination of abbreviated words. German and Dutch names keep their type, so that there is
/// nothing to be seen in them.
fn streets(coverage: &mut Coverage) -> Option<()> {
    let mut words: BTreeSet<(&str, &str, String)> = BTreeSet::new();
    for row in rows("address_es/tipos_via.csv", true)? {
        for (column, language) in [(3, "es"), (4, "ca"), (5, "gl"), (6, "eu")] {
            words.extend(row[column].split('|').map(|word| (language, "ES", word.to_owned())));
        }
        words.insert(("es", "ES", row[0].clone()));
    }
    for list in ["address_us/usps_pub28_suffixes.csv", "address_us/suffixes_own.csv"] {
        for row in rows(list, true)? {
            words.extend(row.iter().map(|word| ("en", "US", word.to_lowercase())));
        }
    }
    for (language, region) in [("pt", "PT"), ("fr", "FR"), ("it", "IT")] {
        let list = reference(&format!("libpostal_dictionaries/dictionaries/{language}/street_types.txt"))?;
        let firsts = list.lines().filter_map(|line| line.split('|').next());
        words.extend(firsts.map(|word| (language, region, word.to_owned())));
    }
    for (language, region, word) in words.iter().filter(|(_, _, word)| !word.trim().is_empty()) {
        let known = is_street_word(word, &Hint { locale: None, region: Some(region) });
        coverage.count("street words", language, known, || word.clone());
    }
    Some(())
}

fn placeholders(coverage: &mut Coverage) -> Option<()> {
    use AttributeKind as K;
    for row in rows("placeholders/placeholders.csv", true)?.iter().filter(|row| row[1] == "exact") {
        let kind = match row[0].as_str() {
            "name" | "any" => K::FullName,
            "email" => K::Email,
            "phone" => K::Phone,
            "id" => K::Identifier,
            "date" => K::BirthDate,
            "address" => K::FullAddress,
            "postcode" => K::Postcode,
            other => panic!("a field that is not tested: {other}"),
        };
        let language = row.get(5).map_or("*", |locale| locale.split(['-', '|']).next().unwrap_or("*"));
        let language = if matches!(language, "es" | "en" | "*") { language } else { "other" };
        coverage.count("placeholders", language, placeholder(kind, &row[2]).is_some(), || row[2].clone());
    }
    Some(())
}

#[test]
fn resources_know_the_reference_lists() {
    let mut coverage = Coverage::default();
    for (name, found) in [
        ("nicknames", nicknames(&mut coverage)),
        ("legal forms", legal_forms(&mut coverage)),
        ("street words", streets(&mut coverage)),
        ("placeholders", placeholders(&mut coverage)),
    ] {
        if found.is_none() {
            println!("{name}: the reference lists are not there, skipped");
        }
    }
    println!("| list | language | known | entries | share | floor |\n|---|---|---:|---:|---:|---:|");
    let mut below = Vec::new();
    for ((list, language), (known, entries)) in &coverage.0 {
        let share = *known as f64 / *entries as f64;
        let floor = if matches!(language.as_str(), "es" | "en" | "*") { FLOORS.0 } else { FLOORS.1 };
        println!(
            "| {list} | {language} | {known} | {entries} | {:.0} % | {:.0} % |",
            share * 100.0,
            floor * 100.0
        );
        if share < floor {
            below.push(format!("{list} {language}: {known} of {entries}"));
        }
    }
    assert!(below.is_empty(), "{}", below.join("; "));
}
