//! The acceptance tables of person and company names, when they lie beside the crate. Each row is one requirement; the
//! floors are what the normalisers reach, so that a row that is lost is noticed.
#![cfg(feature = "csv")]

use std::collections::HashMap;
use std::path::Path;

use quilate::normalize::company::company;
use quilate::normalize::person_name::{NameKind, full_name};
use quilate::normalize::{Hint, text};

type Row = HashMap<String, String>;

/// Nothing when the tables are not there.
fn rows(file: &str) -> Option<Vec<Row>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/acceptance").join(file);
    let mut reader = csv::Reader::from_path(path).ok()?;
    Some(reader.deserialize().map(|row| row.expect("the acceptance table is valid CSV")).collect())
}

/// Field, expected and found, for every field of a row that differs.
type Differences = Vec<(&'static str, String, String)>;

fn check(differences: &mut Differences, row: &Row, field: &'static str, found: &str) {
    let expected = row.get(field).map_or("", String::as_str);
    if expected != found {
        differences.push((field, expected.to_owned(), found.to_owned()));
    }
}

fn check_reason(differences: &mut Differences, row: &Row, reasons: &[&str]) {
    if !row["reason"].is_empty() && !reasons.contains(&row["reason"].as_str()) {
        differences.push(("reason", row["reason"].clone(), reasons.join("|")));
    }
}

fn passing(file: &str, test: impl Fn(&Row) -> Differences) -> Option<(usize, usize)> {
    let rows = rows(file)?;
    let mut passed = 0;
    for row in &rows {
        let differences = test(row);
        if differences.is_empty() {
            passed += 1;
        } else {
            println!("{}: {differences:?}", row["input"]);
        }
    }
    println!("{file}: {passed} of {}", rows.len());
    Some((passed, rows.len()))
}

fn name_differences(row: &Row) -> Differences {
    let region = row["locale"].split_once('-').map(|(_, region)| region);
    let hint = Hint { locale: Some(&row["locale"]), region };
    let name = full_name(&row["input"], &hint);
    let mut differences = Vec::new();
    let parts = &name.parts;
    check(&mut differences, row, "kind", parts.kind.name());
    check(&mut differences, row, "quality", name.quality.name());
    check(&mut differences, row, "match_key", name.keys.first().map_or("", String::as_str));
    check(&mut differences, row, "title", &parts.prefix);
    check(&mut differences, row, "given", &parts.given);
    check(&mut differences, row, "middle", &parts.middle);
    check(&mut differences, row, "surname1", &parts.surname1);
    check(&mut differences, row, "surname2", &parts.surname2);
    check(&mut differences, row, "suffix", &parts.suffix);
    check(&mut differences, row, "given_variants", &parts.given_variants.join("|"));
    if !row["gender"].is_empty() {
        check(&mut differences, row, "gender", parts.gender.map_or("", |gender| &gender.name()[..1]));
    }
    // A filler may be known as one by several rules.
    if parts.kind != NameKind::Placeholder {
        check_reason(&mut differences, row, &name.reasons);
    }
    assert_eq!(name.original, row["input"]);
    let again = full_name(&name.canonical, &hint);
    if again.canonical != name.canonical {
        differences.push(("idempotent", name.canonical.clone(), again.canonical));
    }
    differences
}

fn company_differences(row: &Row) -> Differences {
    let hint = Hint { locale: None, region: Some(&row["country"]) };
    let name = company(&row["input"], &hint);
    let mut differences = Vec::new();
    let expected = &row["core_name"];
    if expected.to_lowercase() != name.parts.core_name.to_lowercase() {
        differences.push(("core_name", expected.clone(), name.parts.core_name.clone()));
    }
    check(&mut differences, row, "legal_form", name.parts.legal_form.unwrap_or(""));
    check(&mut differences, row, "form_class", name.parts.form_class.unwrap_or(""));
    check(&mut differences, row, "match_key", name.keys.first().map_or("", String::as_str));
    check(&mut differences, row, "quality", name.quality.name());
    check_reason(&mut differences, row, &name.reasons);
    assert_eq!(name.original, row["input"]);
    let again = company(&name.canonical, &hint);
    if again.canonical != name.canonical {
        differences.push(("idempotent", name.canonical.clone(), again.canonical));
    }
    differences
}

#[test]
fn person_names() {
    if let Some((passed, rows)) = passing("names.csv", name_differences) {
        assert!(passed >= 27.min(rows), "{passed} of {rows}");
    }
}

#[test]
fn companies() {
    if let Some((passed, rows)) = passing("companies.csv", company_differences) {
        assert!(passed >= 27.min(rows), "{passed} of {rows}");
    }
}

#[test]
fn fold_is_the_one_of_the_tables() {
    for (input, folded) in [("Gonçalves-Ærø", "goncalves aero"), ("O’Brien", "obrien"), ("ИВАН", "иван")]
    {
        assert_eq!(text::fold(input), folded);
    }
}
